/* CURVE keys as they are read, for one end of a link; private to the room. */
#ifndef NP_LINK_CURVE_KEYS_H
#define NP_LINK_CURVE_KEYS_H

#include <stdint.h>

#include "link/curve.h"
#include "link/kind.h"

#define NP_CURVE_TEXT 41  /* 32 bytes as Z85, with the closing zero */
#define NP_CURVE_NAME 65

typedef struct np_curve_allowed {
    uint8_t key[32];
    char name[NP_CURVE_NAME]; /* as the file has it */
} np_curve_allowed;

/* Zero-initialise. */
typedef struct np_curve_keys {
    char secret[NP_CURVE_TEXT], own[NP_CURVE_TEXT]; /* this end's */
    char server[NP_CURVE_TEXT];                     /* the sender's end: the executor's */
    np_curve_allowed *allowed;                      /* the executor's end */
    size_t n_allowed;
} np_curve_keys;

/* Whether what CURVE names goes together, and with TARGET and this end: NP_OK or NP_ERR_USAGE. */
np_status np_curve_check(const np_link_target *target, const np_link_curve *curve, bool listen, np_error *err);

/* Reads what CURVE names, for TARGET.  The caller wipes *OUT_KEYS, also on error. */
np_status np_curve_read(const np_link_target *target, const np_link_curve *curve, bool listen, np_curve_keys *out_keys,
                        np_error *err);
/* Wipes and frees; safe on zeros. */
void np_curve_wipe(np_curve_keys *keys);

/* The entry of KEY; NULL if it is not listed.  Takes the same time whichever it is. */
const np_curve_allowed *np_curve_find(const np_curve_keys *keys, const uint8_t key[32]);

/* True if CURVE asks for anything. */
bool np_curve_is_set(const np_link_curve *curve);

#endif
