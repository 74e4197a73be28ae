/* The judge tells natural windows from fakes: of each kind of fake every one is flagged, and no natural window.  `look_test_judge N SEED KIND` tries N of
 * each kind (4; with sanitizers 1), or of one, from SEED on (the bands were set on none of these), and prints the figures. */
#include <stdio.h>

#include "judge_windows.h"

#ifdef NP_SANITIZED
static size_t windows_each = 1;
#else
static size_t windows_each = 4;
#endif
static uint64_t first_seed = 70001;
static const char *only;
static window w;

typedef struct kind {
    const char *name;
    void (*make)(void);
    bool fake;
    np_judge_figure first, last; /* what it is judged by */
} kind;

static void natural_dots(void)
{
    window_even(&w, window_uniform(&w, 55, 95));
    ink k = any_ink(&w);
    window_ink(&w, &k);
}

static void natural_hair(void)
{
    window_even(&w, window_uniform(&w, 65, 80));
    window_hair(&w, w.seed % 2 ? NP_SKIN_HAIR_BROWN : NP_SKIN_HAIR_BLACK, window_uniform(&w, 35, 50));
}

static void inked(void)
{
    ink k = usual_ink();
    window_ink(&w, &k);
}

static void rows(void)
{
    window_rows(&w);
    inked();
}

static void grid(void)
{
    window_lattice(&w, 0.08, false);
    inked();
}

static void lattice(void)
{
    window_lattice(&w, 0.18, true);
    inked();
}

static void stamp(void)
{
    window_stamp(&w);
    inked();
}

static void at_random(void)
{
    window_random(&w, 75);
    inked();
}

static void one_shade(void)
{
    ink k = usual_ink();
    k.vary = 0;
    window_even(&w, 75);
    window_ink(&w, &k);
}

static void helmet(void)
{
    ink k = usual_ink();
    k.deposit.needle_mm = 0.35;
    k.deposit.tone = 1;
    k.deposit.strength = 2;
    window_even(&w, 150);
    window_ink(&w, &k);
}

static void too_large(void)
{
    ink k = usual_ink();
    k.deposit.needle_mm = 0.45;
    k.deposit.tone = 0.6;
    k.healed_ratio = 0.9;
    window_even(&w, 60);
    window_ink(&w, &k);
}

static void too_deep(void)
{
    ink k = usual_ink();
    k.deposit.depth_mm = 1.4;
    window_even(&w, 75);
    window_ink(&w, &k);
}

/* What is left when the upper part of columns has gone. */
static void only_deep(void)
{
    np_skin_mark whole, upper;
    np_lab skin = np_skin_class_lab(NP_SKIN_LIGHT);
    np_skin_column column = {NP_SKIN_HEALED, 0.25, 1.2, 8};
    np_skin_column_mark(&column, skin, &whole);
    column.foot_mm = 0.6;
    np_skin_column_mark(&column, skin, &upper);
    for (int c = 0; c < 3; c++) {
        double gone = 0;
        for (int k = 0; k < NP_SKIN_GAUSSIANS; k++) {
            double left = 1.6 * fmax(whole.area_mm2[k][c] - upper.area_mm2[k][c], 0);
            gone += k < 2 ? left : 0;
            whole.area_mm2[k][c] = k < 2 ? 0 : left + (k == 3 ? gone : 0);
        }
    }
    window_even(&w, 75);
    w.n = 0;
    for (size_t i = 0; i < w.n_places; i++)
        w.dots[w.n++] = (np_judge_dot){w.x[i], w.y[i], whole};
}

static void natural_line(void)
{
    window_hairline(&w, 4, 1.5, 8);
    inked();
}

static void ruled_line(void)
{
    window_hairline(&w, 0.3, 0.15, 1);
    inked();
}

static void straight_border(void)
{
    window_hairline(&w, 0.1, 0.05, 1);
    inked();
}

static void abrupt_line(void)
{
    window_hairline(&w, 4, 1.5, 0.8);
    inked();
}

static void natural_sides(void)
{
    window_even(&w, 70);
    inked();
}

/* The left of one seed beside the mirrored left of the next: they have nothing in common. */
static void two_seeds(void)
{
    static window other;
    other.seed = w.seed + 100000;
    window_even(&other, 70);
    window_even(&w, 70);
    size_t kept = 0;
    for (size_t i = 0; i < w.n_places; i++)
        if (w.x[i] > 0.3) {
            w.x[kept] = w.x[i];
            w.y[kept++] = w.y[i];
        }
    w.n_places = kept;
    for (size_t i = 0; i < other.n_places; i++)
        if (other.x[i] > 0.3)
            window_place(&w, -other.x[i], other.y[i]);
    inked();
}

