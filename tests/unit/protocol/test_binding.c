/* Plan binding, dots by themselves, and the tables of codes. */
#include "../test.h"

#include <sodium.h>

#include "harness.h"

static void any_change_to_a_dot_changes_the_digest(void **state)
{
    (void)state;
    job_plan plan;
    plan_make(&plan, 130, 3);
    uint8_t root[32];
    for (uint32_t i = 0; i < plan.n; i += 43) {
        uint8_t *bytes = (uint8_t *)&plan.dots[i];
        for (size_t bit = 0; bit < 8 * sizeof plan.dots[i]; bit++) {
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            np_wire_session_root_of_dots(1, plan.dots, plan.n, root);
            assert_memory_not_equal(root, plan.load.sessions[0].root, 32);
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
    np_wire_session_root_of_dots(1, plan.dots, plan.n, root);
    assert_memory_equal(root, plan.load.sessions[0].root, 32);
    np_wire_session_root_of_dots(2, plan.dots, plan.n, root);
    assert_memory_not_equal(root, plan.load.sessions[0].root, 32);
    np_wire_session_root_of_dots(1, plan.dots, plan.n - 1, root);
    assert_memory_not_equal(root, plan.load.sessions[0].root, 32);
    plan_free(&plan);
}

static void the_root_is_that_of_the_chunks(void **state)
{
    (void)state;
    for (uint32_t n = 1; n < 200; n += 7) {
        job_plan plan;
        uint8_t hashes[4 * 32], root[32];
        plan_make(&plan, n, n);
        uint32_t chunks = np_wire_chunk_count(n), total = 0;
        for (uint32_t c = 0; c < chunks; c++) {
            np_wire_chunk_hash(1, c, plan.dots + 64 * c, np_wire_chunk_dots(n, c), hashes + 32 * c);
            total += np_wire_chunk_dots(n, c);
        }
        assert_int_equal(total, n);
        assert_int_equal(np_wire_chunk_dots(n, chunks), 0);
        np_wire_session_root(1, n, hashes, root);
        assert_memory_equal(root, plan.load.sessions[0].root, 32);
        plan_free(&plan);
    }
    assert_int_equal(np_wire_chunk_count(0), 0);
}

static void records_are_big_endian(void **state)
{
    (void)state;
    np_wire_dot dot = {0x01020304, 5, {-1, 2, 3}, {4, 5, 6}, {7, 8, 9}, 10, 11, 12};
    uint8_t r[NP_WIRE_DOT_RECORD_BYTES];
    np_wire_dot_encode(&dot, r);
    assert_memory_equal(r, ((uint8_t[]){1, 2, 3, 4, 0, 0, 0, 5, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 2}), 16);
    for (int i = 4; i < 14; i++)
        assert_int_equal(r[4 * i + 3], i - 1);
}

static void an_approval_holds_for_its_digest_and_key_only(void **state)
{
    (void)state;
    job_plan plan;
    plan_make(&plan, 5, 1);
    np_wire_load *l = &plan.load;
    assert_true(np_wire_approval_is_valid(l->digest, l->public_key, l->signature));
    l->digest[31] ^= 1;
    assert_false(np_wire_approval_is_valid(l->digest, l->public_key, l->signature));
    l->digest[31] ^= 1;
    l->signature[0] ^= 1;
    assert_false(np_wire_approval_is_valid(l->digest, l->public_key, l->signature));
    l->signature[0] ^= 1;
    l->public_key[5] ^= 1;
    assert_false(np_wire_approval_is_valid(l->digest, l->public_key, l->signature));
    plan_free(&plan);
}

/* ---- dots by themselves ---- */

static np_wire_dot good_dot(void)
{
    return (np_wire_dot){.id = 7,
                         .order = 3,
                         .position_um = {1, 2, 3},
                         .normal_ppm = {600000, 0, 800000},
                         .axis_ppm = {-600000, 0, -800000},
                         .depth_um = 700,
                         .dwell_us = 30000,
                         .tone_ppm = 5};
}

static void check_fails(np_wire_dot dot, const char *words)
{
    np_wire_limits limits = np_wire_limits_default();
    char text[NP_WIRE_TEXT_BYTES];
    assert_int_equal(np_wire_dot_check(&dot, &limits, text), NP_WIRE_RANGE);
    if (!strstr(text, words))
        fail_msg("expected \"%s\" in \"%s\"", words, text);
}

static void a_dot_outside_a_limit_is_named(void **state)
{
    (void)state;
    np_wire_limits limits = np_wire_limits_default();
    char text[NP_WIRE_TEXT_BYTES];
    np_wire_dot d = good_dot();
    assert_int_equal(np_wire_dot_check(&d, &limits, text), NP_WIRE_OK);
    d.depth_um = 299, check_fails(d, "dot 7 (place 3): depth (um) is 299, expected 300 to 1500");
    d.depth_um = 1501, check_fails(d, "depth");
    d = good_dot(), d.id = 0, check_fails(d, "id");
    d = good_dot(), d.order = NP_WIRE_MAX_DOTS, check_fails(d, "order");
    d = good_dot(), d.position_um[2] = 400001, check_fails(d, "z (um)");
    d = good_dot(), d.position_um[0] = INT32_MIN, check_fails(d, "x (um)");
    d = good_dot(), d.dwell_us = 0, check_fails(d, "dwell");
    d = good_dot(), d.tone_ppm = -1, check_fails(d, "tone");
    d = good_dot(), d.normal_ppm[1] = 20000, check_fails(d, "unit");
    d = good_dot(), d.axis_ppm[0] = INT32_MIN, check_fails(d, "unit");
    d = good_dot(), d.axis_ppm[0] = 600000, d.axis_ppm[2] = 800000, check_fails(d, "tilted");
}

/* Tilts on both sides of the limit, rounded as a plan rounds them. */
static void the_tilt_is_exact_to_a_few_microradians(void **state)
{
    (void)state;
    char text[NP_WIRE_TEXT_BYTES];
    for (int32_t limit = 0; limit <= NP_WIRE_TILT_MAX_URAD; limit += 26179) {
        for (double off = -20e-6; off < 30e-6; off += 7e-6) {
            np_wire_limits limits = {300, 1500, limit};
            np_wire_dot d = good_dot();
            double tilt = fabs(limit * 1e-6 + off), a = 0.7;
            d.normal_ppm[0] = (int32_t)lround(1e6 * sin(a)), d.normal_ppm[2] = (int32_t)lround(1e6 * cos(a));
            d.axis_ppm[0] = (int32_t)lround(-1e6 * sin(a + tilt)),
            d.axis_ppm[2] = (int32_t)lround(-1e6 * cos(a + tilt));
            np_wire_status status = np_wire_dot_check(&d, &limits, text);
            if (off <= 0 && limit > 0)
                assert_int_equal(status, NP_WIRE_OK);
            if (off > 10e-6)
                assert_int_equal(status, NP_WIRE_RANGE);
        }
    }
}

static void codes_have_texts(void **state)
{
    (void)state;
    assert_string_equal(np_wire_status_text(NP_WIRE_MAC), "the authentication code is missing or does not hold");
    assert_string_equal(np_wire_status_text(NP_WIRE_STATUS_COUNT), "unknown");
    assert_string_equal(np_wire_state_text(NP_WIRE_STATE_ESTOP), "emergency stop");
    assert_string_equal(np_wire_state_text(99), "unknown");
    assert_string_equal(np_wire_reason_text(NP_WIRE_REASON_ABORT), "the run was aborted by the sender");
    assert_string_equal(np_wire_reason_text(NP_WIRE_REASON_COUNT), "unknown");
    assert_string_equal(np_wire_outcome_text(NP_WIRE_OUTCOME_DONE), "done");
    assert_string_equal(np_wire_outcome_text(15), "unknown");
    assert_string_equal(np_wire_phase_text(NP_WIRE_PHASE_ARMING), "waiting for the pedal");
    assert_string_equal(np_wire_phase_text(99), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_change_to_a_dot_changes_the_digest),
        cmocka_unit_test(the_root_is_that_of_the_chunks),
        cmocka_unit_test(records_are_big_endian),
        cmocka_unit_test(an_approval_holds_for_its_digest_and_key_only),
        cmocka_unit_test(a_dot_outside_a_limit_is_named),
        cmocka_unit_test(the_tilt_is_exact_to_a_few_microradians),
        cmocka_unit_test(codes_have_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
