/* Drawing the line: Garg's construction (J Cutan Aesthet Surg 2017) from the landmarks, kept inside the
 * region, then made irregular.  A is the glabella, B the mid-frontal point above it, C the frontotemporal
 * points to the sides of B, D the temporal peaks below C; from D the line leaves the region, so that it parts
 * the region into before and behind. */
#include <needlepath/plugin_kit.h>

#include "hairline.h"

#define SPACING_MM 1.5
#define WALK_MM 1.0
#define BEYOND_BORDER_MM 10.0
#define MID_PUPIL_SHARE 0.5 /* of the way from B to C: mid-pupil is 32 mm from the midline, C about 60 */
#define SMOOTHING_ROUNDS 40

/* Walks MM from AT: towards the crown (up), or around it to the left, in small steps over the head's changing
 * radius. */
static hl_place walk(const hl_head *head, hl_place at, double up_mm, double around_mm)
{
    double length = sqrt(up_mm * up_mm + around_mm * around_mm);
    int steps = (int)ceil(length / WALK_MM);
    for (int i = 0; i < steps; i++)
        at = hl_head_move(head, at, -up_mm / steps, around_mm / steps);
    return at;
}

/* Height of the front part of the line over B, at T = 0 (middle) to 1 (C). */
static double front_height_mm(const double *p, double t, double from_middle_mm)
{
    double recession = p[HL_RECESSION];
    switch ((int)p[HL_SHAPE]) {
    case HL_LINEAR:
        return recession * t;
    case HL_ROUNDED:
        return recession * (1.0 - cos(1.5707963267948966 * t));
    case HL_M_SHAPED:
        return (recession + 10.0) * np_kit_smoothstep(0.35, 1.0, t);
    case HL_WIDOWS_PEAK: /* 27 mm wide: Kurdish men, 14.9 x 27.3 mm */
        return recession * np_kit_smoothstep(0.0, 2.0 * MID_PUPIL_SHARE, t) -
               p[HL_PEAK] * (1.0 - np_kit_smoothstep(0.0, 13.5, from_middle_mm));
    default: /* convex, then concave beyond the mid-pupil */
        return recession * np_kit_smoothstep(0.0, 2.0 * MID_PUPIL_SHARE, t);
    }
}

/* The front of one side, from the middle at HEIGHT_MM outwards to the frontotemporal point; SIDE +1 left, -1 right.  Returns the number
 * of places. */
static uint32_t design_front(const np_strategy_job *job, const hl_head *head, double height_mm, double side,
                             double raise_mm, hl_place *out)
{
    const double *p = job->params;
    hl_place glabella = hl_head_place(head, job->head->glabella);
    hl_place level = walk(head, glabella, height_mm, 0.0);
    uint32_t n = 0, front = (uint32_t)ceil(p[HL_FRONTOTEMPORAL] / SPACING_MM);
    for (uint32_t i = 0; i <= front; i++) {
        double t = (double)i / front;
        if (i > 0)
            level = walk(head, level, 0.0, side * p[HL_FRONTOTEMPORAL] / front);
        double height = front_height_mm(p, t, t * p[HL_FRONTOTEMPORAL]) + raise_mm * np_kit_smoothstep(0.0, 1.0, t);
        out[n++] = walk(head, level, height, 0.0);
    }
    return n;
}

/* One side of the design, likewise, on to the temporal peak. */
static uint32_t design_side(const np_strategy_job *job, const hl_head *head, double height_mm, double side,
                            double raise_mm, hl_place *out)
{
    const double *p = job->params;
    uint32_t n = design_front(job, head, height_mm, side, raise_mm, out);
    hl_place at = out[n - 1];
    /* down to the temporal peak, which lies a little forward of straight down */
    uint32_t down = (uint32_t)ceil(p[HL_TEMPORAL] / SPACING_MM);
    for (uint32_t i = 1; i <= down; i++)
        out[n++] = at = walk(head, at, -p[HL_TEMPORAL] / down, -side * 5.0 / down);
    return n;
}

/* Rounds corners: each place moves half-way to the middle of its neighbours. */
static void smooth(hl_place *at, uint32_t n, int rounds)
{
    for (int round = 0; round < rounds; round++) {
        hl_place before = at[0];
        for (uint32_t i = 1; i + 1 < n; i++) {
            hl_place here = at[i];
            at[i].ahead = 0.25 * before.ahead + 0.5 * here.ahead + 0.25 * at[i + 1].ahead;
            at[i].left = 0.25 * before.left + 0.5 * here.left + 0.25 * at[i + 1].left;
            before = here;
        }
    }
}

