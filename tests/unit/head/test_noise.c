/* Planning on a noisy scan: needle axes, places and areas are those of the clean scan. */
#include "../test.h"

#include <stdio.h>

#include "base/angle.h"
#include "base/rng.h"
#include "case/description.h"
#include "head/head.h"
#include "head/private/import.h"
#include "head/scan.h"
#include "head_files.h"
#include "surface/ply.h"
#include "surface/topology.h"

#define SCANS NP_TEST_SOURCE_DIR "/../shared/scans/"
#define NOISE_MM 0.2

/* Cuts each triangle of MESH into four at the middles of its edges. */
static void refine(np_mesh *mesh)
{
    np_mesh fine = {.n_vertices = mesh->n_vertices, .n_triangles = 4 * mesh->n_triangles};
    fine.vertices = malloc((mesh->n_vertices + 3 * mesh->n_triangles) * sizeof *fine.vertices);
    fine.triangles = malloc(fine.n_triangles * sizeof *fine.triangles);
    uint32_t(*middle)[3] = malloc(mesh->n_triangles * sizeof *middle);
    np_topology topology = {0};
    assert_int_equal(np_topology_init(&topology, mesh, NULL), NP_OK);
    memcpy(fine.vertices, mesh->vertices, mesh->n_vertices * sizeof *fine.vertices);
    for (uint32_t t = 0; t < mesh->n_triangles; t++)
        for (int k = 0; k < 3; k++) {
            uint32_t a = mesh->triangles[t].v[k], b = mesh->triangles[t].v[(k + 1) % 3];
            uint32_t other = np_topology_across(&topology, t, k);
            if (other != NP_NO_TRIANGLE && other < t) {
                int j = np_topology_corner(mesh, other, b);
                middle[t][k] = middle[other][j];
                continue;
            }
            middle[t][k] = (uint32_t)fine.n_vertices;
            fine.vertices[fine.n_vertices++] = np_vec3_lerp(mesh->vertices[a], mesh->vertices[b], 0.5);
        }
    for (size_t t = 0; t < mesh->n_triangles; t++) {
        const uint32_t *v = mesh->triangles[t].v, *m = middle[t];
        fine.triangles[4 * t] = (np_triangle){{v[0], m[0], m[2]}};
        fine.triangles[4 * t + 1] = (np_triangle){{m[0], v[1], m[1]}};
        fine.triangles[4 * t + 2] = (np_triangle){{m[2], m[1], v[2]}};
        fine.triangles[4 * t + 3] = (np_triangle){{m[0], m[1], m[2]}};
    }
    np_topology_fini(&topology);
    free(middle);
    np_mesh_fini(mesh);
    *mesh = fine;
}

/* Gaussian, along each coordinate, in the file's units. */
static void roughen(np_mesh *mesh, double noise)
{
    for (size_t i = 0; i < mesh->n_vertices; i++)
        for (int k = 0; k < 3; k++) {
            double *c = k == 0 ? &mesh->vertices[i].x : k == 1 ? &mesh->vertices[i].y : &mesh->vertices[i].z;
            *c += noise * np_rng_normal(3, 1, i, (uint32_t)k);
        }
}

static np_scan *scan_of(const np_case_scan *source, const np_mesh *mesh)
{
    char path[512];
    np_case_scan s = *source;
    np_error err = {0};
    np_scan *scan = NULL;
    snprintf(path, sizeof path, "%s/noisy.ply", folder);
    s.file = path;
    assert_int_equal(np_mesh_write_ply(mesh, path, NULL), NP_OK);
    if (np_scan_create(&s, NULL, &scan, &err) != NP_OK)
        fail_msg("%s", err.text);
    remove(path);
    return scan;
}

