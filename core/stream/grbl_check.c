/* All that is refused before a gantry moves, and all that its operator is told; see grbl_check.h. */
#include "stream/private/grbl_check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "link/link.h"
#include "plan/binding.h"
#include "stream/gcode.h"
#include "stream/grbl_run.h"
#include "stream/private/place.h"

enum {
    IDLE_DELAY = 1,
    STATUS_MASK = 10,
    INCHES = 13,
    SOFT_LIMITS = 20,
    HARD_LIMITS,
    HOMING,
    HOMING_DIRECTION,
    PULL_OFF = 27,
    TRAVEL = 130
};

/* ---- the session ---- */

np_status stream_grbl_check_runs(const stream_session *s, np_error *err)
{
    for (size_t i = 0; i < s->plan->n_runs; i++) {
        const np_plan_run *run = &s->plan->runs[i];
        if (run->session == s->options->session && !np_link_is_text(run->target))
            return np_error_set(
                err, NP_ERR_INVALID,
                "%s: session %d was begun on %s, whose executor has a journal of its own and may know of dots "
                "that this plan does not: go on there",
                s->options->plan_path, s->options->session, run->target);
    }
    return NP_OK;
}

np_status stream_grbl_check_session(const stream_session *s, np_gantry *g, np_error *err)
{
    const np_run_options *o = s->options;
    const np_run_gantry *q = o->gantry;
    if (!q || !q->accept_no_pedal)
        return np_error_set(
            err, NP_ERR_USAGE,
            "%s: grbl has no pedal, no lease and no measured depth: a dot that was sent is made, whatever happens "
            "here. If the machine has an emergency stop and a stop of the needle's depth of its own "
            "(docs/safety.md), say so with --accept-no-pedal",
            o->target);
    if (strcmp(s->place.name, NP_PLAN_HEAD_IS_ARM_FRAME) == 0)
        return np_error_set(err, NP_ERR_USAGE,
                            "%s: --fiducials FILE is missing: a gantry moves in its machine coordinates, in "
                            "which no head has its place by itself",
                            o->target);
    if (!(s->place.worst_mm <= NP_GANTRY_RESIDUAL_MM))
        return np_error_set(
            err, NP_ERR_UNSAFE,
            "%s: a fiducial is %.2f mm off after registration, and a gantry, which does not feel the skin, "
            "goes as much too deep: %.1f mm at most is allowed; measure them again",
            o->target, s->place.worst_mm, NP_GANTRY_RESIDUAL_MM);
    if (o->link_key)
        return np_error_set(err, NP_ERR_USAGE, "%s: grbl takes no link key: whoever has the line moves the machine",
                            o->target);
    const np_gantry_settings settings = {q->lift_mm, q->plunge_mm_s, q->tilt_max_deg, o->air};
    np_wire_pose pose = stream_place_pose(s);
    np_registration registration = np_registration_from_wire(&pose);
    np_status status = np_gantry_init(g, s->plan, &registration, &settings, err);
    if (status != NP_OK)
        np_error_prefix(err, status, "%s", o->plan_path);
    return status;
}

np_status stream_grbl_leave_out(stream_session *s, const np_gantry *g, np_error *err)
{
    const np_run_options *o = s->options;
    char text[NP_GANTRY_TEXT_BYTES], line[NP_GANTRY_TEXT_BYTES + 80];
    size_t n, open = 0;
    const np_dot *dots = np_plan_session_dots(s->plan, o->session, &n);
    for (size_t i = 0; i < n; i++)
        open += s->known[i] == NP_WIRE_OUTCOME_NONE;
    s->state.left = (uint32_t)np_gantry_left_out(g, dots, n, s->known, text);
    if (s->state.left == 0)
        return NP_OK;
    if (s->state.left == open)
        return np_error_set(
            err, NP_ERR_UNSAFE,
            "%s: none of the %zu dots of session %d that are not done can be made as the head lies: %s; "
            "nothing was moved: turn the head so that the region lies level, measure the fiducials "
            "anew, and run again with --moved",
            o->target, open, o->session, text);
    snprintf(line, sizeof line, "LEFT OUT, not done, %u of %zu dots: %s", s->state.left, n, text);
    if (o->log)
        o->log(o->report_context, line);
    return NP_OK;
}

