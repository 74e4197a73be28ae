/* The parametric head against the survey of its measures. */
#include "base/angle.h"
#include "head/head.h"
#include "surface/ply.h"

#include <stdio.h>
#include <unistd.h>

#include "head/private/chart.h"
#include "head/private/frame.h"
#include "head/private/head_shape.h"
#include "head/scan.h"

#include "../test.h"

typedef struct head {
    np_mesh mesh; /* moved into the scan at once */
    np_scan_description known;
    np_scan *scan;
} head;

static head make(np_case_sex sex, double percentile)
{
    head h = {0};
    np_error err = {0};
    if (np_head_create(sex, percentile, &h.mesh, &h.known, &err) != NP_OK)
        fail_msg("%s", err.text);
    const np_case_scan *s = &h.known.scan;
    assert_int_equal(np_scan_create_from_mesh(&h.mesh, &s->landmarks, s->whorls.points, s->whorls.n, &h.scan, &err),
                     NP_OK);
    return h;
}

static void drop(head *h)
{
    np_scan_destroy(h->scan);
    np_scan_description_fini(&h->known);
}

static double along_up(np_vec3 p)
{
    return np_vec3_dot(p, head_up);
}

/* The scan measured as the survey measured people. */
static void measures_are_those_of_the_survey(void **state)
{
    (void)state;
    static const struct {
        np_case_sex sex;
        double percentile, length, breadth, tragion_to_top;
    } rows[] = {{NP_CASE_SEX_M, 5, 188, 146, 121},        {NP_CASE_SEX_M, 50, 199.5, 154.3, 131.1},
                {NP_CASE_SEX_M, 95, 211, 163, 141},       {NP_CASE_SEX_F, 5, 178, 140, 116},
                {NP_CASE_SEX_F, 50, 189.8, 147.8, 126.5}, {NP_CASE_SEX_F, 95, 202, 156, 137}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        head h = make(rows[i].sex, rows[i].percentile);
        double front = 0, back = 0, left = 0, right = 0, top = 0;
        for (size_t k = 0; k < h.scan->surface.mesh.n_vertices; k++) {
            np_vec3 p = h.scan->surface.mesh.vertices[k];
            double x = np_vec3_dot(p, head_anterior);
            if (along_up(p) > 30) /* over the nose */
                front = fmax(front, x), back = fmin(back, x);
            if (along_up(p) > 42) /* over the ears */
                left = fmax(left, p.y), right = fmin(right, p.y);
            top = fmax(top, along_up(p));
        }
        assert_near(front - back, rows[i].length, 1.2);
        assert_near(left - right, rows[i].breadth, 1);
        assert_near(top, rows[i].tragion_to_top, 0.6);
        if (rows[i].sex == NP_CASE_SEX_M && i == 1)
            assert_near(h.scan->circumference_mm, 574.4, 5.7);
        drop(&h);
    }
}

static void percentiles_lie_between_their_neighbours(void **state)
{
    (void)state;
    double last = 0;
    for (double p = 5; p <= 95; p += 5) {
        head_measures m = head_measures_of(NP_CASE_SEX_F, p);
        assert_true(m.length_mm > last);
        last = m.length_mm;
    }
    /* Near normal, as the survey is: the first and third quartile 0.67 standard deviations (7 mm) off. */
    assert_near(head_measures_of(NP_CASE_SEX_M, 75).length_mm, 199.5 + 0.6745 * 7, 0.2);
    assert_near(head_measures_of(NP_CASE_SEX_M, 25).length_mm, 199.5 - 0.6745 * 7, 0.2);
}

