/* What the field room's tests share: cases on the built-in head, and points of it. */
#ifndef NP_TESTS_UNIT_FIELD_FIXTURE_H
#define NP_TESTS_UNIT_FIELD_FIXTURE_H

#include "../test.h"

#include <stdio.h>
#include <unistd.h>

#include "case/description.h"
#include "case/template.h"
#include "field/painter.h"
#include "head/head.h"
#include "head/scan.h"

/* Lets the planner find the strategies of tests/badplugins/FOLDER as well. */
static inline void fixture_use_plugins(const char *folder)
{
    char path[4200];
    ssize_t n = readlink("/proc/self/exe", path, 4096);
    assert_true(n > 0);
    path[n] = '\0';
    sprintf(strrchr(path, '/'), "/badplugins/%s", folder);
    setenv("NEEDLEPATH_PLUGIN_PATH", path, 1);
}

static inline void fixture_use_bad_plugins(void)
{
    fixture_use_plugins("run");
}

/* The case of TEMPLATE on the head that D describes, with its layers replaced by the YAML text LAYERS (NULL:
 * as they are), and EXTRA top-level keys at the end. */
static inline np_case *fixture_case_on(const np_scan_description *d, const char *template_name, const char *layers,
                                       const char *extra)
{
    np_error err = {0};
    char *text = NULL, *whole = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    assert_non_null(f);
    np_status status = np_case_template_write(template_name, d, f, &err);
    fclose(f);
    if (status != NP_OK)
        fail_msg("%s", err.text);
    char *from = strstr(text, "\nlayers:\n"), *to = strstr(text, "\n# How much of the final density");
    assert_non_null(from);
    assert_non_null(to);
    if (layers) {
        *from = '\0';
        assert_true(asprintf(&whole, "%s\nlayers:\n%s%s\n%s", text, layers, to, extra ? extra : "") > 0);
    } else {
        assert_true(asprintf(&whole, "%s\n%s", text, extra ? extra : "") > 0);
    }
    np_case *c = NULL;
    if (np_case_parse("case.yaml", whole, strlen(whole), &c, &err) != NP_OK)
        fail_msg("%s", err.text);
    free(text);
    free(whole);
    return c;
}

static inline np_case *fixture_case_of_head(const char *template_name, np_case_sex sex, double percentile,
                                            const char *layers, const char *extra)
{
    np_error err = {0};
    np_scan_description d = {0};
    np_mesh mesh = {0};
    if (np_head_create(sex, percentile, &mesh, &d, &err) != NP_OK)
        fail_msg("%s", err.text);
    np_case *c = fixture_case_on(&d, template_name, layers, extra);
    np_mesh_fini(&mesh);
    np_scan_description_fini(&d);
    return c;
}

static inline np_case *fixture_case_of_scan(const char *template_name, const char *description_path)
{
    np_error err = {0};
    np_scan_description d = {0};
    if (np_scan_description_read(description_path, &d, &err) != NP_OK)
        fail_msg("%s", err.text);
    np_case *c = fixture_case_on(&d, template_name, NULL, NULL);
    np_scan_description_fini(&d);
    return c;
}

static inline np_case *fixture_case(const char *template_name, const char *layers, const char *extra)
{
    return fixture_case_of_head(template_name, NP_CASE_SEX_M, 50, layers, extra);
}

/* One layer of the misbehaving STRATEGY (and more keys) around the vertex, which takes less drawing than a region. */
static inline np_case *fixture_case_with(const np_scan *scan, const char *strategy)
{
    char layers[400], extra[200];
    np_vec3 v = scan->landmarks.vertex;
    snprintf(layers, sizeof layers, "  - {name: test, points: top, reach_mm: 60, strategy: %s}\n", strategy);
    snprintf(extra, sizeof extra, "points: [{name: top, points: [[%.4f, %.4f, %.4f]]}]\n", v.x, v.y, v.z);
    return fixture_case("full-scalp", layers, extra);
}

static inline np_scan *fixture_scan(const np_case *c)
{
    np_error err = {0};
    np_scan *scan = NULL;
    if (np_scan_create(&c->scan, NULL, &scan, &err) != NP_OK)
        fail_msg("%s", err.text);
    return scan;
}

/* *STATE is the built-in head's scan. */
static inline int fixture_set_up(void **state)
{
    np_case *c = fixture_case("full-scalp", NULL, NULL);
    *state = fixture_scan(c);
    np_case_destroy(c);
    return 0;
}

static inline int fixture_tear_down(void **state)
{
    np_scan_destroy(*state);
    return 0;
}

static inline np_painter *fixture_painter(const np_case *c, const np_scan *scan)
{
    np_error err = {0};
    np_painter *painter = NULL;
    if (np_painter_create(c, scan, NULL, &painter, &err) != NP_OK)
        fail_msg("%s", err.text);
    return painter;
}

/* Points of the scan around its middle, N at most, spread evenly over all directions from 20 degrees below
 * the horizon up; the caller frees. */
static inline np_surface_point *fixture_points(const np_scan *scan, size_t n, size_t *out_n)
{
    np_surface_point *points = calloc(n, sizeof *points);
    assert_non_null(points);
    *out_n = 0;
    for (size_t i = 0; i < n; i++) {
        double z = -0.35 + 1.35 * ((double)i + 0.5) / (double)n, r = sqrt(1 - z * z), a = 2.399963 * (double)i;
        np_vec3 direction = {r * cos(a), r * sin(a), z};
        if (np_surface_ray(&scan->surface, np_vec3_make(0, 0, 40), direction, 300, &points[*out_n]))
            ++*out_n;
    }
    return points;
}

#endif
