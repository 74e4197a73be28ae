/* Where the head is in a run. */
#ifndef NP_STREAM_PRIVATE_PLACE_H
#define NP_STREAM_PRIVATE_PLACE_H

#include "stream/private/session.h"

/* Fills in SESSION's place, of a plan that was read: the registration that the operator gives, or that of the session's run
 * before.  NP_ERR_USAGE if there is neither; NP_ERR_UNSAFE if what is given is another place than that of the dots that were
 * made, unless the operator says that the head was moved. */
np_status stream_place_find(stream_session *session, np_error *err);

/* Before the first dot that this run can make: the place goes into the plan's journal, once; nothing without one.  What is heard
 * before that was made in runs before. */
np_status stream_place_record(stream_session *session, np_error *err);

/* Before a verdict that a dot is there: if the plan knows no place of the session, what the operator gave with it goes into the plan's
 * journal, too; later runs are held to it wherever they are made. */
np_status stream_place_record_reviewed(stream_session *session, np_error *err);

/* As the run begins, if its head was moved: that it was, and to where, goes into the plan's journal, so that a later run does not go on where
 * it was before. */
np_status stream_place_claim(stream_session *session, np_error *err);

#define STREAM_PLACE_SAME_MM 0.05 /* as well as dots must lie on the scan */
/* How far the place that was found puts the session's dots from where OTHER does, at most. */
double stream_place_apart_mm(const stream_session *session, const np_plan_registration *other);

/* What an executor's refusal for another place means, by the plan's record: how TEXT goes on. */
void stream_place_advise(const stream_session *session, char *out_text, size_t size);

/* The place that was found, as it goes on the wire. */
np_wire_pose stream_place_pose(const stream_session *session);

/* The place that was found, and whether the head was moved, as they go on the wire. */
void stream_place_fill_load(const stream_session *session, np_wire_load *out_load);

#endif
