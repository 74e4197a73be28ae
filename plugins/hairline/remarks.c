/* What hairline has to say of its own line: that it does not lie where it was asked for, that its region tears it, and that
 * it will look harsh.  A line is
 * drawn from the landmarks and then kept inside the region, which silently changed its height and its shape. */
#include <needlepath/plugin_kit.h>
#include <math.h>
#include <stdio.h>

#include "hairline.h"

#define LOW_MM 55.0         /* men 56.5 (Kurdish) to 66.5 (Japanese), women 55 to 62: docs/domain.md 2.5 */
#define SAID_FROM_MM 1.5    /* a height is not measured closer than that on a head */
#define CLIPPED_FROM_MM 3.0 /* between places of the front, beside how far the middle was moved */
#define TORN_FROM_MM 5.0    /* along the line: shorter notches are part of its irregularity */
#define FRONT_SHARE 0.8     /* of the way to the frontotemporal points: behind these the region may end at the side */

/* Millimetres from A to B along the skin, straight on the chart. */
static double along_mm(const hl_head *head, hl_place a, hl_place b)
{
    enum { STEPS = 100 };
    double sum = 0.0;
    hl_place at = a;
    for (int i = 1; i <= STEPS; i++) {
        double t = (double)i / STEPS, down, around;
        hl_place next = {np_kit_lerp(a.ahead, b.ahead, t), np_kit_lerp(a.left, b.left, t)};
        hl_head_step_mm(head, at, next, &down, &around);
        sum += sqrt(down * down + around * around);
        at = next;
    }
    return sum;
}

void hl_remark_place(const np_strategy_job *job, const hl_head *head, const hl_place *asked, const hl_place *placed,
                     uint32_t n, uint32_t middle, uint32_t n_front)
{
    const np_host *h = job->host;
    char text[400];
    hl_place glabella = hl_head_place(head, job->head->glabella);
    double wanted = along_mm(head, glabella, asked[middle]), is = along_mm(head, glabella, placed[middle]);
    double shift_mm, side, clipped = 0.0;
    hl_head_step_mm(head, asked[middle], placed[middle], &shift_mm, &side);
    if (fabs(is - wanted) >= SAID_FROM_MM) {
        snprintf(text, sizeof text,
                 "the middle of the line lies %.0f mm above the glabella, not at the %.0f mm that were asked for "
                 "(mid_frontal_mm): the region's border is in the way; move the border, or ask for this height",
                 is, wanted);
        h->log(h->context, 2, text);
    }
    if (is < LOW_MM) {
        snprintf(text, sizeof text,
                 "the middle of the line lies %.0f mm above the glabella, which is too low: natural hairlines lie 60 "
                 "to 80 mm above it "
                 "(Garg 2017), measured ones hardly ever under 55; ask for more (mid_frontal_mm), or let the region "
                 "begin higher",
                 is);
        h->log(h->context, 2, text);
    }
    for (uint32_t i = middle > n_front ? middle - n_front : 0; i < n && i <= middle + n_front; i++) {
        double down;
        hl_head_step_mm(head, asked[i], placed[i], &down, &side);
        clipped = fmax(clipped, sqrt((down - shift_mm) * (down - shift_mm) + side * side));
    }
    if (clipped >= CLIPPED_FROM_MM) {
        snprintf(
            text, sizeof text,
            "the line does not have the shape that was asked for: the region's border moved parts of it between the "
            "frontotemporal points by up to %.0f mm against its middle; give the region more room there",
            clipped);
        h->log(h->context, 2, text);
    }
}

/* How deep the region is behind AT, towards the crown, up to MOST_MM; 0 where AT is outside of it. */
static double room_behind_mm(const hl_head *head, hl_place at, double most_mm)
{
    const double step_mm = 1.0;
    uint32_t nearest;
    double room = 0.0;
    while (room < most_mm && hl_head_border_mm(head, at, &nearest) > 0.0) {
        at = hl_head_move(head, at, -step_mm, 0.0);
        room += step_mm;
    }
    return room > 0.0 ? room - step_mm : 0.0;
}

static const char *side_of(double arc_mm)
{
    return arc_mm < 0.0 ? "right" : "left";
}

