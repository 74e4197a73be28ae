/* Lots of needles and pigment; see lots.h. */
#include "stream/private/lots.h"

#include <stdio.h>
#include <string.h>

#include "stream/private/cartridge.h"
#include "stream/private/run.h"

static const char *named_by_operator(const stream_session *s, bool pigment)
{
    return pigment ? s->options->pigment : s->options->cartridge;
}

static void set_confirmed(stream_session *s, int kind, uint32_t order, const char *lot)
{
    int i = kind == NP_WIRE_SUPPLY_PIGMENT;
    s->confirmed[i].order = order;
    snprintf(s->confirmed[i].lot, sizeof s->confirmed[i].lot, "%s", lot ? lot : "");
}

void stream_lots_read(stream_session *s)
{
    for (size_t i = 0; i < s->plan->n_supplies; i++) {
        const np_plan_supply *supply = &s->plan->supplies[i];
        if (supply->session == s->options->session && supply->number >= 0)
            set_confirmed(s, supply->kind, supply->order, supply->lot);
    }
}

void stream_lots_forget(stream_session *s)
{
    memset(s->confirmed, 0, sizeof s->confirmed);
}

/* From ORDER on, as the operator names it. */
static bool write_down(stream_session *s, bool pigment, uint32_t order)
{
    const char *lot = named_by_operator(s, pigment);
    np_journal_supply row = {.number = -1,
                             .kind = pigment ? NP_WIRE_SUPPLY_PIGMENT : NP_WIRE_SUPPLY_NEEDLE,
                             .order = order,
                             .lot = lot,
                             .time_unix_us = stream_session_unix_us()};
    if (np_journal_record_supply(s->journal, &row, &s->journal_error) != NP_OK)
        return false;
    if (!pigment)
        stream_cartridge_check(s, order, lot);
    return true;
}

/* Another than LOT, which the operator names, was confirmed at the executor and makes the dot at NEXT: said, and that one stays. */
static bool is_confirmed_otherwise(const stream_session *s, bool pigment, uint32_t next, const char *lot)
{
    const char *confirmed = s->confirmed[pigment].lot, *option = pigment ? "pigment" : "cartridge";
    char text[320];
    bool stays = pigment || stream_cartridge_stays(s, s->confirmed[pigment].order, next);
    if (!confirmed[0] || strcmp(confirmed, lot) == 0 || !stays)
        return false;
    snprintf(text, sizeof text,
             "--%s '%s' IS NOT WRITTEN DOWN: the %s in use was confirmed at the executor as '%s', from place %u of the "
             "tour on; if it was changed since, confirm that at the executor, too",
             option, lot, option, confirmed, s->confirmed[pigment].order + 1);
    if (s->options->log)
        s->options->log(s->options->report_context, text);
    return true;
}

bool stream_lots_note(stream_session *s, uint32_t next)
{
    s->lots_noted = true;
    for (int i = 0; i < 2; i++) {
        const char *lot = named_by_operator(s, i == 1);
        s->confirmed[i].set_aside = lot && is_confirmed_otherwise(s, i == 1, next, lot);
        if (lot && !s->confirmed[i].set_aside && !write_down(s, i == 1, next))
            return false;
    }
    return true;
}

bool stream_lots_take(stream_session *s, const np_wire_supply *supply)
{
    bool pigment = supply->kind == NP_WIRE_SUPPLY_PIGMENT;
    bool is_it = s->confirmed[pigment].set_aside && !supply->lot[0] && !s->load.n_cartridges;
    s->confirmed[pigment].set_aside = false;
    set_confirmed(s, (int)supply->kind, supply->order, supply->lot);
    return !is_it || write_down(s, pigment, supply->order);
}
