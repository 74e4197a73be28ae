/* The field and the dots: what the strategies want at the treated patch's vertices, dots placed by its
 * density, and the field once more exactly at the dots. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "head/soundness.h"
#include "make/private/making.h"

/* Fine enough that a density between vertices is near enough to linear for ramps of 6-10 mm (domain.md 2.5).
 */
#define PATCH_EDGE_MM 0.8
/* Ids of the samples at dots, away from those at vertices: random numbers of the two never meet. */
#define DOT_SAMPLE_ID (UINT64_C(1) << 32)

/* The point of the scan's TRIANGLE at POSITION, which lies in its plane. */
static np_surface_point onto_scan(const np_scan *scan, uint32_t triangle, np_vec3 position)
{
    const np_triangle *t = &scan->surface.mesh.triangles[triangle];
    np_vec3 a = scan->surface.mesh.vertices[t->v[0]], b = scan->surface.mesh.vertices[t->v[1]],
            c = scan->surface.mesh.vertices[t->v[2]];
    np_vec3 n = np_vec3_cross(np_vec3_sub(b, a), np_vec3_sub(c, a));
    double area2 = np_vec3_dot(n, n);
    double w[3] = {1, 0, 0};
    if (area2 > 0) {
        w[1] = np_vec3_dot(np_vec3_cross(np_vec3_sub(position, a), np_vec3_sub(c, a)), n) / area2;
        w[2] = np_vec3_dot(np_vec3_cross(np_vec3_sub(b, a), np_vec3_sub(position, a)), n) / area2;
    }
    /* Rounding may leave it a hair outside. */
    w[1] = fmin(fmax(w[1], 0), 1);
    w[2] = fmin(fmax(w[2], 0), 1 - w[1]);
    w[0] = 1 - w[1] - w[2];
    return np_mesh_point(&scan->surface.mesh, scan->surface.normals, triangle, w);
}

/* The patch's vertices as points of the scan; the caller frees. */
static np_status vertex_points(const make_making *m, np_surface_point **out_points, np_error *err)
{
    const np_mesh *mesh = &m->patch.mesh;
    *out_points = calloc(mesh->n_vertices, sizeof **out_points);
    unsigned char *done = calloc(mesh->n_vertices, 1);
    np_status status = *out_points && done ? NP_OK : np_error_no_memory(err, "the treated patch");
    for (size_t t = 0; t < mesh->n_triangles && status == NP_OK; t++)
        for (int k = 0; k < 3; k++) {
            uint32_t v = mesh->triangles[t].v[k];
            if (!done[v])
                (*out_points)[v] = onto_scan(m->scan, m->patch.scan_triangle[t], mesh->vertices[v]);
            done[v] = 1;
        }
    free(done);
    return status;
}

/* A dot takes the layer and first session of its nearest corner, and a corner that nothing covers has
 * none: it takes them from covered corners beside it.  No dot lies farther out, where the density is 0 all
 * around. */
static void spread_layers(const np_mesh *mesh, np_field *field)
{
    for (int pass = 0; pass < 2; pass++)
        for (size_t t = 0; t < mesh->n_triangles; t++) {
            const uint32_t *v = mesh->triangles[t].v;
            for (int k = 0; k < 3; k++)
                for (int j = 1; j < 3 && field->layer[v[k]] < 0; j++) {
                    field->layer[v[k]] = field->layer[v[(k + j) % 3]];
                    field->first_session[v[k]] = field->first_session[v[(k + j) % 3]];
                }
        }
    for (size_t i = 0; i < field->n; i++)
        if (field->layer[i] < 0) {
            field->layer[i] = 0;
            field->first_session[i] = 1;
        }
}

static np_status name_layers(make_making *m, np_error *err)
{
    for (unsigned i = 0; i < m->c->n_layers; i++) {
        np_plan_layer *layer = &m->plan->layers[i];
        layer->name = strdup(m->c->layers[i].name);
        layer->strategy = strdup(np_painter_strategy_version(m->painter, i));
        if (!layer->name || !layer->strategy)
            return np_error_no_memory(err, "the plan");
    }
    return NP_OK;
}

/* Each corner stands for a third of its triangles. */
static void measure_areas(make_making *m)
{
    const np_mesh *mesh = &m->patch.mesh;
    for (size_t t = 0; t < mesh->n_triangles; t++) {
        const uint32_t *v = mesh->triangles[t].v;
        np_vec3 a = mesh->vertices[v[0]];
        np_vec3 n = np_vec3_cross(np_vec3_sub(mesh->vertices[v[1]], a), np_vec3_sub(mesh->vertices[v[2]], a));
        double third_cm2 = np_vec3_length(n) / 2 / 3 / 100;
        for (int k = 0; k < 3; k++)
            if (m->field.density_per_cm2[v[k]] > 0) {
                m->plan->layers[m->field.layer[v[k]]].area_cm2 += third_cm2;
                m->plan->treated_area_cm2 += third_cm2;
            }
    }
}

