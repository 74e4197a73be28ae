/* Opening again: at fixed intervals, for as long as it takes, since an arm may be switched off for an hour. */
#include "link/device.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "link/private/kind.h"

static uint64_t pause_us(const np_device *d)
{
    return d->reopen_us ? d->reopen_us : NP_DEVICE_REOPEN_US;
}

/* A clock that went back makes nobody wait for it to come round again. */
static bool is_time_to_try(const np_device *d)
{
    uint64_t now = np_clock_us();
    return now >= d->next_open_us || d->next_open_us - now > pause_us(d);
}

bool np_device_is_up(np_device *device)
{
    np_device *d = device;
    if (d->port.file < 0 && is_time_to_try(d)) {
        d->target.bytes->open_port(&d->target, &d->port, &d->trouble);
        d->next_open_us = np_clock_us() + pause_us(d);
    }
    return d->port.file >= 0;
}

void np_device_go_down(np_device *device, const char *why)
{
    link_port_close(&device->port);
    np_error_set(&device->trouble, NP_ERR_LINK, "%s: the line went away: %s", device->target.address, why);
    device->next_open_us = np_clock_us() + pause_us(device);
}

ssize_t np_device_read(np_device *device, void *out_bytes, size_t size)
{
    ssize_t n = link_port_read(&device->port, out_bytes, size);
    if (n >= 0)
        return n;
    if (errno == EAGAIN || errno == EINTR)
        return 0;
    np_device_go_down(device, strerror(errno));
    return -1;
}

const char *np_device_trouble(const np_device *device)
{
    return device->port.file < 0 ? device->trouble.text : NULL;
}
