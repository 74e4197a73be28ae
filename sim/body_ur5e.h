/* The kinematic six-axis arm as a body: joints that turn as they are told, on the rig of sim/rig.h. */
#ifndef NP_SIM_BODY_UR5E_H
#define NP_SIM_BODY_UR5E_H

#include "sim/foresight.h"

/* At rest.  NP_ERR_MEMORY; the caller destroys it (sim_body_destroy). */
np_status sim_body_ur5e_create(sim_body **out_body, np_error *err);

/* From now on it turns its needle as FORESIGHT says, which is borrowed (NULL: as is best for each motion alone). */
void sim_body_ur5e_heed(sim_body *body, sim_foresight *foresight);

/* The posture in which it rests, between two motions; and puts it into another. */
np_joints sim_body_ur5e_joints(const sim_body *body);
void sim_body_ur5e_stand(sim_body *body, const np_joints *joints);

#endif
