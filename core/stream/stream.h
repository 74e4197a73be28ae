/* Streaming a session of a plan to an executor, with the journal in the plan file. */
#ifndef NP_STREAM_STREAM_H
#define NP_STREAM_STREAM_H

#include <signal.h>

#include "link/link_keys.h"
#include "plan/plan.h"
#include "protocol/wire.h"

typedef struct np_run_state {
    uint32_t total, done, in_doubt, failed; /* dots of the session */
    uint32_t left;                          /* out, as they cannot be made where the head is: not done */
    bool asked_for; /* the session was begun where it is made; false: the counts are what the plan knew before */
    double dots_per_s, seconds_left;
    const char *phase; /* "connecting", "running", "holding", ... */
} np_run_state;

typedef void np_run_report(void *context, const np_run_state *state);
/* One line for the operator: something he should know of, nothing that ends the run. */
typedef void np_run_log(void *context, const char *text);

/* A person has looked at a dot in doubt, or at one that failed. */
typedef struct np_run_verdict {
    uint32_t dot_id;
    bool done; /* it is there (of one in doubt); false: it is not, and is to be made by the next run */
} np_run_verdict;

/* How a gantry is moved (grbl alone). */
typedef struct np_run_gantry {
    bool accept_no_pedal;  /* without it nothing moves: the operator knows what grbl cannot do (docs/safety.md) */
    bool accept_no_limits; /* of a controller without homing or soft limits */
    bool home;             /* run the homing cycle first */
    double tilt_max_deg;   /* between the needle, which stays along z, and a dot's planned axis */
    double lift_mm;        /* clearance of travel above the head */
    double plunge_mm_s, travel_mm_s;
    double silence_s; /* without a status report for so long: hold, and reset as soon as it answers */
} np_run_gantry;

#define NP_RUN_MAX_VERDICTS 64 /* the wire's NP_WIRE_REVIEWS_MAX */

typedef struct np_run_options {
    const char *plan_path;
    int session;                       /* 1 first */
    const char *target;                /* "zmq:tcp://127.0.0.1:5555" or "serial:/dev/ttyX:115200" or "grbl:/dev/ttyX" */
    np_run_report *report;             /* may be NULL */
    np_run_log *log;                   /* may be NULL */
    void *report_context;              /* of both */
    const volatile sig_atomic_t *stop; /* set non-zero by a signal handler: hold, and end with NP_ERR_STOPPED */
    double connect_timeout_s;          /* how long a silent executor is waited for, at the start and later; 0: 10 s */
    const char *link_key;              /* file of the key shared with the executor; NULL: unauthenticated */
    const char *curve_key;             /* CURVE on ZeroMQ: file of our secret key, */
    const char *server_key;            /* and of the executor's public key; both or neither */
    const np_run_verdict
        *verdicts; /* with any, nothing is made: they are brought into both journals, and that is all */
    size_t n_verdicts;
    const char *cartridge,
        *pigment;         /* lots that are in the machine as the run begins (np_wire_lot_is_valid); NULL: not said */
    uint32_t needle_life; /* dots that a needle may make; 0: as many as the executor lets it */
    bool
        air; /* a rehearsal: to each dot's hover (a gantry: 2 to 5 mm above the skin), without a needle; all dots, and nothing is journalled on either side */
    const np_run_gantry *gantry; /* for targets "grbl:..."; NULL: refused there */
    const char *state_folder; /* where the ledger of a gantry lies (plan/ledger.h); NULL: in the user's state folder */
    bool take_ledger;         /* the plan may learn from it dots that it does not know */
    bool ledger_lost;         /* and it from the plan: the operator knows that the plan is the newest copy */
    /* Where the head is: as it was measured (stream/register.h); NULL: as in the run of this session before, or, if the
     * operator says so, where the arm's frame is. */
    const np_plan_registration *registration;
    bool head_is_arm_frame;
    bool moved;          /* the head was moved since the run before, and measured again */
    bool only_reachable; /* leave out what the arm does not reach, instead of refusing the session */
    const char
        *other_executor; /* why an executor is taken that lacks the epoch which the plan notes; NULL: it is not */
    const char *early;   /* why the session is made out of its order or before its day; NULL: it is not */
    bool realtime;       /* base/realtime.h, from before the link is opened; what cannot be had is logged */
    int cpu;             /* with it; NP_REALTIME_ANY_CPU: any */
} np_run_options;

/* Runs, or goes on with, a session.  Dots that the journal or the executor knows as done are not sent again; dots in doubt
 * are reported and never repeated by themselves.  NP_OK when every dot of the session is done (of a rehearsal, was reached);
 * NP_ERR_INCOMPLETE when the session has ended and some are in doubt or failed, or were left out; NP_ERR_APPROVAL without a valid approval; NP_ERR_LINK when the executor is not there or went away;
 * NP_ERR_UNSAFE for a session out of its order or before its day, without a reason; NP_ERR_DEVICE when it refused or faulted, or when its journal and ours contradict each other; NP_ERR_STOPPED after STOP.
 * With verdicts: NP_OK when all of them
 * stand in both journals; NP_ERR_INVALID for a dot on which the plan's journal leaves nothing to say.  Errors after the start say how many dots are done and how to go on.  A plan is run by one process at a time. */
np_status np_run_session(const np_run_options *options, np_run_state *out_state, np_error *err);

#endif
