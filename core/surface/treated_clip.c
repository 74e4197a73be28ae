/* Clipping at INSIDE = 0.  Each edge that leaves the wanted area gets one vertex where it does, found once and shared by
 * the triangles on both sides; each triangle keeps the polygon on its inside.  A vertex as near to the border as
 * dots are ever asked to be counts as being on it, which keeps splinters thinner than that from being made. */
#include "surface/private/treated_clip.h"

#include <stdlib.h>

#include "base/parallel.h"

#define GRAIN 64
/* What counts as on the border: inside it by no more than this, outside by no more than that. */
#define ON_INSIDE_MM 0.015
#define ON_OUTSIDE_MM 0.01
/* How well the border is found. */
#define ROOT_MM 0.002
#define ROOT_STEPS 60

typedef enum place { OUT, ON, IN } place;

static place place_of(const surface_treated_build *build, uint32_t v)
{
    double d = build->points[v].inside_mm;
    return d > ON_INSIDE_MM ? IN : d >= -ON_OUTSIDE_MM ? ON : OUT;
}

/* A cut to be found: the edge from IN to OUT, within the scan's triangle; it becomes point FIRST + its number. */
typedef struct cut {
    uint32_t in, out, scan_triangle;
} cut;

typedef struct cut_list {
    surface_treated_build *build;
    cut *cuts;
    size_t n, first;
} cut_list;

/* Halves, or better (Illinois variant of the false position), until INSIDE is next to 0; where it jumps, the last point
 * that is inside. */
static surface_build_point find_border(const surface_treated_build *build, const cut *c)
{
    const surface_build_point *in = &build->points[c->in], *out = &build->points[c->out];
    double a = 0, fa = in->inside_mm, b = 1, fb = out->inside_mm;
    surface_build_point p = *in, best = *in;
    int last = 0;
    for (int i = 0; i < ROOT_STEPS && b - a > 1e-9; i++) {
        double t = i % 8 == 7 ? (a + b) / 2 : a + (b - a) * fa / (fa - fb);
        p = surface_build_between(build, in, out, c->scan_triangle, t);
        p.inside_mm = surface_build_ask(build, p.scan_triangle, p.weight);
        if (fabs(p.inside_mm) <= ROOT_MM)
            return p;
        if (p.inside_mm > 0) {
            a = t;
            fa = p.inside_mm;
            best = p;
            fb = last > 0 ? fb / 2 : fb;
            last = 1;
        } else {
            b = t;
            fb = p.inside_mm;
            fa = last < 0 ? fa / 2 : fa;
            last = -1;
        }
    }
    return best;
}

static void find_block(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    cut_list *list = context;
    for (size_t i = begin; i < end; i++)
        list->build->points[list->first + i] = find_border(list->build, &list->cuts[i]);
}

/* Lists the edges that leave the wanted area, and makes the points at which they do. */
static np_status find_cuts(surface_treated_build *build, np_error *err)
{
    np_status status = surface_edge_map_reset(&build->edges, build->n_triangles, err);
    cut_list list = {.build = build, .first = build->n_points};
    list.cuts = malloc((3 * build->n_triangles + 1) * sizeof *list.cuts);
    if (status == NP_OK && !list.cuts)
        status = np_error_no_memory(err, "the treated skin");
    for (size_t i = 0; i < build->n_triangles && status == NP_OK; i++) {
        const surface_build_triangle *t = &build->triangles[i];
        for (int k = 0; k < 3 && status == NP_OK; k++) {
            uint32_t a = t->v[k], b = t->v[(k + 1) % 3], index;
            place at_a = place_of(build, a), at_b = place_of(build, b);
            bool is_new = false;
            if (!((at_a == IN && at_b == OUT) || (at_a == OUT && at_b == IN)))
                continue;
            surface_edge_map_get(&build->edges, a, b, (uint32_t)build->n_points, &is_new);
            if (!is_new)
                continue;
            list.cuts[list.n++] = at_a == IN ? (cut){a, b, t->scan_triangle} : (cut){b, a, t->scan_triangle};
            surface_build_point blank = {.scan_triangle = t->scan_triangle};
            status = surface_build_add_point(build, &blank, &index, err);
        }
    }
    if (status == NP_OK)
        np_parallel_for(list.n, GRAIN, find_block, &list);
    free(list.cuts);
    return status;
}

/* Whether the middle of a triangle whose corners are all on the border is wanted. */
static bool middle_is_inside(const surface_treated_build *build, const surface_build_triangle *t)
{
    double weight[3] = {0}, w[3];
    for (int k = 0; k < 3; k++) {
        surface_build_weights_in(build, &build->points[t->v[k]], t->scan_triangle, w);
        for (int j = 0; j < 3; j++)
            weight[j] += w[j] / 3;
    }
    return surface_build_ask(build, t->scan_triangle, weight) >= 0;
}

/* Adds the inside part of a triangle. */
static np_status clip_triangle(surface_treated_build *build, const surface_build_triangle *t, np_error *err)
{
    uint32_t polygon[4];
    int n = 0, n_in = 0, n_on = 0;
    for (int k = 0; k < 3; k++) {
        uint32_t a = t->v[k], b = t->v[(k + 1) % 3];
        place at_a = place_of(build, a), at_b = place_of(build, b);
        n_in += at_a == IN;
        n_on += at_a == ON;
        if (at_a != OUT)
            polygon[n++] = a;
        if ((at_a == IN && at_b == OUT) || (at_a == OUT && at_b == IN))
            polygon[n++] = surface_edge_map_find(&build->edges, a, b);
    }
    if (n_in == 0 && !(n_on == 3 && middle_is_inside(build, t)))
        return NP_OK;
    if (n == 3)
        return surface_build_add_triangle(build, polygon[0], polygon[1], polygon[2], t->scan_triangle, err);

    /* Four corners: cut over the shorter diagonal. */
    const surface_build_point *p = build->points;
    int r = np_vec3_distance2(p[polygon[0]].position, p[polygon[2]].position) <=
                    np_vec3_distance2(p[polygon[1]].position, p[polygon[3]].position)
                ? 0
                : 1;
    np_status status =
        surface_build_add_triangle(build, polygon[r], polygon[r + 1], polygon[r + 2], t->scan_triangle, err);
    if (status == NP_OK)
        status =
            surface_build_add_triangle(build, polygon[r], polygon[r + 2], polygon[(r + 3) % 4], t->scan_triangle, err);
    return status;
}

np_status surface_treated_clip(surface_treated_build *build, np_error *err)
{
    np_status status = find_cuts(build, err);
    for (size_t i = 0; i < build->n_triangles && status == NP_OK; i++) {
        surface_build_triangle t = build->triangles[i];
        status = clip_triangle(build, &t, err);
    }
    surface_build_swap(build);
    return status;
}
