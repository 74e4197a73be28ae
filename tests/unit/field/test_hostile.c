/* Strategies that attack the planner: every one is named, within the time allowed, and nothing of it is left. */
#include "fixture.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

/* Orphans come to us (set_up): when the planner is done there may be no child left, of whatever generation, but for those that
 * are about to die. */
static void expect_no_survivors(void)
{
    struct timespec pause = {0, 10000000};
    for (int i = 0; i < 500; i++) {
        while (waitpid(-1, NULL, WNOHANG) > 0)
            continue;
        if (waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD)
            return;
        nanosleep(&pause, NULL);
    }
    fail_msg("a process is left");
}

static np_status create(const np_scan *scan, const char *strategy, const np_progress *progress, np_error *err)
{
    np_case *c = fixture_case_with(scan, strategy);
    np_painter *painter = NULL;
    fixture_use_plugins("hostile");
    np_status status = np_painter_create(c, scan, progress, &painter, err);
    np_painter_destroy(painter);
    np_case_destroy(c);
    expect_no_survivors();
    return status;
}

static void each_attack_is_named_in_time(void **state)
{
    static const struct {
        const char *strategy, *timeout_s, *expected;
    } rows[] = {
        {"layout_drip", "2", "gave no answer within 2 s and was stopped while laying out"},
        {"layout_never_reads", "6", "s and was stopped while preparing"},
        {"layout_forges_points", "30", "its layout cannot be read"},
        {"layout_forges_pins", "30", "its layout cannot be read"},
        {"layout_forges_size", "30", "sent an answer that cannot be read and was stopped while laying out"},
        {"layout_endless", "2", "what its layout emits takes more than 2 s to be drawn on the scan"},
        {"layout_closes", "30", "closed its connection to the planner and was stopped while laying out"},
        {"layout_terminates", "30", "was ended by a signal (SIGTERM: Terminated) while laying out"},
        {"layout_leaves_child", "30", "ended its process (exit status 7) while laying out"},
    };
    const char *sanitized = getenv("NEEDLEPATH_SANITIZED");
    bool slow = sanitized && strcmp(sanitized, "1") == 0; /* drawing what never_reads lays out takes long there */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        np_error err = {0};
        char label[80];
        setenv("NEEDLEPATH_PLUGIN_TIMEOUT_S", slow && strstr(rows[i].strategy, "reads") ? "40" : rows[i].timeout_s, 1);
        assert_int_equal(create(*state, rows[i].strategy, NULL, &err), NP_ERR_PLUGIN);
        snprintf(label, sizeof label, "layer test (strategy %s of /", rows[i].strategy);
        if (strncmp(err.text, "case.yaml:", 10) != 0 || !strstr(err.text, label) || !strstr(err.text, rows[i].expected))
            fail_msg("%s: '%s' does not say '%s'", rows[i].strategy, err.text, rows[i].expected);
    }
    unsetenv("NEEDLEPATH_PLUGIN_TIMEOUT_S");
}

static np_status paint(np_painter *painter, const np_scan *scan, np_error *err)
{
    size_t n;
    np_field field;
    np_surface_point *points = fixture_points(scan, 500, &n);
    assert_int_equal(np_field_init(&field, n, NULL), NP_OK);
    np_status status = np_painter_paint(painter, points, n, 0, NULL, &field, err);
    np_field_fini(&field);
    free(points);
    return status;
}

