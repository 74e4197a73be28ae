/* A manifest lets a plugin be listed, shown and looked for without a line of it being run.  It is the helper's answer, kept: a line with a version and the
 * plugin's SHA-256, then the answer's bytes.  One that is not of the very file beside it counts as none, and the helper is asked.  Whether it tells
 * the truth is found out when the plugin is loaded to plan (layout.c) or to be checked (check.c): what it says then must be the same, byte for byte. */
#include "field/private/manifest.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hex.h"

/* Of the line and of the answer (host/load.c, field_host_describe): another number is another format. */
#define FORMAT "needlepath manifest 2 "
#define HEAD_BYTES (sizeof FORMAT - 1 + 2 * crypto_hash_sha256_BYTES + 1)
/* No plugin is larger; what is, has none. */
#define MAX_PLUGIN_BYTES (256u << 20)

/* X.manifest for X.so; NULL without memory, or for a file of another name. */
static char *path_of(const char *plugin_path)
{
    char *path = NULL;
    size_t n = strlen(plugin_path);
    if (n < 4 || strcmp(plugin_path + n - 3, ".so") != 0 ||
        asprintf(&path, "%.*s.manifest", (int)(n - 3), plugin_path) < 0)
        return NULL;
    return path;
}

/* The first line for the plugin as it is now. */
static np_status make_head(const char *plugin_path, char out[HEAD_BYTES + 1], np_error *err)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char *bytes = NULL, hex[2 * sizeof hash + 1];
    size_t size;
    np_status status = np_file_read(plugin_path, MAX_PLUGIN_BYTES, &bytes, &size, err);
    if (status != NP_OK)
        return status;
    crypto_hash_sha256(hash, (const unsigned char *)bytes, size);
    np_hex_write(hash, sizeof hash, hex);
    snprintf(out, HEAD_BYTES + 1, FORMAT "%s\n", hex);
    free(bytes);
    return NP_OK;
}

bool field_manifest_read(const char *plugin_path, np_message *out_description)
{
    char head[HEAD_BYTES + 1], *path = path_of(plugin_path), *bytes = NULL;
    size_t size = 0;
    np_message_begin(out_description, FIELD_MESSAGE_DONE);
    bool ok = path && access(path, F_OK) == 0 &&
              np_file_read(path, FIELD_MESSAGE_MAX_ANSWER_BYTES, &bytes, &size, NULL) == NP_OK && size > HEAD_BYTES &&
              make_head(plugin_path, head, NULL) == NP_OK && memcmp(bytes, head, HEAD_BYTES) == 0;
    if (ok)
        np_message_put(out_description, bytes + HEAD_BYTES, size - HEAD_BYTES);
    free(bytes);
    free(path);
    return ok && !out_description->failed;
}

bool field_manifest_is_there(const char *plugin_path)
{
    char *path = path_of(plugin_path);
    bool there = path && access(path, F_OK) == 0;
    free(path);
    return there;
}

np_status field_manifest_write(const char *plugin_path, const np_message *description, char **out_path, np_error *err)
{
    char head[HEAD_BYTES + 1];
    np_file_writer writer = {0};
    *out_path = path_of(plugin_path);
    if (!*out_path)
        return np_error_set(err, NP_ERR_INVALID, "%s: expected a file NAME.so", plugin_path);
    np_status status = make_head(plugin_path, head, err);
    if (status == NP_OK)
        status = np_file_writer_open(&writer, *out_path, err);
    if (status == NP_OK) { /* what the stream cannot take, commit tells */
        (void)fwrite(head, 1, HEAD_BYTES, writer.stream);
        (void)fwrite(description->data, 1, description->size, writer.stream);
        status = np_file_writer_commit(&writer, err);
    }
    np_file_writer_discard(&writer);
    if (status != NP_OK) {
        free(*out_path);
        *out_path = NULL;
    }
    return status;
}
