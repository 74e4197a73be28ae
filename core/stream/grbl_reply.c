/* Lines of grbl taken apart, and its codes in words; a line that is not exactly of a known form is nothing. */
#include "stream/private/grbl_reply.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- codes ---- */

typedef struct code_row {
    int code;
    const char *text;
} code_row;

#define POSITION_LOST                                                                                                  \
    "the position is likely lost: look at the machine, reset it, home it with the head away, then run again"

/* gnea/grbl doc/csv/alarm_codes_en_US.csv; 10 and up: grblHAL alarms.c */
static const code_row alarms[] = {
    {1, "a limit switch was hit; " POSITION_LOST},
    {2, "a move would have left the machine's travel; check the registration, reset the controller"},
    {3, "it was reset while moving; " POSITION_LOST},
    {4, "the probe was not as expected before probing; nothing here probes: check who else uses the controller"},
    {5, "the probe met nothing; nothing here probes: check who else uses the controller"},
    {6, "homing failed: reset meanwhile; home it again"},
    {7, "homing failed: the safety door was opened; close it and home again"},
    {8, "homing failed: a limit switch did not open when backing off; check the pull-off ($27) and the wiring"},
    {9, "homing failed: a limit switch was not found; check the travel ($130 to $132) and the wiring"},
    {10, "its emergency stop is pressed; release it, reset the controller and home it"},
    {11, "it wants to be homed; home it with the head away"},
    {12, "a limit switch is engaged; move the machine off it and home it"},
    {13, "its probe protection was triggered; clear it"},
    {14, "its spindle did not come to speed; needlepath uses none: check the controller's settings"},
    {15, "homing failed: the second limit switch of a doubled axis was not found; check the wiring"},
    {16, "its self-test failed; the controller cannot be used"},
    {17, "a motor's driver reported a fault; " POSITION_LOST},
    {18, "homing is not set up properly; check the settings"},
};

/* gnea/grbl doc/csv/error_codes_en_US.csv; 45 and up: grblHAL errors.c */
static const code_row errors[] = {
    {1, "a letter was expected: the line was spoiled on its way; check the cable"},
    {2, "a number was malformed: the line was spoiled on its way; check the cable"},
    {3, "it does not know this $ command; is it grbl 1.1?"},
    {4, "a number was negative: the line was spoiled on its way; check the cable"},
    {5, "homing is not enabled; set $22=1 and wire the switches"},
    {6, "its step pulse is too short ($0)"},
    {7, "its settings could not be read and were reset; set the controller up anew"},
    {8, "it is not idle"},
    {9, "it is locked by an alarm or a jog; look at the machine, home it with the head away"},
    {10, "soft limits want homing; set $22=1"},
    {11, "the line was too long: a line end got lost; check the cable"},
    {12, "a setting is above its step rate"},
    {13, "its safety door is open; close it"},
    {14, "a line was longer than its memory takes"},
    {15, "a jog would leave the travel"},
    {16, "a jog was malformed"},
    {17, "laser mode wants PWM"},
    {20, "it does not support a command of the line"},
    {21, "two commands of one group were in the line: it was spoiled on its way; check the cable"},
    {22, "the feed rate is undefined: the line was spoiled on its way; check the cable"},
    {23, "a command wants a whole number: the line was spoiled on its way; check the cable"},
    {24, "two commands wanted the axes: the line was spoiled on its way; check the cable"},
    {25, "a word stood twice in the line: it was spoiled on its way; check the cable"},
    {26, "the axes were missing: the line was spoiled on its way; check the cable"},
    {28, "a value was missing: the line was spoiled on its way; check the cable"},
    {33, "the target is invalid"},
    {36, "words were left over: the line was spoiled on its way; check the cable"},
    {38, "the tool number is too large"},
    {45, "a limit switch is engaged; move the machine off it and home it"},
    {46, "it wants to be homed; home it with the head away"},
    {50, "its emergency stop is pressed; release it, reset the controller and home it"},
    {51, "a motor's driver reported a fault; " POSITION_LOST},
    {79, "a critical alarm stands; look at the machine and reset the controller"},
};

static const char *find(const code_row *rows, size_t n, int code)
{
    for (size_t i = 0; i < n; i++)
        if (rows[i].code == code)
            return rows[i].text;
    return "a code that needlepath does not know: look it up in the controller's documents";
}

