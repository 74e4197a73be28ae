/* What must hold between the keys of a case file: names, references, alternatives, orders.  Internal. */
#ifndef NP_CASE_PRIVATE_VERIFY_H
#define NP_CASE_PRIVATE_VERIFY_H

#include "case/case.h"
#include "case/private/document.h"

/* NP_ERR_INVALID names file, line and key.  Reads the file of existing follicles, if the case names one. */
np_status case_verify(np_case *c, const case_document *document, np_error *err);

/* The axes of a scan, where given: "+x", "-z", ..., three different ones, right-handed. */
np_status case_scan_verify_axes(const np_case_scan *scan, const char *path, unsigned line, np_error *err);

/* Reads a file of "x y z" lines (blank lines and lines that begin with # are skipped) into *OUT. */
np_status case_existing_read(const char *path, np_case_points *out, np_error *err);

#endif
