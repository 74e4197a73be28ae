/* A plan file gives back what was written, to the bit, and refuses to be anything else. */
#include "fixture.h"
#include "moves_fixture.h"
#include "plan/journal.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>

static np_plan *read_back(const char *path)
{
    np_plan *plan = NULL;
    np_error err = {0};
    if (np_plan_read(path, &plan, &err) != NP_OK)
        fail_msg("%s", err.text);
    return plan;
}

static void write_plan(const np_plan *plan, const char *path)
{
    np_error err = {0};
    if (np_plan_write(plan, path, true, &err) != NP_OK)
        fail_msg("%s", err.text);
}

static char *slurp(const char *path, size_t *out_size)
{
    FILE *f = fopen(path, "rb");
    fseek(f, 0, SEEK_END);
    *out_size = (size_t)ftell(f);
    rewind(f);
    char *data = malloc(*out_size);
    assert_int_equal(fread(data, 1, *out_size, f), *out_size);
    fclose(f);
    return data;
}

static void spit(const char *path, const char *data, size_t size)
{
    FILE *f = fopen(path, "wb");
    assert_int_equal(fwrite(data, 1, size, f), size);
    fclose(f);
}

static void add_moves(np_plan *plan)
{
    fixture_moves(plan, 7);
    np_plan_digest(plan, plan->digest);
}

static void moves_come_back_and_are_in_the_digest(void **state)
{
    (void)state;
    np_plan *plan = fixture_plan(200);
    unsigned char without[32];
    memcpy(without, plan->digest, 32);
    add_moves(plan);
    assert_memory_not_equal(plan->digest, without, 32);
    const char *path = fixture_path("moves.needleplan");
    write_plan(plan, path);
    np_plan *back = read_back(path);
    assert_int_equal(back->moves.n_moves, plan->moves.n_moves);
    assert_int_equal(back->moves.n_vias, plan->moves.n_vias);
    assert_memory_equal(back->moves.hover_um, plan->moves.hover_um, 200 * sizeof(int32_t));
    assert_memory_equal(back->moves.moves, plan->moves.moves, plan->moves.n_moves * sizeof *plan->moves.moves);
    assert_memory_equal(back->moves.vias, plan->moves.vias, plan->moves.n_vias * sizeof *plan->moves.vias);
    assert_memory_equal(&back->moves.home, &plan->moves.home, sizeof plan->moves.home);
    assert_memory_equal(&back->moves.station, &plan->moves.station, sizeof plan->moves.station);
    assert_memory_equal(back->moves.lean_deg, plan->moves.lean_deg, 200);
    assert_memory_equal(back->moves.support_um, plan->moves.support_um, NP_SUPPORT_NODES * sizeof(int32_t));
    for (int i = 0; i < 100; i++) {
        np_vec3 d = np_vec3_normalize(np_vec3_make(sin(i), cos(3 * i), sin(7 * i)));
        double reach = np_plan_moves_reach_mm(&back->moves, d);
        assert_true(reach >= 100);
        assert_true(reach < 100.5);
    }
    const np_plan_move *found = np_plan_moves_find(&back->moves, 2, 41, 42);
    assert_non_null(found);
    assert_int_equal(found->session, 2);
    assert_int_equal(found->to, 42);
    assert_null(np_plan_moves_find(&back->moves, 1, 40, 41));
    assert_null(np_plan_moves_find(&back->moves, 2, 42, 43));
    np_plan_destroy(back);
    np_plan_destroy(plan);
}

