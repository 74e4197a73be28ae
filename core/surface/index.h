/* Nearest point and first hit on a mesh: Embree's tree of boxes proposes triangles, double precision decides.
 *
 * Embree's own triangle test works in floats, visits triangles in any order, and lets rays through at some
 * corners (123 of the 17,640 corners of the parametric head).  So triangles are user geometry here: the tree
 * only finds the boxes near a point or a ray, and the answer is the least (distance, triangle number) among
 * them, computed in doubles.  It depends on the mesh alone, not on the tree, the processor or the threads. */
#ifndef NP_SURFACE_INDEX_H
#define NP_SURFACE_INDEX_H

#include <stdbool.h>

#include "surface/surface.h"

/* Builds the tree.  Borrows MESH, which must outlive the index and not change.  The caller destroys
 * *out_index; queries are const and may run on any thread. */
np_status np_surface_index_create(const np_mesh *mesh, np_surface_index **out_index, np_error *err);
void np_surface_index_destroy(np_surface_index *index);

/* The nearest point within LIMIT_MM (may be infinite); false if there is none or P is not finite. */
bool np_surface_index_nearest(const np_surface_index *index, np_vec3 p, double limit_mm, uint32_t *out_triangle,
                              double out_weight[3]);
/* The first hit along unit DIRECTION within LIMIT_MM, from either side of a face. */
bool np_surface_index_ray(const np_surface_index *index, np_vec3 origin, np_vec3 direction, double limit_mm,
                          uint32_t *out_triangle, double out_weight[3]);

/* Returns false to stop. */
typedef bool np_surface_visit(void *context, uint32_t triangle);

/* Calls VISIT for every triangle within RADIUS_MM of P, in no particular order, and for some that are only near it: which
 * ones depends on the processor, so a caller that wants the same result everywhere asks np_mesh_closest.  False if VISIT
 * stopped it. */
bool np_surface_index_visit(const np_surface_index *index, np_vec3 p, double radius_mm, np_surface_visit *visit,
                            void *context);

#endif
