/* The witness; see witness.h.
 *
 * Each part of the tool is convex, and an outline in the half plane of (length along the axis, distance from it); a point's signed
 * distance from the part is that of a point from the outline.  That is a convex function, which changes by no more than the point
 * moves: so the least of a triangle is found by cutting the triangle up, and leaving what cannot hold it, as its tangent
 * plane or its size say (branch and bound).  Embree's tree proposes the triangles near the tool.  A tool that moved by less
 * than it was clear is clear still, and nothing needs to be looked at. */
#include "sim/witness.h"

#include <stdlib.h>
#include <string.h>

#include <embree3/rtcore.h>

/* Triangles so near to the tool are looked at; farther is far. */
static const double MARGIN_MM = 4;
/* Distances are known to this. */
static const double EXACT_MM = 0.005;
/* More than coordinates lose as floats. */
static const double SLACK_MM = 1e-3;
static const double FAR_MM = 1000;

enum { NEEDLE, CONE, BODY, PARTS, CORNERS = 4, MAX_STACK = 48 };
static const char *const PART_NAMES[PARTS] = {"needle", "cone", "body"};

/* From the axis at its front to the axis at its back: corners (s, r). */
typedef struct outline {
    double s[CORNERS], r[CORNERS];
} outline;

/* The last look, with the needle or without. */
typedef struct look {
    bool valid;
    sim_pose pose;
    double clear_mm;
    uint32_t triangle; /* the nearest then */
    int part;
} look;

struct sim_witness {
    sim_head_mesh mesh;
    sim_tool tool;
    double tolerance_mm, length_mm;
    outline parts[PARTS];
    look last[2]; /* at the whole tool, and without its needle */
    RTCDevice device;
    RTCScene scene;
};

sim_tool sim_tool_default(void)
{
    return (sim_tool){.needle_diameter_mm = 0.30,
                      .needle_length_mm = 4,
                      .cone_tip_diameter_mm = 2,
                      .cone_base_diameter_mm = 12,
                      .cone_length_mm = 22,
                      .body_diameter_mm = 28,
                      .body_length_mm = 124};
}

/* ---- the tool's outline ---- */

static void make_parts(const sim_tool *t, outline out[PARTS])
{
    double cone_s = t->needle_length_mm, body_s = cone_s + t->cone_length_mm, end_s = body_s + t->body_length_mm;
    double needle = t->needle_diameter_mm / 2, mouth = t->cone_tip_diameter_mm / 2, base = t->cone_base_diameter_mm / 2,
           body = t->body_diameter_mm / 2;
    out[NEEDLE] = (outline){{0, 0, cone_s, cone_s}, {0, 0, needle, 0}};
    out[CONE] = (outline){{cone_s, cone_s, body_s, body_s}, {0, mouth, base, 0}};
    out[BODY] = (outline){{body_s, body_s, end_s, end_s}, {0, body, body, 0}};
}

/* Signed distance of the point (S, R), R >= 0, from an outline, negative inside; and its gradient. */
static double outline_distance(const outline *o, double s, double r, double out_gradient[2])
{
    double best = HUGE_VAL, to[2] = {0, 0};
    bool inside = false;
    for (int i = 0; i + 1 < CORNERS; i++) {
        double ds = o->s[i + 1] - o->s[i], dr = o->r[i + 1] - o->r[i], to_s = s - o->s[i], to_r = r - o->r[i];
        double length2 = ds * ds + dr * dr;
        double part = length2 > 0 ? fmin(1, fmax(0, (to_s * ds + to_r * dr) / length2)) : 0;
        double away_s = to_s - part * ds, away_r = to_r - part * dr, distance = sqrt(away_s * away_s + away_r * away_r);
        inside = inside || (ds > 0 && to_s >= 0 && s < o->s[i + 1] && r < o->r[i] + dr * to_s / ds);
        if (distance < best) {
            best = distance;
            to[0] = away_s;
            to[1] = away_r;
        }
    }
    double scale = best > 0 ? (inside ? -1 : 1) / best : 0;
    out_gradient[0] = to[0] * scale;
    out_gradient[1] = to[1] * scale;
    return inside ? -best : best;
}

