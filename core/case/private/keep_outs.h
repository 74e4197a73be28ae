/* Keep-outs: a disc, or what was drawn, here or in other programs.  Internal. */
#ifndef NP_CASE_PRIVATE_KEEP_OUTS_H
#define NP_CASE_PRIVATE_KEEP_OUTS_H

#include "case/case.h"
#include "case/private/document.h"

/* What libcyaml left of the keep-outs of C: what each is, and its points; those of files only if FILES, else the name of the file
 * alone.  NP_ERR_FORMAT or NP_ERR_INVALID names file, line and keep-out. */
np_status case_keep_outs_read(const case_document *document, bool files, np_case *c, np_error *err);
void case_keep_outs_free(np_case_keep_out *keep_outs, unsigned n);

#endif
