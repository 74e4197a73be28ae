/* The executor's set-up, its local inputs, and how it holds and latches; see executor.h and private/executor.h. */
#include "protocol/private/executor.h"

#include <assert.h>
#include <stdalign.h>
#include <string.h>

#include "protocol/private/print.h"

#define POSE_AGE_US 100000
#define POSE_JUMP_UM 2000
#define POSE_SPEED_UM_S 5000
#define POSE_QUALITY_PPM 500000
#define EVENTS_INTERVAL_US 5000

/* ---- memory ---- */

typedef struct carve {
    uint8_t *base;
    size_t used;
} carve;

static void *cut(carve *c, size_t size)
{
    size_t align = alignof(max_align_t);
    void *piece = c->base ? c->base + c->used : NULL;
    c->used += (size + align - 1) / align * align;
    return piece;
}

/* Lays an executor out from C->base on, or only measures when that is NULL. */
static np_wire_executor *lay_out(carve *c, const np_wire_executor_config *config)
{
    np_wire_executor *x = cut(c, sizeof *x);
    void *hashes = cut(c, (size_t)np_wire_chunk_count(config->max_dots) * NP_WIRE_HASH_BYTES);
    void *map = cut(c, NP_WIRE_MAP_BYTES(config->max_dots));
    void *buffer = cut(c, sizeof(np_wire_dot) * config->buffer_dots);
    void *present = cut(c, config->buffer_dots);
    size_t rooms = wire_executor_stop_rooms(config);
    void *stops = cut(c, rooms * NP_WIRE_CHUNK_STOPS * sizeof(np_wire_stop));
    void *stops_used = cut(c, rooms * sizeof(uint32_t)), *stops_chunk = cut(c, rooms * sizeof(uint32_t));
    void *details = cut(c, sizeof(wire_detail) * config->buffer_dots);
    void *made = cut(c, sizeof(wire_made) * config->spacing_dots);
    void *reach = cut(c, np_wire_chunk_count(config->max_dots));
    if (c->base) {
        memset(c->base, 0, c->used);
        x->chunk_hashes = hashes;
        x->map = map;
        x->buffer = buffer;
        x->present = present;
        x->stops = stops;
        x->stops_used = stops_used;
        x->stops_chunk = stops_chunk;
        x->details = details;
        x->made = made;
        x->reach = reach;
    }
    return x;
}

size_t np_wire_executor_size(const np_wire_executor_config *config)
{
    carve c = {0};
    lay_out(&c, config);
    return c.used;
}

/* ---- set-up ---- */

static bool config_is_valid(const np_wire_executor_config *c)
{
    const np_wire_limits *l = &c->limits;
    return c->storage.append && c->storage.sync && c->storage.read && c->storage.truncate && c->motion.begin &&
           c->motion.travel && c->motion.retract && c->clock_us && c->random && c->name && c->max_dots >= 1 &&
           c->max_dots <= NP_WIRE_MAX_DOTS && c->buffer_dots >= NP_WIRE_CHUNK_DOTS &&
           c->buffer_dots % NP_WIRE_CHUNK_DOTS == 0 && c->buffer_dots <= NP_WIRE_MAX_DOTS &&
           c->spacing_dots <= NP_WIRE_MAX_DOTS && l->depth_min_um >= NP_WIRE_DEPTH_MIN_UM &&
           l->depth_max_um <= NP_WIRE_DEPTH_MAX_UM && l->depth_min_um <= l->depth_max_um && l->tilt_max_urad >= 0 &&
           l->tilt_max_urad <= NP_WIRE_TILT_MAX_URAD && (c->n_operators == 0 || c->operators) &&
           (unsigned)c->supplies <= NP_WIRE_SUPPLIES_BY_ARM &&
           (c->supplies == NP_WIRE_SUPPLIES_BY_ARM) == (c->motion.reload != NULL) &&
           (c->supplies != NP_WIRE_SUPPLIES_NONE || c->needle_life == 0) && c->needle_life <= NP_WIRE_MAX_DOTS &&
           wire_executor_bounds_are_valid(c);
}

