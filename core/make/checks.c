/* The last stage: what only the scan can tell of the dots, the envelope, and the plan's figures (figures.c).  It asks the scan and the
 * strategies anew instead of trusting the stages before, which a dot out of place would otherwise pass through. */
#include "make/private/checks.h"

#include <math.h>
#include <stdlib.h>

#include "base/near.h"
#include "base/parallel.h"
#include "make/private/figures.h"
#include "make/private/notes.h"
#include "plan/envelope.h"

/* A border runs straight between the patch's vertices, the area's own border may bend between them. */
#define INSIDE_TOLERANCE_MM 0.1
#define FAR_MM 50.0

/* ---- on the scan, inside the treated area ---- */

typedef struct scan_check {
    make_making *m;
    double *distance_mm; /* to the scan */
} scan_check;

static void check_block(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    scan_check *check = context;
    make_making *m = check->m;
    for (size_t i = begin; i < end; i++) {
        np_surface_point p;
        np_vec3 position = m->plan->dots[i].position;
        if (np_surface_nearest(&m->scan->surface, position, FAR_MM, &p)) {
            check->distance_mm[i] = np_vec3_distance(p.position, position);
            m->inside_mm[i] = np_painter_inside_mm(m->painter, &p);
        } else {
            check->distance_mm[i] = FAR_MM;
            m->inside_mm[i] = -FAR_MM;
        }
    }
}

static np_status check_one(const make_making *m, size_t i, double distance_mm, np_error *err)
{
    const np_dot *dot = &m->plan->dots[i];
    const char *layer = m->plan->layers[dot->layer].name;
    if (!(distance_mm <= NP_HARD_SCAN_DISTANCE_MM))
        return np_error_set(err, NP_ERR_UNSAFE,
                            "dot %u of layer '%s' at (%.1f, %.1f, %.1f) lies %.3f mm off the scan; at "
                            "most %.2f mm are allowed",
                            dot->id, layer, dot->position.x, dot->position.y, dot->position.z, distance_mm,
                            NP_HARD_SCAN_DISTANCE_MM);
    if (!(m->inside_mm[i] >= -INSIDE_TOLERANCE_MM))
        return np_error_set(err, NP_ERR_UNSAFE,
                            "dot %u of layer '%s' at (%.1f, %.1f, %.1f) lies %.2f mm outside the "
                            "treated area or inside a keep-out; at most %.2f mm are allowed",
                            dot->id, layer, dot->position.x, dot->position.y, dot->position.z, -m->inside_mm[i],
                            INSIDE_TOLERANCE_MM);
    return NP_OK;
}

static np_status check_on_scan(make_making *m, np_error *err)
{
    size_t n = m->plan->n_dots;
    scan_check check = {m, calloc(n, sizeof(double))};
    m->inside_mm = calloc(n, sizeof *m->inside_mm);
    np_status status = check.distance_mm && m->inside_mm ? NP_OK : np_error_no_memory(err, "the checks");
    if (status == NP_OK)
        np_parallel_for(n, 256, check_block, &check);
    for (size_t i = 0; i < n && status == NP_OK; i++)
        status = check_one(m, i, check.distance_mm[i], err);
    free(check.distance_mm);
    return status;
}

/* ---- clear of what stands ---- */

#define ROUNDING_MM 0.002

/* Every entry keeps the floor to follicles, to marks that stand and to where their needles went in. */
static np_status check_clear(const make_making *m, const np_near *near, const char *of_what, np_error *err)
{
    const double floor_mm = m->c->limits.spacing_min_mm;
    for (size_t i = 0; i < m->plan->n_dots; i++) {
        const np_dot *dot = &m->plan->dots[i];
        double mm;
        if (np_near_nearest(near, dot->position, floor_mm - ROUNDING_MM, SIZE_MAX, &mm) != SIZE_MAX)
            return np_error_set(err, NP_ERR_UNSAFE,
                                "dot %u of layer '%s' at (%.1f, %.1f, %.1f) is %.3f mm from %s; at least %.2f mm are "
                                "needed",
                                dot->id, m->plan->layers[dot->layer].name, dot->position.x, dot->position.y,
                                dot->position.z, mm, of_what, floor_mm);
    }
    return NP_OK;
}

static np_status check_standing(const make_making *m, np_error *err)
{
    size_t n_existing, n_past;
    const np_surface_point *existing = np_painter_existing(m->painter, &n_existing);
    const np_vec3 *entries = np_painter_past_entries(m->painter, &n_past);
    np_near hairs = {0}, past = {0};
    np_status status =
        np_near_init(&hairs, existing ? &existing->position : NULL, sizeof *existing, n_existing, 1, err);
    if (status == NP_OK)
        status = np_near_init(&past, entries, sizeof *entries, n_past, 1, err);
    if (status == NP_OK)
        status = check_clear(m, &hairs, "a follicle or a dot that stands", err);
    if (status == NP_OK)
        status = check_clear(m, &past, "where the needle of a dot that stands went in", err);
    np_near_fini(&hairs);
    np_near_fini(&past);
    return status;
}

/* ---- the forehead ---- */

/* The lowest hairlines that people have of their own lie 49 mm over the glabella along the skin (55.4 +- 3.3 mm, women; domain.md 2.5), so
 * far is that in a straight line.  What lies lower than 30 mm is face, and refused. */
#define LOWEST_HAIRLINE_MM 48.0

static np_status warn_of_forehead(make_making *m, np_error *err)
{
    np_vec3 glabella = m->scan->landmarks.glabella;
    size_t n = 0;
    double least_mm = LOWEST_HAIRLINE_MM;
    for (size_t i = 0; i < m->plan->n_dots; i++) {
        double mm = np_vec3_distance(m->plan->dots[i].position, glabella);
        n += mm < LOWEST_HAIRLINE_MM;
        least_mm = fmin(least_mm, mm);
    }
    return n == 0 ? NP_OK
                  : make_note(m, err,
                              "WARNING: %zu dots lie on the forehead, the lowest %.0f mm from the glabella: hairlines "
                              "that people have of their own begin at about 50 (domain.md 2.5)\n",
                              n, least_mm);
}

np_status make_checks(make_making *m, np_error *err)
{
    np_status status = check_on_scan(m, err);
    if (status == NP_OK)
        status = check_standing(m, err);
    if (status == NP_OK)
        status = np_envelope_check(m->plan, err);
    if (status == NP_OK)
        status = warn_of_forehead(m, err);
    if (status == NP_OK)
        status = make_figures(m, err);
    return status;
}
