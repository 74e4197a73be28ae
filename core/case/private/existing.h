/* The follicles that are there already, from a file of their own. */
#ifndef NP_CASE_PRIVATE_EXISTING_H
#define NP_CASE_PRIVATE_EXISTING_H

#include "case/case.h"

/* Reads a file of "x y z" lines (blank lines and lines that begin with # are skipped) into *OUT. */
np_status case_existing_read(const char *path, np_case_points *out, np_error *err);
/* For the helper in which it does so (side.h): out of TEXT, which is written over. */
np_status case_existing_parse(const char *path, char *text, np_case_points *out, np_error *err);

#endif
