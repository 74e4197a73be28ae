/* The dots stage: dots placed by the field's density, and the field once more exactly at the dots, for what is not linear between
 * the patch's vertices: depth, angle, tone, dwell. */
#include "make/private/dots.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/angle.h"
#include "head/flow.h"
#include "head/soundness.h"
#include "make/private/depth.h"
#include "make/private/lean.h"
#include "make/private/moves.h"
#include "make/private/notes.h"
#include "make/private/scan.h"
#include "make/private/shades.h"
#include "plan/binding.h"

/* Ids of the samples at dots, away from those at vertices: random numbers of the two never meet. */
#define DOT_SAMPLE_ID (UINT64_C(1) << 32)

/* ---- placing ---- */

/* The dots room knows layers by number only. */
static np_status name_them(const make_making *m, np_status status, np_error *err)
{
    if (status != NP_ERR_INVALID)
        return status;
    char names[400] = "";
    for (size_t i = 0, used = 0; i < m->plan->n_layers && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%slayer %zu is '%s'", i ? ", " : "", i,
                                 m->plan->layers[i].name);
    return np_error_prefix(err, status, "placing dots (%s)", names);
}

/* What the request borrows is in *OUT_PINS and *OUT_EXISTING, which has the units behind what is there; the caller frees both. */
static np_status collect_fixed(const make_making *m, np_dots_fixed **out_pins, np_vec3 **out_existing,
                               np_dots_request *r, np_error *err)
{
    const np_pin *pins = np_painter_pins(m->painter, &r->n_pins);
    const np_surface_point *existing = np_painter_existing(m->painter, &r->n_existing);
    const np_surface_point *units = np_painter_units(m->painter, &r->n_units);
    *out_pins = calloc(r->n_pins + 1, sizeof **out_pins);
    *out_existing = calloc(r->n_existing + r->n_units + 1, sizeof **out_existing);
    if (!*out_pins || !*out_existing)
        return np_error_no_memory(err, "the dots");
    for (size_t i = 0; i < r->n_pins; i++)
        (*out_pins)[i] = (np_dots_fixed){pins[i].point.position,
                                         (int)fmax(pins[i].session, m->c->layers[pins[i].layer].from_session),
                                         pins[i].layer, pins[i].radius_mm};
    for (size_t i = 0; i < r->n_existing; i++)
        (*out_existing)[i] = existing[i].position;
    for (size_t i = 0; i < r->n_units; i++)
        (*out_existing)[r->n_existing + i] = units[i].position;
    r->pins = *out_pins;
    r->existing = *out_existing;
    r->n_made = r->n_existing - m->c->existing.n;
    r->units = r->existing + r->n_existing;
    return NP_OK;
}

static np_status place(make_making *m, np_error *err)
{
    np_dots_fixed *pins = NULL;
    np_vec3 *existing = NULL;
    double evenness[NP_CASE_LAYERS_MAX];
    bool any = false;
    for (unsigned l = 0; l < m->c->n_layers; l++)
        any |= (evenness[l] = m->c->layers[l].evenness) > 0;
    np_dots_request r = {
        .surface = &m->patch.mesh,
        .normals = m->patch.normals,
        .density_per_cm2 = m->field.density_per_cm2,
        .layer = m->field.layer,
        .first_session = m->field.first_session,
        .n_layers = m->c->n_layers,
        .pattern = m->c->pattern == NP_CASE_PATTERN_EVEN ? NP_DOTS_EVEN : NP_DOTS_FOLLICULAR,
        .quality = m->c->quality == NP_CASE_QUALITY_FAST ? NP_DOTS_FAST : NP_DOTS_BEST,
        .evenness = m->c->evenness,
        .layer_evenness = any ? evenness : NULL,
        .n_sessions = (int)m->c->n_sessions,
        .spacing_min_mm = m->c->limits.spacing_min_mm,
        .session_spacing_min_mm = m->c->limits.session_spacing_min_mm,
        .exact_count = (size_t)m->c->count,
        .seed = m->c->seed,
    };
    for (unsigned i = 0; i < m->c->n_sessions; i++)
        r.cumulative_share[i] = m->c->sessions[i].cumulative;
    np_status status = collect_fixed(m, &pins, &existing, &r, err);
    if (status == NP_OK)
        status = name_them(m, np_dots_place(&r, m->progress, &m->placed, &m->n_placed, err), err);
    free(pins);
    free(existing);
    return status;
}

