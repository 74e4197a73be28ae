/* Does a picture of dots look like shaved hair?  Figures of flat renderings, as an eye sees them from 0.4 and 1 m, with the band that hair keeps
 * (data/natural_bands.csv) and a sentence of what is wrong beyond it.  What a pattern's points say is dots/findings.h; here tone and blur count. */
#ifndef NP_LOOK_JUDGE_H
#define NP_LOOK_JUDGE_H

#include <stddef.h>

#include "base/band.h"
#include "base/status.h"
#include "skin/optics.h"

/* X(id, key): in the order of the data file. */
#define NP_JUDGE_TABLE(X)                                                                                              \
    X(PERIOD, "period")                                                                                                \
    X(REPEAT, "repeat")                                                                                                \
    X(BLOTCH, "blotch")                                                                                                \
    X(MARK_CV, "mark_cv")                                                                                              \
    X(SIZE, "size")                                                                                                    \
    X(SPACE, "space")                                                                                                  \
    X(DARKENING, "darkening")                                                                                          \
    X(TINT, "tint")                                                                                                    \
    X(LINE_ROUGHNESS, "line_roughness")                                                                                \
    X(LINE_MICRO, "line_micro")                                                                                        \
    X(LINE_COHERENCE, "line_coherence")                                                                                \
    X(LINE_RAMP, "line_ramp")                                                                                          \
    X(LINE_STRAIGHT, "line_straight")                                                                                  \
    X(MIRROR_TONE, "mirror_tone")                                                                                      \
    X(MIRROR_DOTS, "mirror_dots")                                                                                      \
    X(SEAM_RIDGE, "seam_ridge")                                                                                        \
    X(SEAM_STEP, "seam_step")                                                                                          \
    X(BORDER_STRAIGHT, "border_straight")

#define NP_JUDGE_ENUM(id, key) NP_JUDGE_##id,
typedef enum np_judge_figure { NP_JUDGE_TABLE(NP_JUDGE_ENUM) NP_JUDGE_FIGURES } np_judge_figure;
#undef NP_JUDGE_ENUM

/* Static: a row of the data file. */
const np_band *np_judge_band_of(np_judge_figure figure);

/* A dot or a hair's mark on the unrolled skin, mm from the window's middle. */
typedef struct np_judge_dot {
    double x, y;
    np_skin_mark mark;
} np_judge_dot;

#define NP_JUDGE_PATCH_MM 16.0 /* half the window of patches */
#define NP_JUDGE_LINE_MM 22.0  /* half the window of hairlines, borders, seams and mirrors */
#define NP_JUDGE_HALO_MM 3.6   /* dots so far outside a window still shade it */

/* Each fills its own figures of OUT and leaves the others; NAN where one cannot be measured.  DOTS reach HALO beyond the window.  NP_ERR_NO_MEMORY.  Any thread. */

/* PERIOD to TINT, of a patch of one density.  SPACING_MM is the mean one. */
np_status np_judge_patch(const np_judge_dot *dots, size_t n, double spacing_mm, np_lab skin,
                         double out[NP_JUDGE_FIGURES], np_error *err);
/* LINE_*: a hairline that runs along x, bare skin at -y. */
np_status np_judge_line(const np_judge_dot *dots, size_t n, np_lab skin, double out[NP_JUDGE_FIGURES], np_error *err);
/* MIRROR_*: about the midline x = 0. */
np_status np_judge_mirror(const np_judge_dot *dots, size_t n, np_lab skin, double out[NP_JUDGE_FIGURES], np_error *err);

/* SEAM_*: where two layers meet, as a scar's outline and its fill, or zones.  SIDE[i] is of dot I: 1 / density of the layer on one side, -1 / density of the
 * other, 0 of any further. */
np_status np_judge_seam(const np_judge_dot *dots, const double *side, size_t n, np_lab skin,
                        double out[NP_JUDGE_FIGURES], np_error *err);
/* BORDER_*: any border beside bare skin, as the nape's, that runs along x with the skin at -y. */
np_status np_judge_border(const np_judge_dot *dots, size_t n, np_lab skin, double out[NP_JUDGE_FIGURES], np_error *err);

#endif
