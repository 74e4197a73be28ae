/* Smoothing a scanned mesh: what the scanner added goes, the shape stays. */
#ifndef NP_SURFACE_SMOOTH_H
#define NP_SURFACE_SMOOTH_H

#include "surface/mesh.h"

/* Scanner noise of 0.2 mm, which hand-held structured-light scanners have, turns the normals of 1 mm triangles by 5 degrees in
 * the median; over this length it averages out, and a scalp (radius of curvature 70-110 mm, domain.md 2.8) is a quadric
 * to a micrometre. */
#define NP_SMOOTH_SCALE_MM 3.0
/* Root mean square distance from its quadric from which on a surface is shape, not noise. */
#define NP_SMOOTH_SHAPE_MM 0.8

/* Moves each vertex of MESH along its normal onto the quadric that fits its surroundings best in the least-squares sense
 * (moving least squares: Levin 1998; jets: Cazals and Pouget 2005, CAGD 22(2)), with Gaussian weights of SCALE_MM, or wider
 * where edges are long; UNIT_MM are the mm in a unit of MESH.  Only neighbours along the surface count.  What differs from its
 * quadric by more than noise does (an ear's rim, a nostril, a spike) is shape and stays as it is.
 *
 * out_normals[n_vertices] are the quadrics' own unit normals, which are twice as steady as those of the moved triangles (and
 * these where no quadric is trusted).  out_rough_mm[n_vertices] is how unlike its quadric the surface is (0 where none could
 * be fitted): the root mean square distance, reduced to SCALE_MM where the local scale is wider, or a third of the vertex's own
 * distance if that is more; and of a spike, alone or one of two side by side, which the other neighbours tell to be none of their surface, its height.  *OUT_MAX_MM is the longest way that a vertex moved.  The result does not depend on the number of
 * threads.  NP_ERR_NO_MEMORY leaves MESH as it was. */
np_status np_mesh_smooth(np_mesh *mesh, double scale_mm, double unit_mm, np_vec3 *out_normals, float *out_rough_mm,
                         double *out_max_mm, np_error *err);

#endif
