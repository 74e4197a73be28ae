/* Curves on the scan: control points joined along the surface into a polyline that lies on it.  Every passage over an
 * edge of the mesh is a point of the polyline, so that each of its segments lies flat in one triangle; that makes exact
 * what is asked of it later: sides, areas, crossings. */
#include "surface/private/curve.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "surface/private/path.h"

#define SNAP_LIMIT_MM 5.0
#define POINT_SPACING_MM 1.0
/* Control points nearer than this are one. */
#define SAME_POINT_MM 0.01
/* Control points keep this much off the edges of their triangle (a share of its height), see sleeve.c. */
#define EDGE_CLEARANCE 1e-6

np_vec3 surface_curve_start(const np_curve *curve, size_t segment)
{
    return curve->points[segment].position;
}

np_vec3 surface_curve_end(const np_curve *curve, size_t segment)
{
    return curve->points[segment + 1 < curve->n ? segment + 1 : 0].position;
}

size_t np_curve_count(const np_curve *curve)
{
    return curve->n;
}

const np_surface_point *np_curve_points(const np_curve *curve)
{
    return curve->points;
}

const double *np_curve_arc_mm(const np_curve *curve)
{
    return curve->arc_mm;
}

bool np_curve_is_closed(const np_curve *curve)
{
    return curve->closed;
}

void np_curve_destroy(np_curve *curve)
{
    if (!curve)
        return;
    free(curve->name);
    free(curve->points);
    free(curve->arc_mm);
    free(curve->segment_triangle);
    free(curve->control_arc_mm);
    free(curve->cuts);
    free(curve->in_triangle);
    free(curve->boxes);
    free(curve->field);
    free(curve);
}

/* Snaps the control points to the scan, drops repeated ones; *OUT_N are left in OUT_SNAPPED. */
static np_status snap(const np_surface *surface, const char *name, const np_vec3 *control, size_t n, bool closed,
                      np_surface_point *out_snapped, size_t *out_n, np_error *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        np_vec3 c = control[i];
        if (!np_vec3_is_finite(c))
            return np_error_set(err, NP_ERR_INVALID, "%s: point %zu is not a finite number", name, i + 1);
        np_surface_point p;
        if (!np_surface_nearest(surface, c, INFINITY, &p))
            return np_error_set(err, NP_ERR_INVALID, "%s: the scan has no surface to draw on", name);
        double off = np_vec3_distance(p.position, c);
        if (off > SNAP_LIMIT_MM) {
            np_vec3 file = np_similarity_revert(&surface->from_file, c);
            return np_error_set(
                err, NP_ERR_INVALID,
                "%s: point %zu of %zu, [%.2f, %.2f, %.2f] in the scan file's coordinates, is %.1f mm off "
                "the scan (at most %.0f mm); pick it again on the surface",
                name, i + 1, n, file.x, file.y, file.z, off, SNAP_LIMIT_MM);
        }
        for (int k = 0; k < 3; k++)
            p.weight[k] = (fmax(p.weight[k], 0) + EDGE_CLEARANCE) / (1 + 3 * EDGE_CLEARANCE);
        p = np_mesh_point(&surface->mesh, surface->normals, p.triangle, p.weight);
        if (kept == 0 || np_vec3_distance(p.position, out_snapped[kept - 1].position) > SAME_POINT_MM)
            out_snapped[kept++] = p;
    }
    while (closed && kept > 1 &&
           np_vec3_distance(out_snapped[0].position, out_snapped[kept - 1].position) <= SAME_POINT_MM)
        kept--;
    size_t least = closed ? 3 : 2;
    *out_n = kept;
    if (kept < least)
        return np_error_set(err, NP_ERR_INVALID, "%s: %s needs at least %zu different points, found %zu", name,
                            closed ? "a closed curve" : "a curve", least, kept);
    return NP_OK;
}

static np_status append_point(np_curve *curve, uint32_t triangle, const double weight[3], np_error *err)
{
    np_status status = NP_GROW(curve->points, curve->capacity, curve->n + 1, "a curve", err);
    if (status == NP_OK)
        status = NP_GROW(curve->segment_triangle, curve->segment_capacity, curve->n + 1, "a curve", err);
    if (status != NP_OK)
        return status;
    curve->points[curve->n] = np_mesh_point(curve->mesh, curve->surface->normals, triangle, weight);
    curve->segment_triangle[curve->n++] = triangle;
    return NP_OK;
}

static np_status append_cut(np_curve *curve, const surface_crossing *c, np_error *err)
{
    np_status status = NP_GROW(curve->cuts, curve->cut_capacity, curve->n_cuts + 1, "a curve", err);
    if (status != NP_OK)
        return status;
    bool up = c->a < c->b;
    curve->cuts[curve->n_cuts++] = (surface_curve_cut){
        .lo = up ? c->a : c->b, .hi = up ? c->b : c->a, .t = up ? c->t : 1 - c->t, .left_is_hi = up};
    return NP_OK;
}

/* Appends the points from FROM up to, without, TO; both are weights in TRIANGLE. */
static np_status append_leg(np_curve *curve, uint32_t triangle, const double from[3], const double to[3], np_error *err)
{
    const uint32_t *v = curve->mesh->triangles[triangle].v;
    np_vec3 leg = {0};
    for (int k = 0; k < 3; k++)
        leg = np_vec3_mad(leg, curve->mesh->vertices[v[k]], to[k] - from[k]);
    size_t pieces = (size_t)ceil(np_vec3_length(leg) / POINT_SPACING_MM);
    np_status status = NP_OK;
    for (size_t i = 0; (i == 0 || i < pieces) && status == NP_OK; i++) {
        double s = pieces ? (double)i / (double)pieces : 0, weight[3];
        for (int k = 0; k < 3; k++)
            weight[k] = from[k] + s * (to[k] - from[k]);
        status = append_point(curve, triangle, weight, err);
    }
    return status;
}

