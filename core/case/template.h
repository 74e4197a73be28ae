/* Templates of case files: what `needlepath case new` writes. */
#ifndef NP_CASE_TEMPLATE_H
#define NP_CASE_TEMPLATE_H

#include "case/description.h"

/* The names `full-scalp`, `hairline`, ... ended by NULL. */
extern const char *const np_case_template_names[];
/* Writes a commented case file of TEMPLATE for the described scan; what the description does not outline is named, so that landmarks
 * are enough.  NP_ERR_INVALID where the template is unknown (the message lists them). */
np_status np_case_template_write(const char *template_name, const np_scan_description *description, FILE *stream,
                                 np_error *err);
/* The part of a case file that says which scan it is of, with its whorls; write errors are left in STREAM. */
void np_case_template_write_scan(const np_scan_description *description, FILE *stream);

#endif
