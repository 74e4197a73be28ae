/* What grbl 1.1 and grblHAL say: lines taken apart, codes in words.
 *
 * By gnea/grbl doc/markdown/interface.md and its lists of codes; grblHAL answers in the same form.  Pure; any thread. */
#ifndef NP_STREAM_GRBL_REPLY_H
#define NP_STREAM_GRBL_REPLY_H

#include <stdbool.h>

#include "base/vec3.h"

typedef enum np_grbl_kind {
    NP_GRBL_OTHER,   /* messages, garbage */
    NP_GRBL_OK,      /* a line was understood, which says nothing of its having been done */
    NP_GRBL_ERROR,   /* a line was refused; code */
    NP_GRBL_ALARM,   /* code */
    NP_GRBL_STATUS,  /* a real-time report; state, substate, position */
    NP_GRBL_BANNER,  /* it began anew; version */
    NP_GRBL_SETTING, /* $code=value */
    NP_GRBL_STARTUP, /* $Ncode=line; text */
    NP_GRBL_OPTIONS  /* [OPT:letters,...]; text */
} np_grbl_kind;

typedef enum np_grbl_state {
    NP_GRBL_STATE_UNKNOWN,
    NP_GRBL_STATE_IDLE,
    NP_GRBL_STATE_RUN,
    NP_GRBL_STATE_HOLD,
    NP_GRBL_STATE_JOG,
    NP_GRBL_STATE_ALARM,
    NP_GRBL_STATE_DOOR,
    NP_GRBL_STATE_CHECK,
    NP_GRBL_STATE_HOME,
    NP_GRBL_STATE_SLEEP
} np_grbl_state;

typedef struct np_grbl_reply {
    np_grbl_kind kind;
    int code;     /* of an error, alarm, setting or startup line */
    double value; /* of a setting */
    np_grbl_state state;
    int substate; /* -1 without one */
    bool has_position; /* in machine coordinates (MPos), not in work coordinates */
    np_vec3 position;  /* in the controller's unit of reports */
    bool is_supported; /* of a banner: version 1.1 */
    char text[80];
} np_grbl_reply;

/* LINE without its end.  A line that is not exactly of a known form is OTHER: a spoiled one is never taken for an answer. */
np_grbl_reply np_grbl_parse(const char *line);

/* True if nothing moves in this state (and a reset keeps the position). */
bool np_grbl_is_at_rest(np_grbl_state state, int substate);

/* "Idle", "Hold", ...; "unknown". */
const char *np_grbl_state_name(np_grbl_state state);
/* What a code means, and what a person is to do; static storage, "unknown to needlepath" for others. */
const char *np_grbl_error_text(int code);
const char *np_grbl_alarm_text(int code);

#endif