static np_status explain_emptiness(const make_making *m, np_error *err)
{
    size_t n_existing;
    (void)np_painter_existing(m->painter, &n_existing);
    return np_error_set(err, NP_ERR_INVALID,
                        "the plan would have no dots: the layers ask for a density of 0 on all of "
                        "the %.1f cm2 that they cover%s; check the layers' densities and regions",
                        np_mesh_area_mm2(&m->patch.mesh) / 100,
                        n_existing ? " (existing follicles may fill it already)" : "");
}

/* Places the dots, takes them over to the scan and paints once more exactly there. */
static np_status place_dots(make_making *m, np_error *err)
{
    np_status status = place(m, err);
    if (status == NP_OK && m->n_placed == 0)
        status = explain_emptiness(m, err);
    if (status != NP_OK)
        return status;
    m->points = calloc(m->n_placed, sizeof *m->points);
    if (!m->points)
        return np_error_no_memory(err, "the dots");
    for (size_t i = 0; i < m->n_placed; i++) {
        const np_surface_point *p = &m->placed[i].point;
        m->points[i] = make_scan_point(m->scan, m->patch.scan_triangle[p->triangle], p->position);
    }
    status = np_field_init(&m->dot_field, m->n_placed, err);
    if (status == NP_OK)
        status = np_painter_paint(m->painter, m->points, m->n_placed, DOT_SAMPLE_ID, m->progress, &m->dot_field, err);
    np_painter_rest(m->painter); /* nor while they are checked */
    return status;
}

/* ---- from placed points and painted values to dots ---- */

/* The field's value at a placed dot: painted there, or, where a border runs between, at its nearest covered corner. */
typedef struct values {
    double depth_mm, tilt_rad, azimuth_rad, tone, dwell_ms;
} values;

static values values_of(const np_field *f, size_t i)
{
    return (values){f->depth_mm[i], f->tilt_rad[i], f->azimuth_rad[i], f->tone[i], f->dwell_ms[i]};
}

/* At the border of a layer a dot may lie where nothing covers, between corners that something does: then
 * it takes the values of the corner that counts most for it. */
static values values_at(const make_making *m, size_t i)
{
    if (m->dot_field.layer[i] >= 0)
        return values_of(&m->dot_field, i);
    const np_surface_point *p = &m->placed[i].point;
    const uint32_t *v = m->patch.mesh.triangles[p->triangle].v;
    int best = 0;
    for (int k = 1; k < 3; k++) {
        bool covered = m->field.density_per_cm2[v[k]] > 0, best_covered = m->field.density_per_cm2[v[best]] > 0;
        if (covered > best_covered || (covered == best_covered && p->weight[k] > p->weight[best]))
            best = k;
    }
    return values_of(&m->field, v[best]);
}

/* The needle stands like the hair: its shaft leans towards where hair grows, turned by AZIMUTH about the normal (domain.md 1.4: tilt in
 * the plane of the local hair direction, so that the smear runs along the hair). */
static np_vec3 lean_of(const make_making *m, size_t i, double azimuth_rad)
{
    np_vec3 normal = m->points[i].normal;
    np_vec3 flow = np_vec3_normalize(np_vec3_reject(np_hair_flow(m->scan, &m->points[i]), normal));
    if (np_vec3_length(flow) < 0.5)
        flow = np_vec3_perpendicular(normal);
    return np_vec3_rotate(flow, normal, azimuth_rad);
}

