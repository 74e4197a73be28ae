/* What planning refuses of a scan: no skin, no way for a needle, no place for one; and what a case may accept by name. */
#include "../plan/fixture.h"

#include "base/angle.h"
#include "arm/planner.h"
#include "head/face.h"
#include "head/head.h"
#include "head/scan.h"
#include "make/make.h"
#include "surface/ply.h"

static np_scan_description head;
static np_mesh mesh;     /* of the built-in head, made new for each test */
static char notes[2000]; /* of the plan made last */
static size_t n_dots;

static int make_head(void **state)
{
    (void)state;
    return np_head_create(NP_CASE_SEX_M, 50, &mesh, &head, NULL) != NP_OK;
}

static int drop_head(void **state)
{
    (void)state;
    np_mesh_fini(&mesh);
    np_scan_description_fini(&head);
    return 0;
}

/* A second sheet: every triangle whose first corner is within REACH_MM of MIDDLE again, OFF_MM outwards (from the head's middle). */
static void add_sheet(np_vec3 middle, double reach_mm, double off_mm)
{
    np_mesh out = {.vertices = malloc(2 * mesh.n_vertices * sizeof *out.vertices),
                   .triangles = malloc(2 * mesh.n_triangles * sizeof *out.triangles),
                   .n_vertices = 2 * mesh.n_vertices,
                   .n_triangles = mesh.n_triangles};
    memcpy(out.triangles, mesh.triangles, mesh.n_triangles * sizeof *out.triangles);
    for (size_t i = 0; i < mesh.n_vertices; i++) {
        np_vec3 radial = np_vec3_normalize(np_vec3_sub(mesh.vertices[i], (np_vec3){0, 0, 40}));
        out.vertices[i] = mesh.vertices[i];
        out.vertices[mesh.n_vertices + i] = np_vec3_mad(mesh.vertices[i], radial, off_mm);
    }
    for (size_t t = 0; t < mesh.n_triangles; t++) {
        np_triangle up = mesh.triangles[t];
        if (np_vec3_distance(mesh.vertices[up.v[0]], middle) > reach_mm)
            continue;
        for (int k = 0; k < 3; k++)
            up.v[k] += (uint32_t)mesh.n_vertices;
        out.triangles[out.n_triangles++] = up;
    }
    np_mesh_fini(&mesh);
    mesh = out;
}

/* Drops the triangles within REACH_MM of MIDDLE. */
static void cut_hole(np_vec3 middle, double reach_mm)
{
    size_t kept = 0;
    for (size_t t = 0; t < mesh.n_triangles; t++)
        if (np_vec3_distance(mesh.vertices[mesh.triangles[t].v[0]], middle) > reach_mm)
            mesh.triangles[kept++] = mesh.triangles[t];
    mesh.n_triangles = kept;
}

/* The vertex nearest to P goes UP_MM outwards. */
static void raise_spike(np_vec3 p, double up_mm)
{
    size_t nearest = 0;
    for (size_t i = 0; i < mesh.n_vertices; i++)
        if (np_vec3_distance2(mesh.vertices[i], p) < np_vec3_distance2(mesh.vertices[nearest], p))
            nearest = i;
    np_vec3 radial = np_vec3_normalize(np_vec3_sub(mesh.vertices[nearest], (np_vec3){0, 0, 40}));
    mesh.vertices[nearest] = np_vec3_mad(mesh.vertices[nearest], radial, up_mm);
}

