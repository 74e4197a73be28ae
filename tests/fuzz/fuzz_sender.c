/* The sender, fed by an executor that may say anything, rightly sealed or not.  Whatever comes, every dot's
 * final outcome is reported at most once, under its own id, and what it sends is well formed and the plan's
 * own. */
#include "fuzz_peer.h"
#include "protocol/journal.h"
#include "protocol/sender.h"

typedef struct scene {
    fuzz_peer peer;
    uint64_t now_us;
    np_wire_sender *sender;
    uint8_t known[DOTS]; /* what the sender's journal has: what it began with, and every report since */
    uint32_t next_epoch;
    bool may_leave;
    uint32_t supplies, total; /* the sender's journal has, the executor has */
} scene;

static bool event(void *context, const np_wire_event *e)
{
    scene *s = context;
    NP_FUZZ_EXPECT(e->order < DOTS && e->id == plan.dots[e->order].id);
    NP_FUZZ_EXPECT(e->outcome > NP_WIRE_OUTCOME_NONE && e->outcome < NP_WIRE_OUTCOME_COUNT);
    if (e->outcome == NP_WIRE_OUTCOME_LEFT) {
        NP_FUZZ_EXPECT(s->known[e->order] == NP_WIRE_OUTCOME_NONE && s->may_leave);
        return true;
    }
    /* A dot in doubt may be settled by a review at the executor; everything else is final. */
    NP_FUZZ_EXPECT(s->known[e->order] <= NP_WIRE_OUTCOME_IN_DOUBT && s->known[e->order] != e->outcome);
    s->known[e->order] = (uint8_t)e->outcome;
    return true;
}

/* Reloads and needle changes come in turn, each once, and can be shown. */
static bool supply(void *context, uint32_t number, const np_wire_supply *told)
{
    scene *s = context;
    NP_FUZZ_EXPECT(number == s->supplies++);
    NP_FUZZ_EXPECT(np_wire_lot_is_valid(told->lot) && told->order <= NP_WIRE_MAX_DOTS);
    return true;
}

static void hear(scene *s, const uint8_t *bytes, size_t size)
{
    if (size)
        np_wire_sender_receive(s->sender, s->now_us, bytes, size);
}

static void hear_message(scene *s, const np_wire_message *m)
{
    uint8_t bytes[NP_WIRE_FRAME_MAX];
    hear(s, bytes, peer_seal(&s->peer, m, m->type == NP_WIRE_MSG_WELCOME, true, bytes));
}

static void welcome(scene *s)
{
    np_wire_message m = {.type = NP_WIRE_MSG_WELCOME};
    m.u.welcome = (np_wire_welcome){.version = NP_WIRE_PROTOCOL_VERSION,
                                    .epoch = ++s->next_epoch,
                                    .authenticated = 1,
                                    .state = NP_WIRE_STATE_AUTHENTICATED,
                                    .buffer_dots = 64,
                                    .max_dots = DOTS,
                                    .durable = 1,
                                    .name = "fuzz"};
    memcpy(m.u.welcome.schema, schema, sizeof schema);
    memcpy(m.u.welcome.sender_nonce, s->peer.hello.nonce, NP_WIRE_NONCE_BYTES);
    peer_random(s, m.u.welcome.nonce, NP_WIRE_NONCE_BYTES);
    peer_enter_epoch(&s->peer, s->next_epoch, m.u.welcome.nonce);
    hear_message(s, &m);
}

static void loaded(scene *s, uint32_t x)
{
    np_wire_message m = {.type = NP_WIRE_MSG_LOADED};
    m.u.loaded = (np_wire_loaded){.chunks = np_wire_chunk_count(DOTS), .complete = x != 255, .text = "fuzz"};
    hear_message(s, &m);
}

