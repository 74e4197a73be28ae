/* crown: density about the whorls, one or two.  How much a place belongs to the crown falls with its distance from the nearest whorl,
 * not with that from an outline, and the border wanders: bald crowns are no discs.  In the middle of a whorl hair parts to all sides
 * and skin shows, so that it is a little thinner and lighter there. */
#include <needlepath/plugin_kit.h>
#include <stdio.h>

enum {
    TARGET,
    RADIUS,
    FEATHER,
    WANDER,
    CENTRE_SHARE,
    CENTRE_RADIUS,
    CENTRE_TONE,
    EXISTING_SHARE,
    VARIATION,
    VARIATION_WAVELENGTH,
    TONE,
    TONE_VARIATION,
    LEAN,
    PARAM_COUNT
};

#define STREAM_VARIATION 1u
#define STREAM_TONE 2u
#define STREAM_LEAN 3u
#define STREAM_BORDER 4u /* and the next */

#define USUAL_DOWN_DEG 40.0 /* where a whorl lies that the case does not name: on the midline behind the top */
#define MM_PER_DEG 1.6      /* of the chart, at the crown */
#define BRIDGE_MM 6.0       /* two whorls' crowns run into one another over this */
#define REGION_FADE_MM 4.0  /* at the region's own border, which may cut the crown off */
#define DEG_PER_RAD 57.29577951308232

/* Straight distance of sample I to the nearest whorl, rounded off between two; the usual place where none is known. */
static double from_whorl_mm(const np_strategy_job *job, const np_strategy_samples *s, uint32_t i)
{
    const np_strategy_head *head = job->head;
    if (head->whorl_count == 0) {
        np_kit_place at = np_kit_chart(head, s->x[i], s->y[i], s->z[i]);
        double ahead = at.down_deg * cos(at.around_deg / DEG_PER_RAD),
               side = at.down_deg * sin(at.around_deg / DEG_PER_RAD);
        return MM_PER_DEG * sqrt((ahead + USUAL_DOWN_DEG) * (ahead + USUAL_DOWN_DEG) + side * side);
    }
    double nearest = INFINITY, sum = 0.0;
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t w = 0; w < head->whorl_count; w++) {
            double dx = s->x[i] - head->whorl_x[w], dy = s->y[i] - head->whorl_y[w], dz = s->z[i] - head->whorl_z[w];
            double d = sqrt(dx * dx + dy * dy + dz * dz);
            if (pass == 0)
                nearest = fmin(nearest, d);
            else
                sum += exp((nearest - d) / BRIDGE_MM);
        }
    return fmax(0.0, nearest - BRIDGE_MM * log(sum));
}

/* Who asks for a fade that is longer than the crown is wide gets hardly a dot, and is told why. */
static int32_t prepare(const np_strategy_job *job, void **state)
{
    const double *p = job->params;
    char text[300];
    (void)state;
    if (p[RADIUS] > p[FEATHER])
        return 0;
    snprintf(
        text, sizeof text,
        "the crown is nowhere full: it ends %g mm from the whorl (radius_mm) and fades out over %g mm "
        "(feather_mm), so that few dots are made; make radius_mm larger, or feather_mm smaller, %g mm for instance",
        p[RADIUS], p[FEATHER], 0.4 * p[RADIUS]);
    job->host->log(job->host->context, 2, text);
    return 0;
}