/* Plans a region of RADIUS_MM around MIDDLE on the mesh as it is now, with EXTRA keys; the status and its message. */
static np_status plan_at(np_vec3 middle, double radius_mm, const char *inside, const char *extra, np_error *err)
{
    const char *scan = fixture_path("scan.ply");
    np_vec3 *marks[] = {&head.scan.landmarks.glabella, &head.scan.landmarks.inion, &head.scan.landmarks.tragion_left,
                        &head.scan.landmarks.tragion_right, &head.scan.landmarks.vertex};
    const char *names[] = {"glabella", "inion", "tragion_left", "tragion_right", "vertex"};
    char *text = NULL;
    size_t size = 0;
    np_case *c = NULL;
    np_plan *plan = NULL;
    np_make_refusal refusal = {0};
    assert_int_equal(np_mesh_write_ply(&mesh, scan, NULL), NP_OK);
    FILE *f = open_memstream(&text, &size);
    fprintf(f, "needlepath: 1\nscan: {file: %s, units: mm}\nlandmarks:\n", scan);
    for (int i = 0; i < 5; i++)
        fprintf(f, "  %s: [%.4f, %.4f, %.4f]\n", names[i], marks[i]->x, marks[i]->y, marks[i]->z);
    np_mesh clean;
    np_scan_description d;
    assert_int_equal(np_head_create(NP_CASE_SEX_M, 50, &clean, &d, NULL), NP_OK);
    np_scan *on = NULL;
    assert_int_equal(np_scan_create_from_mesh(&clean, &d.scan.landmarks, NULL, 0, &on, NULL), NP_OK);
    np_vec3 n = np_vec3_normalize(np_vec3_sub(middle, (np_vec3){0, 0, 40})), e1 = np_vec3_perpendicular(n),
            e2 = np_vec3_cross(n, e1);
    fprintf(f, "regions:\n  - name: spot\n%s    outline:\n", inside);
    for (int i = 0; i < 16; i++) {
        double turn = NP_TWO_PI * i / 16;
        np_vec3 p = np_vec3_mad(np_vec3_mad(middle, e1, radius_mm * cos(turn)), e2, radius_mm * sin(turn));
        np_surface_point q;
        assert_true(np_surface_nearest(&on->surface, p, 60, &q));
        fprintf(f, "      - [%.4f, %.4f, %.4f]\n", q.position.x, q.position.y, q.position.z);
    }
    np_scan_destroy(on);
    np_scan_description_fini(&d);
    fprintf(f, "layers:\n  - {name: spot, strategy: diffuse_density, region: spot, params: {density_per_cm2: 40}}\n%s",
            extra);
    fclose(f);
    np_status status = np_case_parse("case.yaml", text, size, &c, err);
    if (status == NP_OK)
        status = np_make_plan(c, NULL, &plan, NULL, &refusal, err);
    if (status == NP_ERR_UNSAFE && (!refusal.scan || refusal.refused.n == 0))
        fail_msg("there is nothing to draw of \"%s\"", err->text);
    snprintf(notes, sizeof notes, "%s", plan && plan->notes ? plan->notes : "");
    n_dots = plan ? plan->n_dots : 0;
    np_make_refusal_fini(&refusal);
    np_plan_destroy(plan);
    np_case_destroy(c);
    free(text);
    remove(scan);
    return status;
}

static const np_vec3 crown = {-30, 0, 125};

static void assert_named(np_vec3 middle, double radius_mm, const char *inside, const char *name)
{
    np_error err = {0};
    np_status status = plan_at(middle, radius_mm, inside, "", &err);
    if (status != NP_ERR_UNSAFE || strncmp(err.text, name, strlen(name)) != 0)
        fail_msg("status %d, \"%s\"; expected %s", status, err.text, name);
}

static void assert_accepted(np_vec3 middle, double radius_mm, const char *name)
{
    np_error err = {0};
    char extra[64];
    snprintf(extra, sizeof extra, "accept: [%s]\n", name);
    if (plan_at(middle, radius_mm, "", extra, &err) != NP_OK)
        fail_msg("%s", err.text);
}

static void a_sound_head_is_planned(void **state)
{
    (void)state;
    np_error err = {0};
    if (plan_at(crown, 25, "", "", &err) != NP_OK)
        fail_msg("%s", err.text);
}

