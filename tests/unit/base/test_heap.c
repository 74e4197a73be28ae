/* The heap gives back what it was given, smallest key first, and by number where keys are the same. */
#include "base/heap.h"

#include "../test.h"
#include "base/rng.h"

#define N 5000

static int by_key_and_item(const void *a, const void *b)
{
    const np_heap_entry *p = a, *q = b;
    if (p->key != q->key)
        return p->key < q->key ? -1 : 1;
    return p->item < q->item ? -1 : p->item > q->item;
}

static void entries_come_in_order(void **state)
{
    (void)state;
    np_heap heap = {0};
    np_heap_entry *expected = malloc(N * sizeof *expected);
    assert_non_null(expected);
    for (uint32_t i = 0; i < N; i++) {
        expected[i] = (np_heap_entry){.key = np_rng_below(3, 1, i, 0, 400), .item = i, .detail = ~i};
        assert_int_equal(np_heap_push(&heap, expected[i], NULL), NP_OK);
    }
    qsort(expected, N, sizeof *expected, by_key_and_item);
    for (uint32_t i = 0; i < N; i++) {
        np_heap_entry e = np_heap_pop(&heap);
        assert_true(e.key == expected[i].key);
        assert_int_equal(e.item, expected[i].item);
        assert_int_equal(e.detail, ~e.item);
    }
    assert_int_equal(heap.n, 0);
    np_heap_fini(&heap);
    np_heap_fini(&heap);
    free(expected);
}

static void pushes_may_come_between(void **state)
{
    (void)state;
    np_heap heap = {0};
    double last = 0;
    for (uint32_t i = 0; i < N; i++) {
        /* as a front does: what is pushed lies beyond what came out last */
        for (uint32_t k = 0; k < 2; k++)
            assert_int_equal(np_heap_push(&heap, (np_heap_entry){.key = last + np_rng_uniform(5, 1, i, k)}, NULL),
                             NP_OK);
        np_heap_entry e = np_heap_pop(&heap);
        assert_true(e.key >= last);
        last = e.key;
    }
    assert_int_equal(heap.n, N);
    np_heap_fini(&heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_come_in_order),
        cmocka_unit_test(pushes_may_come_between),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
