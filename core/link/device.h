/* A device that may go away: opened again, under the same name, until it is back.  For the links, and for the
 * simulator's proxy. */
#ifndef NP_LINK_DEVICE_H
#define NP_LINK_DEVICE_H

#include <sys/types.h>

#include "link/private/port.h"
#include "link/target.h"

/* Zero-initialise with NP_DEVICE_CLOSED, then set target. */
typedef struct np_device {
    np_link_target target;
    link_port port;
    uint64_t next_open_us; /* while it is gone: when to try next */
    uint64_t reopen_us;    /* between two tries; 0: NP_DEVICE_REOPEN_US */
    np_error trouble;      /* why it is gone */
} np_device;

#define NP_DEVICE_REOPEN_US 200000
#define NP_DEVICE_CLOSED ((np_device){.port = {.file = -1, .slave = -1}})

/* Whether it is open; one that is gone is opened anew when it is time. */
bool np_device_is_up(np_device *device);
/* Closes it for the reason WHY, to be opened again.  What was under way with it is the caller's to forget. */
void np_device_go_down(np_device *device, const char *why);
/* As read(2) of an open device: bytes read; 0: none now; -1: it is gone. */
ssize_t np_device_read(np_device *device, void *out_bytes, size_t size);
/* Why it is gone; NULL while it is there. */
const char *np_device_trouble(const np_device *device);

#endif
