/* What programs for machines share. */
#ifndef NP_REPORT_PRIVATE_ROBOT_H
#define NP_REPORT_PRIVATE_ROBOT_H

#include "report/export.h"

/* What the program is, what it is not, and which limits hold, behind the language's COMMENT sign. */
void report_robot_header(const np_export_request *request, const char *comment, FILE *out);

/* Whether DOT takes another cartridge than BEFORE (NULL: nothing was made before) in a plan with shades, and which: name, lot and dilution as printable
 * ASCII without quotation marks, into LABEL. */
#define REPORT_ROBOT_CARTRIDGE_BYTES 256
bool report_robot_cartridge(const np_plan *plan, const np_dot *before, const np_dot *dot,
                            char label[REPORT_ROBOT_CARTRIDGE_BYTES]);

#endif