/* As a plan had them before there was anything for gantries in it. */
static void moves_without_leans_come_back(void **state)
{
    (void)state;
    np_plan *plan = fixture_plan(200);
    add_moves(plan);
    unsigned char with[32];
    memcpy(with, plan->digest, 32);
    free(plan->moves.lean_deg);
    free(plan->moves.support_um);
    plan->moves.lean_deg = NULL;
    plan->moves.support_um = NULL;
    np_plan_digest(plan, plan->digest);
    assert_memory_not_equal(plan->digest, with, 32);
    const char *path = fixture_path("older.needleplan");
    write_plan(plan, path);
    fixture_sql(path, "ALTER TABLE hovers DROP COLUMN lean_deg; DROP TABLE support; DROP TABLE epochs;"
                      "ALTER TABLE journal DROP COLUMN learnt;"
                      "ALTER TABLE approvals DROP COLUMN version; ALTER TABLE approvals DROP COLUMN executors;"
                      "ALTER TABLE approvals DROP COLUMN not_after_unix_s; ALTER TABLE approvals DROP COLUMN air_only;"
                      "ALTER TABLE approvals DROP COLUMN reload_every; ALTER TABLE approvals DROP COLUMN needle_life;"
                      "PRAGMA user_version = 9");
    np_plan *back = read_back(path);
    assert_null(back->moves.lean_deg);
    assert_null(back->moves.support_um);
    assert_memory_equal(back->moves.hover_um, plan->moves.hover_um, 200 * sizeof(int32_t));
    assert_true(np_plan_moves_reach_mm(&back->moves, np_vec3_make(0, 0, 1)) == INFINITY);
    np_plan_destroy(back);
    /* a run brings it forward, and it is no plan for gantries for that */
    np_journal *journal;
    np_error err = {0};
    assert_int_equal(np_journal_open(path, plan, 1, "test", 0, &journal, &err), NP_OK);
    assert_int_equal(np_journal_close(&journal, NP_PLAN_RUN_HELD, &err), NP_OK);
    back = read_back(path);
    assert_null(back->moves.support_um);
    np_plan_destroy(back);
    np_plan_destroy(plan);
}

static void comes_back_to_the_bit(void **state)
{
    (void)state;
    np_plan *plan = fixture_plan(1000);
    const char *path = fixture_path("whole.needleplan");
    write_plan(plan, path);
    np_plan *back = read_back(path);
    assert_int_equal(back->n_dots, 1000);
    for (size_t i = 0; i < plan->n_dots; i++) {
        const np_dot *a = &plan->dots[i], *b = &back->dots[i];
        assert_int_equal(a->id, b->id);
        assert_int_equal(a->session, b->session);
        assert_int_equal(a->order, b->order);
        assert_int_equal(a->layer, b->layer);
        assert_int_equal(a->pin, b->pin);
        assert_true(np_vec3_distance(a->position, b->position) == 0);
        assert_true(np_vec3_distance(a->normal, b->normal) == 0);
        assert_true(np_vec3_distance(a->axis, b->axis) == 0);
        assert_true(a->depth_mm == b->depth_mm);
        assert_true(a->tilt_rad == b->tilt_rad);
        assert_true(a->tone == b->tone);
        assert_true(a->dwell_ms == b->dwell_ms);
        assert_true(a->density_per_cm2 == b->density_per_cm2);
    }
    assert_memory_equal(back->digest, plan->digest, 32);
    assert_int_equal(back->n_figures, FIXTURE_FIGURES);
    for (size_t i = 0; i < FIXTURE_FIGURES; i++) {
        assert_string_equal(back->figures[i].name, plan->figures[i].name);
        assert_true(back->figures[i].value == plan->figures[i].value);
    }
    assert_int_equal(back->reload_every, 77);
    assert_int_equal(back->accepted, 5);
    assert_string_equal(back->notes, plan->notes);
    assert_string_equal(back->plugins, plan->plugins);
    assert_memory_equal(&back->limits, &plan->limits, sizeof plan->limits);
    assert_memory_equal(back->sessions, plan->sessions, sizeof plan->sessions);
    assert_memory_equal(back->layers[1].dots, plan->layers[1].dots, sizeof plan->layers[1].dots);
    assert_string_equal(back->layers[1].name, "top");
    assert_string_equal(back->title, plan->title);
    assert_int_equal(back->seed, 42);
    assert_int_equal(back->n_approvals, 0);
    assert_int_equal(back->n_runs, 0);
    np_plan_destroy(back);
    np_plan_destroy(plan);
}

