/* Inside the planner, and checks that single ways and sessions share. */
#ifndef NP_ARM_PRIVATE_PLANNER_H
#define NP_ARM_PRIVATE_PLANNER_H

#include "arm/planner.h"
#include "arm/private/sweep.h"

typedef enum arm_room { ARM_ROOM, ARM_NO_ROOM, ARM_NO_HOVER } arm_room;

struct np_arm_planner {
    arm_obstacle obstacle;
    np_arm_tool tool;
    np_arm_clearances clearances;
    arm_profile travel; /* with the slack */
};

/* NP_ERR_INVALID for what is not finite, not unit or not positive; NP_ERR_GEOMETRY where the tool is too near to the scan.
 * NAME begins the message. */
np_status arm_planner_check_place(const np_arm_planner *planner, const char *name, const np_arm_pose *pose,
                                  np_error *err);
np_status arm_planner_check_rates(const np_arm_rates *rates, np_error *err);

/* The error of a way that was not found. */
np_status arm_planner_no_way(const np_arm_planner *planner, const arm_contact *contact, np_error *err);

/* The error of a puncture that is not ARM_ROOM. */
np_status arm_planner_no_room(const np_arm_planner *planner, const np_arm_puncture *puncture, arm_room room,
                              const arm_contact *contact, np_error *err);

#endif