/* What the pin says of itself, over what is painted at its place. */
static void set_by_pin(values *v, const np_pin *pin)
{
    v->depth_mm = isnan(pin->depth_mm) ? v->depth_mm : pin->depth_mm;
    v->tilt_rad = isnan(pin->tilt_rad) ? v->tilt_rad : pin->tilt_rad;
    v->azimuth_rad = isnan(pin->azimuth_rad) ? v->azimuth_rad : pin->azimuth_rad;
    v->tone = isnan(pin->tone) ? v->tone : pin->tone;
    v->dwell_ms = isnan(pin->dwell_ms) ? v->dwell_ms : pin->dwell_ms;
}

static np_status check_painted(const make_making *m, size_t i, const values *v, np_error *err)
{
    if (isfinite(v->depth_mm + v->tilt_rad + v->azimuth_rad + v->tone + v->dwell_ms) && fabs(v->depth_mm) < 1e3 &&
        fabs(v->tone) < 1e3 && fabs(v->dwell_ms) < 1e6)
        return NP_OK;
    const np_plan_layer *layer = &m->plan->layers[m->placed[i].layer];
    return np_error_set(err, NP_ERR_UNSAFE,
                        "layer '%s' (%s) gives no usable depth, tilt, tone or dwell at (%.1f, %.1f, "
                        "%.1f)",
                        layer->name, layer->strategy, m->points[i].position.x, m->points[i].position.y,
                        m->points[i].position.z);
}

/* What is wanted of each dot. */
static np_status take_needles(make_making *m, np_error *err)
{
    size_t n_pins;
    const np_pin *pins = np_painter_pins(m->painter, &n_pins);
    m->needles = calloc(m->n_placed, sizeof *m->needles);
    if (!m->needles)
        return np_error_no_memory(err, "the dots");
    for (size_t i = 0; i < m->n_placed; i++) {
        values v = values_at(m, i);
        if (m->placed[i].pin >= 0)
            set_by_pin(&v, &pins[m->placed[i].pin]);
        np_status status = check_painted(m, i, &v, err);
        if (status != NP_OK)
            return status;
        v.tone = fmin(fmax(v.tone + m->c->sessions[m->placed[i].session - 1].tone, 0), 1);
        m->needles[i] = (make_needle){v.depth_mm, v.tilt_rad, v.tone, v.dwell_ms, lean_of(m, i, v.azimuth_rad)};
    }
    return NP_OK;
}

/* Strategies keep within the limits without a word: a lean that was asked for and is not made is said. */
static np_status note_held_tilts(make_making *m, np_error *err)
{
    const double most_deg = m->c->limits.tilt_max_deg, most_rad = np_angle_rad(most_deg) - 1e-9;
    np_status status = NP_OK;
    for (size_t layer = 0; layer < m->plan->n_layers && status == NP_OK; layer++) {
        size_t n = 0, held = 0;
        for (size_t i = 0; i < m->n_placed; i++) {
            bool of_layer = (size_t)m->placed[i].layer == layer;
            n += of_layer;
            held += of_layer && m->needles[i].tilt_rad >= most_rad;
        }
        if (held)
            status =
                make_note(m, err,
                          "layer %s: %zu of %zu needles lean by limits.tilt_max_deg, %g degrees, the most: what is "
                          "to lean more is held there\n",
                          m->plan->layers[layer].name, held, n, most_deg);
    }
    return status;
}

static np_dot dot_of(const make_making *m, size_t i)
{
    const np_placed_dot *placed = &m->placed[i];
    const make_needle *needle = &m->needles[i];
    np_dot dot = {.session = placed->session,
                  .position = m->points[i].position,
                  .normal = m->points[i].normal,
                  .axis = make_needle_axis(needle, &m->points[i]),
                  .depth_mm = needle->depth_mm,
                  .tone = needle->tone,
                  .dwell_ms = needle->dwell_ms,
                  .layer = placed->layer,
                  .density_per_cm2 = placed->density_per_cm2,
                  .pin = placed->pin >= 0};
    np_plan_quantise_dot(&dot);
    /* The tilt of the axis as rounded, whatever sign or turn the strategy gave. */
    np_vec3 out = np_vec3_scale(dot.axis, -1);
    dot.tilt_rad = atan2(np_vec3_length(np_vec3_cross(out, dot.normal)), np_vec3_dot(out, dot.normal));
    np_plan_quantise_dot(&dot);
    return dot;
}

