/* The messages between the planner and a strategy's helper process (sandbox/message.h), by their kinds. */
#ifndef NP_FIELD_PRIVATE_MESSAGE_H
#define NP_FIELD_PRIVATE_MESSAGE_H

#include "sandbox/message.h"

/* Requests, from the planner. */
#define FIELD_MESSAGE_LOAD 1u    /* plugin path -> DONE with all descriptors */
#define FIELD_MESSAGE_LAYOUT 2u  /* strategy index and job -> DONE with control curves and pins */
#define FIELD_MESSAGE_PREPARE 3u /* the layer's curves as joined on the scan -> DONE */
#define FIELD_MESSAGE_PAINT 4u   /* number of samples in the shared memory -> DONE */
#define FIELD_MESSAGE_TRY 5u     /* of needlepath-strategy-check alone: private/trials.h */
/* Answers, from the helper.  Both end with the notes that the strategy logged. */
#define FIELD_MESSAGE_DONE 100u
#define FIELD_MESSAGE_FAILED 101u /* one sentence */

/* In the sentence of a FAILED where the strategy gave none. */
#define FIELD_SAID_NOTHING "did not say why (set_error)"

#define FIELD_MESSAGE_MAX_ANSWER_BYTES (8u << 20) /* the fullest layout takes 4 MB */

#endif
