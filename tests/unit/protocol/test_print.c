/* The texts' few forms against the C library's, and tilts and turns against its doubles. */
#include <math.h>
#include <stdio.h>

#include "../test.h"
#include "protocol/private/print.h"
#include "protocol/wire.h"

#define AS_SNPRINTF(...)                                                                                               \
    do {                                                                                                               \
        char ours[200], theirs[200];                                                                                   \
        for (size_t room = 1; room <= sizeof ours; room++) {                                                           \
            int size = wire_print(ours, room, __VA_ARGS__);                                                            \
            snprintf(theirs, room, __VA_ARGS__);                                                                       \
            assert_string_equal(ours, theirs);                                                                         \
            assert_int_equal(size, strlen(theirs));                                                                    \
        }                                                                                                              \
    } while (0)

static void prints_as_the_library_does(void **state)
{
    (void)state;
    AS_SNPRINTF("%s", "");
    AS_SNPRINTF("a %s, %.3s and %.40s%%", "b", "cdefg", "h");
    AS_SNPRINTF("%c%c", 'x', '%');
    AS_SNPRINTF("%d %d %d", 0, -1, 1);
    AS_SNPRINTF("%u %lu %llu", 4000000000u, 4000000000ul, 18446744073709551615ull);
    AS_SNPRINTF("%ld %lld %lld", -5l, (long long)INT64_MIN, (long long)INT64_MAX);
    AS_SNPRINTF("%02x%02x%02x %x", 0, 10, 255, 0xdeadbeefu);
    AS_SNPRINTF("%ld.%02ld %03d %02ld", 12l, 3l, -4, 1234l);
}

static np_wire_dot dot_of(const double normal[3], const double axis[3])
{
    np_wire_dot dot = {.id = 1, .depth_um = 600, .dwell_us = 20000, .tone_ppm = 1};
    for (int i = 0; i < 3; i++) {
        dot.normal_ppm[i] = (int32_t)lround(normal[i] * 1e6);
        dot.axis_ppm[i] = (int32_t)lround(axis[i] * 1e6);
    }
    return dot;
}

/* The angle between the axis and the reversed normal of the dot as it is rounded, in urad. */
static double tilt_of(const np_wire_dot *dot)
{
    long double cross[3], dot_product = 0, cross2 = 0;
    for (int i = 0; i < 3; i++) {
        int j = (i + 1) % 3, k = (i + 2) % 3;
        cross[i] =
            (long double)dot->normal_ppm[j] * dot->axis_ppm[k] - (long double)dot->normal_ppm[k] * dot->axis_ppm[j];
        dot_product -= (long double)dot->normal_ppm[i] * dot->axis_ppm[i];
        cross2 += cross[i] * cross[i];
    }
    return (double)(atan2l(sqrtl(cross2), dot_product) * 1e6L);
}

/* Whoever is 0.05 urad within the limit and its 5 urad passes, and whoever is as much beyond does not; at any length of the two vectors
 * that passes for 1. */
static void tilts_are_told_to_a_hair(void **state)
{
    (void)state;
    srand(5);
    char text[NP_WIRE_TEXT_BYTES];
    for (int i = 0; i < 20000; i++) {
        double tilt = i % 4 ? 0.785 * rand() / RAND_MAX : 1e-4 * rand() / RAND_MAX, turn = 6.28 * rand() / RAND_MAX;
        double longer = 1 + 9e-5 * (2.0 * rand() / RAND_MAX - 1), shorter = 1 - 9e-5 * rand() / RAND_MAX;
        double height = 2.0 * rand() / RAND_MAX - 1, flat = sqrt(1 - height * height),
               around = 6.28 * rand() / RAND_MAX;
        double n[3] = {flat * cos(around), flat * sin(around), height}, u[3] = {-sin(around), cos(around), 0};
        double v[3] = {n[1] * u[2] - n[2] * u[1], n[2] * u[0] - n[0] * u[2], n[0] * u[1] - n[1] * u[0]}, a[3];
        for (int k = 0; k < 3; k++) {
            a[k] = (-cos(tilt) * n[k] + sin(tilt) * (cos(turn) * u[k] + sin(turn) * v[k])) * longer;
            n[k] *= shorter;
        }
        np_wire_dot dot = dot_of(n, a);
        double found = tilt_of(&dot);
        np_wire_limits limits = np_wire_limits_default();
        limits.tilt_max_urad = (int32_t)ceil(found + 0.05) - 5;
        if (limits.tilt_max_urad >= 0 && limits.tilt_max_urad <= NP_WIRE_TILT_MAX_URAD)
            assert_int_equal(np_wire_dot_check(&dot, &limits, text), NP_WIRE_OK);
        limits.tilt_max_urad = (int32_t)floor(found - 0.05) - 5;
        if (limits.tilt_max_urad >= 0 && limits.tilt_max_urad <= NP_WIRE_TILT_MAX_URAD)
            assert_int_equal(np_wire_dot_check(&dot, &limits, text), NP_WIRE_RANGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_as_the_library_does),
        cmocka_unit_test(tilts_are_told_to_a_hair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
