/* The plan file.  The first byte says what the rest is:
 *   0  the whole file
 *   1  edits of a valid plan's bytes: offset u24, then the byte that is xored there
 *   2  SQL run on a valid plan, so that values are reached behind SQLite's own checks
 * Whatever is read without an error has the digest that was signed. */
#include "fuzz.h"

#include <fcntl.h>
#include <sqlite3.h>

#include "../unit/plan/fixture.h"
#include "plan/journal.h"

static char *original;
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

static void write_file(const void *bytes, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    NP_FUZZ_EXPECT(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
    close(fd);
}

static void prepare(void)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    np_error err = {0};
    np_plan *plan = fixture_plan(30);
    snprintf(path, sizeof path, "%s", fixture_path("fuzz.needleplan"));
    for (int i = 0; i < 4; i++)
        snprintf(beside[i], sizeof beside[i], "%s%s", path, endings[i]);
    atexit(leave);
    NP_FUZZ_EXPECT(np_plan_write(plan, path, true, &err) == NP_OK);
    memcpy(original_digest, plan->digest, sizeof original_digest);
    np_plan_destroy(plan);
    FILE *file = fopen(path, "rb");
    NP_FUZZ_EXPECT(file && fseek(file, 0, SEEK_END) == 0);
    original_size = (size_t)ftell(file);
    rewind(file);
    original = malloc(original_size);
    NP_FUZZ_EXPECT(original && fread(original, 1, original_size, file) == original_size);
    fclose(file);
}

static void edit_bytes(fuzz_input *in)
{
    char *bytes = malloc(original_size);
    NP_FUZZ_EXPECT(bytes);
    memcpy(bytes, original, original_size);
    while (in->left) {
        size_t offset = fuzz_take(in, 3) % original_size;
        bytes[offset] = (char)(bytes[offset] ^ (char)fuzz_take(in, 1));
    }
    write_file(bytes, original_size);
    free(bytes);
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

static void run_sql(const fuzz_input *in)
{
    write_file(original, original_size);
    char *sql = calloc(1, in->left + 1);
    sqlite3 *db = NULL;
    NP_FUZZ_EXPECT(sql && sqlite3_open(path, &db) == SQLITE_OK);
    memcpy(sql, in->at, in->left);
    sqlite3_exec(db, "PRAGMA ignore_check_constraints = 1; PRAGMA synchronous = 0", NULL, NULL, NULL);
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 100000);
    sqlite3_set_authorizer(db, allow, NULL);
    sqlite3_progress_handler(db, 20000, too_long, NULL);
    sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_close(db);
    free(sql);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!original)
        prepare();
    sweep();
    fuzz_input in = {data, size};
    uint32_t kind = fuzz_take(&in, 1) % 3;
    if (kind == 0)
        write_file(in.at, in.left);
    else if (kind == 1)
        edit_bytes(&in);
    else
        run_sql(&in);
    np_error err = {0};
    np_plan *plan = NULL;
    np_status status = np_plan_read(path, &plan, &err);
    NP_FUZZ_EXPECT((status == NP_OK) == (plan != NULL) && (plan || err.text[0]));
    if (plan) {
        unsigned char digest[NP_PLAN_DIGEST_BYTES];
        np_plan_digest(plan, digest);
        NP_FUZZ_EXPECT(memcmp(digest, original_digest, sizeof digest) == 0);
        np_journal_state states[16];
        np_journal_read(path, 1, states, plan->sessions[0].dots <= 16 ? plan->sessions[0].dots : 0, &err);
    }
    np_plan_destroy(plan);
    return 0;
}
