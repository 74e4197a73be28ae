/* The proxy: a serial line between a sender and an executor that is as slow as a real one, and as bad as is wished.
 *
 * The sender opens the proxy's pseudo-terminal (or is at the other end of a device), the proxy opens the executor's; each
 * direction is a line of its own (line.h).  Cuts and freezes are of the whole line and go by the clock. */
#ifndef NP_SIM_PROXY_H
#define NP_SIM_PROXY_H

#include <signal.h>
#include <stdio.h>

#include "sim/line.h"

typedef struct sim_proxy_options {
    const char *listen;   /* for the sender: "serial:pty" or "serial:DEVICE:BAUD" */
    const char *pty_link; /* symbolic link to the pseudo-terminal; NULL: none */
    const char *to;       /* the executor's: "serial:DEVICE:BAUD"; it may come and go */
    int baud;             /* the line's speed in each direction */
    size_t buffer_bytes;
    sim_line_faults faults;
    double cut_every_s, cut_for_s;       /* means; 0: never.  What is under way is lost */
    bool unplug;                         /* a cut takes the sender's pseudo-terminal away, too */
    double freeze_every_s, freeze_for_s; /* nothing moves and nothing is lost */
    const char *events;                  /* CSV file of cuts and freezes with their times; NULL: none */
    const volatile sig_atomic_t *stop;
    FILE *out; /* gets the line "listening on ..." */
} sim_proxy_options;

typedef struct sim_proxy_summary {
    double seconds;
    sim_line_counts lines[2]; /* to the executor, to the sender */
    uint64_t full_bytes[2];   /* lost because nobody read them at the other end, or it was not there */
    uint32_t cuts, freezes;
} sim_proxy_summary;

/* Runs until *stop.  The summary is filled in as far as things went, also on error. */
np_status sim_proxy_run(const sim_proxy_options *options, sim_proxy_summary *out_summary, np_error *err);

#endif
