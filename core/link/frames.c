/* Frames as COBS between zero bytes, on a serial line or on anything else that carries bytes.
 *
 * Bytes that were written wait in the driver and cannot overtake each other.  Not every driver says how many there are (USB
 * adapters have queues of their own, a pseudo-terminal with a slow line behind it says nothing), so the link counts by the
 * clock: it never hands over more than the line carries in AHEAD_US.  The rest of the frame waits here, where an urgent one
 * can still take its place.  A device that goes away is opened again, under the same name, until it is back. */
#include "link/private/frames.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "link/device.h"

enum {
    READ_BYTES = 4096,
    AHEAD_US = 4000 /* of line time, at most, in the driver: what a stop waits for, and what a late wake-up may cost */
};

typedef struct frame_link {
    np_link base;
    np_device device;
    char *pty_link; /* to be removed at the end */
    np_wire_decoder decoder;
    uint8_t input[READ_BYTES];
    size_t input_size, input_at;
    uint8_t output[NP_WIRE_SERIAL_MAX]; /* the frame that is being written */
    size_t output_size, output_at;
    uint64_t line_free_us; /* when all that was written will have left */
    bool driver_full;
} frame_link;

static frame_link *of(np_link *link)
{
    return (frame_link *)(void *)link;
}

static const char *get_trouble(const np_link *link)
{
    return np_device_trouble(&((const frame_link *)(const void *)link)->device);
}

/* What was under way with a device that is gone. */
static void forget(frame_link *s)
{
    s->input_size = s->input_at = s->output_size = s->output_at = 0;
    s->line_free_us = 0;
    s->decoder = (np_wire_decoder){0};
}

/* True if there is input to take apart. */
static bool fill_input(frame_link *s)
{
    ssize_t n = np_device_read(&s->device, s->input, sizeof s->input);
    if (n < 0)
        forget(s);
    if (n <= 0)
        return false;
    s->input_size = (size_t)n;
    s->input_at = 0;
    return true;
}

static bool receive(np_link *link, uint8_t *out_frame, size_t *out_size, np_link_peer *out_peer)
{
    frame_link *s = of(link);
    *out_peer = (np_link_peer){0};
    while (np_device_is_up(&s->device)) {
        while (s->input_at < s->input_size) {
            const uint8_t *frame;
            if (np_wire_decoder_push(&s->decoder, s->input[s->input_at++], &frame, out_size)) {
                memcpy(out_frame, frame, *out_size);
                return true;
            }
        }
        if (!fill_input(s))
            return false;
    }
    return false;
}

/* Time on the line: 10 bits a byte. */
static uint64_t line_us(const frame_link *s, size_t bytes)
{
    return bytes * 10u * 1000000u / (uint64_t)s->device.target.baud;
}

/* How many bytes may be written now; at least one once the line is free.  More than was ever handed over at once waits only for a
 * clock that went back: the line is taken for free then. */
static size_t allowance(frame_link *s, uint64_t now_us)
{
    if (s->line_free_us > now_us + AHEAD_US + line_us(s, 1))
        s->line_free_us = now_us;
    uint64_t taken_us = s->line_free_us > now_us ? s->line_free_us - now_us : 0;
    size_t n =
        taken_us < AHEAD_US ? (size_t)((AHEAD_US - taken_us) * (uint64_t)s->device.target.baud / 10u / 1000000u) : 0;
    return n > 0 || taken_us > 0 ? n : 1;
}

static void write_some(frame_link *s)
{
    uint64_t now = np_clock_us();
    size_t allowed;
    s->driver_full = false;
    while (s->output_at < s->output_size && (allowed = allowance(s, now)) > 0) {
        size_t rest = s->output_size - s->output_at;
        ssize_t n = link_port_write(&s->device.port, s->output + s->output_at, rest < allowed ? rest : allowed);
        if (n < 0 && errno == EINTR)
            continue;
        s->driver_full = n < 0 && errno == EAGAIN;
        if (n < 0 && errno != EAGAIN) {
            np_device_go_down(&s->device, strerror(errno));
            forget(s);
        }
        if (n <= 0)
            return;
        s->output_at += (size_t)n;
        s->line_free_us = (s->line_free_us > now ? s->line_free_us : now) + line_us(s, (size_t)n);
    }
}

/* The next frame begins to wait here when all of the last one has been written, which is AHEAD_US before it has left. */
static bool is_ready(const frame_link *s)
{
    return s->device.port.file >= 0 && s->output_at == s->output_size &&
           line_us(s, link_port_unsent(&s->device.port)) <= AHEAD_US;
}

static bool can_send(np_link *link)
{
    frame_link *s = of(link);
    if (!np_device_is_up(&s->device))
        return false;
    write_some(s);
    return is_ready(s);
}

