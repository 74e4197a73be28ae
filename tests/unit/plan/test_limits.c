/* The hard limits stand three times: what a case may ask for (case/limits.h), what a plan may hold, which is the same, and
 * what an executor makes (protocol/wire.h), in the wire's units.  The last guard before the skin must be no wider. */
#include "../test.h"

#include <math.h>

#include "base/angle.h"
#include "case/limits.h"
#include "protocol/wire.h"

static void assert_same(double case_value, double per_unit, long wire_value)
{
    assert_int_equal(lround(case_value * per_unit), wire_value);
}

static void test_case_and_wire_have_the_same_hard_limits(void **state)
{
    (void)state;
    assert_same(NP_HARD_DEPTH_MIN_MM, 1000, NP_WIRE_DEPTH_MIN_UM);
    assert_same(NP_HARD_DEPTH_MAX_MM, 1000, NP_WIRE_DEPTH_MAX_UM);
    assert_same(NP_HARD_TILT_MAX_DEG, NP_PI / 180 * 1e6, NP_WIRE_TILT_MAX_URAD);
    assert_same(NP_HARD_SPACING_MIN_MM, 1000, NP_WIRE_SPACING_MIN_UM);
    assert_same(NP_HARD_DWELL_MIN_MS, 1000, NP_WIRE_DWELL_MIN_US);
    assert_same(NP_HARD_DWELL_MAX_MS, 1000, NP_WIRE_DWELL_MAX_US);
    np_wire_limits usual = np_wire_limits_default();
    assert_same(NP_DEFAULT_TILT_MAX_DEG, NP_PI / 180 * 1e6, usual.tilt_max_urad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_case_and_wire_have_the_same_hard_limits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
