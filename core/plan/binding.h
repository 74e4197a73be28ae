/* From the plan's dots to the wire's, and the hashes that an approval rests on (protocol/binding.h,
 * docs/plan-file.md). */
#ifndef NP_PLAN_BINDING_H
#define NP_PLAN_BINDING_H

#include "plan/plan.h"
#include "protocol/binding.h"

/* The dot as it is signed and sent, without its moves.  Exact for a plan's dots, which are whole multiples of the wire's units.
 */
np_wire_dot np_plan_wire_dot(const np_dot *dot);

/* Rounds every value of DOT to what the wire carries (1 um, 1e-6 of a unit vector, 1e-6 rad, 1 us, 1e-3 dots
 * per cm2). */
void np_plan_quantise_dot(np_dot *dot);

/* The limits that every dot of the plan was checked against, as LOAD carries them. */
np_wire_limits np_plan_wire_limits(const np_plan *plan);

/* The dots of SESSION (1 first), in tour order; NULL and 0 for a session that is not there. */
const np_dot *np_plan_session_dots(const np_plan *plan, int session, size_t *out_n);

/* BLAKE2b-256 over all that matters to the patient and is not on the wire: scan digest, seed, needle,
 * limits, layers, sessions, and of each dot its layer, density, tilt and pin.  Not over the case text: the
 * same dots have the same digest, so that an executor knows a session again that it has done. */
void np_plan_header_hash(const np_plan *plan, unsigned char out_hash[NP_WIRE_HASH_BYTES]);

/* Root of SESSION's dots; sets *out_binding to its count and root: zeros, which nothing matches, where np_plan_chunks_next
 * fails. */
void np_plan_session_binding(const np_plan *plan, int session, np_wire_session_binding *out_binding);

/* BLAKE2b-256 over the canonical encoding of all that matters to the patient (docs/plan-file.md). */
void np_plan_digest(const np_plan *plan, unsigned char out_digest[NP_PLAN_DIGEST_BYTES]);

#endif