/* ---- the controller ---- */

static bool is_on(const stream_grbl *g, int setting)
{
    return ((int)fmax(0, g->settings[setting]) & 1) != 0; /* fmax: 0 if unknown; grblHAL has more bits */
}

/* A startup line runs after every reset: none may move. */
static const char *moving_startup_line(const stream_grbl *g)
{
    for (int i = 0; i < STREAM_GRBL_STARTUPS; i++)
        if (strpbrk(g->startup[i], "XYZABCIJK"))
            return g->startup[i];
    return NULL;
}

static np_status check_limits(const stream_grbl *g, const np_run_gantry *q, np_error *err)
{
    const char *missing = !is_on(g, HOMING) ? "homing is off ($22=0): nobody knows where the machine stands"
                          : !is_on(g, SOFT_LIMITS)
                              ? "soft limits are off ($20=0): a spoiled line may send the needle anywhere"
                              : NULL;
    if (!missing || q->accept_no_limits)
        return NP_OK;
    return np_error_set(err, NP_ERR_DEVICE,
                        "%s: %s; switch both on at the controller and home it, or accept it with "
                        "--accept-no-limits",
                        g->target, missing);
}

static np_status not_idle(const stream_grbl *g, np_error *err)
{
    int alarm = g->report.state == STREAM_GRBL_STATE_ALARM ? g->report.substate : 0;
    char why[200] = "";
    if (alarm > 0)
        snprintf(why, sizeof why, " (%d: %s)", alarm, stream_grbl_alarm_text(alarm));
    return np_error_set(err, NP_ERR_DEVICE,
                        "%s: the controller is in state %s%s and takes no motion; look at the machine, "
                        "then home it with the head away ($H, or the option --home)",
                        g->target, stream_grbl_state_name(g->report.state), why);
}

/* grbl stands in Alarm until it was homed; grblHAL need not, and calls the place where it was switched on 0. */
static np_status check_homed(const stream_grbl *g, np_error *err)
{
    if (!is_on(g, HOMING) || g->homed == 1 || (!g->is_hal && g->homed < 0))
        return NP_OK;
    return np_error_set(
        err, NP_ERR_DEVICE,
        "%s: the controller %s: nobody knows where the needle is; home it with the head away ($H, or the "
        "option --home)",
        g->target, g->homed == 0 ? "was not homed since it was switched on (H:0)" : "does not say that it was homed");
}

np_status stream_grbl_check_setup(const stream_grbl *g, const np_run_gantry *q, np_error *err)
{
    if (isnan(g->settings[STATUS_MASK]) || isnan(g->settings[INCHES]) || isnan(g->settings[SOFT_LIMITS]) ||
        isnan(g->settings[HOMING]) || isnan(g->settings[TRAVEL]) || isnan(g->settings[TRAVEL + 1]) ||
        isnan(g->settings[TRAVEL + 2]))
        return np_error_set(err, NP_ERR_DEVICE,
                            "%s: $$ did not list the settings $10, $13, $20, $22 and $130 to $132: the line "
                            "is disturbed, or this is no grbl",
                            g->target);
    if (!is_on(g, STATUS_MASK) || is_on(g, INCHES))
        return np_error_set(err, NP_ERR_DEVICE, "%s: the controller reports %s; set %s", g->target,
                            is_on(g, INCHES) ? "in inches" : "work positions instead of machine positions",
                            is_on(g, INCHES) ? "$13=0" : "$10=1");
    const char *startup = moving_startup_line(g);
    if (startup)
        return np_error_set(err, NP_ERR_DEVICE,
                            "%s: the startup line \"%s\" moves the machine after every reset; clear it with "
                            "$N0= and $N1=",
                            g->target, startup);
    np_status status = check_limits(g, q, err);
    if (status == NP_OK && g->report.state != STREAM_GRBL_STATE_IDLE)
        status = not_idle(g, err);
    if (status == NP_OK)
        status = check_homed(g, err);
    if (status == NP_OK && g->feed_percent && g->feed_percent != 100)
        status =
            np_error_set(err, NP_ERR_DEVICE,
                         "%s: the feed override stands at %d %%, which changes the speed of the needle: set it back "
                         "to 100 %%",
                         g->target, g->feed_percent);
    return status;
}

