/* What the triangles themselves say. */
#include "arm/private/obstacle.h"

#include "arm/private/cover.h"
#include "surface/index.h"

np_status arm_obstacle_init(arm_obstacle *obstacle, const np_surface *surface, double floor_z_mm, double clearance_mm,
                            const np_vec3 eyes[NP_ARM_EYES], double eye_mm, np_error *err)
{
    *obstacle = (arm_obstacle){.surface = surface, .floor_z_mm = floor_z_mm};
    np_mesh cover;
    np_status status = arm_cover_create(surface, &cover, err);
    for (int i = 0; status == NP_OK && eye_mm > 0 && i < NP_ARM_EYES; i++) {
        if (i >= 2 && np_vec3_distance(eyes[i], eyes[i - 2]) == 0) /* it is there */
            continue;
        status = arm_cover_add_ball(&cover, eyes[i], eye_mm, err);
        if (status != NP_OK)
            np_mesh_fini(&cover);
    }
    if (status == NP_OK && cover.n_triangles > 0)
        status = np_surface_init(&obstacle->cover, &cover, NULL, err);
    if (status == NP_OK)
        status = arm_grid_init(&obstacle->grid, &surface->mesh, err);
    if (status == NP_OK)
        status = arm_hull_init(&obstacle->hull, &surface->mesh, &obstacle->cover.mesh, floor_z_mm - clearance_mm, err);
    if (status == NP_OK)
        obstacle->span_mm = arm_hull_span_mm(&obstacle->hull);
    return status;
}

void arm_obstacle_fini(arm_obstacle *obstacle)
{
    arm_grid_fini(&obstacle->grid);
    arm_hull_fini(&obstacle->hull);
    np_surface_fini(&obstacle->cover);
    *obstacle = (arm_obstacle){0};
}

static np_vec3 point_of(const np_mesh *mesh, uint32_t triangle, const double w[3])
{
    const uint32_t *v = mesh->triangles[triangle].v;
    np_vec3 p = np_vec3_scale(mesh->vertices[v[0]], w[0]);
    return np_vec3_mad(np_vec3_mad(p, mesh->vertices[v[1]], w[1]), mesh->vertices[v[2]], w[2]);
}

bool arm_obstacle_is_far(const arm_obstacle *obstacle, np_vec3 p, double mm)
{
    uint32_t triangle;
    double w[3];
    return arm_grid_least_mm(&obstacle->grid, p) >= mm &&
           (!obstacle->cover.index || !np_surface_index_nearest(obstacle->cover.index, p, mm, &triangle, w));
}

bool arm_obstacle_nearest(const arm_obstacle *obstacle, np_vec3 p, double limit_mm, np_vec3 *out_nearest)
{
    const np_surface *surfaces[] = {obstacle->surface, &obstacle->cover};
    bool found = false;
    for (int i = 0; i < 2; i++) {
        uint32_t triangle;
        double w[3];
        if (!surfaces[i]->index || !np_surface_index_nearest(surfaces[i]->index, p, limit_mm, &triangle, w))
            continue;
        *out_nearest = point_of(&surfaces[i]->mesh, triangle, w);
        limit_mm = np_vec3_distance(*out_nearest, p);
        found = true;
    }
    return found;
}

typedef struct height_query {
    const np_mesh *mesh;
    np_vec3 p, direction;
    double radius2, height;
} height_query;

/* The largest height of the triangle's plane within the ball. */
static double height_in_ball(const height_query *q, uint32_t triangle)
{
    np_vec3 normal = np_mesh_triangle_normal(q->mesh, triangle);
    np_vec3 corner = q->mesh->vertices[q->mesh->triangles[triangle].v[0]];
    double above = np_vec3_dot(np_vec3_sub(q->p, corner), normal), slope = np_vec3_dot(normal, q->direction);
    if (np_vec3_dot(normal, normal) < 0.5)
        return INFINITY; /* a sliver has no plane */
    return np_vec3_dot(q->p, q->direction) - above * slope +
           sqrt(fmax(0, q->radius2 - above * above) * fmax(0, 1 - slope * slope));
}

static bool look_at(void *context, uint32_t triangle)
{
    height_query *q = context;
    const uint32_t *v = q->mesh->triangles[triangle].v;
    double height = -INFINITY, w[3];
    for (int k = 0; k < 3; k++) {
        double corner = np_vec3_dot(q->mesh->vertices[v[k]], q->direction);
        height = corner > height ? corner : height; /* fmax is a call */
    }
    if (height <= q->height)
        return true;
    height = fmin(height, height_in_ball(q, triangle));
    if (height > q->height && np_mesh_closest(q->mesh, triangle, q->p, w) <= q->radius2)
        q->height = height;
    return true;
}

double arm_obstacle_height_mm(const arm_obstacle *obstacle, np_vec3 p, double radius_mm, np_vec3 direction)
{
    height_query q = {&obstacle->surface->mesh, p, direction, radius_mm * radius_mm, -INFINITY};
    np_surface_index_visit(obstacle->surface->index, p, radius_mm, look_at, &q);
    q.mesh = &obstacle->cover.mesh;
    if (obstacle->cover.index)
        np_surface_index_visit(obstacle->cover.index, p, radius_mm, look_at, &q);
    return q.height;
}

bool arm_obstacle_between(const arm_obstacle *obstacle, np_vec3 a, np_vec3 b, np_vec3 *out_where)
{
    const np_surface *surfaces[] = {obstacle->surface, &obstacle->cover};
    double way = np_vec3_distance(a, b);
    bool found = false;
    for (int i = 0; i < 2 && way > 0; i++) {
        uint32_t triangle;
        double w[3];
        np_vec3 direction = np_vec3_scale(np_vec3_sub(b, a), 1 / way);
        if (!surfaces[i]->index || !np_surface_index_ray(surfaces[i]->index, a, direction, way, &triangle, w))
            continue;
        np_vec3 hit = point_of(&surfaces[i]->mesh, triangle, w);
        if (!found || np_vec3_distance2(a, hit) < np_vec3_distance2(a, *out_where))
            *out_where = hit;
        found = true;
    }
    return found;
}
