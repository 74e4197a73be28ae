/* What the arm is asked before it moves, and how it will then turn its needle.
 *
 * Before a session the executor asks whether the arm gets to every dot by every way.  The body here is what it asks: it goes nowhere, and
 * finds with each motion how the needle is best turned about itself on the whole way since home (robot/turns.h).  What is best is
 * known once all was asked; the body that moves (sim/body_ur5e.h) then looks up in which posture it is to set out on each leg, so that it
 * does not come to where it cannot go on.
 *
 * Where no turns are found for a motion, an arm without foresight goes it from where the best of what was found ends: that one turns its needle
 * on the way as well, and folds its shoulder over.  The search begins anew behind it.
 *
 * A way from home to a dot to which the way from dot to dot has come as well is one by which a session can be entered: the arm that enters there
 * turns its needle in place, and goes on as foreseen.
 *
 * Poses in the executor's frame.  One thread. */
#ifndef NP_SIM_FORESIGHT_H
#define NP_SIM_FORESIGHT_H

#include "robot/posture.h"
#include "sim/body.h"

typedef struct sim_foresight sim_foresight;

np_status sim_foresight_create(sim_foresight **out_foresight, np_error *err);
void sim_foresight_destroy(sim_foresight *foresight); /* safe on NULL */

/* The body that is asked; it lives as long as FORESIGHT. */
sim_body *sim_foresight_body(sim_foresight *foresight);

/* Forgets everything. */
void sim_foresight_forget(sim_foresight *foresight);

/* The posture in which the arm is to set out on the leg from FROM to TO; false if that leg was not asked for. */
bool sim_foresight_find(sim_foresight *foresight, const sim_pose *from, const sim_pose *to, np_joints *out_joints);

/* The posture in which somebody leaves the arm who has driven it to POSE: the most comfortable one that is folded as the rig's home; false if there
 * is none. */
bool sim_foresight_stand(const np_frame3 *head, const sim_pose *pose, np_joints *out_joints);

#endif
