/* Link keys and operators' public keys: 32 bytes as base64. */
#include "link/key.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/secrets.h"

np_status np_link_read_key(const char *path, np_key_file kind, unsigned char out_key[32], np_error *err)
{
    np_key_line line;
    size_t decoded = 0;
    np_status status = np_key_file_read(path, kind, &line, err);
    if (status == NP_OK && (sodium_base642bin(out_key, 32, line.key, strlen(line.key), NULL, &decoded, NULL,
                                              sodium_base64_VARIANT_ORIGINAL) != 0 ||
                            decoded != 32))
        status = np_key_file_bad(path, kind, err);
    sodium_memzero(&line, sizeof line);
    return status;
}

np_status np_link_new_key(const char *path, const char *name, np_error *err)
{
    np_status status = np_key_file_check_name(name, err);
    if (status == NP_OK && sodium_init() < 0)
        status = np_error_set(err, NP_ERR_INTERNAL, "libsodium cannot be started: no source of random numbers");
    if (status != NP_OK)
        return status;
    unsigned char key[32];
    char base64[NP_KEY_FILE_TEXT_ROOM];
    np_secrets_close_memory();
    randombytes_buf(key, sizeof key);
    sodium_bin2base64(base64, sizeof base64, key, sizeof key, sodium_base64_VARIANT_ORIGINAL);
    status = np_key_file_write(path, NP_KEY_FILE_LINK, name, base64, err);
    sodium_memzero(key, sizeof key);
    sodium_memzero(base64, sizeof base64);
    return status;
}

void np_link_lock_key(void *memory, size_t size, void (*say)(void *context, const char *text), void *context)
{
    char text[200];
    if (sodium_mlock(memory, size) == 0 || !say)
        return;
    snprintf(text, sizeof text,
             "the key may be written to swap: its memory cannot be locked: %s (`ulimit -l` is the limit)",
             strerror(errno));
    say(context, text);
}
