/* An approved plan file of 1,000 dots, of which somebody changed something: with an SQLite tool, one bit of
 * one value at a time; with whole dots swapped, left out or put in; or in the file's raw bytes.  It is
 * refused, or it still says what was approved.  (tests/unit/protocol/test_tamper.c does the same to an
 * executor.) */
#include "fixture.h"
#include "in_memory.h"

#include <sodium.h>

#include "plan/approval.h"
#include "plan/keys.h"

#define DOTS 1000

/* Under sanitizers a sample. */
#ifdef NP_SANITIZED
#define STRIDE 13
#else
#define STRIDE 1
#endif

static np_plan *approved; /* as it was read from the file */
static unsigned char *original;
static size_t original_size;
static plan_db db;

static uint64_t random_state = 2026;

static uint64_t next(void) /* splitmix64 */
{
    uint64_t z = random_state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static void open_original(void)
{
    np_error err = {0};
    plan_db_close(&db);
    if (open_bytes(&db, original, original_size, &err) != NP_OK)
        fail_msg("%s", err.text);
}

static int set_up(void **state)
{
    (void)state;
    np_error err = {0};
    char path[128], key[128];
    np_plan *plan = fixture_plan(DOTS);
    snprintf(path, sizeof path, "%s", fixture_path("approved.needleplan"));
    snprintf(key, sizeof key, "%s", fixture_path("op.key"));
    np_status status = np_plan_write(plan, path, true, &err);
    np_plan_destroy(plan);
    if (status == NP_OK)
        status = np_keys_new(key, "op", NULL, &err);
    if (status == NP_OK)
        status = np_plan_approve(path, key, NULL, &(np_wire_terms){0}, 12345, &err);
    if (status == NP_OK)
        status = np_plan_read(path, &approved, &err);
    original = file_bytes(path, &original_size);
    return status == NP_OK && original ? 0 : -1;
}

static int tear_down(void **state)
{
    plan_db_close(&db);
    np_plan_destroy(approved);
    free(original);
    return fixture_remove(state);
}

/* ---- what a plan says ---- */

static bool has_valid_approval(const np_plan *plan)
{
    for (size_t i = 0; i < plan->n_approvals; i++)
        if (np_approval_is_valid(&plan->approvals[i], plan->digest))
            return true;
    return false;
}

static bool same_limits(const np_case_limits *a, const np_case_limits *b)
{
    return fabs(a->depth_min_mm - b->depth_min_mm) < 1e-3 && fabs(a->depth_max_mm - b->depth_max_mm) < 1e-3 &&
           fabs(a->tilt_max_deg - b->tilt_max_deg) < 1e-6 && fabs(a->spacing_min_mm - b->spacing_min_mm) < 1e-3 &&
           fabs(a->session_spacing_min_mm - b->session_spacing_min_mm) < 1e-3 && a->max_dots == b->max_dots;
}

static bool same_dots(const np_plan *a, const np_plan *b)
{
    for (size_t i = 0; i < a->n_dots; i++) {
        const np_dot *x = &a->dots[i], *y = &b->dots[i];
        np_wire_dot v = np_plan_wire_dot(x), w = np_plan_wire_dot(y);
        if (memcmp(&v, &w, sizeof v) != 0 || x->session != y->session || x->layer != y->layer || x->pin != y->pin ||
            fabs(x->tilt_rad - y->tilt_rad) > 0 || fabs(x->density_per_cm2 - y->density_per_cm2) > 0)
            return false;
    }
    return true;
}

/* All that matters to the patient, field by field and without any hash. */
static bool says_the_same(const np_plan *a, const np_plan *b)
{
    if (a->n_dots != b->n_dots || a->n_sessions != b->n_sessions || a->n_layers != b->n_layers || a->seed != b->seed ||
        memcmp(a->scan_digest, b->scan_digest, sizeof a->scan_digest) != 0 ||
        memcmp(a->digest, b->digest, sizeof a->digest) != 0 ||
        !(fabs(a->needle_diameter_mm - b->needle_diameter_mm) < 1e-3) || !same_limits(&a->limits, &b->limits))
        return false;
    for (size_t i = 0; i < a->n_sessions; i++)
        if (a->sessions[i].day != b->sessions[i].day || a->sessions[i].dots != b->sessions[i].dots)
            return false;
    for (size_t i = 0; i < a->n_layers; i++)
        if (strcmp(a->layers[i].name, b->layers[i].name) != 0 ||
            strcmp(a->layers[i].strategy, b->layers[i].strategy) != 0)
            return false;
    return same_dots(a, b);
}

typedef enum verdict { REFUSED, UNAPPROVED, SAME, DIFFERENT } verdict;

static verdict judge(void)
{
    np_error err = {0};
    np_plan *plan;
    verdict v = REFUSED;
    if (read_open(&db, &plan, &err) == NP_OK)
        v = !has_valid_approval(plan) ? UNAPPROVED : says_the_same(plan, approved) ? SAME : DIFFERENT;
    else if (err.status != NP_ERR_FORMAT || !err.text[0])
        fail_msg("refused without a reason: %s", err.text);
    np_plan_destroy(plan);
    return v;
}

/* ---- one value, one bit ---- */

typedef struct cell {
    sqlite3_value *id, *value; /* id: of the row, in its key's column */
    sqlite3_stmt *update;
} cell;

static sqlite3_value *first_value(const char *sql, sqlite3_value *id)
{
    sqlite3_stmt *s;
    sqlite3_value *value = NULL;
    assert_int_equal(sqlite3_prepare_v2(db.handle, sql, -1, &s, NULL), SQLITE_OK);
    if (id)
        sqlite3_bind_value(s, 1, id);
    if (sqlite3_step(s) == SQLITE_ROW)
        value = sqlite3_value_dup(sqlite3_column_value(s, 0));
    sqlite3_finalize(s);
    return value;
}

/* The cell of COLUMN in the row number ROW (0 first) of TABLE. */
static cell cell_of(const char *table, const char *key, const char *column, int64_t row)
{
    char sql[200];
    cell c = {0};
    snprintf(sql, sizeof sql, "SELECT %s FROM %s ORDER BY 1 LIMIT 1 OFFSET %lld", key, table, (long long)row);
    c.id = first_value(sql, NULL);
    snprintf(sql, sizeof sql, "SELECT %s FROM %s WHERE %s = ?", column, table, key);
    c.value = first_value(sql, c.id);
    snprintf(sql, sizeof sql, "UPDATE %s SET %s = ?1 WHERE %s = ?2", table, column, key);
    assert_int_equal(sqlite3_prepare_v2(db.handle, sql, -1, &c.update, NULL), SQLITE_OK);
    assert_non_null(c.id);
    assert_non_null(c.value);
    return c;
}

static void free_cell(cell *c)
{
    sqlite3_finalize(c->update);
    sqlite3_value_free(c->id);
    sqlite3_value_free(c->value);
}

/* False if SQLite itself will not have it (a number that is taken). */
static bool run_update(cell *c)
{
    sqlite3_bind_value(c->update, 2, c->id);
    int code = sqlite3_step(c->update);
    sqlite3_reset(c->update);
    return code == SQLITE_DONE;
}

static size_t bits_of(const cell *c)
{
    int type = sqlite3_value_type(c->value);
    return type == SQLITE_INTEGER || type == SQLITE_FLOAT ? 64 : 8 * (size_t)sqlite3_value_bytes(c->value);
}

static void bind_flipped(cell *c, size_t bit)
{
    int type = sqlite3_value_type(c->value);
    if (type == SQLITE_INTEGER || type == SQLITE_FLOAT) {
        double real = sqlite3_value_double(c->value);
        int64_t whole = sqlite3_value_int64(c->value);
        uint64_t bits;
        memcpy(&bits, type == SQLITE_FLOAT ? (void *)&real : (void *)&whole, sizeof bits);
        bits ^= (uint64_t)1 << bit;
        memcpy(&real, &bits, sizeof real);
        if (type == SQLITE_FLOAT)
            sqlite3_bind_double(c->update, 1, real);
        else
            sqlite3_bind_int64(c->update, 1, (sqlite3_int64)bits);
        return;
    }
    unsigned char bytes[256];
    int size = sqlite3_value_bytes(c->value);
    assert_in_range(size, 1, sizeof bytes);
    memcpy(bytes, sqlite3_value_blob(c->value), (size_t)size);
    bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
    if (type == SQLITE_TEXT)
        sqlite3_bind_text(c->update, 1, (const char *)bytes, size, SQLITE_TRANSIENT);
    else
        sqlite3_bind_blob(c->update, 1, bytes, size, SQLITE_TRANSIENT);
}

#define ALL SIZE_MAX

/* Flips the bits FIRST, FIRST + STEP, ... below END of a cell one by one, and judges the plan each time.  A
 * REAL may keep its meaning: the digest is over what is left of it when rounded to the wire's units. */
static void flip_cell(const char *table, const char *key, const char *column, int64_t row, size_t first, size_t step,
                      size_t end)
{
    cell c = cell_of(table, key, column, row);
    bool is_key = strcmp(column, key) == 0, is_real = sqlite3_value_type(c.value) == SQLITE_FLOAT;
    for (size_t bit = first; bit < bits_of(&c) && bit < end; bit += step) {
        bind_flipped(&c, bit);
        if (!run_update(&c))
            continue;
        verdict v = judge();
        if (v == DIFFERENT || (v == SAME && !is_real))
            fail_msg("%s.%s, row %lld: bit %zu was flipped and nobody minded", table, column, (long long)row, bit);
        if (is_key) { /* the row goes by another name now */
            open_original();
            free_cell(&c);
            c = cell_of(table, key, column, row);
        } else {
            sqlite3_bind_value(c.update, 1, c.value);
            assert_true(run_update(&c));
        }
    }
    free_cell(&c);
}

static const char *const dot_columns[] = {"id",
                                          "session",
                                          "tour_order",
                                          "x_um",
                                          "y_um",
                                          "z_um",
                                          "nx_ppm",
                                          "ny_ppm",
                                          "nz_ppm",
                                          "ax_ppm",
                                          "ay_ppm",
                                          "az_ppm",
                                          "depth_um",
                                          "layer",
                                          "tone_ppm",
                                          "tilt_urad",
                                          "dwell_us",
                                          "pin",
                                          "density_per_1000_cm2"};
#define DOT_COLUMNS (sizeof dot_columns / sizeof *dot_columns)

static void every_bit_of_a_dot_is_minded(void **state)
{
    (void)state;
    open_original();
    /* A column holds 64 bits, a dot's field 32: beyond those all are alike, and the seeded ones meet them. */
    for (size_t i = 0; i < DOT_COLUMNS; i++)
        flip_cell("dots", "id", dot_columns[i], 500, i % STRIDE, STRIDE, 33);
    for (size_t i = 0; i < 150 / STRIDE; i++)
        flip_cell("dots", "id", dot_columns[next() % DOT_COLUMNS], (int64_t)(next() % DOTS), next() % 64, 64, ALL);
}

/* Numbers by every bit; of texts, hashes and signatures, of which no bit is like another to the reader, each
 * seventh. */
static void the_other_tables_are_minded(void **state)
{
    (void)state;
    static const char *const session_columns[] = {"number", "day", "dots", "patches", "reloads", "tour_time_s"};
    open_original();
    for (int64_t row = 0; row < 16; row++) {
        cell c = cell_of("meta", "key", "value", row);
        bool is_number = bits_of(&c) == 64;
        free_cell(&c);
        flip_cell("meta", "key", "value", row, (size_t)row % 3, is_number ? 3 * STRIDE : 9 * STRIDE, ALL);
    }
    flip_cell("meta", "key", "key", 3, 0, 7, ALL);
    for (size_t i = 0; i < 6; i++)
        for (size_t row = 0; row < 3; row++)
            flip_cell("sessions", "number", session_columns[i], (int64_t)row, row, 5 * STRIDE, ALL);
    for (size_t row = 0; row < 2; row++) {
        flip_cell("layers", "number", "number", (int64_t)row, row, 2 * STRIDE, ALL);
        flip_cell("layers", "number", "name", (int64_t)row, row, 9 * STRIDE, ALL);
        flip_cell("layers", "number", "strategy", (int64_t)row, row, 9 * STRIDE, ALL);
    }
    flip_cell("approvals", "number", "public_key", 0, 0, 9 * STRIDE, ALL);
    flip_cell("approvals", "number", "signature", 0, 0, 9 * STRIDE, ALL);
}

/* Every bit of key, signature and digest, as it was read. */
static void an_approval_holds_to_the_bit(void **state)
{
    (void)state;
    np_plan_approval a = approved->approvals[0];
    unsigned char digest[NP_PLAN_DIGEST_BYTES];
    memcpy(digest, approved->digest, sizeof digest);
    const struct {
        unsigned char *bytes;
        size_t size;
    } parts[] = {{a.public_key, sizeof a.public_key}, {a.signature, sizeof a.signature}, {digest, sizeof digest}};
    for (size_t i = 0; i < 3; i++)
        for (size_t bit = 0; bit < 8 * parts[i].size; bit++) {
            parts[i].bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
            assert_false(np_approval_is_valid(&a, digest));
            parts[i].bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        }
    assert_true(np_approval_is_valid(&a, digest));
}

/* A limit so large that it comes round to the one that was approved. */
static void limits_do_not_wrap(void **state)
{
    (void)state;
    static const char *const names[] = {"depth_min_mm",   "depth_max_mm",           "tilt_max_deg",
                                        "spacing_min_mm", "session_spacing_min_mm", "needle_diameter_mm"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char sql[160];
        double per_unit = strcmp(names[i], "tilt_max_deg") == 0 ? 1e6 : 1e3;
        for (int sign = -1; sign <= 1; sign += 2) {
            open_original();
            snprintf(sql, sizeof sql, "UPDATE meta SET value = value + %.17g WHERE key = '%s'",
                     sign * 4294967296.0 / per_unit, names[i]);
            assert_int_equal(sqlite3_exec(db.handle, sql, NULL, NULL, NULL), SQLITE_OK);
            if (judge() != REFUSED)
                fail_msg("%s", sql);
        }
    }
    open_original();
    assert_int_equal(judge(), SAME);
}

/* ---- whole dots ---- */

/* Runs SQL with :a, :b and :s for two places and a session; true if the plan is then refused. */
static bool is_refused_after(const char *sql, uint32_t a, uint32_t b, int session)
{
    open_original();
    for (const char *rest = sql; *rest;) {
        sqlite3_stmt *s;
        assert_int_equal(sqlite3_prepare_v2(db.handle, rest, -1, &s, &rest), SQLITE_OK);
        sqlite3_bind_int64(s, sqlite3_bind_parameter_index(s, ":a"), a);
        sqlite3_bind_int64(s, sqlite3_bind_parameter_index(s, ":b"), b);
        sqlite3_bind_int64(s, sqlite3_bind_parameter_index(s, ":s"), session);
        assert_int_equal(sqlite3_step(s), SQLITE_DONE);
        sqlite3_finalize(s);
    }
    return judge() == REFUSED;
}

/* By somebody who knows the schema: every count and every place is made to fit. */
static void swapped_deleted_and_added_dots_are_minded(void **state)
{
    (void)state;
    static const char *const changes[] = {
        "UPDATE dots SET tour_order = :a + :b - tour_order WHERE session = :s AND tour_order IN (:a, :b)",
        "DELETE FROM dots WHERE session = :s AND tour_order = :a;"
        "UPDATE dots SET tour_order = tour_order - 1 WHERE session = :s AND tour_order > :a;"
        "UPDATE sessions SET dots = dots - 1 WHERE number = :s;"
        "UPDATE meta SET value = value - 1 WHERE key = 'dots'",
        "UPDATE dots SET tour_order = tour_order + 1 WHERE session = :s AND tour_order >= :a;"
        "INSERT INTO dots SELECT 5000, session, :a, x_um + 700, y_um, z_um, nx_ppm, ny_ppm, nz_ppm, ax_ppm, "
        "ay_ppm,"
        " az_ppm, depth_um, tilt_urad, tone_ppm, dwell_us, layer, density_per_1000_cm2, pin FROM dots"
        " WHERE session = :s AND tour_order = :a + 1;"
        "UPDATE sessions SET dots = dots + 1 WHERE number = :s;"
        "UPDATE meta SET value = value + 1 WHERE key = 'dots'",
    };
    for (uint32_t i = 0; i < 50 / STRIDE; i++) {
        int session = 1 + (int)(next() % 3);
        uint32_t n = approved->sessions[session - 1].dots - 1, a = (uint32_t)(next() % n);
        uint32_t b = i % 2 ? a + 1 : (uint32_t)((a + 1 + next() % n) % (n + 1));
        for (size_t k = 0; k < 3; k++)
            if (!is_refused_after(changes[k], a, b, session))
                fail_msg("places %u and %u of session %d: %s", a, b, session, changes[k]);
    }
}

static bool keeps_digest(const np_plan *plan)
{
    unsigned char digest[NP_PLAN_DIGEST_BYTES];
    np_plan_digest(plan, digest);
    return memcmp(digest, approved->digest, sizeof digest) == 0;
}

/* The same at each place of the plan, without the file: no digest is that of the approved plan. */
static void no_other_list_of_dots_has_the_digest(void **state)
{
    (void)state;
    np_plan plan = *approved;
    plan.dots = calloc(plan.n_dots + 1, sizeof *plan.dots);
    for (size_t at = 0; at < approved->n_dots; at += STRIDE) {
        const np_dot *dots = approved->dots;
        np_plan_session *session = &plan.sessions[dots[at].session - 1];
        size_t n = approved->n_dots, other = (at + 1 + next() % (n - 1)) % n;
        memcpy(plan.dots, dots, n * sizeof *dots);
        plan.dots[at] = dots[other], plan.dots[other] = dots[at];
        assert_false(keeps_digest(&plan));
        memmove(&plan.dots[at], &dots[at + 1], (n - at - 1) * sizeof *dots);
        plan.n_dots--, session->dots--;
        assert_false(keeps_digest(&plan));
        memcpy(plan.dots, dots, (at + 1) * sizeof *dots);
        memcpy(&plan.dots[at + 1], &dots[at], (n - at) * sizeof *dots);
        plan.n_dots += 2, session->dots += 2;
        assert_false(keeps_digest(&plan));
        plan.n_dots--, session->dots--;
    }
    memcpy(plan.dots, approved->dots, plan.n_dots * sizeof *plan.dots);
    assert_true(keeps_digest(&plan));
    free(plan.dots);
}

/* ---- the header, whole ---- */

static unsigned char *put(unsigned char *at, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        at[i] = (unsigned char)(value >> 8 * (bytes - 1 - i));
    return at + bytes;
}

static unsigned char *put_text(unsigned char *at, const char *text)
{
    at = put(at, strlen(text), 4);
    memcpy(at, text, strlen(text));
    return at + strlen(text);
}

/* What docs/plan-file.md says the header hash is over, written from there. */
static size_t header_bytes(const np_plan *p, unsigned char *out)
{
    unsigned char *at = out;
    memcpy(at, "needlepath-header-v1", 21);
    memcpy(at + 21, p->scan_digest, 32);
    at = put(at + 53, p->seed, 8);
    at = put(at, (uint64_t)llround(p->needle_diameter_mm * 1e3), 4);
    at = put(at, (uint64_t)llround(p->limits.depth_min_mm * 1e3), 4);
    at = put(at, (uint64_t)llround(p->limits.depth_max_mm * 1e3), 4);
    at = put(at, (uint64_t)llround(p->limits.tilt_max_deg * 1e6), 4);
    at = put(at, (uint64_t)llround(p->limits.spacing_min_mm * 1e3), 4);
    at = put(at, (uint64_t)llround(p->limits.session_spacing_min_mm * 1e3), 4);
    at = put(at, (uint64_t)p->limits.max_dots, 4);
    at = put(at, p->n_layers, 4);
    for (size_t i = 0; i < p->n_layers; i++)
        at = put_text(put_text(at, p->layers[i].name), p->layers[i].strategy);
    at = put(at, p->n_sessions, 4);
    for (size_t i = 0; i < p->n_sessions; i++)
        at = put(put(at, (uint64_t)p->sessions[i].day, 4), p->sessions[i].dots, 4);
    at = put(at, p->n_dots, 4);
    for (size_t i = 0; i < p->n_dots; i++) {
        at = put(at, (uint64_t)p->dots[i].layer, 4);
        at = put(at, (uint64_t)llround(p->dots[i].density_per_cm2 * 1e3), 4);
        at = put(at, (uint64_t)llround(p->dots[i].tilt_rad * 1e6), 4);
        *at++ = p->dots[i].pin;
    }
    at = put(put_text(at, "accepted"), (uint64_t)p->accepted, 4);
    return (size_t)(at - out);
}

/* Each value has its place in the header's bytes, and each bit of those changes the hash: so does each bit of
 * each value.  The bytes before the flipped one are hashed once. */
static void every_bit_of_the_header_is_bound(void **state)
{
    (void)state;
    static unsigned char bytes[300 + 13 * DOTS];
    unsigned char hash[32], expected[32];
    size_t size = header_bytes(approved, bytes);
    np_plan_header_hash(approved, expected);
    crypto_generichash(hash, sizeof hash, bytes, size, NULL, 0);
    assert_memory_equal(hash, expected, sizeof hash);
    crypto_generichash_state before, all;
    crypto_generichash_init(&before, NULL, 0, sizeof hash);
    for (size_t i = 0; i < size; i++) {
        for (size_t bit = i % STRIDE; bit < 8; bit += STRIDE) {
            bytes[i] ^= (unsigned char)(1u << bit);
            all = before;
            crypto_generichash_update(&all, bytes + i, size - i);
            crypto_generichash_final(&all, hash, sizeof hash);
            if (memcmp(hash, expected, sizeof hash) == 0)
                fail_msg("byte %zu, bit %zu", i, bit);
            bytes[i] ^= (unsigned char)(1u << bit);
        }
        crypto_generichash_update(&before, bytes + i, 1);
    }
}

/* ---- the file's bytes ---- */

static void flipped_bytes_are_refused_or_change_nothing(void **state)
{
    (void)state;
    unsigned refused = 0;
    const unsigned tries = 400 / STRIDE;
    for (unsigned i = 0; i < tries; i++) {
        np_error err = {0};
        size_t bit = next() % (8 * original_size);
        original[bit / 8] ^= (unsigned char)(1u << bit % 8);
        plan_db_close(&db);
        verdict v = open_bytes(&db, original, original_size, &err) == NP_OK ? judge() : REFUSED;
        original[bit / 8] ^= (unsigned char)(1u << bit % 8);
        refused += v == REFUSED;
        if (v == DIFFERENT)
            fail_msg("bit %zu of the file", bit);
    }
    assert_true(refused > tries / 3); /* much of so small a file is the free space of its tables' pages */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bit_of_a_dot_is_minded),
        cmocka_unit_test(the_other_tables_are_minded),
        cmocka_unit_test(an_approval_holds_to_the_bit),
        cmocka_unit_test(limits_do_not_wrap),
        cmocka_unit_test(swapped_deleted_and_added_dots_are_minded),
        cmocka_unit_test(no_other_list_of_dots_has_the_digest),
        cmocka_unit_test(every_bit_of_the_header_is_bound),
        cmocka_unit_test(flipped_bytes_are_refused_or_change_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
