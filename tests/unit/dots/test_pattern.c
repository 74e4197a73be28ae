/* What the patterns look like: the figures that needlepath promises. */
#include "dots/dots.h"
#include "dots/findings.h"
#include "largest_hole.h"
#include "dots/stats.h"

#include "../test.h"
#include "shapes.h"

/* Figures of the dots of sessions 1..UNTIL at least EDGE mm inside a WIDTH x HEIGHT sheet (0: a ball), none
 * of which may have a hole of more than HOLE s. */
static np_dots_stats figures(const np_placed_dot *dots, size_t n, int until, double share, double width, double height,
                             double hole)
{
    np_vec3 *at = calloc(n, sizeof *at), *normal = calloc(n, sizeof *normal);
    double *density = calloc(n, sizeof *density);
    unsigned char *interior = calloc(n, 1);
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        if (dots[i].session > until)
            continue;
        np_vec3 p = dots[i].point.position;
        at[m] = p;
        normal[m] = dots[i].point.normal;
        density[m] = share * dots[i].density_per_cm2;
        interior[m++] = width <= 0 || (p.x > 3 && p.x < width - 3 && p.y > 3 && p.y < height - 3);
    }
    np_dots_stats stats;
    np_error err = {0};
    assert_int_equal(np_dots_stats_compute(at, normal, density, interior, m, &stats, &err), NP_OK);
    double found;
    size_t where;
    assert_int_equal(largest_hole(at, normal, density, interior, m, &found, &where, &err), NP_OK);
    if (found > hole)
        fail_msg("by session %d there is a hole of %.3f s at (%.1f, %.1f, %.1f)", until, found, at[where].x,
                 at[where].y, at[where].z);
    free(at);
    free(normal);
    free(density);
    free(interior);
    return stats;
}

static np_placed_dot *place(const np_dots_request *r, size_t *out_n)
{
    np_placed_dot *dots;
    np_error err = {0};
    if (np_dots_place(r, NULL, &dots, out_n, &err) != NP_OK)
        fail_msg("%s", err.text);
    return dots;
}

/* Counts are as even as those of follicles, and the tone as even to the eye. */
static void check_evenness(const np_dots_stats *s, double fano_max)
{
    if (!(s->fano >= 0.19 && s->fano <= fano_max))
        fail_msg("counts of 6 vary by %.3f", s->fano);
    if (!(s->fano_30 > 0 && s->fano_30 <= 0.18))
        fail_msg("counts of 30 vary by %.3f", s->fano_30);
    if (!(s->structure_factor_0 <= 0.15))
        fail_msg("S(0) is %.3f", s->structure_factor_0);
    if (!(s->blotch > 0 && s->blotch <= 0.14))
        fail_msg("mottling is %.3f", s->blotch);
}

/* Three seeds on a flat sheet large enough for counts to be told apart. */
static void follicular_dots_are_not_mottled(void **state)
{
    (void)state;
    shape s = shape_sheet(110, 100, 1, 0, 0, 75);
    for (uint64_t seed = 101; seed < 104; seed++) {
        np_dots_request r = shape_request(&s, NP_DOTS_FOLLICULAR);
        r.seed = seed;
        size_t n;
        np_placed_dot *dots = place(&r, &n);
        np_dots_stats all = figures(dots, n, 3, 1, 110, 100, 1.55);
        check_evenness(&all, 0.30);
        free(dots);
    }
    shape_fini(&s);
}

/* As uneven as the dots of a sparse scalp, and natural by every band still; what says nothing is as it was. */
static void sparse_scalps_are_less_even(void **state)
{
    (void)state;
    shape s = shape_sheet(150, 130, 1.5, 0, 0, 45);
    np_dots_request r = shape_request(&s, NP_DOTS_FOLLICULAR);
    const double evenness[] = {0, NP_DOTS_EVENNESS_MAX, 1.45, NP_DOTS_EVENNESS_MIN},
                 wanted[] = {1.486, 1.486, 1.45, 1.42};
    np_dots_stats before = {0};
    for (int i = 0; i < 4; i++) {
        r.evenness = evenness[i];
        size_t n;
        np_placed_dot *dots = place(&r, &n);
        np_dots_stats all = figures(dots, n, 3, 1, 150, 130, 1.6);
        assert_near(all.clark_evans_r, wanted[i], 0.012);
        if (i == 1)
            assert_memory_equal(&all, &before, sizeof all);
        before = all;
        np_dots_finding findings[NP_DOTS_FINDINGS];
        np_dots_stats_findings(&all, findings);
        for (int k = 0; k < NP_DOTS_FINDINGS; k++)
            if (findings[k].out)
                fail_msg("%s is %g: %s", findings[k].name, findings[k].value, findings[k].sentence);
        free(dots);
    }
    shape_fini(&s);
}

