/* One place a session: dots that are made after a pause must lie where the others do.  So a run that goes on keeps the
 * registration of the one before, to the bit; another one is a statement of the operator's. */
#include "stream/private/place.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "link/link.h"
#include "plan/binding.h"
#include "stream/register.h"

static np_wire_pose pose_of(const np_plan_registration *r)
{
    np_wire_pose pose;
    memcpy(pose.rotation_ppm, r->rotation, sizeof pose.rotation_ppm);
    memcpy(pose.translation_um, r->translation, sizeof pose.translation_um);
    return pose;
}

static bool says_where(const np_plan_run *run)
{
    return run->registration != NULL;
}

/* A dot was begun where it says that the head was. */
static bool began(const np_plan_run *run)
{
    return says_where(run) && !run->registration->claimed && run->done + run->in_doubt + run->failed > 0;
}

/* The session's last run of which IS holds; NULL: none. */
static const np_plan_run *last_run(const stream_session *s, bool (*is)(const np_plan_run *run))
{
    for (size_t i = s->plan->n_runs; i-- > 0;)
        if (s->plan->runs[i].session == s->options->session && is(&s->plan->runs[i]))
            return &s->plan->runs[i];
    return NULL;
}

static const np_plan_run *run_before(const stream_session *s)
{
    return last_run(s, began);
}

/* Dots of the session that this file has from another record; nobody wrote down here where the head was. */
static uint32_t learnt(const stream_session *s)
{
    uint32_t n = 0;
    for (size_t i = 0; i < s->plan->n_runs; i++) {
        const np_plan_run *run = &s->plan->runs[i];
        if (run->session == s->options->session && run->state == NP_PLAN_RUN_LEARNT)
            n += run->done + run->in_doubt + run->failed;
    }
    return n;
}

static np_status nobody_says(const stream_session *s, np_error *err)
{
    uint32_t n = learnt(s);
    if (n == 0)
        return np_error_set(
            err, NP_ERR_USAGE,
            "--fiducials FILE is missing: nobody says where the head is; if its frame is the arm's, as in "
            "a head rest that was measured once, or in the simulator, say so with --head-is-arm-frame");
    return np_error_set(err, NP_ERR_USAGE,
                        "--fiducials FILE is missing: this file learnt %u dots of session %d from another record, and "
                        "does not say where "
                        "the head was as they were made. If it lies as it did, give the same FILE (or "
                        "--head-is-arm-frame) as then; else "
                        "measure it, and say --moved as well: the other record knows whether it is so",
                        n, s->options->session);
}

/* How far apart two registrations put the session's dots: at most, and on average. */
static double apart_mm(const stream_session *s, const np_plan_registration *a, const np_plan_registration *b,
                       double *out_mean_mm)
{
    np_wire_pose pa = pose_of(a), pb = pose_of(b);
    np_registration ra = np_registration_from_wire(&pa), rb = np_registration_from_wire(&pb);
    size_t n;
    const np_dot *dots = np_plan_session_dots(s->plan, s->options->session, &n);
    double worst = 0, sum = 0;
    for (size_t i = 0; i < n; i++) {
        double d = np_vec3_distance(np_registration_apply(&ra, dots[i].position),
                                    np_registration_apply(&rb, dots[i].position));
        worst = fmax(worst, d);
        sum += d;
    }
    *out_mean_mm = n ? sum / (double)n : 0;
    return worst;
}

static np_status another_place(const stream_session *s, const np_plan_run *before, double worst_mm, double mean_mm,
                               np_error *err)
{
    char when[40];
    struct tm tm;
    time_t started = (time_t)before->started_unix_s;
    if (!gmtime_r(&started, &tm) || !strftime(when, sizeof when, "%Y-%m-%d %H:%M UTC", &tm))
        when[0] = '\0';
    return np_error_set(
        err, NP_ERR_UNSAFE,
        "session %d was begun with another registration (%.80s, %s): its dots would now lie up to %.2f mm, "
        "%.2f on average, from where they were to lie; to go on with that one leave --fiducials out; if the "
        "head was moved and measured again, say so with --moved",
        s->options->session, before->registration->name, when, worst_mm, mean_mm);
}

