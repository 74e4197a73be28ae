/* needlepath/plugin.h: the strategy ABI, version 1.4.  This header is its specification; docs/plugin-author.md is the way in.
 *
 * A strategy says how one layer of a treatment is to be needled.  It is a pure function from surface samples to a needle
 * field, as a fragment shader is one from pixels to colours.  A plugin is a shared object that exports one function,
 * np_plugin_entry_v1; everything else is reached through the structs below.
 *
 * THE LIFE OF A LAYER.  A helper process of its own, never the planner, loads the plugin and serves one layer:
 *     layout   (if there is one) draws curves and places pins
 *     prepare  (if there is one) makes what paint needs, from the curves as they were joined on the scan
 *     paint    any number of times, any batch of samples, from several threads at once
 *     finish   (if there is one) frees what layout and prepare made
 * A plan may have a layer served by several processes, one after the other: each of them must do the same.
 *
 * RULES FOR EVERY FUNCTION OF A PLUGIN
 *  - It returns 0 for success.  To fail, it calls host->set_error with one sentence for the operator and returns -1; every
 *    other value counts as failure too.  A layer that fails ends the planning.
 *  - Nothing unwinds or jumps through it: no C++ exception, no Rust panic, no longjmp leaves it.
 *  - It computes.  Threads that it starts have ended when it returns; it starts no process, opens no file or socket, and
 *    leaves signal handlers, limits and the floating-point mode as they are.
 *  - What the host passes in is the host's and is not to be written, unless its comment says so.  It is valid during the
 *    call; head, treatment, params, regions and point sets stay at their address as long as the layer is served, curves from
 *    prepare on.
 *  - What a plugin proposes is checked against the safety envelope afterwards; no plugin reaches the arm.
 *
 * THREADS.  [main]: called on the helper's main thread, one call at a time.  [any]: from any thread, also at the same time as
 * itself.
 *
 * UNITS.  Lengths are mm in the head frame: x anterior, y left, z up, right-handed, origin midway between the tragia, x-y
 * plane through the tragia and parallel to glabella-inion.  Angles are radians.  A distance is said to run along the skin or
 * straight.
 *
 * TEXTS are one line of UTF-8 that ends with a 0 byte, without control characters nor such that are not seen or turn the line
 * round.  Help and summary have less than 4000 bytes, every other text less than 200; what set_error and log are given is
 * escaped and cut at 500.
 *
 * ARRAYS of samples and of the field begin at multiples of 64 bytes and have room for the next multiple of 64 items above
 * count: items behind count may be read and, in the field, written; what stands there means nothing.
 *
 * VERSIONS.  The major number is in the name of the entry function; another one is another ABI.  A minor number adds members
 * to the ends of structs, bits, and values of enumerations, and takes nothing away.  Structs begin with their size (the size of
 * those in tables stands in the entry), so each side sees which members the other one has; what is missing counts as 0.
 * abi_minor of an entry is the smallest minor number that the plugin NEEDS, not that of the header it was built with: an older
 * host refuses the plugin.  1.1 added NP_CHANNEL_HAIR_TILT, 1.2 NP_CHANNEL_HISTORY, 1.3 NP_CHANNEL_ZONE_WEIGHTS, 1.4 values of points and the radius of a
 * pin.  The sizes of 1.0 stand at the end; nothing is ever smaller.
 * Enumerations cross the boundary as int32_t.  Members named reserved are 0. */
#ifndef NEEDLEPATH_PLUGIN_H
#define NEEDLEPATH_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NP_PLUGIN_MAGIC 0x4E504C31u /* "NPL1" */
#define NP_PLUGIN_ABI_MAJOR 1
#define NP_PLUGIN_ABI_MINOR 4 /* of this header */
#define NP_PLUGIN_ENTRY "np_plugin_entry_v1"
#define NP_PLUGIN_EXPORT __attribute__((visibility("default")))

/* Whether the struct of TYPE at P has MEMBER: for members that are newer than 1.0. */
#define NP_HAS(type, p, member) ((p)->struct_size >= offsetof(type, member) + sizeof((p)->member))

