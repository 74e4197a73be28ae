/* What must hold between the keys of a case file: names, references, alternatives, orders. */
#ifndef NP_CASE_PRIVATE_VERIFY_H
#define NP_CASE_PRIVATE_VERIFY_H

#include "case/case.h"
#include "case/private/document.h"

/* NP_ERR_INVALID names file, line and key.  Reads the file of existing follicles, if the case names one. */
np_status case_verify(np_case *c, const case_document *document, np_error *err);

/* Where the whorls of SCAN, or what is said of them, were given (scan->whorls_at), and that none is given twice. */
np_status case_verify_whorls(np_case_scan *scan, const case_document *document, np_error *err);

#endif
