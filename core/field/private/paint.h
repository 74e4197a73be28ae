/* Regions and densities that are painted on a mesh.  Internal. */
#ifndef NP_FIELD_PRIVATE_PAINT_H
#define NP_FIELD_PRIVATE_PAINT_H

#include "field/private/painter_parts.h"

/* The region that SHAPE says is painted; its border is smooth to about 3 mm.  NP_ERR_INVALID where nothing is painted so, with what is;
 * else as np_scan_paint_read and np_region_create_where.  The caller destroys *out_region. */
np_status field_paint_region(const np_painter *painter, const np_case_shape *shape, np_region **out_region,
                             np_error *err);
/* How dense each vertex of the scan is by MAP, 0 to 1, smooth to about 3 mm; 0 where it has no value.  Errors as above, and NP_ERR_INVALID
 * for values that are below 0 or above its full one.  The caller frees *out_factors. */
np_status field_paint_map(const np_painter *painter, const np_case_shape *map, double **out_factors, np_error *err);
/* VALUES of the vertices of MESH, at P. */
double field_paint_at(const np_mesh *mesh, const double *values, const np_surface_point *p);

#endif
