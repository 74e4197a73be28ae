/* Numbers as people write them in case files. */
#ifndef NP_CASE_NUMBER_H
#define NP_CASE_NUMBER_H

#include <stdbool.h>

/* Reads all of TEXT as a finite decimal number; WHOLE: digits alone, with a sign perhaps.  False for anything else: blanks, nan,
 * hexadecimal, and for whole numbers a 0 in front, which some programs read as octal.  Pure; any thread. */
bool np_case_number_read(const char *text, bool whole, double *out_value);

#endif
