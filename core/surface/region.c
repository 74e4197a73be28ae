/* Regions: the part of the scan on one side of a closed curve.  Which side a vertex is on was found by flooding the mesh
 * from the curve (curve_index.c), so a region may hold any share of the head and bend over any fold. */
#include "surface/region.h"

#include <stdlib.h>
#include <string.h>

#include "surface/private/curve.h"
#include "surface/private/region.h"

#define SNAP_LIMIT_MM 5.0

void np_region_destroy(np_region *region)
{
    if (!region)
        return;
    for (size_t i = 0; i < region->n_borders; i++)
        np_curve_destroy(region->borders[i]);
    free(region->borders);
    free(region->name);
    free(region);
}

const np_curve *np_region_border(const np_region *region)
{
    const np_curve *longest = region->borders[0];
    for (size_t i = 1; i < region->n_borders; i++)
        if (region->borders[i]->length_mm > longest->length_mm)
            longest = region->borders[i];
    return longest;
}

double np_region_distance_mm(const np_region *region, const np_surface_point *p)
{
    double nearest = NP_CURVE_UNREACHABLE_MM;
    for (size_t i = 0; i < region->n_borders; i++) {
        double d = np_curve_distance_mm(region->borders[i], p, NULL);
        nearest = fabs(d) < fabs(nearest) ? d : nearest;
    }
    if (fabs(nearest) >= NP_CURVE_UNREACHABLE_MM)
        return -NP_CURVE_UNREACHABLE_MM;
    return region->side * nearest;
}

/* Coordinates in the plane of a triangle. */
typedef struct flat {
    np_vec3 origin, u, v;
} flat;

static flat flat_make(const np_mesh *mesh, uint32_t triangle)
{
    const uint32_t *corner = mesh->triangles[triangle].v;
    flat f = {.origin = mesh->vertices[corner[0]]};
    np_vec3 e1 = np_vec3_sub(mesh->vertices[corner[1]], f.origin);
    np_vec3 e2 = np_vec3_sub(mesh->vertices[corner[2]], f.origin);
    f.u = np_vec3_normalize(e1);
    f.v = np_vec3_normalize(np_vec3_reject(e2, f.u));
    return f;
}

/* Twice the area that the way from A to B sweeps, seen from the origin. */
static double sweep(const flat *f, np_vec3 a, np_vec3 b)
{
    np_vec3 x = np_vec3_sub(a, f->origin), y = np_vec3_sub(b, f->origin);
    return np_vec3_dot(x, f->u) * np_vec3_dot(y, f->v) - np_vec3_dot(x, f->v) * np_vec3_dot(y, f->u);
}

/* Area to the left of the curve within a triangle that it runs through: Green's theorem over the curve's segments and
 * those stretches of the triangle's edges that are on the left. */
static double left_area_of_cut(const np_curve *curve, uint32_t triangle, const surface_curve_in_triangle *segments,
                               size_t n)
{
    const np_mesh *mesh = curve->mesh;
    const uint32_t *corner = mesh->triangles[triangle].v;
    flat f = flat_make(mesh, triangle);
    double twice = 0;
    for (size_t i = 0; i < n; i++)
        twice +=
            sweep(&f, surface_curve_start(curve, segments[i].segment), surface_curve_end(curve, segments[i].segment));
    for (int k = 0; k < 3; k++) {
        uint32_t a = corner[k], b = corner[(k + 1) % 3];
        size_t n_cuts = 0;
        const surface_curve_cut *cuts = surface_curve_cuts_of(curve, a, b, &n_cuts);
        np_vec3 at = mesh->vertices[a];
        bool left = curve->field[a].side > 0;
        for (size_t i = 0; i < n_cuts; i++) {
            const surface_curve_cut *c = &cuts[a < b ? i : n_cuts - 1 - i];
            np_vec3 next = np_vec3_lerp(mesh->vertices[c->lo], mesh->vertices[c->hi], c->t);
            twice += left ? sweep(&f, at, next) : 0;
            left = !left;
            at = next;
        }
        twice += left ? sweep(&f, at, mesh->vertices[b]) : 0;
    }
    return twice / 2;
}

