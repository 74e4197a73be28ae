/* Dots drawn into a photograph whose looks are known are read back, whatever exposure and white balance it has; what is no picture of dots is refused. */
#include "../test.h"

#include <cairo.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

#include "../folder.h"
#include "base/clock.h"
#include "base/rng.h"
#include "report/photo.h"
#include "skin/deposit.h"

enum { SIDE = 420 };
static const double mm_per_pixel = 0.02, middle_px = 205.3;

static const char *path(void)
{
    static char p[64];
    snprintf(p, sizeof p, "%s/dots.png", folder);
    return p;
}

static double encode(double v)
{
    v = v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055;
    return fmin(fmax(v, 0), 1);
}

static void make_mark(double depth_mm, np_skin_mark *out)
{
    np_skin_model model = np_skin_model_default();
    np_skin_deposit deposit = {.needle_mm = 0.25, .depth_mm = depth_mm, .tone = 0.6, .strength = 1};
    np_skin_deposit_mark(&model, &deposit, np_skin_class_lab(NP_SKIN_LIGHT), 30, out);
}

/* One dot in skin, a grey card in a corner, all under GAIN by channel. */
static void draw(const np_skin_mark *mark, const double gain[3])
{
    static const double skin[3] = {0.45, 0.3, 0.22};
    cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_RGB24, SIDE, SIDE);
    unsigned char *data = cairo_image_surface_get_data(s);
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            uint32_t *to = (uint32_t *)(void *)(data + y * cairo_image_surface_get_stride(s)) + x;
            double r = hypot(x - middle_px, y - middle_px) * mm_per_pixel;
            *to = 0;
            for (int c = 0; c < 3; c++) {
                double a = 0;
                for (int k = 0; k < NP_SKIN_GAUSSIANS; k++)
                    a += mark->area_mm2[k][c] / (6.283185307 * mark->sigma_mm[k] * mark->sigma_mm[k]) *
                         exp(-r * r / (2 * mark->sigma_mm[k] * mark->sigma_mm[k]));
                double v = x < 30 && y < 30 ? 0.18 : skin[c] * exp(-a);
                *to = *to << 8 | (uint32_t)floor(255 * encode(v * gain[c]) +
                                                 np_rng_uniform(7, (uint32_t)c, (uint32_t)(y * SIDE + x), 0));
            }
        }
    cairo_surface_mark_dirty(s);
    assert_int_equal(cairo_surface_write_to_png(s, path()), CAIRO_STATUS_SUCCESS);
    cairo_surface_destroy(s);
}

static void dots_are_read_back(void **state)
{
    (void)state;
    static const double gains[][3] = {{1, 1, 1}, {0.6, 0.6, 0.6}, {1.2, 1, 1.6}};
    static const double depths[] = {0.35, 0.6, 0.85};
    for (int g = 0; g < 3; g++)
        for (int d = 0; d < 3; d++) {
            np_skin_mark mark;
            np_skin_look meant, read;
            np_photo photo;
            np_error err = {0};
            double skin[3], card[3];
            make_mark(depths[d], &mark);
            np_skin_mark_look(&mark, &meant);
            draw(&mark, gains[g]);
            assert_int_equal(np_photo_read(path(), &photo, &err), NP_OK);
            if (np_photo_dot(&photo, mm_per_pixel, middle_px + 12, middle_px - 9, &read, skin, &err) != NP_OK)
                fail_msg("%s", err.text);
            assert_near(read.contrast, meant.contrast, 0.03);
            assert_near(read.width_mm, meant.width_mm, 0.02);
            assert_near(log(read.red_over_blue), log(meant.red_over_blue), 0.08);
            int card_at[4] = {4, 4, 20, 20};
            assert_int_equal(np_photo_grey(&photo, card_at, card, &err), NP_OK);
            assert_near(skin[0] / card[0] * 0.18, 0.45, 0.02); /* whatever the light is */
            assert_near(skin[2] / card[2] * 0.18, 0.22, 0.02);
            np_photo_fini(&photo);
        }
}

