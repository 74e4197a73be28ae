/* Single ways and punctures around a scan: whether they are clear.  arm/moves.h plans whole sessions. */
#ifndef NP_ARM_PLANNER_H
#define NP_ARM_PLANNER_H

#include <stdbool.h>

#include "arm/puncture.h"
#include "arm/time.h"
#include "arm/tool.h"
#include "base/support.h"
#include "surface/surface.h"

#define NP_ARM_TRAVEL_CLEARANCE_MM 2.0
/* At a puncture: more than skin is known to (0.1 to 0.3 mm: domain.md 4) and a needle bends it. */
#define NP_ARM_PUNCTURE_CLEARANCE_MM 0.5
/* Before an open eye, from the middle of its opening: 30 mm, three times what lashes reach, for a blink, a start and an error of registration, and the 5 mm
 * within which that middle is known (head/face.h); our own choice, no source gives one.  Skin that may be treated lies 47 mm from there, at
 * least (two scans, six built-in heads). */
#define NP_ARM_EYE_MM 35.0
/* The least that is left of it, 15 mm and those 5, where a dot on brow, nose or face, which somebody accepted by name, has no room beside the whole of it. */
#define NP_ARM_EYE_NEAR_MM 20.0

/* Places of eyes: left and right, as low as they may lie and then as high. */
#define NP_ARM_EYES 4

typedef struct np_arm_clearances {
    double travel_mm, puncture_mm; /* from the scan */
    double floor_z_mm; /* no part of the tool goes below this height, nowhere; -INFINITY: there is no floor */
    np_vec3 eyes
        [NP_ARM_EYES]; /* no part of the tool comes nearer than EYE_MM to these places, nowhere; 0: there are none */
    double eye_mm;
} np_arm_clearances;

/* What is known of a scan and a tool before any puncture: a grid of distances and the hull. */
typedef struct np_arm_planner np_arm_planner;

/* Borrows SURFACE, which must outlive the planner.  Its holes count as skin: see private/cover.h.  NP_ERR_INVALID for a
 * tool, clearances, a floor or eyes that make no sense: sizes must be finite and positive, and no part narrower than the one nearer to
 * the tip.  The caller destroys *out_planner; it is const after that, and any thread may use it. */
np_status np_arm_planner_create(const np_surface *surface, const np_arm_tool *tool, const np_arm_clearances *clearances,
                                np_arm_planner **out_planner, np_error *err);
void np_arm_planner_destroy(np_arm_planner *planner);

/* The largest eye_mm, at most MOST_MM, that leaves TOOL the travel clearance beside the eyes of CLEARANCES on its way along PUNCTURE's axis, from the skin to
 * its highest hover; not less than 0. */
double np_arm_eye_room_mm(const np_arm_tool *tool, const np_arm_clearances *clearances, const np_arm_puncture *puncture,
                          double most_mm);

/* How far the scan reaches, holes covered and neck carried on: largest q . np_support_direction(node) of its points q, in micrometres, rounded
 * up. */
void np_arm_planner_support(const np_arm_planner *planner, int32_t out_um[NP_SUPPORT_NODES]);

/* Whether one puncture has room, and somewhere to hover: what np_arm_plan asks of each.  The same errors. */
np_status np_arm_check(const np_arm_planner *planner, const np_arm_puncture *puncture, np_error *err);

/* Whether the tool gets from FROM straight to TO and keeps the travel clearance all the way. */
bool np_arm_is_clear(const np_arm_planner *planner, const np_arm_pose *from, const np_arm_pose *to);

#define NP_ARM_MAX_VIAS 32

/* One way, outside any session: from where an arm was stopped to its home, or from home to the dot it goes on with.
 * The poses are taken as np_arm_via_of has them.  NP_ERR_GEOMETRY if one of them is too near to the scan or no way was
 * found. */
np_status np_arm_route(const np_arm_planner *planner, const np_arm_pose *from, const np_arm_pose *to,
                       const np_arm_rates *rates, np_arm_via out_vias[NP_ARM_MAX_VIAS], uint32_t *out_n, np_error *err);

#endif