/* Areas on the left and on the right of the curve, of the part of the mesh that it is on. */
static void measure(const np_curve *curve, double *out_left_mm2, double *out_right_mm2)
{
    *out_left_mm2 = *out_right_mm2 = 0;
    size_t next = 0;
    for (uint32_t t = 0; t < curve->mesh->n_triangles; t++) {
        const uint32_t *v = curve->mesh->triangles[t].v;
        np_vec3 e1 = np_vec3_sub(curve->mesh->vertices[v[1]], curve->mesh->vertices[v[0]]);
        np_vec3 e2 = np_vec3_sub(curve->mesh->vertices[v[2]], curve->mesh->vertices[v[0]]);
        double area = np_vec3_length(np_vec3_cross(e1, e2)) / 2, left;
        size_t n = 0;
        while (next + n < curve->n_segments && curve->in_triangle[next + n].triangle == t)
            n++;
        if (n > 0)
            left = left_area_of_cut(curve, t, curve->in_triangle + next, n);
        else
            left = curve->field[v[0]].side > 0 ? area : 0;
        next += n;
        *out_left_mm2 += left;
        *out_right_mm2 += curve->field[v[0]].side != 0 ? area - left : 0;
    }
}

static double turn(const flat *f, np_vec3 a, np_vec3 b, np_vec3 c)
{
    return sweep(f, a, b) + sweep(f, b, c) + sweep(f, c, a);
}

/* Whether X and Y lie on opposite sides of A -> B by more than rounding; pieces of one straight line never do. */
static bool parts(const flat *f, np_vec3 a, np_vec3 b, np_vec3 x, np_vec3 y)
{
    const double rounding_mm2 = 1e-10;
    double at_x = turn(f, a, b, x), at_y = turn(f, a, b, y);
    return (at_x > rounding_mm2 && at_y < -rounding_mm2) || (at_x < -rounding_mm2 && at_y > rounding_mm2);
}

static bool segments_cross(const np_curve *curve, const flat *f, size_t i, size_t j)
{
    np_vec3 a = surface_curve_start(curve, i), b = surface_curve_end(curve, i);
    np_vec3 c = surface_curve_start(curve, j), d = surface_curve_end(curve, j);
    return parts(f, a, b, c, d) && parts(f, c, d, a, b);
}

/* The first crossing of the curve with itself, as arc lengths; false if there is none. */
static bool find_self_crossing(const np_curve *curve, double out_arc_mm[2])
{
    for (size_t begin = 0, end; begin < curve->n_segments; begin = end) {
        flat f = flat_make(curve->mesh, curve->in_triangle[begin].triangle);
        end = begin;
        while (end < curve->n_segments && curve->in_triangle[end].triangle == curve->in_triangle[begin].triangle)
            end++;
        for (size_t i = begin; i < end; i++)
            for (size_t j = i + 1; j < end; j++) {
                size_t a = curve->in_triangle[i].segment, b = curve->in_triangle[j].segment;
                bool joined = b == a + 1 || (a == 0 && b + 1 == curve->n_segments);
                if (!joined && segments_cross(curve, &f, a, b)) {
                    out_arc_mm[0] = curve->arc_mm[a];
                    out_arc_mm[1] = curve->arc_mm[b];
                    return true;
                }
            }
    }
    return false;
}

/* The number, from 1, of the control point at or before an arc length. */
static size_t control_before(const np_curve *curve, double arc_mm)
{
    size_t i = curve->n_control;
    while (i > 1 && curve->control_arc_mm[i - 1] > arc_mm)
        i--;
    return i;
}

static np_status check(const np_curve *curve, const char *name, np_error *err)
{
    if (!curve->closed)
        return np_error_set(err, NP_ERR_GEOMETRY, "%s: the border of a region must be a closed curve", name);
    double arc[2];
    if (find_self_crossing(curve, arc)) {
        size_t a = control_before(curve, arc[0]), b = control_before(curve, arc[1]), n = curve->n_control;
        return np_error_set(err, NP_ERR_GEOMETRY,
                            "%s: the border crosses itself, between points %zu and %zu and between points %zu and %zu; "
                            "put the points in order around the region",
                            name, a, a % n + 1, b, b % n + 1);
    }
    if (!curve->separates)
        return np_error_set(err, NP_ERR_GEOMETRY,
                            "%s: the border does not separate the scan into an inside and an outside (it runs around a "
                            "tunnel in the mesh, or over itself)",
                            name);
    return NP_OK;
}

