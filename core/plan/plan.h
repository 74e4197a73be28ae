/* The plan: all dots of a treatment, and what has been done of them, in one .needleplan file. */
#ifndef NP_PLAN_PLAN_H
#define NP_PLAN_PLAN_H

#include "base/figure.h"
#include "base/progress.h"
#include "case/case.h"
#include "plan/dot.h"
#include "plan/moves.h"
#include "protocol/approval.h"

#define NP_PLAN_DIGEST_BYTES 32

typedef struct np_plan_layer {
    char *name, *strategy; /* "hairline 1.0.0" */
    double area_cm2;
    uint32_t dots[NP_CASE_MAX_SESSIONS];
} np_plan_layer;

typedef struct np_plan_session {
    int day;
    uint32_t dots;
    double tour_length_mm, tour_time_s; /* the time by the moves, in a plan that has them */
    double greedy_time_s;               /* of a greedy order, straight from dot to dot: for judging the tour alone */
    uint32_t patches, reloads;
    double spacing_min_mm; /* of any two dots of this session */
} np_plan_session;

typedef struct np_plan_approval {
    char *operator_name;
    unsigned char public_key[32], signature[64];
    int64_t time_unix_s;
    int version; /* 1: of the digest alone, which nobody takes any more; 2: of the digest and the terms */
    np_wire_terms terms;
} np_plan_approval;

/* Where the head was, as the arm saw it, in a run: rounded as it was sent. */
typedef struct np_plan_registration {
    char *name;              /* of the file of fiducials, or NP_PLAN_HEAD_IS_ARM_FRAME */
    int64_t time_unix_s;     /* when the fiducials were written down */
    int32_t rotation[4];     /* quaternion w, x, y, z, 1e-6 */
    int32_t translation[3];  /* um; arm = R head + t */
    double rms_mm, worst_mm; /* residuals of the fiducials */
    double
        moved_mm; /* how far this took dots of the session from where the registration before had them; 0: nothing before */
    bool
        moved_unknown; /* it was said that the head had been moved, and this file does not know from where; moved_mm is 0 */
    char *fiducials; /* CSV: name, head x y z, arm x y z, residual, in mm */
    /* It was said that the head was moved to there, and nothing was armed since: no dot was made with it. */
    bool claimed;
} np_plan_registration;

#define NP_PLAN_HEAD_IS_ARM_FRAME "head-is-arm-frame"

/* In words, for people, without what an end of a line would break; returns OUT. */
#define NP_PLAN_REGISTRATION_TEXT_BYTES 1024
const char *np_plan_registration_text(const np_plan_registration *registration,
                                      char out[NP_PLAN_REGISTRATION_TEXT_BYTES]);

/* X(name, text, what it means).  The text stands in the plan file. */
#define NP_PLAN_RUN_TABLE(X)                                                                                           \
    X(RUNNING, "running", "a process holds the plan and runs it")                                                      \
    X(INTERRUPTED, "interrupted", "its process was killed")                                                            \
    X(HELD, "held", "stopped by the operator, by somebody on the link, or as a dot went too deep")                     \
    X(DONE, "done", "every dot of the session has its outcome")                                                        \
    X(ABORTED, "aborted", "the executor ended it")                                                                     \
    X(FAULT, "fault", "the executor stands in a fault")                                                                \
    X(REFUSED, "refused", "the executor took nothing")                                                                 \
    X(LINK_LOST, "link lost", "the executor went away, or nobody answered")                                            \
    X(REVIEWED, "reviewed", "verdicts on dots in doubt or failed, nothing made")                                       \
    X(PARTLY, "partly done", "what the arm reaches has its outcome, and the rest was left out")                        \
    X(LEARNT, "learnt", "no run of this file: dots that another record told it of, of runs that it does not know")

#define NP_PLAN_RUN_ENUM(name, text, meaning) NP_PLAN_RUN_##name,
typedef enum np_plan_run_state { NP_PLAN_RUN_TABLE(NP_PLAN_RUN_ENUM) NP_PLAN_RUN_COUNT } np_plan_run_state;
#undef NP_PLAN_RUN_ENUM

/* Of state LEARNT, for people. */
#define NP_PLAN_LEARNT_TEXT                                                                                            \
    "learnt: of runs that this file does not know; when they were made, and where the head was, is not in it"

/* The table's text.  Static. */
const char *np_plan_run_state_name(np_plan_run_state state);

