/* Messages between the planner and a helper process: a kind and a run of bytes.
 *
 * Both ends are on one machine, so numbers travel as they lie in memory.  What does not go without saying is
 * that the helper runs somebody else's code, or holds somebody else's file: every read is checked against the end of the message, and a
 * reader that ran over stays failed and gives zeros, so a caller checks once, at the end. */
#ifndef NP_SANDBOX_MESSAGE_H
#define NP_SANDBOX_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NP_MESSAGE_MAX_BYTES (128u << 20) /* a million points with labels take 64 MB */

/* Zero-initialise; fini is safe on zero.  Not shared between threads. */
typedef struct np_message {
    uint32_t kind;
    uint8_t *data;
    size_t size, capacity;
    size_t at;   /* of the reader */
    bool failed; /* out of memory while writing, or read over the end */
} np_message;

/* Travels in front of each message. */
typedef struct np_message_header {
    uint32_t kind, size;
} np_message_header;

/* Empties MESSAGE for writing one of KIND; keeps its storage. */
void np_message_begin(np_message *message, uint32_t kind);
/* Makes room for SIZE bytes to be received; NULL and failed if it cannot. */
uint8_t *np_message_reserve(np_message *message, size_t size);
void np_message_fini(np_message *message);

void np_message_put(np_message *message, const void *bytes, size_t size);
void np_message_put_u32(np_message *message, uint32_t value);
void np_message_put_u64(np_message *message, uint64_t value);
void np_message_put_f64(np_message *message, double value);
/* TEXT may be NULL, and arrives as NULL. */
void np_message_put_text(np_message *message, const char *text);

void np_message_get(np_message *message, void *out_bytes, size_t size);
uint32_t np_message_get_u32(np_message *message);
uint64_t np_message_get_u64(np_message *message);
double np_message_get_f64(np_message *message);
/* A new string, the caller frees; NULL for one that was NULL, and on failure. */
char *np_message_get_text(np_message *message);
/* COUNT items of ITEM bytes in a new array, the caller frees; NULL for none, and on failure. */
void *np_message_get_array(np_message *message, size_t count, size_t item);

/* A fingerprint of its first SIZE bytes. */
uint64_t np_message_print(const np_message *message, size_t size);

/* Writes MESSAGE to socket FD; false with errno set.  Never raises SIGPIPE. */
bool np_message_send(int fd, const np_message *message);
/* Waits for one whole message; false at the end of the stream or on an error. */
bool np_message_receive(int fd, np_message *message);

#endif
