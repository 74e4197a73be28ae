/* needlepath/plugin_test.h: a host for the unit tests of a plugin.  It needs neither needlepath's programs nor a sandbox: a test is a program
 * that holds the plugin's sources and links libneedlepath-plugin-test, so a debugger, sanitizers and coverage work as in any program.
 *
 *     #include <needlepath/plugin_test.h>
 *     int main(void)
 *     {
 *         np_test *t = np_test_begin(np_plugin_entry_v1(), "wave");
 *         np_test_draw_region(t, "region", (const double[]){-30, 0, 115}, 40);
 *         np_test_set(t, "density_per_cm2", 45);
 *         if (np_test_run(t) == 0) {
 *             np_test_dot middle = np_test_at(t, -30, 0, 115);
 *             NP_TEST_NEAR(t, middle.density_per_cm2, 45, 10);
 *         }
 *         return np_test_end(t) != 0;
 *     }
 *
 * THE HEAD is half a ball of 90 mm about (0, 0, 40), in the head frame: glabella (87.7, 0, 20), inion (-87.7, 0, 20), tragia
 * (0, 80.6, 0) left and (0, -80.6, 0) right, vertex (0, 0, 130), and one whorl 30 degrees behind the vertex.  Hair grows away from that, flat
 * by 65 degrees but upright in its middle.  On a ball every distance along the skin is an arc of a great circle, so what a strategy is
 * told can be checked by hand.  Zones have borders without width here: a zone's weight is 0 or 1.  A place that is given stands for the one of the ball in its direction.
 *
 * A TEST goes on after what fails: each failure is a line on standard error with file and line, or the call that failed, and np_test_end
 * counts them.  Nothing here ends the program, but for want of memory.
 *
 * `needlepath plugin check` tries a plugin against the rules, on a real head and in the sandbox; here its author says what it is to do.  One thread. */
#ifndef NEEDLEPATH_PLUGIN_TEST_H
#define NEEDLEPATH_PLUGIN_TEST_H

#include <needlepath/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NP_TEST_RADIUS_MM 90.0
#define NP_TEST_MIDDLE_Z_MM 40.0

/* A layer on that head. */
typedef struct np_test np_test;

/* What is painted at a place. */
typedef struct np_test_dot {
    double x, y, z; /* on the skin */
    double coverage, density_per_cm2, depth_mm, tilt_rad, azimuth_rad, tone, dwell_ms;
    int32_t first_session;
} np_test_dot;

/* A layer of STRATEGY of the plugin: parameters at their defaults, nothing drawn, seed 1, a treatment of three sessions (30, 70, 100 % after 0, 7,
 * 30 days) with the limits that cases have (0.3 to 1.5 mm deep, 30 degrees of tilt).  ENTRY is what np_plugin_entry_v1() returns; built against
 * another minor version of plugin.h, it is taken or refused as in planning.  STRATEGY NULL: the first one.  Never NULL; a strategy that there is not
 * is a failure, and so is all that is done with it.  np_test_end frees it. */
np_test *np_test_begin(const np_plugin_entry *entry, const char *strategy);

/* Before np_test_run.  The parameter's value; out of its range, of another type, or for no parameter: a failure.  An option's is its index.  All is
 * copied.  ROWS: COUNT knots x y of a CURVE, or rows of a TABLE. */
void np_test_set(np_test *test, const char *param, double value);
void np_test_set_text(np_test *test, const char *param, const char *text);
void np_test_set_file(np_test *test, const char *param, const void *bytes, uint32_t size);
void np_test_set_rows(np_test *test, const char *param, const double *rows, uint32_t count);
/* One more input for the slot: a round region, RADIUS_MM along the skin; an open curve through COUNT places x y z; COUNT points. */
void np_test_draw_region(np_test *test, const char *slot, const double middle[3], double radius_mm);
void np_test_draw_curve(np_test *test, const char *slot, const double *xyz, uint32_t count);
void np_test_draw_points(np_test *test, const char *slot, const double *xyz, uint32_t count);
/* The VALUE of each of the COUNT points that were drawn last for the slot (the default until then); out of its range, or of another number of points: a
 * failure. */
void np_test_set_values(np_test *test, const char *slot, const char *value, const double *numbers, uint32_t count);
/* Follicles that grow everywhere (0 until then). */
void np_test_set_hair(np_test *test, double density_per_cm2);
/* What an earlier treatment left everywhere, of what mean tone, and what its plan wanted (-1: there was none; so until then).  Dots that were made count as
 * existing density, as they do on a head, beside the follicles.  A failure for numbers below 0, or a tone above 1. */
void np_test_set_history(np_test *test, double made_per_cm2, double planned_per_cm2, double made_tone);
/* The seed of random numbers. */
void np_test_set_seed(np_test *test, uint64_t seed);
/* From now on progress says that the user cancelled. */
void np_test_cancel(np_test *test);

/* Runs layout and prepare, and paints 2000 samples all over the upper head: once in a row, and once backwards in batches of 7; other bits then, or
 * a number out of its range, are failures.  0; or -1 if the strategy failed: np_test_error says how.  That alone is no failure of the test: it
 * may be what is tested.  Once a test; not at all, and -1, after a failure of what it was given. */
int np_test_run(np_test *test);
/* What the strategy gave set_error at last, or what was wrong otherwise; "" if nothing.  Valid until the next call. */
const char *np_test_error(const np_test *test);
/* What it logged at level 1 and above, a line each.  Valid likewise. */
const char *np_test_log(const np_test *test);

/* After np_test_run returned 0.  What is painted at the place; a failure and all NAN where it fails. */
np_test_dot np_test_at(np_test *test, double x, double y, double z);
/* The 2000 samples as painted; the test's. */
const np_test_dot *np_test_dots(const np_test *test, uint32_t *out_count);
/* How many dots a plan would make of the layer by itself: coverage times density over the upper head. */
double np_test_dot_count(const np_test *test);
/* What layout emitted; the test's.  A pin's radius keeps no dot away here: none are placed.  A curve is joined along great circles, with points at most 1 mm apart. */
const np_strategy_pin *np_test_pins(const np_test *test, uint32_t *out_count);
const np_strategy_curve *np_test_curve(const np_test *test, uint32_t i); /* NULL if there is none */

/* A failure if it is not so. */
#define NP_TEST_EXPECT(test, condition) np_test_expect(test, (condition) != 0, #condition, __FILE__, __LINE__)
#define NP_TEST_NEAR(test, value, wanted, within) np_test_near(test, value, wanted, within, #value, __FILE__, __LINE__)
/* The strategy fails, and its sentence has WORDS in it; instead of np_test_run. */
#define NP_TEST_FAILS(test, words) np_test_fails(test, words, __FILE__, __LINE__)
void np_test_expect(np_test *test, int holds, const char *condition, const char *file, int line);
void np_test_near(np_test *test, double value, double wanted, double within, const char *text, const char *file,
                  int line);
void np_test_fails(np_test *test, const char *words, const char *file, int line);

/* Runs finish, frees the test, and returns how many failures it had. */
int np_test_end(np_test *test);

#ifdef __cplusplus
}
#endif

#endif
