/* Operators' keys in files: made as a pair, sealed by a passphrase, and read back only if the two halves belong together.
 *
 * What is sealed is the key's seed of 32 bytes.  How hard the passphrase is to guess stands in the file, within bounds, so that later
 * files can be harder and a file from elsewhere cannot take all memory. */
#include "plan/keys.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/secrets.h"
#include "plan/private/keys.h"

enum {
    SALT = crypto_pwhash_SALTBYTES,
    NONCE = crypto_secretbox_NONCEBYTES,
    SEED = crypto_sign_SEEDBYTES,
    NUMBERS = 8, /* passes, and memory in KiB, 4 bytes each, big-endian */
    SEALED = NUMBERS + SALT + NONCE + crypto_secretbox_MACBYTES + SEED,
    KIB_MAX = 1024 * 1024,
    PASSES_MAX = 16
};

static np_status start_sodium(np_error *err)
{
    if (sodium_init() < 0)
        return np_error_set(err, NP_ERR_INTERNAL, "libsodium cannot be started: no source of random numbers");
    return NP_OK;
}

/* ---- sealing ---- */

static void put_u32(unsigned char *at, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(v >> (24 - 8 * i));
}

static uint32_t get_u32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* The key of the box, from the passphrase and the numbers and salt that BOX begins with. */
static np_status stretch(const char *path, const char *passphrase, const unsigned char *box,
                         unsigned char out_key[crypto_secretbox_KEYBYTES], np_error *err)
{
    uint32_t passes = get_u32(box), kib = get_u32(box + 4);
    if (passes < crypto_pwhash_OPSLIMIT_MIN || passes > PASSES_MAX || kib < crypto_pwhash_MEMLIMIT_MIN / 1024 ||
        kib > KIB_MAX)
        return np_key_file_bad(path, NP_KEY_FILE_OPERATOR_SEALED, err);
    if (crypto_pwhash(out_key, crypto_secretbox_KEYBYTES, passphrase, strlen(passphrase), box + NUMBERS, passes,
                      (size_t)kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return np_error_set(err, NP_ERR_NO_MEMORY, "%s: the passphrase takes %u MiB of memory, which are not there",
                            path, kib / 1024);
    return NP_OK;
}

static np_status seal(const char *path, const char *passphrase, const unsigned char seed[SEED],
                      unsigned char out_box[SEALED], np_error *err)
{
    unsigned char key[crypto_secretbox_KEYBYTES];
    put_u32(out_box, crypto_pwhash_OPSLIMIT_MODERATE);
    put_u32(out_box + 4, crypto_pwhash_MEMLIMIT_MODERATE / 1024);
    randombytes_buf(out_box + NUMBERS, SALT + NONCE);
    np_status status = stretch(path, passphrase, out_box, key, err);
    if (status == NP_OK)
        crypto_secretbox_easy(out_box + NUMBERS + SALT + NONCE, seed, SEED, out_box + NUMBERS + SALT, key);
    sodium_memzero(key, sizeof key);
    return status;
}

static np_status unseal(const char *path, const char *passphrase, const unsigned char box[SEALED],
                        unsigned char out_seed[SEED], np_error *err)
{
    unsigned char key[crypto_secretbox_KEYBYTES];
    np_status status = stretch(path, passphrase, box, key, err);
    if (status == NP_OK && crypto_secretbox_open_easy(out_seed, box + NUMBERS + SALT + NONCE,
                                                      SEALED - NUMBERS - SALT - NONCE, box + NUMBERS + SALT, key) != 0)
        status =
            np_error_set(err, NP_ERR_INVALID, "%s: this is not the key's passphrase (or the file is damaged)", path);
    sodium_memzero(key, sizeof key);
    return status;
}

/* ---- writing ---- */

static void to_text(const unsigned char *bytes, size_t size, char out_text[NP_KEY_FILE_TEXT_ROOM])
{
    sodium_bin2base64(out_text, NP_KEY_FILE_TEXT_ROOM, bytes, size, sodium_base64_VARIANT_ORIGINAL);
}

static np_status write_pair(const char *path, const char *operator_name, const char *passphrase, np_error *err)
{
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES], secret_key[crypto_sign_SECRETKEYBYTES], seed[SEED],
        box[SEALED];
    char public_text[NP_KEY_FILE_TEXT_ROOM], secret_text[NP_KEY_FILE_TEXT_ROOM];
    np_status status = NP_OK;
    crypto_sign_keypair(public_key, secret_key);
    crypto_sign_ed25519_sk_to_seed(seed, secret_key);
    to_text(public_key, sizeof public_key, public_text);
    if (passphrase)
        status = seal(path, passphrase, seed, box, err);
    if (status == NP_OK) {
        to_text(passphrase ? box : secret_key, passphrase ? sizeof box : sizeof secret_key, secret_text);
        status = np_key_file_write_pair(path, passphrase ? NP_KEY_FILE_OPERATOR_SEALED : NP_KEY_FILE_OPERATOR_SECRET,
                                        operator_name, secret_text, public_text, err);
    }
    sodium_memzero(secret_key, sizeof secret_key);
    sodium_memzero(secret_text, sizeof secret_text);
    sodium_memzero(seed, sizeof seed);
    return status;
}

np_status np_keys_new(const char *path, const char *operator_name, const char *passphrase, np_error *err)
{
    np_status status = np_key_file_check_name(operator_name, err);
    if (status == NP_OK && passphrase && strlen(passphrase) < NP_PASSPHRASE_MIN)
        status = np_error_set(err, NP_ERR_INVALID, "%s: a passphrase has at least %d bytes", path, NP_PASSPHRASE_MIN);
    if (status == NP_OK)
        status = start_sodium(err);
    if (status != NP_OK)
        return status;
    np_secrets_close_memory();
    return write_pair(path, operator_name, passphrase, err);
}

/* ---- reading ---- */

static np_status ask_and_unseal(const char *path, np_key_opener *opener, const unsigned char box[SEALED],
                                unsigned char out_seed[SEED], np_error *err)
{
    char passphrase[NP_PASSPHRASE_BYTES] = "";
    if (!opener || !opener->ask)
        return np_error_set(err, NP_ERR_INVALID, "%s: the key has a passphrase, and nobody can be asked for it", path);
    np_status status = opener->ask(opener->context, path, passphrase, err);
    if (status == NP_OK)
        status = unseal(path, passphrase, box, out_seed, err);
    sodium_memzero(passphrase, sizeof passphrase);
    return status;
}

/* A damaged secret key would sign what nobody can verify: its two halves must belong together. */
static np_status open_plain(const char *path, const unsigned char bytes[crypto_sign_SECRETKEYBYTES],
                            unsigned char out_seed[SEED], np_error *err)
{
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES], secret_key[crypto_sign_SECRETKEYBYTES];
    crypto_sign_ed25519_sk_to_seed(out_seed, bytes);
    crypto_sign_seed_keypair(public_key, secret_key, out_seed);
    bool same = sodium_memcmp(secret_key, bytes, sizeof secret_key) == 0;
    sodium_memzero(secret_key, sizeof secret_key);
    return same ? NP_OK
                : np_error_set(err, NP_ERR_FORMAT, "%s: the key is damaged: its halves do not belong together", path);
}

