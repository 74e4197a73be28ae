/* The ZeroMQ link: a DEALER that connects, a ROUTER that is bound; one frame is one message.
 *
 * The queues are as short as ZeroMQ makes them, a DEALER queues nothing for a peer that is not there (IMMEDIATE), and
 * nothing lingers after close: what is old has no business arriving late.  ZeroMQ's own heartbeats stay off, since they
 * come from its I/O thread and would vouch for a loop that hangs. */
#include "link/kind.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

typedef struct zmq_link {
    np_link base;
    void *context, *socket;
    bool is_router;
} zmq_link;

static zmq_link *of(np_link *link)
{
    return (zmq_link *)(void *)link;
}

static const char *zmq_trouble(const np_link *link)
{
    (void)link;
    return NULL; /* it connects again by itself, and cannot tell whether anyone is there */
}

/* Takes one message part; SIZE_MAX if there is none.  Longer ones are cut to CAPACITY + 1, which no reader accepts. */
static size_t take_part(zmq_link *z, uint8_t *out, size_t capacity)
{
    int n = zmq_recv(z->socket, out, capacity, ZMQ_DONTWAIT);
    if (n < 0)
        return SIZE_MAX;
    return (size_t)n > capacity ? capacity + 1 : (size_t)n;
}

static bool has_more(zmq_link *z)
{
    int more = 0;
    size_t size = sizeof more;
    return zmq_getsockopt(z->socket, ZMQ_RCVMORE, &more, &size) == 0 && more;
}

static bool zmq_receive(np_link *link, uint8_t *out_frame, size_t *out_size, np_link_peer *out_peer)
{
    zmq_link *z = of(link);
    for (;;) {
        out_peer->size = 0;
        size_t id = z->is_router ? take_part(z, out_peer->id, sizeof out_peer->id) : 0;
        if (id == SIZE_MAX)
            return false;
        size_t n = !z->is_router || has_more(z) ? take_part(z, out_frame, NP_WIRE_FRAME_MAX) : SIZE_MAX;
        if (n == SIZE_MAX && !z->is_router)
            return false;
        /* One part is a frame; anything else is not of this protocol and is taken whole and dropped. */
        bool good = n <= NP_WIRE_FRAME_MAX && id <= sizeof out_peer->id;
        while (has_more(z)) {
            uint8_t rest[1];
            take_part(z, rest, sizeof rest);
            good = false;
        }
        if (good) {
            out_peer->size = id;
            *out_size = n;
            return true;
        }
    }
}

static bool can_send_now(zmq_link *z)
{
    int events = 0;
    size_t size = sizeof events;
    return zmq_getsockopt(z->socket, ZMQ_EVENTS, &events, &size) == 0 && (events & ZMQ_POLLOUT);
}

static bool zmq_can_send(np_link *link)
{
    return can_send_now(of(link));
}

static void zmq_send_frame(np_link *link, const np_link_peer *peer, const uint8_t *frame, size_t size)
{
    zmq_link *z = of(link);
    if (z->is_router && (!peer || zmq_send(z->socket, peer->id, peer->size, ZMQ_DONTWAIT | ZMQ_SNDMORE) < 0))
        return; /* gone */
    zmq_send(z->socket, frame, size, ZMQ_DONTWAIT);
}

static void zmq_drop_unsent(np_link *link)
{
    (void)link; /* what ZeroMQ has taken cannot be taken back; it is a few frames at most */
}

static void zmq_wait(np_link *link, uint64_t timeout_us, bool want_send)
{
    zmq_pollitem_t item = {.socket = of(link)->socket, .events = (short)(ZMQ_POLLIN | (want_send ? ZMQ_POLLOUT : 0))};
    /* Milliseconds are as fine as ZeroMQ waits; rounded up, so as not to spin. */
    zmq_poll(&item, 1, (long)((timeout_us + 999) / 1000));
}

static void zmq_close_link(np_link *link)
{
    zmq_link *z = of(link);
    if (z->socket)
        zmq_close(z->socket);
    if (z->context)
        zmq_ctx_term(z->context);
}

static const np_link_kind zmq_kind = {zmq_trouble,     zmq_receive, zmq_can_send,  zmq_send_frame,
                                      zmq_drop_unsent, zmq_wait,    zmq_close_link};

static bool set_options(zmq_link *z)
{
    /* A ROUTER drops what does not fit its queue, so that one is a little longer. */
    const struct {
        int option, value;
    } options[] = {{ZMQ_LINGER, 0},    {ZMQ_RCVHWM, 64},       {ZMQ_SNDBUF, 16384},
                   {ZMQ_IMMEDIATE, 1}, {ZMQ_HEARTBEAT_IVL, 0}, {ZMQ_RECONNECT_IVL, 50}, {ZMQ_RECONNECT_IVL_MAX, 400},
                   {ZMQ_SNDHWM, z->is_router ? 16 : 2}};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (zmq_setsockopt(z->socket, options[i].option, &options[i].value, sizeof(int)) != 0)
            return false;
    int64_t longest = NP_WIRE_FRAME_MAX;
    return zmq_setsockopt(z->socket, ZMQ_MAXMSGSIZE, &longest, sizeof longest) == 0;
}

np_status np_link_zmq_open(const np_link_target *target, bool listen, np_link **out_link, np_error *err)
{
    zmq_link *z = calloc(1, sizeof *z);
    if (!z)
        return np_error_no_memory(err, "the link");
    z->base.kind = &zmq_kind;
    z->is_router = listen;
    np_status status = NP_OK;

    z->context = zmq_ctx_new();
    z->socket = z->context ? zmq_socket(z->context, listen ? ZMQ_ROUTER : ZMQ_DEALER) : NULL;
    char name[200];
    size_t size = sizeof name;
    if (!z->socket || !set_options(z))
        status = np_error_set(err, NP_ERR_INTERNAL, "ZeroMQ could not be set up: %s", zmq_strerror(errno));
    else if ((listen ? zmq_bind : zmq_connect)(z->socket, target->address) != 0)
        status = np_error_set(err, NP_ERR_LINK, "zmq:%s: cannot %s: %s", target->address, listen ? "listen" : "connect",
                              zmq_strerror(errno));
    else if (zmq_getsockopt(z->socket, ZMQ_LAST_ENDPOINT, name, &size) != 0)
        status = np_error_set(err, NP_ERR_INTERNAL, "ZeroMQ does not name its endpoint: %s", zmq_strerror(errno));
    if (status == NP_OK) {
        snprintf(z->base.name, sizeof z->base.name, "zmq:%s", listen ? name : target->address);
        *out_link = &z->base;
    } else {
        np_link *link = &z->base;
        np_link_close(&link);
    }
    return status;
}
