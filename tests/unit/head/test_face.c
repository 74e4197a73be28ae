/* Landmarks of the face's midline: a glabella that was marked elsewhere is refused where the scan shows it, and shrinks nothing where it does not. */
#include "head/face.h"

#include "case/description.h"
#include "head_files.h"
#include "surface/ply.h"

static const char *const real[] = {NP_TEST_SOURCE_DIR "/../shared/scans/ict_head.yaml",
                                   NP_TEST_SOURCE_DIR "/../shared/scans/lee_perry_smith.yaml"};
enum { BUILT_IN = 6, HEADS = BUILT_IN + sizeof real / sizeof real[0] };

/* A good head: its file, in the built-in heads' case written new, and what it is without any error in its landmarks. */
typedef struct good {
    np_scan_description d;
    np_scan *scan;
} good;

/* Head I of HEADS; false if it is a real one that is not there. */
static bool make_good(int i, good *out)
{
    *out = (good){0};
    if (i >= BUILT_IN) {
        if (access(real[i - BUILT_IN], R_OK) != 0)
            return false;
        assert_int_equal(np_scan_description_read(real[i - BUILT_IN], &out->d, NULL), NP_OK);
    } else {
        np_mesh mesh;
        assert_int_equal(np_head_create(i % 2 ? NP_CASE_SEX_F : NP_CASE_SEX_M, 5 + 45 * (i / 2), &mesh, &out->d, NULL),
                         NP_OK);
        free(out->d.scan.file);
        out->d.scan.file = strdup(in_folder("head.ply"));
        assert_int_equal(np_mesh_write_ply(&mesh, out->d.scan.file, NULL), NP_OK);
        np_mesh_fini(&mesh);
    }
    out->scan = load(&out->d.scan);
    return true;
}

static void drop_good(good *g)
{
    np_scan_destroy(g->scan);
    np_scan_description_fini(&g->d);
}

/* The skin UP_MM over the true glabella and LEFT_MM beside it, seen from the front; head frame. */
static np_vec3 skin_at(const good *g, double up_mm, double left_mm)
{
    np_vec3 anterior, up;
    np_surface_point hit;
    np_head_axes(&anterior, &up);
    np_vec3 from = np_vec3_mad(np_vec3_mad(g->scan->landmarks.glabella, up, up_mm), anterior, 100);
    from.y += left_mm;
    assert_true(np_surface_ray(&g->scan->surface, from, np_vec3_scale(anterior, -1), 300, &hit));
    return hit.position;
}

/* G's source with the glabella UP_MM over where it is. */
static np_case_scan marked_at(const good *g, double up_mm)
{
    np_case_scan source = g->d.scan;
    source.landmarks.nasion = source.landmarks.pronasale = (np_vec3){0, 0, 0};
    source.landmarks.glabella = np_scan_to_file(g->scan, skin_at(g, up_mm, 0));
    return source;
}

static void assert_refused(const np_case_scan *source, const char *word, const char *other)
{
    np_scan *scan;
    np_error err = {0};
    np_status got = np_scan_create(source, NULL, &scan, &err);
    if (got != NP_ERR_INVALID || !strstr(err.text, word) || !strstr(err.text, other) || !strstr(err.text, source->file))
        fail_msg("status %d, text \"%s\"; expected \"%s\" and \"%s\"", (int)got, err.text, word, other);
    assert_null(scan);
}

/* A glabella at the nasion (15 to 18 mm under it), on the nose, on the forehead. */
static void a_glabella_that_is_none_is_refused(void **state)
{
    (void)state;
    const double off_mm[] = {-15, -17, -20, 30};
    for (int i = 0; i < HEADS; i++) {
        good g;
        if (!make_good(i, &g))
            continue;
        for (size_t k = 0; k < sizeof off_mm / sizeof off_mm[0]; k++) {
            np_case_scan source = marked_at(&g, off_mm[k]);
            assert_refused(&source, "landmark glabella lies", off_mm[k] < 0 ? "mm higher" : "mm lower");
        }
        drop_good(&g);
    }
}

