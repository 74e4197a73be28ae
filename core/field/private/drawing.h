/* Inputs of the layers, from the case's file coordinates to the scan. */
#ifndef NP_FIELD_PRIVATE_DRAWING_H
#define NP_FIELD_PRIVATE_DRAWING_H

#include "field/private/painter_parts.h"

/* *out_region is the painter's; likewise for curves.  NP_ERR_INVALID names the case's line. */
np_status field_painter_region(np_painter *painter, const char *name, const np_region **out_region, np_error *err);
np_status field_painter_curve(np_painter *painter, const char *name, const np_curve **out_curve, np_error *err);
/* The region of a SHAPE that is drawn or named, without its grow_mm, whether or not it stands in the case.  The caller destroys
 * *out_region. */
np_status field_draw_plain_region(const np_painter *painter, const np_case_shape *shape, np_region **out_region,
                                  np_error *err);
/* WHAT and LINE are for messages; the caller frees *out_points. */
np_status field_painter_points(const np_painter *painter, const np_case_points *source, const char *what, unsigned line,
                               np_surface_point **out_points, np_error *err);
/* The case's point set NAME; its points are the caller's, its `nearest` is not made. */
np_status field_painter_point_set(const np_painter *painter, const char *name, field_point_set *out, np_error *err);
np_status field_painter_draw_keep_outs(np_painter *painter, np_error *err);
void field_painter_free_keep_outs(np_painter *painter);
/* Distance to the nearest keep-out, its margin included, positive outside; INFINITY without one. */
double field_painter_clear_mm(const np_painter *painter, const np_surface_point *p);

#endif
