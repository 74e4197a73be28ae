/* What full_scalp says of itself. */
#include <needlepath/plugin_kit.h>

#include "full_scalp.h"

static const char *const fades[] = {"none", "low", "mid", "high", NULL};

static const np_param_desc params[FS_PARAM_COUNT] = {
    [FS_DENSITY] = NP_KIT_FLOAT("density_per_cm2", "Density", "Density",
                                "Follicles and dots together in midscalp and crown; 60 is conservative, 75 the mean of "
                                "Guo 2017 (follicular units), 100 the upper limit.",
                                "dots/cm2", 10, 100, 75),
    [FS_FRONT_SHARE] = NP_KIT_FLOAT("front_share", "Share at the front", "Density",
                                    "Density behind the frontal hairline as a share of the midscalp's: 0.6 to 0.7 "
                                    "(Keene: 51 units/cm2 against 75).",
                                    "", 0, 1.2, 0.65),
    [FS_TEMPLE_SHARE] = NP_KIT_FLOAT("temple_share", "Share at the temples", "Density",
                                     "Density at temples and sideburns as a share of the midscalp's: 0.5 to 0.6 "
                                     "(Keene: 44 units/cm2 against 75).",
                                     "", 0, 1.2, 0.55),
    [FS_EAR_SHARE] = NP_KIT_FLOAT("ear_share", "Share beside the ears", "Density",
                                  "Density above and behind the ears as a share of the midscalp's: 50 units/cm2 "
                                  "against 75 (hairforlife.info).",
                                  "", 0, 1.2, 0.67),
    [FS_BACK_SHARE] = NP_KIT_FLOAT("back_share", "Share at the back", "Density",
                                   "Density at the back of the head as a share of the midscalp's; 1: highest at the "
                                   "vertex and equal at the back (BioMed Res Int 2020:2476890).",
                                   "", 0, 1.2, 1.0),
    [FS_EXISTING_SHARE] = NP_KIT_FLOAT("existing_share", "Weight of existing hair", "Density",
                                       "How much of the existing density is taken off; below 1 where hair is fine.  An "
                                       "engineering choice.",
                                       "", 0, 1, 1.0),
    [FS_FADE] =
        NP_KIT_OPTION("fade", "Fade", "Fade",
                      "How high sides and nape fade: low ends about 25 mm above the ears, mid about 45 mm, high "
                      "at the ridge of the parietal bone.  Barbers' words, our measures.",
                      FS_FADE_COUNT - 1, FS_FADE_NONE, fades),
    [FS_FADE_SHARE] = NP_KIT_FLOAT("fade_share", "Share below the fade", "Fade",
                                   "Density below the fade as a share of the same place without one; 0: bare skin.  An "
                                   "engineering choice.",
                                   "", 0, 1, 0.2),
    [FS_FADE_TONE] = NP_KIT_FLOAT("fade_tone", "Tone below the fade", "Fade",
                                  "Added to the tone below the fade: shorter hair is lighter.  An engineering choice.",
                                  "", -0.5, 0.5, -0.15),
    [FS_SIDEBURN_WIDTH] =
        NP_KIT_FLOAT("sideburn_width_mm", "Width of the sideburns", "Edge",
                     "From the ear forwards, as far as the region goes: 15 to 25 mm.", "mm", 10, 30, 20),
    [FS_SIDEBURN_END] = NP_KIT_FLOAT("sideburn_end_mm", "End of the sideburns", "Edge",
                                     "Height of their blunt end over the tragion: 0 is the middle of the ear, -20 the "
                                     "lobe; the region may end higher.",
                                     "mm", -30, 40, 7),
    [FS_NAPE_TAPER] = NP_KIT_FLOAT("nape_taper_mm", "Taper of the nape", "Edge",
                                   "Width over which the density falls to nothing at the nape.  An engineering choice.",
                                   "mm", 2, 50, 18),
    [FS_NAPE_WANDER] = NP_KIT_FLOAT("nape_wander_mm", "Wandering of the nape", "Edge",
                                    "How far the nape's edge wanders to either side; a straight one looks drawn.  An "
                                    "engineering choice.",
                                    "mm", 0, 10, 6),
    [FS_FEATHER] = NP_KIT_FLOAT("feather_mm", "Feather", "Edge",
                                "Width over which the layer fades in from all other borders; no fade at the edge looks "
                                "false.",
                                "mm", 0, 30, 8),
    [FS_VARIATION] = NP_KIT_VARIATION,
    [FS_VARIATION_WAVELENGTH] = NP_KIT_VARIATION_WAVELENGTH,
    [FS_TONE] = NP_KIT_TONE,
    [FS_TONE_FRONT] = NP_KIT_FLOAT("tone_front", "Tone at the front", "Look",
                                   "Added to the tone towards hairline and temples, which are done lighter than the "
                                   "rest.",
                                   "", -0.5, 0.5, -0.1),
    [FS_TONE_VARIATION] = NP_KIT_TONE_VARIATION("Look"),
    [FS_LEAN] = NP_KIT_LEAN,
};

static const np_input_desc inputs[] = {
    NP_KIT_INPUT("region", "Region", "The hair-bearing scalp.", NP_INPUT_REGION, 1, 1),
};

static const np_strategy_desc strategy = {
    .struct_size = sizeof(np_strategy_desc),
    .id = "full_scalp",
    .name = "Full scalp",
    .version = "1.3.0",
    .licence = "Apache-2.0",
    .summary =
        "The buzz cut: all of the scalp by the density of its zones, with fades, blunt sideburns and a nape that "
        "tapers.",
    .param_count = FS_PARAM_COUNT,
    .params = params,
    .input_count = 1,
    .inputs = inputs,
    .channels = NP_CHANNEL_REGION_DISTANCE | NP_CHANNEL_EXISTING_DENSITY | NP_CHANNEL_HAIR_TILT,
    .prepare = fs_prepare,
    .paint = fs_paint,
    .finish = fs_finish,
};

NP_KIT_PLUGIN(1, &strategy)
