/* A person's verdicts on dots in doubt or failed. */
#ifndef NP_STREAM_PRIVATE_REVIEW_H
#define NP_STREAM_PRIVATE_REVIEW_H

#include "stream/private/session.h"

/* Finds the dots of the verdicts, each of which must be in doubt, or failed and to be made again. */
np_status stream_session_check_verdicts(stream_session *session, np_error *err);
/* Hands them to a sender that was just set up, and has it hold instead of arming. */
void stream_session_give_verdicts(stream_session *session);
/* The sender's callback: the executor has taken one. */
bool stream_session_take_reviewed(void *context, uint32_t order, uint32_t id, uint32_t outcome);
/* Whether all were taken. */
np_status stream_session_end_of_review(const stream_session *session, np_error *err);

#endif
