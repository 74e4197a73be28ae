/* The clock of the executor: whether the next dot may begin, and the records around it.
 *
 * The order is the promise: INTENT durable, motion, RESULT durable, report.  Whatever fails
 * in between leaves a dot that is in doubt and never a dot that is done twice.
 *
 * A RESULT may wait for the INTENT of the next dot and share its sync, which halves the time that a disk takes.
 * It waits no longer than to the end of the tick, and nothing is said to anybody before it is durable. */
#include "protocol/private/executor.h"

#include <assert.h>
#include <string.h>

#include "protocol/private/print.h"

/* ---- the journal's front end ---- */

/* The journal has failed.  A RESULT that waited for its sync stays in doubt here too, as it may be in the
 * journal: the durable record is the authority. */
static bool fail_journal(np_wire_executor *x)
{
    x->journal_ok = false;
    if (x->unsynced) {
        x->unsynced = false;
        wire_executor_set_outcome(x, x->unsynced_order, NP_WIRE_OUTCOME_IN_DOUBT);
        x->details[x->unsynced_order % x->config.buffer_dots] = (wire_detail){.order = x->unsynced_order};
    }
    wire_executor_enter_fault(x, NP_WIRE_REASON_STORAGE, NULL);
    return false;
}

static bool append_unsynced(np_wire_executor *x, np_wire_record *record)
{
    const np_wire_storage *s = &x->config.storage;
    uint8_t bytes[NP_WIRE_RECORD_BYTES];
    record->serial = x->serial;
    np_wire_record_encode(record, bytes);
    if (!x->journal_ok || !s->append(s->context, bytes, sizeof bytes))
        return fail_journal(x);
    x->serial++;
    x->journal_bytes += sizeof bytes;
    return true;
}

/* Appends and syncs one record; a failure latches FAULT, since nothing can be relied on after it. */
bool wire_executor_append(np_wire_executor *x, np_wire_record *record)
{
    const np_wire_storage *s = &x->config.storage;
    if (!append_unsynced(x, record))
        return false;
    if (!s->sync(s->context))
        return fail_journal(x);
    x->unsynced = false;
    return true;
}

bool wire_executor_sync(np_wire_executor *x)
{
    const np_wire_storage *s = &x->config.storage;
    if (x->unsynced && !s->sync(s->context))
        return fail_journal(x);
    x->unsynced = false;
    return true;
}

/* Appends the RESULT of the dot in progress, which need not be durable yet.  It waits only where the next record
 * will lie in the same block of the storage, so that a crash never keeps that one and loses this. */
static bool append_result(np_wire_executor *x)
{
    if ((x->journal_bytes + NP_WIRE_RECORD_BYTES) % NP_WIRE_JOURNAL_BLOCK_BYTES == 0)
        return wire_executor_append(x, &x->record);
    if (!append_unsynced(x, &x->record))
        return false;
    x->unsynced = true;
    x->unsynced_order = x->record.order;
    return true;
}

/* ---- buffered dots ---- */

uint32_t wire_executor_window(const np_wire_executor *x)
{
    if (!wire_executor_is_armed(x))
        return 0;
    /* A slot is free again when its dot is final and its chunk needs it no more for the check. */
    uint32_t low = x->next < x->verified ? x->next : x->verified, place = wire_executor_place_order(x);
    low = place < low ? place : low; /* the arm has not passed it yet */
    low = wire_executor_reach_order(x) < low ? wire_executor_reach_order(x) : low;
    uint32_t window = low + x->config.buffer_dots;
    return window < x->n_dots ? window : x->n_dots;
}

