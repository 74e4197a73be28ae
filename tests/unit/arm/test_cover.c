/* Holes of a scan are no ways: what is planned on a scan with holes is clear of the head without them. */
#include "arm/private/cover.h"
#include "arm/private/obstacle.h"

#include "scenes.h"
#include "witness.h"

#define NO_CUT (-1e9)

static np_mesh cover_of(np_mesh mesh)
{
    np_surface *surface = scene_surface(mesh);
    np_mesh cover;
    assert_int_equal(arm_cover_create(surface, &cover, NULL), NP_OK);
    scene_drop(surface, NULL);
    return cover;
}

static void what_is_whole_has_no_cover(void **state)
{
    (void)state;
    np_mesh cover = cover_of(scene_eared_head(NP_CASE_SEX_M, 50));
    assert_int_equal(cover.n_triangles, 0);
    np_mesh_fini(&cover);
    /* a triangle taken out: no tool gets in there */
    np_mesh mesh = scene_head(NP_CASE_SEX_M, 50);
    mesh.n_triangles -= 1;
    cover = cover_of(mesh);
    assert_int_equal(cover.n_triangles, 0);
    np_mesh_fini(&cover);
}

/* The tent's top is above the skin that is missing, and not far above. */
static void tents_are_above_the_skin(void **state)
{
    (void)state;
    np_surface *whole = scene_surface(scene_head(NP_CASE_SEX_M, 50));
    for (int i = 0; i < 3; i++) {
        np_vec3 out = np_vec3_normalize(np_vec3_make(i - 1, 0.5 * i, 1));
        np_arm_puncture p;
        assert_true(scene_puncture(whole, np_vec3_make(0, 0, 40), out, 0, 0, &p));
        np_mesh mesh = scene_head(NP_CASE_SEX_M, 50);
        double radius = 12 + 10 * i;
        scene_cut(&mesh, p.position, radius, NO_CUT);
        np_mesh cover = cover_of(mesh);
        assert_true(cover.n_triangles > 8);
        np_vec3 top = cover.vertices[cover.n_vertices - 1];
        double above = np_vec3_dot(np_vec3_sub(top, p.position), p.normal);
        assert_true(above > 0);
        assert_true(above < 0.3 * radius);
        np_mesh_fini(&cover);
    }
    scene_drop(whole, NULL);
}

static void the_neck_goes_on(void **state)
{
    (void)state;
    np_mesh mesh = scene_head(NP_CASE_SEX_M, 50);
    scene_cut(&mesh, np_vec3_make(0, 0, 0), 0, -20);
    np_mesh cover = cover_of(mesh);
    double lowest = INFINITY, highest = -INFINITY;
    for (size_t v = 0; v < cover.n_vertices; v++) {
        lowest = fmin(lowest, cover.vertices[v].z);
        highest = fmax(highest, cover.vertices[v].z);
    }
    assert_true(lowest < -150);
    assert_true(highest > -30);
    assert_true(highest < -10);
    np_mesh_fini(&cover);
    /* a crown that is missing is a hole, not a neck */
    mesh = scene_head(NP_CASE_SEX_M, 50);
    scene_cut(&mesh, np_vec3_make(0, 0, 200), 140, NO_CUT);
    cover = cover_of(mesh);
    assert_true(cover.n_triangles > 20);
    for (size_t v = 0; v < cover.n_vertices; v++)
        assert_in_range(cover.vertices[v].z, 20, 160);
    np_mesh_fini(&cover);
}

/* Plans on MESH; every move keeps clear of the whole head too. */
static void assert_clear_of_head(np_mesh mesh, const np_arm_puncture *punctures, size_t n)
{
    np_surface *whole = scene_surface(scene_head(NP_CASE_SEX_M, 50)), *surface = scene_surface(mesh);
    np_arm_planner *planner = scene_planner(surface);
    np_arm_request request = scene_request(punctures, n);
    np_arm_moves moves;
    np_error err = {0};
    if (np_arm_plan(planner, &request, &moves, &err) != NP_OK)
        fail_msg("%s", err.text);
    witness w = {.surface = whole,
                 .tool = np_arm_tool_default(),
                 .step_mm = 0.5,
                 .floor_z_mm = SCENE_FLOOR_MM,
                 .clearance_mm = 2,
                 .least_mm = 1e9};
    for (size_t i = 0; i < moves.n_moves; i++)
        witness_move(&w, &moves, &request, i);
    if (w.below > 0)
        fail_msg("%zu of %zu below, %.3f mm at (%.1f, %.1f, %.1f)", w.below, w.samples, w.least_mm, w.worst.x,
                 w.worst.y, w.worst.z);
    assert_true(w.samples > 1000);
    np_arm_moves_fini(&moves);
    scene_drop(surface, planner);
    scene_drop(whole, NULL);
}

