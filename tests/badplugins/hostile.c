/* Strategies that attack the planner itself: they write to the socket that their helper answers on, never read from it, lay out
 * what is legal and without end, or leave processes behind.  The planner must name them within the time it allows. */
#include <needlepath/plugin_kit.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "inputs.h"
#include "reach.h"

#define SOCKET_FD 3 /* core/field/private/shared.h */
#define MESSAGE_DONE 100u
#define MESSAGE_FAILED 101u
#define NO_TEXT 0xffffffffu

static volatile int keep_on = 1;

static int32_t paint(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)
{
    for (uint32_t i = 0; i < s->count; i++) {
        f->coverage[i] = 1;
        f->density_per_cm2[i] = job->treatment->natural_density_per_cm2;
    }
    return 0;
}

static void wait_for_ever(void)
{
    prctl(PR_SET_NAME, "np_waits"); /* for a test that looks from outside */
    while (keep_on)
        pause();
}

/* ---- forged answers ---- */

static void put(const void *bytes, size_t size)
{
    const char *p = bytes;
    while (size > 0) {
        ssize_t n = send(SOCKET_FD, p, size, MSG_NOSIGNAL);
        if (n <= 0)
            _exit(9);
        p += n;
        size -= (size_t)n;
    }
}

static void put_u32(uint32_t value)
{
    put(&value, sizeof value);
}

static void put_header(size_t size)
{
    put_u32(MESSAGE_DONE);
    put_u32((uint32_t)size);
}

/* A byte now and then, for ever: the socket is never idle for long. */
static void drip(void)
{
    prctl(PR_SET_NAME, "np_drips");
    put_header(1u << 20);
    while (keep_on) {
        put("", 1);
        usleep(1000);
    }
}

static int32_t layout_drip(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    (void)job;
    (void)out;
    drip();
    return 0;
}

/* Points from ear to ear over the vertex, there and back. */
static void zigzag(const np_strategy_job *job, double *xyz, uint32_t n, uint32_t curve)
{
    for (uint32_t i = 0; i < n; i++) {
        const double *ear = i % 2 ? job->head->tragion_left : job->head->tragion_right;
        double up = 40 + 30.0 * sin(0.7 * i + curve);
        xyz[3 * i] = ear[0] + 20 * sin(1.3 * i + curve);
        xyz[3 * i + 1] = ear[1];
        xyz[3 * i + 2] = ear[2] + up;
    }
}

/* An answer with curves too long for the socket's buffer once they are joined, after which nothing is read any more. */
static int32_t layout_never_reads(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    (void)out;
    enum { CURVES = 1, POINTS = 4096 };
    static double xyz[3 * POINTS];
    put_header(4 + CURVES * (8 + sizeof xyz) + 8);
    put_u32(CURVES);
    for (uint32_t i = 0; i < POINTS; i++) {
        memcpy(xyz + 3 * i, job->head->vertex, 3 * sizeof *xyz);
        xyz[3 * i] += i % 2 ? 2 : 0;
    }
    for (uint32_t c = 0; c < CURVES; c++) {
        put_u32(POINTS);
        put_u32(0);
        put(xyz, sizeof xyz);
    }
    put_u32(0);
    put_u32(NO_TEXT);
    wait_for_ever();
    return 0;
}

static int32_t layout_forges_points(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    (void)out;
    enum { POINTS = 200000 };
    double *xyz = malloc(3 * POINTS * sizeof *xyz);
    zigzag(job, xyz, POINTS, 0);
    put_header(4 + 8 + 3 * POINTS * sizeof *xyz + 8);
    put_u32(1);
    put_u32(POINTS);
    put_u32(0);
    put(xyz, 3 * POINTS * sizeof *xyz);
    put_u32(0);
    put_u32(NO_TEXT);
    wait_for_ever();
    return 0;
}

static int32_t layout_forges_pins(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    (void)out;
    enum { PINS = 100000 }; /* more than NP_MAX_PINS, in a message of a legal size */
    put_header(8 + PINS * 68 + 4);
    put_u32(0);
    put_u32(PINS);
    for (int i = 0; i < PINS; i++) {
        const double values[5] = {0.5, 0, 0, 0.5, 30};
        put_u32(1);
        put(job->head->vertex, 3 * sizeof(double));
        put(values, sizeof values);
    }
    put_u32(NO_TEXT);
    wait_for_ever();
    return 0;
}

static int32_t layout_forges_size(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    (void)job;
    (void)out;
    put_header(60u << 20);
    wait_for_ever();
    return 0;
}

/* ---- legal, and without end ---- */

static int32_t layout_endless(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    enum { POINTS = 4096 };
    static double xyz[3 * POINTS];
    for (uint32_t c = 0; c < 15; c++) {
        zigzag(job, xyz, POINTS, c);
        if (out->add_curve(out->context, POINTS, xyz, 0) != 0)
            return -1;
    }
    return 0;
}

static int32_t layout_hangs(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    (void)job;
    (void)out;
    wait_for_ever();
    return 0;
}

/* ---- the planner's memory ---- */

static int opens(const char *format, int flags)
{
    char path[64], byte;
    snprintf(path, sizeof path, format, (long)getppid());
    int fd = open(path, flags);
    if (fd < 0)
        return 0;
    int readable = flags != O_RDONLY || read(fd, &byte, 1) == 1;
    close(fd);
    return readable;
}

