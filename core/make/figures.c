/* The plan's figures.  What an eye sees of a touch-up is new dots among those that stand, so these count as dots of the pattern: each with the density that is wanted around it in all,
 * which the earlier plan says, or, where there is none, what there is within a few millimetres. */
#include "make/private/figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/near.h"
#include "case/limits.h"
#include "dots/around.h"
#include "dots/figures.h"
#include "make/private/form.h"
#include "make/private/notes.h"
#include "plan/past.h"

/* Dots nearer to the border have neighbours missing and do not count in the statistics. */
#define INTERIOR_MM 3.0
#define BARE_SHARE 0.1    /* of what is wanted at a dot: where less is wanted, skin stays bare beside it */
#define BARE_WITHIN 1.2   /* spacings of it */
#define ROUNDING_MM 0.002 /* of two entries */
#define FAR_MM 50.0
#define WANTED_WITHIN_MM 3.0 /* of an earlier plan's mark, or a new one, is wanted what is wanted at it */

/* The pattern: the plan's n_own marks, then those that stand, then listed hair, by units. */
typedef struct pattern {
    np_vec3 *marks, *normals;
    double *density_per_cm2;
    unsigned char *interior;
    size_t n, n_own;
} pattern;

static void pattern_fini(pattern *p)
{
    free(p->marks);
    free(p->normals);
    free(p->density_per_cm2);
    free(p->interior);
}

static np_status pattern_init(pattern *p, size_t n, np_error *err)
{
    *p = (pattern){calloc(n + 1, sizeof *p->marks),
                   calloc(n + 1, sizeof *p->normals),
                   calloc(n + 1, sizeof *p->density_per_cm2),
                   calloc(n + 1, 1),
                   0,
                   0};
    return p->marks && p->normals && p->density_per_cm2 && p->interior ? NP_OK
                                                                       : np_error_no_memory(err, "the statistics");
}

static unsigned char interior_at(double inside_mm, bool neighbour)
{
    return inside_mm < INTERIOR_MM ? NP_DOTS_BORDER : neighbour ? NP_DOTS_NEIGHBOUR : NP_DOTS_SAMPLE;
}

static void add_own(pattern *p, const make_making *m)
{
    for (size_t i = 0; i < m->plan->n_dots; i++) {
        const np_dot *dot = &m->plan->dots[i];
        /* A pin is where a strategy put it, in a scar or ahead of the hairline, maybe where no density is asked for: it is a
         * neighbour, no sample. */
        bool alone = dot->density_per_cm2 <= 0;
        p->marks[i] = np_dot_mark(dot);
        p->normals[i] = dot->normal;
        p->density_per_cm2[i] = alone ? 1 : dot->density_per_cm2;
        p->interior[i] = interior_at(m->inside_mm[i], alone || dot->pin);
    }
    p->n = p->n_own = m->plan->n_dots;
}

/* ---- with what stands ---- */

/* The density at the point nearest to AT; 0 without one near. */
static double density_near(const np_near *near, const double *density_per_cm2, np_vec3 at)
{
    double mm;
    size_t k = np_near_nearest(near, at, WANTED_WITHIN_MM, SIZE_MAX, &mm);
    return k == SIZE_MAX ? 0 : density_per_cm2[k];
}

/* Marks of earlier plans, those that say what was wanted in all. */
typedef struct wanted_marks {
    np_vec3 *at;
    double *density_per_cm2;
    size_t n;
} wanted_marks;

static np_status wanted_init(wanted_marks *w, const make_past *past, np_error *err)
{
    *w = (wanted_marks){calloc(past->n + 1, sizeof *w->at), calloc(past->n + 1, sizeof *w->density_per_cm2), 0};
    if (!w->at || !w->density_per_cm2)
        return np_error_no_memory(err, "the statistics");
    for (size_t i = 0; i < past->n; i++)
        if (past->wanted_per_cm2[i] > 0) {
            w->at[w->n] = past->marks[i].position;
            w->density_per_cm2[w->n++] = past->wanted_per_cm2[i];
        }
    return NP_OK;
}