static void a_cap_of_hair_covers_the_skin(void **state)
{
    (void)state;
    add_sheet(crown, 60, 20);
    assert_named(crown, 25, "", "covered: ");
    np_error err = {0};
    assert_int_equal(plan_at(crown, 25, "", "accept: [covered]\n", &err),
                     NP_ERR_GEOMETRY); /* accepted, and still in the tool's way */
    assert_non_null(strstr(err.text, "there is no room for the tool"));
}

/* Beside a treated area something stands up that leaves the tool no room at the border, as an ear does: dots there are left out while they
 * are few, and refused where they are many. */
static void dots_without_room_are_left_out_while_they_are_few(void **state)
{
    (void)state;
    np_error err = {0};
    assert_int_equal(plan_at(crown, 25, "", "", &err), NP_OK);
    assert_null(strstr(notes, "no room"));
    size_t n_free = n_dots, n_left = 0;
    add_sheet((np_vec3){-30, 38, 118}, 6, 20);
    if (plan_at(crown, 25, "", "", &err) != NP_OK)
        fail_msg("%s", err.text);
    const char *said = strstr(notes, "note: ");
    assert_non_null(said);
    assert_int_equal(sscanf(said, "note: %zu dots were left out: the tool has no room there", &n_left), 1);
    assert_non_null(strstr(said, "no room there"));
    assert_true(n_left > 0);
    assert_true(n_left <= n_free / 100);
    assert_int_equal(n_dots + n_left, n_free);

    drop_head(state);
    assert_int_equal(make_head(state), 0);
    add_sheet((np_vec3){-30, 30, 118}, 6, 20);
    assert_int_equal(plan_at(crown, 25, "", "", &err), NP_ERR_GEOMETRY);
    assert_non_null(strstr(err.text, "there is no room for the tool"));
    assert_null(strstr(err.text, "tilt it less")); /* of an upright needle */
}

static void a_strand_over_a_few_dots_counts_as_well(void **state)
{
    (void)state;
    add_sheet(crown, 5, 12);
    assert_named(crown, 25, "", "covered: ");
}

static void two_layers_leave_open_which_is_the_skin(void **state)
{
    (void)state;
    add_sheet(crown, 300, 0.4);
    assert_named(crown, 25, "", "double-layer: ");
    assert_accepted(crown, 25, "double-layer");
}

static void a_hole_in_the_region_is_named(void **state)
{
    (void)state;
    cut_hole(crown, 8);
    assert_named(crown, 25, "", "hole: ");
    assert_accepted(crown, 25, "hole");
}

static void a_hole_beside_the_region_is_none_of_its_business(void **state)
{
    (void)state;
    np_error err = {0};
    cut_hole((np_vec3){60, 0, 105}, 8);
    if (plan_at(crown, 25, "", "", &err) != NP_OK)
        fail_msg("%s", err.text);
}

static void spikes_are_no_skin(void **state)
{
    (void)state;
    const double heights[] = {4, 30, -8, 2, -2, 3};
    for (int i = 0; i < 6; i++) {
        raise_spike(crown, heights[i]);
        assert_named(crown, 25, "", "spike: ");
        raise_spike(np_vec3_mad(crown, np_vec3_normalize(np_vec3_sub(crown, (np_vec3){0, 0, 40})), heights[i]),
                    -heights[i]);
    }
}

static void a_region_with_the_glabella_inside_is_refused(void **state)
{
    (void)state;
    np_vec3 g = head.scan.landmarks.glabella;
    char inside[96];
    snprintf(inside, sizeof inside, "    inside: [%.3f, %.3f, %.3f]\n", g.x, g.y, g.z);
    assert_named(crown, 40, inside, "face: ");
}

static void more_than_a_scalp_is_refused(void **state)
{
    (void)state;
    np_error err = {0};
    np_vec3 b = head.scan.landmarks.inion;
    char inside[96];
    snprintf(inside, sizeof inside, "    inside: [%.3f, %.3f, %.3f]\n", b.x, b.y, b.z);
    np_status status = plan_at((np_vec3){95, 0, 10}, 70, inside, "accept: [face]\n", &err);
    assert_int_equal(status, NP_ERR_UNSAFE);
    assert_non_null(strstr(err.text, "large: "));
}

