/* The controller: what it says is taken at once, what it is told waits for its answer; see grbl.h. */
#include "stream/private/grbl.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "link/link.h"

enum {
    POLL_US = 50000,           /* between two `?` */
    HOLD_US = 100000,          /* between two `!` */
    BLIND_US = 3000000,        /* a silent controller is reset: after a critical alarm it answers to nothing else */
    FIRST_US = 3000000,        /* for an answer while it is set up: behind a reset it may be busy */
    BANNER_AGAIN_US = 1500000, /* without a banner the reset, or the banner, was lost */
    OVERRIDE_REPORTS = 12,     /* idle, grbl tells its overrides in every tenth report */
    SLOW_US = 2000000,         /* for a hold to take effect */
    BANNER_US = 5000000,       /* for a reset, with a boot loader in between */
    ANSWER_US = 3000000,       /* for an ok while nothing moves */
    HOMING_US = 180000000
};
static const double NEAR_MM = 0.05;
#define RESET "\x18"
#define FULL_REPORT "\x87"
#define EMERGENCY_STOP 10 /* alarm of grblHAL: it does not come back while the button is pressed */

void stream_grbl_init(stream_grbl *g, np_text_link *link, const char *target, double silence_s)
{
    *g = (stream_grbl){.link = link,
                       .target = target,
                       .silence_us = (uint64_t)(silence_s * 1e6),
                       .floor_z_mm = -INFINITY,
                       .homed = -1};
    for (int i = 0; i < STREAM_GRBL_SETTINGS; i++)
        g->settings[i] = NAN;
}

/* ---- in ---- */

static void take_report(stream_grbl *g, const stream_grbl_reply *r)
{
    g->report = *r;
    g->reports++;
    g->asked = false;
    g->homed = r->homed >= 0 ? r->homed : g->homed;
    g->feed_percent = r->feed_percent ? r->feed_percent : g->feed_percent;
    if (r->state != STREAM_GRBL_STATE_IDLE)
        g->progress_us = np_clock_us();
    if (r->has_position && r->position.z < g->floor_z_mm - NEAR_MM)
        g->too_deep = true;
}

static void take_banner(stream_grbl *g, const stream_grbl_reply *r)
{
    g->restarted = !g->banner_expected;
    g->banner_seen = true;
    g->asked = false; /* a reset forgets the question */
    g->is_supported = r->is_supported;
    g->is_hal = r->is_hal;
    g->feed_percent = 0;
    g->homed = g->restarted ? -1 : g->homed;
    strcpy(g->version, r->text);
}

static void take(stream_grbl *g, const char *line)
{
    stream_grbl_reply r = stream_grbl_parse(line);
    switch (r.kind) {
    case STREAM_GRBL_OK:
        g->oks++;
        g->polled_us = 0; /* ask where it is: of a dot's lines the dwell is answered with the needle at its deepest */
        g->progress_us = np_clock_us();
        break;
    case STREAM_GRBL_ERROR:
        g->error = g->error ? g->error : r.code;
        break;
    case STREAM_GRBL_ALARM:
        g->alarm = g->alarm ? g->alarm : r.code;
        break;
    case STREAM_GRBL_STATUS:
        take_report(g, &r);
        break;
    case STREAM_GRBL_BANNER:
        take_banner(g, &r);
        break;
    case STREAM_GRBL_SETTING:
        if (r.code < STREAM_GRBL_SETTINGS)
            g->settings[r.code] = r.value;
        break;
    case STREAM_GRBL_STARTUP:
        if (r.code < STREAM_GRBL_STARTUPS)
            strcpy(g->startup[r.code], r.text);
        break;
    case STREAM_GRBL_OPTIONS:
        strcpy(g->options, r.text);
        break;
    case STREAM_GRBL_INFO:
        strcpy(g->info, r.text);
        break;
    default:
        if (r.text[0] && r.text[0] != '[' && r.text[0] != '>' && !g->stranger[0])
            strcpy(g->stranger, r.text);
    }
}

/* True if anything has come. */
static bool take_all(stream_grbl *g)
{
    char line[NP_TEXT_LINE_BYTES];
    bool any = false;
    while (np_text_link_receive(g->link, line)) {
        take(g, line);
        any = true;
    }
    return any;
}

