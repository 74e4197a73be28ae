/* One table of keys, from which meta is written, read and counted: a key cannot be in one of them alone. */
#include "plan/private/meta.h"

#include <stdlib.h>
#include <string.h>

#include "plan/private/extras.h"

typedef enum meta_type {
    TEXT,
    HASH, /* 32 bytes */
    REAL,
    LIMIT, /* a real of 0 to LIMIT_MAX */
    COUNT, /* int64_t, or the bits of a uint64_t */
    WHOLE  /* int */
} meta_type;

/* mm or degrees: far above what any limit can be, and far below where its rounding for the digest would wrap. */
static const double LIMIT_MAX = 1000;

static const struct {
    const char *key;
    meta_type type;
    bool of_plan; /* OFFSET is in np_plan; else in plan_meta */
    size_t offset;
    int since; /* version of the schema */
} keys[] = {
    {"title", TEXT, true, offsetof(np_plan, title), 1},
    {"version", TEXT, true, offsetof(np_plan, version), 1},
    {"case_text", TEXT, true, offsetof(np_plan, case_text), 1},
    {"notes", TEXT, true, offsetof(np_plan, notes), 4},
    {"plugins", TEXT, true, offsetof(np_plan, plugins), 7},
    {"digest", HASH, true, offsetof(np_plan, digest), 1},
    {"scan_digest", HASH, true, offsetof(np_plan, scan_digest), 1},
    {"extras_check", HASH, false, offsetof(plan_meta, extras), 1},
    {"seed", COUNT, true, offsetof(np_plan, seed), 1},
    {"dots", COUNT, false, offsetof(plan_meta, dots), 1},
    {"max_dots", WHOLE, true, offsetof(np_plan, limits.max_dots), 1},
    {"reload_every", WHOLE, true, offsetof(np_plan, reload_every), 4},
    {"accepted", WHOLE, true, offsetof(np_plan, accepted), 5},
    {"needle_diameter_mm", LIMIT, true, offsetof(np_plan, needle_diameter_mm), 1},
    {"treated_area_cm2", REAL, true, offsetof(np_plan, treated_area_cm2), 1},
    {"depth_min_mm", LIMIT, true, offsetof(np_plan, limits.depth_min_mm), 1},
    {"depth_max_mm", LIMIT, true, offsetof(np_plan, limits.depth_max_mm), 1},
    {"tilt_max_deg", LIMIT, true, offsetof(np_plan, limits.tilt_max_deg), 1},
    {"spacing_min_mm", LIMIT, true, offsetof(np_plan, limits.spacing_min_mm), 1},
    {"session_spacing_min_mm", LIMIT, true, offsetof(np_plan, limits.session_spacing_min_mm), 1},
};
enum { KEYS = sizeof keys / sizeof keys[0] };
_Static_assert(KEYS <= 64, "one bit a key");

/* ---- writing ---- */

static void bind(sqlite3_stmt *s, size_t i, const void *from)
{
    const char *at = (const char *)from + keys[i].offset;
    sqlite3_bind_text(s, 1, keys[i].key, -1, SQLITE_STATIC);
    switch (keys[i].type) {
    case TEXT:
        sqlite3_bind_text(s, 2, *(char *const *)(const void *)at, -1, SQLITE_STATIC);
        break;
    case HASH:
        sqlite3_bind_blob(s, 2, at, 32, SQLITE_STATIC);
        break;
    case REAL:
    case LIMIT:
        plan_db_bind_real(s, 2, *(const double *)(const void *)at);
        break;
    case COUNT:
        sqlite3_bind_int64(s, 2, *(const int64_t *)(const void *)at);
        break;
    case WHOLE:
        sqlite3_bind_int(s, 2, *(const int *)(const void *)at);
        break;
    }
}

np_status plan_meta_write(plan_db *db, const np_plan *plan, np_error *err)
{
    plan_meta m = {.dots = (int64_t)plan->n_dots};
    plan_extras_hash(plan, PLAN_SCHEMA_VERSION, m.extras);
    sqlite3_stmt *s;
    np_status status = plan_db_prepare(db, "INSERT OR REPLACE INTO meta VALUES (?, ?)", &s, err);
    for (size_t i = 0; i < KEYS && status == NP_OK; i++) {
        bind(s, i, keys[i].of_plan ? (const void *)plan : &m);
        status = plan_db_run(db, s, err);
    }
    sqlite3_finalize(s);
    return status;
}

/* ---- reading ---- */

static bool take_real(sqlite3_stmt *s, double max, void *into)
{
    double x = plan_db_real(s, 1);
    memcpy(into, &x, sizeof x);
    return !(x < 0) && !(x > max);
}

static bool take_text(sqlite3_stmt *s, void *into)
{
    char **text = into;
    free(*text);
    return (*text = plan_db_text(s, 1)) != NULL;
}

static bool take(sqlite3_stmt *s, meta_type type, void *into)
{
    switch (type) {
    case TEXT:
        return take_text(s, into);
    case HASH:
        return plan_db_blob(s, 1, into, 32);
    case REAL:
        return take_real(s, HUGE_VAL, into);
    case LIMIT:
        return sqlite3_column_type(s, 1) != SQLITE_NULL && take_real(s, LIMIT_MAX, into);
    case COUNT:
        *(int64_t *)into = sqlite3_column_int64(s, 1);
        return true;
    case WHOLE:
        *(int *)into = sqlite3_column_int(s, 1);
        return plan_db_fits(s, 1, INT32_MIN, INT32_MAX);
    }
    return false;
}

/* Index of a key; KEYS if it is none of this version. */
static size_t find(const char *key, int64_t version)
{
    size_t i = 0;
    while (i < KEYS && (!key || strcmp(key, keys[i].key) != 0 || keys[i].since > version))
        i++;
    return i;
}

static np_status take_older(plan_db *db, int64_t version, np_plan *plan, np_error *err)
{
    if (version < 7 && !(plan->plugins = strdup("")))
        return np_error_no_memory(err, db->path);
    if (version >= 4)
        return NP_OK;
    plan->notes = strdup("");
    if (!plan->notes)
        return np_error_no_memory(err, db->path);
    return np_case_reload_every(db->path, plan->case_text, &plan->reload_every, err);
}

np_status plan_meta_read(plan_db *db, int64_t version, np_plan *plan, plan_meta *out, np_error *err)
{
    sqlite3_stmt *s;
    uint64_t found = 0, wanted = 0;
    bool row = true;
    for (size_t i = 0; i < KEYS; i++)
        wanted |= (uint64_t)(keys[i].since <= version) << i;
    np_status status = plan_db_prepare(db, "SELECT key, value FROM meta", &s, err);
    while (status == NP_OK && (status = plan_db_step(db, s, &row, err)) == NP_OK && row) {
        size_t i = find((const char *)sqlite3_column_text(s, 0), version);
        if (i == KEYS || !take(s, keys[i].type, (char *)(keys[i].of_plan ? (void *)plan : out) + keys[i].offset))
            status = plan_db_damaged(db, err, "a row of the table meta is wrong");
        else
            found |= UINT64_C(1) << i;
    }
    sqlite3_finalize(s);
    if (status == NP_OK && found != wanted)
        status = plan_db_damaged(db, err, "the table meta lacks a row");
    if (status == NP_OK)
        status = np_case_person(db->path, plan->case_text, &plan->indentation_mm, &plan->ink_strength,
                                &plan->healed_size, err);
    if (status == NP_OK)
        status = np_case_shades(db->path, plan->case_text, &plan->shades, err);
    return status == NP_OK ? take_older(db, version, plan, err) : status;
}