/* Weights of the crossing's place in TRIANGLE, one of the two that it joins. */
static void crossing_weight(const np_mesh *mesh, const surface_crossing *c, uint32_t triangle, double weight[3])
{
    for (int k = 0; k < 3; k++) {
        uint32_t v = mesh->triangles[triangle].v[k];
        weight[k] = v == c->a ? 1 - c->t : v == c->b ? c->t : 0;
    }
}

/* Appends the path from A to, without, B. */
static np_status append_path(np_curve *curve, const np_surface_point *a, const np_surface_point *b,
                             const surface_sleeve *path, np_error *err)
{
    double from[3], to[3];
    memcpy(from, a->weight, sizeof from);
    np_status status = NP_OK;
    for (size_t i = 0; i + 1 < path->n && status == NP_OK; i++) {
        const surface_crossing *c = &path->crossings[i];
        crossing_weight(curve->mesh, c, c->from, to);
        status = append_leg(curve, c->from, from, to, err);
        if (status == NP_OK)
            status = append_cut(curve, c, err);
        crossing_weight(curve->mesh, c, c->to, from);
    }
    if (status == NP_OK)
        status = append_leg(curve, b->triangle, from, b->weight, err);
    return status;
}

/* Joins the snapped control points into points, cuts and segments. */
static np_status join(np_curve *curve, const np_topology *topology, const np_surface_point *control,
                      const np_progress *progress, np_error *err)
{
    surface_pathfinder finder;
    surface_pathfinder_init(&finder, topology);
    size_t n = curve->n_control, paths = curve->closed ? n : n - 1;
    np_status status = NP_OK;
    for (size_t i = 0; i < paths && status == NP_OK; i++) {
        const np_surface_point *a = &control[i], *b = &control[(i + 1) % n];
        const surface_sleeve *path = NULL;
        curve->control_arc_mm[i] = (double)curve->n; /* turned into arc length below */
        if (!np_progress_step(progress, "drawing curves", (double)i / (double)paths))
            status = np_error_set(err, NP_ERR_STOPPED, "stopped while drawing %s", curve->name);
        if (status == NP_OK)
            status = surface_pathfinder_join(&finder, a, b, &path, err);
        if (status == NP_OK && !path)
            status =
                np_error_set(err, NP_ERR_GEOMETRY,
                             "%s: points %zu and %zu lie on parts of the scan that are not joined; repair the scan or "
                             "draw on one part",
                             curve->name, i + 1, (i + 1) % n + 1);
        if (status == NP_OK)
            status = append_path(curve, a, b, path, err);
    }
    curve->n_segments = curve->n;
    if (status == NP_OK && !curve->closed) {
        curve->control_arc_mm[n - 1] = (double)curve->n;
        status = append_point(curve, control[n - 1].triangle, control[n - 1].weight, err);
    }
    surface_pathfinder_fini(&finder);
    return status;
}

static np_status measure(np_curve *curve, np_error *err)
{
    curve->arc_mm = malloc(curve->n * sizeof *curve->arc_mm);
    if (!curve->arc_mm)
        return np_error_no_memory(err, "a curve");
    double sum = 0;
    for (size_t i = 0; i < curve->n; i++) {
        curve->arc_mm[i] = sum;
        if (i < curve->n_segments)
            sum += np_vec3_distance(surface_curve_start(curve, i), surface_curve_end(curve, i));
    }
    curve->length_mm = sum;
    for (size_t i = 0; i < curve->n_control; i++)
        curve->control_arc_mm[i] = curve->arc_mm[(size_t)curve->control_arc_mm[i]];
    return NP_OK;
}

np_status np_curve_create(const np_surface *surface, const char *name, const np_vec3 *control, size_t n, bool closed,
                          const np_progress *progress, np_curve **out_curve, np_error *err)
{
    return surface_curve_create_within(surface, name, control, n, closed, INFINITY, progress, out_curve, err);
}

np_status surface_curve_create_within(const np_surface *surface, const char *name, const np_vec3 *control, size_t n,
                                      bool closed, double within_mm, const np_progress *progress, np_curve **out_curve,
                                      np_error *err)
{
    *out_curve = NULL;
    np_surface_point *snapped = malloc((n + 1) * sizeof *snapped);
    np_curve *curve = calloc(1, sizeof *curve);
    np_status status = NP_OK;
    if (!snapped || !curve || !(curve->name = strdup(name)) ||
        !(curve->control_arc_mm = calloc(n + 1, sizeof *curve->control_arc_mm))) {
        status = np_error_no_memory(err, "a curve");
        goto done;
    }
    curve->surface = surface;
    curve->mesh = &surface->mesh;
    curve->closed = closed;
    curve->within_mm = within_mm;

    status = snap(surface, name, control, n, closed, snapped, &curve->n_control, err);
    if (status == NP_OK)
        status = join(curve, &surface->topology, snapped, progress, err);
    if (status == NP_OK)
        status = measure(curve, err);
    if (status == NP_OK)
        status = surface_curve_index(curve, &surface->topology, progress, err);
    if (status == NP_OK) {
        *out_curve = curve;
        curve = NULL;
    }
done:
    np_curve_destroy(curve);
    free(snapped);
    return status;
}
