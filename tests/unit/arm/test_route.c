/* How long ways around a head are, against the shortest that a dense graph over its skin has for the tip alone. */
#include "head/face.h"

#include "scenes.h"
#include "witness.h"

#define CLEARANCE_MM 2.0
#define MAX_NODES 2600
#define EDGE_MM 17.0

typedef struct graph {
    const np_surface *surface;
    np_vec3 node[MAX_NODES + 2];
    double distance[MAX_NODES + 2];
    bool settled[MAX_NODES + 2];
    size_t n;
} graph;

static double distance_from(const np_surface *surface, np_vec3 p)
{
    np_surface_point near;
    return np_surface_nearest(surface, p, 1000, &near) ? np_vec3_distance(p, near.position) : 1000;
}

/* Whether a point goes from A to B with the clearance, but for a twentieth of a millimetre. */
static bool sees(const np_surface *surface, np_vec3 a, np_vec3 b)
{
    double way = np_vec3_distance(a, b);
    for (double at = 0; at < way;) {
        double free = distance_from(surface, np_vec3_lerp(a, b, at / way)) - CLEARANCE_MM;
        if (free < -0.05)
            return false;
        at += fmax(free, 0.3);
    }
    return true;
}

/* Nodes over the skin, as high as edges of EDGE_MM need. */
static graph *graph_make(const np_surface *surface)
{
    graph *g = calloc(1, sizeof *g);
    g->surface = surface;
    const np_mesh *mesh = &surface->mesh;
    size_t every = mesh->n_vertices / MAX_NODES + 1;
    for (size_t v = 0; v < mesh->n_vertices && g->n < MAX_NODES; v += every) {
        np_vec3 p = np_vec3_mad(mesh->vertices[v], surface->normals[v], CLEARANCE_MM + 0.25);
        if (p.z > -60 && distance_from(surface, p) >= CLEARANCE_MM)
            g->node[g->n++] = p;
    }
    return g;
}

/* Dijkstra's way from A to B; both see any node that they see. */
static double shortest_mm(graph *g, np_vec3 a, np_vec3 b)
{
    size_t n = g->n + 2, from = g->n, to = g->n + 1;
    g->node[from] = a, g->node[to] = b;
    for (size_t i = 0; i < n; i++)
        g->distance[i] = i == from ? 0 : INFINITY, g->settled[i] = false;
    for (;;) {
        size_t at = n;
        for (size_t i = 0; i < n; i++)
            if (!g->settled[i] && (at == n || g->distance[i] < g->distance[at]))
                at = i;
        if (at == to || g->distance[at] == INFINITY)
            return g->distance[at];
        g->settled[at] = true;
        for (size_t i = 0; i < n; i++) {
            double way = np_vec3_distance(g->node[at], g->node[i]);
            bool near = way <= EDGE_MM || at == from || i == to;
            if (near && !g->settled[i] && g->distance[at] + way < g->distance[i] &&
                sees(g->surface, g->node[at], g->node[i]))
                g->distance[i] = g->distance[at] + way;
        }
    }
}

/* Where the tip stops on the planned way from A to B, both ends with it; returns how many stops. */
static size_t plan_stops(const np_arm_planner *planner, const np_arm_pose *a, const np_arm_pose *b,
                         np_vec3 out[NP_ARM_MAX_VIAS + 2])
{
    np_arm_via vias[NP_ARM_MAX_VIAS];
    uint32_t n;
    np_arm_rates rates = scene_rates();
    np_error err = {0};
    if (np_arm_route(planner, a, b, &rates, vias, &n, &err) != NP_OK)
        fail_msg("%s", err.text);
    out[0] = a->tip;
    for (uint32_t i = 0; i < n; i++)
        out[i + 1] = np_arm_via_pose(&vias[i]).tip;
    out[n + 1] = b->tip;
    return n + 2;
}

