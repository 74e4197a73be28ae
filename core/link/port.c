/* Opening serial ports; see port.h.
 *
 * Real ports are libserialport's business.  Pseudo-terminals (tests, socat, proxies) are not: libserialport 0.1.1 finds no
 * /sys/class/tty entry for them and asks for modem lines that they do not have.  They have no baud rate and no lines either,
 * so that raw mode by termios is all there is to set. */
#include "link/private/port.h"

#include <errno.h>
#include <fcntl.h>
#include <libserialport.h>
#include <limits.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "link/private/usb.h"

static np_status failed(const char *device, const char *doing, const char *why, np_error *err)
{
    return np_error_set(err, NP_ERR_LINK, "%s: the serial port cannot be %s: %s", device, doing, why);
}

static bool set_raw(int file)
{
    struct termios settings;
    if (tcgetattr(file, &settings) != 0)
        return false;
    cfmakeraw(&settings);
    settings.c_cflag |= CLOCAL | CREAD;
    return tcsetattr(file, TCSANOW, &settings) == 0;
}

static np_status open_pty(const char *device, link_port *out_port, np_error *err)
{
    out_port->file = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (out_port->file < 0)
        return failed(device, "opened", strerror(errno), err);
    if (!set_raw(out_port->file))
        return failed(device, "set up", strerror(errno), err);
    return NP_OK;
}

/* libserialport's reason for a failure; its text of a system error is its to free. */
static np_status sp_failed(const char *device, const char *doing, enum sp_return code, np_error *err)
{
    if (code == SP_ERR_ARG)
        return failed(device, doing, "it is no serial port, or it does not take these settings", err);
    if (code == SP_ERR_MEM)
        return np_error_no_memory(err, "a serial port");
    char *text = sp_last_error_message();
    np_status status = failed(device, doing, code == SP_ERR_FAIL && text ? text : "not supported", err);
    sp_free_error_message(text);
    return status;
}

static np_status open_real(const char *device, int baud, link_port *out_port, np_error *err)
{
    enum sp_return code = sp_get_port_by_name(device, &out_port->port);
    if (code != SP_OK) {
        out_port->port = NULL;
        return sp_failed(device, "opened", code, err);
    }
    if ((code = sp_open(out_port->port, SP_MODE_READ_WRITE)) != SP_OK) {
        sp_free_port(out_port->port);
        out_port->port = NULL;
        return sp_failed(device, "opened", code, err);
    }
    if ((code = sp_get_port_handle(out_port->port, &out_port->file)) != SP_OK ||
        (code = sp_set_baudrate(out_port->port, baud)) != SP_OK || (code = sp_set_bits(out_port->port, 8)) != SP_OK ||
        (code = sp_set_parity(out_port->port, SP_PARITY_NONE)) != SP_OK ||
        (code = sp_set_stopbits(out_port->port, 1)) != SP_OK ||
        (code = sp_set_flowcontrol(out_port->port, SP_FLOWCONTROL_NONE)) != SP_OK)
        return sp_failed(device, "set to 8N1 without flow control", code, err);
    return NP_OK;
}

np_status link_port_open(const char *device, int baud, link_port *out_port, np_error *err)
{
    *out_port = (link_port){.file = -1, .slave = -1};
    char path[PATH_MAX];
    struct stat about;
    np_status status;
    /* Looked up at every opening: after a reconnect the same device may have another name. */
    char found[128];
    if (strncmp(device, LINK_USB_PREFIX, strlen(LINK_USB_PREFIX)) == 0) {
        if ((status = link_usb_find(device, found, sizeof found, err)) != NP_OK)
            return status;
        device = found;
    }
    if (!realpath(device, path) || stat(path, &about) != 0)
        return failed(device, "opened", strerror(errno), err);
    if (!S_ISCHR(about.st_mode))
        status = failed(device, "opened", "it is not a device", err);
    else if (strncmp(path, "/dev/pts/", 9) == 0)
        status = open_pty(path, out_port, err);
    else
        status = open_real(path, baud, out_port, err);

    /* TIOCEXCL keeps other users out, flock keeps out whoever asks, root included. */
    if (status == NP_OK && flock(out_port->file, LOCK_EX | LOCK_NB) != 0)
        status = failed(device, "locked", errno == EWOULDBLOCK ? "another program is using it" : strerror(errno), err);
    if (status == NP_OK && ioctl(out_port->file, TIOCEXCL) != 0)
        status = failed(device, "locked", strerror(errno), err);
    if (status == NP_OK)
        tcflush(out_port->file, TCIOFLUSH);
    else
        link_port_close(out_port);
    return status;
}

np_status link_port_make_pty(link_port *out_port, char *out_slave, size_t size, np_error *err)
{
    *out_port = (link_port){.file = -1, .slave = -1};
    int master = out_port->file = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0 || ptsname_r(master, out_slave, size) != 0 ||
        (out_port->slave = open(out_slave, O_RDWR | O_NOCTTY | O_CLOEXEC)) < 0 || !set_raw(out_port->slave)) {
        np_status status = np_error_set(err, NP_ERR_LINK, "a pseudo-terminal cannot be made: %s", strerror(errno));
        link_port_close(out_port);
        return status;
    }
    return NP_OK;
}

np_status link_port_link_pty(const char *pty_link, const char *slave, np_error *err)
{
    static const char device[] = {'/', 'd', 'e', 'v', '/'};
    char old[sizeof device];
    if (readlink(pty_link, old, sizeof old) == sizeof old && memcmp(old, device, sizeof device) == 0)
        unlink(pty_link); /* of an earlier pseudo-terminal; a link to anything else is another's */
    if (symlink(slave, pty_link) != 0)
        return np_error_set(err, NP_ERR_IO, "%s: cannot be made a link to %s: %s", pty_link, slave, strerror(errno));
    return NP_OK;
}

ssize_t link_port_read(const link_port *port, void *out_bytes, size_t size)
{
    ssize_t n = recv(port->file, out_bytes, size, MSG_DONTWAIT);
    if (n < 0 && errno == ENOTSOCK)
        return read(port->file, out_bytes, size);
    if (n > 0 || (n < 0 && errno != ECONNRESET))
        return n;
    errno = ECONNRESET; /* a socket whose other end was closed reads nothing */
    return -1;
}

ssize_t link_port_write(const link_port *port, const void *bytes, size_t size)
{
    ssize_t n = send(port->file, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    return n < 0 && errno == ENOTSOCK ? write(port->file, bytes, size) : n;
}

size_t link_port_unsent(const link_port *port)
{
    /* of a socket only what has not left: what is on its way to the other end cannot be hurried */
    int n = 0;
    bool known = ioctl(port->file, SIOCOUTQNSD, &n) == 0 || ioctl(port->file, TIOCOUTQ, &n) == 0;
    return known && n > 0 ? (size_t)n : 0;
}

void link_port_drop_unsent(const link_port *port)
{
    if (port->file >= 0)
        tcflush(port->file, TCOFLUSH);
}

void link_port_close(link_port *port)
{
    if (port->file >= 0)
        ioctl(port->file, TIOCNXCL);
    if (port->port) {
        sp_close(port->port);
        sp_free_port(port->port);
    } else if (port->file >= 0) {
        close(port->file);
    }
    if (port->slave >= 0)
        close(port->slave);
    *port = (link_port){.file = -1, .slave = -1};
}
