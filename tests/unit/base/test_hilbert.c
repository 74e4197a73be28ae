/* The Hilbert curve: it comes by every point once, and from each to a neighbour. */
#include "base/hilbert.h"

#include "../test.h"

static void every_point_once_and_the_next_is_a_neighbour(void **state)
{
    (void)state;
    for (unsigned bits = 1; bits <= 4; bits++) {
        uint32_t side = 1u << bits, n = side * side * side;
        uint32_t(*at)[3] = malloc(n * sizeof *at);
        unsigned char *seen = calloc(n, 1);
        assert_non_null(at);
        assert_non_null(seen);
        for (uint32_t x = 0; x < side; x++)
            for (uint32_t y = 0; y < side; y++)
                for (uint32_t z = 0; z < side; z++) {
                    uint64_t key = np_hilbert_key((uint32_t[3]){x, y, z}, bits);
                    assert_true(key < n);
                    assert_false(seen[key]);
                    seen[key] = 1;
                    at[key][0] = x, at[key][1] = y, at[key][2] = z;
                }
        for (uint32_t k = 0; k + 1 < n; k++) {
            unsigned steps = 0;
            for (int i = 0; i < 3; i++)
                steps += at[k][i] > at[k + 1][i] ? at[k][i] - at[k + 1][i] : at[k + 1][i] - at[k][i];
            assert_int_equal(steps, 1);
        }
        free(at);
        free(seen);
    }
}

/* A coarser grid sees the same curve but for its orientation: the first bits stay together. */
static void finer_points_stay_in_their_coarse_cell(void **state)
{
    (void)state;
    for (uint32_t k = 0; k < 4096; k++) {
        uint32_t fine[3] = {k * 2654435761u >> 11, k * 2246822519u >> 11, k * 3266489917u >> 11};
        uint32_t corner[3];
        for (int i = 0; i < 3; i++)
            corner[i] = fine[i] >> 11 << 11;
        assert_int_equal(np_hilbert_key(fine, 21) >> 33, np_hilbert_key(corner, 21) >> 33);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_point_once_and_the_next_is_a_neighbour),
        cmocka_unit_test(finer_points_stay_in_their_coarse_cell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
