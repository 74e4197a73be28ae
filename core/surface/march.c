/* The marching itself: fronts over edges, unfolded across triangles, in the order of their distance.  march.h says what is
 * taken from whom. */
#include "surface/private/march.h"

#include <assert.h>
#include <stdlib.h>

/* How many triangles a ray may cross in search of a vertex. */
#define MAX_UNFOLD 16
/* How often a vertex may be taken up. */
#define MAX_SETTLED 6
/* Vertices between two looks at the user's wish: some milliseconds. */
#define LOOK_EVERY 4096

typedef struct vec2 {
    double x, y;
} vec2;

/* The front over an edge, in the plane in which the edge runs from the origin along +x and the front moves to +y.
 * Distance at p: |p - center| + offset (diverging), offset - |p - center| (converging), or offset + direction . p. */
typedef enum front_shape { FRONT_NONE, FRONT_DIVERGING, FRONT_STRAIGHT, FRONT_CONVERGING } front_shape;

typedef struct front {
    front_shape shape;
    vec2 center, direction;
    double offset, edge_length;
} front;

/* One base edge on the rays' way: its ends in the mesh and in the plane, and the triangle beyond. */
typedef struct base_edge {
    uint32_t a, b, triangle;
    vec2 a2, b2;
} base_edge;

np_status surface_march_init(surface_march *march, const np_topology *topology, np_error *err)
{
    size_t n = topology->mesh->n_vertices;
    *march = (surface_march){.topology = topology, .limit_mm = INFINITY};
    march->vertices = malloc((n + 1) * sizeof *march->vertices);
    march->settled = calloc(n + 1, sizeof *march->settled);
    march->times_settled = calloc(n + 1, sizeof *march->times_settled);
    if (!march->vertices || !march->settled || !march->times_settled) {
        surface_march_fini(march);
        return np_error_no_memory(err, "distances over the scan");
    }
    for (size_t v = 0; v < n; v++)
        march->vertices[v] = (surface_march_vertex){.distance_mm = INFINITY};
    return NP_OK;
}

void surface_march_fini(surface_march *march)
{
    free(march->vertices);
    free(march->settled);
    free(march->times_settled);
    np_heap_fini(&march->heap);
    *march = (surface_march){0};
}

double surface_arc_difference(double a, double b, double period_mm)
{
    double d = b - a;
    if (period_mm > 0)
        d -= period_mm * nearbyint(d / period_mm);
    return d;
}

np_status surface_march_offer(surface_march *march, uint32_t vertex, const surface_march_vertex *value, np_error *err)
{
    assert(vertex < march->topology->mesh->n_vertices);
    assert(value->distance_mm >= 0);
    surface_march_vertex *v = &march->vertices[vertex];
    /* A settled vertex is taken up again for a real gain only, and a few times: on a curved mesh fronts that went round
     * it by different ways differ a little, and would chase each other for ever. */
    double gain = march->settled[vertex] ? 1e-3 * v->distance_mm : 0;
    if (!(value->distance_mm < v->distance_mm - gain) || march->times_settled[vertex] >= MAX_SETTLED)
        return NP_OK;
    *v = *value;
    march->settled[vertex] = false;
    return np_heap_push(&march->heap, (np_heap_entry){.key = value->distance_mm, .item = vertex}, err);
}

static double cross(vec2 a, vec2 b)
{
    return a.x * b.y - a.y * b.x;
}

static vec2 minus(vec2 a, vec2 b)
{
    return (vec2){a.x - b.x, a.y - b.y};
}

/* The front through an edge of LENGTH between distances DA and DB whose source points are SPREAD apart. */
static front front_make(double da, double db, double length, double spread)
{
    front f = {.shape = FRONT_NONE, .edge_length = length};
    double slope = (db - da) / length;
    if (fabs(slope) >= 1)
        return f;
    double width = length * sqrt(1 - slope * slope), mean = (da + db) / 2;

    /* Rays start SPREAD apart and are WIDTH apart here: their meeting point by similar triangles.  Rays that close in
     * to less than half come from fronts that collide; those are no one front. */
    if (spread < 0.99 * width) {
        double radius = mean * spread / (width - spread);
        double ra = da + radius, rb = db + radius;
        double x = (ra * ra - rb * rb + length * length) / (2 * length);
        f.shape = FRONT_DIVERGING;
        f.center = (vec2){x, -sqrt(fmax(0, ra * ra - x * x))};
        f.offset = -radius;
    } else if (spread < 1.01 * width || mean == 0) {
        f.shape = FRONT_STRAIGHT;
        f.direction = (vec2){slope, sqrt(1 - slope * slope)};
        f.offset = da;
    } else if (spread < 2 * width) {
        double focus = mean * spread / (spread - width);
        double ra = focus - da, rb = focus - db;
        double x = (ra * ra - rb * rb + length * length) / (2 * length);
        f.shape = FRONT_CONVERGING;
        f.center = (vec2){x, sqrt(fmax(0, ra * ra - x * x))};
        f.offset = focus;
    }
    return f;
}

