/* A person's verdicts on dots in doubt or failed, brought to the executor and into the plan's journal.
 *
 * The executor is told first: if we die in between, its journal has the verdict and ours does not, and the same review
 * given again settles that.  The other way round a dot could be sent that the executor still doubts. */
#include <math.h>
#include <stdlib.h>

#include "link/link.h"
#include "stream/private/session.h"

#include "stream/private/place.h"
#include "stream/private/review.h"
#include "stream/private/run.h"

_Static_assert(NP_RUN_MAX_VERDICTS == NP_WIRE_REVIEWS_MAX, "a sender takes as many as a run");

static np_status find_dot(const stream_session *s, size_t i, const np_journal_state *states, uint32_t *out_order,
                          np_error *err)
{
    const np_run_options *o = s->options;
    uint32_t id = o->verdicts[i].dot_id, order = 0;
    while (order < s->n_dots && s->dots[order].id != id)
        order++;
    if (order == s->n_dots)
        return np_error_set(err, NP_ERR_INVALID, "dot %u is not of session %d", id, o->session);
    for (size_t k = 0; k < i; k++)
        if (s->orders[k] == order)
            return np_error_set(err, NP_ERR_INVALID, "dot %u has two verdicts; give it one", id);
    bool again = !o->verdicts[i].done && states[order] == NP_JOURNAL_FAILED;
    /* an executor may deny that it is done; a gantry has no journal that could */
    bool settles = o->verdicts[i].done && states[order] == NP_JOURNAL_DONE && !np_link_is_text(o->target);
    /* who has looked, as the executor's record is another's or older, may see what nobody was told of */
    bool unheard = o->verdicts[i].done && states[order] == NP_JOURNAL_NONE && o->other_executor;
    if (states[order] != NP_JOURNAL_IN_DOUBT && !again && !settles && !unheard)
        return np_error_set(err, NP_ERR_INVALID,
                            "dot %u is not in doubt%s: it is '%s'; `needlepath review %s --session %d` lists "
                            "those that are",
                            id, o->verdicts[i].done ? "" : " and has not failed", np_journal_state_name(states[order]),
                            o->plan_path, o->session);
    *out_order = order;
    return NP_OK;
}

np_status stream_session_check_verdicts(stream_session *s, np_error *err)
{
    const np_run_options *o = s->options;
    if (o->n_verdicts == 0)
        return NP_OK;
    if (o->n_verdicts > NP_RUN_MAX_VERDICTS)
        return np_error_set(err, NP_ERR_INVALID, "%zu verdicts at once; at most %d are taken", o->n_verdicts,
                            NP_RUN_MAX_VERDICTS);
    np_journal_state *states = malloc(s->n_dots * sizeof *states);
    if (!states)
        return np_error_no_memory(err, "the journal");
    np_status status = np_journal_read(o->plan_path, o->session, states, s->n_dots, err);
    for (size_t i = 0; i < o->n_verdicts && status == NP_OK; i++)
        status = find_dot(s, i, states, &s->orders[i], err);
    free(states);
    return status;
}

void stream_session_give_verdicts(stream_session *s)
{
    const np_run_options *o = s->options;
    for (size_t i = 0; i < o->n_verdicts; i++)
        np_wire_sender_review(s->sender, s->orders[i],
                              o->verdicts[i].done ? NP_WIRE_OUTCOME_DONE : NP_WIRE_OUTCOME_NONE);
    if (o->n_verdicts)
        np_wire_sender_hold(s->sender);
}

bool stream_session_take_reviewed(void *context, uint32_t order, uint32_t id, uint32_t outcome)
{
    stream_session *s = context;
    (void)order;
    np_journal_state state = outcome == NP_WIRE_OUTCOME_DONE ? NP_JOURNAL_DONE : NP_JOURNAL_NONE;
    np_journal_event event = {
        .dot_id = id,
        .state = state,
        .time_unix_us = stream_session_unix_us(),
        .depth_mm = NAN,
        .outcome = outcome,
    };
    /* After a reconnect the sender asks for everything once more. */
    if (np_journal_state_of(s->journal, id) == state)
        return true;
    if (state == NP_JOURNAL_DONE && stream_place_record_reviewed(s, &s->journal_error) != NP_OK)
        return false;
    return np_journal_record(s->journal, &event, 1, &s->journal_error) == NP_OK;
}

np_status stream_session_end_of_review(const stream_session *s, np_error *err)
{
    const np_run_options *o = s->options;
    for (size_t i = 0; i < o->n_verdicts; i++) {
        uint32_t id = o->verdicts[i].dot_id;
        np_journal_state state = np_journal_state_of(s->journal, id);
        if (state != (o->verdicts[i].done ? NP_JOURNAL_DONE : NP_JOURNAL_NONE))
            return np_error_set(err, NP_ERR_DEVICE,
                                "the verdict on dot %u was not taken: by the executor's record it is '%s'", id,
                                np_journal_state_name(state));
    }
    return NP_OK;
}
