/* A helper process: the only place where a strategy's code runs.
 *
 * The planner talks to it over a socket, shares one sealed piece of memory with it, and watches it: time,
 * memory, life. Whatever the plugin does, from a crash to exit(0), the planner gets NP_ERR_PLUGIN with the
 * reason, and lives on. */
#ifndef NP_FIELD_PRIVATE_HELPER_H
#define NP_FIELD_PRIVATE_HELPER_H

#include "base/progress.h"
#include "base/status.h"
#include "field/private/message.h"
#include "field/private/shared.h"

typedef struct field_helper field_helper;

/* Resident memory that a helper may use, and how long it may take over one answer; the environment variables
 * NEEDLEPATH_PLUGIN_MEMORY_MB (64 to 65536) and NEEDLEPATH_PLUGIN_TIMEOUT_S (0.1 to 3600) change them. */
#define FIELD_HELPER_MEMORY_MB 1024
#define FIELD_HELPER_TIMEOUT_S 30.0

/* The helper programs: one for the planner, and one that tries a strategy as well (private/trials.h). */
#define FIELD_HELPER_HOST "needlepath-strategy-host"
#define FIELD_HELPER_CHECK "needlepath-strategy-check"

/* Starts the helper program NAME, in a session of its own.  The caller destroys *out_helper.  NP_ERR_IO if it is not there or cannot be
 * started. */
np_status field_helper_create(const char *name, field_helper **out_helper, np_error *err);
/* Closes the connection, whereupon the helper ends; so many helpers can be told before the first is waited for. */
void field_helper_close(field_helper *helper);
/* Lets the helper end, or ends it, with its whole process group; it is gone when this returns. */
void field_helper_destroy(field_helper *helper);
/* Ends it at once; every later call fails.  NULL is allowed. */
void field_helper_abandon(field_helper *helper);

field_shared *field_helper_shared(field_helper *helper);
double field_helper_timeout_s(const field_helper *helper);
/* Whether it still lives, as far as was seen; NULL is none. */
bool field_helper_is_there(const field_helper *helper);
/* The threads it has, as the kernel says; 0 if it is gone. */
int field_helper_threads(const field_helper *helper);

/* Sends REQUEST.  Each send is followed by one wait; sends to several helpers may come before their waits.  DOING is for messages:
 * "painting".  Errors as of field_helper_wait. */
np_status field_helper_send(field_helper *helper, const char *doing, const np_message *request,
                            const np_progress *progress, np_error *err);

/* Waits for the answer into REPLY (of the helper; valid until the next call).  NP_ERR_PLUGIN when the strategy failed, in its own
 * words, or the helper died, took too long (whether it sent nothing or little by little) or too much memory: then it is gone and
 * every later call fails likewise.  NP_ERR_STOPPED when PROGRESS says so; a helper that does not heed it is then gone. */
np_status field_helper_wait(field_helper *helper, const char *doing, const np_progress *progress,
                            np_message **out_reply, np_error *err);

/* Send and wait. */
np_status field_helper_call(field_helper *helper, const char *doing, const np_message *request,
                            const np_progress *progress, np_message **out_reply, np_error *err);

#endif
