/* Sessions from the plan file to the simulator's needle, and everything that may come between. */
#include "rig.h"

#include <sodium.h>
#include <sys/stat.h>

enum { DOTS = 300 };

static void test_whole_session(void **state)
{
    (void)state;
    make_plan(DOTS);
    simulator s = {.options.record = NULL};
    start_simulator(&s);
    np_run_options o = run_options();
    np_run_state r = run(&o, NP_OK, NULL);
    assert_int_equal(r.total, DOTS);
    assert_int_equal(r.done, DOTS);
    assert_int_equal(r.in_doubt + r.failed, 0);
    assert_string_equal(r.phase, "done");
    /* again: nothing is left, and nobody need be there */
    stop_simulator(&s);
    assert_int_equal(s.summary.punctures, DOTS);
    assert_int_equal(s.summary.done, DOTS);
    r = run(&o, NP_OK, NULL);
    assert_int_equal(r.done, DOTS);
    assert_record_is_plan(DOTS);
    assert_int_equal(journalled(NP_JOURNAL_DONE, DOTS), DOTS);
}

static void test_over_a_pty(void **state)
{
    (void)state;
    make_plan(DOTS);
    char device[128], to[160];
    snprintf(device, sizeof device, "%s", in_folder("tty"));
    snprintf(to, sizeof to, "serial:%s:4000000", device);
    simulator s = {.options = {.listen = "serial:pty:4000000", .pty_link = device, .journal = "memory"}};
    start_simulator(&s);
    np_run_options o = run_options();
    o.target = to;
    for (int i = 0; i < 100 && access(device, F_OK) != 0; i++)
        usleep(20000);
    np_run_state r = run(&o, NP_OK, NULL);
    assert_int_equal(r.done, DOTS);
    stop_simulator(&s);
    assert_record_is_plan(DOTS);
    assert_int_not_equal(access(device, F_OK), 0);
}

/* ---- stopping and going on ---- */

/* Watches the record, and acts when it has AT punctures: sets the stop flag, or restarts the simulator. */
typedef struct watcher {
    volatile sig_atomic_t stop;
    int at;
    simulator *restart;
    pthread_t thread;
} watcher;

static int punctures(void)
{
    FILE *f = fopen(in_folder("record.csv"), "r");
    int n = -1, c;
    while (f && (c = fgetc(f)) != EOF)
        n += c == '\n';
    if (f)
        fclose(f);
    return n;
}

static void *watch(void *context)
{
    watcher *w = context;
    for (int i = 0; i < 60000 && punctures() < w->at; i++)
        usleep(500);
    if (w->restart) {
        stop_simulator(w->restart);
        start_simulator(w->restart);
    }
    w->stop = 1;
    return NULL;
}

enum { MANY = 1500 };

static void test_stop_and_go_on(void **state)
{
    (void)state;
    make_plan(MANY);
    simulator s = {.options.record = NULL};
    start_simulator(&s);
    np_run_options o = run_options();
    watcher w = {.at = 50};
    o.stop = &w.stop;
    assert_int_equal(pthread_create(&w.thread, NULL, watch, &w), 0);
    np_run_state r = run(&o, NP_ERR_STOPPED, "run the same command again");
    pthread_join(w.thread, NULL);
    assert_in_range(r.done, 50, MANY - 1);
    assert_int_equal(journalled(NP_JOURNAL_DONE, MANY), r.done);
    o.stop = NULL;
    r = run(&o, NP_OK, NULL);
    assert_int_equal(r.done, MANY);
    stop_simulator(&s);
    assert_record_is_plan(MANY);
}

/* The executor is stopped and started again under a run, which goes on by itself. */
static void test_executor_restarts(void **state)
{
    (void)state;
    make_plan(MANY);
    simulator s = {.options.record = NULL};
    start_simulator(&s);
    np_run_options o = run_options();
    watcher w = {.at = 50, .restart = &s};
    assert_int_equal(pthread_create(&w.thread, NULL, watch, &w), 0);
    np_run_state r = run(&o, NP_OK, NULL);
    pthread_join(w.thread, NULL);
    assert_int_equal(r.done, MANY);
    stop_simulator(&s);
    assert_in_range(s.summary.punctures, 1, MANY - 50);
    assert_record_is_plan(MANY);
}

