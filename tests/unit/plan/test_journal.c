/* The journal keeps what was done, whatever happens to the process, and never lets a dot be sent twice. */
#include "fixture.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "plan/journal.h"
#include "plan/approval.h"
#include "plan/keys.h"
#include "plan/made.h"

static np_plan *plan;
static char path[128];

static int make_plan(void **state)
{
    (void)state;
    np_error err = {0};
    snprintf(path, sizeof path, "%s", fixture_path("run.needleplan"));
    unlink(path);
    plan = fixture_plan(300);
    return np_plan_write(plan, path, true, &err) == NP_OK ? 0 : -1;
}

static int free_plan(void **state)
{
    (void)state;
    np_plan_destroy(plan);
    return 0;
}

static np_journal *open_run(int session)
{
    np_journal *j = NULL;
    np_error err = {0};
    if (np_journal_open(path, plan, session, "zmq:tcp://here", 1000, &j, &err) != NP_OK)
        fail_msg("%s", err.text);
    return j;
}

static np_journal_event event(uint32_t id, np_journal_state state)
{
    return (np_journal_event){.dot_id = id, .state = state, .time_unix_us = 77, .depth_mm = NAN};
}

static void record(np_journal *j, uint32_t id, np_journal_state state)
{
    np_journal_event e = event(id, state);
    np_error err = {0};
    if (np_journal_record(j, &e, 1, &err) != NP_OK)
        fail_msg("%s", err.text);
}

static void remembers_over_runs(void **state)
{
    (void)state;
    np_error err = {0};
    np_journal *j = open_run(1);
    np_journal_event batch[2] = {event(1, NP_JOURNAL_DONE), event(4, NP_JOURNAL_IN_DOUBT)};
    assert_int_equal(np_journal_record(j, batch, 2, &err), NP_OK);
    assert_int_equal(np_journal_record(j, NULL, 0, &err), NP_OK);
    record(j, 7, NP_JOURNAL_IN_DOUBT);
    record(j, 10, NP_JOURNAL_FAILED);
    assert_int_equal(np_journal_state_of(j, 1), NP_JOURNAL_DONE);
    assert_int_equal(np_journal_state_of(j, 2), NP_JOURNAL_NONE); /* of session 2 */
    assert_int_equal(np_journal_close(&j, NP_PLAN_RUN_HELD, &err), NP_OK);
    assert_null(j);
    assert_int_equal(np_journal_close(&j, NP_PLAN_RUN_HELD, &err), NP_OK);

    /* One file again: no -wal, no -shm, no -lock. */
    char side[140];
    for (int i = 0; i < 3; i++) {
        snprintf(side, sizeof side, "%s-%s", path, i == 0 ? "wal" : i == 1 ? "shm" : "lock");
        assert_int_not_equal(access(side, F_OK), 0);
    }

    j = open_run(1);
    assert_int_equal(np_journal_state_of(j, 1), NP_JOURNAL_DONE);
    assert_int_equal(np_journal_state_of(j, 4), NP_JOURNAL_IN_DOUBT);
    assert_int_equal(np_journal_state_of(j, 7), NP_JOURNAL_IN_DOUBT);
    assert_int_equal(np_journal_state_of(j, 13), NP_JOURNAL_NONE);
    record(j, 4, NP_JOURNAL_DONE);
    np_journal_close(&j, NP_PLAN_RUN_DONE, &err);

    np_plan *back;
    assert_int_equal(np_plan_read(path, &back, &err), NP_OK);
    assert_int_equal(back->n_runs, 2);
    assert_int_equal(back->runs[0].state, NP_PLAN_RUN_HELD);
    assert_string_equal(back->runs[0].target, "zmq:tcp://here");
    assert_int_equal(back->runs[0].started_unix_s, 1000);
    assert_int_equal(back->runs[0].done, 1);
    assert_int_equal(back->runs[0].in_doubt, 2);
    assert_int_equal(back->runs[0].failed, 1);
    assert_int_equal(back->runs[1].done, 1);
    assert_memory_equal(back->digest, plan->digest, 32);
    np_plan_destroy(back);

    np_journal_state states[100];
    assert_int_equal(np_journal_read(path, 1, states, 100, &err), NP_OK);
    assert_int_equal(states[0], NP_JOURNAL_DONE);
    assert_int_equal(states[1], NP_JOURNAL_DONE);
    assert_int_equal(states[2], NP_JOURNAL_IN_DOUBT);
    assert_int_equal(states[3], NP_JOURNAL_FAILED);
    assert_int_equal(states[4], NP_JOURNAL_NONE);
    assert_int_equal(np_journal_read(path, 1, states, 99, &err), NP_ERR_INVALID);
    assert_int_equal(np_journal_read(path, 9, states, 1, &err), NP_ERR_INVALID);
}

