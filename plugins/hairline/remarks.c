/* What hairline has to say of its own line: that it does not lie where it was asked for, and that it will look harsh.  A line is
 * drawn from the landmarks and then kept inside the region, which silently changed its height and its shape. */
#include <needlepath/plugin_kit.h>
#include <stdio.h>

#include "hairline.h"

#define SAID_FROM_MM 1.5    /* a height is not measured closer than that on a head */
#define CLIPPED_FROM_MM 3.0 /* between places of the front, beside how far the middle was moved */

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

/* The ranges are those that the parameters' help gives as natural (Shapiro 2004; Keene), with room. */
void hl_remark_softness(const np_strategy_job *job)
{
    const double *p = job->params;
    const np_host *h = job->host;
    bool straight = p[HL_MACRO] + p[HL_MICRO] < 2.0;
    bool hard = p[HL_RAMP] < 4.0 || p[HL_RAMP_START] * p[HL_FRONT_SHARE] > 0.6;
    bool dark = p[HL_TONE_FRONT] > 0.7;
    char text[400];
    if (!straight && !hard && !dark)
        return;
    snprintf(text, sizeof text,
             "the line will look harsh:%s%s%s; natural hairlines are soft, irregular and lighter in front",
             straight ? " it is too straight (macro_mm and micro_mm)" : "",
             hard ? (straight ? ", it has a hard edge (ramp_mm, ramp_start, front_share)"
                              : " it has a hard edge (ramp_mm, ramp_start, front_share)")
                  : "",
             dark ? (straight || hard ? ", it is too dark (tone_front)" : " it is too dark (tone_front)") : "");
    h->log(h->context, 2, text);
}
