/* Sheets are one page whatever stands on them, and say nothing that their text from outside wants to do to them. */
#include "../test.h"

#include <stdio.h>
#include <stdlib.h>

#include "../folder.h"
#include "report/private/page.h"
#include "report/private/sheet.h"
#include "small_plan.h"

static const char *folder_path(const char *name)
{
    static char path[64];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static char *read_all(const char *path, size_t *out_n)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char *data = calloc(1, 4 << 20);
    *out_n = fread(data, 1, (4 << 20) - 1, f);
    fclose(f);
    return data;
}

static int count(const char *data, size_t n, const char *what)
{
    int found = 0;
    for (size_t i = 0; i + strlen(what) <= n; i++)
        found += memcmp(data + i, what, strlen(what)) == 0;
    return found;
}

static int pdf_pages(const char *path)
{
    size_t n;
    char *data = read_all(path, &n);
    assert_memory_equal(data, "%PDF-", 5);
    int pages = count(data, n, "/Type /Page") - count(data, n, "/Type /Pages");
    free(data);
    return pages;
}

static void fill(report_page *page, size_t blocks, size_t letters)
{
    char text[2000] = "";
    for (size_t i = 0; i < letters; i++)
        strcat(text, i % 9 == 8 ? " " : i % 5 == 4 ? "\xC3\x9F" : "W");
    report_page_cut(text, page->title, sizeof page->title);
    report_page_add(page, REPORT_PAGE_HEADING, NULL, "%s", text);
    for (size_t i = 0; i < blocks; i++)
        report_page_add(page, (report_page_kind)(i % 4), "A <key> & more", "%s", text);
}

static void a_pdf_has_one_page(void **state)
{
    (void)state;
    const char *path = folder_path("page.pdf");
    const size_t blocks[] = {0, 3, 20, 55, 300}, letters[] = {0, 1, 40, 300, 900};
    for (size_t b = 0; b < 5; b++)
        for (size_t l = 0; l < 5; l++) {
            report_page page = {0};
            np_error err = {0};
            fill(&page, blocks[b], letters[l]);
            if (report_page_write_pdf(&page, path, &err) != NP_OK)
                fail_msg("%zu blocks of %zu letters: %s", blocks[b], letters[l], err.text);
            assert_int_equal(pdf_pages(path), 1);
        }
}

static void what_is_too_long_is_cut_with_a_sign(void **state)
{
    (void)state;
    char out[16];
    assert_string_equal(report_page_cut("short", out, sizeof out), "short");
    assert_string_equal(report_page_cut("exactly fifteen", out, sizeof out), "exactly fifteen");
    assert_string_equal(report_page_cut("one more than it", out, sizeof out), "one more tha\xE2\x80\xA6");
    /* never within a character */
    assert_string_equal(report_page_cut("eleven char\xC3\x9F and more", out, sizeof out), "eleven char\xE2\x80\xA6");
    assert_string_equal(report_page_cut("a\033[31m", out, sizeof out), "a\\x1B[31m");

    report_page page = {0};
    for (int i = 0; i < 100; i++)
        report_page_add(&page, REPORT_PAGE_POINT, NULL, "%d", i);
    assert_int_equal(page.n, REPORT_PAGE_BLOCKS);
    assert_int_equal(page.blocks[REPORT_PAGE_BLOCKS - 1].kind, REPORT_PAGE_WARNING);
    assert_non_null(strstr(page.blocks[REPORT_PAGE_BLOCKS - 1].text, "There is more"));
}

static void text_from_outside_is_escaped(void **state)
{
    (void)state;
    report_page page = {0};
    np_error err = {0};
    size_t n;
    const char *path = folder_path("page.html");
    snprintf(page.title, sizeof page.title, "<script>alert(1)</script>");
    report_page_add(&page, REPORT_PAGE_ROW, "<b>\"key\"", "<img src=x onerror=y> & \033[2J");
    assert_int_equal(report_page_write_html(&page, path, &err), NP_OK);
    char *html = read_all(path, &n);
    assert_null(strstr(html, "<script>"));
    assert_null(strstr(html, "<img"));
    assert_null(strchr(html, '\033'));
    assert_non_null(strstr(html, "&lt;script&gt;"));
    assert_non_null(strstr(html, "&lt;img src=x onerror=y&gt; &amp; \\x1B[2J"));
    assert_non_null(strstr(html, "&lt;b&gt;&quot;key&quot;"));
    free(html);
}

static void sheets_are_found_by_name(void **state)
{
    (void)state;
    assert_int_equal(np_sheet_find("operator"), NP_SHEET_OPERATOR);
    assert_int_equal(np_sheet_find("aftercare"), NP_SHEET_AFTERCARE);
    assert_int_equal(np_sheet_find("nurse"), NP_SHEETS);
    remove(folder_path("page.pdf"));
    remove(folder_path("page.html"));
}

/* Of dots that were made, not of verdicts on them, which are given days later; and counted from there, as `run` does. */
static void a_session_was_made_when_its_dots_were(void **state)
{
    (void)state;
    enum { DAY = 86400 };
    const int64_t first = 1772474400; /* 2026-03-02 18:00 UTC */
    small_plan s;
    char text[REPORT_SHEET_DAY_BYTES];
    small_plan_init(&s);
    np_plan_run runs[] = {
        {.id = 1, .session = 1, .started_unix_s = first, .done = 3, .state = NP_PLAN_RUN_DONE},
        {.id = 2, .session = 1, .started_unix_s = first + 2 * DAY, .done = 1, .state = NP_PLAN_RUN_REVIEWED},
        {.id = 3, .session = 2, .started_unix_s = first + 9 * DAY, .done = 5, .state = NP_PLAN_RUN_LEARNT}};
    s.plan.runs = runs;
    np_sheet_request request = {.plan = &s.plan, .start = "2026-05-01"};
    assert_string_equal(report_sheet_day(&request, 0, text), "2026-05-01");
    assert_string_equal(report_sheet_day(&request, 1, text), "from 2026-05-08, if no scab is left");
    s.plan.n_runs = 2;
    assert_string_equal(report_sheet_day(&request, 0, text), "done on 2026-03-02");
    assert_string_equal(report_sheet_day(&request, 1, text), "from 2026-03-09, if no scab is left");
    s.plan.n_runs = 3; /* when dots that another record told of were made, nobody knows */
    assert_string_equal(report_sheet_day(&request, 1, text), "done by 2026-03-11");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pdf_has_one_page),
        cmocka_unit_test(what_is_too_long_is_cut_with_a_sign),
        cmocka_unit_test(text_from_outside_is_escaped),
        cmocka_unit_test(sheets_are_found_by_name),
        cmocka_unit_test(a_session_was_made_when_its_dots_were),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
