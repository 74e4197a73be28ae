/* A strategy that does what its parameter `seed` says, while it lays out, prepares and paints: random system calls, writes to the memory that it shares with
 * the planner at any time and from threads, forged messages, signals to itself, curves, pins, fields and texts of random bits.  System calls are
 * drawn only where the helper's filter stands: without it they could reach whoever runs the test. */
#include <needlepath/plugin_kit.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "inputs.h"

#define SOCKET_FD 3 /* core/sandbox/limits.h */
#define MEMORY_FD 4
#define CALLS 470 /* numbers of system calls, and some that are none */
#define FORGED 70000

static _Thread_local uint64_t state;

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t bits(void)
{
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint64_t below(uint64_t n)
{
    return bits() % n;
}

/* A number of the kind that breaks things. */
static double wild(void)
{
    static const double known[] = {0, -1, 1, 0.5, 1e300, -1e300, 5e-324, INFINITY, -INFINITY, NAN, 1.0000001, 30, 90};
    double value;
    uint64_t pattern = bits();
    memcpy(&value, &pattern, sizeof value);
    return below(3) ? known[below(sizeof known / sizeof *known)] : value;
}

static void *shared(size_t *out_size)
{
    static void *memory;
    static size_t size;
    struct stat st;
    if (!memory && fstat(MEMORY_FD, &st) == 0) {
        size = (size_t)st.st_size;
        memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, MEMORY_FD, 0);
    }
    *out_size = memory == MAP_FAILED ? 0 : size;
    return memory;
}

static void write_shared(unsigned times)
{
    size_t size;
    unsigned char *memory = shared(&size);
    for (unsigned i = 0; size > 8 && i < times; i++) {
        double value = wild();
        memcpy(memory + below(size / 8) * 8, &value, sizeof value);
    }
}

static void *write_for_ever(void *seed)
{
    state = (uint64_t)(uintptr_t)seed;
    for (;;)
        write_shared(1000);
    return NULL;
}

static void start_writer(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, write_for_ever, (void *)(uintptr_t)bits()) == 0)
        pthread_detach(thread);
}

