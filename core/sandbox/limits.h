/* What a helper process is held to, known to both sides: the helper sets it, the planner says which limit it was that ended one. */
#ifndef NP_SANDBOX_LIMITS_H
#define NP_SANDBOX_LIMITS_H

#define NP_HELPER_CPU_S 600
#define NP_HELPER_FILE_BYTES (1 << 20) /* libomp registers itself in a file of a kilobyte */

/* File descriptors as the helper finds them; the second one only where memory is shared from the start. */
#define NP_HELPER_SOCKET_FD 3
#define NP_HELPER_MEMORY_FD 4
/* Its second argument, behind the planner's process id. */
#define NP_HELPER_WEAKER "weaker-sandbox"

#endif
