/* What grbl says, as its documents show it and as a bad cable spoils it. */
#include "../test.h"

#include "stream/private/grbl_reply.h"

static void answers(void **state)
{
    (void)state;
    assert_int_equal(stream_grbl_parse("ok").kind, STREAM_GRBL_OK);
    stream_grbl_reply r = stream_grbl_parse("error:9");
    assert_int_equal(r.kind, STREAM_GRBL_ERROR);
    assert_int_equal(r.code, 9);
    r = stream_grbl_parse("ALARM:2");
    assert_int_equal(r.kind, STREAM_GRBL_ALARM);
    assert_int_equal(r.code, 2);
    r = stream_grbl_parse("$132=200.000");
    assert_int_equal(r.kind, STREAM_GRBL_SETTING);
    assert_int_equal(r.code, 132);
    assert_near(r.value, 200, 0);
    r = stream_grbl_parse("$N1=G54G20");
    assert_int_equal(r.kind, STREAM_GRBL_STARTUP);
    assert_int_equal(r.code, 1);
    assert_string_equal(r.text, "G54G20");
    r = stream_grbl_parse("[OPT:VZL,15,128]");
    assert_int_equal(r.kind, STREAM_GRBL_OPTIONS);
    assert_string_equal(r.text, "VZL");
    r = stream_grbl_parse("[VER:1.1h.20190830:GANTRY:7]");
    assert_int_equal(r.kind, STREAM_GRBL_INFO);
    assert_string_equal(r.text, "GANTRY:7");
    r = stream_grbl_parse("[VER:1.1h.20190830:]");
    assert_int_equal(r.kind, STREAM_GRBL_INFO);
    assert_string_equal(r.text, "");
}