static double front_distance(const front *f, vec2 p)
{
    if (f->shape == FRONT_STRAIGHT)
        return f->offset + f->direction.x * p.x + f->direction.y * p.y;
    double r = hypot(p.x - f->center.x, p.y - f->center.y);
    return f->shape == FRONT_DIVERGING ? f->offset + r : f->offset - r;
}

/* Direction of the ray at P (of any length). */
static vec2 front_ray(const front *f, vec2 p)
{
    if (f->shape == FRONT_STRAIGHT)
        return f->direction;
    return f->shape == FRONT_DIVERGING ? minus(p, f->center) : minus(f->center, p);
}

/* The third corner of edge->triangle in the plane, beyond the edge. */
static vec2 unfold_apex(const np_mesh *mesh, const base_edge *edge, uint32_t apex)
{
    np_vec3 a = mesh->vertices[edge->a];
    np_vec3 along = np_vec3_sub(mesh->vertices[edge->b], a), to = np_vec3_sub(mesh->vertices[apex], a);
    double length = np_vec3_length(along);
    if (length == 0)
        return (vec2){edge->a2.x, edge->a2.y + np_vec3_length(to)};
    double x = np_vec3_dot(to, along) / length;
    double y = sqrt(fmax(0, np_vec3_dot(to, to) - x * x));
    vec2 u = {(edge->b2.x - edge->a2.x) / length, (edge->b2.y - edge->a2.y) / length};
    return (vec2){edge->a2.x + x * u.x - y * u.y, edge->a2.y + x * u.y + y * u.x};
}

/* A direction of the plane as one of space, within the edge's triangle. */
static np_vec3 direction_in_space(const np_mesh *mesh, const base_edge *edge, uint32_t apex, vec2 direction)
{
    np_vec3 a = mesh->vertices[edge->a];
    np_vec3 u = np_vec3_normalize(np_vec3_sub(mesh->vertices[edge->b], a));
    np_vec3 v = np_vec3_normalize(np_vec3_reject(np_vec3_sub(mesh->vertices[apex], a), u));
    vec2 u2 = minus(edge->b2, edge->a2);
    double length = hypot(u2.x, u2.y);
    u2 = length > 0 ? (vec2){u2.x / length, u2.y / length} : (vec2){1, 0};
    double along = direction.x * u2.x + direction.y * u2.y, across = cross(u2, direction);
    return np_vec3_normalize(np_vec3_add(np_vec3_scale(u, along), np_vec3_scale(v, across)));
}

/* The point nearest to APEX on the straight line between the source points of FIRST and SECOND. */
static np_vec3 nearest_between(const surface_march_vertex *first, const surface_march_vertex *second,
                               const surface_march *march, uint32_t apex)
{
    np_vec3 p = march->topology->mesh->vertices[apex], span = np_vec3_sub(second->source, first->source);
    double length2 = np_vec3_dot(span, span);
    double t = length2 > 0 ? np_vec3_dot(np_vec3_sub(p, first->source), span) / length2 : 0;
    return np_vec3_mad(first->source, span, fmin(fmax(t, 0), 1));
}

/* Gives APEX, which the front meets at C, its distance, by way of the first edge's place that the ray came through. */
static np_status reach(surface_march *march, const front *f, const base_edge *edge, uint32_t apex, vec2 c,
                       const surface_march_vertex *first, const surface_march_vertex *second, np_error *err)
{
    surface_march_vertex value = {.distance_mm = front_distance(f, c)};
    /* A point source may be seen over the middle of an edge that is nearer than its ends; for other fronts that would
     * trust their shape too far. */
    if (f->shape != FRONT_DIVERGING || f->offset != 0)
        value.distance_mm = fmax(value.distance_mm, fmin(first->distance_mm, second->distance_mm));
    /* Nothing is nearer along the surface than straight through space. */
    np_vec3 nearest = nearest_between(first, second, march, apex);
    value.distance_mm = fmax(value.distance_mm, np_vec3_distance(march->topology->mesh->vertices[apex], nearest));
    if (!(value.distance_mm < march->vertices[apex].distance_mm))
        return NP_OK;
    vec2 ray = front_ray(f, c);
    double share = ray.y > 0 ? (c.x - ray.x / ray.y * c.y) / f->edge_length : 0.5;
    share = fmin(fmax(share, 0), 1);
    const surface_march_vertex *nearer = share < 0.5 ? first : second;
    value.tag = nearer->tag;
    if (march->curve)
        value.tag = first->tag + share * surface_arc_difference(first->tag, second->tag, march->period_mm);
    if (march->period_mm > 0)
        value.tag -= march->period_mm * floor(value.tag / march->period_mm);
    value.source = np_vec3_lerp(first->source, second->source, share);
    value.side = nearer->side;
    value.gradient = direction_in_space(march->topology->mesh, edge, apex, ray);
    return surface_march_offer(march, apex, &value, err);
}

