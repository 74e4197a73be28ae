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
        for (size_t bit = 0; bit < 8 * offsetof(np_wire_dot, n_stops); bit++) {
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            np_wire_session_root_of_dots(1, plan.dots, plan.n, plan.stops, root);
            assert_memory_not_equal(root, plan.load.sessions[0].root, 32);
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
    np_wire_session_root_of_dots(1, plan.dots, plan.n, plan.stops, root);
    assert_memory_equal(root, plan.load.sessions[0].root, 32);
    np_wire_session_root_of_dots(2, plan.dots, plan.n, plan.stops, root);
    assert_memory_not_equal(root, plan.load.sessions[0].root, 32);
    np_wire_session_root_of_dots(1, plan.dots, plan.n - 1, plan.stops, root);
    assert_memory_not_equal(root, plan.load.sessions[0].root, 32);
    plan_free(&plan);
}

/* Where a list of stops ends and the next begins is bound as well, and what is in them. */
static void any_change_to_a_move_changes_the_digest(void **state)
{
    (void)state;
    job_plan plan;
    plan_make(&plan, 130, 3);
    uint8_t root[32];
    for (size_t bit = 0; bit < 8 * sizeof *plan.stops * plan.n_stops; bit += 7) {
        ((uint8_t *)plan.stops)[bit / 8] ^= (uint8_t)(1u << bit % 8);
        np_wire_session_root_of_dots(1, plan.dots, plan.n, plan.stops, root);
        assert_memory_not_equal(root, plan.load.sessions[0].root, 32);
        ((uint8_t *)plan.stops)[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    np_wire_dot *dot = &plan.dots[64];
    assert_true(dot->n_stops[NP_WIRE_WAY_ENTRY] > 0);
    dot->n_stops[NP_WIRE_WAY_CHAIN]++;
    dot->n_stops[NP_WIRE_WAY_ENTRY]--;
    np_wire_session_root_of_dots(1, plan.dots, plan.n, plan.stops, root);
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
            np_wire_chunk_hash(1, c, plan.dots + 64 * c, np_wire_chunk_dots(n, c), plan.stops, hashes + 32 * c);
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
    np_wire_dot dot = {.id = 0x01020304,
                       .order = 5,
                       .position_um = {-1, 2, 3},
                       .normal_ppm = {4, 5, 6},
                       .axis_ppm = {7, 8, 9},
                       .depth_um = 10,
                       .dwell_us = 11,
                       .tone_ppm = 12};
    uint8_t r[NP_WIRE_DOT_RECORD_BYTES];
    np_wire_dot_encode(&dot, r);
    assert_memory_equal(r, ((uint8_t[]){1, 2, 3, 4, 0, 0, 0, 5, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 2}), 16);
    for (int i = 4; i < 14; i++)
        assert_int_equal(r[4 * i + 3], i - 1);
}

/* ---- moves by themselves ---- */

static void check_moves_fail(np_wire_dot dot, const np_wire_stop *stops, const char *words)
{
    char text[NP_WIRE_TEXT_BYTES];
    assert_int_equal(np_wire_moves_check(&dot, stops, 200, text), NP_WIRE_RANGE);
    if (!strstr(text, words))
        fail_msg("expected \"%s\" in \"%s\"", words, text);
}

static void a_move_outside_a_limit_is_named(void **state)
{
    (void)state;
    np_wire_stop stops[NP_WIRE_DOT_STOPS + 1];
    char text[NP_WIRE_TEXT_BYTES];
    for (unsigned i = 0; i <= NP_WIRE_DOT_STOPS; i++)
        stops[i] = (np_wire_stop){{1000, 2000, 250000}, {0, 0, -1000000}};
    np_wire_dot dot = {.id = 7, .order = 64, .hover_um = 2500, .station = 1, .n_stops = {2, 3, 0}};
    assert_int_equal(np_wire_moves_check(&dot, stops, 200, text), NP_WIRE_OK);
    np_wire_dot bad = dot;
    bad.hover_um = 0;
    check_moves_fail(bad, stops, "hover (um) is 0, expected 500 to 20000");
    bad = dot;
    bad.station = 3;
    check_moves_fail(bad, stops, "the stop at the station is 3, expected 0 to 2");
    bad = dot;
    bad.n_stops[NP_WIRE_WAY_ENTRY] = 0;
    check_moves_fail(bad, stops, "stops of the entry move is 0, expected 1");
    bad.order = 63; /* no entry there */
    assert_int_equal(np_wire_moves_check(&bad, stops, 200, text), NP_WIRE_OK);
    assert_int_equal(np_wire_moves_check(&bad, stops, 64, text), NP_WIRE_RANGE); /* the last one has a way home */
    bad.n_stops[NP_WIRE_WAY_ENTRY] = 1;
    check_moves_fail(bad, stops, "stops of the entry move is 1, expected 0 to 0");
    bad = dot;
    bad.n_stops[NP_WIRE_WAY_HOME] = 1;
    check_moves_fail(bad, stops, "stops of the move home is 1, expected 0 to 0");
    bad = dot;
    bad.order = bad.n_stops[NP_WIRE_WAY_CHAIN] = bad.n_stops[NP_WIRE_WAY_ENTRY] = 0;
    check_moves_fail(bad, stops, "stops from home to the first dot is 0, expected 1");
    bad = dot;
    bad.n_stops[NP_WIRE_WAY_CHAIN] = NP_WIRE_DOT_STOPS - 2;
    check_moves_fail(bad, stops, "number of stops is 37, expected 0 to 36");
    stops[4].tip_um[1] = -1000001;
    check_moves_fail(dot, stops, "y (um) of a stop is -1000001");
    stops[4].tip_um[1] = 0;
    stops[0].axis_ppm[2] = -999000;
    check_moves_fail(dot, stops, "the axis of a stop must be a unit vector");
}

static bool holds(const np_wire_load *l)
{
    return np_wire_approval_is_valid(l->digest, &l->terms, l->public_key, l->signature);
}

static void an_approval_holds_for_its_digest_and_key_only(void **state)
{
    (void)state;
    job_plan plan;
    plan_make(&plan, 5, 1);
    np_wire_load *l = &plan.load;
    assert_true(holds(l));
    l->digest[31] ^= 1;
    assert_false(holds(l));
    l->digest[31] ^= 1;
    l->signature[0] ^= 1;
    assert_false(holds(l));
    l->signature[0] ^= 1;
    l->public_key[5] ^= 1;
    assert_false(holds(l));
    plan_free(&plan);
}

/* One form, as SPEC.md says, byte by byte; and each of its bytes counts. */
static void an_approval_signs_its_terms_in_one_form(void **state)
{
    (void)state;
    job_plan plan;
    plan_make(&plan, 5, 1);
    np_wire_load *l = &plan.load;
    np_wire_terms *t = &l->terms;
    *t = (np_wire_terms){
        .n_executors = 2, .not_after_s = 0x0102030405060708, .air_only = 1, .reload_every = 100, .needle_life = 5000};
    memset(t->executors[0], 0xaa, 16), memset(t->executors[1], 0xbb, 16);
    plan_approve(&plan);
    uint8_t expected[NP_WIRE_APPROVAL_MAX_BYTES] = "needlepath-approval-v2", found[NP_WIRE_APPROVAL_MAX_BYTES];
    static const uint8_t rest[] = {1, 2,   3, 4, 5,    6,    7, 8, 0, 0, 0,   1,   0,   0,
                                   0, 100, 0, 0, 0x13, 0x88, 0, 0, 0, 4, 'j', 'd', 'o', 'e'};
    memcpy(expected + 23, l->digest, 32);
    expected[58] = 2;
    memset(expected + 59, 0xaa, 16), memset(expected + 75, 0xbb, 16);
    memcpy(expected + 91, rest, sizeof rest);
    assert_int_equal(np_wire_approval_encode(l->digest, t, found), 91 + sizeof rest);
    assert_memory_equal(found, expected, 91 + sizeof rest);
    assert_true(holds(l));
    size_t changed = 0;
    for (size_t bit = 0; bit < 8 * sizeof *t; bit++) {
        np_wire_terms before = *t;
        uint8_t again[NP_WIRE_APPROVAL_MAX_BYTES];
        ((uint8_t *)t)[bit / 8] ^= (uint8_t)(1 << bit % 8);
        size_t size = np_wire_approval_encode(l->digest, t, again);
        bool same = size == 91 + sizeof rest && memcmp(again, found, size) == 0;
        changed += !same;
        assert_true(holds(l) == same);
        *t = before;
    }
    assert_int_equal(changed, 8 * (4 + 2 * 16 + 8 + 4 * 4 + 4)); /* rooms that are not used say nothing */
    assert_true(holds(l));
    plan_free(&plan);
}

static void terms_that_cannot_be_are_not_signed(void **state)
{
    (void)state;
    uint8_t digest[32] = {0}, out[NP_WIRE_APPROVAL_MAX_BYTES], stranger[16] = {9};
    np_wire_terms terms = {.n_executors = NP_WIRE_APPROVAL_EXECUTORS, .operator_size = NP_WIRE_OPERATOR_BYTES};
    assert_int_equal(np_wire_approval_encode(digest, &terms, out), sizeof out);
    assert_true(np_wire_terms_name(&terms, terms.executors[7]));
    assert_false(np_wire_terms_name(&terms, stranger));
    terms.n_executors++;
    assert_int_equal(np_wire_approval_encode(digest, &terms, out), 0);
    terms.n_executors = 0;
    assert_true(np_wire_terms_name(&terms, stranger));
    terms.operator_size++;
    assert_int_equal(np_wire_approval_encode(digest, &terms, out), 0);
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
        cmocka_unit_test(any_change_to_a_move_changes_the_digest),
        cmocka_unit_test(a_move_outside_a_limit_is_named),
        cmocka_unit_test(the_root_is_that_of_the_chunks),
        cmocka_unit_test(records_are_big_endian),
        cmocka_unit_test(an_approval_holds_for_its_digest_and_key_only),
        cmocka_unit_test(an_approval_signs_its_terms_in_one_form),
        cmocka_unit_test(terms_that_cannot_be_are_not_signed),
        cmocka_unit_test(a_dot_outside_a_limit_is_named),
        cmocka_unit_test(the_tilt_is_exact_to_a_few_microradians),
        cmocka_unit_test(codes_have_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
