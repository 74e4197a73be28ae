/* What makes a curve quick to ask: its segments by triangle and in a tree of boxes, the side of each vertex of the mesh,
 * and the distance from each vertex along the surface. */
#include <stdlib.h>

#include "surface/private/curve.h"
#include "surface/private/march.h"

/* Where a front ends, distances some edges before it are not yet the shortest. */
#define SPARE_EDGES 4

static int compare_in_triangle(const void *a, const void *b)
{
    const surface_curve_in_triangle *x = a, *y = b;
    if (x->triangle != y->triangle)
        return x->triangle < y->triangle ? -1 : 1;
    return (x->segment > y->segment) - (x->segment < y->segment);
}

static int compare_cuts(const void *a, const void *b)
{
    const surface_curve_cut *x = a, *y = b;
    if (x->lo != y->lo)
        return x->lo < y->lo ? -1 : 1;
    if (x->hi != y->hi)
        return x->hi < y->hi ? -1 : 1;
    if (x->t != y->t)
        return x->t < y->t ? -1 : 1;
    return (int)x->left_is_hi - (int)y->left_is_hi;
}

const surface_curve_in_triangle *surface_curve_segments_in(const np_curve *curve, uint32_t triangle, size_t *out_n)
{
    size_t low = 0, high = curve->n_segments;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (curve->in_triangle[mid].triangle < triangle)
            low = mid + 1;
        else
            high = mid;
    }
    size_t end = low;
    while (end < curve->n_segments && curve->in_triangle[end].triangle == triangle)
        end++;
    *out_n = end - low;
    return curve->in_triangle + low;
}

const surface_curve_cut *surface_curve_cuts_of(const np_curve *curve, uint32_t a, uint32_t b, size_t *out_n)
{
    uint32_t lo = a < b ? a : b, hi = a < b ? b : a;
    size_t low = 0, high = curve->n_cuts;
    while (low < high) {
        size_t mid = (low + high) / 2;
        const surface_curve_cut *c = &curve->cuts[mid];
        if (c->lo < lo || (c->lo == lo && c->hi < hi))
            low = mid + 1;
        else
            high = mid;
    }
    size_t end = low;
    while (end < curve->n_cuts && curve->cuts[end].lo == lo && curve->cuts[end].hi == hi)
        end++;
    *out_n = end - low;
    return curve->cuts + low;
}

static surface_curve_box box_join(surface_curve_box a, surface_curve_box b)
{
    return (surface_curve_box){
        {fmin(a.low.x, b.low.x), fmin(a.low.y, b.low.y), fmin(a.low.z, b.low.z)},
        {fmax(a.high.x, b.high.x), fmax(a.high.y, b.high.y), fmax(a.high.z, b.high.z)},
    };
}

static np_status build_tree(np_curve *curve, np_error *err)
{
    size_t groups = (curve->n_segments + SURFACE_CURVE_LEAF - 1) / SURFACE_CURVE_LEAF;
    curve->n_leaves = 1;
    while (curve->n_leaves < groups)
        curve->n_leaves *= 2;
    curve->boxes = malloc(2 * curve->n_leaves * sizeof *curve->boxes);
    if (!curve->boxes)
        return np_error_no_memory(err, "a curve");
    surface_curve_box empty = {{INFINITY, INFINITY, INFINITY}, {-INFINITY, -INFINITY, -INFINITY}};
    for (size_t leaf = 0; leaf < curve->n_leaves; leaf++) {
        surface_curve_box box = empty;
        for (size_t s = leaf * SURFACE_CURVE_LEAF; s < (leaf + 1) * SURFACE_CURVE_LEAF && s < curve->n_segments; s++) {
            np_vec3 a = surface_curve_start(curve, s), b = surface_curve_end(curve, s);
            box = box_join(box, box_join((surface_curve_box){a, a}, (surface_curve_box){b, b}));
        }
        curve->boxes[curve->n_leaves + leaf] = box;
    }
    for (size_t i = curve->n_leaves - 1; i >= 1; i--)
        curve->boxes[i] = box_join(curve->boxes[2 * i], curve->boxes[2 * i + 1]);
    return NP_OK;
}

/* A curve that stays within one triangle has that triangle's corners outside, right or left by the way it turns. */
static int corner_side_of_small_loop(const np_curve *curve)
{
    np_vec3 twice_area = {0};
    for (size_t s = 0; s < curve->n_segments; s++)
        twice_area =
            np_vec3_add(twice_area, np_vec3_cross(np_vec3_sub(surface_curve_start(curve, s), curve->points[0].position),
                                                  np_vec3_sub(surface_curve_end(curve, s), curve->points[0].position)));
    return np_vec3_dot(twice_area, curve->points[0].normal) > 0 ? -1 : 1;
}