static double apart_mm(const hl_head *head, hl_place a, hl_place b)
{
    double down, around;
    hl_head_step_mm(head, a, b, &down, &around);
    return sqrt(down * down + around * around);
}

/* Places SPACING_MM apart along AT, with the arc from the MIDDLE-th place, which stays. */
static bool resample(const hl_head *head, const hl_place *at, uint32_t n, uint32_t middle, hl_line *line)
{
    double before = 0.0;
    for (uint32_t i = 0; i < middle; i++)
        before += apart_mm(head, at[i], at[i + 1]);
    double arc = -before, next = -SPACING_MM * floor(before / SPACING_MM);
    line->count = 0;
    for (uint32_t i = 0; i + 1 < n; i++) {
        double length = apart_mm(head, at[i], at[i + 1]);
        for (; next < arc + length; next += SPACING_MM) {
            if (line->count == HL_MAX_PLACES)
                return false;
            double t = (next - arc) / length;
            line->arc_mm[line->count] = next;
            line->at[line->count++] =
                (hl_place){np_kit_lerp(at[i].ahead, at[i + 1].ahead, t), np_kit_lerp(at[i].left, at[i + 1].left, t)};
        }
        arc += length;
    }
    return line->count >= 20;
}

/* Irregularity ahead of or behind the line as designed; the last places, at the temporal peaks, stay. */
static void roughen(const np_strategy_job *job, const hl_head *head, hl_line *line)
{
    static const uint32_t margin = 3;
    hl_place rough[HL_MAX_PLACES];
    hl_waves waves;
    hl_waves_choose(job, &waves);
    for (uint32_t i = margin; i + margin < line->count; i++) {
        double down, around;
        hl_head_step_mm(head, line->at[i - 1], line->at[i + 1], &down, &around);
        double length = sqrt(down * down + around * around);
        double ahead_mm = length > 0.0 ? hl_irregularity_mm(&waves, line->arc_mm[i]) / length : 0.0;
        rough[i] = hl_head_move(head, line->at[i], around * ahead_mm, -down * ahead_mm);
    }
    for (uint32_t i = margin; i + margin < line->count; i++)
        line->at[i] = hl_head_push_inside(head, rough[i], 1.0);
}

/* From the temporal peak at END straight over the nearest stretch of border, ahead of the peak, and out of
 * the region. */
static uint32_t leave_region(const hl_head *head, hl_place end, hl_place *out)
{
    uint32_t nearest, n = 0;
    double inside_mm = hl_head_border_mm(head, end, &nearest);
    double down, around;
    hl_head_step_mm(head, end, head->border[nearest], &down, &around);
    double length = sqrt(down * down + around * around);
    double total = fmax(inside_mm, 0.0) + BEYOND_BORDER_MM;
    if (length < 0.1)
        return 0;
    uint32_t steps = (uint32_t)ceil(total / SPACING_MM);
    for (uint32_t i = 1; i <= steps; i++) {
        double mm = total * i / steps;
        out[n++] = hl_head_move(head, end, mm * down / length, mm * around / length);
    }
    return n;
}

#define MAX_SIDE 200u /* places of a side's design, and of an end */

/* Puts the places of the ends around the line; false if they don't fit. */
static bool add_ends(const hl_head *head, hl_line *line)
{
    hl_place right[MAX_SIDE], left[MAX_SIDE];
    uint32_t n_right = leave_region(head, line->at[0], right);
    uint32_t n_left = leave_region(head, line->at[line->count - 1], left);
    if (line->count + n_right + n_left > HL_MAX_PLACES)
        return false;
    for (uint32_t i = line->count; i-- > 0;) {
        line->at[i + n_right] = line->at[i];
        line->arc_mm[i + n_right] = line->arc_mm[i];
    }
    line->count += n_right;
    for (uint32_t i = 0; i < n_right; i++) {
        line->at[n_right - 1 - i] = right[i];
        line->arc_mm[n_right - 1 - i] = line->arc_mm[n_right - i] - SPACING_MM;
    }
    for (uint32_t i = 0; i < n_left; i++) {
        line->at[line->count] = left[i];
        line->arc_mm[line->count] = line->arc_mm[line->count - 1] + SPACING_MM;
        line->count++;
    }
    return true;
}

/* ---- the height of its middle ---- */

