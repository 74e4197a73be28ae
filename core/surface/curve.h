/* Curves drawn on the scan.  All queries are const and may run on any thread. */
#ifndef NP_SURFACE_CURVE_H
#define NP_SURFACE_CURVE_H

#include "base/progress.h"
#include "surface/surface.h"

typedef struct np_curve np_curve;

/* Joins CONTROL points (head frame) along the surface: each is snapped to the scan (NP_ERR_INVALID if farther than
 * 5 mm), consecutive ones are joined by a geodesic.  NAME is for messages.  A curve across the whole scan takes up to 0.1 s a
 * geodesic: PROGRESS may be NULL, and cancels (NP_ERR_STOPPED).  The caller destroys *out_curve. */
np_status np_curve_create(const np_surface *surface, const char *name, const np_vec3 *control, size_t n, bool closed,
                          const np_progress *progress, np_curve **out_curve, np_error *err);
void np_curve_destroy(np_curve *curve);

/* The joined curve: points at most 1 mm apart; for a closed one the first point is not repeated. */
size_t np_curve_count(const np_curve *curve);
const np_surface_point *np_curve_points(const np_curve *curve);
const double *np_curve_arc_mm(const np_curve *curve);
bool np_curve_is_closed(const np_curve *curve);

/* Distance along the surface from P to the curve, positive to the left of the direction of travel seen from outside, and
 * arc length of the nearest point.  Near the curve (under 10 mm) exact to the mesh; farther, geodesic to about 2 %.
 * Beyond the ends of an open curve it is the distance to the end, and the arc length 0 or the curve's length.  On parts
 * of the scan that the curve is not on: NP_CURVE_UNREACHABLE_MM. */
#define NP_CURVE_UNREACHABLE_MM 1e4
double np_curve_distance_mm(const np_curve *curve, const np_surface_point *p, double *out_arc_mm);

#endif
