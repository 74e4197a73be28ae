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

/* ---- sideburns ---- */

enum { AHEAD = 121, UP = 97 }; /* places, half a millimetre apart, of a side of the head seen from beside it */
#define GRID_MM 0.5
#define LOWEST_MM (-8.0) /* over the tragion */

typedef struct side {
    np_vec3 at[UP][AHEAD];
    double density[UP][AHEAD];
} side;

static void paint_side(const painted *p, bool on_left, side *s)
{
    np_strategy_head head = painted_head(p);
    np_vec3 tragion = on_left ? p->scan->landmarks.tragion_left : p->scan->landmarks.tragion_right;
    np_surface_point *points = calloc(UP * AHEAD, sizeof *points);
    np_field f;
    for (int u = 0; u < UP; u++)
        for (int a = 0; a < AHEAD; a++) {
            double ahead = GRID_MM * a, up = LOWEST_MM + GRID_MM * u;
            np_vec3 from = {tragion.x + ahead * head.anterior[0] + up * head.up[0], 0,
                            tragion.z + ahead * head.anterior[2] + up * head.up[2]};
            np_surface_point *at = &points[u * AHEAD + a];
            assert_true(np_surface_ray(&p->scan->surface, from, np_vec3_make(0, on_left ? 1 : -1, 0), 200, at));
            s->at[u][a] = at->position;
        }
    assert_int_equal(np_field_init(&f, UP * AHEAD, NULL), NP_OK);
    assert_int_equal(np_painter_paint(p->painter, points, UP * AHEAD, 0, NULL, &f, NULL), NP_OK);
    memcpy(s->density, f.density_per_cm2, sizeof s->density);
    np_field_fini(&f);
    free(points);
}

/* Millimetres of skin of row U with more than LEAST. */
static double wide_mm(const side *s, int u, double least, int *out_from, int *out_to)
{
    double wide = 0;
    *out_from = AHEAD, *out_to = 0;
    for (int a = 1; a < AHEAD; a++) {
        if (!(s->density[u][a] > least))
            continue;
        wide += np_vec3_distance(s->at[u][a], s->at[u][a - 1]);
        *out_from = a < *out_from ? a : *out_from;
        *out_to = a;
    }
    return wide;
}

/* Up from the lowest place of column A: where the density first is above LEAST. */
static double begins_mm(const side *s, int a, double least)
{
    for (int u = 0; u < UP; u++)
        if (s->density[u][a] > least)
            return LOWEST_MM + GRID_MM * u;
    return INFINITY;
}

/* Fails unless the sideburn is as wide as ASKED_MM, but for its wandering edges, from its end up to the temple; has DENSITY between its edges; and ends
 * blunt: END_MM over the tragion within 3 mm, over its whole width, but not along a straight line. */
static void check_sideburn(const painted *p, bool on_left, double asked_mm, double end_mm, double density,
                           const char *what)
{
    side *s = calloc(1, sizeof *s);
    paint_side(p, on_left, s);
    int from, to;
    double lowest = INFINITY, highest = -INFINITY;
    for (double up = end_mm + 4; up <= end_mm + 26; up += 2) {
        int u = (int)((up - LOWEST_MM) / GRID_MM);
        double wide = wide_mm(s, u, 0.5 * density, &from, &to);
        if (!(wide > asked_mm - 4 && wide < asked_mm + 4))
            fail_msg("%s, %s: %.1f mm wide %.1f mm over the tragion", what, on_left ? "left" : "right", wide, up);
        double sum = 0;
        for (int a = from + 4; a <= to - 6; a++)
            sum += s->density[u][a];
        double mean = sum / (to - 6 - (from + 4) + 1);
        if (!(mean > 0.9 * density && mean < 1.1 * density))
            fail_msg("%s, %s: %.1f dots a cm2 %.1f mm over the tragion", what, on_left ? "left" : "right", mean, up);
    }
    for (int a = from + 6; a <= to - 6; a++) {
        double tenth = begins_mm(s, a, 0.1 * density), half = begins_mm(s, a, 0.5 * density),
               most = begins_mm(s, a, 0.85 * density);
        if (fabs(half - end_mm) > 3 || most - tenth > 4 || most - tenth < 0.5)
            fail_msg("%s, %s: the end is from %.1f by %.1f to %.1f mm over the tragion", what,
                     on_left ? "left" : "right", tenth, half, most);
        lowest = fmin(lowest, half), highest = fmax(highest, half);
    }
    if (highest - lowest < 1)
        fail_msg("%s, %s: the end is cut straight, within %.1f mm", what, on_left ? "left" : "right", highest - lowest);
    free(s);
}

