/* Hexadecimal digits, the clock, angles, smooth steps. */
#include "../test.h"
#include "base/band.h"
#include "base/angle.h"
#include "base/clock.h"
#include "base/hex.h"
#include "base/smooth.h"

static void bytes_become_digits(void **state)
{
    (void)state;
    char text[9] = "????????";
    np_hex_write((const unsigned char[]){0x00, 0x9f, 0xa0, 0xff}, 4, text);
    assert_string_equal(text, "009fa0ff");
    np_hex_write(NULL, 0, text);
    assert_string_equal(text, "");
}

static void the_clock_never_goes_back_and_has_one_speed(void **state)
{
    (void)state;
    uint64_t begin_us = np_clock_us(), last_us = begin_us;
    double begin_s = np_clock_s();
    for (int i = 0; i < 100000; i++) {
        uint64_t now_us = np_clock_us();
        assert_true(now_us >= last_us);
        last_us = now_us;
    }
    double between_s = np_clock_s() - begin_s;
    assert_true(between_s >= 1e-6 * ((double)(last_us - begin_us) - 2));
    assert_true(between_s <= 1e-6 * ((double)(np_clock_us() - begin_us) + 2));
}

static void degrees_and_radians(void **state)
{
    (void)state;
    assert_near(np_angle_rad(180), NP_PI, 0);
    assert_near(np_angle_deg(NP_PI / 2), 90, 0);
    assert_near(NP_TWO_PI, 2 * NP_PI, 0);
    assert_near(cos(NP_PI), -1, 0);
}

static void a_smooth_step_goes_from_0_to_1_either_way(void **state)
{
    (void)state;
    assert_near(np_smooth_step(2, 4, 1), 0, 0);
    assert_near(np_smooth_step(2, 4, 3), 0.5, 1e-15);
    assert_near(np_smooth_step(2, 4, 2.5), 0.15625, 1e-15);
    assert_near(np_smooth_step(2, 4, 9), 1, 0);
    assert_near(np_smooth_step(4, 2, 2.5), 1 - 0.15625, 1e-15);
}

static void bands_in_words(void **state)
{
    (void)state;
    char text[NP_BAND_TEXT_BYTES];
    assert_string_equal(np_band_text(0.085, 0.35, text), "0.085 to 0.35");
    assert_string_equal(np_band_text(-HUGE_VAL, 0.17, text), "at most 0.17");
    assert_string_equal(np_band_text(0.05, HUGE_VAL, text), "at least 0.05");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_become_digits), cmocka_unit_test(the_clock_never_goes_back_and_has_one_speed),
        cmocka_unit_test(degrees_and_radians), cmocka_unit_test(a_smooth_step_goes_from_0_to_1_either_way),
        cmocka_unit_test(bands_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
