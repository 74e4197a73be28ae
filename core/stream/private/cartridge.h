/* Which cartridge is in the arm, and which is wanted: of plans with shades; in others nothing happens here. */
#ifndef NP_STREAM_PRIVATE_CARTRIDGE_H
#define NP_STREAM_PRIVATE_CARTRIDGE_H

#include "stream/private/session.h"

/* Holds the sender, once, if a wrong cartridge is in the arm. */
void stream_cartridge_hold(stream_session *session);

/* Whether the cartridge that was put in at ORDER also makes the dot at NEXT; else the executor asks for another. */
bool stream_cartridge_stays(const stream_session *session, uint32_t order, uint32_t next);

/* session->wrong_cartridge says whether LOT ("": nobody named it), put in at ORDER, is another's than that place is to be made with. */
void stream_cartridge_check(stream_session *session, uint32_t order, const char *lot);

/* A needle change that the executor tells of, before a dot was sent since: session->wrong_cartridge says whether its lot is another's than its place is to be
 * made with, and then the sender holds.  "", a lot that nobody named, passes for what was asked for. */
void stream_cartridge_take(stream_session *session, const np_wire_supply *supply);

/* The same of what the plan's journal has of the cartridge in the arm, if the next dot is to be made with that one;
 * stream_cartridge_hold is left to the caller. */
void stream_cartridge_check_noted(stream_session *session);

/* Says to the operator which cartridge the executor waits for, once for each, and not before it is known at which dot it waits. */
void stream_cartridge_ask(stream_session *session, const np_wire_sender_info *info);

/* NP_ERR_STOPPED: what was put in, what is wanted, and how to go on. */
np_status stream_cartridge_end(const stream_session *session, np_error *err);

#endif
