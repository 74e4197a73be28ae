/* What each kind of link provides; private to the room, but for targets, which the simulator's proxy takes apart too. */
#ifndef NP_LINK_KIND_H
#define NP_LINK_KIND_H

#include "link/link.h"

typedef struct np_link_kind {
    const char *(*trouble)(const np_link *link);
    bool (*receive)(np_link *link, uint8_t *out_frame, size_t *out_size, np_link_peer *out_peer);
    bool (*can_send)(np_link *link);
    void (*send)(np_link *link, const np_link_peer *peer, const uint8_t *frame, size_t size);
    void (*drop_unsent)(np_link *link);
    void (*wait)(np_link *link, uint64_t timeout_us, bool want_send);
    void (*close)(np_link *link); /* frees what the kind holds, not the link's own struct */
} np_link_kind;

/* The first member of every kind's struct. */
struct np_link {
    const np_link_kind *kind;
    char name[256];
    const char *failure;  /* the kind's; NULL: it may still work */
    uint32_t bytes_per_s; /* 0: no limit of the link's own */
};

/* A target, taken apart. */
typedef struct np_link_target {
    bool is_serial, is_new_pty;
    bool is_text;      /* "grbl:": a serial line without frames (text.h); is_serial as well */
    char address[200]; /* "tcp://127.0.0.1:5555", "/dev/ttyUSB0" or "usb:2341:0043:SERIAL" */
    int baud;
} np_link_target;

np_status np_link_parse_target(const char *text, bool listen, np_link_target *out_target, np_error *err);

np_status np_link_zmq_open(const np_link_target *target, bool listen, const np_link_keys *curve, np_link **out_link,
                           np_error *err);
np_status np_link_serial_open(const np_link_target *target, const char *pty_link, np_link **out_link, np_error *err);

#endif
