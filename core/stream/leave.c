/* What is asked of a plan before a program of it is written; see leave.h. */
#include "stream/leave.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "stream/private/approval.h"
#include "stream/private/calendar.h"
#include "stream/private/prepare.h"

static np_status check_approval(const stream_session *s, const char *unapproved, np_error *err)
{
    const np_run_options *o = s->options;
    char text[300];
    if (unapproved) {
        snprintf(text, sizeof text, "NOT APPROVED: %s", unapproved);
        if (o->log)
            o->log(o->report_context, text);
        return NP_OK;
    }
    np_error why = {0};
    np_status status = stream_approval_check(s, &why);
    return status == NP_OK ? NP_OK
                           : np_error_set(err, status,
                                          "%s; for a trial without a person, --unapproved \"REASON\" writes the "
                                          "program all the same, and the reason stands in it",
                                          why.text);
}

np_status np_leave_check(const np_plan *plan, const np_run_options *options, const char *unapproved, np_error *err)
{
    stream_session *s = calloc(1, sizeof *s);
    if (!s)
        return np_error_no_memory(err, "the session");
    s->options = options;
    s->plan = (np_plan *)plan;
    np_status status = stream_session_check_past(s, err);
    if (status == NP_OK)
        status = check_approval(s, unapproved, err);
    if (status == NP_OK)
        status = stream_calendar_check(s, (int64_t)time(NULL), err);
    free(s);
    return status;
}
