/* The approval that a run goes by. */
#ifndef NP_STREAM_PRIVATE_APPROVAL_H
#define NP_STREAM_PRIVATE_APPROVAL_H

#include "stream/private/session.h"

/* What helps where a plan was revoked: the same case and seed give the same digest, which stays revoked. */
#define STREAM_APPROVAL_ANEW                                                                                           \
    "change the case, or take another seed (`needlepath plan --seed N`), and approve that plan; of what this one "     \
    "made it is told by made.plan"

/* Whether the plan has an approval by which this run can be made, as far as this side sees (an executor has a list of operators, an
 * identity, and perhaps a clock of its own); says by whom and for what.  NP_ERR_APPROVAL names what the newest one lacks, and the
 * command that gives another. */
np_status stream_approval_check(const stream_session *session, np_error *err);
/* Has the sender show the INDEX-th approval that will do, newest first; false if there is none. */
bool stream_approval_choose(stream_session *session, size_t index);
/* Whether what an executor refused an approval for may not hold of another one. */
bool stream_approval_may_be_another(np_wire_reason reason);
/* What there is to do when the executor refused: "; `needlepath approve ...`", or "". */
void stream_approval_advise(const stream_session *session, const np_wire_sender_info *info, char *out_text,
                            size_t size);

#endif
