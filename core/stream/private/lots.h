/* Lots of needles and pigment, as the operator names them for a run and as they are confirmed at the executor. */
#ifndef NP_STREAM_PRIVATE_LOTS_H
#define NP_STREAM_PRIVATE_LOTS_H

#include "stream/private/session.h"

/* What the plan has of those that were confirmed; what it has not yet the executor tells. */
void stream_lots_read(stream_session *session);
/* What was confirmed was so at another executor. */
void stream_lots_forget(stream_session *session);
/* The lots that the operator named hold from NEXT on, the first dot that this run can make: later than what the executor
 * still had to tell of earlier runs, and before anything it does now.  What was confirmed at the executor under another name stays,
 * and that is said; until the next one of its kind is confirmed there.  False: journal_error says why. */
bool stream_lots_note(stream_session *session, uint32_t next);
/* Of a supply that the executor tells, before it is written down: the operator's lot, if it was set aside, goes in front of one that nobody named;
 * not where shades differ, as there each cartridge is confirmed by its name.  False: as above. */
bool stream_lots_take(stream_session *session, const np_wire_supply *supply);

#endif
