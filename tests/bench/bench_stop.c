/* Stops a running executor over and over, and falls silent over and over, and writes down when: the sender's side of the
 * measurement.  The executor's side is the trace of needlepath-sim, by the same monotonic clock (bench_wire.py joins the two).
 *
 * The sender and the link are the ones that `needlepath run` uses, and so is the loop (core/stream/private/turn.h); only the
 * plan is made up, so that thousands of stops need no thousands of plans.
 *
 * usage: bench_stop TARGET STOPS SILENCES DOTS MAX_WAIT_MS SEED [realtime]
 * prints: stop TIME_US | silence TIME_US (of the last frame handed over) | and at the end, done DOTS */
#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../unit/protocol/approved_plan.h"
#include "base/clock.h"
#include "base/realtime.h"
#include "base/rng.h"
#include "link/link.h"
#include "protocol/sender.h"
#include "stream/private/turn.h"

enum { SILENCE_US = 250000, GIVE_UP_US = 20000000, WAIT_US = 50000, SIDE = 70 };

typedef struct bench {
    job_plan plan;
    np_link *link;
    np_wire_sender *sender;
    np_wire_sender_info info;
    uint64_t last_frame_us;
} bench;

static void random_bytes(void *context, uint8_t *out, size_t size)
{
    (void)context;
    randombytes_buf(out, size);
}

static bool take_event(void *context, const np_wire_event *event)
{
    (void)context, (void)event;
    return true;
}

/* Dots in rows 0.8 mm apart over a crown, there and back, as a tour would have them; the same places again after more dots
 * than an executor compares. */
static np_wire_dot crown_dot(uint32_t i)
{
    uint32_t column = i % SIDE, row = i / SIDE % SIDE;
    double x = row * 0.8 - 28, y = (row % 2 ? SIDE - 1 - column : column) * 0.8 - 28;
    int32_t nx = (int32_t)(x * 1e4), ny = (int32_t)(y * 1e4);
    int32_t nz = (int32_t)sqrt(1e12 - (double)nx * nx - (double)ny * ny);
    return (np_wire_dot){.id = i + 1,
                         .order = i,
                         .position_um = {nx / 10, ny / 10, nz / 10 + 20000},
                         .normal_ppm = {nx, ny, nz},
                         .axis_ppm = {-nx, -ny, -nz},
                         .depth_um = 600 + (int32_t)(i % 5) * 50,
                         .dwell_us = 20000,
                         .tone_ppm = 500000,
                         .hover_um = 2000};
}

/* From home to the first dot, straight from dot to dot, and home again from the last; a way in where a chunk begins. */
static void give_moves(job_plan *plan)
{
    const int32_t home = 0;
    free(plan->stops);
    plan->stops = calloc((size_t)plan->n / NP_WIRE_CHUNK_DOTS + 2, sizeof *plan->stops);
    plan->n_stops = 0;
    for (uint32_t i = 0; i < plan->n; i++) {
        np_wire_dot *dot = &plan->dots[i];
        dot->first_stop = plan->n_stops;
        if (i % NP_WIRE_CHUNK_DOTS == 0)
            plan_add_stop(plan, dot, i ? NP_WIRE_WAY_ENTRY : NP_WIRE_WAY_CHAIN, home, home);
        if (i + 1 == plan->n)
            plan_add_stop(plan, dot, NP_WIRE_WAY_HOME, home, home);
    }
}

static void make_plan(job_plan *plan, uint32_t n, uint64_t seed)
{
    plan_make(plan, n, seed);
    for (uint32_t i = 0; i < n; i++)
        plan->dots[i] = crown_dot(i);
    give_moves(plan);
    plan_seal(plan);
}

/* One turn of the loop; returns when something came, or at UNTIL_US at the latest. */
static void turn(bench *b, uint64_t until_us)
{
    uint64_t now = np_clock_us(), left = until_us > now ? until_us - now : 0;
    uint64_t sent_us = stream_turn(b->link, b->sender, left < WAIT_US ? left : WAIT_US, NULL);
    b->last_frame_us = sent_us ? sent_us : b->last_frame_us;
    np_wire_sender_get_info(b->sender, &b->info);
}

