/* Sessions in their order, and not before their day. */
#ifndef NP_STREAM_PRIVATE_CALENDAR_H
#define NP_STREAM_PRIVATE_CALENDAR_H

#include "stream/private/session.h"

/* Whether SESSION's session may be made at NOW_UNIX_S, by the plan's journal: every dot of each session before has its outcome (made,
 * in doubt, failed), no dot of a later session was begun, and as many days as the case puts between it and each session before have
 * passed since that one's last run; no approval is of a day that is still to come, and none of its cartridges has expired.  Days are those of the calendar where this runs.  NP_ERR_UNSAFE if not and the operator gave no
 * reason (options->early); with one, what was not kept stands in SESSION's early_found, for the record, and is logged. */
np_status stream_calendar_check(stream_session *session, int64_t now_unix_s, np_error *err);

#endif
