/* Named regions and patterns: where they lie, by the landmarks, and how large they are, on heads of all sizes and on real ones. */
#include "../test.h"

#include <stdio.h>

#include "case/description.h"
#include "head/face.h"
#include "head/outline.h"
#include "surface/private/region.h"

#define SCANS NP_TEST_SOURCE_DIR "/../shared/scans/"

static const char *const words[] = {"drawn",
#define WORD(id, key, word) key " " word,
                                    NP_CASE_NAMED_TABLE(WORD)
#undef WORD
};

static np_scan *built_in(np_case_sex sex, double percentile)
{
    np_error err = {0};
    np_scan *scan = NULL;
    np_case_scan source = {.sex = sex, .percentile = percentile};
    assert_int_equal(np_scan_create(&source, NULL, &scan, &err), NP_OK);
    return scan;
}

/* Head K of those that are tried; NULL for a real one that is not here. */
enum { HEADS = 8, BUILT_IN = 6 };
static np_scan *head(int k)
{
    static const char *const files[] = {SCANS "ict_head.yaml", SCANS "lee_perry_smith.yaml"};
    if (k < BUILT_IN)
        return built_in(k < 3 ? NP_CASE_SEX_M : NP_CASE_SEX_F, (double[]){5, 50, 95}[k % 3]);
    FILE *f = fopen(files[k - BUILT_IN], "r");
    if (!f)
        return NULL;
    fclose(f);
    np_error err = {0};
    np_scan_description d = {0};
    np_scan *scan = NULL;
    assert_int_equal(np_scan_description_read(files[k - BUILT_IN], &d, &err), NP_OK);
    assert_int_equal(np_scan_create(&d.scan, NULL, &scan, &err), NP_OK);
    np_scan_description_fini(&d);
    return scan;
}

static np_region *region(const np_scan *scan, np_case_named named, uint64_t seed)
{
    np_error err = {0};
    np_outline outline;
    np_curve *borders[NP_OUTLINE_MAX_LOOPS];
    np_region *made = NULL;
    if (np_outline_init(&outline, scan, named, seed, &err) != NP_OK)
        fail_msg("%s: %s", words[named], err.text);
    const np_vec3 *p = outline.points;
    for (size_t i = 0; i < outline.n_loops; p += outline.loop_n[i++])
        if (np_curve_create(&scan->surface, words[named], p, outline.loop_n[i], true, NULL, &borders[i], &err) != NP_OK)
            fail_msg("%s: %s", words[named], err.text);
    if (np_region_create_left(words[named], borders, outline.n_loops, &made, &err) != NP_OK)
        fail_msg("%s: %s", words[named], err.text);
    np_outline_fini(&outline);
    return made;
}

static double inside(const np_scan *scan, const np_region *r, np_vec3 point)
{
    np_surface_point p;
    assert_true(np_surface_nearest(&scan->surface, point, 20, &p));
    return np_region_distance_mm(r, &p);
}

/* Domain.md 2.6, on men of the 5th to the 95th percentile. */
static void patterns_have_the_areas_of_planning(void **state)
{
    (void)state;
    static const struct {
        np_case_named named;
        double least_cm2, most_cm2;
    } bands[] = {{NP_CASE_NAMED_NORWOOD_2, 15, 30},   {NP_CASE_NAMED_NORWOOD_3, 40, 70},
                 {NP_CASE_NAMED_NORWOOD_3V, 60, 100}, {NP_CASE_NAMED_NORWOOD_4, 100, 140},
                 {NP_CASE_NAMED_NORWOOD_5, 140, 200}, {NP_CASE_NAMED_NORWOOD_6, 200, 280},
                 {NP_CASE_NAMED_NORWOOD_7, 280, 380}};
    for (int k = 0; k < HEADS; k++) {
        np_scan *scan = k < 3 || k >= BUILT_IN ? head(k) : NULL;
        double give = k < BUILT_IN ? 1 : 1.1; /* real heads: a tenth more or less */
        for (size_t i = 0; scan && i < sizeof bands / sizeof *bands; i++) {
            np_region *r = region(scan, bands[i].named, 1);
            if (r->area_cm2 < bands[i].least_cm2 / give || r->area_cm2 > bands[i].most_cm2 * give)
                fail_msg("head %d: %s has %.1f cm2", k, words[bands[i].named], r->area_cm2);
            np_region_destroy(r);
        }
        np_scan_destroy(scan);
    }
}

