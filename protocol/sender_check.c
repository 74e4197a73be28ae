/* Whether an answer of the executor can be true, by what it was sent and what the plan says.
 *
 * The executor's word decides what is in the skin, so that one that errs would lose dots silently: it tells of dots that it
 * never had, or ends a session with other counts than it told.  Each answer is believed as a whole or not at all; one that cannot
 * be true ends the session in words, and the executor is held. */
#include "protocol/private/sender.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Ends the session with what was found and expected. */
static bool __attribute__((format(printf, 4, 5)))
distrust(np_wire_sender *s, uint64_t now_us, np_wire_reason reason, const char *format, ...)
{
    char text[NP_WIRE_TEXT_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (s->phase == NP_WIRE_PHASE_FAILED || s->phase == NP_WIRE_PHASE_DONE)
        return false;
    wire_sender_fail(s, now_us, reason, text);
    s->distrusts = true;
    return false;
}

void wire_sender_distrust(np_wire_sender *s, uint64_t now_us, const char *text)
{
    distrust(s, now_us, NP_WIRE_REASON_ANSWER, "%s", text);
}

static bool is_at_most(np_wire_sender *s, uint64_t now_us, const char *field, uint32_t found, uint32_t most,
                       const char *why)
{
    return found <= most || distrust(s, now_us, NP_WIRE_REASON_ANSWER, "%s is %lu, at most %lu was expected: %s", field,
                                     (unsigned long)found, (unsigned long)most, why);
}

/* The first bytes of BYTES, as people read them. */
static const char *hex(const uint8_t bytes[4], char out_text[9])
{
    snprintf(out_text, 9, "%02x%02x%02x%02x", bytes[0], bytes[1], bytes[2], bytes[3]);
    return out_text;
}

bool wire_sender_trusts_welcome(np_wire_sender *s, uint64_t now_us, const np_wire_welcome *w)
{
    char found[9], expected[9];
    if (w->version != NP_WIRE_PROTOCOL_VERSION)
        return distrust(s, now_us, NP_WIRE_REASON_VERSION, "WELCOME: field version is %lu, %d was expected",
                        (unsigned long)w->version, NP_WIRE_PROTOCOL_VERSION);
    if (memcmp(w->schema, s->schema, sizeof s->schema) != 0)
        return distrust(s, now_us, NP_WIRE_REASON_SCHEMA,
                        "WELCOME: field schema is %s.., %s.. was expected: update the older side",
                        hex(w->schema, found), hex(s->schema, expected));
    if (w->max_dots < s->config.n_dots)
        return distrust(s, now_us, NP_WIRE_REASON_TOO_BIG,
                        "WELCOME: field max_dots is %lu: the session has %lu dots, which this executor cannot hold",
                        (unsigned long)w->max_dots, (unsigned long)s->config.n_dots);
    return true;
}

bool wire_sender_trusts_loaded(np_wire_sender *s, uint64_t now_us, const np_wire_loaded *l)
{
    uint32_t count = np_wire_chunk_count(s->config.n_dots);
    if (l->reason != NP_WIRE_REASON_NONE)
        return true;
    if (l->complete)
        return is_at_most(s, now_us, "LOADED: the sum of done, in_doubt and other",
                          l->done > s->config.n_dots || l->in_doubt > s->config.n_dots
                              ? NP_WIRE_MAX_DOTS + 1
                              : l->done + l->in_doubt + l->other,
                          s->config.n_dots, "the session has no more dots");
    return is_at_most(s, now_us, "LOADED: field chunks", l->chunks, count - 1,
                      "with all of them loading is complete or refused");
}

/* Nothing is left out unless we said so. */
static uint32_t most_outcome(const np_wire_sender *s)
{
    return s->config.load.only_reachable ? NP_WIRE_OUTCOME_LEFT : NP_WIRE_OUTCOME_LEFT - 1;
}

/* A dot's outcome that we do not know may stand in a map only if it was made in an earlier epoch, or sent in this. */
static bool trusts_outcome(np_wire_sender *s, uint64_t now_us, uint32_t order, uint32_t outcome)
{
    if (outcome > most_outcome(s))
        return distrust(s, now_us, NP_WIRE_REASON_ANSWER,
                        "RESUME_INFO: field map has outcome %lu for order %lu, 0..%lu was expected",
                        (unsigned long)outcome, (unsigned long)order, (unsigned long)most_outcome(s));
    if (s->has_compared && outcome != NP_WIRE_OUTCOME_NONE && order >= s->sent_end &&
        np_wire_map_get(s->map, order) == NP_WIRE_OUTCOME_NONE)
        return distrust(s, now_us, NP_WIRE_REASON_ANSWER,
                        "RESUME_INFO: field map has outcome %lu for order %lu, which was never sent",
                        (unsigned long)outcome, (unsigned long)order);
    return true;
}

bool wire_sender_trusts_map(np_wire_sender *s, uint64_t now_us, const np_wire_resume_info *r)
{
    const np_wire_load *load = &s->config.load;
    char found[9], expected[9];
    uint32_t n = s->config.n_dots;
    if (memcmp(r->digest, load->digest, sizeof r->digest) != 0)
        return distrust(s, now_us, NP_WIRE_REASON_ANSWER, "RESUME_INFO: field digest is %s.., %s.. was expected",
                        hex(r->digest, found), hex(load->digest, expected));
    if (r->session != load->session)
        return distrust(s, now_us, NP_WIRE_REASON_ANSWER, "RESUME_INFO: field session is %lu, %lu was expected",
                        (unsigned long)r->session, (unsigned long)load->session);
    if (r->first % NP_WIRE_MAP_DOTS || r->first >= n)
        return distrust(s, now_us, NP_WIRE_REASON_ANSWER,
                        "RESUME_INFO: field first is %lu, a multiple of %u below %lu was expected",
                        (unsigned long)r->first, NP_WIRE_MAP_DOTS, (unsigned long)n);
    uint32_t dots = n - r->first < NP_WIRE_MAP_DOTS ? n - r->first : NP_WIRE_MAP_DOTS;
    if (r->n_dots != dots || r->map_size != NP_WIRE_MAP_BYTES(dots))
        return distrust(s, now_us, NP_WIRE_REASON_ANSWER,
                        "RESUME_INFO: fields n_dots and map have %lu dots in %lu bytes, %lu dots were expected",
                        (unsigned long)r->n_dots, (unsigned long)r->map_size, (unsigned long)dots);
    for (uint32_t i = 0; i < dots; i++)
        if (!trusts_outcome(s, now_us, r->first + i, np_wire_map_get(r->map, i)))
            return false;
    return true;
}

/* ---- events ---- */

static bool trusts_outcomes(np_wire_sender *s, uint64_t now_us, const np_wire_events *e)
{
    for (uint32_t i = 0; i < e->n; i++)
        if (e->events[i].outcome > most_outcome(s))
            return distrust(
                s, now_us, NP_WIRE_REASON_ANSWER, "EVENTS: field outcome of order %lu is %lu, 1..%lu was expected",
                (unsigned long)(e->first + i), (unsigned long)e->events[i].outcome, (unsigned long)most_outcome(s));
    for (uint32_t i = 0; i < e->n; i++)
        if (e->events[i].depth_um < 0 || e->events[i].depth_um > NP_WIRE_MEASURED_MAX_UM)
            return distrust(s, now_us, NP_WIRE_REASON_ANSWER,
                            "EVENTS: field depth_um of order %lu is %ld, 0..%d was expected",
                            (unsigned long)(e->first + i), (long)e->events[i].depth_um, NP_WIRE_MEASURED_MAX_UM);
    return true;
}

/* Orders below it may be final at the executor: what was before this arming, what was sent since, and what was final in
 * between. */
static uint32_t may_be_final(np_wire_sender *s)
{
    while (s->sent_end < s->config.n_dots && np_wire_map_get(s->map, s->sent_end) != NP_WIRE_OUTCOME_NONE)
        s->sent_end++;
    return s->sent_end;
}

bool wire_sender_trusts_events(np_wire_sender *s, uint64_t now_us, const np_wire_events *e)
{
    bool moving = e->state == NP_WIRE_STATE_ARMED || e->state == NP_WIRE_STATE_RUNNING;
    /* Before the journals are compared the counts are not used, and without a session they are 0. */
    if (!s->has_compared || e->state < NP_WIRE_STATE_LOADED)
        return true;
    uint32_t end = may_be_final(s);
    if (!is_at_most(s, now_us, "EVENTS: field next", e->next, end, "no dot from there on was sent") ||
        !is_at_most(s, now_us, "EVENTS: field first", e->first, s->acknowledged, "no more was acknowledged") ||
        !is_at_most(s, now_us, "EVENTS: the number of events", e->n, e->next > e->first ? e->next - e->first : 0,
                    "the others are not final") ||
        (moving && e->window &&
         !is_at_most(s, now_us, "EVENTS: field received", e->received, end, "no dot from there on was sent")))
        return false;
    if (e->next < s->acknowledged)
        return distrust(s, now_us, NP_WIRE_REASON_ANSWER,
                        "EVENTS: field next is %lu, at least %lu was expected: so many were told before",
                        (unsigned long)e->next, (unsigned long)s->acknowledged);
    return trusts_outcomes(s, now_us, e);
}

bool wire_sender_trusts_ended(np_wire_sender *s, uint64_t now_us, const np_wire_ended *e)
{
    return (e->done == s->done && e->in_doubt == s->in_doubt && e->other == s->other && e->left == s->left) ||
           distrust(
               s, now_us, NP_WIRE_REASON_ANSWER,
               "ENDED: fields done, in_doubt, other, left are %lu, %lu, %lu, %lu; %lu, %lu, %lu, %lu were expected",
               (unsigned long)e->done, (unsigned long)e->in_doubt, (unsigned long)e->other, (unsigned long)e->left,
               (unsigned long)s->done, (unsigned long)s->in_doubt, (unsigned long)s->other, (unsigned long)s->left);
}
