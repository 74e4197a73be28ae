/* Writing points and scans as YAML, the same way in descriptions and in case files.  Internal. */
#ifndef NP_CASE_PRIVATE_WRITE_H
#define NP_CASE_PRIVATE_WRITE_H

#include <stdio.h>

#include "case/description.h"

/* A block list of points, each line indented by INDENT. */
void case_write_points(FILE *stream, np_case_unit units, const np_case_points *points, int indent);
/* The key whorl_turns, if SCAN has it. */
void case_write_whorl_turns(FILE *stream, const np_case_scan *scan);
/* The five landmarks as a block mapping, indented by INDENT. */
void case_write_landmarks(FILE *stream, np_case_unit units, const np_case_landmarks *landmarks, int indent);
/* TEXT in double quotes, escaped. */
void case_write_quoted(FILE *stream, const char *text);

const char *case_write_unit_name(np_case_unit units);

#endif
