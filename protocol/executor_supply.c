/* Needles and pigment: what has to be renewed before the next dot, and the record of what was.
 *
 * A needle has hands near it when it is changed, so that is always a hold: the change is confirmed at the executor while
 * nothing is armed, and going on takes a request and a pedal edge from after it.  Pigment may be fetched by the arm itself;
 * then nobody is near and the run goes on.  Everything here follows from the journal: a restart forgets nothing. */
#include <assert.h>
#include <string.h>

#include "protocol/private/executor.h"

static uint32_t needle_life(const np_wire_executor *x)
{
    uint32_t own = x->config.needle_life, plans = x->load.needle_life;
    return !own || (plans && plans < own) ? plans : own;
}

/* Which of the session's cartridges makes the dot of ORDER: 1 for the first. */
static uint32_t cartridge_of(const np_wire_load *load, uint32_t order)
{
    uint32_t k = 0;
    while (k < load->n_cartridges && load->cartridges[k] <= order)
        k++;
    return k;
}

/* The last needle was put in for another cartridge than that of the dot whose turn it is, which may be an earlier one, too: a dot that
 * was out of reach, or that is made again. */
static bool wants_cartridge(const np_wire_executor *x)
{
    const np_wire_load *l = &x->load;
    return l->n_cartridges && (!x->needle_known || cartridge_of(l, x->needle_order) != cartridge_of(l, x->next));
}

np_wire_reason wire_executor_supply_due(const np_wire_executor *x)
{
    uint32_t life = needle_life(x), every = x->load.reload_every;
    bool nobody = x->config.supplies == NP_WIRE_SUPPLIES_NONE;
    if (!x->load_complete || x->load.air || x->next >= x->n_dots || nobody)
        return NP_WIRE_REASON_NONE;
    bool needle_is_over = life && (!x->needle_known || x->needle_used >= life);
    if (x->needle_lost || x->needle_touched || needle_is_over || wants_cartridge(x))
        return NP_WIRE_REASON_NEEDLE;
    if (x->pigment_lost || x->pigment_touched || (every && x->next / every > x->reload_order / every))
        return NP_WIRE_REASON_RELOAD;
    return NP_WIRE_REASON_NONE;
}

bool wire_executor_waits_for_supply(const np_wire_executor *x, np_wire_reason due)
{
    return due == NP_WIRE_REASON_NEEDLE ||
           (due == NP_WIRE_REASON_RELOAD && (x->config.supplies != NP_WIRE_SUPPLIES_BY_ARM || x->reload_by_hand));
}

/* ---- before a dot ---- */

/* Sends the arm to its station.  The RELOAD record names today's session even if another is loaded when it returns. */
static void send_to_station(np_wire_executor *x, const np_wire_move *move)
{
    const np_wire_motion *m = &x->config.motion;
    assert(wire_executor_is_armed(x));
    assert(!x->busy);
    assert(!x->reloading);
    assert(!x->travelling);
    wire_executor_leave(x, (wire_place){WIRE_PLACE_STATION, x->next});
    x->reloading = true;
    x->state = NP_WIRE_STATE_RUNNING;
    x->supply_record = (np_wire_record){
        .kind = NP_WIRE_RECORD_RELOAD, .session = (uint16_t)x->load.session, .order = x->next, .epoch = x->epoch};
    memcpy(x->supply_record.digest, x->load.digest, sizeof x->supply_record.digest);
    x->events_due = true;
    m->reload(m->context, move);
}

bool wire_executor_see_to_supplies(np_wire_executor *x)
{
    np_wire_reason due = wire_executor_supply_due(x);
    if (x->reloading) {
        x->waiting = NP_WIRE_REASON_RELOAD;
        return false;
    }
    if (!wire_executor_waits_for_supply(x, due))
        return true;
    wire_executor_enter_hold(x, due, NULL);
    return false;
}

bool wire_executor_begin_reload(np_wire_executor *x, np_wire_move *move)
{
    if (wire_executor_supply_due(x) != NP_WIRE_REASON_RELOAD)
        return false;
    uint32_t station = move->dot ? move->dot->station : 0;
    bool by_station = x->place.kind == WIRE_PLACE_TO_STATION || (x->place.kind == WIRE_PLACE_HOVER && station);
    if (!by_station || (x->place.kind == WIRE_PLACE_HOVER && x->place.order == x->next)) {
        x->reload_by_hand = true;
        wire_executor_enter_hold(x, NP_WIRE_REASON_RELOAD, NULL);
        return true;
    }
    /* The last outcome is told before the arm leaves for seconds. */
    if (!wire_executor_sync(x))
        return true;
    move->dot = NULL;
    move->n_stops = move->goes_on ? 0 : station;
    x->waiting = NP_WIRE_REASON_RELOAD;
    send_to_station(x, move);
    return true;
}

/* ---- what was renewed ---- */

/* Keeps the last few at hand, for SUPPLIES while dots are made. */
static void remember(np_wire_executor *x, const np_wire_supply *supply)
{
    uint32_t room = NP_WIRE_SUPPLIES_PER_FRAME;
    if (x->recent_first + x->n_recent != x->supplies) {
        x->recent_first = x->supplies;
        x->n_recent = 0;
    }
    if (x->n_recent == room) {
        memmove(x->recent, x->recent + 1, (room - 1) * sizeof *x->recent);
        x->recent_first++;
        x->n_recent--;
    }
    x->recent[x->n_recent++] = *supply;
}