static np_status open_line(const char *path, const np_key_line *line, np_key_opener *opener,
                           unsigned char out_seed[SEED], np_error *err)
{
    bool sealed = line->kind == NP_KEY_FILE_OPERATOR_SEALED;
    unsigned char bytes[SEALED];
    size_t size = 0;
    if (sodium_base642bin(bytes, sizeof bytes, line->key, strlen(line->key), NULL, &size, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        size != (sealed ? (size_t)SEALED : crypto_sign_SECRETKEYBYTES))
        return np_key_file_bad(path, line->kind, err);
    if (opener)
        opener->was_plain = !sealed;
    np_status status =
        sealed ? ask_and_unseal(path, opener, bytes, out_seed, err) : open_plain(path, bytes, out_seed, err);
    sodium_memzero(bytes, sizeof bytes);
    return status;
}

np_status plan_key_read_secret(const char *path, np_key_opener *opener, plan_key *out, np_error *err)
{
    np_key_line line = {0};
    unsigned char seed[SEED], public_key[crypto_sign_PUBLICKEYBYTES];
    np_status status = start_sodium(err);
    if (status == NP_OK)
        status = np_key_file_read(path, NP_KEY_FILE_OPERATOR_SECRET, &line, err);
    if (status == NP_OK)
        status = open_line(path, &line, opener, seed, err);
    if (status == NP_OK) {
        memcpy(out->name, line.name, sizeof out->name);
        crypto_sign_seed_keypair(public_key, out->key, seed);
    }
    sodium_memzero(&line, sizeof line);
    sodium_memzero(seed, sizeof seed);
    return status;
}
