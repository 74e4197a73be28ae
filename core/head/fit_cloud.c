/* Samples of a surface.  The fit works on samples stratified by area and never on vertices, so that it does not matter how a
 * scan is cut into triangles.  The k-d tree has no pointers: the points are sorted in place so that each range's middle is its
 * root (Bentley 1975), which keeps a query within a few cache lines. */
#include "head/private/fit.h"

#include <stdlib.h>

#include "base/rng.h"

#define SEED 1
#define FEWEST_TRIANGLES 50
#define LEAF 8

void fit_cloud_fini(fit_cloud *cloud)
{
    free(cloud->p);
    free(cloud->n);
    free(cloud->axis);
    *cloud = (fit_cloud){0};
}

static bool is_in(const np_mesh *mesh, uint32_t triangle, fit_ball ball, np_vec3 *out_cross)
{
    const uint32_t *v = mesh->triangles[triangle].v;
    np_vec3 a = mesh->vertices[v[0]], b = mesh->vertices[v[1]], c = mesh->vertices[v[2]];
    *out_cross = np_vec3_cross(np_vec3_sub(b, a), np_vec3_sub(c, a));
    np_vec3 middle = np_vec3_scale(np_vec3_add(a, np_vec3_add(b, c)), 1.0 / 3);
    return np_vec3_distance(middle, ball.centre) < ball.radius;
}

/* One random point of TRIANGLE into slot I. */
static void sample_triangle(fit_cloud *cloud, size_t i, const np_mesh *mesh, uint32_t triangle, uint32_t stream,
                            np_vec3 cross)
{
    const uint32_t *v = mesh->triangles[triangle].v;
    double s = np_rng_uniform(SEED, stream, i, 1), t = np_rng_uniform(SEED, stream, i, 2);
    if (s + t > 1)
        s = 1 - s, t = 1 - t;
    np_vec3 a = mesh->vertices[v[0]];
    np_vec3 p = np_vec3_mad(a, np_vec3_sub(mesh->vertices[v[1]], a), s);
    cloud->p[i] = np_vec3_mad(p, np_vec3_sub(mesh->vertices[v[2]], a), t);
    cloud->n[i] = np_vec3_normalize(cross);
}

/* Walks the triangles once, and puts a point wherever the running area passes the next stratum's. */
static void fill(fit_cloud *cloud, const np_mesh *mesh, fit_ball ball, size_t count, uint32_t stream, double area)
{
    double sum = 0, next = np_rng_uniform(SEED, stream, 0, 0) / (double)count * area;
    np_vec3 cross;
    for (uint32_t k = 0; k < mesh->n_triangles && cloud->count < count; k++) {
        if (!is_in(mesh, k, ball, &cross))
            continue;
        sum += np_vec3_length(cross) / 2;
        while (cloud->count < count && next < sum) {
            sample_triangle(cloud, cloud->count++, mesh, k, stream, cross);
            double i = (double)cloud->count;
            next = (i + np_rng_uniform(SEED, stream, cloud->count, 0)) / (double)count * area;
        }
    }
}

np_status fit_cloud_sample(fit_cloud *cloud, const np_mesh *mesh, fit_ball ball, size_t count, uint32_t stream,
                           double *out_area, np_error *err)
{
    *cloud = (fit_cloud){.p = malloc(count * sizeof *cloud->p), .n = malloc(count * sizeof *cloud->n)};
    if (!cloud->p || !cloud->n)
        return np_error_no_memory(err, "the fit's samples");
    double area = 0;
    size_t triangles = 0;
    np_vec3 cross;
    for (uint32_t k = 0; k < mesh->n_triangles; k++) {
        if (is_in(mesh, k, ball, &cross)) {
            area += np_vec3_length(cross) / 2;
            triangles++;
        }
    }
    if (triangles >= FEWEST_TRIANGLES && area > 0)
        fill(cloud, mesh, ball, count, stream, area);
    if (out_area)
        *out_area = area;
    return NP_OK;
}

