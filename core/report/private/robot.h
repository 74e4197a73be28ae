/* What programs for machines share. */
#ifndef NP_REPORT_PRIVATE_ROBOT_H
#define NP_REPORT_PRIVATE_ROBOT_H

#include "report/export.h"

/* What the program is, what it is not, and which limits hold, behind the language's COMMENT sign. */
void report_robot_header(const np_export_request *request, const char *comment, FILE *out);

#endif