/* Clark-Evans R of the dots with x from LOW to HIGH, from their nearest ones, all at DENSITY. */
static double clark_evans(const np_placed_dot *dots, size_t n, double low, double high, double density)
{
    double sum = 0, count = 0;
    for (size_t i = 0; i < n; i++) {
        np_vec3 p = dots[i].point.position;
        if (p.x < low || p.x > high || p.y < 4 || p.y > 126)
            continue;
        double nearest = HUGE_VAL;
        for (size_t j = 0; j < n; j++)
            if (j != i)
                nearest = fmin(nearest, np_vec3_distance(p, dots[j].point.position));
        sum += nearest;
        count++;
    }
    return sum / count / (5 / sqrt(density));
}

static void layers_may_be_less_even_beside_others(void **state)
{
    (void)state;
    shape s = shape_sheet(150, 130, 1.5, 0, 0, 45);
    for (size_t v = 0; v < s.mesh.n_vertices; v++)
        s.layer[v] = s.mesh.vertices[v].x > 75;
    np_dots_request r = shape_request(&s, NP_DOTS_FOLLICULAR);
    r.n_layers = 2;
    size_t n, n_same, n_own;
    np_placed_dot *all = place(&r, &n);
    r.layer_evenness = (const double[]){0, 0};
    np_placed_dot *same = place(&r, &n_same);
    assert_int_equal(n, n_same);
    for (size_t i = 0; i < n; i++)
        assert_memory_equal(&all[i].point.position, &same[i].point.position, sizeof all[i].point.position);
    r.layer_evenness = (const double[]){0, NP_DOTS_EVENNESS_MIN};
    np_placed_dot *own = place(&r, &n_own);
    assert_near(clark_evans(own, n_own, 5, 70, 45), 1.486, 0.02);
    assert_near(clark_evans(own, n_own, 80, 145, 45), 1.42, 0.02);
    r.layer_evenness = (const double[]){0, 1.2};
    np_placed_dot *none = NULL;
    np_error err = {0};
    assert_int_equal(np_dots_place(&r, NULL, &none, &n, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "layer 1"));
    free(all);
    free(same);
    free(own);
    shape_fini(&s);
}

/* A small patch is noisy: the limits are those of the figures, widened by what 2,500 dots vary. */
static void follicular_dots_pass_for_follicles(void **state)
{
    (void)state;
    for (int ramp = 0; ramp < 2; ramp++) {
        shape s = shape_sheet(70, 60, 1, 0, 0, 75);
        for (size_t v = 0; ramp && v < s.mesh.n_vertices; v++)
            s.density[v] = 75 * (0.25 + 0.75 * s.mesh.vertices[v].x / 70);
        np_dots_request r = shape_request(&s, NP_DOTS_FOLLICULAR);
        size_t n;
        np_placed_dot *dots = place(&r, &n);
        np_dots_stats all = figures(dots, n, 3, 1, 70, 60, 1.55);
        if (!(all.nn_quantile_error <= 0.020))
            fail_msg("quantiles are off by %.4f (ramp %d)", all.nn_quantile_error, ramp);
        assert_true(all.g_rms_error <= 0.09);
        assert_near(all.clark_evans_r, 1.497, 0.035);
        assert_near(all.nn_cv, 0.19, 0.02);
        assert_true(all.g_shell_max <= 1.12);
        check_evenness(&all, 0.32);
        np_dots_finding findings[NP_DOTS_FINDINGS];
        np_dots_stats_findings(&all, findings);
        for (int k = 0; k < NP_DOTS_FINDINGS; k++)
            if (findings[k].out)
                fail_msg("%s is %g: %s", findings[k].name, findings[k].value, findings[k].sentence);
        for (int until = 1; until < 3; until++) {
            np_dots_stats prefix = figures(dots, n, until, r.cumulative_share[until - 1], 70, 60, 1.55);
            assert_true(prefix.clark_evans_r >= 1.3);
            if (!(prefix.fano <= (until == 1 ? 0.45 : 0.38)))
                fail_msg("by session %d counts of 6 vary by %.3f", until, prefix.fano);
        }
        free(dots);
        shape_fini(&s);
    }
}

