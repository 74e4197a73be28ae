/* The scan: a head's mesh in the head frame, with its landmarks and fast queries.
 *
 * Head frame: x anterior, y left, z up, right-handed; origin midway between the tragia; the x-y plane holds
 * the tragia and is parallel to glabella-inion.  Everything after np_scan_create is in it. */
#ifndef NP_HEAD_SCAN_H
#define NP_HEAD_SCAN_H

#include <stdbool.h>

#include "base/progress.h"
#include "case/case.h"
#include "surface/surface.h"

typedef struct np_scan {
    np_surface surface;          /* head frame, mm */
    np_case_landmarks landmarks; /* head frame, snapped to the surface */
    np_vec3 *whorls;             /* on the surface */
    size_t n_whorls;
    bool *counterclockwise;  /* n_whorls: which way each turns, seen from outside; NULL: all clockwise */
    double *whorl_strengths; /* n_whorls: how far each reaches, 1: 60 mm; NULL: all 1 */
    struct head_flow *flow;  /* how hair grows (flow.h); from what stands above */
    double circumference_mm; /* around glabella and the back of the head, as a tape lies */
    float *rough_mm;         /* n_vertices: out_rough_mm of np_mesh_smooth; NULL for the built-in head */
    double
        nose_root_up_mm; /* how high, along the anatomical up, the root of the nose lies; NAN: not seen on this scan */
    double smoothed_mm;  /* how far smoothing moved a vertex at most; 0 for the built-in head */
    np_vec3 *scanned;    /* n_vertices: where the file has them, before smoothing; NULL for the built-in head */
    size_t n_turned;     /* stray triangles that were turned to agree with their neighbours (at most 0.1 % of them) */
    size_t n_doubled;    /* faces that stood in the file twice and were dropped */
} np_scan;

/* Loads, checks and orients the scan of a case: the mesh file (OBJ, PLY, STL, glTF, VTK), or the
 * built-in parametric head.  Refuses, with what to do about it: missing, empty, truncated, non-mesh and huge
 * files (more than 1 GiB or 5 million triangles), wrong units (a head is 400-700 mm round: metres,
 * centimetres and inches are recognised and named), flipped faces, landmarks more than 5 mm off the surface
 * or swapped.  Accepts holes and several parts.  The mesh of a file is smoothed
 * at NP_SMOOTH_SCALE_MM, so that normals, areas and depths are those of the skin and not of the scanner's noise.  The caller destroys *out_scan.  After creation all queries
 * are const and may run on any thread. */
np_status np_scan_create(const np_case_scan *source, const np_progress *progress, np_scan **out_scan, np_error *err);
/* The same from a mesh that is in the head frame and in mm already: takes the arrays of MESH over (MESH is
 * zero afterwards, also on error).  Landmarks and whorls are snapped to the surface; nothing is checked or
 * turned but the indices, so that synthetic shapes (a plane, a sphere) can be scans. */
np_status np_scan_create_from_mesh(np_mesh *mesh, const np_case_landmarks *landmarks, const np_vec3 *whorls,
                                   size_t n_whorls, np_scan **out_scan, np_error *err);
/* What was mended of SCAN's mesh, as one line with its end: faces that stood in the file twice, faces that were turned; "" if nothing. */
#define NP_SCAN_MENDED_BYTES 200
void np_scan_mended(const np_scan *scan, char out_text[NP_SCAN_MENDED_BYTES]);
void np_scan_destroy(np_scan *scan);

/* A copy of the mesh as it was before it was smoothed, in the head frame.  NP_ERR_NO_MEMORY.  The caller frees *out_mesh
 * (np_mesh_fini). */
np_status np_scan_unsmoothed(const np_scan *scan, np_mesh *out_mesh, np_error *err);

/* The anatomical axes in the head frame, unit: horizontal is from the glabella to the back of the head, close to the Frankfurt plane; the head
 * frame, level with the inion, looks 11.7 degrees up. */
void np_head_axes(np_vec3 *out_anterior, np_vec3 *out_up);

np_vec3 np_scan_from_file(const np_scan *scan, np_vec3 file_point);
np_vec3 np_scan_to_file(const np_scan *scan, np_vec3 head_point);

#endif
