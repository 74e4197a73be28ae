/* Sessions build on one another: the density of each is what the ones before have left, and skin wants the days between to
 * heal.  So a session waits until the ones before have ended, and for its day, unless somebody says why not; and nothing is made with
 * pigment that has expired, nor on a day before the plan was approved, as then the clock is wrong that all of it is counted by.
 *
 * Ended means that each dot has an outcome: dots in doubt and failed ones are for a person to look at and may stay as they are,
 * but dots that were never begun belong to a session that is under way.  The days between two sessions are counted from the last
 * run of the one before that made anything, also when that one came late itself. */
#include "stream/private/calendar.h"

#include <stdio.h>
#include <time.h>

#include "plan/approval.h"
#include "plan/cartridges.h"
#include "stream/private/prepare.h"

/* ---- days ---- */

/* Days since 1970 of the calendar where this runs, of a session in the morning as of one in the evening. */
static bool day_of(int64_t unix_s, int64_t *out_day)
{
    struct tm tm;
    time_t t = (time_t)unix_s;
    if (!localtime_r(&t, &tm))
        return false;
    tm.tm_hour = 12, tm.tm_min = tm.tm_sec = 0;
    *out_day = ((int64_t)timegm(&tm)) / 86400;
    return true;
}

static void date_of(int64_t day, char *out_text, size_t size)
{
    struct tm tm;
    time_t t = (time_t)(day * 86400);
    if (!gmtime_r(&t, &tm) || strftime(out_text, size, "%Y-%m-%d", &tm) == 0)
        snprintf(out_text, size, "day %lld after 1970", (long long)day);
}

/* ---- what is not kept ---- */

/* Empty if the session BEFORE has ended and its skin had its days.  *OUT_LEFT: dots of it are left. */
static np_status compare(const stream_session *s, int before, int64_t now_unix_s, bool *out_left, char *out_text,
                         size_t size, np_error *err)
{
    const np_plan *plan = s->plan;
    int number = s->options->session;
    np_run_state made;
    out_text[0] = '\0';
    np_status status = stream_session_count(s, before, &made, err);
    if (status != NP_OK)
        return status;
    uint32_t left = made.total - made.done - made.in_doubt - made.failed;
    *out_left = left > 0;
    if (left) {
        snprintf(out_text, size, "%u of %u dots of session %d are not made", left, made.total, before);
        return NP_OK;
    }
    const np_plan_run *run = np_plan_last_run(plan, before);
    int days = plan->sessions[number - 1].day - plan->sessions[before - 1].day;
    int64_t then, today;
    char is[40], wanted[40];
    if (!run)
        return NP_OK;
    if (!day_of(run->started_unix_s, &then) || !day_of(now_unix_s, &today))
        return np_error_set(err, NP_ERR_FORMAT, "%s: run %lld began at no date that there is", s->options->plan_path,
                            (long long)run->id);
    if (today - then >= days)
        return NP_OK;
    date_of(today, is, sizeof is);
    date_of(then + days, wanted, sizeof wanted);
    snprintf(out_text, size, "session %d is due on %s, %d days after session %d, and today is %s", number, wanted, days,
             before, is);
    return NP_OK;
}

/* Empty if all cartridges of the session may still be used. */
static void find_expired(const stream_session *s, const char *today, char *out_text, size_t size)
{
    np_plan_cartridge cartridges[NP_PLAN_CARTRIDGES_MAX];
    size_t n = np_plan_cartridges(s->plan, s->options->session, cartridges);
    for (size_t i = 0; i < n && i < NP_PLAN_CARTRIDGES_MAX; i++) {
        const np_palette_shade *shade = &s->plan->shades.shades[cartridges[i].shade];
        char text[NP_PLAN_SHADE_TEXT_BYTES];
        if (np_palette_expired(shade, today))
            snprintf(out_text, size, "today is %s, and of its cartridges %s", today, np_plan_shade_text(shade, text));
    }
}

/* Empty if no approval is of a day that is still to come. */
static void find_clock(const stream_session *s, int64_t today, const char *is, char *out_text, size_t size)
{
    for (size_t i = 0; i < s->plan->n_approvals; i++) {
        const np_plan_approval *a = &s->plan->approvals[i];
        int64_t then;
        char was[40];
        if (!np_approval_is_valid(a, s->plan->digest) || !day_of(a->time_unix_s, &then) || then <= today)
            continue;
        date_of(then, was, sizeof was);
        snprintf(out_text, size, "the clock of this machine says %s, and the plan was approved on %s: set it", is, was);
    }
}

/* Empty if the day itself is no reason against it. */
static np_status find_today(const stream_session *s, int64_t now_unix_s, char *out_text, size_t size, np_error *err)
{
    int64_t today;
    char is[40];
    if (!day_of(now_unix_s, &today))
        return np_error_set(err, NP_ERR_FORMAT, "the clock of this machine tells no date that there is");
    date_of(today, is, sizeof is);
    find_clock(s, today, is, out_text, size);
    if (!out_text[0])
        find_expired(s, is, out_text, size);
    return NP_OK;
}

/* *OUT_LEFT: the session before this one of which dots are left; 0: none. */
static np_status find_early(const stream_session *s, int64_t now_unix_s, int *out_left, char *out_text, size_t size,
                            np_error *err)
{
    int number = s->options->session;
    np_status status = NP_OK;
    out_text[0] = '\0';
    *out_left = 0;
    for (int before = 1; before < number && status == NP_OK && !out_text[0]; before++) {
        bool left = false;
        status = compare(s, before, now_unix_s, &left, out_text, size, err);
        *out_left = left ? before : 0;
    }
    for (int later = number + 1; later <= (int)s->plan->n_sessions && status == NP_OK && !out_text[0]; later++)
        if (np_plan_last_run(s->plan, later))
            snprintf(out_text, size, "session %d was begun already", later);
    return status == NP_OK && !out_text[0] ? find_today(s, now_unix_s, out_text, size, err) : status;
}

np_status stream_calendar_check(stream_session *s, int64_t now_unix_s, np_error *err)
{
    const np_run_options *o = s->options;
    char text[2 * STREAM_SESSION_EARLY_BYTES + 80];
    char copied[160] = "";
    int left;
    np_status status = find_early(s, now_unix_s, &left, s->early_found, sizeof s->early_found, err);
    if (status != NP_OK)
        return status;
    if (left) /* what the executor or the ledger knows is asked when that session is run */
        snprintf(copied, sizeof copied,
                 " by what this file knows: if it is an older copy, take the newest, or run session %d first, which "
                 "learns what was made",
                 left);
    if (s->early_found[0] && !o->early)
        return np_error_set(
            err, NP_ERR_UNSAFE,
            "%s: session %d is not to be made now: %s%s; if it is to be made all the same, say why with "
            "--early \"REASON\", which stays on record",
            o->plan_path, o->session, s->early_found, copied);
    if (!o->early || !o->log)
        return NP_OK;
    if (s->early_found[0])
        snprintf(text, sizeof text, "EARLY: %s; the reason given: %s", s->early_found, o->early);
    else
        snprintf(text, sizeof text, "session %d is due: --early is not written down", o->session);
    o->log(o->report_context, text);
    return NP_OK;
}
