/* Stopping an executor from outside a run. */
#ifndef NP_STREAM_STOP_H
#define NP_STREAM_STOP_H

#include "link/link_keys.h"

/* Sends STOP to the executor at TARGET, several times within NP_STOP_SECONDS.  Anyone may: it takes no key, and it can only
 * hold.  A STOP has no answer, so NP_OK means that it left here.  NP_ERR_USAGE for a target that is none; NP_ERR_LINK if
 * there was nobody to send it to within TIMEOUT_S, CURVE (NULL, or the executor's public key alone will do) does not fit, or the device is in use (of a serial line there is one owner). */
#define NP_STOP_SECONDS 0.3
np_status np_stop_send(const char *target, const np_link_keys *curve, double timeout_s, np_error *err);

#endif
