/* The tool that an arm holds: what must not touch the head. */
#ifndef NP_ARM_TOOL_H
#define NP_ARM_TOOL_H

#include "base/status.h"

/* A body of revolution about the needle's axis, from the tip backwards: the needle, a cone from its point to its
 * diameter; the cartridge's cone; the handpiece, a cylinder.  Each begins where the one before ends. */
typedef struct np_arm_tool {
    double needle_diameter_mm, needle_length_mm;
    double cone_tip_diameter_mm, cone_base_diameter_mm, cone_length_mm;
    double body_diameter_mm, body_length_mm;
} np_arm_tool;

/* A needle of 0.30 mm that stands 4 mm out of its cartridge (domain.md 1.1: 0.15 to 0.30 mm; the deepest and most tilted
 * puncture that is allowed takes 2.1 mm of it); a cartridge 2 mm wide at its mouth and 12 mm at the grip, 22 mm long, as
 * membrane cartridges are; a handpiece of 28 mm (usual grips are 25 to 32), up to 150 mm from the tip, where the flange is. */
np_arm_tool np_arm_tool_default(void);

#endif
