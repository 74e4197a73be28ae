/* report.html: figures and pictures in one file that needs nothing else. */
#ifndef NP_REPORT_PRIVATE_HTML_H
#define NP_REPORT_PRIVATE_HTML_H

#include "plan/plan.h"
#include "report/private/figure.h"

/* The pictures (ended by NULL) are read from DIRECTORY/NAME.png and embedded under their captions. */
np_status report_html_write(const np_plan *plan, const report_hairline *hairline, const char *directory,
                            const report_picture *const *pictures, np_error *err);

#endif
