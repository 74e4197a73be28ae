/* What was made, and with which needle and pigment. */
#include "fixture.h"

#include <sqlite3.h>

#include "base/file.h"

#include "plan/keys.h"
#include "plan/made.h"

static char path[128];

static np_plan *read_plan(void)
{
    np_plan *plan = NULL;
    np_error err = {0};
    if (np_plan_read(path, &plan, &err) != NP_OK)
        fail_msg("%s", err.text);
    return plan;
}

/* A new plan of 30 dots, ten in each session, and a run of session 1. */
static np_journal *begin(void)
{
    np_error err = {0};
    np_journal *j = NULL;
    snprintf(path, sizeof path, "%s", fixture_path("made.needleplan"));
    np_plan *plan = fixture_plan(30);
    unlink(path);
    assert_int_equal(np_plan_write(plan, path, true, &err), NP_OK);
    if (np_journal_open(path, plan, 1, "zmq:tcp://here", 1000, &j, &err) != NP_OK)
        fail_msg("%s", err.text);
    np_plan_destroy(plan);
    return j;
}

static np_journal *go_on(void)
{
    np_error err = {0};
    np_journal *j = NULL;
    np_plan *plan = read_plan();
    if (np_journal_open(path, plan, 1, "zmq:tcp://here", 2000, &j, &err) != NP_OK)
        fail_msg("%s", err.text);
    np_plan_destroy(plan);
    return j;
}

/* The fixture's dot of session 1 at a place in the tour. */
static uint32_t id_at(uint32_t order)
{
    return 3 * order + 1;
}

static void make(np_journal *j, uint32_t order, np_journal_state state, uint32_t outcome)
{
    np_error err = {0};
    np_journal_event e = {
        .dot_id = id_at(order), .state = state, .time_unix_us = 1700000000123456, .depth_mm = NAN, .outcome = outcome};
    if (outcome == NP_WIRE_OUTCOME_DONE) {
        e.depth_mm = 0.512;
        e.force_n = 0.25;
    }
    if (np_journal_record(j, &e, 1, &err) != NP_OK)
        fail_msg("%s", err.text);
}

static np_status renew(np_journal *j, int64_t number, int kind, uint32_t order, const char *lot)
{
    np_error err = {0};
    np_journal_supply s = {.number = number, .kind = kind, .order = order, .lot = lot, .time_unix_us = 99};
    return np_journal_record_supply(j, &s, &err);
}

enum { NEEDLE = NP_WIRE_SUPPLY_NEEDLE, PIGMENT = NP_WIRE_SUPPLY_PIGMENT };