static void measured_values_are_kept(void **state)
{
    (void)state;
    np_error err = {0};
    np_journal *j = open_run(2);
    np_journal_event e = event(2, NP_JOURNAL_DONE);
    e.depth_mm = 0.512;
    e.force_n = 0.25;
    e.outcome = 4;
    assert_int_equal(np_journal_record(j, &e, 1, &err), NP_OK);
    np_journal_close(&j, NP_PLAN_RUN_DONE, &err);
    sqlite3 *db;
    sqlite3_stmt *s;
    sqlite3_open(path, &db);
    sqlite3_prepare_v2(db, "SELECT depth_um, force_mn, outcome FROM journal", -1, &s, NULL);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(s, 0), 512);
    assert_int_equal(sqlite3_column_int(s, 1), 250);
    assert_int_equal(sqlite3_column_int(s, 2), 4);
    sqlite3_finalize(s);
    sqlite3_close(db);
}

static void nothing_is_sent_twice(void **state)
{
    (void)state;
    const np_journal_state reserved = (np_journal_state)1;
    const struct {
        np_journal_state before, after;
        bool allowed;
    } rows[] = {
        {NP_JOURNAL_FAILED, NP_JOURNAL_DONE, true},   {NP_JOURNAL_DONE, NP_JOURNAL_IN_DOUBT, false},
        {NP_JOURNAL_DONE, NP_JOURNAL_FAILED, false},  {NP_JOURNAL_DONE, NP_JOURNAL_DONE, true},
        {NP_JOURNAL_DONE, reserved, false},           {NP_JOURNAL_IN_DOUBT, NP_JOURNAL_DONE, true},
        {NP_JOURNAL_FAILED, reserved, false},         {NP_JOURNAL_IN_DOUBT, reserved, false},
        {NP_JOURNAL_DONE, NP_JOURNAL_NONE, false},    {NP_JOURNAL_FAILED, NP_JOURNAL_NONE, true},
        {NP_JOURNAL_IN_DOUBT, NP_JOURNAL_NONE, true},
    };
    np_error err = {0};
    np_journal *j = open_run(1);
    for (uint32_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        np_journal_event events[2] = {event(1 + 3 * i, rows[i].before), event(1 + 3 * i, rows[i].after)};
        np_status status = np_journal_record(j, events, 2, &err);
        assert_int_equal(status, rows[i].allowed ? NP_OK : NP_ERR_INTERNAL);
        /* All of a batch or nothing. */
        assert_int_equal(np_journal_state_of(j, 1 + 3 * i), rows[i].allowed ? rows[i].after : NP_JOURNAL_NONE);
    }
    np_journal_event other = event(2, NP_JOURNAL_DONE);
    assert_int_equal(np_journal_record(j, &other, 1, &err), NP_ERR_INTERNAL);
    assert_non_null(strstr(err.text, "dot 2 is not of this session"));
    np_journal_close(&j, NP_PLAN_RUN_DONE, &err);
}