/* Sets the side of V; true if that is news, *SEPARATES false if it contradicts what was known. */
static bool set_side(np_curve *curve, uint32_t v, int side)
{
    if (curve->field[v].side != 0) {
        curve->separates = curve->separates && curve->field[v].side == side;
        return false;
    }
    curve->field[v].side = (int8_t)side;
    return true;
}

/* Sides of the vertices at both ends of each cut edge: each lies across the cut that is nearest to it. */
static size_t seed_sides(np_curve *curve, uint32_t *queue)
{
    size_t n = 0;
    for (size_t i = 0; i < curve->n_cuts; i++) {
        const surface_curve_cut *c = &curve->cuts[i];
        bool first = i == 0 || c[-1].lo != c->lo || c[-1].hi != c->hi;
        bool last = i + 1 == curve->n_cuts || c[1].lo != c->lo || c[1].hi != c->hi;
        if (first && set_side(curve, c->lo, c->left_is_hi ? -1 : 1))
            queue[n++] = c->lo;
        if (last && set_side(curve, c->hi, c->left_is_hi ? 1 : -1))
            queue[n++] = c->hi;
    }
    if (curve->n_cuts == 0) {
        int side = corner_side_of_small_loop(curve);
        for (int k = 0; k < 3; k++) {
            uint32_t v = curve->mesh->triangles[curve->segment_triangle[0]].v[k];
            if (set_side(curve, v, side))
                queue[n++] = v;
        }
    }
    return n;
}

/* Floods both sides of a closed curve from the edges that it cuts, over those that it does not. */
static np_status flood_sides(np_curve *curve, const np_topology *topology, np_error *err)
{
    uint32_t *queue = malloc((curve->mesh->n_vertices + 1) * sizeof *queue);
    if (!queue)
        return np_error_no_memory(err, "the sides of a curve");
    curve->separates = true;
    size_t seeds = seed_sides(curve, queue), end = seeds;
    for (size_t begin = 0; begin < end; begin++) {
        uint32_t v = queue[begin];
        for (uint32_t i = topology->first[v]; i < topology->first[v + 1]; i++) {
            const uint32_t *corner = curve->mesh->triangles[topology->around[i]].v;
            for (int k = 0; k < 3; k++) {
                size_t n_cuts = 0;
                if (corner[k] == v || curve->field[corner[k]].side == curve->field[v].side)
                    continue;
                surface_curve_cuts_of(curve, v, corner[k], &n_cuts);
                if (n_cuts == 0 && set_side(curve, corner[k], curve->field[v].side))
                    queue[end++] = corner[k];
            }
        }
    }
    free(queue);
    return NP_OK;
}

/* Offers a vertex its distance from HIT, that is straight ahead on the surface. */
static np_status offer(const np_curve *curve, surface_march *march, uint32_t v, const surface_curve_hit *hit,
                       double stretch, np_error *err)
{
    np_vec3 p = curve->mesh->vertices[v], q = surface_curve_hit_position(curve, hit);
    surface_march_vertex value = {.distance_mm = hit->distance_mm * stretch,
                                  .tag = surface_curve_hit_arc(curve, hit),
                                  .source = q,
                                  .gradient = np_vec3_normalize(np_vec3_sub(p, q)),
                                  .side = surface_curve_side(curve, hit, p, curve->surface->normals[v])};
    return surface_march_offer(march, v, &value, err);
}

/* Offers the corners of a triangle that the curve runs through their distances from its segments there. */
static np_status seed_corners(const np_curve *curve, surface_march *march, const surface_curve_in_triangle *segments,
                              size_t n, np_error *err)
{
    np_status status = NP_OK;
    for (int k = 0; k < 3 && status == NP_OK; k++) {
        uint32_t v = curve->mesh->triangles[segments[0].triangle].v[k];
        surface_curve_hit hit = {.distance_mm = INFINITY};
        for (size_t j = 0; j < n; j++)
            surface_curve_try_segment(curve, segments[j].segment, curve->mesh->vertices[v], &hit);
        status = offer(curve, march, v, &hit, 1, err);
    }
    return status;
}

/* Offers a vertex near the curve its straight distance, where the surface is so nearly flat on the way that it holds
 * along the surface: the front then starts out from the whole curve, not from one triangle's part of it. */
