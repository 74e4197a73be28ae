/* The ledger: what a machine that drives a gantry remembers by itself of the sessions that it ran there.
 *
 * A gantry has no journal, and a plan file can be an older copy of itself.  The ledger is neither copied nor restored with the
 * plan: a database in the user's state folder, one row an event, synced before the call returns.  A dot stands in it before its
 * first line is sent. */
#ifndef NP_PLAN_LEDGER_H
#define NP_PLAN_LEDGER_H

#include "plan/journal.h"

typedef struct np_ledger np_ledger;

/* What is asked: of this target alone, or of every target, and of the ledger where it lies by default besides. */
typedef enum np_ledger_scope { NP_LEDGER_HERE, NP_LEDGER_ANYWHERE } np_ledger_scope;

/* Opens the ledger in FOLDER, or with NULL in $XDG_STATE_HOME/needlepath, or else ~/.local/state/needlepath (the default), for SESSION of
 * PLAN at TARGET; makes it if it is not there.  With another FOLDER the one that lies there by default, if any does, is asked as well and
 * never written to.  NP_ERR_FORMAT if what is in either place is no ledger.  Nothing is kept of the arguments.  One
 * thread at a time; other processes may use the same ledger. */
np_status np_ledger_open(const char *folder, const np_plan *plan, int session, const char *target,
                         np_ledger **out_ledger, np_error *err);
/* Safe on NULL; sets it to NULL. */
void np_ledger_close(np_ledger **ledger);

/* Its file, for messages; lives as long as the ledger. */
const char *np_ledger_path(const np_ledger *ledger);

/* Whether it knows nothing at all of the session at any target; the default one is not asked. */
np_status np_ledger_is_blank(np_ledger *ledger, bool *out_blank, np_error *err);

/* Where the session was begun last but at this target by this ledger, for messages: "at TARGET", or "at TARGET, in FILE" if the default
 * ledger says so; "" if there is none.  Cut to SIZE. */
np_status np_ledger_elsewhere(np_ledger *ledger, char *out_where, size_t size, np_error *err);

/* Whether it knows anything of SESSION of the plan whose digest begins with the hexadecimal digits PREFIX, at any target. */
np_status np_ledger_knows(np_ledger *ledger, const char *prefix, int session, bool *out_known, np_error *err);

/* What it knows of a dot: done, in doubt (it was about to be sent, and no more is known), or none. */
np_status np_ledger_state_of(np_ledger *ledger, uint32_t dot_id, np_ledger_scope scope, np_journal_state *out_state,
                             np_error *err);

/* Adds what is known of a dot from now on, and syncs it; DONE is for ever.  ORIGIN: who says so ("run", "review", "plan"). */
np_status np_ledger_record(np_ledger *ledger, uint32_t dot_id, np_journal_state state, const char *origin,
                           int64_t time_unix_us, np_error *err);

/* Adds where the head is from now on, and syncs it. */
np_status np_ledger_record_place(np_ledger *ledger, const np_plan_registration *place, np_error *err);

/* Where it was last in this session, at whatever target, also by the default ledger if this one does not say: name, rotation and
 * translation alone.  OUT_NAME: its name, which OUT_PLACE points to.  Not known: of a session that was begun before ledgers had it. */
#define NP_LEDGER_NAME_BYTES 100
np_status np_ledger_last_place(np_ledger *ledger, char out_name[NP_LEDGER_NAME_BYTES], np_plan_registration *out_place,
                               bool *out_known, np_error *err);

#endif
