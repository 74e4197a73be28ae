/* Chaining borders into loops, finding the nearest, and gliding along them. */
#include "dots/private/border.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* How far along the border a ghost stands from its dot: well beyond where dots interact. */
#define GLIDE_MM 9.0
#define SAMPLE_MM 0.6
#define CELL_MM 4.0

/* ---- loops ---- */

static dots_border_edge edge_of(const dots_surface *surface, uint32_t border)
{
    const dots_open_edge *e = &surface->open_edges[border];
    const uint32_t *v = surface->mesh->triangles[e->triangle].v;
    uint32_t a = v[(e->corner + 1) % 3], b = v[(e->corner + 2) % 3];
    dots_border_edge edge = {.a = surface->mesh->vertices[a], .b = surface->mesh->vertices[b]};
    np_vec3 along = np_vec3_normalize(np_vec3_sub(edge.b, edge.a));
    np_vec3 inward = np_vec3_reject(np_vec3_sub(surface->mesh->vertices[v[e->corner]], edge.a), along);
    edge.outward = np_vec3_scale(np_vec3_normalize(inward), -1);
    edge.normal = np_vec3_normalize(dots_surface_area2(surface, e->triangle));
    edge.local_density[0] = surface->local_density[a];
    edge.local_density[1] = surface->local_density[b];
    return edge;
}

/* Follows the borders from FROM, each to one that starts where it ends and is not yet taken. */
static void chain_loop(dots_border *border, const dots_surface *surface, uint32_t from, const uint32_t *starting,
                       unsigned char *taken)
{
    size_t first = border->n_edges;
    double length = 0;
    for (uint32_t b = from; b != UINT32_MAX && !taken[b];) {
        taken[b] = 1;
        assert(border->n_edges < surface->n_open_edges);
        dots_border_edge *edge = &border->edge[border->n_edges++];
        *edge = edge_of(surface, b);
        edge->start_mm = length;
        length += np_vec3_distance(edge->a, edge->b);
        const dots_open_edge *e = &surface->open_edges[b];
        b = starting[surface->mesh->triangles[e->triangle].v[(e->corner + 2) % 3]];
    }
    for (size_t k = first; k < border->n_edges; k++) {
        border->edge[k].first = (uint32_t)first;
        border->edge[k].n = (uint32_t)(border->n_edges - first);
    }
}

static np_status chain_loops(dots_border *border, const dots_surface *surface, np_error *err)
{
    size_t n_vertices = surface->mesh->n_vertices;
    uint32_t *starting = malloc((n_vertices + 1) * sizeof *starting); /* the border that starts at each vertex */
    unsigned char *taken = calloc(surface->n_open_edges + 1, 1);
    border->edge = malloc((surface->n_open_edges + 1) * sizeof *border->edge);
    np_status status = NP_OK;
    if (!starting || !taken || !border->edge) {
        status = np_error_no_memory(err, "the border of the surface");
        goto done;
    }
    memset(starting, 0xFF, (n_vertices + 1) * sizeof *starting);
    for (uint32_t b = 0; b < surface->n_open_edges; b++) {
        const dots_open_edge *e = &surface->open_edges[b];
        starting[surface->mesh->triangles[e->triangle].v[(e->corner + 1) % 3]] = b;
    }
    for (uint32_t b = 0; b < surface->n_open_edges; b++)
        chain_loop(border, surface, b, starting, taken);
done:
    free(starting);
    free(taken);
    return status;
}

static size_t samples_of(const dots_border_edge *edge)
{
    return 1 + (size_t)(np_vec3_distance(edge->a, edge->b) / SAMPLE_MM);
}

np_status dots_border_init(dots_border *border, const dots_surface *surface, np_error *err)
{
    *border = (dots_border){.spacing_mm = SAMPLE_MM};
    np_status status = chain_loops(border, surface, err);
    if (status != NP_OK)
        return status;
    size_t n = 0;
    for (size_t e = 0; e < border->n_edges; e++)
        n += samples_of(&border->edge[e]);
    border->sample = malloc((n + 1) * sizeof *border->sample);
    border->owner = malloc((n + 1) * sizeof *border->owner);
    if (!border->sample || !border->owner)
        return np_error_no_memory(err, "the border of the surface");
    for (size_t e = 0; e < border->n_edges; e++) {
        size_t k = samples_of(&border->edge[e]);
        for (size_t s = 0; s < k; s++) {
            border->sample[border->n_samples] =
                np_vec3_lerp(border->edge[e].a, border->edge[e].b, ((double)s + 0.5) / (double)k);
            border->owner[border->n_samples++] = (uint32_t)e;
        }
    }
    return np_near_init(&border->grid, border->sample, sizeof *border->sample, border->n_samples, CELL_MM, err);
}

