/* The hard floor.  The relaxations hold it nearly always; the few dots that crowding, pins or existing hair have left too
 * close are moved, one after the other, to the roomiest of many random places near them. */
#include "dots/floors.h"

#include "base/rng.h"
#include "dots/grid.h"

#include <stdlib.h>

#define STREAM_REPAIR UINT32_C(0x646F7403)
#define ROUNDS 24
#define TRIES 64

typedef struct repair {
    np_dots_swarm *swarm;
    np_dots_grid grid; /* by the places at the round's start */
    double stray_mm;   /* how far anyone may have moved since */
    uint64_t seed;
    uint32_t round;
} repair;

/* Square of the distance from P to the nearest solid particle but I, at most that of the floor. */
static double clearance2(const repair *r, size_t i, np_vec3 p)
{
    const np_dots_swarm *swarm = r->swarm;
    double best = swarm->floor_mm * swarm->floor_mm;
    np_dots_grid_box box = np_dots_grid_around(&r->grid, p, swarm->floor_mm + r->stray_mm);
    np_dots_grid_cursor cursor = {0};
    const uint32_t *items;
    uint32_t n_items;
    while ((items = np_dots_grid_next(&r->grid, &box, &cursor, &n_items)))
        for (uint32_t k = 0; k < n_items; k++)
            if (items[k] != i)
                best = fmin(best, np_vec3_distance2(p, swarm->site[items[k]].at));
    return best;
}

/* Tries places around dot I, nearest first, and takes the roomiest. */
static void move_away(repair *r, size_t i, double clear2)
{
    np_dots_swarm *swarm = r->swarm;
    const np_dots_surface *surface = swarm->surface;
    double s = 10 / sqrt(swarm->site[i].crowd), floor2 = swarm->floor_mm * swarm->floor_mm;
    np_dots_spot best = swarm->spot[i];
    for (uint32_t k = 0; k < TRIES && clear2 < floor2; k++) {
        np_vec3 u, v;
        np_dots_spot spot = swarm->spot[i];
        if (!np_dots_surface_frame(surface, spot.triangle, &u, &v))
            return;
        double angle = 6.283185307179586 * np_rng_uniform(r->seed, STREAM_REPAIR, i, r->round * 1024 + 2 * k);
        double length = np_rng_uniform(r->seed, STREAM_REPAIR, i, r->round * 1024 + 2 * k + 1) *
                        fmin(r->stray_mm, s * (0.2 + 0.8 * (k + 1) / TRIES));
        np_vec3 step = np_vec3_mad(np_vec3_scale(u, length * cos(angle)), v, length * sin(angle));
        if (!np_dots_surface_walk(surface, &spot, step) || np_dots_surface_density(surface, &spot) <= 0)
            continue;
        if (!np_dots_surface_same_zone(surface, &spot, &swarm->spot[i]))
            continue;
        double room = clearance2(r, i, np_dots_surface_position(surface, &spot));
        if (room > clear2) {
            clear2 = room;
            best = spot;
        }
    }
    np_dots_swarm_put(swarm, i, &best);
}

static np_status no_room(const np_dots_swarm *swarm, size_t i, size_t n, np_error *err)
{
    const np_dots_site *site = &swarm->site[i];
    int32_t layer = swarm->surface->layer[np_dots_surface_corner(swarm->surface, &swarm->spot[i])];
    return np_error_set(err, NP_ERR_INVALID,
                        "layer %d: near (%.1f, %.1f, %.1f) there is no room for %zu of the dots: %.0f dots and hairs per "
                        "cm2 cannot keep %.2f mm from each other.  Lower the density there",
                        (int)layer, site->at.x, site->at.y, site->at.z, n, site->crowd, swarm->floor_mm);
}

np_status np_dots_floors_repair(np_dots_swarm *swarm, uint64_t seed, np_error *err)
{
    if (swarm->n_free == 0 || !(swarm->floor_mm > 0))
        return NP_OK;
    double floor2 = swarm->floor_mm * swarm->floor_mm;
    for (uint32_t round = 0;; round++) {
        repair r = {.swarm = swarm, .stray_mm = 2 * swarm->floor_mm, .seed = seed, .round = round};
        size_t n = 0, worst = 0;
        np_status status =
            np_dots_grid_init(&r.grid, &swarm->site->at, sizeof *swarm->site, swarm->n_solid, swarm->floor_mm, err);
        for (size_t i = 0; status == NP_OK && i < swarm->n_free; i++) {
            double clear2 = clearance2(&r, i, swarm->site[i].at);
            if (clear2 >= floor2)
                continue;
            n++;
            worst = i;
            if (round < ROUNDS)
                move_away(&r, i, clear2);
        }
        np_dots_grid_fini(&r.grid);
        if (status != NP_OK || n == 0)
            return status;
        if (round == ROUNDS)
            return no_room(swarm, worst, n, err);
    }
}
