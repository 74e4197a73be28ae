/* The pictures of a report, as PNG files. */
#ifndef NP_REPORT_FIGURE_H
#define NP_REPORT_FIGURE_H

#include "plan/plan.h"
#include "report/view.h"

/* What is drawn. */
typedef struct np_figure_input {
    const np_plan *plan;
    const np_mesh *mesh; /* the head, head frame */
    const np_vec3 *normals;
    np_box box;
} np_figure_input;

/* The colours of sessions 1, 2, ... (Okabe and Ito: distinct to colour-blind eyes), as RGB 0..1. */
extern const double np_session_colour[NP_CASE_MAX_SESSIONS][3];

/* One side, dots coloured by session, with a legend. */
np_status np_figure_view(const np_figure_input *in, np_view_side side, const char *path, np_error *err);
/* Top, back, left and right side by side, dots coloured by density or by depth, with a colour bar. */
typedef enum np_figure_channel { NP_FIGURE_DENSITY, NP_FIGURE_DEPTH } np_figure_channel;
np_status np_figure_map(const np_figure_input *in, np_figure_channel channel, const char *path, np_error *err);
/* Histogram of each dot's distance to its nearest neighbour, over all sessions. */
np_status np_figure_spacing(const np_plan *plan, const char *path, np_error *err);

#endif
