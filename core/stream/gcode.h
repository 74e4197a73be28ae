/* Dots as G-code for gantry rigs: three axes, the needle along -z, no turning of the tool. */
#ifndef NP_STREAM_GCODE_H
#define NP_STREAM_GCODE_H

#include "plan/plan.h"
#include "stream/register.h"

/* How a gantry makes dots.  Machine frame: mm, z up, the needle points down. */
typedef struct np_gantry {
    np_registration registration; /* head frame to machine frame */
    double safe_z_mm;             /* height of moves between dots */
    double plunge_mm_s;           /* down into the skin and back up */
    double tilt_max_rad;          /* between the vertical needle and the skin's normal */
} np_gantry;

/* Sets SAFE_Z to LIFT_MM above the highest dot of SESSION and takes tilt and speed from the plan's limits and ARM.
 * NP_ERR_UNSAFE names the first dot whose skin is too steep for a vertical needle, and how many there are. */
np_status np_gantry_init(np_gantry *gantry, const np_plan *plan, int session, const np_registration *registration,
                         double lift_mm, double plunge_mm_s, np_error *err);

/* Between the needle and the dot's planned axis, on the machine. */
double np_gantry_tilt_rad(const np_gantry *gantry, const np_dot *dot);

/* Where the needle's tip turns back, machine frame. */
np_vec3 np_gantry_needle(const np_gantry *gantry, const np_dot *dot);

#define NP_GANTRY_AIR_MM 5
/* Where it turns back in a rehearsal: NP_GANTRY_AIR_MM above the skin. */
np_vec3 np_gantry_above(const np_gantry *gantry, const np_dot *dot);

#define NP_GCODE_DOT_LINES 5

/* The lines of one dot, without line ends: over it, down, dwell, up, and a motion barrier (G4 P0 is answered only when all
 * motion before it has ended).  Units mm and mm/min, absolute (G21 G90 G94). */
void np_gcode_dot(const np_gantry *gantry, const np_dot *dot, char out_lines[NP_GCODE_DOT_LINES][64]);

#endif
