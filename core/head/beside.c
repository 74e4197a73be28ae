/* A document says what is read beside it, and may be a stranger's: nothing but a file in its own folder or below, whatever links lie
 * there.  The planner opens it; who takes the document apart cannot. */
#include "head/private/beside.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "head/private/mesh_file.h"

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* NAME with its %20 and such as bytes; in place. */
static void decode_percent(char *name)
{
    char *to = name;
    for (const char *at = name; *at; at++) {
        int high = *at == '%' ? hex_digit(at[1]) : -1, low = high >= 0 ? hex_digit(at[2]) : -1;
        bool coded = low >= 0 && (high | low) != 0;
        *to++ = coded ? (char)(high << 4 | low) : *at;
        at += coded ? 2 : 0;
    }
    *to = '\0';
}

/* NAME in FOLDER, in a kernel that does not leave FOLDER on its way; -1 with errno. */
static int open_below(const char *folder, const char *name)
{
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    int at = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (at < 0)
        return -1;
    int file = (int)syscall(SYS_openat2, at, name, &how, sizeof how), code = errno;
    close(at);
    errno = code;
    return file;
}

static np_status refuse_place(const char *document, const char *name, np_error *err)
{
    return np_error_set(
        err, NP_ERR_FORMAT,
        "%s: glTF: names a buffer '%.60s' outside of its own folder; put it beside the scan, or export a .glb",
        document, name);
}

static np_status open_named(const char *document, const char *name, int *out_file, size_t *out_size, np_error *err)
{
    char folder[PATH_MAX], path[PATH_MAX];
    const char *slash = strrchr(document, '/');
    int length = slash ? (int)(slash + 1 - document) : 0;
    if (name[0] == '/' || strstr(name, "..") || strchr(name, ':'))
        return refuse_place(document, name, err);
    snprintf(folder, sizeof folder, "%.*s", length ? length : 2, length ? document : "./");
    if (snprintf(path, sizeof path, "%.*s%s", length, document, name) >= (int)sizeof path)
        return np_error_set(err, NP_ERR_IO, "%s: its buffer has a name that is too long", document);
    *out_file = open_below(folder, name);
    if (*out_file < 0 && errno == EXDEV)
        return refuse_place(document, name, err);
    np_status status = *out_file >= 0 ? np_file_check_open(*out_file, path, HEAD_SCAN_MAX_FILE_BYTES, out_size, err)
                                      : np_error_set(err, NP_ERR_IO, "%s: cannot read: %s", path, strerror(errno));
    if (status != NP_OK && *out_file >= 0)
        close(*out_file);
    return status == NP_OK ? NP_OK : np_error_prefix(err, status, "%s: its buffer", document);
}

np_status head_beside_open(const char *document, const char *uri, int *out_file, size_t *out_size, np_error *err)
{
    *out_file = -1;
    *out_size = 0;
    char *name = strdup(uri);
    if (!name)
        return np_error_no_memory(err, "the scan's buffer");
    decode_percent(name);
    np_status status = open_named(document, name, out_file, out_size, err);
    free(name);
    return status;
}