static void the_digest_knows_what_matters(void **state)
{
    (void)state;
    np_plan *plan = fixture_plan(200);
    unsigned char before[32], after[32];
    np_plan_digest(plan, before);
    /* Texts and the version do not matter to the patient; each of these does. */
    plan->title[0] = 'X';
    plan->version[0] = '9';
    plan->case_text[0] = 'X';
    plan->figures[0].value = -3;
    plan->notes[0] = 'X';
    plan->reload_every++;
    np_plan_digest(plan, after);
    assert_memory_equal(before, after, 32);
    double *doubles[] = {
        &plan->dots[5].position.x, &plan->dots[5].normal.z,   &plan->dots[5].axis.y,   &plan->dots[199].depth_mm,
        &plan->dots[0].tone,       &plan->dots[0].dwell_ms,   &plan->dots[7].tilt_rad, &plan->dots[7].density_per_cm2,
        &plan->needle_diameter_mm, &plan->limits.depth_max_mm};
    for (size_t i = 0; i < sizeof doubles / sizeof *doubles; i++) {
        double was = *doubles[i];
        *doubles[i] += 0.001;
        np_plan_digest(plan, after);
        assert_memory_not_equal(before, after, 32);
        *doubles[i] = was;
    }
    plan->dots[9].pin = !plan->dots[9].pin;
    np_plan_digest(plan, after);
    assert_memory_not_equal(before, after, 32);
    plan->dots[9].pin = !plan->dots[9].pin;
    plan->sessions[1].day++;
    np_plan_digest(plan, after);
    assert_memory_not_equal(before, after, 32);
    plan->sessions[1].day--;
    plan->layers[0].strategy[0] = 'X';
    np_plan_digest(plan, after);
    assert_memory_not_equal(before, after, 32);
    np_plan_destroy(plan);
}

static void other_files_are_refused(void **state)
{
    (void)state;
    np_plan *plan;
    np_error err = {0};
    assert_int_equal(np_plan_read(fixture_path("nothing"), &plan, &err), NP_ERR_IO);
    assert_int_equal(np_plan_read(fixture_path(""), &plan, &err), NP_ERR_IO);
    assert_non_null(strstr(err.text, "not a regular file"));
    const char *path = fixture_path("other");
    FILE *f = fopen(path, "w");
    fclose(f);
    assert_int_equal(np_plan_read(path, &plan, &err), NP_ERR_FORMAT);
    assert_non_null(strstr(err.text, "the file is empty"));
    f = fopen(path, "w");
    for (int i = 0; i < 1000; i++)
        fputs("this is no database at all\n", f);
    fclose(f);
    assert_int_equal(np_plan_read(path, &plan, &err), NP_ERR_FORMAT);
    assert_non_null(strstr(err.text, "no SQLite database"));
    unlink(path);
    fixture_sql(path, "CREATE TABLE t (x); PRAGMA application_id = 12345");
    assert_int_equal(np_plan_read(path, &plan, &err), NP_ERR_FORMAT);
    assert_non_null(strstr(err.text, "of another program"));
    fixture_sql(path, "PRAGMA application_id = 0x4E504C4E; PRAGMA user_version = 14");
    assert_int_equal(np_plan_read(path, &plan, &err), NP_ERR_FORMAT);
    assert_non_null(strstr(err.text, "schema version 14; this needlepath reads versions 1 to 13"));
    assert_null(plan);
}

/* An approval whose key and signature are well-formed, with TERMS. */
#define APPROVAL(terms) "INSERT INTO approvals VALUES (NULL, 'x', zeroblob(32), zeroblob(64), 0, " terms ")"

