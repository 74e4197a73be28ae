/* full_scalp: zones by density, fades, sideburns and nape, on the built-in heads. */
#include "painted.h"

#define LAYER "  - {name: all, strategy: full_scalp, region: buzz, params: {variation: 0, %s}}\n"
#define N_POINTS 12000

static painted paint_head(np_case_sex sex, double percentile, const char *params, size_t n)
{
    char layers[400];
    snprintf(layers, sizeof layers, LAYER, params);
    return paint_case(fixture_case_of_head("fade", sex, percentile, layers, NULL), n);
}

static void zones_have_their_densities(void **state)
{
    (void)state;
    painted p = paint_head(NP_CASE_SEX_M, 50, "density_per_cm2: 80, feather_mm: 0", N_POINTS);
    assert_near(painted_mean(&p, 0, 180, 0, 25), 80, 0.5);
    assert_near(painted_mean(&p, 150, 180, 30, 55), 80, 0.5);       /* crown */
    assert_near(painted_mean(&p, 0, 25, 46, 48), 0.66 * 80, 3);     /* hairline: 0.6 to 0.7 */
    assert_near(painted_mean(&p, 60, 72, 62, 72), 0.55 * 80, 3);    /* temple: 0.5 to 0.6 */
    assert_near(painted_mean(&p, 104, 110, 80, 86), 0.875 * 80, 2); /* towards the ear */
    assert_near(painted_mean(&p, 160, 180, 80, 98), 80, 1);         /* back */
    painted_fini(&p);
}

/* What one fade leaves of the density at three heights over the ears and three at the back. */
typedef struct left {
    double side[3], back[3], top, front;
} left;

static left fade_leaves(const char *fade)
{
    static const double heights[2][3] = {{86, 73, 58}, {107, 94, 79}};
    char params[100];
    left l;
    painted none = paint_head(NP_CASE_SEX_M, 50, "fade: none, nape_taper_mm: 2", N_POINTS);
    snprintf(params, sizeof params, "fade: %s, nape_taper_mm: 2", fade);
    painted with = paint_head(NP_CASE_SEX_M, 50, params, N_POINTS);
    for (int i = 0; i < 3; i++) {
        double d = heights[0][i];
        l.side[i] = painted_mean(&with, 90, 105, d - 2, d + 2) / painted_mean(&none, 90, 105, d - 2, d + 2);
        d = heights[1][i];
        l.back[i] = painted_mean(&with, 165, 180, d - 2, d + 2) / painted_mean(&none, 165, 180, d - 2, d + 2);
    }
    l.top = painted_mean(&with, 0, 180, 0, 40) / painted_mean(&none, 0, 180, 0, 40);
    l.front = painted_mean(&with, 0, 35, 40, 50) / painted_mean(&none, 0, 35, 40, 50);
    painted_fini(&none);
    painted_fini(&with);
    return l;
}

static void fades_end_as_high_as_they_are_named(void **state)
{
    (void)state;
    left low = fade_leaves("low"), mid = fade_leaves("mid"), high = fade_leaves("high");
    assert_near(low.top + mid.top + high.top, 3, 1e-9);
    assert_near(low.front + mid.front + high.front, 3, 1e-9);
    for (int i = 0; i < 3; i++) {
        assert_true(low.side[i] >= mid.side[i]);
        assert_true(mid.side[i] >= high.side[i]);
        assert_true(low.back[i] >= mid.back[i]);
        assert_true(mid.back[i] >= high.back[i]);
    }
    assert_near(high.side[0], 0.2, 0.01); /* bare just above the ear */
    assert_true(low.side[0] > 0.35);
    assert_true(low.side[0] < 0.9);
    assert_near(low.side[2], 1, 0.01); /* full near the ridge but for a high one */
    assert_near(mid.side[2], 1, 0.02);
    assert_true(high.side[2] < 0.97);
    assert_near(high.back[0], 0.2, 0.01);
    assert_true(low.back[0] > 0.9);
    assert_near(mid.back[2], 1, 0.01);
    assert_true(high.back[2] < 0.9);
}

/* Millimetres of the left sideburn, along a line of the skin, on which the density is over half of its most; and over how many the
 * density falls from nine tenths to one tenth at the line's end. */
static double wide_mm(const painted *p, np_vec3 from, np_vec3 step, size_t n, double *out_fall_mm)
{
    double wide = 0, most = 0, nine = 0, one = 0;
    np_surface_point *points = calloc(n, sizeof *points);
    np_field f;
    for (size_t i = 0; i < n; i++)
        assert_true(np_surface_nearest(&p->scan->surface, np_vec3_mad(from, step, (double)i), 40, &points[i]));
    assert_int_equal(np_field_init(&f, n, NULL), NP_OK);
    assert_int_equal(np_painter_paint(p->painter, points, n, 0, NULL, &f, NULL), NP_OK);
    for (size_t i = 0; i < n; i++)
        most = fmax(most, f.density_per_cm2[i]);
    assert_true(most > 20);
    double length = 0;
    for (size_t i = 1; i < n; i++) {
        double d = np_vec3_distance(points[i].position, points[i - 1].position);
        length += d;
        wide += f.density_per_cm2[i] > 0.5 * most ? d : 0;
        nine = f.density_per_cm2[i] > 0.9 * most ? length : nine;
        one = f.density_per_cm2[i] > 0.1 * most ? length : one;
    }
    *out_fall_mm = one - nine;
    np_field_fini(&f);
    free(points);
    return wide;
}

