/* Whose journal it is that leads: the epoch that the plan notes before anything is armed, and what to do about an executor that
 * does not know of it.
 *
 * The executor's journal says what was made, also what this side never heard of.  One that lacks the last epoch noted is another
 * executor's, was begun anew, or comes from a copy that was made before that epoch: dots may be in the skin that it does not have.
 * Only a person who has looked can take it. */
#include "stream/private/whose.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "stream/private/lots.h"

void stream_whose_fill(stream_session *s)
{
    s->has_noted = s->journal && np_journal_noted_epoch(s->journal, &s->noted);
    if (s->has_noted && !s->options->other_executor)
        memcpy(s->load.noted, s->noted.token, sizeof s->load.noted);
}

void stream_whose_meet(stream_session *s, const np_wire_sender_info *info)
{
    if (!info->epoch || info->epoch == s->met_epoch)
        return;
    /* By number alone only where the executor's journal must have the token as well: an older copy of it comes to the same numbers. */
    bool so_far = s->met_epoch ? s->follows : s->has_noted && !s->options->other_executor;
    uint32_t last = s->met_epoch ? s->met_epoch : s->noted.epoch;
    s->follows =
        so_far && info->epoch == last + 1 && memcmp(info->identity, s->noted.identity, sizeof info->identity) == 0;
    s->met_epoch = info->epoch;
}

bool stream_whose_note(void *context, const np_wire_welcome *w, uint32_t supplies_behind)
{
    stream_session *s = context;
    np_plan_epoch epoch = {.epoch = w->epoch, .supplies_behind = supplies_behind};
    if (!s->journal)
        return true;
    memcpy(epoch.token, w->nonce, sizeof epoch.token);
    memcpy(epoch.identity, w->identity, sizeof epoch.identity);
    snprintf(epoch.executor, sizeof epoch.executor, "%s", w->name);
    /* The reason goes with the first epoch of the run; the ones after it follow that. */
    const char *reason = s->other_is_noted ? NULL : s->options->other_executor;
    if (np_journal_note_epoch(s->journal, &epoch, reason, &s->journal_error) != NP_OK)
        return false;
    if (s->has_noted && memcmp(epoch.identity, s->noted.identity, sizeof epoch.identity) != 0)
        stream_lots_forget(s);
    s->other_is_noted = s->has_noted = true;
    s->noted = epoch;
    s->met_epoch = epoch.epoch; /* all that was made before it is told, and in the plan */
    s->follows = true;
    return true;
}

np_status stream_whose_note_gantry(stream_session *s, np_error *err)
{
    np_plan_epoch epoch = {.supplies_behind = s->noted.supplies_behind};
    randombytes_buf(epoch.token, sizeof epoch.token);
    snprintf(epoch.executor, sizeof epoch.executor, "%s", s->options->target);
    return np_journal_note_epoch(s->journal, &epoch, s->options->other_executor, err);
}

np_status stream_whose_refused(const stream_session *s, const np_wire_sender_info *info, np_error *err)
{
    const np_run_options *o = s->options;
    char now[2 * NP_WIRE_IDENTITY_BYTES + 1], then[sizeof now];
    np_hex_write(info->identity, sizeof info->identity, now);
    np_hex_write(s->noted.identity, sizeof s->noted.identity, then);
    if (strcmp(now, then) == 0)
        return np_error_set(
            err, NP_ERR_DEVICE,
            "%s: the journal of %s (%s) is an older copy, from before session %d was last run there: what was "
            "made since it does not know. Nothing was made. Stop it and put its newest journal back; if "
            "there is none, look at the skin, then give the same command with --other-executor REASON",
            o->target, info->executor, now, o->session);
    return np_error_set(
        err, NP_ERR_DEVICE,
        "%s: session %d was last run at the executor %s (%s), and this is %s (%s): another one, or one whose "
        "journal was lost and begun anew, so that it does not know what was made. Nothing was made. Go on "
        "at that one, with its journal; if it is gone, look at the skin, then give the same command with "
        "--other-executor REASON",
        o->target, o->session, s->noted.executor, then, info->executor, now);
}
