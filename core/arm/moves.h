/* Moves: how the tool gets from one puncture to the next without touching the head.
 *
 * A move goes from a hover to a hover.  A puncture's hover is the place on its needle's axis to which the tool is
 * withdrawn after it and from which it is brought to it; between two hovers the tool travels straight, or by vias.  From
 * one stop of a way (hover, via, home, station) to the next the tip goes along a straight line while the axis turns in one
 * plane, both in step.  The moves of a session are a chain through all its hovers, so that an executor that leaves a dot
 * out goes the same way, and only leaves out the puncture.
 *
 * What is promised of every move: no part of the tool comes nearer to the scan than the travel clearance.  At a puncture,
 * between its hover and its depth, cone and body keep the puncture clearance, and the needle's axis is free.  It is
 * proved (private/sweep.h), not sampled, for the stops as they are handed out: in whole micrometres and millionths.
 *
 * Frames and units: all in the frame of the surface (head frame), mm unless a name says otherwise. */
#ifndef NP_ARM_MOVES_H
#define NP_ARM_MOVES_H

#include "arm/planner.h"

/* Ends of moves that are no puncture. */
#define NP_ARM_HOME UINT32_MAX
#define NP_ARM_STATION (UINT32_MAX - 1)

typedef struct np_arm_move {
    uint32_t from, to;  /* indices of punctures, or NP_ARM_HOME or NP_ARM_STATION */
    uint32_t via, vias; /* vias[via .. via + vias) of np_arm_moves, in their order */
} np_arm_move;

/* The moves of a session: home to the first puncture, from puncture to puncture (by the station where it says so), and
 * home; and behind these n_chain the entries, from home to every enter_every-th puncture but the first.  Zero is empty; np_arm_moves_fini frees and is safe on zero. */
typedef struct np_arm_moves {
    int32_t *hover_um; /* [n_punctures] */
    uint8_t *lean_deg; /* [n_punctures]; see NP_ARM_LEAN_MOST_DEG */
    np_arm_move *moves;
    np_arm_via *vias;
    size_t n_punctures, n_moves, n_vias, n_chain;
} np_arm_moves;

void np_arm_moves_fini(np_arm_moves *moves);

/* Borrowed for the call. */
typedef struct np_arm_request {
    const np_arm_puncture *punctures; /* [n], in the order of the tour */
    size_t n;
    size_t enter_every;        /* 0: no entries */
    np_arm_pose home, station; /* STATION is looked at only where a puncture asks for it */
    np_arm_rates rates;        /* vias are put where they cost the least time */
} np_arm_request;

/* Plans all moves of a session into *out_moves (np_arm_moves_fini); the same for any number of threads.
 * NP_ERR_GEOMETRY names the puncture at which cone or body would touch the scan, or the two ends between which no way was
 * found, and the place on the scan that is in the way; NP_ERR_INVALID what is not finite or not unit. */
np_status np_arm_plan(const np_arm_planner *planner, const np_arm_request *request, np_arm_moves *out_moves,
                      np_error *err);

/* Seconds of move number MOVE from one puncture's skin to the other's, withdrawing and approaching included, as an executor
 * that stops at every via takes them. */
double np_arm_move_time_s(const np_arm_moves *moves, size_t move, const np_arm_request *request);

#endif
