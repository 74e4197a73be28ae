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
#include "plan/made.h"

#define WORDS "plan digest "

void np_plan_past_words(const unsigned char digest[NP_PLAN_DIGEST_BYTES], size_t n_outcomes,
                        char out[NP_PLAN_PAST_BYTES])
{
    char hex[2 * NP_PLAN_DIGEST_BYTES + 1];
    np_hex_write(digest, NP_PLAN_DIGEST_BYTES, hex);
    snprintf(out, NP_PLAN_PAST_BYTES, WORDS "%s, %zu outcomes in its journal", hex, n_outcomes);
}

bool np_plan_past_is_named(const char *notes)
{
    return notes && strstr(notes, WORDS);
}

bool np_plan_past_stands(const char *notes)
{
    return np_plan_past_is_named(notes) || (notes && strstr(notes, NP_PLAN_PAST_FOUND_WORDS));
}

bool np_plan_past_find(const char *notes, const unsigned char digest[NP_PLAN_DIGEST_BYTES], size_t *out_n)
{
    char hex[2 * NP_PLAN_DIGEST_BYTES + 1];
    np_hex_write(digest, NP_PLAN_DIGEST_BYTES, hex);
    const char *at = notes ? strstr(notes, hex) : NULL;
    return at && sscanf(at + strlen(hex), ", %zu outcomes", out_n) == 1;
}

/* *OUT_PATH: that of the plan that the case of PLAN (the file at PATH) named as made; NULL: it named none. */
static np_status find_past(const char *path, const np_plan *plan, char **out_path, np_error *err)
{
    np_case *keys = NULL;
    *out_path = NULL;
    np_status status = np_case_parse_keys(path, plan->case_text, &keys, err);
    if (status == NP_OK && keys->made_plan && !(*out_path = np_file_beside(path, keys->made_plan)))
        status = np_error_no_memory(err, path);
    np_case_destroy(keys);
    return status;
}

static np_status count_outcomes(const char *path, const np_plan *plan, size_t *out_n, np_error *err)
{
    np_made_dot *dots = NULL;
    np_status status = np_made_read(path, plan, 0, &dots, out_n, err);
    if (status == NP_OK)
        status = np_made_check_ended(path, plan, err);
    free(dots);
    return status;
}

/* PAST, the plan at PATH, as the notes of PLAN have it. */
static np_status compare(const np_plan *plan, const char *path, const np_plan *past,
                         char out_warning[NP_PLAN_PAST_WARNING_BYTES], np_error *err)
{
    size_t then, now = 0;
    char plain[300];
    if (!np_plan_past_find(plan->notes, past->digest, &then)) {
        snprintf(out_warning, NP_PLAN_PAST_WARNING_BYTES,
                 "WARNING: %s is not the plan that this one was planned behind: whether dots were made by that since "
                 "then nobody knows here",
                 np_plain_copy(path, plain, sizeof plain));
        return NP_OK;
    }
    np_status status = count_outcomes(path, past, &now, err);
    if (status == NP_OK && now > then)
        status =
            np_error_set(err, NP_ERR_INVALID,
                         "%s has %zu outcomes in its journal, and had %zu when this plan was made behind it: this one "
                         "knows nothing of those dots and may make them again; plan it anew",
                         path, now, then);
    else if (status == NP_OK && now < then)
        status =
            np_error_set(err, NP_ERR_INVALID,
                         "%s has %zu outcomes in its journal, and had %zu when this plan was made behind it: it is an "
                         "older copy; put the newest one in its place",
                         path, now, then);
    return status;
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

np_status np_plan_past_check(const char *path, const np_plan *plan, char out_warning[NP_PLAN_PAST_WARNING_BYTES],
                             np_error *err)
{
    char *next = NULL;
    out_warning[0] = '\0';
    np_status status = np_plan_past_is_named(plan->notes) ? find_past(path, plan, &next, err) : NP_OK;
    for (int i = 0; i < NP_PLAN_PAST_MAX && status == NP_OK && next && !out_warning[0]; i++) {
        char *at = next;
        next = NULL;
        status = check_one(plan, at, &next, out_warning, err);
        free(at);
    }
    free(next);
    return status;
}