static void mirrored(void)
{
    window_mirrored(&w, 0);
    inked();
}

static void mirrored_loosely(void)
{
    window_mirrored(&w, 0.15);
    inked();
}

/* ---- where two layers meet, along y = 3 sin(x / 5), each dot by the side on which it lies ---- */

static double side[WINDOW_MAX];

static double over_border(double x, double y)
{
    return y - 3 * sin(x / 5);
}

static double stepped_density(const void *context, double x, double y)
{
    return over_border(x, y) > 0 ? 75 : *(const double *)context;
}

static void divide(double other_density)
{
    inked();
    for (size_t i = 0; i < w.n; i++)
        side[i] = over_border(w.dots[i].x, w.dots[i].y) > 0 ? 1 / 75.0 : -1 / other_density;
}

static void one_pattern(void)
{
    window_even(&w, 75);
    divide(75);
}

static void slight_step(void)
{
    const double density = 64;
    window_plan(&w, stepped_density, &density);
    divide(density);
}

static void large_step(void)
{
    const double density = 38;
    window_plan(&w, stepped_density, &density);
    divide(density);
}

/* Once more as many dots again within 0.8 mm of the border, or none there. */
static void outlined(void)
{
    window_even(&w, 75);
    for (double x = -SHEET_MM / 2; x < SHEET_MM / 2; x += 10 / 12.0)
        window_place(&w, x, 3 * sin(x / 5) + window_uniform(&w, -0.8, 0.8));
    divide(75);
}

static void gaping(void)
{
    size_t kept = 0;
    window_even(&w, 75);
    for (size_t i = 0; i < w.n_places; i++)
        if (fabs(over_border(w.x[i], w.y[i])) > 0.9) {
            w.x[kept] = w.x[i];
            w.y[kept++] = w.y[i];
        }
    w.n_places = kept;
    divide(75);
}