np_status make_field(make_making *m, np_error *err)
{
    np_surface_point *points = NULL;
    np_status status = np_painter_create(m->c, m->scan, &m->painter, err);
    if (status == NP_OK)
        status = name_layers(m, err);
    if (status == NP_OK)
        status = np_treated_init(&m->patch, &m->scan->surface, np_painter_inside_mm, m->painter, PATCH_EDGE_MM, err);
    if (status == NP_OK)
        status = vertex_points(m, &points, err);
    if (status == NP_OK)
        status = np_field_init(&m->field, m->patch.mesh.n_vertices, err);
    if (status == NP_OK)
        status = np_painter_paint(m->painter, points, m->patch.mesh.n_vertices, 0, m->progress, &m->field, err);
    if (status == NP_OK) {
        spread_layers(&m->patch.mesh, &m->field);
        measure_areas(m);
        /* What the strategies had to say of their layers; painting single dots says nothing new. */
        m->plan->notes = strdup(np_painter_notes(m->painter));
        if (!m->plan->notes)
            status = np_error_no_memory(err, "the plan");
        else
            status = np_soundness_check_area(m->scan, np_painter_inside_mm, m->painter, m->plan->treated_area_cm2,
                                             np_case_accepted(m->c), err);
    }
    free(points);
    return status;
}

/* ---- dots ---- */

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

static np_status collect_fixed(const make_making *m, np_dots_fixed **out_pins, size_t *out_n_pins,
                               np_vec3 **out_existing, size_t *out_n_existing, np_error *err)
{
    const np_pin *pins = np_painter_pins(m->painter, out_n_pins);
    const np_surface_point *existing = np_painter_existing(m->painter, out_n_existing);
    *out_pins = calloc(*out_n_pins + 1, sizeof **out_pins);
    *out_existing = calloc(*out_n_existing + 1, sizeof **out_existing);
    if (!*out_pins || !*out_existing)
        return np_error_no_memory(err, "the dots");
    for (size_t i = 0; i < *out_n_pins; i++)
        (*out_pins)[i] = (np_dots_fixed){pins[i].point.position, pins[i].session, pins[i].layer};
    for (size_t i = 0; i < *out_n_existing; i++)
        (*out_existing)[i] = existing[i].position;
    return NP_OK;
}

static np_status place(make_making *m, np_error *err)
{
    np_dots_fixed *pins = NULL;
    np_vec3 *existing = NULL;
    np_dots_request r = {
        .surface = &m->patch.mesh,
        .normals = m->patch.normals,
        .density_per_cm2 = m->field.density_per_cm2,
        .layer = m->field.layer,
        .first_session = m->field.first_session,
        .n_layers = m->c->n_layers,
        .pattern = m->c->pattern == NP_CASE_PATTERN_EVEN ? NP_DOTS_EVEN : NP_DOTS_FOLLICULAR,
        .quality = m->c->quality == NP_CASE_QUALITY_FAST ? NP_DOTS_FAST : NP_DOTS_BEST,
        .n_sessions = (int)m->c->n_sessions,
        .spacing_min_mm = m->c->limits.spacing_min_mm,
        .session_spacing_min_mm = m->c->limits.session_spacing_min_mm,
        .exact_count = (size_t)m->c->count,
        .seed = m->c->seed,
    };
    for (unsigned i = 0; i < m->c->n_sessions; i++)
        r.cumulative_share[i] = m->c->sessions[i].cumulative;
    np_status status = collect_fixed(m, &pins, &r.n_pins, &existing, &r.n_existing, err);
    r.pins = pins;
    r.existing = existing;
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

np_status make_placed(make_making *m, np_error *err)
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
        m->points[i] = onto_scan(m->scan, m->patch.scan_triangle[p->triangle], p->position);
    }
    status = np_soundness_check(m->scan, m->points, m->n_placed, np_painter_inside_mm, m->painter,
                                np_case_accepted(m->c), err);
    if (status == NP_OK)
        status = np_field_init(&m->dot_field, m->n_placed, err);
    if (status == NP_OK)
        status = np_painter_paint(m->painter, m->points, m->n_placed, DOT_SAMPLE_ID, m->progress, &m->dot_field, err);
    return status;
}
