/* touch_up: fills what is missing of an earlier treatment, weeks or years later.  The case says what was made (its key made: the
 * earlier plan with its journal, the dots that were found on the skin, or both); this layer asks for what was wanted minus what
 * stands.  Where the dots go is the planner's work: it keeps them clear of what stands, as of follicles, so that they fall into
 * the gaps and both together have the pattern of one treatment. */
#include <needlepath/plugin_kit.h>

enum { DENSITY, TOLERANCE, FEATHER, TONE_SHIFT, TONE, TONE_VARIATION, LEAN, PARAM_COUNT };

#define STREAM_TONE 1u
#define STREAM_LEAN 2u

/* Density that is missing at sample I: by the earlier plan, which wanted nothing where it put no dot; by the parameter where the case
 * names no plan. */
static double missing_at(const double *p, const np_strategy_samples *s, uint32_t i)
{
    double planned = s->planned_density_per_cm2[i];
    double wanted = planned >= 0.0 ? planned : p[DENSITY];
    double missing = wanted - (planned >= 0.0 ? s->made_density_per_cm2[i] : s->existing_density_per_cm2[i]);
    if (!(missing > 0.0) || !(wanted > 0.0))
        return 0.0;
    /* a little too few is how any pattern wavers, and no gap */
    return missing * np_kit_smoothstep(0.5 * p[TOLERANCE], p[TOLERANCE], missing / wanted);
}

static int32_t paint(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *out)
{
    const double *p = job->params;
    for (uint32_t i = 0; i < s->count; i++) {
        double inside_mm = s->region_distance_mm[i];
        if (inside_mm < 0.0)
            continue;
        double planned = s->planned_density_per_cm2[i];
        out->coverage[i] = planned > 0.0 ? 1.0 : planned < 0.0 ? np_kit_smoothstep(0.0, p[FEATHER], inside_mm) : 0.0;
        out->density_per_cm2[i] = missing_at(p, s, i);
        np_kit_lean(job, s, i, STREAM_LEAN, p[LEAN], out);
        double tone = s->made_tone[i] >= 0.0 ? s->made_tone[i] + p[TONE_SHIFT] : p[TONE];
        out->tone[i] = np_kit_tone(job->host, STREAM_TONE, s->id[i], np_kit_clamp(tone, 0.0, 1.0), p[TONE_VARIATION]);
    }
    return 0;
}

static const np_param_desc params[PARAM_COUNT] = {
    [DENSITY] =
        NP_KIT_FLOAT("density_per_cm2", "Density", "Density",
                     "Follicles and dots together that are wanted where the case names no earlier plan; the plan "
                     "itself says what it wanted.",
                     "dots/cm2", 0, 100, 60),
    [TOLERANCE] = NP_KIT_FLOAT("tolerance", "Tolerance", "Density",
                               "Share that may be missing before dots are made: natural density wavers by 0.08 to 0.2.",
                               "", 0, 0.5, 0.08),
    [FEATHER] = NP_KIT_FLOAT(
        "feather_mm", "Feather", "Edge",
        "Width over which the layer fades in from the region's border where there is no earlier plan.", "mm", 0, 30, 8),
    [TONE_SHIFT] = NP_KIT_FLOAT("tone_shift", "Darker than what stands", "Look",
                                "Added to the mean tone of the dots around: 0 matches them.", "", -0.5, 0.5, 0),
    [TONE] = NP_KIT_FLOAT("tone", "Tone", "Look", "Where no dot stands near, or its tone is not known.", "", 0, 1, 0.5),
    [TONE_VARIATION] = NP_KIT_TONE_VARIATION("Look"),
    [LEAN] = NP_KIT_LEAN,
};

static const np_input_desc inputs[] = {
    NP_KIT_INPUT("region", "Region", "Where gaps are looked for.", NP_INPUT_REGION, 1, 1),
};

static const np_strategy_desc strategy = {
    .struct_size = sizeof(np_strategy_desc),
    .id = "touch_up",
    .name = "Touch-up",
    .version = "1.0.1",
    .licence = "Apache-2.0",
    .summary = "Fills the gaps of an earlier treatment: what was wanted minus what stands.",
    .param_count = PARAM_COUNT,
    .params = params,
    .input_count = 1,
    .inputs = inputs,
    .channels = NP_CHANNEL_REGION_DISTANCE | NP_CHANNEL_EXISTING_DENSITY | NP_CHANNEL_HAIR_TILT | NP_CHANNEL_HISTORY,
    .paint = paint,
};

NP_KIT_PLUGIN(2, &strategy)
