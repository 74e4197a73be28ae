/* A session on its way: what core/stream's files share. */
#ifndef NP_STREAM_PRIVATE_SESSION_H
#define NP_STREAM_PRIVATE_SESSION_H

#include "link/link.h"
#include "plan/journal.h"
#include "plan/ledger.h"
#include "protocol/sender.h"
#include "stream/stream.h"

#define STREAM_SESSION_BATCH 256 /* events that are written into the journal at once */
#define STREAM_SESSION_EARLY_BYTES 200
#define STREAM_SESSION_NAMED 8 /* dots that an error names */
#define STREAM_SESSION_SAID 4  /* texts of the sender that are kept */

typedef struct stream_session {
    const np_run_options *options;
    np_plan *plan;
    np_plan_registration place;                   /* where the head is; its texts are the options' or the plan's */
    bool is_as_before;                            /* the place is that of the session's run before */
    bool may_have_made;                           /* this run was armed, and its place is in the journal */
    char early_found[STREAM_SESSION_EARLY_BYTES]; /* what is not kept of the sessions' order and days; "": nothing */
    np_journal *journal;                          /* NULL in a rehearsal */
    np_plan_epoch noted;                          /* the last epoch of the session, if the plan notes one */
    bool has_noted, other_is_noted;               /* other_is_noted: this run has noted the first of its own */
    bool follows;                                 /* see whose.h */
    uint32_t met_epoch;                           /* the last in which the executor welcomed this run; 0: none yet */
    uint64_t turn_us, turn_before_us; /* when the loop's present turn began, and the one before; 0: none yet */
    np_ledger *ledger;                /* of a gantry; NULL in a rehearsal */
    np_link *link;
    /* for the sender */
    np_wire_dot *dots;
    np_wire_stop *stops;
    uint8_t *known;
    uint8_t *reached; /* by order, what was told before anything moves: np_wire_outcome */
    uint32_t n_dots;
    np_wire_load load;
    uint8_t link_key[NP_WIRE_KEY_BYTES];
    np_link_keys curve;
    void *memory;
    size_t memory_size;
    np_wire_sender *sender;
    /* what came out of it */
    np_journal_event events[STREAM_SESSION_BATCH];
    size_t n_events;
    np_error journal_error;
    bool wrong_cartridge, held_cartridge; /* another was put in than the plan wants; and the executor was held for it */
    char cartridge_text[NP_WIRE_LOT_BYTES]; /* as which it was confirmed */
    uint32_t cartridge_order;               /* at this place */
    uint32_t asked_cartridge;               /* 1 + the place for which one was asked for last */
    bool lots_noted;                        /* those that the operator named for this run */
    struct {
        uint32_t order;
        char lot[NP_WIRE_LOT_BYTES]; /* "": nobody named it */
        bool set_aside;              /* for it, what the operator named for this run */
    } confirmed[2];                  /* at the executor, last: the needle, and pigment */
    struct {
        uint32_t id, known, executor;
    } differences[STREAM_SESSION_NAMED];
    uint32_t n_differences;
    /* what there was to say to the person while the arm was asked what it reaches */
    char said[STREAM_SESSION_SAID][NP_WIRE_TEXT_BYTES];
    uint32_t n_said;
    /* verdicts on dots in doubt or failed */
    uint32_t orders[NP_RUN_MAX_VERDICTS]; /* of the dots in options->verdicts */
    /* how fast it goes */
    uint32_t done_at_mark;
    uint64_t mark_us, next_report_us;
    double running_s; /* spent running, in which so many dots were finished */
    uint32_t made, finished_before;
    uint32_t learnt;       /* dots that the executor had made before, which the plan did not know */
    uint64_t ran_until_us; /* 0: it does not run */
    uint64_t stopped_us;   /* when the operator's wish to stop was heard; 0: not */
    np_run_state state;
} stream_session;

#endif
