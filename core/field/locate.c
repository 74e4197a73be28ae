#include "field/private/locate.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* REST below the folder that holds the running program's folder. */
static np_status beside_program(const char *rest, char **out_path, np_error *err)
{
    *out_path = NULL;
    char program[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    if (n <= 0)
        return np_error_set(err, NP_ERR_IO, "/proc/self/exe: cannot find the program's folder: %s", strerror(errno));
    program[n] = '\0';
    /* twice up: the program's name, then its folder */
    for (int i = 0; i < 2; i++) {
        char *slash = strrchr(program, '/');
        if (slash)
            *slash = '\0';
    }
    if (asprintf(out_path, "%s/%s", program, rest) < 0) {
        *out_path = NULL;
        return np_error_no_memory(err, "a path");
    }
    return NP_OK;
}

np_status field_locate_strategy_host(char **out_path, np_error *err)
{
    static const char name[] = "needlepath-strategy-host";
    const char *folder = getenv("NEEDLEPATH_LIBEXEC");
    *out_path = NULL;
    if (folder && folder[0]) {
        if (asprintf(out_path, "%s/%s", folder, name) < 0) {
            *out_path = NULL;
            return np_error_no_memory(err, "a path");
        }
    } else {
        np_status status = beside_program("libexec/needlepath/needlepath-strategy-host", out_path, err);
        if (status != NP_OK)
            return status;
    }
    if (access(*out_path, X_OK) == 0)
        return NP_OK;
    np_error_set(err, NP_ERR_IO,
                 "%s: cannot run the helper that strategies work in: %s; install needlepath whole, or name "
                 "its folder in "
                 "NEEDLEPATH_LIBEXEC",
                 *out_path, strerror(errno));
    free(*out_path);
    *out_path = NULL;
    return NP_ERR_IO;
}

np_status field_locate_plugin_folder(char **out_path, np_error *err)
{
    return beside_program("lib/needlepath/plugins", out_path, err);
}
