/* The example firmware on a board that QEMU plays: a Cortex-M4F (mps2-an386) with a serial port and a 32-bit timer.
 *
 * What a real board has besides is files of the host, by semihosting (Arm's "Semihosting for AArch32 and AArch64"): the flash is `journal.bin`,
 * the keys are `link.raw` and `operators.raw`, what the needle did is `made.raw`, an id of 4 bytes a puncture.  The arm takes a time for each
 * dot and each way and goes nowhere.  The person at it presses what is asked for.  The example is included, so that he can see what it
 * waits for, as the unit test's does. */
#include "protocol/example/firmware.c"

#include <string.h>

/* ---- the processor ---- */

extern uint8_t data_begin[], data_end[], data_image[], bss_begin[], bss_end[], stack_top[];
int main(void);
void reset(void);
void fault(void);
void sodium_misuse(void);

#define PAINT 0xA5A5A5A5u
#define CPACR (*(volatile uint32_t *)0xE000ED88)

static int host(int operation, const void *arguments)
{
    register int r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = arguments;
    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

enum {
    HOST_OPEN = 1,
    HOST_CLOSE = 2,
    HOST_WRITE0 = 4,
    HOST_WRITE = 5,
    HOST_READ = 6,
    HOST_SEEK = 10,
    HOST_LENGTH = 12
};
enum { READ = 1, UPDATE = 3, CREATE = 7 }; /* modes "rb", "r+b", "w+b" */

__attribute__((naked)) void reset(void)
{
    __asm__ volatile("ldr r0, =bss_end\n" /* all that is free is painted, to see how deep the stack goes */
                     "ldr r1, =0xA5A5A5A5\n"
                     "1: cmp r0, sp\n"
                     "bhs 2f\n"
                     "str r1, [r0], #4\n"
                     "b 1b\n"
                     "2: b begin\n");
}

__attribute__((used)) static void begin(void)
{
    CPACR |= 0xFu << 20; /* the FPU */
    memcpy(data_begin, data_image, (size_t)(data_end - data_begin));
    memset(bss_begin, 0, (size_t)(bss_end - bss_begin));
    main();
    fault();
}

void fault(void)
{
    host(HOST_WRITE0, "FAULT\n");
    for (;;)
        ;
}

void sodium_misuse(void)
{
    fault();
}

__attribute__((used, section(".vectors"))) static const void *const vectors[16] = {
    stack_top,           (const void *)reset, (const void *)fault, (const void *)fault,
    (const void *)fault, (const void *)fault, (const void *)fault};

/* ---- clock and serial port ---- */

#define TIMER ((volatile uint32_t *)0x40000000) /* control, value, reload: counts down at 25 MHz */
#define UART ((volatile uint32_t *)0x40004000)  /* data, state, control, interrupts, divider */

/* It wraps after 172 s and is widened here, as it is asked in every round. */
uint64_t board_clock_us(void)
{
    static uint64_t ticks;
    static uint32_t last = UINT32_MAX;
    if (!(TIMER[0] & 1)) {
        TIMER[2] = UINT32_MAX;
        TIMER[1] = UINT32_MAX;
        TIMER[0] = 1;
    }
    uint32_t now = TIMER[1];
    ticks += last - now;
    last = now;
    return ticks / 25;
}

static void start_uart(void)
{
    UART[4] = 25000000 / 115200;
    UART[2] = 3;
}

bool board_serial_read(uint8_t *out_byte)
{
    if (!(UART[2] & 1))
        start_uart();
    if (!(UART[1] & 2))
        return false;
    *out_byte = (uint8_t)UART[0];
    return true;
}

bool board_serial_can_write(void)
{
    return true; /* the host takes it at once */
}

void board_serial_write(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        while (UART[1] & 1)
            ;
        UART[0] = bytes[i];
    }
}

/* ---- files of the host ---- */

static int host_open(const char *name, int mode)
{
    const uint32_t arguments[] = {(uint32_t)name, (uint32_t)mode, (uint32_t)strlen(name)};
    return host(HOST_OPEN, arguments);
}

/* How many of SIZE bytes were written or read. */
static size_t host_move(int operation, int file, const void *bytes, size_t size)
{
    const uint32_t arguments[] = {(uint32_t)file, (uint32_t)bytes, size};
    uint32_t left = (uint32_t)host(operation, arguments);
    return left <= size ? size - left : 0;
}

static bool host_seek(int file, uint64_t offset)
{
    const uint32_t arguments[] = {(uint32_t)file, (uint32_t)offset};
    return host(HOST_SEEK, arguments) == 0;
}

/* A file of whole KEYs of 32 bytes; returns how many there are, 0 without the file. */
static size_t read_keys(const char *name, uint8_t (*out)[32], size_t room)
{
    int file = host_open(name, READ);
    return file < 0 ? 0 : host_move(HOST_READ, file, out, room * 32) / 32;
}

/* A file to go on with, or a new one; its length to *OUT_SIZE.  -1: neither. */
static int open_to_append(const char *name, uint64_t *out_size)
{
    int file = host_open(name, UPDATE);
    if (file < 0)
        file = host_open(name, CREATE);
    const uint32_t arguments[] = {(uint32_t)file};
    int length = file < 0 ? -1 : host(HOST_LENGTH, arguments);
    *out_size = length < 0 ? 0 : (uint64_t)length;
    return length < 0 ? -1 : file;
}

