/* The phases of a dot: takes one dot or move at a time, has the body (sim/body.h) make it, and says what really happened.
 *
 * A dot is a move by its stops to the hover above the skin, insertion along the needle's axis, dwell, and withdrawal to the hover.  A
 * move that was stopped is gone on with from there.  In a rehearsal the needle stays at its hovers.  The skin is the plane that the dot's position and normal give.  What goes into the record is worked out from where
 * the body says that the tool is, back through the registration: an error anywhere on the way shows.
 *
 * What a real arm meets now and then can be asked for, dot by dot: see sim_arm_fault.  The outcome is told from what the arm
 * measures, as a real one would: whether and how deep the needle went in.
 *
 * In real time a phase lasts as long as it lasts; in virtual time a dot is over at the first sim_arm_step, and the arm's
 * clock has moved on by what it would have taken.  One thread. */
#ifndef NP_SIM_ARM_H
#define NP_SIM_ARM_H

#include "protocol/executor.h"
#include "sim/body.h"
#include "sim/record.h"

/* Approach as the planner's arm does it by default: 20 mm/s.  Tip speed near a head at most 100 mm/s: domain.md
 * 4 (ISO/TS 15066: 50-100 mm/s near the head). */
#define SIM_ARM_APPROACH_MM_S 20.0
#define SIM_ARM_TIP_SPEED_MM_S 100.0
/* Deeper than planned by more than this is reported: domain.md 4 wants depth to +-0.1 mm; the rest is repeatability. */
#define SIM_ARM_TOO_DEEP_MM 0.25
/* What the simulated sensor feels at the deepest point: a spring of skin.  domain.md 4: contact 0.3-2 N. */
#define SIM_ARM_STIFFNESS_N_MM 1.0

typedef enum sim_arm_fault_kind {
    SIM_ARM_SOUND,
    SIM_ARM_SKIPS,      /* the arm goes to the hover and does not puncture */
    SIM_ARM_TOO_DEEP,   /* the skin gives way: the needle goes 0.5 mm deeper than planned */
    SIM_ARM_NO_CONTACT, /* the skin is not where it should be: the needle ends 1 mm above it */
    SIM_ARM_CANNOT_TELL /* the dot is made, and the sensor is silent */
} sim_arm_fault_kind;

/* What befalls the dot ID, each time it is made. */
typedef struct sim_arm_fault {
    uint32_t id;
    sim_arm_fault_kind kind;
} sim_arm_fault;

/* "too-deep:1203": skipped, too-deep, no-contact or in-doubt, and a dot's id.  False if it is not of that form. */
bool sim_arm_fault_parse(const char *text, sim_arm_fault *out_fault);

typedef struct sim_arm_config {
    sim_body *body; /* borrowed */
    bool real_time;
    double repeatability_mm;     /* standard deviation of where the tip really goes, each axis; 0: none */
    uint64_t seed;               /* of that error */
    sim_record *record;          /* borrowed */
    double reload_s;             /* at the pigment station */
    const sim_arm_fault *faults; /* borrowed */
    int n_faults;
} sim_arm_config;

typedef enum sim_arm_task {
    SIM_ARM_IDLE,
    SIM_ARM_DOT,    /* a move, and a puncture at its end */
    SIM_ARM_TRAVEL, /* a move alone */
    SIM_ARM_RELOAD  /* a move to the pigment station, and the time there */
} sim_arm_task;

typedef struct sim_arm_report {
    sim_arm_task task;       /* that has ended */
    np_wire_outcome outcome; /* of a dot; NONE: the needle did not touch the skin, the dot is as before */
    int32_t depth_um, force_mn;
    bool arrived;     /* of the others: false: it was stopped on the way */
    bool unreachable; /* it did not set out, as it cannot go this way */
} sim_arm_report;

typedef struct sim_arm {
    sim_arm_config config;
    double time_s;                  /* the arm's clock */
    uint64_t now_us;                /* the caller's clock at TIME_S */
    bool at_home;                   /* wherever that is: the first stop of what comes next is there */
    sim_leg way[SIM_BODY_MAX_LEGS]; /* the legs of the last move; those from way_left on are still to go */
    int n_way, way_left;
    /* what is in progress */
    sim_arm_task task;
    bool unreachable, air, pulled, written;
    bool withdrawing; /* pulled in the skin: on the way out to the hover */
    int travel;       /* the leg that ends the move */
    np_wire_dot dot;
    sim_arm_fault_kind fault;
    np_frame3 head;                         /* of the dot, in the executor's frame */
    double begun_s;                         /* on the arm's clock */
    double pulled_s;                        /* since then */
    double depth_mm;                        /* reached */
    uint64_t punctures, unreached, reloads; /* since init */
} sim_arm;

void sim_arm_init(sim_arm *arm, const sim_arm_config *config, uint64_t now_us);

/* The arm's side of np_wire_motion. */
void sim_arm_begin(sim_arm *arm, uint64_t now_us, sim_arm_task task, const np_wire_move *move);
void sim_arm_retract(sim_arm *arm, uint64_t now_us);

/* Somebody has driven the arm home.  It must be idle. */
void sim_arm_drive_home(sim_arm *arm);

/* Lets time pass.  True once for each task that has ended, with what became of it.  NP_ERR_IO in *err if the record could
 * not be written: the arm is then to be taken for broken. */
bool sim_arm_step(sim_arm *arm, uint64_t now_us, sim_arm_report *out_report, np_error *err);

/* When the next step has something to do; UINT64_MAX if the arm is idle. */
uint64_t sim_arm_deadline(const sim_arm *arm, uint64_t now_us);

#endif
