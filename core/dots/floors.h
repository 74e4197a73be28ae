/* The hard floor, made sure of after any relaxation. */
#ifndef NP_DOTS_FLOORS_H
#define NP_DOTS_FLOORS_H

#include "dots/swarm.h"

/* Moves free dots that are nearer than the floor to another solid particle, until none is.  NP_ERR_INVALID when some find no
 * place: names the layer, the place and the density there. */
np_status np_dots_floors_repair(np_dots_swarm *swarm, uint64_t seed, np_error *err);

#endif