const char *stream_grbl_error_text(int code)
{
    return find(errors, sizeof errors / sizeof *errors, code);
}

const char *stream_grbl_alarm_text(int code)
{
    return find(alarms, sizeof alarms / sizeof *alarms, code);
}

/* ---- states ---- */

static const char *const state_names[] = {"unknown", "Idle", "Run",   "Hold", "Jog",
                                          "Alarm",   "Door", "Check", "Home", "Sleep"};

const char *stream_grbl_state_name(stream_grbl_state state)
{
    return state_names[(unsigned)state <= STREAM_GRBL_STATE_SLEEP ? state : 0];
}

bool stream_grbl_is_at_rest(stream_grbl_state state, int substate)
{
    switch (state) {
    case STREAM_GRBL_STATE_IDLE:
    case STREAM_GRBL_STATE_ALARM:
    case STREAM_GRBL_STATE_CHECK:
    case STREAM_GRBL_STATE_SLEEP:
        return true;
    case STREAM_GRBL_STATE_HOLD: /* 1: still slowing down */
        return substate <= 0;
    case STREAM_GRBL_STATE_DOOR: /* 2: still slowing down, 3: on its way back */
        return substate <= 1;
    default:
        return false;
    }
}

/* ---- lines ---- */

/* A whole number of 1 to 4 digits with END behind it; -1 otherwise. */
static int whole_number(const char *text, char end, const char **out_rest)
{
    size_t n = strspn(text, "0123456789");
    if (n < 1 || n > 4 || text[n] != end)
        return -1;
    if (out_rest)
        *out_rest = text + n + 1;
    return atoi(text);
}

/* A decimal number: an optional sign, digits, an optional fraction. */
static bool decimal(const char **text, double *out)
{
    const char *at = *text + (**text == '-');
    size_t whole = strspn(at, "0123456789"), fraction = at[whole] == '.' ? strspn(at + whole + 1, "0123456789") : 0;
    if (whole < 1 || whole + fraction > 12)
        return false;
    *out = strtod(*text, NULL);
    *text = at + whole + (at[whole] == '.' ? 1 + fraction : 0);
    return true;
}

/* "x,y,z" with anything of the report behind it. */
static bool position(const char *text, np_vec3 *out)
{
    double values[3];
    for (int i = 0; i < 3; i++) {
        if (!decimal(&text, &values[i]) || (i < 2 && *text++ != ','))
            return false;
    }
    if (*text != '|' && *text != '>' && *text != ',') /* a fourth axis */
        return false;
    *out = np_vec3_make(values[0], values[1], values[2]);
    return true;
}

/* What may stand behind the position: "|H:0", "|H:1,7", "|Ov:100,100,100".  False if one of these is spoiled. */
static bool parse_fields(const char *field, stream_grbl_reply *r)
{
    for (; field; field = strchr(field + 1, '|')) {
        if (strncmp(field, "|H:", 3) == 0) {
            if ((field[3] != '0' && field[3] != '1') || !strchr("|,>", field[4]))
                return false;
            r->homed = field[3] - '0';
        } else if (strncmp(field, "|Ov:", 4) == 0) {
            r->feed_percent = whole_number(field + 4, ',', NULL);
            if (r->feed_percent < 1)
                return false;
        }
    }
    return true;
}

/* ":0" behind a state's name, of DIGITS digits at most; *REST is moved behind it.  False if it is spoiled. */
static bool parse_substate(const char **rest, size_t digits, int *out)
{
    size_t n = strspn(*rest + 1, "0123456789");
    if (n < 1 || n > digits || (*rest)[1 + n] != '|')
        return false;
    *out = atoi(*rest + 1);
    *rest += 1 + n;
    return true;
}