/* What a hand with an SQLite tool may do to a plan. */
static void every_change_is_noticed(void **state)
{
    (void)state;
    static const struct {
        const char *change, *message;
    } rows[] = {
        {"UPDATE dots SET x_um = x_um + 1 WHERE id = 7", "the dots or the limits were changed"},
        {"UPDATE dots SET nz_ppm = nz_ppm - 1 WHERE id = 7", "were changed after planning: the digest is"},
        {"UPDATE dots SET az_ppm = az_ppm - 1 WHERE id = 7", "were changed"},
        {"UPDATE dots SET depth_um = 900 WHERE id = 99", "were changed"},
        {"UPDATE dots SET tilt_urad = tilt_urad + 1 WHERE id = 99", "were changed"},
        {"UPDATE dots SET tone_ppm = 1 WHERE id = 99", "were changed"},
        {"UPDATE dots SET dwell_us = 1 WHERE id = 99", "were changed"},
        {"UPDATE dots SET layer = 1 - layer WHERE id = 99", "were changed"},
        {"UPDATE dots SET pin = 1 - pin WHERE id = 99", "were changed"},
        {"UPDATE dots SET density_per_1000_cm2 = 5 WHERE id = 99", "were changed"},
        {"UPDATE dots SET id = 5000 WHERE id = 99", "were changed"},
        {"UPDATE dots SET layer = 2 WHERE id = 99", "a dot is wrong"},
        {"UPDATE dots SET x_um = 1099511627776 WHERE id = 99", "a dot is wrong"},
        {"UPDATE dots SET tour_order = 7777 WHERE id = 99", "a dot is wrong, missing or out of order"},
        {"UPDATE dots SET tour_order = CASE tour_order WHEN 1 THEN 2 ELSE 1 END WHERE session = 1 AND "
         "tour_order IN (1, 2)",
         "were changed"},
        {"DELETE FROM dots WHERE id = 99", "dots are missing or were added"},
        {"INSERT INTO dots SELECT 900, 1, 900, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0", "dots are missing or"},
        {"UPDATE meta SET value = 1.0 WHERE key = 'depth_max_mm'", "were changed"},
        {"UPDATE meta SET value = 43 WHERE key = 'seed'", "were changed"},
        {"UPDATE meta SET value = zeroblob(32) WHERE key = 'scan_digest'", "were changed"},
        {"UPDATE meta SET value = zeroblob(32) WHERE key = 'digest'", "were changed"},
        {"UPDATE meta SET value = zeroblob(31) WHERE key = 'digest'", "a row of the table meta is wrong"},
        {"UPDATE meta SET value = 'x' WHERE key = 'case_text'", "its texts or figures"},
        {"UPDATE meta SET value = 'x' WHERE key = 'title'", "its texts or figures"},
        {"DELETE FROM meta WHERE key = 'title'", "the table meta lacks a row"},
        {"UPDATE meta SET value = 'x' WHERE key = 'notes'", "its texts or figures"},
        {"UPDATE meta SET value = 'x' WHERE key = 'plugins'", "its texts or figures"},
        {"DELETE FROM meta WHERE key = 'plugins'", "the table meta lacks a row"},
        {"UPDATE meta SET value = 78 WHERE key = 'reload_every'", "its texts or figures"},
        {"UPDATE meta SET value = 4 WHERE key = 'accepted'", "were changed"},
        {"DELETE FROM meta WHERE key = 'reload_every'", "the table meta lacks a row"},
        {"UPDATE statistics SET value = 2 WHERE name = 'figure_03'", "its texts or figures"},
        {"DELETE FROM statistics WHERE name = 'figure_03'", "its texts or figures"},
        {"UPDATE statistics SET name = 'figure_99' WHERE name = 'figure_01'", "its texts or figures"},
        {"UPDATE statistics SET name = 'a name that is longer than any figure has' WHERE name = 'figure_01'",
         "a row of the table statistics is wrong"},
        {"INSERT INTO runs SELECT NULL, 1, 0, 'x', 'flying', value FROM meta WHERE key = 'digest'",
         "a run is in no state that there is"},
        {"UPDATE sessions SET tour_time_s = 1", "its texts or figures"},
        {"UPDATE sessions SET day = 99 WHERE number = 2", "were changed"},
        {"UPDATE sessions SET dots = dots - 1 WHERE number = 1", "dots are missing"},
        {"DELETE FROM sessions WHERE number = 1", "a session is wrong"},
        {"DELETE FROM sessions", "it has no sessions"},
        {"UPDATE layers SET name = 'x' WHERE number = 1", "were changed"},
        {"DELETE FROM layers WHERE number = 0", "a layer is missing"},
        {"INSERT INTO approvals VALUES (NULL, 'x', x'00', x'00', 0, 2, x'', 0, 0, 0, 0)", "an approval is wrong"},
        {APPROVAL("2, x'00', 0, 0, 0, 0"), "an approval is wrong"},
        {APPROVAL("2, zeroblob(144), 0, 0, 0, 0"), "an approval is wrong"},
        {APPROVAL("3, x'', 0, 0, 0, 0"), "an approval is wrong"},
        {APPROVAL("2, x'', -1, 0, 0, 0"), "an approval is wrong"},
        {APPROVAL("2, x'', 0, 2, 0, 0"), "an approval is wrong"},
        {APPROVAL("2, x'', 0, 0, 262145, 0"), "an approval is wrong"},
        {APPROVAL("2, x'', 0, 0, 0, -1"), "an approval is wrong"},
        {"UPDATE hovers SET hover_um = hover_um + 1 WHERE session = 2 AND tour_order = 3", "were changed"},
        {"UPDATE hovers SET hover_um = -1 WHERE session = 2 AND tour_order = 3", "the height of a hover is wrong"},
        {"UPDATE hovers SET lean_deg = 20 WHERE session = 2 AND tour_order = 3", "were changed"},
        {"UPDATE hovers SET lean_deg = 91 WHERE session = 2 AND tour_order = 3", "the lean of a dot is wrong"},
        {"UPDATE support SET reach_um = reach_um - 1 WHERE node = 700", "were changed"},
        {"UPDATE support SET reach_um = 1099511627776 WHERE node = 700", "a reach of the scan is wrong"},
        {"UPDATE support SET node = 5000 WHERE node = 700", "a reach of the scan is wrong"},
        {"DELETE FROM support WHERE node = 700", "a reach of the scan is missing or was added"},
        {"DELETE FROM support", "the lean of a dot is wrong"},
        {"DELETE FROM support; UPDATE hovers SET lean_deg = 0", "were changed"},
        {"DELETE FROM hovers WHERE session = 1 AND tour_order = 0", "moves are missing or were added"},
        {"DELETE FROM hovers; DELETE FROM moves; DELETE FROM vias", "were changed"},
        {"UPDATE moves SET to_order = 6 WHERE number = 1", "the moves are not those of its dots"},
        {"UPDATE moves SET vias = 33 WHERE number = 1", "a move is wrong"},
        {"UPDATE moves SET session = 9 WHERE number = 1", "a move is wrong"},
        {"DELETE FROM moves WHERE number = 5", "were changed"},
        {"UPDATE moves SET session = 2 WHERE number = 1", "the moves are not those of its dots"},
        {"UPDATE vias SET z_um = 0 WHERE number = 3", "were changed"},
        {"DELETE FROM vias WHERE number = 6", "a via is wrong or missing"},
        {"DROP TABLE dots", "cut short or damaged"},
    };
    np_plan *plan = fixture_plan(300);
    add_moves(plan);
    write_plan(plan, fixture_path("whole.needleplan"));
    size_t size;
    char *data = slurp(fixture_path("whole.needleplan"), &size);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *path = fixture_path("changed.needleplan");
        spit(path, data, size);
        fixture_sql(path, rows[i].change);
        np_plan *back = plan;
        np_error err = {0};
        np_status status = np_plan_read(path, &back, &err);
        if (status != NP_ERR_FORMAT || back != NULL || !strstr(err.text, rows[i].message))
            fail_msg("after '%s': %s %s", rows[i].change, np_status_name(status), err.text);
    }
    free(data);
    np_plan_destroy(plan);
}

