/* report.html: figures and pictures in one file that needs nothing else. */
#ifndef NP_REPORT_PRIVATE_HTML_H
#define NP_REPORT_PRIVATE_HTML_H

#include "plan/plan.h"

/* The pictures are read from DIRECTORY/NAME.png for each of NAMES (ended by NULL) and embedded under their captions. */
typedef struct report_html_picture {
    const char *name, *caption;
} report_html_picture;

np_status report_html_write(const np_plan *plan, const char *directory, const report_html_picture *pictures,
                            np_error *err);

#endif
