/* What the stream's tests share: a small approved plan in a folder of its own, and a simulator in a thread at the other end
 * of the wire. */
#ifndef NP_TESTS_STREAM_RIG_H
#define NP_TESTS_STREAM_RIG_H

#include "../test.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../plan/moves_fixture.h"
#include "link/link.h"
#include "plan/binding.h"
#include "plan/journal.h"
#include "plan/approval.h"
#include "plan/keys.h"
#include "sim/machine.h"
#include "stream/stream.h"

static char folder[64];

/* NAME's path in the folder; stays valid, for any thread, until the folder is removed. */
static const char *in_folder(const char *name)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static char paths[32][128];
    char path[128];
    int i = 0;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    pthread_mutex_lock(&lock);
    if (strncmp(paths[0], folder, strlen(folder)) != 0)
        memset(paths, 0, sizeof paths);
    while (i < 31 && paths[i][0] && strcmp(paths[i], path) != 0)
        i++;
    strcpy(paths[i], path);
    pthread_mutex_unlock(&lock);
    return paths[i];
}

static int make_folder(void **state)
{
    (void)state;
    /* in memory where there is such a place: thousands of syncs are not what is tested */
    strcpy(folder, "/dev/shm/np-test-stream-XXXXXX");
    if (mkdtemp(folder))
        return 0;
    strcpy(folder, "/tmp/np-test-stream-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

/* Dots in rows 1 mm apart over the crown of a round head. */
static np_dot crown_dot(uint32_t id, int session, uint32_t order, int row, int column)
{
    double x = row * 1.0 - 20, y = column * 1.0 - 20, z = sqrt(100 * 100 - x * x - y * y);
    np_vec3 n = {x / 100, y / 100, z / 100};
    double tilt = id % 3 * 0.2;
    np_dot dot = {.id = id, .session = session, .order = order, .position = {x, y, z + 20}, .normal = n};
    dot.axis = np_vec3_scale(np_vec3_rotate(n, np_vec3_perpendicular(n), tilt), -1);
    dot.tilt_rad = tilt;
    dot.depth_mm = 0.6 + id % 5 * 0.05;
    dot.tone = 0.5;
    dot.dwell_ms = 20;
    dot.density_per_cm2 = 50;
    np_plan_quantise_dot(&dot);
    return dot;
}

/* Changes the plan that is about to be written; NULL: it is left as it is. */
static void (*edit_plan)(np_plan *plan);

/* Writes PLAN.needleplan with N dots in session 1 and 5 in session 2, unapproved. */
static void write_plan(const char *path, uint32_t n)
{
    np_plan_layer layer = {.name = "crown", .strategy = "test 1.0.0", .area_cm2 = 10, .dots = {n, 5}};
    np_plan plan = {.case_text = "version: 1\n",
                    .notes = "",
                    .plugins = "",
                    .title = "test",
                    .version = "0",
                    .seed = n,
                    .needle_diameter_mm = 0.25,
                    .limits = {0.3, 1.5, 30, 0.45, 0.7, 100000},
                    .layers = &layer,
                    .n_layers = 1,
                    .n_sessions = 2,
                    .sessions = {{.dots = n}, {.dots = 5, .day = 7}},
                    .n_dots = n + 5,
                    .treated_area_cm2 = 10};
    plan.dots = calloc(n + 5, sizeof *plan.dots);
    assert_non_null(plan.dots);
    for (uint32_t i = 0; i < n + 5; i++) {
        int row = (int)i / 40, column = row % 2 ? 39 - (int)i % 40 : (int)i % 40;
        plan.dots[i] = crown_dot(1000 + i * 3, i < n ? 1 : 2, i < n ? i : i - n, row, column);
    }
    if (edit_plan)
        edit_plan(&plan);
    fixture_moves(&plan, 9);
    np_plan_digest(&plan, plan.digest);
    np_error err = {0};
    if (np_plan_write(&plan, path, true, &err) != NP_OK)
        fail_msg("%s", err.text);
    free(plan.dots);
    np_plan_moves_fini(&plan.moves);
}

/* The same, approved by op.key, which is made if it is not there. */
static void make_plan(uint32_t n)
{
    np_error err = {0};
    write_plan(in_folder("p.needleplan"), n);
    if (access(in_folder("op.key"), F_OK) != 0)
        assert_int_equal(np_keys_new(in_folder("op.key"), "tester", NULL, &err), NP_OK);
    if (np_plan_approve(in_folder("p.needleplan"), in_folder("op.key"), NULL, &(np_wire_terms){0}, 1700000000, &err) !=
        NP_OK)
        fail_msg("%s", err.text);
}

/* ---- the simulator ---- */

typedef struct simulator {
    sim_machine_options options;
    sim_machine_summary summary;
    np_error err;
    np_status status;
    volatile sig_atomic_t stop;
    pthread_t thread;
    FILE *out, *log;
    char log_text[16384];
} simulator;

static void *run_simulator(void *context)
{
    simulator *s = context;
    s->status = sim_machine_run(&s->options, &s->summary, &s->err);
    return NULL;
}

/* Starts it with S->options (listen, journal, record and the stop flag are filled in where they are not set). */
static void start_simulator(simulator *s)
{
    static char listen[160], journal[128], record[128];
    snprintf(listen, sizeof listen, "zmq:ipc://%s", in_folder("arm"));
    snprintf(journal, sizeof journal, "%s", in_folder("arm.journal"));
    snprintf(record, sizeof record, "%s", in_folder("record.csv"));
    s->options.listen = s->options.listen ? s->options.listen : listen;
    s->options.journal = s->options.journal ? s->options.journal : journal;
    struct stat about;
    s->options.new_journal = stat(s->options.journal, &about) != 0 || about.st_size == 0;
    s->options.record = s->options.record ? s->options.record : record;
    s->options.stop = &s->stop;
    s->stop = 0;
    s->out = tmpfile();
    s->log = fmemopen(s->log_text, sizeof s->log_text, "w");
    s->options.out = s->out;
    s->options.log = s->log;
    assert_int_equal(pthread_create(&s->thread, NULL, run_simulator, s), 0);
}

static void stop_simulator(simulator *s)
{
    s->stop = 1;
    pthread_join(s->thread, NULL);
    fclose(s->out);
    fclose(s->log);
    if (s->status != NP_OK)
        fail_msg("simulator: %s", s->err.text);
}

/* ---- the run ---- */

static const char *target(void)
{
    static char text[160];
    snprintf(text, sizeof text, "zmq:ipc://%s", in_folder("arm"));
    return text;
}

static np_run_options run_options(void)
{
    return (np_run_options){.plan_path = in_folder("p.needleplan"),
                            .session = 1,
                            .target = target(),
                            .connect_timeout_s = 10,
                            .head_is_arm_frame = true};
}

/* Runs and expects STATUS. */
static np_run_state run(const np_run_options *options, np_status status, const char *says)
{
    np_run_state state;
    np_error err = {0};
    np_status got = np_run_session(options, &state, &err);
    if (got != status)
        fail_msg("run: %s: %s", np_status_name(got), err.text);
    if (says && !strstr(err.text, says))
        fail_msg("expected \"%s\" in: %s", says, err.text);
    return state;
}

/* The record is session 1 of the plan: every dot once, in order, in place. */
static void assert_record_is_plan(uint32_t n)
{
    FILE *f = fopen(in_folder("record.csv"), "r");
    char line[256], status[16];
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof line, f));
    for (uint32_t i = 0; i < n; i++) {
        unsigned id;
        np_vec3 p;
        double depth, time_s;
        int row = (int)i / 40, column = row % 2 ? 39 - (int)i % 40 : (int)i % 40;
        np_dot want = crown_dot(1000 + i * 3, 1, i, row, column);
        if (!fgets(line, sizeof line, f))
            fail_msg("%u punctures of %u", i, n);
        assert_int_equal(sscanf(line, "%lf,%u,%lf,%lf,%lf,%lf,%15s", &time_s, &id, &p.x, &p.y, &p.z, &depth, status),
                         7);
        assert_int_equal(id, want.id);
        assert_near(np_vec3_distance(p, want.position), 0, 0.05);
        assert_near(depth, want.depth_mm, 0.01);
    }
    assert_null(fgets(line, sizeof line, f));
    fclose(f);
}

static uint32_t journalled(np_journal_state which, uint32_t n)
{
    np_journal_state *states = malloc(n * sizeof *states);
    np_error err = {0};
    uint32_t count = 0;
    assert_non_null(states);
    if (np_journal_read(in_folder("p.needleplan"), 1, states, n, &err) != NP_OK)
        fail_msg("%s", err.text);
    for (uint32_t i = 0; i < n; i++)
        count += states[i] == which;
    free(states);
    return count;
}

#endif