static void a_file_cut_short_is_refused(void **state)
{
    (void)state;
    np_plan *plan = fixture_plan(300);
    write_plan(plan, fixture_path("whole.needleplan"));
    size_t size;
    char *data = slurp(fixture_path("whole.needleplan"), &size);
    const char *path = fixture_path("cut.needleplan");
    for (size_t n = 0; n < size; n = n < 600 ? n + 37 : n + size / 61) {
        spit(path, data, n);
        np_plan *back = plan;
        np_error err = {0};
        np_status status = np_plan_read(path, &back, &err);
        if (status != NP_ERR_FORMAT || back)
            fail_msg("cut at %zu of %zu: %s %s", n, size, np_status_name(status), err.text);
    }
    free(data);
    np_plan_destroy(plan);
}

/* A flipped bit is found, or lies where nothing is stored: then the plan is the same to the bit. */
static void flipped_bits_never_change_a_plan(void **state)
{
    (void)state;
    np_plan *plan = fixture_plan(60);
    write_plan(plan, fixture_path("whole.needleplan"));
    size_t size;
    char *data = slurp(fixture_path("whole.needleplan"), &size);
    const char *path = fixture_path("flipped.needleplan");
    unsigned refused = 0;
    for (size_t i = 0; i < 500; i++) {
        size_t bit = i * 7919 * 13 % (size * 8);
        data[bit / 8] = (char)(data[bit / 8] ^ 1 << bit % 8);
        spit(path, data, size);
        np_plan *back = NULL;
        np_error err = {0};
        np_status status = np_plan_read(path, &back, &err);
        if (status == NP_OK) {
            assert_memory_equal(back->digest, plan->digest, 32);
            assert_int_equal(back->n_dots, plan->n_dots);
            assert_int_equal(back->n_runs, 0);
            assert_int_equal(back->n_approvals, 0);
            assert_string_equal(back->case_text, plan->case_text);
        } else {
            refused++;
            assert_int_equal(np_status_exit(status), 3);
            assert_int_not_equal(*err.text, 0);
        }
        np_plan_destroy(back);
        data[bit / 8] = (char)(data[bit / 8] ^ 1 << bit % 8);
    }
    assert_true(refused > 50);
    free(data);
    np_plan_destroy(plan);
}

