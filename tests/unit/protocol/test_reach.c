/* What the arm does not reach is left out: which dots that are, how the arm gets past them, that nothing final is said or written of
 * them, and that they are made from another place, once. */
#include "peer.h"

#include <stdio.h>

static const job_faults calm = {.pipe.delay_us = 500, .motion_us = 2000};

static job *gap_job(uint32_t n, uint64_t seed, double gaps)
{
    job *j = malloc(sizeof *j);
    job_init(j, n, seed, &calm);
    j->gaps = gaps;
    j->buffer_dots = 128;
    return j;
}

static void job_destroy(job *j)
{
    job_free(j);
    free(j);
}

static void expect(job *j, bool ended, const char *what, uint64_t where)
{
    if (!job_check(j) || !ended)
        fail_msg("%s at %d, seed %d: %s", what, (int)where, (int)j->gap_seed, j->trouble);
}

/* From another place everything is reached; also by an executor that holds a chunk alone, and so less than the final dots that its
 * arm passes. */
static void make_the_rest(job *j)
{
    j->gaps = 0;
    if (j->gap_seed % 2) {
        j->buffer_dots = 64;
        job_start_executor(j);
    }
    j->plan.load.registration.translation_um[2] += 1000;
    j->plan.load.moved_um = 1000;
    j->sender = NULL;
    expect(j, job_run(j, 1000), "the rest", 0);
}

static uint32_t count_left(const job *j)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < j->plan.n; i++)
        n += !job_can_be_made(j, i);
    return n;
}

/* 10,000 steps and more, from hardly a gap to hardly a dot; each twice, the second time from elsewhere. */
static void sessions_with_gaps_end_with_what_is_reached(void **state)
{
    (void)state;
    static const double gaps[] = {0.05, 0.2, 0.5, 0.9};
    uint64_t steps = 0, left = 0, made = 0;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        job *j = gap_job(60 + (uint32_t)seed * 9, seed, gaps[seed % 4]);
        job_start(j);
        expect(j, job_run(j, 1000), "a session", seed);
        for (uint32_t i = 0; i < j->plan.n; i++)
            assert_int_equal(j->journal_committed[i] == NP_WIRE_OUTCOME_DONE, job_can_be_made(j, i));
        np_wire_sender_info info;
        np_wire_sender_get_info(j->sender, &info);
        assert_int_equal(info.left, count_left(j));
        assert_int_equal(info.done, j->plan.n - info.left);
        left += info.left, made += info.done;
        make_the_rest(j);
        steps += j->steps;
        job_destroy(j);
    }
    assert_true(steps > 10000);
    assert_true(left > 1000);
    assert_true(made > 1000);
}

/* The same, asked beforehand: DONE for what is made then, and nothing moves. */
static void the_dry_pass_tells_what_the_run_leaves_out(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        job *j = gap_job(300, seed, 0.3);
        j->plan.load.air = NP_WIRE_AIR_REACH;
        job_start(j);
        if (!job_run(j, 100))
            fail_msg("%s", j->trouble);
        for (uint32_t i = 0; i < j->plan.n; i++) {
            assert_int_equal(j->journal[i] == NP_WIRE_OUTCOME_DONE, job_can_be_made(j, i));
            assert_true(j->left[i] || j->journal[i]);
        }
        assert_int_equal(j->moves, 0);
        memset(j->journal_committed, 0, j->plan.n);
        uint32_t asked = j->asked;
        j->plan.load.air = NP_WIRE_AIR_NOT;
        j->sender = NULL;
        expect(j, job_run(j, 1000), "a run", seed);
        assert_int_equal(j->asked, asked); /* the executor remembers */
        make_the_rest(j);
        job_destroy(j);
    }
}

/* Either side dies at each step of a session with gaps: in the middle of one, on the way back from it, at its borders. */
static void a_death_at_any_step_is_survived(void **state)
{
    (void)state;
    uint32_t died = 0;
    for (uint64_t step = 1; step < 600; step += 2) {
        job *j = gap_job(200, 3 + step % 5, 0.25);
        job_start(j);
        bool over = false;
        for (uint64_t i = 0; i < step && !over; i++) {
            np_wire_sender_info info;
            np_wire_sender_get_info(j->sender, &info);
            over = info.finished;
            job_executor_step(j), job_sender_step(j), job_advance(j);
        }
        if (step / 2 % 2) {
            j->sender = NULL;
            j->sender_off_until_us = j->now_us + 30000;
        } else {
            job_crash_executor(j);
        }
        died += !over;
        expect(j, job_run(j, 1000), "a death", step);
        make_the_rest(j);
        job_destroy(j);
    }
    assert_true(died > 100);
}

/* A crash at each append and sync. */
static void a_crash_at_any_call_is_survived(void **state)
{
    (void)state;
    uint64_t calls = UINT64_MAX;
    for (uint64_t call = 2; call <= calls; call += 3) {
        job *j = gap_job(150, 1 + call % 4, 0.3);
        j->crash_at_call = call;
        j->keep_unsynced = 64 * (call % 3);
        job_start(j);
        expect(j, job_run(j, 1000), "a crash", call);
        if (j->crashes == 0)
            calls = 0;
        make_the_rest(j);
        job_destroy(j);
    }
}

/* ---- step by step ---- */

