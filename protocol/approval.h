/* An operator's approval: the plan's digest, and the terms under which it may be made.
 *
 * What is signed has one form, written here alone, by those who sign and by those who check:
 *
 *   "needlepath-approval-v2\0" | plan digest 32 | executors u32 | for each: identity 16 | not after u64 | air only u32
 *                              | reload every u32 | needle life u32 | bytes of the operator's name u32 | name
 *
 * All integers big-endian.  An approval that names its executors ends the doubling of copies: an executor's identity lies in its
 * journal, so that a copy of the plan is made by the one executor that knows what was made of it.  Version 1 signed the digest
 * alone, and was good for every executor and for ever; it is taken no more.  Pure functions, any thread. */
#ifndef NP_PROTOCOL_APPROVAL_H
#define NP_PROTOCOL_APPROVAL_H

#include "protocol/wire.h"

#define NP_WIRE_APPROVAL_LABEL "needlepath-approval-v2" /* signed with its closing zero byte */
#define NP_WIRE_APPROVAL_EXECUTORS 8
#define NP_WIRE_OPERATOR_BYTES 64 /* of the operator's name, at most */

typedef struct np_wire_terms {
    uint32_t n_executors; /* 0: any */
    uint8_t executors[NP_WIRE_APPROVAL_EXECUTORS][NP_WIRE_IDENTITY_BYTES];
    uint64_t not_after_s;  /* seconds since 1970, up to INT64_MAX; 0: it has no end */
    uint32_t air_only;     /* 1: rehearsals alone */
    uint32_t reload_every; /* dots between two reloads of pigment, at most; 0: as the sender has it */
    uint32_t needle_life;  /* dots that a needle may make, at most; 0: as sender and executor have it */
    uint32_t operator_size;
    uint8_t operator_name[NP_WIRE_OPERATOR_BYTES]; /* as in the key file, without a closing zero */
} np_wire_terms;

/* The longest message that is signed. */
#define NP_WIRE_APPROVAL_MAX_BYTES                                                                                     \
    (sizeof NP_WIRE_APPROVAL_LABEL + NP_WIRE_HASH_BYTES + 4 + NP_WIRE_APPROVAL_EXECUTORS * NP_WIRE_IDENTITY_BYTES +    \
     8 + 4 * 4 + NP_WIRE_OPERATOR_BYTES)

/* Writes what is signed and returns its size; 0 for terms that cannot be (more executors or a longer name than there is room for). */
size_t np_wire_approval_encode(const uint8_t digest[NP_WIRE_HASH_BYTES], const np_wire_terms *terms,
                               uint8_t out_message[NP_WIRE_APPROVAL_MAX_BYTES]);

/* True if SIGNATURE (Ed25519) by PUBLIC_KEY holds over the digest and the terms. */
bool np_wire_approval_is_valid(const uint8_t digest[NP_WIRE_HASH_BYTES], const np_wire_terms *terms,
                               const uint8_t public_key[32], const uint8_t signature[NP_WIRE_SIGNATURE_BYTES]);

/* Whether a session with pigment or a needle for WANTED dots (0: without an end) keeps what was APPROVED (0: no limit). */
bool np_wire_terms_cover(uint32_t approved, uint32_t wanted);

/* Whether the executor of IDENTITY is among those that the terms name. */
bool np_wire_terms_name(const np_wire_terms *terms, const uint8_t identity[NP_WIRE_IDENTITY_BYTES]);

#endif
