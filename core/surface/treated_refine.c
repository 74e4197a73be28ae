/* Refinement by halving: in each round every edge that is too long gets a vertex at its middle, and each triangle is cut
 * by how many of its edges were.  Whether an edge is halved depends on the edge alone, so neighbours always agree and
 * no vertex lies within another triangle's edge.  An edge is only halved if it is too long, and so is then the longest of
 * its triangle or as good as that; shapes stay as good as the scan's. */
#include "surface/private/treated_refine.h"

#include <stdlib.h>

#include "base/parallel.h"

#define NONE UINT32_MAX
#define GRAIN 512
/* INSIDE is trusted to change by no more than this over a millimetre, */
#define LIPSCHITZ 1.25
/* give or take this. */
#define SLACK_MM 0.1

typedef struct ask_context {
    surface_treated_build *build;
    size_t first;
} ask_context;

static void ask_block(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    ask_context *c = context;
    for (size_t i = begin; i < end; i++) {
        surface_build_point *p = &c->build->points[c->first + i];
        p->inside_mm = surface_build_ask(c->build, p->scan_triangle, p->weight);
    }
}

/* Asks INSIDE at all points from FIRST on. */
static void ask_points(surface_treated_build *build, size_t first)
{
    ask_context c = {build, first};
    np_parallel_for(build->n_points - first, GRAIN, ask_block, &c);
}

static double longest_edge(const surface_treated_build *build, const uint32_t v[3])
{
    double longest = 0;
    for (int k = 0; k < 3; k++)
        longest = fmax(longest, np_vec3_distance(build->points[v[k]].position, build->points[v[(k + 1) % 3]].position));
    return longest;
}

/* Whether there can be any wanted area between three points. */
static bool may_hold(const surface_treated_build *build, const uint32_t v[3])
{
    double best = -INFINITY;
    for (int k = 0; k < 3; k++)
        best = fmax(best, build->points[v[k]].inside_mm);
    return best >= -(LIPSCHITZ * longest_edge(build, v) + SLACK_MM);
}

static void drop_hopeless(surface_treated_build *build)
{
    size_t n = 0;
    for (size_t i = 0; i < build->n_triangles; i++)
        if (may_hold(build, build->triangles[i].v))
            build->triangles[n++] = build->triangles[i];
    build->n_triangles = n;
}

/* All of the scan: its vertices as points, its triangles that may hold wanted area. */
static np_status start(surface_treated_build *build, np_error *err)
{
    const np_mesh *mesh = &build->surface->mesh;
    uint32_t *point_of = malloc((mesh->n_vertices + 1) * sizeof *point_of);
    if (!point_of)
        return np_error_no_memory(err, "the treated skin");
    for (size_t v = 0; v < mesh->n_vertices; v++)
        point_of[v] = NONE;
    np_status status = NP_OK;
    for (uint32_t t = 0; t < mesh->n_triangles && status == NP_OK; t++) {
        const uint32_t *v = mesh->triangles[t].v;
        if (v[0] == v[1] || v[1] == v[2] || v[2] == v[0])
            continue;
        for (int k = 0; k < 3 && status == NP_OK; k++) {
            surface_build_point p = {.scan_triangle = t, .position = mesh->vertices[v[k]]};
            p.weight[k] = 1;
            if (point_of[v[k]] == NONE)
                status = surface_build_add_point(build, &p, &point_of[v[k]], err);
        }
        if (status == NP_OK)
            status = surface_build_add_triangle(build, point_of[v[0]], point_of[v[1]], point_of[v[2]], t, err);
    }
    free(point_of);
    surface_build_swap(build);
    ask_points(build, 0);
    drop_hopeless(build);
    return status;
}

