/* Moves of whole sessions, seen by a witness that knows nothing of how they were proved. */
#include <omp.h>
#include <unistd.h>

#include "case/description.h"
#include "head/scan.h"

#include "scenes.h"
#include "witness.h"

static np_arm_moves plan(const np_arm_planner *planner, const np_arm_request *request)
{
    np_arm_moves moves;
    np_error err = {0};
    if (np_arm_plan(planner, request, &moves, &err) != NP_OK)
        fail_msg("%s", err.text);
    return moves;
}

/* Plans, and fails the test if a point of the tool comes too near anywhere; STEP_MM between the points. */
static void assert_clear(const np_surface *surface, const np_arm_planner *planner, const np_arm_request *request,
                         double step_mm)
{
    np_arm_moves moves = plan(planner, request);
    witness w = {.surface = surface,
                 .tool = np_arm_tool_default(),
                 .step_mm = step_mm,
                 .clearance_mm = NP_ARM_TRAVEL_CLEARANCE_MM,
                 .floor_z_mm = SCENE_FLOOR_MM,
                 .least_mm = INFINITY};
    for (size_t i = 0; i < moves.n_moves; i++) {
        witness_move(&w, &moves, request, i);
        if (w.below > 0)
            fail_msg("move %zu (%u to %u): %.4f mm from the scan, down to %.4f, at (%.2f, %.2f, %.2f)", i,
                     moves.moves[i].from, moves.moves[i].to, w.least_mm, w.lowest_mm, w.worst.x, w.worst.y, w.worst.z);
    }
    assert_true(w.samples > 1000 * moves.n_moves);
    w.least_mm = INFINITY;
    for (size_t i = 0; i < request->n; i++) {
        witness_puncture(&w, &request->punctures[i], moves.hover_um[i]);
        if (w.below > 0)
            fail_msg("puncture %zu: %.4f mm", i, w.least_mm);
    }
    np_arm_moves_fini(&moves);
}

static void random_pairs_on_heads_are_clear(void **state)
{
    (void)state;
    const struct {
        np_case_sex sex;
        double percentile;
    } heads[] = {{NP_CASE_SEX_M, 50}, {NP_CASE_SEX_M, 95}, {NP_CASE_SEX_F, 5}};
    for (uint64_t i = 0; i < 3; i++) {
        np_surface *surface = scene_surface(scene_head(heads[i].sex, heads[i].percentile));
        np_arm_planner *planner = scene_planner(surface);
        np_arm_puncture *punctures = scene_random(surface, i + 1, 40, 30 * NP_PI / 180);
        for (int k = 0; k < 40; k += 9)
            punctures[k].reload_before = true;
        np_arm_request request = scene_request(punctures, 40);
        assert_clear(surface, planner, &request, 0.5);
        free(punctures);
        scene_drop(surface, planner);
    }
}

/* Rows of dots 1.2 mm apart over the top: nothing but straight moves, at the lift that the clearance asks for. */
static void neighbours_go_straight(void **state)
{
    (void)state;
    enum { ROW = 60, N = ROW * 20 };
    np_surface *surface = scene_surface(scene_head(NP_CASE_SEX_M, 50));
    np_arm_planner *planner = scene_planner(surface);
    static np_arm_puncture punctures[N];
    for (int i = 0; i < N; i++) {
        int row = i / ROW, column = row % 2 ? ROW - 1 - i % ROW : i % ROW;
        np_vec3 out = np_vec3_normalize(np_vec3_make((column - ROW / 2) * 1.2, row * 1.2 - 60, 80));
        assert_true(scene_puncture(surface, np_vec3_make(0, 0, 40), out, 0, 0, &punctures[i]));
        punctures[i].id = (uint32_t)i + 1;
    }
    np_arm_request request = scene_request(punctures, N);
    np_arm_moves moves = plan(planner, &request);
    assert_int_equal(moves.n_moves, N + 1);
    double time_s = 0, tour_s = 0;
    for (size_t i = 1; i < N; i++) {
        assert_int_equal(moves.moves[i].vias, 0);
        assert_in_range(moves.hover_um[i], 2000, 2200);
        time_s += np_arm_move_time_s(&moves, i, &request);
        tour_s += np_arm_travel_s(&request.rates, np_vec3_distance(punctures[i - 1].position, punctures[i].position),
                                  np_arm_angle(punctures[i - 1].axis, punctures[i].axis)) +
                  2 * np_arm_lift_s(&request.rates, request.rates.lift_mm);
    }
    assert_true(time_s < 1.01 * tour_s);
    np_arm_moves_fini(&moves);
    request.n = 150;
    assert_clear(surface, planner, &request, 0.25);
    scene_drop(surface, planner);
}