/* How far the true eyes of G are from the nearer of where SCAN has them; in mm, as the file is. */
static double eyes_off_mm(const good *g, const np_scan *scan)
{
    np_vec3 known[NP_FACE_EYES], eyes[NP_FACE_EYES];
    np_face_eyes(g->scan, known);
    np_face_eyes(scan, eyes);
    double off = 0;
    for (int e = 0; e < 2; e++)
        off = fmax(off, fmin(np_vec3_distance(np_scan_to_file(g->scan, known[e]), np_scan_to_file(scan, eyes[e])),
                             np_vec3_distance(np_scan_to_file(g->scan, known[e]), np_scan_to_file(scan, eyes[e + 2]))));
    return off;
}

/* Brows, the space between both, and the eyes up to LID_UP_MM over the true glabella, by the true landmarks. */
static void assert_face_is_forbidden(const good *g, const np_scan *scan, double lid_up_mm)
{
    const struct {
        double up, left;
        bool eye;
    } places[] = {{-13, 31, true},  {-13, -31, true}, {lid_up_mm, 31, true}, {lid_up_mm, -31, true}, {4, 30, false},
                  {-20, 20, true},  {-24, 31, true},  {-30, -31, true},      {-34, 40, true},        {-36, -26, true},
                  {10, -30, false}, {14, 30, false},  {14, -15, false},      {18, 0, false},         {6, 45, false}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        np_vec3 on = skin_at(g, places[i].up, places[i].left);
        if (on.x < 30) /* the back of the head, through the hole between the lids of an open eye */
            continue;
        np_vec3 p = np_scan_to_file(g->scan, on);
        np_face_part part = np_face_part_at(scan, np_scan_from_file(scan, p));
        if (part == NP_FACE_NONE || (places[i].eye && part != NP_FACE_EYE))
            fail_msg("%.0f mm up, %.0f beside: part %d", places[i].up, places[i].left, (int)part);
    }
}

/* The middles of openings as the files have them: ict_head's are the borders of two holes, lee_perry_smith's is on the closed slit, the built-in man's is the apex
 * of the left eye's bulge. */
static void eyes_are_where_they_are(void **state)
{
    (void)state;
    static const struct {
        int head;
        np_vec3 eye;
    } known[] = {{2, {86, 31, -7}},
                 {BUILT_IN, {31.7, 34.8, 90.7}},
                 {BUILT_IN, {-31.7, 34.8, 90.7}},
                 {BUILT_IN + 1, {25, 79.5, 95.4}}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        good g;
        if (!make_good(known[i].head, &g))
            continue;
        for (double off_mm = -8; off_mm <= 8; off_mm += 4) {
            np_case_scan source = marked_at(&g, off_mm);
            np_scan *scan = load(&source);
            np_vec3 eyes[NP_FACE_EYES], eye = np_scan_from_file(scan, known[i].eye);
            np_face_eyes(scan, eyes);
            double least = INFINITY;
            for (int e = 0; e < NP_FACE_EYES; e++)
                least = fmin(least, np_vec3_distance(eyes[e], eye));
            if (least > (off_mm == 0 ? 5 : 7))
                fail_msg("eye %zu, glabella %.0f mm off: %.1f mm", i, off_mm, least);
            np_surface_point on;
            assert_true(np_surface_nearest(&scan->surface, eye, 15, &on));
            assert_int_equal(np_face_part_at(scan, on.position), NP_FACE_EYE);
            np_scan_destroy(scan);
        }
        drop_good(&g);
    }
}

static void a_glabella_a_few_millimetres_off_moves_no_eye_far(void **state)
{
    (void)state;
    for (int i = 0; i < HEADS; i++) {
        good g;
        if (!make_good(i, &g))
            continue;
        assert_face_is_forbidden(&g, g.scan, -6);
        for (double off_mm = -8; off_mm <= 8; off_mm += 4) {
            np_case_scan source = marked_at(&g, off_mm);
            np_scan *scan = load(&source);
            if (eyes_off_mm(&g, scan) > 9)
                fail_msg("head %d, %.0f mm: eyes %.1f mm off", i, off_mm, eyes_off_mm(&g, scan));
            assert_face_is_forbidden(&g, scan, -9);
            np_scan_destroy(scan);
        }
        drop_good(&g);
    }
}