/* The upper lid, 30 mm beside the midline and 15 mm under the glabella. */
static void eyes_are_never_allowed(void **state)
{
    (void)state;
    np_vec3 eye = np_vec3_add(head.scan.landmarks.glabella, (np_vec3){-8, 30, -13});
    const char *everything =
        "accept: [hole, covered, double-layer, spike, face, brow, nose, mouth, ear, neck, large]\n";
    np_error err = {0};
    assert_int_equal(plan_at(eye, 12, "", everything, &err), NP_ERR_UNSAFE);
    assert_non_null(strstr(err.text, "over an eye"));
}

static void brow_nose_ear_and_nape_have_their_names(void **state)
{
    (void)state;
    np_vec3 g = head.scan.landmarks.glabella, ear = head.scan.landmarks.tragion_left;
    assert_named(np_vec3_add(g, (np_vec3){-8, 30, 14}), 5, "", "brow: ");
    assert_named(np_vec3_add(ear, (np_vec3){-12, 0, 5}), 10, "", "ear: "); /* over its folds */
    assert_accepted(np_vec3_add(g, (np_vec3){-8, 30, 14}), 5, "brow");
}

static np_vec3 hover_of(const np_plan *plan, size_t i)
{
    return np_vec3_mad(plan->dots[i].position, plan->dots[i].axis, -1e-3 * plan->moves.hover_um[i]);
}

static double distance_to_way(np_vec3 p, np_vec3 a, np_vec3 b)
{
    np_vec3 way = np_vec3_sub(b, a);
    double t = np_vec3_dot(np_vec3_sub(p, a), way) / fmax(1e-9, np_vec3_dot(way, way));
    return np_vec3_distance(p, np_vec3_lerp(a, b, fmax(0, fmin(1, t))));
}

/* Dots on both sideburns, whose shortest ways to each other lead over the face; EXTRA keys. */
static void assert_eyes_are_kept_clear_of(const char *extra)
{
    np_mesh m;
    np_scan_description d;
    np_scan *scan;
    assert_int_equal(np_head_create(NP_CASE_SEX_F, 95, &m, &d, NULL), NP_OK);
    assert_int_equal(np_scan_create_from_mesh(&m, &d.scan.landmarks, NULL, 0, &scan, NULL), NP_OK);
    np_vec3 eyes[NP_FACE_EYES];
    np_face_eyes(scan, eyes);
    char text[600];
    const char *sideburns =
        "needlepath: 1\nseed: 2\nscan: {head: {sex: f, percentile: 95}}\nregions:\n  - {name: both, "
        "union: [{of: sideburn_left}, {of: sideburn_right}]}\nlayers:\n  - {name: both, strategy: "
        "diffuse_density, region: both, params: {density_per_cm2: 20}}\n";
    snprintf(text, sizeof text, "%s%s", sideburns, extra);
    np_case *c = NULL;
    np_plan *plan = NULL;
    np_error err = {0};
    if (np_case_parse("both", text, strlen(text), &c, &err) != NP_OK ||
        np_make_plan(c, NULL, &plan, NULL, NULL, &err) != NP_OK)
        fail_msg("%s", err.text);
    size_t over = 0;
    for (size_t i = 0; i < plan->moves.n_moves; i++) {
        const np_plan_move *move = &plan->moves.moves[i];
        size_t first = 0;
        for (int s = 1; s < move->session; s++)
            first += plan->sessions[s - 1].dots;
        if (move->from < 0 || move->to < 0) /* from above */
            continue;
        np_vec3 at = hover_of(plan, first + (size_t)move->from), end = hover_of(plan, first + (size_t)move->to);
        over += at.y * end.y < 0;
        for (uint32_t v = 0; v <= move->n_vias; v++) {
            const int32_t *tip = plan->moves.vias[move->via + v].tip_um;
            np_vec3 next = v < move->n_vias ? np_vec3_make(1e-3 * tip[0], 1e-3 * tip[1], 1e-3 * tip[2]) : end;
            for (int e = 0; e < NP_FACE_EYES; e++)
                if (distance_to_way(eyes[e], at, next) < NP_ARM_EYE_MM)
                    fail_msg("move %zu: %.1f mm from an eye", i, distance_to_way(eyes[e], at, next));
            at = next;
        }
    }
    assert_true(over > 0);
    np_plan_destroy(plan);
    np_case_destroy(c);
    np_scan_destroy(scan);
    np_scan_description_fini(&d);
}