static void say_not_moved(const stream_session *s, const np_plan_run *before)
{
    const np_run_options *o = s->options;
    char text[400];
    snprintf(text, sizeof text,
             "--moved, but by the plan's record the head is where it was (%.80s, run %lld): if the executor asks for a "
             "confirmation, its record says otherwise; find out which of the two is true before you confirm",
             before->registration->name, (long long)before->id);
    if (o->log)
        o->log(o->report_context, text);
}

/* The last that was said of the head is that it was moved, and nothing was armed there. */
static np_status refuse_claimed(const stream_session *s, const np_plan_run *run, np_error *err)
{
    return np_error_set(
        err, NP_ERR_UNSAFE,
        "session %d: run %lld was told with --moved that the head had been moved (%.80s), and nothing was "
        "made there since: nobody says where it is now; measure it, and give --fiducials FILE, with "
        "--moved if it lies elsewhere than the dots so far",
        s->options->session, (long long)run->id, run->registration->name);
}

double stream_place_apart_mm(const stream_session *s, const np_plan_registration *other)
{
    double mean_mm;
    return apart_mm(s, &s->place, other, &mean_mm);
}

/* What the operator gives, against the run before. */
static np_status compare(stream_session *s, const np_plan_run *before, np_error *err)
{
    double mean_mm, worst_mm = apart_mm(s, &s->place, before->registration, &mean_mm);
    if (worst_mm <= STREAM_PLACE_SAME_MM) {
        memcpy(s->place.rotation, before->registration->rotation, sizeof s->place.rotation);
        memcpy(s->place.translation, before->registration->translation, sizeof s->place.translation);
        s->is_as_before = true;
        if (s->options->moved)
            say_not_moved(s, before);
        return NP_OK;
    }
    if (!s->options->moved)
        return another_place(s, before, worst_mm, mean_mm, err);
    char text[200];
    s->place.moved_mm = worst_mm;
    snprintf(text, sizeof text,
             "THE HEAD WAS MOVED: the dots now lie up to %.2f mm, %.2f on average, from where they were to lie",
             worst_mm, mean_mm);
    if (s->options->log)
        s->options->log(s->options->report_context, text);
    return NP_OK;
}

np_wire_pose stream_place_pose(const stream_session *s)
{
    return pose_of(&s->place);
}

void stream_place_fill_load(const stream_session *s, np_wire_load *out_load)
{
    double um = ceil(fmin(s->place.moved_mm * 1e3, NP_WIRE_MOVED_MAX_UM));
    out_load->registration = stream_place_pose(s);
    out_load->moved_um = !s->options->moved ? 0 : um > 0 ? (uint32_t)um : NP_WIRE_MOVED_UNKNOWN_UM;
    if (s->options->n_verdicts) { /* they move nothing, wherever the head is */
        if (!s->place.name)       /* nobody is told where the dots lie */
            out_load->registration = (np_wire_pose){.rotation_ppm = {1000000}};
        out_load->moved_um = NP_WIRE_MOVED_UNKNOWN_UM;
    }
}

np_status stream_place_record(stream_session *s, np_error *err)
{
    if (!s->journal || s->may_have_made)
        return NP_OK;
    np_status status = np_journal_record_registration(s->journal, &s->place, err);
    s->may_have_made = status == NP_OK;
    return status;
}

np_status stream_place_record_reviewed(stream_session *s, np_error *err)
{
    return !s->place.name || run_before(s) ? NP_OK : np_journal_record_registration(s->journal, &s->place, err);
}

np_status stream_place_claim(stream_session *s, np_error *err)
{
    if (!s->options->moved || s->options->n_verdicts)
        return NP_OK;
    s->place.claimed = true;
    np_status status = np_journal_record_registration(s->journal, &s->place, err);
    s->place.claimed = false;
    return status;
}

void stream_place_advise(const stream_session *s, char *out_text, size_t size)
{
    const np_plan_run *before = s->is_as_before ? run_before(s) : NULL;
    if (before)
        snprintf(out_text, size,
                 ": the two records disagree where the head was: by the plan's it lay in run %lld as it does now "
                 "(%.80s), by the executor's elsewhere; measure the head anew, give --fiducials with --moved, and "
                 "confirm it at the executor",
                 (long long)before->id, before->registration->name);
    else
        snprintf(out_text, size, " with --moved, and confirm it at the executor");
}

