/* Status codes and error texts.
 *
 * Every function that can fail returns np_status; the sentence a person can act on goes into the caller's np_error.
 * One table gives the code, the exit status of the command-line programs, and a fallback text. */
#ifndef NP_BASE_STATUS_H
#define NP_BASE_STATUS_H

/* X(name, exit status, text).  Exit statuses: 0 done, 1 internal error, 2 usage, 3 invalid input or unsafe plan,
 * 4 link or device, 5 stopped by the operator, 6 ended with dots that were asked for and are not done. */
#define NP_STATUS_TABLE(X)                                                                                             \
    X(OK, 0, "done")                                                                                                   \
    X(ERR_INTERNAL, 1, "internal error")                                                                               \
    X(ERR_NO_MEMORY, 1, "out of memory")                                                                               \
    X(ERR_USAGE, 2, "wrong usage")                                                                                     \
    X(ERR_IO, 3, "a file could not be read or written")                                                                \
    X(ERR_FORMAT, 3, "a file is not of the expected format")                                                           \
    X(ERR_INVALID, 3, "a value is missing or out of range")                                                            \
    X(ERR_GEOMETRY, 3, "the geometry cannot be used")                                                                  \
    X(ERR_PLUGIN, 3, "a strategy plugin failed")                                                                       \
    X(ERR_UNSAFE, 3, "the plan breaks a safety limit")                                                                 \
    X(ERR_APPROVAL, 3, "the plan is not approved")                                                                     \
    X(ERR_LINK, 4, "the link to the executor failed")                                                                  \
    X(ERR_DEVICE, 4, "the executor refused or reported a fault")                                                       \
    X(ERR_STOPPED, 5, "stopped by the operator")                                                                       \
    X(ERR_INCOMPLETE, 6, "not everything that was asked for is done")

#define NP_STATUS_ENUM(name, exit_status, text) NP_##name,
typedef enum np_status { NP_STATUS_TABLE(NP_STATUS_ENUM) NP_STATUS_COUNT } np_status;
#undef NP_STATUS_ENUM

/* One error, in the caller's storage: one or a few whole sentences without a trailing newline.  Zero-initialised means
 * no error.  Not shared between threads.
 *
 * Wherever the library takes a np_error *, NULL is allowed: the status is the same, the sentence is lost.  So no function reads
 * its ERR; one that needs the sentence has an np_error of its own. */
typedef struct np_error {
    np_status status;
    char text[1024];
} np_error;

/* Returns the table's short name ("ERR_IO"), text, or exit status.  Static storage; any thread; unknown codes get
 * ERR_INTERNAL's row. */
const char *np_status_name(np_status status);
const char *np_status_text(np_status status);
int np_status_exit(np_status status);

/* Writes the formatted text and STATUS into ERR and returns STATUS, so that a failing function can
 * `return np_error_set(err, ...)`.  What came from outside cannot write to a terminal or hide: control characters, bytes that
 * are no UTF-8, and characters that show as nothing or turn the line round stand as \xNN or \uNNNN.  Of overlong text the middle is
 * left out, between characters: what to do stands at the end. */
np_status np_error_set(np_error *err, np_status status, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Puts "PREFIX: " in front of ERR's text and returns STATUS, for callers that know the file or the layer. */
np_status np_error_prefix(np_error *err, np_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Hands ERROR, which a function kept for itself, to its caller's ERR, and returns ERROR's status. */
np_status np_error_pass(np_error *err, const np_error *error);

/* ERR_NO_MEMORY with WHAT in the text. */
np_status np_error_no_memory(np_error *err, const char *what);

#endif
