/* The executor, fed by somebody who may hold the link key: frames raw and rightly sealed, pedals, faults,
 * failing storage, crashes.  Whatever comes, the skin's rules hold: a dot begins only with its INTENT
 * durable, never while another is in progress, never twice unless it was withdrawn or reviewed, and is the
 * approved plan's own; and every move is one of the plan's from where the arm stands. */
#include "fuzz_peer.h"
#include "../unit/protocol/moves.h"

#define FILE_MAX (64 * 4000)

typedef struct scene {
    fuzz_peer peer;
    uint64_t now_us;
    np_wire_executor *executor;
    void *memory;
    uint8_t file[FILE_MAX];
    size_t size, synced;
    unsigned fail_storage; /* so many calls fail */
    bool busy, reloading, travelling, needle;
    job_place place, bound;
    np_wire_pose pose, placed;  /* of the last POSE and the last REGISTRATION */
    uint32_t needle_life, made; /* dots with this needle */
    uint8_t begun[DOTS];
} scene;

static bool fails(scene *s)
{
    if (s->fail_storage == 0)
        return false;
    s->fail_storage--;
    return true;
}

static bool append(void *context, const uint8_t *bytes, size_t size)
{
    scene *s = context;
    np_wire_record r;
    NP_FUZZ_EXPECT(size == NP_WIRE_RECORD_BYTES && np_wire_record_decode(bytes, &r) == NP_WIRE_OK);
    if (fails(s) || s->size + size > FILE_MAX)
        return false;
    memcpy(s->file + s->size, bytes, size);
    s->size += size;
    bool again =
        r.kind == NP_WIRE_RECORD_WITHDRAWN || (r.kind == NP_WIRE_RECORD_REVIEW && r.outcome == NP_WIRE_OUTCOME_NONE);
    s->made -= r.kind == NP_WIRE_RECORD_WITHDRAWN && s->made > 0;
    s->placed = r.kind == NP_WIRE_RECORD_REGISTRATION ? s->pose : s->placed;
    s->pose = r.pose;
    if (again && r.order < DOTS)
        s->begun[r.order] = 0;
    return true;
}

static bool sync_file(void *context)
{
    scene *s = context;
    if (fails(s))
        return false;
    s->synced = s->size;
    return true;
}

static bool read_file(void *context, uint64_t offset, uint8_t *out, size_t size, size_t *out_size)
{
    scene *s = context;
    size_t left = offset < s->size ? s->size - (size_t)offset : 0;
    *out_size = left < size ? left : size;
    memcpy(out, s->file + (*out_size ? offset : 0), *out_size);
    return !fails(s);
}

static bool truncate_file(void *context, uint64_t size)
{
    scene *s = context;
    NP_FUZZ_EXPECT(size <= s->size);
    s->size = s->synced = (size_t)size;
    return true;
}

static void leave(scene *s, const np_wire_move *move, bool to_station)
{
    NP_FUZZ_EXPECT(!s->busy && !s->reloading && !s->travelling);
    NP_FUZZ_EXPECT(may_go(&plan, &s->place, move, to_station, &s->bound));
    s->place = on_way_to(&s->bound);
}

static void travel(void *context, const np_wire_move *move)
{
    scene *s = context;
    leave(s, move, false);
    s->travelling = true;
}

/* What was under way is over, at its end or where it was stopped. */
static void come_to_rest(scene *s, bool at_end)
{
    if (at_end && (s->busy || s->reloading || s->travelling))
        s->place = s->bound;
    s->busy = s->reloading = s->travelling = false;
}

static void drive_home(scene *s)
{
    if (s->busy || s->reloading || s->travelling)
        return;
    if (np_wire_executor_at_home(s->executor, s->now_us))
        s->place = (job_place){JOB_AT_HOME, 0};
}

static void begin(void *context, const np_wire_move *move)
{
    scene *s = context;
    np_wire_dot plain = *move->dot;
    const np_wire_dot *dot = &plain;
    const bool air = move->air;
    leave(s, move, false);
    NP_FUZZ_EXPECT(dot->order < DOTS);
    plain.first_stop = plan.dots[dot->order].first_stop;
    NP_FUZZ_EXPECT(!s->reloading && (air || !s->needle_life || (s->needle && s->made++ < s->needle_life)));
    NP_FUZZ_EXPECT(!s->busy && dot->order < DOTS && memcmp(dot, &plan.dots[dot->order], sizeof *dot) == 0);
    s->busy = true;
    if (air)
        return;
    np_wire_record r;
    NP_FUZZ_EXPECT(s->size >= NP_WIRE_RECORD_BYTES && s->synced == s->size);
    NP_FUZZ_EXPECT(memcmp(move->registration, &s->placed, sizeof s->placed) == 0);
    NP_FUZZ_EXPECT(np_wire_record_decode(s->file + s->size - NP_WIRE_RECORD_BYTES, &r) == NP_WIRE_OK);
    NP_FUZZ_EXPECT(r.kind == NP_WIRE_RECORD_INTENT && r.order == dot->order && r.dot_id == dot->id);
    NP_FUZZ_EXPECT(!s->begun[dot->order]);
    s->begun[dot->order] = 1;
}