static void the_grades_of_women_grow(void **state)
{
    (void)state;
    np_scan *scan = built_in(NP_CASE_SEX_F, 50);
    for (int n = NP_CASE_NAMED_LUDWIG_1; n < NP_CASE_NAMED_SINCLAIR_5; n++) {
        np_region *a = region(scan, (np_case_named)n, 1), *b = region(scan, (np_case_named)(n + 1), 1);
        if (n != NP_CASE_NAMED_LUDWIG_3)
            assert_true(b->area_cm2 > a->area_cm2 + 20);
        np_region_destroy(a);
        np_region_destroy(b);
    }
    np_scan_destroy(scan);
}

/* Scalps of domain.md 2.8 (452 to 500 cm2 above planes of the mean man) and what lies below these planes at the nape. */
static void the_parts_make_up_the_scalp(void **state)
{
    (void)state;
    for (int k = 0; k < HEADS; k++) {
        np_scan *scan = head(k);
        if (!scan)
            continue;
        np_region *whole = region(scan, NP_CASE_NAMED_SCALP, 1);
        double sum = 0;
        for (int n = NP_CASE_NAMED_FRONTAL; n <= NP_CASE_NAMED_NAPE; n++) {
            np_region *part = region(scan, (np_case_named)n, 1);
            sum += part->area_cm2;
            np_region_destroy(part);
        }
        assert_near(sum, whole->area_cm2, 0.02 * whole->area_cm2);
        assert_in_range((int)whole->area_cm2, 430, 650);
        if (k == 1)
            assert_near(whole->area_cm2, 567, 10);
        np_region_destroy(whole);
        np_scan_destroy(scan);
    }
}

static void check_side(const np_scan *scan, np_case_named left, np_case_named right)
{
    for (int k = 0; k < 2; k++) {
        np_region *r = region(scan, k ? right : left, 1);
        const np_curve *border = np_region_border(r);
        for (size_t i = 0; i < np_curve_count(border); i++)
            assert_true((k ? -1 : 1) * np_curve_points(border)[i].position.y > 20);
        np_region_destroy(r);
    }
}

/* Least and greatest coordinate of R's border along AXIS. */
static void span(const np_region *r, np_vec3 axis, double *out_least, double *out_most)
{
    const np_curve *border = np_region_border(r);
    *out_least = INFINITY, *out_most = -INFINITY;
    for (size_t i = 0; i < np_curve_count(border); i++) {
        double at = np_vec3_dot(np_curve_points(border)[i].position, axis);
        *out_least = fmin(*out_least, at);
        *out_most = fmax(*out_most, at);
    }
}

static void check_back(const np_scan *scan)
{
    np_region *crown = region(scan, NP_CASE_NAMED_CROWN, 1), *occipital = region(scan, NP_CASE_NAMED_OCCIPITAL, 1),
              *nape = region(scan, NP_CASE_NAMED_NAPE, 1);
    const np_vec3 up = {0.2, 0, 0.98};
    double least, most;
    for (size_t i = 0; i < scan->n_whorls; i++)
        assert_true(inside(scan, crown, scan->whorls[i]) > 35);
    assert_true(inside(scan, occipital, scan->landmarks.inion) > 0);
    assert_true(inside(scan, nape, scan->landmarks.inion) < 0);
    span(nape, up, &least, &most);
    assert_true(most < np_vec3_dot(scan->landmarks.inion, up) + 12);
    np_region_destroy(crown);
    np_region_destroy(occipital);
    np_region_destroy(nape);
}