/* Signed distance of POINT from the part, and its gradient (zero where it has none). */
static double part_distance(const outline *o, const sim_pose *pose, np_vec3 point, np_vec3 *out_gradient)
{
    np_vec3 from_tip = np_vec3_sub(point, pose->tip), aside = np_vec3_reject(from_tip, pose->axis);
    double s = -np_vec3_dot(from_tip, pose->axis), r = np_vec3_length(aside), gradient[2];
    double distance = outline_distance(o, s, r, gradient);
    *out_gradient = np_vec3_scale(pose->axis, -gradient[0]);
    if (r > 0)
        *out_gradient = np_vec3_mad(*out_gradient, aside, gradient[1] / r);
    else if (gradient[1] != 0)
        *out_gradient = (np_vec3){0, 0, 0};
    return distance;
}

/* ---- the triangle nearest to the tool ---- */

typedef struct search {
    const sim_witness *witness;
    const sim_pose *pose;
    const outline *outline; /* of the part that is looked at */
    int part;
    double best; /* least distance so far, */
    int best_part;
    np_vec3 place;
    uint32_t triangle;
} search;

typedef struct patch {
    np_vec3 corner[3];
} patch;

/* Cuts at the middle of the longest side. */
static void cut(const patch *p, patch out[2])
{
    int a = 0;
    double most = 0;
    for (int k = 0; k < 3; k++) {
        double side = np_vec3_distance2(p->corner[k], p->corner[(k + 1) % 3]);
        if (side > most) {
            most = side;
            a = k;
        }
    }
    int b = (a + 1) % 3, c = (a + 2) % 3;
    np_vec3 middle = np_vec3_lerp(p->corner[a], p->corner[b], 0.5);
    out[0] = (patch){{p->corner[a], middle, p->corner[c]}};
    out[1] = (patch){{middle, p->corner[b], p->corner[c]}};
}

/* What no point of the patch can be below, from DISTANCE and GRADIENT in its MIDDLE. */
static double least_of(const patch *p, np_vec3 middle, double distance, np_vec3 gradient)
{
    double extent = 0, fall = 0;
    for (int k = 0; k < 3; k++) {
        np_vec3 to = np_vec3_sub(p->corner[k], middle);
        extent = fmax(extent, np_vec3_length(to));
        fall = fmax(fall, -np_vec3_dot(to, gradient));
    }
    bool has_gradient = np_vec3_dot(gradient, gradient) > 0;
    return distance - (has_gradient ? fmin(extent, fall) : extent);
}

static void look_at_triangle(search *s, uint32_t triangle)
{
    const sim_head_mesh *mesh = &s->witness->mesh;
    const uint32_t *v = mesh->triangles[triangle];
    patch stack[MAX_STACK] = {{{mesh->vertices[v[0]], mesh->vertices[v[1]], mesh->vertices[v[2]]}}};
    for (int n = 1; n > 0;) {
        patch p = stack[--n];
        np_vec3 middle = np_vec3_scale(np_vec3_add(np_vec3_add(p.corner[0], p.corner[1]), p.corner[2]), 1.0 / 3),
                gradient;
        double distance = part_distance(s->outline, s->pose, middle, &gradient);
        if (distance < s->best) {
            s->best = distance;
            s->best_part = s->part;
            s->place = middle;
            s->triangle = triangle;
        }
        if (least_of(&p, middle, distance, gradient) < s->best - EXACT_MM && n + 2 <= MAX_STACK) {
            cut(&p, &stack[n]);
            n += 2;
        }
    }
}

static bool visit(struct RTCPointQueryFunctionArguments *args)
{
    look_at_triangle(args->userPtr, args->primID);
    return false;
}

