/* The kinematic six-axis arm as a body: joints that turn as they are told, on the rig of sim/rig.h. */
#ifndef NP_SIM_BODY_UR5E_H
#define NP_SIM_BODY_UR5E_H

#include "sim/body.h"

/* Puts BODY, one of these, at rest, whatever it was at; what led nowhere from there it remembers. */
void sim_body_ur5e_stand_at_home(sim_body *body);

/* At rest.  NP_ERR_MEMORY; the caller destroys it (sim_body_destroy). */
np_status sim_body_ur5e_create(sim_body **out_body, np_error *err);

#endif
