/* The executor's states, one rule a test. */
#include "peer.h"

/* ---- arming ---- */

static void arming_takes_a_request_and_then_a_pedal_edge(void **state)
{
    (void)state;
    peer *p = peer_new_loaded(100);
    /* A pedal that was never seen released is one that is held down. */
    peer_ask(p, NP_WIRE_MSG_ARM, 1);
    np_wire_executor_pedal(p->j.executor, p->j.now_us, true);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_LOADED);
    peer_say(p, NP_WIRE_MSG_HOLD);
    np_wire_executor_pedal(p->j.executor, p->j.now_us, false);
    /* A pedal pressed before anyone asked, and held down, arms nothing. */
    np_wire_executor_pedal(p->j.executor, p->j.now_us, true);
    peer_ask(p, NP_WIRE_MSG_ARM, 2);
    np_wire_executor_pedal(p->j.executor, p->j.now_us, true);
    peer_listen(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_LOADED);
    assert_int_equal(p->got[NP_WIRE_MSG_ARMED].u.armed.reason, NP_WIRE_REASON_PEDAL);
    assert_true(peer_info(p).waits_for_pedal);
    peer_press(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_ARMED);
    assert_int_equal(p->got[NP_WIRE_MSG_ARMED].u.armed.granted, 1);
    peer_free(p);
}

static void one_number_arms_once(void **state)
{
    (void)state;
    peer *p = peer_new_armed(100);
    peer_say(p, NP_WIRE_MSG_HOLD);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_HOLDING);
    /* The repetition of the request that armed before is answered and arms nothing. */
    peer_ask(p, NP_WIRE_MSG_RESUME, 1);
    peer_press(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_HOLDING);
    /* ARM does not fit HOLDING, RESUME does. */
    peer_ask(p, NP_WIRE_MSG_ARM, 2);
    peer_listen(p);
    assert_int_equal(p->got[NP_WIRE_MSG_ARMED].u.armed.reason, NP_WIRE_REASON_STATE);
    peer_ask(p, NP_WIRE_MSG_RESUME, 3);
    peer_press(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_ARMED);
    /* A number from before counts no more. */
    peer_say(p, NP_WIRE_MSG_HOLD);
    peer_ask(p, NP_WIRE_MSG_RESUME, 2);
    peer_press(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_HOLDING);
    peer_free(p);
}

static void a_waiting_request_ends_with_hold_or_silence(void **state)
{
    (void)state;
    peer *p = peer_new_loaded(100);
    peer_ask(p, NP_WIRE_MSG_ARM, 1);
    peer_say(p, NP_WIRE_MSG_HOLD);
    peer_press(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_LOADED);
    assert_int_equal(p->got[NP_WIRE_MSG_ARMED].u.armed.reason, NP_WIRE_REASON_HOLD);
    peer_ask(p, NP_WIRE_MSG_ARM, 2);
    peer_wait(p, 101, false);
    peer_press(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_LOADED);
    assert_int_equal(p->got[NP_WIRE_MSG_ARMED].u.armed.reason, NP_WIRE_REASON_LEASE);
    /* Even a press that comes before the tick finds no lease. */
    peer_ask(p, NP_WIRE_MSG_ARM, 3);
    p->j.now_us += NP_WIRE_LEASE_US;
    peer_press(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_LOADED);
    peer_free(p);
}

static void nothing_arms_without_a_loaded_session(void **state)
{
    (void)state;
    peer *p = peer_new(10, NULL);
    peer_connect(p);
    peer_ask(p, NP_WIRE_MSG_ARM, 1);
    peer_press(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_AUTHENTICATED);
    assert_int_equal(p->got[NP_WIRE_MSG_ARMED].u.armed.reason, NP_WIRE_REASON_STATE);
    peer_free(p);
}

static void a_session_that_is_done_does_not_arm(void **state)
{
    (void)state;
    peer *p = peer_new_armed(10);
    peer_dots(p, 0, 10);
    peer_wait(p, 100, true);
    assert_int_equal(peer_info(p).done, 10);
    peer_ask(p, NP_WIRE_MSG_END, 2);
    peer_listen(p);
    assert_int_equal(p->got[NP_WIRE_MSG_ENDED].u.ended.done, 10);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_AUTHENTICATED);
    peer_load(p);
    peer_ask(p, NP_WIRE_MSG_ARM, 3);
    peer_press(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_LOADED);
    assert_int_equal(p->got[NP_WIRE_MSG_ARMED].u.armed.reason, NP_WIRE_REASON_SESSION_DONE);
    peer_free(p);
}

