/* report.html: figures and pictures in one file that needs nothing else. */
#ifndef NP_REPORT_PRIVATE_HTML_H
#define NP_REPORT_PRIVATE_HTML_H

#include <stdio.h>

#include "plan/plan.h"
#include "report/judged.h"
#include "report/private/figure.h"

/* TEXT as it reads, whatever it holds. */
void report_html_escaped(const char *text, FILE *out);

/* What stands in it beside the plan's own figures. */
typedef struct report_html_parts {
    const report_hairline *hairline;
    const np_plan_look *look;
} report_html_parts;

/* The pictures (ended by NULL) are read from DIRECTORY/NAME.png and embedded under their captions. */
np_status report_html_write(const np_plan *plan, const report_html_parts *parts, const char *directory,
                            const report_picture *const *pictures, np_error *err);

/* DATA as base64 text. */
np_status report_html_base64(const void *data, size_t size, FILE *out, np_error *err);

#endif
