/* needlepath/plugin.h: the whole of what a strategy plugin needs.
 *
 * A strategy says how one layer of a treatment is to be needled.  It is a pure function from surface samples to a needle
 * field, as a fragment shader is one from pixels to colours.  A plugin is a shared object that exports one function,
 * np_plugin_entry_v1; everything else is reached through the structs below.
 *
 * Rules that hold for every function a plugin gives:
 *  - It is called in a helper process of its own, never in the planner.  paint may be called from any thread, for any
 *    batch of samples, in any order and more than once: it must keep no state between calls, and the same sample must get
 *    the same values whatever batch it comes in.
 *  - Everything the host passes in is the host's and valid only during the call.  Nothing is to be freed by the plugin.
 *  - It returns 0 for success; else it calls host->set_error with one sentence for the operator and returns -1.
 *  - Lengths are mm in the head frame: x anterior, y left, z up, origin midway between the tragia.  Angles are radians.
 *  - What a plugin proposes is checked against the safety envelope afterwards; no plugin reaches the arm.
 *
 * ABI: the major number changes when old plugins stop working, the minor one when something was added.  Structs that can
 * grow begin with their size; enumerations cross the boundary as int32_t. */
#ifndef NEEDLEPATH_PLUGIN_H
#define NEEDLEPATH_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NP_PLUGIN_MAGIC 0x4E504C31u /* "NPL1" */
#define NP_PLUGIN_ABI_MAJOR 1
#define NP_PLUGIN_ABI_MINOR 0
#define NP_PLUGIN_ENTRY "np_plugin_entry_v1"
#define NP_PLUGIN_EXPORT __attribute__((visibility("default")))

/* ---- what a strategy says about itself; static data, listed and checked without running anything ---- */

typedef struct np_param_desc {
    /* Texts, here and below, are one line of UTF-8 without control characters (nor such that are not seen or turn the line
     * round); help and summary have less than 4000 bytes, every other text less than 200. */
    const char *id;    /* key in the case file: lower case, unit as suffix ("ramp_mm") */
    const char *name;  /* for people: "Density ramp" */
    const char *group; /* parameters with equal group stand together: "Edge" */
    const char *help;  /* one sentence: what it does; for clinical defaults, their source */
    int32_t type;      /* NP_PARAM_* */
    const char *unit;  /* "mm", "dots/cm2", "deg", ...; "" for none */
    double min, max;   /* inclusive; an option's min is 0 and max its last label's index */
    double default_value;
    const char *const *labels; /* NP_PARAM_OPTION: names of the values 0, 1, ..., ended by NULL; else NULL */
} np_param_desc;

#define NP_PARAM_FLOAT 0
#define NP_PARAM_INT 1
#define NP_PARAM_BOOL 2
#define NP_PARAM_OPTION 3

/* How a strategy takes each kind of input the user can draw. */
#define NP_INPUT_UNUSED 0
#define NP_INPUT_OPTIONAL 1
#define NP_INPUT_REQUIRED 2

struct np_strategy_job;
struct np_strategy_layout;
struct np_strategy_samples;
struct np_strategy_field;

typedef struct np_strategy_desc {
    uint32_t struct_size; /* sizeof(np_strategy_desc) */
    const char *id;       /* what a case file names: "hairline" */
    const char *name;
    const char *version; /* semantic version of the strategy */
    const char *licence; /* SPDX identifier */
    const char *summary; /* one sentence */
    uint32_t param_count;
    const np_param_desc *params;
    int32_t input_region, input_curve, input_points; /* NP_INPUT_* */
    uint32_t channels; /* NP_CHANNEL_*: the sample arrays that paint reads; the others hold nothing of use */

    /* Designs: emits control curves and pins.  Called once a job, before any paint.  May be NULL. */
    int32_t (*layout)(const struct np_strategy_job *job, struct np_strategy_layout *out);
    /* Fills FIELD for SAMPLES.  Required. */
    int32_t (*paint)(const struct np_strategy_job *job, const struct np_strategy_samples *samples,
                     struct np_strategy_field *field);
} np_strategy_desc;

#define NP_CHANNEL_HAIR_FLOW (1u << 0)
#define NP_CHANNEL_REGION_DISTANCE (1u << 1)
#define NP_CHANNEL_CURVE (1u << 2)
#define NP_CHANNEL_POINTS (1u << 3)
#define NP_CHANNEL_ZONE (1u << 4)
#define NP_CHANNEL_EXISTING_DENSITY (1u << 5)

typedef struct np_plugin_entry {
    uint32_t magic; /* NP_PLUGIN_MAGIC */
    uint32_t abi_major, abi_minor;
    uint32_t struct_size;        /* sizeof(np_plugin_entry) */
    uint32_t strategy_desc_size; /* sizeof(np_strategy_desc) */
    uint32_t param_desc_size;    /* sizeof(np_param_desc) */
    uint32_t strategy_count;
    const np_strategy_desc *const *strategies; /* static storage */
} np_plugin_entry;

/* The one exported function.  Returns static data; called once, right after loading. */
typedef const np_plugin_entry *np_plugin_entry_fn(void);
NP_PLUGIN_EXPORT const np_plugin_entry *np_plugin_entry_v1(void);

/* ---- what the host offers; every member is there in v1 ---- */

typedef struct np_host {
    uint32_t struct_size;
    void *context;                                               /* first argument of every call */
    void (*log)(void *context, int32_t level, const char *text); /* level: 0 debug, 1 note, 2 warning */
    void (*set_error)(void *context, const char *text);
    bool (*progress)(void *context, double fraction); /* false: cancelled; return -1 soon */
    /* Counter-based random numbers: the same (seed of the job, stream, index, draw) gives the same number for ever. */
    double (*uniform)(void *context, uint32_t stream, uint64_t index, uint32_t draw); /* [0, 1) */
    double (*normal)(void *context, uint32_t stream, uint64_t index, uint32_t draw);  /* mean 0, SD 1 */
} np_host;

