/* Messages between the planner and its helper process: a kind and a run of bytes.
 *
 * Both ends are on one machine, so numbers travel as they lie in memory.  What does not go without saying is
 * that the helper runs somebody else's code: every read is checked against the end of the message, and a
 * reader that ran over stays failed and gives zeros, so a caller checks once, at the end. */
#ifndef NP_FIELD_PRIVATE_MESSAGE_H
#define NP_FIELD_PRIVATE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Requests, from the planner. */
#define FIELD_MESSAGE_LOAD 1u    /* plugin path -> DONE with all descriptors */
#define FIELD_MESSAGE_LAYOUT 2u  /* strategy index and job -> DONE with control curves and pins */
#define FIELD_MESSAGE_PREPARE 3u /* the layer's curves as joined on the scan -> DONE */
#define FIELD_MESSAGE_PAINT 4u   /* number of samples in the shared memory -> DONE */
#define FIELD_MESSAGE_TRY 5u     /* of needlepath-strategy-check alone: private/trials.h */
/* Answers, from the helper.  Both end with the notes that the strategy logged. */
#define FIELD_MESSAGE_DONE 100u
#define FIELD_MESSAGE_FAILED 101u /* one sentence */

/* In the sentence of a FAILED where the strategy gave none. */
#define FIELD_SAID_NOTHING "did not say why (set_error)"

#define FIELD_MESSAGE_MAX_BYTES (64u << 20)
#define FIELD_MESSAGE_MAX_ANSWER_BYTES (8u << 20) /* the fullest layout takes 4 MB */

/* Zero-initialise; fini is safe on zero.  Not shared between threads. */
typedef struct field_message {
    uint32_t kind;
    uint8_t *data;
    size_t size, capacity;
    size_t at;   /* of the reader */
    bool failed; /* out of memory while writing, or read over the end */
} field_message;

/* Travels in front of each message. */
typedef struct field_message_header {
    uint32_t kind, size;
} field_message_header;

/* Empties MESSAGE for writing one of KIND; keeps its storage. */
void field_message_begin(field_message *message, uint32_t kind);
/* Makes room for SIZE bytes to be received; NULL and failed if it cannot. */
uint8_t *field_message_reserve(field_message *message, size_t size);
void field_message_fini(field_message *message);

void field_message_put(field_message *message, const void *bytes, size_t size);
void field_message_put_u32(field_message *message, uint32_t value);
void field_message_put_u64(field_message *message, uint64_t value);
void field_message_put_f64(field_message *message, double value);
/* TEXT may be NULL, and arrives as NULL. */
void field_message_put_text(field_message *message, const char *text);

void field_message_get(field_message *message, void *out_bytes, size_t size);
uint32_t field_message_get_u32(field_message *message);
uint64_t field_message_get_u64(field_message *message);
double field_message_get_f64(field_message *message);
/* A new string, the caller frees; NULL for one that was NULL, and on failure. */
char *field_message_get_text(field_message *message);
/* COUNT items of ITEM bytes in a new array, the caller frees; NULL for none, and on failure. */
void *field_message_get_array(field_message *message, size_t count, size_t item);

/* A fingerprint of its first SIZE bytes. */
uint64_t field_message_print(const field_message *message, size_t size);

/* Writes MESSAGE to socket FD; false with errno set.  Never raises SIGPIPE. */
bool field_message_send(int fd, const field_message *message);
/* Waits for one whole message; false at the end of the stream or on an error. */
bool field_message_receive(int fd, field_message *message);

#endif
