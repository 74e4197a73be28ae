/* The machine: executor, arm, journal, record and link put together, and the loop that runs them. */
#ifndef NP_SIM_MACHINE_H
#define NP_SIM_MACHINE_H

#include <signal.h>
#include <stdio.h>

#include "link/link.h"
#include "sim/arm.h"
#include "sim/journal_file.h"
#include "sim/operator.h"
#include "sim/trace.h"

#define SIM_MACHINE_MAX_OPERATORS 16
#define SIM_MACHINE_MAX_ALLOWED 16

typedef struct sim_machine_options {
    const char *listen;   /* "zmq:tcp://127.0.0.1:5555", "serial:DEVICE:BAUD" or "serial:pty" */
    const char *pty_link; /* symbolic link to the pseudo-terminal; NULL: none */
    bool real_time;       /* --speed 1; else as fast as it goes */
    const char *journal;  /* a file, or "memory" */
    bool new_journal;     /* it is not there yet */
    const char *revoke;   /* of sim_machine_keep: digest of a plan; NULL: none */
    const char *record;   /* a CSV file; NULL: none */
    const char *trace;    /* another; NULL: none */
    const char *head;     /* a mesh that the tool must stay clear of (sim/head_mesh.h); NULL: nobody looks */
    double head_tolerance_mm;
    const char *operators[SIM_MACHINE_MAX_OPERATORS]; /* files of public keys */
    int n_operators;
    const char *link_key;  /* a file; NULL: unauthenticated */
    const char *curve_key; /* CURVE on ZeroMQ: a file; NULL: plain */
    const char
        *allow[SIM_MACHINE_MAX_ALLOWED]; /* files of public CURVE keys, or folders of them, that may run sessions */
    int n_allow;
    const char *stop_listen; /* a plain zmq: target at which anybody may STOP; NULL: none */
    bool once;               /* end after the first session that has ended */
    uint64_t seed;
    double repeatability_mm;
    const sim_arm_fault *faults; /* borrowed */
    int n_faults;
    np_wire_box workspace;         /* in the simulator's frame; zeros: none */
    int32_t head_up_min_ppm;       /* np_wire_executor_config */
    uint32_t needle_life;          /* dots a needle may make; 0: it is not counted */
    np_wire_supplies supplies;     /* who renews needle and pigment */
    double reload_s;               /* how long the arm stays at its pigment station */
    sim_operator_options operator; /* the person, not the key */
    bool realtime;                 /* base/realtime.h; what cannot be had goes to LOG */
    int cpu;
    const volatile sig_atomic_t *stop;
    FILE *out; /* gets the line "listening on ..." */
    FILE *log; /* gets a line for every event a person at the machine should know of */
} sim_machine_options;

typedef struct sim_machine_summary {
    uint64_t punctures, unreachable, reloads; /* reloads: by the arm itself */
    uint32_t done, in_doubt, other;           /* of the last session that was loaded */
    uint32_t session, dots;                   /* 0: none was, but to ask what is reached */
    bool rehearsed;                           /* in the air */
    double time_s;                            /* of the arm's clock */
    uint64_t frames, bad_frames, journal_bytes, syncs;
} sim_machine_summary;

/* Looks after the journal alone: writes into it that options->revoke is made here no more, if that is given, and tells OUT whose it
 * is.  Neither a link nor an arm is touched. */
np_status sim_machine_keep(const sim_machine_options *options, np_error *err);

/* Runs until *stop or, with once, the end of a session; then holds, lets the needle out and closes.  The summary is filled
 * in as far as things went, also on error. */
np_status sim_machine_run(const sim_machine_options *options, sim_machine_summary *out_summary, np_error *err);

#endif
