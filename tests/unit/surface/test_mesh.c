/* Normals, areas and points of small meshes. */
#include "surface/mesh.h"

#include "surface/girth.h"
#include "head/private/head_shape.h"
#include "surface/orient.h"
#include "surface/weld.h"

#include "../test.h"

/* A 2 mm cube around (5, 5, 5) from 12 triangles, outwards. */
static np_mesh make_cube(void)
{
    static const uint32_t faces[12][3] = {{0, 2, 1}, {1, 2, 3}, {4, 5, 6}, {5, 7, 6}, {0, 1, 4}, {1, 5, 4},
                                          {2, 6, 3}, {3, 6, 7}, {0, 4, 2}, {2, 4, 6}, {1, 3, 5}, {3, 7, 5}};
    np_mesh mesh = {.n_vertices = 8,
                    .n_triangles = 12,
                    .vertices = calloc(8, sizeof *mesh.vertices),
                    .triangles = calloc(12, sizeof *mesh.triangles)};
    assert_non_null(mesh.vertices);
    assert_non_null(mesh.triangles);
    for (unsigned i = 0; i < 8; i++)
        mesh.vertices[i] = (np_vec3){4 + 2 * (i & 1), 4 + (i & 2), 4 + (i & 4) / 2};
    memcpy(mesh.triangles, faces, sizeof faces);
    return mesh;
}

static void normals_do_not_depend_on_how_faces_are_cut(void **state)
{
    (void)state;
    np_mesh cube = make_cube();
    np_vec3 normals[8];
    np_mesh_vertex_normals(&cube, normals);
    for (int i = 0; i < 8; i++) {
        np_vec3 out = np_vec3_normalize(np_vec3_sub(cube.vertices[i], (np_vec3){5, 5, 5}));
        assert_near(np_vec3_distance(normals[i], out), 0, 1e-15);
    }
    assert_near(np_mesh_area_mm2(&cube), 24, 1e-12);
    cube.triangles[0].v[0] = cube.triangles[0].v[1]; /* without area: counts for nothing */
    assert_near(np_vec3_length(np_mesh_triangle_normal(&cube, 0)), 0, 0);
    np_mesh_vertex_normals(&cube, normals);
    assert_true(np_vec3_is_finite(normals[0]));
    np_mesh_fini(&cube);
    assert_null(cube.vertices);
    np_mesh_fini(&cube);
}

/* Against a fine grid over the triangle. */
static void closest_is_the_least_over_the_triangle(void **state)
{
    (void)state;
    np_mesh cube = make_cube();
    for (int i = 0; i < 200; i++) {
        np_vec3 p = {5 + 4 * sin(i * 1.1), 5 + 4 * cos(i * 2.7), 5 + 4 * sin(i * 0.7 + 1)};
        uint32_t t = (uint32_t)i % 12;
        double w[3], best = INFINITY;
        double d2 = np_mesh_closest(&cube, t, p, w);
        for (int k = 0; k < 3; k++)
            assert_true(w[k] >= 0);
        assert_near(w[0] + w[1] + w[2], 1, 1e-14);
        for (int a = 0; a <= 60; a++)
            for (int b = 0; a + b <= 60; b++) {
                double grid[3] = {a / 60.0, b / 60.0, (60 - a - b) / 60.0};
                np_vec3 zero[8] = {{0, 0, 1}};
                best = fmin(best, np_vec3_distance2(p, np_mesh_point(&cube, zero, t, grid).position));
            }
        assert_true(d2 <= best + 1e-12);
        assert_near(sqrt(d2), sqrt(best), 0.04);
    }
    double w[3];
    cube.triangles[3] = (np_triangle){{2, 2, 2}}; /* a point */
    assert_near(np_mesh_closest(&cube, 3, cube.vertices[5], w), np_vec3_distance2(cube.vertices[2], cube.vertices[5]),
                1e-12);
    np_mesh_fini(&cube);
}

