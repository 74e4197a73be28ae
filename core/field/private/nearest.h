/* The points of a set that are nearest to a place: a k-d tree (Bentley 1975, Multidimensional binary search
 * trees). */
#ifndef NP_FIELD_PRIVATE_NEAREST_H
#define NP_FIELD_PRIVATE_NEAREST_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/vec3.h"
#include "surface/mesh.h"

typedef struct field_nearest field_nearest;

/* Copies the positions of N points (0 is fine).  The caller destroys *out_tree.  Queries are const and may
 * run on any thread. */
np_status field_nearest_create(const np_surface_point *points, size_t n, field_nearest **out_tree, np_error *err);
void field_nearest_destroy(field_nearest *tree);

/* Distance in mm from P to the nearest point and its index (ties: the smaller); 1e9 and -1 if there is
 * none. */
double field_nearest_find(const field_nearest *tree, np_vec3 p, int32_t *out_index);

#endif