#define LOWEST_MM 60.0    /* never lower in men: 60 to 80 (Garg 2017) */
#define HIGHEST_MM 110.0  /* as the parameter's range */
#define FOR_SHAPE_MM 15.0 /* so much higher than the middle needs it, so that the front keeps its shape */
#define FITS_WITHIN_MM 1.0

/* How far the front at HEIGHT_MM is from keeping GAP_MM to the border: 0 where it keeps it. */
static double lacking_mm(const np_strategy_job *job, const hl_head *head, double height_mm, double raise_mm,
                         double gap_mm, bool middle_alone)
{
    hl_place at[MAX_SIDE];
    double lacking = 0.0;
    uint32_t nearest;
    for (int side = -1; side <= 1; side += 2) {
        uint32_t n = design_front(job, head, height_mm, side, side * 0.5 * raise_mm, at);
        for (uint32_t i = 0; i < (middle_alone ? 1 : n); i++)
            lacking = fmax(lacking, gap_mm - hl_head_border_mm(head, at[i], &nearest));
    }
    return lacking;
}

/* The height that is asked for; where none is (0, or below 0 the least of a preset), the lowest that the region allows: in the middle, and if a little more is enough for it,
 * along all of the front.  Where even the middle has no room, where it has most. */
static double height_of_middle_mm(const np_strategy_job *job, const hl_head *head, double raise_mm, double gap_mm)
{
    const double step_mm = 1.0, asked = job->params[HL_MID_FRONTAL], from = asked < 0.0 ? -asked : LOWEST_MM;
    double lowest = from, least = INFINITY;
    if (asked > 0.0)
        return asked;
    for (double mm = from; mm <= HIGHEST_MM && least > 0.0; mm += step_mm) {
        double lacking = lacking_mm(job, head, mm, raise_mm, gap_mm, true);
        lowest = lacking < least ? mm : lowest;
        least = fmin(least, lacking);
    }
    for (double mm = lowest; mm <= fmin(lowest + FOR_SHAPE_MM, HIGHEST_MM); mm += step_mm)
        if (lacking_mm(job, head, mm, raise_mm, gap_mm, false) <= FITS_WITHIN_MM)
            return mm;
    return lowest;
}

const char *hl_line_draw(const np_strategy_job *job, const hl_head *head, hl_line *line)
{
    const np_host *h = job->host;
    const double *p = job->params;
    hl_place left[MAX_SIDE], right[MAX_SIDE], all[2 * MAX_SIDE], asked[2 * MAX_SIDE];

    /* one side a little higher than the other */
    uint64_t seed = hl_head_seed(job->head);
    double lot = h->uniform(h->context, HL_STREAM_ASYMMETRY, seed, 0), sign = lot < 0.5 ? -1.0 : 1.0;
    double raise =
        sign * p[HL_ASYMMETRY] * (2.0 / 3.0 + 2.0 / 3.0 * h->uniform(h->context, HL_STREAM_ASYMMETRY, seed, 1));
    double gap = p[HL_BORDER_GAP] + 0.5 * (p[HL_MACRO] + p[HL_MICRO]); /* for the irregularity and for sentinels */
    double height = height_of_middle_mm(job, head, raise, gap);
    uint32_t n_left = design_side(job, head, height, 1.0, 0.5 * raise, left);
    uint32_t n_right = design_side(job, head, height, -1.0, -0.5 * raise, right);

    uint32_t n = 0;
    for (uint32_t i = n_right; i-- > 1;)
        all[n++] = right[i];
    uint32_t middle = n;
    for (uint32_t i = 0; i < n_left; i++)
        all[n++] = left[i];

    /* inside the region */
    for (uint32_t i = 0; i < n; i++) {
        asked[i] = all[i];
        all[i] = hl_head_push_inside(head, all[i], gap);
    }
    hl_remark_place(job, head, asked, all, n, middle, (uint32_t)ceil(p[HL_FRONTOTEMPORAL] / SPACING_MM));
    smooth(all, n, SMOOTHING_ROUNDS / 4);
    if (!resample(head, all, n, middle, line))
        return "the hairline does not fit into the region: is it the frontal scalp?";
    line->corner_mm = p[HL_FRONTOTEMPORAL];
    roughen(job, head, line);
    hl_remark_torn(job, head, line);
    hl_remark_straight(job, head, line);
    if (!add_ends(head, line))
        return "the hairline is too long for the region";
    return 0;
}