/* Checks the chunk that begins at verified, all of which has been received.  False: FAULT. */
static bool verify_chunk(np_wire_executor *x)
{
    uint32_t chunk = x->verified / NP_WIRE_CHUNK_DOTS, n = np_wire_chunk_dots(x->n_dots, chunk);
    const np_wire_dot *dots = x->buffer + x->verified % x->config.buffer_dots;
    uint8_t hash[NP_WIRE_HASH_BYTES];
    char text[NP_WIRE_TEXT_BYTES];
    np_wire_chunk_hash(x->load.session, chunk, dots, n, x->stops, hash);
    if (memcmp(hash, x->chunk_hashes + (size_t)chunk * NP_WIRE_HASH_BYTES, sizeof hash) != 0) {
        wire_print(text, sizeof text, "the dots at places %lu to %lu of session %lu are not those of the approved plan",
                   (unsigned long)x->verified, (unsigned long)(x->verified + n - 1), (unsigned long)x->load.session);
        wire_executor_enter_fault(x, NP_WIRE_REASON_BINDING, text);
        return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (np_wire_dot_check(&dots[i], &x->load.limits, text) != NP_WIRE_OK ||
            np_wire_moves_check(&dots[i], x->stops, x->n_dots, text) != NP_WIRE_OK) {
            wire_executor_enter_fault(x, NP_WIRE_REASON_DOT_LIMIT, text);
            return false;
        }
    }
    if (!wire_executor_chunk_is_inside(x, dots, n, text)) {
        wire_executor_enter_fault(x, NP_WIRE_REASON_DOT_LIMIT, text);
        return false;
    }
    x->verified += n;
    return true;
}

void wire_executor_verify_chunks(np_wire_executor *x)
{
    while (wire_executor_is_armed(x) && x->verified < x->n_dots) {
        uint32_t n = np_wire_chunk_dots(x->n_dots, x->verified / NP_WIRE_CHUNK_DOTS);
        if (x->received < x->verified + n || !verify_chunk(x))
            return;
    }
}

/* ---- one dot ---- */

/* Why the next dot may not begin now, though nothing is wrong. */
static np_wire_reason gate(const np_wire_executor *x, uint64_t now_us)
{
    const np_wire_executor_config *c = &x->config;
    if (!c->tracking_required)
        return NP_WIRE_REASON_NONE;
    bool good = x->pose_known && x->pose_still && x->pose.quality_ppm >= c->pose_min_quality_ppm &&
                now_us - x->pose_time_us <= c->pose_max_age_us;
    return good ? NP_WIRE_REASON_NONE : NP_WIRE_REASON_TRACKING;
}

/* Takes the INTENT back: the needle has not touched the skin, and the dot is as it was before.  False: FAULT.
 */
static bool take_back(np_wire_executor *x)
{
    x->record.kind = NP_WIRE_RECORD_WITHDRAWN;
    x->record.outcome = NP_WIRE_OUTCOME_NONE;
    if (!x->load.air && !wire_executor_append(x, &x->record))
        return false;
    x->busy = false;
    x->events_due = true;
    x->needle_used -= x->needle_used > 0;
    wire_executor_set_outcome(x, x->record.order, NP_WIRE_OUTCOME_NONE);
    return true;
}

/* The move leads to the next dot. */
static void begin_dot(np_wire_executor *x, uint64_t now_us, const np_wire_move *move, wire_place bound)
{
    const np_wire_dot *dot = move->dot;
    const np_wire_motion *m = &x->config.motion;
    bool air = x->load.air;
    assert(!x->busy);
    assert(!x->reloading);
    assert(!x->travelling);
    assert(x->next < x->verified);
    assert(dot->order == x->next);
    assert(np_wire_map_get(x->map, x->next) == NP_WIRE_OUTCOME_NONE);
    if (!wire_executor_has_room(x, dot) || (!air && !wire_executor_record_registration(x, now_us, false)))
        return;
    x->record = (np_wire_record){.kind = NP_WIRE_RECORD_INTENT,
                                 .session = (uint16_t)x->load.session,
                                 .dot_id = dot->id,
                                 .order = dot->order,
                                 .epoch = x->epoch,
                                 .time_us = now_us};
    memcpy(x->record.digest, x->load.digest, sizeof x->record.digest);
    /* A rehearsal in the air touches nobody and leaves no record. */
    if (!air && !wire_executor_append(x, &x->record))
        return;
    x->busy = true;
    x->needle_used++;
    wire_executor_set_outcome(x, x->next, NP_WIRE_OUTCOME_IN_DOUBT);
    uint64_t fresh_us = x->config.clock_us(x->config.context);
    if (!air && wire_executor_lease_is_over(x, fresh_us)) {
        /* The lease ran out while INTENT was being written. */
        if (take_back(x))
            wire_executor_enter_hold(x, NP_WIRE_REASON_LEASE, NULL);
        return;
    }
    x->state = NP_WIRE_STATE_RUNNING;
    wire_executor_note_place(x, dot);
    wire_executor_leave(x, bound);
    m->begin(m->context, move);
}

