/* CURVE keys as they are read, for one end of a link; private to the room. */
#ifndef NP_LINK_PRIVATE_LINK_KEY_SET_H
#define NP_LINK_PRIVATE_LINK_KEY_SET_H

#include <stdint.h>

#include "base/key_file.h"
#include "link/link_keys.h"
#include "link/target.h"

#define LINK_KEYS_TEXT 41 /* 32 bytes as Z85, with the closing zero */

typedef struct link_key_allowed {
    uint8_t key[32];
    char name[NP_KEY_FILE_NAME_BYTES + 1]; /* as the file has it */
} link_key_allowed;

/* Zero-initialise. */
typedef struct link_key_set {
    char secret[LINK_KEYS_TEXT], own[LINK_KEYS_TEXT]; /* this end's */
    char server[LINK_KEYS_TEXT];                      /* the sender's end: the executor's */
    link_key_allowed *allowed;                        /* the executor's end */
    size_t n_allowed, capacity;
} link_key_set;

/* NP_ERR_LINK if this build of ZeroMQ has no CURVE. */
np_status link_key_set_check_build(np_error *err);

/* Whether what CURVE names goes together, and with TARGET and this end: NP_OK or NP_ERR_USAGE. */
np_status link_key_set_check(const np_link_target *target, const np_link_keys *curve, bool listen, np_error *err);

/* Reads what CURVE names, for TARGET.  The caller wipes *OUT_KEYS, also on error. */
np_status link_key_set_read(const np_link_target *target, const np_link_keys *curve, bool listen,
                            link_key_set *out_keys, np_error *err);
/* Wipes and frees; safe on zeros. */
void link_key_set_wipe(link_key_set *keys);

/* The entry of KEY; NULL if it is not listed.  Takes the same time whichever it is. */
const link_key_allowed *link_key_set_find(const link_key_set *keys, const uint8_t key[32]);

/* True if CURVE asks for anything. */
bool link_keys_are_set(const np_link_keys *curve);

#endif
