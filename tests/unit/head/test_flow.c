/* Hair flow and zones on the parametric head. */
#include "head/flow.h"

#include "base/angle.h"
#include "needlepath/plugin.h"
#include "head/private/flow.h"
#include "head/private/frame.h"
#include "head/head.h"
#include "surface/directions.h"
#include "surface/topology.h"

#include "../test.h"

static np_scan *make_scan(np_case_sex sex)
{
    np_case_scan source = {.sex = sex, .percentile = 50};
    np_scan *scan;
    assert_int_equal(np_scan_create(&source, NULL, &scan, NULL), NP_OK);
    return scan;
}

/* The built-in head with N whorls, at AT. */
static np_scan *scan_with(np_case_sex sex, double percentile, const np_vec3 *at, size_t n)
{
    np_mesh mesh;
    np_scan_description d;
    np_scan *scan;
    assert_int_equal(np_head_create(sex, percentile, &mesh, &d, NULL), NP_OK);
    assert_int_equal(np_scan_create_from_mesh(&mesh, &d.scan.landmarks, at, n, &scan, NULL), NP_OK);
    np_scan_description_fini(&d);
    return scan;
}

/* The skin in DIRECTION from the middle of the head. */
static np_surface_point skin(const np_scan *scan, np_vec3 direction)
{
    np_surface_point p;
    np_vec3 from = np_vec3_scale(head_up, 40);
    assert_true(np_surface_ray(&scan->surface, from, np_vec3_normalize(direction), 300, &p));
    return p;
}

/* Anatomical direction (x anterior, y left, z up) in the head frame. */
static np_vec3 anatomical(double x, double y, double z)
{
    np_vec3 v = np_vec3_mad(np_vec3_scale(head_anterior, x), head_up, z);
    v.y += y;
    return v;
}

/* How many degrees the flow turns against a fixed direction while going once around CENTER at RADIUS. */
static double winding_deg(const np_scan *scan, np_vec3 center, double radius)
{
    np_surface_point c;
    assert_true(np_surface_nearest(&scan->surface, center, 10, &c));
    np_vec3 e1 = np_vec3_perpendicular(c.normal), e2 = np_vec3_cross(c.normal, e1);
    const int n = 360;
    double sum = 0, last = 0;
    for (int i = 0; i <= n; i++) {
        double a = NP_TWO_PI * i / n;
        np_vec3 at = np_vec3_mad(np_vec3_mad(c.position, e1, radius * cos(a)), e2, radius * sin(a));
        np_surface_point p;
        assert_true(np_surface_nearest(&scan->surface, at, 60, &p));
        np_vec3 f = np_hair_flow(scan, &p);
        double angle = atan2(np_vec3_dot(f, e2), np_vec3_dot(f, e1));
        if (i > 0)
            sum += remainder(angle - last, NP_TWO_PI);
        last = angle;
    }
    return np_angle_deg(sum);
}

static void flow_is_a_unit_tangent_everywhere(void **state)
{
    (void)state;
    for (int round = 0; round < 2; round++) {
        np_scan *scan = round ? scan_with(NP_CASE_SEX_M, 50, NULL, 0) : make_scan(NP_CASE_SEX_M);
        for (uint32_t t = 0; t < scan->surface.mesh.n_triangles; t++) {
            np_surface_point p =
                np_mesh_point(&scan->surface.mesh, scan->surface.normals, t, (double[3]){0.2, 0.3, 0.5});
            np_vec3 f = np_hair_flow(scan, &p);
            assert_near(np_vec3_length(f), 1, 1e-12);
            assert_near(np_vec3_dot(f, p.normal), 0, 1e-9);
        }
        np_surface_point center;
        for (size_t i = 0; i < scan->n_whorls; i++) {
            assert_true(np_surface_nearest(&scan->surface, scan->whorls[i], 1, &center));
            assert_near(np_vec3_length(np_hair_flow(scan, &center)), 1, 1e-12);
        }
        np_scan_destroy(scan);
    }
}

