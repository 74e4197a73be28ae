/* The ledger remembers by plan, session and target, over openings and beside other processes; done is for ever. */
#include "fixture.h"

#include <sqlite3.h>

#include "plan/ledger.h"

static np_plan *plan, *other;

static int set_up(void **state)
{
    (void)state;
    plan = fixture_plan(300);
    other = fixture_plan(300);
    other->seed = 43;
    np_plan_digest(other, other->digest);
    return 0;
}

static int tear_down(void **state)
{
    np_plan_destroy(plan);
    np_plan_destroy(other);
    return fixture_remove(state);
}

static np_ledger *open_ledger(const np_plan *of, int session, const char *target)
{
    np_ledger *l = NULL;
    np_error err = {0};
    char folder[160];
    snprintf(folder, sizeof folder, "%s", fixture_path("state/of/this"));
    if (np_ledger_open(folder, of, session, target, &l, &err) != NP_OK)
        fail_msg("%s", err.text);
    return l;
}

static np_journal_state state_of(np_ledger *l, uint32_t id, np_ledger_scope scope)
{
    np_journal_state state = NP_JOURNAL_FAILED;
    np_error err = {0};
    assert_int_equal(np_ledger_state_of(l, id, scope, &state, &err), NP_OK);
    return state;
}

static void record(np_ledger *l, uint32_t id, np_journal_state state)
{
    np_error err = {0};
    if (np_ledger_record(l, id, state, "run", 5, &err) != NP_OK)
        fail_msg("%s", err.text);
}

static bool is_blank(np_ledger *l)
{
    bool blank = false;
    np_error err = {0};
    assert_int_equal(np_ledger_is_blank(l, &blank, &err), NP_OK);
    return blank;
}

static void remembers_by_plan_session_and_target(void **state)
{
    (void)state;
    char target[32];
    np_error err = {0};
    np_ledger *l = open_ledger(plan, 1, "grbl:a"), *beside = open_ledger(plan, 1, "grbl:b");
    assert_true(is_blank(l));
    record(l, 1, NP_JOURNAL_IN_DOUBT);
    record(l, 4, NP_JOURNAL_IN_DOUBT);
    record(l, 4, NP_JOURNAL_DONE);
    record(l, 4, NP_JOURNAL_NONE);
    record(l, 7, NP_JOURNAL_IN_DOUBT);
    record(l, 7, NP_JOURNAL_NONE);
    record(l, 10, (np_journal_state)9); /* of a later version */
    np_ledger_close(&l);
    np_ledger_close(&l);
    l = open_ledger(plan, 1, "grbl:a");
    assert_false(is_blank(l));
    assert_int_equal(state_of(l, 1, NP_LEDGER_HERE), NP_JOURNAL_IN_DOUBT);
    assert_int_equal(state_of(l, 4, NP_LEDGER_HERE), NP_JOURNAL_DONE);
    assert_int_equal(state_of(l, 7, NP_LEDGER_HERE), NP_JOURNAL_NONE);
    assert_int_equal(state_of(l, 10, NP_LEDGER_HERE), NP_JOURNAL_IN_DOUBT);
    assert_int_equal(state_of(l, 13, NP_LEDGER_ANYWHERE), NP_JOURNAL_NONE);
    assert_int_equal(np_ledger_elsewhere(l, target, sizeof target, &err), NP_OK);
    assert_string_equal(target, "");
    np_ledger_close(&l);

    assert_int_equal(state_of(beside, 4, NP_LEDGER_HERE), NP_JOURNAL_NONE);
    assert_int_equal(state_of(beside, 4, NP_LEDGER_ANYWHERE), NP_JOURNAL_DONE);
    assert_int_equal(np_ledger_elsewhere(beside, target, sizeof target, &err), NP_OK);
    assert_string_equal(target, "at grbl:a");
    np_ledger_close(&beside);
    l = open_ledger(plan, 2, "grbl:a");
    assert_true(is_blank(l));
    np_ledger_close(&l);
    l = open_ledger(other, 1, "grbl:a");
    assert_true(is_blank(l));
    assert_int_equal(state_of(l, 4, NP_LEDGER_ANYWHERE), NP_JOURNAL_NONE);
    np_ledger_close(&l);
}

static void lies_where_the_user_keeps_state(void **state)
{
    (void)state;
    np_error err = {0};
    np_ledger *l;
    char home[160], expected[200];
    snprintf(home, sizeof home, "%s", fixture_path("home"));
    setenv("HOME", home, 1);
    setenv("XDG_STATE_HOME", "not/absolute", 1);
    assert_int_equal(np_ledger_open(NULL, plan, 1, "grbl:a", &l, &err), NP_OK);
    snprintf(expected, sizeof expected, "%s/.local/state/needlepath/ledger.sqlite", home);
    assert_string_equal(np_ledger_path(l), expected);
    np_ledger_close(&l);
    setenv("XDG_STATE_HOME", home, 1);
    assert_int_equal(np_ledger_open(NULL, plan, 1, "grbl:a", &l, &err), NP_OK);
    snprintf(expected, sizeof expected, "%s/needlepath/ledger.sqlite", home);
    assert_string_equal(np_ledger_path(l), expected);
    np_ledger_close(&l);
    unsetenv("XDG_STATE_HOME");
    unsetenv("HOME");
    assert_int_equal(np_ledger_open(NULL, plan, 1, "grbl:a", &l, &err), NP_ERR_INVALID);
    assert_null(l);
    assert_non_null(strstr(err.text, "--state FOLDER"));
}