static void every_dot_has_its_lots(void **state)
{
    (void)state;
    np_error err = {0};
    np_journal *j = begin();
    assert_int_equal(renew(j, -1, NEEDLE, 0, "run's"), NP_OK);
    assert_int_equal(renew(j, 0, NEEDLE, 0, "A"), NP_OK);
    assert_int_equal(renew(j, -1, PIGMENT, 1, "P"), NP_OK);
    make(j, 0, NP_JOURNAL_DONE, NP_WIRE_OUTCOME_DONE);
    make(j, 1, NP_JOURNAL_IN_DOUBT, NP_WIRE_OUTCOME_IN_DOUBT);
    make(j, 2, NP_JOURNAL_DONE, NP_WIRE_OUTCOME_TOO_DEEP);
    assert_int_equal(renew(j, 1, PIGMENT, 3, ""), NP_OK);
    assert_int_equal(renew(j, 2, NEEDLE, 3, ""), NP_OK);
    make(j, 3, NP_JOURNAL_FAILED, NP_WIRE_OUTCOME_SKIPPED);
    make(j, 4, NP_JOURNAL_FAILED, NP_WIRE_OUTCOME_NO_CONTACT);
    assert_int_equal(renew(j, 3, NEEDLE, 5, "B"), NP_OK);
    make(j, 5, NP_JOURNAL_DONE, NP_WIRE_OUTCOME_DONE);
    assert_int_equal(np_journal_supply_count(j), 4);
    assert_int_equal(np_journal_close(&j, NP_PLAN_RUN_HELD, &err), NP_OK);
    /* The doubt is taken back, and the dot made with the needle of now. */
    j = go_on();
    assert_int_equal(np_journal_supply_count(j), 4);
    make(j, 1, NP_JOURNAL_NONE, 0);
    make(j, 1, NP_JOURNAL_DONE, NP_WIRE_OUTCOME_DONE);
    assert_int_equal(np_journal_close(&j, NP_PLAN_RUN_DONE, &err), NP_OK);

    static const struct {
        const char *needle, *pigment;
        uint32_t outcome;
    } expected[] = {{"A", NULL, NP_WIRE_OUTCOME_DONE},      {"B", "P", NP_WIRE_OUTCOME_DONE},
                    {"A", "P", NP_WIRE_OUTCOME_TOO_DEEP},   {"A", "P", NP_WIRE_OUTCOME_SKIPPED},
                    {"A", "P", NP_WIRE_OUTCOME_NO_CONTACT}, {"B", "P", NP_WIRE_OUTCOME_DONE}};
    np_plan *plan = read_plan();
    np_made_dot *made;
    size_t n;
    assert_int_equal(np_made_read(path, plan, 0, &made, &n, &err), NP_OK);
    assert_int_equal(n, 6);
    for (uint32_t i = 0; i < n; i++) {
        const char *needle = np_plan_supply_lot(plan, made[i].cartridge),
                   *pigment = np_plan_supply_lot(plan, made[i].pigment);
        assert_int_equal(made[i].order, i);
        assert_int_equal(made[i].id, id_at(i));
        assert_int_equal(made[i].outcome, expected[i].outcome);
        assert_int_equal(made[i].run, i == 1 ? 2 : 1);
        assert_true(made[i].time_unix_us == 1700000000123456);
        assert_string_equal(needle, expected[i].needle);
        if (expected[i].pigment)
            assert_string_equal(pigment, expected[i].pigment);
        else
            assert_null(pigment);
        bool measured = expected[i].outcome == NP_WIRE_OUTCOME_DONE;
        assert_int_equal(isfinite(made[i].depth_mm) && isfinite(made[i].force_n), measured);
        if (measured)
            assert_near(made[i].depth_mm + made[i].force_n, 0.762, 1e-9);
    }
    free(made);
    /* run's, A, P, the second reload, the unnamed needle, B; the skipped dot used up nothing */
    static const uint32_t dots[] = {0, 2, 1, 3, 1, 2};
    assert_int_equal(plan->n_supplies, 6);
    for (int i = 0; i < 6; i++)
        assert_int_equal(plan->supplies[i].dots, dots[i]);
    assert_int_equal(np_made_read(path, plan, 2, &made, &n, &err), NP_OK);
    assert_int_equal(n, 0);
    free(made);
    /* None of it touches what was approved. */
    unsigned char digest[32];
    np_plan_digest(plan, digest);
    assert_memory_equal(digest, plan->digest, 32);
    np_plan_destroy(plan);
}

static void what_cannot_be_is_not_recorded(void **state)
{
    (void)state;
    np_error err = {0};
    np_journal *j = begin();
    assert_int_equal(renew(j, 1, NEEDLE, 0, "A"), NP_ERR_INTERNAL); /* one is missing */
    assert_int_equal(renew(j, 0, NEEDLE, 0, "A"), NP_OK);
    assert_int_equal(renew(j, 0, NEEDLE, 0, "A"), NP_ERR_INTERNAL); /* told twice */
    assert_int_equal(renew(j, 1, 3, 0, "A"), NP_ERR_INVALID);
    assert_int_equal(renew(j, 1, PIGMENT, 11, "A"), NP_ERR_INVALID);
    assert_int_equal(renew(j, 1, PIGMENT, 0, "a lot of more than thirty-two bytes"), NP_ERR_INVALID);
    assert_int_equal(renew(j, 1, PIGMENT, 0, "a\tb"), NP_ERR_INVALID);
    assert_int_equal(renew(j, 1, PIGMENT, 10, ""), NP_OK);
    assert_int_equal(np_journal_supply_count(j), 2);
    assert_int_equal(np_journal_close(&j, NP_PLAN_RUN_HELD, &err), NP_OK);
    /* Sessions count for themselves. */
    np_plan *plan = read_plan();
    assert_int_equal(np_journal_open(path, plan, 2, "zmq:tcp://here", 3000, &j, &err), NP_OK);
    assert_int_equal(np_journal_supply_count(j), 0);
    assert_int_equal(np_journal_close(&j, NP_PLAN_RUN_HELD, &err), NP_OK);
    np_plan_destroy(plan);
}