/* G's file without what is in front of the cheeks under HEIGHT_MM over the glabella and 25 mm to both sides: nose and brows. */
static void cut_the_nose_off(good *g, double height_mm)
{
    np_vec3 anterior, up;
    np_head_axes(&anterior, &up);
    np_mesh mesh;
    assert_int_equal(np_scan_unsmoothed(g->scan, &mesh, NULL), NP_OK);
    size_t kept = 0;
    for (size_t t = 0; t < mesh.n_triangles; t++) {
        np_vec3 off = np_vec3_sub(mesh.vertices[mesh.triangles[t].v[0]], g->scan->landmarks.glabella);
        double over = np_vec3_dot(off, up);
        if (!(np_vec3_dot(off, anterior) > -40 && over < height_mm && over > -70 && fabs(off.y) < 25))
            mesh.triangles[kept++] = mesh.triangles[t];
    }
    assert_true(kept < mesh.n_triangles);
    mesh.n_triangles = kept;
    for (size_t i = 0; i < mesh.n_vertices; i++)
        mesh.vertices[i] = np_scan_to_file(g->scan, mesh.vertices[i]);
    free(g->d.scan.file);
    g->d.scan.file = strdup(in_folder("noseless.ply"));
    assert_int_equal(np_mesh_write_ply(&mesh, g->d.scan.file, NULL), NP_OK);
    np_mesh_fini(&mesh);
}

static bool shows_a_nose(const np_scan *scan)
{
    return !isnan(scan->nose_root_up_mm);
}

/* Without a nose in the scan nobody can tell: the face does not shrink. */
static void without_a_nose_the_face_is_not_smaller(void **state)
{
    (void)state;
    for (int i = 0; i < HEADS; i++) {
        good g;
        if (!make_good(i, &g))
            continue;
        assert_true(shows_a_nose(g.scan));
        cut_the_nose_off(&g, -22);
        for (double off_mm = -18; off_mm <= 18; off_mm += 6) {
            np_case_scan source = marked_at(&g, off_mm);
            np_scan *scan = load(&source);
            assert_false(shows_a_nose(scan));
            if (eyes_off_mm(&g, scan) > 14)
                fail_msg("head %d, %.0f mm: eyes %.1f mm off", i, off_mm, eyes_off_mm(&g, scan));
            assert_face_is_forbidden(&g, scan, -11);
            np_scan_destroy(scan);
        }
        drop_good(&g);
    }
}

static void nasion_and_pronasale_are_compared_where_they_are_given(void **state)
{
    (void)state;
    good g;
    assert_true(make_good(0, &g));
    np_case_scan source = marked_at(&g, 0);
    np_case_landmarks *l = &source.landmarks;
    np_vec3 glabella = l->glabella, nasion = np_scan_to_file(g.scan, skin_at(&g, -17, 0)),
            pronasale = np_scan_to_file(g.scan, skin_at(&g, -56, 0));
    l->nasion = nasion;
    l->pronasale = pronasale;
    np_scan_destroy(load(&source));
    l->nasion = glabella;
    assert_refused(&source, "glabella lies 0 mm above nasion", "expected 5 to 30");
    l->nasion = pronasale;
    assert_refused(&source, "above nasion", "mark again");
    l->nasion = (np_vec3){0, 0, 0};
    l->pronasale = nasion;
    assert_refused(&source, "above pronasale", "expected 30 to 90");
    l->nasion = nasion;
    l->pronasale = np_scan_to_file(g.scan, skin_at(&g, -24, 0));
    assert_refused(&source, "above pronasale", "mark again");
    drop_good(&g);
}

static void landmarks_beside_the_midline_are_named(void **state)
{
    (void)state;
    good g;
    assert_true(make_good(1, &g));
    np_case_scan source = g.d.scan;
    source.landmarks.glabella = np_scan_to_file(g.scan, skin_at(&g, 0, 20));
    assert_refused(&source, "glabella lies", "left of the middle");
    drop_good(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_glabella_that_is_none_is_refused),
        cmocka_unit_test(eyes_are_where_they_are),
        cmocka_unit_test(a_glabella_a_few_millimetres_off_moves_no_eye_far),
        cmocka_unit_test(without_a_nose_the_face_is_not_smaller),
        cmocka_unit_test(nasion_and_pronasale_are_compared_where_they_are_given),
        cmocka_unit_test(landmarks_beside_the_midline_are_named),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
