/* Pictures of a flat square of skin with a regular field of dots: the light that dots take is the same at every scale and slant, and the
 * bytes are the same on any number of threads. */
#include "../test.h"

#include <omp.h>
#include <stdio.h>

#include "look/look.h"
#include "skin/deposit.h"

/* A square of 240 mm across at z = 0, facing +z, of 24 x 24 squares. */
enum { SIDE = 24, CORNERS = (SIDE + 1) * (SIDE + 1) };
static np_vec3 corners[CORNERS], normals[CORNERS];
static np_triangle triangles[2 * SIDE * SIDE];
static np_mesh square = {corners, triangles, CORNERS, 2 * SIDE *SIDE};

static int make_square(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < CORNERS; i++) {
        corners[i] = np_vec3_make(i % (SIDE + 1) * 10.0 - 120, i / (SIDE + 1) * 10.0 - 120, 0);
        normals[i] = np_vec3_make(0, 0, 1);
    }
    for (uint32_t i = 0; i < SIDE * SIDE; i++) {
        uint32_t a = i / SIDE * (SIDE + 1) + i % SIDE, b = a + SIDE + 1;
        triangles[2 * i] = (np_triangle){{a, a + 1, b}};
        triangles[2 * i + 1] = (np_triangle){{a + 1, b + 1, b}};
    }
    return 0;
}

enum { ROW = 100 };
#define SPACING_MM 1.15 /* 75.6 dots/cm2 */
static np_look_dot dots[ROW * ROW];

/* Healed dots in rows that are turned against the pixels'. */
static void make_dots(double strength)
{
    np_skin_model model = np_skin_model_default();
    np_skin_deposit deposit = {.needle_mm = 0.2, .depth_mm = 0.55, .tone = 0.5, .strength = strength};
    np_skin_mark mark;
    np_skin_deposit_mark(&model, &deposit, np_skin_class_lab(NP_SKIN_LIGHT), 60, &mark);
    for (int i = 0; i < ROW * ROW; i++) {
        double x = (i % ROW - ROW / 2) * SPACING_MM, y = (i / ROW - ROW / 2) * SPACING_MM;
        dots[i] =
            (np_look_dot){np_vec3_make(x * cos(0.3) - y * sin(0.3), x * sin(0.3) + y * cos(0.3), 0), {0, 0, 1}, mark};
    }
}

static np_look *look_at(double mm_per_pixel, double slant_deg, bool flat, int width, int height)
{
    double slant = slant_deg * 3.14159265358979 / 180, distance = 500;
    np_look_camera camera = {.eye = {distance * sin(slant), 0, distance * cos(slant)},
                             .up = {0, 1, 0},
                             .width_mm = mm_per_pixel * width,
                             .width = width,
                             .height = height};
    np_look_scene scene = {
        .mesh = &square, .normals = normals, .skin = np_skin_class_lab(NP_SKIN_LIGHT), .seed = 7, .flat = flat};
    np_look *look = NULL;
    np_error err = {0};
    assert_int_equal(np_look_create(&scene, &camera, &look, &err), NP_OK);
    return look;
}

/* Mean colour over whole cells of the pattern nearest the middle. */
static np_lab mean_of(double mm_per_pixel, double slant_deg)
{
    enum { W = 320, H = 240 };
    static float rgb[W * H * 3];
    np_look *look = look_at(mm_per_pixel, slant_deg, true, W, H);
    np_error err = {0};
    assert_int_equal(np_look_draw(look, dots, ROW * ROW, NULL, 0, rgb, &err), NP_OK);
    np_look_destroy(look);
    double mean[3] = {0}, weight = 0;
    double reach = fmin(12 * SPACING_MM, mm_per_pixel * (H / 2 - 1)), squash = cos(slant_deg * 3.14159265358979 / 180);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            /* a window that falls off softly, so that it is no matter how many dots lie in it */
            double u = (x + 0.5 - W / 2) * mm_per_pixel / squash, v = (y + 0.5 - H / 2) * mm_per_pixel;
            double r = hypot(u, v) / reach, g = r < 1 ? pow(cos(r * 3.14159265358979 / 2), 2) : 0;
            weight += g;
            for (int c = 0; c < 3; c++)
                mean[c] += g * (double)rgb[3 * (y * W + x) + c];
        }
    for (int c = 0; c < 3; c++)
        mean[c] /= weight;
    return np_colour_rgb_to_lab(mean);
}