/* What is under way is reported in a later step, or never. */
static void retract(void *context)
{
    (void)context;
}

static void reload(void *context, const np_wire_move *move)
{
    scene *s = context;
    leave(s, move, true);
    s->reloading = true;
}

/* Nothing is made for an arm that is only asked. */
static bool reach(void *context, const np_wire_move *move)
{
    (void)context;
    NP_FUZZ_EXPECT(move->n_stops <= NP_WIRE_DOT_STOPS);
    return !move->dot || move->air || move->dot->order % 23 != 22;
}

static uint64_t clock_us(void *context)
{
    return ((scene *)context)->now_us;
}

static void start(scene *s, uint32_t options)
{
    const np_wire_box box = {{-70000, -400000, 0}, {400000, 400000, 400000}};
    np_wire_executor_config c = {
        .storage = {s, append, sync_file, read_file, truncate_file},
        .motion = {s, begin, travel, retract, options & 4 ? reload : NULL, options & 1 ? reach : NULL},
        .supplies = options & 4   ? NP_WIRE_SUPPLIES_BY_ARM
                    : options & 8 ? NP_WIRE_SUPPLIES_BY_HAND
                                  : NP_WIRE_SUPPLIES_NONE,
        .needle_life = options & 8 ? 10 : 0,
        .context = s,
        .clock_us = clock_us,
        .random = peer_random,
        .name = "fuzz",
        .link_key = link_bytes,
        .limits = np_wire_limits_default(),
        .max_dots = DOTS,
        .buffer_dots = options & 16 ? 128 : 64,
        .durable = true,
        .hold_on_pedal_release = options & 1,
        .tracking_required = options & 2};
    if (options & 32)
        c.workspace = box;
    size_t size = np_wire_executor_size(&c);
    free(s->memory);
    s->memory = malloc(size);
    s->busy = s->reloading = s->travelling = false;
    s->needle_life = c.needle_life;
    NP_FUZZ_EXPECT(s->memory && np_wire_executor_init(&c, s->memory, size, &s->executor) == NP_WIRE_OK);
}

/* ---- frames in and out ---- */

static void hear(scene *s, const uint8_t *bytes, size_t size)
{
    if (size)
        np_wire_executor_receive(s->executor, s->now_us, bytes, size);
}

static void send_message(scene *s, const np_wire_message *m)
{
    uint8_t bytes[NP_WIRE_FRAME_MAX];
    hear(s, bytes, peer_seal(&s->peer, m, false, false, bytes));
}

static void listen(scene *s)
{
    uint8_t bytes[NP_WIRE_FRAME_MAX];
    size_t size;
    for (int i = 0; i < 40 && (size = np_wire_executor_send(s->executor, s->now_us, bytes)) > 0; i++) {
        np_wire_frame f;
        np_wire_message m;
        NP_FUZZ_EXPECT(np_wire_frame_decode(bytes, size, &f) == NP_WIRE_OK && f.from_executor);
        NP_FUZZ_EXPECT(np_wire_message_decode(f.type, f.payload, f.payload_size, &m, NULL) == NP_WIRE_OK);
        if (f.type == NP_WIRE_MSG_WELCOME &&
            memcmp(m.u.welcome.sender_nonce, s->peer.hello.nonce, NP_WIRE_NONCE_BYTES) == 0)
            peer_enter_epoch(&s->peer, m.u.welcome.epoch, m.u.welcome.nonce);
    }
}

static void connect_anew(scene *s)
{
    np_wire_hello *h = &s->peer.hello;
    *h = (np_wire_hello){.version = NP_WIRE_PROTOCOL_VERSION, .session = 1, .name = "fuzz"};
    memcpy(h->schema, schema, sizeof h->schema);
    memcpy(h->key_id, link_key.id, sizeof h->key_id);
    memcpy(h->digest, plan.load.digest, sizeof h->digest);
    peer_random(s, h->nonce, sizeof h->nonce);
    np_wire_message m = {.type = NP_WIRE_MSG_HELLO, .u.hello = *h};
    s->peer.epoch = 0;
    send_message(s, &m);
    listen(s);
    m = (np_wire_message){.type = NP_WIRE_MSG_QUERY};
    send_message(s, &m);
}

