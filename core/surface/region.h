/* Regions of the scan, bounded by curves.  All queries are const and may run on any thread. */
#ifndef NP_SURFACE_REGION_H
#define NP_SURFACE_REGION_H

#include "surface/curve.h"
#include "surface/treated.h"

typedef struct np_region np_region;

/* The area bounded by a closed curve: the side that holds INSIDE (head frame), or, with NULL, the smaller side.
 * NP_ERR_GEOMETRY if the curve crosses itself or does not separate the scan.  Takes over BORDER (destroyed with it, also
 * on error). */
np_status np_region_create(const np_surface *surface, const char *name, np_curve *border, const np_vec3 *inside,
                           np_region **out_region, np_error *err);
/* The area to the left (seen from outside, along their points) of N closed BORDERS that do not cross: of several pieces, or with
 * holes.  Errors as above; takes over the BORDERS' curves, not the array. */
np_status np_region_create_left(const char *name, np_curve *const *borders, size_t n, np_region **out_region,
                                np_error *err);
/* What a region may be cut out by: INSIDE of treated.h.  Distances farther than WITHIN_MM from the region's border will not matter, and may be
 * told shorter, but no shorter than that, which is much quicker where there is one border; 0: all matter. */
typedef struct np_region_where {
    np_treated_inside *inside;
    void *context;
    double within_mm;
} np_region_where;
/* The part of the scan where INSIDE is positive: all its pieces, with their holes, except such under LEAST_CM2 (at least 0); a hole of
 * the scan is no border.  Borders are within 0.1 mm, between points 0.3 to 2 mm apart.  NP_ERR_GEOMETRY, that begins with NAME, where
 * less than 0.5 cm2 are inside, or everything.  PROGRESS as np_curve_create. */
np_status np_region_create_where(const np_surface *surface, const char *name, const np_region_where *where,
                                 double least_cm2, const np_progress *progress, np_region **out_region, np_error *err);
void np_region_destroy(np_region *region);
/* The longest border. */
const np_curve *np_region_border(const np_region *region);
/* Distance along the surface to the nearest border, positive inside. */
double np_region_distance_mm(const np_region *region, const np_surface_point *p);

#endif
