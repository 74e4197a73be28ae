/* CURVE keys as an end of a link needs them: its own, the executor's, and the list of those who may run sessions. */
#include "link/private/link_key_set.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zmq.h>

#include "base/grow.h"
#include "link/private/kind.h"

enum { MAX_ALLOWED = 4096 };

np_status link_key_set_check_build(np_error *err)
{
    int major, minor, patch;
    if (zmq_has("curve"))
        return NP_OK;
    zmq_version(&major, &minor, &patch);
    return np_error_set(err, NP_ERR_LINK,
                        "this build of ZeroMQ (%d.%d.%d) has no CURVE: install one that is built with "
                        "libsodium, as Debian's libzmq5 is",
                        major, minor, patch);
}

/* Reads the key of KIND in PATH: its Z85 to OUT_TEXT of LINK_KEYS_TEXT bytes, its name to OUT_NAME unless that is NULL. */
static np_status read_key(const char *path, np_key_file kind, char *out_name, char *out_text, np_error *err)
{
    np_key_line line;
    uint8_t bytes[32];
    np_status status = np_key_file_read(path, kind, &line, err);
    if (status == NP_OK && (strlen(line.key) != LINK_KEYS_TEXT - 1 || !zmq_z85_decode(bytes, line.key)))
        status = np_key_file_bad(path, kind, err);
    if (status == NP_OK) {
        memcpy(out_text, line.key, LINK_KEYS_TEXT);
        if (out_name)
            memcpy(out_name, line.name, sizeof line.name);
    }
    sodium_memzero(&line, sizeof line);
    sodium_memzero(bytes, sizeof bytes);
    return status;
}

/* This end's secret key, and the public one that belongs to it. */
static np_status read_secret(const char *path, link_key_set *out_keys, np_error *err)
{
    np_status status = read_key(path, NP_KEY_FILE_CURVE_SECRET, NULL, out_keys->secret, err);
    if (status != NP_OK)
        return status;
    if (zmq_curve_public(out_keys->own, out_keys->secret) != 0)
        return np_error_set(err, NP_ERR_FORMAT, "%s: ZeroMQ does not take this key: %s", path, zmq_strerror(errno));
    return NP_OK;
}

/* ---- the list of those who may run sessions ---- */

static np_status allow_file(link_key_set *keys, const char *path, np_error *err)
{
    if (keys->n_allowed == MAX_ALLOWED)
        return np_error_set(err, NP_ERR_INVALID, "%s: more than %d keys are allowed", path, MAX_ALLOWED);
    np_status status = NP_GROW(keys->allowed, keys->capacity, keys->n_allowed + 1, path, err);
    if (status != NP_OK)
        return status;
    char text[LINK_KEYS_TEXT];
    status = read_key(path, NP_KEY_FILE_CURVE_PUBLIC, keys->allowed[keys->n_allowed].name, text, err);
    if (status == NP_OK)
        zmq_z85_decode(keys->allowed[keys->n_allowed++].key, text);
    return status;
}

static int is_public(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);
    return n > 4 && entry->d_name[0] != '.' && strcmp(entry->d_name + n - 4, ".pub") == 0;
}

static np_status allow_folder(link_key_set *keys, const char *path, np_error *err)
{
    struct dirent **entries;
    int n = scandir(path, &entries, is_public, alphasort);
    if (n < 0)
        return np_error_set(err, NP_ERR_IO, "%s: cannot be read: %s", path, strerror(errno));
    np_status status = NP_OK;
    if (n == 0)
        status = np_error_set(err, NP_ERR_INVALID,
                              "%s: the folder has no file *.pub, so that nobody could run a session", path);
    for (int i = 0; i < n; i++) {
        char file[PATH_MAX + 300];
        snprintf(file, sizeof file, "%.*s/%s", PATH_MAX, path, entries[i]->d_name);
        if (status == NP_OK)
            status = allow_file(keys, file, err);
        free(entries[i]);
    }
    free(entries);
    return status;
}

static np_status read_allowed(const np_link_keys *curve, link_key_set *keys, np_error *err)
{
    np_status status = NP_OK;
    for (int i = 0; i < curve->n_allow && status == NP_OK; i++) {
        struct stat about;
        if (stat(curve->allow[i], &about) == 0 && S_ISDIR(about.st_mode))
            status = allow_folder(keys, curve->allow[i], err);
        else
            status = allow_file(keys, curve->allow[i], err);
    }
    return status;
}

const link_key_allowed *link_key_set_find(const link_key_set *keys, const uint8_t key[32])
{
    const link_key_allowed *found = NULL;
    for (size_t i = 0; i < keys->n_allowed; i++)
        found = sodium_memcmp(keys->allowed[i].key, key, 32) == 0 ? &keys->allowed[i] : found;
    return found;
}

/* ---- all that one end needs ---- */

bool link_keys_are_set(const np_link_keys *curve)
{
    return curve && (curve->key || curve->server_key || curve->n_allow > 0);
}

np_status link_key_set_check(const np_link_target *target, const np_link_keys *curve, bool listen, np_error *err)
{
    if (!link_keys_are_set(curve))
        return NP_OK;
    if (!target->kind->takes_keys)
        return np_error_set(err, NP_ERR_USAGE,
                            "CURVE keys go with zmq: targets; on a line of another kind --link-key says who may move "
                            "the arm");
    if (listen && !curve->key)
        return np_error_set(err, NP_ERR_USAGE, "--allow goes with --curve-key, the executor's own secret key");
    if (listen && curve->n_allow == 0)
        return np_error_set(err, NP_ERR_USAGE,
                            "--curve-key goes with --allow, the public keys that may run sessions: without any, "
                            "nobody could");
    if (!listen && !curve->server_key)
        return np_error_set(err, NP_ERR_USAGE, "--curve-key goes with --server-key, the executor's public key");
    return NP_OK;
}

np_status link_key_set_read(const np_link_target *target, const np_link_keys *curve, bool listen,
                            link_key_set *out_keys, np_error *err)
{
    np_status status = link_key_set_check(target, curve, listen, err);
    if (status == NP_OK)
        status = link_key_set_check_build(err);
    if (status == NP_OK && curve->key)
        status = read_secret(curve->key, out_keys, err);
    else if (status == NP_OK &&
             zmq_curve_keypair(out_keys->own, out_keys->secret) != 0) /* a stranger: a key for once */
        status = np_error_set(err, NP_ERR_INTERNAL, "ZeroMQ made no keys: %s", zmq_strerror(errno));
    if (status == NP_OK && !listen)
        status = read_key(curve->server_key, NP_KEY_FILE_CURVE_PUBLIC, NULL, out_keys->server, err);
    if (status == NP_OK && listen)
        status = read_allowed(curve, out_keys, err);
    return status;
}

void link_key_set_wipe(link_key_set *keys)
{
    free(keys->allowed);
    sodium_memzero(keys, sizeof *keys);
}