static void sideburns_are_blunt_and_as_wide_as_asked(void **state)
{
    (void)state;
    static const struct {
        np_case_sex sex;
        double percentile, asked;
    } tried[] = {{NP_CASE_SEX_M, 50, 15}, {NP_CASE_SEX_M, 50, 18}, {NP_CASE_SEX_F, 5, 15}, {NP_CASE_SEX_M, 95, 18}};
    for (size_t i = 0; i < sizeof tried / sizeof *tried; i++) {
        char params[100];
        snprintf(params, sizeof params, "sideburn_width_mm: %g", tried[i].asked);
        painted p = paint_head(tried[i].sex, tried[i].percentile, params, 100);
        np_strategy_head head = painted_head(&p);
        np_vec3 up = {head.up[0], head.up[1], head.up[2]}, ahead = {head.anterior[0], 0, head.anterior[2]};
        np_vec3 at = np_vec3_mad(p.scan->landmarks.tragion_left, up, 18);
        double fall;
        double wide = wide_mm(&p, at, np_vec3_scale(ahead, 0.25), 200, &fall);
        assert_near(wide, tried[i].asked, 2.5);
        assert_true(fall > 1.5);
        wide_mm(&p, np_vec3_mad(at, ahead, 9 + tried[i].asked / 2), np_vec3_scale(up, -0.25), 120, &fall);
        assert_true(fall > 0.5);
        assert_true(fall < 4);
        painted_fini(&p);
    }
}

/* How far up from the bare neck the nape has half of its density, at COUNT azimuths, and over how many mm it rises. */
static void measure_nape(const painted *p, double *up_mm, size_t count, double *out_rise_mm)
{
    np_strategy_head head = painted_head(p);
    *out_rise_mm = 0;
    for (size_t k = 0; k < count; k++) {
        double around = (150 + 60.0 * (double)k / (double)(count - 1)) * 3.14159265358979 / 180, length = 0, tenth = 0;
        double half = 0, nine = 0;
        np_surface_point points[160];
        size_t n = 0;
        np_field f;
        for (int i = 0; i < 160; i++) {
            double down = (130 - 0.25 * i) * 3.14159265358979 / 180;
            double a = sin(down) * cos(around), l = sin(down) * sin(around), u = cos(down);
            np_vec3 way = {a * head.anterior[0] + u * head.up[0], l, a * head.anterior[2] + u * head.up[2]};
            np_vec3 middle = {40 * head.up[0], 0, 40 * head.up[2]};
            n += np_surface_ray(&p->scan->surface, middle, way, 300, &points[n]);
        }
        assert_int_equal(np_field_init(&f, n, NULL), NP_OK);
        assert_int_equal(np_painter_paint(p->painter, points, n, 0, NULL, &f, NULL), NP_OK);
        for (size_t i = 1; i < n; i++) {
            length += np_vec3_distance(points[i].position, points[i - 1].position);
            tenth = f.density_per_cm2[i] < 7.5 ? length : tenth;
            half = f.density_per_cm2[i] < 37.5 ? length : half;
            nine = f.density_per_cm2[i] < 67.5 ? length : nine;
        }
        up_mm[k] = half;
        *out_rise_mm += (nine - tenth) / (double)count;
        np_field_fini(&f);
    }
}

static double roughness_mm(const double *v, size_t n)
{
    double sum =
        0; /* RMS distance from the mean of the neighbours: what no straight and no smoothly curved border has */
    for (size_t i = 1; i + 1 < n; i++) {
        double off = v[i] - 0.5 * (v[i - 1] + v[i + 1]);
        sum += off * off;
    }
    return sqrt(sum / (double)(n - 2));
}

static void the_nape_tapers_along_no_line(void **state)
{
    (void)state;
    double up[31], rise, straight_rise;
    painted p = paint_head(NP_CASE_SEX_M, 50, "nape_taper_mm: 18, nape_wander_mm: 4", 100);
    measure_nape(&p, up, 31, &rise);
    double rough = roughness_mm(up, 31);
    painted_fini(&p);
    p = paint_head(NP_CASE_SEX_M, 50, "nape_taper_mm: 4, nape_wander_mm: 0", 100);
    measure_nape(&p, up, 31, &straight_rise);
    double straight = roughness_mm(up, 31);
    painted_fini(&p);
    if (!(rise > 9 && straight_rise < 4 && rough > 0.5 && rough > 2 * straight))
        fail_msg("rise %.1f and %.1f mm, roughness %.2f and %.2f mm", rise, straight_rise, rough, straight);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zones_have_their_densities),
        cmocka_unit_test(fades_end_as_high_as_they_are_named),
        cmocka_unit_test(sideburns_are_blunt_and_as_wide_as_asked),
        cmocka_unit_test(the_nape_tapers_along_no_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