/* Most of a kind. */
#define NP_MAX_STRATEGIES 64u   /* of a plugin */
#define NP_MAX_PARAMS 256u      /* of a strategy */
#define NP_MAX_LABELS 64u       /* of a parameter */
#define NP_MAX_KNOTS 256u       /* of a CURVE parameter */
#define NP_MAX_ROWS 4096u       /* of a TABLE parameter */
#define NP_MAX_INPUTS 16u       /* slots of a strategy */
#define NP_MAX_REGIONS 8u       /* of a layer */
#define NP_MAX_POINT_SETS 8u    /* of a layer */
#define NP_MAX_POINT_VALUES 16u /* of a slot, since 1.4 */
#define NP_MAX_CURVES 16u       /* of a layer, those that layout adds included */
#define NP_MAX_CONTROL_POINTS 4096u
#define NP_MAX_PINS 50000u            /* of a layer */
#define NP_MAX_TEXT_BYTES 4000u       /* of a TEXT parameter's value */
#define NP_MAX_FILE_BYTES (16u << 20) /* of all FILE parameters of a layer together */

/* ---- what a strategy says about itself; static data, listed and checked without running anything ---- */

/* Types of parameters, and where a job has the value. */
#define NP_PARAM_FLOAT 0  /* params[i], min..max */
#define NP_PARAM_INT 1    /* params[i], whole, min..max */
#define NP_PARAM_BOOL 2   /* params[i]: 0 or 1 */
#define NP_PARAM_OPTION 3 /* params[i]: index of a label */
#define NP_PARAM_TEXT 4   /* values[i]->text, of min..max bytes, by the rules for texts */
/* values[i]->bytes: the content of a file, min..max bytes.  The host opens it, records its SHA-256 in the plan, and hands it over; a
 * plugin sees no path.  NULL where none is given. */
#define NP_PARAM_FILE 5
#define NP_PARAM_CURVE                                                                                                 \
    6 /* values[i]->data: knots x y of a function: x in x_min..x_max, rising strictly, y in min..max */
#define NP_PARAM_TABLE 7 /* values[i]->data: rows of numbers in min..max, one column a label */

/* A flag of TEXT to TABLE, and of the values of points: has no default, the case must give it. */
#define NP_PARAM_REQUIRED 1u

typedef struct np_param_desc {
    const char *id;    /* key in the case file: lower case, unit as suffix ("ramp_mm") */
    const char *name;  /* for people: "Density ramp" */
    const char *group; /* parameters with equal group stand together: "Edge" */
    const char *help;  /* one sentence: what it does; for clinical defaults, their source */
    int32_t type;      /* NP_PARAM_* */
    /* Of the value; of a CURVE its y, of a TABLE all cells.  One of these, with the suffix that the id then ends with, and only then:
     * "mm" _mm, "um" _um, "mm2" _mm2, "cm2" _cm2, "dots/cm2" _per_cm2, "deg" _deg, "rad" _rad, "ms" _ms, "s" _s, "days" _days,
     * "percent" _percent, "px" _px; "" for none. */
    const char *unit;
    double min, max;      /* inclusive; an option's min is 0 and max its last label's index */
    double default_value; /* FLOAT to OPTION; else 0 */
    const char *const
        *labels; /* OPTION: names of the values 0, 1, ...; TABLE: of the columns; ended by NULL.  Else NULL */
    const char *default_text;   /* TEXT; else NULL */
    const double *default_data; /* CURVE: x0 y0 x1 y1 ...; TABLE: row after row; else NULL */
    uint32_t default_count;     /* its knots (1 at least) or rows */
    uint32_t flags;             /* NP_PARAM_REQUIRED or 0 */
    double x_min, x_max;        /* CURVE */
    const char *x_unit;         /* CURVE: as unit, without a suffix; else NULL */
} np_param_desc;

/* Kinds of input that the user draws on the scan. */
#define NP_INPUT_REGION 1 /* an area, bounded by a closed curve */
#define NP_INPUT_CURVE 2  /* an open curve */
#define NP_INPUT_POINTS 3 /* a set of points */

