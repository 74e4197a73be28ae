/* Pictures and figures of a plan. */
#ifndef NP_REPORT_REPORT_H
#define NP_REPORT_REPORT_H

#include "plan/plan.h"

/* Writes DIRECTORY/report.html (self-contained) and DIRECTORY/{front,back,left,right,top}.png, density.png, depth.png,
 * spacing.png.  The scan is rebuilt from the plan's case text, relative to BASE_DIRECTORY (the case file's folder).
 * DIRECTORY is made if it is not there. */
np_status np_report_write(const np_plan *plan, const char *base_directory, const char *directory,
                          const np_progress *progress, np_error *err);

#endif
