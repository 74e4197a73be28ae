/* The samples' channels: what a strategy may know of a point, computed for all layers in one pass over the
 * points. */
#include "field/private/channels.h"

#include <math.h>

#include "base/parallel.h"
#include "field/private/compose.h"
#include "field/private/drawing.h"
#include "head/flow.h"

_Static_assert(FIELD_ZONES == NP_ZONES, "strategies get a weight for each zone");

typedef struct fill {
    const np_painter *painter;
    const np_surface_point *points;
    uint64_t first_id;
    uint64_t wanted; /* channels that some layer reads */
} fill;

/* What does not depend on the layer. */
typedef struct common {
    np_vec3 flow;
    int32_t zone;
    double existing_density_per_cm2, hair_tilt_rad, depth_mm, clear_mm;
    double zone_weights[NP_ZONES];
    field_past past;
} common;

static common common_of(const fill *f, const np_surface_point *p)
{
    common c = {.zone = np_scan_zone(f->painter->scan, p)};
    if (f->wanted & NP_CHANNEL_HAIR_FLOW)
        c.flow = np_hair_flow(f->painter->scan, p);
    if (f->wanted & NP_CHANNEL_ZONE_WEIGHTS)
        np_scan_zone_weights(f->painter->scan, p, c.zone_weights);
    if (f->wanted & NP_CHANNEL_HAIR_TILT)
        c.hair_tilt_rad = np_hair_tilt_rad(f->painter->scan, p);
    if (f->wanted & NP_CHANNEL_EXISTING_DENSITY)
        c.existing_density_per_cm2 = np_near_density_per_cm2(&f->painter->counted_near, p->position);
    if (f->wanted & NP_CHANNEL_HISTORY)
        c.past = field_history_at(&f->painter->history, p->position);
    c.depth_mm = np_painter_zone_depth_mm(f->painter, p);
    c.clear_mm = field_painter_clear_mm(f->painter, p);
    return c;
}

static void fill_common(field_shared_block *b, size_t i, const np_surface_point *p, const common *c, uint64_t id,
                        uint64_t channels)
{
    b->id[i] = id;
    b->x[i] = p->position.x;
    b->y[i] = p->position.y;
    b->z[i] = p->position.z;
    b->nx[i] = p->normal.x;
    b->ny[i] = p->normal.y;
    b->nz[i] = p->normal.z;
    b->flow_x[i] = channels & NP_CHANNEL_HAIR_FLOW ? c->flow.x : 0;
    b->flow_y[i] = channels & NP_CHANNEL_HAIR_FLOW ? c->flow.y : 0;
    b->flow_z[i] = channels & NP_CHANNEL_HAIR_FLOW ? c->flow.z : 0;
    b->hair_tilt_rad[i] = channels & NP_CHANNEL_HAIR_TILT ? c->hair_tilt_rad : 0;
    bool past = channels & NP_CHANNEL_HISTORY;
    b->made_density_per_cm2[i] = past ? c->past.made_density_per_cm2 : 0;
    b->planned_density_per_cm2[i] = past ? c->past.planned_density_per_cm2 : 0;
    b->made_tone[i] = past ? c->past.made_tone : 0;
    b->zone[i] = channels & NP_CHANNEL_ZONE ? c->zone : NP_ZONE_OTHER;
    for (size_t k = 0; k < FIELD_ZONES; k++)
        b->zone_weight[k * FIELD_SHARED_BLOCK + i] = channels & NP_CHANNEL_ZONE_WEIGHTS ? c->zone_weights[k] : 0;
    b->existing_density_per_cm2[i] = channels & NP_CHANNEL_EXISTING_DENSITY ? c->existing_density_per_cm2 : 0;

    /* the defaults that needlepath/plugin.h promises */
    field_shared_field *f = &b->field;
    f->coverage[i] = f->density_per_cm2[i] = f->tilt_rad[i] = f->azimuth_rad[i] = 0;
    f->depth_mm[i] = c->depth_mm;
    f->tone[i] = 0.5;
    f->dwell_ms[i] = 30;
    f->first_session[i] = 1;
}

/* Sample I of a block, number AT of the chunk. */
static void fill_layer(const field_layer *layer, size_t i, size_t at, const np_surface_point *p, const common *c,
                       uint64_t id)
{
    const uint64_t channels = layer->info->desc.channels;
    field_shared_block *b = &field_helper_shared(layer->helper)->blocks[at / FIELD_SHARED_BLOCK];
    fill_common(b, i, p, c, id, channels);
    double away = 1e9, inside = -1e9;
    for (uint32_t k = 0; k < layer->n_curves; k++) {
        double arc = 0, distance = 0;
        bool bounds = k < layer->n_own_curves && layer->n_regions == 0;
        if (channels & NP_CHANNEL_CURVE || bounds)
            distance = np_curve_distance_mm(layer->curves[k], p, &arc);
        if (bounds)
            away = fmin(away, fabs(distance));
        b->curve_distance_mm[k * FIELD_SHARED_BLOCK + i] = distance;
        b->curve_arc_mm[k * FIELD_SHARED_BLOCK + i] = arc;
    }
    b->point_distance_mm[i] = 1e9;
    b->point_index[i] = -1;
    for (uint32_t k = 0; k < layer->n_point_sets; k++) {
        size_t to = k * FIELD_SHARED_BLOCK + i;
        int32_t nearest;
        double distance = field_nearest_find(layer->point_sets[k].nearest, p->position, &nearest);
        b->point_distance_mm[to] = distance;
        b->point_index[to] = nearest;
        away = fmin(away, distance);
    }
    b->region_distance_mm[i] = 1e9;
    for (uint32_t k = 0; k < layer->n_regions; k++) {
        double distance = np_region_distance_mm(layer->regions[k], p);
        b->region_distance_mm[k * FIELD_SHARED_BLOCK + i] = distance;
        inside = fmax(inside, distance);
    }
    layer->area_mm[at] = fmin(layer->n_regions > 0 ? inside : layer->source->reach_mm - away, c->clear_mm);
}

static void fill_block(void *context, size_t begin, size_t end, size_t block)
{
    const fill *f = context;
    (void)block;
    for (size_t at = begin; at < end; at++) {
        const np_surface_point *p = &f->points[at];
        common c = common_of(f, p);
        for (size_t l = 0; l < f->painter->n_layers; l++)
            fill_layer(&f->painter->layers[l], at - begin, at, p, &c, f->first_id + at);
    }
}

void field_painter_fill(np_painter *painter, const np_surface_point *points, size_t n, uint64_t first_id)
{
    fill f = {painter, points, first_id, 0};
    for (size_t l = 0; l < painter->n_layers; l++)
        f.wanted |= painter->layers[l].info->desc.channels;
    np_parallel_for(n, FIELD_SHARED_BLOCK, fill_block, &f);
}