/* A slot for inputs.  A layer of a case fills slots named "region", "curve" and "points" by these keys, and any by its key inputs. */
typedef struct np_input_desc {
    const char *id;                /* unique in the strategy; as the id of a parameter */
    const char *name;              /* for people: "Centre line of the scar" */
    const char *help;              /* one sentence */
    int32_t kind;                  /* NP_INPUT_* */
    uint32_t flags;                /* 0 */
    uint32_t min_count, max_count; /* how many inputs it takes; min 0: it may stay empty */
    /* Since 1.4.  POINTS: what each point has beside its place, as the diameter of a scar: a table of parameters of the types FLOAT, INT
     * and BOOL, whose group is "".  A point that the case gives no such value has the default one; where that is NP_PARAM_REQUIRED, the
     * layer is refused instead.  NULL and 0 for none, and of other kinds. */
    const np_param_desc *values;
    uint32_t value_count; /* NP_MAX_POINT_VALUES at most */
    uint32_t value_reserved;
} np_input_desc;

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
    uint32_t input_count;
    uint32_t reserved;
    const np_input_desc *inputs; /* at least one slot */
    uint64_t channels;           /* NP_CHANNEL_*: the sample arrays that paint reads; the others are NULL */
    uint64_t required;           /* NP_REQUIRED_*: features that a host must know, or refuse the plugin; 1.0 has none */

    /* [main]  Designs: emits control curves and pins.  Called first, once.  May be NULL.  *STATE is NULL, and may be set to what
     * prepare and paint shall have. */
    int32_t (*layout)(const struct np_strategy_job *job, struct np_strategy_layout *out, void **state);
    /* [main]  Called once, before any paint, with the curves of layout joined.  May be NULL.  *STATE is what layout left, and may be
     * set. */
    int32_t (*prepare)(const struct np_strategy_job *job, void **state);
    /* [any]  Fills FIELD for SAMPLES.  Required.  Writes nothing but FIELD and keeps nothing between calls; it reads job->state.  The
     * same sample gets the same values in whatever batch, order or thread it comes, and however often. */
    int32_t (*paint)(const struct np_strategy_job *job, const struct np_strategy_samples *samples,
                     struct np_strategy_field *field);
    /* [main]  Called once, after the last paint or a failure, with the STATE that layout and prepare left.  May be NULL.  Not called
     * where the process is ended from outside. */
    void (*finish)(const struct np_strategy_job *job, void *state);
} np_strategy_desc;

#define NP_CHANNEL_HAIR_FLOW (UINT64_C(1) << 0)
#define NP_CHANNEL_REGION_DISTANCE (UINT64_C(1) << 1)
#define NP_CHANNEL_CURVE (UINT64_C(1) << 2)
#define NP_CHANNEL_POINTS (UINT64_C(1) << 3)
#define NP_CHANNEL_ZONE (UINT64_C(1) << 4)
#define NP_CHANNEL_EXISTING_DENSITY (UINT64_C(1) << 5)
#define NP_CHANNEL_HAIR_TILT (UINT64_C(1) << 6)    /* since 1.1 */
#define NP_CHANNEL_HISTORY (UINT64_C(1) << 7)      /* since 1.2 */
#define NP_CHANNEL_ZONE_WEIGHTS (UINT64_C(1) << 8) /* since 1.3 */

typedef struct np_plugin_entry {
    uint32_t magic;              /* NP_PLUGIN_MAGIC */
    uint32_t abi_major;          /* NP_PLUGIN_ABI_MAJOR */
    uint32_t abi_minor;          /* the smallest minor number of a host that will do: see VERSIONS */
    uint32_t struct_size;        /* sizeof(np_plugin_entry) */
    uint32_t strategy_desc_size; /* sizeof(np_strategy_desc) */
    uint32_t param_desc_size;    /* sizeof(np_param_desc): also from one to the next of the values of points */
    uint32_t input_desc_size;    /* sizeof(np_input_desc) */
    uint32_t strategy_count;
    uint32_t reserved;
    const np_strategy_desc *const *strategies; /* static storage */
} np_plugin_entry;

/* [main]  The one exported function.  Returns static data; called once, right after loading. */
typedef const np_plugin_entry *np_plugin_entry_fn(void);
NP_PLUGIN_EXPORT const np_plugin_entry *np_plugin_entry_v1(void);

