/* The sender's set-up, the operator's wishes, and how outcomes become part of our journal; see sender.h. */
#include "protocol/private/sender.h"

#include <assert.h>
#include <stdalign.h>
#include <stdio.h>
#include <string.h>

#define TEXT(name, text) text,
#define GIVE_UP_US 1000000

const char *np_wire_phase_text(uint32_t phase)
{
    static const char *const texts[] = {NP_WIRE_PHASE_TABLE(TEXT)};
    return phase < NP_WIRE_PHASE_COUNT ? texts[phase] : "unknown";
}

/* ---- set-up ---- */

static size_t round_up(size_t size)
{
    return (size + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
}

/* A bit a dot. */
static size_t bit_bytes(uint32_t n_dots)
{
    return ((size_t)n_dots + 7) / 8;
}

size_t np_wire_sender_size(const np_wire_sender_config *config)
{
    return round_up(sizeof(np_wire_sender)) + round_up(NP_WIRE_MAP_BYTES(config->n_dots)) +
           round_up(bit_bytes(config->n_dots));
}

/* The plan must hold together before anything of it is sent: order, limits, and the root that the operator
 * signed. */
static np_wire_status check_plan(const np_wire_sender_config *c, char *out_text)
{
    const np_wire_load *l = &c->load;
    uint8_t hash[NP_WIRE_HASH_BYTES];
    uint32_t chunk_stops = 0;
    if (l->n_sessions < 1 || l->n_sessions > NP_WIRE_MAX_SESSIONS || l->session < 1 || l->session > l->n_sessions ||
        c->n_dots < 1 || c->n_dots > NP_WIRE_MAX_DOTS || l->sessions[l->session - 1].n_dots != c->n_dots) {
        snprintf(out_text, NP_WIRE_TEXT_BYTES, "session %lu of %lu has no dots, or not the number the plan says",
                 (unsigned long)l->session, (unsigned long)l->n_sessions);
        return NP_WIRE_CONFIG;
    }
    for (uint32_t i = 0; i < c->n_dots; i++) {
        if (c->dots[i].order != i) {
            snprintf(out_text, NP_WIRE_TEXT_BYTES, "dot %lu stands at place %lu of the session, but says %lu",
                     (unsigned long)c->dots[i].id, (unsigned long)i, (unsigned long)c->dots[i].order);
            return NP_WIRE_RANGE;
        }
        np_wire_status status = np_wire_dot_check(&c->dots[i], &l->limits, out_text);
        if (status == NP_WIRE_OK)
            status = np_wire_moves_check(&c->dots[i], c->stops, c->n_dots, out_text);
        if (status != NP_WIRE_OK)
            return status;
        chunk_stops = (i % NP_WIRE_CHUNK_DOTS ? chunk_stops : 0) + np_wire_dot_stop_count(&c->dots[i]);
        if (chunk_stops > NP_WIRE_CHUNK_STOPS) {
            snprintf(out_text, NP_WIRE_TEXT_BYTES,
                     "the ways to the dots at places %lu to %lu have more than %u stops together",
                     (unsigned long)(i / NP_WIRE_CHUNK_DOTS * NP_WIRE_CHUNK_DOTS), (unsigned long)i,
                     NP_WIRE_CHUNK_STOPS);
            return NP_WIRE_RANGE;
        }
    }
    np_wire_session_root_of_dots(l->session, c->dots, c->n_dots, c->stops, hash);
    if (memcmp(hash, l->sessions[l->session - 1].root, sizeof hash) != 0) {
        snprintf(out_text, NP_WIRE_TEXT_BYTES, "the dots of session %lu are not those that the plan's digest covers",
                 (unsigned long)l->session);
        return NP_WIRE_RANGE;
    }
    np_wire_plan_digest(l->header_hash, l->sessions, l->n_sessions, hash);
    if (memcmp(hash, l->digest, sizeof hash) != 0) {
        snprintf(out_text, NP_WIRE_TEXT_BYTES, "the plan does not have the digest that it names");
        return NP_WIRE_RANGE;
    }
    return NP_WIRE_OK;
}

static uint32_t *tally_of(np_wire_sender *s, uint32_t outcome)
{
    return outcome == NP_WIRE_OUTCOME_DONE       ? &s->done
           : outcome == NP_WIRE_OUTCOME_IN_DOUBT ? &s->in_doubt
           : outcome == NP_WIRE_OUTCOME_LEFT     ? &s->left
                                                 : &s->other;
}

void wire_sender_set_outcome(np_wire_sender *s, uint32_t order, uint32_t outcome)
{
    assert(order < s->config.n_dots);
    assert(outcome < NP_WIRE_OUTCOME_COUNT);
    uint32_t before = np_wire_map_get(s->map, order);
    if (before != NP_WIRE_OUTCOME_NONE)
        --*tally_of(s, before);
    if (outcome != NP_WIRE_OUTCOME_NONE)
        ++*tally_of(s, outcome);
    s->too_deep += outcome == NP_WIRE_OUTCOME_TOO_DEEP;
    s->too_deep -= before == NP_WIRE_OUTCOME_TOO_DEEP;
    np_wire_map_set(s->map, order, outcome);
}

np_wire_status np_wire_sender_init(const np_wire_sender_config *config, uint64_t now_us, void *memory, size_t size,
                                   np_wire_sender **out_sender, char out_text[NP_WIRE_TEXT_BYTES])
{
    char text[NP_WIRE_TEXT_BYTES] = "";
    char *message = out_text ? out_text : text;
    (void)now_us;
    *out_sender = NULL;
    message[0] = '\0';
    if (!config->dots || !config->stops || !config->random || !config->event || !config->name ||
        config->dots_per_frame > NP_WIRE_DOTS_PER_FRAME) {
        snprintf(message, NP_WIRE_TEXT_BYTES,
                 "dots, stops, random, event and name must be set, dots_per_frame is at most %d",
                 NP_WIRE_DOTS_PER_FRAME);
        return NP_WIRE_CONFIG;
    }
    np_wire_status status = check_plan(config, message);
    if (status != NP_WIRE_OK)
        return status;
    if (size < np_wire_sender_size(config) || (uintptr_t)memory % alignof(max_align_t)) {
        snprintf(message, NP_WIRE_TEXT_BYTES, "%zu bytes of aligned memory are needed", np_wire_sender_size(config));
        return NP_WIRE_SPACE;
    }
    memset(memory, 0, np_wire_sender_size(config));
    np_wire_sender *s = memory;
    s->map = (uint8_t *)memory + round_up(sizeof *s);
    s->to_settle = s->map + round_up(NP_WIRE_MAP_BYTES(config->n_dots));
    s->config = *config;
    s->config.name = s->name;
    s->config.link_key = NULL; /* copied below; the caller may wipe his */
    snprintf(s->name, sizeof s->name, "%s", config->name);
    if (!s->config.dots_per_frame)
        s->config.dots_per_frame = NP_WIRE_DOTS_PER_FRAME;
    if (!s->config.acknowledge_us)
        s->config.acknowledge_us = NP_WIRE_ACKNOWLEDGE_US;
    s->supplies = config->load.air ? 0 : config->known_supplies;
    s->supplies_behind = config->supplies_behind < s->supplies ? config->supplies_behind : s->supplies;
    wire_link_key_init(&s->link, config->link_key);
    np_wire_schema_hash(s->schema);
    for (uint32_t i = 0; config->known && i < config->n_dots; i++)
        wire_sender_set_outcome(s, i,
                                config->known[i] < NP_WIRE_OUTCOME_LEFT ? config->known[i] : NP_WIRE_OUTCOME_NONE);
    if (!s->link.present && !config->link_knows_peers)
        wire_sender_say(s, "UNAUTHENTICATED: no link key is set, anyone who reaches this link may run a session");
    wire_sender_connect(s);
    *out_sender = s;
    return NP_WIRE_OK;
}

/* ---- invariants ---- */

void wire_sender_check(const np_wire_sender *s)
{
    uint32_t n = s->config.n_dots;
    (void)n;
    assert(s->acknowledged <= n);
    assert(s->compared <= n);
    assert(s->done + s->in_doubt + s->other + s->left <= n);
    assert(s->left == 0 || s->config.load.only_reachable);
    assert(s->too_deep <= s->other);
    assert(s->reviews_done <= s->n_reviews);
    assert(s->n_to_settle <= n);
    assert(s->supplies_behind <= s->supplies);
    assert(s->n_reviews <= NP_WIRE_REVIEWS_MAX);
    assert(s->sent_end <= n);
    assert(!s->distrusts || s->phase == NP_WIRE_PHASE_FAILED);
    assert((s->differences == 0) == (s->difference_text[0] == '\0'));
    assert(s->phase < NP_WIRE_PHASE_COUNT);
    assert(s->phase != NP_WIRE_PHASE_CONNECTING || s->epoch == 0);
    assert(!s->failing || s->phase == NP_WIRE_PHASE_FAILED);
    assert(!s->request_open || s->request > 0);
    if (s->phase >= NP_WIRE_PHASE_LOADING && s->phase < NP_WIRE_PHASE_DONE)
        assert(s->epoch > 0);
    if (s->phase >= NP_WIRE_PHASE_ARMING && s->phase <= NP_WIRE_PHASE_HOLDING) {
        assert(s->compared == n);
        assert(s->differences == 0);
        assert(s->supplies_compared);
        assert(s->reviews_done == s->n_reviews);
        assert(s->n_to_settle == 0);
        assert(!s->storage_failed);
    }
    if (s->phase == NP_WIRE_PHASE_ENDING || s->phase == NP_WIRE_PHASE_DONE)
        assert(s->acknowledged == n);
}

/* ---- phases ---- */

void wire_sender_note_time(np_wire_sender *s, uint64_t now_us)
{
    if (now_us < s->now_us) {
        s->next_request_us = s->next_urgent_us = s->next_supplies_us = 0;
        s->last_frame_us = s->last_heartbeat_us = 0;
        s->silent_since_us = now_us;
        s->last_heard_us = s->last_heard_us ? now_us : 0;
        s->give_up_us = s->give_up_us ? now_us + GIVE_UP_US : 0;
        s->abort_us = s->abort_us ? now_us : 0;
        s->pose_due = false; /* how old it is cannot be told */
        memset(s->sent, 0, sizeof s->sent);
    }
    s->now_us = now_us;
}

void wire_sender_say(np_wire_sender *s, const char *text)
{
    if (s->config.log)
        s->config.log(s->config.context, text);
}

void wire_sender_enter(np_wire_sender *s, np_wire_phase phase)
{
    s->phase = phase;
    s->next_request_us = 0;
    s->request_open = s->needle_refused = s->needle_asked = false;
    if (phase != NP_WIRE_PHASE_FAILED && phase != NP_WIRE_PHASE_HOLDING) {
        s->reason = NP_WIRE_REASON_NONE;
        s->text[0] = '\0';
    }
}

void wire_sender_enter_holding(np_wire_sender *s, np_wire_reason reason)
{
    wire_sender_enter(s, NP_WIRE_PHASE_HOLDING);
    s->reason = s->too_deep_holds ? NP_WIRE_REASON_DEPTH : reason;
    snprintf(s->text, sizeof s->text, "%s", np_wire_reason_text(s->reason));
}

void wire_sender_hold_too_deep(np_wire_sender *s)
{
    s->too_deep_holds = true;
    np_wire_sender_hold(s);
}

void wire_sender_forget_sent(np_wire_sender *s)
{
    memset(s->sent, 0, sizeof s->sent);
    s->arming_is_new = true;
}

/* Nothing is to be told of dots that the executor's journal lacks: it was not compared yet. */
static void forget_settling(np_wire_sender *s)
{
    memset(s->to_settle, 0, bit_bytes(s->config.n_dots));
    s->n_to_settle = s->settle_from = 0;
}

/* Begins anew with HELLO: a fresh nonce, so that no answer to an older one can be taken for ours. */
void wire_sender_connect(np_wire_sender *s)
{
    s->hello = (np_wire_hello){.version = NP_WIRE_PROTOCOL_VERSION, .session = s->config.load.session};
    memcpy(s->hello.schema, s->schema, sizeof s->schema);
    memcpy(s->hello.key_id, s->link.id, sizeof s->hello.key_id);
    memcpy(s->hello.digest, s->config.load.digest, sizeof s->hello.digest);
    memcpy(s->hello.name, s->name, sizeof s->name);
    s->config.random(s->config.context, s->hello.nonce, sizeof s->hello.nonce);
    s->epoch = 0;
    s->events_known = s->supplies_compared = false;
    s->has_compared = false;
    s->sent_end = 0;
    s->chunks_held = s->compared = s->acknowledged = s->reviews_done = 0;
    forget_settling(s);
    /* Nobody has journalled what was rehearsed: the executor begins anew, and so do we. */
    if (s->config.load.air) {
        memset(s->map, 0, NP_WIRE_MAP_BYTES(s->config.n_dots));
        s->done = s->in_doubt = s->other = s->left = s->too_deep = 0;
    }
    /* What is left out the executor tells anew, each time that the session is loaded. */
    for (uint32_t o = 0; s->left > 0; o++)
        if (np_wire_map_get(s->map, o) == NP_WIRE_OUTCOME_LEFT)
            wire_sender_set_outcome(s, o, NP_WIRE_OUTCOME_NONE);
    wire_sender_forget_sent(s);
    wire_sender_enter(s, NP_WIRE_PHASE_CONNECTING);
}

void wire_sender_fail(np_wire_sender *s, uint64_t now_us, np_wire_reason reason, const char *text)
{
    if (s->phase == NP_WIRE_PHASE_FAILED)
        return;
    wire_sender_enter(s, NP_WIRE_PHASE_FAILED);
    s->reason = reason;
    s->failing = s->epoch != 0;
    s->asked_status = false;
    s->give_up_us = now_us + GIVE_UP_US;
    snprintf(s->text, sizeof s->text, "%s", text ? text : np_wire_reason_text(reason));
    wire_sender_say(s, s->text);
}

bool wire_sender_lacks_supplies(const np_wire_sender *s)
{
    return s->supplies_compared && s->events_known && s->events.supplies > s->supplies - s->supplies_behind &&
           !s->storage_failed;
}

bool wire_sender_is_settled(const np_wire_sender *s)
{
    bool moving = s->events.state == NP_WIRE_STATE_ARMED || s->events.state == NP_WIRE_STATE_RUNNING;
    return s->events_known && !moving && !s->events.busy && !s->request_open && s->acknowledged >= s->events.next &&
           !s->uncommitted && !wire_sender_lacks_supplies(s);
}

/* ---- outcomes and the two journals ---- */

static bool differ(np_wire_sender *s, uint32_t order, uint32_t known, uint32_t executor)
{
    uint32_t id = s->config.dots[order].id;
    size_t used = strlen(s->difference_text);
    s->differences++;
    if (s->config.difference)
        s->config.difference(s->config.context, order, id, known, executor);
    if (used < sizeof s->difference_text - 16)
        snprintf(s->difference_text + used, sizeof s->difference_text - used, "%s%lu", used ? ", " : "",
                 (unsigned long)id);
    return false;
}

/* A person's verdict in hand says so. */
static bool has_verdict(const np_wire_sender *s, uint32_t order, np_wire_outcome verdict)
{
    for (uint32_t i = 0; i < s->n_reviews; i++)
        if (s->reviews[i].order == order && s->reviews[i].verdict == verdict)
            return true;
    return false;
}

/* Our journal has the dot as made, and the executor's has not begun it, or doubts it: a person's word makes it done there too. */
static bool is_settled(np_wire_sender *s, uint32_t order, uint32_t known, uint32_t executor)
{
    bool made = known == NP_WIRE_OUTCOME_DONE || known == NP_WIRE_OUTCOME_TOO_DEEP;
    bool lacks = executor == NP_WIRE_OUTCOME_NONE || executor == NP_WIRE_OUTCOME_IN_DOUBT;
    if (s->phase != NP_WIRE_PHASE_COMPARING || !lacks)
        return false;
    if (has_verdict(s, order, NP_WIRE_OUTCOME_DONE) && (made || known == NP_WIRE_OUTCOME_IN_DOUBT))
        return true; /* it is told in its turn */
    if (!made || !s->config.settle)
        return false;
    if (!(s->to_settle[order / 8] >> order % 8 & 1)) {
        s->to_settle[order / 8] |= (uint8_t)(1u << order % 8);
        s->n_to_settle++;
    }
    return true;
}

bool wire_sender_next_verdict(const np_wire_sender *s, uint32_t *out_order, uint32_t *out_verdict)
{
    if (s->reviews_done < s->n_reviews) {
        *out_order = s->reviews[s->reviews_done].order;
        *out_verdict = s->reviews[s->reviews_done].verdict;
        return true;
    }
    *out_verdict = NP_WIRE_OUTCOME_DONE;
    for (*out_order = s->settle_from; s->n_to_settle && *out_order < s->config.n_dots; ++*out_order)
        if (s->to_settle[*out_order / 8] >> *out_order % 8 & 1)
            return true;
    return false;
}

void wire_sender_note_told(np_wire_sender *s, uint32_t order)
{
    if (s->reviews_done < s->n_reviews) {
        s->reviews_done++;
        return;
    }
    s->to_settle[order / 8] &= (uint8_t) ~(1u << order % 8);
    s->n_to_settle--;
    s->settle_from = order + 1;
}

/* The executor's record leads.  What it knows and we do not is news; but what our journal has as final, and
 * it denies or doubts, means that one of the two is not the record of this skin: nothing may be fired on such
 * a ground. */
bool wire_sender_reconcile(np_wire_sender *s, const np_wire_event *event)
{
    uint32_t order = event->order, known = np_wire_map_get(s->map, order);
    if (event->outcome == known)
        return true;
    /* In doubt or not punctured with us, and not begun with it: only a person's review (which would be in our journal) undoes
     * that.  One that comes again, because we died before we heard that it was taken, is answered soon. */
    if (event->outcome == NP_WIRE_OUTCOME_NONE && np_wire_outcome_can_be_taken_back(known) &&
        has_verdict(s, order, NP_WIRE_OUTCOME_NONE))
        return true;
    if (is_settled(s, order, known, event->outcome))
        return true;
    if (known > NP_WIRE_OUTCOME_IN_DOUBT || event->outcome == NP_WIRE_OUTCOME_NONE ||
        (event->outcome == NP_WIRE_OUTCOME_LEFT && (known != NP_WIRE_OUTCOME_NONE || !s->config.load.only_reachable)))
        return differ(s, order, known, event->outcome);
    np_wire_event with_id = *event;
    with_id.id = s->config.dots[order].id;
    if (!s->config.event(s->config.context, &with_id))
        return false;
    wire_sender_set_outcome(s, order, event->outcome);
    s->uncommitted = true;
    return true;
}

bool wire_sender_commit(np_wire_sender *s)
{
    if (s->uncommitted && s->config.commit && !s->config.commit(s->config.context))
        return false;
    s->uncommitted = false;
    return true;
}

/* ---- the operator's wishes ---- */

void np_wire_sender_hold(np_wire_sender *s)
{
    s->wants_hold = s->urgent = true;
    s->next_urgent_us = 0;
}

void np_wire_sender_resume(np_wire_sender *s)
{
    s->wants_hold = s->too_deep_holds = false;
    if (s->phase == NP_WIRE_PHASE_HOLDING)
        wire_sender_enter(s, NP_WIRE_PHASE_ARMING);
}

void np_wire_sender_abort(np_wire_sender *s)
{
    s->wants_abort = s->urgent = true;
    s->next_urgent_us = 0;
}

void np_wire_sender_estop(np_wire_sender *s)
{
    s->wants_estop = s->urgent = true;
    s->next_urgent_us = 0;
}

void np_wire_sender_pose(np_wire_sender *s, uint64_t time_us, uint32_t quality_ppm, const np_wire_pose *pose)
{
    s->pose_due = true;
    s->pose_time_us = time_us;
    s->pose.quality_ppm = quality_ppm;
    s->pose.pose = *pose;
}

np_wire_status np_wire_sender_review(np_wire_sender *s, uint32_t order, np_wire_outcome verdict)
{
    if (order >= s->config.n_dots || (verdict != NP_WIRE_OUTCOME_DONE && verdict != NP_WIRE_OUTCOME_NONE))
        return NP_WIRE_RANGE;
    if (s->n_reviews == NP_WIRE_REVIEWS_MAX)
        return NP_WIRE_SPACE;
    s->reviews[s->n_reviews].order = order;
    s->reviews[s->n_reviews].verdict = (uint8_t)verdict;
    s->n_reviews++;
    return NP_WIRE_OK;
}

/* ---- what others may know ---- */

void np_wire_sender_get_info(const np_wire_sender *s, np_wire_sender_info *out_info)
{
    bool failed = s->phase == NP_WIRE_PHASE_FAILED;
    *out_info =
        (np_wire_sender_info){.phase = s->phase,
                              .finished = s->phase == NP_WIRE_PHASE_DONE || (failed && !s->failing),
                              .settled = wire_sender_is_settled(s),
                              .stopped = failed && (s->wants_abort || s->wants_estop),
                              .reason = s->reason,
                              .connected = s->epoch != 0,
                              .authenticated = s->epoch && s->link.present && s->welcome.authenticated,
                              .durable = s->welcome.durable,
                              .executor_state = s->events_known ? (np_wire_state)s->events.state : NP_WIRE_STATE_BOOT,
                              .compared = s->supplies_compared,
                              .next = s->acknowledged,
                              .needle_asked = s->needle_asked,
                              .supplies = s->supplies,
                              .last_heard_us = s->last_heard_us,
                              .epoch = s->epoch,
                              .connects = s->connects,
                              .done = s->done,
                              .in_doubt = s->in_doubt,
                              .other = s->other,
                              .left = s->left,
                              .too_deep = s->too_deep,
                              .differences = s->differences,
                              .dots_sent = s->dots_sent,
                              .dots_resent = s->dots_resent,
                              .bad_frames = s->bad_frames,
                              .round_trip_us = (uint32_t)s->round_trip_us};
    memcpy(out_info->text, s->text, sizeof s->text);
    memcpy(out_info->executor, s->welcome.name, sizeof s->welcome.name);
    memcpy(out_info->identity, s->welcome.identity, sizeof s->welcome.identity);
}
