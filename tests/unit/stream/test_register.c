/* Registration: motions are found again, and bad fiducials are told by their fault. */
#include "stream/register.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/rng.h"

#include "../test.h"

enum { N = 6 };
static char *const names[N] = {"glabella", "inion", "left", "right", "vertex", "chin"};
static const np_vec3 head[N] = {{95, 0, 40}, {-95, 2, 5}, {0, 72, 0}, {1, -71, 0}, {-5, 0, 131}, {80, 1, -90}};

static np_fiducial points[N];

/* Fiducials moved by MOTION, with NOISE_MM of measuring error; they lie in points, until the next call. */
static np_fiducials make(const np_registration *motion, double noise_mm, uint64_t seed)
{
    for (unsigned i = 0; i < N; i++) {
        np_vec3 e = {np_rng_normal(seed, 1, i, 0), np_rng_normal(seed, 1, i, 1), np_rng_normal(seed, 1, i, 2)};
        points[i] = (np_fiducial){names[i], head[i], np_vec3_mad(np_registration_apply(motion, head[i]), e, noise_mm)};
    }
    return (np_fiducials){points, N, 1.0};
}

static np_registration motion_of(uint64_t seed)
{
    np_registration m = {0};
    double n = 0;
    for (unsigned k = 0; k < 4; k++) {
        m.rotation[k] = np_rng_normal(seed, 2, k, 0);
        n += m.rotation[k] * m.rotation[k];
    }
    for (unsigned k = 0; k < 4; k++)
        m.rotation[k] /= sqrt(n);
    m.translation = np_vec3_make(np_rng_normal(seed, 2, 4, 0) * 300, np_rng_normal(seed, 2, 5, 0) * 300, 400);
    return m;
}

static void motions_are_found_again(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        np_registration truth = motion_of(seed), found;
        np_fiducials f = make(&truth, 0, seed);
        np_error err = {0};
        double residual[N];
        assert_int_equal(np_register(&f, &found, residual, &err), NP_OK);
        assert_true(found.worst_mm < 1e-9);
        np_vec3 p = {12, -60, 99};
        assert_true(np_vec3_distance(np_registration_apply(&found, p), np_registration_apply(&truth, p)) < 1e-9);
        f = make(&truth, 0.2, seed);
        assert_int_equal(np_register(&f, &found, residual, &err), NP_OK);
        assert_true(found.rms_mm > 0.01);
        assert_true(found.rms_mm < 0.5);
        assert_true(np_vec3_distance(np_registration_apply(&found, p), np_registration_apply(&truth, p)) < 0.8);
        assert_near(residual[found.worst], found.worst_mm, 0);
        np_wire_pose pose = np_registration_to_wire(&found);
        assert_near(pose.rotation_ppm[0] * 1e-6, found.rotation[0], 6e-7);
        assert_near(pose.translation_um[1] * 1e-3, found.translation.y, 6e-4);
    }
}

/* From the file to the wire in one: a head turned by 90 degrees about z. */
static void files_are_read_and_registered(void **state)
{
    (void)state;
    char path[] = "/tmp/np-test-fiducials-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    const char *format = "limit_mm: 1.0\nfiducials:\n"
                         "  - {name: a, head: [90, 0, 0], arm: [5, 90, 0]}\n"
                         "  - {name: b, head: [0, 70, 0], arm: [-65, 0, 0]}\n"
                         "  - {name: c, head: [0, 0, 130], arm: [5, 0, %d]}\n"
                         "  - {name: d, head: [-90, 0, 0], arm: [5, -90, 0]}\n";
    np_registration found;
    np_error err = {0};
    dprintf(file, format, 130);
    assert_int_equal(np_registration_read(path, &found, &err), NP_OK);
    np_wire_pose pose = np_registration_to_wire(&found);
    assert_int_equal(pose.rotation_ppm[0], 707107);
    assert_int_equal(pose.rotation_ppm[3], 707107);
    assert_int_equal(pose.translation_um[0], 5000);
    assert_int_equal(ftruncate(file, 0) | (int)lseek(file, 0, SEEK_SET), 0);
    dprintf(file, format, 160);
    assert_int_equal(np_registration_read(path, &found, &err), NP_ERR_UNSAFE);
    assert_non_null(strstr(err.text, path));
    close(file);
    remove(path);
    assert_int_not_equal(np_registration_read(path, &found, &err), NP_OK);
}

