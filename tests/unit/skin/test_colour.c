/* Colours: there and back, the published pairs of CIEDE2000, the classes of skin. */
#include "../test.h"

#include "skin/colour.h"

/* Sharma, Wu, Dalal, Color Res Appl 2005;30:21, table 1. */
static const struct {
    np_lab p, q;
    double difference;
} pairs[] = {{{50.0000, 2.6772, -79.7751}, {50.0000, 0.0000, -82.7485}, 2.0425},
             {{50.0000, 3.1571, -77.2803}, {50.0000, 0.0000, -82.7485}, 2.8615},
             {{50.0000, 2.8361, -74.0200}, {50.0000, 0.0000, -82.7485}, 3.4412},
             {{50.0000, -1.3802, -84.2814}, {50.0000, 0.0000, -82.7485}, 1.0000},
             {{50.0000, -1.1848, -84.8006}, {50.0000, 0.0000, -82.7485}, 1.0000},
             {{50.0000, -0.9009, -85.5211}, {50.0000, 0.0000, -82.7485}, 1.0000},
             {{50.0000, 0.0000, 0.0000}, {50.0000, -1.0000, 2.0000}, 2.3669},
             {{50.0000, -1.0000, 2.0000}, {50.0000, 0.0000, 0.0000}, 2.3669},
             {{50.0000, 2.4900, -0.0010}, {50.0000, -2.4900, 0.0009}, 7.1792},
             {{50.0000, 2.4900, -0.0010}, {50.0000, -2.4900, 0.0010}, 7.1792},
             {{50.0000, 2.4900, -0.0010}, {50.0000, -2.4900, 0.0011}, 7.2195},
             {{50.0000, 2.4900, -0.0010}, {50.0000, -2.4900, 0.0012}, 7.2195},
             {{50.0000, -0.0010, 2.4900}, {50.0000, 0.0009, -2.4900}, 4.8045},
             {{50.0000, -0.0010, 2.4900}, {50.0000, 0.0010, -2.4900}, 4.8045},
             {{50.0000, -0.0010, 2.4900}, {50.0000, 0.0011, -2.4900}, 4.7461},
             {{50.0000, 2.5000, 0.0000}, {50.0000, 0.0000, -2.5000}, 4.3065},
             {{50.0000, 2.5000, 0.0000}, {73.0000, 25.0000, -18.0000}, 27.1492},
             {{50.0000, 2.5000, 0.0000}, {61.0000, -5.0000, 29.0000}, 22.8977},
             {{50.0000, 2.5000, 0.0000}, {56.0000, -27.0000, -3.0000}, 31.9030},
             {{50.0000, 2.5000, 0.0000}, {58.0000, 24.0000, 15.0000}, 19.4535},
             {{50.0000, 2.5000, 0.0000}, {50.0000, 3.1736, 0.5854}, 1.0000},
             {{50.0000, 2.5000, 0.0000}, {50.0000, 3.2972, 0.0000}, 1.0000},
             {{50.0000, 2.5000, 0.0000}, {50.0000, 1.8634, 0.5757}, 1.0000},
             {{50.0000, 2.5000, 0.0000}, {50.0000, 3.2592, 0.3350}, 1.0000},
             {{60.2574, -34.0099, 36.2677}, {60.4626, -34.1751, 39.4387}, 1.2644},
             {{63.0109, -31.0961, -5.8663}, {62.8187, -29.7946, -4.0864}, 1.2630},
             {{61.2901, 3.7196, -5.3901}, {61.4292, 2.2480, -4.9620}, 1.8731},
             {{35.0831, -44.1164, 3.7933}, {35.0232, -40.0716, 1.5901}, 1.8645},
             {{22.7233, 20.0904, -46.6940}, {23.0331, 14.9730, -42.5619}, 2.0373},
             {{36.4612, 47.8580, 18.3852}, {36.2715, 50.5065, 21.2231}, 1.4146},
             {{90.8027, -2.0831, 1.4410}, {91.1528, -1.6435, 0.0447}, 1.4441},
             {{90.9257, -0.5406, -0.9208}, {88.6381, -0.8985, -0.7239}, 1.5381},
             {{6.7747, -0.2908, -2.4247}, {5.8714, -0.0985, -2.2286}, 0.6377},
             {{2.0776, 0.0795, -1.1350}, {0.9033, -0.0636, -0.5514}, 0.9082}};

