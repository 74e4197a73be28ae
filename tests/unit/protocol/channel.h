/* One way of the channel between sender and executor, in virtual time: what a line, a network or a bad plug
 * may do to a frame, drawn from the job's seed.  Used by harness.h. */
#ifndef NP_TESTS_UNIT_PROTOCOL_CHANNEL_H
#define NP_TESTS_UNIT_PROTOCOL_CHANNEL_H

#include <math.h>

#include "protocol/frame.h"

#include "approved_plan.h"

#define PIPE_FRAMES 512     /* in flight at once; what comes on top is lost */
#define PIPE_HELD_US 300000 /* a frame that was held back for others to overtake it comes after this at the latest */
#define PIPE_BURST_BYTES 64 /* the longest burst of noise */

typedef struct pipe_faults {
    double lose, twice, flip; /* per frame; a flip is one bit */
    double bit_errors;        /* per bit (BER) */
    double burst;             /* per frame: a run of its bytes is noise */
    double reorder;           /* per frame: up to reorder_depth later ones overtake it */
    unsigned reorder_depth;
    uint64_t delay_us, jitter_us; /* one way */
    uint64_t byte_ns;             /* time a byte takes on the line; 0: none (ZeroMQ) */
} pipe_faults;

typedef struct job_packet {
    uint64_t at_us;
    unsigned behind; /* frames yet to overtake it */
    size_t size;
    uint8_t bytes[NP_WIRE_FRAME_MAX];
} job_packet;

typedef struct job_pipe {
    job_packet packets[PIPE_FRAMES];
    uint16_t order[PIPE_FRAMES]; /* the first n: in flight, in the order of sending; the others: free */
    bool started;
    unsigned n;
    uint64_t line_free_us; /* a serial line sends one byte after the other */
    double clean_bits;     /* to go until the next bit error */
} job_pipe;

/* Bits between two errors are geometric: one draw an error, not one a bit. */
static inline void pipe_flip_bits(job_pipe *p, const pipe_faults *f, job_random *random, job_packet *q)
{
    double bits = 8.0 * (double)q->size;
    if (f->bit_errors <= 0)
        return;
    for (; p->clean_bits < bits; p->clean_bits += 1 + floor(log1p(-random_unit(random)) / log1p(-f->bit_errors))) {
        uint64_t bit = (uint64_t)p->clean_bits;
        q->bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    p->clean_bits -= bits;
}

static inline void pipe_damage(job_pipe *p, const pipe_faults *f, job_random *random, job_packet *q)
{
    if (random_hits(random, f->flip)) {
        uint64_t bit = random_next(random) % (q->size * 8);
        q->bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    if (random_hits(random, f->burst)) {
        size_t at = random_next(random) % q->size, n = 1 + random_next(random) % PIPE_BURST_BYTES;
        random_fill(random, q->bytes + at, n < q->size - at ? n : q->size - at);
    }
    pipe_flip_bits(p, f, random, q);
}

static inline void pipe_start(job_pipe *p)
{
    for (uint16_t i = 0; i < PIPE_FRAMES; i++)
        p->order[i] = i;
    p->started = true;
}

/* A frame has gone: those held back are a place nearer, and follow it when their turn has come. */
static inline void pipe_overtake(job_pipe *p, uint64_t at_us)
{
    for (unsigned i = 0; i < p->n; i++) {
        job_packet *q = &p->packets[p->order[i]];
        if (q->behind && --q->behind == 0 && at_us < q->at_us)
            q->at_us = at_us + 1;
    }
}

/* Sends a frame; CUT: both ways are dead. */
static inline void pipe_put(job_pipe *p, const pipe_faults *f, job_random *random, uint64_t now_us, bool cut,
                            const uint8_t *bytes, size_t size)
{
    uint64_t start = p->line_free_us > now_us ? p->line_free_us : now_us;
    if (!p->started)
        pipe_start(p);
    p->line_free_us = start + size * f->byte_ns / 1000;
    if (cut || random_hits(random, f->lose))
        return;
    int copies = random_hits(random, f->twice) ? 2 : 1;
    while (copies-- && p->n < PIPE_FRAMES) {
        job_packet *q = &p->packets[p->order[p->n]];
        q->at_us = p->line_free_us + f->delay_us + (f->jitter_us ? random_next(random) % f->jitter_us : 0);
        q->behind = 0;
        q->size = size;
        memcpy(q->bytes, bytes, size);
        pipe_damage(p, f, random, q);
        if (f->reorder > 0)
            pipe_overtake(p, q->at_us);
        if (random_hits(random, f->reorder)) {
            q->behind = 1 + (unsigned)(random_next(random) % f->reorder_depth);
            q->at_us += PIPE_HELD_US;
        }
        p->n++;
    }
}

/* Takes the packet that is due first, if any is due; of equal times the one sent first.  It stays readable
 * until the next pipe_put. */
static inline bool pipe_take(job_pipe *p, uint64_t now_us, const job_packet **out)
{
    unsigned best = p->n;
    for (unsigned i = 0; i < p->n; i++) {
        uint64_t at = p->packets[p->order[i]].at_us;
        if (at <= now_us && (best == p->n || at < p->packets[p->order[best]].at_us))
            best = i;
    }
    if (best == p->n)
        return false;
    uint16_t taken = p->order[best];
    memmove(&p->order[best], &p->order[best + 1], (p->n - best - 1) * sizeof p->order[0]);
    p->order[--p->n] = taken;
    *out = &p->packets[taken];
    return true;
}

/* When the next one is due. */
static inline uint64_t pipe_next(const job_pipe *p)
{
    uint64_t at = UINT64_MAX;
    for (unsigned i = 0; i < p->n; i++)
        at = p->packets[p->order[i]].at_us < at ? p->packets[p->order[i]].at_us : at;
    return at;
}

#endif
