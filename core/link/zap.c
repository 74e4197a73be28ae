/* The allow-list; see zap.h. */
#include "link/private/zap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "base/clock.h"

enum {
    PARTS = 7,       /* version, request id, domain, address, identity, mechanism, the key */
    PER_TURN = 64,   /* so that a flood of connections does not hold up the loop */
    LOG_US = 1000000 /* between two lines about strangers */
};

typedef struct request {
    int n;
    size_t sizes[PARTS];
    uint8_t parts[PARTS][256];
} request;

/* Takes one request; false if there is none. */
static bool take_request(void *socket, request *out)
{
    int more = 1;
    size_t size = sizeof more;
    for (out->n = 0; more; out->n++) {
        uint8_t rest[1];
        bool fits = out->n < PARTS;
        int got = fits ? zmq_recv(socket, out->parts[out->n], sizeof out->parts[0], ZMQ_DONTWAIT)
                       : zmq_recv(socket, rest, sizeof rest, ZMQ_DONTWAIT);
        if (got < 0)
            return false;
        if (fits)
            out->sizes[out->n] = (size_t)got < sizeof out->parts[0] ? (size_t)got : sizeof out->parts[0];
        if (zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &size) != 0)
            return false;
    }
    return true;
}

static bool part_is(const request *r, int part, const char *text)
{
    return r->sizes[part] == strlen(text) && memcmp(r->parts[part], text, r->sizes[part]) == 0;
}

static void answer(void *socket, const request *r, const char *code, const char *text, const char *user)
{
    zmq_send(socket, "1.0", 3, ZMQ_SNDMORE);
    zmq_send(socket, r->parts[1], r->n > 1 ? r->sizes[1] : 0, ZMQ_SNDMORE);
    zmq_send(socket, code, strlen(code), ZMQ_SNDMORE);
    zmq_send(socket, text, strlen(text), ZMQ_SNDMORE);
    zmq_send(socket, user, strlen(user), ZMQ_SNDMORE);
    zmq_send(socket, "", 0, 0); /* no metadata */
}

/* Who came.  Strangers are many at times, and get a line a second. */
static void note(link_zap *zap, const request *r, const link_key_allowed *listed)
{
    char text[400], key[LINK_KEYS_TEXT];
    uint64_t now = np_clock_us();
    if (!zap->log || (!listed && now < zap->next_log_us))
        return;
    if (listed) {
        snprintf(text, sizeof text, "CURVE: %s connected from %.*s and may run sessions", listed->name,
                 (int)r->sizes[3], (const char *)r->parts[3]);
    } else {
        zap->next_log_us = now + LOG_US;
        snprintf(text, sizeof text,
                 "CURVE: somebody connected from %.*s whose key is not listed and who may only STOP "
                 "(public key %s)",
                 (int)r->sizes[3], (const char *)r->parts[3], zmq_z85_encode(key, r->parts[6], 32));
    }
    zap->log(zap->log_context, text);
}

void link_zap_serve(link_zap *zap)
{
    request r;
    for (int i = 0; i < PER_TURN && take_request(zap->socket, &r); i++) {
        if (r.n != PARTS || !part_is(&r, 0, "1.0") || !part_is(&r, 5, "CURVE") || r.sizes[6] != 32) {
            answer(zap->socket, &r, "400", "CURVE only", "");
            continue;
        }
        const link_key_allowed *listed = link_key_set_find(&zap->keys, r.parts[6]);
        note(zap, &r, listed);
        answer(zap->socket, &r, "200", "OK", listed ? LINK_ZAP_USER_MAY_RUN : LINK_ZAP_USER_MAY_STOP);
    }
}

np_status link_zap_open(link_zap *zap, void *context, link_key_set *keys, const np_link_keys *curve, np_error *err)
{
    zap->keys.allowed = keys->allowed;
    zap->keys.n_allowed = keys->n_allowed;
    keys->allowed = NULL;
    keys->n_allowed = 0;
    zap->log = curve->log;
    zap->log_context = curve->log_context;
    zap->socket = zmq_socket(context, ZMQ_REP);
    int none = 0;
    if (!zap->socket || zmq_setsockopt(zap->socket, ZMQ_LINGER, &none, sizeof none) != 0 ||
        zmq_bind(zap->socket, "inproc://zeromq.zap.01") != 0)
        return np_error_set(err, NP_ERR_INTERNAL, "ZeroMQ's allow-list could not be set up: %s", zmq_strerror(errno));
    return NP_OK;
}

void link_zap_close(link_zap *zap)
{
    if (zap->socket)
        zmq_close(zap->socket);
    link_key_set_wipe(&zap->keys);
    *zap = (link_zap){0};
}
