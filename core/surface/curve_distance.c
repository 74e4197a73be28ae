/* Distance from a point of the scan to a curve.
 *
 * Near the curve: the straight distance to the polyline, stretched by how much the surface turns on the way.  Far from
 * it: interpolated from the distances at the vertices, with their gradients, so that a front's bend inside a large
 * triangle is kept.  In between the one fades into the other.  Straight distance is not used where it would jump over a
 * fold (behind an ear, say): there it is less than the vertices' distances allow. */
#include "base/smooth.h"
#include "surface/private/curve.h"
#include "surface/private/march.h"

#define NEAR_MM 7.0 /* nothing but near inside this, */
#define FAR_MM 10.0 /* nothing but far outside of this */
/* How far below what the vertices allow a straight distance may be: all is well up to the first, none of it is used
 * from the second on. */
#define FOLD_BEGIN(bound) (0.05 * (bound) + 0.3)
#define FOLD_END(bound) (0.15 * (bound) + 1.0)

double surface_curve_hit_arc(const np_curve *curve, const surface_curve_hit *hit)
{
    double begin = curve->arc_mm[hit->segment];
    double end = hit->segment + 1 < curve->n ? curve->arc_mm[hit->segment + 1] : curve->length_mm;
    return begin + hit->t * (end - begin);
}

np_vec3 surface_curve_hit_position(const np_curve *curve, const surface_curve_hit *hit)
{
    return np_vec3_lerp(surface_curve_start(curve, hit->segment), surface_curve_end(curve, hit->segment), hit->t);
}

np_vec3 surface_curve_hit_normal(const np_curve *curve, const surface_curve_hit *hit)
{
    size_t end = hit->segment + 1 < curve->n ? hit->segment + 1 : 0;
    return np_vec3_normalize(np_vec3_lerp(curve->points[hit->segment].normal, curve->points[end].normal, hit->t));
}

void surface_curve_try_segment(const np_curve *curve, size_t segment, np_vec3 p, surface_curve_hit *hit)
{
    np_vec3 a = surface_curve_start(curve, segment);
    np_vec3 edge = np_vec3_sub(surface_curve_end(curve, segment), a);
    double length2 = np_vec3_dot(edge, edge);
    double t = length2 > 0 ? np_vec3_dot(np_vec3_sub(p, a), edge) / length2 : 0;
    t = fmin(fmax(t, 0), 1);
    double d = np_vec3_distance(p, np_vec3_mad(a, edge, t));
    if (d < hit->distance_mm)
        *hit = (surface_curve_hit){d, segment, t};
}

void surface_curve_nearest(const np_curve *curve, np_vec3 p, surface_curve_hit *hit)
{
    struct {
        size_t node;
        double distance2;
    } stack[64];
    size_t n = 0;
    stack[n].node = 1;
    stack[n++].distance2 = np_vec3_box_distance2(p, curve->boxes[1].low, curve->boxes[1].high);
    while (n > 0) {
        size_t node = stack[--n].node;
        if (!(stack[n].distance2 < hit->distance_mm * hit->distance_mm))
            continue;
        if (node >= curve->n_leaves) {
            size_t first = (node - curve->n_leaves) * SURFACE_CURVE_LEAF;
            for (size_t s = first; s < first + SURFACE_CURVE_LEAF && s < curve->n_segments; s++)
                surface_curve_try_segment(curve, s, p, hit);
            continue;
        }
        double left2 = np_vec3_box_distance2(p, curve->boxes[2 * node].low, curve->boxes[2 * node].high),
               right2 = np_vec3_box_distance2(p, curve->boxes[2 * node + 1].low, curve->boxes[2 * node + 1].high);
        bool right_first = right2 < left2;
        stack[n].node = right_first ? 2 * node : 2 * node + 1;
        stack[n++].distance2 = right_first ? left2 : right2;
        stack[n].node = right_first ? 2 * node + 1 : 2 * node;
        stack[n++].distance2 = right_first ? right2 : left2;
    }
}

/* The direction of SEGMENT; one of no length takes its neighbour's. */
static np_vec3 direction_of(const np_curve *curve, size_t segment)
{
    return np_vec3_normalize(np_vec3_sub(surface_curve_end(curve, segment), surface_curve_start(curve, segment)));
}

