/* Heads to move a tool around, and punctures on them. */
#ifndef NP_TESTS_UNIT_ARM_SCENES_H
#define NP_TESTS_UNIT_ARM_SCENES_H

#include "arm/moves.h"
#include "base/angle.h"
#include "base/rng.h"
#include "head/head.h"

#include "../test.h"

#define SCENE_STREAM 0x61726d00u
/* The chin's level on the mean man. */
#define SCENE_FLOOR_MM (-111.2)

static inline np_mesh scene_head(np_case_sex sex, double percentile)
{
    np_mesh mesh;
    np_scan_description description;
    assert_int_equal(np_head_create(sex, percentile, &mesh, &description, NULL), NP_OK);
    np_scan_description_fini(&description);
    return mesh;
}

/* Adds the triangles of MORE, moved by SHIFT after turning by ANGLE around AXIS. */
static inline void scene_add(np_mesh *mesh, np_mesh more, np_vec3 axis, double angle, np_vec3 shift)
{
    size_t v = mesh->n_vertices, t = mesh->n_triangles;
    mesh->vertices = realloc(mesh->vertices, (v + more.n_vertices) * sizeof *mesh->vertices);
    mesh->triangles = realloc(mesh->triangles, (t + more.n_triangles) * sizeof *mesh->triangles);
    for (size_t i = 0; i < more.n_vertices; i++)
        mesh->vertices[v + i] = np_vec3_add(np_vec3_rotate(more.vertices[i], axis, angle), shift);
    for (size_t i = 0; i < more.n_triangles; i++)
        for (int k = 0; k < 3; k++)
            mesh->triangles[t + i].v[k] = more.triangles[i].v[k] + (uint32_t)v;
    mesh->n_vertices += more.n_vertices;
    mesh->n_triangles += more.n_triangles;
    np_mesh_fini(&more);
}

/* A closed ellipsoid with half axes A, B, C. */
static inline np_mesh scene_ellipsoid(double a, double b, double c)
{
    const uint32_t rings = 24, around = 48;
    np_mesh m = {.n_vertices = (rings - 1) * around + 2, .n_triangles = 2 * around * (rings - 1)};
    m.vertices = malloc(m.n_vertices * sizeof *m.vertices);
    m.triangles = malloc(m.n_triangles * sizeof *m.triangles);
    uint32_t south = (rings - 1) * around, north = south + 1, t = 0;
    for (uint32_t r = 1; r < rings; r++)
        for (uint32_t k = 0; k < around; k++) {
            double u = NP_PI * r / rings, v = NP_TWO_PI * k / around;
            m.vertices[(r - 1) * around + k] = np_vec3_make(a * sin(u) * cos(v), b * sin(u) * sin(v), -c * cos(u));
        }
    m.vertices[south] = np_vec3_make(0, 0, -c);
    m.vertices[north] = np_vec3_make(0, 0, c);
    for (uint32_t k = 0; k < around; k++) {
        uint32_t l = (k + 1) % around;
        m.triangles[t++] = (np_triangle){{south, l, k}};
        m.triangles[t++] = (np_triangle){{(rings - 2) * around + k, (rings - 2) * around + l, north}};
        for (uint32_t r = 0; r + 2 < rings; r++) {
            uint32_t i = r * around;
            m.triangles[t++] = (np_triangle){{i + k, i + l, i + around + l}};
            m.triangles[t++] = (np_triangle){{i + k, i + around + l, i + around + k}};
        }
    }
    return m;
}

/* A head with ears: flat ellipsoids 64 by 36 mm that stand off by 30 degrees to the back, loose parts as far as the mesh
 * knows. */
static inline np_mesh scene_eared_head(np_case_sex sex, double percentile)
{
    np_mesh mesh = scene_head(sex, percentile);
    for (int side = -1; side <= 1; side += 2) {
        double y = 72 * side;
        scene_add(&mesh, scene_ellipsoid(18, 3, 32), np_vec3_make(0, 0, 1), -side * 30 * NP_PI / 180,
                  np_vec3_make(-18, y, 0));
    }
    return mesh;
}

/* A puncture where the ray from far out along OUTWARD towards MIDDLE meets the surface, with its needle tilted by TILT_RAD
 * towards AZIMUTH_RAD; false where there is none, or the skin does not look outwards. */
static inline bool scene_puncture(const np_surface *surface, np_vec3 middle, np_vec3 outward, double tilt_rad,
                                  double azimuth_rad, np_arm_puncture *out)
{
    np_surface_point p;
    np_vec3 from = np_vec3_mad(middle, outward, 400);
    if (!np_surface_ray(surface, from, np_vec3_scale(outward, -1), 400, &p) || np_vec3_dot(p.normal, outward) < 0.3)
        return false;
    np_vec3 hinge = np_vec3_rotate(np_vec3_perpendicular(p.normal), p.normal, azimuth_rad);
    *out = (np_arm_puncture){.position = p.position,
                             .normal = p.normal,
                             .axis = np_vec3_scale(np_vec3_rotate(p.normal, hinge, tilt_rad), -1),
                             .depth_mm = 0.5};
    return true;
}