/* The place that the operator names, if he does. */
static bool take_given(stream_session *s)
{
    static char arm_frame[] = NP_PLAN_HEAD_IS_ARM_FRAME, nothing[] = "";
    const np_run_options *o = s->options;
    if (o->registration)
        s->place = *o->registration;
    else if (o->head_is_arm_frame)
        s->place = (np_plan_registration){.name = arm_frame,
                                          .fiducials = nothing,
                                          .rotation = {1000000, 0, 0, 0},
                                          .time_unix_s = (int64_t)time(NULL)};
    return o->registration || o->head_is_arm_frame;
}

/* The place where the run BEFORE has the head, from which it was not moved. */
static void take_before(stream_session *s, const np_plan_run *before)
{
    s->place = *before->registration;
    s->place.moved_mm = 0;
    s->place.moved_unknown = false;
}

/* Verdicts move nothing, wherever the head is.  But an executor whose journal lacks a dot that is there writes down with it where
 * the session's dots lie, and holds the next run to that: it is told what somebody knows, and nothing else. */
static np_status find_reviewed(stream_session *s, np_error *err)
{
    const np_run_options *o = s->options;
    const np_plan_run *before = run_before(s);
    bool is_told = false;
    if (np_link_is_text(o->target)) /* a gantry keeps no journal */
        return NP_OK;
    bool is_given = take_given(s);
    double apart = before && is_given ? stream_place_apart_mm(s, before->registration) : 0;
    if (apart > STREAM_PLACE_SAME_MM)
        return np_error_set(
            err, NP_ERR_UNSAFE,
            "session %d was made where run %lld has the head (%.80s), up to %.2f mm from there: a verdict "
            "does not move it; leave --fiducials and --head-is-arm-frame out",
            o->session, (long long)before->id, before->registration->name, apart);
    if (before)
        take_before(s, before);
    for (size_t i = 0; i < o->n_verdicts; i++)
        is_told |= o->verdicts[i].done;
    if (!is_told || before || is_given)
        return NP_OK;
    return np_error_set(
        err, NP_ERR_USAGE,
        "--fiducials FILE is missing: the executor writes down with dots that are there where the head was as they "
        "were "
        "made, and the plan does not say it of session %d; give the FILE (or --head-is-arm-frame) with which they were "
        "made, and nothing else: the next run is held to it",
        o->session);
}

static void say_place(const stream_session *s)
{
    char lies[NP_REGISTRATION_TEXT_BYTES];
    np_wire_pose pose = stream_place_pose(s);
    np_registration placed = np_registration_from_wire(&pose);
    np_registration_say(&placed, lies);
    if (!s->options->log)
        return;
    s->options->log(s->options->report_context, lies);
    if (s->place.worst_mm > NP_REGISTRATION_USUAL_MM) {
        snprintf(
            lies, sizeof lies,
            "a fiducial is %.2f mm off, which its file's limit_mm allows: dots and their depth may be as much off; "
            "measure anew for %.1f mm or less",
            s->place.worst_mm, NP_REGISTRATION_USUAL_MM);
        s->options->log(s->options->report_context, lies);
    }
}

/* The place of the dots that are to be made. */
static np_status find_run(stream_session *s, np_error *err)
{
    const np_run_options *o = s->options;
    const np_plan_run *before = o->air ? NULL : run_before(s); /* a rehearsal may try another place */
    const np_plan_run *last = o->air ? NULL : last_run(s, says_where);
    if (take_given(s)) {
        s->place.moved_unknown = o->moved && !before;
    } else if (o->moved) {
        return np_error_set(err, NP_ERR_USAGE,
                            "--moved says that the head was moved, but not where it is now: measure it anew, and give "
                            "--fiducials FILE with --moved");
    } else if (last && last->registration->claimed) {
        return refuse_claimed(s, last, err);
    } else if ((before = run_before(s))) {
        s->is_as_before = true;
        take_before(s, before);
        before = NULL; /* the same place: nothing to compare */
    } else {
        return nobody_says(s, err);
    }
    say_place(s);
    return before ? compare(s, before, err) : NP_OK;
}

np_status stream_place_find(stream_session *s, np_error *err)
{
    return s->options->n_verdicts ? find_reviewed(s, err) : find_run(s, err);
}