/* ---- what the host offers; every member is there in 1.0 ---- */

typedef struct np_host {
    uint32_t struct_size;
    uint32_t abi_minor; /* of the host */
    void *context;      /* first argument of every call */
    /* [any]  A sentence for the person who plans.  LEVEL: 0 debug (not shown), 1 note, 2 warning. */
    void (*log)(void *context, int32_t level, const char *text);
    /* [any]  Why the function is about to return -1; the last call counts. */
    void (*set_error)(void *context, const char *text);
    /* [any]  FRACTION 0..1 of the call is done.  0: go on.  -1: cancelled; return -1 within 50 ms.  What takes longer than that calls
     * it as often. */
    int32_t (*progress)(void *context, double fraction);
    /* [any]  Counter-based random numbers: the same (seed of the job, stream, index, draw) gives the same number for ever. */
    double (*uniform)(void *context, uint32_t stream, uint64_t index, uint32_t draw); /* [0, 1) */
    double (*normal)(void *context, uint32_t stream, uint64_t index, uint32_t draw);  /* mean 0, SD 1 */
    /* [any]  uniform for COUNT indices at once. */
    void (*uniforms)(void *context, uint32_t stream, const uint64_t *index, uint32_t count, uint32_t draw, double *out);
} np_host;

/* ---- the job: one layer ---- */

/* The value of a parameter that is no number. */
typedef struct np_param_value {
    uint32_t struct_size;
    uint32_t count;       /* bytes of a TEXT or FILE (a 0 byte follows them), knots of a CURVE, rows of a TABLE */
    const char *text;     /* TEXT */
    const uint8_t *bytes; /* FILE */
    const double *data;   /* CURVE, TABLE */
    uint32_t columns;     /* of a TABLE */
    uint32_t reserved;
} np_param_value;

/* A curve on the scan: what the user drew, the border of a region, or what layout added, joined along the skin by geodesics. */
typedef struct np_strategy_curve {
    uint32_t struct_size;
    uint32_t count;          /* points, at most 1 mm apart; the first one of a closed curve is not repeated */
    const double *x, *y, *z; /* on the skin */
    const double *arc_mm;    /* along the skin, from the start */
    int32_t closed;          /* 0 or 1 */
    uint32_t reserved;
} np_strategy_curve;

/* Points that the user drew. */
typedef struct np_strategy_points {
    uint32_t struct_size;
    uint32_t count;
    const double *x, *y, *z;    /* on the skin */
    const double *nx, *ny, *nz; /* outward unit normals of the skin */
    /* Since 1.4.  Value v of point i at values[v][i]: the slot's, in its order, checked against its description.  NULL and 0 for none. */
    const double *const *values;
    uint32_t value_count;
    uint32_t value_reserved;
} np_strategy_points;

/* The head: places on the skin and unit vectors. */
typedef struct np_strategy_head {
    uint32_t struct_size;
    uint32_t whorl_count;
    double glabella[3], inion[3], tragion_left[3], tragion_right[3], vertex[3];
    /* The axes of a head held upright.  The head frame looks up by 12 degrees against them, since the inion lies lower than the back of
     * the head that is level with the glabella. */
    double anterior[3], left[3], up[3];
    const double *whorl_x, *whorl_y, *whorl_z;
} np_strategy_head;

/* What holds for the whole treatment, by the case: sessions, and the limits outside of which a dot is refused. */
typedef struct np_strategy_treatment {
    uint32_t struct_size;
    uint32_t session_count;
    const double *session_share; /* of the final dots made by the end of each session, rising to 1 */
    const int32_t *session_day;  /* after the first */
    double needle_diameter_mm;
    double natural_density_per_cm2; /* follicular units where nothing is said of them */
    double depth_min_mm, depth_max_mm, tilt_max_rad;
    double spacing_min_mm;         /* straight, between any two dots */
    double session_spacing_min_mm; /* straight, between two dots of one session */
} np_strategy_treatment;

/* What was drawn for a slot: items first to first + count - 1 of the job's regions, curves or point sets, by its kind. */
typedef struct np_strategy_input {
    uint32_t struct_size;
    uint32_t first, count;
    int32_t kind; /* NP_INPUT_* */
} np_strategy_input;