const char *stream_grbl_warning(const stream_grbl *g, int i)
{
    const struct {
        bool applies;
        const char *text;
    } rows[STREAM_GRBL_WARNINGS] = {
        {!is_on(g, HARD_LIMITS), "hard limits are off ($21=0): no switch stops a machine that has lost its place"},
        {g->settings[IDLE_DELAY] < 255,
         "the motors are switched off after each move ($1 below 255) and may lose their place between "
         "dots; set $1=255"},
        {!is_on(g, HOMING), "homing is off ($22=0): no dot's place was checked against the travel"},
        {is_on(g, HOMING) && g->homed < 0,
         "this controller does not say whether it was homed: an alarm that somebody cleared with $X looks the same; "
         "--home is sure"},
    };
    return rows[i].applies ? rows[i].text : NULL;
}

/* ---- travel ---- */

/* Where soft limits let an axis go, short of the limit switches by the pull-off: from -travel to 0, or from 0 on for an axis
 * that homes to the other side and calls that 0 (grbl's HOMING_FORCE_SET_ORIGIN, option Z). */
static void range_of(const stream_grbl *g, int axis, double *out_low, double *out_high)
{
    double travel = g->settings[TRAVEL + axis], pull_off = fmax(0, g->settings[PULL_OFF]);
    bool up = strchr(g->options, 'Z') && ((int)fmax(0, g->settings[HOMING_DIRECTION]) >> axis & 1);
    *out_low = (up ? 0 : -travel) + pull_off;
    *out_high = (up ? travel : 0) - pull_off;
}

np_status stream_grbl_check_travel(const stream_grbl *g, const np_gantry *gantry, const np_dot *dots, uint32_t n,
                                   np_error *err)
{
    if (!is_on(g, HOMING))
        return NP_OK;
    uint32_t found = 0, first = 0;
    char what[200] = "";
    for (uint32_t i = 0; i < n; i++) {
        if (np_gantry_judge(gantry, &dots[i]) != NP_GANTRY_MAKES)
            continue;
        const np_vec3 p = np_gantry_way_to(gantry, NULL, &dots[i], NULL).deepest;
        double low[3] = {p.x, p.y, p.z}, high[3] = {p.x, p.y, gantry->safe_z_mm};
        bool outside = false;
        for (int axis = 0; axis < 3; axis++) {
            double from, to;
            range_of(g, axis, &from, &to);
            /* written so that NaN is outside */
            if (low[axis] >= from && high[axis] <= to)
                continue;
            if (!found && !outside)
                snprintf(what, sizeof what, "%c from %.3f to %.3f%s, and the machine goes from %.3f to %.3f",
                         "XYZ"[axis], low[axis], high[axis],
                         axis == 2 ? " (where it travels above the whole head)" : "", from, to);
            outside = true;
        }
        if (outside && !found++)
            first = dots[i].id;
    }
    if (!found)
        return NP_OK;
    return np_error_set(err, NP_ERR_DEVICE,
                        "%s: %u of %u dots are outside the machine's travel ($130 to $132, less the pull-off "
                        "$27); dot %u wants %s: move the head or measure the fiducials again; nothing was moved",
                        g->target, found, n, first, what);
}