/* A doubt or a failure that a person has taken back is forgotten, in this run and in later ones; what is done stays done. */
static void doubts_are_taken_back(void **state)
{
    (void)state;
    np_error err = {0};
    np_journal_state states[100];
    np_journal *j = open_run(1);
    np_journal_event doubt = event(4, NP_JOURNAL_IN_DOUBT);
    doubt.outcome = NP_WIRE_OUTCOME_IN_DOUBT;
    assert_int_equal(np_journal_record(j, &doubt, 1, &err), NP_OK);
    record(j, 1, NP_JOURNAL_DONE);
    record(j, 4, NP_JOURNAL_NONE);
    np_journal_event failed = event(7, NP_JOURNAL_FAILED);
    failed.outcome = NP_WIRE_OUTCOME_SKIPPED;
    assert_int_equal(np_journal_record(j, &failed, 1, &err), NP_OK);
    record(j, 7, NP_JOURNAL_NONE);
    assert_int_equal(np_journal_outcome_of(j, 7), 0);
    assert_int_equal(np_journal_state_of(j, 4), NP_JOURNAL_NONE);
    assert_int_equal(np_journal_outcome_of(j, 4), 0);
    np_journal_close(&j, NP_PLAN_RUN_REVIEWED, &err);
    assert_int_equal(np_journal_read(path, 1, states, 100, &err), NP_OK);
    assert_int_equal(states[0], NP_JOURNAL_DONE);
    assert_int_equal(states[1], NP_JOURNAL_NONE);
    assert_int_equal(states[2], NP_JOURNAL_NONE);
    j = open_run(1);
    assert_int_equal(np_journal_state_of(j, 4), NP_JOURNAL_NONE);
    record(j, 4, NP_JOURNAL_DONE);
    np_journal_close(&j, NP_PLAN_RUN_DONE, &err);
    assert_int_equal(np_journal_read(path, 1, states, 100, &err), NP_OK);
    assert_int_equal(states[1], NP_JOURNAL_DONE);
}

static void one_run_at_a_time(void **state)
{
    (void)state;
    np_journal *j = open_run(1), *second = j;
    np_error err = {0};
    assert_int_equal(np_journal_open(path, plan, 2, "x", 0, &second, &err), NP_ERR_IO);
    assert_non_null(strstr(err.text, "another process is running this plan"));
    assert_null(second);

    /* Reading, and approving, go on meanwhile. */
    record(j, 1, NP_JOURNAL_DONE);
    np_plan *back;
    assert_int_equal(np_plan_read(path, &back, &err), NP_OK);
    assert_int_equal(back->runs[0].done, 1);
    assert_int_equal(back->runs[0].state, NP_PLAN_RUN_RUNNING);
    np_plan_destroy(back);
    char key[140];
    snprintf(key, sizeof key, "%s", fixture_path("op.key"));
    assert_int_equal(np_keys_new(key, "op", NULL, &err), NP_OK);
    assert_int_equal(np_plan_approve(path, key, NULL, &(np_wire_terms){0}, 0, &err), NP_OK);
    record(j, 4, NP_JOURNAL_DONE);
    np_journal_close(&j, NP_PLAN_RUN_DONE, &err);
}

static void only_for_the_plan_that_was_read(void **state)
{
    (void)state;
    np_error err = {0};
    np_journal *j;
    assert_int_equal(np_journal_open(path, plan, 4, "x", 0, &j, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "there is no session 4; the plan has 3"));
    plan->digest[0] ^= 1;
    assert_int_equal(np_journal_open(path, plan, 1, "x", 0, &j, &err), NP_ERR_FORMAT);
    assert_non_null(strstr(err.text, "not the one that was read"));
    plan->digest[0] ^= 1;
    assert_int_equal(np_journal_open(fixture_path("none"), plan, 1, "x", 0, &j, &err), NP_ERR_IO);
    assert_null(j);
}

/* A process that dies in the middle: what it recorded is there, and the next run says what became of it. */
static void survives_a_crash(void **state)
{
    (void)state;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        np_journal *j = open_run(1);
        for (uint32_t i = 0; i < 20; i++) {
            record(j, 1 + 3 * i, NP_JOURNAL_DONE);
        }
        kill(getpid(), SIGKILL);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    /* Nobody holds it: it does not run, whatever the row says. */
    np_error err = {0};
    np_plan *back;
    assert_int_equal(np_plan_read(path, &back, &err), NP_OK);
    assert_int_equal(back->runs[0].state, NP_PLAN_RUN_INTERRUPTED);
    np_plan_destroy(back);
    np_journal *j = open_run(1);
    for (uint32_t i = 0; i < 100; i++)
        assert_int_equal(np_journal_state_of(j, 1 + 3 * i), i < 20 ? NP_JOURNAL_DONE : NP_JOURNAL_NONE);
    np_journal_close(&j, NP_PLAN_RUN_ABORTED, &err);
    assert_int_equal(np_plan_read(path, &back, &err), NP_OK);
    assert_int_equal(back->runs[0].state, NP_PLAN_RUN_INTERRUPTED);
    assert_int_equal(back->runs[0].done, 20);
    np_plan_destroy(back);
}