static void check_top_and_sides(const np_scan *scan)
{
    np_region *frontal = region(scan, NP_CASE_NAMED_FRONTAL, 1),
              *parietal = region(scan, NP_CASE_NAMED_PARIETAL_LEFT, 1),
              *middle = region(scan, NP_CASE_NAMED_MIDSCALP, 1),
              *sideburn = region(scan, NP_CASE_NAMED_SIDEBURN_LEFT, 1);
    const np_vec3 glabella = scan->landmarks.glabella, ear = scan->landmarks.tragion_left, front = {1, 0, 0};
    assert_true(inside(scan, frontal, glabella) < -50);
    assert_true(inside(scan, frontal, np_vec3_add(glabella, np_vec3_make(-35, 0, 70))) > 5);
    assert_true(inside(scan, parietal, np_vec3_add(ear, np_vec3_make(-5, 5, 75))) > 10);
    assert_true(inside(scan, middle, np_vec3_make(32, 0, 128)) > 10);
    double least, most;
    span(sideburn, front, &least, &most);
    assert_true(least > ear.x + 5);
    assert_true(most < ear.x + 50);
    assert_true(inside(scan, sideburn, np_vec3_add(ear, np_vec3_make(25, 0, 20))) > 2);
    np_region_destroy(frontal);
    np_region_destroy(parietal);
    np_region_destroy(middle);
    np_region_destroy(sideburn);
}

static void regions_lie_where_they_should(void **state)
{
    (void)state;
    for (int k = 0; k < HEADS; k++) {
        np_scan *scan = head(k);
        if (!scan)
            continue;
        check_side(scan, NP_CASE_NAMED_TEMPLE_LEFT, NP_CASE_NAMED_TEMPLE_RIGHT);
        check_side(scan, NP_CASE_NAMED_SIDEBURN_LEFT, NP_CASE_NAMED_SIDEBURN_RIGHT);
        check_back(scan);
        check_top_and_sides(scan);
        np_scan_destroy(scan);
    }
}

static void none_holds_a_part_of_the_face(void **state)
{
    (void)state;
    for (int k = 1; k < HEADS; k += k < 4 ? 3 : k < BUILT_IN ? 2 : 1) { /* a man, a woman and the real ones */
        np_scan *scan = head(k);
        if (!scan)
            continue;
        const np_mesh *mesh = &scan->surface.mesh;
        for (int n = NP_CASE_NAMED_SCALP; n <= NP_CASE_NAMED_SINCLAIR_5; n++) {
            np_region *r = region(scan, (np_case_named)n, 1);
            for (size_t t = 0; t < mesh->n_triangles; t += 3) {
                const double w[3] = {1. / 3, 1. / 3, 1. / 3};
                np_surface_point p = np_mesh_point(mesh, scan->surface.normals, (uint32_t)t, w);
                if (np_face_part_at(scan, p.position) != NP_FACE_NONE && np_region_distance_mm(r, &p) > 0)
                    fail_msg("head %d: %s holds [%.0f, %.0f, %.0f]", k, words[n], p.position.x, p.position.y,
                             p.position.z);
            }
            np_region_destroy(r);
        }
        np_scan_destroy(scan);
    }
}

static void two_pieces_are_one_region(void **state)
{
    (void)state;
    np_scan *scan = built_in(NP_CASE_SEX_M, 50);
    np_region *both = region(scan, NP_CASE_NAMED_NORWOOD_3V, 1), *front = region(scan, NP_CASE_NAMED_NORWOOD_3, 1);
    const np_vec3 forelock = np_vec3_add(scan->landmarks.glabella, np_vec3_make(-25, 0, 63));
    assert_true(inside(scan, both, scan->whorls[0]) > 15);
    assert_near(inside(scan, both, forelock), inside(scan, front, forelock), 1e-9);
    assert_true(inside(scan, both, forelock) > 5);
    assert_true(inside(scan, both, np_vec3_make(32, 0, 128)) < -10); /* the bridge */
    assert_true(both->area_cm2 > front->area_cm2 + 15);
    np_region_destroy(both);
    np_region_destroy(front);
    np_scan_destroy(scan);
}

