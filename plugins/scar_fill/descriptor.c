/* What scar_fill says of itself. */
#include <needlepath/plugin_kit.h>

#include "scar_fill.h"

static const char *const surroundings[] = {"natural", "as_listed", NULL};

static const char *const diameter_columns[] = {"diameter", NULL};

static const np_param_desc params[SCAR_PARAM_COUNT] = {
    [SCAR_WIDTH] = NP_KIT_FLOAT(
        "width_mm", "Width", "Line",
        "Width of the scar in the middle of its line, at half of its density; a healed strip scar has 1 mm at best and "
        "can stretch to "
        "10 mm.",
        "mm", 0.5, 40, 6),
    [SCAR_TAPER] = NP_KIT_FLOAT("taper", "Width at the ends", "Line",
                                "Width at the line's ends as a share of the width in its middle.", "", 0, 1, 0.3),
    [SCAR_FEATHER] = NP_KIT_FLOAT(
        "feather_mm", "Feather", "Line",
        "Width over which single dots go on outside, fewer and fewer, to what the surroundings lack: 8 to 15 mm, so "
        "that the scar blends in.",
        "mm", 1, 20, 10),
    [SCAR_JITTER] = NP_KIT_FLOAT("border_jitter_mm", "Wandering of the border", "Line",
                                 "How far the scar's border wanders to either side; an outlined scar stays visible.",
                                 "mm", 0, 3, 1),
    [SCAR_TARGET] = NP_KIT_FLOAT("density_per_cm2", "Target density", "Density",
                                 "Follicles and dots together that the scar and its surroundings are to show.",
                                 "dots/cm2", 10, 100, 60),
    [SCAR_CORE_SHARE] =
        NP_KIT_FLOAT("core_share", "Share in the scar", "Density",
                     "Final density in the scar as a share of the target: 0.9 to 1.", "", 0.2, 1.2, 0.95),
    [SCAR_SESSION_1] =
        NP_KIT_FLOAT("session_1_share", "Share from session 1", "Density",
                     "Share of the scar's area where session 1 may make dots: half of it, to judge the shade first "
                     "(a wrong guess is worst in a scar).",
                     "", 0, 1, 0.5),
    [SCAR_VARIATION] = NP_KIT_FLOAT("variation", "Variation of density", "Density",
                                    "Coefficient of variation of the density from place to place.", "", 0, 0.3, 0.1),
    [SCAR_SURROUNDINGS] =
        NP_KIT_OPTION("surroundings", "Surroundings", "Density",
                      "natural: around the scar hair grows at the case's natural density, unless more follicles are "
                      "listed; as_listed: only the case's listed follicles grow there.",
                      1, 0, surroundings),
    [SCAR_DEPTH] = NP_KIT_FLOAT(
        "depth_mm", "Depth", "Needle",
        "True depth in flat mature scar: 0.6, in later sessions up to 0.9, only after test dots.", "mm", 0.3, 1.2, 0.6),
    [SCAR_TONE] = NP_KIT_FLOAT("tone", "Tone", "Needle",
                               "Tone in the scar; a step lighter than around it to begin with.", "", 0, 1, 0.4),
    [SCAR_DISC] = NP_KIT_FLOAT("disc_diameter_mm", "Diameter of round scars", "Points",
                               "Mean diameter of the round scars: 0.7 to 1.2 mm; those above 0.9 mm take two dots.",
                               "mm", 0.5, 2, 0.85),
    [SCAR_DISC_SPREAD] =
        NP_KIT_FLOAT("disc_spread_mm", "Spread of diameters", "Points",
                     "By how much the diameters differ from their mean, up and down.", "mm", 0, 0.5, 0.15),
    [SCAR_HALO] = NP_KIT_FLOAT(
        "halo_mm", "Halo", "Points",
        "Radius around a round scar where hair is thinned and a few dots are made.  An engineering choice.", "mm", 0,
        10, 3),
    [SCAR_HALO_SHARE] =
        NP_KIT_FLOAT("halo_share", "Share in the halo", "Points",
                     "Density in the halo as a share of the target.  An engineering choice.", "", 0, 1, 0.25),
    [SCAR_TONE_VARIATION] = NP_KIT_TONE_VARIATION("Needle"),
    [SCAR_LEAN] = NP_KIT_LEAN,
    [SCAR_AGE] =
        NP_KIT_FLOAT("age_months", "Age", "Scar",
                     "Months since the scar was made; under 6 it is refused: scars must be stable first (dermmicro: "
                     "6 months; looknaturalatl: 9 to 12).  0: not said.",
                     "", 0, 1200, 0),
    [SCAR_RAISED] =
        NP_KIT_BOOL("raised", "Raised", "Scar",
                    "Whether it stands 0.5 mm or more above the skin; then it is refused: pigment migrates in "
                    "raised scars, have it made flat first (fynessbeauty).",
                    0),
    [SCAR_RED] = NP_KIT_BOOL("red", "Red", "Scar",
                             "Whether it is red; then it is refused: a scar must be pale and stable first.", 0),
    [SCAR_LIGHT_FIRST] =
        NP_KIT_FLOAT("light_first", "Lighter first", "Needle",
                     "By how much lighter dots of session 1 are than those of later ones, in tone: a wrong shade is "
                     "worst in a scar (elkasmp).",
                     "", 0, 0.5, 0.1),
    [SCAR_DISC_DIAMETERS] = NP_KIT_TABLE("disc_diameters_mm", "Diameters of round scars", "Points",
                                         "A diameter for each round scar, in the order of the points; their value "
                                         "diameter_mm says the same beside each.",
                                         "mm", 0.3, 3, diameter_columns),
};

static const np_param_desc point_values[] = {
    NP_KIT_FLOAT("diameter_mm", "Diameter", "",
                 "Diameter of this scar, 0.3 or more; 0: not measured, so as disc_diameter_mm and disc_spread_mm say.",
                 "mm", 0, 3, 0),
};

static const np_input_desc inputs[] = {
    NP_KIT_INPUT("region", "Region",
                 "Where dots may be made; without one, as far as the layer reaches.  Without a line and points, the "
                 "scar itself (a burn).",
                 NP_INPUT_REGION, 0, 1),
    NP_KIT_INPUT("curve", "Line", "Centre line of a line scar.", NP_INPUT_CURVE, 0, 1),
    NP_KIT_POINTS("points", "Round scars", "Middles of round scars.", 0, 1, point_values),
};

static const np_strategy_desc strategy = {
    .struct_size = sizeof(np_strategy_desc),
    .id = "scar_fill",
    .name = "Scar fill",
    .version = "1.4.0",
    .licence = "Apache-2.0",
    .summary = "Fills a line scar, round scars or a scarred area and blends them into what surrounds them.",
    .param_count = SCAR_PARAM_COUNT,
    .params = params,
    .input_count = 3,
    .inputs = inputs,
    .channels = NP_CHANNEL_REGION_DISTANCE | NP_CHANNEL_CURVE | NP_CHANNEL_POINTS | NP_CHANNEL_EXISTING_DENSITY |
                NP_CHANNEL_HAIR_TILT,
    .layout = scar_layout,
    .paint = scar_paint,
};

NP_KIT_PLUGIN(4, &strategy)
