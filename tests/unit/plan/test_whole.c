/* A plan file is whole: without its log, or with that of another, it is refused by name and nothing is changed; whatever else
 * can lie beside it is read. */
#include "fixture.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>

#include "in_memory.h"
#include "plan/journal.h"
#include "plan/approval.h"
#include "plan/keys.h"
#include "plan/made.h"

static np_plan *plan, *other;
static char path[128], stick[128];

static int set_up(void **state)
{
    (void)state;
    np_error err = {0};
    /* what a URI and a pattern take for their own is an ordinary name here */
    snprintf(path, sizeof path, "%s", fixture_path("a plan?100%#.needleplan"));
    snprintf(stick, sizeof stick, "%s", fixture_path("stick.needleplan"));
    plan = fixture_plan(300);
    other = fixture_plan(300);
    other->seed = 43;
    np_plan_digest(other, other->digest);
    return np_plan_write(plan, path, true, &err) == NP_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    char command[300];
    (void)state;
    np_plan_destroy(plan);
    np_plan_destroy(other);
    snprintf(command, sizeof command, "find %s -type f -delete", fixture_path(""));
    return system(command);
}

static const char *beside(const char *of, const char *end)
{
    static char names[4][168];
    static int next;
    char *name = names[next++ % 4];
    snprintf(name, sizeof names[0], "%s%s", of, end);
    return name;
}

static void copy(const char *from, const char *to)
{
    size_t size = 0;
    unsigned char *bytes = file_bytes(from, &size);
    FILE *out = fopen(to, "wb");
    assert_non_null(bytes);
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, size, out), size);
    fclose(out);
    free(bytes);
}

static np_journal *open_run(void)
{
    np_journal *j = NULL;
    np_error err = {0};
    if (np_journal_open(path, plan, 1, "grbl:here", 1000, &j, &err) != NP_OK)
        fail_msg("%s", err.text);
    return j;
}

static void record(np_journal *j, uint32_t from, uint32_t n)
{
    np_error err = {0};
    for (uint32_t i = from; i < from + n; i++) {
        np_journal_event e = {.dot_id = 1 + 3 * i, .state = NP_JOURNAL_DONE, .time_unix_us = 77, .depth_mm = NAN};
        if (np_journal_record(j, &e, 1, &err) != NP_OK)
            fail_msg("%s", err.text);
    }
}

