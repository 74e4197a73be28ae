/* The connection Laplacian: each vertex has a frame in its tangent plane, in which a direction is a complex number; across an edge the
 * number is turned by the angle between the frames at its ends.  With the cotangent weights of the Laplacian the energy is that of
 * Knoeppel et al. 2013; weights below zero, of edges between flat triangles, are taken for zero, so that the matrix is positive definite whatever the
 * mesh is.  Conjugate gradients, scaled by the diagonal: some ten thousand unknowns, pulled nearly everywhere, take a hundred steps. */
#include "surface/directions.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/angle.h"

#define TOLERANCE 1e-6
#define COTANGENT_MAX 20.0 /* of slivers */

typedef struct number {
    double re, im;
} number;

/* Row I of the matrix: links first[I] .. first[I + 1), and a diagonal. */
typedef struct link {
    uint32_t to;
    double weight;
    number factor; /* the turn from the other vertex's frame into this one's, in the end times the weight */
} link;

typedef struct solving {
    const np_mesh *mesh;
    const np_vec3 *normals;
    np_vec3 *across; /* of each vertex's frame: the real axis; the imaginary one is normal x across */
    size_t *first;
    link *links;
    double *diagonal;
    bool *fixed;
    number *x, *residual, *step, *product;
} solving;

np_vec3 np_directions_carry(np_vec3 v, np_vec3 from, np_vec3 to)
{
    np_vec3 hinge = np_vec3_cross(from, to), turned = np_vec3_cross(hinge, v);
    double cosine = np_vec3_dot(from, to);
    if (cosine < -1 + 1e-9) /* all turns are equally short */
        return np_vec3_scale(v, -1);
    return np_vec3_mad(np_vec3_add(v, turned), np_vec3_cross(hinge, turned), 1 / (1 + cosine));
}

static number in_frame(const solving *s, size_t i, np_vec3 v)
{
    return (number){np_vec3_dot(v, s->across[i]), np_vec3_dot(v, np_vec3_cross(s->normals[i], s->across[i]))};
}

static np_vec3 from_frame(const solving *s, size_t i, number z)
{
    np_vec3 v = np_vec3_scale(s->across[i], z.re);
    return np_vec3_mad(v, np_vec3_cross(s->normals[i], s->across[i]), z.im);
}

/* The cotangent of the corner of a triangle opposite to the edge from corner K to K + 1. */
static double cotangent(const np_mesh *mesh, size_t triangle, int k)
{
    const uint32_t *v = mesh->triangles[triangle].v;
    np_vec3 apex = mesh->vertices[v[(k + 2) % 3]];
    np_vec3 a = np_vec3_sub(mesh->vertices[v[k]], apex), b = np_vec3_sub(mesh->vertices[v[(k + 1) % 3]], apex);
    double area2 = np_vec3_length(np_vec3_cross(a, b));
    double value = area2 > 0 ? np_vec3_dot(a, b) / area2 : 0;
    return fmin(fmax(value, -COTANGENT_MAX), COTANGENT_MAX);
}

static void free_solving(solving *s)
{
    free(s->across);
    free(s->first);
    free(s->links);
    free(s->diagonal);
    free(s->fixed);
    free(s->x);
    free(s->residual);
    free(s->step);
    free(s->product);
}

static np_status allocate(solving *s, np_error *err)
{
    size_t n = s->mesh->n_vertices + 1;
    s->across = malloc(n * sizeof *s->across);
    s->first = calloc(n + 1, sizeof *s->first);
    s->links = malloc((6 * s->mesh->n_triangles + 1) * sizeof *s->links);
    s->diagonal = calloc(n, sizeof *s->diagonal);
    s->fixed = calloc(n, sizeof *s->fixed);
    s->x = calloc(n, sizeof *s->x);
    s->residual = calloc(n, sizeof *s->residual);
    s->step = calloc(n, sizeof *s->step);
    s->product = calloc(n, sizeof *s->product);
    if (!s->across || !s->first || !s->links || !s->diagonal || !s->fixed || !s->x || !s->residual || !s->step ||
        !s->product)
        return np_error_no_memory(err, "directions");
    return NP_OK;
}

