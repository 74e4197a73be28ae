/* Whether a program of a session may leave the house: what a run asks of a plan, for what is made without one. */
#ifndef NP_STREAM_LEAVE_H
#define NP_STREAM_LEAVE_H

#include "stream/stream.h"

/* Asks of PLAN, read from options->plan_path, what np_run_session would for options->session: an approval for any executor, as who runs a
 * program is not known; the sessions in their order and not before their day, or options->early; and that a plan which goes on from another
 * goes on from what was made.  UNAPPROVED: why it is written without an approval; NULL: it is not.  By whom it is approved,
 * and what is not kept, is told to options->log; of the others all options may be zero.  NP_ERR_APPROVAL, NP_ERR_UNSAFE, or what reading the journal says. */
np_status np_leave_check(const np_plan *plan, const np_run_options *options, const char *unapproved, np_error *err);

#endif
