/* Refinement by halving: in each round every edge that is too long gets a vertex at its middle, and each triangle is cut
 * by how many of its edges were.  Whether an edge is halved depends on the edge alone, so neighbours always agree and
 * no vertex lies within another triangle's edge.  An edge is first only halved if it is too long, and so is then the longest of
 * its triangle or as good as that; shapes stay as good as the scan's.  Then the few edges are halved along which the border is
 * not what their ends tell: in a notch between two areas, at a small keep-out.  The clipping goes by the ends, and would leave
 * dots room outside. */
#include "surface/private/treated_refine.h"

#include <limits.h>
#include <stdlib.h>

#include "base/parallel.h"

#define NONE UINT32_MAX
#define GRAIN 512
/* INSIDE is trusted to change by no more than this over a millimetre, */
#define LIPSCHITZ 1.25
/* give or take this. */
#define SLACK_MM 0.1
/* The middle of an edge may lie so much farther out than half-way between its ends; */
#define HIDDEN_MM 0.03
/* edges shorter than this cannot hide more that matters. */
#define SHORT_MM 0.1
/* Halving one edge makes another as long as the height over it, which may hide the same again. */
#define HIDDEN_ROUNDS 5

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

/* The middle of the edge from A to B; from the lower end, so that both sides compute the same place. */
static surface_build_point middle_of(const surface_treated_build *build, uint32_t a, uint32_t b, uint32_t scan_triangle)
{
    uint32_t lo = a < b ? a : b, hi = a < b ? b : a;
    return surface_build_between(build, &build->points[lo], &build->points[hi], scan_triangle, 0.5);
}

/* Whether an edge is to be halved. */
typedef bool edge_rule(const surface_treated_build *build, uint32_t a, uint32_t b, uint32_t scan_triangle);

static bool is_too_long(const surface_treated_build *build, uint32_t a, uint32_t b, uint32_t scan_triangle)
{
    (void)scan_triangle;
    return np_vec3_distance(build->points[a].position, build->points[b].position) > build->max_edge_mm;
}

static bool hides_border(const surface_treated_build *build, uint32_t a, uint32_t b, uint32_t scan_triangle)
{
    double length = np_vec3_distance(build->points[a].position, build->points[b].position);
    double at_a = build->points[a].inside_mm, at_b = build->points[b].inside_mm, reach = LIPSCHITZ * length / 2;
    if (length <= SHORT_MM || fmin(at_a, at_b) > reach || fmax(at_a, at_b) < -reach)
        return false;
    surface_build_point middle = middle_of(build, a, b, scan_triangle);
    double at_middle = surface_build_ask(build, scan_triangle, middle.weight);
    bool wanted = fmax(fmax(at_a, at_b), at_middle) >= 0;
    return wanted && (at_a + at_b) / 2 - at_middle > HIDDEN_MM;
}

typedef struct rule_context {
    const surface_treated_build *build;
    edge_rule *rule;
    uint8_t *halved; /* n_triangles: a bit for each edge */
} rule_context;

/* What the rule said of a triangle that stayed whole it says again: neither its points nor their values change. */
static void rule_block(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    rule_context *c = context;
    for (size_t i = begin; i < end; i++) {
        const surface_build_triangle *t = &c->build->triangles[i];
        c->halved[i] = 0;
        for (int k = 0; k < 3 && !t->is_whole; k++)
            c->halved[i] |= (uint8_t)(c->rule(c->build, t->v[k], t->v[(k + 1) % 3], t->scan_triangle) << k);
    }
}

/* Gives every edge that RULE wants halved its middle; *OUT_FIRST is the first of the new points. */
static np_status halve_edges(surface_treated_build *build, edge_rule *rule, size_t *out_first, np_error *err)
{
    *out_first = build->n_points;
    rule_context c = {build, rule, malloc(build->n_triangles + 1)};
    if (!c.halved)
        return np_error_no_memory(err, "the treated skin");
    np_parallel_for(build->n_triangles, GRAIN, rule_block, &c);
    size_t n = 0;
    for (size_t i = 0; i < build->n_triangles; i++)
        n += (size_t)__builtin_popcount(c.halved[i]);
    np_status status = surface_edge_map_reset(&build->edges, n, err);
    for (size_t i = 0; i < build->n_triangles && status == NP_OK; i++) {
        const surface_build_triangle *t = &build->triangles[i];
        for (int k = 0; k < 3 && status == NP_OK; k++) {
            uint32_t a = t->v[k], b = t->v[(k + 1) % 3], index;
            bool is_new = false;
            if (!(c.halved[i] >> k & 1))
                continue;
            surface_edge_map_get(&build->edges, a, b, (uint32_t)build->n_points, &is_new);
            if (is_new) {
                surface_build_point p = middle_of(build, a, b, t->scan_triangle);
                status = surface_build_add_point(build, &p, &index, err);
            }
        }
    }
    free(c.halved);
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
    if (n_mid == 0) {
        np_status status = surface_build_add_triangle(build, t->v[0], t->v[1], t->v[2], s, err);
        if (status == NP_OK)
            build->next[build->n_next - 1].is_whole = true;
        return status;
    }

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

/* Halves edges until RULE wants none halved, for so many rounds at most. */
static np_status halve(surface_treated_build *build, edge_rule *rule, unsigned rounds, np_error *err)
{
    for (size_t i = 0; i < build->n_triangles; i++)
        build->triangles[i].is_whole = false; /* another rule may have said so */
    for (unsigned round = 0; round < rounds; round++) {
        size_t first;
        np_status status = halve_edges(build, rule, &first, err);
        if (status != NP_OK || build->n_points == first)
            return status;
        ask_points(build, first);
        for (size_t i = 0; i < build->n_triangles && status == NP_OK; i++) {
            surface_build_triangle t = build->triangles[i];
            uint32_t mid[3];
            for (int k = 0; k < 3; k++)
                mid[k] = t.is_whole ? NONE : surface_edge_map_find(&build->edges, t.v[k], t.v[(k + 1) % 3]);
            status = cut_triangle(build, &t, mid, err);
        }
        if (status != NP_OK)
            return status;
        surface_build_swap(build);
    }
    return NP_OK;
}

np_status surface_treated_refine(surface_treated_build *build, np_error *err)
{
    np_status status = start(build, err);
    if (status == NP_OK)
        status = halve(build, is_too_long, UINT_MAX, err);
    return status == NP_OK ? halve(build, hides_border, HIDDEN_ROUNDS, err) : status;
}
