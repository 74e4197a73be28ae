/* Reading msgpack without a heap.  Private to the room.
 *
 * msgpack-c's unpacker takes memory for what a message claims to hold before it is there; firmware has no
 * heap, and a frame from a stranger must not choose our memory.  So we pack with msgpack-c and read with
 * this: every function takes the next object or fails, and nothing is ever allocated.  Once something failed,
 * everything after fails too. */
#ifndef NP_PROTOCOL_PRIVATE_READER_H
#define NP_PROTOCOL_PRIVATE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct wire_reader {
    const uint8_t *next, *end;
    bool failed;
    /* The integer that was out of its range, if any, for the error's words. */
    const char *odd_name; /* NULL: that of the field itself */
    bool odd;
    int64_t odd_value, odd_min, odd_max;
} wire_reader;

/* True if VALUE is within MIN..MAX; else notes it. */
bool wire_read_check(wire_reader *reader, const char *name, int64_t value, int64_t min, int64_t max);

/* Any integer that fits int64_t. */
bool wire_read_int(wire_reader *reader, int64_t *out_value);
/* The head of an array; its elements are read next. */
bool wire_read_array(wire_reader *reader, uint32_t *out_count);
/* A bin or str, in place. */
bool wire_read_bin(wire_reader *reader, const uint8_t **out_bytes, uint32_t *out_size);
bool wire_read_str(wire_reader *reader, const uint8_t **out_bytes, uint32_t *out_size);
/* Skips one object of any kind, with all that is in it. */
bool wire_read_skip(wire_reader *reader);

#endif