static void flow_turns_once_around_each_whorl(void **state)
{
    (void)state;
    np_scan *scan = make_scan(NP_CASE_SEX_M);
    for (double r = 1; r <= 60; r *= 2)
        assert_near(winding_deg(scan, scan->whorls[0], r), 360, 1e-6);
    assert_near(winding_deg(scan, scan->landmarks.vertex, 15), 0, 1e-6);

    /* A second whorl 45 mm to the left: one turn around each, and so there is a parting of -1 between them.
     */
    np_vec3 two[2] = {scan->whorls[0]};
    np_surface_point p;
    assert_true(np_surface_nearest(&scan->surface, np_vec3_add(two[0], (np_vec3){0, 45, 0}), 40, &p));
    two[1] = p.position;
    np_scan_destroy(scan);
    scan = scan_with(NP_CASE_SEX_M, 50, two, 2);
    assert_near(winding_deg(scan, two[0], 10), 360, 1e-6);
    assert_near(winding_deg(scan, two[1], 10), 360, 1e-6);
    assert_near(winding_deg(scan, np_vec3_lerp(two[0], two[1], 0.5), 65), 360, 1e-6);
    np_scan_destroy(scan);
}

/* On the way out of the whorl, hair bends clockwise seen from outside, 70 degrees at first and less farther
 * off. */
static void whorls_turn_clockwise(void **state)
{
    (void)state;
    np_scan *scan = make_scan(NP_CASE_SEX_M);
    np_vec3 center = scan->whorls[0];
    const double radius[] = {4, 9, 30, 44}, least[] = {69, 69, 30, 15}, most[] = {71, 71, 55, 40};
    for (int k = 0; k < 4; k++)
        for (int i = 0; i < 12; i++) {
            np_surface_point c, p;
            assert_true(np_surface_nearest(&scan->surface, center, 1, &c));
            np_vec3 e = np_vec3_rotate(np_vec3_perpendicular(c.normal), c.normal, i * NP_PI / 6);
            assert_true(np_surface_nearest(&scan->surface, np_vec3_mad(center, e, radius[k]), 20, &p));
            np_vec3 radial = np_vec3_normalize(np_vec3_reject(np_vec3_sub(p.position, center), p.normal));
            np_vec3 f = np_hair_flow(scan, &p);
            double turn = np_angle_deg(atan2(np_vec3_dot(np_vec3_cross(radial, f), p.normal), np_vec3_dot(radial, f)));
            if (!(-turn > least[k] && -turn < most[k]))
                fail_msg("%g mm from the whorl hair is turned by %g degrees", radius[k], turn);
        }
    np_scan_destroy(scan);
}

/* A mirror image of the other around its whorl, and of two each the way it was told to. */
static void whorls_turn_as_the_case_says(void **state)
{
    (void)state;
    np_case_turn turns[] = {NP_CASE_COUNTERCLOCKWISE, NP_CASE_CLOCKWISE};
    np_scan *scan = make_scan(NP_CASE_SEX_M);
    np_vec3 at[2] = {scan->whorls[0]};
    np_surface_point p;
    assert_true(np_surface_nearest(&scan->surface, np_vec3_add(at[0], (np_vec3){0, 45, 0}), 40, &p));
    at[1] = p.position;
    np_scan_destroy(scan);
    for (unsigned n = 1; n <= 2; n++) {
        np_case_scan source = {
            .sex = NP_CASE_SEX_M, .percentile = 50, .whorls = {at, n}, .whorl_turns = turns, .n_whorl_turns = n};
        assert_int_equal(np_scan_create(&source, NULL, &scan, NULL), NP_OK);
        for (unsigned i = 0; i < n; i++) {
            np_vec3 radial = np_vec3_make(0, 1, 0);
            assert_true(np_surface_nearest(&scan->surface, np_vec3_mad(scan->whorls[i], radial, 5), 20, &p));
            radial = np_vec3_normalize(np_vec3_reject(np_vec3_sub(p.position, scan->whorls[i]), p.normal));
            np_vec3 f = np_hair_flow(scan, &p);
            double deg = np_angle_deg(atan2(np_vec3_dot(np_vec3_cross(radial, f), p.normal), np_vec3_dot(radial, f)));
            assert_near(deg, turns[i] == NP_CASE_CLOCKWISE ? -70 : 70, 2);
            assert_near(winding_deg(scan, scan->whorls[i], 10), 360, 1e-6);
        }
        np_scan_destroy(scan);
    }
    np_case_scan source = {.sex = NP_CASE_SEX_M, .percentile = 50, .whorl_turns = turns, .n_whorl_turns = 2};
    np_error err = {0};
    assert_int_equal(np_scan_create(&source, NULL, &scan, &err), NP_ERR_INVALID);
    assert_null(scan);
    assert_non_null(strstr(err.text, "whorl_turns says how 2 whorls turn, and there are 1"));
}

