/* Links: targets, frames over ZeroMQ and over pseudo-terminals, and what goes wrong with them. */
#include "../test.h"

#include <fcntl.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#include <zmq.h>

#include "base/clock.h"
#include "link/key.h"
#include "link/private/kind.h"
#include "link/private/port.h"

static char folder[64];

static const char *in_folder(const char *name)
{
    static char paths[4][160];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/np-test-link-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

/* ---- targets ---- */

static void test_good_targets(void **state)
{
    (void)state;
    const struct {
        const char *text;
        bool listen, is_serial, is_pty;
        const char *address;
        int baud;
    } rows[] = {
        {"zmq:tcp://127.0.0.1:5555", false, false, false, "tcp://127.0.0.1:5555", 0},
        {"zmq:tcp://*:5555", true, false, false, "tcp://*:5555", 0},
        {"zmq:tcp://127.0.0.1:*", true, false, false, "tcp://127.0.0.1:*", 0},
        {"zmq:tcp://[::1]:80", false, false, false, "tcp://[::1]:80", 0},
        {"zmq:tcp://[::]:*", true, false, false, "tcp://[::]:*", 0},
        {"zmq:tcp://10.0.0.2:0;10.0.0.1:5555", false, false, false, "tcp://10.0.0.2:0;10.0.0.1:5555", 0},
        {"zmq:ipc:///tmp/arm", false, false, false, "ipc:///tmp/arm", 0},
        {"serial:/dev/ttyUSB0:115200", false, true, false, "/dev/ttyUSB0", 115200},
        {"serial:/dev/ttyUSB0:9600", true, true, false, "/dev/ttyUSB0", 9600},
        {"serial:/dev/ttyUSB0", false, true, false, "/dev/ttyUSB0", 115200},
        {"serial:/dev/serial/by-path/pci-0:1:a-port0", false, true, false, "/dev/serial/by-path/pci-0:1:a-port0",
         115200},
        {"serial:pty", true, true, true, "pty", 115200},
        {"serial:pty:9600", true, true, true, "pty", 9600},
        {"serial:usb:2341:0043", false, true, false, "usb:2341:0043", 115200},
        {"serial:usb:16C0:2341", true, true, false, "usb:16C0:2341", 115200}, /* a PID is no baud rate */
        {"serial:usb:2341:0043:9600", false, true, false, "usb:2341:0043", 9600},
        {"serial:usb:2341:0043::57600", false, true, false, "usb:2341:0043:", 57600},
        {"serial:usb:2341:0043:A50285BI:57600", false, true, false, "usb:2341:0043:A50285BI", 57600},
        {"serial:usb:303a:1001:34:85:18:AC:52:10", false, true, false, "usb:303a:1001:34:85:18:AC:52:10", 115200},
        {"serial:usb:303a:1001:55739323:921600", false, true, false, "usb:303a:1001:55739323", 921600},
        {"grbl:/dev/ttyUSB0", false, false, false, "/dev/ttyUSB0", 115200},
        {"grbl:serial:/dev/ttyUSB0:9600", false, false, false, "/dev/ttyUSB0", 9600},
        {"grbl:usb:1a86:7523:250000", false, false, false, "usb:1a86:7523", 250000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        np_link_target t;
        np_error err = {0};
        if (np_link_parse_target(rows[i].text, rows[i].listen, &t, &err) != NP_OK)
            fail_msg("%s: %s", rows[i].text, err.text);
        assert_int_equal(t.is_serial, rows[i].is_serial);
        assert_int_equal(t.is_new_pty, rows[i].is_pty);
        assert_string_equal(t.address, rows[i].address);
        assert_int_equal(t.baud, rows[i].baud);
    }
}

static void test_bad_targets(void **state)
{
    (void)state;
    char long_one[400];
    memset(long_one, 'x', sizeof long_one);
    memcpy(long_one, "serial:/", 8);
    long_one[399] = '\0';
    const struct {
        const char *text;
        bool listen;
        const char *says;
    } rows[] = {
        {"", false, "no kind of link"},
        {"127.0.0.1", false, "no kind of link"},
        {"tcp://127.0.0.1:5555", false, "did you mean zmq:tcp://127.0.0.1:5555?"},
        {"ipc:///tmp/arm", true, "did you mean zmq:ipc:///tmp/arm?"},
        {"grbl:tcp://1.2.3.4:5", false, "no name and no address"},
        {"udp:127.0.0.1:5555", false, "no such kind"},
        {"zmq:127.0.0.1:5555", false, "did you mean zmq:tcp://127.0.0.1:5555?"},
        {"zmq:tcp://127.0.0.1", false, "port is missing"},
        {"zmq:tcp://:5555", false, "host is missing"},
        {"zmq:tcp://h:0", false, "1 to 65535"},
        {"zmq:tcp://h:65536", false, "1 to 65535"},
        {"zmq:tcp://h:12x", false, "1 to 65535"},
        {"zmq:tcp://h:*", false, "1 to 65535"},
        {"zmq:tcp://h:99999999999999", true, "1 to 65535"},
        {"zmq:ipc://", false, "path is missing"},
        {"zmq:tcp://::1:5555", false, "stands in brackets"},
        {"zmq:tcp://[::1]", false, "port is missing"},
        {"zmq:tcp://[::1:5555", false, "ends with ]"},
        {"zmq:tcp://[::g]:5555", false, "no IPv6 address"},
        {"zmq:tcp://[::1]:0", false, "1 to 65535"},
        {"grbl:zmq:tcp://h:5555", false, "a line that carries bytes"},
        {"grbl:grbl:/dev/ttyUSB0", false, "a line that carries bytes"},
        {"serial:ttyUSB0:115200", false, "begins with /"},
        {"serial:/dev/ttyUSB0:5", false, "baud"},
        {"serial:/dev/ttyUSB0:5000000", false, "baud"},
        {"serial:pty", false, "only an executor"},
        {"serial:usb:2341", false, "usb:VID:PID"},
        {"serial:usb:2341:43:115200", true, "usb:VID:PID"},
        {"grbl:", false, "begins with /"},
        {"grbl:/dev/ttyUSB0", true, "no such kind"},
        {long_one, false, "too long"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        np_error err = {0};
        assert_int_equal(np_link_check_target(rows[i].text, rows[i].listen, &err), NP_ERR_USAGE);
        if (!strstr(err.text, rows[i].says) || !strstr(err.text, "expected zmq:tcp://HOST:PORT"))
            fail_msg("%s: %s", rows[i].text, err.text);
    }
}

/* ---- frames there and back ---- */

static bool await(np_link *link, uint8_t *frame, size_t *size, np_link_peer *peer)
{
    for (uint64_t end = np_clock_us() + 5000000; np_clock_us() < end;) {
        if (np_link_receive(link, frame, size, peer))
            return true;
        np_link_wait(link, 20000, false);
    }
    return false;
}

static void send_when_possible(np_link *link, const np_link_peer *peer, const uint8_t *frame, size_t size)
{
    for (uint64_t end = np_clock_us() + 5000000; np_clock_us() < end;) {
        if (np_link_can_send(link)) {
            np_link_send(link, peer, frame, size);
            return;
        }
        np_link_wait(link, 20000, true);
    }
    fail_msg("the link took no frame");
}

/* All of it: a serial link hands a frame over in pieces, as it is asked or waits. */
static void send_whole(np_link *link, const np_link_peer *peer, const uint8_t *frame, size_t size)
{
    send_when_possible(link, peer, frame, size);
    for (uint64_t end = np_clock_us() + 5000000; !np_link_can_send(link) && np_clock_us() < end;)
        np_link_wait(link, 20000, true);
}

/* Frames of every kind of content and length, there and back; the largest ones wait in pieces. */
static void exchange(np_link *sender, np_link *executor)
{
    uint8_t frame[NP_WIRE_FRAME_MAX], got[NP_WIRE_FRAME_MAX];
    size_t size;
    np_link_peer peer;
    for (size_t n = 1; n <= NP_WIRE_FRAME_MAX; n += n < 20 ? 1 : 93) {
        for (size_t i = 0; i < n; i++)
            frame[i] = (uint8_t)(i % 7 ? i * n : 0);
        /* the shortest frame that both kinds carry has a header's length */
        size_t length = n < NP_WIRE_HEADER_BYTES + NP_WIRE_CRC_BYTES ? NP_WIRE_HEADER_BYTES + NP_WIRE_CRC_BYTES : n;
        memset(frame + n, 3, length - n);
        send_whole(sender, NULL, frame, length);
        assert_true(await(executor, got, &size, &peer));
        assert_int_equal(size, length);
        assert_memory_equal(got, frame, length);
        frame[0] ^= 0x55;
        send_whole(executor, &peer, frame, length);
        assert_true(await(sender, got, &size, NULL));
        assert_int_equal(size, length);
        assert_memory_equal(got, frame, length);
    }
}

static np_link *listen_on(const char *target, const char *pty_link)
{
    np_link *link;
    np_error err = {0};
    if (np_link_open(&(np_link_options){.target = target, .listen = true, .pty_link = pty_link}, &link, &err) != NP_OK)
        fail_msg("%s", err.text);
    return link;
}

static np_link *connect_to(const char *target)
{
    np_link *link;
    np_error err = {0};
    if (np_link_open(&(np_link_options){.target = target}, &link, &err) != NP_OK)
        fail_msg("%s", err.text);
    assert_string_equal(np_link_name(link), target);
    return link;
}

static void test_zmq(void **state)
{
    (void)state;
    np_link *executor = listen_on("zmq:tcp://127.0.0.1:*", NULL), *sender = connect_to(np_link_name(executor));
    assert_null(np_link_trouble(sender));
    exchange(sender, executor);
    np_link_drop_unsent(sender);
    np_link_close(&sender);
    assert_null(sender);
    np_link_close(&sender);
    /* a frame for a peer that has gone is dropped, and the next one comes through */
    sender = connect_to(np_link_name(executor));
    exchange(sender, executor);
    np_link_close(&sender);
    np_link_close(&executor);
}

static void test_zmq_over_ipv6(void **state)
{
    (void)state;
    np_link *executor;
    np_error err = {0};
    if (np_link_open(&(np_link_options){.target = "zmq:tcp://[::1]:*", .listen = true}, &executor, &err) != NP_OK) {
        print_message("this machine has no IPv6: %s\n", err.text);
        skip();
    }
    np_link *sender = connect_to(np_link_name(executor));
    exchange(sender, executor);
    np_link_close(&sender);
    np_link_close(&executor);
}

static void test_zmq_address_in_use(void **state)
{
    (void)state;
    np_link *executor = listen_on("zmq:tcp://127.0.0.1:*", NULL), *other;
    np_error err = {0};
    assert_int_equal(np_link_open(&(np_link_options){.target = np_link_name(executor), .listen = true}, &other, &err),
                     NP_ERR_LINK);
    assert_null(other);
    assert_non_null(strstr(err.text, "cannot listen"));
    np_link_close(&executor);
    assert_int_equal(
        np_link_open(&(np_link_options){.target = "zmq:tcp://127.0.0.1:5555", .listen = true, .pty_link = "/tmp/x"},
                     &other, &err),
        NP_ERR_USAGE);
}

/* Whatever is no frame of ours, in parts or too long, is dropped and does no harm. */
static void test_zmq_strangers(void **state)
{
    (void)state;
    np_link *executor = listen_on("zmq:tcp://127.0.0.1:*", NULL);
    void *context = zmq_ctx_new(), *stranger = zmq_socket(context, ZMQ_DEALER);
    int linger = 0;
    char big[NP_WIRE_FRAME_MAX + 1] = {0};
    uint8_t frame[NP_WIRE_FRAME_MAX];
    size_t size;
    zmq_setsockopt(stranger, ZMQ_LINGER, &linger, sizeof linger);
    assert_int_equal(zmq_connect(stranger, np_link_name(executor) + 4), 0);
    zmq_send(stranger, "a", 1, ZMQ_SNDMORE);
    zmq_send(stranger, "b", 1, ZMQ_SNDMORE);
    zmq_send(stranger, "c", 1, 0);
    zmq_send(stranger, "", 0, ZMQ_SNDMORE);
    zmq_send(stranger, "request", 7, 0);
    zmq_send(stranger, "good", 4, 0);
    assert_true(await(executor, frame, &size, NULL));
    assert_int_equal(size, 4);
    assert_memory_equal(frame, "good", 4);
    zmq_send(stranger, big, sizeof big, 0); /* ends the stranger's connection, and nothing else */
    np_link *sender = connect_to(np_link_name(executor));
    exchange(sender, executor);
    np_link_close(&sender);
    zmq_close(stranger);
    zmq_ctx_term(context);
    np_link_close(&executor);
}

static void test_pty(void **state)
{
    (void)state;
    const char *path = in_folder("arm");
    char target[200];
    snprintf(target, sizeof target, "serial:%s:4000000", path);
    np_link *executor = listen_on("serial:pty:4000000", path), *sender = connect_to(target), *second;
    assert_string_equal(np_link_name(executor), target);
    np_error err = {0};
    assert_int_equal(np_link_open(&(np_link_options){.target = target}, &second, &err), NP_ERR_LINK);
    assert_non_null(strstr(err.text, "another program is using it"));
    exchange(sender, executor);
    /* the sender goes and comes again */
    np_link_close(&sender);
    sender = connect_to(target);
    exchange(sender, executor);

    /* the executor goes and comes again: the sender finds it by itself */
    np_link_close(&executor);
    assert_int_not_equal(access(path, F_OK), 0);
    uint8_t frame[NP_WIRE_FRAME_MAX];
    size_t size;
    assert_false(np_link_receive(sender, frame, &size, NULL));
    np_link_wait(sender, 1000, false);
    assert_false(np_link_can_send(sender));
    assert_non_null(np_link_trouble(sender));
    np_link_send(sender, NULL, (const uint8_t *)"lost", 4);
    executor = listen_on("serial:pty:4000000", path);
    for (int i = 0; i < 200 && !np_link_can_send(sender); i++)
        np_link_wait(sender, 20000, true);
    assert_null(np_link_trouble(sender));
    exchange(sender, executor);
    np_link_close(&sender);
    np_link_close(&executor);
}

/* A reader that does not read: one frame waits, then no more are taken; what waits can be thrown away. */
static void test_full_line(void **state)
{
    (void)state;
    const char *path = in_folder("arm");
    char target[200];
    snprintf(target, sizeof target, "serial:%s:4000000", path);
    np_link *executor = listen_on("serial:pty:4000000", path), *sender = connect_to(target);
    uint8_t frame[NP_WIRE_FRAME_MAX];
    size_t size;
    memset(frame, 1, sizeof frame);
    int n = 0;
    for (; n < 1000; n++) {
        np_link_wait(sender, 20000, true);
        if (!np_link_can_send(sender))
            break;
        np_link_send(sender, NULL, frame, sizeof frame);
    }
    assert_in_range(n, 1, 200);
    uint64_t before = np_clock_us();
    np_link_wait(sender, 20000, true);
    assert_true(np_clock_us() - before >= 19000);
    np_link_drop_unsent(sender);
    while (np_link_receive(executor, frame, &size, NULL))
        assert_int_equal(size, sizeof frame);
    exchange(sender, executor);
    np_link_close(&sender);
    np_link_close(&executor);
}

/* What has come within a second at most; a pseudo-terminal passes bytes on in its own time. */
static ssize_t read_soon(int file, uint8_t *bytes, size_t size)
{
    struct pollfd item = {.fd = file, .events = POLLIN};
    return poll(&item, 1, 1000) == 1 ? read(file, bytes, size) : 0;
}

/* A slow line: only what 4 ms carry is handed over, so that what waits can be thrown away, whoever hides a queue behind. */
static void test_slow_line(void **state)
{
    (void)state;
    char target[200], slave[128];
    link_port port;
    np_error err = {0};
    assert_int_equal(link_port_make_pty(&port, slave, sizeof slave, &err), NP_OK);
    snprintf(target, sizeof target, "serial:%s:115200", slave);
    np_link *sender = connect_to(target);
    assert_int_equal(np_link_bytes_per_s(sender), 11520);
    uint8_t frame[NP_WIRE_FRAME_MAX], bytes[4096];
    const uint8_t *got;
    size_t size;
    memset(frame, 1, sizeof frame);
    assert_true(np_link_can_send(sender));
    np_link_send(sender, NULL, frame, sizeof frame);
    ssize_t n = read_soon(port.file, bytes, sizeof bytes);
    assert_in_range(n, 1, 46);

    /* what has gone is aborted by the zero in front of the urgent frame, which comes whole */
    np_wire_decoder decoder = {0};
    for (ssize_t i = 0; i < n; i++)
        assert_false(np_wire_decoder_push(&decoder, bytes[i], &got, &size));
    np_link_drop_unsent(sender);
    memset(frame, 2, 40);
    send_whole(sender, NULL, frame, 40);
    int frames = 0;
    while (frames == 0 && (n = read_soon(port.file, bytes, sizeof bytes)) > 0) {
        for (ssize_t i = 0; i < n; i++) {
            if (!np_wire_decoder_push(&decoder, bytes[i], &got, &size) || size != 40)
                continue;
            assert_memory_equal(got, frame, 40);
            frames++;
        }
    }
    assert_int_equal(frames, 1);
    np_link_close(&sender);
    link_port_close(&port);
}

static void test_bad_devices(void **state)
{
    (void)state;
    const struct {
        const char *target, *says;
    } rows[] = {
        {"serial:/nowhere/tty:115200", "No such file"},
        {"serial:/etc/passwd:115200", "not a device"},
        {"serial:/dev/null:115200", "no serial port"},
        {"serial:/dev/ptmx:115200", "cannot be opened"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        np_link *link;
        np_error err = {0};
        assert_int_equal(np_link_open(&(np_link_options){.target = rows[i].target}, &link, &err), NP_ERR_LINK);
        assert_null(link);
        if (!strstr(err.text, rows[i].says))
            fail_msg("%s: %s", rows[i].target, err.text);
    }
    /* a file that stands where the symbolic link should go is left alone */
    np_link *link;
    np_error err = {0};
    FILE *f = fopen(in_folder("mine"), "w");
    fputs("precious", f);
    fclose(f);
    assert_int_equal(
        np_link_open(&(np_link_options){.target = "serial:pty", .listen = true, .pty_link = in_folder("mine")}, &link,
                     &err),
        NP_ERR_IO);
    assert_int_equal(access(in_folder("mine"), F_OK), 0);
}

/* ---- keys ---- */

static np_status read_key_from(const char *text, unsigned char key[32], np_error *err)
{
    FILE *f = fopen(in_folder("key"), "w");
    fputs(text, f);
    fclose(f);
    chmod(in_folder("key"), 0600);
    return np_link_read_key(in_folder("key"), NP_KEY_FILE_LINK, key, err);
}

static void test_keys(void **state)
{
    (void)state;
    unsigned char key[32], want[32];
    char base64[64], text[200];
    np_error err = {0};
    for (int i = 0; i < 32; i++)
        want[i] = (unsigned char)(i * 9);
    sodium_bin2base64(base64, sizeof base64, want, 32, sodium_base64_VARIANT_ORIGINAL);
    snprintf(text, sizeof text, "needlepath-link-key-v1 lab %s\n", base64);
    assert_int_equal(read_key_from(text, key, &err), NP_OK);
    assert_memory_equal(key, want, 32);
    chmod(in_folder("key"), 0640);
    assert_int_equal(np_link_read_key(in_folder("key"), NP_KEY_FILE_LINK, key, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "chmod 600"));
    snprintf(text, sizeof text, "needlepath-public-key-v1 lab %s\n", base64);
    assert_int_equal(read_key_from(text, key, &err), NP_ERR_FORMAT);
    snprintf(text, sizeof text, "needlepath-link-key-v1 lab %s more\n", base64);
    assert_int_equal(read_key_from(text, key, &err), NP_ERR_FORMAT);
    base64[20] = '!';
    snprintf(text, sizeof text, "needlepath-link-key-v1 lab %s\n", base64);
    assert_int_equal(read_key_from(text, key, &err), NP_ERR_FORMAT);
    assert_int_equal(read_key_from("needlepath-link-key-v1 lab AAAA\n", key, &err), NP_ERR_FORMAT);
    assert_int_equal(read_key_from("", key, &err), NP_ERR_FORMAT);
    assert_int_equal(np_link_read_key(in_folder("none"), NP_KEY_FILE_LINK, key, &err), NP_ERR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_targets),
        cmocka_unit_test(test_bad_targets),
        cmocka_unit_test(test_zmq),
        cmocka_unit_test(test_zmq_over_ipv6),
        cmocka_unit_test(test_zmq_address_in_use),
        cmocka_unit_test(test_zmq_strangers),
        cmocka_unit_test(test_pty),
        cmocka_unit_test(test_full_line),
        cmocka_unit_test(test_slow_line),
        cmocka_unit_test(test_bad_devices),
        cmocka_unit_test(test_keys),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
