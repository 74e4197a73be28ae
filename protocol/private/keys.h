/* The handshake's keys.  Private to the room; SPEC.md "Security" is the description for others.
 *
 * Both sides hold a link key (32 bytes, or zeros when there is none: then the codes below still keep epochs
 * apart, and nobody is authenticated).  Keyed BLAKE2b throughout, with a label for every purpose. */
#ifndef NP_PROTOCOL_PRIVATE_KEYS_H
#define NP_PROTOCOL_PRIVATE_KEYS_H

#include "protocol/message.h"

typedef struct wire_link_key {
    bool present;
    uint8_t key[NP_WIRE_KEY_BYTES];
    uint8_t hello_key[NP_WIRE_KEY_BYTES]; /* MACs HELLO, WELCOME and REFUSED */
    uint8_t id[NP_WIRE_KEY_ID_BYTES];     /* zeros without a key */
} wire_link_key;

/* KEY: 32 bytes or NULL. */
void wire_link_key_init(wire_link_key *link, const uint8_t *key);

/* The key of one epoch, from both nonces, the epoch, the plan's digest and the session. */
void wire_session_key(const wire_link_key *link, const np_wire_hello *hello,
                      const uint8_t executor_nonce[NP_WIRE_NONCE_BYTES], uint32_t epoch,
                      uint8_t out_key[NP_WIRE_KEY_BYTES]);

#endif