static void mesh_is_closed_even_and_a_little_skew(void **state)
{
    (void)state;
    head h = make(NP_CASE_SEX_M, 50);
    const np_mesh *m = &h.scan->surface.mesh;
    assert_in_range(m->n_triangles, 20000, 40000);
    assert_int_equal(m->n_vertices, m->n_triangles / 2 + 2); /* Euler: a sphere */
    double sum = 0, longest = 0, shortest = INFINITY;
    np_vec3 closed = {0, 0, 0};
    for (uint32_t t = 0; t < m->n_triangles; t++) {
        const uint32_t *v = m->triangles[t].v;
        np_vec3 a = m->vertices[v[0]], b = m->vertices[v[1]], c = m->vertices[v[2]];
        closed = np_vec3_add(closed, np_vec3_cross(np_vec3_sub(b, a), np_vec3_sub(c, a)));
        double edge = np_vec3_distance(a, b);
        sum += edge;
        longest = fmax(longest, edge);
        shortest = fmin(shortest, edge);
    }
    assert_near(np_vec3_length(closed), 0, 1e-6);
    assert_near(sum / (double)m->n_triangles, 3, 0.4);
    assert_true(longest < 16); /* on the walls of ears and nose */
    assert_true(shortest > 1);

    double skew = 0;
    head_measures measures = head_measures_of(NP_CASE_SEX_M, 50);
    for (int i = 0; i < 2000; i++) {
        double z = -1 + 2 * (i + 0.5) / 2000, r = sqrt(1 - z * z);
        np_vec3 d = {r * cos(i * 2.39996), r * sin(i * 2.39996), z};
        double half = (head_radius_mm(&measures, d) - head_radius_mm(&measures, (np_vec3){d.x, -d.y, d.z})) / 2;
        skew = fmax(skew, fabs(half));
    }
    assert_true(skew > 1);
    assert_true(skew <= 3);
    drop(&h);
}

static void landmarks_lie_on_the_surface_and_make_the_frame(void **state)
{
    (void)state;
    for (int sex = 0; sex < 2; sex++) {
        head h = make((np_case_sex)sex, 30);
        const np_case_landmarks *l = &h.known.scan.landmarks, *snapped = &h.scan->landmarks;
        assert_near(np_vec3_distance(l->glabella, snapped->glabella), 0, 1e-9);
        assert_near(np_vec3_distance(l->inion, snapped->inion), 0, 1e-9);
        assert_near(np_vec3_distance(l->vertex, snapped->vertex), 0, 1e-9);
        assert_near(l->tragion_left.x, 0, 1e-9);
        assert_near(l->tragion_left.z, 0, 1e-9);
        assert_near(l->tragion_left.y + l->tragion_right.y, 0, 1e-9);
        assert_true(l->tragion_left.y > 60);
        assert_near(l->glabella.z, l->inion.z, 1e-9);
        assert_near(along_up(l->glabella), HEAD_TRAGION_DROP_MM, 2.5);
        assert_near(along_up(l->inion), 0, 2.5);
        drop(&h);
    }
}

/* ---- the description ---- */

/* Azimuthal equidistant picture around the top, in which the outlines are simple polygons. */
static void picture(np_vec3 p, double *out_x, double *out_y)
{
    np_vec3 d = np_vec3_normalize(np_vec3_sub(p, np_vec3_scale(head_up, 45)));
    double polar = acos(along_up(d)), azimuth = atan2(d.y, np_vec3_dot(d, head_anterior));
    *out_x = polar * cos(azimuth);
    *out_y = polar * sin(azimuth);
}

