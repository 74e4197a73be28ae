/* What every unit test includes: cmocka with the headers it wants first. */
#ifndef NP_TESTS_UNIT_TEST_H
#define NP_TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the ones above before it */
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define assert_near(a, b, tolerance)                                                                                   \
    do {                                                                                                               \
        double near_a = (a), near_b = (b);                                                                             \
        if (!(fabs(near_a - near_b) <= (tolerance)))                                                                   \
            fail_msg("%s = %.12g, expected %.12g within %g", #a, near_a, near_b, (double)(tolerance));                 \
    } while (0)

#endif
