/* Meshes with known geometry, for the tests of the scan room: irregular on purpose, with edges of the length asked for. */
#ifndef NP_TESTS_UNIT_SCAN_SHAPES_H
#define NP_TESTS_UNIT_SCAN_SHAPES_H

#include "scan/mesh.h"
#include "base/rng.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define SHAPES_STREAM 0x73686170u

/* A plane grid z = 0 of NX x NY squares of side STEP, each cut along an alternating diagonal, inner vertices moved by up
 * to JITTER steps; lower left corner at the origin. */
static inline np_mesh shape_plane(size_t nx, size_t ny, double step, double jitter)
{
    np_mesh m = {.n_vertices = (nx + 1) * (ny + 1), .n_triangles = 2 * nx * ny};
    m.vertices = malloc(m.n_vertices * sizeof *m.vertices);
    m.triangles = malloc(m.n_triangles * sizeof *m.triangles);
    assert(m.vertices && m.triangles);
    for (size_t j = 0; j <= ny; j++)
        for (size_t i = 0; i <= nx; i++) {
            size_t v = j * (nx + 1) + i;
            double dx = i > 0 && i < nx ? jitter * (2 * np_rng_uniform(1, SHAPES_STREAM, v, 0) - 1) : 0;
            double dy = j > 0 && j < ny ? jitter * (2 * np_rng_uniform(1, SHAPES_STREAM, v, 1) - 1) : 0;
            m.vertices[v] = np_vec3_make(((double)i + dx) * step, ((double)j + dy) * step, 0);
        }
    for (size_t j = 0; j < ny; j++)
        for (size_t i = 0; i < nx; i++) {
            uint32_t a = (uint32_t)(j * (nx + 1) + i), b = a + 1, c = a + (uint32_t)nx + 1, d = c + 1;
            np_triangle *t = &m.triangles[2 * (j * nx + i)];
            if ((i + j) % 2) {
                t[0] = (np_triangle){{a, b, d}};
                t[1] = (np_triangle){{a, d, c}};
            } else {
                t[0] = (np_triangle){{a, b, c}};
                t[1] = (np_triangle){{b, d, c}};
            }
        }
    return m;
}

/* A sphere around the origin, rings of squeezed quads between poles on the z axis; triangles of aspect about ASPECT and
 * height STEP, jittered. */
static inline np_mesh shape_sphere(double radius, double step, double aspect, double jitter)
{
    const double pi = acos(-1.0);
    size_t rings = (size_t)ceil(pi * radius / step), around = (size_t)ceil(2 * pi * radius / (step * aspect));
    np_mesh m = {.n_vertices = (rings - 1) * around + 2, .n_triangles = 2 * around * (rings - 1)};
    m.vertices = malloc(m.n_vertices * sizeof *m.vertices);
    m.triangles = malloc(m.n_triangles * sizeof *m.triangles);
    assert(m.vertices && m.triangles);
    for (size_t r = 1; r < rings; r++)
        for (size_t i = 0; i < around; i++) {
            size_t v = (r - 1) * around + i;
            double dr = jitter * (2 * np_rng_uniform(2, SHAPES_STREAM, v, 0) - 1);
            double di = jitter * (2 * np_rng_uniform(2, SHAPES_STREAM, v, 1) - 1);
            double polar = pi * ((double)r + dr) / (double)rings;
            double turn = 2 * pi * ((double)i + di + (r % 2 ? 0.5 : 0)) / (double)around;
            m.vertices[v] = np_vec3_make(radius * sin(polar) * cos(turn), radius * sin(polar) * sin(turn),
                                         radius * cos(polar));
        }
    uint32_t north = (uint32_t)m.n_vertices - 2, south = north + 1;
    m.vertices[north] = np_vec3_make(0, 0, radius);
    m.vertices[south] = np_vec3_make(0, 0, -radius);
    size_t n = 0;
    for (uint32_t i = 0; i < around; i++) {
        uint32_t next = (i + 1) % (uint32_t)around, last = (uint32_t)((rings - 2) * around);
        m.triangles[n++] = (np_triangle){{north, i, next}};
        m.triangles[n++] = (np_triangle){{south, last + next, last + i}};
        for (uint32_t r = 0; r + 2 < rings; r++) {
            uint32_t a = r * (uint32_t)around + i, b = r * (uint32_t)around + next;
            uint32_t c = a + (uint32_t)around, d = b + (uint32_t)around;
            if (r % 2) { /* the ring below is half a step back */
                m.triangles[n++] = (np_triangle){{a, c, d}};
                m.triangles[n++] = (np_triangle){{a, d, b}};
            } else {
                m.triangles[n++] = (np_triangle){{a, c, b}};
                m.triangles[n++] = (np_triangle){{b, c, d}};
            }
        }
    }
    m.n_triangles = n;
    return m;
}

/* A and B in one mesh, not joined; frees both. */
static inline np_mesh shape_join(np_mesh a, np_mesh b)
{
    np_mesh m = {.n_vertices = a.n_vertices + b.n_vertices, .n_triangles = a.n_triangles + b.n_triangles};
    m.vertices = malloc(m.n_vertices * sizeof *m.vertices);
    m.triangles = malloc(m.n_triangles * sizeof *m.triangles);
    assert(m.vertices && m.triangles);
    memcpy(m.vertices, a.vertices, a.n_vertices * sizeof *a.vertices);
    memcpy(m.vertices + a.n_vertices, b.vertices, b.n_vertices * sizeof *b.vertices);
    memcpy(m.triangles, a.triangles, a.n_triangles * sizeof *a.triangles);
    for (size_t t = 0; t < b.n_triangles; t++)
        for (int k = 0; k < 3; k++)
            m.triangles[a.n_triangles + t].v[k] = b.triangles[t].v[k] + (uint32_t)a.n_vertices;
    np_mesh_fini(&a);
    np_mesh_fini(&b);
    return m;
}

/* Keeps the triangles for which KEEP is true of their centre. */
static inline void shape_cut(np_mesh *m, bool (*keep)(np_vec3 center))
{
    size_t n = 0;
    for (size_t t = 0; t < m->n_triangles; t++) {
        const uint32_t *v = m->triangles[t].v;
        np_vec3 sum = np_vec3_add(np_vec3_add(m->vertices[v[0]], m->vertices[v[1]]), m->vertices[v[2]]);
        if (keep(np_vec3_scale(sum, 1.0 / 3)))
            m->triangles[n++] = m->triangles[t];
    }
    m->n_triangles = n;
}

#endif
