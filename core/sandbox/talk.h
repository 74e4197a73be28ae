/* A helper's end of what passes between it and the planner: how it was started, and its socket. */
#ifndef NP_SANDBOX_TALK_H
#define NP_SANDBOX_TALK_H

#include <stdbool.h>
#include <stddef.h>

/* Takes the arguments of a helper apart: the planner's process id, and whether the user lets it work where the kernel lacks Landlock.  False
 * where it was not the planner that started it. */
bool np_sandbox_started(int argc, char **argv, long *out_parent, bool *out_weaker);

/* SIZE bytes into SOCKET (a helper's is NP_HELPER_SOCKET_FD), or out of it, for as long as the other end lives.  A file that comes
 * with them goes to *OUT_FILE (NULL: none is taken), which is left as it is where none
 * comes, and is the caller's to close.  False at the end, or with errno set on an error. */
bool np_sandbox_put(int socket, const void *bytes, size_t size);
bool np_sandbox_take(int socket, void *bytes, size_t size, int *out_file);

#endif
