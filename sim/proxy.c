/* The proxy's loop; see proxy.h.
 *
 * It reads only what the line's buffer takes, so that the rest waits at the writer, as it would behind a UART.  When the
 * machine lets it wake late, it makes up for exactly that lateness: the line is never faster than its baud rate, and a busy
 * machine does not make it slower. */
#include "sim/proxy.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/rng.h"
#include "link/device.h"

enum { TO_EXECUTOR, TO_SENDER };
enum { CUTS = 100, FREEZES = 200 }; /* streams of random numbers, behind the lines' */
enum { REOPEN_US = 20000, WAIT_US = 50000, PIECE = 4096 };

/* Times of cuts or of freezes: one after another, drawn from the seed. */
typedef struct schedule {
    np_rng_stream stream;
    double every_s, for_s;
    uint32_t drawn;
    uint64_t begin_us, end_us;
    bool on;
} schedule;

/* One end of the line. */
typedef struct end {
    np_device device;
    bool hung_up; /* as poll said; there may still be bytes to read */
} end;

typedef struct proxy {
    const sim_proxy_options *options;
    end ends[2]; /* the executor's, the sender's: lines[i] leads to ends[i] */
    sim_line lines[2];
    schedule cut, freeze;
    uint64_t start_us, lateness_us;
    FILE *events;
    sim_proxy_summary summary;
} proxy;

/* ---- cuts and freezes ---- */

static void draw_next(schedule *s, uint64_t seed, uint64_t from_us)
{
    double gap = -s->every_s * log1p(-np_rng_uniform(seed, s->stream, s->drawn, 0));
    double length = s->for_s * (0.5 + np_rng_uniform(seed, s->stream, s->drawn, 1));
    s->drawn++;
    s->begin_us = s->every_s > 0 ? from_us + (uint64_t)(gap * 1e6) : UINT64_MAX;
    s->end_us = s->every_s > 0 ? s->begin_us + (uint64_t)(length * 1e6) : UINT64_MAX;
}

static void write_event(proxy *p, uint64_t at_us, const char *what)
{
    if (!p->events)
        return;
    fprintf(p->events, "%llu,%s\n", (unsigned long long)at_us, what);
    fflush(p->events);
}

/* True if the schedule was switched on or off just now. */
static bool advance(proxy *p, schedule *s, uint64_t now_us)
{
    if (!s->on && now_us >= s->begin_us) {
        s->on = true;
        return true;
    }
    if (s->on && now_us >= s->end_us) {
        s->on = false;
        draw_next(s, p->options->faults.seed, now_us);
        return true;
    }
    return false;
}

static void close_end(proxy *p, int i)
{
    np_device_go_down(&p->ends[i].device, "it was hung up");
    p->ends[i].hung_up = false;
}

static np_status open_sender_pty(proxy *p, np_error *err);

static np_status work_schedules(proxy *p, uint64_t now_us, np_error *err)
{
    const sim_proxy_options *o = p->options;
    bool takes_pty = o->unplug && p->ends[TO_SENDER].device.target.is_new_pty;
    if (advance(p, &p->cut, now_us)) {
        write_event(p, now_us, p->cut.on ? "cut" : "mended");
        p->summary.cuts += p->cut.on;
        if (takes_pty && p->cut.on) {
            /* the name first: the number of a pseudo-terminal that is gone may soon be another's */
            if (o->pty_link)
                unlink(o->pty_link);
            link_port_close(&p->ends[TO_SENDER].device.port);
        } else if (takes_pty) {
            np_status status = open_sender_pty(p, err);
            if (status != NP_OK)
                return status;
        }
    }
    for (int i = 0; i < 2 && p->cut.on; i++)
        sim_line_cut(&p->lines[i], now_us);
    uint64_t began_us = p->freeze.begin_us;
    if (advance(p, &p->freeze, now_us)) {
        write_event(p, now_us, p->freeze.on ? "freeze" : "thaw");
        p->summary.freezes += p->freeze.on;
        for (int i = 0; i < 2 && !p->freeze.on; i++)
            sim_line_delay(&p->lines[i], now_us - began_us);
    }
    return NP_OK;
}

/* ---- the ends ---- */

static np_status open_sender_pty(proxy *p, np_error *err)
{
    np_device *d = &p->ends[TO_SENDER].device;
    np_status status = link_port_make_pty(&d->port, d->target.address, sizeof d->target.address, err);
    return status == NP_OK && p->options->pty_link ? link_port_link_pty(p->options->pty_link, d->target.address, err)
                                                   : status;
}