/* A stop while nobody answers ends at once. */
static void test_stop_before_the_start(void **state)
{
    (void)state;
    make_plan(10);
    np_run_options o = run_options();
    volatile sig_atomic_t stop = 1;
    o.stop = &stop;
    run(&o, NP_ERR_STOPPED, "0 of 10");
}

/* ---- what is refused ---- */

static void test_nobody_there(void **state)
{
    (void)state;
    make_plan(10);
    np_run_options o = run_options();
    o.connect_timeout_s = 0.2;
    run(&o, NP_ERR_LINK, "no executor answered");
    o.target = "serial:/nowhere/tty:115200";
    run(&o, NP_ERR_LINK, "/nowhere/tty");
    o.target = "serial:/dev/null:115200";
    run(&o, NP_ERR_LINK, "no serial port");
    assert_int_equal(journalled(NP_JOURNAL_NONE, 10), 10);
}

static void test_bad_requests(void **state)
{
    (void)state;
    make_plan(10);
    np_run_options o = run_options();
    o.target = "telepathy:arm";
    run(&o, NP_ERR_USAGE, "zmq:tcp://HOST:PORT");
    o = run_options();
    o.session = 3;
    run(&o, NP_ERR_INVALID, "no session 3");
    o = run_options();
    o.plan_path = in_folder("none.needleplan");
    run(&o, NP_ERR_IO, "none.needleplan");
    o = run_options();
    o.link_key = in_folder("op.key.pub");
    run(&o, NP_ERR_FORMAT, "needlepath-link-key-v1");
}

static void test_unapproved(void **state)
{
    (void)state;
    write_plan(in_folder("p.needleplan"), 10);
    np_run_options o = run_options();
    run(&o, NP_ERR_APPROVAL, "not approved");
}

static void put_one_beside_another(np_plan *plan)
{
    plan->dots[7].position = plan->dots[2].position;
    plan->dots[7].position.x += 0.2;
}

/* The envelope is checked again before anything is sent, also where the digest is in order. */
static void test_unsafe(void **state)
{
    (void)state;
    edit_plan = put_one_beside_another;
    write_plan(in_folder("p.needleplan"), 10);
    edit_plan = NULL;
    np_run_options o = run_options();
    run(&o, NP_ERR_UNSAFE, "are 0.200 mm apart");
}

static void test_operators(void **state)
{
    (void)state;
    np_error err = {0};
    make_plan(50);
    assert_int_equal(np_keys_new(in_folder("other.key"), "other", NULL, &err), NP_OK);
    char other[128];
    snprintf(other, sizeof other, "%s", in_folder("other.key.pub"));
    simulator s = {.options = {.operators = {other}, .n_operators = 1}};
    start_simulator(&s);
    np_run_options o = run_options();
    run(&o, NP_ERR_DEVICE, "nobody the executor knows");
    assert_int_equal(journalled(NP_JOURNAL_NONE, 50), 50);
    /* with that operator's approval as well, and then an older one's on top */
    assert_int_equal(
        np_plan_approve(in_folder("p.needleplan"), in_folder("other.key"), NULL, &(np_wire_terms){0}, 1700000001, &err),
        NP_OK);
    assert_int_equal(
        np_plan_approve(in_folder("p.needleplan"), in_folder("op.key"), NULL, &(np_wire_terms){0}, 1700000002, &err),
        NP_OK);
    run(&o, NP_OK, NULL);
    stop_simulator(&s);
    assert_record_is_plan(50);
}

/* By this computer's clock, before anybody is asked. */
static void test_an_approval_that_has_run_out(void **state)
{
    (void)state;
    np_error err = {0};
    np_wire_terms terms = {.not_after_s = 1700000000};
    write_plan(in_folder("p.needleplan"), 50);
    assert_int_equal(np_keys_new(in_folder("op.key"), "tester", NULL, &err), NP_OK);
    assert_int_equal(np_plan_approve(in_folder("p.needleplan"), in_folder("op.key"), NULL, &terms, 1600000000, &err),
                     NP_OK);
    np_run_options o = run_options();
    run(&o, NP_ERR_APPROVAL, "was good until 2023-11-14 22:13 UTC, by this computer's clock");
}

