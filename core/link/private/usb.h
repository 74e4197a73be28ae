/* Serial ports by what is plugged in, not by the name the system gave it: "usb:VID:PID[:SERIAL]".
 *
 * A device that was unplugged, or whose board was reset, may come back as /dev/ttyACM1; its USB identity stays. */
#ifndef NP_LINK_PRIVATE_USB_H
#define NP_LINK_PRIVATE_USB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

#define LINK_USB_PREFIX "usb:"
#define LINK_USB_SHORTEST 13 /* "usb:2341:0043" */

typedef struct link_usb_identity {
    int vid, pid;
    char serial[128]; /* "": any */
} link_usb_identity;

/* A port that is there. */
typedef struct link_usb_port {
    char name[128];   /* "/dev/ttyACM0" */
    int vid, pid;     /* -1: not on USB, or unknown */
    char serial[128]; /* "" without one */
    char description[128];
} link_usb_port;

/* Reads "usb:VID:PID[:SERIAL]", VID and PID of 4 hexadecimal digits; the serial number may hold colons.  False for anything
 * else. */
bool link_usb_parse(const char *text, link_usb_identity *out_identity);

/* The index of the one port of PORTS that IDENTITY (TEXT, for messages) names.  NP_ERR_LINK if there is none or several: the
 * message lists the ports that are there.  Pure. */
np_status link_usb_match(const link_usb_identity *identity, const char *text, const link_usb_port *ports, size_t n,
                         size_t *out_index, np_error *err);

/* Looks for TEXT's device among the ports of this machine: its present name into OUT_NAME.  NP_ERR_LINK as above. */
np_status link_usb_find(const char *text, char *out_name, size_t size, np_error *err);

#endif