/* ---- the job: one layer ---- */

typedef struct np_strategy_curve { /* in arrays, which plugins step through: never grows */
    uint32_t struct_size;
    uint32_t count;          /* points of the curve as joined along the surface, about 1 mm apart */
    const double *x, *y, *z; /* mm, head frame */
    const double *arc_mm;    /* arc length from the start */
    int32_t closed;
} np_strategy_curve;

typedef struct np_strategy_landmarks { /* in the middle of a struct: never grows */
    double glabella[3], inion[3], tragion_left[3], tragion_right[3], vertex[3]; /* mm, head frame */
} np_strategy_landmarks;

typedef struct np_strategy_job {
    uint32_t struct_size;
    const np_host *host;
    uint64_t seed;        /* of this layer */
    uint32_t param_count; /* as in the descriptor, in its order */
    const double *params; /* checked against min and max; options as index, booleans as 0 or 1 */
    np_strategy_landmarks landmarks;
    const np_strategy_curve *region; /* the border, closed; NULL where the layer has none */
    uint32_t curve_count;            /* the layer's own curve first, if any; in paint, then those that layout emitted */
    const np_strategy_curve *curves;
    uint32_t point_count;
    const double *point_x, *point_y, *point_z; /* the layer's point set, on the surface */
    double needle_diameter_mm;
    double natural_density_per_cm2; /* follicular units where nothing is said of them (case file) */
    double reach_mm; /* without a region: how far from its curve or points the layer may paint; 1e9 with one */
} np_strategy_job;

/* Where layout writes.  The functions copy what they are given. */
typedef struct np_strategy_layout {
    uint32_t struct_size;
    void *context;
    /* A curve through COUNT control points, x y z x y z ...; the host joins them along the scan by geodesics.
     * A point that is not on the scan is moved onto it: along the ray from the middle between glabella and
     * inion if that hits within 30 mm, else to the nearest place within 5 mm; else the layer fails.  At most
     * 4096 points; 2 at least. */
    int32_t (*add_curve)(void *context, uint32_t count, const double *xyz, int32_t closed);
    /* A dot placed by hand at POINT, moved onto the scan likewise, to be made in SESSION (1 first) or later.  TONE 0..1. */
    int32_t (*add_pin)(void *context, const double point[3], double depth_mm, double tone, int32_t session);
} np_strategy_layout;

/* ---- samples in, field out: structures of arrays of equal length ---- */

typedef struct np_strategy_samples {
    uint32_t struct_size;
    uint32_t count;
    const uint64_t *id;                     /* stable: use as index of random numbers */
    const double *x, *y, *z;                /* on the surface, mm */
    const double *nx, *ny, *nz;             /* outward unit normal */
    const double *flow_x, *flow_y, *flow_z; /* unit tangent in which hair grows */
    const double *region_distance_mm;       /* to the region's border, positive inside; +1e9 without a region */
    /* per curve c and sample i at [c * count + i]: signed distance (positive to the left of the direction of travel,
     * seen from outside) and the arc length of the nearest point of the curve */
    const double *curve_distance_mm;
    const double *curve_arc_mm;
    const double *point_distance_mm;        /* to the nearest point of the set; 1e9 without one */
    const int32_t *point_index;             /* -1 without one */
    const int32_t *zone;                    /* NP_ZONE_* */
    const double *existing_density_per_cm2; /* follicles that grow there */
} np_strategy_samples;

#define NP_ZONE_OTHER 0
#define NP_ZONE_FRONTAL 1
#define NP_ZONE_TEMPLE 2
#define NP_ZONE_MIDSCALP 3
#define NP_ZONE_CROWN 4
#define NP_ZONE_OCCIPITAL 5

/* Defaults stand in all arrays already: paint changes what it cares for. */
typedef struct np_strategy_field {
    uint32_t struct_size;
    uint32_t count;
    double *coverage;        /* 0..1: how strongly this layer claims the point; default 0 */
    double *density_per_cm2; /* dots to be made here, over all sessions; default 0 */
    double *depth_mm;        /* true depth below the undeformed skin; default by zone (domain table) */
    double *tilt_rad;        /* needle from the normal; default 0 */
    double *azimuth_rad;     /* direction of the tilt, from hair flow, right-handed about the normal; default 0 */
    double *tone;            /* 0 lightest .. 1 darkest; default 0.5 */
    double *dwell_ms;        /* default 30 */
    int32_t *first_session;  /* earliest session in which dots may be made here, 1 first; default 1 */
} np_strategy_field;

/* ---- sizes at ABI 1.0, in bytes ----
 *
 * They never change.  A struct may have members behind these if its struct_size, or for parameters the entry's param_desc_size, says
 * so: what a plugin gives has at least these bytes, and so has what it gets. */

#define NP_PLUGIN_ENTRY_SIZE_1_0 40u
#define NP_STRATEGY_DESC_SIZE_1_0 96u
#define NP_PARAM_DESC_SIZE_1_0 80u
#define NP_HOST_SIZE_1_0 56u
#define NP_STRATEGY_CURVE_SIZE_1_0 48u
#define NP_STRATEGY_LANDMARKS_SIZE_1_0 120u
#define NP_STRATEGY_JOB_SIZE_1_0 240u
#define NP_STRATEGY_LAYOUT_SIZE_1_0 32u
#define NP_STRATEGY_SAMPLES_SIZE_1_0 144u
#define NP_STRATEGY_FIELD_SIZE_1_0 72u

#ifdef __cplusplus
}
#endif

#endif
