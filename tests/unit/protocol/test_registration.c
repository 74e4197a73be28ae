/* Where the head is: in the executor's journal before the first dot, kept when a session goes on, and changed only when the sender
 * says that it was moved and a person at the executor confirms it. */
#include "peer.h"

/* Records of the file from FIRST on that are of KIND; *OUT_LAST is the last of them. */
static unsigned count_records(const job *j, size_t first, uint8_t kind, np_wire_record *out_last)
{
    unsigned n = 0;
    for (size_t at = first; at < j->file_size; at += NP_WIRE_RECORD_BYTES) {
        np_wire_record r;
        assert_int_equal(np_wire_record_decode(j->file + at, &r), NP_WIRE_OK);
        if (r.kind != kind)
            continue;
        n++;
        *out_last = r;
    }
    return n;
}

static void make_some(peer *p)
{
    peer_dots(p, 0, 64);
    peer_wait(p, 40, true);
    peer_say(p, NP_WIRE_MSG_HOLD);
    peer_wait(p, 20, true);
    assert_in_range(peer_info(p).done, 3, 60);
}

static np_wire_reason loaded_reason(peer *p)
{
    peer_connect(p), peer_load(p);
    return p->got[NP_WIRE_MSG_LOADED].u.loaded.reason;
}

static np_wire_reason armed_reason(peer *p, uint32_t request)
{
    peer_ask(p, NP_WIRE_MSG_ARM, request);
    peer_listen(p);
    assert_false(p->got[NP_WIRE_MSG_ARMED].u.armed.granted);
    return p->got[NP_WIRE_MSG_ARMED].u.armed.reason;
}

static void it_is_written_down_before_the_first_dot_and_once(void **state)
{
    (void)state;
    np_wire_record r, pose;
    peer *p = peer_new_loaded(100);
    assert_int_equal(count_records(&p->j, 0, NP_WIRE_RECORD_REGISTRATION, &r), 0); /* nothing is made with it yet */
    peer_ask(p, NP_WIRE_MSG_ARM, 1), peer_press(p);
    make_some(p);
    assert_int_equal(count_records(&p->j, 0, NP_WIRE_RECORD_POSE, &pose), 1);
    assert_int_equal(count_records(&p->j, 0, NP_WIRE_RECORD_REGISTRATION, &r), 1);
    assert_memory_equal(&pose.pose, &p->j.plan.load.registration, sizeof pose.pose);
    assert_int_equal(r.serial, pose.serial + 1);
    assert_int_equal(r.outcome, 0);
    assert_int_equal(r.depth_um, 0);
    assert_int_equal(r.force_mn, 0);
    assert_memory_equal(r.digest, p->j.plan.load.digest, sizeof r.digest);
    assert_int_equal(count_records(&p->j, 0, NP_WIRE_RECORD_INTENT, &r) > 0, 1);
    np_wire_record_decode(p->j.file + (pose.serial + 2) * NP_WIRE_RECORD_BYTES, &r);
    assert_int_equal(r.kind, NP_WIRE_RECORD_INTENT);
    assert_int_equal(r.order, 0);
    /* The same place, also after a restart: nothing is asked, and nothing more is written. */
    peer_restart(p);
    assert_int_equal(loaded_reason(p), NP_WIRE_REASON_NONE);
    assert_int_equal(armed_reason(p, 1), NP_WIRE_REASON_PEDAL);
    peer_press(p);
    peer_dots(p, 0, 64), peer_wait(p, 40, true);
    assert_int_equal(count_records(&p->j, 0, NP_WIRE_RECORD_REGISTRATION, &r), 1);
    peer_free(p);
}

static void another_place_is_refused_unless_the_head_was_moved(void **state)
{
    (void)state;
    peer *p = peer_new_armed(100);
    np_wire_load *l = &p->j.plan.load;
    make_some(p);
    l->registration.translation_um[1] = 2000;
    assert_int_equal(loaded_reason(p), NP_WIRE_REASON_MOVED);
    assert_non_null(strstr(p->got[NP_WIRE_MSG_LOADED].u.loaded.text, "by up to 2.00 mm"));
    assert_int_equal(peer_state(p), NP_WIRE_STATE_AUTHENTICATED);
    l->registration.translation_um[1] = 1; /* the smallest difference that there is */
    assert_int_equal(loaded_reason(p), NP_WIRE_REASON_MOVED);
    /* Rehearsals leave no record, and ask none. */
    l->air = NP_WIRE_AIR_MOVES;
    assert_int_equal(loaded_reason(p), NP_WIRE_REASON_NONE);
    l->air = NP_WIRE_AIR_REACH;
    assert_int_equal(loaded_reason(p), NP_WIRE_REASON_NONE);
    /* Nor does another plan's session know of it. */
    plan_free(&p->j.plan);
    plan_make(&p->j.plan, 100, 4711);
    p->j.plan.load.registration.translation_um[1] = 2000;
    p->j.now_us += 2 * NP_WIRE_KEPT_US;
    assert_int_equal(loaded_reason(p), NP_WIRE_REASON_NONE);
    peer_free(p);
}