/* What cannot be a whorl is an error that names where it was given. */
static void test_whorls_that_cannot_be(void **state)
{
    (void)state;
    char at[] = "case.yaml:7";
    np_case_scan source = {.sex = NP_CASE_SEX_M, .percentile = 50};
    np_scan *scan, *none;
    np_error err = {0};
    assert_int_equal(np_scan_create(&source, NULL, &scan, NULL), NP_OK);
    np_surface_point near, beside;
    assert_true(np_surface_nearest(&scan->surface, np_vec3_add(scan->whorls[0], np_vec3_make(0, 6, 0)), 20, &near));
    assert_true(np_surface_nearest(&scan->surface, np_vec3_add(scan->whorls[0], np_vec3_make(0, 30, 0)), 20, &beside));
    const struct {
        np_vec3 points[2];
        const char *message;
    } bad[] = {
        {{scan->landmarks.glabella, near.position}, "case.yaml:7: whorl 1 lies on the face, an ear or the neck"},
        {{scan->whorls[0], scan->landmarks.tragion_left}, "case.yaml:7: whorl 2 lies on the face, an ear or the neck"},
        {{scan->whorls[0], near.position}, "case.yaml:7: whorl 2 is"},
        {{np_vec3_make(0, 0, 300), near.position}, "case.yaml:7: whorl 1 is"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        np_case_scan wrong = source;
        wrong.whorls = (np_case_points){(np_vec3 *)bad[i].points, 2};
        wrong.whorls_at = at;
        assert_int_equal(np_scan_create(&wrong, NULL, &none, &err), NP_ERR_INVALID);
        if (strncmp(err.text, bad[i].message, strlen(bad[i].message)) != 0)
            fail_msg("expected '%s', found '%s'", bad[i].message, err.text);
    }
    np_vec3 two[] = {scan->whorls[0], beside.position};
    source.whorls = (np_case_points){two, 2};
    assert_int_equal(np_scan_create(&source, NULL, &none, &err), NP_OK);
    np_scan_destroy(none);
    np_scan_destroy(scan);
}

/* ---- singularities ---- */

/* The angle in the plane of a triangle (normal N, axis E) of the flow at the corner P, carried over there. */
static double carried_angle(const np_scan *scan, const np_surface_point *p, np_vec3 n, np_vec3 e)
{
    np_vec3 f = np_hair_flow(scan, p), hinge = np_vec3_cross(p->normal, n);
    double sine = np_vec3_length(hinge);
    if (sine > 1e-12)
        f = np_vec3_rotate(f, np_vec3_scale(hinge, 1 / sine), atan2(sine, np_vec3_dot(p->normal, n)));
    return atan2(np_vec3_dot(f, np_vec3_cross(n, e)), np_vec3_dot(f, e));
}

/* How often the flow turns around in triangle T of the scan. */
static int index_of(const np_scan *scan, uint32_t t)
{
    np_vec3 n = np_mesh_triangle_normal(&scan->surface.mesh, t), e = np_vec3_perpendicular(n);
    double angle[3], sum = 0;
    for (int k = 0; k < 3; k++) {
        double corner[3] = {0};
        corner[k] = 1;
        np_surface_point p = np_mesh_point(&scan->surface.mesh, scan->surface.normals, t, corner);
        angle[k] = carried_angle(scan, &p, n, e);
    }
    for (int k = 0; k < 3; k++)
        sum += remainder(angle[(k + 1) % 3] - angle[k], NP_TWO_PI);
    return (int)lround(sum / NP_TWO_PI);
}

/* One turn in each of the N whorls, one parting fewer between them, and nothing else on all of the scalp. */
static void check_singularities(const np_scan *scan, size_t n, const char *what)
{
    size_t turns = 0, partings = 0;
    for (uint32_t t = 0; t < scan->surface.mesh.n_triangles; t++) {
        np_surface_point p =
            np_mesh_point(&scan->surface.mesh, scan->surface.normals, t, (double[3]){1.0 / 3, 1.0 / 3, 1.0 / 3});
        int index = np_scan_zone(scan, &p) == NP_ZONE_OTHER ? 0 : index_of(scan, t);
        double nearest_mm = INFINITY;
        for (size_t i = 0; i < scan->n_whorls; i++)
            nearest_mm = fmin(nearest_mm, np_vec3_distance(p.position, scan->whorls[i]));
        if (index != 0 && abs(index) != 1)
            fail_msg("%s: the flow turns %d times at one place", what, index);
        if (index > 0 && scan->n_whorls && nearest_mm > 4)
            fail_msg("%s: the flow turns around %.1f mm from any whorl", what, nearest_mm);
        turns += index > 0;
        partings += index < 0;
    }
    if (turns != n || partings != n - 1)
        fail_msg("%s: %zu turns and %zu partings; expected %zu and %zu", what, turns, partings, n, n - 1);
}

static void two_whorls(np_case_sex sex, double percentile, const np_vec3 at[2])
{
    for (int k = 0; k < 4; k++) {
        np_case_turn turns[] = {k & 1 ? NP_CASE_COUNTERCLOCKWISE : NP_CASE_CLOCKWISE,
                                k & 2 ? NP_CASE_COUNTERCLOCKWISE : NP_CASE_CLOCKWISE};
        np_case_scan source = {.sex = sex,
                               .percentile = percentile,
                               .whorls = {(np_vec3 *)at, 2},
                               .whorl_turns = turns,
                               .n_whorl_turns = 2};
        np_scan *scan;
        char what[100];
        snprintf(what, sizeof what, "sex %d, %g %%, second whorl at (%.0f, %.0f, %.0f), turns %d", sex, percentile,
                 at[1].x, at[1].y, at[1].z, k);
        assert_int_equal(np_scan_create(&source, NULL, &scan, NULL), NP_OK);
        check_singularities(scan, 2, what);
        np_scan_destroy(scan);
    }
}

/* Hair points out of the scalp all around its border, so the indices sum up to one (Poincare and Hopf). */
static void the_only_singularities_are_the_declared_ones(void **state)
{
    (void)state;
    static const np_vec3 beside[] = {{0, 45, 0}, {0, 25, 0},  {0, 16, 0},  {0, -40, 0},
                                     {30, 0, 0}, {20, 30, 0}, {-25, 20, 0}};
    for (int h = 0; h < 3; h++) {
        np_case_scan source = {.sex = h == 1 ? NP_CASE_SEX_F : NP_CASE_SEX_M, .percentile = (double[]){5, 50, 95}[h]};
        np_scan *scan;
        assert_int_equal(np_scan_create(&source, NULL, &scan, NULL), NP_OK);
        check_singularities(scan, 1, "one whorl");
        np_scan *none = scan_with(source.sex, source.percentile, NULL, 0);
        check_singularities(none, 1, "no whorl");
        np_scan_destroy(none);
        for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++) {
            np_surface_point p;
            assert_true(np_surface_nearest(&scan->surface, np_vec3_add(scan->whorls[0], beside[i]), 40, &p));
            /* within a triangle: what turns around a corner is in none of them */
            p = np_mesh_point(&scan->surface.mesh, scan->surface.normals, p.triangle, (double[3]){0.3, 0.3, 0.4});
            two_whorls(source.sex, source.percentile, (np_vec3[]){scan->whorls[0], p.position});
        }
        np_scan_destroy(scan);
    }
}