static void a_bad_fiducial_is_named(void **state)
{
    (void)state;
    np_registration truth = motion_of(7), found;
    np_fiducials f = make(&truth, 0.1, 7);
    np_error err = {0};
    points[4].arm.z += 15;
    assert_int_equal(np_register(&f, &found, NULL, &err), NP_ERR_UNSAFE);
    assert_non_null(strstr(err.text, "'vertex'"));
    assert_non_null(strstr(err.text, "limit is 1.00 mm"));
}

static void mirrored_and_collinear_sets_are_refused(void **state)
{
    (void)state;
    np_registration truth = motion_of(9), found;
    np_fiducials f = make(&truth, 0.1, 9);
    np_error err = {0};
    for (unsigned i = 0; i < N; i++)
        points[i].arm.x = -points[i].arm.x;
    assert_int_equal(np_register(&f, &found, NULL, &err), NP_ERR_GEOMETRY);
    assert_non_null(strstr(err.text, "mirror image"));
    for (unsigned i = 0; i < N; i++)
        points[i].head = np_vec3_make(20.0 * i, i, 0);
    assert_int_equal(np_register(&f, &found, NULL, &err), NP_ERR_GEOMETRY);
    assert_non_null(strstr(err.text, "one line"));
    for (unsigned i = 0; i < N; i++)
        points[i].head = np_vec3_make(1, 2, 3);
    assert_int_equal(np_register(&f, &found, NULL, &err), NP_ERR_GEOMETRY);
    f.n = 2;
    assert_int_equal(np_register(&f, &found, NULL, &err), NP_ERR_GEOMETRY);
    assert_non_null(strstr(err.text, "at least 4"));
}

/* Left and right taken for each other: a flat set fits as a head that is turned over, whatever way it lies. */
static void flat_sets_are_refused_as_their_mirror_image_fits_as_well(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 50; seed++) {
        np_registration truth = motion_of(seed), found;
        np_fiducials f = make(&truth, 0.1, seed);
        np_error err = {0};
        f.n = 3;
        assert_int_equal(np_register(&f, &found, NULL, &err), NP_ERR_GEOMETRY);
        assert_non_null(strstr(err.text, "three fiducials lie in one plane"));
        f.n = N;
        for (unsigned i = 0; i < N; i++) {
            points[i].head = np_vec3_make(head[i].x, head[i].y, head[i].z / 130 * 9);
            points[i].arm = np_registration_apply(&truth, points[i].head);
        }
        assert_int_equal(np_register(&f, &found, NULL, &err), NP_ERR_GEOMETRY);
        assert_non_null(strstr(err.text, "near one plane"));
    }
}

/* Not only where its residuals are above the limit: a shallow set fits its mirror image within some millimetres. */
static void mirror_images_are_refused_within_the_limit(void **state)
{
    (void)state;
    unsigned within = 0;
    for (uint64_t seed = 0; seed < 50; seed++) {
        np_registration truth = motion_of(seed), found;
        np_error err = {0};
        for (int mirrored = 0; mirrored < 2; mirrored++) {
            np_fiducials f = make(&truth, 0.3, seed);
            f.n = 4;
            f.limit_mm = 10;
            for (unsigned i = 0; i < f.n; i++) {
                points[i].head.z = i == 0 ? 14 : 0;
                np_vec3 at = points[i].head;
                if (mirrored)
                    at.y = -at.y;
                points[i].arm = np_registration_apply(&truth, at);
            }
            np_status status = np_register(&f, &found, NULL, &err);
            assert_int_equal(status, NP_ERR_GEOMETRY); /* so wide a limit lets it fit itself turned, too */
            assert_non_null(strstr(err.text, mirrored ? "mirror image" : "fit themselves"));
            within += mirrored && found.worst_mm < f.limit_mm;
        }
    }
    assert_true(within == 50); /* else nothing is shown */
}

