/* A way between two poses with the scan between them. */
#ifndef NP_ARM_PRIVATE_ROUTE_H
#define NP_ARM_PRIVATE_ROUTE_H

#include "arm/private/puncture.h"

/* Stops from first to last, both ends included. */
typedef struct arm_way {
    np_arm_pose stop[NP_ARM_MAX_VIAS + 2];
    int n;
} arm_way;

/* Finds a way in which every leg is proved clear and every stop is what np_arm_via_of keeps; else *OUT_CONTACT is what is
 * in the way. FROM and TO are clear to stand at. */
bool arm_route_find(const np_arm_planner *planner, const np_arm_pose *from, const np_arm_pose *to,
                    const np_arm_rates *rates, arm_way *out_way, arm_contact *out_contact);

/* Seconds along the way, stopping everywhere. */
double arm_way_s(const arm_way *way, const np_arm_rates *rates);

#endif
