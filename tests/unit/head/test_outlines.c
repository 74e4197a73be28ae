/* The outlines that come with real scans, drawn on their surfaces. */
#include "../test.h"

#include <stdio.h>

#include "case/description.h"
#include "head/scan.h"
#include "surface/private/region.h"

#define SCANS NP_TEST_SOURCE_DIR "/../shared/scans/"

static void outlines_of_real_scans_hold_a_scalp(void **state)
{
    (void)state;
    const char *names[] = {SCANS "ict_head.yaml", SCANS "lee_perry_smith.yaml"};
    for (int i = 0; i < 2; i++) {
        FILE *f = fopen(names[i], "r");
        if (!f)
            skip();
        fclose(f);
        np_error err = {0};
        np_scan_description d = {0};
        np_scan *scan = NULL;
        np_region *region = NULL;
        assert_int_equal(np_scan_description_read(names[i], &d, &err), NP_OK);
        assert_int_equal(np_scan_create(&d.scan, NULL, &scan, &err), NP_OK);
        for (unsigned k = 0; k < d.scalp_outline.n; k++)
            d.scalp_outline.points[k] = np_scan_from_file(scan, d.scalp_outline.points[k]);
        np_curve *border = NULL;
        assert_int_equal(np_curve_create(&scan->surface, "outline", d.scalp_outline.points, d.scalp_outline.n, true,
                                         NULL, &border, &err),
                         NP_OK);
        assert_int_equal(np_region_create(&scan->surface, "scalp", border, NULL, &region, &err), NP_OK);
        assert_true(region->area_cm2 > 450);
        assert_true(region->area_cm2 < 650);
        np_surface_point p;
        assert_true(np_surface_nearest(&scan->surface, scan->landmarks.vertex, 5, &p));
        assert_true(np_region_distance_mm(region, &p) > 60);
        const np_vec3 bare[] = {scan->landmarks.glabella, scan->landmarks.tragion_left, scan->landmarks.tragion_right};
        for (int k = 0; k < 3; k++) {
            assert_true(np_surface_nearest(&scan->surface, bare[k], 5, &p));
            assert_true(np_region_distance_mm(region, &p) < -3);
        }
        np_region_destroy(region);
        np_scan_destroy(scan);
        np_scan_description_fini(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outlines_of_real_scans_hold_a_scalp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
