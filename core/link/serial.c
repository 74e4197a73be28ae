/* Serial devices and pseudo-terminals as targets; port.c opens them, frames.c puts frames on them. */
#include <string.h>

#include "link/private/frames.h"
#include "link/private/target.h"
#include "link/private/usb.h"

/* What stands in front of the baud rate, for frames and for lines of text. */
static const char *parse_serial(np_link_target *target, bool listen)
{
    bool is_usb = strncmp(target->address, LINK_USB_PREFIX, strlen(LINK_USB_PREFIX)) == 0;
    const char *wrong = link_target_take_baud(target);
    link_usb_identity identity;
    target->is_serial = true;
    if (is_usb && !link_usb_parse(target->address, &identity))
        return "expected usb:VID:PID[:SERIAL], four hexadecimal digits each, as lsusb prints them";
    target->is_new_pty = strcmp(target->address, "pty") == 0;
    if (target->is_new_pty && !listen)
        return "only an executor makes a pseudo-terminal";
    if (!is_usb && !target->is_new_pty && target->address[0] != '/')
        return "the device must be a path that begins with /";
    return wrong;
}

static np_status open_serial(const np_link_target *target, link_port *out_port, np_error *err)
{
    return link_port_open(target->address, target->baud, out_port, err);
}

const link_kind link_kind_serial = {
    .scheme = "serial",
    .example = "serial:/dev/ttyUSB0:115200",
    .parse = parse_serial,
    .open = link_frames_open,
    .open_port = open_serial,
};
