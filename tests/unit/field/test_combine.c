/* Regions made of others, on the built-in head: areas that add up, places inside and out, and what cannot be. */
#include "fixture.h"

#include "field/private/drawing.h"
#include "field/private/painter.h"
#include "surface/private/region.h"

#define LAYER "  - {name: all, strategy: diffuse_density, region: x}\n"

/* The case whose regions are the YAML text REGIONS. */
static np_case *case_with(const char *regions)
{
    char text[4000];
    np_error err = {0};
    np_case *c = NULL;
    snprintf(text, sizeof text, "needlepath: 1\nregions:\n%slayers:\n%s", regions, LAYER);
    if (np_case_parse("case.yaml", text, strlen(text), &c, &err) != NP_OK)
        fail_msg("%s", err.text);
    return c;
}

/* The region x of a case; drawn_destroy frees it. */
typedef struct drawn {
    np_case *c;
    np_painter painter;
    np_region *regions[16];
    const np_region *x;
} drawn;

static np_status try_draw(drawn *d, const np_scan *scan, const char *regions, np_error *err)
{
    *d = (drawn){.c = case_with(regions)};
    d->painter = (np_painter){.source = d->c, .scan = scan, .regions = d->regions};
    return field_painter_region(&d->painter, "x", &d->x, err);
}

static void draw(drawn *d, const np_scan *scan, const char *regions)
{
    np_error err = {0};
    if (try_draw(d, scan, regions, &err) != NP_OK)
        fail_msg("%s", err.text);
}

static void drawn_destroy(drawn *d)
{
    for (size_t i = 0; i < sizeof d->regions / sizeof *d->regions; i++)
        np_region_destroy(d->regions[i]);
    np_case_destroy(d->c);
}

static double area_of(const np_scan *scan, const char *regions)
{
    drawn d;
    draw(&d, scan, regions);
    double area = d.x->area_cm2;
    drawn_destroy(&d);
    return area;
}

static double inside_mm(const drawn *d, np_vec3 at)
{
    np_surface_point p;
    assert_true(np_surface_nearest(&d->painter.scan->surface, at, 10, &p));
    return np_region_distance_mm(d->x, &p);
}

#define PARTS                                                                                                          \
    "{of: frontal}, {of: midscalp}, {of: crown}, {of: temple_left}, {of: temple_right}, {of: sideburn_left}, "         \
    "{of: sideburn_right}, {of: parietal_left}, {of: parietal_right}, {of: occipital}, {of: nape}"

/* Neighbours share their borders: their union has none of them, and no holes where three meet. */
static void the_parts_of_the_scalp_make_up_the_scalp(void **state)
{
    drawn d;
    double scalp = area_of(*state, "  - {name: x, of: scalp}\n");
    draw(&d, *state, "  - {name: x, union: [" PARTS "]}\n");
    assert_int_equal(d.x->n_borders, 1);
    assert_near(d.x->area_cm2, scalp, 0.005 * scalp);
    drawn_destroy(&d);
}

static void what_is_taken_away_is_gone_and_the_rest_is_there(void **state)
{
    drawn d;
    const np_scan *scan = *state;
    double scalp = area_of(scan, "  - {name: x, of: scalp}\n"), front = area_of(scan, "  - {name: x, of: frontal}\n");
    double crown = area_of(scan, "  - {name: x, of: crown}\n");
    draw(&d, scan, "  - {name: x, minus: [{of: scalp}, front, {of: crown}]}\n  - {name: front, of: frontal}\n");
    assert_int_equal(d.x->n_borders, 2); /* its edge and the crown */
    assert_near(d.x->area_cm2, scalp - front - crown, 0.01 * scalp);
    assert_true(inside_mm(&d, scan->whorls[0]) < -20);
    assert_true(inside_mm(&d, scan->landmarks.vertex) > 5);
    drawn_destroy(&d);
    draw(&d, scan, "  - {name: x, intersect: [{of: scalp}, {norwood: 5}, {of: midscalp}]}\n");
    assert_in_range((long)d.x->area_cm2, 10, 73);
    drawn_destroy(&d);
    draw(&d, scan, "  - {name: x, union: [{of: frontal}, {of: crown}]}\n");
    assert_int_equal(d.x->n_borders, 2);
    assert_near(d.x->area_cm2, front + crown, 0.01 * (front + crown));
    drawn_destroy(&d);
}

