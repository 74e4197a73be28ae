/* A helper process: the only place where what strangers wrote is run or taken apart.
 *
 * The planner talks to it over a socket, may share a sealed piece of memory with it, and watches it: time, memory, life.  Whatever happens in
 * it, from a crash to exit(0), the planner gets an error with the reason, and lives on.  Nothing here waits for the helper without
 * looking round: what runs in it may drip bytes, stop reading, or leave a child that holds the socket. */
#ifndef NP_SANDBOX_HELPER_H
#define NP_SANDBOX_HELPER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/progress.h"
#include "base/status.h"
#include "sandbox/message.h"

/* One helper; used by one thread at a time. */
typedef struct np_helper np_helper;

/* What a helper is to be.  PROGRAM is its name (np_program_helper); WHOM stands in messages about what cannot be made for it: "a strategy". */
typedef struct np_helper_setup {
    const char *program, *whom;
    size_t shared_bytes; /* 0: none */
    double timeout_s;    /* over one answer */
    long memory_mb;      /* resident */
} np_helper_setup;

/* For all helpers that are started from now on: work also where the kernel lacks Landlock. */
void np_helper_allow_weaker_sandbox(bool allowed);

/* The environment variable NAME as a number to *IN_OUT_VALUE, which is left as it is where the variable is not set.  NP_ERR_USAGE
 * where it is no number within MIN..MAX. */
np_status np_helper_setting(const char *name, double min, double max, double *in_out_value, np_error *err);

/* Starts a helper in a session of its own, with little of the environment and, of the planner's files, the socket and the memory
 * alone.  The caller destroys *out_helper.  NP_ERR_IO if it is not there or cannot be started. */
np_status np_helper_create(const np_helper_setup *setup, np_helper **out_helper, np_error *err);
/* Memory of SIZE bytes that cannot be resized any more, to be shared with WHOM; the caller closes *out_fd and unmaps *out_memory. */
np_status np_helper_make_memory(const char *whom, size_t size, int *out_fd, void **out_memory, np_error *err);
/* The memory that is shared; it belongs to HELPER. */
void *np_helper_shared(np_helper *helper);
/* Where in it the helper says how far it is, in millionths, and where it is asked to stop; without them it is never asked, but ended. */
void np_helper_set_flags(np_helper *helper, _Atomic uint32_t *progress_ppm, _Atomic uint32_t *cancel);
double np_helper_timeout_s(const np_helper *helper);
/* Whether it still lives, as far as was seen; NULL is none. */
bool np_helper_is_there(const np_helper *helper);
/* The threads it has, as the kernel says; 0 if it is gone. */
int np_helper_threads(const np_helper *helper);

/* Lets it stand still, with all its threads, or go on. */
void np_helper_freeze(np_helper *helper, bool frozen);
/* Closes the connection, whereupon the helper ends; so many helpers can be told before the first is waited for. */
void np_helper_close(np_helper *helper);
/* Lets the helper end, or ends it, with its whole process group; it is gone when this returns. */
void np_helper_destroy(np_helper *helper);
/* Ends the helper at once; NP_ERR_PLUGIN: WHY, while DOING, for this error and all later ones. */
np_status np_helper_put_down(np_helper *helper, const char *doing, const char *why, np_error *err);
/* NP_ERR_PLUGIN: why a helper that is not there any more is gone. */
np_status np_helper_gone(const np_helper *helper, np_error *err);

/* One question's clock. */
typedef struct np_helper_watch {
    const char *doing; /* for messages: "painting" */
    const np_progress *progress;
    double deadline_s, next_look_s;
    bool cancelled;
} np_helper_watch;

np_helper_watch np_helper_begin(const np_helper *helper, const char *doing, const np_progress *progress);

/* SIZE bytes from the helper.  NP_ERR_PLUGIN when it died, took too long (whether it sent nothing or little by little) or too much memory: then
 * it is gone and every later call fails likewise.  NP_ERR_STOPPED when the watch's progress says so; a helper that does not heed it, or
 * has no flag to heed, is then gone. */
np_status np_helper_receive(np_helper *helper, np_helper_watch *watch, void *bytes, size_t size, np_error *err);
/* SIZE bytes to the helper; FILE, unless it is -1, comes with the first of them and stays the caller's.  Errors likewise; but one that died
 * meanwhile is found out, with its reason, by the wait that follows. */
np_status np_helper_put(np_helper *helper, np_helper_watch *watch, const void *bytes, size_t size, int file,
                        np_error *err);
/* The same for whole messages, of which none from the helper has more than MAX_BYTES; *IN_OUT_MESSAGE keeps its storage. */
np_status np_helper_put_message(np_helper *helper, np_helper_watch *watch, const np_message *message, np_error *err);
np_status np_helper_receive_message(np_helper *helper, np_helper_watch *watch, size_t max_bytes,
                                    np_message *in_out_message, np_error *err);
/* Ends a helper whose answer makes no sense, as np_helper_put_down does. */
np_status np_helper_misanswered(np_helper *helper, const np_helper_watch *watch, np_error *err);

#endif
