/* The picture on the client's sheet. */
#ifndef NP_REPORT_PRIVATE_SHEET_CLIENT_VIEWS_H
#define NP_REPORT_PRIVATE_SHEET_CLIENT_VIEWS_H

#include "report/private/hairline.h"
#include "report/private/page.h"
#include "report/private/standing.h"

/* Fills the page's picture and caption; STANDING is drawn with the plan. */
np_status report_sheet_client_views(const np_plan *plan, const np_scan *scan, const report_standing *standing,
                                    const report_hairline *hairline, report_page *page, np_error *err);

#endif
