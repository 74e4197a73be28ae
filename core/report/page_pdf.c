/* A page as PDF: A4, drawn by cairo.  Text is laid out twice: first without ink, smaller and smaller until it fits, in the end with
 * fewer lines a block, then for good; so there is one page whatever stands on it. */
#include "report/private/page.h"

#include <cairo-pdf.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"

#define WIDTH_PT 595.0
#define HEIGHT_PT 842.0
#define MARGIN_PT 40.0
#define KEY_PT 118.0
#define PICTURE_PT 240.0
#define ELLIPSIS "\xE2\x80\xA6"

typedef struct layout {
    cairo_t *cr;
    double scale, y;
    int most_lines;
    bool ink;
    char missing[8]; /* the first character that no font here can show; "" while there was none */
} layout;

static void set_font(const layout *l, double size_pt, bool bold)
{
    cairo_select_font_face(l->cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                           bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(l->cr, size_pt * l->scale);
}

static double width_of(const layout *l, const char *text)
{
    cairo_text_extents_t extents;
    cairo_text_extents(l->cr, text, &extents);
    return extents.x_advance;
}

/* Bytes of TEXT, up to whole words, or to a character where a word is too long, that are at most WIDTH wide. */
static size_t line_bytes(const layout *l, const char *text, double width)
{
    size_t fits = 0, word = 0;
    char line[REPORT_PAGE_TEXT_BYTES];
    for (size_t n = 0; text[n];) {
        do
            n++;
        while ((text[n] & 0xC0) == 0x80);
        memcpy(line, text, n);
        line[n] = '\0';
        if (width_of(l, line) > width)
            return word ? word : fits ? fits : n;
        fits = n;
        if (text[n] == ' ')
            word = n;
    }
    return fits;
}

/* Notes the first character of LINE that would be drawn as an empty box. */
static void note_missing(layout *l, const char *line)
{
    cairo_scaled_font_t *font = cairo_get_scaled_font(l->cr);
    for (size_t i = 0, n; line[i] && !l->missing[0]; i += n) {
        cairo_glyph_t *glyphs = NULL;
        int n_glyphs = 0;
        for (n = 1; (line[i + n] & 0xC0) == 0x80 && n < 4;)
            n++;
        if (cairo_scaled_font_text_to_glyphs(font, 0, 0, line + i, (int)n, &glyphs, &n_glyphs, NULL, NULL, NULL) ==
                CAIRO_STATUS_SUCCESS &&
            n_glyphs == 1 && glyphs[0].index == 0)
            snprintf(l->missing, sizeof l->missing, "%.*s", (int)n, line + i);
        cairo_glyph_free(glyphs);
    }
}

static void show(layout *l, double x, const char *text, size_t n, bool cut)
{
    char line[REPORT_PAGE_TEXT_BYTES + sizeof ELLIPSIS];
    snprintf(line, sizeof line, "%.*s%s", (int)n, text, cut ? ELLIPSIS : "");
    if (l->ink) {
        note_missing(l, line);
        cairo_move_to(l->cr, x, l->y);
        cairo_show_text(l->cr, line);
    }
}

/* TEXT from X on, WIDTH wide, from the next line on; leaves y at its last line. */
static void wrap(layout *l, double x, double width, double size_pt, bool bold, const char *text)
{
    set_font(l, size_pt, bold);
    double sign = width_of(l, ELLIPSIS);
    for (int line = 1; *text; line++) {
        bool last = line == l->most_lines;
        size_t n = line_bytes(l, text, last ? width - sign : width);
        l->y += size_pt * l->scale * 1.28;
        show(l, x, text, n, last && text[n]);
        if (last)
            return;
        text += n + strspn(text + n, " ");
    }
}

static void draw_block(layout *l, const report_page_block *b)
{
    const double width = WIDTH_PT - 2 * MARGIN_PT;
    double top = l->y;
    cairo_set_source_rgb(l->cr, b->kind == REPORT_PAGE_WARNING ? 0.69 : 0.13, 0.1, 0.13);
    switch (b->kind) {
    case REPORT_PAGE_HEADING:
        l->y += 5 * l->scale;
        wrap(l, MARGIN_PT, width, 12, true, b->text);
        l->y += 3 * l->scale;
        if (l->ink) {
            cairo_set_line_width(l->cr, 0.6);
            cairo_move_to(l->cr, MARGIN_PT, l->y);
            cairo_line_to(l->cr, WIDTH_PT - MARGIN_PT, l->y);
            cairo_stroke(l->cr);
        }
        break;
    case REPORT_PAGE_ROW: {
        wrap(l, MARGIN_PT, KEY_PT - 6, 10, true, b->key);
        double key_end = l->y;
        l->y = top;
        wrap(l, MARGIN_PT + KEY_PT, width - KEY_PT, 10, false, b->text);
        l->y = l->y > key_end ? l->y : key_end;
        break;
    }
    case REPORT_PAGE_POINT:
    case REPORT_PAGE_WARNING:
        wrap(l, MARGIN_PT + 12, width - 12, 10, b->kind == REPORT_PAGE_WARNING, b->text);
        if (l->ink) {
            double last = l->y;
            set_font(l, 10, true);
            l->y = top + 10 * l->scale * 1.28;
            show(l, MARGIN_PT, b->kind == REPORT_PAGE_WARNING ? "!" : "\xE2\x80\xA2", 3, false);
            l->y = last;
        }
    }
    l->y += 2 * l->scale;
}

static void draw_picture(layout *l, const report_page *page)
{
    double w = cairo_image_surface_get_width(page->picture), h = cairo_image_surface_get_height(page->picture);
    double zoom = PICTURE_PT / h, most = (WIDTH_PT - 2 * MARGIN_PT) / w;
    zoom = zoom < most ? zoom : most;
    l->y += 6;
    if (l->ink) {
        cairo_save(l->cr);
        cairo_translate(l->cr, MARGIN_PT, l->y);
        cairo_scale(l->cr, zoom, zoom);
        cairo_set_source_surface(l->cr, page->picture, 0, 0);
        cairo_paint(l->cr);
        cairo_restore(l->cr);
    }
    l->y += zoom * h;
    cairo_set_source_rgb(l->cr, 0.33, 0.33, 0.33);
    wrap(l, MARGIN_PT, WIDTH_PT - 2 * MARGIN_PT, 8, false, page->caption);
}

/* The whole page; returns whether it fits. */
static bool draw(layout *l, const report_page *page)
{
    const double width = WIDTH_PT - 2 * MARGIN_PT;
    l->y = MARGIN_PT - 10;
    cairo_set_source_rgb(l->cr, 0.13, 0.13, 0.13);
    wrap(l, MARGIN_PT, width, 18, true, page->title);
    cairo_set_source_rgb(l->cr, 0.33, 0.33, 0.33);
    wrap(l, MARGIN_PT, width, 8, false, page->subtitle);
    if (page->picture)
        draw_picture(l, page);
    for (size_t i = 0; i < page->n; i++)
        draw_block(l, &page->blocks[i]);
    l->y += 4;
    cairo_set_source_rgb(l->cr, 0.33, 0.33, 0.33);
    wrap(l, MARGIN_PT, width, 8, false, page->foot);
    return l->y <= HEIGHT_PT - MARGIN_PT / 2;
}

static cairo_status_t write_bytes(void *context, const unsigned char *data, unsigned int length)
{
    return fwrite(data, 1, length, context) == length ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

/* The largest type, and then the most lines of a block, with which all of it fits. */
static bool fit(layout *l, const report_page *page)
{
    static const int lines[] = {12, 3, 2, 1};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        for (int percent = 100; percent >= 70; percent -= 5) {
            l->most_lines = lines[i];
            l->scale = percent / 100.0;
            if (draw(l, page))
                return true;
        }
    return false;
}

static np_status draw_fitting(cairo_surface_t *surface, const report_page *page, np_error *err)
{
    layout l = {.cr = cairo_create(surface)};
    bool fits = fit(&l, page);
    l.ink = true;
    if (fits)
        draw(&l, page);
    cairo_destroy(l.cr);
    cairo_surface_finish(surface);
    if (!fits)
        return np_error_set(err, NP_ERR_INTERNAL, "the sheet does not fit on a page");
    if (l.missing[0])
        return np_error_set(err, NP_ERR_INVALID,
                            "no font here can show '%s', which stands in the sheet: install one that can "
                            "(fonts-noto-cjk, say), or write the sheet as .html",
                            l.missing);
    if (cairo_surface_status(surface) == CAIRO_STATUS_WRITE_ERROR)
        return NP_OK; /* the writer says so */
    return cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS
               ? NP_OK
               : np_error_set(err, NP_ERR_INTERNAL, "the sheet could not be drawn: %s",
                              cairo_status_to_string(cairo_surface_status(surface)));
}

np_status report_page_write_pdf(const report_page *page, const char *path, np_error *err)
{
    np_file_writer writer = {0};
    np_status status = np_file_writer_open(&writer, path, err);
    if (status != NP_OK)
        return status;
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(write_bytes, writer.stream, WIDTH_PT, HEIGHT_PT);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, page->title);
    /* the same plan, the same bytes: when it was drawn does not matter */
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "1970-01-01T00:00:00Z");
    status = draw_fitting(surface, page, err);
    cairo_surface_destroy(surface);
    if (status == NP_OK)
        status = np_file_writer_commit(&writer, err);
    np_file_writer_discard(&writer);
    return status;
}