static bool is_inside(const np_case_points *outline, np_vec3 p)
{
    double x, y, ax, ay, bx, by;
    bool inside = false;
    picture(p, &x, &y);
    for (unsigned i = 0, j = outline->n - 1; i < outline->n; j = i++) {
        picture(outline->points[j], &ax, &ay);
        picture(outline->points[i], &bx, &by);
        if ((ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax)
            inside = !inside;
    }
    return inside;
}

static double area_cm2(const np_mesh *m, const np_case_points *outline)
{
    double sum = 0;
    for (uint32_t t = 0; t < m->n_triangles; t++) {
        const uint32_t *v = m->triangles[t].v;
        np_vec3 a = m->vertices[v[0]], b = m->vertices[v[1]], c = m->vertices[v[2]];
        if (is_inside(outline, np_vec3_scale(np_vec3_add(np_vec3_add(a, b), c), 1.0 / 3)))
            sum += np_vec3_length(np_vec3_cross(np_vec3_sub(b, a), np_vec3_sub(c, a))) / 200;
    }
    return sum;
}

static double length_mm(const np_case_points *curve)
{
    double sum = 0;
    for (unsigned i = 1; i < curve->n; i++)
        sum += np_vec3_distance(curve->points[i - 1], curve->points[i]);
    return sum;
}

static void shapes_lie_on_the_surface_inside_the_scalp(void **state)
{
    (void)state;
    const double percentiles[] = {5, 50, 95};
    for (int i = 0; i < 6; i++) {
        head h = make((np_case_sex)(i % 2), percentiles[i / 2]);
        const np_scan_description *d = &h.known;
        const np_case_points *shapes[] = {&d->frontal_outline, &d->crown_outline, &d->fut_scar,     &d->facelift_scar,
                                          &d->fue_scars,       &d->scan.whorls,   &d->scalp_outline};
        for (int s = 0; s < 7; s++) {
            assert_true(shapes[s]->n > 0);
            for (unsigned k = 0; k < shapes[s]->n; k++) {
                np_surface_point p;
                assert_true(np_surface_nearest(&h.scan->surface, shapes[s]->points[k], 1e-6, &p));
                if (s < 6 && !is_inside(&d->scalp_outline, shapes[s]->points[k]))
                    fail_msg("shape %d point %u of head %d is outside the scalp", s, k, i);
            }
        }
        drop(&h);
    }
}

static void shapes_have_the_sizes_of_the_domain(void **state)
{
    (void)state;
    for (int sex = 0; sex < 2; sex++) {
        head h = make((np_case_sex)sex, 50);
        const np_scan_description *d = &h.known;
        /* 500 (domain.md 2.1) with the sideburns, down to the nape's hairline */
        assert_near(area_cm2(&h.scan->surface.mesh, &d->scalp_outline), 525, 25);
        assert_near(area_cm2(&h.scan->surface.mesh, &d->frontal_outline), 70, 15);
        assert_near(area_cm2(&h.scan->surface.mesh, &d->crown_outline), 70, 15);
        assert_near(length_mm(&d->fut_scar), 195, 15);
        assert_in_range(d->fue_scars.n, 24, 100);
        for (unsigned i = 0; i < d->fue_scars.n; i++)
            for (unsigned j = 0; j < i; j++)
                assert_true(np_vec3_distance(d->fue_scars.points[i], d->fue_scars.points[j]) > 3);
        np_vec3 w = d->scan.whorls.points[0];
        assert_near(w.y, -9.6, 1);
        assert_near(np_vec3_dot(w, head_anterior), -57, 4);
        assert_true(is_inside(&d->crown_outline, w));
        drop(&h);
    }
}

/* An ear of 64 x 36 mm, leaning back by 12 degrees (domain.md 2.8), must not be in the scalp. */
static void scalp_keeps_clear_of_the_ears(void **state)
{
    (void)state;
    for (int sex = 0; sex < 2; sex++) {
        head h = make((np_case_sex)sex, 50);
        const double lean = 12 * NP_PI / 180;
        for (int i = 0; i < 36; i++) {
            double a = i * NP_PI / 18, u = 18 * cos(a), v = 32 * sin(a);
            double x = -9 + u * cos(lean) - v * sin(lean), z = v * cos(lean) + u * sin(lean);
            np_vec3 inside = np_vec3_mad(np_vec3_scale(head_anterior, x), head_up, z);
            for (int side = -1; side <= 1; side += 2) {
                np_surface_point p;
                assert_true(np_surface_ray(&h.scan->surface, inside, (np_vec3){0, side, 0}, 200, &p));
                assert_false(is_inside(&h.known.scalp_outline, p.position));
            }
        }
        drop(&h);
    }
}

/* ---- the rest ---- */

/* Where whorls usually lie by the chart is where the built-in people have theirs, but for the centimetre to the right, and on the skin. */
static void the_usual_whorl_is_one_place(void **state)
{
    (void)state;
    for (int sex = 0; sex < 2; sex++)
        for (double percentile = 5; percentile <= 95; percentile += 45) {
            head h = make(sex ? NP_CASE_SEX_F : NP_CASE_SEX_M, percentile);
            np_vec3 usual = head_chart_usual_whorl(&h.scan->landmarks), own = h.known.scan.whorls.points[0];
            np_surface_point skin;
            assert_true(np_surface_nearest(&h.scan->surface, usual, 50, &skin));
            own.y = usual.y;
            if (np_vec3_distance(usual, own) > 6 || np_vec3_distance(usual, skin.position) > 6)
                fail_msg("%g: %.1f mm from the head's own, %.1f mm from the skin", percentile,
                         np_vec3_distance(usual, own), np_vec3_distance(usual, skin.position));
            drop(&h);
        }
}

static void same_head_every_time(void **state)
{
    (void)state;
    head a = make(NP_CASE_SEX_F, 62.5), b = make(NP_CASE_SEX_F, 62.5);
    assert_memory_equal(a.scan->surface.mesh.vertices, b.scan->surface.mesh.vertices,
                        a.scan->surface.mesh.n_vertices * sizeof *a.scan->surface.mesh.vertices);
    assert_memory_equal(a.known.fue_scars.points, b.known.fue_scars.points,
                        a.known.fue_scars.n * sizeof *a.known.fue_scars.points);
    drop(&a);
    drop(&b);
}

static void percentiles_out_of_range_are_refused(void **state)
{
    (void)state;
    const double bad[] = {4.9, 95.1, -1, NAN};
    for (int i = 0; i < 4; i++) {
        np_mesh mesh;
        np_scan_description description;
        np_error err = {0};
        assert_int_equal(np_head_create(NP_CASE_SEX_F, bad[i], &mesh, &description, &err), NP_ERR_INVALID);
        assert_non_null(strstr(err.text, "5 to 95"));
        assert_null(mesh.vertices);
        np_case_scan source = {.sex = NP_CASE_SEX_F, .percentile = bad[i]};
        np_scan *scan;
        assert_int_equal(np_scan_create(&source, NULL, &scan, &err), NP_ERR_INVALID);
        assert_null(scan);
    }
}

static void ply_is_what_its_header_says(void **state)
{
    (void)state;
    char path[] = "/tmp/np-head-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    head_measures measures = head_measures_of(NP_CASE_SEX_M, 50);
    np_mesh mesh;
    np_error err = {0};
    assert_int_equal(head_mesh(&measures, &mesh, &err), NP_OK);
    assert_int_equal(np_mesh_write_ply(&mesh, path, &err), NP_OK);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char line[128];
    unsigned long vertices = 0, faces = 0;
    while (fgets(line, sizeof line, f) && strcmp(line, "end_header\n") != 0) {
        (void)sscanf(line, "element vertex %lu", &vertices);
        (void)sscanf(line, "element face %lu", &faces);
    }
    assert_int_equal(vertices, mesh.n_vertices);
    assert_int_equal(faces, mesh.n_triangles);
    float xyz[3];
    assert_int_equal(fread(xyz, sizeof xyz, 1, f), 1);
    assert_near((double)xyz[1], mesh.vertices[0].y, 1e-5);
    long begin = ftell(f);
    fseek(f, 0, SEEK_END);
    assert_int_equal(ftell(f) - begin, 12 * (vertices - 1) + 13 * faces);
    fclose(f);
    remove(path);
    assert_int_equal(np_mesh_write_ply(&mesh, "/no/such/folder/head.ply", &err), NP_ERR_IO);
    np_mesh_fini(&mesh);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_are_those_of_the_survey),
        cmocka_unit_test(percentiles_lie_between_their_neighbours),
        cmocka_unit_test(mesh_is_closed_even_and_a_little_skew),
        cmocka_unit_test(landmarks_lie_on_the_surface_and_make_the_frame),
        cmocka_unit_test(shapes_lie_on_the_surface_inside_the_scalp),
        cmocka_unit_test(shapes_have_the_sizes_of_the_domain),
        cmocka_unit_test(scalp_keeps_clear_of_the_ears),
        cmocka_unit_test(the_usual_whorl_is_one_place),
        cmocka_unit_test(same_head_every_time),
        cmocka_unit_test(percentiles_out_of_range_are_refused),
        cmocka_unit_test(ply_is_what_its_header_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