static void forge(void)
{
    static unsigned char bytes[FORGED];
    uint32_t kinds[] = {100, 101, 100, 101, (uint32_t)bits()};
    uint32_t size = (uint32_t)(below(4) ? below(400) : below(sizeof bytes));
    uint32_t header[2] = {kinds[below(5)], below(8) ? size : (uint32_t)bits()};
    for (size_t i = 0; i + 4 <= size; i += 4) {
        uint32_t word = (uint32_t)(below(2) ? below(5) : bits());
        memcpy(bytes + i, &word, sizeof word);
    }
    (void)!send(SOCKET_FD, header, below(6) ? sizeof header : below(sizeof header), MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)!send(SOCKET_FD, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* The planner gets files that it did not ask for. */
static void send_files(void)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(2 * sizeof(int))];
    } control = {0};
    int files[2] = {SOCKET_FD, MEMORY_FD};
    struct iovec part = {files, 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof control.room};
    control.header =
        (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof files), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(&control.header), files, sizeof files);
    (void)!sendmsg(SOCKET_FD, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static long argument(void)
{
    static char memory[4096];
    switch (below(6)) {
    case 0:
        return (long)below(10);
    case 1:
        return (long)(uintptr_t)(memory + below(sizeof memory));
    case 2:
        return getpid();
    case 3:
        return getppid();
    case 4:
        return -(long)below(3);
    default:
        return (long)bits();
    }
}

static void call_kernel(unsigned times)
{
    if (prctl(PR_GET_SECCOMP) == 0) /* no filter: nothing holds what would be drawn */
        return;
    for (unsigned i = 0; i < times; i++)
        (void)syscall((long)below(CALLS), argument(), argument(), argument(), argument(), argument(), argument());
}

static void talk(const np_strategy_job *job)
{
    char text[3000];
    size_t n = below(sizeof text);
    for (size_t i = 0; i < n; i++)
        text[i] = (char)(1 + below(255));
    text[n] = '\0';
    job->host->log(job->host->context, (int32_t)bits(), text);
    job->host->set_error(job->host->context, text);
    (void)job->host->progress(job->host->context, wild());
}

static void end_somehow(void)
{
    switch (below(6)) {
    case 0:
        _exit((int)below(256));
    case 1:
        exit((int)below(256));
    case 2:
        close(SOCKET_FD);
        break;
    case 3:
        shutdown(SOCKET_FD, (int)below(3));
        break;
    case 4:
        *(volatile char *)(uintptr_t)bits() = 1;
        break;
    default:
        raise(1 + (int)below(31));
    }
}

static void steal(void)
{
    char bytes[64];
    (void)!recv(SOCKET_FD, bytes, sizeof bytes, MSG_DONTWAIT);
}

/* Whether the seed misbehaves in PHASE: laying out, preparing, painting; in most it does so in one of them, so that the later ones are reached. */
static int32_t at_work(const np_strategy_job *job, uint64_t phase)
{
    uint64_t when = (uint64_t)job->params[0] / 3 % 5;
    return when == 4 || (when < 3 ? when : 2) == phase;
}

/* A few deeds of the seed's PHASE, drawn anew with each DRAW. */
static void misbehave(const np_strategy_job *job, uint64_t phase, uint64_t draw)
{
    state = (uint64_t)job->params[0] * 1000003u + phase + draw;
    if (!at_work(job, phase))
        return;
    for (uint64_t i = below(4); i > 0; i--)
        switch (below(9)) {
        case 0:
            call_kernel(1 + (unsigned)below(200));
            break;
        case 1:
            write_shared(20000);
            break;
        case 2:
            start_writer();
            break;
        case 3:
            forge();
            break;
        case 4:
            raise(1 + (int)below(31));
            break;
        case 5:
            send_files();
            break;
        case 6:
            talk(job);
            break;
        case 7:
            below(2) ? end_somehow() : steal();
            break;
        default:
            break;
        }
}

static int32_t returned(const np_strategy_job *job, uint64_t phase)
{
    return at_work(job, phase) && below(8) == 0 ? (int32_t)bits() : 0;
}

static int32_t layout(const np_strategy_job *job, np_strategy_layout *out, void **own)
{
    (void)own;
    misbehave(job, 0, 0);
    double xyz[30];
    for (size_t i = 0; i < 30; i++)
        xyz[i] = below(8) || !at_work(job, 0) ? job->head->vertex[i % 3] + (double)below(3) : wild();
    if (below(3) == 0)
        (void)out->add_curve(out->context, (uint32_t)(below(5) || !at_work(job, 0) ? 10 : below(11)), xyz,
                             (int32_t)below(3));
    if (below(3) == 0) {
        np_strategy_pin pin = np_kit_pin(xyz[0], xyz[1], xyz[2], (int32_t)below(3));
        pin.depth_mm = below(2) || !at_work(job, 0) ? 1 : wild();
        (void)out->add_pins(out->context, 1, &pin);
    }
    return returned(job, 0);
}

static int32_t prepare(const np_strategy_job *job, void **own)
{
    (void)own;
    misbehave(job, 1, 0);
    return returned(job, 1);
}

static int32_t paint(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)
{
    misbehave(job, 2, s->id[0]);
    double *const columns[] = {f->coverage, f->density_per_cm2, f->depth_mm, f->tilt_rad, f->azimuth_rad,
                               f->tone,     f->dwell_ms};
    for (uint32_t i = 0; i < s->count; i++) {
        f->coverage[i] = 1;
        f->density_per_cm2[i] = 50;
        if (at_work(job, 2) && below(4000) == 0)
            columns[below(7)][i] = wild();
        if (at_work(job, 2) && below(4000) == 0)
            f->first_session[i] = (int32_t)bits();
    }
    return returned(job, 2);
}

static const np_param_desc params[] = {NP_KIT_INT("seed", "Seed", "Test", "What is done.", "", 0, 1e9, 1)};

static const np_strategy_desc seeded_strategy = {
    .struct_size = sizeof(np_strategy_desc),
    .id = "seeded",
    .name = "Seeded",
    .version = "0.1.0",
    .licence = "Apache-2.0",
    .summary = "Attacks the planner as its seed says.",
    .param_count = 1,
    .params = params,
    .input_count = 3,
    .inputs = any_inputs,
    .layout = layout,
    .prepare = prepare,
    .paint = paint,
};

static const np_strategy_desc *const strategies[] = {&seeded_strategy};

#include "entry.h"
