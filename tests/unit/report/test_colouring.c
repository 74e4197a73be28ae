/* Colours of dots, the hairline that is found in a plan, and dots as pigment on a view. */
#include "report/private/colouring.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../test.h"
#include "report/private/figure.h"
#include "report/private/ink.h"
#include "report/private/plot.h"
#include "small_plan.h"

static small_plan s;

static void kinds_are_counted_and_outcomes_told_apart(void **state)
{
    (void)state;
    np_error err = {0};
    np_made_dot made[] = {{.state = NP_JOURNAL_DONE, .outcome = NP_WIRE_OUTCOME_DONE},
                          {.state = NP_JOURNAL_DONE, .outcome = NP_WIRE_OUTCOME_TOO_DEEP},
                          {.state = NP_JOURNAL_IN_DOUBT},
                          {.state = NP_JOURNAL_FAILED, .outcome = NP_WIRE_OUTCOME_SKIPPED},
                          {.state = NP_JOURNAL_FAILED, .outcome = NP_WIRE_OUTCOME_NO_CONTACT}};
    static const char *const names[] = {"to be made: 4 dots", "done: 1 dots",    "done, too deep: 1 dots",
                                        "in doubt: 1 dots",   "skipped: 1 dots", "without contact: 1 dots"};
    const np_made_dot *by_dot[9] = {0};
    for (int i = 0; i < 5; i++)
        by_dot[i] = &made[i];
    report_made m = {.by_dot = by_dot};
    report_colouring c;
    small_plan_init(&s);
    assert_int_equal(report_colouring_init(&c, &s.plan, &m, NP_REPORT_BY_OUTCOME, &err), NP_OK);
    assert_int_equal(c.n_kinds, 6);
    for (size_t k = 0; k < 6; k++)
        assert_string_equal(c.names[k], names[k]);
    double first[3], second[3];
    for (size_t i = 0; i < 5; i++) { /* no two outcomes look alike */
        report_colouring_rgb(&c, i, first);
        report_colouring_rgb(&c, i + 1, second);
        assert_memory_not_equal(first, second, sizeof first);
    }
    report_colouring_fini(&c);
    assert_int_equal(report_colouring_init(&c, &s.plan, &m, NP_REPORT_BY_SESSION, &err), NP_OK);
    assert_string_equal(c.names[1], "session 2: 5 dots");
    report_colouring_fini(&c);
    assert_int_equal(report_colouring_init(&c, &s.plan, &m, NP_REPORT_BY_LAYER, &err), NP_OK);
    assert_string_equal(c.names[0], "a \"b\", c: 9 dots");
    report_colouring_fini(&c);
}

static void scales_reach_from_the_least_to_the_largest(void **state)
{
    (void)state;
    np_error err = {0};
    report_made none = {0};
    report_colouring c;
    small_plan_init(&s);
    s.dots[3].depth_mm = 0.9;
    assert_int_equal(report_colouring_init(&c, &s.plan, &none, NP_REPORT_BY_DEPTH, &err), NP_OK);
    assert_near(c.low, 0.5, 1e-9);
    assert_near(c.high, 0.9, 1e-9);
    report_colouring_fini(&c);
    /* seen from above: leaning to the front, to the subject's left, upright */
    for (int i = 0; i < 2; i++)
        s.dots[i].tilt_rad = 0.2;
    s.dots[0].axis = np_vec3_normalize(np_vec3_make(-0.2, 0, -1));
    s.dots[1].axis = np_vec3_normalize(np_vec3_make(0, -0.2, -1));
    assert_int_equal(report_colouring_init(&c, &s.plan, &none, NP_REPORT_BY_AZIMUTH, &err), NP_OK);
    assert_near(c.value[0], 0, 1e-6);
    assert_near(c.value[1], 90, 1e-6);
    assert_true(isnan(c.value[2]));
    report_colouring_fini(&c);
    assert_int_equal(np_report_by_find("azimuth"), NP_REPORT_BY_AZIMUTH);
    assert_int_equal(np_report_by_find("weight"), NP_REPORT_BYS);
}

