/* The tool as the proofs see it.
 *
 * Every point of a body of revolution within R of its axis at S is in the ball of radius R around the axis's point at S,
 * so "the scan is at least R(S) + clearance from the axis at every S" keeps the whole tool clear, edges included: proofs ask
 * for distances from points of the axis alone.  R never falls with S; it is linear in each piece. */
#ifndef NP_ARM_PRIVATE_TOOL_H
#define NP_ARM_PRIVATE_TOOL_H

#include "arm/pose.h"
#include "arm/tool.h"

#define ARM_MAX_PIECES 32

/* From S0 to S1 behind the tip the axis keeps at least REACH0 to REACH1 (linear, not falling) from the scan. */
typedef struct arm_piece {
    double s0, s1, reach0, reach1;
} arm_piece;

/* A circle of the tool's outline around its axis. */
typedef struct arm_ring {
    double s, radius;
} arm_ring;

#define ARM_MAX_RINGS 8

typedef struct arm_profile {
    arm_piece piece[ARM_MAX_PIECES];
    int n;
    arm_ring ring[ARM_MAX_RINGS]; /* whose hull holds the whole tool: no part of it is lower than all of them */
    int n_rings;
    int near_skin;       /* pieces up to this one are where the skin's own direction is the one to look along */
    double clearance_mm; /* in the reaches */
    /* As long as the tool leans by less than acos of it, all of it is beyond the plane through its tip. */
    double upright_cos;
} arm_profile;

/* NP_ERR_INVALID says which size makes no sense. */
np_status arm_tool_check(const np_arm_tool *tool, np_error *err);

/* The whole tool with CLEARANCE_MM around it.  Pieces grow with the distance from the tip: as far as the tool is from a skin
 * that its tip is near to. */
void arm_profile_travel(const np_arm_tool *tool, double clearance_mm, arm_profile *out);

/* Around the needle at a puncture, a quarter of the height is free: walls 14 degrees from the axis. */
#define ARM_FREE_SLOPE 0.25

/* What a puncture asks of the places along its axis.  S counts from the tip at its deepest. */
typedef struct arm_stance {
    double travel_mm; /* of the tip along the axis below the skin */
    double rise_mm;   /* the tool comes from so far above */
    double rough_mm;  /* along the axis: the scan right beside the dot is so much higher than the dot */
    double puncture_clearance_mm;
    double hover_mm; /* the tool hovers with its tip here, TRAVEL_CLEARANCE_MM around it; INFINITY: does not */
    double travel_clearance_mm;
    double lean_rad; /* it may lean so much from the axis, about the dot, to any side */
} arm_stance;

/* Cone and body at their deepest (as R does not fall, nothing reaches farther on the way there but the part behind the
 * tool's end), free room around the needle that grows from the skin, and the whole tool at the hover. */
void arm_profile_puncture(const np_arm_tool *tool, const arm_stance *stance, arm_profile *out);

/* How far PLACE is from the tool at POSE; 0 inside of it. */
double arm_tool_distance_mm(const np_arm_tool *tool, const np_arm_pose *pose, np_vec3 place);

/* "needle", "cone" or "body" at S. */
const char *arm_tool_part(const np_arm_tool *tool, double s);

#endif