static int reads_memory(void)
{
    char byte;
    struct iovec here = {&byte, 1}, there = {(void *)&keep_on, 1};
    return process_vm_readv(getppid(), &here, 1, &there, 1, 0) == 1 || errno == EFAULT;
}

static int traces(void)
{
    if (ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) != 0)
        return 0;
    ptrace(PTRACE_DETACH, getppid(), NULL, NULL);
    return 1;
}

/* Says what of the planner it reached. */
static int32_t layout_reaches(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    char text[200];
    (void)out;
    snprintf(text, sizeof text, "reached:%s%s%s%s%s.", opens("/proc/%ld/mem", O_RDWR) ? " mem" : "",
             opens("/proc/%ld/environ", O_RDONLY) ? " environ" : "", opens("/proc/%ld/maps", O_RDONLY) ? " maps" : "",
             reads_memory() ? " process_vm_readv" : "", traces() ? " ptrace" : "");
    job->host->set_error(job->host->context, text);
    return -1;
}

/* Says which ways out of its helper are open. */
static int32_t layout_tries_all(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    char ways[600], text[620];
    (void)out;
    reach_all(0, ways, sizeof ways);
    snprintf(text, sizeof text, "open:%s.", ways);
    job->host->set_error(job->host->context, text);
    return -1;
}

/* ---- what a terminal would obey ---- */

#define ESC "\033]0;owned\007\033[2J\r\nneedlepath: plan approved\u202E\x9B"

static int32_t layout_logs_escapes(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    (void)out;
    static char endless[100000];
    memset(endless, 'x', sizeof endless - 1);
    job->host->log(job->host->context, 2, ESC);
    job->host->log(job->host->context, 1, endless);
    return 0;
}

static int32_t layout_fails_with_escapes(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    (void)out;
    job->host->set_error(job->host->context, ESC);
    return -1;
}

/* A failure whose sentence has a megabyte, by the helper's own socket. */
static int32_t layout_forges_error(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    (void)job;
    (void)out;
    static char text[1 << 20];
    memset(text, '\033', sizeof text);
    put_u32(MESSAGE_FAILED);
    put_u32(4 + sizeof text);
    put_u32(sizeof text);
    put(text, sizeof text);
    wait_for_ever();
    return 0;
}

/* ---- not the same twice ---- */

static int32_t layout_changes(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    const double *at = job->head->vertex;
    const np_strategy_pin pin = np_kit_pin(at[0] + getpid() % 7, at[1], at[2], 1);
    return out->add_pins(out->context, 1, &pin);
}

/* ---- ends that look like something else ---- */

static int32_t layout_closes(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    (void)job;
    (void)out;
    close(SOCKET_FD);
    wait_for_ever();
    return 0;
}

static int32_t layout_terminates(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    (void)job;
    (void)out;
    kill(getpid(), SIGTERM);
    return 0;
}

/* A child that holds the socket while its parent leaves. */
static int32_t layout_leaves_child(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    (void)job;
    (void)out;
    if (fork() == 0)
        wait_for_ever();
    usleep(100000);
    _exit(7);
}

/* ---- threads that go on ---- */

static void *spin(void *context)
{
    while (keep_on)
        continue;
    return context;
}

static int32_t layout_spins(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    (void)state;
    (void)job;
    (void)out;
    for (int i = 0; i < 16; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, spin, NULL) != 0)
            return -1;
    }
    return 0;
}

#define STRATEGY(word)                                                                                                 \
    static const np_strategy_desc word##_strategy = {                                                                  \
        .struct_size = sizeof(np_strategy_desc),                                                                       \
        .id = #word,                                                                                                   \
        .name = #word,                                                                                                 \
        .version = "0.1.0",                                                                                            \
        .licence = "Apache-2.0",                                                                                       \
        .summary = "Attacks the planner.",                                                                             \
        .input_count = 3,                                                                                              \
        .inputs = any_inputs,                                                                                          \
        .layout = word,                                                                                                \
        .paint = paint,                                                                                                \
    }
STRATEGY(layout_drip);
STRATEGY(layout_never_reads);
STRATEGY(layout_forges_points);
STRATEGY(layout_forges_pins);
STRATEGY(layout_forges_size);
STRATEGY(layout_endless);
STRATEGY(layout_hangs);
STRATEGY(layout_reaches);
STRATEGY(layout_changes);
STRATEGY(layout_tries_all);
STRATEGY(layout_logs_escapes);
STRATEGY(layout_fails_with_escapes);
STRATEGY(layout_forges_error);
STRATEGY(layout_closes);
STRATEGY(layout_terminates);
STRATEGY(layout_leaves_child);
STRATEGY(layout_spins);

static const np_strategy_desc *const strategies[] = {
    &layout_drip_strategy,
    &layout_never_reads_strategy,
    &layout_forges_points_strategy,
    &layout_forges_pins_strategy,
    &layout_forges_size_strategy,
    &layout_endless_strategy,
    &layout_reaches_strategy,
    &layout_changes_strategy,
    &layout_tries_all_strategy,
    &layout_logs_escapes_strategy,
    &layout_fails_with_escapes_strategy,
    &layout_forges_error_strategy,
    &layout_hangs_strategy,
    &layout_closes_strategy,
    &layout_terminates_strategy,
    &layout_leaves_child_strategy,
    &layout_spins_strategy,
};

#include "entry.h"
