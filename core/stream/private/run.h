/* The run of a session by the sender. */
#ifndef NP_STREAM_PRIVATE_RUN_H
#define NP_STREAM_PRIVATE_RUN_H

#include "stream/private/session.h"

/* What the plan's journal calls now: microseconds since 1970. */
int64_t stream_session_unix_us(void);
/* Gives SESSION's state the counts of what the plan knows (s->known). */
void stream_session_count_known(stream_session *session);
/* Tells how far the run is, at most ten times a second. */
void stream_session_report(stream_session *session, const char *phase, uint32_t done, uint32_t in_doubt,
                           uint32_t failed, bool is_running, uint64_t now_us);
/* Runs a sender with the approval chosen, to its end.  *OUT_ENDING is what the run's row is to say. */
np_status stream_session_run(stream_session *session, np_plan_run_state *out_ending, np_wire_reason *out_reason,
                             np_error *err);

#endif
