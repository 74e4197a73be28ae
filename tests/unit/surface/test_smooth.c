/* Smoothing: noise goes, curvature, edges and what is shape stay. */
#include "../test.h"

#include <omp.h>

#include "base/angle.h"
#include "base/rng.h"
#include "shapes.h"
#include "surface/smooth.h"

#define RADIUS 80.0
#define STREAM 0x6e6f69u

/* Adds noise of NOISE_MM (standard deviation, Gaussian) along the normals of a sphere about the origin. */
static void roughen(np_mesh *mesh, double noise_mm)
{
    for (size_t i = 0; i < mesh->n_vertices; i++) {
        np_vec3 n = np_vec3_normalize(mesh->vertices[i]);
        mesh->vertices[i] = np_vec3_mad(mesh->vertices[i], n, noise_mm * np_rng_normal(7, STREAM, i, 0));
    }
}

/* 95 % of how far vertices are off the sphere, and of the angle between their normals and it. */
static int up(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void errors(const np_mesh *mesh, const np_vec3 *normals, double *out_mm, double *out_deg)
{
    double *mm = malloc(mesh->n_vertices * sizeof *mm), *deg = malloc(mesh->n_vertices * sizeof *deg);
    for (size_t i = 0; i < mesh->n_vertices; i++) {
        np_vec3 n = np_vec3_normalize(mesh->vertices[i]);
        mm[i] = fabs(np_vec3_length(mesh->vertices[i]) - RADIUS);
        deg[i] = np_angle_deg(acos(fmin(np_vec3_dot(n, normals[i]), 1)));
    }
    qsort(mm, mesh->n_vertices, sizeof *mm, up);
    qsort(deg, mesh->n_vertices, sizeof *deg, up);
    *out_mm = mm[mesh->n_vertices * 95 / 100];
    *out_deg = deg[mesh->n_vertices * 95 / 100];
    free(mm);
    free(deg);
}

/* Smooths MESH as a scan is. */
static np_vec3 *smooth(np_mesh *mesh, double *out_longest)
{
    np_vec3 *normals = malloc(mesh->n_vertices * sizeof *normals);
    float *rough = malloc(mesh->n_vertices * sizeof *rough);
    assert_int_equal(np_mesh_smooth(mesh, NP_SMOOTH_SCALE_MM, 1, normals, rough, out_longest, NULL), NP_OK);
    free(rough);
    return normals;
}

static void scanner_noise_goes(void **state)
{
    (void)state;
    np_mesh mesh = shape_sphere(RADIUS, 1, 0.2);
    double mm, deg, longest;
    roughen(&mesh, 0.2);
    np_vec3 *normals = malloc(mesh.n_vertices * sizeof *normals);
    np_mesh_vertex_normals(&mesh, normals);
    errors(&mesh, normals, &mm, &deg);
    assert_true(deg > 8);
    free(normals);
    normals = smooth(&mesh, &longest);
    errors(&mesh, normals, &mm, &deg);
    assert_true(deg < 1.2);
    assert_true(mm < 0.1);
    assert_true(longest > 0.3);
    assert_true(longest < 1.2);
    free(normals);
    np_mesh_fini(&mesh);
}

static void a_clean_sphere_stays_where_it_is(void **state)
{
    (void)state;
    const double edges[] = {1.5, 3, 8};
    for (int i = 0; i < 3; i++) {
        np_mesh mesh = shape_sphere(RADIUS, edges[i], 0.2);
        double mm, deg, longest;
        np_vec3 *normals = smooth(&mesh, &longest);
        errors(&mesh, normals, &mm, &deg);
        assert_true(mm < (edges[i] > 5 ? 0.1 : 0.02));
        assert_true(deg < 0.5);
        free(normals);
        np_mesh_fini(&mesh);
    }
}

/* A fin of 10 mm on a plane is no noise: it stays, and so does a spike. */
static void what_is_shape_stays(void **state)
{
    (void)state;
    np_mesh mesh = shape_plane(60, 60, 1, 0);
    size_t spike = 30 * 61 + 30;
    mesh.vertices[spike].z = 10;
    for (size_t i = 0; i < 61; i++)
        mesh.vertices[45 * 61 + i].z = 6;
    double longest;
    free(smooth(&mesh, &longest));
    assert_near(mesh.vertices[spike].z, 10, 1e-9);
    assert_near(mesh.vertices[45 * 61 + 30].z, 6, 1e-9);
    assert_near(mesh.vertices[10 * 61 + 30].z, 0, 1e-9);
    np_mesh_fini(&mesh);
}

/* How rough the vertices are that are among the N of PICKED, or with N = 0 all: the smoothest and the roughest. */
static void roughness(np_mesh *mesh, const size_t *picked, size_t n, double *out_least, double *out_most)
{
    double longest;
    np_vec3 *normals = malloc(mesh->n_vertices * sizeof *normals);
    float *rough = malloc(mesh->n_vertices * sizeof *rough);
    assert_int_equal(np_mesh_smooth(mesh, NP_SMOOTH_SCALE_MM, 1, normals, rough, &longest, NULL), NP_OK);
    *out_least = INFINITY;
    *out_most = 0;
    for (size_t i = 0; i < (n ? n : mesh->n_vertices); i++) {
        *out_least = fmin(*out_least, (double)rough[n ? picked[i] : i]);
        *out_most = fmax(*out_most, (double)rough[n ? picked[i] : i]);
    }
    free(normals);
    free(rough);
}

enum { SPIKES = 12 };

/* Raises vertices of a sphere by HEIGHT_MM, so far from one another that no neighbourhood has two; returns how many. */
static size_t raise_spikes(np_mesh *mesh, double height_mm, size_t *out_picked)
{
    const double apart_mm = 60;
    size_t n = 0;
    for (size_t i = 0; i < mesh->n_vertices && n < SPIKES; i++) {
        bool far = true;
        for (size_t k = 0; k < n; k++)
            far = far && np_vec3_distance(mesh->vertices[i], mesh->vertices[out_picked[k]]) > apart_mm;
        if (!far)
            continue;
        mesh->vertices[i] = np_vec3_mad(mesh->vertices[i], np_vec3_normalize(mesh->vertices[i]), height_mm);
        out_picked[n++] = i;
    }
    return n;
}

/* Raises a neighbour of each of the N of PICKED by HEIGHT_MM as well. */
static void raise_neighbours(np_mesh *mesh, const size_t *picked, size_t n, double height_mm)
{
    for (size_t i = 0; i < n; i++)
        for (size_t t = 0; t < mesh->n_triangles; t++) {
            const uint32_t *v = mesh->triangles[t].v;
            if (v[0] != picked[i] && v[1] != picked[i] && v[2] != picked[i])
                continue;
            uint32_t other = v[0] == picked[i] ? v[1] : v[0];
            mesh->vertices[other] =
                np_vec3_mad(mesh->vertices[other], np_vec3_normalize(mesh->vertices[other]), height_mm);
            break;
        }
}

/* Two side by side, which hide each other from a look at one of them alone. */
static void two_spikes_side_by_side_are_rough(void **state)
{
    (void)state;
    const double edges[] = {2, 5, 8}, heights[] = {1, -1, 2, -3};
    for (int e = 0; e < 3; e++)
        for (int h = 0; h < 4; h++) {
            double least, most;
            size_t picked[SPIKES];
            np_mesh mesh = shape_sphere(RADIUS, edges[e], 0.2);
            size_t n = raise_spikes(&mesh, heights[h], picked);
            raise_neighbours(&mesh, picked, n, heights[h]);
            roughness(&mesh, picked, n, &least, &most);
            if (!(least > NP_SMOOTH_SHAPE_MM))
                fail_msg("edges of %g mm, two of %g mm: only %.2f rough", edges[e], heights[h], least);
            np_mesh_fini(&mesh);
        }
}

/* Of 1 mm and more, up and down, on fine meshes and on coarse ones. */
static void spikes_are_rough(void **state)
{
    (void)state;
    const double edges[] = {2, 5, 8}, heights[] = {1, -1, 1.5, -1.5, 2, -2, 2.5, -2.5, 3, -3, 4, -4};
    for (int e = 0; e < 3; e++)
        for (int h = 0; h < 12; h++) {
            double least, most;
            size_t picked[SPIKES];
            np_mesh mesh = shape_sphere(RADIUS, edges[e], 0.2);
            size_t n = raise_spikes(&mesh, heights[h], picked);
            assert_in_range(n, 8, SPIKES);
            roughness(&mesh, picked, n, &least, &most);
            if (!(least > NP_SMOOTH_SHAPE_MM))
                fail_msg("edges of %g mm, spikes of %g mm: only %.2f rough", edges[e], heights[h], least);
            np_mesh_fini(&mesh);
        }
}

/* Nor is any vertex taken for a spike that the noise of a scanner has put beside the others. */
static void noise_is_no_spike(void **state)
{
    (void)state;
    const double edges[] = {2, 5, 8};
    for (int e = 0; e < 3; e++)
        for (int noise = 0; noise <= 4; noise++) {
            double least, most;
            np_mesh mesh = shape_sphere(RADIUS, edges[e], 0.2);
            roughen(&mesh, 0.1 * noise);
            roughness(&mesh, NULL, 0, &least, &most);
            if (most > NP_SMOOTH_SHAPE_MM)
                fail_msg("edges of %g mm, noise of %.1f mm: %.2f rough", edges[e], 0.1 * noise, most);
            np_mesh_fini(&mesh);
        }
}

static void same_on_any_number_of_threads(void **state)
{
    (void)state;
    np_mesh one = shape_sphere(RADIUS, 2, 0.2), eight = shape_sphere(RADIUS, 2, 0.2);
    double longest;
    roughen(&one, 0.1);
    roughen(&eight, 0.1);
    int before = omp_get_max_threads();
    omp_set_num_threads(1);
    free(smooth(&one, &longest));
    omp_set_num_threads(8);
    free(smooth(&eight, &longest));
    omp_set_num_threads(before);
    assert_memory_equal(one.vertices, eight.vertices, one.n_vertices * sizeof *one.vertices);
    np_mesh_fini(&one);
    np_mesh_fini(&eight);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scanner_noise_goes),
        cmocka_unit_test(a_clean_sphere_stays_where_it_is),
        cmocka_unit_test(what_is_shape_stays),
        cmocka_unit_test(spikes_are_rough),
        cmocka_unit_test(two_spikes_side_by_side_are_rough),
        cmocka_unit_test(noise_is_no_spike),
        cmocka_unit_test(same_on_any_number_of_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