/* Dots on the forehead of the built-in head from HEIGHT over the glabella on, in rows of 1 mm. */
static size_t cover_forehead(const np_scan *scan, double height_mm, np_dot *dots, size_t room)
{
    size_t n = 0;
    np_vec3 front, up, glabella = scan->landmarks.glabella;
    np_head_axes(&front, &up);
    for (double y = -58; y <= 58; y += 1)
        for (double rise = height_mm; rise < height_mm + 12; rise += 1) {
            np_surface_point p;
            np_vec3 from = np_vec3_mad(np_vec3_mad(glabella, up, rise), front, 60);
            from.y = glabella.y + y;
            if (n < room && np_surface_ray(&scan->surface, from, np_vec3_scale(front, -1), 200, &p))
                dots[n++] = (np_dot){.position = p.position, .normal = p.normal};
        }
    return n;
}

/* PLAN's figures of the form, as its making would measure them, into the static room behind them. */
static void measure_form(np_plan *plan, const np_scan *scan)
{
    static np_figure figures[NP_FORM_LIST_MAX];
    static np_form_dot dots[2000];
    np_error err = {0};
    np_form_value form[NP_FORM_FIGURES];
    np_form_head head = {.glabella = scan->landmarks.glabella, .surface = &scan->surface};
    np_head_axes(&head.anterior, &head.up);
    for (size_t i = 0; i < plan->n_dots; i++)
        dots[i] = (np_form_dot){.position = np_dot_mark(&plan->dots[i]),
                                .normal = plan->dots[i].normal,
                                .density_per_cm2 = 60,
                                .line = plan->dots[i].pin ? NP_FORM_LINE_NONE : NP_FORM_LINE_DESIGNED};
    assert_int_equal(np_form_measure(dots, plan->n_dots, &head, form, &err), NP_OK);
    plan->figures = figures;
    plan->n_figures = np_form_list(form, figures);
}

static void find_hairline(report_hairline *line, np_plan *plan, const np_scan *scan)
{
    np_error err = {0};
    measure_form(plan, scan);
    assert_int_equal(report_hairline_find(line, plan, scan, &err), NP_OK);
}

/* Its height is the plan's figure; a line is drawn where the plan makes it. */
static void a_hairline_stands_where_dots_begin(void **state)
{
    (void)state;
    static np_dot dots[2000];
    np_error err = {0};
    np_scan *scan = NULL;
    np_case_scan source = {.sex = NP_CASE_SEX_M, .percentile = 50};
    assert_int_equal(np_scan_create(&source, NULL, &scan, &err), NP_OK);
    char hairline[] = "hairline 1.0.0", diffuse[] = "diffuse_density 1.0.0";
    np_plan_layer layer = {.strategy = hairline};
    np_plan plan = {.dots = dots, .layers = &layer, .n_layers = 1};
    report_hairline line;
    find_hairline(&line, &plan, scan);
    assert_false(line.found);
    plan.n_dots = cover_forehead(scan, 45, dots, 2000);
    find_hairline(&line, &plan, scan);
    assert_true(line.found);
    assert_int_equal(line.n, NP_FORM_COLUMNS);
    assert_near(np_vec3_distance(line.place[line.n / 2], line.middle), 0, 1e-6);
    assert_in_range((int)line.height_mm, 45, 75); /* along the skin it is more than straight up */
    double height = line.height_mm;
    dots[0] = (np_dot){.position = np_vec3_mad(scan->landmarks.glabella, (np_vec3){0, 0, 1}, 20), .pin = true};
    find_hairline(&line, &plan, scan);
    assert_near(line.height_mm, height, 1e-9); /* pins stand before a line */
    plan.n_dots = cover_forehead(scan, 75, dots, 2000);
    find_hairline(&line, &plan, scan);
    assert_true(line.height_mm > height + 20);
    layer.strategy = diffuse; /* the line is that of hair: told, and not drawn */
    assert_int_equal(report_hairline_find(&line, &plan, scan, &err), NP_OK);
    assert_true(line.found);
    assert_int_equal(line.n, 0);
    np_scan_destroy(scan);
}

