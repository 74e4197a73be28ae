/* Serial ports: opening and setting up a device; for the links, and for the simulator's proxy. */
#ifndef NP_LINK_PRIVATE_PORT_H
#define NP_LINK_PRIVATE_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/status.h"

struct sp_port;

/* An open port.  Zero-initialise with file = -1. */
typedef struct link_port {
    int file;             /* non-blocking, for poll, read and write; -1: closed */
    struct sp_port *port; /* of libserialport; NULL for a pseudo-terminal */
    int slave;            /* of our own pseudo-terminal: kept open so that the master never sees a hang-up; -1 */
} link_port;

/* Opens DEVICE (a path, or usb:VID:PID[:SERIAL], see usb.h) for BAUD 8N1, raw, for us alone.  NP_ERR_LINK with the reason. */
np_status link_port_open(const char *device, int baud, link_port *out_port, np_error *err);
/* Makes a pseudo-terminal; *out_port is its master, OUT_SLAVE (of SIZE bytes) the path of the other end. */
np_status link_port_make_pty(link_port *out_port, char *out_slave, size_t size, np_error *err);
/* Makes PTY_LINK a symbolic link to SLAVE; only a symbolic link to another device is replaced. */
np_status link_port_link_pty(const char *pty_link, const char *slave, np_error *err);
/* As read(2) and write(2) of an open port. */
ssize_t link_port_read(const link_port *port, void *out_bytes, size_t size);
ssize_t link_port_write(const link_port *port, const void *bytes, size_t size);
/* How many bytes wait in the driver, as far as it says. */
size_t link_port_unsent(const link_port *port);
/* Throws them away, where the driver can; safe on a closed port. */
void link_port_drop_unsent(const link_port *port);
void link_port_close(link_port *port);

#endif