typedef struct np_strategy_job {
    uint32_t struct_size;
    uint32_t param_count;                /* as in the descriptor */
    const np_host *host;                 /* of this call */
    uint64_t seed;                       /* of this layer; the host's random numbers depend on it */
    const double *params;                /* in the descriptor's order, checked; 0 for TEXT to TABLE */
    const np_param_value *const *values; /* likewise; NULL for FLOAT to OPTION, and for a FILE that is not given */
    const np_strategy_head *head;
    const np_strategy_treatment *treatment;
    uint32_t input_count; /* slots, as in the descriptor */
    uint32_t region_count, curve_count, point_set_count;
    const np_strategy_input *const *inputs;  /* in the descriptor's order */
    const np_strategy_curve *const *regions; /* borders, closed */
    const np_strategy_curve *const *curves;  /* the inputs; from prepare on, those of layout behind them */
    const np_strategy_points *const *point_sets;
    double
        reach_mm; /* without a region: how far from its curves (along the skin) and points (straight) the layer may paint; 1e9 with one */
    const void *state; /* in paint: what layout and prepare left; else NULL */
} np_strategy_job;

/* ---- what layout gives ---- */

/* A dot placed by hand.  Its mark is seen at (x, y, z); a needle that leans enters beside it.  NAN for depth, tilt, azimuth, tone
 * or dwell: what is painted at its place. */
typedef struct np_strategy_pin {
    uint32_t struct_size; /* sizeof(np_strategy_pin): the distance from one to the next of an array, too */
    int32_t session;      /* to be made in this one or later, 1 first; beyond the case's last: in the last */
    double x, y, z;       /* moved onto the scan as the points of curves are */
    double depth_mm;      /* above 0, up to 5; this and the following as in the field below */
    double tilt_rad, azimuth_rad;
    double tone;
    double dwell_ms;
    /* Since 1.4.  0..20: no dot that any layer's density makes has its mark nearer than this, straight, where it is more than the
     * treatment's spacing; 0: the spacing alone.  Pins are where they were put, but for at most 0.4 mm that
     * one steps aside from listed hair (or is left out, which a note tells), and hair where it grows.  Dots that have no place here
     * are not made up for elsewhere. */
    double radius_mm;
} np_strategy_pin;

/* Where layout writes.  The functions copy what they are given.  They return 0, or -1 when something is wrong with it: then layout
 * returns -1 too, and the host has said what it was. */
typedef struct np_strategy_layout {
    uint32_t struct_size;
    uint32_t reserved;
    void *context;
    /* [main]  A curve through COUNT control points (2 to NP_MAX_CONTROL_POINTS), x y z x y z ...; the host joins them along the scan
     * by geodesics.  A point that is not on the scan is moved onto it: along the ray from the middle between glabella and inion if
     * that hits within 30 mm, else to the nearest place within 5 mm (both straight); else the layer fails. */
    int32_t (*add_curve)(void *context, uint32_t count, const double *xyz, int32_t closed);
    /* [main]  COUNT pins. */
    int32_t (*add_pins)(void *context, uint32_t count, const np_strategy_pin *pins);
} np_strategy_layout;

/* ---- samples in, field out: structures of arrays of equal length ---- */