/* Against every triangle; and from the first of those equally near. */
static void the_nearest_triangle_is_the_least_of_all(void **state)
{
    (void)state;
    np_mesh cube = make_cube();
    double longest = np_mesh_longest_edge_mm(&cube), w[3], mm;
    assert_near(longest, sqrt(8), 1e-12);
    for (int i = 0; i < 500; i++) {
        np_vec3 p = {5 + 9 * sin(i * 1.1), 5 + 9 * cos(i * 2.7), 5 + 4 * sin(i * 0.7 + 1)};
        uint32_t best = 0, found = np_mesh_nearest(&cube, longest, p, w, &mm);
        double best2 = INFINITY, least_w[3];
        for (uint32_t t = 0; t < 12; t++)
            if (np_mesh_closest(&cube, t, p, least_w) < best2) {
                best2 = np_mesh_closest(&cube, t, p, least_w);
                best = t;
            }
        assert_int_equal(found, best);
        assert_near(mm, sqrt(best2), 0);
        assert_near(np_mesh_closest(&cube, found, p, least_w), best2, 0);
        assert_memory_equal(w, least_w, sizeof w);
    }
    cube.n_triangles = 0;
    assert_int_equal(np_mesh_nearest(&cube, 0, cube.vertices[0], w, &mm), UINT32_MAX);
    np_mesh_fini(&cube);
}

static void weld_joins_equal_places_only(void **state)
{
    (void)state;
    np_mesh cube = make_cube(), soup = {.n_vertices = 40, .n_triangles = 13};
    soup.vertices = calloc(40, sizeof *soup.vertices);
    soup.triangles = calloc(13, sizeof *soup.triangles);
    for (uint32_t i = 0; i < 36; i++) {
        soup.vertices[i] = cube.vertices[cube.triangles[i / 3].v[i % 3]];
        soup.triangles[i / 3].v[i % 3] = i;
    }
    for (int i = 36; i < 40; i++) /* used by none but a line of three equal corners */
        soup.vertices[i] = (np_vec3){9, 9, i % 2 ? 0.0 : -0.0};
    soup.triangles[12] = (np_triangle){{36, 37, 38}};
    size_t doubled;
    assert_int_equal(np_mesh_weld(&soup, &doubled, NULL), NP_OK);
    assert_int_equal(doubled, 0);
    assert_int_equal(soup.n_vertices, 8);
    assert_int_equal(soup.n_triangles, 12);
    assert_near(np_mesh_area_mm2(&soup), 24, 1e-12);
    np_mesh_fini(&soup);
    np_mesh_fini(&cube);
}

/* Every corner a little off, as after writing with few digits, and each face twice, the second time round the other way. */
static void rounded_corners_are_joined_and_doubled_faces_dropped(void **state)
{
    (void)state;
    np_mesh cube = make_cube(), soup = {.n_vertices = 72, .n_triangles = 24};
    soup.vertices = calloc(72, sizeof *soup.vertices);
    soup.triangles = calloc(24, sizeof *soup.triangles);
    for (uint32_t i = 0; i < 72; i++) {
        soup.vertices[i] = np_vec3_scale(cube.vertices[cube.triangles[i / 3 % 12].v[i % 3]], 100);
        soup.vertices[i].x += 1e-4 * (i % 3) - 1e-4;
        soup.vertices[i].z -= 1e-4 * (i % 2);
        soup.triangles[i / 3].v[i < 36 ? i % 3 : 2 - i % 3] = i;
    }
    size_t doubled;
    assert_int_equal(np_mesh_weld(&soup, &doubled, NULL), NP_OK);
    assert_int_equal(doubled, 12);
    assert_int_equal(soup.n_vertices, 8);
    assert_int_equal(soup.n_triangles, 12);
    np_mesh apart = make_cube();
    for (size_t i = 0; i < apart.n_vertices; i++) /* a thousandth of the cube's edge is no rounding */
        apart.vertices[i].x += apart.vertices[i].y > 0 ? 1e-3 : 0;
    assert_int_equal(np_mesh_weld(&apart, &doubled, NULL), NP_OK);
    assert_int_equal(apart.n_vertices, 8);
    np_mesh_fini(&apart);
    np_mesh_fini(&soup);
    np_mesh_fini(&cube);
}

