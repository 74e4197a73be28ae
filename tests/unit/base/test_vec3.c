/* Vectors: turns, rejections, and what is perpendicular. */
#include "base/vec3.h"

#include "../test.h"
#include "base/angle.h"

static void rotation_and_frames(void **state)
{
    (void)state;
    np_vec3 z = {0, 0, 1}, x = {1, 0, 0};
    np_vec3 y = np_vec3_rotate(x, z, NP_PI / 2);
    assert_near(y.x, 0, 1e-15);
    assert_near(y.y, 1, 1e-15);
    for (int i = 0; i < 50; i++) {
        np_vec3 n = np_vec3_normalize(np_vec3_make(cos(i), sin(i * 2.0), cos(i * 3.0 + 1)));
        np_vec3 p = np_vec3_perpendicular(n);
        assert_near(np_vec3_dot(n, p), 0, 1e-14);
        assert_near(np_vec3_length(p), 1, 1e-14);
        assert_near(np_vec3_dot(np_vec3_reject(x, n), n), 0, 1e-14);
    }
    assert_near(np_vec3_length(np_vec3_normalize(np_vec3_make(0, 0, 0))), 0, 0);
    assert_false(np_vec3_is_finite(np_vec3_make(NAN, 0, 0)));
    assert_near(np_vec3_lerp(x, z, 0.25).x, 0.75, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rotation_and_frames)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
