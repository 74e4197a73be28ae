/* Shades beside hair: the ranking is right for mixes whose answer is known, and matches match. */
#include "../test.h"

#include "skin/shade.h"

static np_shade_setting usual(void)
{
    return (np_shade_setting){.model = np_skin_model_default(),
                              .skin = {65.3, 8.1, 13.6},
                              .density_per_cm2 = 75,
                              .needle_mm = 0.2,
                              .depth_mm = 0.55,
                              .hair = NP_SKIN_HAIR_BROWN,
                              .stubble_mm = 0,
                              .hair_units_per_cm2 = 75};
}

static void dilution_is_the_models_tone(void **state)
{
    (void)state;
    np_skin_model model = np_skin_model_default();
    assert_near(np_shade_mu_per_mm(&model, 15, 6), model.mu_dark_per_mm, 1e-12);
    assert_near(np_shade_mu_per_mm(&model, 15, 24), model.mu_light_per_mm, 1e-9);
    assert_near(np_shade_mu_per_mm(&model, 30, 13), model.mu_dark_per_mm, 1e-9);
}

static void hair_is_darker_than_as_many_dots(void **state)
{
    (void)state;
    np_shade_setting s = usual();
    const double mu[1] = {13};
    np_shade_mix mix = {.n = 1, .share = {1}};
    double dots = np_shade_field(&s, &mix, mu, 30).l, hair = np_shade_hair_colour(&s).l;
    assert_near(dots - s.skin.l, -3.3, 0.2);
    assert_true(hair < dots - 1);
    /* docs/domain.md 5.5: 75 units of shaved brown hair darken by 3.2 to 6.3, and dots match at 1.6 to 1.8 times the number or so */
    assert_true(hair - s.skin.l > -6.4);
    assert_true(hair - s.skin.l < -3.2);
    double needed = np_shade_density_that_matches(&s, &mix, mu), needle = np_shade_needle_that_matches(&s, &mix, mu);
    assert_true(needed > 1.3 * 75);
    assert_true(needed < 2.0 * 75);
    assert_true(needle > 0.22);
    assert_true(needle < 0.36);
    s.density_per_cm2 = needed;
    assert_near(np_shade_field(&s, &mix, mu, 30).l, hair, 1e-6);
    s.stubble_mm = 0.5;
    assert_true(np_shade_hair_colour(&s).l < hair - 0.7);
}

static void nearest_first(void **state)
{
    (void)state;
    np_shade_setting s = usual();
    const double mu[4] = {2, 7, 13, 25};
    np_shade_mix mixes[40];
    size_t n = np_shade_rank(&s, mu, 4, mixes, 40);
    assert_int_equal(n, 4 + 3 * 6);
    for (size_t i = 1; i < n; i++)
        assert_true(mixes[i - 1].difference + (mixes[i - 1].n == 1 ? NP_SHADE_FLAT : 0) <=
                    mixes[i].difference + (mixes[i].n == 1 ? NP_SHADE_FLAT : 0));
    assert_int_equal(mixes[0].shade[mixes[0].n - 1], 3); /* all are too light: the darkest is in the best */
    np_shade_mix best[3];
    assert_int_equal(np_shade_rank(&s, mu, 4, best, 3), 3);
    for (int i = 0; i < 3; i++)
        assert_near(best[i].difference, mixes[i].difference, 0);
    s.hair = NP_SKIN_HAIR_BLOND; /* few light hairs: a light shade */
    s.hair_units_per_cm2 = 10;
    np_shade_rank(&s, mu, 4, best, 3);
    assert_int_equal(best[0].shade[0], 0);
}

static void nothing_matches_where_hair_is_as_light_as_skin(void **state)
{
    (void)state;
    np_shade_setting s = usual();
    const double mu[1] = {25};
    np_shade_mix mix = {.n = 1, .share = {1}};
    s.hair_units_per_cm2 = 0;
    assert_near(np_shade_density_that_matches(&s, &mix, mu), 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dilution_is_the_models_tone),
        cmocka_unit_test(hair_is_darker_than_as_many_dots),
        cmocka_unit_test(nearest_first),
        cmocka_unit_test(nothing_matches_where_hair_is_as_light_as_skin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
