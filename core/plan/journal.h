/* The journal: what has been done of a plan, kept in the plan file itself.
 *
 * One row an event, appended and never changed, each batch one transaction synced to the disk before the
 * call returns (SQLite in WAL mode with synchronous FULL).  The executor's own record is the authority;
 * this one follows it, so that `show` and a resume know what is known on this side even after a crash.  A
 * dot that is done stays done: the journal refuses every event that would send it again. */
#ifndef NP_PLAN_JOURNAL_H
#define NP_PLAN_JOURNAL_H

#include "plan/plan.h"

/* The numbers stand in the plan file; 1 is reserved: it once meant "sent", which says nothing of the dot. */
typedef enum np_journal_state {
    NP_JOURNAL_NONE = 0,     /* nothing is known of the dot: it was never sent, or a person wants it made again */
    NP_JOURNAL_DONE = 2,     /* confirmed by the executor */
    NP_JOURNAL_IN_DOUBT = 3, /* its puncture began and was never confirmed; never sent again unless a person says so */
    NP_JOURNAL_FAILED = 4    /* the executor gave up on it (skipped, no contact); the same */
} np_journal_state;

/* How an event was heard of. */
typedef enum np_journal_hearing {
    NP_JOURNAL_MADE, /* as it was made, by this run */
    /* Later, from the executor or a ledger.  A dot that is in doubt belongs to the run that has it so; another one to the session's last
     * run that has a registration, which may be this one (LEARNT_LAST: nothing else can have made it), or to a run that this file does not know
     * (LEARNT, or where there is no such run): one of state NP_PLAN_RUN_LEARNT, without registration. */
    NP_JOURNAL_LEARNT_LAST,
    NP_JOURNAL_LEARNT
} np_journal_hearing;

typedef struct np_journal_event {
    uint32_t dot_id;
    np_journal_state state;
    int64_t time_unix_us; /* when it was heard of */
    double depth_mm;      /* measured; NAN where there is none */
    double force_n;       /* measured; 0 where there is none */
    uint32_t outcome;     /* np_wire_outcome as the executor said it; 0 where it said nothing */
    np_journal_hearing hearing;
} np_journal_event;

/* A needle or pigment that is new from a dot on. */
typedef struct np_journal_supply {
    int64_t number;            /* of the session as the executor counts, 0 first; -1: named when this run began */
    int kind;                  /* np_wire_supply_kind */
    uint32_t order;            /* place in the tour of the first dot that is made with it */
    const char *lot;           /* "": not named */
    int64_t time_unix_us;      /* when it was heard of */
    uint64_t executor_time_us; /* on the executor's clock; 0 with number -1 */
} np_journal_supply;

/* An epoch of an executor in which something could be armed. */
typedef struct np_plan_epoch {
    uint32_t epoch;
    unsigned char token[NP_WIRE_NONCE_BYTES];       /* that the executor's journal has of it */
    unsigned char identity[NP_WIRE_IDENTITY_BYTES]; /* the executor's */
    char executor[48];                              /* its name */
    uint32_t supplies_behind; /* so many of the session's supplies its journal lacks, as other executors told them */
} np_plan_epoch;

typedef struct np_journal np_journal;

/* Opens the journal of the plan file at PATH for one run of SESSION (1 first) and records the run's start,
 * with state "running".  PLAN is the same file as np_plan_read gave it: its digest must still stand in the
 * file (NP_ERR_FORMAT if the file was changed meanwhile).  Only one run at a time: NP_ERR_IO says if
 * another process holds the journal.  A run that an earlier process left as "running" is set to
 * "interrupted".  PLAN is not kept.  The caller ends it with np_journal_close.  One thread at a time. */
np_status np_journal_open(const char *path, const np_plan *plan, int session, const char *target,
                          int64_t started_unix_s, np_journal **out_journal, np_error *err);

/* Writes down where the head is in this run, and syncs it: when it may make dots and before the first of them; and before that, as
 * claimed, where it was moved to.  A run that has none that is not claimed made nothing. */
np_status np_journal_record_registration(np_journal *journal, const np_plan_registration *registration, np_error *err);

/* Writes down that this run is made out of the sessions' order or before its day: FOUND is what was not kept, REASON the
 * operator's.  Before its first event, and synced. */
np_status np_journal_record_early(np_journal *journal, const char *found, const char *reason, np_error *err);

/* Notes the epoch in which something may be armed from now on, and syncs it.  REASON: why an executor is taken whose journal lacks
 * the epoch noted before; NULL: it has it, or there is none. */
np_status np_journal_note_epoch(np_journal *journal, const np_plan_epoch *epoch, const char *reason, np_error *err);
/* The last epoch noted of the journal's session, in all runs; false if there is none. */
bool np_journal_noted_epoch(const np_journal *journal, np_plan_epoch *out_epoch);

/* Appends N events in one transaction and syncs it.  NP_ERR_INTERNAL, and nothing recorded, for a dot that
 * is not of the session, or for an event that a dot's state forbids: anything but DONE after DONE, NONE (a person's verdict:
 * make it again) after anything but IN_DOUBT and FAILED.  NP_ERR_IO on a full disk: the batch is then not recorded. */
np_status np_journal_record(np_journal *journal, const np_journal_event *events, size_t n, np_error *err);

/* Appends one supply and syncs it.  NP_ERR_INTERNAL for a number that is not the next of the session; NP_ERR_INVALID for a
 * lot that is no text of at most 32 bytes, or an order behind the session's end. */
np_status np_journal_record_supply(np_journal *journal, const np_journal_supply *supply, np_error *err);

/* How many supplies of the session the executor has told, in all runs. */
uint32_t np_journal_supply_count(const np_journal *journal);

/* The state of a dot of the session, from this run and all earlier ones; NP_JOURNAL_NONE for other ids. */
np_journal_state np_journal_state_of(const np_journal *journal, uint32_t dot_id);

/* What the executor said when the dot got its state (np_wire_outcome); 0 where it said nothing. */
uint32_t np_journal_outcome_of(const np_journal *journal, uint32_t dot_id);

/* Writes the run's last state and frees *JOURNAL, also on error; sets it to NULL.  Safe on NULL.  With NP_PLAN_RUN_RUNNING the
 * file is left as after a crash. */
np_status np_journal_close(np_journal **journal, np_plan_run_state state, np_error *err);

/* The states of all dots of a session without opening a run: out_states[i] for the i-th of the session's
 * dots by tour order.  OUT_STATES has room for N, which must be the session's count. */
np_status np_journal_read(const char *path, int session, np_journal_state *out_states, size_t n, np_error *err);

/* Whether the plan file at PATH is whole only with the log beside it (PATH-wal): a run was killed, or another program had the file
 * open when it ended. */
bool np_plan_needs_log(const char *path);

/* "none", "done", "in_doubt", "failed".  Static. */
const char *np_journal_state_name(np_journal_state state);

#endif
