/* hairline: where hair begins.  Layout draws the line; here it becomes a field: nothing ahead of it, and
 * behind it a ramp from single hairs to full density, over the transition zone and then the defined zone
 * (Shapiro 2004). */
#include <needlepath/plugin_kit.h>
#include <stdlib.h>

#include "hairline.h"

#define OUTLINE_ROOM 1024u

/* What lies ahead of the line, as a polygon on the chart: the line, closed around the face. */
typedef struct outline {
    uint32_t count;
    hl_place at[OUTLINE_ROOM];
    double rearmost;
} outline;

static void draw_outline(const hl_head *head, const np_strategy_curve *line, outline *out)
{
    const double beyond = 4.0; /* radians: outside of every place of the head, chords included */
    uint32_t stride = line->count / (OUTLINE_ROOM - 10u) + 1u;
    out->count = 0;
    for (uint32_t i = 0; i < line->count; i += stride) {
        double p[3] = {line->x[i], line->y[i], line->z[i]};
        out->at[out->count++] = hl_head_place(head, p);
    }
    double right = atan2(out->at[0].left, out->at[0].ahead);
    double left = atan2(out->at[out->count - 1].left, out->at[out->count - 1].ahead);
    for (int i = 0; i <= 6; i++) {
        double around = np_kit_lerp(left, right, i / 6.0);
        out->at[out->count++] = (hl_place){beyond * cos(around), beyond * sin(around)};
    }
    out->rearmost = INFINITY;
    for (uint32_t i = 0; i < out->count; i++)
        out->rearmost = fmin(out->rearmost, out->at[i].ahead);
}

/* Even-odd rule. */
static bool is_ahead(const outline *o, hl_place at)
{
    bool ahead = false;
    if (at.ahead < o->rearmost)
        return false;
    for (uint32_t i = 0, j = o->count - 1; i < o->count; j = i++) {
        hl_place p = o->at[i], q = o->at[j];
        if ((p.left > at.left) != (q.left > at.left) &&
            at.ahead < (q.ahead - p.ahead) * (at.left - p.left) / (q.left - p.left) + p.ahead)
            ahead = !ahead;
    }
    return ahead;
}

static double chord_mm(const np_strategy_curve *line, const double p[3])
{
    double best = INFINITY;
    for (uint32_t i = 0; i < line->count; i++) {
        double dx = line->x[i] - p[0], dy = line->y[i] - p[1], dz = line->z[i] - p[2];
        best = fmin(best, dx * dx + dy * dy + dz * dz);
    }
    return sqrt(best);
}

/* Distance behind the line.  Its sign comes from the outline alone: where the nearest point of the line is a
 * corner of it, or one of its ends, left and right of the line mean little.  A distance that is smaller than
 * the chord comes from between two such places. */
static double behind_mm(const outline *o, hl_place at, const np_strategy_curve *line, double distance,
                        const double p[3], double limit_mm)
{
    double far = fabs(distance);
    if (far < limit_mm)
        far = fmax(far, chord_mm(line, p) - 1.0); /* the line's points are a millimetre apart */
    return is_ahead(o, at) ? -far : far;
}

/* Distance from the midline along the circle around the crown that runs through a place. */
static double from_middle_mm(const hl_head *head, hl_place at, const double p[3])
{
    double dx = p[0] - head->centre[0], dy = p[1] - head->centre[1], dz = p[2] - head->centre[2];
    double polar = sqrt(at.ahead * at.ahead + at.left * at.left);
    return sqrt(dx * dx + dy * dy + dz * dz) * sin(polar) * fabs(atan2(at.left, at.ahead));
}

/* How strongly the layer claims a point that is INSIDE mm from the region's border and BEHIND mm from the
 * line: fully along the line, where the ramp is the fade; fading out towards every other stretch of the
 * border, and backwards. */