/* Random punctures on the upper part of a head, N of them, tilted by up to TILT_RAD. */
static inline np_arm_puncture *scene_random(const np_surface *surface, uint64_t seed, size_t n, double tilt_rad)
{
    np_arm_puncture *p = calloc(n, sizeof *p);
    for (uint64_t i = 0, k = 0; k < n; i++) {
        double z = -0.2 + 1.2 * np_rng_uniform(seed, SCENE_STREAM, i, 0);
        double a = NP_TWO_PI * np_rng_uniform(seed, SCENE_STREAM, i, 1), r = sqrt(fmax(0, 1 - z * z));
        if (!scene_puncture(surface, np_vec3_make(0, 0, 40), np_vec3_make(r * cos(a), r * sin(a), z),
                            tilt_rad * np_rng_uniform(seed, SCENE_STREAM, i, 2),
                            NP_TWO_PI * np_rng_uniform(seed, SCENE_STREAM, i, 3), &p[k]))
            continue;
        p[k].depth_mm = 0.3 + 1.2 * np_rng_uniform(seed, SCENE_STREAM, i, 4);
        p[k].id = (uint32_t)k + 1;
        k++;
    }
    return p;
}

/* Takes away the triangles whose corners are all nearer to MIDDLE than RADIUS_MM, or all below LEAST_Z. */
static inline void scene_cut(np_mesh *mesh, np_vec3 middle, double radius_mm, double least_z)
{
    size_t n = 0;
    for (size_t t = 0; t < mesh->n_triangles; t++) {
        bool near = true, below = true;
        for (int k = 0; k < 3; k++) {
            np_vec3 p = mesh->vertices[mesh->triangles[t].v[k]];
            near &= np_vec3_distance(p, middle) < radius_mm;
            below &= p.z < least_z;
        }
        if (!near && !below)
            mesh->triangles[n++] = mesh->triangles[t];
    }
    mesh->n_triangles = n;
}

static inline np_arm_rates scene_rates(void)
{
    return (np_arm_rates){100, 2000, NP_PI / 3, NP_PI / 0.6, 2, 20};
}

static inline np_arm_request scene_request(const np_arm_puncture *punctures, size_t n)
{
    return (np_arm_request){.punctures = punctures,
                            .n = n,
                            .home = {{-150, 0, 300}, {0, 0, -1}},
                            .station = {{0, 200, 100}, {0, 0, -1}},
                            .rates = scene_rates()};
}

static inline np_arm_planner *scene_planner(const np_surface *surface)
{
    np_arm_tool tool = np_arm_tool_default();
    np_arm_clearances clearances = {.travel_mm = NP_ARM_TRAVEL_CLEARANCE_MM,
                                    .puncture_mm = NP_ARM_PUNCTURE_CLEARANCE_MM,
                                    .floor_z_mm = SCENE_FLOOR_MM};
    np_arm_planner *planner;
    np_error err = {0};
    if (np_arm_planner_create(surface, &tool, &clearances, &planner, &err) != NP_OK)
        fail_msg("%s", err.text);
    return planner;
}

#define SCENE_LOW 64

/* Dots in turns on the left and on the right, low down around the head, needles tilted by up to 45 degrees in all directions: all for which
 * there is room. */
static inline size_t scene_low_dots(const np_surface *surface, const np_arm_planner *planner, np_arm_puncture *out)
{
    size_t n = 0;
    for (unsigned i = 0; i < SCENE_LOW; i++) {
        double a = NP_PI * (i / 2 % 16) / 16 + (i % 2 ? NP_PI : 0), down = -0.2 - 0.3 * (i / 32);
        np_vec3 out_of = np_vec3_normalize(np_vec3_make(cos(a), sin(a), down));
        if (!scene_puncture(surface, np_vec3_make(0, 0, 0), out_of, 0.05 * (i % 16), i * 2.4, &out[n]))
            continue;
        out[n].id = i + 1;
        n += np_arm_check(planner, &out[n], NULL) == NP_OK;
    }
    return n;
}

static inline np_surface *scene_surface(np_mesh mesh)
{
    np_surface *surface = malloc(sizeof *surface);
    assert_int_equal(np_surface_init(surface, &mesh, NULL, NULL), NP_OK);
    return surface;
}

static inline void scene_drop(np_surface *surface, np_arm_planner *planner)
{
    np_arm_planner_destroy(planner);
    np_surface_fini(surface);
    free(surface);
}

#endif
