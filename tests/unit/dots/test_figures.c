/* Every figure of a pattern comes back from its list, each with a value that no other has. */
#include "../test.h"

#include "dots/figures.h"

/* np_dots_stats is nothing but counts and doubles: each is given another value, whatever its name. */
static np_dots_stats filled(void)
{
    np_dots_stats stats = {.n = 1000, .n_interior = 900};
    double *values = stats.nn_quantile;
    for (size_t i = 0; i < (sizeof stats - offsetof(np_dots_stats, nn_quantile)) / sizeof *values; i++) {
        double value = 1.5 + (double)i;
        memcpy((char *)&stats + offsetof(np_dots_stats, nn_quantile) + i * sizeof value, &value, sizeof value);
    }
    return stats;
}

static void all_come_back(void **state)
{
    (void)state;
    np_dots_stats stats = filled(), back;
    np_figure figures[NP_DOTS_FIGURES];
    np_dots_figures_list(&stats, figures);
    np_dots_figures_read(figures, NP_DOTS_FIGURES, &back);
    assert_memory_equal(&back, &stats, sizeof stats);
    for (size_t i = 0; i < NP_DOTS_FIGURES; i++)
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(figures[i].name, figures[k].name);
            assert_true(figures[i].value != figures[k].value);
        }
}

static void what_is_unknown_is_zero(void **state)
{
    (void)state;
    np_dots_stats stats = {.n = 3, .fano = NAN, .psi6 = INFINITY}, back;
    np_figure figures[NP_DOTS_FIGURES];
    np_dots_figures_list(&stats, figures);
    for (size_t i = 0; i < NP_DOTS_FIGURES; i++)
        assert_true(isfinite(figures[i].value));
    const np_figure other = {"of another version", 7};
    np_dots_figures_read(&other, 1, &back);
    assert_int_equal(back.n, 0);
    assert_true(back.psi6 == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_come_back), cmocka_unit_test(what_is_unknown_is_zero)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