/* ---- one turn of waiting ---- */

static np_status fault(const stream_grbl *g, np_error *err)
{
    if (g->alarm)
        return np_error_set(err, NP_ERR_DEVICE, "%s: the controller reported ALARM:%d: %s", g->target, g->alarm,
                            stream_grbl_alarm_text(g->alarm));
    if (g->restarted)
        return np_error_set(err, NP_ERR_DEVICE,
                            "%s: the controller restarted by itself (\"%s\"): its power or its reset line "
                            "failed; look at the machine and home it",
                            g->target, g->version);
    if (g->error)
        return np_error_set(err, NP_ERR_DEVICE, "%s: the controller refused a line with error:%d: %s", g->target,
                            g->error, stream_grbl_error_text(g->error));
    if (g->is_ours && g->reports && g->report.state != STREAM_GRBL_STATE_IDLE &&
        g->report.state != STREAM_GRBL_STATE_RUN)
        return np_error_set(err, NP_ERR_DEVICE,
                            "%s: the controller is in state %s: it was held or opened at the machine", g->target,
                            stream_grbl_state_name(g->report.state));
    if (g->is_ours && g->feed_percent && g->feed_percent != 100)
        return np_error_set(
            err, NP_ERR_DEVICE,
            "%s: the feed override stands at %d %%, which changes the speed of the needle: set it back to "
            "100 %%",
            g->target, g->feed_percent);
    if (g->too_deep)
        return np_error_set(err, NP_ERR_DEVICE,
                            "%s: the needle is at z %.3f, below the %.3f it was sent to: a line was spoiled "
                            "on its way; check the cable",
                            g->target, g->report.position.z, g->floor_z_mm);
    return NP_OK;
}

static bool is_stopped(const stream_grbl *g)
{
    return g->stop && *g->stop;
}

/* Asks for a report when it is time. */
static void poll_report(stream_grbl *g, uint64_t now)
{
    if (now - g->polled_us < POLL_US || !np_text_link_send(g->link, "?", 1))
        return;
    g->polled_us = now;
    if (!g->asked)
        g->asked_us = now;
    g->asked = true;
}

static np_status away(const stream_grbl *g, np_error *err)
{
    const char *trouble = np_text_link_trouble(g->link);
    return np_error_set(err, NP_ERR_LINK, "%s%s%s", g->target,
                        trouble ? ": " : " is silent: no status report came in time", trouble ? trouble : "");
}

/* Reads what has come (first of all: if this process was slow, the answer is there), then asks, and waits if it had nothing to
 * read. */
static np_status turn(stream_grbl *g, np_error *err)
{
    bool any = take_all(g);
    np_status status = fault(g, err);
    if (status != NP_OK)
        return status;
    if (np_text_link_trouble(g->link))
        return away(g, err);
    if (is_stopped(g))
        return np_error_set(err, NP_ERR_STOPPED, "stopped");
    uint64_t now = np_clock_us();
    uint64_t limit_us = g->is_ours || g->silence_us > FIRST_US ? g->silence_us : FIRST_US;
    if (g->asked && now - g->asked_us > limit_us)
        return away(g, err);
    poll_report(g, now);
    if (!any)
        np_text_link_wait(g->link, POLL_US / 2);
    return NP_OK;
}

static void forget(stream_grbl *g)
{
    g->oks = 0;
    g->error = g->alarm = 0;
    g->restarted = g->too_deep = g->asked = false;
}

/* ---- lines ---- */

np_status stream_grbl_do(stream_grbl *g, const char *text, uint32_t n, np_error *err)
{
    take_all(g); /* an alarm may have come since */
    np_status status = fault(g, err);
    g->oks = 0;
    g->progress_us = np_clock_us();
    if (status == NP_OK && !np_text_link_send(g->link, text, strlen(text)))
        status = away(g, err);
    while (status == NP_OK && g->oks < n) {
        status = turn(g, err);
        if (status == NP_OK && g->oks < n && np_clock_us() - g->progress_us > ANSWER_US)
            status = np_error_set(err, NP_ERR_DEVICE,
                                  "%s: the controller did not answer a line, though nothing moves: a line or "
                                  "its answer was spoiled on its way; check the cable",
                                  g->target);
    }
    return status;
}