static void set_default(uint32_t *value, uint32_t fallback)
{
    if (!*value)
        *value = fallback;
}

np_wire_status np_wire_executor_init(const np_wire_executor_config *config, void *memory, size_t size,
                                     np_wire_executor **out_executor)
{
    *out_executor = NULL;
    if (!config_is_valid(config))
        return NP_WIRE_CONFIG;
    if (size < np_wire_executor_size(config) || (uintptr_t)memory % alignof(max_align_t))
        return NP_WIRE_SPACE;
    carve c = {.base = memory};
    np_wire_executor *x = lay_out(&c, config);
    x->config = *config;
    x->config.name = x->name;
    x->config.link_key = NULL; /* copied below; the caller may wipe his */
    wire_print(x->name, sizeof x->name, "%s", config->name);
    set_default(&x->config.events_interval_us, EVENTS_INTERVAL_US);
    set_default(&x->config.pose_max_age_us, POSE_AGE_US);
    set_default(&x->config.pose_max_jump_um, POSE_JUMP_UM);
    set_default(&x->config.pose_max_speed_um_s, POSE_SPEED_UM_S);
    set_default(&x->config.pose_min_quality_ppm, POSE_QUALITY_PPM);
    x->pedal = true; /* held down, until somebody has seen it released */
    wire_link_key_init(&x->link, config->link_key);
    np_wire_schema_hash(x->schema);
    if (!x->link.present)
        wire_executor_say(x,
                          x->config.link_knows_peers
                              ? "no link key is set: the link's own list says who may run a session"
                              : "UNAUTHENTICATED: no link key is set, anyone who reaches this link may run a session");
    if (!x->config.n_operators)
        wire_executor_say(x, "no list of operators is set: any valid approval counts");
    wire_executor_open_journal(x);
    *out_executor = x;
    return NP_WIRE_OK;
}

/* ---- invariants ---- */

/* While a session is being loaded its size is there before the counts, which are the last one's until then. */
static void check_counts(const np_wire_executor *x)
{
    if (!x->load_complete)
        return;
    assert(x->next <= x->n_dots);
    assert(x->acknowledged <= x->next);
    assert(x->verified <= x->received);
    assert(x->received <= x->n_dots);
    assert(x->verified % NP_WIRE_CHUNK_DOTS == 0 || x->verified == x->n_dots);
    assert(x->chunks_held <= np_wire_chunk_count(x->n_dots));
    assert(x->done + x->in_doubt + x->other + x->left <= x->n_dots);
    assert(x->left == 0 || x->load.only_reachable);
    assert(x->n_dots <= x->config.max_dots);
    assert(x->n_recent <= NP_WIRE_SUPPLIES_PER_FRAME);
    assert(x->recent_first + x->n_recent <= x->supplies || x->n_recent == 0);
}

void wire_executor_check(const np_wire_executor *x)
{
    check_counts(x);
    assert(!x->load_complete || x->load_accepted);
    assert(!x->load_accepted || x->n_dots > 0);
    assert(x->state != NP_WIRE_STATE_LOADED || x->load_complete);
    assert(x->state != NP_WIRE_STATE_HOLDING || x->load_complete);
    if (wire_executor_is_armed(x)) {
        assert(x->load_complete);
        assert(x->journal_ok);
        assert(x->established);
        assert(!x->moved_waits);
        assert(
            !x->arm_waits); /* arm_granted is about the last request alone: a second ARM is refused, and changes nothing */
    }
    assert(!x->arm_waits || x->state == NP_WIRE_STATE_LOADED || x->state == NP_WIRE_STATE_HOLDING);
    assert(!x->arm_waits || !x->arm_granted);
    assert(x->busy + x->reloading + x->travelling <= 1);
    if (wire_executor_is_latched(x)) {
        assert(!x->busy);
        assert(!x->reloading);
        assert(!x->travelling);
        assert(x->place.kind == WIRE_PLACE_UNKNOWN || x->place.kind == WIRE_PLACE_HOME);
    }
    assert(!x->unsynced || x->journal_ok);
    assert(x->epoch <= x->last_epoch);
    assert(!x->established || x->epoch > 0);
}

