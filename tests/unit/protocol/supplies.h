/* Needle and pigment in the harness: the person who renews them, the arm's station, and what both journals say.  A part of
 * harness.h, which includes it. */
#ifndef NP_TESTS_UNIT_PROTOCOL_SUPPLIES_H
#define NP_TESTS_UNIT_PROTOCOL_SUPPLIES_H

/* A record of the executor's has become durable. */
static inline void note_supply(job *j, const np_wire_record *r)
{
    np_wire_supply s = {r->kind == NP_WIRE_RECORD_NEEDLE ? NP_WIRE_SUPPLY_NEEDLE : NP_WIRE_SUPPLY_PIGMENT, r->order,
                        r->time_us, ""};
    memcpy(s.lot, j->lot, sizeof s.lot);
    if (j->n_supplies_durable < JOB_SUPPLIES)
        j->supplies_durable[j->n_supplies_durable++] = s;
}

/* ---- the sender's journal ---- */

static inline bool is_same_supply(const np_wire_supply *a, const np_wire_supply *b)
{
    return a->kind == b->kind && a->order == b->order && a->time_us == b->time_us && strcmp(a->lot, b->lot) == 0;
}

static inline bool journal_supply(void *context, uint32_t number, const np_wire_supply *supply)
{
    job *j = context;
    if (number != j->n_supplies)
        job_trouble(j, "a reload or needle change was reported twice or out of turn", number);
    if (number >= j->n_supplies_durable || !is_same_supply(supply, &j->supplies_durable[number]))
        job_trouble(j, "a reload or needle change was reported that is not durable", number);
    if (j->n_supplies < JOB_SUPPLIES)
        j->supplies[j->n_supplies++] = *supply;
    return true;
}

/* ---- the arm and the person ---- */

static inline void motion_reload(void *context, const np_wire_move *move)
{
    job *j = context;
    if (j->crashed)
        return;
    arm_leave(j, move, true);
    if (j->now_us > j->last_frame_us + NP_WIRE_LEASE_US)
        job_trouble(j, "a reload began after the lease", 0);
    j->reloading = true;
    j->reload_end_us = j->now_us + 20 * j->faults.motion_us;
}

/* The person at the machine renews what is asked for, in his own time and now and then unasked, and says so; and the arm
 * comes back from its station.  Where the record of it is lost in a crash he is asked for it again. */
static inline void job_supplies_step(job *j)
{
    np_wire_executor *x = j->executor;
    np_wire_executor_info info;
    np_wire_executor_get_info(x, &info);
    if (j->reloading && j->now_us >= j->reload_end_us) {
        bool done = info.reloading && info.state == NP_WIRE_STATE_RUNNING && !random_hits(&j->random, 0.05);
        j->reloading = false;
        if (done) {
            j->reload_made = info.next;
            j->place = j->bound;
        }
        np_wire_executor_reload_done(x, job_executor_us(j), done);
    }
    bool unasked = (j->faults.needle_life || j->faults.reload_every) && random_hits(&j->random, 0.0005);
    if (!j->crashed && !j->faults.nobody && ((info.waits_for_supply && random_hits(&j->random, 0.1)) || unasked)) {
        bool needle = unasked ? random_hits(&j->random, 0.5) : info.due == NP_WIRE_REASON_NEEDLE;
        bool moving =
            info.state == NP_WIRE_STATE_ARMED || info.state == NP_WIRE_STATE_RUNNING || info.busy || info.reloading;
        /* First it is done, then said: whether or not the record of it survives. */
        if (!moving && needle) {
            j->needle_in = true;
            j->needle_made = 0;
        } else if (!moving && info.next > j->reload_made) {
            j->reload_made = info.next;
        }
        char lot[NP_WIRE_LOT_BYTES] = "";
        if (random_hits(&j->random, 0.8))
            snprintf(lot, sizeof lot, "lot %u", ++j->lots);
        bool taken = np_wire_executor_supply(x, job_executor_us(j),
                                             needle ? NP_WIRE_SUPPLY_NEEDLE : NP_WIRE_SUPPLY_PIGMENT, lot);
        if (taken && moving)
            job_trouble(j, "a change was taken while something moved", info.next);
        np_wire_executor_get_info(x, &info);
        if (info.state == NP_WIRE_STATE_ARMED || info.state == NP_WIRE_STATE_RUNNING || info.waits_for_pedal)
            job_trouble(j, "hands at the needle, and the machine is armed or about to be", info.next);
    }
}

#endif
