/* The executor's end of CURVE: ZeroMQ asks us about every key that connects (ZAP, RFC 27).  Private to the room.
 *
 * Nobody is turned away who speaks CURVE: listed keys may run sessions, all others may STOP, and the link tells which by
 * ZeroMQ's User-Id on every frame.  Answered by the link's own thread, whenever it waits: there is no thread of ours. */
#ifndef NP_LINK_ZAP_H
#define NP_LINK_ZAP_H

#include "link/curve_keys.h"

#define NP_ZAP_USER_MAY_RUN "run" /* the User-Id of a listed key; any other, or none, may only stop */
#define NP_ZAP_USER_MAY_STOP "stop"
#define NP_ZAP_DOMAIN "needlepath"

/* Zero-initialise. */
typedef struct np_zap {
    void *socket;
    np_curve_keys keys; /* the list; no secret stays here */
    void (*log)(void *context, const char *text);
    void *log_context;
    uint64_t next_log_us;
} np_zap;

/* Takes over the list of KEYS.  To be opened before the socket that it speaks for is bound.  NP_ERR_INTERNAL. */
np_status np_zap_open(np_zap *zap, void *context, np_curve_keys *keys, const np_link_curve *curve, np_error *err);
/* Answers what was asked since; never blocks. */
void np_zap_serve(np_zap *zap);
void np_zap_close(np_zap *zap);

#endif