np_status stream_grbl_settle(stream_grbl *g, np_vec3 target, np_error *err)
{
    uint32_t before = g->reports;
    uint64_t start = np_clock_us();
    np_status status = NP_OK;
    g->polled_us = 0; /* ask at once */
    while (status == NP_OK && (g->reports == before || g->report.state != STREAM_GRBL_STATE_IDLE)) {
        status = turn(g, err);
        if (status == NP_OK && np_clock_us() - start > ANSWER_US)
            status = np_error_set(err, NP_ERR_DEVICE, "%s: the controller stays in state %s", g->target,
                                  stream_grbl_state_name(g->report.state));
    }
    if (status != NP_OK)
        return status;
    np_vec3 p = g->report.position;
    if (!g->report.has_position || !(np_vec3_distance(p, target) <= NEAR_MM))
        return np_error_set(err, NP_ERR_DEVICE,
                            "%s: the machine stands at %.3f %.3f %.3f instead of %.3f %.3f %.3f: a line was "
                            "spoiled on its way, or somebody else moves it",
                            g->target, p.x, p.y, p.z, target.x, target.y, target.z);
    return NP_OK;
}

/* ---- coming to rest ---- */

static np_status nobody(const stream_grbl *g, double timeout_s, np_error *err)
{
    const char *trouble = np_text_link_trouble(g->link);
    if (g->stranger[0])
        return np_error_set(err, NP_ERR_DEVICE, "%s answered \"%s\": that is no grbl 1.1", g->target, g->stranger);
    return np_error_set(err, NP_ERR_LINK, "%s: no grbl answered within %g s%s%s", g->target, timeout_s,
                        trouble ? ": " : "; check the device, its baud rate and its power", trouble ? trouble : "");
}

/* Whether nothing moves: after a banner, in an alarm, or by a report that was made after the hold took effect.  The first
 * report may be older (grbl reports before it holds), the second is not. */
static bool has_come_to_rest(const stream_grbl *g, uint32_t reports_before)
{
    return g->banner_seen || g->alarm ||
           (g->reports - reports_before >= 2 && stream_grbl_is_at_rest(g->report.state, g->report.substate));
}

static np_status hold(stream_grbl *g, double timeout_s, np_error *err)
{
    uint64_t start = np_clock_us(), held = 0, blind = start, heard = 0;
    g->banner_seen = false;
    take_all(g);
    for (uint32_t before = g->reports, last = before;; last = g->reports) {
        uint64_t now = np_clock_us();
        if (!held || now - held >= HOLD_US) {
            np_text_link_send_urgent(g->link, "!?", 2);
            held = now;
        }
        np_text_link_wait(g->link, POLL_US / 2);
        take_all(g);
        if (has_come_to_rest(g, before))
            return NP_OK;
        if (is_stopped(g))
            return np_error_set(err, NP_ERR_STOPPED, "stopped");
        if (g->reports != last)
            np_text_link_send(g->link, "?", 1);
        if (g->reports != before && !heard)
            heard = now;
        if (heard && now - heard > SLOW_US)
            return NP_OK; /* it does not come to rest: the reset stops it at once */
        if (!heard && now - blind > BLIND_US) {
            np_text_link_send_urgent(g->link, RESET, 1);
            blind = now;
        }
        if (!heard && (double)(now - start) * 1e-6 > timeout_s)
            return nobody(g, timeout_s, err);
    }
}

/* Sends a reset and waits for the banner.  False if none came. */
static bool reset_once(stream_grbl *g)
{
    uint64_t sent = np_clock_us();
    np_text_link_send_urgent(g->link, RESET, 1);
    do {
        np_text_link_wait(g->link, POLL_US / 2);
        take_all(g);
    } while (!g->banner_seen && g->alarm != EMERGENCY_STOP && np_clock_us() - sent <= BANNER_AGAIN_US);
    return g->banner_seen;
}

