#include "plan/keys.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "plan/private/db.h"
#include "plan/envelope.h"
#include "protocol/binding.h"

#define SECRET_LABEL "needlepath-secret-key-v1"
#define PUBLIC_LABEL "needlepath-public-key-v1"
#define NAME_MAX_BYTES 64
#define KEY_FILE_MAX 4096
#define BASE64_ROOM 128 /* of 64 bytes, with the closing zero */

/* A key file's line, taken apart. */
typedef struct key_line {
    char name[NAME_MAX_BYTES + 1];
    unsigned char key[64];
} key_line;

static np_status start_sodium(np_error *err)
{
    if (sodium_init() < 0)
        return np_error_set(err, NP_ERR_INTERNAL, "libsodium cannot be started: no source of random numbers");
    return NP_OK;
}

/* ---- writing ---- */

static np_status check_name(const char *name, np_error *err)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)name[i] <= ' ' || name[i] == 0x7F)
            n = 0;
    if (n == 0 || n > NAME_MAX_BYTES)
        return np_error_set(err, NP_ERR_INVALID, "operator name '%.80s': expected 1 to %d bytes without blanks", name,
                            NAME_MAX_BYTES);
    return NP_OK;
}

static char *public_path(const char *path)
{
    size_t room = strlen(path) + sizeof ".pub";
    char *name = malloc(room);
    if (name)
        snprintf(name, room, "%s.pub", path);
    return name;
}

static void format_line(char *line, size_t size, const char *label, const char *name, const unsigned char *key,
                        size_t key_size)
{
    char base64[BASE64_ROOM];
    sodium_bin2base64(base64, sizeof base64, key, key_size, sodium_base64_VARIANT_ORIGINAL);
    snprintf(line, size, "%s %s %s\n", label, name, base64);
    sodium_memzero(base64, sizeof base64);
}

np_status np_keys_new(const char *path, const char *operator_name, np_error *err)
{
    np_status status = check_name(operator_name, err);
    if (status == NP_OK)
        status = start_sodium(err);
    if (status != NP_OK)
        return status;
    char *pub = public_path(path);
    if (!pub)
        return np_error_no_memory(err, path);
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES], secret_key[crypto_sign_SECRETKEYBYTES];
    char secret_line[256], public_line[256];
    crypto_sign_keypair(public_key, secret_key);
    format_line(secret_line, sizeof secret_line, SECRET_LABEL, operator_name, secret_key, sizeof secret_key);
    format_line(public_line, sizeof public_line, PUBLIC_LABEL, operator_name, public_key, sizeof public_key);
    /* The public file first: a secret key without its public half never appears. */
    status = np_file_write_new(pub, 0644, public_line, "keys", err);
    if (status == NP_OK) {
        status = np_file_write_new(path, 0600, secret_line, "keys", err);
        if (status != NP_OK)
            unlink(pub);
    }
    sodium_memzero(secret_key, sizeof secret_key);
    sodium_memzero(secret_line, sizeof secret_line);
    free(pub);
    return status;
}

/* ---- reading ---- */

static np_status not_a_key(const char *path, const char *label, const char *text, np_error *err)
{
    bool secret = strcmp(label, SECRET_LABEL) == 0;
    const char *other = secret ? PUBLIC_LABEL : SECRET_LABEL;
    if (strncmp(text, other, strlen(other)) == 0)
        return np_error_set(err, NP_ERR_FORMAT, "%s: this is the %s key; expected the %s one", path,
                            secret ? "public" : "secret", secret ? "secret" : "public (the file ending in .pub)");
    return np_error_set(err, NP_ERR_FORMAT,
                        "%s: not a key file, or damaged; expected one line '%s NAME BASE64', as "
                        "`needlepath keys new` writes it",
                        path, label);
}

static np_status read_line(const char *path, const char *label, size_t key_size, key_line *out, np_error *err)
{
    char *text;
    size_t size;
    np_status status = np_file_read(path, KEY_FILE_MAX, &text, &size, err);
    if (status != NP_OK)
        return status;
    char word[40], base64[BASE64_ROOM], rest[2];
    size_t decoded = 0;
    bool good = sscanf(text, "%39s %64s %127s %1s", word, out->name, base64, rest) == 3 && strcmp(word, label) == 0 &&
                strlen(text) == size &&
                sodium_base642bin(out->key, sizeof out->key, base64, strlen(base64), NULL, &decoded, NULL,
                                  sodium_base64_VARIANT_ORIGINAL) == 0 &&
                decoded == key_size;
    if (!good)
        status = not_a_key(path, label, text, err);
    sodium_memzero(base64, sizeof base64);
    sodium_memzero(text, size);
    free(text);
    return status;
}

np_status np_keys_read_public(const char *path, char **out_name, unsigned char out_key[32], np_error *err)
{
    key_line line;
    *out_name = NULL;
    np_status status = read_line(path, PUBLIC_LABEL, crypto_sign_PUBLICKEYBYTES, &line, err);
    if (status != NP_OK)
        return status;
    *out_name = strdup(line.name);
    memcpy(out_key, line.key, crypto_sign_PUBLICKEYBYTES);
    return *out_name ? NP_OK : np_error_no_memory(err, path);
}

/* A damaged secret key would sign what nobody can verify: its two halves must belong together. */
static np_status read_secret(const char *path, key_line *out, np_error *err)
{
    np_status status = read_line(path, SECRET_LABEL, crypto_sign_SECRETKEYBYTES, out, err);
    if (status == NP_OK)
        status = np_file_check_private(path, err);
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
    if (status == NP_OK)
        status = plan_db_exec(&db, "PRAGMA synchronous = FULL", err);
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
    sodium_memzero(&line, sizeof line);
    np_plan_destroy(plan);
    return status;
}

bool np_approval_is_valid(const np_plan_approval *approval, const unsigned char digest[NP_PLAN_DIGEST_BYTES])
{
    return np_wire_approval_is_valid(digest, approval->public_key, approval->signature);
}
