/* Surfaces for the tests of dots: a flat or folded sheet, and a closed ball. */
#ifndef NP_TESTS_DOTS_SHAPES_H
#define NP_TESTS_DOTS_SHAPES_H

#include "dots/dots.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/angle.h"

typedef struct shape {
    np_mesh mesh;
    np_vec3 *normals;
    double *density;
    int32_t *layer;
    int32_t *first_session;
} shape;

static inline void shape_fini(shape *s)
{
    free(s->mesh.vertices);
    free(s->mesh.triangles);
    free(s->normals);
    free(s->density);
    free(s->layer);
    free(s->first_session);
    *s = (shape){0};
}

/* Normals from areas; a uniform density, one layer, all sessions. */
static inline void shape_finish(shape *s, double density_per_cm2)
{
    np_mesh *m = &s->mesh;
    s->normals = calloc(m->n_vertices, sizeof *s->normals);
    s->density = calloc(m->n_vertices, sizeof *s->density);
    s->layer = calloc(m->n_vertices, sizeof *s->layer);
    s->first_session = calloc(m->n_vertices, sizeof *s->first_session);
    for (size_t t = 0; t < m->n_triangles; t++) {
        const uint32_t *v = m->triangles[t].v;
        np_vec3 a = np_vec3_cross(np_vec3_sub(m->vertices[v[1]], m->vertices[v[0]]),
                                  np_vec3_sub(m->vertices[v[2]], m->vertices[v[0]]));
        for (int c = 0; c < 3; c++)
            s->normals[v[c]] = np_vec3_add(s->normals[v[c]], a);
    }
    for (size_t v = 0; v < m->n_vertices; v++) {
        s->normals[v] = np_vec3_normalize(s->normals[v]);
        s->density[v] = density_per_cm2;
        s->first_session[v] = 1;
    }
}

/* WIDTH x HEIGHT mm in the x-y plane from (0, 0), edges of about EDGE mm, with a fold of RISE mm every 2 *
 * PERIOD mm of x. */
static inline shape shape_sheet(double width, double height, double edge, double rise, double period, double density)
{
    shape s = {0};
    size_t nx = (size_t)ceil(width / edge), ny = (size_t)ceil(height / edge), row = nx + 1, t = 0;
    s.mesh.n_vertices = row * (ny + 1);
    s.mesh.n_triangles = 2 * nx * ny;
    s.mesh.vertices = malloc(s.mesh.n_vertices * sizeof *s.mesh.vertices);
    s.mesh.triangles = malloc(s.mesh.n_triangles * sizeof *s.mesh.triangles);
    for (size_t j = 0; j <= ny; j++)
        for (size_t i = 0; i <= nx; i++) {
            double x = width * (double)i / (double)nx, phase = period > 0 ? fmod(x / period, 2) : 0;
            s.mesh.vertices[j * row + i] =
                np_vec3_make(x, height * (double)j / (double)ny, rise * (phase < 1 ? phase : 2 - phase));
        }
    for (size_t j = 0; j < ny; j++)
        for (size_t i = 0; i < nx; i++) {
            uint32_t a = (uint32_t)(j * row + i), b = a + 1, c = a + (uint32_t)row, d = c + 1;
            s.mesh.triangles[t++] = (np_triangle){{a, b, d}};
            s.mesh.triangles[t++] = (np_triangle){{a, d, c}};
        }
    shape_finish(&s, density);
    return s;
}

/* A latitude-longitude ball of RADIUS mm, closed at its poles, with RINGS rings. */
static inline shape shape_ball(double radius, size_t rings, double density)
{
    shape s = {0};
    size_t around = 2 * rings, t = 0;
    s.mesh.n_vertices = (rings - 1) * around + 2;
    s.mesh.n_triangles = 2 * around * (rings - 1);
    s.mesh.vertices = malloc(s.mesh.n_vertices * sizeof *s.mesh.vertices);
    s.mesh.triangles = malloc(s.mesh.n_triangles * sizeof *s.mesh.triangles);
    uint32_t south = (uint32_t)((rings - 1) * around), north = south + 1;
    for (size_t r = 1; r < rings; r++)
        for (size_t k = 0; k < around; k++) {
            double a = NP_PI * (double)r / (double)rings, b = NP_TWO_PI * (double)k / (double)around;
            s.mesh.vertices[(r - 1) * around + k] =
                np_vec3_make(radius * sin(a) * cos(b), radius * sin(a) * sin(b), -radius * cos(a));
        }
    s.mesh.vertices[south] = np_vec3_make(0, 0, -radius);
    s.mesh.vertices[north] = np_vec3_make(0, 0, radius);
    for (size_t k = 0; k < around; k++) {
        uint32_t k0 = (uint32_t)k, k1 = (uint32_t)((k + 1) % around), top = (uint32_t)((rings - 2) * around);
        s.mesh.triangles[t++] = (np_triangle){{south, k1, k0}};
        for (size_t r = 0; r + 2 < rings; r++) {
            uint32_t base = (uint32_t)(r * around), up = base + (uint32_t)around;
            s.mesh.triangles[t++] = (np_triangle){{base + k0, base + k1, up + k1}};
            s.mesh.triangles[t++] = (np_triangle){{base + k0, up + k1, up + k0}};
        }
        s.mesh.triangles[t++] = (np_triangle){{top + k0, top + k1, north}};
    }
    shape_finish(&s, density);
    return s;
}

/* What a case asks for by default: 30, 70, 100 %, floors of 0.45 and 0.7 mm. */
static inline np_dots_request shape_request(const shape *s, np_dots_pattern pattern)
{
    return (np_dots_request){.surface = &s->mesh,
                             .normals = s->normals,
                             .density_per_cm2 = s->density,
                             .layer = s->layer,
                             .first_session = s->first_session,
                             .n_layers = 1,
                             .pattern = pattern,
                             .n_sessions = 3,
                             .cumulative_share = {0.3, 0.7, 1},
                             .spacing_min_mm = 0.45,
                             .session_spacing_min_mm = 0.7,
                             .seed = 1};
}

#endif