int surface_curve_side(const np_curve *curve, const surface_curve_hit *hit, np_vec3 p, np_vec3 normal)
{
    /* At a joint, the mean direction of both segments decides: it does for every point that is nearest to the joint. */
    size_t s = hit->segment, n = curve->n_segments;
    np_vec3 along = direction_of(curve, s);
    if (hit->t <= 0 && (s > 0 || curve->closed))
        along = np_vec3_add(along, direction_of(curve, (s + n - 1) % n));
    if (hit->t >= 1 && (s + 1 < n || curve->closed))
        along = np_vec3_add(along, direction_of(curve, (s + 1) % n));
    np_vec3 q = surface_curve_hit_position(curve, hit);
    return np_vec3_dot(np_vec3_cross(along, np_vec3_sub(p, q)), normal) >= 0 ? 1 : -1;
}

/* Twice the signed area of A, B, C given as weights of one triangle, in units of that triangle's. */
static double turn(const double a[3], const double b[3], const double c[3])
{
    return (b[1] - a[1]) * (c[2] - a[2]) - (b[2] - a[2]) * (c[1] - a[1]);
}

/* Weights in TRIANGLE of the point at SPOT of it. */
static void weights_in(const np_mesh *mesh, uint32_t triangle, np_vec3 spot, double weight[3])
{
    const uint32_t *v = mesh->triangles[triangle].v;
    np_vec3 a = mesh->vertices[v[0]];
    np_vec3 e1 = np_vec3_sub(mesh->vertices[v[1]], a), e2 = np_vec3_sub(mesh->vertices[v[2]], a);
    np_vec3 d = np_vec3_sub(spot, a), n = np_vec3_cross(e1, e2);
    double nn = np_vec3_dot(n, n);
    weight[1] = nn > 0 ? np_vec3_dot(np_vec3_cross(d, e2), n) / nn : 0;
    weight[2] = nn > 0 ? np_vec3_dot(np_vec3_cross(e1, d), n) / nn : 0;
    weight[0] = 1 - weight[1] - weight[2];
}

/* Which side P, in a triangle that the curve runs through, is on; for curves that separate. */
static int side_in_triangle(const np_curve *curve, const np_surface_point *p)
{
    const uint32_t *v = curve->mesh->triangles[p->triangle].v;
    int base = 0;
    for (int k = 1; k < 3; k++)
        if (p->weight[k] < p->weight[base])
            base = k;
    for (int k = 0; k < 3; k++)
        if (p->weight[k] >= 1)
            return curve->field[v[k]].side;

    /* From the corner with the least weight, so that the way to P does not run along an edge, each segment crossed
     * changes the side. */
    size_t n = 0;
    const surface_curve_in_triangle *segments = surface_curve_segments_in(curve, p->triangle, &n);
    double corner[3] = {base == 0, base == 1, base == 2}, a[3], b[3];
    int side = curve->field[v[base]].side;
    for (size_t i = 0; i < n; i++) {
        weights_in(curve->mesh, p->triangle, surface_curve_start(curve, segments[i].segment), a);
        weights_in(curve->mesh, p->triangle, surface_curve_end(curve, segments[i].segment), b);
        bool apart = (turn(p->weight, corner, a) < 0) != (turn(p->weight, corner, b) < 0);
        if (apart && (turn(a, b, p->weight) < 0) != (turn(a, b, corner) < 0))
            side = -side;
    }
    return side;
}

/* What the vertices of P's triangle say. */
typedef struct far_field {
    double distance_mm, arc_mm;
    double bound_mm; /* the distance is at least this */
    int side;
} far_field;

/* Falls from 1 to 0 as the rays at two vertices turn from like to unlike: then they come from different places and no
 * one front passes both. */
static double coherence(const float a[3], const float b[3])
{
    double c = (double)a[0] * (double)b[0] + (double)a[1] * (double)b[1] + (double)a[2] * (double)b[2];
    return np_smooth_step(0, 1, (c - 0.2) / 0.5);
}

/* Linear, and the part of second order from the gradients: w_i w_j / 2 (g_i - g_j) . (v_j - v_i) over the edges.  It is
 * the same from both sides of an edge, so the field has no jumps.  Without WITH_ARC, where along the curve is not said. */