/* All dots, session by session (counting sort: their order within a session stays). */
static np_status form_dots(make_making *m, np_error *err)
{
    np_plan *plan = m->plan;
    size_t next[NP_CASE_MAX_SESSIONS + 1] = {0};
    plan->dots = calloc(m->n_placed, sizeof *plan->dots);
    if (!plan->dots)
        return np_error_no_memory(err, "the dots");
    for (size_t i = 0; i < m->n_placed; i++) {
        plan->sessions[m->placed[i].session - 1].dots++;
        plan->layers[m->placed[i].layer].dots[m->placed[i].session - 1]++;
    }
    for (size_t s = 0; s < plan->n_sessions; s++)
        next[s + 1] = next[s] + plan->sessions[s].dots;
    for (size_t i = 0; i < m->n_placed; i++)
        plan->dots[next[m->placed[i].session - 1]++] = dot_of(m, i);
    plan->n_dots = m->n_placed;
    return NP_OK;
}

#define SHORT_SHARE 0.01 /* of all dots: what a session may lack and rounding does not explain */

/* A layer has its share of the dots that may be made by then; where it holds others back, sessions have less than the case says: that is
 * said, with the layer that holds most back. */
static np_status note_short_sessions(make_making *m, np_error *err)
{
    const np_plan *plan = m->plan;
    size_t made = 0;
    np_status status = NP_OK;
    for (size_t s = 0; s + 1 < plan->n_sessions && status == NP_OK; s++) {
        const double share = m->c->sessions[s].cumulative, due = share * (double)plan->n_dots;
        double most = 0;
        size_t by = 0;
        made += plan->sessions[s].dots;
        for (size_t l = 0; l < plan->n_layers; l++) {
            double all = 0, so_far = 0;
            for (size_t k = 0; k < plan->n_sessions; k++) {
                all += plan->layers[l].dots[k];
                so_far += k <= s ? plan->layers[l].dots[k] : 0;
            }
            if (share * all - so_far > most) {
                most = share * all - so_far;
                by = l;
            }
        }
        if (due - (double)made > fmax(2, SHORT_SHARE * (double)plan->n_dots))
            status = make_note(m, err,
                               "note: by the end of session %zu %zu of %zu dots are made, %.0f %%, not the %.0f %% of "
                               "the case (sessions.cumulative): layer %s holds dots back for later sessions\n",
                               s + 1, made, plan->n_dots, 100 * (double)made / (double)plan->n_dots, 100 * share,
                               plan->layers[by].name);
    }
    return status;
}

np_status make_dots(make_making *m, np_error *err)
{
    np_status status = place_dots(m, err);
    if (status == NP_OK)
        status = take_needles(m, err);
    if (status == NP_OK)
        status = make_depth(m, err);
    if (status == NP_OK)
        status = note_held_tilts(m, err);
    if (status == NP_OK)
        status = make_arm(m, err);
    if (status == NP_OK)
        status = make_lean(m, err);
    if (status == NP_OK)
        status = np_soundness_check(m->scan, m->points, m->n_placed, np_painter_inside_mm, m->painter,
                                    np_case_accepted(m->c), &m->refused, err);
    if (status == NP_OK)
        status = make_room(m, err);
    if (status == NP_OK)
        status = make_shades(m, err);
    if (status == NP_OK)
        status = form_dots(m, err);
    return status == NP_OK ? note_short_sessions(m, err) : status;
}
