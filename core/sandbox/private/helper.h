/* A helper's inside, and how it is started. */
#ifndef NP_SANDBOX_PRIVATE_HELPER_H
#define NP_SANDBOX_PRIVATE_HELPER_H

#include <sys/types.h>

#include "sandbox/helper.h"

struct np_helper {
    pid_t pid; /* and its session and process group; 0 once it is gone */
    int socket;
    bool frozen;
    double closed_s; /* when our end of the socket was closed */
    void *shared;
    size_t shared_bytes;
    _Atomic uint32_t *progress_ppm, *cancel;
    double timeout_s;
    long memory_mb;
    char epitaph[256]; /* why it is gone */
};

/* Starts PROGRAM (a path) for HELPER, whose shared memory is made for WHOM. */
np_status sandbox_start(np_helper *helper, const char *program, const char *whom, np_error *err);

#endif