static void no_move_passes_before_an_eye(void **state)
{
    (void)state;
    assert_eyes_are_kept_clear_of("");
}

/* A name that is accepted opens places to dots; where there are none it brings no way nearer to the eyes. */
static void what_is_accepted_alone_brings_no_move_nearer(void **state)
{
    (void)state;
    assert_eyes_are_kept_clear_of("accept: [face, brow, nose]\n");
}

static void an_unknown_name_cannot_be_accepted(void **state)
{
    (void)state;
    np_error err = {0};
    assert_int_equal(plan_at(crown, 25, "", "accept: [eye]\n", &err), NP_ERR_FORMAT);
    assert_non_null(strstr(err.text, "double-layer"));
}

/* What the outlines that come with the built-in heads hold is scalp. */
static void no_built_in_outline_touches_the_face(void **state)
{
    (void)state;
    for (int sex = 0; sex < 2; sex++)
        for (double percentile = 5; percentile <= 95; percentile += 45) {
            np_mesh m = {0};
            np_scan_description d = {0};
            np_scan *scan = NULL;
            assert_int_equal(np_head_create((np_case_sex)sex, percentile, &m, &d, NULL), NP_OK);
            assert_int_equal(np_scan_create_from_mesh(&m, &d.scan.landmarks, NULL, 0, &scan, NULL), NP_OK);
            for (unsigned i = 0; i < d.scalp_outline.n; i++)
                assert_int_equal(np_face_part_at(scan, d.scalp_outline.points[i]), NP_FACE_NONE);
            assert_int_equal(np_face_part_at(scan, d.scan.landmarks.glabella), NP_FACE_BROW);
            assert_int_equal(np_face_part_at(scan, d.scan.landmarks.tragion_right), NP_FACE_EAR);
            assert_near(np_face_chin_z_mm(scan) / np_vec3_distance(scan->landmarks.glabella, scan->landmarks.inion),
                        -0.572, 0.02);
            np_scan_destroy(scan);
            np_scan_description_fini(&d);
        }
}

#define ON_A_HEAD(test) cmocka_unit_test_setup_teardown(test, make_head, drop_head)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_HEAD(a_sound_head_is_planned),
        ON_A_HEAD(a_cap_of_hair_covers_the_skin),
        ON_A_HEAD(dots_without_room_are_left_out_while_they_are_few),
        ON_A_HEAD(a_strand_over_a_few_dots_counts_as_well),
        ON_A_HEAD(two_layers_leave_open_which_is_the_skin),
        ON_A_HEAD(a_hole_in_the_region_is_named),
        ON_A_HEAD(a_hole_beside_the_region_is_none_of_its_business),
        ON_A_HEAD(spikes_are_no_skin),
        ON_A_HEAD(a_region_with_the_glabella_inside_is_refused),
        ON_A_HEAD(more_than_a_scalp_is_refused),
        ON_A_HEAD(eyes_are_never_allowed),
        ON_A_HEAD(brow_nose_ear_and_nape_have_their_names),
        ON_A_HEAD(an_unknown_name_cannot_be_accepted),
        cmocka_unit_test(no_built_in_outline_touches_the_face),
        cmocka_unit_test(no_move_passes_before_an_eye),
        cmocka_unit_test(what_is_accepted_alone_brings_no_move_nearer),
    };
    return cmocka_run_group_tests(tests, NULL, fixture_remove);
}
