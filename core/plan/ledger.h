/* The ledger: what a machine that drives a gantry remembers by itself of the sessions that it ran there.
 *
 * A gantry has no journal, and a plan file can be an older copy of itself.  The ledger is neither copied nor restored with the
 * plan: a database in the user's state folder, one row an event, synced before the call returns.  A dot stands in it before its
 * first line is sent. */
#ifndef NP_PLAN_LEDGER_H
#define NP_PLAN_LEDGER_H

#include "plan/journal.h"

typedef struct np_ledger np_ledger;

/* Opens the ledger in FOLDER, or with NULL in $XDG_STATE_HOME/needlepath, or else ~/.local/state/needlepath, for SESSION of PLAN at
 * TARGET; makes it if it is not there.  NP_ERR_FORMAT if what is there is no ledger.  Nothing is kept of the arguments.  One
 * thread at a time; other processes may use the same ledger. */
np_status np_ledger_open(const char *folder, const np_plan *plan, int session, const char *target,
                         np_ledger **out_ledger, np_error *err);
/* Safe on NULL; sets it to NULL. */
void np_ledger_close(np_ledger **ledger);

/* Its file, for messages; lives as long as the ledger. */
const char *np_ledger_path(const np_ledger *ledger);

/* Whether it knows nothing at all of the session at any target. */
np_status np_ledger_is_blank(np_ledger *ledger, bool *out_blank, np_error *err);

/* The target other than this one where the session was begun last; "" if there is none.  Cut to SIZE. */
np_status np_ledger_other_target(np_ledger *ledger, char *out_target, size_t size, np_error *err);

/* Whether it knows anything of SESSION of the plan whose digest begins with the hexadecimal digits PREFIX, at any target. */
np_status np_ledger_knows(np_ledger *ledger, const char *prefix, int session, bool *out_known, np_error *err);

/* What it knows of a dot at this target, or ANYWHERE: done, in doubt (it was about to be sent, and no more is known), or none. */
np_status np_ledger_state_of(np_ledger *ledger, uint32_t dot_id, bool anywhere, np_journal_state *out_state,
                             np_error *err);

/* Adds what is known of a dot from now on, and syncs it; DONE is for ever.  ORIGIN: who says so ("run", "review", "plan"). */
np_status np_ledger_record(np_ledger *ledger, uint32_t dot_id, np_journal_state state, const char *origin,
                           int64_t time_unix_us, np_error *err);

#endif
