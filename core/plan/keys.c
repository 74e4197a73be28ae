/* Operators' keys in files, and the signature under a plan's digest. */
#include "plan/keys.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/key_file.h"
#include "base/secrets.h"
#include "plan/private/db.h"
#include "plan/envelope.h"
#include "protocol/binding.h"

/* A key file's line, taken apart. */
typedef struct key_line {
    char name[NP_KEY_FILE_NAME_BYTES + 1];
    unsigned char key[64];
} key_line;

static np_status start_sodium(np_error *err)
{
    if (sodium_init() < 0)
        return np_error_set(err, NP_ERR_INTERNAL, "libsodium cannot be started: no source of random numbers");
    return NP_OK;
}

/* ---- writing ---- */

np_status np_keys_new(const char *path, const char *operator_name, np_error *err)
{
    np_status status = np_key_file_check_name(operator_name, err);
    if (status == NP_OK)
        status = start_sodium(err);
    if (status != NP_OK)
        return status;
    np_secrets_close_memory();
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES], secret_key[crypto_sign_SECRETKEYBYTES];
    char public_text[NP_KEY_FILE_TEXT_ROOM], secret_text[NP_KEY_FILE_TEXT_ROOM];
    crypto_sign_keypair(public_key, secret_key);
    sodium_bin2base64(public_text, sizeof public_text, public_key, sizeof public_key, sodium_base64_VARIANT_ORIGINAL);
    sodium_bin2base64(secret_text, sizeof secret_text, secret_key, sizeof secret_key, sodium_base64_VARIANT_ORIGINAL);
    status = np_key_file_write_pair(path, NP_KEY_FILE_OPERATOR_SECRET, operator_name, secret_text, public_text, err);
    sodium_memzero(secret_key, sizeof secret_key);
    sodium_memzero(secret_text, sizeof secret_text);
    return status;
}

/* ---- reading ---- */

static np_status read_line(const char *path, np_key_file kind, size_t key_size, key_line *out, np_error *err)
{
    np_key_line line;
    size_t decoded = 0;
    np_status status = np_key_file_read(path, kind, &line, err);
    if (status == NP_OK && (sodium_base642bin(out->key, sizeof out->key, line.key, strlen(line.key), NULL, &decoded,
                                              NULL, sodium_base64_VARIANT_ORIGINAL) != 0 ||
                            decoded != key_size))
        status = np_key_file_bad(path, kind, err);
    memcpy(out->name, line.name, sizeof out->name);
    sodium_memzero(&line, sizeof line);
    return status;
}

/* A damaged secret key would sign what nobody can verify: its two halves must belong together. */
static np_status read_secret(const char *path, key_line *out, np_error *err)
{
    np_status status = read_line(path, NP_KEY_FILE_OPERATOR_SECRET, crypto_sign_SECRETKEYBYTES, out, err);
    if (status != NP_OK)
        return status;
    unsigned char seed[crypto_sign_SEEDBYTES], public_key[crypto_sign_PUBLICKEYBYTES];
    unsigned char secret_key[crypto_sign_SECRETKEYBYTES];
    crypto_sign_ed25519_sk_to_seed(seed, out->key);
    crypto_sign_seed_keypair(public_key, secret_key, seed);
    if (sodium_memcmp(secret_key, out->key, sizeof secret_key) != 0)
        status = np_error_set(err, NP_ERR_FORMAT, "%s: the key is damaged: its halves do not belong together", path);
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(secret_key, sizeof secret_key);
    return status;
}

/* ---- approving ---- */

static void approval_message(const unsigned char digest[NP_PLAN_DIGEST_BYTES], unsigned char out[64], size_t *out_size)
{
    size_t label = sizeof NP_WIRE_APPROVAL_LABEL; /* with its closing zero byte */
    memcpy(out, NP_WIRE_APPROVAL_LABEL, label);
    memcpy(out + label, digest, NP_PLAN_DIGEST_BYTES);
    *out_size = label + NP_PLAN_DIGEST_BYTES;
}

static np_status store_approval(const char *plan_path, const np_plan_approval *approval,
                                const unsigned char digest[NP_PLAN_DIGEST_BYTES], np_error *err)
{
    plan_db db = {0};
    sqlite3_stmt *s = NULL;
    np_status status = plan_db_open_plan(&db, plan_path, err);
    if (status == NP_OK) {
        plan_db_write(&db);
        status = plan_db_exec(&db, "PRAGMA synchronous = FULL", err);
    }
    /* Only if the file still holds the digest that was signed. */
    if (status == NP_OK)
        status = plan_db_prepare(&db,
                                 "INSERT INTO approvals SELECT NULL, ?, ?, ?, ? FROM meta"
                                 " WHERE key = 'digest' AND value = ?",
                                 &s, err);
    if (status == NP_OK) {
        sqlite3_bind_text(s, 1, approval->operator_name, -1, SQLITE_STATIC);
        sqlite3_bind_blob(s, 2, approval->public_key, 32, SQLITE_STATIC);
        sqlite3_bind_blob(s, 3, approval->signature, 64, SQLITE_STATIC);
        sqlite3_bind_int64(s, 4, approval->time_unix_s);
        sqlite3_bind_blob(s, 5, digest, NP_PLAN_DIGEST_BYTES, SQLITE_STATIC);
        status = plan_db_run(&db, s, err);
    }
    if (status == NP_OK && sqlite3_changes(db.handle) != 1)
        status = np_error_set(err, NP_ERR_FORMAT, "%s: the plan was changed while it was being approved", plan_path);
    sqlite3_finalize(s);
    plan_db_close(&db);
    return status;
}

np_status np_plan_approve(const char *plan_path, const char *key_path, int64_t time_unix_s, np_error *err)
{
    np_status status = start_sodium(err);
    key_line line = {0};
    sodium_mlock(&line, sizeof line); /* not in swap while the plan is checked */
    if (status == NP_OK)
        status = read_secret(key_path, &line, err);
    np_plan *plan = NULL;
    if (status == NP_OK)
        status = np_plan_read(plan_path, &plan, err); /* refuses what was changed after planning */
    if (status == NP_OK && (status = np_envelope_check(plan, err)) != NP_OK)
        np_error_prefix(err, status, "%s", plan_path);
    if (status == NP_OK) {
        np_plan_approval approval = {.operator_name = line.name, .time_unix_s = time_unix_s};
        unsigned char message[64];
        size_t size;
        approval_message(plan->digest, message, &size);
        crypto_sign_detached(approval.signature, NULL, message, size, line.key);
        crypto_sign_ed25519_sk_to_pk(approval.public_key, line.key);
        status = store_approval(plan_path, &approval, plan->digest, err);
    }
    sodium_munlock(&line, sizeof line); /* and wiped */
    np_plan_destroy(plan);
    return status;
}

bool np_approval_is_valid(const np_plan_approval *approval, const unsigned char digest[NP_PLAN_DIGEST_BYTES])
{
    return np_wire_approval_is_valid(digest, approval->public_key, approval->signature);
}