/* ---- running ---- */

static void dots_are_fired_in_order_whatever_order_they_come_in(void **state)
{
    (void)state;
    peer *p = peer_new_armed(100);
    for (uint32_t first = 96; first < 100; first -= 12) {
        peer_dots(p, first, first == 96 ? 4 : 12);
        peer_wait(p, 10, true);
    }
    const np_wire_events *e = &p->got[NP_WIRE_MSG_EVENTS].u.events;
    peer_wait(p, 600, true);
    assert_int_equal(e->next, 100);
    assert_int_equal(peer_info(p).done, 100);
    assert_string_equal(p->j.trouble, "");
    /* The same dots again are duplicates and move nothing. */
    peer_dots(p, 0, 100);
    peer_wait(p, 50, true);
    assert_int_equal(p->j.punctures[0], 1);
    assert_true(peer_info(p).duplicates >= 100);
    peer_free(p);
}

static void a_chunk_waits_for_its_last_dot(void **state)
{
    (void)state;
    peer *p = peer_new_armed(100);
    peer_dots(p, 0, 63);
    peer_wait(p, 50, true);
    assert_int_equal(p->j.punctures[0], 0);
    assert_int_equal(p->got[NP_WIRE_MSG_EVENTS].u.events.received, 63);
    /* Dot 65 ahead of 63 shows up in the bitmap. */
    peer_dots(p, 65, 1);
    peer_wait(p, 30, true);
    assert_int_equal(p->got[NP_WIRE_MSG_EVENTS].u.events.bitmap[0], 1u << 2);
    peer_dots(p, 63, 1);
    peer_wait(p, 300, true);
    assert_int_equal(peer_info(p).next, 64);
    peer_free(p);
}

static void an_altered_dot_latches_fault(void **state)
{
    (void)state;
    peer *p = peer_new_armed(100);
    p->j.plan.dots[17].depth_um += 1;
    peer_dots(p, 0, 64);
    peer_wait(p, 50, true);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_FAULT);
    assert_int_equal(peer_info(p).reason, NP_WIRE_REASON_BINDING);
    assert_string_equal(peer_info(p).text,
                        "the dots at places 0 to 63 of session 1 are not those of the approved plan");
    for (uint32_t i = 0; i < 100; i++)
        assert_int_equal(p->j.punctures[i], 0);
    peer_say(p, NP_WIRE_MSG_QUERY);
    peer_listen(p);
    assert_string_equal(p->got[NP_WIRE_MSG_STATUS].u.status.text, peer_info(p).text);
    peer_free(p);
}

/* An approved plan may still hold a dot that this executor does not allow. */
static void a_dot_outside_the_limits_latches_fault(void **state)
{
    (void)state;
    peer *p = peer_new(70, NULL);
    p->j.plan.load.limits.depth_max_um = 600;
    peer_connect(p);
    peer_load(p);
    peer_ask(p, NP_WIRE_MSG_ARM, 1);
    peer_press(p);
    peer_dots(p, 0, 64);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_FAULT);
    assert_int_equal(peer_info(p).reason, NP_WIRE_REASON_DOT_LIMIT);
    assert_non_null(strstr(peer_info(p).text, "depth"));
    peer_free(p);
}

static void credits_follow_the_buffer(void **state)
{
    (void)state;
    peer *p = peer_new(1000, NULL);
    p->j.buffer_dots = 128;
    peer_restart(p);
    peer_connect(p);
    peer_load(p);
    peer_listen(p);
    assert_int_equal(p->got[NP_WIRE_MSG_EVENTS].u.events.window, 0);
    peer_ask(p, NP_WIRE_MSG_ARM, 1);
    peer_press(p);
    peer_wait(p, 30, true);
    assert_int_equal(p->got[NP_WIRE_MSG_EVENTS].u.events.window, 128);
    peer_dots(p, 0, 300); /* more than was allowed: the rest is not taken */
    peer_wait(p, 20, true);
    assert_int_equal(p->got[NP_WIRE_MSG_EVENTS].u.events.received, 128);
    /* Unacknowledged outcomes are bounded too: without acknowledgements it stops at the buffer's size. */
    for (int i = 0; i < 2000; i++) {
        np_wire_message m = {.type = NP_WIRE_MSG_HEARTBEAT, .u.heartbeat = {1, 5}};
        peer_send(p, &m);
        uint32_t received = p->got[NP_WIRE_MSG_EVENTS].u.events.received;
        peer_dots(p, received, 12);
        peer_wait(p, 1, false);
    }
    assert_true(peer_info(p).next <= 1 + 20 + 128);
    peer_free(p);
}