static void expect(np_status status, const np_error *err, np_status wanted, const char *says)
{
    assert_int_equal(status, wanted);
    if (!strstr(err->text, says))
        fail_msg("expected '%s', found '%s'", says, err->text);
}

/* A file of SIZE bytes. */
static void put(const void *bytes, size_t size)
{
    FILE *f = fopen(path(), "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

static void expect_soon(const char *says, np_status wanted)
{
    np_photo none;
    np_error err = {0};
    double begin = np_clock_s();
    expect(np_photo_read(path(), &none, &err), &err, wanted, says);
    assert_null(none.rgb);
#ifdef NP_SANITIZED
    assert_true(np_clock_s() - begin < 20);
#else
    assert_true(np_clock_s() - begin < 2);
#endif
}

/* A small file that says it is huge, one that ends in its middle, one that is a pipe. */
static void files_made_to_harm_end_soon(void **state)
{
    (void)state;
    unsigned char head[64] = {0x89, 'P', 'N', 'G',  '\r', '\n', 0x1A, '\n', 0,    0, 0, 13, 'I', 'H', 'D',
                              'R',  0,   0,   0x4E, 0x1F, 0,    0,    0x4E, 0x1F, 8, 2, 0,  0,   0};
    put(head, sizeof head);
    expect_soon("19999 x 19999 pixels; expected 20 to 20000 a side, and 40000000 at most in all", NP_ERR_FORMAT);
    memcpy(head + 16, (const unsigned char[]){0, 0, 0x10, 0, 0, 0, 0x10, 0}, 8);
    put(head, sizeof head);
    expect_soon("expected a PNG picture: ", NP_ERR_FORMAT);
    memset(head + 16, 0xFF, 8);
    put(head, sizeof head);
    expect_soon("4294967295 x 4294967295 pixels", NP_ERR_FORMAT);
    put(head, 8);
    expect_soon("none by its first bytes", NP_ERR_FORMAT);
    unlink(path());
    assert_int_equal(mkfifo(path(), 0600), 0);
    expect_soon("it is not a regular file", NP_ERR_IO);
    unlink(path());
}

static void what_is_no_picture_of_dots_is_refused(void **state)
{
    (void)state;
    static const double gain[3] = {1, 1, 1};
    np_skin_mark mark;
    np_skin_look look;
    np_photo photo, none;
    np_error err = {0};
    double skin[3];
    make_mark(0.5, &mark);
    draw(&mark, gain);
    assert_int_equal(np_photo_read(path(), &photo, &err), NP_OK);
    expect(np_photo_dot(&photo, mm_per_pixel, 20, 200, &look, skin, &err), &err, NP_ERR_INVALID,
           "of picture around it");
    expect(np_photo_dot(&photo, mm_per_pixel, NAN, 200, &look, skin, &err), &err, NP_ERR_INVALID,
           "of picture around it");
    expect(np_photo_dot(&photo, 0.1, middle_px, middle_px, &look, skin, &err), &err, NP_OK, "");
    expect(np_photo_grey(&photo, (int[]){400, 4, 30, 30}, skin, &err), &err, NP_ERR_INVALID,
           "does not lie in the picture");
    expect(np_photo_grey(&photo, (int[]){20, 20, 30, 30}, skin, &err), &err, NP_ERR_INVALID, "not even");
    np_photo_fini(&photo);

    FILE *f = fopen(path(), "w");
    fputs("no picture", f);
    fclose(f);
    expect(np_photo_read(path(), &none, &err), &err, NP_ERR_FORMAT, "expected a PNG picture");
    remove(path());
    expect(np_photo_read(path(), &none, &err), &err, NP_ERR_IO, "cannot read: No such file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dots_are_read_back),
        cmocka_unit_test(what_is_no_picture_of_dots_is_refused),
        cmocka_unit_test(files_made_to_harm_end_soon),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
