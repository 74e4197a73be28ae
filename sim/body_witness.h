/* A body that is looked at: goes where another body goes, and has a witness (sim/witness.h) look at its tool at every millisecond of
 * each motion. */
#ifndef NP_SIM_BODY_WITNESS_H
#define NP_SIM_BODY_WITNESS_H

#include "sim/body.h"
#include "sim/witness.h"

/* Borrows INNER and WITNESS, which must outlive it.  NP_ERR_NO_MEMORY; the caller destroys *out_body. */
np_status sim_body_witness_create(sim_body *inner, sim_witness *witness, sim_body **out_body, np_error *err);

/* BODY, which sim_body_witness_create made: says to which dot its next motion leads; 0: to the pigment station. */
void sim_body_witness_name(sim_body *body, uint32_t dot);

/* NP_OK as long as nothing was found; then NP_ERR_UNSAFE and the deepest of the first move on which something was: when, which
 * part, how deep and where; or NP_ERR_INVALID: a puncture is nowhere near the skin. */
np_status sim_body_witness_verdict(const sim_body *body, np_error *err);

#endif