/* What is wanted around each dot of P, new dots and those that stand together. */
static np_status set_wanted(pattern *p, const make_making *m, np_error *err)
{
    wanted_marks w = {0};
    np_near all = {0}, own = {0}, past = {0};
    np_near_view view = {.filled = false};
    double *density = calloc(p->n + 1, sizeof *density);
    np_status status = density ? wanted_init(&w, &m->past, err) : np_error_no_memory(err, "the statistics");
    if (status == NP_OK)
        status = np_near_init(&all, p->marks, sizeof *p->marks, p->n, NP_DOTS_AROUND_MM / 2, err);
    if (status == NP_OK)
        status = np_near_init(&own, p->marks, sizeof *p->marks, p->n_own, WANTED_WITHIN_MM, err);
    if (status == NP_OK)
        status = np_near_init(&past, w.at, sizeof *w.at, w.n, WANTED_WITHIN_MM, err);
    for (size_t i = 0; status == NP_OK && i < p->n; i++) {
        double before = density_near(&past, w.density_per_cm2, p->marks[i]);
        density[i] = before > 0 ? fmax(before, density_near(&own, p->density_per_cm2, p->marks[i]))
                                : np_dots_around_per_cm2(&all, p->normals, sizeof *p->normals, i, &view);
    }
    for (size_t i = 0; status == NP_OK && i < p->n; i++)
        p->density_per_cm2[i] = density[i];
    np_near_fini(&all);
    np_near_fini(&own);
    np_near_fini(&past);
    free(density);
    free(w.at);
    free(w.density_per_cm2);
    return status;
}

static np_status add_standing(pattern *p, make_making *m, const np_surface_point *standing, size_t n, np_error *err)
{
    for (size_t i = 0; i < n; i++) {
        p->marks[p->n] = standing[i].position;
        p->normals[p->n] = standing[i].normal;
        p->interior[p->n++] = interior_at(np_painter_inside_mm(m->painter, &standing[i]), false);
    }
    np_status status = set_wanted(p, m, err);
    return status == NP_OK ? make_note(m, err, "note: " NP_PLAN_PAST_COUNTED_WORDS " (%zu that stand)\n", n) : status;
}

/* ---- with hair ---- */

/* Listed hair as neighbours; what is wanted around any place is then what grows there, too. */
static np_status add_hair(pattern *p, make_making *m, const np_surface_point *hair, size_t n, np_error *err)
{
    np_near dots = {0}, hairs = {0};
    const size_t n_dots = p->n;
    np_status status = np_near_init(&hairs, &hair->position, sizeof *hair, n, NP_NEAR_DENSITY_CELL_MM, err);
    if (status == NP_OK)
        status = np_near_init(&dots, p->marks, sizeof *p->marks, n_dots, WANTED_WITHIN_MM, err);
    for (size_t i = 0; status == NP_OK && i < n; i++) {
        p->marks[p->n] = hair[i].position;
        p->normals[p->n] = hair[i].normal;
        p->density_per_cm2[p->n] = density_near(&dots, p->density_per_cm2, hair[i].position);
        p->interior[p->n++] = interior_at(np_painter_inside_mm(m->painter, &hair[i]), true);
    }
    for (size_t i = 0; status == NP_OK && i < p->n; i++)
        p->density_per_cm2[i] += np_near_density_per_cm2(&hairs, p->marks[i]);
    np_near_fini(&dots);
    np_near_fini(&hairs);
    return status;
}

/* ---- beside bare skin ---- */

/* Whether something stands near PLACE that the plan does not make. */
static bool is_stood_on(const pattern *p, const np_near *others, np_vec3 place)
{
    double mm;
    return p->n > p->n_own && np_near_nearest(others, place, WANTED_WITHIN_MM, SIZE_MAX, &mm) != SIZE_MAX;
}