/* "<Hold:0|MPos:1.000,2.000,3.000|FS:0,0>", "<Alarm:11|MPos:...>" */
static void parse_status(const char *line, stream_grbl_reply *r)
{
    size_t size = strlen(line), n = strcspn(line + 1, ":|>");
    if (line[size - 1] != '>' || memchr(line + 1, '<', size - 1) || strchr(line, '>') != line + size - 1)
        return;
    stream_grbl_state state = STREAM_GRBL_STATE_UNKNOWN;
    for (int i = STREAM_GRBL_STATE_IDLE; i <= STREAM_GRBL_STATE_SLEEP; i++)
        if (strlen(state_names[i]) == n && strncmp(line + 1, state_names[i], n) == 0)
            state = (stream_grbl_state)i;
    const char *rest = line + 1 + n;
    if (state == STREAM_GRBL_STATE_UNKNOWN)
        return;
    if (*rest == ':' && !parse_substate(&rest, state == STREAM_GRBL_STATE_ALARM ? 3 : 1, &r->substate))
        return;
    bool is_work = strncmp(rest, "|WPos:", 6) == 0;
    if ((!is_work && strncmp(rest, "|MPos:", 6) != 0) || !position(rest + 6, &r->position) ||
        !parse_fields(strchr(rest + 6, '|'), r))
        return;
    r->kind = STREAM_GRBL_STATUS;
    r->state = state;
    r->has_position = !is_work;
}

/* "Grbl 1.1h ['$' for help]", "GrblHAL 1.1f ['$' or '$HELP' for help]", "Grbl 3.7 [FluidNC v3.7.8 (wifi) '$' for help]" */
static bool parse_banner(const char *line, stream_grbl_reply *r)
{
    size_t name = strncmp(line, "Grbl ", 5) == 0 ? 5 : strncmp(line, "GrblHAL ", 8) == 0 ? 8 : 0;
    const char *help = strstr(line, "'$'"), *bracket = strstr(line, " [");
    if (!name || !help || !bracket || bracket > help)
        return false;
    bool is_plain = bracket + 2 == help; /* else somebody else names himself in the brackets */
    r->kind = STREAM_GRBL_BANNER;
    r->is_supported = is_plain && strncmp(line + name, "1.1", 3) == 0;
    r->is_hal = name == 8;
    int n = (int)((is_plain ? bracket : help - 1) - line);
    snprintf(r->text, sizeof r->text, "%.*s%s", n < 70 ? n : 70, line, is_plain ? "" : "]");
    return true;
}

/* "$132=200.000", "$N0=G54"; settings of other kinds (grblHAL has texts) are OTHER. */
static void parse_setting(const char *line, stream_grbl_reply *r)
{
    const char *rest;
    bool is_startup = line[1] == 'N';
    int code = whole_number(line + 1 + is_startup, '=', &rest);
    if (code < 0)
        return;
    r->code = code;
    snprintf(r->text, sizeof r->text, "%.79s", rest);
    if (is_startup)
        r->kind = STREAM_GRBL_STARTUP;
    else if (decimal(&rest, &r->value) && *rest == '\0')
        r->kind = STREAM_GRBL_SETTING;
}

stream_grbl_reply stream_grbl_parse(const char *line)
{
    stream_grbl_reply r = {.kind = STREAM_GRBL_OTHER, .substate = -1, .homed = -1};
    if (strcmp(line, "ok") == 0)
        r.kind = STREAM_GRBL_OK;
    else if (strncmp(line, "error:", 6) == 0 && (r.code = whole_number(line + 6, '\0', NULL)) >= 0)
        r.kind = STREAM_GRBL_ERROR;
    else if (strncmp(line, "ALARM:", 6) == 0 && (r.code = whole_number(line + 6, '\0', NULL)) >= 0)
        r.kind = STREAM_GRBL_ALARM;
    else if (line[0] == '<')
        parse_status(line, &r);
    else if (line[0] == '$')
        parse_setting(line, &r);
    else if (strncmp(line, "[OPT:", 5) == 0 && line[strlen(line) - 1] == ']') {
        r.kind = STREAM_GRBL_OPTIONS;
        snprintf(r.text, sizeof r.text, "%.79s", line + 5);
        r.text[strcspn(r.text, ",]")] = '\0';
    } else if (strncmp(line, "[VER:", 5) == 0 && line[strlen(line) - 1] == ']' && strchr(line + 5, ':')) {
        r.kind = STREAM_GRBL_INFO;
        snprintf(r.text, sizeof r.text, "%.79s", strchr(line + 5, ':') + 1);
        r.text[strcspn(r.text, "]")] = '\0';
    } else if (!parse_banner(line, &r)) {
        snprintf(r.text, sizeof r.text, "%.79s", line);
    }
    return r;
}
