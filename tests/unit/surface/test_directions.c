/* Directions on shapes whose answers are known. */
#include "surface/directions.h"

#include "base/angle.h"

#include "../test.h"
#include "shapes.h"

typedef struct trial {
    np_mesh mesh;
    np_vec3 *normals, *wanted, *out;
    double *pull;
} trial;

static trial trial_of(np_mesh mesh)
{
    size_t n = mesh.n_vertices;
    trial t = {.mesh = mesh,
               .normals = calloc(n, sizeof *t.normals),
               .wanted = calloc(n, sizeof *t.wanted),
               .out = calloc(n, sizeof *t.out),
               .pull = calloc(n, sizeof *t.pull)};
    np_mesh_vertex_normals(&t.mesh, t.normals);
    return t;
}

static void trial_fini(trial *t)
{
    np_mesh_fini(&t->mesh);
    free(t->normals);
    free(t->wanted);
    free(t->out);
    free(t->pull);
}

static np_status solve(trial *t, np_error *err)
{
    return np_directions_solve(&t->mesh, t->normals, t->wanted, t->pull, t->out, err);
}

static double angle_deg(np_vec3 v)
{
    return np_angle_deg(atan2(v.y, v.x));
}

/* From border to border of a strip the complex numbers are on the straight line between those at its ends. */
static void directions_pass_from_one_border_to_the_other(void **state)
{
    (void)state;
    trial t = trial_of(shape_plane(40, 12, 1, 0.1));
    for (size_t i = 0; i < t.mesh.n_vertices; i++) {
        double x = t.mesh.vertices[i].x;
        if (x > 0 && x < 40)
            continue;
        t.pull[i] = INFINITY;
        t.wanted[i] = x > 0 ? np_vec3_make(0, 1, 0) : np_vec3_make(1, 0, 0);
    }
    assert_int_equal(solve(&t, NULL), NP_OK);
    for (size_t i = 0; i < t.mesh.n_vertices; i++) {
        double x = t.mesh.vertices[i].x / 40;
        assert_near(angle_deg(t.out[i]), np_angle_deg(atan2(x, 1 - x)), 0.5);
        assert_near(np_vec3_length(t.out[i]), 1, 1e-12);
    }
    trial_fini(&t);
}

/* A pull of 1 / L^2 is felt over L: away from a line that is fixed, exp(-x / L) is left of it. */
static void a_pull_is_felt_over_its_length(void **state)
{
    (void)state;
    const double length_mm = 8;
    trial t = trial_of(shape_plane(80, 10, 1, 0.05));
    for (size_t i = 0; i < t.mesh.n_vertices; i++) {
        bool fixed = t.mesh.vertices[i].x == 0;
        t.pull[i] = fixed ? INFINITY : 1 / (length_mm * length_mm);
        t.wanted[i] = fixed ? np_vec3_make(0, 1, 0) : np_vec3_make(1, 0, 0);
    }
    assert_int_equal(solve(&t, NULL), NP_OK);
    for (size_t i = 0; i < t.mesh.n_vertices; i++) {
        double left = exp(-t.mesh.vertices[i].x / length_mm);
        assert_near(angle_deg(t.out[i]), np_angle_deg(atan2(left, 1 - left)), 1);
    }
    trial_fini(&t);
}

/* All the way around a sphere to the east: it turns around at both poles and nowhere else. */
static void a_sphere_has_two_turns(void **state)
{
    (void)state;
    trial t = trial_of(shape_sphere(50, 4, 0.1));
    int turns[2] = {0};
    for (size_t i = 0; i < t.mesh.n_vertices; i++) {
        np_vec3 p = t.mesh.vertices[i];
        t.pull[i] = hypot(p.x, p.y) > 15 ? 1e-2 : 0;
        t.wanted[i] = np_vec3_normalize(np_vec3_reject(np_vec3_make(-p.y, p.x, 0), t.normals[i]));
    }
    assert_int_equal(solve(&t, NULL), NP_OK);
    for (size_t i = 0; i < t.mesh.n_vertices; i++)
        assert_near(np_vec3_dot(t.out[i], t.normals[i]), 0, 1e-12);
    for (uint32_t k = 0; k < t.mesh.n_triangles; k++) {
        int index = np_directions_index(&t.mesh, t.normals, t.out, k);
        np_vec3 p = t.mesh.vertices[t.mesh.triangles[k].v[0]];
        assert_true(index == 0 || (index == 1 && hypot(p.x, p.y) < 10));
        turns[p.z > 0] += index;
    }
    assert_int_equal(turns[0], 1);
    assert_int_equal(turns[1], 1);
    trial_fini(&t);
}

/* Around a place where directions come from all sides of a saddle they turn once backwards. */
static void a_parting_counts_backwards(void **state)
{
    (void)state;
    trial t = trial_of(shape_plane(20, 20, 1, 0.2));
    int sum = 0;
    for (size_t i = 0; i < t.mesh.n_vertices; i++) {
        np_vec3 p = np_vec3_sub(t.mesh.vertices[i], np_vec3_make(10.3, 9.8, 0));
        t.out[i] = np_vec3_normalize(np_vec3_make(p.x, -p.y, 0));
    }
    for (uint32_t k = 0; k < t.mesh.n_triangles; k++)
        sum += np_directions_index(&t.mesh, t.normals, t.out, k);
    assert_int_equal(sum, -1);
    trial_fini(&t);
}

static void what_cannot_be_solved_is_said(void **state)
{
    (void)state;
    np_error err = {0};
    trial t = trial_of(shape_plane(5, 5, 1, 0));
    assert_int_equal(solve(&t, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "none is given"));
    t.pull[7] = NAN;
    t.wanted[7] = np_vec3_make(1, 0, 0);
    t.pull[8] = 1;
    t.wanted[8] = np_vec3_make(NAN, 0, 0);
    assert_int_equal(solve(&t, &err), NP_ERR_GEOMETRY);
    trial_fini(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(directions_pass_from_one_border_to_the_other),
        cmocka_unit_test(a_pull_is_felt_over_its_length),
        cmocka_unit_test(a_sphere_has_two_turns),
        cmocka_unit_test(a_parting_counts_backwards),
        cmocka_unit_test(what_cannot_be_solved_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