static void regions_grow_and_shrink_by_mm_of_skin(void **state)
{
    const np_scan *scan = *state;
    static const struct {
        const char *text;
        double more_mm;
    } grown[] = {
        {"  - {name: x, of: crown, grow_mm: 6}\n", 6},
        {"  - {name: x, of: crown, grow_mm: -12}\n", -12},
        {"  - {name: x, region: y, grow_mm: -5}\n  - {name: y, of: crown, grow_mm: 8}\n", 3},
        {"  - {name: x, union: [{of: crown, grow_mm: 4}, {of: crown}], grow_mm: -1}\n", 3},
    };
    for (size_t i = 0; i < sizeof grown / sizeof *grown; i++) {
        drawn d, crown;
        draw(&crown, scan, "  - {name: x, of: crown}\n");
        draw(&d, scan, grown[i].text);
        const np_curve *border = np_region_border(d.x);
        for (size_t k = 0; k < np_curve_count(border); k += 7) {
            double from_crown = -np_region_distance_mm(crown.x, &np_curve_points(border)[k]);
            assert_near(from_crown, grown[i].more_mm, 0.35 + 0.03 * fabs(grown[i].more_mm));
        }
        drawn_destroy(&d);
        drawn_destroy(&crown);
    }
}

static void a_mirrored_region_lies_on_the_other_side(void **state)
{
    const np_scan *scan = *state;
    drawn d, left;
    draw(&left, scan, "  - {name: x, of: parietal_left}\n");
    draw(&d, scan, "  - {name: x, mirror: y}\n  - {name: y, of: parietal_left}\n");
    assert_near(d.x->area_cm2 / left.x->area_cm2, 1, 0.02);
    const np_curve *border = np_region_border(d.x);
    for (size_t k = 0; k < np_curve_count(border); k += 11) {
        np_vec3 p = np_curve_points(border)[k].position;
        assert_true(p.y < 0);
        p.y = -p.y;
        assert_near(inside_mm(&left, p), 0, 0.4);
    }
    drawn_destroy(&left);
    drawn_destroy(&d);
}

static void what_cannot_be_is_told_with_its_line(void **state)
{
    static const struct {
        const char *regions, *text;
    } bad[] = {
        {"  - {name: x, intersect: [{of: nape}, {of: frontal}]}\n",
         "case.yaml:3: region x, intersect: nothing of the scan lies in it"},
        /* neighbours share a border and nothing else */
        {"  - {name: x, intersect: [{of: midscalp}, {of: frontal}]}\n", "intersect: nothing of the scan lies in it"},
        {"  - {name: x, minus: [{of: crown}, {of: scalp}]}\n", "region x, minus: nothing of the scan"},
        {"  - {name: x, of: crown, grow_mm: -50}\n", "region x, grow_mm -50: nothing of the scan"},
        {"  - {name: y, of: crown}\n  - {name: x, region: y, grow_mm: -40}\n", "case.yaml:4: region x, grow_mm -40: "},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        drawn d;
        np_error err = {0};
        assert_int_equal(try_draw(&d, *state, bad[i].regions, &err), NP_ERR_GEOMETRY);
        if (!strstr(err.text, bad[i].text))
            fail_msg("expected '%s' in\n%s", bad[i].text, err.text);
        drawn_destroy(&d);
    }
}

static void the_same_regions_come_out_again(void **state)
{
    drawn a, b;
    static const char text[] = "  - {name: x, union: [{norwood: 3v}, {of: midscalp}], grow_mm: 2}\n";
    draw(&a, *state, text);
    draw(&b, *state, text);
    const np_curve *one = np_region_border(a.x), *two = np_region_border(b.x);
    assert_int_equal(np_curve_count(one), np_curve_count(two));
    for (size_t i = 0; i < np_curve_count(one); i++)
        assert_memory_equal(&np_curve_points(one)[i].position, &np_curve_points(two)[i].position, sizeof(np_vec3));
    drawn_destroy(&a);
    drawn_destroy(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_parts_of_the_scalp_make_up_the_scalp),
        cmocka_unit_test(what_is_taken_away_is_gone_and_the_rest_is_there),
        cmocka_unit_test(regions_grow_and_shrink_by_mm_of_skin),
        cmocka_unit_test(a_mirrored_region_lies_on_the_other_side),
        cmocka_unit_test(what_cannot_be_is_told_with_its_line),
        cmocka_unit_test(the_same_regions_come_out_again),
    };
    return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
