/* Dots as G-code for gantry rigs: three axes, the needle along -z, no turning of the tool. */
#ifndef NP_STREAM_GCODE_H
#define NP_STREAM_GCODE_H

#include "plan/plan.h"
#include "stream/register.h"

/* Above what the head is behind, at least: the clearance of all travel. */
#define NP_GANTRY_LIFT_MM 2
/* Above the skin: the needle goes slowly from here on, and in a rehearsal no deeper. */
#define NP_GANTRY_AIR_MM 5
/* Largest residual of a fiducial with which a gantry, or a program for any machine, may work: it does not feel the skin, and goes as much too
 * deep.  Depths are 0.3 to 1.5 mm, and half a millimetre is a common one: more than this may make it nothing, or twice as much. */
#define NP_GANTRY_RESIDUAL_MM 0.3

/* How the machine is moved. */
typedef struct np_gantry_settings {
    double lift_mm;      /* of travel above the planes; NP_GANTRY_LIFT_MM and more */
    double plunge_mm_s;  /* down into the skin and back up */
    double tilt_max_deg; /* between the needle, which stays along z, and a dot's planned axis */
    bool air;            /* a rehearsal */
} np_gantry_settings;

/* All of the head is behind it: no point q of the scan has a larger q . normal, machine frame. */
typedef struct np_gantry_plane {
    np_vec3 normal; /* unit, at most 45 degrees off z */
    double height_mm;
} np_gantry_plane;

#define NP_GANTRY_PLANES 25

/* How a gantry makes the dots of a plan.  Machine frame: mm, z up, the needle points down. */
typedef struct np_gantry {
    const np_plan *plan;          /* borrowed */
    np_registration registration; /* head frame to machine frame */
    np_gantry_settings settings;
    np_gantry_plane planes[NP_GANTRY_PLANES]; /* the first across z */
    double top_z_mm;                          /* no point of the scan is higher, its holes covered */
    double safe_z_mm;                         /* of travel to anywhere */
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

#define NP_GANTRY_TEXT_BYTES 1200
/* Counts those of N DOTS, of the plan, that are left out, and says why and which in OUT_TEXT ("" if none is).  DONE (may be NULL): no need to
 * ask for those of which it is not 0. */
size_t np_gantry_left_out(const np_gantry *gantry, const np_dot *dots, size_t n, const uint8_t *done,
                          char out_text[NP_GANTRY_TEXT_BYTES]);

/* The way to a dot and on: along z between these, and level from where one dot is left to where the next one is come to. */
typedef struct np_gantry_way {
    np_vec3 over;    /* at the height of travel from the dot before */
    np_vec3 hover;   /* slow from here on */
    np_vec3 deepest; /* where the tip turns back; in a rehearsal the lower one of the hovers */
    np_vec3 back;    /* the hover again, as far as the way on is above it */
    np_vec3 away;    /* at the height of travel to the dot behind */
} np_gantry_way;

/* BEFORE is the dot from which the machine comes, and BEHIND the one to which it goes on; NULL: from and to anywhere, at safe height. */
np_gantry_way np_gantry_way_to(const np_gantry *gantry, const np_dot *before, const np_dot *dot, const np_dot *behind);

#define NP_GCODE_DOT_LINES 7

/* The lines of one dot (as np_gantry_way_to), without line ends: over it, down to its hover, down, dwell, up to the hover, up, and a motion barrier (G4 P0 is
 * answered only when all motion before it has ended).  Units mm and mm/min, absolute (G21 G90 G94). */
void np_gcode_dot(const np_gantry *gantry, const np_dot *before, const np_dot *dot, const np_dot *behind,
                  char out_lines[NP_GCODE_DOT_LINES][64]);

#endif
