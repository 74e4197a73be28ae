/* What an executor wants to see before it accepts a session, the dots in doubt, and its journal. */
#include "peer.h"

#include <stdio.h>

/* ---- loading ---- */

static void expect_refused_load(peer *p, np_wire_reason reason)
{
    peer_load(p);
    assert_int_equal(p->got[NP_WIRE_MSG_LOADED].u.loaded.reason, reason);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_AUTHENTICATED);
    assert_true(strlen(p->got[NP_WIRE_MSG_LOADED].u.loaded.text) > 10);
}

static void a_load_must_hold_together(void **state)
{
    (void)state;
    peer *p = peer_new(100, NULL);
    np_wire_load good = p->j.plan.load, *l = &p->j.plan.load;
    peer_connect(p);
    l->digest[0] ^= 1, expect_refused_load(p, NP_WIRE_REASON_DIGEST), *l = good;
    l->header_hash[0] ^= 1, expect_refused_load(p, NP_WIRE_REASON_DIGEST), *l = good;
    l->sessions[1].n_dots++, expect_refused_load(p, NP_WIRE_REASON_DIGEST), *l = good;
    l->signature[9] ^= 1, expect_refused_load(p, NP_WIRE_REASON_APPROVAL), *l = good;
    l->session = 2, expect_refused_load(p, NP_WIRE_REASON_DIGEST), *l = good;
    l->limits.depth_max_um = 1501, expect_refused_load(p, NP_WIRE_REASON_LIMITS), *l = good;
    l->limits.tilt_max_urad++, expect_refused_load(p, NP_WIRE_REASON_LIMITS), *l = good;
    peer_load(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_LOADED);
    /* Chunk hashes that do not give the root. */
    peer_connect(p);
    p->j.plan.dots[99].tone_ppm ^= 1;
    expect_refused_load(p, NP_WIRE_REASON_DIGEST);
    peer_free(p);
}

/* The session key is bound to the plan that HELLO named. */
static void a_plan_that_was_not_named_is_refused(void **state)
{
    (void)state;
    peer *p = peer_new(100, NULL);
    peer_connect(p);
    plan_free(&p->j.plan);
    plan_make(&p->j.plan, 100, 4711);
    expect_refused_load(p, NP_WIRE_REASON_DIGEST);
    peer_connect(p), peer_load(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_LOADED);
    peer_free(p);
}

static void only_known_operators_count_where_a_list_is_set(void **state)
{
    (void)state;
    static const uint8_t strangers[2][32] = {{1}, {2}};
    uint8_t friends[1][32];
    peer *p = peer_new(10, NULL);
    np_wire_executor_config c = job_executor_config(&p->j);
    c.operators = strangers, c.n_operators = 2;
    peer_start(p, &c);
    peer_connect(p);
    expect_refused_load(p, NP_WIRE_REASON_OPERATOR);
    memcpy(friends[0], p->j.plan.load.public_key, 32);
    c.operators = (const uint8_t(*)[32])friends, c.n_operators = 1;
    peer_start(p, &c);
    peer_connect(p), peer_load(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_LOADED);
    peer_free(p);
}

static void a_session_that_is_too_big_is_refused(void **state)
{
    (void)state;
    peer *p = peer_new(100, NULL);
    np_wire_executor_config c = job_executor_config(&p->j);
    c.max_dots = 99;
    peer_start(p, &c);
    peer_connect(p);
    expect_refused_load(p, NP_WIRE_REASON_TOO_BIG);
    peer_free(p);
}

static void the_map_tells_every_outcome(void **state)
{
    (void)state;
    peer *p = peer_new_armed(1500);
    peer_dots(p, 0, 128);
    peer_wait(p, 100, true);
    peer_say(p, NP_WIRE_MSG_HOLD);
    peer_wait(p, 10, true);
    uint32_t done = peer_info(p).done;
    np_wire_message m = {.type = NP_WIRE_MSG_MAP};
    peer_send(p, &m), peer_listen(p);
    const np_wire_resume_info *r = &p->got[NP_WIRE_MSG_RESUME_INFO].u.resume_info;
    assert_int_equal(r->n_dots, 1024);
    for (uint32_t i = 0; i < 1024; i++)
        assert_int_equal(np_wire_map_get(r->map, i), i < done ? NP_WIRE_OUTCOME_DONE : NP_WIRE_OUTCOME_NONE);
    m.u.map_request.first = 1024;
    peer_send(p, &m), peer_listen(p);
    assert_int_equal(r->first, 1024);
    assert_int_equal(r->n_dots, 476);
    m.u.map_request.first = 1500; /* outside: no answer */
    unsigned before = p->count[NP_WIRE_MSG_RESUME_INFO];
    peer_send(p, &m), peer_listen(p);
    assert_int_equal(p->count[NP_WIRE_MSG_RESUME_INFO], before);
    peer_free(p);
}

