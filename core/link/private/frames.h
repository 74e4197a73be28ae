/* Links that carry frames over bytes. */
#ifndef NP_LINK_PRIVATE_FRAMES_H
#define NP_LINK_PRIVATE_FRAMES_H

#include "link/private/kind.h"

/* Frames between zero bytes over whatever TARGET's port is: `open` of the kinds that carry bytes. */
np_status link_frames_open(const np_link_target *target, const np_link_options *options, np_link **out_link,
                           np_error *err);

#endif
