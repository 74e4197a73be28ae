/* Proof that a tool in motion stays clear of the scan and above the floor.
 *
 * The surface that the tool's axis sweeps has two coordinates: S behind the tip, T along the way.  It is cut into
 * rectangles; each is proved clear by a lower bound of the scan's distance from its middle that is larger than its extent
 * and its reach, or by a plane that all triangles near it are behind; else it is halved, until a pose is found that is too
 * near, or the rectangle is too small to argue about.  (Conservative advancement's bound, Mirtich 1996, used to divide and
 * not to step.)  Before that, one plane that the whole scan is behind is tried for each part of the tool: it decides most.  What is not
 * proved is not clear.
 *
 * Over the floor no part of the way is lower than its ends by more than it can sag between them, as it is curved by turning alone;
 * a way is halved until that decides. */
#ifndef NP_ARM_PRIVATE_SWEEP_H
#define NP_ARM_PRIVATE_SWEEP_H

#include "arm/private/obstacle.h"
#include "arm/private/tool.h"
#include "arm/puncture.h"
#include "arm/time.h"

/* Added to every clearance, for the rounding of those who go the way. */
#define ARM_SLACK_MM 0.01

/* What is in the way. */
typedef struct arm_contact {
    np_vec3 place;      /* on the scan; under the floor: of the tool's axis */
    double s;           /* the part of the tool that is too near to it, behind the tip */
    double distance_mm; /* of the tool's axis there */
    bool under_floor;   /* and not too near to the scan */
} arm_contact;

/* Whether a tool of PROFILE goes from FROM straight to TO, or stands there if they are equal.  HINT is the direction in
 * which the skin looks where the tip is near to it, if the caller knows.  Else *OUT_CONTACT (may be NULL). */
bool arm_sweep_is_clear(const arm_obstacle *obstacle, const arm_profile *profile, const np_arm_pose *from,
                        const np_arm_pose *to, const np_vec3 *hint, arm_contact *out_contact);

/* The lowest point of the tool at POSE. */
double arm_sweep_lowest_z_mm(const arm_profile *profile, const np_arm_pose *pose);

/* Whether it stays above the obstacle's floor on that way; else *OUT_CONTACT (may be NULL). */
bool arm_sweep_is_above_floor(const arm_obstacle *obstacle, const arm_profile *profile, const np_arm_pose *from,
                              const np_arm_pose *to, arm_contact *out_contact);

/* The axis at T of 0..1 of a move that turns from A to B, which are not opposite. */
np_vec3 arm_axis_between(np_vec3 a, np_vec3 b, double t);

#endif
