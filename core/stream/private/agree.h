/* The plan's journal and the ledger of the machine that drives.  Internal. */
#ifndef NP_STREAM_PRIVATE_AGREE_H
#define NP_STREAM_PRIVATE_AGREE_H

#include "stream/private/session.h"

/* Opens the ledger for a session whose journal is open; nothing in a rehearsal. */
np_status stream_agree_open(stream_session *session, np_error *err);
/* Holds the plan's journal to the ledger.  NP_ERR_INVALID names the dots on which they differ, unless the operator's options say
 * what to do: then the difference is settled in both, and what is known of the dots with it. */
np_status stream_agree(stream_session *session, np_error *err);
/* Writes one dot's state into the ledger; nothing without one. */
np_status stream_agree_record(stream_session *session, uint32_t dot_id, np_journal_state state, const char *origin,
                              np_error *err);

#endif
