/* Filling holes.  A random pattern has a few bare spots, and each has a crowded place within a few s: one dot of the closest
 * pair there moves into it.  What follows it, sweeps or levels, settles both ends. */
#include "dots/private/holes.h"

#include "base/parallel.h"

#include <stdlib.h>

#define CROWDED 0.7    /* s: a dot with a neighbour nearer than this may be spared */
#define DONOR_REACH 6. /* s: from how far */
#define CELL 2.2       /* s */

/* A corner of a Voronoi cell far from all sites. */
typedef struct bare_spot {
    double radius_s;
    uint32_t dot; /* from where it was seen */
} bare_spot;

typedef struct filling {
    dots_particles *particles;
    dots_hole_search search;
    dots_surroundings *around; /* n_free */
    unsigned char *taken;      /* n_free: has moved, or its neighbour has */
    dots_site *filled;
    size_t n_filled;
} filling;

static void look_block(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    const filling *f = context;
    np_near_view view[2] = {{.filled = false}, {.filled = false}};
    for (size_t i = begin; i < end; i++)
        f->around[i] = dots_holes_around(&f->search, i, view);
}

static int compare_spots(const void *a, const void *b)
{
    const bare_spot *p = a, *q = b;
    if (p->radius_s > q->radius_s || p->radius_s < q->radius_s)
        return p->radius_s > q->radius_s ? -1 : 1;
    return p->dot < q->dot ? -1 : p->dot > q->dot;
}

/* The dot to spare nearest to crowded around SITE, of the zone of SPOT; UINT32_MAX where there is none. */
static uint32_t find_donor(const filling *f, const dots_site *site, const dots_spot *spot)
{
    const dots_particles *particles = f->particles;
    np_near_walk walk = np_near_around(f->search.grid, site->at, DONOR_REACH * 10 / sqrt(site->local_density));
    uint32_t best = UINT32_MAX;
    double closest = CROWDED;
    for (uint32_t j; np_near_next(&walk, &j);) {
        if (j >= particles->n_free || f->taken[j] || f->around[j].nearest_s > closest ||
            (!(f->around[j].nearest_s < closest) && j > best) ||
            dots_site_x2(site, &particles->site[j]) > DONOR_REACH * DONOR_REACH ||
            !dots_surface_same_zone(particles->surface, spot, &particles->spot[j]))
            continue;
        closest = f->around[j].nearest_s;
        best = j;
    }
    return best;
}

/* Fills the hole seen from DOT, if it is on the surface, still bare, and a dot can be spared. */
static void fill_one(filling *f, uint32_t dot, double limit)
{
    dots_particles *particles = f->particles;
    dots_spot spot = particles->spot[dot];
    np_vec3 seen_from = particles->site[dot].at;
    if (f->taken[dot] || !dots_surface_walk(particles->surface, &spot, f->around[dot].corner) ||
        dots_surface_density(particles->surface, &spot) <= 0 ||
        !dots_surface_same_zone(particles->surface, &spot, &particles->spot[dot]))
        return;
    dots_site site = {dots_surface_position(particles->surface, &spot),
                      dots_surface_local_density(particles->surface, &spot)};
    /* on a bent surface the place may be another than the tangent plane's */
    if (np_vec3_distance(site.at, seen_from) < 0.9 * limit * 10 / sqrt(site.local_density))
        return;
    for (size_t k = 0; k < f->n_filled; k++)
        if (dots_site_x2(&site, &f->filled[k]) < limit * limit)
            return;
    uint32_t donor = find_donor(f, &site, &spot);
    if (donor == UINT32_MAX)
        return;
    uint32_t beside = f->around[donor].nearest;
    f->taken[donor] = 1;
    if (beside < particles->n_free)
        f->taken[beside] = 1;
    f->filled[f->n_filled++] = site;
    dots_particles_put(particles, donor, &spot);
}

np_status dots_holes_fill(dots_particles *particles, double limit, np_error *err)
{
    if (particles->n_free == 0)
        return NP_OK;
    np_near grid = {0};
    bare_spot *spots = malloc(particles->n_free * sizeof *spots);
    filling f = {.particles = particles, .around = malloc(particles->n_free * sizeof *f.around)};
    f.taken = calloc(particles->n_free, 1);
    f.filled = malloc(particles->n_free * sizeof *f.filled);
    np_status status = spots && f.around && f.taken && f.filled ? NP_OK : np_error_no_memory(err, "filling holes");
    if (status == NP_OK)
        status = dots_particles_update_ghosts(particles, 2 * limit, err);
    double sum = 0;
    for (size_t i = 0; i < particles->n; i++)
        sum += particles->site[i].local_density / (double)particles->n;
    if (status == NP_OK)
        status = np_near_init(&grid, &particles->site->at, sizeof *particles->site, particles->n, CELL * 10 / sqrt(sum),
                              err);
    if (status == NP_OK) {
        f.search = (dots_hole_search){particles->site, particles->normal, NULL, &grid, sum / 16};
        np_parallel_for(particles->n_free, 512, look_block, &f);
        size_t n = 0;
        for (size_t i = 0; i < particles->n_free; i++)
            if (f.around[i].corner_s > limit)
                spots[n++] = (bare_spot){f.around[i].corner_s, (uint32_t)i};
        if (n > 0)
            qsort(spots, n, sizeof *spots, compare_spots);
        for (size_t k = 0; k < n; k++)
            fill_one(&f, spots[k].dot, limit);
    }
    np_near_fini(&grid);
    free(spots);
    free(f.around);
    free(f.taken);
    free(f.filled);
    return status;
}
