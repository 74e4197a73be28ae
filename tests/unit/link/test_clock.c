/* A clock that jumps, under a link over a serial line: it keeps no frame back and no port closed. */
#include "../test.h"

#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "link/device.h"
#include "link/link.h"
#include "link/private/kind.h"
#include "link/private/port.h"

enum { HOUR_S = 3600, WAIT_US = 5000, TRIES = 400 };

static time_t jump_s;

/* Taken by the linker in place of libc's. */
int clock_gettime(clockid_t id, struct timespec *out)
{
    long code = syscall(SYS_clock_gettime, id, out);
    if (id == CLOCK_MONOTONIC)
        out->tv_sec += 2 * HOUR_S + jump_s;
    return (int)code;
}

static uint64_t true_us(void)
{
    struct timespec t;
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

static void the_clock_is_the_test_s(void **state)
{
    (void)state;
    uint64_t before = np_clock_us();
    jump_s = -HOUR_S;
    assert_true(np_clock_us() < before);
    jump_s = 0;
}

/* A line that is busy as the clock jumps. */
static void play(time_t jump)
{
    char target[200], slave[128];
    link_port port;
    np_link *link;
    np_error err = {0};
    uint8_t frame[NP_WIRE_FRAME_MAX], bytes[4096];
    jump_s = 0;
    assert_int_equal(link_port_make_pty(&port, slave, sizeof slave, &err), NP_OK);
    snprintf(target, sizeof target, "serial:%s:115200", slave);
    assert_int_equal(np_link_open(&(np_link_options){.target = target}, &link, &err), NP_OK);
    memset(frame, 1, sizeof frame);
    assert_true(np_link_can_send(link));
    np_link_send(link, NULL, frame, sizeof frame);
    assert_false(np_link_can_send(link));

    jump_s = jump;
    ssize_t n = 0;
    for (int i = 0; i < TRIES && n < NP_WIRE_FRAME_MAX; i++) {
        uint64_t before = true_us();
        np_link_wait(link, WAIT_US, true);
        assert_true(true_us() - before < 1000000);
        ssize_t more = link_port_read(&port, bytes, sizeof bytes);
        n += more > 0 ? more : 0;
    }
    assert_true(n >= NP_WIRE_FRAME_MAX);
    for (int i = 0; i < TRIES && !np_link_can_send(link); i++)
        np_link_wait(link, WAIT_US, true);
    assert_true(np_link_can_send(link));
    np_link_close(&link);
    link_port_close(&port);
    jump_s = 0;
}

static void a_busy_line_is_free_again(void **state)
{
    (void)state;
    play(-HOUR_S);
    play(HOUR_S);
    play(0);
}

/* A port that could not be opened is tried again as soon as ever. */
static void a_port_is_opened_again(void **state)
{
    (void)state;
    char slave[128];
    link_port port;
    np_device device = NP_DEVICE_CLOSED;
    np_error err = {0};
    assert_int_equal(np_link_parse_target("serial:/dev/nothing-here:115200", false, &device.target, &err), NP_OK);
    assert_false(np_device_is_up(&device));
    assert_int_equal(link_port_make_pty(&port, slave, sizeof slave, &err), NP_OK);
    snprintf(device.target.address, sizeof device.target.address, "%s", slave);
    assert_false(np_device_is_up(&device)); /* not at once */
    jump_s = -HOUR_S;
    assert_true(np_device_is_up(&device));
    jump_s = 0;
    link_port_close(&device.port);
    link_port_close(&port);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_clock_is_the_test_s),
        cmocka_unit_test(a_busy_line_is_free_again),
        cmocka_unit_test(a_port_is_opened_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