static void supplied(scene *s, uint32_t x)
{
    np_wire_message m = {.type = NP_WIRE_MSG_SUPPLIED};
    np_wire_supplied *l = &m.u.supplied;
    s->total += x & 3;
    *l = (np_wire_supplied){.total = s->total, .first = x >> 5};
    for (; l->n < NP_WIRE_SUPPLIES_PER_FRAME && l->first + l->n < s->total && l->n < (x >> 2 & 7); l->n++)
        l->supplies[l->n] = (np_wire_supply){1 + (l->n & 1), x % DOTS, s->now_us, "lot"};
    hear_message(s, &m);
}

static void resume_info(scene *s, fuzz_input *in)
{
    np_wire_message m = {.type = NP_WIRE_MSG_RESUME_INFO};
    np_wire_resume_info *r = &m.u.resume_info;
    *r = (np_wire_resume_info){.session = 1, .n_dots = DOTS, .map_size = NP_WIRE_MAP_BYTES(DOTS)};
    memcpy(r->digest, plan.load.digest, sizeof r->digest);
    for (uint32_t n = fuzz_take(in, 1) % DOTS; n > 0; n--) /* a run of outcomes from the start */
        np_wire_map_set(r->map, n - 1, fuzz_take(in, 1) % NP_WIRE_OUTCOME_COUNT);
    hear_message(s, &m);
    supplied(s, 0x1c);
}

static void events(scene *s, fuzz_input *in)
{
    np_wire_message m = {.type = NP_WIRE_MSG_EVENTS};
    np_wire_events *e = &m.u.events;
    e->state = fuzz_take(in, 1) % NP_WIRE_STATE_COUNT;
    e->reason = fuzz_take(in, 1) % NP_WIRE_REASON_COUNT;
    e->busy = fuzz_take(in, 1) & 1;
    e->received = fuzz_take(in, 1);
    e->window = fuzz_take(in, 1);
    e->next = fuzz_take(in, 1);
    e->first = fuzz_take(in, 1);
    e->supplies = s->total;
    e->n = fuzz_take(in, 1) % (NP_WIRE_EVENTS_PER_FRAME + 1);
    for (uint32_t i = 0; i < e->n; i++)
        e->events[i] = (np_wire_event){.order = e->first + i,
                                       .outcome = 1 + fuzz_take(in, 1) % (NP_WIRE_OUTCOME_COUNT - 1),
                                       .time_us = s->now_us,
                                       .depth_um = 700};
    hear_message(s, &m);
}

static void armed(scene *s, uint32_t x)
{
    np_wire_message m = {.type = NP_WIRE_MSG_ARMED};
    m.u.armed = (np_wire_armed){.request = s->peer.request, .granted = x & 1, .text = ""};
    m.u.armed.reason = x & 1 ? NP_WIRE_REASON_NONE : NP_WIRE_REASON_PEDAL;
    hear_message(s, &m);
}

static void hear_any(scene *s, fuzz_input *in, bool own_header)
{
    uint8_t bytes[NP_WIRE_FRAME_MAX];
    hear(s, bytes, peer_seal_any(&s->peer, in, own_header, true, bytes));
}

static void listen(scene *s)
{
    uint8_t bytes[NP_WIRE_FRAME_MAX];
    size_t size;
    for (int i = 0; i < 40 && (size = np_wire_sender_send(s->sender, s->now_us, bytes)) > 0; i++) {
        np_wire_frame f;
        np_wire_message m;
        NP_FUZZ_EXPECT(np_wire_frame_decode(bytes, size, &f) == NP_WIRE_OK && !f.from_executor);
        NP_FUZZ_EXPECT(np_wire_message_decode(f.type, f.payload, f.payload_size, &m, NULL) == NP_WIRE_OK);
        if (f.type == NP_WIRE_MSG_HELLO)
            s->peer.hello = m.u.hello;
        else if (f.type == NP_WIRE_MSG_ARM || f.type == NP_WIRE_MSG_RESUME || f.type == NP_WIRE_MSG_END)
            s->peer.request = m.u.arm.request;
        for (uint32_t k = 0; f.type == NP_WIRE_MSG_DOTS && k < m.u.dots.n; k++) {
            np_wire_dot *dot = &m.u.dots.dots[k];
            NP_FUZZ_EXPECT(dot->order < DOTS);
            const np_wire_dot *planned = &plan.dots[dot->order];
            NP_FUZZ_EXPECT(memcmp(m.u.dots.stops + dot->first_stop, plan.stops + planned->first_stop,
                                  np_wire_dot_stop_count(planned) * sizeof *plan.stops) == 0);
            dot->first_stop = planned->first_stop;
            NP_FUZZ_EXPECT(memcmp(dot, planned, sizeof *dot) == 0);
        }
    }
}