/* True once the sender is in PHASE (and settled, if that is wanted). */
static bool await(bench *b, np_wire_phase phase, bool settled)
{
    uint64_t end = np_clock_us() + GIVE_UP_US;
    while (np_clock_us() < end && !b->info.finished) {
        turn(b, end);
        if (b->info.phase == phase && (!settled || b->info.settled))
            return true;
    }
    fprintf(stderr, "bench_stop: the executor is %s and not %s: %s\n", np_wire_phase_text(b->info.phase),
            np_wire_phase_text(phase), b->info.text);
    return false;
}

static void run_for(bench *b, uint64_t us)
{
    for (uint64_t end = np_clock_us() + us; np_clock_us() < end;)
        turn(b, end);
}

/* Runs for a random time, then asks for a hold. */
static bool stop_once(bench *b, uint64_t wait_us)
{
    if (!await(b, NP_WIRE_PHASE_RUNNING, false))
        return false;
    run_for(b, wait_us);
    uint64_t now = np_clock_us();
    np_wire_sender_hold(b->sender);
    bool good = await(b, NP_WIRE_PHASE_HOLDING, true);
    printf("stop %llu\n", (unsigned long long)now);
    np_wire_sender_resume(b->sender);
    return good;
}

/* Runs for a random time, then says nothing for a while, as after a cut or a kill. */
static bool fall_silent(bench *b, uint64_t wait_us)
{
    if (!await(b, NP_WIRE_PHASE_RUNNING, false))
        return false;
    run_for(b, wait_us);
    uint64_t end = np_clock_us() + SILENCE_US;
    printf("silence %llu\n", (unsigned long long)b->last_frame_us);
    /* no turn of the loop: nothing is read and nothing is sent */
    for (uint64_t now; (now = np_clock_us()) < end;)
        nanosleep(&(struct timespec){.tv_nsec = (long)(end - now) * 1000}, NULL);
    return true;
}

static int play(bench *b, int stops, int silences, uint64_t max_wait_us, uint64_t seed)
{
    np_wire_sender_config config = {.dots = b->plan.dots,
                                    .n_dots = b->plan.n,
                                    .stops = b->plan.stops,
                                    .load = b->plan.load,
                                    .random = random_bytes,
                                    .event = take_event,
                                    .name = "bench_stop",
                                    .ask_after_hold = true};
    char text[NP_WIRE_TEXT_BYTES] = "no memory";
    stream_set_pace(b->link, &config);
    size_t size = np_wire_sender_size(&config);
    void *memory = malloc(size);
    bool good = memory && np_wire_sender_init(&config, np_clock_us(), memory, size, &b->sender, text) == NP_WIRE_OK;
    if (!good)
        fprintf(stderr, "bench_stop: the plan cannot be sent: %s\n", text);
    for (int i = 0; i < stops + silences && good; i++) {
        /* a stop comes at any time, while the line is filling too; a silence when the executor's buffer is full */
        double part = np_rng_uniform(seed, 0, (uint64_t)i, 0);
        uint64_t wait_us = (uint64_t)((i < stops ? part : 0.5 + 0.5 * part) * (double)max_wait_us);
        good = i < stops ? stop_once(b, wait_us) : fall_silent(b, wait_us);
    }
    if (good)
        printf("done %u\n", b->info.done);
    free(memory);
    return good ? 0 : 1;
}

static void complain(void *context, const char *text)
{
    (void)context;
    fprintf(stderr, "bench_stop: %s\n", text);
}

int main(int argc, char **argv)
{
    bool realtime = argc == 8 && strcmp(argv[7], "realtime") == 0;
    if ((argc != 7 && !realtime) || sodium_init() < 0) {
        fprintf(stderr, "usage: bench_stop TARGET STOPS SILENCES DOTS MAX_WAIT_MS SEED [realtime]\n");
        return 2;
    }
    bench b = {0};
    np_error err = {0};
    make_plan(&b.plan, (uint32_t)atoi(argv[4]), (uint64_t)atoi(argv[6]));
    if (realtime)
        np_realtime_begin(NP_REALTIME_ANY_CPU, complain, NULL);
    if (np_link_open(&(np_link_options){.target = argv[1]}, &b.link, &err) != NP_OK) {
        fprintf(stderr, "bench_stop: %s\n", err.text);
        return 1;
    }
    int status = play(&b, atoi(argv[2]), atoi(argv[3]), (uint64_t)(atof(argv[5]) * 1000), (uint64_t)atoi(argv[6]));
    np_link_close(&b.link);
    plan_free(&b.plan);
    return status;
}