/* The crown goes with the whorl, wherever it is. */
static void the_crown_follows_the_whorl(void **state)
{
    (void)state;
    np_scan *scan = built_in(NP_CASE_SEX_M, 50);
    for (int k = 0; k < 5; k++) {
        np_surface_point p;
        double side = (k - 2) * 15;
        assert_true(np_surface_nearest(&scan->surface, np_vec3_make(-75 + fabs(side), side, 105), 50, &p));
        scan->whorls[0] = p.position;
        np_region *crown = region(scan, NP_CASE_NAMED_CROWN, 1);
        assert_true(inside(scan, crown, p.position) > 30);
        np_region_destroy(crown);
    }
    np_scan_destroy(scan);
}

/* No seed makes a border that crosses itself, the same one makes the same, and others differ as skin does. */
static void borders_are_irregular_and_sound(void **state)
{
    (void)state;
    np_scan *scan = built_in(NP_CASE_SEX_M, 50);
    np_error err = {0};
    np_outline first, again, other;
    static const np_case_named tried[] = {NP_CASE_NAMED_SCALP, NP_CASE_NAMED_NORWOOD_4, NP_CASE_NAMED_TEMPLE_RIGHT};
    for (uint64_t seed = 1; seed <= 40; seed++)
        np_region_destroy(region(scan, tried[seed % 3], seed));
    assert_int_equal(np_outline_init(&first, scan, NP_CASE_NAMED_CROWN, 1, &err), NP_OK);
    assert_int_equal(np_outline_init(&again, scan, NP_CASE_NAMED_CROWN, 1, &err), NP_OK);
    assert_int_equal(np_outline_init(&other, scan, NP_CASE_NAMED_CROWN, 2, &err), NP_OK);
    assert_int_equal(first.loop_n[0], other.loop_n[0]);
    assert_memory_equal(first.points, again.points, first.loop_n[0] * sizeof *first.points);
    double sum = 0, most = 0;
    for (size_t i = 0; i < first.loop_n[0]; i++) {
        double off = np_vec3_distance(first.points[i], other.points[i]);
        sum += off * off;
        most = fmax(most, off);
    }
    double mean = sqrt(sum / (double)first.loop_n[0]);
    assert_true(mean > 1);
    assert_true(most < 10);
    np_outline_fini(&first);
    np_outline_fini(&again);
    np_outline_fini(&other);
    np_scan_destroy(scan);
}

/* Named curves and points: in the hair, and the facelift's before the left ear. */
static void scars_lie_on_the_scalp(void **state)
{
    (void)state;
    for (int k = 0; k < HEADS; k++) {
        np_scan *scan = head(k);
        if (!scan)
            continue;
        np_region *scalp = region(scan, NP_CASE_NAMED_SCALP, 1);
        for (int n = NP_CASE_NAMED_FUT_SCAR; n < NP_CASE_NAMED_COUNT; n++) {
            np_error err = {0};
            np_outline scar;
            assert_int_equal(np_outline_init(&scar, scan, (np_case_named)n, 1, &err), NP_OK);
            assert_int_equal(scar.n_loops, 1);
            for (size_t i = 0; i < scar.loop_n[0]; i++)
                assert_true(inside(scan, scalp, scar.points[i]) > (n == NP_CASE_NAMED_FACELIFT_SCAR ? -8 : 5));
            if (n == NP_CASE_NAMED_FUE_SCARS)
                assert_int_equal(scar.loop_n[0], 48);
            np_outline_fini(&scar);
        }
        np_region_destroy(scalp);
        np_scan_destroy(scan);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_have_the_areas_of_planning),
        cmocka_unit_test(the_grades_of_women_grow),
        cmocka_unit_test(the_parts_make_up_the_scalp),
        cmocka_unit_test(regions_lie_where_they_should),
        cmocka_unit_test(none_holds_a_part_of_the_face),
        cmocka_unit_test(two_pieces_are_one_region),
        cmocka_unit_test(the_crown_follows_the_whorl),
        cmocka_unit_test(borders_are_irregular_and_sound),
        cmocka_unit_test(scars_lie_on_the_scalp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