static unsigned files_in_folder(void)
{
    char command[200];
    snprintf(command, sizeof command, "ls -A '%s' | wc -l", fixture_path(""));
    FILE *f = popen(command, "r");
    unsigned n = 0;
    assert_int_equal(fscanf(f, "%u", &n), 1);
    pclose(f);
    return n;
}

/* A limit on file sizes is as good as a full disk: nothing is left behind, nothing that was there is touched.
 */
static void a_full_disk_leaves_nothing_half_written(void **state)
{
    (void)state;
    np_plan *plan = fixture_plan(2000), *small = fixture_plan(50);
    char path[128], old[128];
    snprintf(path, sizeof path, "%s", fixture_path("full.needleplan"));
    snprintf(old, sizeof old, "%s", fixture_path("old.needleplan"));
    write_plan(small, old);
    unsigned files = files_in_folder();
    struct rlimit was, tight;
    getrlimit(RLIMIT_FSIZE, &was);
    signal(SIGXFSZ, SIG_IGN);
    for (rlim_t limit = 0; limit <= 100000; limit += 9000) {
        tight = (struct rlimit){limit, was.rlim_max};
        setrlimit(RLIMIT_FSIZE, &tight);
        np_error err = {0}, err_old = {0};
        np_status status = np_plan_write(plan, path, false, &err);
        np_status status_old = np_plan_write(plan, old, true, &err_old);
        setrlimit(RLIMIT_FSIZE, &was);
        if (status != NP_ERR_IO || status_old != NP_ERR_IO)
            fail_msg("limit %lu: %s %s", (unsigned long)limit, np_status_name(status), err.text);
        assert_int_not_equal(access(path, F_OK), 0);
    }
    assert_int_equal(files_in_folder(), files);
    np_plan *back = read_back(old);
    assert_int_equal(back->n_dots, 50);
    np_plan_destroy(back);
    np_plan_destroy(small);
    np_plan_destroy(plan);
}