static const kind kinds[] = {
    {"dots, all ranges", natural_dots, false, NP_JUDGE_PERIOD, NP_JUDGE_TINT},
    {"shaved hair", natural_hair, false, NP_JUDGE_PERIOD, NP_JUDGE_TINT},
    {"hairline", natural_line, false, NP_JUDGE_LINE_ROUGHNESS, NP_JUDGE_LINE_STRAIGHT},
    {"left and right", natural_sides, false, NP_JUDGE_MIRROR_TONE, NP_JUDGE_MIRROR_DOTS},
    {"two seeds", two_seeds, false, NP_JUDGE_MIRROR_TONE, NP_JUDGE_MIRROR_DOTS},
    {"one pattern, two layers", one_pattern, false, NP_JUDGE_SEAM_RIDGE, NP_JUDGE_SEAM_STEP},
    {"64 beside 75 a cm2", slight_step, false, NP_JUDGE_SEAM_RIDGE, NP_JUDGE_SEAM_STEP},
    {"border", natural_line, false, NP_JUDGE_BORDER_STRAIGHT, NP_JUDGE_BORDER_STRAIGHT},
    {"rows", rows, true, NP_JUDGE_PERIOD, NP_JUDGE_TINT},
    {"grid", grid, true, NP_JUDGE_PERIOD, NP_JUDGE_TINT},
    {"jittered lattice", lattice, true, NP_JUDGE_PERIOD, NP_JUDGE_TINT},
    {"stamp of 8 mm", stamp, true, NP_JUDGE_PERIOD, NP_JUDGE_TINT},
    {"random dots", at_random, true, NP_JUDGE_PERIOD, NP_JUDGE_TINT},
    {"one flat shade", one_shade, true, NP_JUDGE_PERIOD, NP_JUDGE_TINT},
    {"helmet", helmet, true, NP_JUDGE_PERIOD, NP_JUDGE_TINT},
    {"dots too large", too_large, true, NP_JUDGE_PERIOD, NP_JUDGE_TINT},
    {"too deep, 1.4 mm", too_deep, true, NP_JUDGE_PERIOD, NP_JUDGE_TINT},
    {"only deep pigment", only_deep, true, NP_JUDGE_PERIOD, NP_JUDGE_TINT},
    {"ruled hairline", ruled_line, true, NP_JUDGE_LINE_ROUGHNESS, NP_JUDGE_LINE_STRAIGHT},
    {"abrupt hairline", abrupt_line, true, NP_JUDGE_LINE_ROUGHNESS, NP_JUDGE_LINE_STRAIGHT},
    {"clean border", straight_border, true, NP_JUDGE_LINE_MICRO, NP_JUDGE_LINE_MICRO},
    {"outlined", outlined, true, NP_JUDGE_SEAM_RIDGE, NP_JUDGE_SEAM_RIDGE},
    {"a gap", gaping, true, NP_JUDGE_SEAM_RIDGE, NP_JUDGE_SEAM_RIDGE},
    {"38 beside 75 a cm2", large_step, true, NP_JUDGE_SEAM_STEP, NP_JUDGE_SEAM_STEP},
    {"straight border", straight_border, true, NP_JUDGE_BORDER_STRAIGHT, NP_JUDGE_BORDER_STRAIGHT},
    {"mirrored", mirrored, true, NP_JUDGE_MIRROR_TONE, NP_JUDGE_MIRROR_DOTS},
    {"mirrored, 0.15 mm off", mirrored_loosely, true, NP_JUDGE_MIRROR_TONE, NP_JUDGE_MIRROR_DOTS},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static void judge(const kind *k, double out[NP_JUDGE_FIGURES])
{
    np_error err = {0};
    np_lab skin = np_skin_class_lab(NP_SKIN_LIGHT);
    k->make();
    double spacing = SHEET_MM / sqrt((double)w.n_places);
    np_status status = k->first == NP_JUDGE_PERIOD ? np_judge_patch(w.dots, w.n, spacing, skin, out, &err)
                       : k->first == NP_JUDGE_LINE_ROUGHNESS || k->first == NP_JUDGE_LINE_MICRO
                           ? np_judge_line(w.dots, w.n, skin, out, &err)
                       : k->first == NP_JUDGE_BORDER_STRAIGHT ? np_judge_border(w.dots, w.n, skin, out, &err)
                       : k->first >= NP_JUDGE_SEAM_RIDGE      ? np_judge_seam(w.dots, side, w.n, skin, out, &err)
                                                              : np_judge_mirror(w.dots, w.n, skin, out, &err);
    if (status != NP_OK)
        fail_msg("%s", err.text);
}

/* How many of N windows of KIND are flagged; prints the mean of each figure, its SD and by what they were flagged. */
static size_t count_flagged(const kind *k)
{
    size_t flagged = 0, by[NP_JUDGE_FIGURES] = {0};
    double sum[NP_JUDGE_FIGURES] = {0}, sum2[NP_JUDGE_FIGURES] = {0};
    for (size_t i = 0; i < windows_each; i++) {
        double figure[NP_JUDGE_FIGURES];
        bool out = false;
        w.seed = first_seed + i;
        w.draw = 0;
        judge(k, figure);
        for (int f = (int)k->first; f <= (int)k->last; f++) {
            /* stubble leaves no skin between its marks: the sentence is for dots */
            bool said = k->make != natural_hair || f != NP_JUDGE_SPACE;
            bool beyond = said && np_band_excess(np_judge_band_of((np_judge_figure)f), figure[f]) > 0;
            by[f] += beyond;
            out |= beyond;
            sum[f] += figure[f];
            sum2[f] += figure[f] * figure[f];
        }
        flagged += out;
    }
    double n = (double)windows_each;
    printf("%-22s %3zu of %zu flagged:", k->name, flagged, windows_each);
    for (int f = (int)k->first; f <= (int)k->last; f++) {
        printf(" %s %.3g (%.2g)", np_judge_band_of((np_judge_figure)f)->key, sum[f] / n,
               sqrt(fmax(sum2[f] / n - sum[f] / n * sum[f] / n, 0)));
        if (by[f])
            printf(" [%zu]", by[f]);
    }
    putchar('\n');
    return flagged;
}

static void natural_windows_pass_and_fakes_do_not(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (int k = 0; k < KINDS; k++) {
        if (only && strcmp(only, kinds[k].name) != 0)
            continue;
        size_t flagged = count_flagged(&kinds[k]);
        wrong += kinds[k].fake ? windows_each - flagged : flagged;
    }
    assert_int_equal(wrong, 0);
}

static double mottling(void)
{
    np_error err = {0};
    double out[NP_JUDGE_FIGURES];
    inked();
    double spacing = SHEET_MM / sqrt((double)w.n_places);
    if (np_judge_patch(w.dots, w.n, spacing, np_skin_class_lab(NP_SKIN_LIGHT), out, &err) != NP_OK)
        fail_msg("%s", err.text);
    return out[NP_JUDGE_BLOTCH];
}

/* Sparse, dense and in a fade of known density an even pattern is about as mottled, and random dots are far from it at every density. */
static void mottling_is_of_the_pattern_not_of_its_density(void **state)
{
    (void)state;
    static const fade fades[] = {{75, 1}, {40, 1}, {95, 1}, {50, 1.69}, {60, 2.5}};
    double usual = 0;
    for (size_t f = 0; f < sizeof fades / sizeof *fades; f++) {
        w.seed = first_seed;
        w.draw = 0;
        window_plan(&w, fade_density, &fades[f]);
        double found = mottling();
        usual = f == 0 ? found : usual;
        if (np_band_excess(np_judge_band_of(NP_JUDGE_BLOTCH), found) > 0 || found > 1.4 * usual || found < 0.8 * usual)
            fail_msg("%g dots/cm2, fade of %g: %g, usual %g", fades[f].middle, fades[f].ratio, found, usual);
        window_random(&w, fades[f].middle);
        found = mottling();
        if (np_band_excess(np_judge_band_of(NP_JUDGE_BLOTCH), found) <= 0.2)
            fail_msg("random at %g dots/cm2: %g", fades[f].middle, found);
    }
}

static void every_figure_has_its_row(void **state)
{
    (void)state;
    static const char *const keys[] = {
#define KEY(id, key) key,
        NP_JUDGE_TABLE(KEY)
#undef KEY
    };
    for (int f = 0; f < NP_JUDGE_FIGURES; f++) {
        const np_band *b = np_judge_band_of((np_judge_figure)f);
        assert_string_equal(b->key, keys[f]);
        assert_true(b->low < b->high);
        assert_true(*b->source);
        if (b->low > -HUGE_VAL) {
            assert_true(*np_band_sentence(np_judge_band_of((np_judge_figure)f), b->low - 0.01));
            assert_true(np_band_excess(np_judge_band_of((np_judge_figure)f), b->low - 0.01) > 0);
        }
        if (b->high < HUGE_VAL)
            assert_true(*np_band_sentence(np_judge_band_of((np_judge_figure)f), b->high + 0.01));
        assert_null(np_band_sentence(np_judge_band_of((np_judge_figure)f), NAN));
        assert_true(np_band_excess(np_judge_band_of((np_judge_figure)f), NAN) < -1e9);
    }
}

static void what_cannot_be_measured_is_none(void **state)
{
    (void)state;
    np_error err = {0};
    double out[NP_JUDGE_FIGURES];
    np_lab skin = np_skin_class_lab(NP_SKIN_LIGHT);
    assert_int_equal(np_judge_line(NULL, 0, skin, out, &err), NP_OK);
    assert_true(isnan(out[NP_JUDGE_LINE_RAMP]));
    assert_int_equal(np_judge_patch(NULL, 0, 1, skin, out, &err), NP_OK);
    assert_true(isnan(out[NP_JUDGE_BLOTCH]));
    assert_true(isnan(out[NP_JUDGE_MARK_CV]));
    assert_near(out[NP_JUDGE_SPACE], 1, 0);
    assert_int_equal(np_judge_seam(NULL, NULL, 0, skin, out, &err), NP_OK);
    assert_true(isnan(out[NP_JUDGE_SEAM_RIDGE]));
    assert_true(isnan(out[NP_JUDGE_SEAM_STEP]));
    assert_int_equal(np_judge_border(NULL, 0, skin, out, &err), NP_OK);
    assert_true(isnan(out[NP_JUDGE_BORDER_STRAIGHT]));
    assert_int_equal(np_judge_mirror(NULL, 0, skin, out, &err), NP_OK);
    assert_true(isnan(out[NP_JUDGE_MIRROR_DOTS]));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_figure_has_its_row),
        cmocka_unit_test(what_cannot_be_measured_is_none),
        cmocka_unit_test(natural_windows_pass_and_fakes_do_not),
        cmocka_unit_test(mottling_is_of_the_pattern_not_of_its_density),
    };
    if (argc > 1)
        windows_each = strtoul(argv[1], NULL, 10);
    if (argc > 2)
        first_seed = strtoull(argv[2], NULL, 10);
    only = argc > 3 ? argv[3] : NULL;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
