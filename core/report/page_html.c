/* A page as HTML: self-contained, escaped, printed on one A4. */
#include "report/private/page.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/grow.h"
#include "report/private/html.h"

typedef struct bytes {
    unsigned char *data;
    size_t n, room;
} bytes;

static cairo_status_t collect(void *context, const unsigned char *data, unsigned int length)
{
    bytes *b = context;
    np_error ignored;
    if (NP_GROW(b->data, b->room, b->n + length, "the sheet's picture", &ignored) != NP_OK)
        return CAIRO_STATUS_NO_MEMORY;
    memcpy(b->data + b->n, data, length);
    b->n += length;
    return CAIRO_STATUS_SUCCESS;
}

static np_status write_picture(const report_page *page, FILE *out, np_error *err)
{
    bytes png = {0};
    np_status status = NP_OK;
    if (cairo_surface_write_to_png_stream(page->picture, collect, &png) != CAIRO_STATUS_SUCCESS)
        status = np_error_no_memory(err, "the sheet's picture");
    fputs("<figure><img alt=\"picture\" src=\"data:image/png;base64,", out);
    if (status == NP_OK)
        status = report_html_base64(png.data, png.n, out, err);
    fputs("\"><figcaption>", out);
    report_html_escaped(page->caption, out);
    fputs("</figcaption></figure>\n", out);
    free(png.data);
    return status;
}

static void write_block(const report_page_block *b, FILE *out)
{
    static const char *const open[] = {"<h2>", "<p class=\"row\"><b>", "<p>&bull; ", "<p class=\"no\">"};
    fputs(open[b->kind], out);
    if (b->kind == REPORT_PAGE_ROW) {
        report_html_escaped(b->key, out);
        fputs("</b><span>", out);
    }
    report_html_escaped(b->text, out);
    fputs(b->kind == REPORT_PAGE_HEADING ? "</h2>\n" : b->kind == REPORT_PAGE_ROW ? "</span></p>\n" : "</p>\n", out);
}

np_status report_page_write_html(const report_page *page, const char *path, np_error *err)
{
    np_file_writer writer = {0};
    np_status status = np_file_writer_open(&writer, path, err);
    if (status != NP_OK)
        return status;
    FILE *out = writer.stream;
    fputs("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>", out);
    report_html_escaped(page->title, out);
    fputs("</title>\n<style>@page{size:A4;margin:12mm}body{font:13px/1.35 "
          "system-ui,sans-serif;max-width:46rem;margin:1rem "
          "auto;color:#222}h1{font-size:22px;margin:0}h2{font-size:15px;margin:.7rem 0 .2rem;border-bottom:1px solid "
          "#999}p{margin:.15rem 0}.row{display:grid;grid-template-columns:10rem "
          "1fr;gap:.6rem}.no{color:#b00020;font-weight:600}span,p{overflow-wrap:anywhere}figure{margin:.4rem "
          "0}img{max-width:100%;max-height:85mm}figcaption,footer,.sub{color:#555;font-size:11px}</style></"
          "head><body>\n<h1>",
          out);
    report_html_escaped(page->title, out);
    fputs("</h1>\n<p class=\"sub\">", out);
    report_html_escaped(page->subtitle, out);
    fputs("</p>\n", out);
    if (page->picture)
        status = write_picture(page, out, err);
    for (size_t i = 0; i < page->n; i++)
        write_block(&page->blocks[i], out);
    fputs("<footer><p>", out);
    report_html_escaped(page->foot, out);
    fputs("</p></footer>\n</body></html>\n", out);
    if (status == NP_OK)
        status = np_file_writer_commit(&writer, err);
    np_file_writer_discard(&writer);
    return status;
}
