/* Before and after the run of a session: the plan, the journal, the link. */
#ifndef NP_STREAM_PRIVATE_PREPARE_H
#define NP_STREAM_PRIVATE_PREPARE_H

#include "stream/private/session.h"

/* Reads and checks the plan, and turns its session into what a sender wants; *SESSION zero-initialised but for its options.
 * Nothing is written and nobody is talked to. */
np_status stream_session_prepare(stream_session *session, np_error *err);
/* A touch-up knows of what was made before it only what the earlier plans said then: whether that holds still. */
np_status stream_session_check_past(const stream_session *session, np_error *err);
/* How many dots NUMBER's session has, and how many of each outcome the plan's journal knows: TOTAL and the three counts of
 * *OUT_STATE, which is zero otherwise. */
np_status stream_session_count(const stream_session *session, int number, np_run_state *out_state, np_error *err);
/* Opens the link and, unless it is a rehearsal, the journal. */
np_status stream_session_open(stream_session *session, np_error *err);
/* The journal alone; not in a rehearsal. */
np_status stream_session_open_journal(stream_session *session, np_error *err);
/* Fills in what the plan's journal knows of the dots, in the executor's own words where it kept them. */
void stream_session_fill_known(stream_session *session);
/* Wipes and frees the sender, which holds keys; nothing if there is none. */
void stream_session_free_sender(stream_session *session);
/* Closes and frees everything; ENDING goes into the plan's run (NP_PLAN_RUN_RUNNING: it was never
 * opened or is left as after a crash). */
np_status stream_session_close(stream_session *session, np_plan_run_state ending, np_error *err);

#endif
