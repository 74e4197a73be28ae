/* The painter: all layers of a case brought to one scan, each with its strategy in a helper of its own, and asked chunk by chunk.
 * All helpers work at once on the same chunk; what they answer is copied and checked before anything is made of it. */
#include "field/painter.h"

#include <math.h>
#include <stdlib.h>

#include "field/private/channels.h"
#include "field/private/compose.h"
#include "field/private/drawing.h"
#include "field/private/layer.h"
#include "field/private/layout.h"
#include "field/private/painter.h"
#include "field/private/point_values.h"
#include "field/private/pins.h"
#include "head/flow.h"

static np_status allocate(np_painter *painter, np_error *err)
{
    const np_case *c = painter->source;
    painter->regions = calloc(c->n_regions + 1, sizeof *painter->regions);
    painter->curves = calloc(c->n_curves + 1, sizeof *painter->curves);
    painter->keep_outs = calloc(c->n_keep_outs + 1, sizeof *painter->keep_outs);
    painter->layers = calloc(c->n_layers + 1, sizeof *painter->layers);
    if (!painter->regions || !painter->curves || !painter->keep_outs || !painter->layers)
        return np_error_no_memory(err, "the layers");
    return NP_OK;
}

/* Those that the case names, and no others. */
static np_status find_plugins(np_painter *painter, np_error *err)
{
    const np_case *c = painter->source;
    const char **names = calloc(c->n_layers + 1, sizeof *names);
    if (!names)
        return np_error_no_memory(err, "strategy names");
    for (unsigned i = 0; i < c->n_layers; i++)
        names[i] = c->layers[i].strategy;
    np_status status = np_plugin_list_init_for(&painter->plugins, names, c->n_layers, painter->progress, err);
    free(names);
    return status;
}

/* The units that the existing follicles are, one or several hairs each. */
static np_status find_units(np_painter *painter, np_error *err)
{
    const np_surface_point *hair = painter->existing;
    size_t n = painter->n_existing;
    uint32_t *unit = malloc((n + 1) * sizeof *unit), *hairs = calloc(n + 1, sizeof *hairs);
    painter->units = malloc((n + 1) * sizeof *painter->units);
    np_status status = unit && hairs && painter->units
                           ? np_near_units(&hair->position, sizeof *hair, n, unit, &painter->n_units, err)
                           : np_error_no_memory(err, "follicular units");
    for (size_t i = 0; status == NP_OK && i < n; i++) {
        np_surface_point *u = &painter->units[unit[i]];
        if (hairs[unit[i]]++ == 0)
            *u = hair[i];
        else
            u->position = np_vec3_lerp(u->position, hair[i].position, 1.0 / hairs[unit[i]]);
    }
    free(unit);
    free(hairs);
    return status;
}

static np_status set_up(np_painter *painter, np_error *err)
{
    const np_case *c = painter->source;
    np_status status = allocate(painter, err);
    if (status == NP_OK && painter->plugins.n_strategies == 0)
        status = find_plugins(painter, err);
    if (status == NP_OK)
        status = field_painter_draw_keep_outs(painter, err);
    if (status == NP_OK)
        status = field_painter_points(painter, &c->existing, "existing follicles", 0, &painter->existing, err);
    if (status != NP_OK)
        return status;
    painter->n_existing = c->existing.n;
    status = find_units(painter, err);
    if (status == NP_OK)
        status = field_history_init(painter, err);

    /* all layers are checked before the first strategy is run: an error in the last one should not take long
     * to find */
    for (; status == NP_OK && painter->n_layers < c->n_layers; painter->n_layers++)
        status = field_layer_init(painter, painter->n_layers, &painter->layers[painter->n_layers], err);
    return status == NP_OK ? field_point_values_check_taken(painter, err) : status;
}

np_status field_painter_create(const np_case *c, const np_scan *scan, const char *helper_program,
                               np_plugin_list *plugins, const np_progress *progress, np_painter **out_painter,
                               np_error *err)
{
    *out_painter = NULL;
    np_painter *painter = calloc(1, sizeof *painter);
    if (!painter) {
        np_plugin_list_fini(plugins);
        return np_error_no_memory(err, "the layers");
    }
    painter->source = c;
    painter->scan = scan;
    painter->progress = progress;
    painter->helper_program = helper_program;
    painter->plugins = *plugins;
    *plugins = (np_plugin_list){0};
    *out_painter = painter;
    return set_up(painter, err);
}

np_status np_painter_create(const np_case *c, const np_scan *scan, const np_progress *progress,
                            np_painter **out_painter, np_error *err)
{
    np_plugin_list none = {0};
    return np_painter_create_of(c, scan, &none, progress, out_painter, err);
}

