/* An executor on a bare board: one loop, no heap, no threads.  docs/firmware.md walks through it; the unit
 * test firmware runs it against a real sender. */
#include "protocol/example/board.h"

#include <stdalign.h>

#define MAX_DOTS 8192
#define BUFFER_DOTS 256
#define NEEDLE_LIFE 5000 /* what the maker of the cartridges says */
#define SPACING_DOTS 32  /* compared with the next one */

/* np_wire_executor_size says how much is needed; firmware_start checks it. */
static alignas(max_align_t) uint8_t memory[56 * 1024];
static np_wire_executor *executor;
static np_wire_decoder decoder;
static bool in_motion, puncturing;

/* ---- callbacks: thin shims over the board ---- */

static bool flash_append(void *context, const uint8_t *bytes, size_t size)
{
    (void)context;
    return board_flash_append(bytes, size);
}

static bool flash_sync(void *context)
{
    (void)context;
    return board_flash_sync();
}

static bool flash_read(void *context, uint64_t offset, uint8_t *out_bytes, size_t size, size_t *out_size)
{
    (void)context;
    return board_flash_read(offset, out_bytes, size, out_size);
}

static bool flash_truncate(void *context, uint64_t size)
{
    (void)context;
    return board_flash_truncate(size);
}

static void arm_begin(void *context, const np_wire_move *move)
{
    (void)context;
    in_motion = puncturing = true;
    board_arm_begin(move, true);
}

static void arm_travel(void *context, const np_wire_move *move)
{
    (void)context;
    in_motion = true;
    puncturing = false;
    board_arm_begin(move, false);
}

static void arm_retract(void *context)
{
    (void)context;
    board_arm_retract();
}

static uint64_t clock_us(void *context)
{
    (void)context;
    return board_clock_us();
}

static void random_bytes(void *context, uint8_t *out_bytes, size_t size)
{
    (void)context;
    board_random(out_bytes, size);
}

static void show(void *context, const char *text)
{
    (void)context;
    board_show(text);
}

/* ---- the loop ---- */

static bool firmware_start(void)
{
    const uint8_t(*operators)[32] = NULL;
    size_t n_operators = board_operators(&operators);
    np_wire_executor_config config = {
        .storage = {NULL, flash_append, flash_sync, flash_read, flash_truncate},
        .motion = {.begin = arm_begin, .travel = arm_travel, .retract = arm_retract},
        .clock_us = clock_us,
        .random = random_bytes,
        .log = show,
        .name = "example board 1",
        .link_key = board_link_key(),
        .operators = operators,
        .n_operators = n_operators,
        .limits = np_wire_limits_default(),
        .workspace = {{-700000, -700000, -300000}, {700000, 700000, 700000}}, /* um, as it was installed; up is z */
        .max_dots = MAX_DOTS,
        .buffer_dots = BUFFER_DOTS,
        .spacing_dots = SPACING_DOTS,
        .durable = true,
        .supplies = NP_WIRE_SUPPLIES_BY_HAND,
        .needle_life = NEEDLE_LIFE,
        .hold_on_pedal_release = true,
        .events_interval_us = 20000, /* a serial line has better things to carry */
    };
    in_motion = false;
    return np_wire_executor_init(&config, memory, sizeof memory, &executor) == NP_WIRE_OK;
}

/* What people do at the machine. */
static void take_inputs(void)
{
    if (board_emergency_stop())
        np_wire_executor_estop(executor, board_clock_us());
    else if (board_reset_button())
        np_wire_executor_reset(executor, board_clock_us());
    np_wire_executor_pedal(executor, board_clock_us(), board_pedal());
    if (board_needle_button())
        np_wire_executor_supply(executor, board_clock_us(), NP_WIRE_SUPPLY_NEEDLE, "");
    if (board_home_button())
        np_wire_executor_at_home(executor, board_clock_us());
    if (board_moved_button())
        np_wire_executor_confirm_moved(executor, board_clock_us());
    if (board_pigment_button())
        np_wire_executor_supply(executor, board_clock_us(), NP_WIRE_SUPPLY_PIGMENT, "");
}

static void take_arm(void)
{
    np_wire_outcome outcome = NP_WIRE_OUTCOME_NONE; /* pulled back before the needle met the skin */
    int32_t depth_um = 0, force_mn = 0;
    if (board_arm_failed()) {
        in_motion = false;
        np_wire_executor_motion_fault(executor, board_clock_us(), "the arm reported a fault");
        return;
    }
    if (!in_motion)
        return;
    board_arm_state state = board_arm_poll(&outcome, &depth_um, &force_mn);
    in_motion = state == BOARD_ARM_MOVES;
    if (!in_motion && puncturing)
        np_wire_executor_motion_done(executor, board_clock_us(), outcome, depth_um, force_mn);
    else if (!in_motion)
        np_wire_executor_arrived(executor, board_clock_us(), state == BOARD_ARM_ENDED);
}

/* Everything that came in, then the machine, then the clock, then at most one frame out.  Must come round at
 * least every 10 ms; since heartbeats are sent here, a loop that hangs falls silent and the sender knows, and the watchdog, which
 * nothing else sets back, starts the board anew. */
static void firmware_step(void)
{
    const uint8_t *frame;
    size_t size;
    uint8_t byte, out[NP_WIRE_FRAME_MAX], serial[NP_WIRE_SERIAL_MAX];
    while (board_serial_read(&byte))
        if (np_wire_decoder_push(&decoder, byte, &frame, &size))
            np_wire_executor_receive(executor, board_clock_us(), frame, size);
    take_inputs();
    take_arm();
    np_wire_executor_tick(executor, board_clock_us());
    if (board_serial_can_write() && (size = np_wire_executor_send(executor, board_clock_us(), out)) > 0)
        board_serial_write(serial, np_wire_serial_encode(out, size, serial));
    board_watchdog();
}

#ifndef NP_EXAMPLE_WITHOUT_MAIN
int main(void)
{
    if (!firmware_start())
        return 1;
    for (;;)
        firmware_step();
}
#endif
