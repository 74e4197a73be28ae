/* From the plan file to what a sender wants, and the way back into the plan's journal. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "link/key.h"
#include "plan/binding.h"
#include "plan/cartridges.h"
#include "plan/chunks.h"
#include "plan/envelope.h"
#include "plan/past.h"
#include "stream/private/approval.h"
#include "stream/private/place.h"
#include "stream/private/prepare.h"
#include "stream/private/session.h"
#include "stream/private/whose.h"

/* ---- the plan ---- */

static np_status check_session(const stream_session *s, np_error *err)
{
    const np_run_options *o = s->options;
    if (o->session < 1 || (size_t)o->session > s->plan->n_sessions)
        return np_error_set(err, NP_ERR_INVALID, "%s: there is no session %d; the plan has %zu", o->plan_path,
                            o->session, s->plan->n_sessions);
    if (s->plan->sessions[o->session - 1].dots == 0)
        return np_error_set(err, NP_ERR_INVALID, "%s: session %d has no dots", o->plan_path, o->session);
    np_plan_cartridge cartridges[NP_PLAN_CARTRIDGES_MAX];
    size_t n = np_plan_cartridges(s->plan, o->session, cartridges);
    if (n > NP_PLAN_CARTRIDGES_MAX)
        return np_error_set(err, NP_ERR_INVALID,
                            "%s: session %d takes %zu cartridges, and %d is the most that are sent", o->plan_path,
                            o->session, n, NP_PLAN_CARTRIDGES_MAX);
    return NP_OK;
}

static void fill_load(stream_session *s)
{
    const np_plan *plan = s->plan;
    np_wire_load *l = &s->load;
    memcpy(l->digest, plan->digest, sizeof l->digest);
    np_plan_header_hash(plan, l->header_hash);
    l->session = (uint32_t)s->options->session;
    l->n_sessions = (uint32_t)plan->n_sessions;
    for (size_t i = 0; i < plan->n_sessions; i++)
        np_plan_session_binding(plan, (int)i + 1, &l->sessions[i]);
    l->limits = np_plan_wire_limits(plan);
    stream_place_fill_load(s, l);
    l->air = s->options->air ? NP_WIRE_AIR_MOVES : NP_WIRE_AIR_NOT;
    l->only_reachable = s->options->only_reachable;
    stream_approval_choose(s, 0);
    l->reload_every = (uint32_t)plan->reload_every;
    np_plan_cartridge cartridges[NP_PLAN_CARTRIDGES_MAX];
    size_t n = np_plan_cartridges(plan, s->options->session, cartridges);
    for (size_t i = 0; i < n && i < NP_WIRE_CARTRIDGES_MAX; i++)
        l->cartridges[l->n_cartridges++] = cartridges[i].first;
}

static np_status fill_dots(stream_session *s, np_error *err)
{
    np_plan_chunks chunks = np_plan_chunks_begin(s->plan, s->options->session);
    np_plan_chunk chunk;
    uint32_t n_stops = 0;
    s->dots = malloc(chunks.n * sizeof *s->dots);
    s->known = calloc(chunks.n, 1);
    s->reached = calloc(chunks.n, 1);
    s->stops = malloc((np_wire_chunk_count((uint32_t)chunks.n) * NP_WIRE_CHUNK_STOPS + 1) * sizeof *s->stops);
    if (!s->dots || !s->known || !s->reached || !s->stops)
        return np_error_no_memory(err, "the session's dots");
    do {
        if (!np_plan_chunks_next(&chunks, &chunk))
            return np_error_set(err, NP_ERR_FORMAT,
                                "%s: the moves of session %d are not those of its dots: plan the case again",
                                s->options->plan_path, s->options->session);
        for (uint32_t i = 0; i < chunk.n; i++) {
            chunk.dots[i].first_stop += n_stops;
            s->dots[s->n_dots++] = chunk.dots[i];
        }
        memcpy(s->stops + n_stops, chunk.stops, chunk.n_stops * sizeof *s->stops);
        n_stops += chunk.n_stops;
    } while (chunk.n > 0);
    return NP_OK;
}

/* A stranger's key would do for a stop; a run wants one that the executor knows. */
static np_status check_curve(const np_run_options *o, const np_link_keys *curve, np_error *err)
{
    if (curve->server_key && !curve->key)
        return np_error_set(err, NP_ERR_USAGE,
                            "--server-key goes with --curve-key, your own secret key, whose public half the "
                            "executor has on its list");
    return np_link_keys_check_for(o->target, curve, false, err);
}

np_status stream_session_check_past(const stream_session *s, np_error *err)
{
    const np_run_options *o = s->options;
    char warning[NP_PLAN_PAST_WARNING_BYTES];
    np_status status = np_plan_past_check(o->plan_path, s->plan, warning, err);
    if (status != NP_OK)
        return np_error_prefix(err, status, "%s", o->plan_path);
    if (warning[0] && o->log)
        o->log(o->report_context, warning);
    return NP_OK;
}

