/* The table of deposits: in order and exact at its nodes. */
#include "../test.h"

#include "skin/private/table.h"

static void table_is_in_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < SKIN_ROWS; i++) {
        const double *row = skin_table[i];
        np_skin_column column = {(np_skin_column_kind)row[0], row[1], row[2], row[3]};
        assert_int_equal(column.kind, i < SKIN_ROWS / 2 ? NP_SKIN_HEALED : NP_SKIN_FRESH);
        np_skin_mark mark;
        np_skin_column_mark(&column, np_skin_class_lab(NP_SKIN_LIGHT), &mark);
        for (int k = 0; k < NP_SKIN_GAUSSIANS; k++)
            for (int c = 0; c < 3; c++)
                assert_near(mark.area_mm2[k][c], row[SKIN_AREA + 3 * k + c],
                            1e-12); /* only if the axes are the rows' */
        double area[3];
        np_skin_mark_area(&mark, area);
        for (int c = 0; c < 3; c++) /* the Gaussians take what was traced */
            assert_near(area[c], row[SKIN_CLASS_AREA + c], 1e-3 + (i < SKIN_ROWS / 2 ? 0.03 : 0.15) * area[c]);
    }
}

static void wider_than_the_table_holds_the_same_ink(void **state)
{
    (void)state;
    np_skin_mark a, b;
    np_lab skin = np_skin_class_lab(NP_SKIN_TAN);
    np_skin_column_mark(&(np_skin_column){NP_SKIN_HEALED, 0.6, 0.5, 4}, skin, &a);
    np_skin_column_mark(&(np_skin_column){NP_SKIN_HEALED, 0.3, 0.5, 16}, skin, &b);
    for (int k = 0; k < NP_SKIN_GAUSSIANS; k++)
        assert_near(a.area_mm2[k][1], b.area_mm2[k][1], 1e-12);
    assert_true(a.sigma_mm[0] > b.sigma_mm[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_is_in_order),
        cmocka_unit_test(wider_than_the_table_holds_the_same_ink),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
