/* Dots on whatever mesh a scan is: coarse and fine triangles, flat and across folds, near borders, and real
 * heads. */
#include "dots/dots.h"
#include "dots/stats.h"
#include "head/private/import.h"

#include "../test.h"
#include "checks.h"
#include "shapes.h"

#include <stdio.h>
#include <unistd.h>

#define WIDTH 40.0
#define HEIGHT 30.0
#define DENSITY 75.0
#define HEXAGONAL 1.0745699 /* s */

static np_dots_stats figures(const np_placed_dot *dots, size_t n, double margin_mm)
{
    np_vec3 *at = calloc(n, sizeof *at), *normal = calloc(n, sizeof *normal);
    double *density = calloc(n, sizeof *density);
    unsigned char *interior = calloc(n, 1);
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, dots[i].density_per_cm2);
    for (size_t i = 0; i < n; i++) {
        np_vec3 p = at[i] = dots[i].point.position;
        normal[i] = dots[i].point.normal;
        density[i] = dots[i].density_per_cm2;
        /* where the density fades to nothing within a triangle there is nothing to judge */
        interior[i] = margin_mm <= 0
                          ? density[i] > 0.99 * most
                          : p.x > margin_mm && p.x < WIDTH - margin_mm && p.y > margin_mm && p.y < HEIGHT - margin_mm;
    }
    np_dots_stats stats;
    np_error err = {0};
    assert_int_equal(np_dots_stats_compute(at, normal, density, interior, n, &stats, &err), NP_OK);
    free(at);
    free(normal);
    free(density);
    free(interior);
    return stats;
}

/* Dots within 1.5 mm of the border: neither piled up there nor kept away, to 2.5 times what chance leaves. */
static void check_border(const np_placed_dot *dots, size_t n, const char *what)
{
    double found = 0, share = 1 - (WIDTH - 3) * (HEIGHT - 3) / (WIDTH * HEIGHT), due = share * (double)n;
    for (size_t i = 0; i < n; i++) {
        np_vec3 p = dots[i].point.position;
        found += p.x < 1.5 || p.x > WIDTH - 1.5 || p.y < 1.5 || p.y > HEIGHT - 1.5;
    }
    double edge_mm = 2 * (WIDTH + HEIGHT), s = 10 / sqrt(DENSITY);
    if (fabs(found - due) > 2.5 * 0.5 * sqrt(2 * edge_mm / s))
        fail_msg("%s: %.0f dots near the border, not %.0f", what, found, due);
}

static void the_pattern_is_the_same_on_any_triangles(void **state)
{
    (void)state;
    static const double edges[3] = {5, 1.5, 0.3}, rises[2] = {0, 6};
    for (int k = 0; k < 12; k++) {
        double edge = edges[k % 3], rise = rises[k / 3 % 2];
        shape s = shape_sheet(WIDTH, HEIGHT, edge, rise, 10, DENSITY);
        np_dots_request r = shape_request(&s, (np_dots_pattern)(k / 6));
        if (r.pattern == NP_DOTS_EVEN) {
            r.n_sessions = 1;
            r.cumulative_share[0] = 1;
        }
        char what[80];
        snprintf(what, sizeof what, "pattern %d, %.1f mm triangles, folds of %.0f mm", k / 6, edge, rise);
        size_t n;
        np_placed_dot *dots = place(&r, &n);
        np_dots_stats found = figures(dots, n, 3);
        if (r.pattern == NP_DOTS_EVEN && found.nn_min / HEXAGONAL < 0.82)
            fail_msg("%s: rho is %.3f", what, found.nn_min / HEXAGONAL);
        if (r.pattern == NP_DOTS_FOLLICULAR && fabs(found.clark_evans_r - 1.497) > 0.05)
            fail_msg("%s: R is %.3f", what, found.clark_evans_r);
        check_border(dots, n, what);
        free(dots);
        shape_fini(&s);
    }
}

/* A scan with its density; false where the scans are not there. */
static bool load_scan(const char *name, double above_mm, shape *out)
{
    char path[300];
    snprintf(path, sizeof path, NP_TEST_SOURCE_DIR "/../shared/scans/%s.obj", name);
    if (access(path, R_OK) != 0)
        return false;
    np_error err = {0};
    *out = (shape){0};
    if (head_scan_import(path, NULL, &out->mesh, NULL, &err) != NP_OK)
        fail_msg("%s", err.text);
    shape_finish(out, 0);
    for (size_t v = 0; v < out->mesh.n_vertices; v++)
        out->density[v] = out->mesh.vertices[v].y > above_mm ? 1 : 0;
    return true;
}

/* The smallest distance of two dots through space, whatever skin is between them, in the mean spacing. */
static double smallest_spacing(const np_placed_dot *dots, size_t n)
{
    double least2 = HUGE_VAL;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            least2 = fmin(least2, np_vec3_distance2(dots[i].point.position, dots[k].point.position));
    return sqrt(least2) * sqrt(dots[0].density_per_cm2) / 10;
}

/* Over a whole scan, ears, lips and nostrils turn so sharply that dots are near through the air and far along
 * the skin: they too keep their distance. */
static void real_heads_are_spaced_evenly(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double above_mm; /* in the scan's own y */
    } scan[] = {{"lee_perry_smith", 125}, {"lee_perry_smith", -1000}, {"ict_head", -1000}};
    for (size_t k = 0; k < 3; k++) {
        shape s;
        if (!load_scan(scan[k].name, scan[k].above_mm, &s))
            skip();
        np_dots_request r = shape_request(&s, NP_DOTS_EVEN);
        r.n_sessions = 1;
        r.cumulative_share[0] = 1;
        r.exact_count = 6000;
        np_placed_dot *dots;
        size_t n;
        np_error err = {0};
        if (np_dots_place(&r, NULL, &dots, &n, &err) != NP_OK)
            fail_msg("%s", err.text);
        assert_int_equal(n, 6000);
        np_dots_stats found = figures(dots, n, 0);
        double rho = found.nn_min / HEXAGONAL, in_space = smallest_spacing(dots, n) / HEXAGONAL;
        if (rho < 0.83 || in_space < 0.83)
            fail_msg("%s above %.0f mm: rho is %.3f, through space %.3f", scan[k].name, scan[k].above_mm, rho,
                     in_space);
        free(dots);
        shape_fini(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pattern_is_the_same_on_any_triangles),
        cmocka_unit_test(real_heads_are_spaced_evenly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
