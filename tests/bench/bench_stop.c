/* Stops a running executor over and over, and falls silent over and over, and writes down when: the sender's side of the
 * measurement.  The executor's side is the trace of needlepath-sim, by the same monotonic clock (bench_wire.py joins the two).
 *
 * The sender and the link are the ones that `needlepath run` uses, in the same kind of loop; only the plan is made up, so that
 * thousands of stops need no thousands of plans.
 *
 * usage: bench_stop TARGET STOPS SILENCES DOTS MAX_WAIT_MS SEED
 * prints: stop TIME_US | silence TIME_US (of the last frame handed over) | and at the end, done DOTS */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/rng.h"
#include "link/link.h"
#include "protocol/binding.h"
#include "protocol/sender.h"

enum { SILENCE_US = 250000, GIVE_UP_US = 20000000, WAIT_US = 50000, SERIAL_DOTS = 6, SERIAL_ACKNOWLEDGE_US = 66000, SIDE = 70 };

typedef struct bench {
    np_wire_dot *dots;
    uint32_t n_dots;
    np_wire_load load;
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
    double z2 = 1e12 - (double)nx * nx - (double)ny * ny;
    int32_t nz = 0;
    for (int32_t bit = 1 << 19; bit; bit >>= 1) /* the square root */
        nz += (double)(nz + bit) * (nz + bit) <= z2 ? bit : 0;
    return (np_wire_dot){.id = i + 1,
                         .order = i,
                         .position_um = {nx / 10, ny / 10, nz / 10 + 20000},
                         .normal_ppm = {nx, ny, nz},
                         .axis_ppm = {-nx, -ny, -nz},
                         .depth_um = 600 + (int32_t)(i % 5) * 50,
                         .dwell_us = 20000,
                         .tone_ppm = 500000};
}

static void make_plan(bench *b, uint32_t n)
{
    unsigned char secret_key[64];
    b->n_dots = n;
    b->dots = calloc(n, sizeof *b->dots);
    for (uint32_t i = 0; b->dots && i < n; i++)
        b->dots[i] = crown_dot(i);
    np_wire_load *l = &b->load;
    randombytes_buf(l->header_hash, sizeof l->header_hash);
    l->session = l->n_sessions = 1;
    l->sessions[0].n_dots = n;
    np_wire_session_root_of_dots(1, b->dots, n, l->sessions[0].root);
    np_wire_plan_digest(l->header_hash, l->sessions, 1, l->digest);
    crypto_sign_keypair(l->public_key, secret_key);
    uint8_t message[sizeof NP_WIRE_APPROVAL_LABEL + NP_WIRE_HASH_BYTES];
    memcpy(message, NP_WIRE_APPROVAL_LABEL, sizeof NP_WIRE_APPROVAL_LABEL);
    memcpy(message + sizeof NP_WIRE_APPROVAL_LABEL, l->digest, NP_WIRE_HASH_BYTES);
    crypto_sign_detached(l->signature, NULL, message, sizeof message, secret_key);
    l->limits = np_wire_limits_default();
    l->registration.rotation_ppm[0] = 1000000;
}

/* One turn of the loop, as core/stream/run.c's; returns when something came, or at UNTIL_US at the latest. */
static void turn(bench *b, uint64_t until_us)
{
    uint8_t frame[NP_WIRE_FRAME_MAX];
    size_t size;
    while (np_link_receive(b->link, frame, &size, NULL))
        np_wire_sender_receive(b->sender, np_link_clock_us(), frame, size);
    if (np_wire_sender_is_urgent(b->sender) && !np_link_can_send(b->link))
        np_link_drop_unsent(b->link);
    bool blocked = true;
    while (np_link_can_send(b->link)) {
        uint64_t now = np_link_clock_us();
        size = np_wire_sender_send(b->sender, now, frame);
        blocked = size > 0;
        if (!blocked)
            break;
        np_link_send(b->link, NULL, frame, size);
        b->last_frame_us = now;
    }
    uint64_t now = np_link_clock_us(), next = np_wire_sender_deadline(b->sender, now);
    uint64_t wait = blocked || next - now > WAIT_US ? WAIT_US : next - now, left = until_us > now ? until_us - now : 0;
    np_link_wait(b->link, wait < left ? wait : left, blocked);
    np_wire_sender_get_info(b->sender, &b->info);
}

/* True once the sender is in PHASE (and settled, if that is wanted). */
static bool await(bench *b, np_wire_phase phase, bool settled)
{
    uint64_t end = np_link_clock_us() + GIVE_UP_US;
    while (np_link_clock_us() < end && !b->info.finished) {
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
    for (uint64_t end = np_link_clock_us() + us; np_link_clock_us() < end;)
        turn(b, end);
}

/* Runs for a random time, then asks for a hold. */
static bool stop_once(bench *b, uint64_t wait_us)
{
    if (!await(b, NP_WIRE_PHASE_RUNNING, false))
        return false;
    run_for(b, wait_us);
    uint64_t now = np_link_clock_us();
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
    uint64_t end = np_link_clock_us() + SILENCE_US;
    printf("silence %llu\n", (unsigned long long)b->last_frame_us);
    /* no turn of the loop: nothing is read and nothing is sent */
    for (uint64_t now; (now = np_link_clock_us()) < end;)
        nanosleep(&(struct timespec){.tv_nsec = (long)(end - now) * 1000}, NULL);
    return true;
}

static int play(bench *b, int stops, int silences, uint64_t max_wait_us, uint64_t seed)
{
    bool serial = np_link_bytes_per_s(b->link) > 0;
    np_wire_sender_config config = {.dots = b->dots,
                                    .n_dots = b->n_dots,
                                    .load = b->load,
                                    .random = random_bytes,
                                    .event = take_event,
                                    .name = "bench_stop",
                                    .dots_per_frame = serial ? SERIAL_DOTS : 0,
                                    .acknowledge_us = serial ? SERIAL_ACKNOWLEDGE_US : 0,
                                    .ask_after_hold = true};
    char text[NP_WIRE_TEXT_BYTES];
    size_t size = np_wire_sender_size(&config);
    void *memory = malloc(size);
    bool good = memory && np_wire_sender_init(&config, np_link_clock_us(), memory, size, &b->sender, text) == NP_WIRE_OK;
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

int main(int argc, char **argv)
{
    if (argc != 7 || sodium_init() < 0) {
        fprintf(stderr, "usage: bench_stop TARGET STOPS SILENCES DOTS MAX_WAIT_MS SEED\n");
        return 2;
    }
    bench b = {0};
    np_error err = {0};
    make_plan(&b, (uint32_t)atoi(argv[4]));
    if (!b.dots || np_link_connect(argv[1], &b.link, &err) != NP_OK) {
        fprintf(stderr, "bench_stop: %s\n", err.text);
        return 1;
    }
    int status = play(&b, atoi(argv[2]), atoi(argv[3]), (uint64_t)(atof(argv[5]) * 1000), (uint64_t)atoi(argv[6]));
    np_link_close(&b.link);
    free(b.dots);
    return status;
}