static void existing_files_are_respected(void **state)
{
    (void)state;
    np_plan *plan = fixture_plan(50);
    const char *path = fixture_path("taken.needleplan");
    np_error err = {0};
    assert_int_equal(np_plan_write(plan, path, false, &err), NP_OK);
    assert_int_equal(np_plan_write(plan, path, false, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "is there already"));
    assert_int_equal(np_plan_write(plan, path, true, &err), NP_OK);
    /* The journal of a run is not thrown away. */
    fixture_sql(path, "INSERT INTO runs VALUES (NULL, 1, 0, 'zmq:x', 'done', x'00')");
    assert_int_equal(np_plan_write(plan, path, true, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "holds the journal"));
    assert_int_equal(np_plan_write(plan, fixture_path("no/such/folder"), false, &err), NP_ERR_IO);
    assert_int_equal(np_plan_write(plan, fixture_path(""), true, &err), NP_ERR_INVALID);
    assert_int_equal(np_plan_write(plan, "/dev/full", true, &err), NP_ERR_INVALID);
    np_plan_destroy(plan);
}

/* Figures that are not known (NaN) come back as such. */
static void unknown_figures_stay_unknown(void **state)
{
    (void)state;
    np_plan *plan = fixture_plan(50);
    plan->figures[5].value = NAN;
    plan->sessions[2].spacing_min_mm = NAN;
    const char *path = fixture_path("nan.needleplan");
    write_plan(plan, path);
    np_plan *back = read_back(path);
    assert_true(isnan(back->figures[5].value));
    assert_true(isnan(back->sessions[2].spacing_min_mm));
    np_plan_destroy(back);
    np_plan_destroy(plan);
}

static void sessions_are_found(void **state)
{
    (void)state;
    np_plan *plan = fixture_plan(100);
    size_t n;
    assert_int_equal(np_plan_session_dots(plan, 2, &n)->session, 2);
    assert_int_equal(n, 33);
    assert_null(np_plan_session_dots(plan, 0, &n));
    assert_null(np_plan_session_dots(plan, 4, &n));
    assert_int_equal(n, 0);
    np_wire_limits limits = np_plan_wire_limits(plan);
    assert_int_equal(limits.tilt_max_urad, 523599);
    assert_int_equal(limits.depth_min_um, 300);
    np_plan_destroy(plan);
    np_plan_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back_to_the_bit),
        cmocka_unit_test(moves_come_back_and_are_in_the_digest),
        cmocka_unit_test(moves_without_leans_come_back),
        cmocka_unit_test(the_digest_knows_what_matters),
        cmocka_unit_test(other_files_are_refused),
        cmocka_unit_test(every_change_is_noticed),
        cmocka_unit_test(a_file_cut_short_is_refused),
        cmocka_unit_test(flipped_bits_never_change_a_plan),
        cmocka_unit_test(a_full_disk_leaves_nothing_half_written),
        cmocka_unit_test(existing_files_are_respected),
        cmocka_unit_test(unknown_figures_stay_unknown),
        cmocka_unit_test(sessions_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, fixture_remove);
}