/* The link from vertex I to J: what stands at J, in the frame of I. */
static link make_link(const solving *s, uint32_t i, uint32_t j, double weight)
{
    np_vec3 carried = np_directions_carry(s->across[j], s->normals[j], s->normals[i]);
    return (link){j, weight, in_frame(s, i, carried)};
}

/* Makes one of the links of a row that go to the same vertex, and the diagonal. */
static void merge_links(solving *s)
{
    size_t n = 0;
    for (size_t i = 0, begin = 0; i < s->mesh->n_vertices; i++) {
        size_t end = s->first[i + 1], row = n;
        for (size_t l = begin; l < end; l++) {
            size_t m = row;
            while (m < n && s->links[m].to != s->links[l].to)
                m++;
            if (m == n)
                s->links[n++] = s->links[l];
            else
                s->links[m].weight += s->links[l].weight;
        }
        for (size_t l = row; l < n; l++) {
            link *k = &s->links[l];
            double weight = fmax(k->weight, 0);
            k->factor = (number){weight * k->factor.re, weight * k->factor.im};
            s->diagonal[i] += weight;
        }
        begin = end;
        s->first[i + 1] = n;
    }
}

static void build_links(solving *s)
{
    const np_mesh *mesh = s->mesh;
    for (size_t t = 0; t < mesh->n_triangles; t++)
        for (int k = 0; k < 3; k++)
            s->first[mesh->triangles[t].v[k] + 2] += 2;
    for (size_t i = 2; i < mesh->n_vertices + 2; i++)
        s->first[i] += s->first[i - 1];
    for (size_t t = 0; t < mesh->n_triangles; t++)
        for (int k = 0; k < 3; k++) {
            uint32_t i = mesh->triangles[t].v[k], j = mesh->triangles[t].v[(k + 1) % 3];
            double weight = cotangent(mesh, t, k) / 2;
            s->links[s->first[i + 1]++] = make_link(s, i, j, weight);
            s->links[s->first[j + 1]++] = make_link(s, j, i, weight);
        }
    merge_links(s);
}

/* Adds the pulls: to the diagonal, and as right side into residual; x begins at what is wanted.  The sum of the right side's squares. */
static double build_pulls(solving *s, const np_vec3 *wanted, const double *pull_per_mm2)
{
    const np_mesh *mesh = s->mesh;
    double sum = 0;
    for (size_t t = 0; t < mesh->n_triangles; t++) {
        double share_mm2 = np_mesh_triangle_area_mm2(mesh, (uint32_t)t) / 3;
        for (int k = 0; k < 3; k++)
            s->product[mesh->triangles[t].v[k]].re += share_mm2;
    }
    for (size_t i = 0; i < mesh->n_vertices; i++) {
        s->fixed[i] = isinf(pull_per_mm2[i]);
        double pull = s->fixed[i] ? 0 : s->product[i].re * pull_per_mm2[i];
        if (pull > 0 || s->fixed[i])
            s->x[i] = in_frame(s, i, wanted[i]);
        s->diagonal[i] += pull;
        s->residual[i] = (number){pull * s->x[i].re, pull * s->x[i].im};
        sum += s->x[i].re * s->x[i].re + s->x[i].im * s->x[i].im;
    }
    return sum;
}

/* out = matrix times Z. */
static void multiply(const solving *s, const number *z, number *out)
{
    for (size_t i = 0; i < s->mesh->n_vertices; i++) {
        number sum = {s->diagonal[i] * z[i].re, s->diagonal[i] * z[i].im};
        for (size_t l = s->first[i]; l < s->first[i + 1]; l++) {
            number f = s->links[l].factor, other = z[s->links[l].to];
            sum.re -= f.re * other.re - f.im * other.im;
            sum.im -= f.re * other.im + f.im * other.re;
        }
        out[i] = sum;
    }
}

/* Turns the residual into that of x, without what is fixed. */
static void begin(solving *s)
{
    multiply(s, s->x, s->product);
    for (size_t i = 0; i < s->mesh->n_vertices; i++) {
        bool held = s->fixed[i] || !(s->diagonal[i] > 0);
        s->residual[i] = held ? (number){0, 0}
                              : (number){s->residual[i].re - s->product[i].re, s->residual[i].im - s->product[i].im};
    }
}