/* Front, back, left, right and vertex, each with its opposite's name: the head would lie the other way round at 0.000 mm. */
static void sets_that_fit_themselves_are_refused(void **state)
{
    (void)state;
    static const np_vec3 cross[] = {{95, 0, 0}, {-95, 0, 0}, {0, 75, 0}, {0, -75, 0}, {0, 0, 130}};
    for (uint64_t seed = 0; seed < 50; seed++) {
        np_registration truth = motion_of(seed), found;
        np_fiducials f = make(&truth, 0.2, seed);
        np_error err = {0};
        assert_int_equal(np_register(&f, &found, NULL, &err), NP_OK);
        f.n = sizeof cross / sizeof *cross;
        for (int aside_mm = 0; aside_mm <= 20; aside_mm += 20) {
            for (unsigned i = 0; i < f.n; i++) {
                points[i].head = cross[i];
                points[i].head.y += i == 0 ? aside_mm : 0;
                points[i].arm = np_registration_apply(&truth, points[i].head);
            }
            assert_int_equal(np_register(&f, &found, NULL, &err), aside_mm ? NP_OK : NP_ERR_GEOMETRY);
        }
        assert_non_null(strstr(err.text, "fit themselves"));
    }
    np_fiducials axes = {points, 4, 1};
    np_registration found;
    np_error err = {0};
    for (unsigned i = 0; i < 4; i++)
        points[i].arm = points[i].head = np_vec3_make(i == 0 ? 90 : 0, i == 1 ? 90 : 0, i == 2 ? 90 : 0);
    assert_int_equal(np_register(&axes, &found, NULL, &err), NP_ERR_GEOMETRY); /* a third of a turn about (1, 1, 1) */
}

static void people_are_told_how_the_head_lies(void **state)
{
    (void)state;
    char text[NP_REGISTRATION_TEXT_BYTES];
    np_registration turned = {.rotation = {sqrt(0.5), 0, 0, sqrt(0.5)}}; /* by 90 degrees about z */
    np_registration_say(&turned, text);
    assert_non_null(strstr(text, "the face looks along [0.00, 1.00, 0.00]"));
    assert_non_null(strstr(text, "the top of the head lies towards [0.00, 0.00, 1.00]"));
}

static void other_units_are_named(void **state)
{
    (void)state;
    static const struct {
        double factor;
        const char *says;
    } rows[] = {{0.001, "the arm's points are 1000 times closer together than the head's: they seem to be in metres"},
                {1000, "the head's points are 1000 times closer together than the arm's: they seem to be in metres"},
                {0.1, "in centimetres"},
                {1 / 25.4, "in inches"}};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        np_registration truth = motion_of(r), found;
        np_fiducials f = make(&truth, 0.1, r);
        np_error err = {0};
        for (unsigned i = 0; i < N; i++)
            points[i].arm = np_vec3_scale(points[i].arm, rows[r].factor);
        assert_int_equal(np_register(&f, &found, NULL, &err), NP_ERR_GEOMETRY);
        if (!strstr(err.text, rows[r].says))
            fail_msg("%s", err.text);
    }
}

/* A scale error of 1 % stays below a limit of 1.5 mm a point, and puts dots a millimetre off. */
static void an_error_of_scale_is_named(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 50; seed++) {
        np_registration truth = motion_of(seed), found;
        np_fiducials f = make(&truth, 0.1, seed);
        np_error err = {0};
        f.limit_mm = 1.5;
        for (unsigned i = 0; i < N; i++)
            points[i].arm = np_vec3_scale(points[i].arm, seed % 2 ? 1.01 : 0.99);
        assert_int_equal(np_register(&f, &found, NULL, &err), NP_ERR_UNSAFE);
        if (!strstr(err.text, seed % 2 ? "farther apart" : "closer together"))
            fail_msg("%s", err.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(motions_are_found_again),
        cmocka_unit_test(files_are_read_and_registered),
        cmocka_unit_test(a_bad_fiducial_is_named),
        cmocka_unit_test(other_units_are_named),
        cmocka_unit_test(an_error_of_scale_is_named),
        cmocka_unit_test(mirrored_and_collinear_sets_are_refused),
        cmocka_unit_test(flat_sets_are_refused_as_their_mirror_image_fits_as_well),
        cmocka_unit_test(mirror_images_are_refused_within_the_limit),
        cmocka_unit_test(sets_that_fit_themselves_are_refused),
        cmocka_unit_test(people_are_told_how_the_head_lies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
