/* Growing arrays: room is made, contents stay, and what no memory can hold is refused without harm. */
#include "base/grow.h"

#include "../test.h"

static void items_stay_while_the_array_grows(void **state)
{
    (void)state;
    uint32_t *items = NULL;
    size_t capacity = 0, moves = 0;
    for (uint32_t i = 0; i < 100000; i++) {
        size_t before = capacity;
        assert_int_equal(NP_GROW(items, capacity, i + 1u, "numbers", NULL), NP_OK);
        assert_true(capacity > i);
        moves += capacity != before;
        items[i] = i;
    }
    for (uint32_t i = 0; i < 100000; i++)
        assert_int_equal(items[i], i);
    assert_in_range(moves, 2, 12);
    free(items);
}

static void a_need_beyond_double_is_met(void **state)
{
    (void)state;
    char *items = NULL;
    size_t capacity = 0;
    assert_int_equal(NP_GROW(items, capacity, 5000, "bytes", NULL), NP_OK);
    assert_true(capacity >= 5000);
    memset(items, 1, capacity);
    free(items);
}

static void what_overflows_is_refused_and_nothing_is_lost(void **state)
{
    (void)state;
    np_error err = {0};
    double *items = NULL;
    size_t capacity = 0;
    assert_int_equal(NP_GROW(items, capacity, 3, "figures", &err), NP_OK);
    items[2] = 7;
    const size_t needs[] = {SIZE_MAX, SIZE_MAX / 2 + 2, SIZE_MAX / sizeof(double) + 1};
    for (size_t i = 0; i < 3; i++) {
        size_t before = capacity;
        assert_int_equal(NP_GROW(items, capacity, needs[i], "figures", &err), NP_ERR_NO_MEMORY);
        assert_non_null(strstr(err.text, "figures"));
        assert_int_equal(capacity, before);
        assert_true(items[2] == 7);
    }
    free(items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_stay_while_the_array_grows),
        cmocka_unit_test(a_need_beyond_double_is_met),
        cmocka_unit_test(what_overflows_is_refused_and_nothing_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