/* From home to low dots on either side and back again, on every head: a way under the chin would be the shorter one for some
 * of them. */
static void no_way_is_under_the_chin(void **state)
{
    (void)state;
    const double percentiles[] = {5, 50, 95};
    for (int i = 0; i < 6; i++) {
        np_surface *surface = scene_surface(scene_head(i % 2 ? NP_CASE_SEX_F : NP_CASE_SEX_M, percentiles[i / 2]));
        np_arm_planner *planner = scene_planner(surface);
        np_arm_puncture p[SCENE_LOW];
        np_arm_request request = scene_request(p, scene_low_dots(surface, planner, p));
        request.home = (np_arm_pose){{0, 0, 200}, {0, 0, -1}};
        assert_true(request.n > 20);
        assert_clear(surface, planner, &request, 1);
        scene_drop(surface, planner);
    }
}

static void ears_are_gone_around(void **state)
{
    (void)state;
    np_surface *surface = scene_surface(scene_eared_head(NP_CASE_SEX_M, 50));
    np_arm_planner *planner = scene_planner(surface);
    np_arm_puncture punctures[24];
    size_t n = 0;
    for (int i = 0; i < 24; i++) { /* around the left ear and the right one, in turns */
        double a = NP_TWO_PI * i / 24, side = i % 2 ? 1 : -1;
        np_arm_puncture p;
        np_vec3 middle = {-18 + 46 * cos(a), 0, 52 * sin(a)};
        if (middle.z > -30 && scene_puncture(surface, middle, np_vec3_make(0, side, 0), 0.2, a, &p) &&
            fabs(p.position.y) < 85) {
            p.id = (uint32_t)i + 1;
            if (np_arm_check(planner, &p, NULL) == NP_OK)
                punctures[n++] = p;
        }
    }
    assert_true(n >= 12);
    np_arm_request request = scene_request(punctures, n);
    assert_clear(surface, planner, &request, 0.5);
    scene_drop(surface, planner);
}

static void assert_refused(const np_arm_planner *planner, const np_arm_request *request, np_status status,
                           const char *what, const char *more)
{
    np_arm_moves moves;
    np_error err = {0};
    assert_int_equal(np_arm_plan(planner, request, &moves, &err), status);
    if (!strstr(err.text, what) || !strstr(err.text, more))
        fail_msg("'%s' and '%s' expected in: %s", what, more, err.text);
    assert_null(moves.moves);
    assert_null(moves.hover_um);
    assert_null(moves.vias);
}

/* Under a flap, in a pit: the message names the dot and the part of the tool. */
static void what_has_no_room_is_named(void **state)
{
    (void)state;
    np_mesh mesh = scene_head(NP_CASE_SEX_M, 50);
    np_surface *plain = scene_surface(scene_head(NP_CASE_SEX_M, 50));
    np_arm_puncture p[2];
    assert_true(scene_puncture(plain, np_vec3_make(0, 0, 40), np_vec3_make(0, 0, 1), 0, 0, &p[0]));
    assert_true(scene_puncture(plain, np_vec3_make(0, 0, 40), np_vec3_normalize(np_vec3_make(0.3, 0, 1)), 0, 0, &p[1]));
    p[0].id = 17, p[1].id = 18;
    /* a loose plate 12 mm over the second dot */
    scene_add(&mesh, scene_ellipsoid(20, 20, 0.5), np_vec3_make(0, 0, 1), 0,
              np_vec3_mad(p[1].position, p[1].normal, 12));
    np_surface *surface = scene_surface(mesh);
    np_arm_planner *planner = scene_planner(surface);
    np_arm_request request = scene_request(p, 1);
    assert_clear(surface, planner, &request, 0.5);
    request = scene_request(p, 2);
    assert_refused(planner, &request, NP_ERR_GEOMETRY, "dot 18: there is no room for the tool", "cone comes too near");
    scene_drop(surface, planner);
    scene_drop(plain, NULL);
}

