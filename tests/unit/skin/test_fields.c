/* The law by which deposits add, against Monte Carlo of whole fields (fields.csv), in which every deposit shades all others. */
#include "../test.h"

#include <stdio.h>

#include "skin/optics.h"

static void fields_agree_with_monte_carlo(void **state)
{
    (void)state;
    FILE *f = fopen(NP_TEST_SOURCE_DIR "/tests/unit/skin/fields.csv", "r");
    assert_non_null(f);
    char line[256];
    double sum[2] = {0}, worst[2] = {0};
    int n[2] = {0};
    while (fgets(line, sizeof line, f)) {
        char kind[16];
        int held_out, skin_class;
        double per_cm2, share[3], rgb[3], model[3], area[3];
        np_skin_column column = {0};
        if (sscanf(line, "%15[a-z],%d,%lf,%lf,%lf,%lf,%d,%lf,%lf,%lf", kind, &held_out, &per_cm2, &column.diameter_mm,
                   &column.foot_mm, &column.mu_per_mm, &skin_class, &share[0], &share[1], &share[2]) != 10)
            continue;
        column.kind = strcmp(kind, "fresh") ? NP_SKIN_HEALED : NP_SKIN_FRESH;
        np_lab skin = np_skin_class_lab((np_skin_class)skin_class);
        np_skin_mark mark;
        np_skin_column_mark(&column, skin, &mark);
        np_skin_mark_area(&mark, area);
        np_colour_lab_to_rgb(skin, rgb);
        np_skin_field(rgb, area, per_cm2 / 100, model);
        double traced[3] = {rgb[0] * share[0], rgb[1] * share[1], rgb[2] * share[2]};
        double de = np_colour_difference(np_colour_rgb_to_lab(traced), np_colour_rgb_to_lab(model));
        sum[held_out] += de;
        worst[held_out] = fmax(worst[held_out], de);
        n[held_out]++;
    }
    fclose(f);
    for (int h = 0; h < 2; h++)
        print_message("%s: %d fields, dE00 mean %.3f, worst %.3f\n", h ? "held out" : "on the grid", n[h],
                      sum[h] / n[h], worst[h]);
    const double most[2] = {1.5, 2}, mean[2] = {0.15, 0.30};
    for (int h = 0; h < 2; h++) {
        assert_true(n[h] > 100);
        assert_true(worst[h] <= most[h]);
        assert_true(sum[h] / n[h] <= mean[h]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(fields_agree_with_monte_carlo)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
