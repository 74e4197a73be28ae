/* A person whose skin is known is found again from the looks of test dots, and what cannot be told is refused. */
#include "../test.h"

#include <stdio.h>

#include "base/rng.h"
#include "skin/calibrate.h"

enum { DOTS = 18 };
static const double ladder[9][3] = {{0.4, 30, 0.5}, {0.5, 30, 0.5}, {0.6, 30, 0.5}, {0.7, 30, 0.5}, {0.85, 30, 0.5},
                                    {0.6, 15, 0.5}, {0.6, 60, 0.5}, {0.6, 30, 0.2}, {0.6, 30, 0.8}};

/* Dots of a needle that is DEEPER_MM deeper than it is told, with INK and SIZE; noise of SD NOISE of what dots vary by. */
static void make_dots(double deeper_mm, double ink, double size, double power, double noise, uint64_t seed,
                      np_skin_test_dot out[DOTS])
{
    np_skin_model model = np_skin_model_default();
    model.healed_ratio *= size;
    for (uint32_t i = 0; i < DOTS; i++) {
        const double *row = ladder[i / 2];
        np_skin_mark mark;
        double varied = exp(0.25 * noise * np_rng_normal(seed, 1, i, 0));
        np_skin_deposit deposit = {.needle_mm = 0.2,
                                   .depth_mm = row[0] + deeper_mm,
                                   .tone = row[2],
                                   .strength = ink * pow(row[1] / 30, power) * varied};
        np_skin_deposit_mark(&model, &deposit, np_skin_class_lab(NP_SKIN_LIGHT), 30, &mark);
        out[i] = (np_skin_test_dot){.depth_mm = row[0], .dwell_ms = row[1], .tone = row[2]};
        np_skin_look *look = &out[i].look;
        np_skin_mark_look(&mark, look);
        look->contrast = fmax(look->contrast + 0.02 * noise * np_rng_normal(seed, 2, i, 0), 0);
        look->width_mm += 0.02 * noise * np_rng_normal(seed, 3, i, 0);
        look->red_over_blue *=
            exp(0.1 * noise * np_rng_normal(seed, 4, i, 0) + 0.1 * noise * np_rng_normal(seed, 5, 0, 0));
    }
}

static np_status calibrate(const np_skin_test_dot *dots, size_t n, np_skin_calibration *out, np_error *err)
{
    np_skin_model model = np_skin_model_default();
    return np_skin_calibrate(&model, 0.2, np_skin_class_lab(NP_SKIN_LIGHT), 30, dots, n, out, err);
}

static void looks_of_a_mark(void **state)
{
    (void)state;
    np_skin_mark mark = {.sigma_mm = {0.1, 0.2, 0.3, 1}};
    np_skin_look look;
    mark.area_mm2[0][0] = 0.003;
    mark.area_mm2[0][1] = mark.area_mm2[0][2] = 0.001; /* weak: light lost is the Gaussian itself */
    np_skin_mark_look(&mark, &look);
    assert_near(look.contrast, 1 - exp(-0.001 / (2 * 3.14159265 * 0.01)), 1e-6);
    assert_near(look.width_mm, 2.3548 * 0.1, 2e-3);
    assert_near(look.red_over_blue, 3, 0.05);
}

static void a_person_is_found_again(void **state)
{
    (void)state;
    const double persons[][4] = {{0, 1, 1, 0}, {0.1, 1.3, 0.9, 0.3}, {-0.12, 0.7, 1.15, 0.5}, {0.15, 1, 1.1, 0}};
    for (size_t p = 0; p < sizeof persons / sizeof *persons; p++) {
        const double *person = persons[p];
        np_skin_test_dot dots[DOTS];
        np_skin_calibration found;
        np_error err = {0};
        make_dots(person[0], person[1], person[2], person[3], 0, 1, dots);
        if (calibrate(dots, DOTS, &found, &err) != NP_OK)
            fail_msg("%s", err.text);
        /* priors draw a little towards no calibration */
        assert_true(found.tells_depth);
        assert_near(found.depth_mm, -person[0], 0.06);
        assert_near(log(found.ink), log(person[1]), 0.12);
        assert_near(log(found.size), log(person[2]), 0.06);
        assert_near(found.dwell_power, person[3], 0.1);
        assert_true(found.chi2 < 0.1);
    }
}