static void wish(scene *s, uint32_t x)
{
    np_wire_pose pose = {{1000000, 0, 0, 0}, {1, 2, (int32_t)x}};
    switch (x % 5) {
    case 0:
        np_wire_sender_hold(s->sender);
        break;
    case 1:
        np_wire_sender_resume(s->sender);
        break;
    case 2:
        np_wire_sender_pose(s->sender, s->now_us, x * 4000, &pose);
        break;
    case 3:
        np_wire_sender_abort(s->sender);
        break;
    default:
        np_wire_sender_estop(s->sender);
        break;
    }
}

static void step(scene *s, fuzz_input *in)
{
    np_wire_message ended = {.type = NP_WIRE_MSG_ENDED};
    size_t size;
    uint32_t op = fuzz_take(in, 1) % 13, x = fuzz_take(in, 1);
    switch (op) {
    case 0: {
        const uint8_t *bytes = fuzz_take_bytes(in, x * 5, &size);
        np_wire_sender_receive(s->sender, s->now_us, bytes, size);
        break;
    }
    case 1:
        hear_any(s, in, false);
        break;
    case 2:
        hear_any(s, in, true);
        break;
    case 3:
        welcome(s);
        break;
    case 4:
        loaded(s, x);
        break;
    case 5:
        resume_info(s, in);
        break;
    case 6:
        armed(s, x);
        break;
    case 7:
        events(s, in);
        break;
    case 8:
        s->now_us += x * 500;
        break;
    case 9:
        s->now_us += x * 20000;
        break;
    case 10:
        wish(s, x);
        break;
    case 12:
        supplied(s, x);
        break;
    default:
        ended.u.ended = (np_wire_ended){.request = s->peer.request, .done = x};
        hear_message(s, &ended);
    }
    listen(s);
    np_wire_sender_info info;
    np_wire_sender_get_info(s->sender, &info);
    NP_FUZZ_EXPECT(info.phase < NP_WIRE_PHASE_COUNT && info.done + info.in_doubt + info.other + info.left <= DOTS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    peer_prepare();
    scene s = {.peer.random = {1}, .now_us = 1000000};
    uint8_t before[DOTS] = {0}; /* lent to the sender, which reads it at init */
    fuzz_input in = {data, size};
    uint32_t known = fuzz_take(&in, 1);
    for (uint32_t i = 0; i < DOTS && i < known; i++)
        before[i] = s.known[i] = NP_WIRE_OUTCOME_DONE;
    np_wire_sender_config c = {.dots = plan.dots,
                               .n_dots = DOTS,
                               .stops = plan.stops,
                               .load = plan.load,
                               .known = before,
                               .context = &s,
                               .random = peer_random,
                               .event = event,
                               .supply = supply,
                               .name = "fuzz",
                               .link_key = link_bytes,
                               .ask_after_hold = known & 1};
    c.load.only_reachable = s.may_leave = known >> 1 & 1;
    void *memory = malloc(np_wire_sender_size(&c));
    NP_FUZZ_EXPECT(memory &&
                   np_wire_sender_init(&c, s.now_us, memory, np_wire_sender_size(&c), &s.sender, NULL) == NP_WIRE_OK);
    listen(&s);
    while (in.left > 0)
        step(&s, &in);
    free(memory);
    return 0;
}
