/* Links: what carries frames between the sender and an executor, ZeroMQ or a serial line.
 *
 * The state machines of protocol/ do no input or output; a link does nothing else.  It never blocks except in np_link_wait,
 * keeps at most one frame of its own waiting, and on a serial line hands over only what 4 ms carry, so that a stop is never
 * far back in a queue.  Frames may get lost, as on any wire: the machines repeat them.
 *
 * A link is used by one thread. */
#ifndef NP_LINK_LINK_H
#define NP_LINK_LINK_H

#include "base/status.h"
#include "link/link_keys.h"
#include "protocol/frame.h"

/* Who sent a frame, on a link that several may talk to; all peers of a serial line are the same one. */
#define NP_LINK_PEER_BYTES 32
typedef struct np_link_peer {
    bool may_only_stop; /* CURVE: whose key is not on the list; see np_wire_executor_receive_unlisted */
    size_t size;
    uint8_t id[NP_LINK_PEER_BYTES];
} np_link_peer;

typedef struct np_link np_link;

/* What a link is to be.  All borrowed for the call, but for the log of KEYS. */
typedef struct np_link_options {
    const char *target;   /* kinds.h lists the forms */
    bool listen;          /* the executor's end, bound; else the sender's, which connects */
    const char *pty_link; /* with "serial:pty": make a symbolic link to it here, replacing an older one; may be NULL */
    const np_link_keys *keys; /* CURVE, for kinds that take it; NULL, or nothing set: none */
} np_link_options;

/* Opens a link that carries frames.
 *
 * On a serial line: 8 data bits, no parity, 1 stop bit, no flow control, exclusive, 115200 baud if none is given.  "usb:..." is
 * looked up at each opening, so that the device is found again under another name; a number at its end that can be a baud
 * rate is one, and an empty serial number any.  ZeroMQ connects in the background: a peer that is not there is no error here.
 * A pseudo-terminal is written to no faster than its baud rate.  NP_ERR_USAGE for a target that is none, NP_ERR_LINK with the
 * reason if it cannot be used. */
np_status np_link_open(const np_link_options *options, np_link **out_link, np_error *err);

/* True if what goes over TARGET without keys can be read by others than this machine. */
bool np_link_is_exposed(const char *target, bool listen);

/* True if TARGET is of a kind that carries lines of text (text.h), not frames. */
bool np_link_is_text(const char *target);

/* Checks a target's form alone, for either end. */
np_status np_link_check_target(const char *target, bool listen, np_error *err);

/* What the other end is to connect to: "zmq:tcp://127.0.0.1:5555", "serial:/dev/pts/3:115200".  The link's. */
const char *np_link_name(const np_link *link);

/* Why the link is down just now (a device that was unplugged, say; it is opened again by itself), or NULL.  The link's,
 * until the next call. */
const char *np_link_trouble(const np_link *link);

/* Why the link will not work however long one waits (another key, say: what the other end answered), or NULL.  The link's,
 * until the next call. */
const char *np_link_failure(const np_link *link);

/* True if at the last wait somebody could not be let in, as there are no descriptors left: as long as that lasts nobody who is
 * not connected yet can STOP, and an executor has to hold.  Of an executor's link over ZeroMQ, where each address has 16
 * connections, and all have 256, or half of the descriptors: whoever comes beyond that takes the place of the one of whom
 * nothing was heard for longest. */
bool np_link_is_starved(const np_link *link);

/* How much the line carries, in bytes of COBS per second; 0: as much as is sent. */
uint32_t np_link_bytes_per_s(const np_link *link);

/* Takes a frame that has arrived.  False if there is none.  OUT_PEER may be NULL. */
bool np_link_receive(np_link *link, uint8_t out_frame[NP_WIRE_FRAME_MAX], size_t *out_size, np_link_peer *out_peer);

/* True if the link takes a frame now without queueing it behind another. */
bool np_link_can_send(np_link *link);

/* Sends a frame to PEER (NULL at the sender's end).  Only after np_link_can_send; a frame for a peer that has gone is
 * dropped. */
void np_link_send(np_link *link, const np_link_peer *peer, const uint8_t *frame, size_t size);

/* Throws away what waits to be sent, so that an urgent frame goes next: the zero byte in front of every serial frame aborts
 * what was in progress. */
void np_link_drop_unsent(np_link *link);

/* Waits until a frame may have arrived, TIMEOUT_US have passed, a signal came, or (if WANT_SEND) a frame can be sent.  To be
 * called in every turn of a loop, with 0 where there is no time to wait: CURVE's handshakes are answered here. */
void np_link_wait(np_link *link, uint64_t timeout_us, bool want_send);

/* Closes and frees *LINK and sets it to NULL; safe on NULL. */
void np_link_close(np_link **link);

#endif
