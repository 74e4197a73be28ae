/* What a sender needs of a link: one turn of its loop, and a pace that the line can bear. */
#ifndef NP_STREAM_PRIVATE_TURN_H
#define NP_STREAM_PRIVATE_TURN_H

#include <signal.h>

#include "link/link.h"
#include "protocol/sender.h"

/* Frames in, frames out (an urgent one waits behind nothing), then a wait of at most LONGEST_US that ends when a frame comes,
 * when the sender has something to do, or by a signal; none at all when *STOP (may be NULL) is set.  Returns when the last
 * frame was handed to the link; 0: none was. */
uint64_t stream_turn(np_link *link, np_wire_sender *sender, uint64_t longest_us, const volatile sig_atomic_t *stop);

/* Sets how many dots a frame carries and how often outcomes are acknowledged, for as many bytes a second as LINK has. */
void stream_set_pace(const np_link *link, np_wire_sender_config *config);

#endif