/* A run that makes N dots from FROM on and is killed. */
static void run_and_kill(uint32_t from, uint32_t n)
{
    int status;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        record(open_run(), from, n);
        kill(getpid(), SIGKILL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
}

static void run_to_end(uint32_t from, uint32_t n)
{
    np_error err = {0};
    np_journal *j = open_run();
    record(j, from, n);
    assert_int_equal(np_journal_close(&j, NP_PLAN_RUN_HELD, &err), NP_OK);
    assert_false(np_plan_needs_log(path));
}

/* How many dots of session 1 are done; -1 if it is refused, with SAYS in the message. */
static int done_in(const char *file, const char *says)
{
    np_error err = {0};
    np_plan *back;
    if (np_plan_read(file, &back, &err) != NP_OK) {
        if (!strstr(err.text, says))
            fail_msg("'%s' is not in: %s", says, err.text);
        return -1;
    }
    np_plan_destroy(back);
    np_journal_state states[100];
    int done = 0;
    assert_int_equal(np_journal_read(file, 1, states, 100, &err), NP_OK);
    for (int i = 0; i < 100; i++)
        done += states[i] == NP_JOURNAL_DONE;
    return done;
}

/* Neither reading nor a run takes FILE, and both leave all there is as it is. */
static void assert_refused(const char *file, const np_plan *as, const char *says)
{
    size_t size = 0, log_size = 0, again = 0;
    unsigned char *bytes = file_bytes(file, &size), *log = file_bytes(beside(file, "-wal"), &log_size);
    np_error err = {0};
    np_journal *j;
    assert_int_equal(done_in(file, says), -1);
    assert_int_equal(np_journal_open(file, as, 1, "grbl:here", 1000, &j, &err), NP_ERR_FORMAT);
    assert_non_null(strstr(err.text, says));
    assert_null(j);
    assert_int_equal(done_in(file, says), -1);
    unsigned char *bytes_after = file_bytes(file, &again);
    assert_int_equal(again, size);
    assert_memory_equal(bytes_after, bytes, size);
    free(bytes_after);
    assert_int_equal(access(beside(file, "-wal"), F_OK), log ? 0 : -1);
    if (log) {
        unsigned char *log_after = file_bytes(beside(file, "-wal"), &again);
        assert_int_equal(again, log_size);
        assert_memory_equal(log_after, log, log_size);
        free(log_after);
    }
    free(bytes);
    free(log);
}

static const char LOST[] = "was copied, renamed or moved without it";
static const char FOREIGN[] = "belongs to another plan file, or to another state of this one";

static void a_copy_without_the_log_is_refused(void **state)
{
    (void)state;
    np_error err = {0};
    np_journal *j = open_run();
    record(j, 0, 6);
    copy(path, stick);
    assert_refused(stick, plan, LOST);
    /* with its log it tells what was made so far */
    copy(beside(path, "-wal"), beside(stick, "-wal"));
    assert_int_equal(done_in(stick, ""), 6);
    assert_int_equal(np_journal_close(&j, NP_PLAN_RUN_DONE, &err), NP_OK);
    /* a run that has ended is in the one file */
    unlink(beside(stick, "-wal"));
    unlink(beside(stick, "-shm"));
    copy(path, stick);
    assert_int_equal(done_in(stick, ""), 6);
}

/* Killed, looked at as often as one likes, copied then: the log is still needed. */
static void looking_at_a_killed_run_does_not_merge_its_log(void **state)
{
    (void)state;
    run_and_kill(0, 6);
    assert_int_equal(done_in(path, ""), 6);
    assert_true(np_plan_needs_log(path));
    copy(path, stick);
    assert_refused(stick, plan, LOST);
    run_to_end(6, 1);
    assert_int_equal(done_in(path, ""), 7);
    copy(path, stick);
    assert_int_equal(done_in(stick, ""), 7);
}

static void a_renamed_file_wants_its_log(void **state)
{
    (void)state;
    run_and_kill(0, 6);
    assert_int_equal(rename(path, stick), 0);
    assert_refused(stick, plan, LOST);
    assert_int_equal(rename(beside(path, "-wal"), beside(stick, "-wal")), 0);
    assert_int_equal(done_in(stick, ""), 6);
}

/* Another plan put over one whose run was killed. */
static void the_log_of_another_plan_is_refused(void **state)
{
    (void)state;
    np_error err = {0};
    run_and_kill(0, 6);
    assert_int_equal(np_plan_write(other, stick, true, &err), NP_OK);
    copy(stick, path);
    assert_refused(path, other, FOREIGN);
    /* moved away, as the message says */
    assert_int_equal(rename(beside(path, "-wal"), beside(path, ".kept")), 0);
    unlink(beside(path, "-shm"));
    assert_int_equal(done_in(path, ""), 0);
}

/* The same plan from a backup: from before its first run, before the one that was killed, and from behind it. */
static void the_log_of_another_state_is_refused(void **state)
{
    (void)state;
    copy(path, stick);
    run_and_kill(0, 6);
    copy(beside(path, "-wal"), beside(stick, ".wal1"));
    copy(path, beside(stick, ".1"));
    copy(stick, path);
    assert_refused(path, plan, FOREIGN);
    copy(beside(stick, ".1"), path);
    assert_int_equal(done_in(path, ""), 6);
    run_to_end(6, 4);
    copy(path, stick);
    run_and_kill(10, 5);
    copy(path, beside(stick, ".3"));
    copy(stick, path);
    assert_refused(path, plan, FOREIGN);
    copy(beside(stick, ".3"), path);
    assert_int_equal(done_in(path, ""), 15);
    copy(beside(stick, ".wal1"), beside(path, "-wal"));
    unlink(beside(path, "-shm"));
    assert_refused(path, plan, FOREIGN);
}

/* What is no log at all, or one that was cut off at its head, tells nothing of the run. */
static void a_damaged_log_is_not_taken_for_an_empty_one(void **state)
{
    (void)state;
    run_and_kill(0, 6);
    for (off_t size = 4000; size >= 0; size -= 1000) {
        assert_int_equal(truncate(beside(path, "-wal"), size), 0);
        unlink(beside(path, "-shm"));
        assert_int_equal(done_in(path, size ? FOREIGN : LOST), -1);
    }
}

/* Merged by another program before anybody looked. */
static void the_journal_of_another_plan_is_refused(void **state)
{
    (void)state;
    run_to_end(0, 6);
    fixture_sql(path, "UPDATE journal SET plan = x'0102030405060708' WHERE seq = 5");
    assert_refused(path, plan, "run 1 in it is of another plan");
    fixture_sql(path, "UPDATE journal SET plan = (SELECT plan FROM journal WHERE seq = 4)");
    assert_int_equal(done_in(path, ""), 6);
    fixture_sql(path, "DELETE FROM journal WHERE seq = 3");
    assert_refused(path, plan, "rows of its journal are missing");
    fixture_sql(path, "UPDATE journal SET seq = 3 WHERE seq = 6");
    assert_int_equal(done_in(path, ""), 5);
    fixture_sql(path, "UPDATE runs SET digest = zeroblob(32)");
    assert_refused(path, plan, "run 1 in it is of another plan");
}

/* A database viewer: in the middle of reading when a run begins, and open when it ends. */
static void a_viewer_is_named(void **state)
{
    (void)state;
    np_error err = {0};
    np_journal *j;
    sqlite3 *viewer;
    assert_int_equal(sqlite3_open(path, &viewer), SQLITE_OK);
    assert_int_equal(sqlite3_exec(viewer, "BEGIN; SELECT count(*) FROM dots", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(np_journal_open(path, plan, 1, "grbl:here", 1000, &j, &err), NP_ERR_IO);
    assert_non_null(strstr(err.text, "another program has it open"));
    assert_int_equal(sqlite3_exec(viewer, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    j = open_run();
    record(j, 0, 6);
    assert_int_equal(sqlite3_exec(viewer, "SELECT count(*) FROM dots", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(np_journal_close(&j, NP_PLAN_RUN_HELD, &err), NP_OK);
    assert_true(np_plan_needs_log(path));
    copy(path, stick);
    assert_refused(stick, plan, LOST);
    /* in the middle of reading when the next one begins: that one is refused and is no run under way */
    assert_int_equal(sqlite3_exec(viewer, "BEGIN; SELECT count(*) FROM dots", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(np_journal_open(path, plan, 1, "grbl:here", 1000, &j, &err), NP_ERR_IO);
    assert_non_null(strstr(err.text, "another program has it open"));
    assert_int_equal(done_in(path, ""), 6);
    sqlite3_close(viewer);
    assert_int_equal(done_in(path, ""), 6);
    run_to_end(6, 1);
    assert_int_equal(done_in(path, ""), 7);
}

/* Killed between the checkpoint and its log: nothing was made, and the next run goes on. */
static void a_run_that_was_killed_as_it_began_is_no_dead_end(void **state)
{
    (void)state;
    run_to_end(0, 6);
    run_and_kill(6, 0);
    unlink(beside(path, "-wal"));
    unlink(beside(path, "-shm"));
    assert_refused(path, plan, LOST);
    /* as the process leaves its lock file in that moment */
    sqlite3 *db;
    sqlite3_stmt *s;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT mark FROM marks WHERE run = 2", -1, &s, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    int64_t mark = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    sqlite3_close(db);
    FILE *lock = fopen(beside(path, "-lock"), "wb");
    assert_non_null(lock);
    assert_int_equal(fwrite(&mark, sizeof mark, 1, lock), 1);
    fclose(lock);
    assert_int_equal(done_in(path, ""), 6);
    run_to_end(6, 1);
    assert_int_equal(done_in(path, ""), 7);
    assert_int_not_equal(access(beside(path, "-lock"), F_OK), 0);
}

static void an_approval_after_a_kill_is_kept(void **state)
{
    (void)state;
    char key[140];
    np_error err = {0};
    snprintf(key, sizeof key, "%s", fixture_path("op.key"));
    assert_int_equal(np_keys_new(key, "op", NULL, &err), NP_OK);
    run_and_kill(0, 6);
    assert_int_equal(np_plan_approve(path, key, NULL, &(np_wire_terms){0}, 0, &err), NP_OK);
    assert_int_equal(done_in(path, ""), 6);
    copy(path, stick);
    assert_int_equal(done_in(stick, ""), 6);
}

static void nothing_is_written_beside_the_log_of_another(void **state)
{
    (void)state;
    np_error err = {0};
    run_and_kill(0, 6);
    assert_int_equal(np_plan_write(other, path, true, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "-wal is there"));
    assert_int_equal(rename(path, stick), 0);
    assert_int_equal(np_plan_write(other, stick, true, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "holds the journal"));
    assert_int_equal(np_plan_write(other, path, false, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "-wal is there"));
}

/* The disk is full at any byte of a run's beginning: what was made before can be read, and the treatment goes on once there is room. */
static void a_full_disk_as_a_run_begins_is_no_dead_end(void **state)
{
    (void)state;
    struct rlimit was, tight;
    int refused = 0;
    run_to_end(0, 5);
    getrlimit(RLIMIT_FSIZE, &was);
    signal(SIGXFSZ, SIG_IGN);
    for (rlim_t size = 0; size <= 96 * 1024; size += 2048) {
        np_error err = {0};
        np_journal *j = NULL;
        np_plan *now = NULL;
        assert_int_equal(symlink("/dev/full", beside(path, "-lock")), 0); /* which no note can be written to */
        tight = (struct rlimit){size, was.rlim_max};
        setrlimit(RLIMIT_FSIZE, &tight);
        np_status status = np_journal_open(path, plan, 1, "zmq:tcp://here", 1000, &j, &err);
        setrlimit(RLIMIT_FSIZE, &was);
        assert_int_not_equal(status, NP_OK);
        refused++;
        unlink(beside(path, "-lock"));
        if (np_plan_read(path, &now, &err) != NP_OK)
            fail_msg("with files of %lu bytes: %s", (unsigned long)size, err.text);
        assert_int_equal(now->runs[0].done, 5);
        np_plan_destroy(now);
    }
    assert_int_equal(refused, 49);
    run_to_end(5, 5);
}

/* ---- a disk that is full ---- */

enum { DISK_KB = 1024, SOME_KB = 160 };

static bool write_line(const char *file, const char *line)
{
    int to = open(file, O_WRONLY);
    bool written = to >= 0 && write(to, line, strlen(line)) == (ssize_t)strlen(line);
    close(to);
    return written;
}

/* Puts a file system of DISK_KB of its own over the folder AT, in a namespace of its own; false where that is not allowed. */
static bool own_disk(const char *at)
{
    char users[40], groups[40], options[40];
    snprintf(users, sizeof users, "0 %u 1", (unsigned)getuid());
    snprintf(groups, sizeof groups, "0 %u 1", (unsigned)getgid());
    snprintf(options, sizeof options, "size=%dk", DISK_KB);
    return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && write_line("/proc/self/setgroups", "deny") &&
           write_line("/proc/self/uid_map", users) && write_line("/proc/self/gid_map", groups) &&
           mount("none", at, "tmpfs", 0, options) == 0;
}

/* Leaves KB of the disk of FILE free. */
static void fill(const char *file, unsigned long kb)
{
    static const char block[1024];
    struct statvfs disk;
    FILE *out = fopen(file, "wb");
    assert_non_null(out);
    assert_int_equal(statvfs(file, &disk), 0);
    for (unsigned long n = disk.f_bavail * (disk.f_bsize / 1024); n > kb; n--)
        assert_int_equal(fwrite(block, 1, sizeof block, out), sizeof block);
    assert_int_equal(fclose(out), 0);
}

/* Whether a plan at FILE has what was made: 5 dots. */
static bool is_there(const char *file, const char *when, unsigned long kb)
{
    np_error err = {0};
    np_plan *now = NULL;
    bool there = np_plan_read(file, &now, &err) == NP_OK && now->runs[0].done == 5;
    if (!there)
        fprintf(stderr, "%lu kB free, %s: %s\n", kb, when, err.text);
    np_plan_destroy(now);
    return there;
}

/* What approving FILE with KEY gives; where it is refused, the file must be as it was, and so must its log be there or not. */
static np_status approve_on_full_disk(const char *file, const char *key, int *faults)
{
    np_error err = {0};
    size_t before_size = 0, after_size = 0;
    unsigned char *before = file_bytes(file, &before_size);
    bool had_log = access(beside(file, "-wal"), F_OK) == 0;
    np_status approved = np_plan_approve(file, key, NULL, &(np_wire_terms){0}, 0, &err);
    unsigned char *after = file_bytes(file, &after_size);
    if (approved != NP_OK)
        *faults += before_size != after_size || memcmp(before, after, before_size) != 0 ||
                   had_log != (access(beside(file, "-wal"), F_OK) == 0);
    free(before);
    free(after);
    return approved;
}

/* A run of a copy of the plan in FOLDER is begun, and it is approved, with KB free on the disk there; then there is room.  Whether the run was refused.
 * *FAULTS: what was lost then. */
static bool begin_on_full_disk(const char *folder, const char *key, unsigned long kb, int *faults)
{
    char on_disk[150], filler[160], command[400];
    np_error err = {0};
    np_journal *j = NULL;
    snprintf(command, sizeof command, "rm -f '%s'/* '%s'-*", folder, stick);
    assert_int_equal(system(command), 0);
    snprintf(on_disk, sizeof on_disk, "%s/p", folder);
    snprintf(filler, sizeof filler, "%s/filler", folder);
    copy(path, on_disk);
    fill(filler, kb);
    np_status begun = np_journal_open(on_disk, plan, 1, "zmq:tcp://here", 1000, &j, &err);
    if (begun == NP_OK)
        np_journal_close(&j, NP_PLAN_RUN_HELD, &err);
    np_status approved = approve_on_full_disk(on_disk, key, faults);
    unlink(filler);
    *faults += !is_there(on_disk, "then room", kb);
    if (approved != NP_OK)
        approved = np_plan_approve(on_disk, key, NULL, &(np_wire_terms){0}, 0, &err);
    *faults += approved != NP_OK;
    copy(on_disk, stick); /* without its log: none is needed */
    *faults += !is_there(stick, "by itself", kb);
    *faults += access(beside(on_disk, "-lock"), F_OK) == 0;
    return begun != NP_OK;
}

/* With any room that is left, that for a note or for a part of the log too: what was made before can be read, and no run is under way. */
static void a_full_disk_leaves_no_run_that_wants_a_log(void **state)
{
    (void)state;
    char key[140], folder[128];
    np_error err = {0};
    int status, faults = 0, refused = 0;
    snprintf(key, sizeof key, "%s", fixture_path("op.key"));
    snprintf(folder, sizeof folder, "%s", fixture_path("disk"));
    assert_int_equal(np_keys_new(key, "op", NULL, &err), NP_OK);
    run_to_end(0, 5);
    mkdir(folder, 0700);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        if (!own_disk(folder))
            _exit(77);
        for (unsigned long kb = 0; kb <= SOME_KB; kb += 4)
            refused += begin_on_full_disk(folder, key, kb, &faults);
        fprintf(stderr, "%d refused, %d faults\n", refused, faults);
        _exit(faults > 0 || refused < 10);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    rmdir(folder);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        skip(); /* no namespaces here */
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* As a look at a plan that is run, by a hard link of it, leaves one. */
static void an_empty_log_is_no_run_that_was_cut_off(void **state)
{
    (void)state;
    np_error err = {0};
    run_to_end(0, 6);
    assert_int_equal(np_made_check_unlocked(path, &err), NP_OK);
    FILE *log = fopen(beside(path, "-wal"), "wb");
    assert_non_null(log);
    fclose(log);
    assert_int_equal(np_made_check_unlocked(path, &err), NP_OK);
    assert_int_equal(done_in(path, ""), 6);
    unlink(beside(path, "-wal"));
    run_and_kill(6, 6);
    unlink(beside(path, "-lock"));
    assert_int_equal(np_made_check_unlocked(path, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "-wal was left beside it"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_copy_without_the_log_is_refused),
        TEST(looking_at_a_killed_run_does_not_merge_its_log),
        TEST(a_renamed_file_wants_its_log),
        TEST(the_log_of_another_plan_is_refused),
        TEST(the_log_of_another_state_is_refused),
        TEST(a_damaged_log_is_not_taken_for_an_empty_one),
        TEST(the_journal_of_another_plan_is_refused),
        TEST(a_viewer_is_named),
        TEST(a_run_that_was_killed_as_it_began_is_no_dead_end),
        TEST(an_approval_after_a_kill_is_kept),
        TEST(nothing_is_written_beside_the_log_of_another),
        TEST(a_full_disk_as_a_run_begins_is_no_dead_end),
        TEST(a_full_disk_leaves_no_run_that_wants_a_log),
        TEST(an_empty_log_is_no_run_that_was_cut_off),
    };
    return cmocka_run_group_tests(tests, NULL, fixture_remove);
}
