/* Parts of the preview: where its camera stands and what dots look like at a moment. */
#ifndef NP_REPORT_PRIVATE_PREVIEW_H
#define NP_REPORT_PRIVATE_PREVIEW_H

#include "head/scan.h"
#include "look/look.h"
#include "report/preview.h"

/* From 0.7 m on the whole head, nearer the dots that face the viewer most. */
np_look_camera report_preview_camera(const np_preview_request *request, const np_scan *scan,
                                     const np_preview_view *view, double distance_m);

/* The dots that are there at WHEN, in the plan's order.  The caller frees *out_dots. */
np_status report_preview_dots(const np_preview_request *request, const np_preview_when *when, np_look_dot **out_dots,
                              size_t *out_n, np_error *err);

#endif
