/* A session on its way: what core/stream's files share. */
#ifndef NP_STREAM_PRIVATE_SESSION_H
#define NP_STREAM_PRIVATE_SESSION_H

#include "link/link.h"
#include "plan/journal.h"
#include "protocol/sender.h"
#include "stream/stream.h"

#define STREAM_SESSION_BATCH 256 /* events that are written into the journal at once */
#define STREAM_SESSION_NAMED 8   /* dots that an error names */

typedef struct stream_session {
    const np_run_options *options;
    np_plan *plan;
    np_plan_registration place; /* where the head is; its texts are the options' or the plan's */
    np_journal *journal;        /* NULL in a rehearsal */
    np_link *link;
    /* for the sender */
    np_wire_dot *dots;
    uint8_t *known;
    uint32_t n_dots;
    np_wire_load load;
    uint8_t link_key[NP_WIRE_KEY_BYTES];
    np_link_keys curve;
    void *memory;
    np_wire_sender *sender;
    /* what came out of it */
    np_journal_event events[STREAM_SESSION_BATCH];
    size_t n_events;
    np_error journal_error;
    bool lots_noted; /* those that the operator named for this run */
    struct {
        uint32_t id, known, executor;
    } differences[STREAM_SESSION_NAMED];
    uint32_t n_differences;
    /* verdicts on dots in doubt */
    uint32_t orders[NP_RUN_MAX_VERDICTS]; /* of the dots in options->verdicts */
    /* how fast it goes */
    uint32_t done_at_mark;
    uint64_t mark_us, next_report_us;
    uint64_t stopped_us; /* when the operator's wish to stop was heard; 0: not */
    np_run_state state;
} stream_session;

/* Reads and checks the plan, and turns its session into what a sender wants; *SESSION zero-initialised but for its options.
 * Nothing is written and nobody is talked to. */
np_status stream_session_prepare(stream_session *session, np_error *err);
/* Which approval the sender shows, newest first; false if there is no INDEX-th valid one. */
bool stream_session_choose_approval(stream_session *session, size_t index);
/* Opens the link and, unless it is a rehearsal, the journal. */
np_status stream_session_open(stream_session *session, np_error *err);
/* The journal alone; not in a rehearsal. */
np_status stream_session_open_journal(stream_session *session, np_error *err);
/* What the plan's journal calls now: microseconds since 1970. */
int64_t stream_session_unix_us(void);
/* Tells how far the run is, at most ten times a second. */
void stream_session_report(stream_session *session, const char *phase, uint32_t done, uint32_t in_doubt,
                           uint32_t failed, bool is_running, uint64_t now_us);
/* Closes and frees everything; STATE goes into the plan's run (NULL: it was never opened or is left as after a crash). */
np_status stream_session_close(stream_session *session, const char *state, np_error *err);

/* run.c: the lots that the operator named hold from NEXT on, the first dot that this run can make: later than what the executor
 * still had to tell of earlier runs, and before anything it does now.  False: journal_error says why. */
bool stream_session_note_lots(stream_session *session, uint32_t next);

/* review.c: finds the dots of the verdicts, each of which must be in doubt. */
np_status stream_session_check_verdicts(stream_session *session, np_error *err);
/* Hands them to a sender that was just set up, and has it hold instead of arming. */
void stream_session_give_verdicts(stream_session *session);
/* The sender's callback: the executor has taken one. */
bool stream_session_take_reviewed(void *context, uint32_t order, uint32_t id, uint32_t outcome);
/* Whether all were taken. */
np_status stream_session_end_of_review(const stream_session *session, np_error *err);

/* Runs a sender with the approval chosen, to its end.  *OUT_STATE_NAME is what the run's row is to say. */
np_status stream_session_run(stream_session *session, const char **out_state_name, np_wire_reason *out_reason,
                             np_error *err);

#endif