static const char *write_link_key(const char *name, unsigned char fill)
{
    unsigned char key[32];
    char base64[64];
    memset(key, fill, sizeof key);
    sodium_bin2base64(base64, sizeof base64, key, sizeof key, sodium_base64_VARIANT_ORIGINAL);
    FILE *f = fopen(in_folder(name), "w");
    fprintf(f, "needlepath-link-key-v1 lab %s\n", base64);
    fclose(f);
    chmod(in_folder(name), 0600);
    return in_folder(name);
}

static void test_link_keys(void **state)
{
    (void)state;
    make_plan(50);
    char right[128], wrong[128];
    snprintf(right, sizeof right, "%s", write_link_key("right", 1));
    snprintf(wrong, sizeof wrong, "%s", write_link_key("wrong", 2));
    simulator s = {.options = {.link_key = right}};
    start_simulator(&s);
    np_run_options o = run_options();
    run(&o, NP_ERR_DEVICE, "link key");
    o.link_key = wrong;
    run(&o, NP_ERR_DEVICE, "link key");
    o.link_key = right;
    run(&o, NP_OK, NULL);
    stop_simulator(&s);
    assert_record_is_plan(50);
}

/* The plan's journal says that a dot is done, by the hand of another run. */
static void journal_as(uint32_t id, np_journal_state what, uint32_t outcome)
{
    np_plan *plan;
    np_journal *journal;
    np_error err = {0};
    assert_int_equal(np_plan_read(in_folder("p.needleplan"), &plan, &err), NP_OK);
    assert_int_equal(np_journal_open(in_folder("p.needleplan"), plan, 1, "x", 0, &journal, &err), NP_OK);
    np_journal_event event = {.dot_id = id, .state = what, .outcome = outcome, .depth_mm = NAN};
    assert_int_equal(np_journal_record(journal, &event, 1, &err), NP_OK);
    assert_int_equal(np_journal_outcome_of(journal, id), outcome);
    assert_int_equal(np_journal_close(&journal, NP_PLAN_RUN_HELD, &err), NP_OK);
    np_plan_destroy(plan);
}

/* The executor lost its journal: what ours has as done it denies, and nothing is made on such a ground. */
static void test_contradicting_journals(void **state)
{
    (void)state;
    make_plan(100);
    journal_as(1000, NP_JOURNAL_DONE, NP_WIRE_OUTCOME_DONE);
    journal_as(1009, NP_JOURNAL_DONE, NP_WIRE_OUTCOME_TOO_DEEP);
    journal_as(1012, NP_JOURNAL_IN_DOUBT, NP_WIRE_OUTCOME_IN_DOUBT);
    simulator s = {.options.journal = "memory"};
    start_simulator(&s);
    np_run_options o = run_options();
    run(&o, NP_ERR_DEVICE, "dot 1000 (done here, not done there)");
    run(&o, NP_ERR_DEVICE, "3 dots");
    stop_simulator(&s);
    assert_int_equal(s.summary.punctures, 0);
}

/* Two processes at once: the second is told. */
static void test_one_run_at_a_time(void **state)
{
    (void)state;
    make_plan(10);
    np_plan *plan;
    np_journal *journal;
    np_error err = {0};
    assert_int_equal(np_plan_read(in_folder("p.needleplan"), &plan, &err), NP_OK);
    assert_int_equal(np_journal_open(in_folder("p.needleplan"), plan, 1, "x", 0, &journal, &err), NP_OK);
    np_run_options o = run_options();
    run(&o, NP_ERR_IO, NULL);
    assert_int_equal(np_journal_close(&journal, NP_PLAN_RUN_HELD, &err), NP_OK);
    np_plan_destroy(plan);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        TEST(test_whole_session),
        TEST(test_over_a_pty),
        TEST(test_stop_and_go_on),
        TEST(test_executor_restarts),
        TEST(test_stop_before_the_start),
        TEST(test_nobody_there),
        TEST(test_bad_requests),
        TEST(test_unsafe),
        TEST(test_unapproved),
        TEST(test_operators),
        TEST(test_an_approval_that_has_run_out),
        TEST(test_link_keys),
        TEST(test_contradicting_journals),
        TEST(test_one_run_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