static void a_full_disk_loses_nothing_that_was_confirmed(void **state)
{
    (void)state;
    np_journal *j = open_run(1);
    np_error err = {0};
    record(j, 1, NP_JOURNAL_DONE);
    struct rlimit was, tight;
    getrlimit(RLIMIT_FSIZE, &was);
    signal(SIGXFSZ, SIG_IGN);
    tight = (struct rlimit){100, was.rlim_max};
    setrlimit(RLIMIT_FSIZE, &tight);
    np_journal_event e = event(4, NP_JOURNAL_DONE);
    np_status status = np_journal_record(j, &e, 1, &err);
    setrlimit(RLIMIT_FSIZE, &was);
    assert_int_equal(status, NP_ERR_IO);
    assert_int_equal(np_journal_state_of(j, 4), NP_JOURNAL_NONE);
    /* There is room again. */
    record(j, 7, NP_JOURNAL_DONE);
    np_journal_close(&j, NP_PLAN_RUN_RUNNING, &err);
    j = open_run(1);
    assert_int_equal(np_journal_state_of(j, 1), NP_JOURNAL_DONE);
    assert_int_equal(np_journal_state_of(j, 4), NP_JOURNAL_NONE);
    assert_int_equal(np_journal_state_of(j, 7), NP_JOURNAL_DONE);
    np_journal_close(&j, NP_PLAN_RUN_DONE, &err);
}

/* ---- what was heard of later ---- */

static void hear(np_journal *j, uint32_t id, np_journal_state state, np_journal_hearing hearing, int64_t unix_s)
{
    np_journal_event e = event(id, state);
    np_error err = {0};
    e.hearing = hearing;
    e.time_unix_us = unix_s * 1000000;
    if (np_journal_record(j, &e, 1, &err) != NP_OK)
        fail_msg("%s", err.text);
}

static void place(np_journal *j)
{
    char name[] = "here.yaml", nothing[] = "";
    np_plan_registration r = {.name = name, .fiducials = nothing, .rotation = {1000000, 0, 0, 0}};
    np_error err = {0};
    assert_int_equal(np_journal_record_registration(j, &r, &err), NP_OK);
}

static void expect_made(uint32_t id, int64_t run, bool learnt)
{
    np_made_dot *made;
    np_plan *back;
    size_t n, i = 0;
    np_error err = {0};
    assert_int_equal(np_plan_read(path, &back, &err), NP_OK);
    assert_int_equal(np_made_read(path, back, 1, &made, &n, &err), NP_OK);
    while (i < n && made[i].id != id)
        i++;
    assert_true(i < n);
    assert_int_equal(made[i].run, run);
    assert_int_equal(made[i].learnt, learnt);
    free(made);
    np_plan_destroy(back);
}

