/* Key files; see key.h. */
#include "link/key.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

np_status np_link_read_key(const char *path, const char *label, unsigned char out_key[32], np_error *err)
{
    char *text;
    size_t size;
    np_status status = np_file_read(path, 4096, &text, &size, err);
    if (status != NP_OK)
        return status;
    char word[40], base64[128], rest[2];
    size_t decoded = 0;
    bool good = strlen(text) == size && sscanf(text, "%39s %*64s %127s %1s", word, base64, rest) == 2 &&
                strcmp(word, label) == 0 &&
                sodium_base642bin(out_key, 32, base64, strlen(base64), NULL, &decoded, NULL,
                                  sodium_base64_VARIANT_ORIGINAL) == 0 &&
                decoded == 32;
    if (!good)
        status = np_error_set(err, NP_ERR_FORMAT, "%s: expected one line \"%s NAME BASE64\" with a key of 32 bytes",
                              path, label);
    sodium_memzero(text, size);
    sodium_memzero(base64, sizeof base64);
    free(text);
    if (status == NP_OK && strcmp(label, NP_LINK_KEY_LABEL) == 0)
        status = np_file_check_private(path, err);
    return status;
}

np_status np_link_new_key(const char *path, const char *name, np_error *err)
{
    enum { NAME_BYTES = 64 };
    size_t n = strlen(name);
    if (n < 1 || n > NAME_BYTES || strcspn(name, " \t\r\n\v\f") != n)
        return np_error_set(err, NP_ERR_INVALID, "key name '%.80s': expected 1 to %d bytes without blanks", name,
                            NAME_BYTES);
    if (sodium_init() < 0)
        return np_error_set(err, NP_ERR_INTERNAL, "libsodium cannot be started: no source of random numbers");
    unsigned char key[32];
    char base64[128], line[256];
    randombytes_buf(key, sizeof key);
    sodium_bin2base64(base64, sizeof base64, key, sizeof key, sodium_base64_VARIANT_ORIGINAL);
    snprintf(line, sizeof line, "%s %s %s\n", NP_LINK_KEY_LABEL, name, base64);
    np_status status = np_file_write_new(path, 0600, line, "keys", err);
    sodium_memzero(key, sizeof key);
    sodium_memzero(base64, sizeof base64);
    sodium_memzero(line, sizeof line);
    return status;
}