static void flip(np_mesh *mesh, size_t t)
{
    uint32_t swap = mesh->triangles[t].v[0];
    mesh->triangles[t].v[0] = mesh->triangles[t].v[2];
    mesh->triangles[t].v[2] = swap;
}

static void stray_triangles_are_turned(void **state)
{
    (void)state;
    head_measures measures = head_measures_of(NP_CASE_SEX_F, 50);
    np_mesh head;
    assert_int_equal(head_mesh(&measures, &head, NULL), NP_OK);
    size_t turned;
    assert_int_equal(np_mesh_make_coherent(&head, &turned, NULL), NP_OK);
    assert_int_equal(turned, 0);

    /* All of them are coherent too: outside is another question. */
    for (size_t t = 0; t < head.n_triangles; t++)
        flip(&head, t);
    assert_int_equal(np_mesh_make_coherent(&head, &turned, NULL), NP_OK);
    assert_int_equal(turned, 0);

    for (size_t t = 0; t < head.n_triangles; t += 2000)
        flip(&head, t);
    assert_int_equal(np_mesh_make_coherent(&head, &turned, NULL), NP_OK);
    assert_int_equal(turned, 18);
    for (size_t t = 0; t < head.n_triangles; t++) {
        const uint32_t *v = head.triangles[t].v;
        double part = np_vec3_dot(head.vertices[v[0]], np_vec3_cross(head.vertices[v[1]], head.vertices[v[2]]));
        assert_true(part < 0);
    }

    for (size_t t = 0; t < head.n_triangles; t += 2)
        flip(&head, t);
    np_error err = {0};
    assert_int_equal(np_mesh_make_coherent(&head, &turned, &err), NP_ERR_GEOMETRY);
    assert_int_equal(turned, head.n_triangles / 2);
    assert_non_null(strstr(err.text, "17640 of 35280"));
    np_mesh_fini(&head);
}

static void girth_is_that_of_the_hull(void **state)
{
    (void)state;
    np_mesh cube = make_cube();
    np_vec3 c = {5, 5, 5}, up = {0, 0, 1};
    assert_near(np_mesh_girth(&cube, c, up, c, 10), 8, 1e-12);
    assert_near(np_mesh_girth(&cube, c, np_vec3_normalize((np_vec3){1, 1, 0}), c, 10), 4 + 4 * sqrt(2), 1e-12);
    assert_near(np_mesh_girth(&cube, (np_vec3){0, 0, 9}, up, c, 10), 0, 0);
    assert_near(np_mesh_girth(&cube, c, up, (np_vec3){50, 0, 0}, 10), 0, 0);
    np_mesh_fini(&cube);
}

/* A fan of 200,000 triangles round one vertex is put right in the time of any other mesh. */
static void a_large_fan_is_made_coherent(void **state)
{
    (void)state;
    enum { N = 200000 };
    np_mesh mesh = {.n_vertices = N + 1, .n_triangles = N};
    mesh.vertices = calloc(N + 1, sizeof *mesh.vertices);
    mesh.triangles = malloc(N * sizeof *mesh.triangles);
    assert_non_null(mesh.vertices);
    assert_non_null(mesh.triangles);
    for (uint32_t i = 0; i < N; i++) {
        uint32_t next = (i + 1) % N;
        mesh.triangles[i] = i == 77 ? (np_triangle){{N, next, i}} : (np_triangle){{N, i, next}};
    }
    size_t turned;
    assert_int_equal(np_mesh_make_coherent(&mesh, &turned, NULL), NP_OK);
    assert_int_equal(turned, 1);
    assert_int_equal(mesh.triangles[77].v[2], 78);
    np_mesh_fini(&mesh);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_large_fan_is_made_coherent),
        cmocka_unit_test(normals_do_not_depend_on_how_faces_are_cut),
        cmocka_unit_test(closest_is_the_least_over_the_triangle),
        cmocka_unit_test(the_nearest_triangle_is_the_least_of_all),
        cmocka_unit_test(weld_joins_equal_places_only),
        cmocka_unit_test(rounded_corners_are_joined_and_doubled_faces_dropped),
        cmocka_unit_test(stray_triangles_are_turned),
        cmocka_unit_test(girth_is_that_of_the_hull),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
