/* Approvals: the operator's signature over a plan's digest and the terms under which it may be made, and what they say in words. */
#include "plan/approval.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/hex.h"
#include "plan/envelope.h"
#include "plan/private/approval.h"
#include "plan/private/keys.h"

enum { VERSION = 2 };

_Static_assert(NP_KEY_FILE_NAME_BYTES == NP_WIRE_OPERATOR_BYTES, "a key's name is signed whole");

/* ---- rows ---- */

void plan_approval_bind(sqlite3_stmt *s, const np_plan_approval *a)
{
    const np_wire_terms *t = &a->terms;
    sqlite3_bind_text(s, 1, a->operator_name, -1, SQLITE_STATIC);
    sqlite3_bind_blob(s, 2, a->public_key, 32, SQLITE_STATIC);
    sqlite3_bind_blob(s, 3, a->signature, 64, SQLITE_STATIC);
    sqlite3_bind_int64(s, 4, a->time_unix_s);
    sqlite3_bind_int(s, 5, a->version);
    sqlite3_bind_blob(s, 6, t->executors, (int)(t->n_executors * NP_WIRE_IDENTITY_BYTES), SQLITE_STATIC);
    sqlite3_bind_int64(s, 7, (sqlite3_int64)t->not_after_s);
    sqlite3_bind_int64(s, 8, t->air_only);
    sqlite3_bind_int64(s, 9, t->reload_every);
    sqlite3_bind_int64(s, 10, t->needle_life);
}

bool plan_approval_take(sqlite3_stmt *s, bool has_terms, np_plan_approval *out)
{
    np_wire_terms *t = &out->terms;
    size_t size = out->operator_name ? strlen(out->operator_name) : 0;
    out->time_unix_s = sqlite3_column_int64(s, 3);
    out->version = 1;
    if (!plan_db_blob(s, 1, out->public_key, 32) || !plan_db_blob(s, 2, out->signature, 64))
        return false;
    if (!has_terms)
        return true;
    int listed = sqlite3_column_bytes(s, 5);
    bool fits = plan_db_fits(s, 4, 1, VERSION) && plan_db_fits(s, 6, 0, INT64_MAX) && plan_db_fits(s, 7, 0, 1) &&
                plan_db_fits(s, 8, 0, NP_WIRE_MAX_DOTS) && plan_db_fits(s, 9, 0, NP_WIRE_MAX_DOTS);
    if (!fits || listed % NP_WIRE_IDENTITY_BYTES || listed > (int)sizeof t->executors || size > sizeof t->operator_name)
        return false;
    out->version = sqlite3_column_int(s, 4);
    t->n_executors = (uint32_t)listed / NP_WIRE_IDENTITY_BYTES;
    if (listed)
        memcpy(t->executors, sqlite3_column_blob(s, 5), (size_t)listed);
    t->not_after_s = (uint64_t)sqlite3_column_int64(s, 6);
    t->air_only = (uint32_t)sqlite3_column_int64(s, 7);
    t->reload_every = (uint32_t)sqlite3_column_int64(s, 8);
    t->needle_life = (uint32_t)sqlite3_column_int64(s, 9);
    t->operator_size = (uint32_t)size;
    if (size)
        memcpy(t->operator_name, out->operator_name, size);
    return true;
}

static np_status store_approval(const char *plan_path, const np_plan *plan, const np_plan_approval *approval,
                                np_error *err)
{
    plan_db db = {0};
    sqlite3_stmt *s = NULL;
    np_status status = plan_db_open_plan(&db, plan_path, err);
    if (status == NP_OK)
        status = plan_db_exec(&db, "PRAGMA synchronous = FULL", err);
    if (status == NP_OK)
        status = plan_db_bring_forward(&db, plan, err);
    /* Only if the file still holds the digest that was signed. */
    if (status == NP_OK)
        status = plan_db_prepare(&db,
                                 "INSERT INTO approvals SELECT NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM meta"
                                 " WHERE key = 'digest' AND value = ?",
                                 &s, err);
    if (status == NP_OK) {
        plan_approval_bind(s, approval);
        sqlite3_bind_blob(s, 11, plan->digest, NP_PLAN_DIGEST_BYTES, SQLITE_STATIC);
        status = plan_db_run(&db, s, err);
    }
    if (status == NP_OK && sqlite3_changes(db.handle) != 1)
        status = np_error_set(err, NP_ERR_FORMAT, "%s: the plan was changed while it was being approved", plan_path);
    if (status == NP_OK) /* else a log that is there stays as it is */
        plan_db_write(&db);
    sqlite3_finalize(s);
    plan_db_close(&db);
    return status;
}

