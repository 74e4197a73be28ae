/* The plan file.  The first byte, modulo 3, says what the rest is:
 *   0  the whole file
 *   1  edits of a valid plan's bytes: offset u24, then the byte that is xored there
 *   2  SQL run on a valid plan, so that values are reached behind SQLite's own checks
 * Whatever is read without an error has the digest that was signed.  The bytes are read from memory, which is
 * ten times as fast as a file; one first byte in sixteen goes the way of a real file nevertheless. */
#include "fuzz.h"

#include <fcntl.h>
#include <sqlite3.h>

#include "../unit/plan/fixture.h"
#include "../unit/plan/in_memory.h"
#include "../unit/plan/moves_fixture.h"

static unsigned char *original;
static size_t original_size;
static unsigned char original_digest[NP_PLAN_DIGEST_BYTES];
static char path[128], beside[4][160];

static void sweep(void)
{
    for (int i = 0; i < 4; i++)
        unlink(beside[i]);
}

static void leave(void)
{
    sweep();
    rmdir(fixture_path(""));
}

static void prepare(void)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    np_error err = {0};
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD); /* no mutexes, no statistics: only time */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    np_plan *plan = fixture_plan(30);
    fixture_moves(plan, 7);
    np_plan_digest(plan, plan->digest);
    snprintf(path, sizeof path, "%s", fixture_path("fuzz.needleplan"));
    for (int i = 0; i < 4; i++)
        snprintf(beside[i], sizeof beside[i], "%s%s", path, endings[i]);
    atexit(leave);
    NP_FUZZ_EXPECT(np_plan_write(plan, path, true, &err) == NP_OK);
    memcpy(original_digest, plan->digest, sizeof original_digest);
    np_plan_destroy(plan);
    original = file_bytes(path, &original_size);
    NP_FUZZ_EXPECT(original);
}

/* The caller frees *out_bytes. */
static void edit_bytes(fuzz_input *in, unsigned char **out_bytes)
{
    unsigned char *bytes = malloc(original_size);
    NP_FUZZ_EXPECT(bytes);
    memcpy(bytes, original, original_size);
    while (in->left) {
        size_t offset = fuzz_take(in, 3) % original_size;
        bytes[offset] ^= (unsigned char)fuzz_take(in, 1);
    }
    *out_bytes = bytes;
}

static int too_long(void *context)
{
    (void)context;
    return 1;
}

/* SQL on this file alone: no other file, and an end to loops. */
static int allow(void *context, int action, const char *a, const char *b, const char *c, const char *d)
{
    (void)context, (void)b, (void)c, (void)d;
    bool wide = action == SQLITE_ATTACH || action == SQLITE_DETACH || action == SQLITE_TRANSACTION;
    bool pragma = action == SQLITE_PRAGMA && a && sqlite3_stricmp(a, "writable_schema") != 0 &&
                  sqlite3_stricmp(a, "ignore_check_constraints") != 0;
    return wide || pragma ? SQLITE_DENY : SQLITE_OK;
}

/* What a process that ran the SQL and went away would have left; the caller frees *out_bytes. */
static void run_sql(const fuzz_input *in, unsigned char **out_bytes, size_t *out_size)
{
    plan_db db = {0};
    np_error err = {0};
    char *sql = calloc(1, in->left + 1);
    NP_FUZZ_EXPECT(sql && open_bytes(&db, original, original_size, &err) == NP_OK);
    memcpy(sql, in->at, in->left);
    sqlite3_db_config(db.handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 1, NULL); /* as another program would open it */
    sqlite3_db_config(db.handle, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
    sqlite3_db_config(db.handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 1, NULL);
    sqlite3_exec(db.handle, "PRAGMA ignore_check_constraints = 1", NULL, NULL, NULL);
    sqlite3_limit(db.handle, SQLITE_LIMIT_LENGTH, 100000);
    sqlite3_set_authorizer(db.handle, allow, NULL);
    sqlite3_progress_handler(db.handle, 20000, too_long, NULL);
    sqlite3_exec(db.handle, sql, NULL, NULL, NULL);
    sqlite3_set_authorizer(db.handle, NULL, NULL);
    sqlite3_exec(db.handle, "ROLLBACK", NULL, NULL, NULL); /* a savepoint that was left open */
    sqlite3_int64 size = 0;
    unsigned char *bytes = sqlite3_serialize(db.handle, "main", &size, 0);
    NP_FUZZ_EXPECT(bytes && (*out_bytes = malloc((size_t)size + 1)));
    memcpy(*out_bytes, bytes, (size_t)size);
    *out_size = (size_t)size;
    sqlite3_free(bytes);
    plan_db_close(&db);
    free(sql);
}

static void check_plan(np_status status, np_plan *plan, const np_error *err)
{
    unsigned char digest[NP_PLAN_DIGEST_BYTES];
    NP_FUZZ_EXPECT((status == NP_OK) == (plan != NULL) && (plan || err->text[0]));
    if (plan)
        np_plan_digest(plan, digest);
    NP_FUZZ_EXPECT(!plan || memcmp(digest, original_digest, sizeof digest) == 0);
}

static uint32_t journal_dots(const np_plan *plan)
{
    return plan->sessions[0].dots <= 16 ? plan->sessions[0].dots : 0;
}

static void read_memory(const unsigned char *bytes, size_t size)
{
    np_error err = {0};
    np_plan *plan = NULL;
    plan_db db = {0};
    np_status status = open_bytes(&db, bytes, size, &err);
    if (status == NP_OK)
        status = read_open(&db, &plan, &err);
    check_plan(status, plan, &err);
    np_journal_state states[16];
    if (plan)
        plan_journal_read_db(&db, 1, states, journal_dots(plan), &err);
    plan_db_close(&db);
    np_plan_destroy(plan);
}

static void read_file(const unsigned char *bytes, size_t size)
{
    np_error err = {0};
    np_plan *plan = NULL;
    sweep();
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    NP_FUZZ_EXPECT(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
    close(fd);
    np_status status = np_plan_read(path, &plan, &err);
    check_plan(status, plan, &err);
    np_journal_state states[16];
    if (plan)
        np_journal_read(path, 1, states, journal_dots(plan), &err);
    np_plan_destroy(plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!original)
        prepare();
    fuzz_input in = {data, size};
    uint32_t first = fuzz_take(&in, 1);
    unsigned char *made = NULL;
    const unsigned char *bytes = in.at;
    size_t n = in.left;
    if (first % 3 == 1) {
        edit_bytes(&in, &made);
        n = original_size;
    } else if (first % 3 == 2) {
        run_sql(&in, &made, &n);
    }
    bytes = made ? made : bytes;
    if (first / 3 % 16 == 15)
        read_file(bytes, n);
    else
        read_memory(bytes, n);
    free(made);
    return 0;
}
