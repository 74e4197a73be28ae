/* One page for a person: headings, rows, points and a picture, as HTML or as PDF. */
#ifndef NP_REPORT_PRIVATE_PAGE_H
#define NP_REPORT_PRIVATE_PAGE_H

#include <cairo.h>
#include <stddef.h>

#include "base/status.h"

enum { REPORT_PAGE_KEY_BYTES = 64, REPORT_PAGE_TEXT_BYTES = 480, REPORT_PAGE_BLOCKS = 56 };

typedef enum report_page_kind {
    REPORT_PAGE_HEADING,
    REPORT_PAGE_ROW,     /* a key and what it is */
    REPORT_PAGE_POINT,   /* of a list */
    REPORT_PAGE_WARNING, /* a point that nobody may miss */
} report_page_kind;

typedef struct report_page_block {
    report_page_kind kind;
    char key[REPORT_PAGE_KEY_BYTES], text[REPORT_PAGE_TEXT_BYTES];
} report_page_block;

/* Zero-initialise; fini is safe on zero. */
typedef struct report_page {
    char title[160], subtitle[240], foot[480];
    report_page_block blocks[REPORT_PAGE_BLOCKS];
    size_t n;
    cairo_surface_t *picture; /* NULL: none */
    char caption[320];
} report_page;

/* FROM, fit to be shown, into TO of SIZE bytes (8 at least); what does not fit is cut at a character, and ends in an ellipsis. */
const char *report_page_cut(const char *from, char *to, size_t size);

/* Adds one block; what comes when REPORT_PAGE_BLOCKS are there is left out, and the last one says so.  KEY is NULL but for rows. */
void report_page_add(report_page *page, report_page_kind kind, const char *key, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void report_page_fini(report_page *page);

/* Writes the page to PATH, whole or not at all.  The PDF is one page of A4 whatever stands on it: its type gets smaller, then lines are cut. */
np_status report_page_write_html(const report_page *page, const char *path, np_error *err);
np_status report_page_write_pdf(const report_page *page, const char *path, np_error *err);

#endif