/* ---- small things ---- */

void wire_executor_say(np_wire_executor *x, const char *text)
{
    if (x->config.log)
        x->config.log(x->config.context, text);
}

bool wire_executor_is_latched(const np_wire_executor *x)
{
    return x->state == NP_WIRE_STATE_FAULT || x->state == NP_WIRE_STATE_ESTOP;
}

bool wire_executor_is_armed(const np_wire_executor *x)
{
    return x->state == NP_WIRE_STATE_ARMED || x->state == NP_WIRE_STATE_RUNNING;
}

bool wire_executor_lease_is_over(const np_wire_executor *x, uint64_t now_us)
{
    return x->lease_is_void || now_us < x->last_valid_us || now_us - x->last_valid_us >= NP_WIRE_LEASE_US;
}

void wire_executor_note_time(np_wire_executor *x, uint64_t now_us)
{
    if (now_us < x->last_tick_us || now_us < x->last_valid_us) {
        wire_executor_enter_hold(x, NP_WIRE_REASON_LEASE, "the executor's clock went back");
        x->pose_known = false;
        x->lease_is_void = true;
        x->held_us = now_us;
        x->last_events_us = 0;
    }
    x->last_tick_us = now_us;
}

static uint32_t *tally_of(np_wire_executor *x, uint32_t outcome)
{
    return outcome == NP_WIRE_OUTCOME_DONE       ? &x->done
           : outcome == NP_WIRE_OUTCOME_IN_DOUBT ? &x->in_doubt
           : outcome == NP_WIRE_OUTCOME_LEFT     ? &x->left
                                                 : &x->other;
}

void wire_executor_set_outcome(np_wire_executor *x, uint32_t order, uint32_t outcome)
{
    if (!x->load_complete)
        return; /* the dot of a session that was unloaded meanwhile: its record is in the journal */
    assert(order < x->n_dots);
    assert(outcome < NP_WIRE_OUTCOME_COUNT);
    uint32_t before = np_wire_map_get(x->map, order);
    if (before != NP_WIRE_OUTCOME_NONE)
        --*tally_of(x, before);
    if (outcome != NP_WIRE_OUTCOME_NONE)
        ++*tally_of(x, outcome);
    np_wire_map_set(x->map, order, outcome);
}

const char *wire_executor_who(const np_wire_executor *x, char out[WIRE_EXECUTOR_WHO_BYTES])
{
    const uint8_t *d = x->load.digest;
    wire_print(out, WIRE_EXECUTOR_WHO_BYTES, "%s, plan %02x%02x%02x%02x, session %lu, %lu of %lu dots", x->hello.name,
               d[0], d[1], d[2], d[3], (unsigned long)x->load.session, (unsigned long)(x->n_dots - x->next),
               (unsigned long)x->n_dots);
    return out;
}

const char *wire_executor_granted(const np_wire_executor *x)
{
    return wire_executor_only_asks(x) ? "asked what it reaches, by" : "armed for";
}

/* Who means to resume the one, and finds it held, must not arm the other: that takes a while, or a person here. */
bool wire_executor_is_kept_from(const np_wire_executor *x, uint64_t now_us, const np_wire_hello *hello)
{
    return x->kept && x->state == NP_WIRE_STATE_HOLDING && now_us - x->held_us < NP_WIRE_KEPT_US &&
           memcmp(hello->digest, x->load.digest, sizeof hello->digest) != 0;
}

void wire_executor_set_state(np_wire_executor *x, np_wire_state state, np_wire_reason reason, const char *text)
{
    x->state = state;
    x->reason = reason;
    x->waiting = NP_WIRE_REASON_NONE;
    wire_print(x->text, sizeof x->text, "%s", text ? text : np_wire_reason_text(reason));
    x->events_due = x->events_urgent = true;
    x->arm_waits = false;
}