/* Gives every edge that is too long its middle; *OUT_FIRST is the first of the new points. */
static np_status halve_edges(surface_treated_build *build, size_t *out_first, np_error *err)
{
    *out_first = build->n_points;
    np_status status = surface_edge_map_reset(&build->edges, build->n_triangles, err);
    for (size_t i = 0; i < build->n_triangles && status == NP_OK; i++) {
        const surface_build_triangle *t = &build->triangles[i];
        for (int k = 0; k < 3 && status == NP_OK; k++) {
            uint32_t a = t->v[k], b = t->v[(k + 1) % 3];
            double length = np_vec3_distance(build->points[a].position, build->points[b].position);
            if (length <= build->max_edge_mm)
                continue;
            bool is_new = false;
            surface_edge_map_get(&build->edges, a, b, (uint32_t)build->n_points, &is_new);
            if (is_new) {
                /* From the lower end, so that both sides compute the same place. */
                uint32_t lo = a < b ? a : b, hi = a < b ? b : a, index;
                surface_build_point p =
                    surface_build_between(build, &build->points[lo], &build->points[hi], t->scan_triangle, 0.5);
                status = surface_build_add_point(build, &p, &index, err);
            }
        }
    }
    return status;
}

static double apart(const surface_treated_build *build, uint32_t a, uint32_t b)
{
    return np_vec3_distance2(build->points[a].position, build->points[b].position);
}

/* Cuts a triangle by which of its edges (from corner k to k + 1) have a middle. */
static np_status cut_triangle(surface_treated_build *build, const surface_build_triangle *t, const uint32_t mid[3],
                              np_error *err)
{
    int n_mid = (mid[0] != NONE) + (mid[1] != NONE) + (mid[2] != NONE);
    uint32_t s = t->scan_triangle;
    if (n_mid == 0)
        return surface_build_add_triangle(build, t->v[0], t->v[1], t->v[2], s, err);

    /* Turn it so that edge 0 is the only one halved, or edge 2 the only one not. */
    int r = 0;
    while (n_mid == 1 ? mid[r] == NONE : n_mid == 2 && mid[(r + 2) % 3] != NONE)
        r++;
    uint32_t a = t->v[r], b = t->v[(r + 1) % 3], c = t->v[(r + 2) % 3];
    uint32_t ab = mid[r], bc = mid[(r + 1) % 3], ca = mid[(r + 2) % 3];
    uint32_t pieces[4][3];
    int n = 0;
#define PIECE(x, y, z) (pieces[n][0] = (x), pieces[n][1] = (y), pieces[n][2] = (z), n++)
    if (n_mid == 1) {
        PIECE(a, ab, c);
        PIECE(ab, b, c);
    } else if (n_mid == 2) {
        PIECE(ab, b, bc);
        if (apart(build, a, bc) <= apart(build, ab, c)) {
            PIECE(a, ab, bc);
            PIECE(a, bc, c);
        } else {
            PIECE(a, ab, c);
            PIECE(ab, bc, c);
        }
    } else {
        PIECE(a, ab, ca);
        PIECE(ab, b, bc);
        PIECE(ca, bc, c);
        PIECE(ab, bc, ca);
    }
#undef PIECE
    np_status status = NP_OK;
    for (int i = 0; i < n && status == NP_OK; i++)
        if (may_hold(build, pieces[i]))
            status = surface_build_add_triangle(build, pieces[i][0], pieces[i][1], pieces[i][2], s, err);
    return status;
}

np_status surface_treated_refine(surface_treated_build *build, np_error *err)
{
    np_status status = start(build, err);
    while (status == NP_OK) {
        size_t first;
        status = halve_edges(build, &first, err);
        if (status != NP_OK || build->n_points == first)
            break;
        ask_points(build, first);
        for (size_t i = 0; i < build->n_triangles && status == NP_OK; i++) {
            surface_build_triangle t = build->triangles[i];
            uint32_t mid[3];
            for (int k = 0; k < 3; k++)
                mid[k] = surface_edge_map_find(&build->edges, t.v[k], t.v[(k + 1) % 3]);
            status = cut_triangle(build, &t, mid, err);
        }
        surface_build_swap(build);
    }
    return status;
}