static int journal = -1;
static uint64_t journal_size; /* what counts of the file */

static bool journal_is_open(void)
{
    if (journal < 0)
        journal = open_to_append("journal.bin", &journal_size);
    return journal >= 0;
}

bool board_flash_append(const uint8_t *bytes, size_t size)
{
    if (!journal_is_open() || !host_seek(journal, journal_size) || host_move(HOST_WRITE, journal, bytes, size) != size)
        return false;
    journal_size += size;
    return true;
}

bool board_flash_sync(void)
{
    return journal >= 0; /* the host has it: this board's flash outlives QEMU, and not the host */
}

bool board_flash_read(uint64_t offset, uint8_t *out_bytes, size_t size, size_t *out_size)
{
    if (!journal_is_open())
        return false;
    uint64_t left = offset < journal_size ? journal_size - offset : 0;
    *out_size = left < size ? (size_t)left : size;
    return *out_size == 0 ||
           (host_seek(journal, offset) && host_move(HOST_READ, journal, out_bytes, *out_size) == *out_size);
}

/* No more than one torn record is cut without a person. */
bool board_flash_truncate(uint64_t size)
{
    if (size > journal_size || journal_size - size > NP_WIRE_RECORD_BYTES)
        return false;
    journal_size = size;
    return true;
}

void board_random(uint8_t *out_bytes, size_t size)
{
    int file = host_open("/dev/urandom", READ);
    if (file < 0 || host_move(HOST_READ, file, out_bytes, size) != size)
        fault();
    const uint32_t arguments[] = {(uint32_t)file};
    host(HOST_CLOSE, arguments);
}

const uint8_t *board_link_key(void)
{
    static uint8_t key[1][32];
    return read_keys("link.raw", key, 1) ? key[0] : NULL;
}

size_t board_operators(const uint8_t (**out_keys)[32])
{
    static uint8_t keys[4][32];
    *out_keys = (const uint8_t(*)[32])keys;
    return read_keys("operators.raw", keys, 4);
}

/* ---- the arm and the person at it ---- */

enum { DOT_US = 8000, SKIN_US = 4000, WAY_US = 3000 };
static uint64_t began_us;
static uint32_t dot_id; /* 0: a way */
static bool in_skin, stopped;

void board_arm_begin(const np_wire_move *move, bool puncture)
{
    began_us = board_clock_us();
    dot_id = puncture ? move->dot->id : 0;
    in_skin = stopped = false;
}

void board_arm_retract(void)
{
    stopped = true;
}

static void puncture(void)
{
    static int made = -1;
    uint64_t size;
    in_skin = true;
    if (made < 0 && ((made = open_to_append("made.raw", &size)) < 0 || !host_seek(made, size)))
        fault();
    if (host_move(HOST_WRITE, made, &dot_id, sizeof dot_id) != sizeof dot_id)
        fault();
}

board_arm_state board_arm_poll(np_wire_outcome *out_outcome, int32_t *out_depth_um, int32_t *out_force_mn)
{
    uint64_t since = board_clock_us() - began_us;
    *out_depth_um = *out_force_mn = 0;
    *out_outcome = NP_WIRE_OUTCOME_NONE;
    if (stopped && !in_skin)
        return BOARD_ARM_STOPPED;
    if (dot_id && !in_skin && since >= SKIN_US)
        puncture();
    if (since < (dot_id ? DOT_US : WAY_US))
        return BOARD_ARM_MOVES;
    *out_outcome = NP_WIRE_OUTCOME_DONE;
    return BOARD_ARM_ENDED;
}

bool board_arm_failed(void)
{
    return false;
}

static np_wire_executor_info asked(void)
{
    np_wire_executor_info info;
    np_wire_executor_get_info(executor, &info);
    return info;
}

bool board_pedal(void)
{
    np_wire_executor_info info = asked();
    return info.waits_for_pedal || info.state == NP_WIRE_STATE_ARMED || info.state == NP_WIRE_STATE_RUNNING;
}

bool board_needle_button(void)
{
    np_wire_executor_info info = asked();
    return info.waits_for_supply && info.due == NP_WIRE_REASON_NEEDLE;
}

bool board_pigment_button(void)
{
    np_wire_executor_info info = asked();
    return info.waits_for_supply && info.due == NP_WIRE_REASON_RELOAD;
}

bool board_home_button(void)
{
    return asked().waits_for_home;
}

bool board_moved_button(void)
{
    return asked().waits_for_moved;
}

bool board_emergency_stop(void)
{
    return false;
}

bool board_reset_button(void)
{
    return false;
}

void board_show(const char *text)
{
    host(HOST_WRITE0, text);
    host(HOST_WRITE0, "\n");
}

/* QEMU plays none; instead it is told how deep the stack has gone, whenever that is deeper. */
void board_watchdog(void)
{
    static uint32_t rounds, deepest;
    char line[] = "STACK 000000\n";
    if (++rounds % 256)
        return;
    const uint32_t *at = (const uint32_t *)bss_end;
    while (*at == PAINT)
        at++;
    uint32_t depth = (uint32_t)(stack_top - (const uint8_t *)at);
    if (depth <= deepest)
        return;
    deepest = depth;
    for (int i = 11; i > 5; i--, depth /= 10)
        line[i] = (char)('0' + depth % 10);
    host(HOST_WRITE0, line);
}
