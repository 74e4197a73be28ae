/* Ten people, with the same case: each gets a hairline of their own, and none that breaks a band. */
#include "painted.h"

enum { PEOPLE = 10, PLACES = 49, STEPS = 150 };

/* Where hair begins over the forehead, mm of skin up from the horizontal, at PLACES azimuths from -30 to 30 degrees: beyond, the way up may meet the
 * line where it comes down to the temple. */
static void trace_line(const painted *p, double *out_mm)
{
    np_vec3 middle = np_vec3_scale(np_vec3_add(p->scan->landmarks.glabella, p->scan->landmarks.inion), 0.5);
    for (int k = 0; k < PLACES; k++) {
        double a = (60.0 * k / (PLACES - 1) - 30) * 3.14159265358979 / 180, length = 0;
        np_surface_point points[STEPS];
        size_t n = 0;
        for (int i = 0; i < STEPS; i++) {
            double e = (10 + i * 0.4) * 3.14159265358979 / 180;
            np_vec3 direction = {cos(e) * cos(a), cos(e) * sin(a), sin(e)};
            n += np_surface_ray(&p->scan->surface, middle, direction, 300, &points[n]);
        }
        np_field f;
        assert_int_equal(np_field_init(&f, n, NULL), NP_OK);
        assert_int_equal(np_painter_paint(p->painter, points, n, 0, NULL, &f, NULL), NP_OK);
        out_mm[k] = 0;
        for (size_t i = 1; i < n && out_mm[k] == 0; i++) {
            length += np_vec3_distance(points[i].position, points[i - 1].position);
            if (f.density_per_cm2[i] > 4)
                out_mm[k] = length;
        }
        assert_true(out_mm[k] > 0);
        np_field_fini(&f);
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* More than macro- and micro-irregularity of a line can be. */
#define MOST_MM 3.5

/* The line less that of the same head without irregularity, whose shape all people share: in its place, as it keeps the same gap to the border.
 * NAN where the way up met another part of the one than of the other, near the frontotemporal points: two people may have these in the same place, and
 * that says nothing of their irregularity. */
static void leave_irregularity(double *mm, const double *smooth_mm)
{
    double sorted[PLACES], mean = 0;
    int n = 0;
    for (int k = 0; k < PLACES; k++)
        sorted[k] = mm[k] -= smooth_mm[k];
    qsort(sorted, PLACES, sizeof *sorted, compare);
    for (int k = 0; k < PLACES; k++) {
        mm[k] -= sorted[PLACES / 2];
        mm[k] = fabs(mm[k]) > MOST_MM ? NAN : mm[k];
        mean += isnan(mm[k]) ? 0 : mm[k];
        n += !isnan(mm[k]);
    }
    assert_true(n > PLACES * 3 / 4);
    for (int k = 0; k < PLACES; k++)
        mm[k] -= mean / n;
}

static double correlation(const double *a, const double *b)
{
    double ab = 0, aa = 0, bb = 0;
    for (int k = 0; k < PLACES; k++) {
        if (isnan(a[k]) || isnan(b[k]))
            continue;
        ab += a[k] * b[k];
        aa += a[k] * a[k];
        bb += b[k] * b[k];
    }
    return ab / sqrt(aa * bb);
}

static void trace(int person, const char *layers, bool quiet, double *out_mm)
{
    painted p = paint_case(
        fixture_case_of_head("hairline", person % 2 ? NP_CASE_SEX_F : NP_CASE_SEX_M, 5 + 10.0 * person, layers, NULL),
        10);
    if (quiet && strstr(np_painter_notes(p.painter), "warning"))
        fail_msg("head %d: %s", person, np_painter_notes(p.painter));
    trace_line(&p, out_mm);
    painted_fini(&p);
}

/* Heads of both sexes; the case's seed is 1 for each of them.  These 90 mm of forehead have few mounds:
 * unit.plugins.hairline judges the whole line of many more people. */
static void everybody_has_a_line_of_their_own(void **state)
{
    (void)state;
    static double line[PEOPLE][PLACES], smooth[PLACES];
    double sum = 0, size = 0, most = 0;
    for (int i = 0; i < PEOPLE; i++) {
        trace(i, NULL, true, line[i]);
        trace(i,
              "  - {name: line, strategy: hairline, region: frontal, params: {density_per_cm2: 60, shape: natural, "
              "macro_mm: 0, "
              "micro_mm: 0, border_gap_mm: 5.5}}\n",
              false, smooth);
        leave_irregularity(line[i], smooth);
    }
    for (int i = 0; i < PEOPLE; i++)
        for (int k = 0; k < i; k++) {
            double c = correlation(line[i], line[k]);
            sum += c / (PEOPLE * (PEOPLE - 1) / 2);
            size += fabs(c) / (PEOPLE * (PEOPLE - 1) / 2);
            most = fmax(most, fabs(c));
        }
    print_message("correlation of irregularity: %.3f in the mean, %.3f in size, %.3f at most\n", sum, size, most);
    assert_true(fabs(sum) < 0.15);
    assert_true(size < 0.35);
    assert_true(most < 0.8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(everybody_has_a_line_of_their_own)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
