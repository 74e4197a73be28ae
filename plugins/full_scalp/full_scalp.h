/* The parts of full_scalp: its parameters, and what each does. */
#ifndef FULL_SCALP_H
#define FULL_SCALP_H

#include <needlepath/plugin_kit.h>
#include <stdbool.h>

enum {
    FS_DENSITY,
    FS_FRONT_SHARE,
    FS_TEMPLE_SHARE,
    FS_EAR_SHARE,
    FS_BACK_SHARE,
    FS_EXISTING_SHARE,
    FS_FADE,
    FS_FADE_SHARE,
    FS_FADE_TONE,
    FS_SIDEBURN_WIDTH,
    FS_SIDEBURN_END,
    FS_NAPE_TAPER,
    FS_NAPE_WANDER,
    FS_FEATHER,
    FS_VARIATION,
    FS_VARIATION_WAVELENGTH,
    FS_TONE,
    FS_TONE_FRONT,
    FS_TONE_VARIATION,
    FS_LEAN,
    FS_PARAM_COUNT
};

/* Order of the labels of "fade". */
enum { FS_FADE_NONE, FS_FADE_LOW, FS_FADE_MID, FS_FADE_HIGH, FS_FADE_COUNT };

/* Random streams; noise takes as many as it has octaves. */
enum {
    FS_STREAM_VARIATION = 1,
    FS_STREAM_TONE,
    FS_STREAM_LEAN,
    FS_STREAM_NAPE,
    FS_STREAM_NAPE_WAVE = 6, /* and the next */
    FS_STREAM_SIDEBURN = 8,  /* and the next */
};

/* How strongly the layer claims a place of a sideburn, or of the nape, that lies INSIDE mm in the region. */
double fs_sideburn_edge(const np_strategy_job *job, np_kit_place at, const double q[3], double inside);
double fs_nape_edge(const np_strategy_job *job, np_kit_place at, double inside);
/* How much a place belongs to the nape, 0..1. */
double fs_nape_share(np_kit_place at);
/* Says where parameters or the region leave sideburns less than looks natural. */
void fs_sideburn_remark(const np_strategy_job *job);

/* What painting the nape reads; the job's state. */
typedef struct fs_nape fs_nape;
int32_t fs_prepare(const np_strategy_job *job, void **state);
void fs_finish(const np_strategy_job *job, void *state);
int32_t fs_paint(const np_strategy_job *job, const np_strategy_samples *samples, np_strategy_field *out);

#endif