/* The product of the residual with itself, divided by the diagonal. */
static double measure(const solving *s)
{
    double sum = 0;
    for (size_t i = 0; i < s->mesh->n_vertices; i++)
        if (s->diagonal[i] > 0)
            sum += (s->residual[i].re * s->residual[i].re + s->residual[i].im * s->residual[i].im) / s->diagonal[i];
    return sum;
}

static void direct(solving *s, double keep)
{
    for (size_t i = 0; i < s->mesh->n_vertices; i++) {
        double scale = s->diagonal[i] > 0 ? 1 / s->diagonal[i] : 0;
        s->step[i].re = scale * s->residual[i].re + keep * s->step[i].re;
        s->step[i].im = scale * s->residual[i].im + keep * s->step[i].im;
    }
}

/* Along the step to the least energy. */
static void advance(solving *s, double size)
{
    multiply(s, s->step, s->product);
    double energy = 0;
    for (size_t i = 0; i < s->mesh->n_vertices; i++)
        energy += s->step[i].re * s->product[i].re + s->step[i].im * s->product[i].im;
    double length = energy > 0 ? size / energy : 0;
    for (size_t i = 0; i < s->mesh->n_vertices; i++) {
        s->x[i].re += length * s->step[i].re;
        s->x[i].im += length * s->step[i].im;
        if (s->fixed[i])
            continue;
        s->residual[i].re -= length * s->product[i].re;
        s->residual[i].im -= length * s->product[i].im;
    }
}

/* Until the residual is TOLERANCE of SCALE; false if it never is. */
static bool iterate(solving *s, double scale)
{
    begin(s);
    double size = measure(s);
    direct(s, 0);
    for (size_t k = 0; k < 20 * s->mesh->n_vertices + 100 && isfinite(size); k++) {
        if (size <= TOLERANCE * TOLERANCE * scale)
            return true;
        advance(s, size);
        double last = size;
        size = measure(s);
        direct(s, size / last);
    }
    return false;
}

np_status np_directions_solve(const np_mesh *mesh, const np_vec3 *normals, const np_vec3 *wanted,
                              const double *pull_per_mm2, np_vec3 *out, np_error *err)
{
    solving s = {.mesh = mesh, .normals = normals};
    np_status status = allocate(&s, err);
    if (status != NP_OK) {
        free_solving(&s);
        return status;
    }
    for (size_t i = 0; i < mesh->n_vertices; i++)
        s.across[i] = np_vec3_perpendicular(normals[i]);
    build_links(&s);
    double scale = build_pulls(&s, wanted, pull_per_mm2);
    if (scale == 0)
        status = np_error_set(err, NP_ERR_INVALID, "directions: none is given");
    else if (!iterate(&s, scale))
        status = np_error_set(err, NP_ERR_GEOMETRY, "directions: none are found that agree with those given");
    for (size_t i = 0; i < mesh->n_vertices && status == NP_OK; i++) {
        np_vec3 v = np_vec3_normalize(from_frame(&s, i, s.x[i]));
        out[i] = np_vec3_dot(v, v) > 0.5 ? v : s.across[i];
    }
    free_solving(&s);
    return status;
}

static double signed_angle(np_vec3 a, np_vec3 b, np_vec3 normal)
{
    return atan2(np_vec3_dot(np_vec3_cross(a, b), normal), np_vec3_dot(a, b));
}

int np_directions_index(const np_mesh *mesh, const np_vec3 *normals, const np_vec3 *directions, uint32_t triangle)
{
    const uint32_t *v = mesh->triangles[triangle].v;
    np_vec3 carried = directions[v[0]];
    double sum = 0;
    for (int k = 0; k < 3; k++) {
        uint32_t i = v[k], j = v[(k + 1) % 3];
        sum += signed_angle(np_directions_carry(directions[i], normals[i], normals[j]), directions[j], normals[j]);
        carried = np_directions_carry(carried, normals[i], normals[j]);
    }
    sum += signed_angle(directions[v[0]], carried, normals[v[0]]); /* what going around turns by itself */
    return (int)lround(sum / NP_TWO_PI);
}