/* The same for a tool that is a point: what is farther than the nearest so far need not be looked at. */
static bool visit_nearer(struct RTCPointQueryFunctionArguments *args)
{
    search *s = args->userPtr;
    look_at_triangle(s, args->primID);
    if (s->best + SLACK_MM >= (double)args->query->radius)
        return false;
    args->query->radius = (float)(s->best + SLACK_MM);
    return true;
}

/* Looks at all triangles whose boxes come within RADIUS_MM of P. */
static void look_around(search *s, np_vec3 p, double radius_mm, RTCPointQueryFunction look_at)
{
    struct RTCPointQuery query = {
        .x = (float)p.x, .y = (float)p.y, .z = (float)p.z, .radius = (float)(radius_mm + SLACK_MM)};
    struct RTCPointQueryContext context;
    rtcInitPointQueryContext(&context);
    rtcPointQuery(s->witness->scene, &query, &context, look_at, s);
}

/* One part of the tool: in balls, as long as it is thick, that hold it. */
static void look_at_part(search *s, int part)
{
    s->part = part;
    s->outline = &s->witness->parts[part];
    double from = s->outline->s[0], length = s->outline->s[CORNERS - 1] - from;
    double radius = fmax(s->outline->r[1], s->outline->r[2]);
    int n = (int)ceil(length / fmax(2 * radius, 5));
    for (int i = 0; i < n; i++) {
        np_vec3 middle = np_vec3_mad(s->pose->tip, s->pose->axis, -(from + length * (i + 0.5) / n));
        look_around(s, middle, hypot(length / n / 2, radius) + MARGIN_MM, visit);
    }
}

/* ---- how deep the tip is ---- */

/* Whether the tip is inside: looking back along the axis, the first face is seen from behind. */
static bool tip_is_inside(const sim_witness *w, const sim_pose *pose)
{
    struct RTCRayHit ray = {.ray = {.org_x = (float)pose->tip.x,
                                    .org_y = (float)pose->tip.y,
                                    .org_z = (float)pose->tip.z,
                                    .dir_x = (float)-pose->axis.x,
                                    .dir_y = (float)-pose->axis.y,
                                    .dir_z = (float)-pose->axis.z,
                                    .tfar = (float)FAR_MM,
                                    .mask = UINT32_MAX},
                            .hit = {.geomID = RTC_INVALID_GEOMETRY_ID}};
    struct RTCIntersectContext context;
    rtcInitIntersectContext(&context);
    rtcIntersect1(w->scene, &context, &ray);
    if (ray.hit.geomID == RTC_INVALID_GEOMETRY_ID)
        return false;
    np_vec3 normal = {(double)ray.hit.Ng_x, (double)ray.hit.Ng_y, (double)ray.hit.Ng_z};
    return np_vec3_dot(normal, pose->axis) < 0;
}

/* The point of the skin that is nearest to POSE's tip, of what is within LIMIT_MM: of a tool without extent. */
static search nearest_to_tip(const sim_witness *w, const sim_pose *pose, double limit_mm)
{
    static const outline point = {{0}, {0}};
    search s = {.witness = w, .outline = &point, .pose = pose, .best = limit_mm};
    look_around(&s, pose->tip, limit_mm, visit_nearer);
    return s;
}

bool sim_witness_is_near(const sim_witness *w, np_vec3 p, double limit_mm)
{
    const sim_pose pose = {p, {0, 0, 1}};
    return nearest_to_tip(w, &pose, limit_mm).best < limit_mm;
}

/* ---- looking ---- */

/* How far any point of the tool can have moved from A to B. */
static double moved_mm(const sim_witness *w, const sim_pose *a, const sim_pose *b)
{
    return np_vec3_distance(a->tip, b->tip) + w->length_mm * np_vec3_distance(a->axis, b->axis);
}