static void silence_holds_and_drops_the_buffer(void **state)
{
    (void)state;
    peer *p = peer_new_armed(200);
    peer_dots(p, 0, 128);
    peer_wait(p, 40, true);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_RUNNING);
    peer_wait(p, 99, false);
    uint32_t next = peer_info(p).next;
    peer_wait(p, 300, false);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_HOLDING);
    assert_int_equal(peer_info(p).reason, NP_WIRE_REASON_LEASE);
    assert_true(peer_info(p).next <= next + 8);
    /* Heartbeats alone bring nothing back. */
    peer_wait(p, 200, true);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_HOLDING);
    assert_int_equal(p->got[NP_WIRE_MSG_EVENTS].u.events.window, 0);
    assert_int_equal(p->got[NP_WIRE_MSG_EVENTS].u.events.received, 0);
    /* Armed again it wants the chunk from its start, and no dot twice. */
    peer_ask(p, NP_WIRE_MSG_RESUME, 2);
    peer_press(p);
    peer_wait(p, 30, true);
    assert_int_equal(p->got[NP_WIRE_MSG_EVENTS].u.events.received, 0);
    peer_dots(p, 0, 200);
    peer_wait(p, 900, true);
    assert_int_equal(peer_info(p).done, 200);
    assert_string_equal(p->j.trouble, "");
    peer_free(p);
}

/* The lease runs out while INTENT is being written: the dot is not begun, and not in doubt either. */
static void an_intent_that_comes_too_late_is_withdrawn(void **state)
{
    (void)state;
    peer *p = peer_new_armed(70);
    np_wire_executor_tick(p->j.executor, p->j.now_us);
    uint64_t then = p->j.now_us;
    peer_dots(p, 0, 64);
    p->j.now_us += NP_WIRE_LEASE_US; /* the clock that is asked after the sync */
    np_wire_executor_tick(p->j.executor, then + 1);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_HOLDING);
    assert_int_equal(p->j.punctures[0], 0);
    assert_int_equal(peer_info(p).in_doubt, 0);
    np_wire_journal_scan scan;
    uint8_t map[NP_WIRE_MAP_BYTES(70)];
    assert_int_equal(np_wire_journal_recover(p->j.file, p->j.file_size, p->j.plan.load.digest, 1, 70, map, &scan),
                     NP_WIRE_OK);
    assert_int_equal(scan.in_doubt, 0);
    assert_int_equal(scan.records, 6); /* IDENTITY, EPOCH, POSE, REGISTRATION, INTENT, WITHDRAWN */
    peer_free(p);
}

static void a_dot_that_went_too_deep_holds(void **state)
{
    (void)state;
    peer *p = peer_new_armed(70);
    peer_dots(p, 0, 64);
    np_wire_executor_tick(p->j.executor, p->j.now_us);
    np_wire_executor_motion_done(p->j.executor, p->j.now_us, (np_wire_outcome)99, 0, 0); /* no such outcome */
    assert_true(peer_info(p).busy);
    np_wire_executor_motion_done(p->j.executor, p->j.now_us, NP_WIRE_OUTCOME_TOO_DEEP, 1600, 2500);
    peer_listen(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_HOLDING);
    const np_wire_events *e = &p->got[NP_WIRE_MSG_EVENTS].u.events;
    assert_int_equal(e->reason, NP_WIRE_REASON_DEPTH);
    assert_int_equal(e->n, 1);
    assert_int_equal(e->events[0].outcome, NP_WIRE_OUTCOME_TOO_DEEP);
    assert_int_equal(e->events[0].depth_um, 1600);
    assert_int_equal(e->events[0].force_mn, 2500);
    assert_int_equal(peer_info(p).other, 1);
    peer_free(p);
}

