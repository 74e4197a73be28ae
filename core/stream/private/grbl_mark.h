/* What a controller remembers of the session that it makes: the string that grbl's `$I=` keeps. */
#ifndef NP_STREAM_PRIVATE_GRBL_MARK_H
#define NP_STREAM_PRIVATE_GRBL_MARK_H

#include "stream/private/grbl.h"
#include "stream/private/session.h"

/* By what GRBL, whose set-up was read, keeps: NP_ERR_INVALID if it has begun a session that this machine's ledger has never seen, before
 * anything moves; what else an operator should know is logged.  Nothing in a rehearsal. */
np_status stream_grbl_mark_check(stream_session *session, const stream_grbl *grbl, np_error *err);
/* Before the session's first dot, at rest: it is begun, by ledger and controller.  Writes nothing if that stands there; says so if the
 * controller does not keep it. */
np_status stream_grbl_mark_begin(stream_session *session, stream_grbl *grbl, np_error *err);
/* Nothing of the session is left to make. */
np_status stream_grbl_mark_end(stream_session *session, stream_grbl *grbl, np_error *err);

#endif
