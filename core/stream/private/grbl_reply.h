/* What grbl 1.1 and grblHAL say: lines taken apart, codes in words.
 *
 * By gnea/grbl doc/markdown/interface.md and its lists of codes; grblHAL answers in the same form.  Pure; any thread. */
#ifndef NP_STREAM_PRIVATE_GRBL_REPLY_H
#define NP_STREAM_PRIVATE_GRBL_REPLY_H

#include <stdbool.h>

#include "base/vec3.h"

typedef enum stream_grbl_kind {
    STREAM_GRBL_OTHER,   /* messages, garbage */
    STREAM_GRBL_OK,      /* a line was understood, which says nothing of its having been done */
    STREAM_GRBL_ERROR,   /* a line was refused; code */
    STREAM_GRBL_ALARM,   /* code */
    STREAM_GRBL_STATUS,  /* a real-time report; state, substate, position */
    STREAM_GRBL_BANNER,  /* it began anew; version */
    STREAM_GRBL_SETTING, /* $code=value */
    STREAM_GRBL_STARTUP, /* $Ncode=line; text */
    STREAM_GRBL_OPTIONS, /* [OPT:letters,...]; text */
    STREAM_GRBL_INFO     /* [VER:version:...], what `$I=` left there; text */
} stream_grbl_kind;

typedef enum stream_grbl_state {
    STREAM_GRBL_STATE_UNKNOWN,
    STREAM_GRBL_STATE_IDLE,
    STREAM_GRBL_STATE_RUN,
    STREAM_GRBL_STATE_HOLD,
    STREAM_GRBL_STATE_JOG,
    STREAM_GRBL_STATE_ALARM,
    STREAM_GRBL_STATE_DOOR,
    STREAM_GRBL_STATE_CHECK,
    STREAM_GRBL_STATE_HOME,
    STREAM_GRBL_STATE_SLEEP
} stream_grbl_state;

typedef struct stream_grbl_reply {
    stream_grbl_kind kind;
    int code;     /* of an error, alarm, setting or startup line */
    double value; /* of a setting */
    stream_grbl_state state;
    int substate;      /* -1 without one */
    bool has_position; /* in machine coordinates (MPos), not in work coordinates */
    int homed;         /* H: of grblHAL: 0 or 1; -1: the report does not say */
    int feed_percent;  /* Ov: the feed override; 0: the report does not say */
    np_vec3 position;  /* in the controller's unit of reports */
    bool is_supported; /* of a banner: version 1.1 */
    bool is_hal;       /* of a banner: grblHAL */
    char text[80];
} stream_grbl_reply;

/* LINE without its end.  A line that is not exactly of a known form is OTHER: a spoiled one is never taken for an answer. */
stream_grbl_reply stream_grbl_parse(const char *line);

/* True if nothing moves in this state (and a reset keeps the position). */
bool stream_grbl_is_at_rest(stream_grbl_state state, int substate);

/* "Idle", "Hold", ...; "unknown". */
const char *stream_grbl_state_name(stream_grbl_state state);
/* What a code means, and what a person is to do; static storage, "unknown to needlepath" for others. */
const char *stream_grbl_error_text(int code);
const char *stream_grbl_alarm_text(int code);

#endif