static void light_taken_does_not_depend_on_scale_or_slant(void **state)
{
    (void)state;
    const double scale[] = {0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.375};
    make_dots(1);
    double skin_rgb[3], area[3], rgb[3], worst = 0;
    np_colour_lab_to_rgb(np_skin_class_lab(NP_SKIN_LIGHT), skin_rgb);
    np_skin_mark_area(&dots[0].mark, area);
    np_skin_field(skin_rgb, area, 1 / (SPACING_MM * SPACING_MM), rgb);
    np_lab field = np_colour_rgb_to_lab(rgb), fine = mean_of(0.1, 0);
    for (size_t i = 0; i < sizeof scale / sizeof *scale; i++) {
        double de = np_colour_difference(mean_of(scale[i], 0), fine),
               law = np_colour_difference(mean_of(scale[i], 0), field);
        print_message("%.3f mm a pixel: dE00 %.3f from 0.1 mm, %.3f from the law\n", scale[i], de, law);
        worst = fmax(worst, fmax(de, law));
    }
    double slanted = np_colour_difference(mean_of(0.1, 55), fine);
    print_message("55 degrees: %.3f\n", slanted);
    assert_true(worst <= 0.15);
    assert_true(slanted <= 0.15);
    assert_true(np_colour_difference(field, np_skin_class_lab(NP_SKIN_LIGHT)) > 2); /* there is something to lose */
}

static void a_dot_behind_or_turned_away_is_not_drawn(void **state)
{
    (void)state;
    enum { W = 64, H = 64 };
    static float bare[W * H * 3], with[W * H * 3];
    np_look *look = look_at(0.1, 0, true, W, H);
    np_error err = {0};
    make_dots(1);
    np_look_dot dot = dots[0], seen = dot;
    seen.position = np_vec3_make(0, 0, 0);
    np_look_dot away = seen, below = seen;
    away.normal = np_vec3_make(0, 0, -1);
    below.position.z = -5;
    assert_int_equal(np_look_draw(look, NULL, 0, NULL, 0, bare, &err), NP_OK);
    assert_int_equal(np_look_draw(look, &away, 1, NULL, 0, with, &err), NP_OK);
    assert_memory_equal(with, bare, sizeof bare);
    assert_int_equal(np_look_draw(look, &below, 1, NULL, 0, with, &err), NP_OK);
    assert_memory_equal(with, bare, sizeof bare);
    assert_int_equal(np_look_draw(look, &seen, 1, NULL, 0, with, &err), NP_OK);
    assert_true(with[3 * (W * H / 2 + W / 2)] < 0.8f * bare[3 * (W * H / 2 + W / 2)]);
    np_look_hair hair = {{0, 0, 0}, {1, 0, 0}, 1, 0.2, {0, 0, 0}};
    assert_int_equal(np_look_draw(look, NULL, 0, &hair, 1, with, &err), NP_OK);
    double lost = 0;
    for (int i = 0; i < W * H; i++)
        lost += (double)(bare[3 * i] - with[3 * i]) / (double)bare[3 * i] * 0.01;
    assert_near(lost, 0.2 * 1 + 0.2 * 0.2 * 0.6, 0.02); /* mm2: its width by its length and its ends */
    np_look_destroy(look);
}

static void same_bytes_on_any_number_of_threads(void **state)
{
    (void)state;
    enum { W = 300, H = 200 };
    static float one[W * H * 3], many[W * H * 3];
    make_dots(1);
    np_look_hair hairs[50];
    for (int i = 0; i < 50; i++)
        hairs[i] = (np_look_hair){{i - 25, i % 7, 0}, {0.6, 0, 0.8}, 0.8, 0.07, {0.04, 0.03, 0.02}};
    for (int pass = 0; pass < 2; pass++) {
        omp_set_num_threads(pass ? 8 : 1);
        np_look *look = look_at(0.2, 30, false, W, H);
        np_error err = {0};
        assert_int_equal(np_look_draw(look, dots, ROW * ROW, hairs, 50, pass ? many : one, &err), NP_OK);
        np_look_destroy(look);
    }
    assert_memory_equal(one, many, sizeof one);
}

static void cameras_that_cannot_be(void **state)
{
    (void)state;
    np_look_scene scene = {
        .mesh = &square, .normals = normals, .skin = np_skin_class_lab(NP_SKIN_LIGHT), .seed = 7, .flat = true};
    const np_look_camera bad[] = {
        {{0, 0, 100}, {0, 0, 0}, {0, 0, 1}, 10, 64, 64}, {{0, 0, 0}, {0, 0, 0}, {0, 1, 0}, 10, 64, 64},
        {{0, 0, 100}, {0, 0, 0}, {0, 1, 0}, 0, 64, 64},  {{0, 0, 100}, {0, 0, 0}, {0, 1, 0}, 10, 9000, 64},
        {{0, 0, 100}, {0, 0, 0}, {0, 1, 0}, 10, 64, 2},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        np_look *look = NULL;
        np_error err = {0};
        assert_int_equal(np_look_create(&scene, &bad[i], &look, &err), NP_ERR_INVALID);
        assert_null(look);
    }
    np_look_camera metre = {{0, 0, 1000}, {0, 0, 0}, {0, 1, 0}, 300, 1600, 1200};
    assert_near(np_look_arcmin_per_pixel(&metre), 0.645, 0.001);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(light_taken_does_not_depend_on_scale_or_slant),
        cmocka_unit_test(a_dot_behind_or_turned_away_is_not_drawn),
        cmocka_unit_test(same_bytes_on_any_number_of_threads),
        cmocka_unit_test(cameras_that_cannot_be),
    };
    return cmocka_run_group_tests(tests, make_square, NULL);
}
