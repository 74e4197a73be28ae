/* hairline: where hair begins.  Layout draws the line; here it becomes a field: nothing ahead of it, and
 * behind it a ramp from single hairs to full density, over the transition zone and then the defined zone
 * (Shapiro 2004). */
#include <needlepath/plugin_kit.h>

#include "hairline.h"

/* Distance behind the line.  Where the nearest point of the line is one of its ends, which lie outside the
 * region, left and right of it mean nothing: there, behind is behind. */
static double behind_mm(const np_strategy_curve *line, double distance, double arc, double x)
{
    uint32_t last = line->count - 1;
    bool at_start = arc <= 0.5, at_end = arc >= line->arc_mm[last] - 0.5;
    if (!at_start && !at_end)
        return distance;
    double end_x = line->x[at_start ? 0 : last];
    return x < end_x ? fabs(distance) : -fabs(distance);
}

/* How strongly the layer claims a point that is INSIDE mm from the region's border and BEHIND mm from the
 * line: fully along the line, where the ramp is the fade; fading out towards every other stretch of the
 * border. */
static double claim(const double *p, double inside, double behind)
{
    double other_border = np_kit_smoothstep(0.0, 4.0, behind - inside);
    return np_kit_lerp(1.0, np_kit_smoothstep(0.0, p[HL_FEATHER], inside), other_border);
}

/* Share of the full density BEHIND mm from the line, at FROM_MIDDLE mm along it. */
static double share(const double *p, double behind, double from_middle)
{
    double corner = p[HL_FRONTOTEMPORAL];
    double front = np_kit_lerp(p[HL_FRONT_SHARE], p[HL_TEMPLE_SHARE],
                               np_kit_smoothstep(0.6 * corner, 1.2 * corner, from_middle));
    double zone = np_kit_lerp(front, 1.0, np_kit_smoothstep(p[HL_RAMP], p[HL_RAMP] + p[HL_DEFINED], behind));
    return zone * np_kit_lerp(p[HL_RAMP_START], 1.0, np_kit_smoothstep(0.0, p[HL_RAMP], behind));
}

int32_t hl_paint(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *out)
{
    const double *p = job->params;
    if (job->curve_count < 1) {
        job->host->set_error(job->host->context, "the hairline's line is missing");
        return -1;
    }
    const np_strategy_curve *line = &job->curves[0];
    double half_length = 0.5 * line->arc_mm[line->count - 1];
    for (uint32_t i = 0; i < s->count; i++) {
        double inside = s->region_distance_mm[i];
        if (inside < 0.0)
            continue;
        double arc = s->curve_arc_mm[i];
        double behind = behind_mm(line, s->curve_distance_mm[i], arc, s->x[i]);
        if (behind < 0.0) {
            out->coverage[i] = 1.0; /* no other layer has hair ahead of the hairline */
            continue;
        }
        double wave = np_kit_noise(job->host, HL_STREAM_VARIATION, 12.0, s->x[i], s->y[i], s->z[i]);
        double target = p[HL_DENSITY] * share(p, behind, fabs(arc - half_length)) *
                        (1.0 + p[HL_VARIATION] * np_kit_clamp(wave, -2.5, 2.5));
        double depth_in = np_kit_smoothstep(p[HL_RAMP], p[HL_RAMP] + p[HL_DEFINED], behind);

        out->coverage[i] = claim(p, inside, behind);
        out->density_per_cm2[i] = fmax(0.0, target - s->existing_density_per_cm2[i]);
        out->depth_mm[i] = np_kit_lerp(p[HL_DEPTH], out->depth_mm[i], depth_in);
        out->tone[i] =
            np_kit_lerp(p[HL_TONE_FRONT], p[HL_TONE], np_kit_smoothstep(0.0, 2.0 * p[HL_RAMP], behind));
    }
    return 0;
}
