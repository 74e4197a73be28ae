/* The head by directions.  A cube's faces are cut into squares of equal angles and each square into two triangles, so that the triangle
 * in a direction is found by two arc tangents, and no place on the head is special. */
#include <stdlib.h>

#include "base/angle.h"
#include "base/parallel.h"
#include "head/private/flow.h"
#include "head/private/frame.h"

#define CUTS 40 /* of a cube's edge: 2.25 degrees each */
#define SIDE (CUTS + 1)
#define UNSEEN UINT32_MAX

/* Where there is no skin, it is as far away as on the mean head. */
#define USUAL_RADIUS_MM 92.0
#define FARTHEST_MM 400.0
#define SMOOTHINGS 8

static np_vec3 center(void)
{
    return np_vec3_scale(head_up, HEAD_TRAGION_DROP_MM);
}

static size_t lattice_index(const unsigned at[3])
{
    return ((size_t)at[0] * SIDE + at[1]) * SIDE + at[2];
}

/* The point I, J of a face: 0 and 1 to the back and front, 2 and 3 right and left, 4 and 5 down and up. */
static void lattice_point(unsigned face, unsigned i, unsigned j, unsigned out_at[3])
{
    unsigned axis = face / 2;
    out_at[axis] = face % 2 ? CUTS : 0;
    out_at[(axis + 1) % 3] = i;
    out_at[(axis + 2) % 3] = j;
}

static uint32_t vertex_at(const head_sphere *s, unsigned face, unsigned i, unsigned j)
{
    unsigned at[3];
    lattice_point(face, i, j, at);
    return s->lattice[lattice_index(at)];
}

/* Of a point on the cube, in the head frame, unit. */
static np_vec3 direction_of(const unsigned at[3])
{
    double x[3];
    for (int k = 0; k < 3; k++)
        x[k] = tan(((double)at[k] / CUTS - 0.5) * NP_PI / 2);
    np_vec3 d = np_vec3_mad(np_vec3_scale(head_anterior, x[0]), head_up, x[2]);
    d.y += x[1];
    return np_vec3_normalize(d);
}

static np_status allocate(head_sphere *s, np_error *err)
{
    const size_t n_points = 6 * CUTS * CUTS + 2, n_lattice = (size_t)SIDE * SIDE * SIDE;
    s->mesh.vertices = malloc(n_points * sizeof *s->mesh.vertices);
    s->mesh.triangles = malloc((size_t)12 * CUTS * CUTS * sizeof *s->mesh.triangles);
    s->normals = malloc(n_points * sizeof *s->normals);
    s->lattice = malloc(n_lattice * sizeof *s->lattice);
    if (!s->mesh.vertices || !s->mesh.triangles || !s->normals || !s->lattice)
        return np_error_no_memory(err, "the hair flow");
    for (size_t i = 0; i < n_lattice; i++)
        s->lattice[i] = UNSEEN;
    return NP_OK;
}

/* Vertices, for now as unit directions, and triangles. */
static void build(head_sphere *s)
{
    for (unsigned face = 0; face < 6; face++)
        for (unsigned i = 0; i <= CUTS; i++)
            for (unsigned j = 0; j <= CUTS; j++) {
                unsigned at[3];
                lattice_point(face, i, j, at);
                uint32_t *vertex = &s->lattice[lattice_index(at)];
                if (*vertex != UNSEEN)
                    continue;
                *vertex = (uint32_t)s->mesh.n_vertices;
                s->mesh.vertices[s->mesh.n_vertices++] = direction_of(at);
            }
    for (unsigned face = 0; face < 6; face++)
        for (unsigned i = 0; i < CUTS; i++)
            for (unsigned j = 0; j < CUTS; j++) {
                uint32_t a = vertex_at(s, face, i, j), b = vertex_at(s, face, i + 1, j),
                         c = vertex_at(s, face, i + 1, j + 1), d = vertex_at(s, face, i, j + 1);
                bool outside = face % 2;
                s->mesh.triangles[s->mesh.n_triangles++] =
                    outside ? (np_triangle){{a, b, c}} : (np_triangle){{a, c, b}};
                s->mesh.triangles[s->mesh.n_triangles++] =
                    outside ? (np_triangle){{a, c, d}} : (np_triangle){{a, d, c}};
            }
}