/* ---- signing ---- */

static np_status sign(const np_plan *plan, plan_key *key, const np_wire_terms *terms, int64_t time_unix_s,
                      const char *plan_path, np_error *err)
{
    np_plan_approval a = {.operator_name = key->name, .time_unix_s = time_unix_s, .version = VERSION, .terms = *terms};
    unsigned char message[NP_WIRE_APPROVAL_MAX_BYTES];
    a.terms.reload_every = (uint32_t)plan->reload_every;
    a.terms.operator_size = (uint32_t)strlen(key->name);
    memcpy(a.terms.operator_name, key->name, a.terms.operator_size);
    size_t size = np_wire_approval_encode(plan->digest, &a.terms, message);
    if (size == 0)
        return np_error_set(err, NP_ERR_INVALID, "an approval names at most %d executors", NP_WIRE_APPROVAL_EXECUTORS);
    crypto_sign_detached(a.signature, NULL, message, size, key->key);
    crypto_sign_ed25519_sk_to_pk(a.public_key, key->key);
    return store_approval(plan_path, plan, &a, err);
}

np_status np_plan_approve(const char *plan_path, const char *key_path, np_key_opener *opener,
                          const np_wire_terms *terms, int64_t time_unix_s, np_error *err)
{
    plan_key key = {0};
    np_plan *plan = NULL;
    sodium_mlock(&key, sizeof key); /* not in swap while the plan is checked */
    np_status status = plan_key_read_secret(key_path, opener, &key, err);
    if (status == NP_OK)
        status = np_plan_read(plan_path, &plan, err); /* refuses what was changed after planning */
    if (status == NP_OK && (status = np_envelope_check(plan, err)) != NP_OK)
        np_error_prefix(err, status, "%s", plan_path);
    if (status == NP_OK)
        status = sign(plan, &key, terms, time_unix_s, plan_path, err);
    sodium_munlock(&key, sizeof key); /* and wiped */
    np_plan_destroy(plan);
    return status;
}

bool np_approval_is_valid(const np_plan_approval *approval, const unsigned char digest[NP_PLAN_DIGEST_BYTES])
{
    return approval->version == VERSION &&
           np_wire_approval_is_valid(digest, &approval->terms, approval->public_key, approval->signature);
}

/* ---- in words ---- */

const char *np_approval_end_text(uint64_t not_after_s, char out[NP_APPROVAL_END_BYTES])
{
    time_t t = (time_t)not_after_s;
    struct tm tm;
    if (not_after_s == 0)
        strcpy(out, "without an end");
    else if (!gmtime_r(&t, &tm) || !strftime(out, NP_APPROVAL_END_BYTES, "until %Y-%m-%d %H:%M UTC", &tm))
        snprintf(out, NP_APPROVAL_END_BYTES, "until second %llu", (unsigned long long)not_after_s);
    return out;
}

const char *np_approval_text(const np_plan_approval *approval, char out[NP_APPROVAL_TEXT_BYTES])
{
    const np_wire_terms *t = &approval->terms;
    char end[NP_APPROVAL_END_BYTES], id[2 * NP_WIRE_IDENTITY_BYTES + 1];
    if (approval->version < VERSION) {
        strcpy(out, "of the older form, which named no executor and had no end, and is taken by nobody any more");
        return out;
    }
    size_t used =
        (size_t)snprintf(out, NP_APPROVAL_TEXT_BYTES, "for %s", t->n_executors ? "executor " : "ANY executor");
    for (uint32_t i = 0; i < t->n_executors; i++) {
        np_hex_write(t->executors[i], NP_WIRE_IDENTITY_BYTES, id);
        used += (size_t)snprintf(out + used, NP_APPROVAL_TEXT_BYTES - used, "%s%s", i ? ", " : "", id);
    }
    used += (size_t)snprintf(out + used, NP_APPROVAL_TEXT_BYTES - used, ", %s, %s",
                             np_approval_end_text(t->not_after_s, end),
                             t->air_only ? "rehearsals in the air alone" : "with the needle");
    if (t->needle_life)
        snprintf(out + used, NP_APPROVAL_TEXT_BYTES - used, ", each for at most %u dots", t->needle_life);
    return out;
}
