/* Nearest points and rays by Embree's trees, and the meaning of their answers for a scan. */
#include "surface/index.h"

#include <stdlib.h>

#include <embree3/rtcore.h>

/* Farther than any head; keeps infinities away from the floats. */
#define FAR_MM 1e6
/* More than the rounding of coordinates to floats, so that no candidate is lost: 2^-24 of 1 m is 6e-5 mm. */
#define SLACK_MM 1e-3

struct np_surface_index {
    const np_mesh *mesh;
    RTCDevice device;
    RTCScene scene;
};

/* The box of one triangle, a little larger than rounding to floats needs. */
static void triangle_bounds(const struct RTCBoundsFunctionArguments *args)
{
    const np_mesh *mesh = ((const np_surface_index *)args->geometryUserPtr)->mesh;
    const uint32_t *v = mesh->triangles[args->primID].v;
    np_vec3 low = mesh->vertices[v[0]], high = low;
    for (int k = 1; k < 3; k++) {
        np_vec3 p = mesh->vertices[v[k]];
        low = (np_vec3){fmin(low.x, p.x), fmin(low.y, p.y), fmin(low.z, p.z)};
        high = (np_vec3){fmax(high.x, p.x), fmax(high.y, p.y), fmax(high.z, p.z)};
    }
    *args->bounds_o = (struct RTCBounds){
        .lower_x = (float)(low.x - SLACK_MM),
        .upper_x = (float)(high.x + SLACK_MM),
        .lower_y = (float)(low.y - SLACK_MM),
        .upper_y = (float)(high.y + SLACK_MM),
        .lower_z = (float)(low.z - SLACK_MM),
        .upper_z = (float)(high.z + SLACK_MM),
    };
}

static void visit_ray(const struct RTCIntersectFunctionNArguments *args);

static bool build(np_surface_index *index)
{
    /* One building thread: a head takes well under a second, and no idle pool is left behind. */
    index->device = rtcNewDevice("threads=1");
    if (!index->device)
        return false;
    index->scene = rtcNewScene(index->device);
    RTCGeometry geometry = index->scene ? rtcNewGeometry(index->device, RTC_GEOMETRY_TYPE_USER) : NULL;
    if (!geometry)
        return false;
    rtcSetGeometryUserPrimitiveCount(geometry, (unsigned)index->mesh->n_triangles);
    rtcSetGeometryUserData(geometry, index);
    rtcSetGeometryBoundsFunction(geometry, triangle_bounds, NULL);
    rtcSetGeometryIntersectFunction(geometry, visit_ray);
    rtcCommitGeometry(geometry);
    rtcAttachGeometry(index->scene, geometry);
    rtcReleaseGeometry(geometry);
    rtcSetSceneFlags(index->scene, RTC_SCENE_FLAG_ROBUST);
    rtcSetSceneBuildQuality(index->scene, RTC_BUILD_QUALITY_MEDIUM);
    rtcCommitScene(index->scene);
    return rtcGetDeviceError(index->device) == RTC_ERROR_NONE;
}

np_status np_surface_index_create(const np_mesh *mesh, np_surface_index **out_index, np_error *err)
{
    *out_index = NULL;
    np_surface_index *index = calloc(1, sizeof *index);
    if (!index)
        return np_error_no_memory(err, "the scan's search tree");
    index->mesh = mesh;
    if (!build(index)) {
        np_surface_index_destroy(index);
        return np_error_set(err, NP_ERR_INTERNAL, "Embree could not build the scan's search tree (out of memory?)");
    }
    *out_index = index;
    return NP_OK;
}

void np_surface_index_destroy(np_surface_index *index)
{
    if (!index)
        return;
    if (index->scene)
        rtcReleaseScene(index->scene);
    if (index->device)
        rtcReleaseDevice(index->device);
    free(index);
}

/* ---- the best candidate so far ---- */

typedef struct candidate {
    double key; /* squared distance, or distance along the ray */
    uint32_t triangle;
    double weight[3];
    bool found;
} candidate;

/* Takes the new one if it is nearer, or as near with a lower number: a total order, so the visiting order is
 * no matter. */
static bool offer(candidate *best, double key, uint32_t triangle, const double weight[3])
{
    if (key > best->key || (best->found && key >= best->key && triangle >= best->triangle))
        return false;
    *best = (candidate){.key = key, .triangle = triangle, .weight = {weight[0], weight[1], weight[2]}, .found = true};
    return true;
}

static bool take(const candidate *best, uint32_t *out_triangle, double out_weight[3])
{
    if (!best->found)
        return false;
    *out_triangle = best->triangle;
    for (int k = 0; k < 3; k++)
        out_weight[k] = best->weight[k];
    return true;
}

/* ---- nearest point ---- */

typedef struct nearest_query {
    const np_mesh *mesh;
    np_vec3 p;
    candidate best;
} nearest_query;

