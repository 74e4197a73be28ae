/* Which way hair grows.  The spirals of the whorls are fixed near their middles and pull farther off, the zones' directions pull
 * elsewhere (domain.md 2.3, 2.4), and the flow is the smoothest field of tangents between all that (surface/directions.h), on a mesh of
 * the head that is the same size for every scan (flow_sphere.c).  So what lies between two directions turns the shorter way, over as
 * much skin as there is. */
#include "head/flow.h"

#include <stdlib.h>

#include "base/angle.h"
#include "base/smooth.h"
#include "head/private/flow.h"
#include "head/private/frame.h"
#include "needlepath/plugin.h"
#include "surface/directions.h"

/* A pull of 1 / L^2 is felt over L: of whorls and zones. */
#define WHORL_PULL_MM 10.0
#define ZONE_PULL_MM 30.0

/* The spiral of domain.md 2.4, of strength 1. */
#define SPIRAL_INNER_MM 10.0
#define SPIRAL_REACH_MM 60.0
#define SPIRAL_INNER_DEG 70.0
#define SPIRAL_OUTER_DEG 10.0

/* Cores of whorls, at most, and in parts of their distance from each other; nearer ones are not told apart by the mesh of the head. */
#define CORE_MM 16.0
#define CORE_SHARE 0.4
#define LEAST_APART_MM 15.0

np_vec3 head_source_spiral(const head_source *source, np_vec3 point, np_vec3 normal)
{
    np_vec3 away = np_vec3_sub(point, source->at);
    double t = np_smooth_step(SPIRAL_INNER_MM, SPIRAL_REACH_MM, np_vec3_length(away) / source->strength);
    double turn_deg = source->turn * (SPIRAL_INNER_DEG + (SPIRAL_OUTER_DEG - SPIRAL_INNER_DEG) * t);
    return np_vec3_rotate(np_vec3_normalize(np_vec3_reject(away, normal)), normal, np_angle_rad(turn_deg));
}

/* ---- what is wanted ---- */

typedef struct wish {
    np_vec3 sum; /* of directions times their pulls */
    double pull_per_mm2;
} wish;

static void add(wish *w, np_vec3 direction, double pull_per_mm2)
{
    w->sum = np_vec3_mad(w->sum, direction, pull_per_mm2);
    w->pull_per_mm2 += pull_per_mm2;
}

/* The direction of each zone (domain.md 2.3) at the anatomical place Q, not yet along the skin. */
static np_vec3 zone_direction(int zone, np_vec3 q)
{
    double side = q.y / 70; /* about -1 to 1 */
    double back = np_smooth_step(-40, 10, q.z);
    switch (zone) {
    case NP_ZONE_FRONTAL:
        return np_vec3_make(1, 0.15 * side, -0.2);
    case NP_ZONE_MIDSCALP:
        return np_vec3_make(1, 0.3 * side, -0.2 - 0.6 * side * side);
    case NP_ZONE_TEMPLE: /* down in the sideburns */
        return np_vec3_make(-0.8 * back, 0, -1);
    case NP_ZONE_OCCIPITAL:
    case NP_ZONE_OTHER:
        return np_vec3_make(-0.2, 0, -1);
    default: /* the crown has its whorl's */
        return np_vec3_make(0, 0, 0);
    }
}

static void add_zones(wish *w, const np_scan *scan, np_vec3 point, np_vec3 normal, double share)
{
    double weights[NP_ZONES];
    np_surface_point p = {.position = point, .normal = normal};
    np_vec3 q = head_anatomical(scan, point);
    np_scan_zone_weights(scan, &p, weights);
    for (int zone = 0; zone < NP_ZONES; zone++) {
        np_vec3 v = zone_direction(zone, q);
        np_vec3 d = np_vec3_mad(np_vec3_scale(head_anterior, v.x), head_up, v.z);
        d.y += v.y;
        add(w, np_vec3_normalize(np_vec3_reject(d, normal)), share * weights[zone] / (ZONE_PULL_MM * ZONE_PULL_MM));
    }
}

/* What all sources want at a place that lies in no core, and *OUT_FREE, how much it is anybody else's. */
static void add_sources(wish *w, const head_flow *flow, np_vec3 point, np_vec3 normal, double *out_free)
{
    *out_free = 1;
    for (size_t i = 0; i < flow->n_sources; i++) {
        const head_source *s = &flow->sources[i];
        double r = np_vec3_distance(point, s->at) / s->strength;
        double near = 1 - np_smooth_step(0.6 * SPIRAL_REACH_MM, 1.1 * SPIRAL_REACH_MM, r);
        add(w, head_source_spiral(s, point, normal), near / (WHORL_PULL_MM * WHORL_PULL_MM));
        *out_free *= np_smooth_step(0.5 * SPIRAL_REACH_MM, 1.2 * SPIRAL_REACH_MM, r);
    }
}

/* Where POINT lies in the core of a source, its spiral; else zero. */
static np_vec3 core_direction(const head_flow *flow, np_vec3 point, np_vec3 normal)
{
    for (size_t i = 0; i < flow->n_sources; i++)
        if (np_vec3_distance(point, flow->sources[i].at) < flow->sources[i].core_mm)
            return head_source_spiral(&flow->sources[i], point, normal);
    return np_vec3_make(0, 0, 0);
}

