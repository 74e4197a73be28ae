/* A serial line with faults; see line.h. */
#include "sim/line.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

enum { FLIPS, LOSSES, DROPS, DOUBLES, JITTER, STREAMS };
enum { BYTES_AT_ONCE = 8 }; /* looked at together, so that the proxy does not wake for each */

static double draw(const sim_line *l, int purpose, uint64_t index)
{
    return np_rng_uniform(l->config.faults.seed, l->config.direction * STREAMS + (np_rng_stream)purpose, index, 0);
}

/* The gaps between flipped bits are geometric, so that one draw serves a whole gap. */
static void draw_next_flip(sim_line *l, uint64_t from_bit)
{
    double p = l->config.faults.flip, u = draw(l, FLIPS, l->flips_drawn++);
    double gap = p >= 1 ? 0 : floor(log1p(-u) / log1p(-p));
    l->next_flip_bit = p <= 0 || gap > 1e18 ? UINT64_MAX : from_bit + (uint64_t)gap;
}

np_status sim_line_init(sim_line *line, const sim_line_config *config, uint64_t now_us, np_error *err)
{
    *line = (sim_line){.config = *config, .byte_us = 1e7 / config->baud, .free_us = (double)now_us};
    const sim_line_faults *f = &config->faults;
    double under_way = (double)(f->delay_us + f->jitter_us) / line->byte_us;
    /* Room for doubles: of a frame that is under way, and of short ones that are put in at once. */
    line->capacity = (size_t)under_way + 2 * config->buffer_bytes + (size_t)2 * SIM_LINE_FRAME_MAX;
    line->queue = calloc(line->capacity, sizeof *line->queue);
    if (!line->queue)
        return np_error_no_memory(err, "a line");
    draw_next_flip(line, 0);
    return NP_OK;
}

/* Bytes that have not left yet. */
static size_t waiting(const sim_line *l, uint64_t now_us)
{
    double left = l->free_us - (double)now_us;
    return left > 0 ? (size_t)ceil(left / l->byte_us) : 0;
}

size_t sim_line_room(const sim_line *line, uint64_t since_us, uint64_t now_us)
{
    size_t used = waiting(line, now_us), places = line->capacity - line->n;
    size_t room = used < line->config.buffer_bytes ? line->config.buffer_bytes - used : 0;
    double idle_us = (double)now_us - ((double)since_us > line->free_us ? (double)since_us : line->free_us);
    room += idle_us > 0 ? (size_t)(idle_us / line->byte_us) : 0;
    size_t with_doubles = places > SIM_LINE_FRAME_MAX ? (places - SIM_LINE_FRAME_MAX) / 2 : 0;
    return room < with_doubles ? room : with_doubles;
}

/* One byte goes over the line, and most often arrives. */
static void transmit(sim_line *l, uint8_t value)
{
    const sim_line_faults *f = &l->config.faults;
    uint64_t number = l->counts.line_bytes++, end_bit = (number + 1) * 8;
    l->free_us += l->byte_us;
    while (l->next_flip_bit < end_bit) {
        uint64_t bit = l->next_flip_bit;
        value ^= (uint8_t)(1u << bit % 8);
        l->counts.flipped_bits++;
        draw_next_flip(l, bit + 1);
    }
    if (l->dropping)
        return;
    if (f->lose > 0 && draw(l, LOSSES, number) < f->lose) {
        l->counts.lost_bytes++;
        return;
    }
    double at = l->free_us + (double)(f->delay_us + l->frame_jitter_us);
    l->arrival_us = at > l->arrival_us ? at : l->arrival_us;
    l->queue[(l->first + l->n++) % l->capacity] = (struct sim_line_byte){(uint64_t)ceil(l->arrival_us), value};
}

static void begin_frame(sim_line *l)
{
    const sim_line_faults *f = &l->config.faults;
    uint64_t number = l->counts.frames++;
    l->dropping = f->drop > 0 && draw(l, DROPS, number) < f->drop;
    l->counts.dropped_frames += l->dropping;
    l->frame_jitter_us = (uint64_t)(draw(l, JITTER, number) * (double)f->jitter_us);
}

/* A frame's closing zero has gone by. */
static void end_frame(sim_line *l)
{
    const sim_line_faults *f = &l->config.faults;
    bool whole = l->frame_size < SIM_LINE_FRAME_MAX;
    l->dropping = false;
    if (whole && f->duplicate > 0 && draw(l, DOUBLES, l->counts.frames - 1) < f->duplicate) {
        l->counts.duplicated_frames++;
        for (size_t i = 0; i < l->frame_size; i++)
            transmit(l, l->frame[i]);
        transmit(l, 0);
    }
    l->frame_size = 0;
}

void sim_line_put(sim_line *line, uint64_t since_us, const uint8_t *bytes, size_t n)
{
    sim_line *l = line;
    l->free_us = (double)since_us > l->free_us ? (double)since_us : l->free_us;
    l->counts.bytes_in += n;
    for (size_t i = 0; i < n; i++) {
        bool zero = bytes[i] == 0;
        if (!zero && l->frame_size == 0)
            begin_frame(l);
        transmit(l, bytes[i]);
        if (zero && l->frame_size > 0)
            end_frame(l);
        else if (!zero && l->frame_size++ < SIM_LINE_FRAME_MAX)
            l->frame[l->frame_size - 1] = bytes[i];
    }
}

size_t sim_line_get(sim_line *line, uint64_t now_us, uint8_t *out_bytes, size_t capacity)
{
    size_t n = 0;
    while (n < capacity && line->n > 0 && line->queue[line->first].at_us <= now_us) {
        out_bytes[n++] = line->queue[line->first].value;
        line->first = (line->first + 1) % line->capacity;
        line->n--;
    }
    line->counts.bytes_out += n;
    return n;
}

uint64_t sim_line_deadline(const sim_line *line, uint64_t now_us)
{
    uint64_t at = UINT64_MAX;
    if (line->n > 0) {
        size_t i = line->n < BYTES_AT_ONCE ? line->n - 1 : BYTES_AT_ONCE - 1;
        at = line->queue[(line->first + i) % line->capacity].at_us;
    }
    size_t half = line->config.buffer_bytes / 2;
    if (waiting(line, now_us) > half) {
        uint64_t free_at = (uint64_t)(line->free_us - (double)half * line->byte_us) + 1;
        at = free_at < at ? free_at : at;
    }
    return at;
}

void sim_line_cut(sim_line *line, uint64_t now_us)
{
    line->counts.cut_bytes += line->n;
    line->n = 0;
    line->free_us = (double)now_us < line->free_us ? (double)now_us : line->free_us;
    line->arrival_us = 0;
}

void sim_line_delay(sim_line *line, uint64_t us)
{
    for (size_t i = 0; i < line->n; i++)
        line->queue[(line->first + i) % line->capacity].at_us += us;
    line->free_us += (double)us;
    line->arrival_us += (double)us;
}

void sim_line_fini(sim_line *line)
{
    free(line->queue);
    line->queue = NULL;
}
