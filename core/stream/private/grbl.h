/* A grbl controller at the other end of a serial line: what it is told, and what it is believed.
 *
 * grbl's `ok` says that a line was understood.  Three things are believed: an `ok` to G4, which grbl answers only when all
 * motion before it has ended; a status report that came after it and says Idle; and the machine position in that report.
 * While anything may move a report is asked for every 50 ms, and silence is a fault. */
#ifndef NP_STREAM_PRIVATE_GRBL_H
#define NP_STREAM_PRIVATE_GRBL_H

#include <signal.h>
#include <stdint.h>

#include "base/status.h"
#include "link/text.h"
#include "stream/private/grbl_reply.h"

#define STREAM_GRBL_SETTINGS 133 /* $0 to $132 */
#define STREAM_GRBL_STARTUPS 2

typedef struct stream_grbl {
    np_text_link *link;                /* borrowed */
    const char *target;                /* for messages */
    const volatile sig_atomic_t *stop; /* non-zero: whatever waits ends with NP_ERR_STOPPED; may be NULL */
    uint64_t silence_us;               /* longest time without an answer to `?` once the machine is ours */
    double floor_z_mm;                 /* a report of a z below it is a fault; -INFINITY: none */
    bool is_ours;                      /* a report of a state other than Idle and Run is a fault: somebody held it */

    /* What it has said since the last line was sent, or the last reset. */
    stream_grbl_reply report; /* the latest */
    uint32_t reports;         /* how many there were, ever */
    uint32_t oks;
    int error, alarm; /* codes; 0: none */
    bool restarted;   /* a banner nobody asked for */
    bool too_deep;
    bool is_supported; /* by its banner */
    bool is_hal;       /* grblHAL, which says whether it was homed */
    int homed;         /* 1: it says so, or homed when it was told to; 0: it says that it was not; -1: unknown */
    int feed_percent;  /* the feed override that it last reported; 0: none yet */
    char version[80];  /* of the banner */
    char stranger[80]; /* the first line that made no sense */

    /* How it is set up. */
    double settings[STREAM_GRBL_SETTINGS]; /* NAN: unknown */
    char startup[STREAM_GRBL_STARTUPS][80];
    char options[80]; /* letters of [OPT:] */
    char info[80];    /* what somebody had it keep, by `$I=`; "" if nobody did or it keeps nothing */

    /* private */
    bool asked, banner_expected, banner_seen;
    uint64_t asked_us, polled_us, progress_us;
} stream_grbl;

/* Sets up for LINK; nothing is sent. */
void stream_grbl_init(stream_grbl *grbl, np_text_link *link, const char *target, double silence_s);

/* Brings it to rest and into a known state, whatever it was doing: feed hold until it stands, then a reset, which forgets
 * everything it was sent; then its state is known.  Waits TIMEOUT_S for a controller that is away or silent.  A position that
 * was known stays known unless the controller could not be held before the reset; then the report says Alarm.
 * NP_ERR_LINK: nothing answered; NP_ERR_DEVICE: what answered is no grbl 1.1; NP_ERR_STOPPED. */
np_status stream_grbl_halt(stream_grbl *grbl, double timeout_s, np_error *err);

/* Reads the settings, startup lines and options of a controller that was halted. */
np_status stream_grbl_read_setup(stream_grbl *grbl, np_error *err);

/* Has it keep TEXT (capitals, digits, and none of grbl's characters) and reads INFO again, at rest.  A controller that refuses or does not
 * keep it is no error: INFO tells.  Other errors as stream_grbl_do. */
np_status stream_grbl_keep(stream_grbl *grbl, const char *text, np_error *err);

/* Runs the homing cycle.  Stop and silence are heeded before and after it, and a stop during it resets. */
np_status stream_grbl_home(stream_grbl *grbl, np_error *err);

/* Sends N lines (TEXT, each ended by "\n", at most 120 bytes in all) and waits until all are answered with ok.
 * NP_ERR_STOPPED, NP_ERR_LINK (away, or silent), NP_ERR_DEVICE (error, alarm, restart, too deep, no answer). */
np_status stream_grbl_do(stream_grbl *grbl, const char *text, uint32_t n, np_error *err);

/* Waits for a report from now on that says Idle, with the machine within 0.05 mm of TARGET.  After stream_grbl_do of lines the
 * last of which is a G4.  Errors as stream_grbl_do. */
np_status stream_grbl_settle(stream_grbl *grbl, np_vec3 target, np_error *err);

#endif
