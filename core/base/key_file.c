/* The one reader and writer of key files, so that every kind is refused for the same faults and in the same words. */
#include "base/key_file.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/secrets.h"

#define FILE_MAX 4096

#define ROW(kind, label, half, form, maker) {label, half, form, maker},
static const struct {
    const char *label, *half, *form, *maker;
} kinds[] = {NP_KEY_FILE_TABLE(ROW)};
#undef ROW

static bool is_public(np_key_file kind)
{
    return strcmp(kinds[kind].half, "public") == 0;
}

static bool name_is_good(const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)name[i] <= ' ' || name[i] == 0x7F)
            return false;
    return n > 0 && n <= NP_KEY_FILE_NAME_BYTES;
}

np_status np_key_file_check_name(const char *name, np_error *err)
{
    if (name_is_good(name))
        return NP_OK;
    return np_error_set(err, NP_ERR_INVALID, "key name '%.80s': expected 1 to %d bytes without blanks", name,
                        NP_KEY_FILE_NAME_BYTES);
}

np_status np_key_file_bad(const char *path, np_key_file kind, np_error *err)
{
    return np_error_set(err, NP_ERR_FORMAT,
                        "%s: not a key file, or damaged; expected one line '%s NAME %s', as `%s` writes it", path,
                        kinds[kind].label, kinds[kind].form, kinds[kind].maker);
}

/* What the file is instead, where the first word says so. */
static np_status other_kind(const char *path, np_key_file kind, const char *word, np_error *err)
{
    for (int i = 0; i < NP_KEY_FILE_COUNT; i++) {
        if (i == (int)kind || strcmp(word, kinds[i].label) != 0)
            continue;
        if (*kinds[kind].half && strcmp(kinds[i].maker, kinds[kind].maker) == 0)
            return np_error_set(err, NP_ERR_FORMAT, "%s: this is the %s key; expected the %s one%s", path,
                                kinds[i].half, kinds[kind].half, is_public(kind) ? " (the file ending in .pub)" : "");
        return np_error_set(err, NP_ERR_FORMAT,
                            "%s: this is a key of `%s`; expected one line '%s NAME %s', as `%s` "
                            "writes it",
                            path, kinds[i].maker, kinds[kind].label, kinds[kind].form, kinds[kind].maker);
    }
    return np_key_file_bad(path, kind, err);
}

np_status np_key_file_read(const char *path, np_key_file kind, np_key_line *out_line, np_error *err)
{
    char *text, word[40] = "", rest[2];
    size_t size;
    *out_line = (np_key_line){.kind = kind};
    if (!is_public(kind))
        np_secrets_close_memory();
    np_status status = np_file_read(path, FILE_MAX, &text, &size, err);
    if (status != NP_OK)
        return status;
    int n = sscanf(text, "%39s %64s %159s %1s", word, out_line->name, out_line->key, rest);
    if (kind == NP_KEY_FILE_OPERATOR_SECRET && strcmp(word, kinds[NP_KEY_FILE_OPERATOR_SEALED].label) == 0)
        kind = out_line->kind = NP_KEY_FILE_OPERATOR_SEALED;
    if (n != 3 || strlen(text) != size || strcmp(word, kinds[kind].label) != 0 || !name_is_good(out_line->name))
        status = other_kind(path, kind, word, err);
    explicit_bzero(text, size);
    free(text);
    if (status == NP_OK && !is_public(kind))
        status = np_file_check_private(path, err);
    if (status != NP_OK)
        explicit_bzero(out_line, sizeof *out_line);
    return status;
}

np_status np_key_file_write(const char *path, np_key_file kind, const char *name, const char *key, np_error *err)
{
    char line[300];
    snprintf(line, sizeof line, "%s %s %s\n", kinds[kind].label, name, key);
    np_status status = np_file_write_new(path, is_public(kind) ? 0644 : 0600, line, "keys", err);
    explicit_bzero(line, sizeof line);
    return status;
}

np_status np_key_file_write_pair(const char *path, np_key_file secret, const char *name, const char *secret_key,
                                 const char *public_key, np_error *err)
{
    size_t room = strlen(path) + sizeof ".pub";
    char *public_path = malloc(room);
    if (!public_path)
        return np_error_no_memory(err, path);
    snprintf(public_path, room, "%s.pub", path);
    /* The public file first: a secret key without its public half never appears. */
    np_key_file public_kind = secret;
    while (!is_public(public_kind))
        public_kind++;
    np_status status = np_key_file_write(public_path, public_kind, name, public_key, err);
    if (status == NP_OK) {
        status = np_key_file_write(path, secret, name, secret_key, err);
        if (status != NP_OK)
            unlink(public_path);
    }
    free(public_path);
    return status;
}