/* A pseudo-terminal of our own is only made anew by the schedule. */
static bool is_up(proxy *p, int i)
{
    np_device *d = &p->ends[i].device;
    return d->target.is_new_pty ? d->port.file >= 0 : np_device_is_up(d);
}

/* ---- bytes ---- */

/* What the line towards end I takes now, from the other end. */
static void feed(proxy *p, int i, uint64_t now_us)
{
    sim_line *l = &p->lines[i];
    int from = 1 - i;
    uint8_t bytes[PIECE];
    uint64_t since_us = now_us - p->lateness_us;
    size_t room = sim_line_room(l, since_us, now_us);
    room = room < sizeof bytes ? room : sizeof bytes;
    if (room == 0 || !is_up(p, from))
        return;
    ssize_t n = read(p->ends[from].device.port.file, bytes, room);
    if (n > 0)
        sim_line_put(l, since_us, bytes, (size_t)n);
    else if (p->ends[from].hung_up || (n < 0 && errno != EAGAIN && errno != EINTR))
        close_end(p, from);
}

static void deliver(proxy *p, int i, uint64_t now_us)
{
    uint8_t bytes[PIECE];
    size_t n;
    while ((n = sim_line_get(&p->lines[i], now_us, bytes, sizeof bytes)) > 0) {
        ssize_t written = is_up(p, i) ? write(p->ends[i].device.port.file, bytes, n) : 0;
        if (written < 0 && errno != EAGAIN && errno != EINTR)
            close_end(p, i);
        p->summary.full_bytes[i] += n - (written > 0 ? (size_t)written : 0);
    }
}

/* ---- the loop ---- */

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* When there is something to do by the clock. */
static uint64_t next_time(const proxy *p, uint64_t now_us)
{
    uint64_t at = now_us + WAIT_US;
    for (int i = 0; i < 2; i++) {
        if (!p->freeze.on)
            at = earlier(at, sim_line_deadline(&p->lines[i], now_us));
        if (p->ends[i].device.port.file < 0 && !p->ends[i].device.target.is_new_pty)
            at = earlier(at, p->ends[i].device.next_open_us);
    }
    at = earlier(at, p->cut.on ? p->cut.end_us : p->cut.begin_us);
    at = earlier(at, p->freeze.on ? p->freeze.end_us : p->freeze.begin_us);
    return at > now_us ? at : now_us;
}

/* Sleeps until bytes come that the lines take, or until it is time. */
static void sleep_until(proxy *p, uint64_t at_us, uint64_t now_us)
{
    struct pollfd items[2];
    for (int i = 0; i < 2; i++) {
        const sim_line *from_here = &p->lines[1 - i];
        bool wants = !p->freeze.on && sim_line_room(from_here, now_us, now_us) * 2 > p->options->buffer_bytes;
        /* without events a device that was hung up would still wake us at once */
        items[i] = (struct pollfd){.fd = wants ? p->ends[i].device.port.file : -1, .events = POLLIN};
    }
    uint64_t wait = at_us - now_us;
    struct timespec timeout = {.tv_sec = (time_t)(wait / 1000000u), .tv_nsec = (long)(wait % 1000000u) * 1000};
    if (ppoll(items, 2, &timeout, NULL) <= 0)
        return;
    for (int i = 0; i < 2; i++)
        p->ends[i].hung_up = items[i].revents & (POLLHUP | POLLERR | POLLNVAL);
}

static np_status turn(proxy *p, np_error *err)
{
    uint64_t now = np_clock_us();
    np_status status = work_schedules(p, now, err);
    for (int i = 0; i < 2 && status == NP_OK && !p->freeze.on; i++) {
        deliver(p, i, now);
        feed(p, i, now);
    }
    if (status != NP_OK)
        return status;
    uint64_t at = next_time(p, now);
    sleep_until(p, at, now);
    uint64_t woke = np_clock_us();
    p->lateness_us = woke > at ? woke - at : 0;
    return NP_OK;
}

/* ---- set-up ---- */

