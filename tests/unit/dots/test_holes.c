/* The largest hole, on patterns where it is known. */
#include "largest_hole.h"

#include "../test.h"

#include <stdlib.h>

#define SIDE 40

/* A hexagonal lattice with a spacing of 1 mm, bent onto a cylinder of RADIUS mm (0: flat); interior are those
 * 4 mm inside. */
typedef struct lattice {
    np_vec3 at[SIDE * SIDE], normal[SIDE * SIDE];
    double density[SIDE * SIDE];
    unsigned char interior[SIDE * SIDE];
    size_t n;
} lattice;

static void lattice_make(lattice *l, double radius)
{
    double row = sqrt(3) / 2;
    l->n = SIDE * SIDE;
    for (size_t i = 0; i < l->n; i++) {
        double x = (double)(i % SIDE) + (i / SIDE % 2 ? 0.5 : 0), y = row * (double)(i / SIDE),
               a = radius > 0 ? x / radius : 0;
        l->at[i] = radius > 0 ? np_vec3_make(radius * sin(a), y, radius * cos(a)) : np_vec3_make(x, y, 0);
        l->normal[i] = np_vec3_make(sin(a), 0, cos(a));
        l->density[i] = 100 / row;
        l->interior[i] = x > 4 && x < SIDE - 4 && y > 4 && y < SIDE * row - 4;
    }
}

static void take_out(lattice *l, size_t i)
{
    l->n--;
    l->at[i] = l->at[l->n];
    l->normal[i] = l->normal[l->n];
    l->density[i] = l->density[l->n];
    l->interior[i] = l->interior[l->n];
}

static double largest(const lattice *l, size_t *out_at)
{
    double radius;
    np_error err = {0};
    assert_int_equal(largest_hole(l->at, l->normal, l->density, l->interior, l->n, &radius, out_at, &err), NP_OK);
    return radius;
}

/* Lattice spacings in s: 1.0746.  Between three neighbours there are 1 / sqrt(3) of it, around a missing
 * one 1. */
static void a_lattice_has_its_textbook_holes(void **state)
{
    (void)state;
    static lattice l;
    size_t at;
    for (int bent = 0; bent < 2; bent++) {
        lattice_make(&l, bent ? 60 : 0);
        double slack = bent ? 0.002 : 1e-6;
        assert_near(largest(&l, &at), 1.07457 / sqrt(3), slack + 1e-5);
        size_t missing = 20 * SIDE + 20;
        np_vec3 place = l.at[missing];
        take_out(&l, missing);
        assert_near(largest(&l, &at), 1.07457, slack + 1e-5);
        assert_near(np_vec3_distance(l.at[at], place), 1, 0.01);
    }
}

/* Outside the interior circles reach over the border, and do not count. */
static void a_border_is_no_hole(void **state)
{
    (void)state;
    static lattice l;
    size_t at;
    lattice_make(&l, 0);
    take_out(&l, 3 * SIDE + 3);
    assert_near(largest(&l, &at), 1.07457 / sqrt(3), 1e-4);
    for (size_t i = 0; i < l.n; i++)
        l.interior[i] = 0;
    assert_near(largest(&l, &at), 0, 0);
    l.n = 0;
    assert_near(largest(&l, &at), 0, 0);
}

static void what_cannot_be_measured_is_an_error(void **state)
{
    (void)state;
    static lattice l;
    double radius;
    size_t at;
    np_error err = {0};
    lattice_make(&l, 0);
    l.density[7] = 0;
    assert_int_equal(largest_hole(l.at, l.normal, l.density, l.interior, l.n, &radius, &at, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "dot 7"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lattice_has_its_textbook_holes),
        cmocka_unit_test(a_border_is_no_hole),
        cmocka_unit_test(what_cannot_be_measured_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
