/* One direction of a serial line: bytes in, at the line's speed bytes out, with seeded faults in between.
 *
 * No input or output and no clock of its own, so that it runs in virtual time as well.  A byte takes 10 bits.  What has not
 * yet left counts against a small buffer, as a UART's FIFO does: whoever feeds the line has to wait, and keeps what waits.
 *
 * Faults of bytes and frames hang on their number on the line and the seed alone, never on time: the same bytes meet the same
 * faults.  A frame is what stands between two zero bytes. */
#ifndef NP_SIM_LINE_H
#define NP_SIM_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define SIM_LINE_FRAME_MAX 1100 /* longer frames are never doubled */

typedef struct sim_line_faults {
    uint64_t seed;
    double flip;        /* probability for each bit */
    double lose;        /* for each byte: an overrun */
    double drop;        /* for each frame: it takes its time on the line and never arrives */
    double duplicate;   /* for each frame: it comes a second time right behind */
    uint64_t delay_us;  /* of every byte */
    uint64_t jitter_us; /* at most, of every frame more; order is kept */
} sim_line_faults;

typedef struct sim_line_config {
    uint32_t direction; /* keeps the two directions' random numbers apart */
    int baud;
    size_t buffer_bytes;
    sim_line_faults faults;
} sim_line_config;

typedef struct sim_line_counts {
    uint64_t bytes_in, bytes_out;
    uint64_t line_bytes; /* that took line time: those in, and doubles */
    uint64_t frames, flipped_bits, lost_bytes, dropped_frames, duplicated_frames;
    uint64_t cut_bytes; /* lost in a cut */
} sim_line_counts;

typedef struct sim_line {
    sim_line_config config;
    sim_line_counts counts;
    double byte_us, free_us; /* one byte's time; when all that was taken has left */
    double arrival_us;       /* of the last byte, so that nothing overtakes */
    uint64_t next_flip_bit, flips_drawn;
    struct sim_line_byte {
        uint64_t at_us;
        uint8_t value;
    } * queue; /* a ring: bytes under way, in order */
    size_t capacity, first, n;
    uint8_t frame[SIM_LINE_FRAME_MAX]; /* the present one, for its double */
    size_t frame_size;
    bool dropping;
    uint64_t frame_jitter_us;
} sim_line;

/* Zero-initialise.  NP_ERR_MEMORY. */
np_status sim_line_init(sim_line *line, const sim_line_config *config, uint64_t now_us, np_error *err);
/* How many bytes the line takes now, if they have been there since SINCE_US. */
size_t sim_line_room(const sim_line *line, uint64_t since_us, uint64_t now_us);
/* Takes N bytes, not more than there is room for, the first of which begins at SINCE_US or when the line is free. */
void sim_line_put(sim_line *line, uint64_t since_us, const uint8_t *bytes, size_t n);
/* Takes out at most CAPACITY bytes that have arrived by NOW_US. */
size_t sim_line_get(sim_line *line, uint64_t now_us, uint8_t *out_bytes, size_t capacity);
/* When it is worth looking at the line again: bytes will have arrived, or half the buffer is free; UINT64_MAX if it is
 * empty. */
uint64_t sim_line_deadline(const sim_line *line, uint64_t now_us);
/* The line is cut: what is under way is lost. */
void sim_line_cut(sim_line *line, uint64_t now_us);
/* The line stood still for so long: what is under way arrives that much later. */
void sim_line_delay(sim_line *line, uint64_t us);
/* Safe on a zero-initialised line. */
void sim_line_fini(sim_line *line);

#endif