static np_status solve(const np_scan *scan, head_flow *flow, const head_strokes *strokes, np_error *err)
{
    const np_mesh *mesh = &flow->sphere.mesh;
    np_vec3 *wanted = malloc(mesh->n_vertices * sizeof *wanted);
    double *pull = malloc(mesh->n_vertices * sizeof *pull);
    if (!wanted || !pull) {
        free(wanted);
        free(pull);
        return np_error_no_memory(err, "the hair flow");
    }
    for (size_t i = 0; i < mesh->n_vertices; i++) {
        np_vec3 point = mesh->vertices[i], normal = flow->sphere.normals[i];
        wanted[i] = core_direction(flow, point, normal);
        pull[i] = INFINITY;
        if (np_vec3_dot(wanted[i], wanted[i]) > 0.5)
            continue;
        wish w = {0};
        double free_share;
        add_sources(&w, flow, point, normal, &free_share);
        add_zones(&w, scan, point, normal, free_share);
        np_vec3 stroke;
        double stroke_pull = head_strokes_pull(strokes, point, normal, &stroke);
        add(&w, stroke, stroke_pull);
        pull[i] = w.pull_per_mm2;
        wanted[i] = w.pull_per_mm2 > 0 ? np_vec3_scale(w.sum, 1 / w.pull_per_mm2) : np_vec3_make(0, 0, 0);
    }
    np_status status = np_directions_solve(mesh, flow->sphere.normals, wanted, pull, flow->directions, err);
    free(wanted);
    free(pull);
    return status;
}

/* ---- making it ---- */

np_status head_blame_whorls(const np_case_scan *source, np_status status, np_error *err)
{
    if (status != NP_ERR_INVALID || !source || !source->whorls_at)
        return status;
    return np_error_prefix(err, status, "%s", source->whorls_at);
}

static np_status find_sources(const np_scan *scan, head_flow *flow, np_error *err)
{
    size_t n = head_source_count(scan);
    flow->sources = calloc(n, sizeof *flow->sources);
    if (!flow->sources)
        return np_error_no_memory(err, "the hair flow");
    flow->n_sources = n;
    for (size_t i = 0; i < n; i++) {
        bool counterclockwise = scan->counterclockwise && scan->counterclockwise[i];
        double strength = scan->whorl_strengths ? scan->whorl_strengths[i] : 1;
        double turn = !scan->n_whorls ? 0 : counterclockwise ? 1 : -1;
        flow->sources[i] = (head_source){head_source_at(scan, i), turn, strength, CORE_MM * fmin(strength, 1)};
    }
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++) {
            double apart_mm = np_vec3_distance(flow->sources[i].at, flow->sources[k].at);
            if (apart_mm < LEAST_APART_MM)
                return np_error_set(
                    err, NP_ERR_INVALID,
                    "whorl %zu is %.1f mm from whorl %zu; two whorls are at least %.0f mm apart, one has "
                    "one point",
                    i + 1, apart_mm, k + 1, LEAST_APART_MM);
            flow->sources[i].core_mm = fmin(flow->sources[i].core_mm, CORE_SHARE * apart_mm);
            flow->sources[k].core_mm = fmin(flow->sources[k].core_mm, CORE_SHARE * apart_mm);
        }
    return NP_OK;
}

np_status head_flow_create(np_scan *scan, const np_case_scan *source, np_error *err)
{
    head_strokes strokes = {0};
    head_flow *flow = calloc(1, sizeof *flow);
    if (!flow)
        return np_error_no_memory(err, "the hair flow");
    np_status status = head_blame_whorls(source, find_sources(scan, flow, err), err);
    if (status == NP_OK && source)
        status = head_strokes_init(&strokes, scan, source, flow->sources, flow->n_sources, err);
    if (status == NP_OK)
        status = head_sphere_init(&flow->sphere, scan, err);
    if (status == NP_OK && !(flow->directions = malloc(flow->sphere.mesh.n_vertices * sizeof *flow->directions)))
        status = np_error_no_memory(err, "the hair flow");
    if (status == NP_OK)
        status = solve(scan, flow, &strokes, err);
    if (status == NP_OK)
        status = head_strokes_check(&strokes, scan, flow, err);
    head_strokes_fini(&strokes);
    if (status != NP_OK) {
        head_flow_destroy(flow);
        return status;
    }
    head_flow_destroy(scan->flow);
    scan->flow = flow;
    return NP_OK;
}

void head_flow_destroy(head_flow *flow)
{
    if (!flow)
        return;
    head_sphere_fini(&flow->sphere);
    free(flow->directions);
    free(flow->sources);
    free(flow);
}

/* ---- asking it ---- */

np_vec3 np_hair_flow(const np_scan *scan, const np_surface_point *p)
{
    const head_flow *flow = scan->flow;
    head_sphere_place place = head_sphere_find(&flow->sphere, p->position);
    np_vec3 direction = {0, 0, 0};
    for (int k = 0; k < 3; k++)
        direction = np_vec3_mad(direction, flow->directions[place.corners[k]], place.weight[k]);
    direction = np_vec3_normalize(np_vec3_reject(direction, p->normal));
    for (size_t i = 0; i < flow->n_sources; i++) {
        const head_source *s = &flow->sources[i];
        double r = np_vec3_distance(p->position, s->at);
        double core = 1 - np_smooth_step(0.5 * s->core_mm, s->core_mm, r);
        if (core > 0)
            direction = np_vec3_normalize(np_vec3_lerp(direction, head_source_spiral(s, p->position, p->normal), core));
    }
    if (np_vec3_dot(direction, direction) > 0.5)
        return direction;
    return np_vec3_perpendicular(p->normal); /* in a whorl's very centre, or where hair parts */
}
