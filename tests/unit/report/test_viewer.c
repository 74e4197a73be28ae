/* The viewer's head: what is small goes in as it is, what is large is made coarser by no more than it says. */
#include "report/private/viewer.h"

#include <stdlib.h>

#include "../test.h"

/* A square of SIDE x SIDE quads, 100 mm wide, bent like a cylinder. */
static np_mesh make_sheet(size_t side)
{
    size_t n = side + 1;
    np_mesh m = {malloc(n * n * sizeof(np_vec3)), malloc(2 * side * side * sizeof(np_triangle)), n * n,
                 2 * side * side};
    assert_non_null(m.vertices);
    assert_non_null(m.triangles);
    for (size_t y = 0; y < n; y++)
        for (size_t x = 0; x < n; x++) {
            double u = 100.0 * (double)x / (double)side - 50;
            m.vertices[y * n + x] = np_vec3_make(u, 100.0 * (double)y / (double)side - 50, sqrt(80 * 80 - u * u));
        }
    for (size_t y = 0; y < side; y++)
        for (size_t x = 0; x < side; x++) {
            uint32_t a = (uint32_t)(y * n + x), b = a + 1, c = a + (uint32_t)n, d = c + 1;
            m.triangles[2 * (y * side + x)] = (np_triangle){{a, b, d}};
            m.triangles[2 * (y * side + x) + 1] = (np_triangle){{a, d, c}};
        }
    return m;
}

static void a_small_head_is_as_it_was(void **state)
{
    (void)state;
    np_error err = {0};
    np_mesh mesh = make_sheet(20);
    report_viewer_mesh out = {0};
    mesh.vertices[0].x = 500; /* a stray vertex, out of reach: its triangles are left out */
    assert_int_equal(report_viewer_mesh_init(&out, &mesh, &err), NP_OK);
    assert_int_equal(out.n_triangles, 2 * 20 * 20 - 2);
    assert_int_equal(out.n_vertices, 21 * 21 - 1);
    assert_true(out.cell_mm == 0);
    for (size_t i = 0; i < out.n_vertices; i++)
        assert_near(out.vertices[3 * i] * REPORT_VIEWER_UNIT_MM, mesh.vertices[i + 1].x, 0.006);
    report_viewer_mesh_fini(&out);
    np_mesh_fini(&mesh);
}

static void a_large_head_is_made_coarser(void **state)
{
    (void)state;
    np_error err = {0};
    np_mesh mesh = make_sheet(600);
    report_viewer_mesh out = {0};
    assert_int_equal(report_viewer_mesh_init(&out, &mesh, &err), NP_OK);
    assert_in_range(out.n_triangles, 1000, REPORT_VIEWER_TRIANGLES);
    assert_true(out.cell_mm > 0);
    assert_true(out.cell_mm < 2);
    double area = 0;
    for (size_t t = 0; t < out.n_triangles; t++) {
        np_vec3 p[3];
        for (size_t k = 0; k < 3; k++) {
            uint32_t v = out.triangles[3 * t + k];
            assert_true(v < out.n_vertices);
            p[k] = np_vec3_scale(np_vec3_make(out.vertices[3 * v], out.vertices[3 * v + 1], out.vertices[3 * v + 2]),
                                 0.01);
            assert_near(hypot(p[k].x, p[k].z), 80, 0.02); /* still on the cylinder */
        }
        area += np_vec3_cross(np_vec3_sub(p[1], p[0]), np_vec3_sub(p[2], p[0])).z / 2;
    }
    assert_near(area, 1e4, 150); /* seen from above it is whole: no hole and nothing twice */
    report_viewer_mesh_fini(&out);
    np_mesh_fini(&mesh);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_head_is_as_it_was),
        cmocka_unit_test(a_large_head_is_made_coarser),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
