/* What hairline says of itself. */
#include <needlepath/plugin_kit.h>

#include "hairline.h"

static const char *const shapes[] = {"natural", "linear", "rounded", "m_shaped", "widows_peak", NULL};

static const char *const presets[] = {"none",         "man_young", "man_mature",       "man_receded", "woman_round",
                                      "woman_linear", "woman_m",   "woman_triangular", "woman_peak",  NULL};

static const np_param_desc params[HL_PARAM_COUNT] = {
    [HL_SHAPE] =
        NP_KIT_OPTION("shape", "Shape", "Line",
                      "natural: convex in the middle, concave from the mid-pupil on; men have linear in 45.9 %, "
                      "M in 42.6 %, "
                      "women round in 38.5 % (Kashiyama 2021).",
                      HL_SHAPE_COUNT - 1, HL_NATURAL, shapes),
    [HL_MID_FRONTAL] = NP_KIT_FLOAT("mid_frontal_mm", "Height of the middle", "Line",
                                    "From the glabella up along the skin to the middle of the line; it moves up where "
                                    "the region begins higher.  0: as low as "
                                    "the region allows, at least 60: never lower in men (80 by Garg 2017, four "
                                    "fingers; measured 66 in men, 62 in women, "
                                    "Kashiyama 2021).",
                                    "mm", 0, 110, 0),
    [HL_FRONTOTEMPORAL] =
        NP_KIT_FLOAT("frontotemporal_mm", "Half width", "Line",
                     "From the middle to the frontotemporal points, along the skin; bitemporal width is 115 mm in men, "
                     "111 in women (jkamprs 2019).",
                     "mm", 30, 90, 60),
    [HL_RECESSION] =
        NP_KIT_FLOAT("recession_mm", "Recession", "Line",
                     "Height of the frontotemporal points over the middle; they are never lower in men (Shapiro).",
                     "mm", -15, 40, 6),
    [HL_TEMPORAL] =
        NP_KIT_FLOAT("temporal_mm", "Down to the temporal peaks", "Line",
                     "From the frontotemporal points down to the temporal peaks: 50 (Garg 2017).", "mm", 10, 70, 50),
    [HL_PEAK] = NP_KIT_FLOAT("peak_mm", "Widow's peak", "Line",
                             "Height of the peak of the shape widows_peak, 27 mm wide: 14.9 mm in Kurdish men, 10.1 in "
                             "Spanish women.",
                             "mm", 0, 20, 10),
    [HL_MACRO] =
        NP_KIT_FLOAT("macro_mm", "Macro-irregularity", "Irregularity",
                     "Height of the soft mounds of 15 to 40 mm: 3 to 6 (Shapiro 2004 for the form).", "mm", 0, 10, 3),
    [HL_MICRO] = NP_KIT_FLOAT("micro_mm", "Micro-irregularity", "Irregularity",
                              "Height of the clusters and gaps of 3 to 8 mm: 1 to 2 (Shapiro 2004 for the form).", "mm",
                              0, 4, 2),
    [HL_ASYMMETRY] =
        NP_KIT_FLOAT("asymmetry_mm", "Asymmetry", "Irregularity",
                     "By how much one frontotemporal point is higher than the other: 2 to 4.", "mm", 0, 8, 3),
    [HL_BORDER_GAP] =
        NP_KIT_FLOAT("border_gap_mm", "Gap to the border", "Line",
                     "Room that is kept between the line and the region's border, for sentinel hairs.", "mm", 1, 20, 3),
    [HL_SENTINELS] = NP_KIT_INT("sentinels", "Sentinel hairs", "Irregularity",
                                "Single hairs ahead of the line: 3 to 8 (Shapiro).", "", 0, 8, 5),
    [HL_SENTINEL_AHEAD] = NP_KIT_FLOAT("sentinel_ahead_mm", "Sentinels ahead", "Irregularity",
                                       "How far ahead of the line sentinel hairs are at most: 4.", "mm", 1, 8, 4),
    [HL_DENSITY] = NP_KIT_FLOAT("density_per_cm2", "Density", "Density",
                                "Full density behind the hairline, follicles and dots together; 60 is conservative, 75 "
                                "the mean of Guo "
                                "2017.",
                                "dots/cm2", 10, 100, 60),
    [HL_FRONT_SHARE] =
        NP_KIT_FLOAT("front_share", "Share at the line", "Density",
                     "Density behind the ramp as a share of the full one: 0.6 to 0.7 (Keene: 51 units/cm2 against 75).",
                     "", 0.1, 1.2, 0.7),
    [HL_TEMPLE_SHARE] =
        NP_KIT_FLOAT("temple_share", "Share at the temples", "Density",
                     "The same at the temples: 0.5 to 0.6 (Keene: 44 units/cm2 against 75).", "", 0.1, 1.2, 0.6),
    [HL_RAMP] =
        NP_KIT_FLOAT("ramp_mm", "Density ramp", "Density",
                     "Width of the transition zone over which density rises behind the line: 6 to 10.  An eye sees the "
                     "fade narrower than that, as the ends of the rise are gentle.",
                     "mm", 2, 20, 10),
    [HL_RAMP_START] = NP_KIT_FLOAT("ramp_start", "Density at the line", "Density",
                                   "Where the ramp begins, as a share: 0.15.", "", 0, 1, 0.15),
    [HL_BEHIND] =
        NP_KIT_FLOAT("behind_mm", "Depth of the layer", "Edge",
                     "How far behind the line the layer paints, fading out over the last half, so that what lies under "
                     "it goes "
                     "on there; 300: all of the region.  20 to 30 is the extended hairline region (Shapiro 2004).",
                     "mm", 10, 300, 300),
    [HL_FEATHER] =
        NP_KIT_FLOAT("feather_mm", "Feather", "Edge",
                     "Width over which the layer fades out towards the rest of the border.", "mm", 0, 30, 10),
    [HL_VARIATION] = NP_KIT_FLOAT(
        "variation", "Variation of density", "Density",
        "Coefficient of variation of the density from place to place; 0.08 to 0.20 looks real.", "", 0, 0.3, 0.08),
    [HL_DEPTH] =
        NP_KIT_FLOAT("depth_mm", "Depth at the line", "Needle",
                     "True depth in the thin skin at the hairline: 0.5 (0.4 to 0.7); deeper zones keep their own.",
                     "mm", 0.3, 1.0, 0.5),
    [HL_TONE] = NP_KIT_FLOAT("tone", "Tone", "Needle", "Tone behind the ramp, 0 lightest, 1 darkest.", "", 0, 1, 0.5),
    [HL_TONE_FRONT] = NP_KIT_FLOAT(
        "tone_front", "Tone at the line", "Needle",
        "Tone at the line and of sentinel hairs: one or two shades lighter (creativescalps).", "", 0, 1, 0.35),
    [HL_TONE_VARIATION] = NP_KIT_TONE_VARIATION("Needle"),
    [HL_LEAN] = NP_KIT_LEAN,
    [HL_EDGE_SESSION] = NP_KIT_INT(
        "edge_session", "Session of the edge", "Line",
        "Earliest session in which the front edge is made, sentinels and the density ramp: its leading edge is often "
        "left for later sessions, when shade and line are agreed (creativescalps).",
        "", 1, 8, 1),
    [HL_PRESET] = NP_KIT_OPTION("preset", "Preset", "Line",
                                "By sex, age and recession, in place of shape, recession_mm and peak_mm, and of "
                                "mid_frontal_mm where that is 0: men young (18 to "
                                "29 years, 66 mm above the glabella), mature, receded (M, 80 mm); women round (38.5 "
                                "%), linear (36.1), M (18.2), triangular "
                                "(7.2; Kashiyama 2021), or with a peak (81 %; Rassman 2013).",
                                HL_PRESET_COUNT - 1, HL_PRESET_NONE, presets),
};

static const np_input_desc inputs[] = {
    NP_KIT_INPUT("region", "Region", "What lies behind the hairline, and room ahead of it for single hairs.",
                 NP_INPUT_REGION, 1, 1),
};

static const np_strategy_desc strategy = {
    .struct_size = sizeof(np_strategy_desc),
    .id = "hairline",
    .name = "Hairline",
    .version = "1.5.0",
    .licence = "Apache-2.0",
    .summary = "Designs a frontal hairline from the landmarks and fills behind it, from single hairs to full "
               "density.",
    .param_count = HL_PARAM_COUNT,
    .params = params,
    .input_count = 1,
    .inputs = inputs,
    .channels = NP_CHANNEL_REGION_DISTANCE | NP_CHANNEL_CURVE | NP_CHANNEL_EXISTING_DENSITY | NP_CHANNEL_HAIR_TILT,
    .layout = hl_layout,
    .prepare = hl_prepare,
    .paint = hl_paint,
    .finish = hl_finish,
};

NP_KIT_PLUGIN(1, &strategy)
