/* A session on a gantry rig: grbl 1.1 or grblHAL moves, this side decides and remembers.  docs/decisions/links.md. */
#ifndef NP_STREAM_GRBL_RUN_H
#define NP_STREAM_GRBL_RUN_H

#include "stream/private/session.h"

/* The session of S, which was prepared: run, rehearsed, or (with verdicts) settled in the plan's journal, for which the
 * controller, that remembers nothing, is not asked.  *OUT_ENDING is what the run's row is to say; errors as
 * np_run_session's. */
np_status np_grbl_session(stream_session *s, np_plan_run_state *out_ending, np_error *err);

/* Brings a controller that nobody has open to rest: feed hold, then reset.  The needle stays where it is.  NP_OK when it stands. */
np_status np_grbl_stop(const char *target, double timeout_s, np_error *err);

#endif
