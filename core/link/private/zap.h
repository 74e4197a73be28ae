/* The executor's end of CURVE: ZeroMQ asks us about every key that connects (ZAP, RFC 27).  Private to the room.
 *
 * Nobody is turned away who speaks CURVE: listed keys may run sessions, all others may STOP, and the link tells which by
 * ZeroMQ's User-Id on every frame.  Answered by the link's own thread, whenever it waits: there is no thread of ours. */
#ifndef NP_LINK_PRIVATE_ZAP_H
#define NP_LINK_PRIVATE_ZAP_H

#include "link/private/link_key_set.h"

#define LINK_ZAP_USER_MAY_RUN "run" /* the User-Id of a listed key; any other, or none, may only stop */
#define LINK_ZAP_USER_MAY_STOP "stop"
#define LINK_ZAP_DOMAIN "needlepath"

/* Zero-initialise. */
typedef struct link_zap {
    void *socket;
    link_key_set keys; /* the list; no secret stays here */
    void (*log)(void *context, const char *text);
    void *log_context;
    uint64_t next_log_us;
} link_zap;

/* Takes over the list of KEYS.  To be opened before the socket that it speaks for is bound.  NP_ERR_INTERNAL. */
np_status link_zap_open(link_zap *zap, void *context, link_key_set *keys, const np_link_keys *curve, np_error *err);
/* Answers what was asked since; never blocks. */
void link_zap_serve(link_zap *zap);
void link_zap_close(link_zap *zap);

#endif
