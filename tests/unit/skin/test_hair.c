/* Shaved hair: the light that its chain takes is what was traced, and hair is darker than a healed dot. */
#include "../test.h"

#include "skin/deposit.h"
#include "skin/hair.h"

/* Light that a whole hair takes, mm2: the chain seen as one plane of marks, integrated on a grid of 0.02 mm. */
static void lost_light(np_skin_hair hair, double elevation_deg, double out[3])
{
    double offset[NP_SKIN_HAIR_PARTS];
    np_skin_mark marks[NP_SKIN_HAIR_PARTS];
    np_skin_hair_marks(hair, elevation_deg, NP_SKIN_HAIR_DIAMETER_MM, np_skin_class_lab(NP_SKIN_LIGHT), offset, marks);
    out[0] = out[1] = out[2] = 0;
    const double step = 0.02;
    for (double y = step / 2; y < 4; y += step)
        for (double x = -7 + step / 2; x < 4; x += step) {
            double s[3] = {0};
            for (int i = 0; i < NP_SKIN_HAIR_PARTS; i++)
                for (int k = 0; k < NP_SKIN_GAUSSIANS; k++) {
                    double v = marks[i].sigma_mm[k] * marks[i].sigma_mm[k],
                           r2 = (x - offset[i]) * (x - offset[i]) + y * y;
                    double g = exp(-r2 / (2 * v)) / (2 * 3.14159265358979 * v);
                    for (int c = 0; c < 3; c++)
                        s[c] += g * marks[i].area_mm2[k][c];
                }
            for (int c = 0; c < 3; c++)
                out[c] += 2 * step * step * (1 - exp(-s[c]));
        }
}

static void chain_takes_what_was_traced(void **state)
{
    (void)state;
    for (int h = 0; h < NP_SKIN_HAIRS; h++) {
        double found[3], traced[3];
        lost_light((np_skin_hair)h, 45, found);
        np_skin_hair_area((np_skin_hair)h, np_skin_class_lab(NP_SKIN_LIGHT), traced);
        for (int c = 0; c < 3; c++)
            assert_near(found[c], traced[c], 0.10 * traced[c]);
    }
}

static void a_flat_hair_takes_more(void **state)
{
    (void)state;
    double flat[3], steep[3], between[3];
    lost_light(NP_SKIN_HAIR_BROWN, 25, flat);
    lost_light(NP_SKIN_HAIR_BROWN, 35, between);
    lost_light(NP_SKIN_HAIR_BROWN, 65, steep);
    for (int c = 0; c < 3; c++) {
        assert_true(flat[c] > between[c]);
        assert_true(between[c] > steep[c]);
    }
    double beyond[3];
    lost_light(NP_SKIN_HAIR_BROWN, 80, beyond);
    assert_near(beyond[1], steep[1], 1e-12);
}

static void names(void **state)
{
    (void)state;
    for (int h = 0; h < NP_SKIN_HAIRS; h++)
        assert_int_equal(np_skin_hair_find(np_skin_hair_name((np_skin_hair)h)), h);
    assert_int_equal(np_skin_hair_find("green"), NP_SKIN_HAIRS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chain_takes_what_was_traced),
        cmocka_unit_test(a_flat_hair_takes_more),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
