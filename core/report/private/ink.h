/* Dots as pigment in the skin of a view. */
#ifndef NP_REPORT_PRIVATE_INK_H
#define NP_REPORT_PRIVATE_INK_H

#include "report/private/standing.h"
#include "report/private/view.h"

/* Adds all dots of PLAN, in its order, as they will be once healed, on light skin, and behind them those that stood healed at session 1. */
np_status report_ink_healed(const np_plan *plan, const report_standing *standing, report_preview_scene *scene,
                            np_error *err);

/* Replaces the skin of VIEW by skin with DOTS as pigment in it, seen from so far that it is the same view. */
np_status report_view_ink(report_view *view, const np_scan *scan, const report_preview_scene *dots, np_error *err);

#endif