/* Over the piece of the head within POLAR_DEG of the top: the turns inside are one, its Euler characteristic, plus the turns of the flow
 * against the border (Poincare and Hopf). */
static void check_sum(const np_scan *scan, double polar_deg)
{
    const head_flow *flow = scan->flow;
    const np_mesh *mesh = &flow->sphere.mesh;
    const np_vec3 *normals = flow->sphere.normals;
    int inside = 0;
    double turn = 0;
    bool *in = calloc(mesh->n_triangles, sizeof *in);
    np_topology topology = {0};
    assert_int_equal(np_topology_init(&topology, mesh, NULL), NP_OK);
    for (uint32_t t = 0; t < mesh->n_triangles; t++) {
        np_vec3 from = np_vec3_sub(mesh->vertices[mesh->triangles[t].v[0]], np_vec3_scale(head_up, 40));
        in[t] = np_vec3_dot(np_vec3_normalize(from), head_up) > cos(np_angle_rad(polar_deg));
        inside += in[t] ? np_directions_index(mesh, normals, flow->directions, t) : 0;
    }
    /* from border edge to border edge: what the flow turns more than the border does */
    for (uint32_t t = 0; t < mesh->n_triangles; t++)
        for (int k = 0; k < 3; k++) {
            uint32_t next = np_topology_across(&topology, t, k);
            if (!in[t] || in[next])
                continue;
            uint32_t a = mesh->triangles[t].v[k], b = mesh->triangles[t].v[(k + 1) % 3], at = t, c = 0;
            for (int corner = np_topology_corner(mesh, at, b); in[next = np_topology_across(&topology, at, corner)];) {
                at = next; /* around B to the next border edge */
                corner = np_topology_corner(mesh, at, b);
            }
            c = mesh->triangles[at].v[(np_topology_corner(mesh, at, b) + 1) % 3];
            np_vec3 n = normals[b];
            np_vec3 came = np_vec3_reject(np_vec3_sub(mesh->vertices[b], mesh->vertices[a]), normals[a]);
            came = np_directions_carry(came, normals[a], n);
            np_vec3 goes = np_vec3_reject(np_vec3_sub(mesh->vertices[c], mesh->vertices[b]), n);
            np_vec3 was = np_directions_carry(flow->directions[a], normals[a], n), is = flow->directions[b];
            turn += atan2(np_vec3_dot(np_vec3_cross(was, is), n), np_vec3_dot(was, is));
            turn -= atan2(np_vec3_dot(np_vec3_cross(came, goes), n), np_vec3_dot(came, goes));
        }
    assert_near(1 + turn / NP_TWO_PI, inside, 1e-6);
    np_topology_fini(&topology);
    free(in);
}