static const struct {
    np_case_sex sex;
    double percentile;
} heads[] = {{NP_CASE_SEX_M, 5}, {NP_CASE_SEX_M, 50}, {NP_CASE_SEX_M, 95},
             {NP_CASE_SEX_F, 5}, {NP_CASE_SEX_F, 50}, {NP_CASE_SEX_F, 95}};
enum { HEADS = sizeof heads / sizeof *heads };

#define BUZZ "  - {name: all, strategy: full_scalp, region: buzz, params: {variation: 0"
#define SCALP "  - {name: all, strategy: full_scalp, region: scalp, params: {variation: 0"
#define USUAL_MM 20.0
#define END_MM 7.0
#define DENSITY (0.55 * 75)

/* Takes C over. */
static void check_sideburns(np_case *c, double asked_mm, const char *what)
{
    painted p = paint_case(c, 100);
    for (int k = 0; k < 2; k++)
        check_sideburn(&p, k == 0, asked_mm, END_MM, DENSITY, what);
    painted_fini(&p);
}

static void sideburns_are_blunt_and_as_wide_as_asked(void **state)
{
    (void)state;
    static const double asked[] = {15, 18, 25};
    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < HEADS; k += 2) {
            char layers[400];
            snprintf(layers, sizeof layers, BUZZ ", sideburn_width_mm: %g}}\n", asked[i]);
            check_sideburns(fixture_case_of_head("fade", heads[k].sex, heads[k].percentile, layers, NULL), asked[i],
                            "fade");
        }
}

static void sideburns_of_the_template_are_natural(void **state)
{
    (void)state;
    for (size_t k = 0; k < HEADS; k++)
        check_sideburns(fixture_case_of_head("full-scalp", heads[k].sex, heads[k].percentile, BUZZ "}}\n", NULL),
                        USUAL_MM, "full-scalp");
}

/* Of real heads, whose outlines, drawn by hand, leave them 11 mm; and of their scalps by name. */
static void sideburns_of_real_scans_are_natural(void **state)
{
    (void)state;
    static const char *const scans[] = {"ict_head", "lee_perry_smith"};
    for (size_t i = 0; i < 2; i++) {
        char path[4200];
        np_error err = {0};
        np_scan_description d = {0};
        snprintf(path, sizeof path, "%s/../shared/scans/%s.yaml", NP_TEST_SOURCE_DIR, scans[i]);
        if (access(path, R_OK) != 0)
            skip();
        if (np_scan_description_read(path, &d, &err) != NP_OK)
            fail_msg("%s", err.text);
        check_sideburns(fixture_case_on(&d, "full-scalp", BUZZ "}}\n", NULL), USUAL_MM, scans[i]);
        unsigned drawn = d.scalp_outline.n;
        d.scalp_outline.n = 0;
        check_sideburns(fixture_case_on(&d, "full-scalp", SCALP "}}\n", NULL), 19, scans[i]);
        d.scalp_outline.n = drawn;
        np_scan_description_fini(&d);
    }
}

static void narrow_sideburns_are_told(void **state)
{
    (void)state;
    static const char *const layers[] = {SCALP "}}\n", SCALP ", sideburn_end_mm: 40}}\n", BUZZ "}}\n"};
    for (size_t i = 0; i < 3; i++) {
        painted p = paint_case(fixture_case("full-scalp", layers[i], NULL), 100);
        const char *notes = np_painter_notes(p.painter);
        for (int k = 0; k < 2; k++)
            if ((strstr(notes, k ? "the region leaves the right sideburn " : "the region leaves the left sideburn ") !=
                 NULL) != (i == 0))
                fail_msg("layer %zu: %s", i, notes);
        painted_fini(&p);
    }
}

/* Where the width that was asked for is the cause, it is named, and not the region. */
static void who_asks_for_narrow_sideburns_is_told_so(void **state)
{
    (void)state;
    painted p = paint_case(fixture_case("full-scalp", BUZZ ", sideburn_width_mm: 10}}\n", NULL), 100);
    const char *notes = np_painter_notes(p.painter);
    assert_non_null(strstr(notes, "sideburn_width_mm is 10, and sideburns of 15 to 25 mm look natural"));
    assert_null(strstr(notes, "the region leaves"));
    painted_fini(&p);
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
        cmocka_unit_test(sideburns_of_the_template_are_natural),
        cmocka_unit_test(sideburns_of_real_scans_are_natural),
        cmocka_unit_test(narrow_sideburns_are_told),
        cmocka_unit_test(who_asks_for_narrow_sideburns_is_told_so),
        cmocka_unit_test(the_nape_tapers_along_no_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