static np_status seed_straight(const np_curve *curve, surface_march *march, uint32_t v, np_error *err)
{
    np_vec3 p = curve->mesh->vertices[v], normal = curve->surface->normals[v];
    surface_curve_hit hit = {.distance_mm = INFINITY};
    surface_curve_nearest(curve, p, &hit);
    np_vec3 chord = np_vec3_sub(p, surface_curve_hit_position(curve, &hit)),
            at_curve = surface_curve_hit_normal(curve, &hit);
    double rise = fmax(fabs(np_vec3_dot(chord, normal)), fabs(np_vec3_dot(chord, at_curve)));
    if (np_vec3_dot(normal, at_curve) < 0.9 || rise > 0.25 * hit.distance_mm)
        return NP_OK;
    return offer(curve, march, v, &hit, surface_curve_stretch(at_curve, normal, chord), err);
}

/* Starts the march at the corners of every triangle that the curve runs through, and at their neighbours. */
static np_status seed_march(const np_curve *curve, surface_march *march, np_error *err)
{
    const np_topology *topology = march->topology;
    bool *tried = calloc(curve->mesh->n_vertices + 1, sizeof *tried);
    if (!tried)
        return np_error_no_memory(err, "a curve");
    np_status status = NP_OK;
    for (size_t i = 0, n; i < curve->n_segments && status == NP_OK; i += n) {
        uint32_t triangle = curve->in_triangle[i].triangle;
        const surface_curve_in_triangle *segments = surface_curve_segments_in(curve, triangle, &n);
        status = seed_corners(curve, march, segments, n, err);
        for (int k = 0; k < 3; k++) {
            uint32_t corner = curve->mesh->triangles[triangle].v[k];
            for (uint32_t j = topology->first[corner]; j < topology->first[corner + 1]; j++)
                for (int c = 0; c < 3 && status == NP_OK; c++) {
                    uint32_t v = curve->mesh->triangles[topology->around[j]].v[c];
                    if (!tried[v])
                        status = seed_straight(curve, march, v, err);
                    tried[v] = true;
                }
        }
    }
    free(tried);
    return status;
}

static np_status march_distances(np_curve *curve, const np_topology *topology, const np_progress *progress,
                                 np_error *err)
{
    surface_march march = {0};
    np_status status = surface_march_init(&march, topology, err);
    if (status != NP_OK)
        return status;
    march.curve = true;
    /* Sides that the mesh does not tell come with the distances. */
    if (curve->separates && curve->within_mm < INFINITY)
        march.limit_mm = curve->within_mm + SPARE_EDGES * np_mesh_longest_edge_mm(curve->mesh);
    march.progress = progress;
    march.period_mm = curve->closed ? curve->length_mm : 0;
    status = seed_march(curve, &march, err);
    if (status == NP_OK)
        status = surface_march_run(&march, err);
    for (size_t v = 0; v < curve->mesh->n_vertices && status == NP_OK; v++) {
        const surface_march_vertex *from = &march.vertices[v];
        surface_curve_vertex *to = &curve->field[v];
        /* What has a side can be reached. */
        bool is_beyond = from->distance_mm > march.limit_mm && to->side != 0;
        to->distance_mm = is_beyond ? march.limit_mm : from->distance_mm;
        to->arc_mm = from->tag;
        to->gradient[0] = (float)from->gradient.x;
        to->gradient[1] = (float)from->gradient.y;
        to->gradient[2] = (float)from->gradient.z;
        if (!curve->separates)
            to->side = (int8_t)from->side;
    }
    surface_march_fini(&march);
    return status;
}

np_status surface_curve_index(np_curve *curve, const np_topology *topology, const np_progress *progress, np_error *err)
{
    curve->in_triangle = malloc((curve->n_segments + 1) * sizeof *curve->in_triangle);
    curve->field = calloc(curve->mesh->n_vertices + 1, sizeof *curve->field);
    if (!curve->in_triangle || !curve->field)
        return np_error_no_memory(err, "a curve");
    for (size_t s = 0; s < curve->n_segments; s++)
        curve->in_triangle[s] = (surface_curve_in_triangle){curve->segment_triangle[s], (uint32_t)s};
    qsort(curve->in_triangle, curve->n_segments, sizeof *curve->in_triangle, compare_in_triangle);
    if (curve->n_cuts > 0)
        qsort(curve->cuts, curve->n_cuts, sizeof *curve->cuts, compare_cuts);

    np_status status = build_tree(curve, err);
    if (status == NP_OK && curve->closed)
        status = flood_sides(curve, topology, err);
    if (status == NP_OK)
        status = march_distances(curve, topology, progress, err);
    return status;
}
