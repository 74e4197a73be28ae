/* Earlier plans of a touch-up; see past.h. */
#include "plan/past.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hex.h"
#include "base/plain.h"
#include "case/case.h"
#include "plan/followers.h"
#include "plan/hash.h"
#include "plan/private/past.h"

np_plan_past np_plan_past_of(const np_made_dot *made, size_t n)
{
    np_plan_past past = {.n_outcomes = n};
    unsigned char digest[32];
    np_hash h;
    np_hash_init(&h, "needlepath-past-v1");
    for (size_t i = 0; i < n; i++) {
        np_hash_u32(&h, made[i].id);
        np_hash_u32(&h, (uint32_t)made[i].state);
    }
    np_hash_fini(&h, digest);
    np_hex_write(digest, sizeof past.state / 2, past.state);
    return past;
}

bool np_plan_past_is_same(const np_plan_past *a, const np_plan_past *b)
{
    return a->n_outcomes == b->n_outcomes && strcmp(a->state, b->state) == 0;
}

void np_plan_past_words(const unsigned char digest[NP_PLAN_DIGEST_BYTES], const np_plan_past *past,
                        char out[NP_PLAN_PAST_BYTES])
{
    char hex[2 * NP_PLAN_DIGEST_BYTES + 1];
    np_hex_write(digest, NP_PLAN_DIGEST_BYTES, hex);
    snprintf(out, NP_PLAN_PAST_BYTES, PLAN_PAST_WORDS "%s, %zu outcomes in its journal, state %s", hex,
             past->n_outcomes, past->state);
}

bool np_plan_past_is_named(const char *notes)
{
    return notes && strstr(notes, PLAN_PAST_WORDS);
}

bool np_plan_past_stands(const char *notes)
{
    return np_plan_past_is_named(notes) || (notes && strstr(notes, NP_PLAN_PAST_FOUND_WORDS));
}

bool np_plan_past_is_counted(const char *notes)
{
    return notes && strstr(notes, NP_PLAN_PAST_COUNTED_WORDS);
}

bool np_plan_past_find(const char *notes, const unsigned char digest[NP_PLAN_DIGEST_BYTES], np_plan_past *out)
{
    char hex[2 * NP_PLAN_DIGEST_BYTES + 1];
    np_hex_write(digest, NP_PLAN_DIGEST_BYTES, hex);
    const char *at = notes ? strstr(notes, hex) : NULL;
    *out = (np_plan_past){0};
    return at && sscanf(at + strlen(hex), ", %zu outcomes in its journal, state %16[0-9a-f]", &out->n_outcomes,
                        out->state) >= 1;
}

np_status plan_past_path(const char *path, const np_plan *plan, char **out_path, char **out_found, np_error *err)
{
    np_case *keys = NULL;
    *out_path = *out_found = NULL;
    np_status status = np_case_parse_keys(path, plan->case_text, &keys, err);
    if (status == NP_OK && ((keys->made_plan && !(*out_path = np_file_beside(path, keys->made_plan))) ||
                            (keys->made_file && !(*out_found = strdup(keys->made_file)))))
        status = np_error_no_memory(err, path);
    np_case_destroy(keys);
    return status;
}

np_status np_plan_past_check_target(const char *path, const np_case *c, np_error *err)
{
    const np_plan plan = {.case_text = c->text};
    char *there = NULL, *found = NULL;
    if (!c->made_plan || access(c->made_plan, F_OK) != 0)
        return NP_OK;
    np_status status = plan_past_path(path, &plan, &there, &found, err);
    if (status == NP_OK && there && !np_file_is_same(there, c->made_plan))
        status =
            np_error_set(err, NP_ERR_USAGE,
                         "%s: made.plan of %s is %s, and from the folder of the new plan it would be looked for as "
                         "%s, which is another file or none: whether dots were made by it since then nobody would "
                         "see when the new plan is approved or run; write the new plan into the case's folder, or "
                         "name made.plan in the case from the root on (/...)",
                         path, c->path, c->made_plan, there);
    free(there);
    free(found);
    return status;
}

/* The path of the plan before PLAN (the file at PATH) alone. */
static np_status find_past(const char *path, const np_plan *plan, char **out_path, np_error *err)
{
    char *found;
    np_status status = plan_past_path(path, plan, out_path, &found, err);
    free(found);
    return status;
}

static np_status read_past(const char *path, const np_plan *plan, np_plan_past *out, np_error *err)
{
    np_made_dot *dots = NULL;
    size_t n = 0;
    np_status status = np_made_read(path, plan, 0, &dots, &n, err);
    *out = np_plan_past_of(dots, n);
    if (status == NP_OK)
        status = np_made_check_ended(path, plan, err);
    free(dots);
    return status;
}