void dots_border_fini(dots_border *border)
{
    np_near_fini(&border->grid);
    free(border->edge);
    free(border->sample);
    free(border->owner);
    *border = (dots_border){0};
}

/* ---- nearest ---- */

/* The nearest edge, if any is within RADIUS_MM. */
static const dots_border_edge *nearest_within(const dots_border *border, np_vec3 p, double radius_mm, double *out_t)
{
    /* the nearest point of an edge is at most half a spacing from one of its samples */
    np_near_walk walk = np_near_around(&border->grid, p, radius_mm + border->spacing_mm / 2);
    double best = radius_mm * radius_mm;
    const dots_border_edge *found = NULL, *last = NULL;
    for (uint32_t j; np_near_next(&walk, &j);) {
        const dots_border_edge *edge = &border->edge[border->owner[j]];
        if (edge == last)
            continue;
        last = edge;
        np_vec3 ab = np_vec3_sub(edge->b, edge->a);
        double length2 = np_vec3_dot(ab, ab);
        double t = length2 > 0 ? np_vec3_dot(np_vec3_sub(p, edge->a), ab) / length2 : 0;
        t = fmin(fmax(t, 0), 1);
        double d2 = np_vec3_distance2(p, np_vec3_mad(edge->a, ab, t));
        if (d2 < best || (!(d2 > best) && found && edge < found)) {
            best = d2;
            found = edge;
            *out_t = t;
        }
    }
    return found;
}

/* The edge nearest to P within REACH_MM, or NULL; *out_t: where along it, 0..1. */
static const dots_border_edge *nearest_edge(const dots_border *border, np_vec3 p, double reach_mm, double *out_t)
{
    if (border->n_edges == 0)
        return NULL;
    /* mostly asked for dots near the border: look nearby first */
    for (double radius = 2; radius < 0.7 * reach_mm; radius *= 2) {
        const dots_border_edge *found = nearest_within(border, p, radius, out_t);
        if (found)
            return found;
    }
    return nearest_within(border, p, reach_mm, out_t);
}

/* ---- ghosts ---- */

/* The edge GLIDE_MM (or half a small loop) further along, and where on it. */
static const dots_border_edge *glide(const dots_border *border, const dots_border_edge *edge, double t, double *out_t)
{
    const dots_border_edge *loop = &border->edge[edge->first], *last = loop + edge->n - 1;
    double length = last->start_mm + np_vec3_distance(last->a, last->b);
    double at = edge->start_mm + t * np_vec3_distance(edge->a, edge->b) + fmin(GLIDE_MM, length / 2);
    at = at >= length ? at - length : at;
    size_t low = 0, high = edge->n;
    while (high - low > 1) {
        size_t mid = (low + high) / 2;
        if (loop[mid].start_mm <= at)
            low = mid;
        else
            high = mid;
    }
    assert(low < edge->n);
    assert(edge->first + low < border->n_edges);
    double own = np_vec3_distance(loop[low].a, loop[low].b);
    *out_t = own > 0 ? fmin((at - loop[low].start_mm) / own, 1) : 0;
    return &loop[low];
}

bool dots_border_ghost(const dots_border *border, np_vec3 p, double local_density, double reach, dots_ghost *out)
{
    double t, u, back;
    const dots_border_edge *near = nearest_edge(border, p, reach * 10 / sqrt(local_density), &t);
    if (!near)
        return false;
    /* as deep outside as the dot is inside, each in its own s */
    double depth = np_vec3_distance(p, np_vec3_lerp(near->a, near->b, t)) * sqrt(local_density) / 10;
    const dots_border_edge *there = glide(border, near, t, &u);
    out->local_density = there->local_density[0] + u * (there->local_density[1] - there->local_density[0]);
    out->normal = there->normal;
    depth *= 10 / sqrt(out->local_density);
    out->at = np_vec3_mad(np_vec3_lerp(there->a, there->b, u), there->outward, depth);
    const dots_border_edge *nearest = nearest_edge(border, out->at, depth + 0.01, &back);
    return nearest && np_vec3_distance(out->at, np_vec3_lerp(nearest->a, nearest->b, back)) > 0.9 * depth;
}