/* Pulled back before the needle met the skin: the dot is as before, and its turn comes again. */
static void a_dot_that_was_pulled_back_is_not_in_doubt(void **state)
{
    (void)state;
    peer *p = peer_new_armed(70);
    peer_dots(p, 0, 64);
    np_wire_executor_tick(p->j.executor, p->j.now_us);
    peer_say(p, NP_WIRE_MSG_HOLD);
    np_wire_executor_motion_done(p->j.executor, p->j.now_us, NP_WIRE_OUTCOME_NONE, 0, 0);
    p->j.motion_busy = false, p->j.punctures[0] = 0, p->j.last_begun = UINT32_MAX;
    assert_int_equal(peer_info(p).in_doubt, 0);
    assert_int_equal(peer_info(p).next, 0);
    peer_ask(p, NP_WIRE_MSG_RESUME, 2), peer_press(p);
    peer_dots(p, 0, 70);
    peer_wait(p, 500, true);
    assert_int_equal(peer_info(p).done, 70);
    peer_free(p);
}

/* ---- stopping ---- */

static void the_ways_to_hold(void **state)
{
    (void)state;
    uint8_t stop[NP_WIRE_FRAME_MAX];
    peer *p = peer_new_armed(10);
    /* Anyone may stop, without key or epoch. */
    assert_int_equal(peer_frame(p, stop, np_wire_stop_frame(stop)), NP_WIRE_OK);
    assert_int_equal(peer_info(p).reason, NP_WIRE_REASON_STOP);
    peer_ask(p, NP_WIRE_MSG_RESUME, 2), peer_press(p);
    peer_say(p, NP_WIRE_MSG_STOP);
    assert_int_equal(peer_info(p).reason, NP_WIRE_REASON_STOP);
    peer_ask(p, NP_WIRE_MSG_RESUME, 3), peer_press(p);
    np_wire_executor_hold(p->j.executor, p->j.now_us, "the door was opened");
    assert_int_equal(peer_info(p).reason, NP_WIRE_REASON_LOCAL);
    assert_string_equal(peer_info(p).text, "the door was opened");
    peer_ask(p, NP_WIRE_MSG_RESUME, 4), peer_press(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_ARMED);
    /* Here the pedal is only an edge; with hold_on_pedal_release it is a dead-man's switch. */
    np_wire_executor_pedal(p->j.executor, p->j.now_us, false);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_ARMED);
    peer_free(p);
}

static void a_dead_mans_pedal_holds_when_released(void **state)
{
    (void)state;
    peer *p = peer_new(10, NULL);
    np_wire_executor_config c = job_executor_config(&p->j);
    c.hold_on_pedal_release = true;
    peer_start(p, &c);
    peer_connect(p), peer_load(p), peer_ask(p, NP_WIRE_MSG_ARM, 1), peer_press(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_ARMED);
    np_wire_executor_pedal(p->j.executor, p->j.now_us, false);
    assert_int_equal(peer_info(p).reason, NP_WIRE_REASON_PEDAL_RELEASED);
    peer_free(p);
}

static void abort_unloads(void **state)
{
    (void)state;
    peer *p = peer_new_armed(100);
    peer_dots(p, 0, 64);
    peer_wait(p, 5, true);
    peer_say(p, NP_WIRE_MSG_ABORT);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_AUTHENTICATED);
    assert_int_equal(peer_info(p).reason, NP_WIRE_REASON_ABORT);
    assert_int_equal(peer_info(p).n_dots, 0);
    /* The dot in progress ends, and its record is found when the session is loaded again. */
    assert_true(peer_info(p).busy);
    peer_load(p);
    assert_int_equal(p->got[NP_WIRE_MSG_LOADED].u.loaded.reason, NP_WIRE_REASON_STATE);
    peer_wait(p, 10, true);
    peer_load(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_LOADED);
    assert_int_equal(p->got[NP_WIRE_MSG_LOADED].u.loaded.in_doubt, 0);
    assert_true(p->got[NP_WIRE_MSG_LOADED].u.loaded.done >= 1);
    peer_free(p);
}