typedef struct np_plan_run {
    int64_t id;
    int session;
    int64_t started_unix_s; /* state LEARNT: when they were heard of */
    char *target;           /* "zmq:tcp://..."; state LEARNT: from where they were heard of */
    uint32_t done, in_doubt, failed;
    uint32_t learnt;              /* of all these: heard of after their run */
    uint32_t too_deep;            /* of those that are done */
    uint32_t skipped, no_contact; /* of those that failed */
    np_plan_run_state state;
    np_plan_registration *registration; /* NULL: none was written down */
    char *early_found,
        *early_reason;    /* what of the sessions' order and days was not kept, and why; both or neither NULL */
    char *other_executor; /* why an executor was taken that did not know what was made of the session; NULL: it did */
} np_plan_run;

/* One change of the needle, or reload of pigment, in the order in which they were written down. */
typedef struct np_plan_supply {
    int64_t run;
    int session;
    int64_t number; /* of the session, as the executor counts; -1: named when the run began */
    int kind;       /* np_wire_supply_kind */
    uint32_t order; /* the dots that were made from then on, of this place in the tour and later, were made with it */
    char *lot;      /* NULL: nobody named it; see np_plan_supply_lot */
    int64_t time_unix_us;
    int64_t after_seq; /* the journal's last row before it */
    uint32_t dots;     /* that were begun with it */
} np_plan_supply;

/* In memory; np_plan_destroy frees all. */
typedef struct np_plan {
    char *case_text, *title, *version;               /* version of needlepath that made it */
    unsigned char scan_digest[NP_PLAN_DIGEST_BYTES]; /* BLAKE2b-256 of the mesh in the head frame */
    uint64_t seed;
    int accepted;          /* np_accept_set: what the case accepted although planning would refuse it */
    np_case_limits limits; /* the envelope the plan was checked against */
    double needle_diameter_mm;
    double
        indentation_mm; /* of every dot's depth, by how much skin gives way: the rest is how deep in the skin ink lies */
    double ink_strength, healed_size; /* by this person's test dots, in parts of the usual; 0: as usual */
    np_plan_layer *layers;
    size_t n_layers;
    np_plan_session sessions[NP_CASE_MAX_SESSIONS];
    size_t n_sessions;
    np_dot *dots; /* by session, then order */
    size_t n_dots;
    np_plan_moves moves;
    double treated_area_cm2;
    np_palette shades; /* that dots are made in, by tone (plan/cartridges.h); none: all in one pigment */
    int reload_every;  /* dots between reloads of pigment; 0: never */
    char *notes;       /* what the strategies had to say, a line each; "" if nothing */
    char *
        plugins; /* layer by layer, as sha256sum writes it: SHA-256, two blanks, the path: of the plugin, then of each file it was given;
                      "" of old plans */
    np_figure *figures; /* of the pattern (dots/figures.h), by name: np_plan_set_figures */
    size_t n_figures;
    unsigned char digest[NP_PLAN_DIGEST_BYTES];
    np_plan_approval *approvals;
    size_t n_approvals;
    np_plan_run *runs;
    size_t n_runs;
    np_plan_supply *supplies;
    size_t n_supplies;
} np_plan;

void np_plan_destroy(np_plan *plan);
/* The dots of LAYER, one of PLAN's, in all sessions. */
uint32_t np_plan_layer_dots(const np_plan *plan, const np_plan_layer *layer);
/* Whether LAYER's front is a hairline: of hairline and full_scalp.  Dots of other strategies begin where their region does, maybe amid hair. */
bool np_plan_layer_makes_hairline(const np_plan_layer *layer);

/* The run of that ID, to be read or filled in; NULL if there is none. */
np_plan_run *np_plan_find_run(const np_plan *plan, int64_t id);
/* The last run of SESSION that made anything, NULL if there is none; verdicts make nothing. */
const np_plan_run *np_plan_last_run(const np_plan *plan, int session);

/* How far the two closest dots are from each other, in words; MM is 0 where no two are near.  Returns OUT. */
#define NP_PLAN_CLOSEST_TEXT_BYTES 40
const char *np_plan_closest_text(double mm, char out[NP_PLAN_CLOSEST_TEXT_BYTES]);

/* Gives PLAN a copy of FIGURES, sorted by name. */
np_status np_plan_set_figures(np_plan *plan, const np_figure *figures, size_t n, np_error *err);

/* Whether a plan may be written to PATH, which must not exist unless OVERWRITE, and then be a plan that was never run: one that was
 * holds the journal.  NP_ERR_INVALID also for what is no plan, for one that cannot be read, and where a log of that name lies there. */
np_status np_plan_check_target(const char *path, bool overwrite, np_error *err);
/* Writes a new plan file where np_plan_check_target allows it.  It appears whole or not at all. */
np_status np_plan_write(const np_plan *plan, const char *path, bool overwrite, np_error *err);
/* Reads a plan file and checks it: application id, schema version, completeness, digest over the dots.
 * NP_ERR_FORMAT for a file that was cut short or changed. */
np_status np_plan_read(const char *path, np_plan **out_plan, np_error *err);

#endif
