/* The painter's inside, shared by the files that make it up: inputs drawn on the scan (drawing.h), one layer
 * (layer.h), its job and layout in the helper (layout.h), the samples' channels (channels.h) and the
 * composition (compose.h). */
#ifndef NP_FIELD_PRIVATE_PAINTER_PARTS_H
#define NP_FIELD_PRIVATE_PAINTER_PARTS_H

#include "field/private/history.h"
#include "field/painter.h"
#include "field/private/helper.h"
#include "base/near.h"
#include "field/private/nearest.h"
#include "field/private/params.h"
#include "field/plugins.h"
#include "field/private/shared.h"

#define FIELD_SNAP_MM 5.0

typedef struct field_point_set {
    np_surface_point *points;
    size_t n;
    double *values; /* of each value of the slot, in its order, one of each point */
    uint32_t n_values;
    field_nearest *nearest;
} field_point_set;

/* A layer: what the case says of it, its strategy at work, and what that laid out. */
typedef struct field_layer {
    const np_case_layer *source;
    const np_strategy_info *info;
    char *label;   /* "case.yaml:31: layer front (strategy hairline of /x/hairline.so)" */
    char *version; /* "hairline 1.0.0" */
    char *origin;  /* np_plugin_origin */
    char *made_by; /* that, and the files it was given */
    int32_t index;
    uint64_t seed;
    field_params params;
    const np_region *regions[NP_MAX_REGIONS]; /* the painter's */
    uint32_t n_regions;
    const np_curve *curves[NP_MAX_CURVES]; /* its inputs first (the painter's), then those emitted */
    uint32_t n_curves;
    np_curve *emitted[NP_MAX_CURVES]; /* owned */
    uint32_t n_emitted;
    uint32_t n_own_curves;
    field_point_set point_sets[NP_MAX_POINT_SETS];
    uint32_t n_point_sets;
    uint32_t input_first[NP_MAX_INPUTS], input_count[NP_MAX_INPUTS]; /* of each slot, as in np_strategy_input */
    field_helper *helper;                                            /* NULL: it rests */
    uint64_t layout_print; /* fingerprint of the first bytes of its layout's answer: the same when asked again */
    size_t layout_size;
    double *density_factors;    /* of each vertex of the scan, on what its strategy paints; NULL: 1 everywhere */
    bool asked;                 /* it owes an answer */
    double *area_mm;            /* of a chunk's samples: distance to the border of what the layer may paint */
    field_shared_field *answer; /* a chunk's field as copied from the helper, then checked */
} field_layer;

typedef struct field_keep_out {
    const np_case_keep_out *source;
    np_surface_point *centers; /* of discs, source->drawn.points.n of them; NULL: none */
    np_region *region;         /* NULL: no outline */
    np_curve *curve;           /* NULL: no curve */
} field_keep_out;

struct np_painter {
    const np_case *source;
    const np_scan *scan;
    np_plugin_list plugins;
    const char *helper_program;
    np_region **regions; /* one a region of the case, NULL while no layer uses it; curves likewise */
    np_curve **curves;
    field_keep_out *keep_outs;
    field_layer *layers;
    size_t n_layers;
    np_surface_point *existing;
    size_t n_existing; /* follicles, dots that were made, and of these the faded ones last */
    np_surface_point *
        units; /* of the follicles, which may be listed hair by hair: at the middle of their hairs, with normal and triangle of the first */
    size_t n_units;
    np_vec3 *counted; /* what counts as there: units, and dots that were made and have not faded */
    np_near counted_near;
    field_history history;
    np_pin *pins;
    size_t n_pins, pin_capacity;
    const np_progress *progress; /* while the painter is made */
    char *notes;                 /* what strategies logged, a line each; NULL for nothing */
};

#endif