static double planned_mm(const np_arm_planner *planner, const np_arm_pose *a, const np_arm_pose *b)
{
    np_vec3 stops[NP_ARM_MAX_VIAS + 2];
    size_t n = plan_stops(planner, a, b, stops);
    double sum = 0;
    for (size_t i = 1; i < n; i++)
        sum += np_vec3_distance(stops[i - 1], stops[i]);
    return sum;
}

static np_arm_pose hover(const np_surface *surface, np_vec3 outward)
{
    np_arm_puncture p;
    assert_true(scene_puncture(surface, np_vec3_make(0, 0, 40), np_vec3_normalize(outward), 0, 0, &p));
    return np_arm_hover(&p, 2300);
}

static void ways_are_nearly_the_shortest(void **state)
{
    (void)state;
    const np_vec3 pairs[][2] = {
        {{0.6, 0.8, 0}, {0.6, -0.8, 0}},   /* temple to temple */
        {{0, 1, 0}, {0, -1, 0}},           /* over the ears */
        {{-1, 0.2, -0.1}, {0.8, 0, 0.5}},  /* back to front */
        {{-0.8, 0.6, 0}, {-0.8, -0.6, 0}}, /* around the back */
        {{0.3, 0.9, 0.3}, {-0.5, 0.7, 0.5}},
        {{0.1, 0.1, 1}, {-1, 0, -0.2}},
    };
    np_surface *surface = scene_surface(scene_head(NP_CASE_SEX_M, 50));
    np_arm_planner *planner = scene_planner(surface);
    graph *g = graph_make(surface);
    assert_true(g->n > 1000);
    double sum = 0;
    size_t n = sizeof pairs / sizeof pairs[0];
    for (size_t i = 0; i < n; i++) {
        np_arm_pose a = hover(surface, pairs[i][0]), b = hover(surface, pairs[i][1]);
        double planned = planned_mm(planner, &a, &b), least = shortest_mm(g, a.tip, b.tip);
        if (getenv("NEEDLEPATH_FIGURES"))
            printf("pair %zu: %.1f mm, dense graph %.1f, straight %.1f\n", i, planned, least,
                   np_vec3_distance(a.tip, b.tip));
        assert_true(least < 1e6);
        assert_true(planned >= np_vec3_distance(a.tip, b.tip) - 1e-6);
        sum += planned / least;
        /* Ways are chosen by their seconds: around the nose it is farther, and the tool turns less, than close over the forehead. */
        if (planned > (i == 0 ? 1.3 : 1.15) * least)
            fail_msg("pair %zu: %.1f mm, the graph has %.1f", i, planned, least);
    }
    assert_true(sum / (double)n < 1.1);
    free(g);
    scene_drop(surface, planner);
}

/* How near the tip comes to the eyes on the way from A to B. */
static double nearest_to_eyes_mm(const np_arm_planner *planner, const np_arm_pose *a, const np_arm_pose *b,
                                 const np_vec3 eyes[NP_ARM_EYES])
{
    np_vec3 stops[NP_ARM_MAX_VIAS + 2];
    size_t n = plan_stops(planner, a, b, stops);
    double least = INFINITY;
    for (size_t i = 1; i < n; i++)
        for (int k = 0; k <= 200; k++)
            for (int e = 0; e < NP_ARM_EYES; e++)
                least = fmin(least, np_vec3_distance(np_vec3_lerp(stops[i - 1], stops[i], k / 200.0), eyes[e]));
    return least;
}

