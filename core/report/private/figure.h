/* The pictures of a report, as PNG files. */
#ifndef NP_REPORT_PRIVATE_FIGURE_H
#define NP_REPORT_PRIVATE_FIGURE_H

#include "plan/plan.h"
#include "report/private/view.h"

/* What is drawn. */
typedef struct report_figure_input {
    const np_plan *plan;
    const np_mesh *mesh; /* the head, head frame */
    const np_vec3 *normals;
    report_box box;
} report_figure_input;

/* The colours of sessions 1, 2, ... (Okabe and Ito: distinct to colour-blind eyes), as RGB 0..1. */
extern const double report_session_colour[NP_CASE_MAX_SESSIONS][3];

/* One side, dots coloured by session, with a legend. */
np_status report_figure_view(const report_figure_input *in, report_view_side side, const char *path, np_error *err);
/* Top, back, left and right side by side, dots coloured by density or by depth, with a colour bar. */
typedef enum report_figure_channel { REPORT_FIGURE_DENSITY, REPORT_FIGURE_DEPTH } report_figure_channel;
np_status report_figure_map(const report_figure_input *in, report_figure_channel channel, const char *path,
                            np_error *err);
/* Histogram of each dot's distance to its nearest neighbour, over all sessions. */
np_status report_figure_spacing(const np_plan *plan, const char *path, np_error *err);

#endif
