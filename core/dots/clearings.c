/* A clearing is a hole in the density with a sharp border: vertices inside have none, and between vertices, where the density is linear, a spot is asked
 * for its distance.  How deep each vertex lies tells of most spots on which side they are, without looking at any pin. */
#include "dots/private/clearings.h"

#include <math.h>
#include <stdlib.h>

#include "base/parallel.h"
#include "dots/private/particles.h"
#include "dots/private/seed.h"

typedef struct depth_job {
    dots_surface *surface;
    double reach_mm;
} depth_job;

/* How far P lies inside of the clearings, as far as those within REACH_MM tell: negative outside. */
static double depth_at(const dots_clearings *c, np_vec3 p, double reach_mm)
{
    double deepest = -INFINITY;
    np_near_walk walk = np_near_around(&c->grid, p, reach_mm);
    for (uint32_t j; np_near_next(&walk, &j);)
        deepest = fmax(deepest, c->pins[j].radius_mm - np_vec3_distance(p, c->pins[j].at));
    return deepest;
}

static void depth_block(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    const depth_job *job = context;
    for (size_t v = begin; v < end; v++)
        job->surface->clearings.depth_mm[v] =
            depth_at(&job->surface->clearings, job->surface->mesh->vertices[v], job->reach_mm);
}

/* The pins that have a clearing, and how deep the vertices lie. */
static np_status find(const np_dots_request *r, const dots_spot *spots, dots_surface *surface, np_error *err)
{
    dots_clearings *c = &surface->clearings;
    c->pins = malloc((r->n_pins + 1) * sizeof *c->pins);
    c->depth_mm = malloc((surface->mesh->n_vertices + 1) * sizeof *c->depth_mm);
    if (!c->pins || !c->depth_mm)
        return np_error_no_memory(err, "what pins keep free");
    for (size_t i = 0; i < r->n_pins; i++)
        if (r->pins[i].radius_mm > r->spacing_min_mm) {
            double radius = r->pins[i].radius_mm + DOTS_ROUNDING_MM;
            c->pins[c->n++] = (dots_clearing){dots_surface_position(surface, &spots[i]), radius};
            c->widest_mm = fmax(c->widest_mm, radius);
        }
    if (c->n == 0)
        return NP_OK;
    np_status status = np_near_init(&c->grid, &c->pins->at, sizeof *c->pins, c->n, fmax(c->widest_mm, 1), err);
    depth_job job = {surface, c->widest_mm + surface->longest_edge_mm};
    if (status == NP_OK)
        np_parallel_for(surface->mesh->n_vertices, 1024, depth_block, &job);
    return status;
}

np_status dots_clearings_make(const np_dots_request *r, const dots_spot *spots, dots_surface *surface, size_t *out_own,
                              double *out_takes, np_error *err)
{
    double *mass = calloc(3 * r->n_layers, sizeof *mass);
    np_status status = mass ? find(r, spots, surface, err) : np_error_no_memory(err, "what pins keep free");
    for (size_t l = 0; l < r->n_layers; l++)
        out_own[l] = 0;
    for (size_t i = 0; i < r->n_pins; i++)
        out_takes[i] = 1;
    if (status != NP_OK || surface->clearings.n == 0)
        goto done;
    double *lost = mass, *left = mass + r->n_layers, *with = left + r->n_layers;
    dots_seed_masses(surface, r->n_layers, lost);
    for (size_t v = 0; v < surface->mesh->n_vertices; v++)
        if (surface->clearings.depth_mm[v] > 0)
            surface->density[v] = 0;
    dots_seed_masses(surface, r->n_layers, left);
    for (size_t i = 0; i < r->n_pins; i++)
        with[r->pins[i].layer] += r->pins[i].radius_mm > r->spacing_min_mm;
    for (size_t l = 0; l < r->n_layers; l++)
        out_own[l] = (size_t)fmin(with[l], lost[l] - left[l] + 0.5);
    for (size_t i = 0; i < r->n_pins; i++) {
        size_t l = (size_t)r->pins[i].layer;
        if (r->pins[i].radius_mm > r->spacing_min_mm)
            out_takes[i] = 1 - (double)out_own[l] / with[l];
    }
done:
    free(mass);
    return status;
}

bool dots_clearings_cover(const dots_surface *surface, const dots_spot *spot)
{
    const dots_clearings *c = &surface->clearings;
    if (c->n == 0)
        return false;
    double depth = c->depth_mm[dots_surface_corner(surface, spot)];
    if (fabs(depth) > surface->longest_edge_mm)
        return depth > 0;
    return depth_at(c, dots_surface_position(surface, spot), c->widest_mm) > 0;
}
