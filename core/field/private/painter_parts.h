/* The painter's inside, shared by the files that make it up: inputs drawn on the scan (drawing.c), one layer
 * (layer.c), its job and layout in the helper (layout.c), the samples' channels (channels.c) and the
 * composition (compose.c). */
#ifndef NP_FIELD_PRIVATE_PAINTER_PARTS_H
#define NP_FIELD_PRIVATE_PAINTER_PARTS_H

#include "field/field.h"
#include "field/private/helper.h"
#include "field/private/nearest.h"
#include "field/plugins.h"
#include "field/private/shared.h"

#define FIELD_SNAP_MM 5.0

/* A layer: what the case says of it, its strategy at work, and what that laid out. */
typedef struct field_layer {
    const np_case_layer *source;
    const np_strategy_info *info;
    char *label;   /* "layer front (strategy hairline of /x/hairline.so)" */
    char *version; /* "hairline 1.0.0" */
    int32_t index;
    uint64_t seed;
    double *params;
    const np_region *region; /* the painter's; NULL without one */
    const np_curve
        *curves[FIELD_SHARED_MAX_CURVES]; /* its own first, if it has one (the painter's), then those emitted */
    uint32_t n_curves;
    np_curve *emitted[FIELD_SHARED_MAX_CURVES]; /* owned */
    uint32_t n_emitted;
    bool has_own_curve;
    np_surface_point *points;
    size_t n_points;
    field_nearest *nearest; /* of the points */
    field_helper *helper;
    bool asked;                 /* it owes an answer */
    double *area_mm;            /* of a chunk's samples: distance to the border of what the layer may paint */
    field_shared_field *answer; /* a chunk's field as copied from the helper, then checked */
} field_layer;

typedef struct field_keep_out {
    np_vec3 center; /* of a disc */
    double radius_mm, margin_mm;
    np_region *region; /* NULL: a disc */
} field_keep_out;

struct np_painter {
    const np_case *source;
    const np_scan *scan;
    np_plugin_list plugins;
    np_region **regions; /* one a region of the case, NULL while no layer uses it; curves likewise */
    np_curve **curves;
    field_keep_out *keep_outs;
    field_layer *layers;
    size_t n_layers;
    np_surface_point *existing;
    size_t n_existing;
    field_nearest *existing_tree;
    np_pin *pins;
    size_t n_pins, pin_capacity;
    char *notes; /* what strategies logged, a line each; NULL for nothing */
};

/* drawing.c: from the case's file coordinates to the scan. */
np_status field_painter_region(np_painter *painter, const char *name, const np_region **out_region, np_error *err);
np_status field_painter_curve(np_painter *painter, const char *name, const np_curve **out_curve, np_error *err);
/* WHAT and LINE are for messages; the caller frees *out_points. */
np_status field_painter_points(const np_painter *painter, const np_case_points *source, const char *what, unsigned line,
                               np_surface_point **out_points, np_error *err);
np_status field_painter_draw_keep_outs(np_painter *painter, np_error *err);
/* Distance to the nearest keep-out, its margin included, positive outside; INFINITY without one. */
double field_painter_clear_mm(const np_painter *painter, const np_surface_point *p);

/* layer.c */
np_status field_layer_init(np_painter *painter, size_t index, field_layer *layer, np_error *err);
void field_layer_fini(field_layer *layer);
/* Distance to the border of what the layer may paint, positive inside. */
double field_layer_area_mm(const field_layer *layer, const np_surface_point *p);
/* Puts the layer's label before a strategy's error; returns STATUS. */
np_status field_layer_failed(const field_layer *layer, np_status status, np_error *err);

/* layout.c: starts the layer's helper, runs the layout, draws its curves and adds its pins. */
np_status field_layer_lay_out(np_painter *painter, field_layer *layer, np_error *err);
np_status field_painter_add_note(np_painter *painter, const field_layer *layer, const char *text, np_error *err);

/* channels.c: fills every layer's shared memory for N samples (a chunk at most). */
void field_painter_fill(np_painter *painter, const np_surface_point *points, size_t n, uint64_t first_id);

/* compose.c: copies and checks a layer's answer for N samples; FIRST is the number of the first, for
 * messages. */
np_status field_layer_take(field_layer *layer, size_t n, size_t first, np_error *err);
/* Composes all layers' answers into OUT from FIRST on. */
void field_painter_compose(const np_painter *painter, const np_surface_point *points, size_t n, size_t first,
                           np_field *out);
/* Depth where no strategy says otherwise, by zone. */
double field_default_depth_mm(int zone);

#endif