/* Low on the nape, with its needle pointing up: the skin has room, the shoulders would not. */
static void a_handpiece_under_the_floor_is_refused(void **state)
{
    (void)state;
    np_surface *surface = scene_surface(scene_head(NP_CASE_SEX_M, 50));
    np_arm_planner *planner = scene_planner(surface);
    np_arm_puncture p;
    np_vec3 out = np_vec3_normalize(np_vec3_make(-1, 0, -0.4));
    assert_true(scene_puncture(surface, np_vec3_make(0, 0, 0), out, 0, 0, &p));
    p.id = 21;
    np_arm_request request = scene_request(&p, 1);
    for (int side = 0; side < 2; side++) {
        np_vec3 hinge = np_vec3_make(0, side ? -1 : 1, 0);
        p.axis = np_vec3_scale(np_vec3_rotate(p.normal, hinge, 0.5), -1);
        if (p.axis.z < 0)
            assert_clear(surface, planner, &request, 0.5);
        else
            assert_refused(planner, &request, NP_ERR_GEOMETRY, "dot 21: there is no room for the tool",
                           "its body comes too near to the floor at z = -111.2 mm, under which neck, shoulders");
    }
    request = scene_request(&p, 1);
    p.axis = np_vec3_scale(p.normal, -1);
    request.home.tip = np_vec3_make(300, 0, -111.3);
    assert_refused(planner, &request, NP_ERR_GEOMETRY, "the arm's home", "of the floor at z = -111.2 mm");
    scene_drop(surface, planner);
}

/* A dot that the needle reaches at 30 degrees where its handpiece lies on a step. */
static void tilt_towards_a_wall_is_refused(void **state)
{
    (void)state;
    np_mesh mesh = scene_ellipsoid(300, 300, 1);
    scene_add(&mesh, scene_ellipsoid(5, 300, 60), np_vec3_make(0, 0, 1), 0, np_vec3_make(40, 0, 0));
    np_surface *surface = scene_surface(mesh);
    np_arm_planner *planner = scene_planner(surface);
    np_arm_puncture p = {.id = 3, .position = {0, 0, 1}, .normal = {0, 0, 1}, .depth_mm = 0.5};
    np_arm_request request = scene_request(&p, 1);
    for (int sign = -1; sign <= 1; sign += 2) {
        p.axis = np_vec3_make(-sign * sin(0.5), 0, -cos(0.5));
        if (sign < 0)
            assert_clear(surface, planner, &request, 0.5);
        else
            assert_refused(planner, &request, NP_ERR_GEOMETRY, "dot 3: there is no room", "body comes too near");
    }
    scene_drop(surface, planner);
}