static void load(scene *s, uint32_t x)
{
    np_wire_message m = {.type = NP_WIRE_MSG_LOAD, .u.load = plan.load};
    m.u.load.air = x >= 250 ? x % 3 : 0;
    m.u.load.reload_every = x >= 128 ? x & 31 : 0;
    m.u.load.moved_um = x & 1;
    m.u.load.n_cartridges = x >> 4 & 1;
    m.u.load.only_reachable = x >> 2 & 1;
    m.u.load.registration.translation_um[0] = x & 2 ? 1000 : 0;
    send_message(s, &m);
    m = (np_wire_message){.type = NP_WIRE_MSG_CHUNKS, .u.chunks.n = CHUNKS};
    memcpy(m.u.chunks.hashes, chunk_hashes, sizeof chunk_hashes);
    send_message(s, &m);
}

static void send_dots(scene *s, uint32_t first, uint32_t n, uint32_t damage)
{
    while (n > 0 && first < DOTS) {
        np_wire_message m = {.type = NP_WIRE_MSG_DOTS};
        for (; n > 0 && first < DOTS && plan_put(&plan, first, &m.u.dots); n--)
            first++;
        if (damage > 250)
            m.u.dots.dots[0].depth_um++;
        send_message(s, &m);
    }
}

static void local_input(scene *s, uint32_t which)
{
    switch (which % 5) {
    case 0:
        np_wire_executor_motion_fault(s->executor, s->now_us, "fuzz");
        come_to_rest(s, false);
        break;
    case 1:
        np_wire_executor_hold(s->executor, s->now_us, "fuzz");
        break;
    case 2:
        np_wire_executor_estop(s->executor, s->now_us);
        come_to_rest(s, false);
        break;
    case 3:
        np_wire_executor_reset(s->executor, s->now_us);
        break;
    default:
        np_wire_executor_pedal(s->executor, s->now_us, which & 128);
        break;
    }
}

/* Somebody changes a needle, or pigment; a needle that was put in is new, whether or not the record survives. */
static void renew(scene *s, uint32_t x)
{
    np_wire_executor_info info;
    np_wire_executor_get_info(s->executor, &info);
    bool moving =
        info.state == NP_WIRE_STATE_ARMED || info.state == NP_WIRE_STATE_RUNNING || info.busy || info.reloading;
    bool needle = x & 1, taken = np_wire_executor_supply(s->executor, s->now_us, needle ? 1 : 2, x & 2 ? "lot" : "");
    NP_FUZZ_EXPECT(!taken || !moving);
    np_wire_executor_get_info(s->executor, &info);
    NP_FUZZ_EXPECT(info.state != NP_WIRE_STATE_ARMED && info.state != NP_WIRE_STATE_RUNNING && !info.waits_for_pedal);
    if (needle && !moving) {
        s->needle = true;
        s->made = 0;
    }
}

static void arm(scene *s, uint8_t type)
{
    np_wire_message m = {.type = type, .u.arm.request = ++s->peer.request};
    send_message(s, &m);
    np_wire_executor_pedal(s->executor, s->now_us, false);
    np_wire_executor_pedal(s->executor, s->now_us, true);
}

static void send_any(scene *s, fuzz_input *in, bool own_header)
{
    uint8_t bytes[NP_WIRE_FRAME_MAX];
    hear(s, bytes, peer_seal_any(&s->peer, in, own_header, false, bytes));
}

static void heartbeat(scene *s, fuzz_input *in)
{
    np_wire_message m = {.type = NP_WIRE_MSG_HEARTBEAT, .u.heartbeat = {fuzz_take(in, 1), s->now_us}};
    send_message(s, &m);
}

static void track(scene *s, fuzz_input *in)
{
    np_wire_message m = {.type = NP_WIRE_MSG_POSE};
    m.u.tracking = (np_wire_tracking){fuzz_take(in, 2), 1000000, {{1000000, 0, 0, 0}, {0, 0, 0}}};
    m.u.tracking.pose.translation_um[0] = (int32_t)fuzz_take(in, 2);
    send_message(s, &m);
}

static void crash(scene *s, uint32_t options)
{
    size_t lost = s->size - s->synced;
    s->size = s->synced + (lost ? options % (lost + 1) : 0);
    s->peer.epoch = 0;
    start(s, options);
}

