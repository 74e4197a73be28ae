/* The plans that a touch-up was planned behind: which they were, and how much of them was made then, stands in its notes. */
#ifndef NP_PLAN_PAST_H
#define NP_PLAN_PAST_H

#include "case/case.h"
#include "plan/made.h"

#define NP_PLAN_PAST_MAX 16    /* plans in a row */
#define NP_PLAN_PAST_BYTES 200 /* of np_plan_past_words */
#define NP_PLAN_PAST_WARNING_BYTES 600

/* What had become of a plan's dots. */
typedef struct np_plan_past {
    size_t n_outcomes; /* dots that have an outcome, whatever it is */
    char state[17];    /* hash of which dots have which, in hexadecimal */
} np_plan_past;

/* Of the N dots MADE that np_made_read gave for all sessions. */
np_plan_past np_plan_past_of(const np_made_dot *made, size_t n);
bool np_plan_past_is_same(const np_plan_past *a, const np_plan_past *b);
/* What a note says of the plan with DIGEST. */
void np_plan_past_words(const unsigned char digest[NP_PLAN_DIGEST_BYTES], const np_plan_past *past,
                        char out[NP_PLAN_PAST_BYTES]);
/* Whether NOTES name any earlier plan. */
bool np_plan_past_is_named(const char *notes);
/* What a note says of dots that were found on the skin. */
#define NP_PLAN_PAST_FOUND_WORDS "dots that were found stand in"
/* Whether dots stand that are not the plan's, by its NOTES: its own are no picture of the skin, and not to be judged alone. */
bool np_plan_past_stands(const char *notes);
/* What a note says where the figures of the pattern are of the plan's dots and those that stand, together; and whether NOTES say so. */
#define NP_PLAN_PAST_COUNTED_WORDS "figures of the pattern are of new dots and those that stand, together"
bool np_plan_past_is_counted(const char *notes);
/* Whether NOTES say it of the plan with DIGEST, and what. */
bool np_plan_past_find(const char *notes, const unsigned char digest[NP_PLAN_DIGEST_BYTES], np_plan_past *out);

/* Whether a plan of the case C, written to PATH, would find the earlier plan that the case names: a plan keeps the case's text alone, and who
 * approves or runs it looks from its own folder.  NP_ERR_USAGE, with what to do, where that is not the file that C, from the case's folder,
 * names; NP_OK for a case that names none, or one that is not there. */
np_status np_plan_past_check_target(const char *path, const np_case *c, np_error *err);

/* Whether the dots of the plans that PLAN (the file at PATH) was planned behind have the outcomes that they had then: they are looked for beside
 * it, where its case named them.  NP_ERR_INVALID, with what to do, where they have more or others (dots were made that PLAN knows nothing of, and would
 * make again) or fewer (an older copy, or dots that are to be made again), or one is being run; and for np_plan_followers_check beside PLAN and
 * beside each of them.  OUT_WARNING: what could not be told, and why; "" where everything was. */
np_status np_plan_past_check(const char *path, const np_plan *plan, char out_warning[NP_PLAN_PAST_WARNING_BYTES],
                             np_error *err);

#endif