/* An armed executor whose arm does not reach the dot at order GAP, of N in chunks; all dots of the first two chunks are sent. */
static peer *gap_peer(uint32_t n, uint32_t gap)
{
    peer *p = peer_new(n, NULL);
    np_wire_executor_config c = job_executor_config(&p->j);
    c.buffer_dots = p->j.buffer_dots = 128;
    p->j.executor_memory = realloc(p->j.executor_memory, np_wire_executor_size(&c));
    p->j.out_of_reach = gap;
    p->j.plan.load.only_reachable = 1;
    peer_start(p, &c);
    peer_connect(p), peer_load(p);
    assert_int_equal(p->got[NP_WIRE_MSG_LOADED].u.loaded.reason, NP_WIRE_REASON_NONE);
    return p;
}

static void arm_it(peer *p, np_wire_message_type type, uint32_t request)
{
    peer_ask(p, type, request);
    peer_press(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_ARMED);
}

static void the_arm_goes_back_and_in_by_the_next_entry(void **state)
{
    (void)state;
    peer *p = gap_peer(150, 20);
    arm_it(p, NP_WIRE_MSG_ARM, 1);
    peer_dots(p, 0, 128);
    peer_wait(p, 700, true);
    peer_dots(p, 128, 22);
    peer_wait(p, 400, true);
    assert_string_equal(p->j.trouble, "");
    for (uint32_t i = 0; i < 150; i++)
        assert_int_equal(p->j.punctures[i], i < 20 || i >= 64);
    np_wire_executor_info info = peer_info(p);
    assert_int_equal(info.done, 106);
    assert_int_equal(info.left, 44);
    assert_int_equal(p->j.place.kind, JOB_AT_HOME);
    /* 20 in, 19 back and home, 86 in and home */
    assert_int_equal(p->j.moves, 20 + 19 + 1 + 86 + 1);
    peer_ask(p, NP_WIRE_MSG_END, 2), peer_listen(p);
    const np_wire_ended *e = &p->got[NP_WIRE_MSG_ENDED].u.ended;
    assert_int_equal(e->done, 106);
    assert_int_equal(e->left, 44);
    assert_int_equal(e->in_doubt + e->other, 0);
    np_wire_journal_scan scan;
    uint8_t map[NP_WIRE_MAP_BYTES(150)];
    np_wire_journal_recover(p->j.file, p->j.file_size, p->j.plan.load.digest, 1, 150, map, &scan);
    assert_int_equal(scan.done, 106);
    assert_int_equal(scan.in_doubt + scan.other, 0);
    peer_free(p);
}

/* Held on the way back, it goes on from there, though the next dot is of another chunk. */
static void a_hold_on_the_way_back_is_gone_on_from(void **state)
{
    (void)state;
    for (unsigned ms = 66; ms < 110; ms += 3) {
        peer *p = gap_peer(150, 20);
        arm_it(p, NP_WIRE_MSG_ARM, 1);
        peer_dots(p, 0, 128);
        peer_wait(p, ms, true);
        peer_say(p, NP_WIRE_MSG_HOLD);
        peer_wait(p, 10, true);
        assert_int_equal(peer_state(p), NP_WIRE_STATE_HOLDING);
        arm_it(p, NP_WIRE_MSG_RESUME, 2);
        bool inside = p->j.place.kind != JOB_AT_HOME && p->j.place.kind != JOB_ON_WAY_HOME && p->j.place.order < 64;
        peer_wait(p, 6, true);
        assert_int_equal(p->got[NP_WIRE_MSG_EVENTS].u.events.received, inside || peer_info(p).next < 64 ? 0 : 64);
        peer_dots(p, 0, 128);
        peer_wait(p, 700, true);
        peer_dots(p, 128, 22), peer_wait(p, 400, true);
        assert_string_equal(p->j.trouble, "");
        assert_int_equal(peer_info(p).done, 106);
        assert_int_equal(peer_info(p).left, 44);
        peer_free(p);
    }
}

static void who_cannot_leave_out_says_so(void **state)
{
    (void)state;
    peer *p = peer_new(100, NULL);
    np_wire_executor_config c = job_executor_config(&p->j);
    p->j.plan.load.only_reachable = 1;
    c.motion.reach = NULL;
    peer_start(p, &c);
    peer_connect(p), peer_load(p);
    assert_int_equal(p->got[NP_WIRE_MSG_LOADED].u.loaded.reason, NP_WIRE_REASON_REACH);
    c.motion.reach = motion_reach;
    c.buffer_dots = 64;
    peer_start(p, &c);
    peer_connect(p), peer_load(p);
    assert_int_equal(p->got[NP_WIRE_MSG_LOADED].u.loaded.reason, NP_WIRE_REASON_REACH);
    assert_non_null(strstr(p->got[NP_WIRE_MSG_LOADED].u.loaded.text, "no room for two chunks"));
    peer_free(p);
}

/* A verdict comes in a load of its own; here it would bring back what is left out. */
static void nothing_is_reviewed_meanwhile(void **state)
{
    (void)state;
    peer *p = gap_peer(100, 20);
    np_wire_message m = {.type = NP_WIRE_MSG_REVIEW, .u.review = {1, 30, p->j.plan.dots[30].id, 0}};
    peer_send(p, &m), peer_listen(p);
    assert_int_equal(p->got[NP_WIRE_MSG_REVIEWED].u.reviewed.reason, NP_WIRE_REASON_STATE);
    peer_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sessions_with_gaps_end_with_what_is_reached),
        cmocka_unit_test(the_dry_pass_tells_what_the_run_leaves_out),
        cmocka_unit_test(a_death_at_any_step_is_survived),
        cmocka_unit_test(a_crash_at_any_call_is_survived),
        cmocka_unit_test(the_arm_goes_back_and_in_by_the_next_entry),
        cmocka_unit_test(a_hold_on_the_way_back_is_gone_on_from),
        cmocka_unit_test(who_cannot_leave_out_says_so),
        cmocka_unit_test(nothing_is_reviewed_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