static int32_t paint(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *out)
{
    const double *p = job->params;
    for (uint32_t i = 0; i < s->count; i++) {
        double inside_mm = s->region_distance_mm[i], x = s->x[i], y = s->y[i], z = s->z[i];
        if (inside_mm < 0.0)
            continue;
        double far = from_whorl_mm(job, s, i);
        double edge = p[RADIUS] + p[WANDER] * np_kit_wander(job->host, STREAM_BORDER, 30.0, 10.0, 0.5, x, y, z);
        out->coverage[i] =
            (1.0 - np_kit_smoothstep(edge - p[FEATHER], edge, far)) * np_kit_smoothstep(0.0, REGION_FADE_MM, inside_mm);
        if (out->coverage[i] <= 0.0)
            continue;
        double in_centre = 1.0 - np_kit_smoothstep(0.0, p[CENTRE_RADIUS], far);
        double target = p[TARGET] * np_kit_lerp(1.0, p[CENTRE_SHARE], in_centre) *
                        np_kit_variation(job->host, STREAM_VARIATION, p[VARIATION], p[VARIATION_WAVELENGTH], x, y, z);
        double missing = target - p[EXISTING_SHARE] * s->existing_density_per_cm2[i];

        out->density_per_cm2[i] = missing > 0.0 ? missing : 0.0;
        np_kit_lean(job, s, i, STREAM_LEAN, p[LEAN], out);
        out->tone[i] =
            np_kit_tone(job->host, STREAM_TONE, s->id[i], p[TONE] + p[CENTRE_TONE] * in_centre, p[TONE_VARIATION]);
    }
    return 0;
}

static const np_param_desc params[PARAM_COUNT] = {
    [TARGET] = NP_KIT_FLOAT("density_per_cm2", "Target density", "Density",
                            "Follicles and dots together; 60 is conservative beside natural hair of 75 (Guo 2017).",
                            "dots/cm2", 10, 100, 60),
    [RADIUS] =
        NP_KIT_FLOAT("radius_mm", "Radius", "Edge",
                     "How far from the nearest whorl the crown ends, as far as the region goes; a whorl turns hair "
                     "over 100 to 130 mm across (True).",
                     "mm", 10, 90, 48),
    [FEATHER] = NP_KIT_FLOAT("feather_mm", "Feather", "Edge",
                             "Width over which it fades out, less than radius_mm; no fade at the edge looks false.",
                             "mm", 2, 60, 18),
    [WANDER] = NP_KIT_FLOAT(
        "border_wander_mm", "Wandering of the border", "Edge",
        "How far the border wanders to either side; a round one looks drawn.  An engineering choice.", "mm", 0, 12, 4),
    [CENTRE_SHARE] =
        NP_KIT_FLOAT("centre_share", "Share in the whorl's middle", "Density",
                     "Density in the middle of a whorl as a share of the rest: hair parts there and skin shows.  "
                     "An engineering choice.",
                     "", 0.2, 1.2, 0.8),
    [CENTRE_RADIUS] =
        NP_KIT_FLOAT("centre_radius_mm", "Radius of the whorl's middle", "Density",
                     "Over which the density rises to the rest's.  An engineering choice.", "mm", 1, 30, 10),
    [CENTRE_TONE] =
        NP_KIT_FLOAT("centre_tone", "Tone in the whorl's middle", "Look",
                     "Added to the tone in the middle of a whorl.  An engineering choice.", "", -0.5, 0.5, -0.08),
    [EXISTING_SHARE] = NP_KIT_FLOAT("existing_share", "Weight of existing hair", "Density",
                                    "How much of the existing density is taken off; below 1 where hair is fine.  An "
                                    "engineering choice.",
                                    "", 0, 1, 1.0),
    [VARIATION] = NP_KIT_VARIATION,
    [VARIATION_WAVELENGTH] = NP_KIT_VARIATION_WAVELENGTH,
    [TONE] = NP_KIT_TONE,
    [TONE_VARIATION] = NP_KIT_TONE_VARIATION("Look"),
    [LEAN] = NP_KIT_LEAN,
};

static const np_input_desc inputs[] = {
    NP_KIT_INPUT("region", "Region", "Where dots may be made: the crown, with room for its border.", NP_INPUT_REGION, 1,
                 1),
};

static const np_strategy_desc strategy = {
    .struct_size = sizeof(np_strategy_desc),
    .id = "crown",
    .name = "Crown",
    .version = "1.0.0",
    .licence = "Apache-2.0",
    .summary = "Fills a crown about its whorls, one or two, out to an irregular border.",
    .param_count = PARAM_COUNT,
    .params = params,
    .input_count = 1,
    .inputs = inputs,
    .channels = NP_CHANNEL_REGION_DISTANCE | NP_CHANNEL_EXISTING_DENSITY | NP_CHANNEL_HAIR_TILT,
    .prepare = prepare,
    .paint = paint,
};

NP_KIT_PLUGIN(1, &strategy)
