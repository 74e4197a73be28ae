/* Plan binding: how a dot is tied to the digest that an operator signed.
 *
 * The executor cannot hold a whole plan, yet must refuse a dot that is not in it.  So a session's dots are
 * hashed in chunks of 64; the chunk hashes give the session's root; the roots of all sessions and the hash of
 * everything else (the header) give the plan's digest; the approval (approval.h) signs the digest.  LOAD carries header
 * hash, roots and approval, CHUNKS the chunk hashes, and each chunk of dots is checked before its first dot
 * may be fired.  core/plan computes its digest with these very functions.
 *
 *   chunk hash   = BLAKE2b-256("needlepath-chunk-v2\0"   | session u32 | chunk u32 | canonical dots with their moves)
 *   session root = BLAKE2b-256("needlepath-session-v1\0" | session u32 | dots u32 | chunk hashes in order)
 *   plan digest  = BLAKE2b-256("needlepath-plan-v1\0"    | header hash | sessions u32 | for each: dots u32,
 * root)
 *
 * All integers big-endian; the label's closing zero byte is hashed.  Pure functions, any thread. */
#ifndef NP_PROTOCOL_BINDING_H
#define NP_PROTOCOL_BINDING_H

#include "protocol/wire.h"

#define NP_WIRE_DOT_RECORD_BYTES 56 /* without moves */
#define NP_WIRE_STOP_RECORD_BYTES 24
#define NP_WIRE_MOVES_RECORD_BYTES 20 /* without the stops */

/* The canonical record of a dot: its first 14 integers in the order of np_wire_dot, each 4 bytes big-endian two's
 * complement.  Its moves stand behind it: hover, station, the numbers of stops of its three ways, and the stops. */
void np_wire_dot_encode(const np_wire_dot *dot, uint8_t out_record[NP_WIRE_DOT_RECORD_BYTES]);

/* Number of chunks of a session of N_DOTS dots, and the dots in chunk CHUNK of it. */
uint32_t np_wire_chunk_count(uint32_t n_dots);
uint32_t np_wire_chunk_dots(uint32_t n_dots, uint32_t chunk);

/* The 6 integers of a stop, as those of a dot. */
void np_wire_stop_encode(const np_wire_stop *stop, uint8_t out_record[NP_WIRE_STOP_RECORD_BYTES]);
void np_wire_stop_decode(const uint8_t record[NP_WIRE_STOP_RECORD_BYTES], np_wire_stop *out_stop);

/* Hash of the N dots (1..64) of chunk CHUNK (0 first) of session SESSION (1 first); STOPS goes with them.  Dots whose first has no
 * hover are hashed without moves, as version 1 did, under a label of their own. */
void np_wire_chunk_hash(uint32_t session, uint32_t chunk, const np_wire_dot *dots, uint32_t n,
                        const np_wire_stop *stops, uint8_t out_hash[NP_WIRE_HASH_BYTES]);

/* Root from the session's chunk hashes, one behind the other: np_wire_chunk_count(n_dots) x 32 bytes. */
void np_wire_session_root(uint32_t session, uint32_t n_dots, const uint8_t *chunk_hashes,
                          uint8_t out_root[NP_WIRE_HASH_BYTES]);

/* Root straight from the session's dots, in order; no memory beyond the stack. */
void np_wire_session_root_of_dots(uint32_t session, const np_wire_dot *dots, uint32_t n_dots, const np_wire_stop *stops,
                                  uint8_t out_root[NP_WIRE_HASH_BYTES]);

typedef struct np_wire_session_binding {
    uint32_t n_dots;
    uint8_t root[NP_WIRE_HASH_BYTES];
} np_wire_session_binding;

/* The plan's digest.  HEADER_HASH: BLAKE2b-256 over all that matters to the patient and is not on the wire
 * (case text, scan digest, seed, limits, and per dot its layer, density and pin), as core/plan defines it.
 * sessions[0] is session 1; n_sessions 1..NP_WIRE_MAX_SESSIONS. */
void np_wire_plan_digest(const uint8_t header_hash[NP_WIRE_HASH_BYTES], const np_wire_session_binding *sessions,
                         uint32_t n_sessions, uint8_t out_digest[NP_WIRE_HASH_BYTES]);

#endif