bool sim_witness_look(sim_witness *w, const sim_pose *pose, bool in_puncture, sim_finding *out_finding)
{
    look *last = &w->last[in_puncture];
    if (last->valid && moved_mm(w, &last->pose, pose) < last->clear_mm)
        return true;
    search s = {.witness = w, .pose = pose, .best = MARGIN_MM, .best_part = in_puncture ? CONE : NEEDLE};
    if (last->valid) {
        s.part = last->part;
        s.outline = &w->parts[last->part];
        look_at_triangle(&s, last->triangle);
    }
    for (int part = in_puncture ? CONE : NEEDLE; part < PARTS; part++)
        look_at_part(&s, part);
    *last = (look){true, *pose, s.best - EXACT_MM, s.triangle, s.best_part};
    if (s.best >= 0)
        return true;
    *out_finding = (sim_finding){PART_NAMES[s.best_part], -s.best, s.place};
    if (!in_puncture && tip_is_inside(w, pose)) {
        search tip = nearest_to_tip(w, pose, FAR_MM);
        if (tip.best > out_finding->depth_mm)
            *out_finding = (sim_finding){PART_NAMES[NEEDLE], tip.best, tip.place};
    }
    return out_finding->depth_mm <= w->tolerance_mm;
}

/* ---- set-up ---- */

static bool build(sim_witness *w)
{
    w->device = rtcNewDevice("threads=1");
    w->scene = w->device ? rtcNewScene(w->device) : NULL;
    RTCGeometry geometry = w->scene ? rtcNewGeometry(w->device, RTC_GEOMETRY_TYPE_TRIANGLE) : NULL;
    if (!geometry)
        return false;
    float *vertices = rtcSetNewGeometryBuffer(geometry, RTC_BUFFER_TYPE_VERTEX, 0, RTC_FORMAT_FLOAT3, 3 * sizeof(float),
                                              w->mesh.n_vertices);
    uint32_t *triangles = rtcSetNewGeometryBuffer(geometry, RTC_BUFFER_TYPE_INDEX, 0, RTC_FORMAT_UINT3,
                                                  3 * sizeof(uint32_t), w->mesh.n_triangles);
    if (vertices && triangles) {
        for (size_t i = 0; i < w->mesh.n_vertices; i++) {
            vertices[3 * i] = (float)w->mesh.vertices[i].x;
            vertices[3 * i + 1] = (float)w->mesh.vertices[i].y;
            vertices[3 * i + 2] = (float)w->mesh.vertices[i].z;
        }
        memcpy(triangles, w->mesh.triangles, w->mesh.n_triangles * sizeof *w->mesh.triangles);
        rtcCommitGeometry(geometry);
        rtcAttachGeometry(w->scene, geometry);
        rtcSetSceneFlags(w->scene, RTC_SCENE_FLAG_ROBUST);
        rtcCommitScene(w->scene);
    }
    rtcReleaseGeometry(geometry);
    return vertices && triangles && rtcGetDeviceError(w->device) == RTC_ERROR_NONE;
}

np_status sim_witness_create(sim_head_mesh *mesh, const sim_tool *tool, double tolerance_mm, sim_witness **out_witness,
                             np_error *err)
{
    sim_witness *w = calloc(1, sizeof *w);
    *out_witness = NULL;
    if (!w) {
        sim_head_mesh_fini(mesh);
        return np_error_no_memory(err, "the witness");
    }
    *w = (sim_witness){.mesh = *mesh,
                       .tool = *tool,
                       .tolerance_mm = tolerance_mm,
                       .length_mm = hypot(tool->needle_length_mm + tool->cone_length_mm + tool->body_length_mm,
                                          tool->body_diameter_mm / 2),
                       .last = {{.part = NEEDLE}, {.part = CONE}}};
    make_parts(tool, w->parts);
    *mesh = (sim_head_mesh){0};
    if (!build(w)) {
        sim_witness_destroy(w);
        return np_error_set(err, NP_ERR_INTERNAL, "Embree could not build the head's search tree (out of memory?)");
    }
    *out_witness = w;
    return NP_OK;
}

void sim_witness_destroy(sim_witness *w)
{
    if (!w)
        return;
    if (w->scene)
        rtcReleaseScene(w->scene);
    if (w->device)
        rtcReleaseDevice(w->device);
    sim_head_mesh_fini(&w->mesh);
    free(w);
}