static void indices_sum_up_to_what_the_border_needs(void **state)
{
    (void)state;
    np_scan *one = make_scan(NP_CASE_SEX_M), *none = scan_with(NP_CASE_SEX_F, 50, NULL, 0);
    np_surface_point p;
    assert_true(np_surface_nearest(&one->surface, np_vec3_add(one->whorls[0], (np_vec3){0, 40, 0}), 40, &p));
    np_scan *two = scan_with(NP_CASE_SEX_M, 50, (np_vec3[]){one->whorls[0], p.position}, 2);
    const np_scan *all[] = {one, none, two};
    for (int i = 0; i < 3; i++)
        for (double polar_deg = 15; polar_deg < 160; polar_deg += 12)
            check_sum(all[i], polar_deg);
    np_scan_destroy(one);
    np_scan_destroy(none);
    np_scan_destroy(two);
}

static void whorls_have_one_point_each(void **state)
{
    (void)state;
    np_scan *scan = make_scan(NP_CASE_SEX_M);
    np_vec3 at[2] = {scan->whorls[0], np_vec3_add(scan->whorls[0], (np_vec3){0, 6, 0})};
    np_case_scan source = {.sex = NP_CASE_SEX_M, .percentile = 50, .whorls = {at, 2}};
    np_error err = {0};
    np_scan_destroy(scan);
    assert_int_equal(np_scan_create(&source, NULL, &scan, &err), NP_ERR_INVALID);
    assert_null(scan);
    assert_non_null(strstr(err.text, "whorl 2 is 6.0 mm from whorl 1; two whorls are at least 15 mm apart"));
}

/* Neighbours half a millimetre apart agree, but for the whorl itself. */
static void flow_is_continuous_away_from_the_whorl(void **state)
{
    (void)state;
    np_scan *scan = make_scan(NP_CASE_SEX_F);
    double worst = 0;
    for (int i = 0; i < 20000; i++) {
        double z = -0.2 + 1.2 * (i + 0.5) / 20000, r = sqrt(1 - z * z);
        np_surface_point p = skin(scan, anatomical(r * cos(i * 2.39996), r * sin(i * 2.39996), z)), q;
        if (np_vec3_distance(p.position, scan->whorls[0]) < 8)
            continue;
        np_vec3 step = np_vec3_scale(np_vec3_perpendicular(p.normal), 0.5);
        assert_true(np_surface_nearest(&scan->surface, np_vec3_add(p.position, step), 5, &q));
        double cosine = np_vec3_dot(np_hair_flow(scan, &p), np_hair_flow(scan, &q));
        worst = fmax(worst, np_angle_deg(acos(fmin(cosine, 1))));
    }
    assert_true(worst < 6);
    np_scan_destroy(scan);
}

