/* Dots that stand; see standing.h.  Whatever is wrong with an earlier plan is said instead of drawn: a picture of a part of them would show a skin that nobody has. */
#include "plan/standing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plain.h"
#include "plan/made.h"
#include "plan/private/past.h"

#define DAY_US 86400e6

void np_standing_fini(np_standing *standing)
{
    for (size_t i = 0; i < standing->n_plans; i++) {
        np_plan_destroy(standing->plans[i]);
        free(standing->older_days[i]);
        free(standing->in_doubt[i]);
    }
    *standing = (np_standing){0};
}

static np_status missing(const char *path, const char *why, np_error *err)
{
    char plain[300];
    return np_error_set(err, NP_ERR_INVALID, "%s %s", np_plain_copy(path, plain, sizeof plain), why);
}

static int by_id(const void *a, const void *b)
{
    uint32_t x = ((const np_made_dot *)a)->id, y = ((const np_made_dot *)b)->id;
    return x < y ? -1 : x > y;
}

/* Keeps of PAST's dots those of MADE (N, by id) that stand; their times, us, go to TIMES, and which of them are in doubt to IN_DOUBT. */
static void keep(np_plan *past, const np_made_dot *made, size_t n, double *times, bool *in_doubt)
{
    size_t kept = 0;
    for (size_t i = 0; n && i < past->n_dots; i++) {
        const np_made_dot key = {.id = past->dots[i].id}, *m = bsearch(&key, made, n, sizeof key, by_id);
        if (!m || m->state == NP_JOURNAL_FAILED)
            continue;
        past->dots[kept] = past->dots[i];
        if (isfinite(m->depth_mm) && m->depth_mm > 0)
            past->dots[kept].depth_mm = m->depth_mm;
        in_doubt[kept] = m->state == NP_JOURNAL_IN_DOUBT;
        times[kept++] = (double)m->time_unix_us;
    }
    past->n_dots = kept;
}

/* Adds the dots that stand of the plan at PATH.  PLAN was planned on the same scan, and its notes or those of the plan before name PAST. */
static np_status add(np_standing *out, const np_plan *plan, const np_plan *later, const char *path, np_plan *past,
                     np_error *err)
{
    np_made_dot *made = NULL;
    size_t n = 0;
    np_plan_past then, now;
    if (!np_plan_past_find(later->notes, past->digest, &then))
        return missing(path, "is not the plan that was touched up", err);
    if (memcmp(past->scan_digest, plan->scan_digest, sizeof plan->scan_digest) != 0)
        return missing(path, "has other landmarks", err);
    np_status status = np_made_read(path, past, 0, &made, &n, err);
    if (status == NP_OK)
        status = np_made_check_ended(path, past, err);
    now = np_plan_past_of(made, n);
    if (status == NP_OK && !np_plan_past_is_same(&now, &then))
        status = missing(path, "has other outcomes in its journal than when it was touched up", err);
    double *times = status == NP_OK ? calloc(past->n_dots + 1, sizeof *times) : NULL;
    bool *in_doubt = status == NP_OK ? calloc(past->n_dots + 1, sizeof *in_doubt) : NULL;
    if (status == NP_OK && (!times || !in_doubt))
        status = np_error_no_memory(err, "the dots that stand");
    if (status == NP_OK) {
        if (n)
            qsort(made, n, sizeof *made, by_id);
        keep(past, made, n, times, in_doubt);
        out->plans[out->n_plans] = past;
        out->in_doubt[out->n_plans] = in_doubt;
        out->older_days[out->n_plans++] = times;
        out->n_dots += past->n_dots;
    } else {
        free(times);
        free(in_doubt);
    }
    free(made);
    return status;
}

/* *OUT_PATH: of the plan before PLAN, the file at PATH; NULL: there was none. */
static np_status find_next(const char *path, const np_plan *plan, char **out_path, np_error *err)
{
    char *found;
    np_status status = plan_past_path(path, plan, out_path, &found, err);
    if (status == NP_OK && found)
        status = missing(found, "has the dots that were found, in the scan's coordinates", err);
    free(found);
    return status;
}

/* Opens the plan at PATH, adds it, and finds the one before it. */
static np_status follow_one(np_standing *out, const np_plan *plan, const char *path, char **out_next, np_error *err)
{
    const np_plan *later = out->n_plans ? out->plans[out->n_plans - 1] : plan;
    np_plan *past = NULL;
    *out_next = NULL;
    if (out->n_plans == NP_PLAN_PAST_MAX)
        return missing(path, "is one plan too many in a row", err);
    np_status status = np_made_check_unlocked(path, err);
    if (status == NP_OK)
        status = np_plan_read(path, &past, err);
    if (status == NP_OK)
        status = add(out, plan, later, path, past, err);
    if (status != NP_OK) {
        np_plan_destroy(past);
        return status;
    }
    return find_next(path, past, out_next, err);
}

/* From the times at which dots were made to how long before the newest. */
static void count_days(np_standing *out)
{
    double newest = -HUGE_VAL;
    for (size_t p = 0; p < out->n_plans; p++)
        for (size_t i = 0; i < out->plans[p]->n_dots; i++)
            newest = fmax(newest, out->older_days[p][i]);
    for (size_t p = 0; p < out->n_plans; p++)
        for (size_t i = 0; i < out->plans[p]->n_dots; i++)
            out->older_days[p][i] = (newest - out->older_days[p][i]) / DAY_US;
}

np_status np_standing_init(np_standing *out, const np_plan *plan, const char *folder, np_error *err)
{
    *out = (np_standing){0};
    if (!np_plan_past_stands(plan->notes))
        return NP_OK;
    char *path = NULL, here[4096];
    np_error why = {0};
    snprintf(here, sizeof here, "%s/plan", folder);
    np_status status = find_next(here, plan, &path, &why);
    while (status == NP_OK && path) {
        char *at = path;
        status = follow_one(out, plan, at, &path, &why);
        free(at);
    }
    free(path);
    if (status == NP_OK) {
        count_days(out);
        return NP_OK;
    }
    np_standing_fini(out);
    if (status == NP_ERR_NO_MEMORY)
        return np_error_pass(err, &why);
    np_plain_copy(why.text, out->missing, sizeof out->missing);
    return NP_OK;
}
