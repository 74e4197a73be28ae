/* Bytes over TCP: a serial line behind a network server (ser2net, a terminal server, grblHAL's own Ethernet).
 *
 * What is written waits in both ends' buffers, where nothing urgent overtakes it, so the link still counts by the baud rate of
 * the line behind it.  A connection is given up when what was sent is not acknowledged for SILENCE_MS, since a network that is
 * cut says nothing; it is then made again, as a device that was unplugged is opened again. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "link/private/frames.h"
#include "link/private/host.h"
#include "link/private/target.h"

enum { CONNECT_MS = 1000, SILENCE_MS = 2000 };

/* HOST:PORT[:BAUD]: the last number is a baud rate if a port stands before it. */
static const char *parse_tcp(np_link_target *target, bool listen)
{
    (void)listen;
    char host[LINK_HOST_BYTES], *last = strrchr(target->address, ':');
    int port;
    target->baud = 115200;
    if (last) {
        *last = '\0';
        bool has_baud = !link_host_parse(target->address, false, host, &port);
        *last = ':';
        const char *wrong = has_baud ? link_target_take_baud(target) : NULL;
        if (wrong)
            return wrong;
    }
    return link_host_parse(target->address, false, host, &port);
}

static bool is_exposed(const np_link_target *target)
{
    char host[LINK_HOST_BYTES];
    int port;
    return link_host_parse(target->address, false, host, &port) || !link_host_is_this_machine(host);
}

/* Waits for a connection that is under way: 0, or why it failed. */
static int finish_connecting(int file)
{
    struct pollfd item = {.fd = file, .events = POLLOUT};
    int why = 0;
    socklen_t size = sizeof why;
    if (poll(&item, 1, CONNECT_MS) <= 0)
        return ETIMEDOUT;
    return getsockopt(file, SOL_SOCKET, SO_ERROR, &why, &size) == 0 ? why : errno;
}

/* A connected socket that does not block, or -1 with the reason in *OUT_WHY. */
static int connect_to(const struct addrinfo *to, int *out_why)
{
    int file = socket(to->ai_family, to->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, to->ai_protocol);
    *out_why = file < 0 ? errno : 0;
    if (file >= 0 && connect(file, to->ai_addr, to->ai_addrlen) != 0)
        *out_why = errno == EINPROGRESS ? finish_connecting(file) : errno;
    int on = 1;
    unsigned silence_ms = SILENCE_MS;
    if (*out_why == 0 && (setsockopt(file, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
                          setsockopt(file, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on) != 0 ||
                          setsockopt(file, IPPROTO_TCP, TCP_USER_TIMEOUT, &silence_ms, sizeof silence_ms) != 0))
        *out_why = errno;
    if (*out_why && file >= 0)
        close(file);
    return *out_why ? -1 : file;
}

static np_status open_tcp(const np_link_target *target, link_port *out_port, np_error *err)
{
    *out_port = (link_port){.file = -1, .slave = -1};
    char host[LINK_HOST_BYTES], service[8];
    int port, why = 0;
    const char *wrong = link_host_parse(target->address, false, host, &port);
    if (wrong)
        return np_error_set(err, NP_ERR_USAGE, "%s: %s", target->address, wrong);
    snprintf(service, sizeof service, "%d", port);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    int lookup = getaddrinfo(host, service, &hints, &found);
    if (lookup != 0)
        return np_error_set(err, NP_ERR_LINK, "%s: the host cannot be found: %s", target->address,
                            gai_strerror(lookup));
    for (const struct addrinfo *to = found; to && out_port->file < 0; to = to->ai_next)
        out_port->file = connect_to(to, &why);
    freeaddrinfo(found);
    return out_port->file >= 0
               ? NP_OK
               : np_error_set(err, NP_ERR_LINK, "%s: cannot connect: %s", target->address, strerror(why));
}

const link_kind link_kind_tcp = {
    .scheme = "tcp",
    .example = "tcp:192.168.0.7:3001",
    .parse = parse_tcp,
    .is_exposed = is_exposed,
    .open = link_frames_open,
    .open_port = open_tcp,
};
