/* What must hold before a gantry moves: flags, earlier runs, the needle's angles, the controller's settings, its travel. */
#ifndef NP_STREAM_PRIVATE_GRBL_CHECK_H
#define NP_STREAM_PRIVATE_GRBL_CHECK_H

#include "stream/gcode.h"
#include "stream/private/grbl.h"
#include "stream/private/session.h"

/* The session was made on grbl alone so far: its journal is on this side, and no executor's journal knows of other dots.
 * NP_ERR_INVALID names the run that was not. */
np_status stream_grbl_check_runs(const stream_session *s, np_error *err);

/* The operator's flags, the registration, and whether the plan is one for gantries; fills in GANTRY.  NP_ERR_USAGE, NP_ERR_UNSAFE. */
np_status stream_grbl_check_session(const stream_session *s, np_gantry *gantry, np_error *err);

/* Counts and tells the dots that cannot be made as the head lies, of those that are not done.  NP_ERR_UNSAFE if that is all of them. */
np_status stream_grbl_leave_out(stream_session *s, const np_gantry *gantry, np_error *err);

/* State and settings of a controller whose set-up was read.  NP_ERR_DEVICE says what to set. */
np_status stream_grbl_check_setup(const stream_grbl *grbl, const np_run_gantry *options, np_error *err);

/* Things that are not refused, and that an operator should know: text I of STREAM_GRBL_WARNINGS, NULL where all is well. */
#define STREAM_GRBL_WARNINGS 4
const char *stream_grbl_warning(const stream_grbl *grbl, int i);

/* Every place that the needle is sent to against the travel (dots that are left out are none); nothing to check where the machine does not home.  NP_ERR_DEVICE
 * names dots, axis, and range. */
np_status stream_grbl_check_travel(const stream_grbl *grbl, const np_gantry *gantry, const np_dot *dots, uint32_t n,
                                   np_error *err);

#endif