static void holes_are_gone_over(void **state)
{
    (void)state;
    np_surface *whole = scene_surface(scene_head(NP_CASE_SEX_M, 50));
    np_arm_puncture p[8];
    for (int i = 0; i < 8; i++) { /* from rim to rim of a hole of 60 mm */
        double a = i * 2.2;
        np_vec3 out = np_vec3_normalize(np_vec3_make(0.55 * cos(a), 0.55 * sin(a), 1));
        assert_true(scene_puncture(whole, np_vec3_make(0, 0, 40), out, 0, 0, &p[i]));
        p[i].id = (uint32_t)i + 1;
    }
    np_vec3 top = {0, 0, 0};
    np_surface_point hit;
    assert_true(np_surface_ray(whole, np_vec3_make(0, 0, 300), np_vec3_make(0, 0, -1), 300, &hit));
    top = hit.position;
    np_mesh mesh = scene_head(NP_CASE_SEX_M, 50);
    scene_cut(&mesh, top, 35, NO_CUT);
    assert_clear_of_head(mesh, p, 8);
    scene_drop(whole, NULL);
}

/* Cut at the ears' height: the shortest way from side to side would be through the head from below. */
static void an_open_neck_is_no_way(void **state)
{
    (void)state;
    np_surface *whole = scene_surface(scene_head(NP_CASE_SEX_M, 50));
    np_arm_puncture p[6];
    for (int i = 0; i < 6; i++) {
        np_vec3 out = np_vec3_normalize(np_vec3_make(-0.3 * (i / 2), i % 2 ? 1 : -1, 0));
        assert_true(scene_puncture(whole, np_vec3_make(0, 0, 15), out, 0, 0, &p[i]));
        p[i].id = (uint32_t)i + 1;
    }
    np_mesh mesh = scene_head(NP_CASE_SEX_M, 50);
    scene_cut(&mesh, np_vec3_make(0, 0, 0), 0, 5);
    assert_clear_of_head(mesh, p, 6);
    scene_drop(whole, NULL);
}

/* All within the radius is inside, seen from everywhere, and nothing is farther out than said. */
static void a_ball_holds_what_it_is_for(void **state)
{
    (void)state;
    const np_vec3 middle = {80, -30, 7};
    np_mesh ball = {0};
    assert_int_equal(arm_cover_add_ball(&ball, middle, 30, NULL), NP_OK);
    for (size_t t = 0; t < ball.n_triangles; t++) {
        double w[3];
        assert_true(sqrt(np_mesh_closest(&ball, (uint32_t)t, middle, w)) >= 30);
        np_vec3 out = np_vec3_sub(ball.vertices[ball.triangles[t].v[0]], middle);
        assert_true(np_vec3_length(out) <= 30 * ARM_BALL_ROUGHNESS + 1e-9);
        assert_true(np_vec3_dot(np_mesh_triangle_normal(&ball, (uint32_t)t), out) > 0);
    }
    np_surface *surface = scene_surface(ball);
    for (int i = 0; i < 500; i++) {
        double z = 2 * (i + 0.5) / 500 - 1, r = sqrt(1 - z * z);
        np_surface_point p;
        assert_true(np_surface_ray(surface, middle, np_vec3_make(r * cos(i * 2.4), r * sin(i * 2.4), z), 40, &p));
    }
    scene_drop(surface, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ball_holds_what_it_is_for), cmocka_unit_test(what_is_whole_has_no_cover),
        cmocka_unit_test(tents_are_above_the_skin),    cmocka_unit_test(the_neck_goes_on),
        cmocka_unit_test(holes_are_gone_over),         cmocka_unit_test(an_open_neck_is_no_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
