#include "scan/head.h"

#include "scan/scan.h"

#include "../test.h"

static void landmarks_lie_on_the_surface_and_make_the_frame(void **state)
{
    (void)state;
    for (int sex = 0; sex < 2; sex++) {
        np_case_scan source = {.sex = (np_case_sex)sex, .percentile = 50};
        np_scan *scan;
        np_error err = {0};
        assert_int_equal(np_scan_create(&source, NULL, &scan, &err), NP_OK);
        const np_case_landmarks *l = &scan->landmarks;
        assert_near(l->tragion_left.x, 0, 1e-6);
        assert_near(l->tragion_left.z, 0, 1e-6);
        assert_near(l->tragion_left.y + l->tragion_right.y, 0, 1e-6);
        assert_true(l->tragion_left.y > 60);
        assert_near(l->glabella.z, l->inion.z, 1e-6);
        assert_true(l->glabella.x > 90 && l->inion.x < -80 && l->vertex.z > 110);
        assert_int_equal(scan->n_whorls, 1);
        np_scan_destroy(scan);
    }
}

static void percentiles_out_of_range_are_refused(void **state)
{
    (void)state;
    const double bad[] = {4.9, 95.1, -1, NAN};
    for (int i = 0; i < 4; i++) {
        np_mesh mesh;
        np_scan_description description;
        np_error err = {0};
        assert_int_equal(np_head_create(NP_CASE_SEX_F, bad[i], &mesh, &description, &err), NP_ERR_INVALID);
        assert_non_null(strstr(err.text, "5 to 95"));
        assert_null(mesh.vertices);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(landmarks_lie_on_the_surface_and_make_the_frame),
        cmocka_unit_test(percentiles_out_of_range_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