/* Any bytes at all, from a peer and from one who may only stop: the latter never begins an epoch, and never moves anything. */
static void hear_anything(scene *s, const uint8_t *bytes, size_t size)
{
    np_wire_executor_info before, after;
    np_wire_executor_receive(s->executor, s->now_us, bytes, size);
    np_wire_executor_get_info(s->executor, &before);
    np_wire_executor_receive_unlisted(s->executor, s->now_us, bytes, size);
    np_wire_executor_get_info(s->executor, &after);
    NP_FUZZ_EXPECT(after.epoch == before.epoch && after.session == before.session && after.busy == before.busy);
    NP_FUZZ_EXPECT(after.state == before.state || after.state == NP_WIRE_STATE_HOLDING);
}

static void step(scene *s, fuzz_input *in)
{
    static const uint8_t plain[] = {NP_WIRE_MSG_HOLD, NP_WIRE_MSG_ABORT, NP_WIRE_MSG_ESTOP, NP_WIRE_MSG_STOP,
                                    NP_WIRE_MSG_QUERY};
    np_wire_message m = {0};
    size_t size;
    uint32_t op = fuzz_take(in, 1) % 21, x = fuzz_take(in, 1);
    switch (op) {
    case 0: {
        const uint8_t *bytes = fuzz_take_bytes(in, x * 5, &size);
        hear_anything(s, bytes, size);
        break;
    }
    case 1:
        send_any(s, in, false);
        break;
    case 2:
        send_any(s, in, true);
        break;
    case 3:
        connect_anew(s);
        break;
    case 4:
        load(s, x);
        break;
    case 5:
        arm(s, x & 1 ? NP_WIRE_MSG_RESUME : NP_WIRE_MSG_ARM);
        break;
    case 6:
        send_dots(s, x, fuzz_take(in, 1), fuzz_take(in, 1));
        break;
    case 7:
        heartbeat(s, in);
        break;
    case 8:
        s->now_us += x * 64;
        break;
    case 9:
        s->now_us += x * 2000;
        break;
    case 10:
        if (s->busy)
            come_to_rest(s, x % NP_WIRE_OUTCOME_COUNT != NP_WIRE_OUTCOME_NONE);
        np_wire_executor_motion_done(s->executor, s->now_us, x % NP_WIRE_OUTCOME_COUNT, 700, 90);
        break;
    case 11:
        local_input(s, x);
        break;
    case 12:
        m.type = plain[x % sizeof plain];
        send_message(s, &m);
        break;
    case 13:
        s->fail_storage = x % 4;
        break;
    case 14:
        crash(s, x);
        break;
    case 15:
        track(s, in);
        break;
    case 16:
        m = (np_wire_message){.type = NP_WIRE_MSG_REVIEW};
        m.u.review = (np_wire_review){++s->peer.request, x % DOTS, plan.dots[x % DOTS].id, fuzz_take(in, 1) & 2};
        send_message(s, &m);
        break;
    case 18:
        renew(s, x);
        break;
    case 19:
        if (x & 8) {
            np_wire_executor_confirm_moved(s->executor, s->now_us);
        } else if (x & 4) {
            drive_home(s);
        } else if (x & 2) {
            if (s->travelling)
                come_to_rest(s, x & 1);
            np_wire_executor_arrived(s->executor, s->now_us, x & 1);
        } else {
            if (s->reloading)
                come_to_rest(s, x & 1);
            np_wire_executor_reload_done(s->executor, s->now_us, x & 1);
        }
        break;
    case 20:
        m = (np_wire_message){.type = NP_WIRE_MSG_SUPPLIES, .u.supplies_request.first = x & 15};
        send_message(s, &m);
        break;
    default:
        m = (np_wire_message){.type = x & 1 ? NP_WIRE_MSG_END : NP_WIRE_MSG_MAP};
        if (x & 1)
            m.u.arm.request = ++s->peer.request;
        send_message(s, &m);
    }
    np_wire_executor_tick(s->executor, s->now_us);
    listen(s);
    np_wire_executor_info info;
    np_wire_executor_get_info(s->executor, &info);
    NP_FUZZ_EXPECT(info.state < NP_WIRE_STATE_COUNT && info.done + info.in_doubt + info.other <= DOTS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    peer_prepare();
    static scene s;
    s.now_us = 1000000;
    s.peer = (fuzz_peer){.random = {1}};
    s.size = s.synced = s.fail_storage = 0;
    s.needle = false;
    s.made = 0;
    memset(s.begun, 0, sizeof s.begun);
    s.place = (job_place){JOB_NOWHERE, 0};
    s.busy = s.reloading = s.travelling = false;
    fuzz_input in = {data, size};
    uint32_t options = fuzz_take(&in, 1);
    start(&s, options);
    if (!(options & 16))
        drive_home(&s);
    while (in.left > 0)
        step(&s, &in);
    free(s.memory);
    s.memory = NULL;
    return 0;
}
