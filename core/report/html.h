/* report.html: figures and pictures in one file that needs nothing else. */
#ifndef NP_REPORT_HTML_H
#define NP_REPORT_HTML_H

#include "plan/plan.h"

/* The pictures are read from DIRECTORY/NAME.png for each of NAMES (ended by NULL) and embedded under their captions. */
typedef struct np_html_picture {
    const char *name, *caption;
} np_html_picture;

np_status np_html_write(const np_plan *plan, const char *directory, const np_html_picture *pictures, np_error *err);

#endif