/* ---- dots in doubt ---- */

static peer *with_doubt(void)
{
    peer *p = peer_new_armed(70);
    peer_dots(p, 0, 64);
    peer_wait(p, 10, true);
    assert_true(peer_info(p).busy);
    peer_restart(p); /* it died in the middle of a dot */
    peer_connect(p), peer_load(p);
    assert_int_equal(peer_info(p).in_doubt, 1);
    return p;
}

static np_wire_reviewed review(peer *p, uint32_t request, uint32_t order, np_wire_outcome verdict)
{
    np_wire_message m = {.type = NP_WIRE_MSG_REVIEW};
    m.u.review = (np_wire_review){request, order, p->j.plan.dots[order].id, verdict};
    peer_send(p, &m), peer_listen(p);
    return p->got[NP_WIRE_MSG_REVIEWED].u.reviewed;
}

static void a_dot_in_doubt_is_not_fired_again_by_itself(void **state)
{
    (void)state;
    peer *p = with_doubt();
    uint32_t doubt = p->j.motion_order;
    peer_ask(p, NP_WIRE_MSG_ARM, 1), peer_press(p);
    peer_dots(p, 0, 70);
    peer_wait(p, 400, true);
    assert_int_equal(p->j.punctures[doubt], 1);
    assert_int_equal(peer_info(p).done, 69);
    assert_int_equal(peer_info(p).in_doubt, 1);
    peer_free(p);
}

/* What is in the skin by the sender's record, and not by this one, which has lost it. */
static void a_dot_that_was_made_elsewhere_is_done(void **state)
{
    (void)state;
    peer *p = peer_new_loaded(20);
    for (uint32_t i = 0; i < 5; i++)
        assert_int_equal(review(p, i + 1, i * 2, NP_WIRE_OUTCOME_DONE).outcome, NP_WIRE_OUTCOME_DONE);
    assert_int_equal(review(p, 6, 3, NP_WIRE_OUTCOME_NONE).outcome, NP_WIRE_OUTCOME_NONE);
    assert_int_equal(peer_info(p).done, 5);
    assert_int_equal(peer_info(p).next, 1);
    peer_restart(p); /* and the journal is sound */
    peer_connect(p), peer_load(p);
    assert_int_equal(peer_info(p).done, 5);
    peer_ask(p, NP_WIRE_MSG_ARM, 1), peer_press(p);
    peer_dots(p, 0, 20);
    peer_wait(p, 300, true);
    assert_int_equal(peer_info(p).done, 20);
    for (uint32_t i = 0; i < 20; i++)
        assert_int_equal(p->j.punctures[i], i % 2 || i > 8);
    peer_free(p);
}

static void a_person_decides_on_a_dot_in_doubt(void **state)
{
    (void)state;
    peer *p = with_doubt();
    uint32_t doubt = 0;
    while (np_wire_map_get(p->got[NP_WIRE_MSG_RESUME_INFO].u.resume_info.map, doubt) == 9)
        doubt++;
    doubt = peer_info(p).done; /* those before it are done */
    assert_int_equal(review(p, 1, doubt - 1, NP_WIRE_OUTCOME_NONE).outcome, NP_WIRE_OUTCOME_DONE); /* not in doubt */
    assert_int_equal(review(p, 2, doubt, NP_WIRE_OUTCOME_NONE).outcome, NP_WIRE_OUTCOME_NONE);
    assert_int_equal(peer_info(p).next, doubt);
    assert_int_equal(peer_info(p).in_doubt, 0);
    /* The verdict is durable, and a repetition of the request changes nothing. */
    assert_int_equal(review(p, 2, doubt, NP_WIRE_OUTCOME_DONE).outcome, NP_WIRE_OUTCOME_NONE);
    peer_restart(p);
    peer_connect(p), peer_load(p);
    assert_int_equal(peer_info(p).in_doubt, 0);
    peer_ask(p, NP_WIRE_MSG_ARM, 1), peer_press(p);
    assert_int_equal(review(p, 3, doubt, NP_WIRE_OUTCOME_DONE).reason, NP_WIRE_REASON_STATE); /* not while armed */
    peer_free(p);
}

/* ---- storage ---- */