void wire_executor_drop_buffer(np_wire_executor *x)
{
    memset(x->present, 0, x->config.buffer_dots);
    for (uint32_t i = 0; i < x->config.buffer_dots; i++)
        x->buffer[i].order = UINT32_MAX;
    for (uint32_t i = 0; i < wire_executor_stop_rooms(&x->config); i++)
        x->stops_chunk[i] = UINT32_MAX;
    x->received = x->verified = wire_executor_first_order(x);
    wire_executor_restart_asking(x);
}

void wire_executor_unload(np_wire_executor *x)
{
    x->load_accepted = x->load_complete = x->revoked = false;
    x->load_reason = NP_WIRE_REASON_NONE;
    x->n_dots = x->chunks_held = x->next = x->acknowledged = 0;
    x->done = x->in_doubt = x->other = x->left = 0;
    x->pose_known = x->needle_known = x->needle_lost = x->pigment_lost = x->reload_by_hand = x->journal_pose_known =
        x->moved_waits = false;
    x->needle_used = x->needle_order = x->reload_order = x->supplies = x->recent_first = x->n_recent = 0;
    for (uint32_t i = 0; i < x->config.buffer_dots; i++)
        x->details[i].order = UINT32_MAX;
    wire_executor_drop_buffer(x);
}

/* ---- holding and latching ---- */

void wire_executor_enter_hold(np_wire_executor *x, np_wire_reason reason, const char *text)
{
    if (x->arm_waits) {
        x->arm_waits = false;
        x->arm_reason = reason;
        x->answers |= WIRE_ANSWER_ARMED;
    }
    if (!wire_executor_is_armed(x))
        return;
    x->config.motion.retract(x->config.motion.context);
    x->kept = true;
    x->held_us = x->config.clock_us(x->config.context);
    wire_executor_drop_buffer(x);
    wire_executor_set_state(x, NP_WIRE_STATE_HOLDING, reason, text);
    wire_executor_say(x, x->text);
}

void wire_executor_enter_fault(np_wire_executor *x, np_wire_reason reason, const char *text)
{
    if (wire_executor_is_latched(x))
        return;
    x->config.motion.retract(x->config.motion.context);
    wire_executor_abandon_dot(x);
    x->reloading = x->travelling = false;
    x->place = (wire_place){.kind = WIRE_PLACE_UNKNOWN}; /* wherever it came to stand */
    wire_executor_drop_buffer(x);
    wire_executor_set_state(x, reason == NP_WIRE_REASON_ESTOP ? NP_WIRE_STATE_ESTOP : NP_WIRE_STATE_FAULT, reason,
                            text);
    wire_executor_say(x, x->text);
}

/* ---- local inputs ---- */

void wire_executor_grant(np_wire_executor *x, uint64_t now_us)
{
    if (x->busy || x->reloading || x->travelling || wire_executor_lease_is_over(x, now_us))
        return;
    wire_executor_drop_buffer(x);
    wire_executor_set_state(x, NP_WIRE_STATE_ARMED, NP_WIRE_REASON_NONE, NULL);
    x->arm_granted = true;
    x->arm_reason = NP_WIRE_REASON_NONE;
    x->answers |= WIRE_ANSWER_ARMED;
    char who[WIRE_EXECUTOR_WHO_BYTES], text[NP_WIRE_TEXT_BYTES];
    wire_print(text, sizeof text, "%s %s", wire_executor_granted(x), wire_executor_who(x, who));
    wire_executor_say(x, text);
}

void np_wire_executor_pedal(np_wire_executor *x, uint64_t now_us, bool pressed)
{
    bool edge = pressed && !x->pedal;
    x->pedal = pressed;
    if (!pressed) {
        if (x->config.hold_on_pedal_release && wire_executor_is_armed(x))
            wire_executor_enter_hold(x, NP_WIRE_REASON_PEDAL_RELEASED, NULL);
    } else if (edge && x->arm_waits) {
        wire_executor_grant(x, now_us); /* the one way to motion: it waited, and the pedal had been seen released */
    }
    wire_executor_check(x);
}

