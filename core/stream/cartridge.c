/* Cartridges of a session in shades: the executor stops for each change, and here is looked after that it is the right one. */
#include "stream/private/cartridge.h"

#include <stdio.h>
#include <string.h>

#include "plan/cartridges.h"

static const np_palette_shade *shade_at(const stream_session *s, uint32_t order)
{
    return np_plan_shade_at(s->plan, s->options->session, order);
}

bool stream_cartridge_stays(const stream_session *s, uint32_t order, uint32_t next)
{
    return shade_at(s, order) == shade_at(s, next);
}

void stream_cartridge_check(stream_session *s, uint32_t order, const char *lot)
{
    const np_palette_shade *shade = shade_at(s, order);
    s->wrong_cartridge = shade && *lot && strcmp(lot, np_palette_label(shade)) != 0;
    if (s->wrong_cartridge) {
        snprintf(s->cartridge_text, sizeof s->cartridge_text, "%s", lot);
        s->cartridge_order = order;
    }
}

void stream_cartridge_hold(stream_session *s)
{
    if (!s->wrong_cartridge || s->held_cartridge || !s->journal || s->options->n_verdicts)
        return;
    s->held_cartridge = true;
    np_wire_sender_hold(s->sender);
}

void stream_cartridge_take(stream_session *s, const np_wire_supply *supply)
{
    np_wire_sender_info info;
    stream_cartridge_check(s, supply->order, supply->lot);
    np_wire_sender_get_info(s->sender, &info);
    if (info.compared) /* else others may come behind it */
        stream_cartridge_hold(s);
}

void stream_cartridge_check_noted(stream_session *s)
{
    uint32_t next = 0;
    while (next < s->n_dots && s->known[next] != NP_WIRE_OUTCOME_NONE)
        next++;
    const np_plan_supply *last = NULL;
    for (size_t i = 0; i < s->plan->n_supplies; i++)
        if (s->plan->supplies[i].session == s->options->session && s->plan->supplies[i].kind == NP_WIRE_SUPPLY_NEEDLE)
            last = &s->plan->supplies[i];
    if (last && stream_cartridge_stays(s, last->order, next))
        stream_cartridge_check(s, next, last->lot ? last->lot : "");
}

void stream_cartridge_ask(stream_session *s, const np_wire_sender_info *info)
{
    char text[NP_PLAN_SHADE_TEXT_BYTES], line[sizeof text + 160];
    const np_palette_shade *shade = shade_at(s, info->next);
    if (!shade || !info->needle_asked || s->asked_cartridge == info->next + 1 || !s->options->log)
        return;
    s->asked_cartridge = info->next + 1;
    snprintf(line, sizeof line, "put in the cartridge %s, dip it, and confirm it at the executor as '%s'",
             np_plan_shade_text(shade, text), np_palette_label(shade));
    s->options->log(s->options->report_context, line);
}

np_status stream_cartridge_end(const stream_session *s, np_error *err)
{
    char text[NP_PLAN_SHADE_TEXT_BYTES];
    const np_palette_shade *shade = shade_at(s, s->cartridge_order);
    return np_error_set(
        err, NP_ERR_STOPPED,
        "stopped, as the cartridge that was put in at place %u of the tour was confirmed as '%s' and is to be %s; %u "
        "of %u dots "
        "of session %d are done: put that one in and confirm it at the executor as '%s', and run the same command "
        "again",
        s->cartridge_order + 1, s->cartridge_text, np_plan_shade_text(shade, text), s->state.done, s->n_dots,
        s->options->session, np_palette_label(shade));
}
