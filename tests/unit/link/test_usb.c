/* Ports by USB identity, with lists of ports that are made up: no USB device is at hand in a test. */
#include "../test.h"

#include "link/link.h"
#include "link/private/usb.h"

static const link_usb_port ports[] = {
    {"/dev/ttyS0", -1, -1, "", "ttyS0"},
    {"/dev/ttyUSB0", 0x0403, 0x6001, "A50285BI", "FT232R USB UART"},
    {"/dev/ttyACM0", 0x2341, 0x0043, "75735303", "Arduino Uno"},
    {"/dev/ttyACM1", 0x2341, 0x0043, "75735304", "Arduino Uno"},
    {"/dev/ttyACM2", 0x303a, 0x1001, "34:85:18:AC:52:10", ""},
};
enum { N_PORTS = sizeof ports / sizeof *ports };

static np_status match(const char *text, const link_usb_port *list, size_t n, size_t *out_index, np_error *err)
{
    link_usb_identity identity;
    assert_true(link_usb_parse(text, &identity));
    return link_usb_match(&identity, text, list, n, out_index, err);
}

static void identities_are_read(void **state)
{
    (void)state;
    link_usb_identity id;
    assert_true(link_usb_parse("usb:2341:00fF", &id));
    assert_int_equal(id.vid, 0x2341);
    assert_int_equal(id.pid, 0xff);
    assert_string_equal(id.serial, "");
    assert_true(link_usb_parse("usb:303A:1001:34:85:18", &id));
    assert_string_equal(id.serial, "34:85:18");
    assert_true(link_usb_parse("usb:2341:0043:", &id));
    assert_string_equal(id.serial, "");

    static const char *const bad[] = {"",          "usb:",          "usb:2341",      "usb:2341:43",    "usb:2341:0043x",
                                      "2341:0043", "usb:234g:0043", "usb:2341-0043", "usb:23411:0043", "usb:-341:0043"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (link_usb_parse(bad[i], &id))
            fail_msg("%s was taken", bad[i]);
    char long_one[200] = "usb:2341:0043:";
    memset(long_one + 14, 'x', 150);
    assert_false(link_usb_parse(long_one, &id));
}

static void one_port_is_found(void **state)
{
    (void)state;
    np_error err = {0};
    size_t i = 99;
    assert_int_equal(match("usb:0403:6001", ports, N_PORTS, &i, &err), NP_OK);
    assert_int_equal(i, 1);
    assert_int_equal(match("usb:2341:0043:75735304", ports, N_PORTS, &i, &err), NP_OK);
    assert_int_equal(i, 3);
    assert_int_equal(match("usb:303a:1001:34:85:18:AC:52:10", ports, N_PORTS, &i, &err), NP_OK);
    assert_int_equal(i, 4);

    /* back from a reconnect under another name */
    link_usb_port later[] = {ports[0], ports[1]};
    strcpy(later[1].name, "/dev/ttyUSB7");
    assert_int_equal(match("usb:0403:6001:A50285BI", later, 2, &i, &err), NP_OK);
    assert_string_equal(later[i].name, "/dev/ttyUSB7");
}

static void none_or_several_are_refused(void **state)
{
    (void)state;
    size_t i = 99;
    np_error err = {0};
    assert_int_equal(match("usb:2341:0043", ports, N_PORTS, &i, &err), NP_ERR_LINK);
    assert_non_null(strstr(err.text, "2 serial ports"));
    assert_non_null(strstr(err.text, "/dev/ttyACM1 2341:0043 serial 75735304 (Arduino Uno)"));

    /* the serial number decides, letter by letter */
    static const char *const absent[] = {"usb:2341:0042", "usb:2341:0043:7573530", "usb:0403:6001:a50285bi"};
    for (size_t k = 0; k < 3; k++) {
        assert_int_equal(match(absent[k], ports, N_PORTS, &i, &err), NP_ERR_LINK);
        assert_non_null(strstr(err.text, absent[k]));
        assert_non_null(strstr(err.text, "there are: /dev/ttyS0 (ttyS0), /dev/ttyUSB0 0403:6001 serial A50285BI"));
    }
    assert_int_equal(match("usb:2341:0043", NULL, 0, &i, &err), NP_ERR_LINK);
    assert_non_null(strstr(err.text, "no serial port at all"));

    /* two boards of a maker that numbers none of them */
    link_usb_port twins[] = {ports[2], ports[2]};
    assert_int_equal(match("usb:2341:0043:75735303", twins, 2, &i, &err), NP_ERR_LINK);
}

/* A machine with so many ports that a message cannot hold them all. */
static void many_ports_are_listed_as_far_as_they_fit(void **state)
{
    (void)state;
    link_usb_port many[40];
    np_error err = {0};
    size_t i;
    for (size_t k = 0; k < 40; k++)
        many[k] = ports[1 + k % 4];
    assert_int_equal(match("usb:1234:5678", many, 40, &i, &err), NP_ERR_LINK);
    assert_true(strlen(err.text) < sizeof err.text);
}

/* The ports of this machine: whatever they are, this is none of them. */
static void a_device_that_is_not_there(void **state)
{
    (void)state;
    np_error err = {0};
    char name[128];
    np_link *link = NULL;
    assert_int_equal(link_usb_find("usb:fffe:fffe:none", name, sizeof name, &err), NP_ERR_LINK);
    assert_non_null(strstr(err.text, "usb:fffe:fffe:none"));
    assert_int_equal(link_usb_find("usb:x", name, sizeof name, &err), NP_ERR_USAGE);
    assert_int_equal(np_link_open(&(np_link_options){.target = "serial:usb:fffe:fffe:none:9600"}, &link, &err),
                     NP_ERR_LINK);
    assert_null(link);
    assert_non_null(strstr(err.text, "usb:fffe:fffe:none"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identities_are_read),         cmocka_unit_test(one_port_is_found),
        cmocka_unit_test(none_or_several_are_refused), cmocka_unit_test(many_ports_are_listed_as_far_as_they_fit),
        cmocka_unit_test(a_device_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
