/* The sheets, each in its own file. */
#ifndef NP_REPORT_PRIVATE_SHEET_H
#define NP_REPORT_PRIVATE_SHEET_H

#include "report/private/page.h"
#include "report/sheet.h"

np_status report_sheet_operator(const np_sheet_request *request, report_page *page, np_error *err);
np_status report_sheet_client(const np_sheet_request *request, report_page *page, np_error *err);
np_status report_sheet_aftercare(const np_sheet_request *request, report_page *page, np_error *err);

/* When session number S (0 first) is or was: "2026-12-01", "done on 2026-12-01" (of dots that were learnt of, "done by"), or "7 days after the first,
 * if no scab is left". */
enum { REPORT_SHEET_DAY_BYTES = 64 };
const char *report_sheet_day(const np_sheet_request *request, size_t s, char out[REPORT_SHEET_DAY_BYTES]);
/* What a STRATEGY ("crown 1.2.0") that comes with needlepath does, for people; any other itself. */
const char *report_sheet_work(const char *strategy);
/* A NAME of the case, or a text with such names, without underscores ("donor scars"), cut to what OUT of SIZE bytes holds.  Returns OUT. */
const char *report_sheet_name(const char *name, char *out, size_t size);
/* "2 h 10 min" */
const char *report_sheet_duration(double seconds, char out[32]);

#endif
