/* A view: the head upright from one side, orthographic, shaded into a picture with a depth buffer that hides dots behind. */
#ifndef NP_REPORT_PRIVATE_VIEW_H
#define NP_REPORT_PRIVATE_VIEW_H

#include <cairo.h>
#include <stdbool.h>

#include "surface/mesh.h"

typedef enum report_view_side {
    REPORT_VIEW_FRONT,
    REPORT_VIEW_BACK,
    REPORT_VIEW_LEFT,
    REPORT_VIEW_RIGHT,
    REPORT_VIEW_TOP,
    REPORT_VIEW_COUNT
} report_view_side;

/* What part of space is shown, along the head's anatomical axes (front, left, up), mm. */
typedef struct report_box {
    np_vec3 min, max;
} report_box;
/* Its middle, in the head frame. */
np_vec3 report_box_middle(const report_box *box);

typedef struct report_view {
    np_vec3 toward, right, up; /* unit; TOWARD points at the viewer */
    np_vec3 centre;
    double pixels_per_mm;
    int width, height;
    cairo_surface_t *surface; /* RGB24 */
    float *depth;             /* along TOWARD in mm; -INFINITY where there is nothing */
} report_view;

extern const char *const report_view_names[REPORT_VIEW_COUNT]; /* "front", ... */

/* P of the head frame along the anatomical axes. */
np_vec3 report_view_upright(np_vec3 p);

/* Draws MESH (head frame) inside BOX, at most SIZE pixels wide and high.  Zero-initialise; fini is safe on zero. */
np_status report_view_init(report_view *view, report_view_side side, const np_mesh *mesh, const np_vec3 *normals,
                           const report_box *box, int size, np_error *err);
void report_view_fini(report_view *view);

/* Pixel of a surface point; false if it faces away, is hidden, or is outside the picture. */
bool report_view_project(const report_view *view, np_vec3 position, np_vec3 normal, double *out_x, double *out_y);

#endif