static bool visit_nearest(struct RTCPointQueryFunctionArguments *args)
{
    nearest_query *q = args->userPtr;
    double weight[3];
    double distance2 = np_mesh_closest(q->mesh, args->primID, q->p, weight);
    if (!offer(&q->best, distance2, args->primID, weight))
        return false;
    float radius = (float)(sqrt(distance2) + SLACK_MM);
    if (radius >= args->query->radius)
        return false;
    args->query->radius = radius;
    return true;
}

bool np_surface_index_nearest(const np_surface_index *index, np_vec3 p, double limit_mm, uint32_t *out_triangle,
                              double out_weight[3])
{
    if (!np_vec3_is_finite(p) || !(limit_mm >= 0))
        return false;
    double limit = fmin(limit_mm, FAR_MM);
    nearest_query q = {.mesh = index->mesh, .p = p, .best = {.key = limit * limit}};
    struct RTCPointQuery query = {
        .x = (float)p.x, .y = (float)p.y, .z = (float)p.z, .radius = (float)(limit + SLACK_MM)};
    struct RTCPointQueryContext context;
    rtcInitPointQueryContext(&context);
    rtcPointQuery(index->scene, &query, &context, visit_nearest, &q);
    return take(&q.best, out_triangle, out_weight);
}

/* ---- all within a ball ---- */

typedef struct ball_query {
    np_surface_visit *visit;
    void *context;
    bool stopped;
} ball_query;

static bool visit_ball(struct RTCPointQueryFunctionArguments *args)
{
    ball_query *q = args->userPtr;
    if (q->stopped || q->visit(q->context, args->primID))
        return false;
    q->stopped = true;
    args->query->radius = 0;
    return true;
}

bool np_surface_index_visit(const np_surface_index *index, np_vec3 p, double radius_mm, np_surface_visit *visit,
                            void *context)
{
    ball_query q = {.visit = visit, .context = context};
    struct RTCPointQuery query = {
        .x = (float)p.x, .y = (float)p.y, .z = (float)p.z, .radius = (float)(fmin(radius_mm, FAR_MM) + SLACK_MM)};
    struct RTCPointQueryContext context_of_query;
    rtcInitPointQueryContext(&context_of_query);
    rtcPointQuery(index->scene, &query, &context_of_query, visit_ball, &q);
    return !q.stopped;
}

/* ---- rays ---- */

typedef struct ray_query {
    struct RTCIntersectContext context; /* first: Embree hands back its address */
    const np_mesh *mesh;
    np_vec3 origin, direction;
    candidate best;
} ray_query;

/* How far beside a triangle a ray may pass and still hit it: closes the seams between triangles, and is far
 * below anything that matters. */
#define SEAM_MM 1e-7

/* The hit in doubles: where the ray meets the triangle's plane, if that is in the triangle. */
static void visit_ray(const struct RTCIntersectFunctionNArguments *args)
{
    ray_query *q = (ray_query *)args->context;
    np_vec3 normal = np_mesh_triangle_normal(q->mesh, args->primID);
    double slope = np_vec3_dot(normal, q->direction);
    if (fabs(slope) < 1e-12)
        return;
    np_vec3 corner = q->mesh->vertices[q->mesh->triangles[args->primID].v[0]];
    double along = np_vec3_dot(np_vec3_sub(corner, q->origin), normal) / slope;
    if (along < 0 || along > q->best.key)
        return;
    double weight[3];
    np_vec3 hit = np_vec3_mad(q->origin, q->direction, along);
    if (np_mesh_closest(q->mesh, args->primID, hit, weight) > SEAM_MM * SEAM_MM)
        return;
    if (offer(&q->best, along, args->primID, weight)) {
        struct RTCRayHit *ray = (struct RTCRayHit *)args->rayhit; /* rays come one at a time */
        ray->ray.tfar = fminf(ray->ray.tfar, (float)(along + SLACK_MM));
    }
}

bool np_surface_index_ray(const np_surface_index *index, np_vec3 origin, np_vec3 direction, double limit_mm,
                          uint32_t *out_triangle, double out_weight[3])
{
    if (!np_vec3_is_finite(origin) || !np_vec3_is_finite(direction) || !(limit_mm >= 0))
        return false;
    double limit = fmin(limit_mm, FAR_MM);
    ray_query q = {.mesh = index->mesh, .origin = origin, .direction = direction, .best = {.key = limit}};
    rtcInitIntersectContext(&q.context);
    struct RTCRayHit hit = {
        .ray = {.org_x = (float)origin.x,
                .org_y = (float)origin.y,
                .org_z = (float)origin.z,
                .dir_x = (float)direction.x,
                .dir_y = (float)direction.y,
                .dir_z = (float)direction.z,
                .tnear = 0,
                .tfar = (float)(limit + SLACK_MM),
                .mask = UINT32_MAX},
        .hit = {.geomID = RTC_INVALID_GEOMETRY_ID},
    };
    rtcIntersect1(index->scene, &q.context, &hit);
    return take(&q.best, out_triangle, out_weight);
}
