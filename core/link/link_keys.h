/* CURVE on ZeroMQ links: who may talk to whom, by keys (RFC 26: encryption and authentication by libzmq itself).
 *
 * Each end has a key pair; the sender knows the executor's public key, and the executor has a list of those public keys that
 * may run sessions.  Key files are text: one line "needlepath-curve-secret-key-v1 NAME Z85" (readable by its owner alone), and
 * PATH.pub with "needlepath-curve-public-key-v1 NAME Z85"; Z85 (RFC 32) is how ZeroMQ writes its 32 bytes. */
#ifndef NP_LINK_LINK_KEYS_H
#define NP_LINK_LINK_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* What an end of a link is told.  All borrowed.  NULL instead of one, or neither key nor server_key: no CURVE. */
typedef struct np_link_keys {
    const char *key;          /* file of this end's secret key; a sender that only means to STOP needs none */
    const char *server_key;   /* the sender's end: file of the executor's public key */
    const char *const *allow; /* the executor's end: files of public keys, or folders of *.pub, that may run sessions */
    int n_allow;
    void (*log)(void *context, const char *text); /* a line for whoever looks after the executor; may be NULL */
    void *log_context;
} np_link_keys;

/* Makes a key pair in PATH (mode 0600) and PATH.pub (0644), neither of which may be there.  NAME: 1 to 64 bytes without blanks
 * or control characters.  NP_ERR_INVALID, NP_ERR_IO, and NP_ERR_LINK if this build of ZeroMQ has no CURVE. */
np_status np_link_keys_new(const char *path, const char *name, np_error *err);

/* Reads everything that CURVE names and checks that it fits TARGET and this end, without keeping any of it: for a clear error
 * before anything else is begun.  NP_ERR_USAGE, NP_ERR_IO, NP_ERR_FORMAT, NP_ERR_INVALID, NP_ERR_LINK. */
np_status np_link_keys_check_for(const char *target, const np_link_keys *curve, bool listen, np_error *err);

#endif