static void dots_darken_a_view_by_their_ink(void **state)
{
    (void)state;
    np_error err = {0};
    np_scan *scan = NULL;
    np_case_scan source = {.sex = NP_CASE_SEX_M, .percentile = 50};
    assert_int_equal(np_scan_create(&source, NULL, &scan, &err), NP_OK);
    report_box box = report_figure_box(scan);
    long sum[2] = {0};
    for (int with = 0; with < 2; with++) {
        report_view view = {0};
        np_look_dot dot = {.position = scan->landmarks.glabella, .normal = {1, 0, 0}};
        np_skin_model model = np_skin_model_default();
        np_skin_deposit deposit = {.needle_mm = 0.3, .depth_mm = 0.6, .tone = 1, .strength = 8};
        np_skin_deposit_mark(&model, &deposit, np_skin_class_lab(NP_SKIN_LIGHT), 60, &dot.mark);
        report_preview_scene scene = {.dots = &dot, .n_dots = (size_t)with};
        assert_int_equal(
            report_view_init(&view, REPORT_VIEW_FRONT, &scan->surface.mesh, scan->surface.normals, &box, 300, &err),
            NP_OK);
        assert_int_equal(report_view_ink(&view, scan, &scene, &err), NP_OK);
        double x, y;
        assert_true(report_view_project(&view, dot.position, view.toward, &x, &y));
        const unsigned char *data = cairo_image_surface_get_data(view.surface);
        int stride = cairo_image_surface_get_stride(view.surface);
        for (int j = -3; j <= 3; j++)
            for (int i = -3; i <= 3; i++)
                sum[with] += data[((int)y + j) * stride + 4 * ((int)x + i) + 1];
        assert_int_equal(data[1], 255); /* the paper stays white */
        report_view_fini(&view);
    }
    if (sum[1] >= sum[0] - 20)
        fail_msg("%ld with the dot, %ld without", sum[1], sum[0]);
    np_scan_destroy(scan);
}

/* How many pixels around the middle of a view one dot of DENSITY colours. */
static long disc_pixels(double density_per_cm2, np_report_by by)
{
    np_scan *scan = NULL;
    np_error err = {0};
    report_made none = {0};
    report_colouring c;
    report_view view = {0};
    np_case_scan source = {.sex = NP_CASE_SEX_M, .percentile = 50};
    assert_int_equal(np_scan_create(&source, NULL, &scan, &err), NP_OK);
    small_plan_init(&s);
    s.plan.n_dots = 1;
    report_box box = report_figure_box(scan);
    assert_int_equal(
        report_view_init(&view, REPORT_VIEW_TOP, &scan->surface.mesh, scan->surface.normals, &box, 600, &err), NP_OK);
    s.dots[0].position = scan->landmarks.vertex;
    s.dots[0].normal = view.toward;
    s.dots[0].density_per_cm2 = density_per_cm2;
    assert_int_equal(report_colouring_init(&c, &s.plan, &none, by, &err), NP_OK);
    size_t bytes = (size_t)cairo_image_surface_get_stride(view.surface) * (size_t)view.height;
    unsigned char *data = cairo_image_surface_get_data(view.surface), *before = malloc(bytes);
    assert_non_null(before);
    memcpy(before, data, bytes);
    cairo_t *cr = cairo_create(view.surface);
    report_figure_dots(&view, cr, &s.plan, &c);
    cairo_destroy(cr);
    cairo_surface_flush(view.surface);
    long changed = 0;
    for (size_t i = 0; i + 3 < bytes; i += 4)
        changed += memcmp(data + i, before + i, 3) != 0;
    free(before);
    report_colouring_fini(&c);
    report_view_fini(&view);
    np_scan_destroy(scan);
    return changed;
}

static void discs_can_be_told_by_colour_and_do_not_grow_without_bound(void **state)
{
    (void)state;
    for (int by = 0; by < 2; by++) {
        np_report_by what = by ? NP_REPORT_BY_OUTCOME : NP_REPORT_BY_AZIMUTH;
        long sparse = disc_pixels(0.05, what), dense = disc_pixels(300, what);
        if (sparse < 12 || sparse > 60 || dense < 5 || dense > 20)
            fail_msg("%d: %ld pixels sparse, %ld dense", by, sparse, dense);
    }
}