/* Nobody gets out of a ball. */
static void ends_without_a_way_are_named(void **state)
{
    (void)state;
    np_mesh mesh = scene_head(NP_CASE_SEX_M, 50);
    scene_add(&mesh, scene_ellipsoid(330, 330, 330), np_vec3_make(0, 0, 1), 0, np_vec3_make(0, 0, 0));
    np_surface *surface = scene_surface(mesh);
    np_arm_planner *planner = scene_planner(surface);
    np_arm_puncture *p = scene_random(surface, 5, 2, 0);
    for (int i = 0; i < 2; i++) {
        np_vec3 out = np_vec3_normalize(np_vec3_make(i ? 0.2 : -0.2, 0.1, 1));
        np_surface_point hit;
        assert_true(
            np_surface_ray(surface, np_vec3_mad(np_vec3_make(0, 0, 0), out, 250), np_vec3_scale(out, -1), 250, &hit));
        p[i] = (np_arm_puncture){.id = (uint32_t)i + 11,
                                 .position = hit.position,
                                 .normal = hit.normal,
                                 .axis = np_vec3_scale(hit.normal, -1),
                                 .depth_mm = 0.5};
    }
    np_arm_request request = scene_request(p, 2);
    request.home.tip = np_vec3_make(-200, 0, 500);
    assert_refused(planner, &request, NP_ERR_GEOMETRY, "from home to dot 11: no way was found", "stopped at (");
    request.home.tip = np_vec3_make(0, 0, 20);
    assert_refused(planner, &request, NP_ERR_GEOMETRY, "the arm's home", "within 2 mm of the scan");
    free(p);
    scene_drop(surface, planner);
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    np_surface *surface = scene_surface(scene_head(NP_CASE_SEX_M, 50));
    np_arm_planner *planner = scene_planner(surface);
    np_arm_puncture good, p;
    assert_true(scene_puncture(surface, np_vec3_make(0, 0, 40), np_vec3_make(0, 0, 1), 0, 0, &good));
    np_arm_request request = scene_request(&p, 1);
    p = good, p.position.x = NAN;
    assert_refused(planner, &request, NP_ERR_INVALID, "dot 0", "finite");
    p = good, p.axis = np_vec3_scale(p.axis, 0.5);
    assert_refused(planner, &request, NP_ERR_INVALID, "dot 0", "unit");
    p = good, p.axis = p.normal;
    assert_refused(planner, &request, NP_ERR_INVALID, "tilted by 180.0 degrees", "60");
    p = good, p.depth_mm = -1;
    assert_refused(planner, &request, NP_ERR_INVALID, "depth", "-1");
    p = good, request.rates.speed_mm_s = 0;
    assert_refused(planner, &request, NP_ERR_INVALID, "rates", "positive");
    request = scene_request(&p, 1), request.home.axis = np_vec3_make(0, 0, 0);
    assert_refused(planner, &request, NP_ERR_INVALID, "home", "unit");
    /* a station is looked at only by those who go there */
    request = scene_request(&p, 1), request.station.tip.x = NAN;
    np_arm_moves moves = plan(planner, &request);
    np_arm_moves_fini(&moves);
    p.reload_before = true;
    assert_refused(planner, &request, NP_ERR_INVALID, "station", "finite");
    /* an empty session has no moves */
    request.n = 0;
    moves = plan(planner, &request);
    assert_int_equal(moves.n_moves, 0);
    np_arm_moves_fini(&moves);

    np_arm_tool tool = np_arm_tool_default();
    np_arm_clearances clearances = {.travel_mm = 2, .puncture_mm = 0.5, .floor_z_mm = SCENE_FLOOR_MM};
    np_arm_planner *none;
    np_error err = {0};
    tool.body_diameter_mm = 4;
    assert_int_equal(np_arm_planner_create(surface, &tool, &clearances, &none, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "body diameter is 4 mm"));
    tool = np_arm_tool_default(), clearances.floor_z_mm = NAN;
    assert_int_equal(np_arm_planner_create(surface, &tool, &clearances, &none, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "the floor"));
    clearances.floor_z_mm = -INFINITY, clearances.travel_mm = NAN;
    assert_int_equal(np_arm_planner_create(surface, &tool, &clearances, &none, &err), NP_ERR_INVALID);
    assert_null(none);
    scene_drop(surface, planner);
}

/* The chain: home, dots, the station where a reload stands, home; every end is where the next begins. */
static void moves_are_a_chain(void **state)
{
    (void)state;
    np_surface *surface = scene_surface(scene_head(NP_CASE_SEX_F, 50));
    np_arm_planner *planner = scene_planner(surface);
    np_arm_puncture *p = scene_random(surface, 9, 7, 0.3);
    p[0].reload_before = p[4].reload_before = true;
    np_arm_request request = scene_request(p, 7);
    np_arm_moves moves = plan(planner, &request);
    const uint32_t ends[] = {NP_ARM_HOME, NP_ARM_STATION, 0, 1, 2, 3, NP_ARM_STATION, 4, 5, 6, NP_ARM_HOME};
    assert_int_equal(moves.n_moves, sizeof ends / sizeof ends[0] - 1);
    uint32_t via = 0;
    for (size_t i = 0; i < moves.n_moves; i++) {
        assert_int_equal(moves.moves[i].from, ends[i]);
        assert_int_equal(moves.moves[i].to, ends[i + 1]);
        if (moves.moves[i].vias > 0)
            assert_int_equal(moves.moves[i].via, via);
        via += moves.moves[i].vias;
    }
    assert_int_equal(via, moves.n_vias);
    assert_true(via > 0);
    np_arm_moves_fini(&moves);
    free(p);
    scene_drop(surface, planner);
}

