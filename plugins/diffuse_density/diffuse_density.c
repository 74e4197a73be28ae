/* diffuse_density: makes thin hair look dense.  Everywhere in the region it aims at a target density and asks
 * for the target minus what grows there, so that follicles and dots together look like one head of hair.
 *
 * Zones are graded, not cut: the samples' zone has hard borders, across which a step of density would be
 * seen, so the shares of front, temples and crown are blended over some centimetres by where the sample lies
 * between the landmarks. */
#include <needlepath/plugin_kit.h>

enum {
    TARGET,
    FRONT_SHARE,
    TEMPLE_SHARE,
    CROWN_SHARE,
    BACK_SHARE,
    EXISTING_SHARE,
    FEATHER,
    VARIATION,
    VARIATION_WAVELENGTH,
    TONE,
    TONE_FRONT,
    TONE_VARIATION,
    LEAN,
    PARAM_COUNT
};

#define STREAM_VARIATION 1u
#define STREAM_TONE 2u
#define STREAM_LEAN 3u

/* How much a place belongs to each zone, 0..1; the rest is midscalp. */
typedef struct zone_weights {
    double front, temple, crown, back;
} zone_weights;

/* Angles about the head's middle: from the vertex down, and around from straight ahead. */
static zone_weights weigh_zones(const np_strategy_head *l, double x, double y, double z)
{
    const double pi = 3.14159265358979323846, deg = pi / 180.0;
    double cx = 0.5 * (l->glabella[0] + l->inion[0]), cz = 0.5 * (l->glabella[2] + l->inion[2]);
    double vx = l->vertex[0] - cx, vz = l->vertex[2] - cz;
    double vn = sqrt(vx * vx + vz * vz);
    vx /= vn;
    vz /= vn;

    /* up along the vertex' direction, ahead at a right angle to it in the midline plane */
    double px = x - cx, pz = z - cz;
    double up = px * vx + pz * vz, ahead = px * vz - pz * vx, side = fabs(y);
    double polar = atan2(sqrt(ahead * ahead + side * side), up);
    double around = atan2(side, ahead);

    zone_weights w;
    double low = np_kit_smoothstep(32.0 * deg, 52.0 * deg, polar);
    w.front = low * (1.0 - np_kit_smoothstep(35.0 * deg, 60.0 * deg, around));
    w.temple = np_kit_smoothstep(45.0 * deg, 68.0 * deg, polar) * np_kit_smoothstep(35.0 * deg, 60.0 * deg, around) *
               (1.0 - np_kit_smoothstep(85.0 * deg, 110.0 * deg, around));
    double behind = np_kit_smoothstep(105.0 * deg, 135.0 * deg, around);
    w.crown = behind * np_kit_smoothstep(12.0 * deg, 28.0 * deg, polar) *
              (1.0 - np_kit_smoothstep(58.0 * deg, 78.0 * deg, polar));
    w.back = behind * np_kit_smoothstep(58.0 * deg, 78.0 * deg, polar);
    return w;
}

static int32_t paint(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *out)
{
    const double *p = job->params;
    for (uint32_t i = 0; i < s->count; i++) {
        double inside_mm = s->region_distance_mm[i];
        if (inside_mm < 0.0)
            continue;
        zone_weights w = weigh_zones(job->head, s->x[i], s->y[i], s->z[i]);
        double share = 1.0 + w.front * (p[FRONT_SHARE] - 1.0) + w.temple * (p[TEMPLE_SHARE] - 1.0) +
                       w.crown * (p[CROWN_SHARE] - 1.0) + w.back * (p[BACK_SHARE] - 1.0);
        double target = p[TARGET] * share *
                        np_kit_variation(job->host, STREAM_VARIATION, p[VARIATION], p[VARIATION_WAVELENGTH], s->x[i],
                                         s->y[i], s->z[i]);
        double missing = target - p[EXISTING_SHARE] * s->existing_density_per_cm2[i];

        out->coverage[i] = np_kit_smoothstep(0.0, p[FEATHER], inside_mm);
        out->density_per_cm2[i] = missing > 0.0 ? missing : 0.0;
        np_kit_lean(job, s, i, STREAM_LEAN, p[LEAN], out);
        double edge = w.front + w.temple;
        double tone = p[TONE] + p[TONE_FRONT] * (edge < 1.0 ? edge : 1.0);
        out->tone[i] = np_kit_tone(job->host, STREAM_TONE, s->id[i], tone, p[TONE_VARIATION]);
    }
    return 0;
}

