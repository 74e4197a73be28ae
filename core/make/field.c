/* The field stage: what the strategies want, at the vertices of the treated patch.  It is cut out of the scan and refined, so that
 * densities between its vertices are near enough to linear and the dots stage needs no strategy to place by them. */
#include "make/private/field.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "head/soundness.h"
#include "make/private/history.h"
#include "make/private/notes.h"
#include "make/private/scan.h"

/* Fine enough that a density between vertices is near enough to linear for ramps of 6-10 mm (domain.md 2.5).
 */
#define PATCH_EDGE_MM 0.8

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
                (*out_points)[v] = make_scan_point(m->scan, m->patch.scan_triangle[t], mesh->vertices[v]);
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

/* The case may want a layer later than its strategy does. */
static void hold_back(const np_case *c, np_field *field)
{
    for (size_t i = 0; i < field->n; i++)
        if (field->first_session[i] < c->layers[field->layer[i]].from_session)
            field->first_session[i] = c->layers[field->layer[i]].from_session;
}

/* What made the layers: a line each. */
static np_status name_plugins(make_making *m, np_error *err)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    for (unsigned i = 0; out && i < m->c->n_layers; i++)
        fputs(np_painter_strategy_origin(m->painter, i), out);
    bool whole = out && fclose(out) == 0;
    m->plan->plugins = text;
    return whole ? NP_OK : np_error_no_memory(err, "the plan");
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
    return name_plugins(m, err);
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
    np_status status = make_history_read(m, err);
    if (status == NP_OK)
        status = np_painter_create_of(&m->past.source, m->scan, &m->plugins, m->progress, &m->painter, err);
    if (status == NP_OK)
        status = make_history_tell(m, err);
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
    np_painter_rest(m->painter); /* no stranger's code is at work while dots are placed */
    if (status == NP_OK) {
        spread_layers(&m->patch.mesh, &m->field);
        hold_back(m->c, &m->field);
        measure_areas(m);
        /* What the strategies had to say of their layers; painting single dots says nothing new. */
        status = make_note(m, err, "%s", np_painter_notes(m->painter));
        m->painted = status == NP_OK;
    }
    if (status == NP_OK)
        status = np_soundness_check_area(m->scan, np_painter_inside_mm, m->painter, m->plan->treated_area_cm2,
                                         np_case_accepted(m->c), &m->refused, err);
    free(points);
    return status;
}