static void a_damaged_journal_keeps_the_executor_in_fault(void **state)
{
    (void)state;
    peer *p = peer_new_armed(70);
    peer_dots(p, 0, 64);
    peer_wait(p, 50, true);
    p->j.file[70] ^= 1;
    peer_restart(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_FAULT);
    assert_int_equal(peer_info(p).reason, NP_WIRE_REASON_JOURNAL);
    np_wire_executor_reset(p->j.executor, p->j.now_us);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_FAULT);
    p->j.file[70] ^= 1;
    np_wire_executor_reset(p->j.executor, p->j.now_us);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_LOCKED);
    peer_free(p);
}

/* More zeros than a crash leaves are kept, and told, until a person has cut them. */
static void zeros_beyond_a_block_want_a_person(void **state)
{
    (void)state;
    peer *p = peer_new_armed(70);
    peer_dots(p, 0, 64);
    peer_wait(p, 50, true);
    job *j = &p->j;
    size_t whole = j->file_size, zeros = 2 * NP_WIRE_JOURNAL_BLOCK_BYTES;
    char says[64];
    j->file = realloc(j->file, whole + zeros);
    j->file_capacity = j->file_size = whole + zeros;
    memset(j->file + whole, 0, zeros);
    peer_restart(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_FAULT);
    assert_int_equal(peer_info(p).reason, NP_WIRE_REASON_JOURNAL);
    assert_non_null(strstr(peer_info(p).text, "ends with 1024 bytes of no record"));
    snprintf(says, sizeof says, "whole are the first %zu", whole);
    assert_non_null(strstr(peer_info(p).text, says));
    assert_true(j->file_size == whole + zeros);
    j->file_size = whole + 64;
    np_wire_executor_reset(j->executor, j->now_us);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_LOCKED);
    assert_true(j->file_size == whole);
    peer_free(p);
}

static void a_disk_that_fails_latches_fault_before_the_needle_moves(void **state)
{
    (void)state;
    peer *p = peer_new_armed(70);
    p->j.faults.fail_sync = 1;
    peer_dots(p, 0, 64);
    peer_wait(p, 20, true);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_FAULT);
    assert_int_equal(peer_info(p).reason, NP_WIRE_REASON_STORAGE);
    assert_int_equal(p->j.punctures[0], 0);
    peer_free(p);
}

static void set_up_is_checked(void **state)
{
    (void)state;
    peer *p = peer_new(70, NULL);
    np_wire_executor_config good = job_executor_config(&p->j), c = good;
    size_t size = np_wire_executor_size(&good);
    np_wire_executor *x;
    void *memory = p->j.executor_memory;
    assert_int_equal(np_wire_executor_init(&c, memory, size - 1, &x), NP_WIRE_SPACE);
    assert_int_equal(np_wire_executor_init(&c, (char *)memory + 1, size, &x), NP_WIRE_SPACE);
    c.limits.depth_max_um = 1501;
    assert_int_equal(np_wire_executor_init(&c, memory, size, &x), NP_WIRE_CONFIG);
    c = good, c.buffer_dots = 100;
    assert_int_equal(np_wire_executor_init(&c, memory, size, &x), NP_WIRE_CONFIG);
    c = good, c.storage.sync = NULL;
    assert_int_equal(np_wire_executor_init(&c, memory, size, &x), NP_WIRE_CONFIG);
    c = good, c.n_operators = 1;
    assert_int_equal(np_wire_executor_init(&c, memory, size, &x), NP_WIRE_CONFIG);
    assert_null(x);
    peer_free(p);
}

/* 256 buffered dots with their stops, and a session of 16,384. */
static void memory_is_bounded(void **state)
{
    (void)state;
    np_wire_executor_config c = {.max_dots = 16384, .buffer_dots = 256};
    printf("executor: %zu bytes for 256 buffered dots of 16384\n", np_wire_executor_size(&c));
    assert_true(np_wire_executor_size(&c) < 64 * 1024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_load_must_hold_together),
        cmocka_unit_test(a_plan_that_was_not_named_is_refused),
        cmocka_unit_test(only_known_operators_count_where_a_list_is_set),
        cmocka_unit_test(a_session_that_is_too_big_is_refused),
        cmocka_unit_test(the_map_tells_every_outcome),
        cmocka_unit_test(a_dot_in_doubt_is_not_fired_again_by_itself),
        cmocka_unit_test(a_dot_that_was_made_elsewhere_is_done),
        cmocka_unit_test(a_person_decides_on_a_dot_in_doubt),
        cmocka_unit_test(a_damaged_journal_keeps_the_executor_in_fault),
        cmocka_unit_test(zeros_beyond_a_block_want_a_person),
        cmocka_unit_test(a_disk_that_fails_latches_fault_before_the_needle_moves),
        cmocka_unit_test(set_up_is_checked),
        cmocka_unit_test(memory_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