static void banners(void **state)
{
    (void)state;
    const struct {
        const char *line, *text;
        bool is_supported;
    } rows[] = {
        {"Grbl 1.1h ['$' for help]", "Grbl 1.1h", true},
        {"GrblHAL 1.1f ['$' or '$HELP' for help]", "GrblHAL 1.1f", true},
        {"Grbl 0.9j ['$' for help]", "Grbl 0.9j", false},
        {"Grbl 3.7 [FluidNC v3.7.8 (esp32-wifi) '$' for help]", "Grbl 3.7 [FluidNC v3.7.8 (esp32-wifi)]", false},
        {"Grbl 1.1 [Somebody else '$' for help]", "Grbl 1.1 [Somebody else]", false},
        {"Grbl", NULL, false},
        {"Grbl 1.1h", NULL, false},
        {"Marlin 2.1", NULL, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        stream_grbl_reply r = stream_grbl_parse(rows[i].line);
        assert_int_equal(r.kind, rows[i].text ? STREAM_GRBL_BANNER : STREAM_GRBL_OTHER);
        assert_string_equal(r.text, rows[i].text ? rows[i].text : rows[i].line);
        assert_int_equal(r.is_supported, rows[i].is_supported);
    }
}

static void reports(void **state)
{
    (void)state;
    stream_grbl_reply r = stream_grbl_parse("<Idle|MPos:-150.000,0.000,-3.250|FS:0,0|WCO:1.000,2.000,3.000>");
    assert_int_equal(r.kind, STREAM_GRBL_STATUS);
    assert_int_equal(r.state, STREAM_GRBL_STATE_IDLE);
    assert_int_equal(r.substate, -1);
    assert_true(r.has_position);
    assert_near(r.position.x, -150, 0);
    assert_near(r.position.z, -3.25, 0);
    r = stream_grbl_parse("<Hold:1|WPos:1,2,3,4|Bf:15,128>");
    assert_int_equal(r.state, STREAM_GRBL_STATE_HOLD);
    assert_int_equal(r.substate, 1);
    assert_false(r.has_position);
    assert_int_equal(stream_grbl_parse("<Run|MPos:0.000,0.000,0.000>").state, STREAM_GRBL_STATE_RUN);
    r = stream_grbl_parse("<Alarm:11|MPos:0.000,0.000,0.000|Bf:35,1023|FS:0,0,0|H:0|Ov:50,100,100>");
    assert_int_equal(r.state, STREAM_GRBL_STATE_ALARM);
    assert_int_equal(r.substate, 11);
    assert_int_equal(r.homed, 0);
    assert_int_equal(r.feed_percent, 50);
    r = stream_grbl_parse("<Idle|MPos:0.000,0.000,0.000|H:1,7|Ov:100,25,100|A:>");
    assert_int_equal(r.homed, 1);
    assert_int_equal(r.feed_percent, 100);
    r = stream_grbl_parse("<Idle|MPos:0.000,0.000,0.000|FS:0,0|Pn:H>");
    assert_int_equal(r.homed, -1);
    assert_int_equal(r.feed_percent, 0);
    assert_string_equal(stream_grbl_state_name(STREAM_GRBL_STATE_DOOR), "Door");
    assert_string_equal(stream_grbl_state_name((stream_grbl_state)99), "unknown");
}

/* A spoiled line is no answer: neither an ok nor a place. */
static void spoiled_lines(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "",
        "o",
        "okk",
        "OK",
        "ok ",
        "error:",
        "error:x",
        "error:99999",
        "error:9x",
        "ALARM",
        "ALARM:-1",
        "alarm:1",
        "<",
        "<>",
        "<Idle",
        "<Idle>",
        "<Idle|MPos:1,2>",
        "<Idle|MPos:1,2,>",
        "<Idle|MPos:1,2,3",
        "<Idle|MPos:1,2,x3>",
        "<Idle|MPos:1,,3>",
        "<Idle|MPos:1,2,3Idle|MPos:1,2,3>>",
        "<Id<Idle|MPos:1,2,3>",
        "<Idl|MPos:1,2,3>",
        "<Hold:|MPos:1,2,3>",
        "<Hold:12|MPos:1,2,3>",
        "<Alarm:1234|MPos:1,2,3>",
        "<Idle|MPos:1,2,3|H:2>",
        "<Idle|MPos:1,2,3|H:>",
        "<Idle|MPos:1,2,3|H:01>",
        "<Idle|MPos:1,2,3|Ov:100>",
        "<Idle|MPos:1,2,3|Ov:,100,100>",
        "<Idle|MPos:1,2,3|Ov:0,100,100>",
        "<Idle|MPos:1,2,3|Ov:1x0,100,100>",
        "<Hold:x|MPos:1,2,3>",
        "<Idle|FS:0,0|MPos:1,2,3>",
        "<Idle|MPos:nan,inf,1>",
        "<Idle|MPos:1e3,2,3>",
        "<Idle|MPos:0x10,2,3>",
        "<Idle|MPos:1234567890123,2,3>",
        "$",
        "$=1",
        "$N=1",
        "$1",
        "$1=",
        "$1=x",
        "$1=2x",
        "$12345=1",
        "$341=text",
        "[OPT:V",
        "[VER:1.1h.20190830:TORN",
        "[VER:1.1]",
        "[MSG:Reset to continue]",
        ">G54:ok",
        "$H",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (stream_grbl_parse(lines[i]).kind != STREAM_GRBL_OTHER)
            fail_msg("\"%s\" was taken for an answer", lines[i]);

    /* cut or changed at any byte, a report is the same place, or none */
    static const char whole[] = "<Idle|MPos:-150.125,12.500,-3.250|FS:0,0>";
    char line[sizeof whole];
    for (size_t i = 0; i + 1 < sizeof whole; i++) {
        strcpy(line, whole);
        line[i] = '\0';
        assert_int_equal(stream_grbl_parse(line).kind, STREAM_GRBL_OTHER);
    }
}

static void rest(void **state)
{
    (void)state;
    assert_true(stream_grbl_is_at_rest(STREAM_GRBL_STATE_IDLE, -1));
    assert_true(stream_grbl_is_at_rest(STREAM_GRBL_STATE_ALARM, -1));
    assert_true(stream_grbl_is_at_rest(STREAM_GRBL_STATE_HOLD, 0));
    assert_false(stream_grbl_is_at_rest(STREAM_GRBL_STATE_HOLD, 1));
    assert_true(stream_grbl_is_at_rest(STREAM_GRBL_STATE_DOOR, 1));
    assert_false(stream_grbl_is_at_rest(STREAM_GRBL_STATE_DOOR, 2));
    assert_false(stream_grbl_is_at_rest(STREAM_GRBL_STATE_RUN, -1));
    assert_false(stream_grbl_is_at_rest(STREAM_GRBL_STATE_HOME, -1));
    assert_false(stream_grbl_is_at_rest(STREAM_GRBL_STATE_UNKNOWN, -1));
}

static void codes(void **state)
{
    (void)state;
    assert_non_null(strstr(stream_grbl_alarm_text(1), "limit switch"));
    assert_non_null(strstr(stream_grbl_alarm_text(3), "home it"));
    assert_non_null(strstr(stream_grbl_error_text(9), "locked"));
    assert_non_null(strstr(stream_grbl_error_text(1234), "does not know"));
    assert_non_null(strstr(stream_grbl_alarm_text(0), "does not know"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),       cmocka_unit_test(banners), cmocka_unit_test(reports),
        cmocka_unit_test(spoiled_lines), cmocka_unit_test(rest),    cmocka_unit_test(codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