static const np_param_desc params[PARAM_COUNT] = {
    [TARGET] = NP_KIT_FLOAT("density_per_cm2", "Target density", "Density",
                            "Follicles and dots together in the midscalp; 60 is a conservative full scalp, 75 the mean "
                            "of Guo 2017 "
                            "(follicular units), 100 the upper limit.",
                            "dots/cm2", 10, 100, 60),
    [FRONT_SHARE] = NP_KIT_FLOAT(
        "front_share", "Share at the front", "Density",
        "Density behind the frontal hairline as a share of the midscalp's: 0.6 to 0.7 (Keene: 51 units/cm2 "
        "against 75).",
        "", 0, 1.2, 0.65),
    [TEMPLE_SHARE] = NP_KIT_FLOAT(
        "temple_share", "Share at the temples", "Density",
        "Density at the temples as a share of the midscalp's: 0.5 to 0.6 (Keene: 44 units/cm2 against 75).", "", 0, 1.2,
        0.55),
    [CROWN_SHARE] = NP_KIT_FLOAT(
        "crown_share", "Share at the crown", "Density",
        "Density at the crown as a share of the midscalp's; 1: highest at the vertex and equal at the back "
        "(BioMed Res Int 2020:2476890).",
        "", 0, 1.2, 1.0),
    [BACK_SHARE] = NP_KIT_FLOAT(
        "back_share", "Share at the back", "Density",
        "Density at the back of the head as a share of the midscalp's (BioMed Res Int 2020:2476890).", "", 0, 1.2, 1.0),
    [EXISTING_SHARE] =
        NP_KIT_FLOAT("existing_share", "Weight of existing hair", "Density",
                     "How much of the existing density is taken off the target; below 1 where hair is fine or "
                     "miniaturised.  An engineering choice.",
                     "", 0, 1, 1.0),
    [FEATHER] =
        NP_KIT_FLOAT("feather_mm", "Feather", "Edge",
                     "Width over which the layer fades in from the region's border; no fade at the edge looks false.",
                     "mm", 0, 30, 10),
    [VARIATION] = NP_KIT_VARIATION,
    [VARIATION_WAVELENGTH] = NP_KIT_VARIATION_WAVELENGTH,
    [TONE] = NP_KIT_TONE,
    [TONE_FRONT] = NP_KIT_FLOAT("tone_front", "Tone at the front", "Look",
                                "Added to the tone towards hairline and temples, which are done lighter than the rest.",
                                "", -0.5, 0.5, -0.1),
    [TONE_VARIATION] = NP_KIT_TONE_VARIATION("Look"),
    [LEAN] = NP_KIT_LEAN,
};

static const np_input_desc inputs[] = {
    NP_KIT_INPUT("region", "Region", "What is to look dense.", NP_INPUT_REGION, 1, 1),
};

static const np_strategy_desc strategy = {
    .struct_size = sizeof(np_strategy_desc),
    .id = "diffuse_density",
    .name = "Diffuse density",
    .version = "1.1.0",
    .licence = "Apache-2.0",
    .summary = "Fills a region up to a target density, minus the hair that grows there.",
    .param_count = PARAM_COUNT,
    .params = params,
    .input_count = 1,
    .inputs = inputs,
    .channels = NP_CHANNEL_REGION_DISTANCE | NP_CHANNEL_EXISTING_DENSITY | NP_CHANNEL_HAIR_TILT,
    .paint = paint,
};

NP_KIT_PLUGIN(1, &strategy)
