/* The record of what was made, as a table. */
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "plan/made.h"
#include "report/export.h"

/* In words that a program can compare. */
static const char *outcome_name(const np_made_dot *dot)
{
    static const char *const outcomes[] = {"", "in_doubt", "done", "skipped", "too_deep", "no_contact"};
    static const char *const states[] = {"", "", "done", "in_doubt", "failed"};
    return dot->outcome ? outcomes[dot->outcome] : states[dot->state];
}

static void write_measured(double value, FILE *out)
{
    if (isfinite(value))
        fprintf(out, "%.3f", value);
    fputc(',', out);
}

static void write_lot(const char *lot, char end, FILE *out)
{
    if (lot)
        np_export_quoted(lot, out);
    fputc(end, out);
}

static void write_dot(const np_plan *plan, const np_made_dot *d, FILE *out)
{
    time_t seconds = (time_t)(d->time_unix_us / 1000000);
    char when[32] = "";
    struct tm tm;
    if (gmtime_r(&seconds, &tm))
        strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &tm);
    const np_plan_run *run = np_plan_find_run(plan, d->run);
    if (!run || run->state != NP_PLAN_RUN_LEARNT)
        fprintf(out, "%lld", (long long)d->run);
    fprintf(out, ",%d,%u,%u,%s,%s.%03dZ,%.3f,", d->session, d->order, d->id, outcome_name(d), when,
            (int)(d->time_unix_us / 1000 % 1000), d->planned_depth_mm);
    write_measured(d->depth_mm, out);
    write_measured(d->force_n, out);
    write_lot(np_plan_supply_lot(plan, d->cartridge), ',', out);
    write_lot(np_plan_supply_lot(plan, d->pigment), ',', out);
    fprintf(out, "%d\n", d->learnt);
}

static np_status write_record(const np_export_request *request, FILE *out, np_error *err)
{
    np_made_dot *dots;
    size_t n;
    np_status status = np_made_read(request->path, request->plan, request->session, &dots, &n, err);
    if (status != NP_OK)
        return status;
    fputs("run,session,order,id,outcome,time,planned_depth_mm,depth_mm,force_n,cartridge,pigment,learnt\n", out);
    for (size_t i = 0; i < n; i++)
        write_dot(request->plan, &dots[i], out);
    free(dots);
    return NP_OK;
}

const np_exporter np_exporter_record = {false, write_record, true, ""};
