/* The hard floors.  The relaxations hold them nearly always; the few dots that crowding, pins, existing hair
 * or their session have left too close are moved, one after the other, to the roomiest of many random places
 * near them. */
#include "dots/private/floors.h"

#include "base/angle.h"
#include "base/near.h"
#include "base/rng.h"
#include "dots/private/clearings.h"

#include <assert.h>
#include <stdlib.h>

#define STREAM_REPAIR UINT32_C(0x646F7403)
#define ROUNDS 24
#define TRIES 96

typedef struct repair {
    dots_particles *particles;
    const dots_floors *floors;
    np_near grid;     /* by the places at the round's start */
    double widest_mm; /* the largest floor */
    double skin_mm;   /* how far a dot may have moved since the round's start, when the grid was made */
    uint64_t seed;
    uint32_t round;
} repair;

static double needed_mm(const repair *r, size_t i, size_t j)
{
    const dots_floors *f = r->floors;
    if (!f->session || j >= r->particles->n_own || f->session[i] != f->session[j])
        return r->particles->floor_mm;
    assert(f->session[i] >= 1);
    assert(f->session[i] <= f->n_sessions);
    return fmax(r->particles->floor_mm, f->session_floor_mm[f->session[i]]);
}

/* The least (distance / floor)^2 from dot I, were it at P, to another particle; at most 1. */
static double room2(const repair *r, size_t i, np_vec3 p, double skin_mm)
{
    const dots_particles *particles = r->particles;
    double least = 1;
    np_near_walk walk = np_near_around(&r->grid, p, r->widest_mm + skin_mm);
    for (uint32_t j; np_near_next(&walk, &j);) {
        double d2 = np_vec3_distance2(p, particles->site[j].at);
        if (d2 >= r->widest_mm * r->widest_mm || j == i)
            continue;
        double needed = needed_mm(r, i, j);
        least = fmin(least, d2 / (needed * needed));
    }
    return least;
}

#define NEAREST_CAP 0.8 /* s: more than the mean distance to the nearest neighbour */

/* The square of the distance from dot I, were it at SPOT, to the nearest particle on its sheet, in NEAREST_CAP; at most 1.
 * Of the places where all floors hold the one where this is largest disturbs the pattern least. */
static double nearest2(const repair *r, size_t i, const dots_spot *spot)
{
    const dots_particles *particles = r->particles;
    const dots_site me = {dots_surface_position(particles->surface, spot),
                          dots_surface_local_density(particles->surface, spot)};
    np_vec3 normal = dots_surface_normal(particles->surface, spot);
    np_near_walk walk = np_near_around(&r->grid, me.at, NEAREST_CAP * 10 / sqrt(me.local_density) + r->skin_mm);
    double least = 1;
    for (uint32_t j; np_near_next(&walk, &j);) {
        double x2 = dots_site_x2(&me, &particles->site[j]) / (NEAREST_CAP * NEAREST_CAP);
        if (j != i && x2 < least &&
            dots_same_sheet(me.at, normal, particles->site[j].at,
                            j < particles->n_own ? dots_surface_normal(particles->surface, &particles->spot[j])
                                                 : normal))
            least = x2;
    }
    return least;
}

/* Tries places around dot I, nearer ones first, and takes the roomiest. */
static void move_away(repair *r, size_t i, double room)
{
    dots_particles *particles = r->particles;
    const dots_surface *surface = particles->surface;
    dots_spot best = particles->spot[i];
    for (uint32_t k = 0; k < TRIES && room < 2; k++) {
        np_vec3 u, v;
        dots_spot spot = particles->spot[i];
        if (!dots_surface_frame(surface, spot.triangle, &u, &v))
            return;
        uint32_t draw = r->round * 1024 + 2 * k;
        double angle = NP_TWO_PI * np_rng_uniform(r->seed, STREAM_REPAIR, i, draw);
        double length = r->skin_mm * (k + 1) / TRIES * np_rng_uniform(r->seed, STREAM_REPAIR, i, draw + 1);
        np_vec3 step = np_vec3_mad(np_vec3_scale(u, length * cos(angle)), v, length * sin(angle));
        if (!dots_surface_walk(surface, &spot, step) || dots_surface_density(surface, &spot) <= 0)
            continue;
        if (!dots_surface_same_zone(surface, &spot, &particles->spot[i]))
            continue;
        double there = room2(r, i, dots_surface_position(surface, &spot), r->skin_mm);
        there += there >= 1 ? nearest2(r, i, &spot) : 0;
        if (there > room) {
            room = there;
            best = spot;
        }
    }
    dots_particles_put(particles, i, &best);
}

static np_status no_room(const repair *r, size_t i, size_t n, np_error *err)
{
    const dots_particles *particles = r->particles;
    const dots_site *site = &particles->site[i];
    int32_t layer = particles->surface->layer[dots_surface_corner(particles->surface, &particles->spot[i])];
    return np_error_set(
        err, NP_ERR_INVALID,
        "layer %d: near (%.1f, %.1f, %.1f) there is no room for %zu of the dots: %.0f dots and hairs per "
        "cm2 cannot keep %.2f mm from each other%s.  Lower the density there",
        (int)layer, site->at.x, site->at.y, site->at.z, n, site->local_density, particles->floor_mm,
        r->floors->session ? " and their session's spacing" : "");
}

np_status dots_floors_repair(dots_particles *particles, const dots_floors *floors, uint64_t seed, np_error *err)
{
    double widest = particles->floor_mm;
    for (int s = 1; floors->session && s <= floors->n_sessions; s++)
        widest = fmax(widest, floors->session_floor_mm[s]);
    bool clearings = particles->surface->clearings.n > 0;
    if (clearings)
        widest = fmax(widest, particles->surface->longest_edge_mm); /* as deep as a dot may have been set in one */
    if (particles->n_free == 0 || !(widest > 0))
        return NP_OK;
    for (uint32_t round = 0;; round++) {
        /* later rounds look further */
        repair r = {.particles = particles, .floors = floors, .widest_mm = widest, .seed = seed, .round = round};
        r.skin_mm = widest * (2 + round / 8);
        size_t n = 0, worst = 0;
        np_status status =
            np_near_init(&r.grid, &particles->site->at, sizeof *particles->site, particles->n_solid, 2 * widest, err);
        for (size_t i = 0; status == NP_OK && i < particles->n_free; i++) {
            /* the grid is exact until the first dot has moved; after that, search SKIN_MM farther */
            bool cleared = clearings && dots_clearings_cover(particles->surface, &particles->spot[i]);
            double room = cleared ? -1 : room2(&r, i, particles->site[i].at, n ? r.skin_mm : 0);
            if (room >= 1)
                continue;
            n++;
            worst = i;
            if (round < ROUNDS)
                move_away(&r, i, room);
        }
        if (status == NP_OK && n > 0 && round == ROUNDS)
            status = no_room(&r, worst, n, err);
        np_near_fini(&r.grid);
        if (status != NP_OK || n == 0)
            return status;
    }
}