/* The SDs are honest: over many noisy persons, depth lies within two of them nearly always, and is better than not calibrated at all. */
static void errors_are_as_large_as_said(void **state)
{
    (void)state;
    int tried = 0, told = 0, within = 0;
    double error2 = 0, raw2 = 0;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        double deeper = 0.12 * np_rng_normal(seed, 9, 0, 0), ink = exp(0.4 * np_rng_normal(seed, 9, 1, 0));
        np_skin_test_dot dots[DOTS];
        np_skin_calibration found;
        np_error err = {0};
        deeper = fmin(fmax(deeper, -0.25), 0.25);
        make_dots(deeper, ink, exp(0.15 * np_rng_normal(seed, 9, 2, 0)), 0.3, 1, seed, dots);
        tried++;
        if (calibrate(dots, DOTS, &found, &err) != NP_OK)
            continue;
        told += found.tells_depth;
        if (!found.tells_depth)
            continue;
        within += fabs(found.depth_mm + deeper) < 2 * found.depth_sd_mm;
        error2 += (found.depth_mm + deeper) * (found.depth_mm + deeper);
        raw2 += deeper * deeper;
    }
    printf("%d of %d told, %d within two SD, RMS %.3f mm (%.3f without)\n", told, tried, within,
           sqrt(error2 / fmax(told, 1)), sqrt(raw2 / fmax(told, 1)));
    assert_true(told > tried / 2);
    assert_true(within >= 0.9 * told);
    assert_true(error2 < 0.5 * raw2);
}

/* By loupe and ruler alone depth is not told, and ink and size are. */
static void contrast_and_width_alone_do_not_tell_depth(void **state)
{
    (void)state;
    np_skin_test_dot dots[DOTS];
    np_skin_calibration found;
    np_error err = {0};
    make_dots(0, 1.4, 0.9, 0.3, 0, 1, dots);
    for (int i = 0; i < DOTS; i++)
        dots[i].look.red_over_blue = NAN;
    assert_int_equal(calibrate(dots, DOTS, &found, &err), NP_OK);
    assert_false(found.tells_depth);
    assert_true(found.depth_sd_mm > 0.1);
    assert_near(log(found.ink), log(1.4), 0.12);
    assert_near(log(found.size), log(0.9), 0.06);
}

/* Colour that is the same at all depths, or the wrong way round, is no signal, and ink and size are told without it. */
static void colour_that_does_not_follow_depth_is_left_out(void **state)
{
    (void)state;
    for (int reversed = 0; reversed < 2; reversed++) {
        np_skin_test_dot dots[DOTS];
        np_skin_calibration found;
        np_error err = {0};
        make_dots(0, 1.4, 0.9, 0.3, 0, 1, dots);
        for (int i = 0; i < DOTS; i++)
            dots[i].look.red_over_blue = reversed ? 2.4 - dots[i].depth_mm : 1.9;
        assert_int_equal(calibrate(dots, DOTS, &found, &err), NP_OK);
        assert_true(found.colour_without_depth);
        assert_false(found.tells_depth);
        assert_near(log(found.ink), log(1.4), 0.12);
        make_dots(0, 1.4, 0.9, 0.3, 0, 1, dots);
        assert_int_equal(calibrate(dots, DOTS, &found, &err), NP_OK);
        assert_false(found.colour_without_depth);
        assert_near(found.colour_slope, NP_SKIN_COLOUR_SLOPE, 0.3);
    }
}

static void what_cannot_be_told_is_refused(void **state)
{
    (void)state;
    np_skin_test_dot dots[DOTS];
    np_skin_calibration found;
    np_error err = {0};
    make_dots(0, 1, 1, 0, 0, 1, dots);
    assert_int_equal(calibrate(dots, 4, &found, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "too few"));
    assert_int_equal(calibrate(dots + 10, 8, &found, &err), NP_ERR_INVALID); /* one depth */
    assert_int_equal(calibrate(dots, 0, &found, &err), NP_ERR_INVALID);
    for (int i = 0; i < DOTS; i++) /* in percent, as somebody would type it */
        dots[i].look.contrast *= 100;
    assert_int_equal(calibrate(dots, DOTS, &found, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "no calibration explains"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looks_of_a_mark),
        cmocka_unit_test(a_person_is_found_again),
        cmocka_unit_test(errors_are_as_large_as_said),
        cmocka_unit_test(contrast_and_width_alone_do_not_tell_depth),
        cmocka_unit_test(colour_that_does_not_follow_depth_is_left_out),
        cmocka_unit_test(what_cannot_be_told_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