/* What no run of this file can have made has a row of its own, which says nothing of where the head was; the rest stands with its run. */
static void what_is_learnt_belongs_to_its_run_or_to_none(void **state)
{
    (void)state;
    np_error err = {0};
    np_journal *j = open_run(1); /* run 1 */
    hear(j, 1, NP_JOURNAL_DONE, NP_JOURNAL_LEARNT, 5000);
    hear(j, 4, NP_JOURNAL_DONE, NP_JOURNAL_LEARNT_LAST, 5001); /* there is no last one */
    np_journal_close(&j, NP_PLAN_RUN_REFUSED, &err);           /* they are run 2 */
    j = open_run(1);                                           /* run 3 */
    place(j);
    record(j, 7, NP_JOURNAL_DONE);
    record(j, 10, NP_JOURNAL_IN_DOUBT);
    np_journal_close(&j, NP_PLAN_RUN_LINK_LOST, &err);
    j = open_run(1); /* run 4 */
    hear(j, 13, NP_JOURNAL_DONE, NP_JOURNAL_LEARNT_LAST, 6000);
    hear(j, 10, NP_JOURNAL_DONE, NP_JOURNAL_LEARNT, 6000);   /* it was in doubt in run 3 */
    hear(j, 16, NP_JOURNAL_FAILED, NP_JOURNAL_LEARNT, 6001); /* run 5 */
    np_journal_close(&j, NP_PLAN_RUN_HELD, &err);

    np_plan *back;
    assert_int_equal(np_plan_read(path, &back, &err), NP_OK);
    const struct {
        np_plan_run_state state;
        uint32_t done, failed, learnt;
        int64_t unix_s;
    } rows[] = {{NP_PLAN_RUN_REFUSED, 0, 0, 0, 1000},
                {NP_PLAN_RUN_LEARNT, 2, 0, 2, 5000},
                {NP_PLAN_RUN_LINK_LOST, 3, 0, 2, 1000},
                {NP_PLAN_RUN_HELD, 0, 0, 0, 1000},
                {NP_PLAN_RUN_LEARNT, 0, 1, 1, 6001}};
    assert_int_equal(back->n_runs, sizeof rows / sizeof *rows);
    for (size_t i = 0; i < back->n_runs; i++) {
        assert_int_equal(back->runs[i].state, rows[i].state);
        assert_int_equal(back->runs[i].done, rows[i].done);
        assert_int_equal(back->runs[i].failed, rows[i].failed);
        assert_int_equal(back->runs[i].learnt, rows[i].learnt);
        assert_int_equal(back->runs[i].started_unix_s, rows[i].unix_s);
        assert_true((back->runs[i].registration != NULL) == (i == 2));
    }
    np_plan_destroy(back);
    expect_made(1, 2, true);
    expect_made(7, 3, false);
    expect_made(10, 3, true);
    expect_made(13, 3, true);
    expect_made(16, 5, true);
}

/* The row that a batch would have had goes with it. */
static void a_full_disk_leaves_no_row_behind(void **state)
{
    (void)state;
    np_error err = {0};
    np_journal *j = open_run(1);
    struct rlimit was, tight;
    getrlimit(RLIMIT_FSIZE, &was);
    signal(SIGXFSZ, SIG_IGN);
    tight = (struct rlimit){100, was.rlim_max};
    setrlimit(RLIMIT_FSIZE, &tight);
    np_journal_event e = event(4, NP_JOURNAL_DONE);
    e.hearing = NP_JOURNAL_LEARNT;
    np_status status = np_journal_record(j, &e, 1, &err);
    setrlimit(RLIMIT_FSIZE, &was);
    assert_int_equal(status, NP_ERR_IO);
    hear(j, 4, NP_JOURNAL_DONE, NP_JOURNAL_LEARNT, 5000);
    np_journal_close(&j, NP_PLAN_RUN_HELD, &err);
    np_plan *back;
    assert_int_equal(np_plan_read(path, &back, &err), NP_OK);
    assert_int_equal(back->n_runs, 2);
    assert_int_equal(back->runs[1].done, 1);
    np_plan_destroy(back);
}

static void states_have_names(void **state)
{
    (void)state;
    assert_string_equal(np_plan_run_state_name(NP_PLAN_RUN_LINK_LOST), "link lost");
    assert_string_equal(np_journal_state_name((np_journal_state)1), "unknown");
    assert_string_equal(np_journal_state_name(NP_JOURNAL_IN_DOUBT), "in_doubt");
    assert_string_equal(np_journal_state_name((np_journal_state)99), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(remembers_over_runs, make_plan, free_plan),
        cmocka_unit_test_setup_teardown(measured_values_are_kept, make_plan, free_plan),
        cmocka_unit_test_setup_teardown(doubts_are_taken_back, make_plan, free_plan),
        cmocka_unit_test_setup_teardown(nothing_is_sent_twice, make_plan, free_plan),
        cmocka_unit_test_setup_teardown(one_run_at_a_time, make_plan, free_plan),
        cmocka_unit_test_setup_teardown(only_for_the_plan_that_was_read, make_plan, free_plan),
        cmocka_unit_test_setup_teardown(survives_a_crash, make_plan, free_plan),
        cmocka_unit_test_setup_teardown(a_full_disk_loses_nothing_that_was_confirmed, make_plan, free_plan),
        cmocka_unit_test_setup_teardown(what_is_learnt_belongs_to_its_run_or_to_none, make_plan, free_plan),
        cmocka_unit_test_setup_teardown(a_full_disk_leaves_no_row_behind, make_plan, free_plan),
        cmocka_unit_test(states_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, fixture_remove);
}
