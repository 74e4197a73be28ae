/* Dots as G-code for gantry rigs: three axes, the needle along -z, no turning of the tool. */
#ifndef NP_STREAM_GCODE_H
#define NP_STREAM_GCODE_H

#include "plan/plan.h"
#include "stream/register.h"

/* Above the head's highest point, at least: the clearance of all travel. */
#define NP_GANTRY_LIFT_MM 2
/* Above the skin: the needle goes slowly from here on, and in a rehearsal no deeper. */
#define NP_GANTRY_AIR_MM 5

/* How the machine is moved. */
typedef struct np_gantry_settings {
    double lift_mm;      /* of travel above the head's highest point; NP_GANTRY_LIFT_MM and more */
    double plunge_mm_s;  /* down into the skin and back up */
    double tilt_max_deg; /* between the needle, which stays along z, and a dot's planned axis */
    bool air;            /* a rehearsal */
} np_gantry_settings;

/* How a gantry makes the dots of a plan.  Machine frame: mm, z up, the needle points down. */
typedef struct np_gantry {
    const np_plan *plan;          /* borrowed */
    np_registration registration; /* head frame to machine frame */
    np_gantry_settings settings;
    double top_z_mm;  /* no point of the scan is higher, its holes covered */
    double safe_z_mm; /* of all travel */
} np_gantry;

/* NP_ERR_UNSAFE for a plan that does not say how high its head reaches (plan/moves.h): it was made before plans did. */
np_status np_gantry_init(np_gantry *gantry, const np_plan *plan, const np_registration *registration,
                         const np_gantry_settings *settings, np_error *err);

/* X(name, what is said of dots that are left out for it), with an angle in degrees: the plan's tilt limit, the settings', and the dot's own.
 * In the order in which a dot is judged. */
#define NP_GANTRY_VERDICT_TABLE(X)                                                                                     \
    X(STEEP, "lie on skin that is more than %g degrees off level, the plan's limit of tilt")                           \
    X(TILTED, "are planned more than %g degrees off the needle, which stays along z (--gantry-tilt)")                  \
    X(NO_ROOM, "have no room that is proved for a tool that stands off their planned axis as z does")

#define NP_GANTRY_VERDICT_ENUM(name, text) NP_GANTRY_##name,
/* MAKES: as it lies there, the tool reaches the dot straight down from the height of travel, clear of the head. */
typedef enum np_gantry_verdict { NP_GANTRY_MAKES, NP_GANTRY_VERDICT_TABLE(NP_GANTRY_VERDICT_ENUM) } np_gantry_verdict;
#undef NP_GANTRY_VERDICT_ENUM

/* DOT is one of the plan's. */
np_gantry_verdict np_gantry_judge(const np_gantry *gantry, const np_dot *dot);

/* Between the needle and the dot's planned axis, on the machine. */
double np_gantry_tilt_rad(const np_gantry *gantry, const np_dot *dot);

#define NP_GANTRY_TEXT_BYTES 800
/* Counts those of N DOTS, of the plan, that are left out, and says why and which in OUT_TEXT ("" if none is).  DONE (may be NULL): no need to
 * ask for those of which it is not 0. */
size_t np_gantry_left_out(const np_gantry *gantry, const np_dot *dots, size_t n, const uint8_t *done,
                          char out_text[NP_GANTRY_TEXT_BYTES]);

/* The way to a dot and back: along z between these, and level from one dot's OVER to the next. */
typedef struct np_gantry_way {
    np_vec3 over;    /* at the height of travel */
    np_vec3 hover;   /* slow from here on */
    np_vec3 deepest; /* where the tip turns back; in a rehearsal the hover */
} np_gantry_way;

np_gantry_way np_gantry_way_to(const np_gantry *gantry, const np_dot *dot);

#define NP_GCODE_DOT_LINES 7

/* The lines of one dot, without line ends: over it, down to its hover, down, dwell, up to the hover, up, and a motion barrier (G4 P0 is
 * answered only when all motion before it has ended).  Units mm and mm/min, absolute (G21 G90 G94). */
void np_gcode_dot(const np_gantry *gantry, const np_dot *dot, char out_lines[NP_GCODE_DOT_LINES][64]);

#endif