static int64_t user_version(void)
{
    sqlite3 *db;
    sqlite3_stmt *s;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    int64_t version = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    sqlite3_close(db);
    return version;
}

/* A plan of the first version, as it was written and run before there were supplies. */
static void an_older_plan_is_read_and_brought_forward_by_a_run(void **state)
{
    (void)state;
    np_error err = {0};
    np_journal *j;
    snprintf(path, sizeof path, "%s", fixture_path("version1.needleplan"));
    size_t size;
    char *text;
    assert_int_equal(np_file_read(NP_TEST_SOURCE_DIR "/tests/unit/plan/version_1.sql", 1 << 20, &text, &size, &err),
                     NP_OK);
    fixture_sql(path, text);
    free(text);
    fixture_sql(
        path,
        "INSERT INTO runs VALUES (1, 1, 0, 'x', 'held');"
        " INSERT INTO journal SELECT NULL, 1, id, 2, 0, NULL, NULL, 2 FROM dots WHERE session = 1 AND tour_order = 0");
    np_plan *plan = read_plan();
    assert_int_equal(plan->n_supplies, 0);
    assert_int_equal(plan->runs[0].done, 1);
    np_made_dot *made;
    size_t n;
    assert_int_equal(np_made_read(path, plan, 1, &made, &n, &err), NP_OK);
    assert_int_equal(n, 1);
    assert_int_equal(made[0].cartridge, -1);
    assert_null(np_plan_supply_lot(plan, made[0].cartridge));
    free(made);
    assert_int_equal(user_version(), 1); /* reading changes nothing */
    np_plan_destroy(plan);
    j = go_on();
    assert_int_equal(renew(j, 0, NEEDLE, 1, "A"), NP_OK);
    assert_int_equal(np_journal_close(&j, NP_PLAN_RUN_HELD, &err), NP_OK);
    assert_int_equal(user_version(), 13);
    plan = read_plan();
    assert_int_equal(plan->n_supplies, 1);
    assert_string_equal(plan->supplies[0].lot, "A");
    np_plan_destroy(plan);
}

/* A number that says less than the tables have. */
static void a_version_that_is_not_its_own_is_named(void **state)
{
    (void)state;
    np_error err = {0};
    np_journal *j;
    fixture_sql(path, "PRAGMA user_version = 12");
    np_plan *plan = read_plan();
    assert_int_equal(np_journal_open(path, plan, 1, "x", 0, &j, &err), NP_ERR_FORMAT);
    assert_non_null(strstr(err.text, "by its number it is of version 12, and it has what version 13 brought"));
    assert_int_equal(user_version(), 12);
    np_plan_destroy(plan);
}

static void a_changed_table_is_noticed(void **state)
{
    (void)state;
    static const char *const changes[] = {"kind = 3",
                                          "kind = 0",
                                          "tour_order = -1",
                                          "tour_order = 9999999",
                                          "lot = ''",
                                          "lot = 'a' || char(10)",
                                          "lot = 'a lot of more than thirty-two bytes'"};
    np_error err = {0};
    for (unsigned i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        np_journal *j = begin();
        char statement[128];
        np_plan *plan;
        assert_int_equal(renew(j, 0, NEEDLE, 0, "A"), NP_OK);
        assert_int_equal(np_journal_close(&j, NP_PLAN_RUN_HELD, &err), NP_OK);
        snprintf(statement, sizeof statement, "UPDATE supplies SET %s", changes[i]);
        fixture_sql(path, statement);
        assert_int_equal(np_plan_read(path, &plan, &err), NP_ERR_FORMAT);
        assert_non_null(strstr(err.text, "table supplies is wrong"));
    }
    np_journal *j = begin();
    assert_int_equal(np_journal_close(&j, NP_PLAN_RUN_HELD, &err), NP_OK);
    fixture_sql(path, "DROP TABLE supplies");
    np_plan *plan;
    assert_int_equal(np_plan_read(path, &plan, &err), NP_ERR_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_dot_has_its_lots),
        cmocka_unit_test(what_cannot_be_is_not_recorded),
        cmocka_unit_test(an_older_plan_is_read_and_brought_forward_by_a_run),
        cmocka_unit_test(a_version_that_is_not_its_own_is_named),
        cmocka_unit_test(a_changed_table_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, fixture_remove);
}
