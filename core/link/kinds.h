/* The kinds of links: one row here, and one file x.c that defines `const link_kind link_kind_x` (private/kind.h), for each.
 * Parsing, messages and the help of the programs follow from the rows.
 *
 * X(x, what a sender gives: " FORM: what it is.", what an executor gives, "" for a kind on which it cannot listen) */
#ifndef NP_LINK_KINDS_H
#define NP_LINK_KINDS_H

#define NP_LINK_KIND_TABLE(X)                                                                                          \
    X(zmq, " zmq:tcp://HOST:PORT: over ZeroMQ (an IPv6 address in brackets).",                                         \
      " zmq:tcp://HOST:PORT: over ZeroMQ (port * for any that is free, an IPv6 address in brackets).")                 \
    X(serial, " serial:DEVICE[:BAUD]: a serial line, DEVICE a path or usb:VID:PID[:SERIAL].",                          \
      " serial:DEVICE[:BAUD]: a serial line, or serial:pty for a new pseudo-terminal.")                                \
    X(tcp, " tcp:HOST:PORT[:BAUD]: a serial line of that rate behind a network server, as ser2net.", "")               \
    X(grbl,                                                                                                            \
      " grbl:DEVICE[:BAUD]: not an executor, but a gantry's controller with grbl 1.1 or grblHAL; over a network"       \
      " grbl:tcp:HOST:PORT.",                                                                                          \
      "")

/* For the help of options that name a link: string literals, a sentence a kind. */
#define NP_LINK_CONNECT_ROW(x, connect, listen) connect
#define NP_LINK_LISTEN_ROW(x, connect, listen) listen
#define NP_LINK_CONNECT_HELP NP_LINK_KIND_TABLE(NP_LINK_CONNECT_ROW)
#define NP_LINK_LISTEN_HELP NP_LINK_KIND_TABLE(NP_LINK_LISTEN_ROW)

#endif