/* The smallest spacings of each quality with one session, two and three, in that of the hexagonal lattice. */
static void even_dots_keep_most_of_the_lattice_spacing(void **state)
{
    (void)state;
    static const double share[3][3] = {{1}, {1.0 / 3, 1}, {1.0 / 3, 2.0 / 3, 1}};
    static const double rho[2][3][3] = {{{0.84}, {0.79, 0.84}, {0.76, 0.72, 0.78}},
                                        {{0.76}, {0.75, 0.76}, {0.73, 0.70, 0.75}}};
    shape s = shape_ball(15, 40, 70);
    for (int quality = 0; quality < 2; quality++)
        for (int k = 0; k < 3; k++) {
            np_dots_request r = shape_request(&s, NP_DOTS_EVEN);
            r.quality = (np_dots_quality)quality;
            r.n_sessions = k + 1;
            memcpy(r.cumulative_share, share[k], sizeof share[k]);
            size_t n;
            np_placed_dot *dots = place(&r, &n);
            for (int until = 1; until <= k + 1; until++) {
                np_dots_stats found = figures(dots, n, until, share[k][until - 1], 0, 0, 1.4);
                double had = found.nn_min / 1.0746, wanted = rho[quality][k][until - 1];
                if (had < wanted)
                    fail_msg("quality %d, %d sessions: rho is %.3f by session %d, not %.3f", quality, k + 1, had, until,
                             wanted);
                if (until == k + 1)
                    assert_true(found.psi6 <= 0.48);
            }
            np_dots_stats all = figures(dots, n, k + 1, 1, 0, 0, 1.4);
            np_dots_finding findings[NP_DOTS_FINDINGS];
            np_dots_stats_findings(&all, findings);
            assert_true(findings[0].out);
            assert_non_null(strstr(findings[0].sentence, "too evenly"));
            free(dots);
        }
    shape_fini(&s);
}

/* How far a strip with two edges of LENGTH mm may be from the DUE dots at its DENSITY: half a per cent, and,
 * of a random pattern, two and a half times what is left to chance: each s of its edges may have a dot on
 * either side. */
static double strip_tolerance(double due, double length, double density, bool random)
{
    double s = 10 / sqrt(density);
    return 0.005 * due + (random ? 2.5 * 0.5 * sqrt(2 * length / s) : 6);
}

/* Along a ramp every strip gets its share, in every prefix of the sessions. */
static void density_is_kept_along_ramps(void **state)
{
    (void)state;
    static const double share[3] = {0.3, 0.7, 1};
    shape s = shape_sheet(160, 100, 2, 0, 0, 0);
    for (size_t v = 0; v < s.mesh.n_vertices; v++)
        s.density[v] = 30 + 60 * s.mesh.vertices[v].x / 160;
    for (int pattern = 0; pattern < 2; pattern++) {
        np_dots_request r = shape_request(&s, (np_dots_pattern)pattern);
        size_t n, count[3][4] = {{0}};
        np_placed_dot *dots = place(&r, &n);
        assert_int_equal(n, 9600);
        for (size_t i = 0; i < n; i++)
            for (int until = dots[i].session; until <= 3; until++)
                count[until - 1][(int)fmin(3, dots[i].point.position.x / 40)]++;
        for (int until = 1; until <= 3; until++)
            for (int k = 0; k < 4; k++) {
                double density = share[until - 1] * (37.5 + 15 * k), due = density * 40,
                       found = (double)count[until - 1][k];
                bool random = pattern == 0 || until < 3;
                if (fabs(found - due) > strip_tolerance(due, 100, density, random))
                    fail_msg("pattern %d, strip %d has %.0f dots by session %d, not %.0f", pattern, k, found, until,
                             due);
            }
        free(dots);
    }
    shape_fini(&s);
}

/* Dots neither pile up at a border nor shun it. */
static void density_is_kept_near_borders(void **state)
{
    (void)state;
    shape s = shape_sheet(80, 60, 2, 0, 0, 60);
    for (int pattern = 0; pattern < 2; pattern++) {
        np_dots_request r = shape_request(&s, (np_dots_pattern)pattern);
        size_t n;
        np_placed_dot *dots = place(&r, &n);
        double border = 0, first = 0;
        for (size_t i = 0; i < n; i++) {
            np_vec3 p = dots[i].point.position;
            bool near = p.y < 2 || p.y > 58;
            border += near;
            first += dots[i].session == 1 && near;
        }
        assert_near(border / (60 * 3.2), 1, 0.12);
        assert_near(first / (0.3 * 60 * 3.2), 1, 0.25);
        free(dots);
    }
    shape_fini(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follicular_dots_pass_for_follicles),
        cmocka_unit_test(follicular_dots_are_not_mottled),
        cmocka_unit_test(sparse_scalps_are_less_even),
        cmocka_unit_test(layers_may_be_less_even_beside_others),
        cmocka_unit_test(even_dots_keep_most_of_the_lattice_spacing),
        cmocka_unit_test(density_is_kept_along_ramps),
        cmocka_unit_test(density_is_kept_near_borders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