static void a_paragraph_is_broken_at_its_width(void **state)
{
    (void)state;
    static const char text[] = "An estimate, not a promise. Skin of light colour, soft indoor light of 6500 K";
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 700, 300);
    cairo_t *cr = cairo_create(surface);
    assert_int_equal(report_plot_paragraph(cr, 0, 20, 700, text), 1);
    int lines = report_plot_paragraph(cr, 0, 20, 250, text);
    assert_in_range(lines, 3, 4);
    assert_int_equal(report_plot_paragraph(cr, 0, 20, 5, "one two three"), 3); /* a word is not broken */
    assert_int_equal(report_plot_paragraph(cr, 0, 20, 5, ""), 1);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
}

#define PICTURE_WIDTH 301
#define PICTURE_HEIGHT 47

static uint32_t pixel(int x, int y)
{
    return ((uint32_t)x * 2654435761u + (uint32_t)y * 40503u) >> 8; /* what is above the colours is not seen */
}

static cairo_surface_t *coloured(void)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, PICTURE_WIDTH, PICTURE_HEIGHT);
    cairo_surface_flush(surface);
    for (int y = 0; y < PICTURE_HEIGHT; y++) {
        uint32_t *row = (uint32_t *)(void *)(cairo_image_surface_get_data(surface) +
                                             (size_t)y * (size_t)cairo_image_surface_get_stride(surface));
        for (int x = 0; x < PICTURE_WIDTH; x++)
            row[x] = pixel(x, y) | 0xA5000000u;
    }
    cairo_surface_mark_dirty(surface);
    return surface;
}

static void a_picture_is_written_pixel_by_pixel(void **state)
{
    (void)state;
    static const char path[] = "test_colouring.png";
    for (report_plot_kind kind = REPORT_PLOT_MAP; kind <= REPORT_PLOT_SKIN; kind++) {
        np_error err = {0};
        cairo_surface_t *surface = coloured();
        assert_int_equal(report_plot_write_png(surface, kind, path, &err), NP_OK);
        cairo_surface_destroy(surface);
        surface = cairo_image_surface_create_from_png(path);
        assert_int_equal(cairo_image_surface_get_format(surface), CAIRO_FORMAT_RGB24);
        assert_int_equal(cairo_image_surface_get_width(surface), PICTURE_WIDTH);
        assert_int_equal(cairo_image_surface_get_height(surface), PICTURE_HEIGHT);
        for (int y = 0; y < PICTURE_HEIGHT; y++) {
            const uint32_t *row =
                (const uint32_t *)(const void *)(cairo_image_surface_get_data(surface) +
                                                 (size_t)y * (size_t)cairo_image_surface_get_stride(surface));
            for (int x = 0; x < PICTURE_WIDTH; x++)
                assert_int_equal(row[x] & 0xFFFFFF, pixel(x, y) & 0xFFFFFF);
        }
        cairo_surface_destroy(surface);
        remove(path);
    }
}

static void a_picture_that_cannot_be_written_whole_is_not_there(void **state)
{
    (void)state;
    static const char path[] = "test_colouring_short.png";
    np_error err = {0};
    struct rlimit before, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){1000, before.rlim_max};
    cairo_surface_t *surface = coloured();
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    np_status status = report_plot_write_png(surface, REPORT_PLOT_MAP, path, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, NP_ERR_IO);
    assert_non_null(strstr(err.text, path));
    assert_int_equal(access(path, F_OK), -1);
    cairo_surface_destroy(surface);
    surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, -1, 1); /* no picture */
    assert_int_equal(report_plot_write_png(surface, REPORT_PLOT_MAP, path, &err), NP_ERR_INTERNAL);
    assert_int_equal(access(path, F_OK), -1);
    cairo_surface_destroy(surface);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_is_written_pixel_by_pixel),
        cmocka_unit_test(a_picture_that_cannot_be_written_whole_is_not_there),
        cmocka_unit_test(kinds_are_counted_and_outcomes_told_apart),
        cmocka_unit_test(scales_reach_from_the_least_to_the_largest),
        cmocka_unit_test(a_hairline_stands_where_dots_begin),
        cmocka_unit_test(dots_darken_a_view_by_their_ink),
        cmocka_unit_test(discs_can_be_told_by_colour_and_do_not_grow_without_bound),
        cmocka_unit_test(a_paragraph_is_broken_at_its_width),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