static np_status parse_ends(proxy *p, np_error *err)
{
    const sim_proxy_options *o = p->options;
    np_status status = np_link_parse_target(o->listen, true, &p->ends[TO_SENDER].device.target, err);
    if (status == NP_OK)
        status = np_link_parse_target(o->to, false, &p->ends[TO_EXECUTOR].device.target, err);
    if (status == NP_OK && !(p->ends[0].device.target.is_serial && p->ends[1].device.target.is_serial))
        status =
            np_error_set(err, NP_ERR_USAGE, "a proxy is a serial line: expected serial: at both ends, found %s and %s",
                         o->listen, o->to);
    if (status == NP_OK && o->pty_link && !p->ends[TO_SENDER].device.target.is_new_pty)
        status =
            np_error_set(err, NP_ERR_USAGE, "a link to a pseudo-terminal (%s) goes with serial:pty only", o->pty_link);
    if (status == NP_OK && o->unplug && !(p->ends[TO_SENDER].device.target.is_new_pty && o->pty_link))
        status = np_error_set(err, NP_ERR_USAGE,
                              "--unplug takes the pseudo-terminal away and makes another: it goes with "
                              "--listen serial:pty and --pty-link, by which the sender finds it again");
    return status;
}

static np_status open_events(proxy *p, np_error *err)
{
    static const char first[] = "time_us,event\n";
    int file;
    np_status status = np_file_open_own(p->options->events, first, "list of events", &file, err);
    if (status != NP_OK)
        return status;
    p->events = ftruncate(file, 0) == 0 ? fdopen(file, "w") : NULL;
    if (!p->events) {
        status = np_error_set(err, NP_ERR_IO, "%s: cannot be written: %s", p->options->events, strerror(errno));
        close(file);
        return status;
    }
    fputs(first, p->events);
    return NP_OK;
}

static np_status start(proxy *p, np_error *err)
{
    const sim_proxy_options *o = p->options;
    uint64_t now = p->start_us = np_clock_us(), seed = o->faults.seed;
    np_status status = parse_ends(p, err);
    p->cut = (schedule){.stream = CUTS, .every_s = o->cut_every_s, .for_s = o->cut_for_s};
    p->freeze = (schedule){.stream = FREEZES, .every_s = o->freeze_every_s, .for_s = o->freeze_for_s};
    draw_next(&p->cut, seed, now);
    draw_next(&p->freeze, seed, now);
    for (uint32_t i = 0; i < 2 && status == NP_OK; i++) {
        sim_line_config config = {i, o->baud, o->buffer_bytes, o->faults};
        status = sim_line_init(&p->lines[i], &config, now, err);
    }
    if (status == NP_OK && o->events)
        status = open_events(p, err);
    if (status != NP_OK)
        return status;

    end *sender = &p->ends[TO_SENDER];
    status = sender->device.target.is_new_pty
                 ? open_sender_pty(p, err)
                 : link_port_open(sender->device.target.address, o->baud, &sender->device.port, err);
    if (status == NP_OK) {
        fprintf(o->out, "listening on serial:%s:%d\n", o->pty_link ? o->pty_link : sender->device.target.address,
                o->baud);
        fflush(o->out);
    }
    return status;
}

static void sum_up(const proxy *p, sim_proxy_summary *out)
{
    *out = p->summary;
    out->seconds = (double)(np_clock_us() - p->start_us) * 1e-6;
    for (int i = 0; i < 2; i++)
        out->lines[i] = p->lines[i].counts;
}

np_status sim_proxy_run(const sim_proxy_options *options, sim_proxy_summary *out_summary, np_error *err)
{
    *out_summary = (sim_proxy_summary){0};
    proxy *p = calloc(1, sizeof *p);
    if (!p)
        return np_error_no_memory(err, "the proxy");
    p->options = options;
    for (int i = 0; i < 2; i++) {
        p->ends[i].device = NP_DEVICE_CLOSED;
        p->ends[i].device.reopen_us = REOPEN_US;
    }
    np_status status = start(p, err);
    while (status == NP_OK && !*options->stop)
        status = turn(p, err);
    sum_up(p, out_summary);
    if (options->pty_link && p->ends[TO_SENDER].device.port.slave >= 0)
        unlink(options->pty_link);
    for (int i = 0; i < 2; i++) {
        link_port_close(&p->ends[i].device.port);
        sim_line_fini(&p->lines[i]);
    }
    if (p->events && fclose(p->events) != 0 && status == NP_OK)
        status = np_error_set(err, NP_ERR_IO, "%s: could not be written: %s", options->events, strerror(errno));
    free(p);
    return status;
}
