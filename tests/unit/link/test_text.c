/* Text over a pseudo-terminal: lines, garbage, urgent bytes, a device that goes away. */
#include "../test.h"

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "link/link.h"
#include "link/private/port.h"
#include "link/text.h"

typedef struct fixture {
    link_port far; /* the device's side */
    np_text_link *link;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    char slave[128], target[160];
    np_error err = {0};
    f = (fixture){.far = {.file = -1, .slave = -1}};
    assert_int_equal(link_port_make_pty(&f.far, slave, sizeof slave, &err), NP_OK);
    snprintf(target, sizeof target, "grbl:%s", slave);
    if (np_text_link_open(target, &f.link, &err) != NP_OK)
        fail_msg("%s", err.text);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    np_text_link_close(&f->link);
    link_port_close(&f->far);
    return 0;
}

static void say(const fixture *f, const char *text)
{
    assert_int_equal(write(f->far.file, text, strlen(text)), (ssize_t)strlen(text));
}

/* The next line, waited for. */
static void expect(fixture *f, const char *line)
{
    char found[NP_TEXT_LINE_BYTES];
    while (!np_text_link_receive(f->link, found))
        np_text_link_wait(f->link, 10000000);
    assert_string_equal(found, line);
}

static void lines_arrive(void **state)
{
    fixture *f = *state;
    char line[NP_TEXT_LINE_BYTES];
    assert_false(np_text_link_receive(f->link, line));
    say(f, "\r\nGrbl 1.1h ['$' for help]\r\nok\r\n\r\n  <Idle|MPos:0.000,0.000,0.000>  \nhalf");
    expect(f, "Grbl 1.1h ['$' for help]");
    expect(f, "ok");
    expect(f, "<Idle|MPos:0.000,0.000,0.000>");
    assert_false(np_text_link_receive(f->link, line));
    say(f, " a line\n");
    expect(f, "half a line");
}

static void garbage_is_filtered(void **state)
{
    fixture *f = *state;
    char long_one[600];
    say(f, "\x01o\xFFk\x7F\n\xC3\xA4\n");
    expect(f, "ok");
    memset(long_one, 'x', sizeof long_one);
    memcpy(long_one + sizeof long_one - 2, "\n", 2);
    say(f, long_one);
    long_one[NP_TEXT_LINE_BYTES - 1] = '\0';
    expect(f, long_one);
}

/* What was sent, waited for. */
static void expect_sent(const fixture *f, const char *text)
{
    char found[600];
    size_t n = 0;
    struct pollfd item = {.fd = f->far.file, .events = POLLIN};
    while (n < strlen(text)) {
        assert_int_equal(poll(&item, 1, 10000), 1);
        ssize_t more = read(f->far.file, found + n, sizeof found - 1 - n);
        assert_true(more > 0);
        n += (size_t)more;
    }
    found[n] = '\0';
    assert_string_equal(found, text);
}

static void text_is_sent(void **state)
{
    fixture *f = *state;
    char much[600] = {0};
    assert_true(np_text_link_send(f->link, "G4P0\n", 5));
    assert_true(np_text_link_send(f->link, "?", 1));
    expect_sent(f, "G4P0\n?");
    assert_true(np_text_link_send_urgent(f->link, "!", 1));
    expect_sent(f, "!");
    assert_false(np_text_link_send(f->link, much, sizeof much)); /* more than it queues */
    assert_null(np_text_link_trouble(f->link));
}

static void a_device_goes_away(void **state)
{
    fixture *f = *state;
    char line[NP_TEXT_LINE_BYTES];
    link_port_close(&f->far);
    while (!np_text_link_trouble(f->link)) {
        np_text_link_receive(f->link, line);
        np_text_link_wait(f->link, 10000);
    }
    assert_non_null(strstr(np_text_link_trouble(f->link), "/dev/pts/"));
    assert_false(np_text_link_send(f->link, "?", 1));
    assert_false(np_text_link_send_urgent(f->link, "!", 1));
    np_text_link_wait(f->link, 1000);
}

static void only_grbl_targets_are_text(void **state)
{
    (void)state;
    np_text_link *link = NULL;
    np_link *frames = NULL;
    np_error err = {0};
    assert_int_equal(np_text_link_open("serial:/dev/ttyUSB0", &link, &err), NP_ERR_USAGE);
    assert_int_equal(np_text_link_open("grbl:ttyUSB0", &link, &err), NP_ERR_USAGE);
    assert_int_equal(np_text_link_open("grbl:/dev/null", &link, &err), NP_ERR_LINK);
    assert_null(link);
    assert_int_equal(np_link_open(&(np_link_options){.target = "grbl:/dev/ttyUSB0"}, &frames, &err), NP_ERR_USAGE);
    assert_non_null(strstr(err.text, "G-code"));
    assert_int_equal(np_link_open(&(np_link_options){.target = "grbl:/dev/ttyUSB0", .listen = true}, &frames, &err),
                     NP_ERR_USAGE);
    np_text_link_close(&link);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lines_arrive, set_up, tear_down),
        cmocka_unit_test_setup_teardown(garbage_is_filtered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(text_is_sent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_device_goes_away, set_up, tear_down),
        cmocka_unit_test(only_grbl_targets_are_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