/* PAST, the plan at PATH, as the notes of PLAN have it. */
static np_status compare(const np_plan *plan, const char *path, const np_plan *past,
                         char out_warning[NP_PLAN_PAST_WARNING_BYTES], np_error *err)
{
    np_plan_past then, now;
    char plain[300];
    if (!np_plan_past_find(plan->notes, past->digest, &then)) {
        snprintf(out_warning, NP_PLAN_PAST_WARNING_BYTES,
                 "WARNING: %s is not the plan that this one was planned behind: whether dots were made by that since "
                 "then nobody knows here",
                 np_plain_copy(path, plain, sizeof plain));
        return NP_OK;
    }
    np_status status = read_past(path, past, &now, err);
    if (status != NP_OK || np_plan_past_is_same(&now, &then))
        return status;
    if (now.n_outcomes < then.n_outcomes)
        return np_error_set(err, NP_ERR_INVALID,
                            "%s has %zu outcomes in its journal, and had %zu when this plan was made behind it: it is "
                            "an older copy, then put the newest one in its place; or dots of it are to be made again, "
                            "then end that first, and plan this one anew",
                            path, now.n_outcomes, then.n_outcomes);
    return np_error_set(err, NP_ERR_INVALID,
                        "%s has %zu outcomes in its journal, and had %zu%s when this plan was made behind it: this one "
                        "knows nothing of those dots and may make them again; plan it anew",
                        path, now.n_outcomes, then.n_outcomes,
                        now.n_outcomes == then.n_outcomes ? ", not all of them these," : "");
}

/* The plan at PATH, which is there or not, as the notes of PLAN have it; *OUT_NEXT: the path of the one before it. */
static np_status check_one(const np_plan *plan, const char *path, char **out_next,
                           char out_warning[NP_PLAN_PAST_WARNING_BYTES], np_error *err)
{
    np_plan *past = NULL;
    char plain[300];
    if (access(path, F_OK) != 0) {
        snprintf(out_warning, NP_PLAN_PAST_WARNING_BYTES,
                 "WARNING: %s, which this plan was made behind, is not there: whether dots were made by it since then "
                 "nobody knows here",
                 np_plain_copy(path, plain, sizeof plain));
        return NP_OK;
    }
    np_status status = np_made_check_unlocked(path, err);
    if (status == NP_OK)
        status = np_plan_read(path, &past, err);
    if (status == NP_OK)
        status = compare(plan, path, past, out_warning, err);
    if (status == NP_OK)
        status = find_past(path, past, out_next, err);
    np_plan_destroy(past);
    return status;
}

/* Beside the file at PATH, which is PLAN's or of one before it.  Whether those dots are among the ones that were found only a person can tell. */
static np_status check_followers(const char *path, const np_plan *plan, char out_warning[NP_PLAN_PAST_WARNING_BYTES],
                                 np_error *err)
{
    np_error why = {0};
    char plain[sizeof why.text];
    np_status status = np_plan_followers_check(path, plan->digest, plan->notes, &why);
    if (status != NP_ERR_INVALID || !strstr(plan->notes, NP_PLAN_PAST_FOUND_WORDS))
        return status == NP_OK ? NP_OK : np_error_pass(err, &why);
    snprintf(out_warning, NP_PLAN_PAST_WARNING_BYTES, "WARNING: are these among the dots that were found? %s",
             np_plain_copy(why.text, plain, sizeof plain));
    return NP_OK;
}

np_status np_plan_past_check(const char *path, const np_plan *plan, char out_warning[NP_PLAN_PAST_WARNING_BYTES],
                             np_error *err)
{
    char *next = NULL, followers[NP_PLAN_PAST_WARNING_BYTES] = "";
    out_warning[0] = '\0';
    np_status status = check_followers(path, plan, followers, err);
    if (status == NP_OK && np_plan_past_is_named(plan->notes))
        status = find_past(path, plan, &next, err);
    for (int i = 0; i < NP_PLAN_PAST_MAX && status == NP_OK && next && !out_warning[0]; i++) {
        char *at = next;
        next = NULL;
        status = check_one(plan, at, &next, out_warning, err);
        if (status == NP_OK)
            status = check_followers(at, plan, followers, err);
        free(at);
    }
    free(next);
    if (!out_warning[0])
        memcpy(out_warning, followers, sizeof followers);
    return status;
}