static void difference_agrees_with_published_pairs(void **state)
{
    (void)state;
    size_t n = sizeof pairs / sizeof *pairs;
    assert_int_equal(n, 34);
    for (size_t i = 0; i < n; i++) {
        assert_near(np_colour_difference(pairs[i].p, pairs[i].q), pairs[i].difference, 1e-4);
        assert_near(np_colour_difference(pairs[i].q, pairs[i].p), pairs[i].difference, 1e-4);
    }
}

static void colours_come_back(void **state)
{
    (void)state;
    for (int i = 0; i <= 255; i++)
        assert_near(np_srgb_encode(np_srgb_decode(i / 255.0)) * 255, i, 1e-9);
    for (int i = 0; i < 216; i++) {
        double rgb[3] = {i % 6 / 5.0, i / 6 % 6 / 5.0, i / 36 / 5.0}, back[3];
        np_colour_lab_to_rgb(np_colour_rgb_to_lab(rgb), back);
        for (int c = 0; c < 3; c++)
            assert_near(back[c], rgb[c], 2e-6); /* the matrices of sRGB have seven places */
    }
}

static void known_colours(void **state)
{
    (void)state;
    np_lab white = np_colour_rgb_to_lab((double[]){1, 1, 1});
    assert_near(white.l, 100, 1e-3);
    assert_near(hypot(white.a, white.b), 0, 0.02);
    np_lab red = np_colour_rgb_to_lab((double[]){1, 0, 0}); /* sRGB's red: 53.24 80.09 67.20 */
    assert_near(red.l, 53.24, 0.01);
    assert_near(red.a, 80.09, 0.02);
    assert_near(red.b, 67.20, 0.02);
    assert_near(np_srgb_decode(0.5), 0.21404, 1e-5);
    assert_near(np_srgb_encode(-1), 0, 0);
    assert_near(np_srgb_encode(7), 1, 1e-12);
}

static void skins_are_of_their_class(void **state)
{
    (void)state;
    const double ita[NP_SKIN_CLASSES] = {48, 35, 18, -7, -36};
    for (int c = 0; c < NP_SKIN_CLASSES; c++) {
        np_lab skin = np_skin_class_lab((np_skin_class)c);
        assert_near(np_skin_ita_deg(skin), ita[c], 0.6);
        assert_int_equal(np_skin_class_of(skin), c);
        double t;
        int from = (int)np_skin_class_between(skin, &t);
        assert_near(from + t, c, 1e-9);
    }
    double t;
    assert_int_equal(np_skin_class_between((np_lab){95, 0, 1}, &t), NP_SKIN_LIGHT);
    assert_near(t, 0, 0);
    assert_int_equal(np_skin_class_between((np_lab){5, 0, 10}, &t), NP_SKIN_BROWN);
    assert_near(t, 1, 0);
    assert_string_equal(np_skin_class_name(NP_SKIN_TAN), "tan");
}

/* CIE 15:2004's illuminants A, D50 (of 5003 K) and D65: chromaticities. */
static void lights_have_their_chromaticity(void **state)
{
    (void)state;
    static const double lights[][3] = {{2856, 0.4476, 0.4074}, {5003, 0.3457, 0.3585}, {6504, 0.3127, 0.3290}};
    for (size_t i = 0; i < sizeof lights / sizeof *lights; i++) {
        double rgb[3], xyz[3];
        np_colour_of_light(lights[i][0], rgb);
        np_colour_rgb_to_xyz(rgb, xyz);
        double sum = xyz[0] + xyz[1] + xyz[2];
        assert_near(xyz[0] / sum, lights[i][1], 1e-3);
        assert_near(xyz[1] / sum, lights[i][2], 1e-3);
        assert_near(xyz[1], 1, 1e-6);
    }
    double below[3], above[3]; /* where the black body gives way to daylight */
    np_colour_of_light(4999.9, below);
    np_colour_of_light(5000, above);
    for (int c = 0; c < 3; c++)
        assert_near(below[c], above[c], 0.06);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lights_have_their_chromaticity),
        cmocka_unit_test(difference_agrees_with_published_pairs),
        cmocka_unit_test(colours_come_back),
        cmocka_unit_test(known_colours),
        cmocka_unit_test(skins_are_of_their_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