/* Of each vertex of the patch what is wanted there, and HUGE_VAL where other dots or hair stand: those are not bare. */
static np_status wanted_at_vertices(const pattern *p, const make_making *m, double *out_per_cm2, np_error *err)
{
    np_near others;
    np_status status =
        np_near_init(&others, p->marks + p->n_own, sizeof *p->marks, p->n - p->n_own, WANTED_WITHIN_MM, err);
    for (size_t v = 0; status == NP_OK && v < m->patch.mesh.n_vertices; v++)
        out_per_cm2[v] = is_stood_on(p, &others, m->patch.mesh.vertices[v]) ? HUGE_VAL : m->field.density_per_cm2[v];
    np_near_fini(&others);
    return status;
}

/* A patch is all that layers reach, and they may want nothing over much of it, as beside a narrow scar: where that is near, samples are edges. */
static np_status mark_edges(pattern *p, const make_making *m, np_error *err)
{
    np_near vertices = {0};
    double *wanted = malloc((m->patch.mesh.n_vertices + 1) * sizeof *wanted);
    np_status status = wanted ? wanted_at_vertices(p, m, wanted, err) : np_error_no_memory(err, "the statistics");
    if (status == NP_OK)
        status = np_near_init(&vertices, m->patch.mesh.vertices, sizeof *m->patch.mesh.vertices,
                              m->patch.mesh.n_vertices, INTERIOR_MM, err);
    for (size_t i = 0; status == NP_OK && i < p->n; i++) {
        if (p->interior[i] != NP_DOTS_SAMPLE)
            continue;
        double within_mm = BARE_WITHIN * 10 / sqrt(p->density_per_cm2[i]);
        np_near_walk walk = np_near_around(&vertices, p->marks[i], within_mm);
        for (uint32_t v; p->interior[i] == NP_DOTS_SAMPLE && np_near_next(&walk, &v);)
            if (wanted[v] < BARE_SHARE * p->density_per_cm2[i] &&
                np_vec3_distance(m->patch.mesh.vertices[v], p->marks[i]) < within_mm &&
                np_vec3_dot(m->patch.normals[v], p->normals[i]) > 0.5)
                p->interior[i] = NP_DOTS_EDGE;
    }
    np_near_fini(&vertices);
    free(wanted);
    return status;
}

/* The smallest distance from a new dot to any of the n_dots that are or will be made; 0 where none is within FAR_MM. */
static np_status closest(const pattern *p, size_t n_dots, double *out_mm, np_error *err)
{
    np_near near;
    double least = FAR_MM;
    np_status status = np_near_init(&near, p->marks, sizeof *p->marks, n_dots, 1, err);
    for (size_t i = 0; status == NP_OK && i < p->n_own; i++)
        np_near_nearest(&near, p->marks[i], least, i, &least);
    np_near_fini(&near);
    *out_mm = least < FAR_MM ? least : 0;
    return status;
}

static np_status measure_pattern(make_making *m, np_dots_stats *out, np_error *err)
{
    pattern p = {0};
    size_t n_standing;
    const np_surface_point *standing = np_painter_standing(m->painter, &n_standing);
    size_t n_hair;
    const np_surface_point *hair = np_painter_units(m->painter, &n_hair);
    np_status status = pattern_init(&p, m->plan->n_dots + n_standing + n_hair, err);
    if (status == NP_OK)
        add_own(&p, m);
    if (status == NP_OK && n_standing)
        status = add_standing(&p, m, standing, n_standing, err);
    const size_t n_dots = p.n;
    if (status == NP_OK && n_hair)
        status = add_hair(&p, m, hair, n_hair, err);
    if (status == NP_OK)
        status = mark_edges(&p, m, err);
    if (status == NP_OK)
        status = np_dots_stats_compute(p.marks, p.normals, p.density_per_cm2, p.interior, p.n, out, err);
    if (status == NP_OK &&
        (n_standing || n_hair || !(out->spacing_min_mm < FAR_MM))) /* the statistics look at neighbours alone */
        status = closest(&p, n_dots, &out->spacing_min_mm, err);
    pattern_fini(&p);
    return status;
}

