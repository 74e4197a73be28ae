/* ZeroMQ's handshakes; see watch.h. */
#include "link/private/watch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <zmq.h>

#include "base/clock.h"

#define ENDPOINT "inproc://needlepath-watch"

enum {
    EVENTS = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
             ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL,
    VISITS = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_ACCEPT_FAILED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CLOSED,
    EVENT_BYTES = 6, /* u16 event, u32 value, both in the machine's order */
    PER_TURN = 256,
    BROKEN_ENOUGH = 8, /* in about 2 s: a few are an executor that was just ended, too */
    LOG_US = 1000000
};

np_status link_watch_open(link_watch *w, void *context, void *of, bool listening, const np_link_keys *curve,
                          np_error *err)
{
    w->with_curve = link_keys_are_set(curve);
    w->listening = listening;
    w->log = w->with_curve ? curve->log : NULL;
    w->log_context = w->with_curve ? curve->log_context : NULL;
    int none = 0;
    if (listening)
        link_crowd_open(&w->crowd);
    w->socket = zmq_socket(context, ZMQ_PAIR);
    if (!w->socket || zmq_setsockopt(w->socket, ZMQ_LINGER, &none, sizeof none) != 0 ||
        zmq_socket_monitor(of, ENDPOINT, listening ? EVENTS | VISITS : EVENTS) != 0 ||
        zmq_connect(w->socket, ENDPOINT) != 0)
        return np_error_set(err, NP_ERR_INTERNAL, "ZeroMQ's handshakes cannot be watched: %s", zmq_strerror(errno));
    return NP_OK;
}

/* The executor's end: somebody comes or goes; VALUE is his descriptor.  False: that is not what it is about. */
static bool take_visit(link_watch *w, unsigned event, uint32_t value)
{
    if (event == ZMQ_EVENT_ACCEPTED)
        link_crowd_enter(&w->crowd, (int)value, np_clock_us());
    else if (event == ZMQ_EVENT_ACCEPT_FAILED)
        link_crowd_fail(&w->crowd);
    else if (event == ZMQ_EVENT_DISCONNECTED || event == ZMQ_EVENT_CLOSED)
        link_crowd_leave(&w->crowd, (int)value);
    else
        return false;
    return true;
}

/* The executor's end: somebody came and could not even be told apart from others. */
static void note_stranger(link_watch *w)
{
    uint64_t now = np_clock_us();
    if (!w->log || now < w->next_log_us)
        return;
    w->next_log_us = now + LOG_US;
    w->log(w->log_context, "CURVE: somebody's handshake failed: without CURVE, or made for another executor's key");
}

static void fail(link_watch *w, const char *why)
{
    snprintf(w->failure, sizeof w->failure, "%s", why);
}

/* The other side closed the connection and did not say why: it is how a CURVE server answers whoever has another key of
 * it.  With another mechanism than ours it closes before or after it has said so, by chance, and the next try may tell.  An
 * executor that was just killed looks the same, and so may a proxy in front of one that is not there: what worked before is
 * given time. */
static void take_broken(link_watch *w)
{
    w->broken++;
    snprintf(w->trouble, sizeof w->trouble, "the handshake was broken off %u times (%s)", w->broken,
             w->with_curve ? "is --server-key its public key?"
                           : "does the executor speak CURVE? then give --server-key");
    if (w->with_curve && !w->succeeded && w->broken >= BROKEN_ENOUGH)
        fail(w, "the executor broke off the encrypted handshake: the key given as --server-key is not its public key, "
                "or it does "
                "not speak CURVE at all (or nobody is behind a proxy); take the .pub file of the key that it was "
                "started with");
}

static void take_event(link_watch *w, unsigned event, uint32_t value)
{
    if (w->listening) {
        if (!take_visit(w, event, value) && event != ZMQ_EVENT_HANDSHAKE_SUCCEEDED)
            note_stranger(w);
    } else if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
        w->succeeded = true;
        w->broken = 0;
        w->trouble[0] = '\0';
    } else if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) {
        fail(w, "the executor does not admit the key given as --curve-key: put its .pub file on the executor's list "
                "(--allow) "
                "and start the executor anew");
    } else if (event == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL) {
        take_broken(w);
    } else if (value == ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH) {
        fail(w,
             w->with_curve
                 ? "the executor does not speak CURVE, so that the link would not be encrypted: start it with a "
                   "--curve-key, or leave out --curve-key and --server-key"
                 : "the executor speaks CURVE only: give its public key as --server-key (and, but for a stop, your own "
                   "as --curve-key)");
    } else {
        /* ZeroMQ does not connect again after this. */
        char text[120];
        snprintf(text, sizeof text,
                 "the handshake failed: what answers is no executor, or the link is tampered with "
                 "(ZeroMQ: 0x%08x)",
                 (unsigned)value);
        fail(w, text);
    }
}

void link_watch_serve(link_watch *w)
{
    uint8_t bytes[EVENT_BYTES], endpoint[1];
    link_crowd_turn(&w->crowd);
    for (int i = 0; i < PER_TURN; i++) {
        int got = zmq_recv(w->socket, bytes, sizeof bytes, ZMQ_DONTWAIT);
        if (got < 0)
            return;
        uint16_t event;
        uint32_t value;
        memcpy(&event, bytes, sizeof event);
        memcpy(&value, bytes + sizeof event, sizeof value);
        zmq_recv(w->socket, endpoint, sizeof endpoint, ZMQ_DONTWAIT); /* the same one always */
        if (got == EVENT_BYTES)
            take_event(w, event, value);
    }
}

void link_watch_close(link_watch *w, void *of)
{
    if (of)
        zmq_socket_monitor(of, NULL, 0);
    if (w->socket)
        zmq_close(w->socket);
    link_crowd_close(&w->crowd);
    *w = (link_watch){0};
}
