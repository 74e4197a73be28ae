/* The parts of scar_fill: its parameters, and what each does. */
#ifndef SCAR_FILL_H
#define SCAR_FILL_H

#include <needlepath/plugin.h>

enum {
    SCAR_WIDTH,
    SCAR_TAPER,
    SCAR_FEATHER,
    SCAR_JITTER,
    SCAR_TARGET,
    SCAR_CORE_SHARE,
    SCAR_SESSION_1,
    SCAR_VARIATION,
    SCAR_SURROUNDINGS,
    SCAR_DEPTH,
    SCAR_TONE,
    SCAR_DISC,
    SCAR_DISC_SPREAD,
    SCAR_HALO,
    SCAR_HALO_SHARE,
    SCAR_TONE_VARIATION,
    SCAR_LEAN,
    SCAR_AGE,
    SCAR_RAISED,
    SCAR_RED,
    SCAR_LIGHT_FIRST,
    SCAR_DISC_DIAMETERS,
    SCAR_PARAM_COUNT
};

#define SCAR_YOUNG_MONTHS 6.0 /* younger ones are refused: domain.md 3 */

/* Random streams; noise takes as many as it has octaves. */
#define SCAR_STREAM_BORDER 1u
#define SCAR_STREAM_VARIATION 3u
#define SCAR_STREAM_SESSION 4u
#define SCAR_STREAM_DISC 5u
#define SCAR_STREAM_TONE 6u
#define SCAR_STREAM_DISC_TONE 7u
#define SCAR_STREAM_LEAN 8u

int32_t scar_layout(const np_strategy_job *job, np_strategy_layout *out, void **state);
int32_t scar_paint(const np_strategy_job *job, const np_strategy_samples *samples, np_strategy_field *out);

#endif
