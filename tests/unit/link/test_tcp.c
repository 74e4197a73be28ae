/* The TCP link against a socket of the test's own: frames both ways, a server that goes away and comes back. */
#include "../test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "link/link.h"
#include "link/private/kind.h"
#include "link/text.h"

static int listener = -1, port;

static int open_server(void **state)
{
    (void)state;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&at, size), 0);
    assert_int_equal(listen(listener, 4), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &size), 0);
    port = ntohs(at.sin_port);
    return 0;
}

static int close_server(void **state)
{
    (void)state;
    close(listener);
    return 0;
}

static np_link *connect_to_server(int *out_far)
{
    char target[64];
    np_link *link;
    np_error err = {0};
    snprintf(target, sizeof target, "tcp:127.0.0.1:%d:4000000", port);
    if (np_link_open(&(np_link_options){.target = target}, &link, &err) != NP_OK)
        fail_msg("%s", err.text);
    assert_string_equal(np_link_name(link), target);
    *out_far = accept(listener, NULL, NULL);
    assert_true(*out_far >= 0);
    return link;
}

/* Reads frames off FAR as a peer would, until one is whole. */
static size_t read_frame(np_link *link, int far, uint8_t *out_frame)
{
    np_wire_decoder decoder = {0};
    for (uint64_t end = np_clock_us() + 5000000; np_clock_us() < end;) {
        struct pollfd item = {.fd = far, .events = POLLIN};
        np_link_wait(link, 1000, true);
        while (poll(&item, 1, 0) > 0) {
            uint8_t byte;
            const uint8_t *frame;
            size_t size;
            assert_int_equal(read(far, &byte, 1), 1);
            if (np_wire_decoder_push(&decoder, byte, &frame, &size)) {
                memcpy(out_frame, frame, size);
                return size;
            }
        }
    }
    fail_msg("no frame came");
    return 0;
}

static void frames_go_both_ways(void **state)
{
    (void)state;
    int far;
    np_link *link = connect_to_server(&far);
    uint8_t frame[NP_WIRE_FRAME_MAX], got[NP_WIRE_FRAME_MAX], serial[NP_WIRE_SERIAL_MAX];
    size_t size = 0;
    for (size_t n = NP_WIRE_HEADER_BYTES + NP_WIRE_CRC_BYTES; n <= NP_WIRE_FRAME_MAX; n += 97) {
        for (size_t i = 0; i < n; i++)
            frame[i] = (uint8_t)(i * n);
        while (!np_link_can_send(link))
            np_link_wait(link, 1000, true);
        np_link_send(link, NULL, frame, n);
        assert_int_equal(read_frame(link, far, got), n);
        assert_memory_equal(got, frame, n);
        size_t bytes = np_wire_serial_encode(frame, n, serial);
        assert_int_equal(write(far, serial, bytes), (ssize_t)bytes);
        while (!np_link_receive(link, got, &size, NULL))
            np_link_wait(link, 5000000, false);
        assert_int_equal(size, n);
        assert_memory_equal(got, frame, n);
    }
    close(far);
    np_link_close(&link);
}

static void a_server_that_went_away_is_found_again(void **state)
{
    (void)state;
    int far;
    np_link *link = connect_to_server(&far);
    uint8_t frame[64] = {1, 2, 3}, got[NP_WIRE_FRAME_MAX];
    size_t size;
    assert_null(np_link_trouble(link));
    close(far);
    for (uint64_t end = np_clock_us() + 5000000; !np_link_trouble(link) && np_clock_us() < end;) {
        assert_false(np_link_receive(link, got, &size, NULL));
        np_link_wait(link, 20000, false);
    }
    assert_non_null(np_link_trouble(link));
    assert_non_null(strstr(np_link_trouble(link), "the line went away"));
    /* a frame for nobody is dropped, and no signal ends the program */
    np_link_send(link, NULL, frame, sizeof frame);
    for (uint64_t end = np_clock_us() + 5000000; !np_link_can_send(link) && np_clock_us() < end;)
        np_link_wait(link, 20000, true);
    assert_null(np_link_trouble(link));
    far = accept(listener, NULL, NULL);
    np_link_send(link, NULL, frame, sizeof frame);
    assert_int_equal(read_frame(link, far, got), sizeof frame);
    close(far);
    np_link_close(&link);
}

static void text_goes_over_it_too(void **state)
{
    (void)state;
    char target[64], line[NP_TEXT_LINE_BYTES], got[8];
    np_text_link *link;
    np_error err = {0};
    snprintf(target, sizeof target, "grbl:tcp:localhost:%d", port);
    assert_true(np_link_is_text(target));
    if (np_text_link_open(target, &link, &err) != NP_OK)
        fail_msg("%s", err.text);
    int far = accept(listener, NULL, NULL);
    assert_int_equal(write(far, "ok\r\n", 4), 4);
    while (!np_text_link_receive(link, line))
        np_text_link_wait(link, 5000000);
    assert_string_equal(line, "ok");
    assert_true(np_text_link_send(link, "$$\n", 3));
    assert_true(np_text_link_send_urgent(link, "!", 1));
    assert_int_equal(recv(far, got, 4, MSG_WAITALL), 4);
    assert_memory_equal(got, "$$\n!", 4);
    close(far);
    for (uint64_t end = np_clock_us() + 5000000; !np_text_link_trouble(link) && np_clock_us() < end;) {
        np_text_link_receive(link, line);
        np_text_link_wait(link, 20000);
    }
    assert_non_null(np_text_link_trouble(link));
    np_text_link_close(&link);
}

static void addresses_are_taken_apart(void **state)
{
    (void)state;
    const struct {
        const char *text, *address;
        int baud;
        bool is_exposed;
    } rows[] = {
        {"tcp:127.0.0.1:3001", "127.0.0.1:3001", 115200, false},
        {"tcp:rig.local:3001:9600", "rig.local:3001", 9600, true},
        {"tcp:[fd00::2]:3001", "[fd00::2]:3001", 115200, true},
        {"tcp:[::1]:3001:57600", "[::1]:3001", 57600, false},
        {"grbl:tcp:10.0.0.4:23", "10.0.0.4:23", 115200, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        np_link_target t;
        np_error err = {0};
        if (np_link_parse_target(rows[i].text, false, &t, &err) != NP_OK)
            fail_msg("%s", err.text);
        assert_string_equal(t.address, rows[i].address);
        assert_int_equal(t.baud, rows[i].baud);
        assert_false(t.is_serial);
        assert_int_equal(np_link_is_exposed(rows[i].text, false), rows[i].is_exposed);
        assert_int_equal(np_link_check_target(rows[i].text, true, &err), NP_ERR_USAGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_go_both_ways),
        cmocka_unit_test(a_server_that_went_away_is_found_again),
        cmocka_unit_test(text_goes_over_it_too),
        cmocka_unit_test(addresses_are_taken_apart),
    };
    return cmocka_run_group_tests(tests, open_server, close_server);
}