typedef struct np_strategy_samples {
    uint32_t struct_size;
    uint32_t count;
    uint32_t stride; /* items from the beginning of one row of a table to the next */
    uint32_t reserved;
    const uint64_t *id;                     /* an index for random numbers: one for each sample of a plan */
    const double *x, *y, *z;                /* on the skin */
    const double *nx, *ny, *nz;             /* outward unit normal */
    const double *flow_x, *flow_y, *flow_z; /* HAIR_FLOW: unit tangent in which hair grows */
    /* REGION_DISTANCE: of region r and sample i at [r * stride + i]: to its border along the skin, positive inside.  One row of 1e9
     * where the layer has no region. */
    const double *region_distance_mm;
    /* CURVE: of curve c and sample i at [c * stride + i]: to the curve along the skin, positive to the left of its direction seen from
     * outside, and the arc length of its nearest point. */
    const double *curve_distance_mm;
    const double *curve_arc_mm;
    /* POINTS: of set p and sample i at [p * stride + i]: to the nearest point, straight, and its index.  One row of 1e9 and -1 where
     * the layer has no points. */
    const double *point_distance_mm;
    const int32_t *point_index;
    const int32_t *zone; /* ZONE: NP_ZONE_*; minor versions may add some */
    const double
        *existing_density_per_cm2; /* EXISTING_DENSITY: follicular units that grow there, and dots that were made */
    /* Since 1.1.  HAIR_TILT: of hair from the normal, 0 upright, pi/2 flat on the skin; 0 in the middle of a whorl. */
    const double *hair_tilt_rad;
    /* Since 1.2.  HISTORY: dots that an earlier treatment of this head left, those that its plan wanted (both measured alike, so that
     * they are the same where none is missing; the latter is -1 everywhere where the case names no plan, 0 where the plan wanted nothing),
     * and the mean tone of what it left; -1 where it left nothing. */
    const double *made_density_per_cm2, *planned_density_per_cm2, *made_tone;
    /* Since 1.3.  ZONE_WEIGHTS: how much of zone z (NP_ZONE_*, below zone_count) there is at sample i, at [z * stride + i]: 0..1, together 1.
     * Zones pass into each other over 10 mm, so that what is graded by them has no step; zone is where there is most, by borders
     * without width.  Minor versions may add zones: what is painted from a zone that it does not know, a strategy takes as OTHER. */
    const double *zone_weight;
    uint32_t zone_count, zone_reserved;
} np_strategy_samples;

#define NP_ZONE_OTHER 0
#define NP_ZONE_FRONTAL 1
#define NP_ZONE_TEMPLE 2
#define NP_ZONE_MIDSCALP 3
#define NP_ZONE_CROWN 4
#define NP_ZONE_OCCIPITAL 5

/* Defaults stand in all arrays already: paint changes what it cares for.  A value out of its range, or not finite, is an error that
 * names the sample.  A sample is where a mark is to be seen: a needle that is tilted enters beside it. */
typedef struct np_strategy_field {
    uint32_t struct_size;
    uint32_t count;
    double *coverage;        /* 0..1: how strongly this layer claims the point; default 0 */
    double *density_per_cm2; /* 0..1000: dots to be made here, over all sessions; default 0 */
    double *depth_mm;        /* 0..5: true depth below the undeformed skin; default by zone */
    double *tilt_rad;        /* 0..pi/2: needle from the normal; default 0 */
    double
        *azimuth_rad; /* -100..100: direction of the tilt, from hair flow, right-handed about the normal; default 0 */
    double *tone;     /* 0 lightest .. 1 darkest; default 0.5 */
    double *dwell_ms; /* 0..10000; default 30 */
    int32_t *first_session; /* 1..8: earliest session in which dots may be made here; default 1 */
} np_strategy_field;

/* ---- sizes at ABI 1.0, in bytes; they never change ---- */

#define NP_PLUGIN_ENTRY_SIZE_1_0 48u
#define NP_STRATEGY_DESC_SIZE_1_0 128u
#define NP_PARAM_DESC_SIZE_1_0 128u
#define NP_INPUT_DESC_SIZE_1_0 40u
#define NP_STRATEGY_INPUT_SIZE_1_0 16u
#define NP_HOST_SIZE_1_0 64u
#define NP_PARAM_VALUE_SIZE_1_0 40u
#define NP_STRATEGY_CURVE_SIZE_1_0 48u
#define NP_STRATEGY_POINTS_SIZE_1_0 56u
#define NP_STRATEGY_HEAD_SIZE_1_0 224u
#define NP_STRATEGY_TREATMENT_SIZE_1_0 80u
#define NP_STRATEGY_JOB_SIZE_1_0 120u
#define NP_STRATEGY_PIN_SIZE_1_0 72u
#define NP_STRATEGY_LAYOUT_SIZE_1_0 32u
#define NP_STRATEGY_SAMPLES_SIZE_1_0 152u
#define NP_STRATEGY_FIELD_SIZE_1_0 72u

#ifdef __cplusplus
}
#endif

#endif