static void estop_latches_until_a_local_reset(void **state)
{
    (void)state;
    peer *p = peer_new_armed(100);
    peer_dots(p, 0, 64);
    np_wire_executor_tick(p->j.executor, p->j.now_us);
    assert_true(peer_info(p).busy);
    peer_say(p, NP_WIRE_MSG_ESTOP);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_ESTOP);
    assert_int_equal(peer_info(p).in_doubt, 1);
    assert_false(peer_info(p).busy);
    np_wire_executor_motion_done(p->j.executor, p->j.now_us, NP_WIRE_OUTCOME_DONE, 0, 0); /* too late to count */
    assert_int_equal(peer_info(p).in_doubt, 1);
    peer_ask(p, NP_WIRE_MSG_ARM, 5), peer_ask(p, NP_WIRE_MSG_RESUME, 6), peer_press(p);
    peer_say(p, NP_WIRE_MSG_ABORT);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_ESTOP);
    assert_int_equal(p->got[NP_WIRE_MSG_ARMED].u.armed.reason, NP_WIRE_REASON_LATCHED);
    /* A sender that comes back may ask what became of its dots, and load nothing else. */
    peer_connect(p);
    peer_load(p);
    assert_int_equal(p->got[NP_WIRE_MSG_LOADED].u.loaded.complete, 1);
    p->j.plan.load.air = 1;
    peer_load(p);
    assert_int_equal(p->got[NP_WIRE_MSG_LOADED].u.loaded.reason, NP_WIRE_REASON_LATCHED);
    p->j.plan.load.air = 0;
    assert_int_equal(peer_state(p), NP_WIRE_STATE_ESTOP);
    np_wire_executor_reset(p->j.executor, p->j.now_us);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_LOCKED);
    np_wire_executor_reset(p->j.executor, p->j.now_us); /* nothing to reset: no effect */
    peer_connect(p), peer_load(p);
    assert_int_equal(p->got[NP_WIRE_MSG_LOADED].u.loaded.in_doubt, 1);
    /* A fault gives way to the emergency stop. */
    np_wire_executor_motion_fault(p->j.executor, p->j.now_us, "joint 3 lost its position");
    assert_string_equal(peer_info(p).text, "joint 3 lost its position");
    np_wire_executor_estop(p->j.executor, p->j.now_us);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_ESTOP);
    peer_free(p);
}

/* ---- tracking ---- */

static void send_pose(peer *p, int32_t x_um, uint32_t quality_ppm)
{
    np_wire_message m = {.type = NP_WIRE_MSG_POSE};
    m.u.tracking = (np_wire_tracking){.quality_ppm = quality_ppm, .pose = {{1000000}, {x_um}}};
    assert_int_equal(peer_send(p, &m), NP_WIRE_OK);
}

static void dots_wait_for_a_still_head(void **state)
{
    (void)state;
    peer *p = peer_new(70, NULL);
    np_wire_executor_config c = job_executor_config(&p->j);
    c.tracking_required = true;
    peer_start(p, &c);
    peer_connect(p), peer_load(p), peer_ask(p, NP_WIRE_MSG_ARM, 1), peer_press(p);
    peer_dots(p, 0, 64);
    peer_wait(p, 50, true);
    assert_int_equal(peer_info(p).waiting, NP_WIRE_REASON_TRACKING);
    assert_int_equal(p->j.punctures[0], 0);
    /* Two near poses: still.  Then a jump, a bad one, an old one: waiting again, at the same dot, without a
     * hold. */
    for (int i = 0; i < 5; i++)
        send_pose(p, 10 * i, 900000), peer_wait(p, 10, true);
    uint32_t next = peer_info(p).next;
    assert_true(next > 0);
    send_pose(p, 5000, 900000);
    peer_wait(p, 40, true);
    assert_true(peer_info(p).next <= next + 1);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_RUNNING);
    assert_int_equal(p->got[NP_WIRE_MSG_EVENTS].u.events.waiting, NP_WIRE_REASON_TRACKING);
    next = peer_info(p).next;
    send_pose(p, 5001, 900000), peer_wait(p, 20, true);
    assert_true(peer_info(p).next > next);
    send_pose(p, 5002, 100000), peer_wait(p, 20, true);
    next = peer_info(p).next;
    peer_wait(p, 30, true);
    assert_int_equal(peer_info(p).next, next);
    send_pose(p, 5003, 900000), peer_wait(p, 300, true); /* one pose, which gets old */
    next = peer_info(p).next;
    peer_wait(p, 50, true);
    assert_int_equal(peer_info(p).next, next);
    peer_free(p);
}

static void a_rehearsal_in_the_air_leaves_no_record(void **state)
{
    (void)state;
    peer *p = peer_new(70, NULL);
    p->j.plan.load.air = 1;
    peer_connect(p), peer_load(p), peer_ask(p, NP_WIRE_MSG_ARM, 1), peer_press(p);
    size_t before = p->j.file_size;
    peer_dots(p, 0, 70);
    peer_wait(p, 500, true);
    assert_int_equal(peer_info(p).done, 70);
    assert_int_equal(p->j.file_size, before);
    peer_free(p);
}