/* Writes a supply down; only then it counts.  False: FAULT. */
static bool record_supply(np_wire_executor *x, np_wire_record *record, const char *lot)
{
    np_wire_supply supply = {.kind =
                                 record->kind == NP_WIRE_RECORD_NEEDLE ? NP_WIRE_SUPPLY_NEEDLE : NP_WIRE_SUPPLY_PIGMENT,
                             .order = record->order,
                             .time_us = record->time_us};
    np_wire_record text = {
        .kind = NP_WIRE_RECORD_LOT, .session = record->session, .order = record->order, .epoch = record->epoch};
    memcpy(supply.lot, lot, strlen(lot));
    memcpy(text.lot, lot, strlen(lot));
    if ((lot[0] && !wire_executor_append(x, &text)) || !wire_executor_append(x, record))
        return false;
    x->events_due = true;
    *(supply.kind == NP_WIRE_SUPPLY_NEEDLE ? &x->needle_touched : &x->pigment_touched) = false;
    if (!x->load_complete)
        return true; /* of a session that was unloaded meanwhile: the journal has it */
    remember(x, &supply);
    x->supplies++;
    if (supply.kind == NP_WIRE_SUPPLY_NEEDLE) {
        x->needle_known = true;
        x->needle_lost = false;
        x->needle_used = 0;
        x->needle_order = record->order;
    } else {
        x->reload_order = record->order;
        x->pigment_lost = x->reload_by_hand = false;
    }
    return true;
}

void np_wire_executor_reload_done(np_wire_executor *x, uint64_t now_us, bool done)
{
    if (!x->reloading)
        return;
    x->reloading = false;
    x->events_due = true;
    x->supply_record.time_us = now_us;
    if (done)
        x->place = x->bound;
    if (done)
        record_supply(x, &x->supply_record, "");
    else /* armed still: nobody called it back, so somebody has to look */
        wire_executor_enter_hold(x, NP_WIRE_REASON_RELOAD, "the arm could not reload pigment");
}

bool np_wire_executor_supply(np_wire_executor *x, uint64_t now_us, np_wire_supply_kind kind, const char *lot)
{
    bool needle = kind == NP_WIRE_SUPPLY_NEEDLE;
    np_wire_reason reason = needle ? NP_WIRE_REASON_NEEDLE : NP_WIRE_REASON_RELOAD;
    if ((!needle && kind != NP_WIRE_SUPPLY_PIGMENT) || !np_wire_lot_is_valid(lot))
        return false;
    /* Hands are near: what moves, or was about to, stops; and what waits for the pedal has to be asked for anew. */
    bool moving = wire_executor_is_armed(x) || x->busy || x->reloading || x->travelling;
    wire_executor_enter_hold(x, reason, "somebody is at the needle: confirm the change again now that it holds");
    if (x->config.supplies == NP_WIRE_SUPPLIES_NONE)
        return false;
    if (moving) /* what was done to it nobody knows until it is confirmed */
        *(needle ? &x->needle_touched : &x->pigment_touched) = true;
    if (moving || !x->load_complete || x->load.air || x->next >= x->n_dots || wire_executor_is_latched(x))
        return false;
    np_wire_record record = {.kind = needle ? NP_WIRE_RECORD_NEEDLE : NP_WIRE_RECORD_RELOAD,
                             .session = (uint16_t)x->load.session,
                             .order = x->next,
                             .epoch = x->epoch,
                             .time_us = now_us};
    memcpy(record.digest, x->load.digest, sizeof record.digest);
    if (!record_supply(x, &record, lot))
        return false;
    wire_executor_say(x, needle ? "the needle was changed" : "pigment was reloaded");
    return true;
}

/* ---- who asks for it ---- */

/* Reads those from FIRST on back from the journal: not while a dot could be due, as it takes a while. */
static bool read_back(np_wire_executor *x, uint32_t first)
{
    np_wire_journal_scan scan;
    bool idle = !wire_executor_is_armed(x) || x->next >= x->n_dots;
    if (!idle || !x->journal_ok || !wire_executor_sync(x))
        return false;
    x->recent_first = first;
    x->n_recent = x->supplies - first;
    if (x->n_recent > NP_WIRE_SUPPLIES_PER_FRAME)
        x->n_recent = NP_WIRE_SUPPLIES_PER_FRAME;
    np_wire_journal_scan_init(&scan, x->load.digest, x->load.session, x->n_dots, NULL);
    scan.wanted = x->recent;
    scan.first_wanted = first;
    scan.n_wanted = x->n_recent;
    if (wire_executor_scan_journal(x, &scan) == NP_WIRE_OK && scan.supplies == x->supplies)
        return true;
    x->n_recent = 0;
    wire_executor_enter_fault(x, NP_WIRE_REASON_STORAGE, NULL);
    return false;
}

void wire_executor_take_supplies(np_wire_executor *x, uint32_t first)
{
    if (!x->load_complete)
        return;
    x->supplied_first = first;
    x->answers |= WIRE_ANSWER_SUPPLIED;
    bool at_hand = first >= x->recent_first && first < x->recent_first + x->n_recent;
    if (first < x->supplies && !at_hand)
        read_back(x, first);
}

void wire_executor_fill_supplied(const np_wire_executor *x, np_wire_supplied *out)
{
    out->total = x->supplies;
    out->first = x->supplied_first;
    for (uint32_t i = out->first; i >= x->recent_first && i < x->recent_first + x->n_recent; i++)
        out->supplies[out->n++] = x->recent[i - x->recent_first];
}