static far_field look_far(const np_curve *curve, const np_surface_point *p, bool with_arc)
{
    const uint32_t *v = curve->mesh->triangles[p->triangle].v;
    far_field far = {.distance_mm = 0, .bound_mm = -INFINITY};
    double nearest = INFINITY, votes = 0;
    const surface_curve_vertex *from = NULL;
    for (int k = 0; k < 3; k++) {
        const surface_curve_vertex *f = &curve->field[v[k]];
        double away = np_vec3_distance(curve->mesh->vertices[v[k]], p->position);
        far.distance_mm += p->weight[k] * f->distance_mm;
        far.bound_mm = fmax(far.bound_mm, f->distance_mm - away);
        votes += p->weight[k] * f->side;
        if (!from || f->distance_mm + away < nearest) {
            nearest = f->distance_mm + away;
            from = f;
        }
    }
    far.side = votes >= 0 ? 1 : -1;
    if (!isfinite(far.distance_mm)) {
        far.distance_mm = far.bound_mm = NP_CURVE_UNREACHABLE_MM;
        return far;
    }
    double period = curve->closed ? curve->length_mm : 0;
    far.arc_mm = from->arc_mm;
    for (int k = 0; k < 3; k++) {
        int j = (k + 1) % 3;
        const surface_curve_vertex *a = &curve->field[v[k]], *b = &curve->field[v[j]];
        np_vec3 edge = np_vec3_sub(curve->mesh->vertices[v[j]], curve->mesh->vertices[v[k]]);
        np_vec3 turn_of = {(double)(a->gradient[0] - b->gradient[0]), (double)(a->gradient[1] - b->gradient[1]),
                           (double)(a->gradient[2] - b->gradient[2])};
        double like = coherence(a->gradient, b->gradient);
        far.distance_mm += 0.5 * like * p->weight[k] * p->weight[j] * np_vec3_dot(turn_of, edge);
        if (with_arc)
            far.arc_mm += coherence(from->gradient, a->gradient) * p->weight[k] *
                          surface_arc_difference(from->arc_mm, a->arc_mm, period);
    }
    far.distance_mm = fmax(far.distance_mm, fmax(far.bound_mm, 0));
    return far;
}

double surface_curve_stretch(np_vec3 from_normal, np_vec3 to_normal, np_vec3 chord)
{
    double length = np_vec3_length(chord);
    if (length == 0)
        return 1;
    np_vec3 across = np_vec3_cross(np_vec3_add(from_normal, to_normal), chord);
    np_vec3 axis = np_vec3_normalize(across);
    np_vec3 a = np_vec3_reject(from_normal, axis), b = np_vec3_reject(to_normal, axis);
    double angle = atan2(np_vec3_length(np_vec3_cross(a, b)), np_vec3_dot(a, b));
    angle = fmin(angle, 2.0);
    return angle > 1e-6 ? (angle / 2) / sin(angle / 2) : 1;
}

double np_curve_distance_mm(const np_curve *curve, const np_surface_point *p, double *out_arc_mm)
{
    far_field far = look_far(curve, p, out_arc_mm != NULL);
    double distance = far.distance_mm, arc = far.arc_mm, near_share = 0;
    int side = far.side;
    size_t n_own = 0;
    surface_curve_segments_in(curve, p->triangle, &n_own);

    surface_curve_hit hit = {.distance_mm = FAR_MM};
    if (far.bound_mm < FAR_MM + FOLD_END(FAR_MM))
        surface_curve_nearest(curve, p->position, &hit);
    if (hit.distance_mm < FAR_MM) {
        np_vec3 q = surface_curve_hit_position(curve, &hit), normal = surface_curve_hit_normal(curve, &hit);
        double near = hit.distance_mm * surface_curve_stretch(normal, p->normal, np_vec3_sub(p->position, q));
        near_share = np_smooth_step(FAR_MM, NEAR_MM, hit.distance_mm);
        double short_by = far.bound_mm - near;
        near_share *= np_smooth_step(FOLD_END(far.bound_mm), FOLD_BEGIN(far.bound_mm), short_by);
        distance = near_share * near + (1 - near_share) * distance;
        if (near_share > 0.5) {
            arc = surface_curve_hit_arc(curve, &hit);
            side = surface_curve_side(curve, &hit, p->position, normal);
        }
    }
    /* A curve that separates has its sides from the mesh, whatever the surface does near it. */
    if (curve->separates && far.bound_mm < NP_CURVE_UNREACHABLE_MM)
        side = n_own > 0 ? side_in_triangle(curve, p) : curve->field[curve->mesh->triangles[p->triangle].v[0]].side;
    if (curve->closed)
        arc -= curve->length_mm * floor(arc / curve->length_mm);
    if (out_arc_mm)
        *out_arc_mm = fmin(fmax(arc, 0), curve->length_mm);
    return side < 0 ? -distance : distance;
}
