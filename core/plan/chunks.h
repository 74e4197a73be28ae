/* A session's dots with their moves, in the wire's integers. */
#ifndef NP_PLAN_CHUNKS_H
#define NP_PLAN_CHUNKS_H

#include "plan/plan.h"
#include "protocol/binding.h"

/* The dots of a session with their moves as they are signed and sent, chunk by chunk. */
typedef struct np_plan_chunk {
    np_wire_dot dots[NP_WIRE_CHUNK_DOTS]; /* first_stop counts in STOPS */
    uint32_t n;
    np_wire_stop stops[NP_WIRE_CHUNK_STOPS];
    uint32_t n_stops;
} np_plan_chunk;

typedef struct np_plan_chunks {
    const np_plan *plan;
    int session;
    size_t first, n;       /* of its dots in the plan */
    size_t order;          /* of the next chunk's first */
    size_t chain, entries; /* the next move, the next entry */
    size_t end_of_moves;   /* of the session */
} np_plan_chunks;

/* Begins with the first chunk of SESSION (1 first), of which there may be none. */
np_plan_chunks np_plan_chunks_begin(const np_plan *plan, int session);
/* The next chunk; its N is 0 behind the last.  False: the moves are not those of the session's dots in their order, or have more
 * stops than the wire carries (NP_WIRE_DOT_STOPS, NP_WIRE_CHUNK_STOPS). */
bool np_plan_chunks_next(np_plan_chunks *chunks, np_plan_chunk *out_chunk);

/* Whether np_plan_chunks_next gets through all sessions. */
bool np_plan_chunks_hold(const np_plan *plan);

#endif