np_status np_painter_create_of(const np_case *c, const np_scan *scan, np_plugin_list *plugins,
                               const np_progress *progress, np_painter **out_painter, np_error *err)
{
    *out_painter = NULL;
    np_painter *painter = NULL;
    np_status status = field_painter_create(c, scan, FIELD_HELPER_HOST, plugins, progress, &painter, err);
    for (size_t l = 0; status == NP_OK && l < painter->n_layers; l++)
        status = field_layer_lay_out(painter, &painter->layers[l], err);
    if (status == NP_OK && painter->n_pins && c->existing.n)
        status = field_pins_make_way(painter, err);
    if (!painter)
        return status;
    painter->progress = NULL;
    if (status == NP_OK)
        *out_painter = painter;
    else
        np_painter_destroy(painter);
    return status;
}

void np_painter_rest(np_painter *painter)
{
    size_t n = painter && painter->layers ? painter->source->n_layers : 0;
    for (size_t l = 0; l < n; l++)
        field_helper_close(painter->layers[l].helper);
    for (size_t l = 0; l < n; l++) {
        field_helper_destroy(painter->layers[l].helper);
        painter->layers[l].helper = NULL;
    }
}

void np_painter_destroy(np_painter *painter)
{
    if (!painter)
        return;
    np_painter_rest(painter);
    /* a layer whose setting up failed is counted, one that was never begun is empty */
    for (size_t l = 0; painter->layers && l < painter->source->n_layers; l++)
        field_layer_fini(&painter->layers[l]);
    for (size_t i = 0; painter->regions && i < painter->source->n_regions; i++)
        np_region_destroy(painter->regions[i]);
    for (size_t i = 0; painter->curves && i < painter->source->n_curves; i++)
        np_curve_destroy(painter->curves[i]);
    field_painter_free_keep_outs(painter);
    np_plugin_list_fini(&painter->plugins);
    np_near_fini(&painter->counted_near);
    field_history_fini(&painter->history);
    free(painter->regions);
    free(painter->curves);
    free(painter->layers);
    free(painter->existing);
    free(painter->units);
    free(painter->counted);
    free(painter->pins);
    free(painter->notes);
    free(painter);
}

double np_painter_inside_mm(void *context, const np_surface_point *p)
{
    const np_painter *painter = context;
    double inside = -INFINITY;
    for (size_t l = 0; l < painter->n_layers; l++)
        inside = fmax(inside, field_layer_area_mm(&painter->layers[l], p));
    return fmin(inside, field_painter_clear_mm(painter, p));
}

const np_pin *np_painter_pins(const np_painter *painter, size_t *out_n)
{
    *out_n = painter->n_pins;
    return painter->pins;
}

const char *np_painter_strategy_version(const np_painter *painter, size_t layer)
{
    return layer < painter->n_layers ? painter->layers[layer].version : NULL;
}

const char *np_painter_strategy_origin(const np_painter *painter, size_t layer)
{
    return layer < painter->n_layers ? painter->layers[layer].made_by : NULL;
}

double np_painter_zone_depth_mm(const np_painter *painter, const np_surface_point *p)
{
    const np_case_depth *d = &painter->source->depth;
    const double depth_mm[NP_ZONES] = {
        [NP_ZONE_OTHER] = d->elsewhere_mm,   [NP_ZONE_FRONTAL] = d->frontal_mm, [NP_ZONE_TEMPLE] = d->temple_mm,
        [NP_ZONE_MIDSCALP] = d->midscalp_mm, [NP_ZONE_CROWN] = d->crown_mm,     [NP_ZONE_OCCIPITAL] = d->occipital_mm};
    double weights[NP_ZONES], sum = 0;
    np_scan_zone_weights(painter->scan, p, weights);
    for (int k = 0; k < NP_ZONES; k++)
        sum += weights[k] * depth_mm[k];
    return sum;
}

const np_surface_point *np_painter_existing(const np_painter *painter, size_t *out_n)
{
    *out_n = painter->n_existing;
    return painter->existing;
}

const np_surface_point *np_painter_units(const np_painter *painter, size_t *out_n)
{
    *out_n = painter->n_units;
    return painter->units;
}

const np_surface_point *np_painter_standing(const np_painter *painter, size_t *out_n)
{
    *out_n = painter->history.n_standing;
    return painter->existing + painter->source->existing.n;
}

