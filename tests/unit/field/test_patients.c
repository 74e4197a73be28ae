/* Ten people, with the same case: each gets a hairline of their own, and none that breaks a band. */
#include "painted.h"

enum { PEOPLE = 10, PLACES = 45, STEPS = 150 };

/* Where hair begins over the forehead, mm of skin up from the horizontal, at PLACES azimuths from -44 to 44 degrees. */
static void trace_line(const painted *p, double *out_mm)
{
    np_vec3 middle = np_vec3_scale(np_vec3_add(p->scan->landmarks.glabella, p->scan->landmarks.inion), 0.5);
    for (int k = 0; k < PLACES; k++) {
        double a = (2.0 * k - 44) * 3.14159265358979 / 180, length = 0;
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

/* Takes off what is smooth: the mean of the neighbours within 14 degrees, some 20 mm. */
static void leave_irregularity(double *mm)
{
    double rough[PLACES];
    for (int k = 0; k < PLACES; k++) {
        double sum = 0;
        int n = 0;
        for (int j = k - 7; j <= k + 7; j++)
            if (j >= 0 && j < PLACES) {
                sum += mm[j];
                n++;
            }
        rough[k] = mm[k] - sum / n;
    }
    memcpy(mm, rough, sizeof rough);
}

static double correlation(const double *a, const double *b)
{
    double ab = 0, aa = 0, bb = 0;
    for (int k = 7; k < PLACES - 7; k++) {
        ab += a[k] * b[k];
        aa += a[k] * a[k];
        bb += b[k] * b[k];
    }
    return ab / sqrt(aa * bb);
}

/* Heads of both sexes; the case's seed is 1 for each of them. */
static void everybody_has_a_line_of_their_own(void **state)
{
    (void)state;
    static double line[PEOPLE][PLACES];
    double sum = 0, most = 0;
    for (int i = 0; i < PEOPLE; i++) {
        painted p = paint_case(
            fixture_case_of_head("hairline", i % 2 ? NP_CASE_SEX_F : NP_CASE_SEX_M, 5 + 10.0 * i, NULL, NULL), 10);
        if (strstr(np_painter_notes(p.painter), "warning"))
            fail_msg("head %d: %s", i, np_painter_notes(p.painter));
        trace_line(&p, line[i]);
        leave_irregularity(line[i]);
        painted_fini(&p);
    }
    for (int i = 0; i < PEOPLE; i++)
        for (int k = 0; k < i; k++) {
            double c = correlation(line[i], line[k]);
            sum += c / (PEOPLE * (PEOPLE - 1) / 2);
            most = fmax(most, c);
        }
    print_message("correlation of irregularity: %.3f in the mean, %.3f at most\n", sum, most);
    assert_true(fabs(sum) < 0.15);
    assert_true(most < 0.9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(everybody_has_a_line_of_their_own)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