/* The side on which the point INSIDE is. */
static np_status side_of(const np_surface *surface, const np_curve *curve, const char *name, np_vec3 inside,
                         int *out_side, np_error *err)
{
    np_surface_point p;
    np_vec3 file = np_similarity_revert(&surface->from_file, inside);
    if (!np_vec3_is_finite(inside) || !np_surface_nearest(surface, inside, SNAP_LIMIT_MM, &p))
        return np_error_set(
            err, NP_ERR_INVALID,
            "%s: the point inside, [%.2f, %.2f, %.2f] in the scan file's coordinates, is more than %.0f mm "
            "off the scan",
            name, file.x, file.y, file.z, SNAP_LIMIT_MM);
    double d = np_curve_distance_mm(curve, &p, NULL);
    if (fabs(d) >= NP_CURVE_UNREACHABLE_MM)
        return np_error_set(err, NP_ERR_GEOMETRY,
                            "%s: the point inside lies on another part of the scan than the border", name);
    *out_side = d >= 0 ? 1 : -1;
    return NP_OK;
}

static np_status check_area(const np_region *region, np_error *err)
{
    if (region->area_cm2 >= SURFACE_REGION_LEAST_CM2)
        return NP_OK;
    return np_error_set(err, NP_ERR_GEOMETRY, "%s: the region has an area of %.2f cm2, at least %.1f are needed",
                        region->name, region->area_cm2, SURFACE_REGION_LEAST_CM2);
}

/* Without its area; BORDERS are taken over, also on error. */
static np_status create(const char *name, np_curve *const *borders, size_t n, np_region **out_region, np_error *err)
{
    np_region *region = *out_region = calloc(1, sizeof *region);
    np_status status = NP_OK;
    if (region) {
        region->name = strdup(name);
        region->borders = malloc((n + 1) * sizeof *region->borders);
    }
    if (!region || !region->name || !region->borders) {
        for (size_t i = 0; i < n; i++)
            np_curve_destroy(borders[i]);
        status = np_error_no_memory(err, "a region");
    } else {
        memcpy(region->borders, borders, n * sizeof *borders);
        region->n_borders = n;
    }
    for (size_t i = 0; status == NP_OK && i < n; i++)
        status = check(borders[i], name, err);
    if (status != NP_OK) {
        np_region_destroy(region);
        *out_region = NULL;
    }
    return status;
}

np_status np_region_create(const np_surface *surface, const char *name, np_curve *border, const np_vec3 *inside,
                           np_region **out_region, np_error *err)
{
    np_region *region;
    np_status status = create(name, &border, 1, &region, err);
    *out_region = NULL;
    if (status != NP_OK)
        return status;
    double left = 0, right = 0;
    measure(border, &left, &right);
    region->side = left <= right ? 1 : -1;
    if (inside)
        status = side_of(surface, border, name, *inside, &region->side, err);
    region->area_cm2 = (region->side > 0 ? left : right) / 100;
    if (status == NP_OK)
        status = check_area(region, err);
    if (status == NP_OK)
        *out_region = region;
    else
        np_region_destroy(region);
    return status;
}

np_status np_region_create_left(const char *name, np_curve *const *borders, size_t n, np_region **out_region,
                                np_error *err)
{
    np_region *region;
    np_status status = create(name, borders, n, &region, err);
    *out_region = NULL;
    if (status != NP_OK)
        return status;
    region->side = 1;
    /* Left of a hole is all the rest of the scan, which counts for nothing. */
    double area = 0, whole = 0;
    for (size_t i = 0; i < n; i++) {
        double left, right;
        measure(borders[i], &left, &right);
        area += left;
        whole = fmax(whole, left + right);
    }
    region->area_cm2 = whole > 0 ? fmod(area, whole) / 100 : 0;
    status = check_area(region, err);
    if (status == NP_OK)
        *out_region = region;
    else
        np_region_destroy(region);
    return status;
}
