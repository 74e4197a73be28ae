/* The hard floors, made sure of after any relaxation. */
#ifndef NP_DOTS_PRIVATE_FLOORS_H
#define NP_DOTS_PRIVATE_FLOORS_H

#include "dots/private/particles.h"

/* What two solid particles have to keep between them: the particles's floor, and, of two dots of one session,
 * that session's. SESSION (n_own) and SESSION_FLOOR_MM (by session, 1 first; [0] unused) may both be NULL. */
typedef struct dots_floors {
    const int32_t *session;
    const double *session_floor_mm;
    int n_sessions;
} dots_floors;

/* Moves free dots that are nearer than a floor to another solid particle, until none is.  NP_ERR_INVALID when
 * some find no place: names the layer, the place and the density there. */
np_status dots_floors_repair(dots_particles *particles, const dots_floors *floors, uint64_t seed, np_error *err);

#endif