/* Sends the front over the edge X - Y of TRIANGLE into it, and on across further edges until a vertex is met. */
static np_status cast(surface_march *march, uint32_t x, uint32_t y, uint32_t triangle, np_error *err)
{
    const np_mesh *mesh = march->topology->mesh;
    const surface_march_vertex *vx = &march->vertices[x], *vy = &march->vertices[y];
    double length = np_vec3_distance(mesh->vertices[x], mesh->vertices[y]);
    if (length == 0 || (!march->curve && vx->tag != vy->tag))
        return NP_OK;
    front f = front_make(vx->distance_mm, vy->distance_mm, length, np_vec3_distance(vx->source, vy->source));
    if (f.shape == FRONT_NONE)
        return NP_OK;
    base_edge edge = {x, y, triangle, {0, 0}, {length, 0}};
    surface_march_vertex first = *vx, second = *vy;
    vec2 from_a = edge.a2, from_b = edge.b2, ray_a = front_ray(&f, from_a), ray_b = front_ray(&f, from_b);

    for (int step = 0; step < MAX_UNFOLD; step++) {
        const uint32_t *v = mesh->triangles[edge.triangle].v;
        int k = 0;
        while (v[k] == edge.a || v[k] == edge.b)
            k++;
        vec2 c = unfold_apex(mesh, &edge, v[k]);
        bool beyond_a = cross(ray_a, minus(c, from_a)) > 0, beyond_b = cross(ray_b, minus(c, from_b)) < 0;
        if (beyond_a == beyond_b)
            return beyond_a ? NP_OK : reach(march, &f, &edge, v[k], c, &first, &second, err);

        /* All rays pass on one side of the vertex, over the edge on that side. */
        assert(k < 3);
        uint32_t keep = beyond_a ? edge.b : edge.a;
        int side = v[(k + 1) % 3] == keep ? k : (k + 2) % 3;
        edge.triangle = np_topology_across(march->topology, edge.triangle, side);
        if (edge.triangle == NP_NO_TRIANGLE)
            return NP_OK;
        if (beyond_a) {
            edge.a = v[k];
            edge.a2 = c;
        } else {
            edge.b = v[k];
            edge.b2 = c;
        }
    }
    return NP_OK;
}

/* Straight along the edge from FROM to TO. */
static np_status follow_edge(surface_march *march, uint32_t from, uint32_t to, np_error *err)
{
    np_vec3 edge = np_vec3_sub(march->topology->mesh->vertices[to], march->topology->mesh->vertices[from]);
    surface_march_vertex value = march->vertices[from];
    value.distance_mm += np_vec3_length(edge);
    if (!(value.distance_mm < march->vertices[to].distance_mm))
        return NP_OK;
    value.gradient = np_vec3_normalize(edge);
    return surface_march_offer(march, to, &value, err);
}

/* Whether the front over the edge A - B may be news to the third corner: not if that is nearer than both, unless the
 * source is so close that it may see the edge's middle before its ends. */
static bool is_behind(const surface_march *march, uint32_t vertex, uint32_t a, uint32_t b)
{
    const np_vec3 *at = march->topology->mesh->vertices;
    double nearer = fmin(march->vertices[a].distance_mm, march->vertices[b].distance_mm);
    return march->vertices[vertex].distance_mm > nearer || nearer < np_vec3_distance(at[a], at[b]);
}

/* Settles vertex X: its neighbours along edges first, then the fronts over the edges to settled ones. */
static np_status settle(surface_march *march, uint32_t x, np_error *err)
{
    const np_topology *topology = march->topology;
    np_status status = NP_OK;
    march->settled[x] = true;
    march->times_settled[x]++;
    for (uint32_t i = topology->first[x]; i < topology->first[x + 1] && status == NP_OK; i++) {
        uint32_t t = topology->around[i];
        const uint32_t *v = topology->mesh->triangles[t].v;
        int k = np_topology_corner(topology->mesh, t, x);
        uint32_t y = v[(k + 1) % 3], z = v[(k + 2) % 3];
        status = follow_edge(march, x, y, err);
        if (status == NP_OK)
            status = follow_edge(march, x, z, err);
        /* A vertex beyond an obtuse angle may have been settled too early, by a longer way. */
        if (status == NP_OK && march->settled[y] && is_behind(march, z, x, y))
            status = cast(march, x, y, t, err);
        if (status == NP_OK && march->settled[z] && is_behind(march, y, x, z))
            status = cast(march, x, z, t, err);
    }
    return status;
}

np_status surface_march_run(surface_march *march, np_error *err)
{
    np_status status = NP_OK;
    for (size_t taken = 0; march->heap.n > 0 && status == NP_OK; taken++) {
        if (taken % LOOK_EVERY == 0 && !np_progress_step(march->progress, "measuring distances", 0))
            return np_error_set(err, NP_ERR_STOPPED, "stopped while measuring distances over the scan");
        np_heap_entry e = np_heap_pop(&march->heap);
        if (e.key > march->limit_mm)
            break;
        if (!march->settled[e.item] && e.key == march->vertices[e.item].distance_mm)
            status = settle(march, e.item, err);
    }
    return status;
}
