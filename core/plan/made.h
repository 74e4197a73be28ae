/* What was made: each dot's last word in the journal, and with which needle and pigment. */
#ifndef NP_PLAN_MADE_H
#define NP_PLAN_MADE_H

#include "plan/journal.h"
#include "protocol/wire.h"

typedef struct np_made_dot {
    uint32_t id, order;
    int session;
    np_journal_state state; /* DONE, IN_DOUBT or FAILED */
    uint32_t outcome;       /* np_wire_outcome; 0 where the executor said nothing */
    int64_t run, time_unix_us;
    bool learnt; /* heard of later than it was made, at that time */
    double planned_depth_mm;
    double depth_mm, force_n; /* measured; NAN where it was not */
    int cartridge, pigment;   /* index into the plan's supplies; -1: nothing was written down */
} np_made_dot;

/* All dots of PLAN (which PATH is the file of) that have an outcome, by session and tour.  SESSION 0: all.  The caller frees
 * *out_dots. */
np_status np_made_read(const char *path, const np_plan *plan, int session, np_made_dot **out_dots, size_t *out_n,
                       np_error *err);

/* The run of SESSION whose last dots nobody was told of, and no run since has asked; NULL: none.  Of PLAN. */
const np_plan_run *np_made_open_run(const np_plan *plan, int session);
/* Read only, whether the journal of the plan file at PATH is whole and stays so: NP_ERR_IO where there is none; NP_ERR_INVALID, with what to do, where a process
 * runs it or one that did was cut off.  Asked before PLAN is read. */
np_status np_made_check_unlocked(const char *path, np_error *err);
/* The same, asked behind, with what PLAN says of its runs: the last of each session must have an end. */
np_status np_made_check_ended(const char *path, const np_plan *plan, np_error *err);

/* The lot of a supply: its own, or where nobody named one that of the supply of its kind before it in the session, since
 * cartridges come in boxes and pigment in bottles; who opens another one says so.  In a plan of several shades only a cartridge of the one that was asked
 * for counts.  NULL if none was ever named. */
const char *np_plan_supply_lot(const np_plan *plan, int supply);

/* "cartridge", "pigment". */
const char *np_plan_supply_kind_name(int kind);

#endif
