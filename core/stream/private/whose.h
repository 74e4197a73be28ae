/* Whose journal it is that leads. */
#ifndef NP_STREAM_PRIVATE_WHOSE_H
#define NP_STREAM_PRIVATE_WHOSE_H

#include "stream/private/session.h"

/* Has the sender name the epoch that the plan notes of the session, unless the operator takes an executor that lacks it; SESSION's
 * journal is open (in a rehearsal there is none, and nothing is noted). */
void stream_whose_fill(stream_session *session);
/* At each welcome of a run: whether all of the executor's epochs since the one that the plan notes are this run's own, by token and
 * number.  If so nothing else was armed there in between, and what it has to tell was made in the plan's own last run; else it may be
 * of any other.  Never so of an executor that is taken with other_executor, until its own epoch is noted. */
void stream_whose_meet(stream_session *session, const np_wire_sender_info *info);
/* The sender's callback: something may be armed in this epoch. */
bool stream_whose_note(void *context, const np_wire_welcome *welcome, uint32_t supplies_behind);
/* Has the plan note why a gantry is taken although this machine's ledger has dots of the session at another target.  A later run at an
 * executor with a journal finds an epoch that this one lacks. */
np_status stream_whose_note_gantry(stream_session *session, np_error *err);
/* NP_ERR_DEVICE: the executor lacks the epoch noted; what that means, and what to do. */
np_status stream_whose_refused(const stream_session *session, const np_wire_sender_info *info, np_error *err);

#endif