np_status np_painter_check_history(const np_painter *painter, np_error *err)
{
    const np_case *c = painter->source;
    for (size_t l = 0; l < painter->n_layers && !c->made_plan && !c->made_file; l++)
        if (painter->layers[l].info->desc.channels & NP_CHANNEL_HISTORY)
            return np_error_set(
                err, NP_ERR_INVALID,
                "%s:%u: layer '%s': %s needs to know what was made, or it would make all of it again; add `made: "
                "{plan: FIRST.needleplan}` (the earlier plan, with its journal), `made: {file: FOUND.csv}` (dots that "
                "were "
                "found), or both",
                c->path, c->layers[l].line, c->layers[l].name, c->layers[l].strategy);
    return NP_OK;
}

np_status np_painter_set_history(np_painter *painter, const np_past_mark *marks, size_t n, size_t *out_found,
                                 np_error *err)
{
    return field_history_set(painter, marks, n, out_found, err);
}

const np_vec3 *np_painter_past_entries(const np_painter *painter, size_t *out_n)
{
    *out_n = painter->history.n_entries;
    return painter->history.entries;
}

const char *np_painter_notes(const np_painter *painter)
{
    return painter->notes ? painter->notes : "";
}

/* ---- painting ---- */

/* One chunk's part of the whole, for the progress that strategies report. */
typedef struct chunk_progress {
    const np_progress *whole;
    double begin, length;
} chunk_progress;

static bool report_chunk(void *context, const char *stage, double fraction)
{
    const chunk_progress *c = context;
    (void)stage;
    return np_progress_step(c->whole, "painting", c->begin + fraction * c->length);
}

/* After an error: ends the helpers that owe an answer, which nobody wants to wait for. */
static void abandon(np_painter *painter, size_t n)
{
    for (size_t l = 0; l < n; l++) {
        if (painter->layers[l].asked)
            field_helper_abandon(painter->layers[l].helper);
        painter->layers[l].asked = false;
    }
}

/* All layers work at the same time, each in its own process. */
static np_status run_chunk(np_painter *painter, size_t n, size_t first, const np_progress *progress, np_error *err)
{
    np_message request = {0}, *answer;
    np_message_begin(&request, FIELD_MESSAGE_PAINT);
    np_message_put_u32(&request, (uint32_t)n);
    np_status status = NP_OK;
    size_t sent = 0;
    for (; status == NP_OK && sent < painter->n_layers; sent++) {
        atomic_store(&field_helper_shared(painter->layers[sent].helper)->progress_ppm, 0);
        painter->layers[sent].asked = true;
        status = field_helper_send(painter->layers[sent].helper, "painting", &request, progress, err);
        if (status != NP_OK)
            field_layer_failed(&painter->layers[sent], status, err);
    }
    for (size_t l = 0; status == NP_OK && l < sent; l++) {
        field_layer *layer = &painter->layers[l];
        layer->asked = false;
        status = field_helper_wait(layer->helper, "painting", progress, &answer, err);
        if (status != NP_OK) {
            field_layer_failed(layer, status, err);
            break;
        }
        char *notes = np_message_get_text(answer);
        if (first == 0)
            status = field_painter_add_note(painter, layer, notes, err);
        free(notes);
        if (status == NP_OK)
            status = field_layer_take(layer, n, first, err);
    }
    if (status != NP_OK)
        abandon(painter, sent);
    np_message_fini(&request);
    return status;
}

np_status np_painter_paint(np_painter *painter, const np_surface_point *points, size_t n, uint64_t first_id,
                           const np_progress *progress, np_field *out, np_error *err)
{
    if (out->n < n)
        return np_error_set(err, NP_ERR_INTERNAL, "a field of %zu points cannot take %zu", out->n, n);
    for (size_t l = 0; l < painter->n_layers; l++) {
        np_status status = field_layer_wake(painter, &painter->layers[l], progress, err);
        if (status != NP_OK)
            return status;
    }
    for (size_t first = 0; first < n; first += FIELD_SHARED_CHUNK) {
        size_t count = n - first < FIELD_SHARED_CHUNK ? n - first : FIELD_SHARED_CHUNK;
        chunk_progress part = {progress, (double)first / (double)n, (double)count / (double)n};
        np_progress inner = {report_chunk, &part};
        if (!np_progress_step(&inner, "painting", 0))
            return np_error_set(err, NP_ERR_STOPPED, "stopped while painting");
        field_painter_fill(painter, points + first, count, first_id + first);
        np_status status = run_chunk(painter, count, first, &inner, err);
        if (status != NP_OK)
            return status;
        field_painter_compose(painter, points + first, count, first, out);
    }
    return NP_OK;
}