void wire_executor_skip_final(np_wire_executor *x)
{
    while (x->next < x->n_dots && np_wire_map_get(x->map, x->next) != NP_WIRE_OUTCOME_NONE) {
        x->next++;
        x->events_due = true;
    }
}

/* Begins the next move: to the next dot, with its puncture; past one that is final; by the station; or home. */
static void begin_move(np_wire_executor *x, uint64_t now_us)
{
    np_wire_move move;
    wire_place bound;
    if (!wire_executor_find_move(x, &move, &bound))
        return;
    bool to_next = bound.kind == WIRE_PLACE_HOVER && bound.order == x->next;
    if ((to_next || bound.kind == WIRE_PLACE_STATION) && wire_executor_begin_reload(x, &move))
        return;
    if (to_next)
        begin_dot(x, now_us, &move, bound);
    else
        wire_executor_travel(x, &move, bound);
}

/* Looks at the lease and begins the next move if it may. */
static void go_on(np_wire_executor *x, uint64_t now_us)
{
    if (wire_executor_lease_is_over(x, now_us))
        wire_executor_enter_hold(x, NP_WIRE_REASON_LEASE, NULL);
    if (wire_executor_is_armed(x))
        wire_executor_ask_chunk(x);
    if (!wire_executor_is_armed(x) || x->busy || x->travelling)
        return;
    wire_executor_skip_final(x);
    x->waiting = NP_WIRE_REASON_NONE;
    if (!wire_executor_see_to_supplies(x))
        return;
    /* Outcomes that the sender has not acknowledged are bounded by the buffer, so that none is ever
     * overwritten. */
    if (x->next < x->n_dots && x->next >= x->acknowledged + x->config.buffer_dots)
        return;
    if (wire_executor_only_asks(x)) {
        if (!x->load.only_reachable)
            wire_executor_ask_reach(x, now_us);
        return;
    }
    x->waiting = gate(x, now_us);
    if (x->waiting == NP_WIRE_REASON_NONE)
        begin_move(x, now_us);
}

void np_wire_executor_tick(np_wire_executor *x, uint64_t now_us)
{
    wire_executor_note_time(x, now_us);
    go_on(x, now_us);
    wire_executor_sync(x); /* no INTENT took the last RESULT along */
    wire_executor_check(x);
}

void wire_executor_finish_dot(np_wire_executor *x, uint32_t order, uint64_t now_us, int32_t depth_um, int32_t force_mn)
{
    x->details[order % x->config.buffer_dots] = (wire_detail){order, now_us, depth_um, force_mn};
    x->busy = false;
    x->events_due = true;
    if (x->next == order)
        x->next++;
}

void wire_executor_abandon_dot(np_wire_executor *x)
{
    if (x->busy)
        wire_executor_finish_dot(x, x->record.order, 0, 0,
                                 0); /* the map says IN_DOUBT since INTENT, as the journal does */
}

void np_wire_executor_motion_done(np_wire_executor *x, uint64_t now_us, np_wire_outcome outcome, int32_t depth_um,
                                  int32_t force_mn)
{
    if (!x->busy || (unsigned)outcome >= NP_WIRE_OUTCOME_LEFT)
        return;
    if (outcome == NP_WIRE_OUTCOME_NONE) {
        take_back(x);
        return;
    }
    x->record.kind = NP_WIRE_RECORD_RESULT;
    x->record.outcome = (uint8_t)outcome;
    x->record.time_us = now_us;
    x->record.depth_um = depth_um;
    x->record.force_mn = force_mn;
    /* A result that cannot be written stays in doubt here too: the durable record is the authority.  (The
     * append latches FAULT, which has abandoned the dot by the time it returns.) */
    if (!x->load.air && !append_result(x))
        return;
    wire_executor_set_outcome(x, x->record.order, outcome);
    x->place = x->bound;
    wire_executor_finish_dot(x, x->record.order, now_us, depth_um, force_mn);
    /* Too deep is never chance alone: somebody looks at the needle before the next one. */
    if (outcome == NP_WIRE_OUTCOME_TOO_DEEP)
        wire_executor_enter_hold(x, NP_WIRE_REASON_DEPTH, NULL);
    wire_executor_check(x);
}