static void asks_where_it_lies_by_default(void **state)
{
    (void)state;
    np_error err = {0};
    np_ledger *l;
    bool known;
    char home[160], aside[160], expected[260], where[260], prefix[9];
    snprintf(home, sizeof home, "%s", fixture_path("default"));
    snprintf(aside, sizeof aside, "%s", fixture_path("aside"));
    for (int i = 0; i < 4; i++)
        snprintf(prefix + 2 * i, 3, "%02x", plan->digest[i]);
    setenv("XDG_STATE_HOME", home, 1);
    assert_int_equal(np_ledger_open(aside, plan, 1, "grbl:a", &l, &err), NP_OK); /* where there is none yet */
    assert_int_equal(state_of(l, 1, NP_LEDGER_ANYWHERE), NP_JOURNAL_NONE);
    np_ledger_close(&l);
    assert_int_equal(np_ledger_open(NULL, plan, 1, "grbl:a", &l, &err), NP_OK);
    snprintf(expected, sizeof expected, "at grbl:a, in %s", np_ledger_path(l));
    record(l, 1, NP_JOURNAL_IN_DOUBT);
    record(l, 4, NP_JOURNAL_DONE);
    np_ledger_close(&l);
    assert_int_equal(np_ledger_open(aside, plan, 1, "grbl:a", &l, &err), NP_OK);
    assert_true(is_blank(l));
    assert_int_equal(state_of(l, 4, NP_LEDGER_HERE), NP_JOURNAL_NONE);
    assert_int_equal(state_of(l, 1, NP_LEDGER_ANYWHERE), NP_JOURNAL_IN_DOUBT);
    assert_int_equal(state_of(l, 4, NP_LEDGER_ANYWHERE), NP_JOURNAL_DONE);
    assert_int_equal(np_ledger_elsewhere(l, where, sizeof where, &err), NP_OK);
    assert_string_equal(where, expected);
    assert_int_equal(np_ledger_knows(l, prefix, 1, &known, &err), NP_OK);
    assert_true(known);
    record(l, 1, NP_JOURNAL_DONE);
    assert_int_equal(state_of(l, 1, NP_LEDGER_ANYWHERE), NP_JOURNAL_DONE);
    np_ledger_close(&l);
    assert_int_equal(np_ledger_open(NULL, plan, 1, "grbl:a", &l, &err), NP_OK);
    assert_int_equal(state_of(l, 1, NP_LEDGER_ANYWHERE), NP_JOURNAL_IN_DOUBT); /* nothing was written there */
    np_ledger_close(&l);
    unsetenv("XDG_STATE_HOME");
}

static void what_is_no_ledger_is_refused_and_kept(void **state)
{
    (void)state;
    np_error err = {0};
    np_ledger *l;
    sqlite3 *db;
    char folder[160], file[200];
    snprintf(folder, sizeof folder, "%s", fixture_path("foreign"));
    snprintf(file, sizeof file, "%s/ledger.sqlite", folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    assert_int_equal(np_plan_write(plan, file, false, &err), NP_OK);
    assert_int_equal(np_ledger_open(folder, plan, 1, "grbl:a", &l, &err), NP_ERR_FORMAT);
    assert_non_null(strstr(err.text, "not a ledger of needlepath"));
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA application_id = 0", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(np_ledger_open(folder, plan, 1, "grbl:a", &l, &err), NP_ERR_FORMAT);
    assert_int_equal(sqlite3_exec(db, "SELECT count(*) FROM approvals", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    /* ours, and its table is not */
    snprintf(folder, sizeof folder, "%s", fixture_path("state/of/this"));
    l = open_ledger(plan, 1, "grbl:a");
    assert_int_equal(sqlite3_open(np_ledger_path(l), &db), SQLITE_OK);
    np_ledger_close(&l);
    assert_int_equal(sqlite3_exec(db, "ALTER TABLE dots RENAME COLUMN origin TO x", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "ALTER TABLE dots RENAME COLUMN state TO y", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    assert_int_equal(np_ledger_open(folder, plan, 1, "grbl:a", &l, &err), NP_ERR_FORMAT);
    assert_null(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(remembers_by_plan_session_and_target),
        cmocka_unit_test(lies_where_the_user_keeps_state),
        cmocka_unit_test(asks_where_it_lies_by_default),
        cmocka_unit_test(what_is_no_ledger_is_refused_and_kept),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
