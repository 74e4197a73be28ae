/* A page before it is HTML or PDF.  All text that comes from outside goes through report_page_add, which makes it fit to be shown and cuts
 * what is too long, with a sign: so a title of 200 bytes cannot push what matters off the page. */
#include "report/private/page.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/plain.h"

#define ELLIPSIS "\xE2\x80\xA6"

const char *report_page_cut(const char *from, char *to, size_t size)
{
    char plain[4096];
    np_plain_copy(from, plain, sizeof plain);
    size_t n = strlen(plain);
    if (n < size)
        return memcpy(to, plain, n + 1);
    for (n = size - sizeof ELLIPSIS; n > 0 && (plain[n] & 0xC0) == 0x80;)
        n--; /* not within a character */
    memcpy(to, plain, n);
    memcpy(to + n, ELLIPSIS, sizeof ELLIPSIS);
    return to;
}

void report_page_add(report_page *page, report_page_kind kind, const char *key, const char *format, ...)
{
    char text[4096];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (page->n == REPORT_PAGE_BLOCKS) {
        report_page_block *last = &page->blocks[REPORT_PAGE_BLOCKS - 1];
        *last =
            (report_page_block){.kind = REPORT_PAGE_WARNING,
                                .text = "There is more than this page holds: see `needlepath report` without --sheet."};
        return;
    }
    report_page_block *block = &page->blocks[page->n++];
    block->kind = kind;
    report_page_cut(key ? key : "", block->key, sizeof block->key);
    report_page_cut(text, block->text, sizeof block->text);
}

void report_page_fini(report_page *page)
{
    if (page->picture)
        cairo_surface_destroy(page->picture);
    page->picture = NULL;
}
