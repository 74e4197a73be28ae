/* The example firmware, on a board made of arrays, against a real sender over a real byte stream: COBS, noise
 * on the line, a reset in the middle. */
#include "peer.h"

#define NP_EXAMPLE_WITHOUT_MAIN
#include "protocol/example/firmware.c"

/* ---- the board ---- */

static job *rig; /* plan, skin, flash and the sender's journal */
static struct {
    uint8_t in[8 * NP_WIRE_SERIAL_MAX];
    size_t n_in, at_in;
    np_wire_decoder sender_side;
    bool failed, emergency, reset;
    unsigned noise; /* one byte in so many is hit; 0: none */
    unsigned reads_fail, rounds;
    bool has_key;
    char shown[NP_WIRE_TEXT_BYTES];
} board;

uint64_t board_clock_us(void)
{
    return rig->now_us;
}

bool board_serial_read(uint8_t *out_byte)
{
    if (board.at_in == board.n_in) {
        board.at_in = board.n_in = 0;
        return false;
    }
    *out_byte = board.in[board.at_in++];
    if (board.noise && random_next(&rig->random) % board.noise == 0)
        *out_byte ^= 0x20;
    return true;
}

bool board_serial_can_write(void)
{
    return true;
}

void board_serial_write(const uint8_t *bytes, size_t size)
{
    const uint8_t *frame;
    size_t n;
    for (size_t i = 0; i < size; i++)
        if (np_wire_decoder_push(&board.sender_side, bytes[i], &frame, &n) && rig->sender)
            np_wire_sender_receive(rig->sender, rig->now_us, frame, n);
}

bool board_pedal(void)
{
    /* Somebody who presses when asked and keeps the foot there. */
    np_wire_executor_info info;
    np_wire_executor_get_info(executor, &info);
    return info.waits_for_pedal || info.state == NP_WIRE_STATE_ARMED || info.state == NP_WIRE_STATE_RUNNING;
}

bool board_emergency_stop(void)
{
    return board.emergency;
}

bool board_reset_button(void)
{
    return board.reset;
}

/* Somebody who changes what is asked for. */
static bool somebody_is_asked_for(np_wire_reason what)
{
    np_wire_executor_info info;
    np_wire_executor_get_info(executor, &info);
    return info.waits_for_supply && info.due == what;
}

bool board_needle_button(void)
{
    return somebody_is_asked_for(NP_WIRE_REASON_NEEDLE);
}

bool board_pigment_button(void)
{
    return somebody_is_asked_for(NP_WIRE_REASON_RELOAD);
}

void board_random(uint8_t *out_bytes, size_t size)
{
    random_fill(&rig->random, out_bytes, size);
}

bool board_flash_append(const uint8_t *bytes, size_t size)
{
    return storage_append(rig, bytes, size);
}

bool board_flash_sync(void)
{
    return storage_sync(rig);
}

bool board_flash_read(uint64_t offset, uint8_t *out_bytes, size_t size, size_t *out_size)
{
    if (board.reads_fail) {
        board.reads_fail--;
        return false;
    }
    return storage_read(rig, offset, out_bytes, size, out_size);
}

bool board_flash_truncate(uint64_t size)
{
    return storage_truncate(rig, size);
}

void board_arm_begin(const np_wire_move *move, bool puncture)
{
    if (puncture)
        motion_begin(rig, move);
    else
        motion_travel(rig, move);
}

void board_arm_retract(void)
{
    motion_retract(rig);
}

board_arm_state board_arm_poll(np_wire_outcome *out_outcome, int32_t *out_depth_um, int32_t *out_force_mn)
{
    bool travelling = rig->travelling;
    if (rig->now_us < (travelling ? rig->travel_end_us : rig->motion_end_us))
        return BOARD_ARM_MOVES;
    rig->travelling = rig->motion_busy = false;
    rig->place = rig->bound;
    *out_outcome = NP_WIRE_OUTCOME_DONE;
    *out_depth_um = travelling ? 0 : rig->plan.dots[rig->motion_order].depth_um;
    *out_force_mn = 500;
    return BOARD_ARM_ENDED;
}

/* Somebody drives the arm home when he is asked to. */
bool board_moved_button(void)
{
    return false;
}

bool board_home_button(void)
{
    np_wire_executor_info info;
    np_wire_executor_get_info(executor, &info);
    if (info.waits_for_home)
        rig->place = (job_place){JOB_AT_HOME, 0};
    return info.waits_for_home;
}

bool board_arm_failed(void)
{
    bool failed = board.failed;
    board.failed = false;
    return failed;
}

const uint8_t *board_link_key(void)
{
    static const uint8_t key[NP_WIRE_KEY_BYTES] = {1, 2, 3};
    return board.has_key ? key : NULL;
}

/* The tester's, who has signed the plan. */
size_t board_operators(const uint8_t (**out_keys)[32])
{
    static uint8_t keys[1][32];
    memcpy(keys[0], rig->plan.load.public_key, sizeof keys[0]);
    *out_keys = (const uint8_t(*)[32])keys;
    return 1;
}

