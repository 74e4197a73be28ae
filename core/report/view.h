/* A view: the head from one side, orthographic, shaded into a picture with a depth buffer that hides dots behind. */
#ifndef NP_REPORT_VIEW_H
#define NP_REPORT_VIEW_H

#include <cairo.h>
#include <stdbool.h>

#include "scan/mesh.h"

typedef enum np_view_side { NP_VIEW_FRONT, NP_VIEW_BACK, NP_VIEW_LEFT, NP_VIEW_RIGHT, NP_VIEW_TOP, NP_VIEW_COUNT } np_view_side;

/* What part of space is shown, head frame, mm. */
typedef struct np_box {
    np_vec3 min, max;
} np_box;

typedef struct np_view {
    np_vec3 toward, right, up; /* unit; TOWARD points at the viewer */
    np_vec3 centre;
    double pixels_per_mm;
    int width, height;
    cairo_surface_t *surface; /* RGB24 */
    float *depth;             /* along TOWARD in mm; -INFINITY where there is nothing */
} np_view;

extern const char *const np_view_names[NP_VIEW_COUNT]; /* "front", ... */

/* Draws MESH inside BOX, at most SIZE pixels wide and high.  Zero-initialise; fini is safe on zero. */
np_status np_view_init(np_view *view, np_view_side side, const np_mesh *mesh, const np_vec3 *normals, const np_box *box,
                       int size, np_error *err);
void np_view_fini(np_view *view);

/* Pixel of a surface point; false if it faces away, is hidden, or is outside the picture. */
bool np_view_project(const np_view *view, np_vec3 position, np_vec3 normal, double *out_x, double *out_y);

#endif