static void flow_goes_where_hair_goes(void **state)
{
    (void)state;
    np_scan *scan = make_scan(NP_CASE_SEX_M);
    struct {
        np_vec3 at, along;
        double least;
    } cases[] = {
        {anatomical(60, 0, 50), anatomical(1, 0, -0.8), 0.9}, /* hairline: forward */
        {anatomical(10, 25, 90), anatomical(1, 0, 0), 0.75},  /* midscalp: forward */
        {anatomical(10, -25, 90), anatomical(1, 0, 0), 0.75},
        {anatomical(35, 65, 20), anatomical(-0.3, 0, -1), 0.85}, /* temples: down, and rather back */
        {anatomical(35, -65, 20), anatomical(-0.3, 0, -1), 0.85},
        {anatomical(-10, 70, 20), anatomical(0, 0, -1), 0.85}, /* sides: down */
        {anatomical(-10, -70, 20), anatomical(0, 0, -1), 0.85},
        {anatomical(-80, 0, -10), anatomical(0, 0, -1), 0.9}, /* occiput: down */
        {anatomical(-60, 50, 0), anatomical(0, 0, -1), 0.85},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        np_surface_point p = skin(scan, cases[i].at);
        double cosine = np_vec3_dot(np_hair_flow(scan, &p), np_vec3_normalize(cases[i].along));
        if (cosine < cases[i].least)
            fail_msg("case %zu: cosine %.3f", i, cosine);
    }
    np_scan_destroy(scan);
}

static void without_a_whorl_hair_radiates_from_the_crown(void **state)
{
    (void)state;
    np_scan *usual = make_scan(NP_CASE_SEX_M), *scan = scan_with(NP_CASE_SEX_M, 50, NULL, 0);
    np_vec3 whorl = usual->whorls[0];
    np_scan_destroy(usual);
    assert_near(winding_deg(scan, (np_vec3){whorl.x, 0, whorl.z}, 30), 360, 1e-6);
    np_scan_destroy(scan);
}