static void a_person_confirms_and_it_is_on_record(void **state)
{
    (void)state;
    np_wire_record r;
    peer *p = peer_new_armed(100);
    np_wire_load *l = &p->j.plan.load;
    make_some(p);
    uint32_t done = peer_info(p).done;
    /* A quarter turn about z and 10 mm up: the farthest corner goes 2 x 400 mm along x or y. */
    l->registration = (np_wire_pose){{707107, 0, 0, 707107}, {0, 0, 10000}};
    l->moved_um = 12345;
    assert_int_equal(loaded_reason(p), NP_WIRE_REASON_NONE);
    size_t before = p->j.file_size;
    assert_false(np_wire_executor_confirm_moved(p->j.executor, p->j.now_us)); /* nobody has asked */
    assert_int_equal(armed_reason(p, 1), NP_WIRE_REASON_MOVED);
    const char *text = p->got[NP_WIRE_MSG_ARMED].u.armed.text;
    assert_non_null(strstr(text, "12.345 mm as the sender says"));
    assert_non_null(strstr(text, "at most 800.06 by the two poses"));
    assert_true(peer_info(p).waits_for_moved);
    peer_press(p); /* the pedal does not answer that */
    assert_int_equal(peer_state(p), NP_WIRE_STATE_LOADED);
    assert_int_equal(p->j.file_size, before);
    assert_true(np_wire_executor_confirm_moved(p->j.executor, p->j.now_us));
    assert_false(np_wire_executor_confirm_moved(p->j.executor, p->j.now_us));
    assert_false(peer_info(p).waits_for_moved);
    assert_int_equal(count_records(&p->j, before, NP_WIRE_RECORD_REGISTRATION, &r), 1);
    assert_int_equal(r.outcome, 1);
    assert_int_equal(r.depth_um, 12345);
    assert_in_range(r.force_mn, 800060, 800070);
    /* The arm stands at a hover where the head was. */
    assert_int_equal(armed_reason(p, 2), NP_WIRE_REASON_PLACE);
    p->j.place = (job_place){JOB_AT_HOME, 0};
    assert_true(np_wire_executor_at_home(p->j.executor, p->j.now_us));
    assert_int_equal(armed_reason(p, 3), NP_WIRE_REASON_PEDAL);
    peer_press(p);
    peer_dots(p, 0, 64), peer_wait(p, 60, true);
    assert_string_equal(p->j.trouble, "");
    assert_in_range(peer_info(p).done, done + 1, 64);
    /* It counts from then on; and where it was before is another place now. */
    peer_restart(p);
    l->moved_um = 0;
    assert_int_equal(loaded_reason(p), NP_WIRE_REASON_NONE);
    l->registration = (np_wire_pose){{1000000, 0, 0, 0}, {0, 0, 0}};
    assert_int_equal(loaded_reason(p), NP_WIRE_REASON_MOVED);
    peer_free(p);
}

static void with_something_armed_a_confirmation_holds(void **state)
{
    (void)state;
    peer *p = peer_new_armed(100);
    assert_false(np_wire_executor_confirm_moved(p->j.executor, p->j.now_us));
    assert_int_equal(peer_state(p), NP_WIRE_STATE_HOLDING);
    peer_free(p);
}

/* Dots and no word of where the head was: such journals were written before. */
static void a_journal_that_does_not_say_where_asks_a_person(void **state)
{
    (void)state;
    peer *p = peer_new_loaded(100);
    np_wire_record r = {.kind = NP_WIRE_RECORD_INTENT, .session = 1, .dot_id = p->j.plan.dots[0].id, .epoch = 1};
    memcpy(r.digest, p->j.plan.load.digest, sizeof r.digest);
    for (int i = 0; i < 2; i++) {
        uint8_t bytes[NP_WIRE_RECORD_BYTES];
        r.serial = (uint32_t)(p->j.file_size / NP_WIRE_RECORD_BYTES);
        np_wire_record_encode(&r, bytes);
        storage_append(&p->j, bytes, sizeof bytes), storage_sync(&p->j);
        r.kind = NP_WIRE_RECORD_RESULT, r.outcome = NP_WIRE_OUTCOME_DONE;
    }
    peer_restart(p);
    assert_int_equal(loaded_reason(p), NP_WIRE_REASON_MOVED);
    assert_non_null(
        strstr(p->got[NP_WIRE_MSG_LOADED].u.loaded.text, "is not in the executor's journal, which is older"));
    p->j.plan.load.moved_um = 1;
    assert_int_equal(loaded_reason(p), NP_WIRE_REASON_NONE);
    assert_int_equal(armed_reason(p, 1), NP_WIRE_REASON_MOVED);
    assert_non_null(strstr(p->got[NP_WIRE_MSG_ARMED].u.armed.text, "nobody knows from where"));
    assert_true(np_wire_executor_confirm_moved(p->j.executor, p->j.now_us));
    assert_int_equal(armed_reason(p, 2), NP_WIRE_REASON_PEDAL);
    peer_free(p);
}