/* ---- sessions, and all together ---- */

/* 0 where fewer than two dots have no spacing. */
static np_status session_spacing(make_making *m, np_error *err)
{
    size_t first = 0;
    for (size_t s = 0; s < m->plan->n_sessions; s++) {
        np_plan_session *session = &m->plan->sessions[s];
        const np_dot *dots = m->plan->dots + first;
        np_near near;
        double least = FAR_MM;
        np_status status = np_near_init(&near, &dots->position, sizeof *dots, session->dots, 1, err);
        /* only what is nearer than the nearest so far is looked for */
        for (size_t i = 0; i < session->dots && status == NP_OK; i++)
            np_near_nearest(&near, dots[i].position, least, i, &least);
        session->spacing_min_mm = least < FAR_MM ? least : 0;
        np_near_fini(&near);
        if (status != NP_OK)
            return status;
        first += session->dots;
    }
    return NP_OK;
}

/* A session keeps 0.75 of its own mean spacing where that is less than the limit (dots/dots.h).  Who made the limit tighter than it need be
 * is told so. */
static np_status warn_of_crowded_sessions(make_making *m, np_error *err)
{
    const double asked_mm = m->c->limits.session_spacing_min_mm;
    size_t crowded = 0, worst = 0;
    for (size_t s = 0; s < m->plan->n_sessions; s++) {
        double mm = m->plan->sessions[s].spacing_min_mm;
        if (!(mm > 0) || mm >= asked_mm - ROUNDING_MM)
            continue;
        if (crowded++ == 0 || mm < m->plan->sessions[worst].spacing_min_mm)
            worst = s;
    }
    if (crowded == 0 || asked_mm <= NP_HARD_SESSION_SPACING_MIN_MM)
        return NP_OK;
    char others[64] = "";
    if (crowded > 1)
        snprintf(others, sizeof others, " (%zu sessions fall short of it)", crowded);
    return make_note(m, err,
                     "WARNING: session %zu keeps %.2f mm between its dots, not the %.2f mm that the "
                     "case asks for (limits.session_spacing_min_mm)%s: its %u dots do not fit; fewer dots, more "
                     "sessions, or a smaller "
                     "limit\n",
                     worst + 1, m->plan->sessions[worst].spacing_min_mm, asked_mm, others,
                     m->plan->sessions[worst].dots);
}

np_status make_figures(make_making *m, np_error *err)
{
    np_dots_stats stats;
    np_form_value form[NP_FORM_FIGURES];
    size_t n_figures = NP_DOTS_FIGURES + m->plan->n_layers * NP_PLAN_DEPTHS_FIGURES;
    np_figure *figures = calloc(n_figures + NP_FORM_LIST_MAX, sizeof *figures);
    np_status status = figures ? session_spacing(m, err) : np_error_no_memory(err, "the statistics");
    if (status == NP_OK)
        status = warn_of_crowded_sessions(m, err);
    if (status == NP_OK)
        status = measure_pattern(m, &stats, err);
    if (status == NP_OK)
        status = make_form(m, form, err);
    if (status == NP_OK) {
        np_dots_figures_list(&stats, figures);
        for (size_t i = 0; i < m->plan->n_layers; i++)
            np_plan_depths_list(&m->depths[i], i, figures + NP_DOTS_FIGURES + i * NP_PLAN_DEPTHS_FIGURES);
        n_figures += np_form_list(form, figures + n_figures);
        status = np_plan_set_figures(m->plan, figures, n_figures, err);
    }
    free(figures);
    return status;
}