/* Sideburn to sideburn, lower and higher: without that, ways lead close past the eyes. */
static void no_way_comes_near_an_eye(void **state)
{
    (void)state;
    double unguarded = INFINITY;
    for (int sex = 0; sex < 2; sex++) {
        np_mesh mesh;
        np_scan_description d;
        np_scan *scan;
        assert_int_equal(np_head_create((np_case_sex)sex, 95, &mesh, &d, NULL), NP_OK);
        assert_int_equal(np_scan_create_from_mesh(&mesh, &d.scan.landmarks, NULL, 0, &scan, NULL), NP_OK);
        np_arm_planner *planner = scene_planner(&scan->surface), *guarded;
        np_arm_tool tool = np_arm_tool_default();
        np_arm_clearances clearances = {.travel_mm = NP_ARM_TRAVEL_CLEARANCE_MM,
                                        .puncture_mm = NP_ARM_PUNCTURE_CLEARANCE_MM,
                                        .floor_z_mm = SCENE_FLOOR_MM,
                                        .eye_mm = NP_ARM_EYE_MM};
        np_face_eyes(scan, clearances.eyes);
        assert_int_equal(np_arm_planner_create(&scan->surface, &tool, &clearances, &guarded, NULL), NP_OK);
        for (int i = 0; i < 9; i++) {
            double x = 0.3 + 0.1 * (i % 3), z = 0.1 * (i / 3) - 0.3;
            np_arm_pose a = hover(&scan->surface, np_vec3_make(x, 1, z)),
                        b = hover(&scan->surface, np_vec3_make(x, -1, z));
            unguarded = fmin(unguarded, nearest_to_eyes_mm(planner, &a, &b, clearances.eyes));
            double least = nearest_to_eyes_mm(guarded, &a, &b, clearances.eyes);
            if (least < NP_ARM_EYE_MM)
                fail_msg("sex %d, pair %d: %.1f mm from an eye", sex, i, least);
        }
        np_arm_planner_destroy(planner);
        np_arm_planner_destroy(guarded);
        np_scan_destroy(scan);
        np_scan_description_fini(&d);
    }
    assert_true(unguarded < NP_ARM_EYE_MM);
}

/* On brow, forehead and temple: with the room that is found a puncture stands, with much more it does not. */
static void eyes_give_way_to_a_dot_by_what_it_needs(void **state)
{
    (void)state;
    np_mesh mesh;
    np_scan_description d;
    np_scan *scan;
    assert_int_equal(np_head_create(NP_CASE_SEX_M, 50, &mesh, &d, NULL), NP_OK);
    assert_int_equal(np_scan_create_from_mesh(&mesh, &d.scan.landmarks, NULL, 0, &scan, NULL), NP_OK);
    np_arm_tool tool = np_arm_tool_default();
    np_arm_clearances clearances = {.travel_mm = NP_ARM_TRAVEL_CLEARANCE_MM,
                                    .puncture_mm = NP_ARM_PUNCTURE_CLEARANCE_MM,
                                    .floor_z_mm = SCENE_FLOOR_MM};
    np_face_eyes(scan, clearances.eyes);
    const np_vec3 off[] = {{5, 0, 36}, {5, 5, 42}, {5, -10, 46}, {5, 15, 39}}; /* from the eye's middle */
    for (size_t i = 0; i < sizeof off / sizeof off[0]; i++) {
        np_surface_point p;
        assert_true(np_surface_nearest(&scan->surface, np_vec3_add(clearances.eyes[0], off[i]), 30, &p));
        np_arm_puncture puncture = {.id = 1, .position = p.position, .normal = p.normal, .depth_mm = 0.5};
        puncture.axis = np_vec3_scale(p.normal, -1);
        double room_mm = np_arm_eye_room_mm(&tool, &clearances, &puncture, 100);
        assert_true(room_mm > 10);
        assert_true(room_mm < np_vec3_distance(p.position, clearances.eyes[0]));
        assert_near(np_arm_eye_room_mm(&tool, &clearances, &puncture, 5), 5, 0);
        for (int more = 0; more < 2; more++) {
            np_arm_planner *planner;
            np_arm_clearances c = clearances;
            c.eye_mm = room_mm + 5 * more;
            assert_int_equal(np_arm_planner_create(&scan->surface, &tool, &c, &planner, NULL), NP_OK);
            assert_int_equal(np_arm_check(planner, &puncture, NULL), more ? NP_ERR_GEOMETRY : NP_OK);
            np_arm_planner_destroy(planner);
        }
    }
    np_scan_destroy(scan);
    np_scan_description_fini(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ways_are_nearly_the_shortest),
        cmocka_unit_test(no_way_comes_near_an_eye),
        cmocka_unit_test(eyes_give_way_to_a_dot_by_what_it_needs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