/* A record that is whole and means nothing here is no torn one: it is kept, and nothing is made. */
static void a_newer_journal_is_refused_in_words(void **state)
{
    (void)state;
    peer *p = peer_new_loaded(100);
    np_wire_record r = {.kind = NP_WIRE_RECORD_REVOKED + 1, .session = 1, .epoch = 1};
    uint8_t bytes[NP_WIRE_RECORD_BYTES];
    r.serial = (uint32_t)(p->j.file_size / NP_WIRE_RECORD_BYTES);
    np_wire_record_encode(&r, bytes);
    storage_append(&p->j, bytes, sizeof bytes), storage_sync(&p->j);
    size_t size = p->j.file_size;
    peer_restart(p);
    assert_int_equal(peer_state(p), NP_WIRE_STATE_FAULT);
    assert_int_equal(peer_info(p).reason, NP_WIRE_REASON_JOURNAL);
    assert_non_null(strstr(peer_info(p).text, "a newer one wrote it"));
    assert_int_equal(p->j.file_size, size);
    peer_free(p);
}

static void a_quaternion_has_length_one(void **state)
{
    (void)state;
    static const int32_t bad[][4] = {
        {0, 0, 0, 0}, {1000100, 1000, 100000, 0}, {999800, 0, 0, 0}, {500000, 500000, 500000, 499000}};
    peer *p = peer_new(100, NULL);
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        memcpy(p->j.plan.load.registration.rotation_ppm, bad[i], sizeof bad[i]);
        assert_int_equal(loaded_reason(p), NP_WIRE_REASON_LIMITS);
        assert_non_null(strstr(p->got[NP_WIRE_MSG_LOADED].u.loaded.text, "unit quaternion"));
    }
    static const int32_t good[4] = {-500000, 500000, -500000, 500050};
    memcpy(p->j.plan.load.registration.rotation_ppm, good, sizeof good);
    assert_int_equal(loaded_reason(p), NP_WIRE_REASON_NONE);
    peer_free(p);
}

/* A crash at each storage call of a confirmation: it is on record as a whole, or it is asked for again. */
static void a_crash_in_a_confirmation_leaves_all_of_it_or_nothing(void **state)
{
    (void)state;
    for (unsigned call = 1; call <= 4; call++)
        for (unsigned kept = 0; kept < 3; kept++) {
            peer *p = peer_new_armed(100);
            make_some(p);
            p->j.plan.load.registration.translation_um[0] = 500;
            p->j.plan.load.moved_um = 500;
            assert_int_equal(loaded_reason(p), NP_WIRE_REASON_NONE);
            assert_int_equal(armed_reason(p, 1), NP_WIRE_REASON_MOVED);
            size_t synced = p->j.file_synced;
            p->j.crash_at_call = p->j.storage_calls + call;
            assert_false(np_wire_executor_confirm_moved(p->j.executor, p->j.now_us));
            if (p->j.file_size > p->j.file_synced + 30 * kept)
                p->j.file_size = p->j.file_synced + 30 * kept;
            p->j.crashed = false;
            peer_restart(p);
            assert_int_equal(peer_state(p), NP_WIRE_STATE_LOCKED);
            assert_int_equal(loaded_reason(p), NP_WIRE_REASON_NONE);
            bool whole = p->j.file_synced >= synced + 3 * NP_WIRE_RECORD_BYTES; /* and the new EPOCH */
            assert_int_equal(armed_reason(p, 1), whole ? NP_WIRE_REASON_PEDAL : NP_WIRE_REASON_MOVED);
            peer_free(p);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_written_down_before_the_first_dot_and_once),
        cmocka_unit_test(another_place_is_refused_unless_the_head_was_moved),
        cmocka_unit_test(a_person_confirms_and_it_is_on_record),
        cmocka_unit_test(with_something_armed_a_confirmation_holds),
        cmocka_unit_test(a_journal_that_does_not_say_where_asks_a_person),
        cmocka_unit_test(a_newer_journal_is_refused_in_words),
        cmocka_unit_test(a_quaternion_has_length_one),
        cmocka_unit_test(a_crash_in_a_confirmation_leaves_all_of_it_or_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