void board_show(const char *text)
{
    snprintf(board.shown, sizeof board.shown, "%s", text);
}

void board_watchdog(void)
{
    board.rounds++;
}

/* ---- the tests ---- */

static void set_up(uint32_t dots)
{
    static const job_faults faults = {.motion_us = 4000};
    rig = calloc(1, sizeof *rig);
    memset(&board, 0, sizeof board);
    memset(&decoder, 0, sizeof decoder);
    job_init(rig, dots, 11, &faults);
    plan_spread(&rig->plan);
    rig->last_frame_us = UINT64_MAX / 2;
    rig->dots_per_frame = 5;
    assert_true(firmware_start());
    job_start_sender(rig);
}

static np_wire_phase run(double limit_s)
{
    uint64_t end = rig->now_us + (uint64_t)(limit_s * 1e6);
    np_wire_sender_info info;
    do {
        uint8_t frame[NP_WIRE_FRAME_MAX];
        size_t size = np_wire_sender_send(rig->sender, rig->now_us, frame);
        if (size && board.n_in + NP_WIRE_SERIAL_MAX < sizeof board.in)
            board.n_in += np_wire_serial_encode(frame, size, board.in + board.n_in);
        firmware_step();
        rig->now_us += 1000;
        np_wire_sender_get_info(rig->sender, &info);
    } while (!info.finished && rig->now_us < end);
    return info.phase;
}

static void tear_down(void)
{
    job_free(rig);
    free(rig);
}

static void the_example_does_a_session(void **state)
{
    (void)state;
    set_up(300);
    assert_int_equal(run(60), NP_WIRE_PHASE_DONE);
    assert_true(job_check(rig));
    tear_down();
}

static void noise_and_a_restart_do_not_matter(void **state)
{
    (void)state;
    set_up(300);
    board.noise = 2000;
    assert_int_not_equal(run(0.8), NP_WIRE_PHASE_DONE);
    assert_true(rig->file_size > 64 * 10);
    memset(&decoder, 0, sizeof decoder);
    rig->last_begun = UINT32_MAX;
    rig->doubts_allowed = 1;
    rig->motion_busy = rig->travelling = false;
    rig->place.kind = JOB_NOWHERE;
    assert_true(firmware_start());
    assert_int_equal(run(60), NP_WIRE_PHASE_DONE);
    assert_true(job_check(rig));
    tear_down();
}

static void faults_and_stops_latch(void **state)
{
    (void)state;
    np_wire_executor_info info;
    set_up(300);
    run(0.8);
    board.failed = true;
    assert_int_equal(run(5), NP_WIRE_PHASE_FAILED);
    np_wire_executor_get_info(executor, &info);
    assert_int_equal(info.state, NP_WIRE_STATE_FAULT);
    board.emergency = true;
    firmware_step();
    np_wire_executor_get_info(executor, &info);
    assert_int_equal(info.state, NP_WIRE_STATE_ESTOP);
    board.emergency = false, board.reset = true;
    firmware_step();
    np_wire_executor_get_info(executor, &info);
    assert_int_equal(info.state, NP_WIRE_STATE_LOCKED);
    tear_down();
}

/* A read that fails once is no empty journal: what was made stays made. */
static void a_read_that_fails_wipes_nothing(void **state)
{
    (void)state;
    np_wire_executor_info info;
    set_up(300);
    run(0.8);
    size_t size = rig->file_size;
    assert_true(size > 64 * 10);
    board.reads_fail = 1;
    assert_true(firmware_start());
    np_wire_executor_get_info(executor, &info);
    assert_int_equal(info.state, NP_WIRE_STATE_FAULT);
    assert_true(board.shown[0]);
    assert_int_equal(rig->file_size, size);
    board.reset = true;
    firmware_step();
    np_wire_executor_get_info(executor, &info);
    assert_int_equal(info.state, NP_WIRE_STATE_LOCKED);
    assert_int_equal(rig->file_size, size);
    tear_down();
}

/* A sender without the board's key gets nowhere; and each round sets the watchdog back, once. */
static void the_key_counts_and_the_watchdog_is_set_back(void **state)
{
    (void)state;
    set_up(300);
    board.has_key = true;
    assert_true(firmware_start());
    unsigned rounds = board.rounds;
    firmware_step();
    assert_int_equal(board.rounds, rounds + 1);
    assert_int_not_equal(run(3), NP_WIRE_PHASE_DONE);
    assert_int_equal(rig->file_size, NP_WIRE_RECORD_BYTES); /* whose journal it is, and no epoch */
    tear_down();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_does_a_session),
        cmocka_unit_test(noise_and_a_restart_do_not_matter),
        cmocka_unit_test(faults_and_stops_latch),
        cmocka_unit_test(a_read_that_fails_wipes_nothing),
        cmocka_unit_test(the_key_counts_and_the_watchdog_is_set_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
