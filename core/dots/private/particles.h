/* Dots as particles on the surface, with everything that acts on them, and their Verlet lists (Verlet, Phys. Rev. 159, 1967).
 *
 * Order of the particles: free dots, then pins (dots that stay), then existing hair, then ghosts: particles
 * just outside a border, so that forces there are as in the middle of the pattern and dots neither pile up at
 * it nor keep away from it.
 *
 * Links say which particles may act on a dot; they reach a skin farther than the forces do, and so hold while no dot
 * has moved much.  Free dots come in the order of a space-filling curve and move in batches of
 * DOTS_BATCH that follow each other on it, one dot after the other within a batch.  Batches with the same
 * colour are never linked, so they may move at the same time, and the result is the same on any number of
 * threads.  Batches rather than dots, so that threads meet a few times a sweep, not dozens of times. */
#ifndef NP_DOTS_PRIVATE_PARTICLES_H
#define NP_DOTS_PRIVATE_PARTICLES_H

#include "base/near.h"
#include "dots/private/border.h"
#include "dots/private/surface.h"

/* In a link: the other one lies on another sheet of a fold.  It is kept off by the hard floor, and felt no
 * further. */
#define DOTS_OTHER_SHEET UINT32_C(0x80000000)
#define DOTS_LINK_INDEX UINT32_C(0x7FFFFFFF)

#define DOTS_BATCH 64
#define DOTS_COLOURS_MAX 64

#define DOTS_HEXAGONAL 1.0745699318235418 /* sqrt(2 / sqrt(3)): spacing of the hexagonal lattice, in s */

/* Positions are rounded to 1 um later on; floors must hold after that. */
#define DOTS_ROUNDING_MM 0.003

/* What of a particle acts on others. */
typedef struct dots_site {
    np_vec3 at;
    double local_density; /* dots and hair per cm2 here: s = 10 / sqrt(local_density) mm */
} dots_site;

typedef struct dots_particles {
    const dots_surface *surface; /* borrowed */
    dots_border border;
    size_t n_free, n_own, n_solid, n; /* free dots; and pins; and existing hair; and ghosts */
    dots_site *site;                  /* n; room for n_solid + n_own */
    np_vec3 *normal;                  /* n; of own dots as of the last update of the ghosts; hair has none (0) */
    uint32_t *source;                 /* of each ghost, its dot */
    dots_spot *spot;                  /* n_own */
    double *target;                   /* n_own: the target density there */
    double floor_mm;                  /* hard floor between any two solid ones */
    np_vec3 *home;                    /* n_free: where each was when linked */
    size_t *link_first;               /* n_free + 1 */
    size_t *near_end;                 /* n_free: a dot's near links come first, up to here */
    uint32_t *link;
    uint32_t *batch; /* their numbers, sorted by colour: batch f is dots [f * DOTS_BATCH, (f + 1) *
                        DOTS_BATCH) */
    size_t colour_first[DOTS_COLOURS_MAX + 1];
    size_t n_colours;
} dots_particles;

/* Room for the given numbers; sites are filled in by the caller, ghosts by dots_particles_update_ghosts.  Fini is safe
 * on zero. */
np_status dots_particles_init(dots_particles *particles, const dots_surface *surface, size_t n_free, size_t n_pins,
                              size_t n_existing, np_error *err);
void dots_particles_fini(dots_particles *particles);

/* Sets free dot or pin I's spot and all that follows from it but the normal. */
void dots_particles_put(dots_particles *particles, size_t i, const dots_spot *spot);

/* Square of the distance of two sites in units of their common s. */
static inline double dots_site_x2(const dots_site *a, const dots_site *b)
{
    return np_vec3_distance2(a->at, b->at) * (a->local_density + b->local_density) * (1.0 / 200.0);
}

/* The sites of GRID, whose points each begin with their dots_site, in the order in which walks find them, so that a look around reads on and on;
 * NULL: no memory.  The caller frees. */
dots_site *dots_sites_in_order(const np_near *grid);

/* What is around a dot: its index among the grid's points, and x^2. */
typedef struct dots_found {
    uint32_t index;
    double x2;
} dots_found;

#define DOTS_FOUND 128

/* The next points of WALK nearer to ME than sqrt REACH2 (in s), at most DOTS_FOUND; SITES are those of dots_sites_in_order.  False: that was all.
 * Without a branch for each, since most are too far, and which cannot be foreseen. */
static inline bool dots_find_next(np_near_walk *walk, const dots_site *sites, const dots_site *me, double reach2,
                                  dots_found *out, size_t *out_n)
{
    *out_n = 0;
    if (walk->range.item == walk->range.end && !np_near_turn(walk))
        return false;
    const dots_site *site = sites + (walk->range.item - walk->near->items);
    for (size_t k = 0; k < DOTS_FOUND && walk->range.item != walk->range.end; k++) {
        out[*out_n] = (dots_found){*walk->range.item++, dots_site_x2(me, &site[k])};
        *out_n += out[*out_n].x2 < reach2;
    }
    return true;
}

/* Square of the sine by which the way to another particle may leave the tangent plane: 58 degrees.  Normals up to 107
 * degrees apart are still those of one sheet, as on both sides of a sharp ridge. */
#define DOTS_OUT_OF_PLANE2 0.72
#define DOTS_OPPOSED_COS (-0.3)

/* Whether two particles lie on the same sheet: normals not opposed, and neither above the other.  Here, since it is asked of every
 * pair that is near. */
static inline bool dots_same_sheet(np_vec3 a, np_vec3 normal_a, np_vec3 b, np_vec3 normal_b)
{
    np_vec3 d = np_vec3_sub(b, a);
    double up_a = np_vec3_dot(d, normal_a), up_b = np_vec3_dot(d, normal_b),
           limit = DOTS_OUT_OF_PLANE2 * np_vec3_dot(d, d);
    return np_vec3_dot(normal_a, normal_b) > DOTS_OPPOSED_COS && up_a * up_a <= limit && up_b * up_b <= limit;
}

/* Brings normals up to date and makes new ghosts of the dots within REACH s of a border. */
np_status dots_particles_update_ghosts(dots_particles *particles, double reach, np_error *err);

/* Updates the ghosts, then links every free dot with all particles within REACH s (at least 1.4) on the same sheet, and
 * with those of another sheet that the floor might concern; links to those within NEAR s come first. */
np_status dots_particles_link(dots_particles *particles, double reach, double near, np_error *err);
/* Gives colours to the batches of linked dots.  Two batches of one colour also have no free dot near (within link's NEAR) to both,
 * so that a move may change what is kept of near dots. */
np_status dots_particles_colour(dots_particles *particles, np_error *err);

#endif