void np_wire_executor_motion_fault(np_wire_executor *x, uint64_t now_us, const char *text)
{
    (void)now_us;
    wire_executor_enter_fault(x, NP_WIRE_REASON_MOTION, text);
}

void np_wire_executor_hold(np_wire_executor *x, uint64_t now_us, const char *text)
{
    (void)now_us;
    wire_executor_enter_hold(x, NP_WIRE_REASON_LOCAL, text);
}

void np_wire_executor_give_up(np_wire_executor *x)
{
    x->kept = false;
}

void np_wire_executor_estop(np_wire_executor *x, uint64_t now_us)
{
    (void)now_us;
    /* The emergency stop also overrides a fault, so that the person who pressed it sees it. */
    if (x->state == NP_WIRE_STATE_FAULT)
        x->state = NP_WIRE_STATE_LOCKED;
    wire_executor_enter_fault(x, NP_WIRE_REASON_ESTOP, NULL);
}

void np_wire_executor_reset(np_wire_executor *x, uint64_t now_us)
{
    (void)now_us;
    if (!wire_executor_is_latched(x))
        return;
    wire_executor_unload(x);
    x->established = x->pending.valid = false;
    x->answers = 0;
    wire_executor_set_state(x, NP_WIRE_STATE_BOOT, NP_WIRE_REASON_NONE, NULL);
    wire_executor_open_journal(x);
    wire_executor_check(x);
}

/* A person has to renew what is due, and the session waits for it: it holds, or asked to arm and was told so. */
static bool somebody_is_waited_for(const np_wire_executor *x, np_wire_reason due)
{
    bool asked = x->arm_request && !x->arm_granted && x->arm_reason == due;
    return wire_executor_waits_for_supply(x, due) && (x->state == NP_WIRE_STATE_HOLDING || asked);
}

/* Somebody asked to arm, and was told that a person has to see to this first. */
static bool is_refused_for(const np_wire_executor *x, np_wire_reason reason)
{
    return x->arm_request && !x->arm_granted && x->arm_reason == reason && !wire_executor_is_armed(x) &&
           (reason != NP_WIRE_REASON_MOVED || x->moved_waits);
}

static bool is_to_be_driven_home(const np_wire_executor *x)
{
    return is_refused_for(x, NP_WIRE_REASON_PLACE) && x->place.kind != WIRE_PLACE_HOME;
}

void np_wire_executor_get_info(const np_wire_executor *x, np_wire_executor_info *out_info)
{
    np_wire_reason due = wire_executor_supply_due(x);
    *out_info = (np_wire_executor_info){.state = x->state,
                                        .reason = x->reason,
                                        .waiting = x->waiting,
                                        .waits_for_pedal = x->arm_waits,
                                        .authenticated = x->established && x->link.present,
                                        .busy = x->busy,
                                        .epoch = x->established ? x->epoch : 0,
                                        .session = x->load_complete ? x->load.session : 0,
                                        .n_dots = x->load_complete ? x->n_dots : 0,
                                        .next = x->next,
                                        .air = x->load_complete ? x->load.air : NP_WIRE_AIR_NOT,
                                        .done = x->done,
                                        .in_doubt = x->in_doubt - (x->busy && x->load_complete), /* not yet */
                                        .other = x->other,
                                        .left = x->left,
                                        .due = due,
                                        .waits_for_supply = somebody_is_waited_for(x, due),
                                        .reloading = x->reloading,
                                        .travelling = x->travelling,
                                        .waits_for_home = is_to_be_driven_home(x),
                                        .waits_for_moved = is_refused_for(x, NP_WIRE_REASON_MOVED),
                                        .supplies = x->supplies,
                                        .needle_used = x->needle_used,
                                        .frames = x->frames,
                                        .bad_frames = x->bad_frames,
                                        .refused_macs = x->refused_macs,
                                        .duplicates = x->duplicates,
                                        .journal_bytes = x->journal_bytes};
    memcpy(out_info->text, x->text, sizeof x->text);
    memcpy(out_info->identity, x->identity, sizeof x->identity);
}
