/* Lines of lists of points, as CloudCompare, spreadsheets and others write them.  Internal. */
#ifndef NP_CASE_PRIVATE_FIELDS_H
#define NP_CASE_PRIVATE_FIELDS_H

#include <stddef.h>

#define CASE_FIELDS_MAX 64u

/* Cuts LINE into fields, in place: apart by commas, or where it has none by semicolons, else tabs, else blanks; blanks around them are no part
 * of them, nor are quotation marks (RFC 4180).  How many, without empty ones at its end; CASE_FIELDS_MAX + 1: more than that, or a quotation
 * mark that does not fit. */
size_t case_fields_split(char *line, char *fields[CASE_FIELDS_MAX]);

#endif