static np_status reset(stream_grbl *g, double timeout_s, np_error *err)
{
    uint64_t start = np_clock_us();
    g->banner_seen = false;
    g->banner_expected = true;
    g->alarm = 0;
    while (!reset_once(g)) {
        if (g->alarm)
            return fault(g, err);
        if (np_clock_us() - start > BANNER_US)
            return np_error_set(err, NP_ERR_DEVICE, "%s: the controller did not come back after a reset%s%s", g->target,
                                g->stranger[0] ? "; it said: " : "", g->stranger);
        /* One that lags may have begun to move since it was held: a reset in motion would lose its place. */
        np_status status = hold(g, timeout_s, err);
        if (status != NP_OK)
            return status;
        if (g->banner_seen)
            break;
    }
    return NP_OK;
}

np_status stream_grbl_halt(stream_grbl *g, double timeout_s, np_error *err)
{
    g->floor_z_mm = -INFINITY;
    g->is_ours = false;
    g->stranger[0] = '\0';
    forget(g);
    np_status status = hold(g, timeout_s, err);
    if (status == NP_OK)
        status = reset(g, timeout_s, err);
    if (status == NP_OK && !g->is_supported)
        status =
            np_error_set(err, NP_ERR_DEVICE, "%s is %s; needlepath speaks grbl 1.1 and grblHAL", g->target, g->version);
    /* Its state: what it said before was before the reset. */
    uint32_t before = g->reports;
    int alarm = g->alarm;
    forget(g);
    while (status == NP_OK && g->reports == before)
        status = turn(g, err);
    g->banner_expected = false;
    g->alarm = alarm;
    return status;
}

/* ---- setting up ---- */

/* Overrides and homing are told now and then: waits for reports that do.  grblHAL tells everything when it is asked. */
static np_status read_state(stream_grbl *g, np_error *err)
{
    np_status status = NP_OK;
    for (int ask = 0; ask < 2 && status == NP_OK; ask++) {
        bool wants_homed = g->is_hal && g->homed < 0;
        if (ask == 1 && wants_homed)
            np_text_link_send(g->link, FULL_REPORT, 1);
        uint32_t end = g->reports + (ask == 0 || wants_homed ? OVERRIDE_REPORTS : 0);
        while (status == NP_OK && g->reports < end && (g->feed_percent == 0 || (wants_homed && g->homed < 0)))
            status = turn(g, err);
    }
    return status;
}

np_status stream_grbl_read_setup(stream_grbl *g, np_error *err)
{
    g->alarm = 0; /* it was reported, and the state says whether it stands */
    np_status status = stream_grbl_do(g, "$I\n", 1, err);
    if (status == NP_OK)
        status = stream_grbl_do(g, "$N\n", 1, err);
    if (status == NP_OK)
        status = stream_grbl_do(g, "$$\n", 1, err);
    return status == NP_OK && g->report.state == STREAM_GRBL_STATE_IDLE ? read_state(g, err) : status;
}

np_status stream_grbl_keep(stream_grbl *g, const char *text, np_error *err)
{
    char line[100];
    snprintf(line, sizeof line, "$I=%s\n", text);
    np_status status = stream_grbl_do(g, line, 1, err);
    if (status == NP_ERR_DEVICE && g->error) {
        g->error = 0; /* it has none, or was built without */
        status = NP_OK;
    }
    g->info[0] = '\0';
    return status == NP_OK ? stream_grbl_do(g, "$I\n", 1, err) : status;
}

np_status stream_grbl_home(stream_grbl *g, np_error *err)
{
    uint64_t start = np_clock_us();
    forget(g);
    np_status status = np_text_link_send(g->link, "$H\n", 3) ? NP_OK : away(g, err);
    /* grbl 1.1 reports nothing while it homes. */
    while (status == NP_OK && g->oks == 0) {
        take_all(g);
        status = fault(g, err);
        if (status == NP_OK && np_text_link_trouble(g->link))
            status = away(g, err);
        if (status == NP_OK && is_stopped(g)) {
            np_text_link_send_urgent(g->link, RESET, 1);
            status = np_error_set(err, NP_ERR_STOPPED, "stopped while homing: the position is lost");
        }
        if (status == NP_OK && np_clock_us() - start > HOMING_US)
            status = np_error_set(err, NP_ERR_DEVICE, "%s: homing does not end", g->target);
        np_text_link_wait(g->link, POLL_US / 2);
    }
    if (status == NP_OK)
        g->homed = 1;
    return status;
}