static void send_frame(np_link *link, const np_link_peer *peer, const uint8_t *frame, size_t size)
{
    frame_link *s = of(link);
    (void)peer;
    if (!np_device_is_up(&s->device))
        return;
    s->output_size = np_wire_serial_encode(frame, size, s->output);
    s->output_at = 0;
    write_some(s);
}

static void drop_unsent(np_link *link)
{
    frame_link *s = of(link);
    s->output_size = s->output_at = 0;
    link_port_drop_unsent(&s->device.port);
}

/* When more may be written, or (for one who wants to send) a driver that had more than we thought may be asked again. */
static uint64_t next_write_us(const frame_link *s, uint64_t now_us, bool want_send)
{
    uint64_t half_empty_us = s->line_free_us > AHEAD_US / 2 ? s->line_free_us - AHEAD_US / 2 : 0;
    if (s->output_at == s->output_size)
        return want_send ? now_us + AHEAD_US / 2 : UINT64_MAX;
    return s->driver_full ? UINT64_MAX : half_empty_us > now_us ? half_empty_us : now_us + 1;
}

/* One sleep between START_US and END_US; false when the caller is to look what happened, also to a clock that went back. */
static bool sleep_and_write(frame_link *s, uint64_t start_us, uint64_t end_us, bool want_send)
{
    uint64_t now = np_clock_us(), until = end_us;
    if (now < start_us)
        return false;
    uint64_t other = s->device.port.file < 0 ? s->device.next_open_us : next_write_us(s, now, want_send);
    until = other < until ? other : until;
    uint64_t wait = until > now ? until - now : 0;
    struct pollfd item = {.fd = s->device.port.file, .events = (short)(POLLIN | (s->driver_full ? POLLOUT : 0))};
    struct timespec timeout = {.tv_sec = (time_t)(wait / 1000000u), .tv_nsec = (long)(wait % 1000000u) * 1000};
    int n = ppoll(&item, s->device.port.file >= 0, &timeout, NULL);

    /* A port that was hung up is readable for ever, and reads nothing. */
    if (n > 0 && (item.revents & (POLLHUP | POLLERR | POLLNVAL)) && !fill_input(s) && s->device.port.file >= 0) {
        np_device_go_down(&s->device, "it was hung up");
        forget(s);
    }
    if (n < 0 || s->device.port.file < 0 || (item.revents & POLLIN))
        return false;
    write_some(s);
    now = np_clock_us();
    return !(want_send && is_ready(s)) && now >= start_us && now < end_us;
}

static void wait_for(np_link *link, uint64_t timeout_us, bool want_send)
{
    frame_link *s = of(link);
    uint64_t start = np_clock_us(), end = start + timeout_us;
    if (s->device.port.file >= 0)
        write_some(s);
    while (s->input_at == s->input_size && sleep_and_write(s, start, end, want_send))
        ;
}

static void close_link(np_link *link)
{
    frame_link *s = of(link);
    link_port_close(&s->device.port);
    if (s->pty_link)
        unlink(s->pty_link);
    free(s->pty_link);
}

static const link_methods methods = {get_trouble, receive, can_send, send_frame, drop_unsent, wait_for, close_link};

static np_status open_new_pty(frame_link *s, const char *pty_link, np_error *err)
{
    np_link_target *target = &s->device.target;
    np_status status = link_port_make_pty(&s->device.port, target->address, sizeof target->address, err);
    if (status != NP_OK || !pty_link)
        return status;
    char *name = strdup(pty_link);
    if (!name)
        return np_error_no_memory(err, "a path");
    status = link_port_link_pty(pty_link, target->address, err);
    if (status == NP_OK)
        s->pty_link = name;
    else
        free(name);
    return status;
}

np_status link_frames_open(const np_link_target *target, const np_link_options *options, np_link **out_link,
                           np_error *err)
{
    const char *pty_link = options->pty_link;
    frame_link *s = calloc(1, sizeof *s);
    if (!s)
        return np_error_no_memory(err, "the link");
    s->base.methods = &methods;
    s->device = NP_DEVICE_CLOSED;
    s->device.target = *target;
    s->base.bytes_per_s = (uint32_t)target->baud / 10;
    np_status status =
        target->is_new_pty ? open_new_pty(s, pty_link, err) : target->bytes->open_port(target, &s->device.port, err);
    if (status == NP_OK) {
        snprintf(s->base.name, sizeof s->base.name, "%s:%s:%d", target->kind->scheme,
                 pty_link ? pty_link : s->device.target.address, target->baud);
        *out_link = &s->base;
    } else {
        np_link *link = &s->base;
        np_link_close(&link);
    }
    return status;
}