/* The pedal is not pressed, the arm stands wherever it does, and the run that follows finds everything as it was. */
static void what_the_arm_reaches_is_told_and_nothing_moves(void **state)
{
    (void)state;
    peer *p = peer_new(70, NULL);
    np_wire_executor_config c = job_executor_config(&p->j);
    c.durable = true;
    for (int can_tell = 0; can_tell < 2; can_tell++) {
        c.motion.reach = can_tell ? motion_reach : NULL;
        peer_start(p, &c);
        p->j.out_of_reach = 3;
        p->j.plan.load.air = NP_WIRE_AIR_REACH;
        peer_connect(p), peer_load(p);
        size_t before = p->j.file_size;
        if (!can_tell) {
            assert_int_equal(p->got[NP_WIRE_MSG_LOADED].u.loaded.reason, NP_WIRE_REASON_REACH);
            continue;
        }
        peer_ask(p, NP_WIRE_MSG_ARM, 1), peer_listen(p);
        assert_int_equal(p->got[NP_WIRE_MSG_ARMED].u.armed.granted, 1);
        peer_dots(p, 0, 64);
        peer_wait(p, 100, true);
        peer_dots(p, 64, 6);
        peer_wait(p, 100, true);
        assert_int_equal(peer_info(p).done, 69);
        assert_int_equal(peer_info(p).other, 1);
        assert_int_equal(p->j.asked, 70 + 2); /* an entry, and the way home */
        assert_int_equal(p->j.moves, 0);
        assert_int_equal(p->j.file_size, before);
        peer_ask(p, NP_WIRE_MSG_END, 2), peer_listen(p);
        assert_int_equal(p->got[NP_WIRE_MSG_ENDED].u.ended.other, 1);
    }
    p->j.plan.load.air = NP_WIRE_AIR_NOT;
    peer_load(p);
    assert_int_equal(p->got[NP_WIRE_MSG_LOADED].u.loaded.other, 0);
    assert_string_equal(p->j.trouble, "");
    peer_free(p);
}

static void deadlines_are_never_late(void **state)
{
    (void)state;
    peer *p = peer_new(70, NULL);
    assert_true(np_wire_executor_deadline(p->j.executor, p->j.now_us) == UINT64_MAX);
    peer_connect(p), peer_load(p), peer_ask(p, NP_WIRE_MSG_ARM, 1);
    assert_true(np_wire_executor_deadline(p->j.executor, p->j.now_us) == p->j.now_us);
    peer_press(p);
    for (int i = 0; i < 200; i++) {
        uint64_t at = np_wire_executor_deadline(p->j.executor, p->j.now_us);
        assert_true(at >= p->j.now_us);
        assert_true(at <= p->j.now_us + NP_WIRE_HEARTBEAT_US);
        peer_wait(p, 1, true);
    }
    peer_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arming_takes_a_request_and_then_a_pedal_edge),
        cmocka_unit_test(one_number_arms_once),
        cmocka_unit_test(a_waiting_request_ends_with_hold_or_silence),
        cmocka_unit_test(nothing_arms_without_a_loaded_session),
        cmocka_unit_test(a_session_that_is_done_does_not_arm),
        cmocka_unit_test(dots_are_fired_in_order_whatever_order_they_come_in),
        cmocka_unit_test(a_chunk_waits_for_its_last_dot),
        cmocka_unit_test(an_altered_dot_latches_fault),
        cmocka_unit_test(a_dot_outside_the_limits_latches_fault),
        cmocka_unit_test(credits_follow_the_buffer),
        cmocka_unit_test(silence_holds_and_drops_the_buffer),
        cmocka_unit_test(an_intent_that_comes_too_late_is_withdrawn),
        cmocka_unit_test(a_dot_that_went_too_deep_holds),
        cmocka_unit_test(a_dot_that_was_pulled_back_is_not_in_doubt),
        cmocka_unit_test(the_ways_to_hold),
        cmocka_unit_test(a_dead_mans_pedal_holds_when_released),
        cmocka_unit_test(abort_unloads),
        cmocka_unit_test(estop_latches_until_a_local_reset),
        cmocka_unit_test(dots_wait_for_a_still_head),
        cmocka_unit_test(a_rehearsal_in_the_air_leaves_no_record),
        cmocka_unit_test(what_the_arm_reaches_is_told_and_nothing_moves),
        cmocka_unit_test(deadlines_are_never_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
