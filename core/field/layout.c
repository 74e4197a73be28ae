/* A layer's start: the helper, the job, and what the strategy lays out, put on the scan. */
#include "field/private/layout.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/angle.h"
#include "base/clock.h"
#include "base/grow.h"
#include "base/plain.h"
#include "field/private/descriptor.h"
#include "field/private/layer.h"

#define RAY_SNAP_MM 30.0 /* of a point that a strategy could only guess, from knowing no more than the landmarks */
#define MAX_NOTE 1200    /* bytes of one line that a strategy logs, */
#define MAX_NOTES 4000   /* and of all that one call logs */
#define FIELD_PIN_RADIUS_MAX_MM 20.0
#define ON_SCAN_MM 0.5 /* a point this near is meant to be where it is */
/* The head frame's x-y plane is parallel to glabella-inion, and the inion lies about 40 mm lower on a head
 * held upright (193 mm behind): so upright is 12 degrees forward of z.  Head anthropometry: ANSUR II, inion
 * at -0.93 a, -40. */
#define PITCH_RAD 0.2094395102393195

/* ---- the job, outwards ---- */

static void put_vec3(np_message *m, np_vec3 v)
{
    np_message_put_f64(m, v.x);
    np_message_put_f64(m, v.y);
    np_message_put_f64(m, v.z);
}

static void put_curve(np_message *m, const np_curve *curve)
{
    size_t n = np_curve_count(curve);
    const np_surface_point *points = np_curve_points(curve);
    np_message_put_u32(m, (uint32_t)n);
    np_message_put_u32(m, np_curve_is_closed(curve));
    for (size_t i = 0; i < n; i++)
        np_message_put_f64(m, points[i].position.x);
    for (size_t i = 0; i < n; i++)
        np_message_put_f64(m, points[i].position.y);
    for (size_t i = 0; i < n; i++)
        np_message_put_f64(m, points[i].position.z);
    np_message_put(m, np_curve_arc_mm(curve), n * sizeof(double));
}

/* The layer's first N curves. */
static void put_curves(np_message *m, const field_layer *layer, uint32_t n)
{
    np_message_put_u32(m, n);
    for (uint32_t i = 0; i < n; i++)
        put_curve(m, layer->curves[i]);
}

/* AXIS: 0 x, 1 y, 2 z of the position, 3 to 5 of the normal. */
static double number_of(const np_surface_point *p, int axis)
{
    const double numbers[] = {p->position.x, p->position.y, p->position.z, p->normal.x, p->normal.y, p->normal.z};
    return numbers[axis];
}

static void put_points(np_message *m, const field_point_set *set)
{
    np_message_put_u32(m, (uint32_t)set->n);
    np_message_put_u32(m, set->n_values);
    for (int axis = 0; axis < 6; axis++)
        for (size_t i = 0; i < set->n; i++)
            np_message_put_f64(m, number_of(&set->points[i], axis));
    np_message_put(m, set->values, set->n_values * set->n * sizeof *set->values);
}

