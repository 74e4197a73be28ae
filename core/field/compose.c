/* From the layers' answers to one field.
 *
 * Layers stack as in an image editor: each one covers what is below it by its coverage, so density is
 * lerp(below, layer, coverage) from the bottom up.  Depth, tilt, tone and the like are properties of dots, so
 * they are mixed by how much each layer adds to the density, not by area: a layer that claims a place in
 * order to keep it clear has no say in how deep the others' dots go. */
#include "field/private/compose.h"

#include <math.h>
#include <string.h>

#include "base/parallel.h"
#include "field/private/layer.h"
#include "field/private/paint.h"

/* How far outside its own border a layer may still count: the patch's border vertices lie on it, give or take
 * rounding. */
#define BORDER_TOLERANCE_MM 0.05

/* ---- taking an answer ---- */

typedef struct channel_range {
    const char *name;
    size_t offset; /* of the array in field_shared_field */
    double min, max;
} channel_range;

/* What a number may be at all; whether a dot is safe is the envelope's business. */
static const channel_range ranges[] = {
    {"coverage", offsetof(field_shared_field, coverage), 0, 1},
    {"density_per_cm2", offsetof(field_shared_field, density_per_cm2), 0, 1000},
    {"depth_mm", offsetof(field_shared_field, depth_mm), 0, 5},
    {"tilt_rad", offsetof(field_shared_field, tilt_rad), 0, 1.5707963267948966},
    {"azimuth_rad", offsetof(field_shared_field, azimuth_rad), -100, 100},
    {"tone", offsetof(field_shared_field, tone), 0, 1},
    {"dwell_ms", offsetof(field_shared_field, dwell_ms), 0, 10000},
};

static np_status check_sample(const field_shared_field *f, size_t i, size_t number, np_error *err)
{
    for (size_t r = 0; r < sizeof ranges / sizeof *ranges; r++) {
        double value = ((const double *)((const char *)f + ranges[r].offset))[i];
        if (!(value >= ranges[r].min && value <= ranges[r].max))
            return np_error_set(err, NP_ERR_PLUGIN, "paint gave sample %zu the %s %g; expected %g..%g", number,
                                ranges[r].name, value, ranges[r].min, ranges[r].max);
    }
    if (f->first_session[i] < 1 || f->first_session[i] > NP_CASE_MAX_SESSIONS)
        return np_error_set(err, NP_ERR_PLUGIN, "paint gave sample %zu the first_session %d; expected 1..%d", number,
                            f->first_session[i], NP_CASE_MAX_SESSIONS);
    return NP_OK;
}

np_status field_layer_take(field_layer *layer, size_t n, size_t first, np_error *err)
{
    field_shared *shared = field_helper_shared(layer->helper);
    for (size_t at = 0; at < n; at++) {
        field_shared_field *f = &layer->answer[at / FIELD_SHARED_BLOCK];
        size_t i = at % FIELD_SHARED_BLOCK;
        if (i == 0) /* the helper could still write: what is checked must be what is used */
            memcpy(f, &shared->blocks[at / FIELD_SHARED_BLOCK].field, sizeof *f);
        np_status status = check_sample(f, i, first + at, err);
        if (status != NP_OK)
            return field_layer_failed(layer, status, err);
        if (layer->area_mm[at] < -BORDER_TOLERANCE_MM)
            f->coverage[i] = 0; /* whatever it wants: this is not its place */
    }
    return NP_OK;
}

/* ---- composing ---- */

/* Sums over the layers; [0] weighted by share of the density, [1] by share of the area. */
typedef struct mix {
    double weight[2], depth[2], tilt[2], tone[2], dwell[2], azimuth_sin[2], azimuth_cos[2];
    double best[2];
    int32_t layer[2], first_session[2];
} mix;

static void add(mix *m, int kind, double weight, const field_layer *layer, size_t at)
{
    const field_shared_field *f = &layer->answer[at / FIELD_SHARED_BLOCK];
    size_t i = at % FIELD_SHARED_BLOCK;
    m->weight[kind] += weight;
    m->depth[kind] += weight * f->depth_mm[i];
    m->tilt[kind] += weight * f->tilt_rad[i];
    m->tone[kind] += weight * f->tone[i];
    m->dwell[kind] += weight * f->dwell_ms[i];
    m->azimuth_sin[kind] += weight * sin(f->azimuth_rad[i]);
    m->azimuth_cos[kind] += weight * cos(f->azimuth_rad[i]);
    if (weight > m->best[kind]) {
        m->best[kind] = weight;
        m->layer[kind] = layer->index;
        m->first_session[kind] = f->first_session[i];
    }
}

static void compose_point(const np_painter *painter, const np_surface_point *p, size_t at, size_t to, np_field *out)
{
    mix m = {.layer = {-1, -1}, .first_session = {1, 1}};
    double seen = 1; /* what the layers above let through */
    for (size_t l = painter->n_layers; l-- > 0;) {
        const field_layer *layer = &painter->layers[l];
        const field_shared_field *f = &layer->answer[at / FIELD_SHARED_BLOCK];
        size_t i = at % FIELD_SHARED_BLOCK;
        double weight = seen * f->coverage[i];
        if (weight <= 0)
            continue;
        double density = f->density_per_cm2[i];
        if (layer->density_factors)
            density *= field_paint_at(&painter->scan->surface.mesh, layer->density_factors, p);
        add(&m, 0, weight * density, layer, at);
        add(&m, 1, weight, layer, at);
        seen *= 1 - f->coverage[i];
    }
    int kind = m.weight[0] > 0 ? 0 : 1;
    double total = m.weight[kind];
    bool any = total > 0;
    out->coverage[to] = 1 - seen;
    out->density_per_cm2[to] = m.weight[0];
    out->depth_mm[to] = any ? m.depth[kind] / total : np_painter_zone_depth_mm(painter, p);
    out->tilt_rad[to] = any ? m.tilt[kind] / total : 0;
    out->azimuth_rad[to] = any ? atan2(m.azimuth_sin[kind], m.azimuth_cos[kind]) : 0;
    out->tone[to] = any ? m.tone[kind] / total : 0.5;
    out->dwell_ms[to] = any ? m.dwell[kind] / total : 30;
    out->layer[to] = m.layer[kind];
    out->first_session[to] = m.first_session[kind];
}

typedef struct composition {
    const np_painter *painter;
    const np_surface_point *points;
    size_t first;
    np_field *out;
} composition;

static void compose_block(void *context, size_t begin, size_t end, size_t block)
{
    const composition *c = context;
    (void)block;
    for (size_t at = begin; at < end; at++)
        compose_point(c->painter, &c->points[at], at, c->first + at, c->out);
}

void field_painter_compose(const np_painter *painter, const np_surface_point *points, size_t n, size_t first,
                           np_field *out)
{
    composition c = {painter, points, first, out};
    np_parallel_for(n, FIELD_SHARED_BLOCK, compose_block, &c);
}
