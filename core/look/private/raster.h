/* Where a point is seen, and what a pixel shows. */
#ifndef NP_LOOK_PRIVATE_RASTER_H
#define NP_LOOK_PRIVATE_RASTER_H

#include "look/private/view.h"

/* False for what is behind the eye. */
bool look_project(const np_look *look, look_vec p, float *out_x, float *out_y, float *out_depth);

/* Fills RASTER.depth and .triangle. */
void look_raster_draw(const np_look *look, look_raster *raster);
/* The point that pixel (X, Y) shows and how many of its subsamples show any; 0: none. */
int look_raster_point(const np_look *look, const look_raster *raster, int x, int y, look_point *out_point);

#endif