static void put_head(np_message *m, const np_scan *scan)
{
    const np_case_landmarks *l = &scan->landmarks;
    double s = sin(PITCH_RAD), c = cos(PITCH_RAD);
    const np_vec3 places[] = {l->glabella, l->inion,   l->tragion_left, l->tragion_right,
                              l->vertex,   {c, 0, -s}, {0, 1, 0},       {s, 0, c}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        put_vec3(m, places[i]);
    np_message_put_u32(m, (uint32_t)scan->n_whorls);
    for (size_t i = 0; i < scan->n_whorls; i++)
        np_message_put_f64(m, scan->whorls[i].x);
    for (size_t i = 0; i < scan->n_whorls; i++)
        np_message_put_f64(m, scan->whorls[i].y);
    for (size_t i = 0; i < scan->n_whorls; i++)
        np_message_put_f64(m, scan->whorls[i].z);
}

static void put_treatment(np_message *m, const np_case *c)
{
    const np_case_limits *l = &c->limits;
    const double numbers[] = {c->needle_diameter_mm,    c->natural_density_per_cm2,    l->depth_min_mm,
                              l->depth_max_mm,          np_angle_rad(l->tilt_max_deg), l->spacing_min_mm,
                              l->session_spacing_min_mm};
    np_message_put(m, numbers, sizeof numbers);
    np_message_put_u32(m, c->n_sessions);
    for (unsigned i = 0; i < c->n_sessions; i++)
        np_message_put_f64(m, c->sessions[i].cumulative);
    for (unsigned i = 0; i < c->n_sessions; i++)
        np_message_put_u32(m, (uint32_t)c->sessions[i].day);
}

static void put_params(np_message *m, const field_layer *layer)
{
    const field_params *p = &layer->params;
    np_message_put_u32(m, p->n);
    np_message_put(m, p->numbers, p->n * sizeof *p->numbers);
    for (uint32_t i = 0; i < p->n; i++) {
        const field_param_value *v = &p->values[i];
        bool given = v->bytes || v->data;
        np_message_put_u32(m, given ? (uint32_t)layer->info->desc.params[i].type : NP_PARAM_FLOAT);
        if (!given)
            continue;
        np_message_put_u32(m, v->count);
        np_message_put_u32(m, v->columns);
        if (v->bytes)
            np_message_put(m, v->bytes, (size_t)v->count + 1);
        else
            np_message_put(m, v->data, (size_t)v->count * v->columns * sizeof *v->data);
    }
}

/* As field_host_read_job reads it. */
static void put_job(np_message *m, const np_painter *painter, const field_layer *layer, uint32_t strategy)
{
    np_message_begin(m, FIELD_MESSAGE_LAYOUT);
    np_message_put_u32(m, strategy);
    np_message_put_u64(m, layer->seed);
    np_message_put_f64(m, layer->n_regions > 0 ? 1e9 : layer->source->reach_mm);
    put_head(m, painter->scan);
    put_treatment(m, painter->source);
    put_params(m, layer);
    np_message_put_u32(m, layer->n_regions);
    for (uint32_t i = 0; i < layer->n_regions; i++)
        put_curve(m, np_region_border(layer->regions[i]));
    put_curves(m, layer, layer->n_own_curves);
    np_message_put_u32(m, layer->n_point_sets);
    for (uint32_t i = 0; i < layer->n_point_sets; i++)
        put_points(m, &layer->point_sets[i]);
    for (uint32_t i = 0; i < layer->info->desc.input_count; i++) {
        np_message_put_u32(m, layer->input_first[i]);
        np_message_put_u32(m, layer->input_count[i]);
        np_message_put_u32(m, (uint32_t)layer->info->desc.inputs[i].kind);
    }
}

/* ---- the layout, inwards ---- */

/* A point that a strategy gave, moved onto the scan as needlepath/plugin.h promises. */
static bool snap(const np_scan *scan, np_vec3 p, np_surface_point *out)
{
    if (np_surface_nearest(&scan->surface, p, ON_SCAN_MM, out))
        return true;
    np_vec3 middle = np_vec3_scale(np_vec3_add(scan->landmarks.glabella, scan->landmarks.inion), 0.5);
    np_vec3 ray = np_vec3_normalize(np_vec3_sub(p, middle));
    if (np_surface_ray(&scan->surface, middle, ray, 300, out) && np_vec3_distance(out->position, p) <= RAY_SNAP_MM)
        return true;
    return np_surface_nearest(&scan->surface, p, FIELD_SNAP_MM, out);
}

static np_status off_the_scan(const char *what, uint32_t number, np_vec3 p, np_error *err)
{
    return np_error_set(err, NP_ERR_PLUGIN,
                        "layout put %s %u at (%.4g, %.4g, %.4g): no surface within %g mm, nor within %g mm "
                        "along the ray from "
                        "the head's middle",
                        what, number + 1, p.x, p.y, p.z, FIELD_SNAP_MM, RAY_SNAP_MM);
}

static np_status unreadable(np_error *err)
{
    return np_error_set(err, NP_ERR_PLUGIN, "its layout cannot be read");
}

static np_vec3 get_vec3(np_message *m)
{
    np_vec3 v;
    v.x = np_message_get_f64(m);
    v.y = np_message_get_f64(m);
    v.z = np_message_get_f64(m);
    return v;
}

/* Control points closer than this are one: a geodesic between them has no direction. */
#define SAME_POINT_MM 0.05

/* The user's wish, and the time that drawing a layer's layout may take. */
typedef struct drawing {
    const np_progress *whole;
    double deadline_s;
    bool late;
} drawing;

static bool report_drawing(void *context, const char *stage, double fraction)
{
    drawing *d = context;
    d->late = np_clock_s() >= d->deadline_s;
    return !d->late && np_progress_step(d->whole, stage, fraction);
}

static np_status take_curve(const np_painter *painter, field_layer *layer, np_message *m, const np_progress *progress,
                            np_error *err)
{
    uint32_t n = np_message_get_u32(m), kept = 0;
    bool closed = np_message_get_u32(m) != 0;
    if (m->failed || n < 2 || n > NP_MAX_CONTROL_POINTS || n > (m->size - m->at) / (3 * sizeof(double)))
        return unreadable(err);
    np_vec3 *control = malloc(n * sizeof *control);
    if (!control)
        return np_error_no_memory(err, "a curve");
    np_status status = NP_OK;
    for (uint32_t i = 0; status == NP_OK && i < n; i++) {
        np_vec3 p = get_vec3(m);
        np_surface_point on;
        if (!np_vec3_is_finite(p) || !snap(painter->scan, p, &on))
            status = off_the_scan("control point", i, p, err);
        else if (kept == 0 || np_vec3_distance(on.position, control[kept - 1]) > SAME_POINT_MM)
            control[kept++] = on.position;
    }
    if (status == NP_OK && kept < 2)
        status = np_error_set(err, NP_ERR_PLUGIN, "layout drew a curve without length");
    if (status == NP_OK) {
        np_curve *curve = NULL;
        status = np_curve_create(&painter->scan->surface, "the curve that layout drew", control, kept, closed, progress,
                                 &curve, err);
        if (status == NP_OK)
            layer->curves[layer->n_curves++] = layer->emitted[layer->n_emitted++] = curve;
    }
    free(control);
    return status;
}

#define PIN_BYTES (4 + 9 * sizeof(double)) /* in a message */

static np_status check_pin(uint32_t i, const np_pin *pin, np_error *err)
{
    const struct {
        const char *name;
        double value, min, max;
    } rows[] = {{"depth", pin->depth_mm, 0, 5},           {"tilt", pin->tilt_rad, 0, NP_PI / 2},
                {"azimuth", pin->azimuth_rad, -100, 100}, {"tone", pin->tone, 0, 1},
                {"dwell", pin->dwell_ms, 0, 10000},       {"radius", pin->radius_mm, 0, FIELD_PIN_RADIUS_MAX_MM}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        if (rows[k].value < rows[k].min || rows[k].value > rows[k].max || (k == 0 && rows[k].value == 0))
            return np_error_set(err, NP_ERR_PLUGIN, "layout gave pin %u the %s %g; expected %g..%g", i + 1,
                                rows[k].name, rows[k].value, rows[k].min, rows[k].max);
    if (isnan(pin->radius_mm))
        return np_error_set(err, NP_ERR_PLUGIN, "layout gave pin %u a radius that is no number; 0 is for none", i + 1);
    if (pin->session < 1 || pin->session > NP_CASE_MAX_SESSIONS)
        return np_error_set(err, NP_ERR_PLUGIN, "layout gave pin %u the session %d; expected 1..%d", i + 1,
                            pin->session, NP_CASE_MAX_SESSIONS);
    return NP_OK;
}

static np_status take_pins(np_painter *painter, const field_layer *layer, np_message *m, const np_progress *progress,
                           np_error *err)
{
    uint32_t n = np_message_get_u32(m);
    if (m->failed || n > NP_MAX_PINS || n > (m->size - m->at) / PIN_BYTES)
        return unreadable(err);
    np_status status = NP_GROW(painter->pins, painter->pin_capacity, painter->n_pins + n + 1, "pins", err);
    if (status != NP_OK)
        return status;
    for (uint32_t i = 0; i < n; i++) {
        if (i % 512 == 0 && !np_progress_step(progress, "placing pins", (double)i / n))
            return np_error_set(err, NP_ERR_STOPPED, "stopped while placing pins");
        np_pin pin = {.layer = layer->index, .session = (int32_t)np_message_get_u32(m)};
        np_vec3 p = get_vec3(m);
        pin.depth_mm = np_message_get_f64(m);
        pin.tilt_rad = np_message_get_f64(m);
        pin.azimuth_rad = np_message_get_f64(m);
        pin.tone = np_message_get_f64(m);
        pin.dwell_ms = np_message_get_f64(m);
        pin.radius_mm = np_message_get_f64(m);
        status = check_pin(i, &pin, err);
        if (status != NP_OK)
            return status;
        if (!np_vec3_is_finite(p) || !snap(painter->scan, p, &pin.point))
            return off_the_scan("pin", i, p, err);
        /* a case with fewer sessions than the strategy thought of makes it in the last one */
        if (pin.session > (int32_t)painter->source->n_sessions)
            pin.session = (int32_t)painter->source->n_sessions;
        painter->pins[painter->n_pins++] = pin;
    }
    return NP_OK;
}

np_status field_painter_add_note(np_painter *painter, const field_layer *layer, const char *text, np_error *err)
{
    char line[MAX_NOTE], plain[MAX_NOTE];
    for (size_t n, begin = 0; text && text[begin] && begin < MAX_NOTES; begin += n + (text[begin + n] == '\n')) {
        n = strcspn(text + begin, "\n");
        snprintf(line, sizeof line, "%.*s", (int)(n < MAX_NOTE ? n : MAX_NOTE), text + begin);
        char *notes;
        if (asprintf(&notes, "%slayer %s (%s): %s\n", painter->notes ? painter->notes : "", layer->source->name,
                     layer->info->desc.id, np_plain_copy(line, plain, sizeof plain)) < 0)
            return np_error_no_memory(err, "notes");
        free(painter->notes);
        painter->notes = notes;
    }
    return NP_OK;
}

static np_status take_drawing(np_painter *painter, field_layer *layer, np_message *m, const np_progress *progress,
                              np_error *err)
{
    uint32_t n = np_message_get_u32(m);
    if (m->failed || n > NP_MAX_CURVES - layer->n_curves)
        return unreadable(err);
    for (uint32_t i = 0; i < n; i++) {
        np_status status = take_curve(painter, layer, m, progress, err);
        if (status != NP_OK)
            return status;
    }
    return take_pins(painter, layer, m, progress, err);
}

np_status field_layer_take_layout(np_painter *painter, field_layer *layer, np_message *m, np_error *err)
{
    double allowed_s = field_helper_timeout_s(layer->helper);
    drawing d = {painter->progress, np_clock_s() + allowed_s, false};
    np_progress progress = {report_drawing, &d};
    np_status status = take_drawing(painter, layer, m, &progress, err);
    if (status == NP_ERR_STOPPED && d.late)
        return np_error_set(err, NP_ERR_PLUGIN,
                            "what its layout emits takes more than %g s to be drawn on the scan; it may emit fewer or "
                            "shorter curves, or fewer pins",
                            allowed_s);
    if (status != NP_OK)
        return status;
    layer->layout_size = m->at; /* notes may tell of times and places */
    layer->layout_print = np_message_print(m, layer->layout_size);
    char *notes = np_message_get_text(m);
    status = m->failed ? unreadable(err) : field_painter_add_note(painter, layer, notes, err);
    free(notes);
    return status;
}

static np_status changed(np_error *err)
{
    return np_error_set(err, NP_ERR_PLUGIN,
                        "the plugin's file changed while it was in use, or its manifest says something else than it "
                        "does; write the manifest anew (`needlepath plugin manifest`), and start again");
}

/* Which of the plugin's strategies is ours, by what the helper says now: the file may have changed since it
 * was listed. */
static np_status find_strategy(np_message *answer, const np_strategy_info *info, uint32_t *out_index, np_error *err)
{
    np_strategy_info *infos = NULL;
    size_t n = 0;
    np_status status = field_descriptor_read(answer, info->plugin_path, &infos, &n, err);
    if (status != NP_OK)
        return status;
    size_t found = 0;
    while (found < n && strcmp(infos[found].desc.id, info->desc.id) != 0)
        found++;
    bool same = found < n && infos[found].print == info->print;
    for (size_t i = 0; i < n; i++)
        field_strategy_info_fini(&infos[i]);
    free(infos);
    *out_index = (uint32_t)found;
    return same ? NP_OK : changed(err);
}

/* The file that was loaded is still the one whose hash the plan gets. */
static np_status check_origin(const field_layer *layer, np_error *err)
{
    char *now = NULL;
    np_status status = np_plugin_origin(layer->info, &now, err);
    if (status == NP_OK && strcmp(now, layer->origin) != 0)
        status = changed(err);
    free(now);
    return status;
}

np_status field_layer_ask_layout(const np_painter *painter, field_layer *layer, const np_progress *progress,
                                 np_message *request, np_message **out_answer, np_error *err)
{
    uint32_t strategy = 0;
    np_status status = field_helper_create(painter->helper_program, &layer->helper, err);
    if (status != NP_OK)
        return status;
    np_message_begin(request, FIELD_MESSAGE_LOAD);
    np_message_put_text(request, layer->info->plugin_path);
    status = field_helper_call(layer->helper, "being loaded", request, progress, out_answer, err);
    if (status == NP_OK)
        status = find_strategy(*out_answer, layer->info, &strategy, err);
    if (status == NP_OK)
        status = check_origin(layer, err);
    if (status != NP_OK)
        return status;
    put_job(request, painter, layer, strategy);
    return field_helper_call(layer->helper, "laying out", request, progress, out_answer, err);
}

np_status field_layer_prepare(const field_layer *layer, const np_progress *progress, np_message *request,
                              char **out_notes, np_error *err)
{
    np_message *answer;
    *out_notes = NULL;
    np_message_begin(request, FIELD_MESSAGE_PREPARE);
    put_curves(request, layer, layer->n_curves);
    np_status status = field_helper_call(layer->helper, "preparing", request, progress, &answer, err);
    if (status == NP_OK)
        *out_notes = np_message_get_text(answer);
    return status;
}

/* What a person should know of where the strategy comes from. */
static np_status note_origin(np_painter *painter, const field_layer *layer, np_error *err)
{
    const np_plugin_problem *bad = np_plugin_list_problem(&painter->plugins, layer->info->desc.id);
    char text[1200];
    np_status status = NP_OK;
    if (np_plugin_hides_bundled(layer->info)) {
        snprintf(text, sizeof text,
                 "note: this is the strategy of %.900s, not the one of that name that needlepath comes with",
                 layer->info->plugin_path);
        status = field_painter_add_note(painter, layer, text, err);
    }
    if (status == NP_OK && bad) {
        snprintf(text, sizeof text, "warning: that of %.600s is not used: %.400s", bad->plugin_path, bad->reason);
        status = field_painter_add_note(painter, layer, text, err);
    }
    return status;
}

np_status field_layer_lay_out(np_painter *painter, field_layer *layer, np_error *err)
{
    np_message request = {0}, *answer;
    char *notes = NULL;
    np_status status = note_origin(painter, layer, err);
    if (status == NP_OK)
        status = field_layer_ask_layout(painter, layer, painter->progress, &request, &answer, err);
    if (status == NP_OK)
        status = field_layer_take_layout(painter, layer, answer, err);
    if (status == NP_OK)
        status = field_layer_prepare(layer, painter->progress, &request, &notes, err);
    if (status == NP_OK)
        status = field_painter_add_note(painter, layer, notes, err);
    free(notes);
    np_message_fini(&request);
    return status == NP_OK ? NP_OK : field_layer_failed(layer, status, err);
}

np_status field_layer_wake(const np_painter *painter, field_layer *layer, const np_progress *progress, np_error *err)
{
    if (layer->helper)
        return NP_OK;
    np_message request = {0}, *answer;
    char *notes = NULL; /* said at first already */
    np_status status = field_layer_ask_layout(painter, layer, progress, &request, &answer, err);
    if (status == NP_OK &&
        (answer->size < layer->layout_size || np_message_print(answer, layer->layout_size) != layer->layout_print))
        status = np_error_set(err, NP_ERR_PLUGIN,
                              "its layout emits other curves or pins when it is asked again; a strategy has no state "
                              "and uses no time and no random numbers but the host's");
    if (status == NP_OK)
        status = field_layer_prepare(layer, progress, &request, &notes, err);
    free(notes);
    np_message_fini(&request);
    return status == NP_OK ? NP_OK : field_layer_failed(layer, status, err);
}
