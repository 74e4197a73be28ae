/* A picture of what lies on the skin that planning refused, for the person who has to mend the scan or to accept it. */
#ifndef NP_REPORT_REFUSAL_PICTURE_H
#define NP_REPORT_REFUSAL_PICTURE_H

#include "head/soundness.h"

/* Writes PATH, a PNG, whole or not at all: SCAN from four sides with REFUSED (at least one place) on it, a colour each finding.  NP_ERR_NO_MEMORY, NP_ERR_IO. */
np_status np_refusal_picture_write(const np_scan *scan, const np_refused *refused, const char *path, np_error *err);

#endif
