/* Sideburns: from the ear forwards as wide as asked, soft in front, blunt below, which is as wide as above; and a word where they are
 * less than looks natural.  None of their edges is straight: those of sideburns are feathered, in front and below (docs/domain.md 3), and a ruler's line looks drawn. */
#include <needlepath/plugin_kit.h>
#include <stdio.h>

#include "full_scalp.h"

#define EAR_GAP_MM                                                                                                     \
    11.0 /* from the tragion to the ear's side of the sideburn: the ear itself ends 8 mm in front of it */
#define SIDEBURN_FADE_MM 4.0 /* its front edge is soft */
#define SIDEBURN_END_MM 3.0  /* and so is its lower end */
#define SIDEBURN_EAR_MM 2.0
#define SIDEBURN_WANDER_MM 1.2
#define NATURAL_MM 15.0 /* to 25: docs/domain.md 2.8 */
#define AHEAD_MM 60.0   /* farther in front of the ear there is no sideburn */

/* Millimetres of (X, Y, Z) along the axes of a head held upright from the tragion of its left or right ear. */
static void from_tragion_mm(const np_strategy_head *head, bool on_left, const double p[3], double *ahead, double *up)
{
    const double *tragion = on_left ? head->tragion_left : head->tragion_right;
    *ahead = *up = 0.0;
    for (int c = 0; c < 3; c++) {
        *ahead += head->anterior[c] * (p[c] - tragion[c]);
        *up += head->up[c] * (p[c] - tragion[c]);
    }
}

typedef enum sideburn_edge { FRONT, END, EAR, BORDER } sideburn_edge;

/* How far an edge of the sideburn at AT wanders, ALONG mm of it. */
static double wander_mm(const np_strategy_job *job, np_kit_place at, sideburn_edge edge, double along_mm)
{
    const double apart_mm = 100.0; /* from one edge's noise to the next one's */
    return SIDEBURN_WANDER_MM * np_kit_wander(job->host, FS_STREAM_SIDEBURN, 9.0, 3.5, 0.6, along_mm,
                                              apart_mm * ((int)edge + 0.5), apart_mm * (at.left + 0.5));
}

double fs_sideburn_edge(const np_strategy_job *job, np_kit_place at, const double q[3], double inside)
{
    const double *p = job->params;
    double ahead, up;
    from_tragion_mm(job->head, at.left > 0.0, q, &ahead, &up);
    double front = EAR_GAP_MM + p[FS_SIDEBURN_WIDTH] + wander_mm(job, at, FRONT, up) - ahead;
    double above_end = up - p[FS_SIDEBURN_END] - wander_mm(job, at, END, ahead);
    double from_ear = ahead - EAR_GAP_MM - fabs(wander_mm(job, at, EAR, up));
    double from_border = inside - fmax(0.0, wander_mm(job, at, BORDER, ahead + up));
    return np_kit_smoothstep(-0.5 * SIDEBURN_FADE_MM, 0.5 * SIDEBURN_FADE_MM, front) *
           np_kit_smoothstep(-0.5 * SIDEBURN_END_MM, 0.5 * SIDEBURN_END_MM, above_end) *
           np_kit_smoothstep(-0.5 * SIDEBURN_EAR_MM, 0.5 * SIDEBURN_EAR_MM, from_ear) *
           np_kit_smoothstep(0.0, SIDEBURN_EAR_MM, from_border);
}

/* The two places, mm in front of the tragion, at which REGION's border crosses the height UP_MM over it farthest in front: a sideburn's front and its
 * back.  False where it does not cross it twice there. */
static bool sideburn_of(const np_strategy_job *job, const np_strategy_curve *region, bool on_left, double up_mm,
                        double *out_front, double *out_back)
{
    double before_ahead = 0.0, before_up = 0.0;
    *out_front = *out_back = -AHEAD_MM;
    for (uint32_t i = 0; i <= region->count; i++) {
        uint32_t k = i % region->count;
        double p[3] = {region->x[k], region->y[k], region->z[k]}, ahead, up;
        from_tragion_mm(job->head, on_left, p, &ahead, &up);
        bool crosses = i > 0 && (p[1] > 0.0) == on_left && (before_up < up_mm) != (up < up_mm);
        double at = crosses ? np_kit_lerp(before_ahead, ahead, (up_mm - before_up) / (up - before_up)) : AHEAD_MM;
        if (at < AHEAD_MM && at > *out_front) {
            *out_back = *out_front;
            *out_front = at;
        } else if (at < AHEAD_MM && at > *out_back) {
            *out_back = at;
        }
        before_ahead = ahead;
        before_up = up;
    }
    return *out_back > -AHEAD_MM;
}

/* Least width that the region leaves between the ear and ASKED_MM in front of it. */
static double room_mm(const np_strategy_job *job, bool on_left, double asked_mm)
{
    static const double above_end_mm[] = {4.0, 10.0, 16.0};
    double least = asked_mm;
    for (int i = 0; i < 3; i++) {
        double front, back, up = job->params[FS_SIDEBURN_END] + above_end_mm[i];
        if (sideburn_of(job, job->regions[0], on_left, up, &front, &back) && front > EAR_GAP_MM &&
            back < EAR_GAP_MM + asked_mm)
            least = fmin(least, fmin(front, EAR_GAP_MM + asked_mm) - fmax(back, EAR_GAP_MM));
    }
    return least;
}

void fs_sideburn_remark(const np_strategy_job *job)
{
    const double asked = job->params[FS_SIDEBURN_WIDTH];
    char text[300];
    if (asked < NATURAL_MM) {
        snprintf(text, sizeof text,
                 "sideburn_width_mm is %g, and sideburns of 15 to 25 mm look natural: raise it unless they are to be "
                 "narrow",
                 asked);
        job->host->log(job->host->context, 2, text);
    }
    for (int on_left = 1; on_left >= 0; on_left--) {
        double room = room_mm(job, on_left, asked);
        room -= room < asked ? SIDEBURN_EAR_MM : 0.0; /* it fades at the region's border */
        if (room >= fmin(asked, NATURAL_MM) - 1.0)
            continue;
        const char *side = on_left ? "left" : "right";
        snprintf(text, sizeof text,
                 "the region leaves the %s sideburn %.0f mm where 15 to 25 look natural: give it more room with "
                 "union: [REGION, {of: sideburn_%s, grow_mm: 7}]",
                 side, fmax(room, 0.0), side);
        job->host->log(job->host->context, 2, text);
    }
}