static int up(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* In the file's coordinates, as the frame follows single points, the landmarks: CLEAN's upper head (60 mm or more over the tragia) against NOISY's: 95 % of angle and of distance, and the areas' ratio. */
static void compare(const np_scan *clean, const np_scan *noisy, const char *name)
{
    const np_mesh *mesh = &clean->surface.mesh;
    double *deg = malloc(mesh->n_vertices * sizeof *deg), *mm = malloc(mesh->n_vertices * sizeof *mm);
    size_t n = 0;
    for (size_t i = 0; i < mesh->n_vertices; i += 7) {
        np_surface_point p;
        np_vec3 at = np_scan_from_file(noisy, np_scan_to_file(clean, mesh->vertices[i]));
        if (mesh->vertices[i].z < 60 || !np_surface_nearest(&noisy->surface, at, 20, &p))
            continue;
        np_vec3 tip = np_vec3_add(mesh->vertices[i], clean->surface.normals[i]);
        np_vec3 normal = np_vec3_sub(np_scan_from_file(noisy, np_scan_to_file(clean, tip)), at);
        deg[n] = np_angle_deg(acos(fmin(np_vec3_dot(p.normal, normal), 1)));
        mm[n++] = np_vec3_distance(p.position, at);
    }
    assert_true(n > 500);
    qsort(deg, n, sizeof *deg, up);
    qsort(mm, n, sizeof *mm, up);
    double area[2] = {0};
    const np_scan *both[2] = {clean, noisy};
    for (int s = 0; s < 2; s++)
        for (size_t t = 0; t < both[s]->surface.mesh.n_triangles; t++) {
            const np_vec3 *v = both[s]->surface.mesh.vertices;
            const uint32_t *c = both[s]->surface.mesh.triangles[t].v;
            if (v[c[0]].z >= 60)
                area[s] +=
                    np_vec3_length(np_vec3_cross(np_vec3_sub(v[c[1]], v[c[0]]), np_vec3_sub(v[c[2]], v[c[0]]))) / 2;
        }
    print_message("%s: axes %.2f deg, places %.3f mm at 95 %%, area %+.2f %%\n", name, deg[n * 95 / 100],
                  mm[n * 95 / 100], 100 * (area[1] / area[0] - 1));
    assert_true(deg[n * 95 / 100] < 2);
    assert_true(mm[n * 95 / 100] < 0.1);
    assert_near(area[1] / area[0], 1, 0.01);
    free(deg);
    free(mm);
}

static void try_noise(np_mesh *mesh, const np_case_scan *source, int halvings, double unit_mm, const char *name)
{
    for (int i = 0; i < halvings; i++)
        refine(mesh);
    np_scan *clean = scan_of(source, mesh);
    roughen(mesh, NOISE_MM / unit_mm);
    np_scan *noisy = scan_of(source, mesh);
    compare(clean, noisy, name);
    np_scan_destroy(clean);
    np_scan_destroy(noisy);
    np_mesh_fini(mesh);
}

static void the_built_in_head_with_noise(void **state)
{
    (void)state;
    np_mesh mesh;
    np_scan_description d;
    assert_int_equal(np_head_create(NP_CASE_SEX_F, 30, &mesh, &d, NULL), NP_OK);
    try_noise(&mesh, &d.scan, 1, 1, "built-in head");
    np_scan_description_fini(&d);
}

static void real_heads_with_noise(void **state)
{
    (void)state;
    const char *names[] = {"lee_perry_smith", "ict_head"};
    for (int i = 0; i < 2; i++) {
        char path[512];
        np_scan_description d = {0};
        np_mesh mesh;
        snprintf(path, sizeof path, SCANS "%s.yaml", names[i]);
        FILE *f = fopen(path, "r");
        if (!f)
            skip();
        fclose(f);
        assert_int_equal(np_scan_description_read(path, &d, NULL), NP_OK);
        assert_int_equal(head_scan_import(d.scan.file, NULL, &mesh, NULL, NULL), NP_OK);
        try_noise(&mesh, &d.scan, 2, 1, names[i]);
        np_scan_description_fini(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_built_in_head_with_noise),
        cmocka_unit_test(real_heads_with_noise),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
