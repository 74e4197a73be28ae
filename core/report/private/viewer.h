/* The viewer: a plan's head in one page that needs nothing else, to be turned around in a browser. */
#ifndef NP_REPORT_PRIVATE_VIEWER_H
#define NP_REPORT_PRIVATE_VIEWER_H

#include "head/scan.h"
#include "look/look.h"
#include "report/private/hairline.h"
#include "report/private/source.h"
#include "report/private/standing.h"
#include "report/private/view.h"

typedef struct report_viewer_input {
    const np_plan *plan;
    const np_scan *scan;
    const report_made *made;
    const report_hairline *hairline;
    const np_look_dot
        *ink; /* once healed: of every dot of the plan, in its order, and of those that stand from before */
    const report_standing *standing;
    report_box box; /* that is shown at first */
} report_viewer_input;

/* Writes DIRECTORY/viewer.html.  NP_ERR_NO_MEMORY and what files say. */
np_status report_viewer_write(const report_viewer_input *in, const char *directory, np_error *err);

/* Lengths in the page: hundredths of a mm, which 16 bits hold up to 327 mm from the frame's origin. */
#define REPORT_VIEWER_UNIT_MM 0.01
int16_t report_viewer_length(double mm);

/* A head as the page holds it: at most REPORT_VIEWER_TRIANGLES triangles, so that a file stays of a size that can be mailed. */
#define REPORT_VIEWER_TRIANGLES 300000
typedef struct report_viewer_mesh {
    int16_t *vertices;   /* x y z each */
    uint32_t *triangles; /* three vertices each */
    size_t n_vertices, n_triangles;
    double cell_mm; /* vertices of a cell became one; 0: the scan's own */
} report_viewer_mesh;

/* Of MESH, what lies within reach of 16 bits.  Larger meshes are made coarser by joining the vertices of cells of a grid (Rossignac and
 * Borrel, Multi-resolution 3D approximations for rendering complex scenes, 1993), which is enough for a picture.  Zero-initialise; fini is safe
 * on zero. */
np_status report_viewer_mesh_init(report_viewer_mesh *out, const np_mesh *mesh, np_error *err);
void report_viewer_mesh_fini(report_viewer_mesh *mesh);

#endif
