/* Targets, taken apart: for the links, and for the simulator's proxy. */
#ifndef NP_LINK_TARGET_H
#define NP_LINK_TARGET_H

#include <stdbool.h>

#include "base/status.h"

struct link_kind;

typedef struct np_link_target {
    const struct link_kind *kind;
    const struct link_kind *bytes; /* the kind that opens the port, for those that carry bytes; else NULL */
    char address[200];             /* "tcp://127.0.0.1:5555", "/dev/ttyUSB0" or "usb:2341:0043:SERIAL" */
    int baud;                      /* of the serial line; 0: none */
    bool is_serial;                /* frames on a serial device or pseudo-terminal of this machine */
    bool is_new_pty;
} np_link_target;

/* Takes TEXT apart for the executor's end (LISTEN) or the sender's.  NP_ERR_USAGE says what is wrong with it and what is
 * expected.  Any thread. */
np_status np_link_parse_target(const char *text, bool listen, np_link_target *out_target, np_error *err);

#endif
