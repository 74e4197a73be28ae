/* What the sheets share: days, names, and where they go. */
#include "report/sheet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/plain.h"
#include "case/day.h"
#include "report/private/sheet.h"

np_sheet_kind np_sheet_find(const char *name)
{
    static const char *const names[] = {
#define NAME(id, name, what) name,
        NP_SHEET_TABLE(NAME)
#undef NAME
    };
    int kind = 0;
    while (kind < NP_SHEETS && strcmp(names[kind], name) != 0)
        kind++;
    return (np_sheet_kind)kind;
}

/* Of every session but the first that is still to be made (domain.md 1.6: scabs fall after 7 to 10 days, and the second may be due on the seventh). */
#define IF_CLOSED ", if no scab is left"

static const char *write_day(time_t t, char out[REPORT_SHEET_DAY_BYTES], const char *before, const char *behind)
{
    struct tm tm;
    char day[16] = "?";
    if (gmtime_r(&t, &tm))
        strftime(day, sizeof day, "%Y-%m-%d", &tm);
    snprintf(out, REPORT_SHEET_DAY_BYTES, "%s%s%s", before, day, behind);
    return out;
}

const char *report_sheet_day(const np_sheet_request *r, size_t s, char out[REPORT_SHEET_DAY_BYTES])
{
    const np_plan *plan = r->plan;
    const np_plan_run *run = np_plan_last_run(plan, (int)s + 1);
    int64_t start;
    if (run)
        return write_day((time_t)run->started_unix_s, out, run->state == NP_PLAN_RUN_LEARNT ? "done by " : "done on ",
                         "");                /* when it was heard of */
    for (size_t before = s; before-- > 0;) { /* counted from the last session that was made, as `run` does */
        run = np_plan_last_run(plan, (int)before + 1);
        if (run)
            return write_day((time_t)run->started_unix_s + 86400 * (plan->sessions[s].day - plan->sessions[before].day),
                             out, "from ", IF_CLOSED);
    }
    if (r->start && np_case_read_day(r->start, &start))
        return write_day((time_t)start + (time_t)86400 * plan->sessions[s].day, out, s ? "from " : "",
                         s ? IF_CLOSED : "");
    if (plan->sessions[s].day == 0)
        snprintf(out, REPORT_SHEET_DAY_BYTES, "day of your choice");
    else
        snprintf(out, REPORT_SHEET_DAY_BYTES, "%d days after the first" IF_CLOSED, plan->sessions[s].day);
    return out;
}

const char *report_sheet_duration(double seconds, char out[32])
{
    long minutes = lround(ceil(seconds / 60));
    if (minutes < 60)
        snprintf(out, 32, "%ld min", minutes);
    else
        snprintf(out, 32, "%ld h %02ld min", minutes / 60, minutes % 60);
    return out;
}

const char *report_sheet_work(const char *strategy)
{
    static const struct {
        const char *name, *words;
    } known[] = {{"hairline ", "a new hairline, single hairs in front and fuller behind"},
                 {"scar_fill ", "scar tissue filled and blended into what is around it"},
                 {"diffuse_density ", "thin hair made to look fuller"},
                 {"full_scalp ", "the look of a shaved head"},
                 {"crown ", "the crown filled around where the hair turns"},
                 {"touch_up ", "gaps in earlier work filled"},
                 {"test_dots ", "test dots in a hidden place"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strncmp(strategy, known[i].name, strlen(known[i].name)) == 0)
            return known[i].words;
    return strategy;
}

const char *report_sheet_name(const char *name, char *out, size_t size)
{
    np_plain_copy(name, out, size);
    for (char *c = out; *c; c++)
        *c = *c == '_' ? ' ' : *c;
    return out;
}

static bool ends_with(const char *path, const char *end)
{
    size_t n = strlen(path), m = strlen(end);
    return n > m && strcmp(path + n - m, end) == 0;
}

np_status np_sheet_write(const np_sheet_request *request, const char *path, np_error *err)
{
    static np_status (*const fill[NP_SHEETS])(const np_sheet_request *, report_page *, np_error *) = {
        report_sheet_operator, report_sheet_client, report_sheet_aftercare};
    bool pdf = ends_with(path, ".pdf");
    int64_t start;
    if (!pdf && !ends_with(path, ".html") && !ends_with(path, ".htm"))
        return np_error_set(err, NP_ERR_USAGE, "%s: a sheet is a file that ends in .html or .pdf", path);
    if (request->start && !np_case_read_day(request->start, &start))
        return np_error_set(err, NP_ERR_USAGE, "'%s' is no day; expected one as 2026-12-01", request->start);
    if (request->palette && request->plan->shades.n)
        return np_error_set(err, NP_ERR_USAGE,
                            "the plan has shades of its own, with which it was signed; leave the palette out");
    report_page *page = calloc(1, sizeof *page);
    if (!page)
        return np_error_no_memory(err, path);
    np_status status = fill[request->kind](request, page, err);
    if (status == NP_OK)
        status = pdf ? report_page_write_pdf(page, path, err) : report_page_write_html(page, path, err);
    report_page_fini(page);
    free(page);
    return status;
}
