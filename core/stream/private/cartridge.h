/* Which cartridge is in the arm, and which is wanted: of plans with shades; in others nothing happens here. */
#ifndef NP_STREAM_PRIVATE_CARTRIDGE_H
#define NP_STREAM_PRIVATE_CARTRIDGE_H

#include "stream/private/session.h"

/* A needle of LOT was put in at ORDER: session->wrong_cartridge says whether it is another's than that place is to be made with.  "", a lot that nobody named,
 * passes for what was asked for. */
void stream_cartridge_check(stream_session *session, uint32_t order, const char *lot);

/* The same of what the plan's journal, or the operator for this run, has of the cartridge in the arm, if the next dot is to be made with that one. */
void stream_cartridge_check_noted(stream_session *session);

/* Says to the operator which cartridge a hold waits for, once for each. */
void stream_cartridge_ask(stream_session *session, const np_wire_sender_info *info);

/* NP_ERR_STOPPED: what was put in, what is wanted, and how to go on. */
np_status stream_cartridge_end(const stream_session *session, np_error *err);

#endif