np_status stream_session_prepare(stream_session *s, np_error *err)
{
    const np_run_options *o = s->options;
    if (sodium_init() < 0)
        return np_error_set(err, NP_ERR_INTERNAL, "libsodium cannot be started: no source of random numbers");
    s->curve = (np_link_keys){.key = o->curve_key, .server_key = o->server_key};
    np_status status = np_link_check_target(o->target, false, err);
    if (status == NP_OK)
        status = check_curve(o, &s->curve, err);
    if (status == NP_OK && o->link_key) {
        np_link_lock_key(s, sizeof *s, o->log, o->report_context);
        status = np_link_read_key(o->link_key, NP_KEY_FILE_LINK, s->link_key, err);
    }
    if (status == NP_OK)
        status = np_plan_read(o->plan_path, &s->plan, err);
    /* Whoever made the file, and whoever signed it: what is sent is within the envelope, spacing included. */
    if (status == NP_OK && (status = np_envelope_check(s->plan, err)) != NP_OK)
        np_error_prefix(err, status, "%s", o->plan_path);
    if (status == NP_OK && !o->air && !o->n_verdicts)
        status = stream_session_check_past(s, err);
    if (status == NP_OK)
        status = check_session(s, err);
    if (status == NP_OK)
        status = stream_approval_check(s, err);
    if (status == NP_OK)
        status = stream_place_find(s, err);
    if (status == NP_OK)
        status = fill_dots(s, err);
    if (status == NP_OK)
        fill_load(s);
    return status;
}

/* ---- journal and link ---- */

void stream_session_fill_known(stream_session *s)
{
    for (uint32_t i = 0; i < s->n_dots; i++) {
        uint32_t id = s->dots[i].id, outcome = np_journal_outcome_of(s->journal, id);
        switch (np_journal_state_of(s->journal, id)) {
        case NP_JOURNAL_DONE:
            s->known[i] = (uint8_t)(outcome ? outcome : NP_WIRE_OUTCOME_DONE);
            break;
        case NP_JOURNAL_IN_DOUBT:
            s->known[i] = NP_WIRE_OUTCOME_IN_DOUBT;
            break;
        case NP_JOURNAL_FAILED:
            s->known[i] = (uint8_t)(outcome ? outcome : NP_WIRE_OUTCOME_SKIPPED);
            break;
        default: /* sent is not known: the executor will tell */
            s->known[i] = NP_WIRE_OUTCOME_NONE;
        }
    }
}

np_status stream_session_count(const stream_session *s, int number, np_run_state *out, np_error *err)
{
    uint32_t n = s->plan->sessions[number - 1].dots;
    np_journal_state *states = malloc((n + 1) * sizeof *states);
    *out = (np_run_state){.total = n};
    if (!states)
        return np_error_no_memory(err, "the journal");
    np_status status = np_journal_read(s->options->plan_path, number, states, n, err);
    for (uint32_t i = 0; i < n && status == NP_OK; i++) {
        out->done += states[i] == NP_JOURNAL_DONE;
        out->in_doubt += states[i] == NP_JOURNAL_IN_DOUBT;
        out->failed += states[i] == NP_JOURNAL_FAILED;
    }
    free(states);
    return status;
}

np_status stream_session_open_journal(stream_session *s, np_error *err)
{
    const np_run_options *o = s->options;
    /* A rehearsal leaves the plan as it is. */
    if (o->air)
        return NP_OK;
    np_status status =
        np_journal_open(o->plan_path, s->plan, o->session, o->target, (int64_t)time(NULL), &s->journal, err);
    if (status == NP_OK)
        status = stream_place_claim(s, err);
    if (status == NP_OK && s->early_found[0])
        status = np_journal_record_early(s->journal, s->early_found, o->early, err);
    if (status == NP_OK) {
        stream_session_fill_known(s);
        stream_whose_fill(s);
    }
    return status;
}

np_status stream_session_open(stream_session *s, np_error *err)
{
    const np_run_options *o = s->options;
    if (!s->curve.server_key && np_link_is_exposed(o->target, false) && o->log)
        o->log(o->report_context,
               "NOT ENCRYPTED: the link goes over a network without CURVE, and whoever is on the way can read "
               "the plan and stop the arm; --curve-key encrypts zmq: links");
    np_status status = np_link_open(&(np_link_options){.target = o->target, .keys = &s->curve}, &s->link, err);
    return status == NP_OK ? stream_session_open_journal(s, err) : status;
}

void stream_session_free_sender(stream_session *s)
{
    if (s->memory)
        sodium_munlock(s->memory, s->memory_size);
    free(s->memory);
    s->memory = NULL;
}

np_status stream_session_close(stream_session *s, np_plan_run_state ending, np_error *err)
{
    const np_run_options *o = s->options;
    bool was_open = s->journal != NULL;
    np_status status = np_journal_close(&s->journal, ending, err);
    if (was_open && o->log && np_plan_needs_log(o->plan_path))
        o->log(o->report_context, "another program has the plan file open: until that is closed, the plan is whole "
                                  "only with the file beside it "
                                  "whose name ends in -wal; copy both or neither");
    np_ledger_close(&s->ledger);
    np_link_close(&s->link);
    np_plan_destroy(s->plan);
    free(s->dots);
    free(s->stops);
    free(s->known);
    free(s->reached);
    stream_session_free_sender(s);
    sodium_munlock(s, sizeof *s);
    return status;
}
