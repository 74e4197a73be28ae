/* The last stage: what only the scan can tell of the dots, the envelope, and the plan's figures (figures.c).  It asks the scan and the
 * strategies anew instead of trusting the stages before, which a dot out of place would otherwise pass through. */
#include "make/private/checks.h"

#include <math.h>
#include <stdlib.h>

#include "base/near.h"
#include "base/parallel.h"
#include "head/face.h"
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

/* ---- the face ---- */

/* The lowest hairlines that people have of their own lie 49 mm over the glabella along the skin (55.4 +- 3.3 mm, women; domain.md 2.5), so
 * far is that in a straight line.  What lies lower than 30 mm is face, and refused where nobody accepted it by name. */
#define LOWEST_HAIRLINE_MM 48.0

/* Where the dots within that of the glabella lie: how many on each part of the face, and on the forehead (NP_FACE_NONE). */
typedef struct face_dots {
    size_t n[NP_FACE_NECK + 1];
    double forehead_mm; /* of its dots the least from the glabella */
} face_dots;

static face_dots count_by_part(const make_making *m)
{
    face_dots found = {.forehead_mm = LOWEST_HAIRLINE_MM};
    np_vec3 front, up, glabella = m->scan->landmarks.glabella;
    np_head_axes(&front, &up);
    for (size_t i = 0; i < m->plan->n_dots; i++) {
        np_vec3 from = np_vec3_sub(m->plan->dots[i].position, glabella);
        double mm = np_vec3_length(from);
        if (mm >= LOWEST_HAIRLINE_MM)
            continue;
        np_face_part part = np_face_part_at(m->scan, m->plan->dots[i].position);
        if (part == NP_FACE_REST && np_vec3_dot(from, up) > 0)
            part = NP_FACE_NONE;
        found.n[part]++;
        if (part == NP_FACE_NONE)
            found.forehead_mm = fmin(found.forehead_mm, mm);
    }
    return found;
}

static np_status warn_of_face(make_making *m, np_error *err)
{
    static const char *const names[] = {
        [NP_FACE_BROW] = "on an eyebrow", [NP_FACE_NOSE] = "on the nose", [NP_FACE_MOUTH] = "on the lips",
        [NP_FACE_REST] = "on a cheek",    [NP_FACE_EAR] = "on an ear",    [NP_FACE_NECK] = "on the neck",
    };
    const face_dots found = count_by_part(m);
    np_status status = NP_OK;
    if (found.n[NP_FACE_NONE])
        status = make_note(m, err,
                           "WARNING: %zu dots lie on the forehead, the lowest %.0f mm from the glabella: hairlines "
                           "that people have of their own begin at about 50 (domain.md 2.5)\n",
                           found.n[NP_FACE_NONE], found.forehead_mm);
    for (int part = NP_FACE_BROW; part <= NP_FACE_NECK && status == NP_OK; part++)
        if (found.n[part])
            status = make_note(m, err, "WARNING: %zu %s %s, as the case accepts by name\n", found.n[part],
                               found.n[part] == 1 ? "dot lies" : "dots lie", names[part]);
    return status;
}

np_status make_checks(make_making *m, np_error *err)
{
    np_status status = check_on_scan(m, err);
    if (status == NP_OK)
        status = check_standing(m, err);
    if (status == NP_OK)
        status = np_envelope_check(m->plan, err);
    if (status == NP_OK)
        status = warn_of_face(m, err);
    if (status == NP_OK)
        status = make_figures(m, err);
    return status;
}
