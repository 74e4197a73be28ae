/* What became of ZeroMQ's connections and handshakes, from its socket monitor; private to the room.
 *
 * Without it a wrong key looks like an executor that is not there, and nobody counts who is connected to an executor. */
#ifndef NP_LINK_PRIVATE_WATCH_H
#define NP_LINK_PRIVATE_WATCH_H

#include "link/private/crowd.h"
#include "link/private/link_key_set.h"

/* Zero-initialise. */
typedef struct link_watch {
    void *socket;
    bool with_curve, listening;
    bool succeeded;    /* at least once */
    unsigned broken;   /* handshakes in a row that the other side broke off */
    char trouble[300]; /* of the last one; "" after one that succeeded */
    char failure[400]; /* why there is no use in trying on; "" while there is */
    void (*log)(void *context, const char *text);
    void *log_context;
    uint64_t next_log_us;
    link_crowd crowd; /* if listening */
} link_watch;

/* Watches OF, a socket of CONTEXT.  CURVE NULL: a plain one. */
np_status link_watch_open(link_watch *watch, void *context, void *of, bool listening, const np_link_keys *curve,
                          np_error *err);
/* Takes what happened since; never blocks. */
void link_watch_serve(link_watch *watch);
/* OF is to be closed afterwards. */
void link_watch_close(link_watch *watch, void *of);

#endif
