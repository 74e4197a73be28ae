/* Sheets: one page of a plan for the person who works by it, for the person it is made for, and for the weeks after. */
#ifndef NP_REPORT_SHEET_H
#define NP_REPORT_SHEET_H

#include "base/progress.h"
#include "case/palette.h"
#include "plan/plan.h"

/* X(id, name, for whom) */
#define NP_SHEET_TABLE(X)                                                                                              \
    X(OPERATOR, "operator", "needle, pigment, depth, areas, order, time, limits, approval, registration")              \
    X(CLIENT, "client", "what was agreed, where the hairline lies, sessions, a picture")                               \
    X(AFTERCARE, "aftercare", "washing, sun, what is normal, what fades, when to come back")

#define NP_SHEET_ENUM(id, name, what) NP_SHEET_##id,
typedef enum np_sheet_kind { NP_SHEET_TABLE(NP_SHEET_ENUM) NP_SHEETS } np_sheet_kind;
#undef NP_SHEET_ENUM

/* "operator|client|aftercare", for a command's option */
#define NP_SHEET_CHOICE(id, name, what) "|" name
#define NP_SHEET_CHOICES (&(NP_SHEET_TABLE(NP_SHEET_CHOICE))[1])

/* NP_SHEETS if there is none of that NAME. */
np_sheet_kind np_sheet_find(const char *name);

typedef struct np_sheet_request {
    const np_plan *plan;
    const char *base_directory; /* the case file's folder: the client's picture and hairline need the scan */
    np_sheet_kind kind;
    const np_palette *palette;   /* the operator's; NULL: not given */
    const np_progress *progress; /* of loading the scan; NULL: silent */
    const char *start;           /* the day of session 1, "2026-12-01"; NULL: of its first run, or not said */
} np_sheet_request;

/* Writes the sheet to PATH, HTML or one page of PDF by its end (.html, .htm, .pdf; others are NP_ERR_USAGE), whole or not at all.
 * NP_ERR_USAGE for a START that is no day.  The same request, the same bytes. */
np_status np_sheet_write(const np_sheet_request *request, const char *path, np_error *err);

#endif
