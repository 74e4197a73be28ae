/* Holes: how far from any dot a place of the pattern is at most. */
#ifndef NP_DOTS_PRIVATE_HOLES_H
#define NP_DOTS_PRIVATE_HOLES_H

#include "base/near.h"
#include "dots/private/particles.h"

/* The largest hole that is seen as such, in s: no site is searched for beyond it. */
#define DOTS_HOLE_MAX 2.2

/* Where holes are looked for.  Borrowed; INTERIOR may be NULL: all are. */
typedef struct dots_hole_search {
    const dots_site *site;
    const np_vec3 *normal;
    const unsigned char *interior;
    const np_near *grid;      /* of the sites */
    double local_density_min; /* a lower bound of most sites' local densities, to bound the search */
} dots_hole_search;

/* What is around one point: the farthest corner of its Voronoi cell, from there, in mm of its tangent plane
 * and as a distance in s; and the distance to its nearest neighbour, in s, with its number (UINT32_MAX:
 * none). */
typedef struct dots_surroundings {
    np_vec3 corner;
    double corner_s, nearest_s;
    uint32_t nearest;
} dots_surroundings;

/* VIEW, zero before the first point, makes the next one near by cheaper. */
dots_surroundings dots_holes_around(const dots_hole_search *search, size_t i, np_near_view view[2]);

/* Moves free dots of crowded places into holes of more than LIMIT s (below DOTS_HOLE_MAX), each from no
 * farther than a few s and from its own zone, so that counts stay where they are. */
np_status dots_holes_fill(dots_particles *particles, double limit, np_error *err);

#endif
