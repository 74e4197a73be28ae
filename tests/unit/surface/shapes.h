/* Meshes with known geometry, for the tests of the scan room: irregular on purpose, with edges of the length asked for. */
#ifndef NP_TESTS_UNIT_SCAN_SHAPES_H
#define NP_TESTS_UNIT_SCAN_SHAPES_H

#include "surface/surface.h"
#include "base/rng.h"

#include <assert.h>
#include <stdbool.h>
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
    assert(m.vertices);
    assert(m.triangles);
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

/* Number of the vertex at integer point (X, Y, Z) of the octahedron |X| + |Y| + |Z| = N. */
static inline uint32_t shape_octahedron_vertex(int n, int x, int y, int z)
{
    int below = 0; /* vertices of the levels before z; each level is a square ring of 4 r, the ends one */
    for (int level = -n; level < z; level++)
        below += level == -n ? 1 : 4 * (n - abs(level));
    int r = n - abs(z), at = 0;
    if (r > 0)
        at = x > 0 && y >= 0 ? y : x <= 0 && y > 0 ? r - x : x < 0 ? 2 * r - y : 3 * r + x;
    return (uint32_t)(below + at);
}

/* A sphere around the origin from an octahedron whose edges are cut into equal parts: edges of about STEP, some triangles
 * obtuse, and vertices moved by up to JITTER edges. */
static inline np_mesh shape_sphere(double radius, double step, double jitter)
{
    int n = (int)ceil(1.35 * radius / step);
    np_mesh m = {.n_vertices = (size_t)(4 * n * n + 2), .n_triangles = (size_t)(8 * n * n)};
    m.vertices = malloc(m.n_vertices * sizeof *m.vertices);
    m.triangles = malloc(m.n_triangles * sizeof *m.triangles);
    assert(m.vertices);
    assert(m.triangles);
    size_t t = 0;
    for (int octant = 0; octant < 8; octant++) {
        int sx = octant & 1 ? -1 : 1, sy = octant & 2 ? -1 : 1, sz = octant & 4 ? -1 : 1;
        bool turned = sx * sy * sz < 0;
        for (int i = 0; i <= n; i++)
            for (int j = 0; i + j <= n; j++) {
                int k = n - i - j;
                uint32_t a = shape_octahedron_vertex(n, sx * i, sy * j, sz * k);
                np_vec3 p = np_vec3_make(sx * i, sy * j, sz * k);
                double moved[3];
                for (unsigned c = 0; c < 3; c++)
                    moved[c] = 2 * jitter * (np_rng_uniform(2, SHAPES_STREAM, a, c) - 0.5);
                p = np_vec3_add(p, np_vec3_make(moved[0], moved[1], moved[2]));
                m.vertices[a] = np_vec3_scale(np_vec3_normalize(p), radius);
                if (i + j == n)
                    continue;
                uint32_t b = shape_octahedron_vertex(n, sx * (i + 1), sy * j, sz * (k - 1));
                uint32_t c = shape_octahedron_vertex(n, sx * i, sy * (j + 1), sz * (k - 1));
                m.triangles[t++] = turned ? (np_triangle){{a, c, b}} : (np_triangle){{a, b, c}};
                if (i + j + 2 <= n) {
                    uint32_t d = shape_octahedron_vertex(n, sx * (i + 1), sy * (j + 1), sz * (k - 2));
                    m.triangles[t++] = turned ? (np_triangle){{b, c, d}} : (np_triangle){{b, d, c}};
                }
            }
    }
    assert(t == m.n_triangles);
    return m;
}

/* A torus around the z axis. */
static inline np_mesh shape_torus(double radius, double tube, double step)
{
    const double turn = 2 * acos(-1.0);
    uint32_t nu = (uint32_t)(turn * radius / step), nv = (uint32_t)(turn * tube / step);
    np_mesh m = {.n_vertices = nu * nv, .n_triangles = 2 * nu * nv};
    m.vertices = malloc(m.n_vertices * sizeof *m.vertices);
    m.triangles = malloc(m.n_triangles * sizeof *m.triangles);
    assert(m.vertices);
    assert(m.triangles);
    for (uint32_t i = 0; i < nu; i++)
        for (uint32_t j = 0; j < nv; j++) {
            double u = turn * i / nu, v = turn * j / nv, r = radius + tube * cos(v);
            uint32_t a = i * nv + j, b = (i + 1) % nu * nv + j, next = (j + 1) % nv;
            uint32_t c = i * nv + next, d = (i + 1) % nu * nv + next;
            m.vertices[a] = np_vec3_make(r * cos(u), r * sin(u), tube * sin(v));
            m.triangles[2 * a] = (np_triangle){{a, b, d}};
            m.triangles[2 * a + 1] = (np_triangle){{a, d, c}};
        }
    return m;
}

/* A and B in one mesh, not joined; frees both. */
static inline np_mesh shape_join(np_mesh a, np_mesh b)
{
    np_mesh m = {.n_vertices = a.n_vertices + b.n_vertices, .n_triangles = a.n_triangles + b.n_triangles};
    m.vertices = malloc(m.n_vertices * sizeof *m.vertices);
    m.triangles = malloc(m.n_triangles * sizeof *m.triangles);
    assert(m.vertices);
    assert(m.triangles);
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

/* A surface of the mesh, which it takes over. */
static inline np_surface *shape_surface(np_mesh mesh)
{
    np_surface *surface = malloc(sizeof *surface);
    assert(surface);
    np_status status = np_surface_init(surface, &mesh, NULL, NULL);
    assert(status == NP_OK);
    (void)status;
    return surface;
}

static inline void shape_surface_destroy(np_surface *surface)
{
    np_surface_fini(surface);
    free(surface);
}

#endif