void fit_cloud_keep(fit_cloud *cloud, np_vec3 centre, double low, double high)
{
    size_t kept = 0;
    for (size_t i = 0; i < cloud->count; i++) {
        double d = np_vec3_distance(cloud->p[i], centre);
        if (d < low || !(d < high))
            continue;
        cloud->p[kept] = cloud->p[i];
        cloud->n[kept++] = cloud->n[i];
    }
    cloud->count = kept;
}

/* ---- the tree ---- */

static double along(np_vec3 p, int axis)
{
    return axis == 0 ? p.x : axis == 1 ? p.y : p.z;
}

static void swap(fit_cloud *c, size_t i, size_t j)
{
    np_vec3 p = c->p[i], n = c->n[i];
    c->p[i] = c->p[j], c->n[i] = c->n[j];
    c->p[j] = p, c->n[j] = n;
}

/* Hoare's selection: afterwards nothing before MIDDLE is greater along AXIS, and nothing behind it less. */
static void select_middle(fit_cloud *c, size_t lo, size_t hi, size_t middle, int axis)
{
    while (hi - lo > 1) {
        double pivot = along(c->p[lo + (hi - lo) / 2], axis);
        size_t i = lo, j = hi - 1;
        while (i <= j) {
            while (along(c->p[i], axis) < pivot)
                i++;
            while (along(c->p[j], axis) > pivot)
                j--;
            if (i > j)
                break;
            swap(c, i++, j);
            if (j == 0)
                break;
            j--;
        }
        if (middle <= j)
            hi = j + 1;
        else if (middle >= i)
            lo = i;
        else
            return;
    }
}

static int widest(const fit_cloud *c, size_t lo, size_t hi)
{
    np_vec3 low = c->p[lo], high = low;
    for (size_t i = lo; i < hi; i++) {
        np_vec3 p = c->p[i];
        low = np_vec3_make(fmin(low.x, p.x), fmin(low.y, p.y), fmin(low.z, p.z));
        high = np_vec3_make(fmax(high.x, p.x), fmax(high.y, p.y), fmax(high.z, p.z));
    }
    np_vec3 e = np_vec3_sub(high, low);
    return e.x >= e.y && e.x >= e.z ? 0 : e.y >= e.z ? 1 : 2;
}

static void build(fit_cloud *c, size_t lo, size_t hi)
{
    if (hi - lo <= LEAF)
        return;
    size_t middle = lo + (hi - lo) / 2;
    int axis = widest(c, lo, hi);
    select_middle(c, lo, hi, middle, axis);
    c->axis[middle] = (unsigned char)axis;
    build(c, lo, middle);
    build(c, middle + 1, hi);
}

np_status fit_cloud_build(fit_cloud *cloud, np_error *err)
{
    free(cloud->axis);
    cloud->axis = calloc(cloud->count + 1, 1);
    if (!cloud->axis)
        return np_error_no_memory(err, "the fit's search tree");
    build(cloud, 0, cloud->count);
    return NP_OK;
}

typedef struct query {
    const fit_cloud *cloud;
    np_vec3 q;
    double best2;
    uint32_t found;
} query;

static void look_at(query *s, size_t i)
{
    double d2 = np_vec3_distance2(s->q, s->cloud->p[i]);
    if (d2 < s->best2) {
        s->best2 = d2;
        s->found = (uint32_t)i;
    }
}

static void search(query *s, size_t lo, size_t hi)
{
    while (hi - lo > LEAF) {
        size_t middle = lo + (hi - lo) / 2;
        int axis = s->cloud->axis[middle];
        double beyond = along(s->q, axis) - along(s->cloud->p[middle], axis);
        if (beyond < 0)
            search(s, lo, middle);
        else
            search(s, middle + 1, hi);
        if (beyond * beyond >= s->best2)
            return;
        look_at(s, middle);
        if (beyond < 0)
            lo = middle + 1;
        else
            hi = middle;
    }
    for (size_t i = lo; i < hi; i++)
        look_at(s, i);
}

uint32_t fit_cloud_nearest(const fit_cloud *cloud, np_vec3 q, double limit, double *out_distance)
{
    query s = {.cloud = cloud, .q = q, .best2 = limit * limit, .found = UINT32_MAX};
    search(&s, 0, cloud->count);
    *out_distance = sqrt(s.best2);
    return s.found;
}