static void zones_follow_the_landmarks(void **state)
{
    (void)state;
    np_scan *scan = make_scan(NP_CASE_SEX_M);
    struct {
        np_vec3 at;
        int zone;
    } cases[] = {
        {anatomical(75, 0, 62), NP_ZONE_FRONTAL},   {anatomical(60, 30, 62), NP_ZONE_FRONTAL},
        {anatomical(10, 0, 90), NP_ZONE_MIDSCALP},  {anatomical(5, -50, 70), NP_ZONE_MIDSCALP},
        {anatomical(30, 70, 10), NP_ZONE_TEMPLE},   {anatomical(20, -75, -30), NP_ZONE_TEMPLE},
        {anatomical(-85, 0, 0), NP_ZONE_OCCIPITAL}, {anatomical(-80, 40, -20), NP_ZONE_OCCIPITAL},
        {anatomical(100, 0, 0), NP_ZONE_OTHER},     {anatomical(80, 0, -80), NP_ZONE_OTHER},
        {anatomical(-20, 60, -90), NP_ZONE_OTHER},  {anatomical(-60, 0, -100), NP_ZONE_OTHER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        np_surface_point p = skin(scan, cases[i].at);
        if (np_scan_zone(scan, &p) != cases[i].zone)
            fail_msg("case %zu: zone %d, expected %d", i, np_scan_zone(scan, &p), cases[i].zone);
    }
    np_surface_point p;
    assert_true(np_surface_nearest(&scan->surface, scan->whorls[0], 1, &p));
    assert_int_equal(np_scan_zone(scan, &p), NP_ZONE_CROWN);
    scan->n_whorls = 0;
    assert_int_equal(np_scan_zone(scan, &p), NP_ZONE_CROWN);
    np_scan_destroy(scan);
}

/* Zones pass into each other over a centimetre: what hangs on them has no step anywhere. */
static void zone_weights_are_continuous(void **state)
{
    (void)state;
    np_scan *scan = make_scan(NP_CASE_SEX_M);
    const np_mesh *mesh = &scan->surface.mesh;
    for (size_t t = 0; t < mesh->n_triangles; t++) {
        double before[NP_ZONES], sum = 0;
        np_surface_point p, q = np_mesh_point(mesh, scan->surface.normals, (uint32_t)t, (double[3]){0, 0, 1});
        np_scan_zone_weights(scan, &q, before);
        for (int k = 0; k < 2; k++, q = p) {
            double after[NP_ZONES], corner[3] = {0};
            corner[k] = 1;
            p = np_mesh_point(mesh, scan->surface.normals, (uint32_t)t, corner);
            np_scan_zone_weights(scan, &p, after);
            double mm = np_vec3_distance(p.position, q.position);
            sum = 0;
            for (int z = 0; z < NP_ZONES; z++) {
                sum += after[z];
                /* a smooth step is at most 1.5 times as steep as a straight one; where borders cross, two add up, and the stretch counts */
                if (fabs(after[z] - before[z]) > 3.6 * mm / NP_ZONE_BLEND_MM + 1e-9)
                    fail_msg("zone %d goes from %.3f to %.3f within %.2f mm", z, before[z], after[z], mm);
                before[z] = after[z];
            }
            assert_near(sum, 1, 1e-12);
        }
    }
    np_scan_destroy(scan);
}

/* Landmarks that say nothing (a plane as a scan) must not make numbers that are none. */
static void a_plane_has_flow_too(void **state)
{
    (void)state;
    np_mesh mesh = {.n_vertices = 3,
                    .n_triangles = 1,
                    .vertices = calloc(3, sizeof *mesh.vertices),
                    .triangles = calloc(1, sizeof *mesh.triangles)};
    mesh.vertices[1].x = mesh.vertices[2].y = 100;
    mesh.triangles[0] = (np_triangle){{0, 1, 2}};
    np_case_landmarks none = {0};
    np_scan *scan;
    assert_int_equal(np_scan_create_from_mesh(&mesh, &none, NULL, 0, &scan, NULL), NP_OK);
    np_surface_point p = np_mesh_point(&scan->surface.mesh, scan->surface.normals, 0, (double[3]){0.3, 0.3, 0.4});
    np_vec3 f = np_hair_flow(scan, &p);
    assert_near(np_vec3_length(f), 1, 1e-12);
    assert_near(f.z, 0, 1e-12);
    assert_in_range(np_scan_zone(scan, &p), NP_ZONE_OTHER, NP_ZONE_OCCIPITAL);
    np_scan_destroy(scan);
}

/* Flat where surgeons find it flat (domain.md 2.3), upright in a whorl's middle, and nowhere a step: 12 degrees a millimetre at
 * most, which is how it rises in a whorl. */
static void hair_tilts_by_zone(void **state)
{
    (void)state;
    np_scan *scan = make_scan(NP_CASE_SEX_M);
    np_surface_point whorl;
    assert_true(np_surface_nearest(&scan->surface, scan->whorls[0], 1, &whorl));
    assert_near(np_hair_tilt_rad(scan, &whorl), 0, 0.02);
    np_surface_point temple = skin(scan, anatomical(0.3, 1, 0)), top = skin(scan, anatomical(0.2, 0, 1));
    assert_near(np_angle_deg(np_hair_tilt_rad(scan, &temple)), 83.5, 0.5);
    assert_near(np_angle_deg(np_hair_tilt_rad(scan, &top)), 45, 0.5);
    np_surface_point last = skin(scan, anatomical(0.8, 0.1, 0.6));
    for (double deg = 37; deg < 190; deg += 0.2) { /* from the forehead over the crown to the nape */
        np_surface_point p = skin(scan, anatomical(cos(np_angle_rad(deg)), 0.1, sin(np_angle_rad(deg))));
        double step_deg = fabs(np_angle_deg(np_hair_tilt_rad(scan, &p) - np_hair_tilt_rad(scan, &last)));
        assert_true(step_deg < 12 * np_vec3_distance(p.position, last.position) + 1e-6);
        last = p;
    }
    np_scan_destroy(scan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hair_tilts_by_zone),
        cmocka_unit_test(flow_is_a_unit_tangent_everywhere),
        cmocka_unit_test(flow_turns_once_around_each_whorl),
        cmocka_unit_test(test_whorls_that_cannot_be),
        cmocka_unit_test(whorls_turn_clockwise),
        cmocka_unit_test(whorls_turn_as_the_case_says),
        cmocka_unit_test(indices_sum_up_to_what_the_border_needs),
        cmocka_unit_test(whorls_have_one_point_each),
        cmocka_unit_test(the_only_singularities_are_the_declared_ones),
        cmocka_unit_test(flow_is_continuous_away_from_the_whorl),
        cmocka_unit_test(flow_goes_where_hair_goes),
        cmocka_unit_test(without_a_whorl_hair_radiates_from_the_crown),
        cmocka_unit_test(zones_follow_the_landmarks),
        cmocka_unit_test(zone_weights_are_continuous),
        cmocka_unit_test(a_plane_has_flow_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