static double claim(const double *p, double inside, double behind)
{
    double other_border = np_kit_smoothstep(0.0, 4.0, behind - inside);
    double sideways = np_kit_lerp(1.0, np_kit_smoothstep(0.0, p[HL_FEATHER], inside), other_border);
    return sideways * (1.0 - np_kit_smoothstep(0.5 * p[HL_BEHIND], p[HL_BEHIND], behind));
}

/* Hair thickens in two steps: the ramp of the transition zone, then slowly over some centimetres of scalp. */
#define THICKENS_FROM_MM 20.0
#define THICKENS_TO_MM 60.0

/* Share of the full density BEHIND mm from the line, at FROM_MIDDLE mm along it. */
static double share(const double *p, double behind, double from_middle)
{
    double corner = p[HL_FRONTOTEMPORAL];
    double front =
        np_kit_lerp(p[HL_FRONT_SHARE], p[HL_TEMPLE_SHARE], np_kit_smoothstep(0.6 * corner, 1.2 * corner, from_middle));
    double zone = np_kit_lerp(front, 1.0, np_kit_smoothstep(THICKENS_FROM_MM, THICKENS_TO_MM, behind));
    return zone * np_kit_lerp(p[HL_RAMP_START], 1.0, np_kit_smoothstep(0.0, p[HL_RAMP], behind));
}

/* What paint reads of the line, the same for all samples. */
typedef struct drawn {
    hl_head head;
    outline ahead;
} drawn;

int32_t hl_prepare(const np_strategy_job *job, void **state)
{
    drawn *d = job->curve_count > 0 ? malloc(sizeof *d) : NULL;
    if (!d) {
        job->host->set_error(job->host->context,
                             job->curve_count > 0 ? "out of memory" : "the hairline's line is missing");
        return -1;
    }
    hl_head_orient(&d->head, job->head);
    draw_outline(&d->head, job->curves[0], &d->ahead);
    *state = d;
    return 0;
}

void hl_finish(const np_strategy_job *job, void *state)
{
    (void)job;
    free(state);
}

int32_t hl_paint(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *out)
{
    const double *p = job->params;
    const drawn *d = job->state;
    const np_strategy_curve *line = job->curves[0];
    double nearness = fmin(p[HL_BEHIND], THICKENS_TO_MM); /* farther off, how far makes no difference */
    for (uint32_t i = 0; i < s->count; i++) {
        double inside = s->region_distance_mm[i];
        if (inside < 0.0)
            continue;

        np_kit_lean(job, s, i, HL_STREAM_LEAN, p[HL_LEAN], out); /* ahead of the line, too: for sentinels */
        double at[3] = {s->x[i], s->y[i], s->z[i]};
        hl_place place = hl_head_place(&d->head, at);
        double behind = behind_mm(&d->ahead, place, line, s->curve_distance_mm[i], at, nearness);
        if (behind < 0.0) {
            out->coverage[i] = 1.0; /* no other layer has hair ahead of the hairline */
            continue;
        }
        if (behind >= p[HL_BEHIND])
            continue;
        double target = p[HL_DENSITY] * share(p, behind, from_middle_mm(&d->head, place, at)) *
                        np_kit_variation(job->host, HL_STREAM_VARIATION, p[HL_VARIATION], 12.0, at[0], at[1], at[2]);
        double depth_in = np_kit_smoothstep(p[HL_RAMP], THICKENS_TO_MM, behind);

        out->coverage[i] = claim(p, inside, behind);
        if (behind < p[HL_RAMP])
            out->first_session[i] = (int32_t)p[HL_EDGE_SESSION];
        out->density_per_cm2[i] = fmax(0.0, target - s->existing_density_per_cm2[i]);
        out->depth_mm[i] = np_kit_lerp(p[HL_DEPTH], out->depth_mm[i], depth_in);
        double tone = np_kit_lerp(p[HL_TONE_FRONT], p[HL_TONE], np_kit_smoothstep(0.0, 2.0 * p[HL_RAMP], behind));
        out->tone[i] = np_kit_tone(job->host, HL_STREAM_TONE, s->id[i], tone, p[HL_TONE_VARIATION]);
    }
    return 0;
}