void hl_remark_torn(const np_strategy_job *job, const hl_head *head, const hl_line *line)
{
    double needed = job->params[HL_RAMP], begin = 0.0, length = 0.0, least = INFINITY;
    double run_begin = 0.0, run_least = INFINITY;
    bool torn = false;
    for (uint32_t i = 0; i < line->count; i++) {
        double arc = line->arc_mm[i];
        bool front = fabs(arc) <= FRONT_SHARE * line->corner_mm;
        double room = front ? room_behind_mm(head, line->at[i], needed + 1.0) : INFINITY;
        if (room < needed && !torn) {
            run_begin = arc;
            run_least = INFINITY;
        }
        torn = room < needed;
        run_least = torn ? fmin(run_least, room) : run_least;
        if (torn && arc - run_begin > length) {
            begin = run_begin;
            length = arc - run_begin;
            least = run_least;
        }
    }
    if (length < TORN_FROM_MM)
        return;
    char text[400];
    snprintf(
        text, sizeof text,
        "the line is torn by its region: from %.0f mm %s of its middle to %.0f mm %s, along the line, the region is "
        "only %.0f mm deep behind it, and hair needs %.0f mm to become dense (ramp_mm); ask for another height "
        "(mid_frontal_mm), or give the region more room behind the line",
        fabs(begin), side_of(begin), fabs(begin + length), side_of(begin + length), least, needed);
    job->host->log(job->host->context, 2, text);
}

#define STRAIGHT_MM 12.0 /* the longest natural straight run: docs/domain.md 7.5 */

/* Whether all places from the I-th to the K-th lie near their chord. */
static bool is_straight(const hl_head *head, const hl_line *line, uint32_t i, uint32_t k)
{
    double down, around;
    hl_head_step_mm(head, line->at[i], line->at[k], &down, &around);
    double length = sqrt(down * down + around * around);
    for (uint32_t j = i + 1; j < k; j++) {
        double d, a;
        hl_head_step_mm(head, line->at[i], line->at[j], &d, &a);
        if (fabs(down * a - around * d) > HL_STRAIGHT_WITHIN_MM * length)
            return false;
    }
    return true;
}

double hl_straight_mm(const hl_head *head, const hl_line *line, double *out_from_mm)
{
    double longest = 0.0;
    *out_from_mm = 0.0;
    for (uint32_t i = 0; i < line->count; i++)
        for (uint32_t k = i + 1; k < line->count && line->arc_mm[i] >= -line->corner_mm &&
                                 line->arc_mm[k] <= line->corner_mm && is_straight(head, line, i, k);
             k++)
            if (line->arc_mm[k] - line->arc_mm[i] > longest) {
                longest = line->arc_mm[k] - line->arc_mm[i];
                *out_from_mm = line->arc_mm[i];
            }
    return longest;
}

void hl_remark_straight(const np_strategy_job *job, const hl_head *head, const hl_line *line)
{
    double from, longest = hl_straight_mm(head, line, &from);
    char text[400];
    if (longest <= STRAIGHT_MM)
        return;
    snprintf(
        text, sizeof text,
        "the line is too straight: for %.0f mm from %.0f mm %s of its middle on it is a straight line to within %.1f "
        "mm, and hairlines are for less than %.0f mm; ask for more irregularity (macro_mm, micro_mm), give the "
        "region more room ahead of the line, or take another seed",
        longest, fabs(from), side_of(from), HL_STRAIGHT_WITHIN_MM, STRAIGHT_MM);
    job->host->log(job->host->context, 2, text);
}

/* The ranges are those that the parameters' help gives as natural (Shapiro 2004; Keene), with room. */
void hl_remark_softness(const np_strategy_job *job)
{
    const double *p = job->params;
    const np_host *h = job->host;
    bool hard = p[HL_RAMP] < 4.0 || p[HL_RAMP_START] * p[HL_FRONT_SHARE] > 0.6;
    bool dark = p[HL_TONE_FRONT] > 0.7;
    char text[400];
    if (!hard && !dark)
        return;
    snprintf(text, sizeof text, "the line will look harsh:%s%s%s; natural hairlines are soft and lighter in front",
             hard ? " it has a hard edge (ramp_mm, ramp_start, front_share)" : "", hard && dark ? "," : "",
             dark ? " it is too dark (tone_front)" : "");
    h->log(h->context, 2, text);
}
