/* The other end of the wire for the targets of sender and executor: a peer that holds the link key, and an
 * approved plan that both know.  What does not depend on the input (plan, approval, hashes) is made once a
 * process. */
#ifndef NP_TESTS_FUZZ_FUZZ_PEER_H
#define NP_TESTS_FUZZ_FUZZ_PEER_H

#include "../unit/protocol/approved_plan.h"
#include "fuzz.h"
#include "protocol/private/keys.h"
#include "protocol/message.h"

#define DOTS 100
#define CHUNKS ((DOTS + NP_WIRE_CHUNK_DOTS - 1) / NP_WIRE_CHUNK_DOTS)

/* The first member of a target's scene, which is the context of the callbacks. */
typedef struct fuzz_peer {
    job_random random;
    np_wire_hello hello; /* of the sender, whichever end that is */
    uint8_t key[NP_WIRE_KEY_BYTES];
    uint32_t epoch, sequence, request;
} fuzz_peer;

static job_plan plan;
static wire_link_key link_key;
static const uint8_t link_bytes[NP_WIRE_KEY_BYTES] = {5, 4, 3};
static uint8_t schema[NP_WIRE_SCHEMA_BYTES], chunk_hashes[CHUNKS][NP_WIRE_HASH_BYTES];

static inline void peer_prepare(void)
{
    if (plan.dots)
        return;
    plan_make(&plan, DOTS, 1);
    plan_move(&plan, 20, 1);
    plan_seal(&plan);
    wire_link_key_init(&link_key, link_bytes);
    np_wire_schema_hash(schema);
    for (uint32_t c = 0; c < CHUNKS; c++)
        np_wire_chunk_hash(1, c, plan.dots + (size_t)c * NP_WIRE_CHUNK_DOTS, np_wire_chunk_dots(DOTS, c), plan.stops,
                           chunk_hashes[c]);
}

static inline void peer_random(void *context, uint8_t *out, size_t size)
{
    random_fill(&((fuzz_peer *)context)->random, out, size);
}

static inline const uint8_t *peer_key(const fuzz_peer *p, uint32_t epoch)
{
    return epoch ? p->key : link_key.hello_key;
}

/* A new epoch, by the HELLO in P and the executor's nonce. */
static inline void peer_enter_epoch(fuzz_peer *p, uint32_t epoch, const uint8_t *nonce)
{
    p->epoch = epoch;
    p->sequence = 0;
    wire_session_key(&link_key, &p->hello, nonce, epoch, p->key);
}

/* M rightly sealed, in the present epoch or outside all of them; 0 if it cannot be said. */
static inline size_t peer_seal(fuzz_peer *p, const np_wire_message *m, bool outside, bool from_executor,
                               uint8_t out_bytes[NP_WIRE_FRAME_MAX])
{
    uint8_t payload[NP_WIRE_PAYLOAD_MAX];
    np_wire_frame f = {.type = m->type, .from_executor = from_executor, .sequence = 1, .payload = payload};
    size_t size = 0;
    if (!outside && p->epoch) {
        f.epoch = p->epoch;
        f.sequence = ++p->sequence;
    }
    if (np_wire_message_encode(m, payload, sizeof payload, &f.payload_size) != NP_WIRE_OK)
        return 0;
    np_wire_frame_encode(&f, peer_key(p, f.epoch), out_bytes, &size);
    return size;
}

/* A frame of arbitrary payload, sealed as the peer would; OWN_HEADER: of arbitrary epoch, number and
 * direction too. */
static inline size_t peer_seal_any(fuzz_peer *p, fuzz_input *in, bool own_header, bool from_executor,
                                   uint8_t out_bytes[NP_WIRE_FRAME_MAX])
{
    np_wire_frame f = {.type = (uint8_t)fuzz_take(in, 1), .from_executor = from_executor, .epoch = p->epoch};
    size_t size = 0;
    if (own_header) {
        f.epoch = fuzz_take(in, 1);
        f.sequence = fuzz_take(in, 4);
        f.from_executor = from_executor != (fuzz_take(in, 1) & 1);
    } else {
        f.sequence = ++p->sequence;
    }
    size_t n = fuzz_take(in, 2) % (NP_WIRE_PAYLOAD_MAX + 2);
    f.payload = fuzz_take_bytes(in, n, &f.payload_size);
    return np_wire_frame_encode(&f, peer_key(p, f.epoch), out_bytes, &size) == NP_WIRE_OK ? size : 0;
}

#endif
