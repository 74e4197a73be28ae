/* The ZeroMQ link: a DEALER that connects, a ROUTER that is bound; one frame is one message.  With CURVE the same, encrypted,
 * and every frame comes with the role of the key that it was sent under (zap.h).
 *
 * The queues are as short as ZeroMQ makes them, a DEALER queues nothing for a peer that is not there (IMMEDIATE), and
 * nothing lingers after close: what is old has no business arriving late.  ZeroMQ's own heartbeats stay off, since they
 * come from its I/O thread and would vouch for a loop that hangs. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zmq.h>

#include "base/clock.h"
#include "link/private/host.h"
#include "link/private/kind.h"
#include "link/private/link_key_set.h"
#include "link/private/watch.h"
#include "link/private/zap.h"

enum {
    DROPS_PER_CALL = 64, /* of what is no frame: the loop goes on whatever strangers send */
    HANDSHAKE_MS = 5000, /* for a connection to say who it is */
    BACKLOG = 1024,      /* a crowd that comes at once must not make the kernel drop whoever comes next */
    CURVE_BYTES = 33     /* that CURVE adds to a frame (RFC 26, MESSAGE), and that ZeroMQ counts in its limit */
};

typedef struct zmq_link {
    np_link base;
    void *context, *socket;
    bool is_router, with_curve;
    link_watch watch; /* of the handshakes, and of who is connected to an executor */
    link_zap zap;     /* an executor's with CURVE */
} zmq_link;

static zmq_link *of(np_link *link)
{
    return (zmq_link *)(void *)link;
}

static const char *zmq_trouble(const np_link *link)
{
    /* it connects again by itself, and knows of nothing but handshakes that failed */
    const zmq_link *z = (const zmq_link *)(const void *)link;
    return z->watch.trouble[0] ? z->watch.trouble : NULL;
}

/* The allow-list's word on who sent it; without any, he may only stop. */
static bool may_only_stop(zmq_msg_t *message)
{
    const char *user = zmq_msg_gets(message, "User-Id");
    return !user || strcmp(user, LINK_ZAP_USER_MAY_RUN) != 0;
}

/* Takes one message part; SIZE_MAX if there is none.  Longer ones are cut to CAPACITY + 1, which no reader accepts.
 * OUT_ONLY_STOP (may be NULL): who sent it is not on the list. */