/* The planner rests its strategies while it places and checks dots: nothing of them runs then, and they go on where they were. */
static void strategies_that_rest_are_gone_and_come_back(void **state)
{
    np_error err = {0};
    size_t n;
    fixture_use_plugins("run");
    np_case *c = fixture_case_with(*state, "well");
    np_painter *painter = fixture_painter(c, *state);
    for (int i = 0; i < 2; i++) {
        np_painter_rest(painter);
        expect_no_survivors();
        assert_int_equal(paint(painter, *state, &err), NP_OK);
    }
    np_painter_destroy(painter);
    np_case_destroy(c);

    fixture_use_plugins("hostile");
    c = fixture_case_with(*state, "layout_changes");
    painter = fixture_painter(c, *state);
    np_painter_pins(painter, &n);
    assert_int_equal(n, 1);
    assert_int_equal(paint(painter, *state, &err), NP_OK);
    np_status status = NP_OK; /* one helper in seven may have the number that the first had, modulo 7 */
    for (int i = 0; i < 50 && status == NP_OK; i++) {
        np_painter_rest(painter);
        status = paint(painter, *state, &err);
    }
    assert_int_equal(status, NP_ERR_PLUGIN);
    assert_non_null(strstr(err.text, "its layout emits other curves or pins when it is asked again"));
    np_painter_destroy(painter);
    np_case_destroy(c);
}

/* The states of this process's children, a letter each, as /proc has them. */
static void read_states(char *out, size_t size)
{
    char path[64];
    size_t n = 0;
    long child;
    snprintf(path, sizeof path, "/proc/self/task/%ld/children", (long)getpid());
    FILE *list = fopen(path, "r");
    assert_non_null(list);
    while (n + 1 < size && fscanf(list, "%ld", &child) == 1) {
        snprintf(path, sizeof path, "/proc/%ld/stat", child);
        FILE *f = fopen(path, "r");
        assert_non_null(f);
        assert_int_equal(fscanf(f, "%*d (%*[^)]) %c", &out[n++]), 1);
        fclose(f);
    }
    fclose(list);
    out[n] = '\0';
}

/* A strategy whose threads go on working when it has answered: the helper stands still until it is asked again. */
static void a_helper_that_owes_nothing_stands_still(void **state)
{
    np_error err = {0};
    char states[8] = "";
    struct timespec pause = {0, 1000000};
    fixture_use_plugins("hostile");
    np_case *c = fixture_case_with(*state, "layout_spins");
    np_painter *painter = fixture_painter(c, *state);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 5000 && strcmp(states, "T") != 0; i++) {
            read_states(states, sizeof states);
            nanosleep(&pause, NULL);
        }
        assert_string_equal(states, "T");
        assert_int_equal(paint(painter, *state, &err), NP_OK);
    }
    np_painter_destroy(painter);
    np_case_destroy(c);
    expect_no_survivors();
}

/* What the user sees while a strategy hangs: the N-th report of a stage of that name is answered by Ctrl-C. */
typedef struct ctrl_c {
    const char *stage;
    int after;
} ctrl_c;

static bool press(void *context, const char *stage, double fraction)
{
    ctrl_c *c = context;
    (void)fraction;
    return strcmp(stage, c->stage) != 0 || c->after-- > 0;
}

/* With the default time limit of 30 s, and the test's own of 300 s: none of these is waited for. */
static void whatever_it_does_ctrl_c_is_heard(void **state)
{
    static const struct {
        const char *strategy;
        ctrl_c c;
    } rows[] = {
        {"layout_hangs", {"laying out", 3}},
        {"layout_drip", {"laying out", 3}},
        {"layout_never_reads", {"preparing", 3}},
        {"layout_endless", {"drawing curves", 20}},
    };
    setenv("NEEDLEPATH_PLUGIN_TIMEOUT_S", "3600", 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        np_error err = {0};
        ctrl_c c = rows[i].c;
        np_progress progress = {press, &c};
        assert_int_equal(create(*state, rows[i].strategy, &progress, &err), NP_ERR_STOPPED);
        assert_non_null(strstr(err.text, "stopped while "));
    }
    unsetenv("NEEDLEPATH_PLUGIN_TIMEOUT_S");
}

static int set_up(void **state)
{
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
    return fixture_set_up(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_attack_is_named_in_time),
        cmocka_unit_test(strategies_that_rest_are_gone_and_come_back),
        cmocka_unit_test(a_helper_that_owes_nothing_stands_still),
        cmocka_unit_test(whatever_it_does_ctrl_c_is_heard),
    };
    return cmocka_run_group_tests(tests, set_up, fixture_tear_down);
}