static void any_number_of_threads_plans_the_same(void **state)
{
    (void)state;
    enum { N = 300 };
    np_surface *surface = scene_surface(scene_head(NP_CASE_SEX_M, 50));
    np_arm_puncture *p = scene_random(surface, 3, N, 0.5);
    np_arm_request request = scene_request(p, N);
    np_arm_moves moves[2];
    for (int i = 0; i < 2; i++) {
        omp_set_num_threads(i ? 8 : 1);
        np_arm_planner *planner = scene_planner(surface);
        moves[i] = plan(planner, &request);
        np_arm_planner_destroy(planner);
    }
    omp_set_num_threads(2);
    assert_int_equal(moves[0].n_vias, moves[1].n_vias);
    assert_memory_equal(moves[0].hover_um, moves[1].hover_um, N * sizeof(int32_t));
    assert_memory_equal(moves[0].moves, moves[1].moves, moves[0].n_moves * sizeof(np_arm_move));
    assert_memory_equal(moves[0].vias, moves[1].vias, moves[0].n_vias * sizeof(np_arm_via));
    np_arm_moves_fini(&moves[0]);
    np_arm_moves_fini(&moves[1]);
    free(p);
    scene_drop(surface, NULL);
}

/* Real heads, where they are: dots along and inside their outlines, ears and neck and all. */
static void real_scans_are_clear(void **state)
{
    (void)state;
    const char *const files[] = {NP_TEST_SOURCE_DIR "/../shared/scans/ict_head.yaml",
                                 NP_TEST_SOURCE_DIR "/../shared/scans/lee_perry_smith.yaml"};
    int found = 0;
    for (int i = 0; i < 2; i++) {
        np_scan_description d;
        np_scan *scan;
        if (access(files[i], R_OK) != 0)
            continue;
        found++;
        assert_int_equal(np_scan_description_read(files[i], &d, NULL), NP_OK);
        assert_int_equal(np_scan_create(&d.scan, NULL, &scan, NULL), NP_OK);
        np_arm_planner *planner = scene_planner(&scan->surface);
        np_arm_puncture punctures[64];
        size_t n = 0;
        for (unsigned k = 0; k < d.scalp_outline.n && n < 64; k++) {
            np_surface_point p;
            np_vec3 at = np_scan_from_file(scan, d.scalp_outline.points[k * 7 % d.scalp_outline.n]);
            assert_true(np_surface_nearest(&scan->surface, at, 1, &p));
            punctures[n] = (np_arm_puncture){.id = k + 1,
                                             .position = p.position,
                                             .normal = p.normal,
                                             .axis = np_vec3_scale(p.normal, -1),
                                             .depth_mm = 0.5};
            n += np_arm_check(planner, &punctures[n], NULL) == NP_OK; /* a few are too near to an ear */
        }
        assert_true(n + 6 > d.scalp_outline.n);
        np_arm_request request = scene_request(punctures, n);
        assert_clear(&scan->surface, planner, &request, 0.5);
        np_arm_planner_destroy(planner);
        np_scan_destroy(scan);
        np_scan_description_fini(&d);
    }
    if (!found)
        skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_pairs_on_heads_are_clear),
        cmocka_unit_test(neighbours_go_straight),
        cmocka_unit_test(no_way_is_under_the_chin),
        cmocka_unit_test(ears_are_gone_around),
        cmocka_unit_test(what_has_no_room_is_named),
        cmocka_unit_test(a_handpiece_under_the_floor_is_refused),
        cmocka_unit_test(tilt_towards_a_wall_is_refused),
        cmocka_unit_test(ends_without_a_way_are_named),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(moves_are_a_chain),
        cmocka_unit_test(any_number_of_threads_plans_the_same),
        cmocka_unit_test(real_scans_are_clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
