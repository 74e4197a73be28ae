/* Paths relative to the running program, so that an installed tree and a build tree can be moved. */
#include "base/program.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Cuts the last component off PATH. */
static void cut(char *path)
{
    char *slash = strrchr(path, '/');
    if (slash)
        *slash = '\0';
}

np_status np_program_beside(const char *rest, char **out_path, np_error *err)
{
    static const char helpers[] = "/libexec/needlepath";
    *out_path = NULL;
    char program[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    if (n <= 0)
        return np_error_set(err, NP_ERR_IO, "/proc/self/exe: cannot find the program's folder: %s", strerror(errno));
    program[n] = '\0';
    cut(program);
    size_t length = strlen(program);
    if (length >= sizeof helpers && strcmp(program + length - (sizeof helpers - 1), helpers) == 0)
        cut(program);
    cut(program);
    if (asprintf(out_path, "%s/%s", program, rest) < 0) {
        *out_path = NULL;
        return np_error_no_memory(err, "a path");
    }
    return NP_OK;
}

np_status np_program_helper(const char *name, char **out_path, np_error *err)
{
    const char *folder = getenv("NEEDLEPATH_LIBEXEC");
    char rest[PATH_MAX];
    np_status status = NP_OK;
    *out_path = NULL;
    if (folder && folder[0]) {
        if (asprintf(out_path, "%s/%s", folder, name) < 0) {
            *out_path = NULL;
            return np_error_no_memory(err, "a path");
        }
    } else {
        snprintf(rest, sizeof rest, "libexec/needlepath/%s", name);
        status = np_program_beside(rest, out_path, err);
    }
    if (status != NP_OK || access(*out_path, X_OK) == 0)
        return status;
    np_error_set(err, NP_ERR_IO,
                 "%s: cannot run this part of needlepath: %s; install needlepath whole, or name its folder in "
                 "NEEDLEPATH_LIBEXEC",
                 *out_path, strerror(errno));
    free(*out_path);
    *out_path = NULL;
    return NP_ERR_IO;
}
