/* A line that carries text, for controllers that speak no frames (grbl).
 *
 * As every link of this room: never blocks except in wait, is opened again when its device was away, one thread. */
#ifndef NP_LINK_TEXT_H
#define NP_LINK_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define NP_TEXT_LINE_BYTES 256

typedef struct np_text_link np_text_link;

/* Opens TARGET, "grbl:DEVICE[:BAUD]" or "grbl:KIND:..."; errors as np_link_open's. */
np_status np_text_link_open(const char *target, np_text_link **out_link, np_error *err);

/* Takes a line that has arrived, without its end; blanks around it, empty lines and control characters are left out, what is
 * too long is cut.  False if there is none. */
bool np_text_link_receive(np_text_link *link, char out_line[NP_TEXT_LINE_BYTES]);

/* Queues N bytes behind what is not yet written.  False, and nothing queued, if the device is away or too much waits. */
bool np_text_link_send(np_text_link *link, const char *bytes, size_t n);

/* Throws away what waits here and in the driver, then sends N bytes: they overtake everything. */
bool np_text_link_send_urgent(np_text_link *link, const char *bytes, size_t n);

/* Waits until something may have arrived, TIMEOUT_US have passed or a signal came. */
void np_text_link_wait(np_text_link *link, uint64_t timeout_us);

/* Why the device is away just now, or NULL.  The link's, until the next call. */
const char *np_text_link_trouble(const np_text_link *link);

/* Closes and frees *LINK and sets it to NULL; safe on NULL. */
void np_text_link_close(np_text_link **link);

#endif