static size_t take_part(zmq_link *z, uint8_t *out, size_t capacity, bool *out_only_stop)
{
    zmq_msg_t message;
    zmq_msg_init(&message);
    size_t n = SIZE_MAX;
    if (zmq_msg_recv(&message, z->socket, ZMQ_DONTWAIT) >= 0) {
        n = zmq_msg_size(&message);
        n = n > capacity ? capacity + 1 : n;
        memcpy(out, zmq_msg_data(&message), n > capacity ? capacity : n);
        if (z->is_router)
            link_crowd_hear(&z->watch.crowd, zmq_msg_get(&message, ZMQ_SRCFD), np_clock_us());
        if (out_only_stop)
            *out_only_stop = z->with_curve && z->is_router && may_only_stop(&message);
    }
    zmq_msg_close(&message);
    return n;
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
    for (int i = 0; i < DROPS_PER_CALL; i++) {
        *out_peer = (np_link_peer){0};
        size_t id = z->is_router ? take_part(z, out_peer->id, sizeof out_peer->id, NULL) : 0;
        if (id == SIZE_MAX)
            return false;
        size_t n = !z->is_router || has_more(z) ? take_part(z, out_frame, NP_WIRE_FRAME_MAX, &out_peer->may_only_stop)
                                                : SIZE_MAX;
        if (n == SIZE_MAX && !z->is_router)
            return false;
        /* One part is a frame; anything else is not of this protocol and is taken whole and dropped. */
        bool good = n <= NP_WIRE_FRAME_MAX && id <= sizeof out_peer->id;
        while (has_more(z)) {
            uint8_t rest[1];
            take_part(z, rest, sizeof rest, NULL);
            good = false;
        }
        if (good) {
            out_peer->size = id;
            *out_size = n;
            return true;
        }
    }
    return false;
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

/* What ZeroMQ wants of us beside frames: to know who may run, and to tell how handshakes went. */
static void serve(zmq_link *z)
{
    if (z->zap.socket)
        link_zap_serve(&z->zap);
    if (z->watch.socket)
        link_watch_serve(&z->watch);
    z->base.failure = z->watch.failure[0] ? z->watch.failure : NULL;
    z->base.starved = z->watch.crowd.starved;
    z->watch.crowd.starved = false;
}

static void zmq_wait(np_link *link, uint64_t timeout_us, bool want_send)
{
    zmq_link *z = of(link);
    zmq_pollitem_t items[3] = {{.socket = z->socket, .events = (short)(ZMQ_POLLIN | (want_send ? ZMQ_POLLOUT : 0))}};
    int n = 1;
    if (z->zap.socket)
        items[n++] = (zmq_pollitem_t){.socket = z->zap.socket, .events = ZMQ_POLLIN};
    if (z->watch.socket)
        items[n++] = (zmq_pollitem_t){.socket = z->watch.socket, .events = ZMQ_POLLIN};
    /* Milliseconds are as fine as ZeroMQ waits; rounded up, so as not to spin. */
    zmq_poll(items, n, (long)((timeout_us + 999) / 1000));
    serve(z);
}

static void zmq_close_link(np_link *link)
{
    zmq_link *z = of(link);
    link_watch_close(&z->watch, z->socket);
    if (z->socket)
        zmq_close(z->socket);
    link_zap_close(&z->zap);
    if (z->context)
        zmq_ctx_term(z->context);
}

static const link_methods methods = {zmq_trouble,     zmq_receive, zmq_can_send,  zmq_send_frame,
                                     zmq_drop_unsent, zmq_wait,    zmq_close_link};

static bool set_options(zmq_link *z, const char *address)
{
    /* A ROUTER drops what does not fit its queue, so that one is a little longer. */
    const struct {
        int option, value;
    } options[] = {{ZMQ_LINGER, 0},
                   {ZMQ_RCVHWM, 64},
                   {ZMQ_SNDBUF, 16384},
                   {ZMQ_IMMEDIATE, 1},
                   {ZMQ_HEARTBEAT_IVL, 0},
                   {ZMQ_RECONNECT_IVL, 50},
                   {ZMQ_RECONNECT_IVL_MAX, 400},
                   {ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS},
                   {ZMQ_BACKLOG, BACKLOG},
                   {ZMQ_SNDHWM, z->is_router ? 16 : 2}};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (zmq_setsockopt(z->socket, options[i].option, &options[i].value, sizeof(int)) != 0)
            return false;
    int v6 = strchr(address, '[') != NULL; /* with it on, a name may be looked up where nobody listens */
    if (zmq_setsockopt(z->socket, ZMQ_IPV6, &v6, sizeof v6) != 0)
        return false;
    int64_t longest = NP_WIRE_FRAME_MAX + (z->with_curve ? CURVE_BYTES : 0);
    return zmq_setsockopt(z->socket, ZMQ_MAXMSGSIZE, &longest, sizeof longest) == 0;
}

/* CURVE's part of the set-up, before the socket is bound or connected; the keys are wiped at once. */
static np_status set_curve(zmq_link *z, const np_link_target *target, const np_link_keys *curve, np_error *err)
{
    link_key_set keys = {0};
    int yes = 1;
    np_status status = link_key_set_read(target, curve, z->is_router, &keys, err);
    if (status == NP_OK &&
        (zmq_setsockopt(z->socket, ZMQ_CURVE_SECRETKEY, keys.secret, LINK_KEYS_TEXT) != 0 ||
         (z->is_router ? zmq_setsockopt(z->socket, ZMQ_CURVE_SERVER, &yes, sizeof yes) != 0 ||
                             zmq_setsockopt(z->socket, ZMQ_ZAP_DOMAIN, LINK_ZAP_DOMAIN, strlen(LINK_ZAP_DOMAIN)) != 0
                       : zmq_setsockopt(z->socket, ZMQ_CURVE_PUBLICKEY, keys.own, LINK_KEYS_TEXT) != 0 ||
                             zmq_setsockopt(z->socket, ZMQ_CURVE_SERVERKEY, keys.server, LINK_KEYS_TEXT) != 0)))
        status = np_error_set(err, NP_ERR_INTERNAL, "ZeroMQ does not take the CURVE keys: %s", zmq_strerror(errno));
    if (status == NP_OK && z->is_router)
        status = link_zap_open(&z->zap, z->context, &keys, curve, err);
    link_key_set_wipe(&keys);
    return status;
}

static np_status set_up(zmq_link *z, const np_link_target *target, const np_link_keys *curve, np_error *err)
{
    z->context = zmq_ctx_new();
    z->socket = z->context ? zmq_socket(z->context, z->is_router ? ZMQ_ROUTER : ZMQ_DEALER) : NULL;
    if (!z->socket || !set_options(z, target->address))
        return np_error_set(err, NP_ERR_INTERNAL, "ZeroMQ could not be set up: %s", zmq_strerror(errno));
    np_status status = z->with_curve ? set_curve(z, target, curve, err) : NP_OK;
    if (status == NP_OK)
        status = link_watch_open(&z->watch, z->context, z->socket, z->is_router, curve, err);
    return status;
}

/* ZeroMQ removes whatever has the name of the socket that it makes, before it makes it. */
static np_status check_socket(const char *address, np_error *err)
{
    struct stat st;
    const char *path = strncmp(address, "ipc://", 6) == 0 ? address + 6 : NULL;
    if (!path || strcmp(path, "*") == 0 || *path == '@' || lstat(path, &st) != 0 || S_ISSOCK(st.st_mode))
        return NP_OK;
    return np_error_set(err, NP_ERR_INVALID,
                        "zmq:%s: %s is there and is no socket, and is not overwritten; name another file", address,
                        path);
}

static np_status open_zmq(const np_link_target *target, const np_link_options *options, np_link **out_link,
                          np_error *err)
{
    bool listen = options->listen;
    const np_link_keys *curve = options->keys;
    zmq_link *z = calloc(1, sizeof *z);
    if (!z)
        return np_error_no_memory(err, "the link");
    z->base.methods = &methods;
    z->is_router = listen;
    z->with_curve = link_keys_are_set(curve);
    char name[200];
    size_t size = sizeof name;
    np_status status = listen ? check_socket(target->address, err) : NP_OK;
    if (status == NP_OK)
        status = set_up(z, target, curve, err);
    if (status == NP_OK && (listen ? zmq_bind : zmq_connect)(z->socket, target->address) != 0)
        status = np_error_set(err, NP_ERR_LINK, "zmq:%s: cannot %s: %s", target->address, listen ? "listen" : "connect",
                              zmq_strerror(errno));
    else if (status == NP_OK && zmq_getsockopt(z->socket, ZMQ_LAST_ENDPOINT, name, &size) != 0)
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

/* ---- targets ---- */

/* Where HOST:PORT stands in "tcp://HOST:PORT": ZeroMQ takes "tcp://OWN;PEER" too, to connect from a certain address, and then
 * the peer's counts. */
static const char *host_in(const char *address)
{
    const char *at = address + strlen("tcp://"), *peer = strchr(at, ';');
    return peer ? peer + 1 : at;
}

static const char *parse_zmq(np_link_target *target, bool listen)
{
    char host[LINK_HOST_BYTES];
    int port;
    const char *address = target->address;
    if (strncmp(address, "ipc://", 6) == 0)
        return address[6] ? NULL : "the path is missing";
    if (strncmp(address, "tcp://", 6) != 0)
        return "zmq is spoken over tcp:// or ipc://";
    return link_host_parse(host_in(address), listen, host, &port);
}

static bool is_exposed(const np_link_target *target)
{
    char host[LINK_HOST_BYTES];
    int port;
    return strncmp(target->address, "tcp://", 6) == 0 &&
           (link_host_parse(host_in(target->address), true, host, &port) || !link_host_is_this_machine(host));
}

const link_kind link_kind_zmq = {
    .scheme = "zmq",
    .example = "zmq:tcp://127.0.0.1:5555",
    .takes_keys = true,
    .parse = parse_zmq,
    .is_exposed = is_exposed,
    .open = open_zmq,
};
