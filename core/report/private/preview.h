/* Parts of the preview: where its camera stands and what dots look like at a moment. */
#ifndef NP_REPORT_PRIVATE_PREVIEW_H
#define NP_REPORT_PRIVATE_PREVIEW_H

#include "head/scan.h"
#include "look/look.h"
#include "report/preview.h"

/* From 0.7 m on the whole head, nearer the dots that face the viewer most. */
np_look_camera report_preview_camera(const np_preview_request *request, const np_scan *scan,
                                     const np_preview_view *view, double distance_m);

/* What is drawn on a look; zero-initialise, fini is safe on zero. */
typedef struct report_preview_scene {
    np_look_dot *dots;
    np_look_hair *hairs;
    size_t n_dots, dot_room, n_hairs, hair_room;
} report_preview_scene;
void report_preview_scene_fini(report_preview_scene *scene);

/* Adds the dots that are there at WHEN, in the plan's order. */
np_status report_preview_dots(const np_preview_request *request, const np_preview_when *when,
                              report_preview_scene *scene, np_error *err);

/* Adds a unit of shaved hair at DOT, unless it faces away from EYE. */
np_status report_preview_unit(const np_preview_request *request, const np_scan *scan, const np_dot *dot, np_vec3 eye,
                              report_preview_scene *scene, np_error *err);
/* Adds shaved hair where the planned dots are, or where EXISTING (in the scan file's coordinates) grows; what faces away from EYE is left
 * out. */
np_status report_preview_reference(const np_preview_request *request, const np_scan *scan, np_vec3 eye,
                                   report_preview_scene *scene, np_error *err);
np_status report_preview_existing(const np_preview_request *request, const np_scan *scan,
                                  const np_case_points *existing, np_vec3 eye, report_preview_scene *scene,
                                  np_error *err);

#endif