typedef struct casting {
    const head_sphere *sphere;
    const np_scan *scan;
    double *radius_mm;
} casting;

static void cast_block(void *context, size_t begin, size_t end, size_t block)
{
    casting *c = context;
    (void)block;
    for (size_t i = begin; i < end; i++) {
        np_surface_point p;
        bool hit = np_surface_ray(&c->scan->surface, center(), c->sphere->mesh.vertices[i], FARTHEST_MM, &p);
        c->radius_mm[i] = hit ? np_vec3_distance(p.position, center()) : USUAL_RADIUS_MM;
    }
}

/* Each vertex half-way to the mean of its neighbours, again and again: some 6 mm wide. */
static void smooth(const np_mesh *mesh, double *radius_mm, double *sum, double *count)
{
    for (int round = 0; round < SMOOTHINGS; round++) {
        for (size_t i = 0; i < mesh->n_vertices; i++)
            sum[i] = count[i] = 0;
        for (size_t t = 0; t < mesh->n_triangles; t++)
            for (int k = 0; k < 3; k++) {
                const uint32_t *v = mesh->triangles[t].v;
                sum[v[k]] += radius_mm[v[(k + 1) % 3]] + radius_mm[v[(k + 2) % 3]];
                count[v[k]] += 2;
            }
        for (size_t i = 0; i < mesh->n_vertices; i++)
            radius_mm[i] = (radius_mm[i] + sum[i] / count[i]) / 2;
    }
}

np_status head_sphere_init(head_sphere *s, const np_scan *scan, np_error *err)
{
    const size_t grain = 512;
    *s = (head_sphere){0};
    np_status status = allocate(s, err);
    if (status != NP_OK)
        return status;
    build(s);
    size_t n = s->mesh.n_vertices;
    double *numbers = malloc(3 * n * sizeof *numbers);
    if (!numbers)
        return np_error_no_memory(err, "the hair flow");
    casting c = {s, scan, numbers};
    np_parallel_for(n, grain, cast_block, &c);
    smooth(&s->mesh, numbers, numbers + n, numbers + 2 * n);
    for (size_t i = 0; i < n; i++)
        s->mesh.vertices[i] = np_vec3_mad(center(), s->mesh.vertices[i], numbers[i]);
    free(numbers);
    np_mesh_vertex_normals(&s->mesh, s->normals);
    return NP_OK;
}

void head_sphere_fini(head_sphere *s)
{
    np_mesh_fini(&s->mesh);
    free(s->normals);
    free(s->lattice);
    *s = (head_sphere){0};
}

/* The square of a face that ALONG, the tangent of the angle to its middle, lies in, and *OUT_PART how far. */
static unsigned cut_of(double along, double *out_part)
{
    double cuts = (atan(along) * 2 / NP_PI + 0.5) * CUTS;
    double cut = fmin(fmax(floor(cuts), 0), CUTS - 1);
    *out_part = fmin(fmax(cuts - cut, 0), 1);
    return (unsigned)cut;
}

head_sphere_place head_sphere_find(const head_sphere *s, np_vec3 point)
{
    np_vec3 from = np_vec3_sub(point, center());
    double d[3] = {np_vec3_dot(from, head_anterior), from.y, np_vec3_dot(from, head_up)};
    unsigned axis = fabs(d[1]) > fabs(d[0]);
    axis = fabs(d[2]) > fabs(d[axis]) ? 2 : axis;
    double depth = fabs(d[axis]), u, v;
    if (!(depth > 0)) /* the very middle: any direction will do */
        d[axis] = depth = 1;
    unsigned face = 2 * axis + (d[axis] > 0);
    unsigned i = cut_of(d[(axis + 1) % 3] / depth, &u), j = cut_of(d[(axis + 2) % 3] / depth, &v);
    uint32_t a = vertex_at(s, face, i, j), c = vertex_at(s, face, i + 1, j + 1);
    if (u >= v)
        return (head_sphere_place){{a, vertex_at(s, face, i + 1, j), c}, {1 - u, u - v, v}};
    return (head_sphere_place){{a, vertex_at(s, face, i, j + 1), c}, {1 - v, v - u, u}};
}
