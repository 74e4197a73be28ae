/* A case painted at points all around its head, and the bundled strategies that paint it. */
#ifndef NP_TESTS_UNIT_FIELD_PAINTED_H
#define NP_TESTS_UNIT_FIELD_PAINTED_H

#include "fixture.h"

#include "needlepath/plugin_kit.h"

typedef struct painted {
    np_case *c;
    np_scan *scan;
    np_painter *painter;
    np_surface_point *points;
    size_t n;
    np_field field;
} painted;

static inline painted paint_case(np_case *c, size_t n)
{
    painted p = {.c = c, .scan = fixture_scan(c)};
    np_error err = {0};
    unsetenv("NEEDLEPATH_PLUGIN_PATH");
    p.painter = fixture_painter(c, p.scan);
    p.points = fixture_points(p.scan, n, &p.n);
    assert_int_equal(np_field_init(&p.field, p.n, &err), NP_OK);
    if (np_painter_paint(p.painter, p.points, p.n, 0, NULL, &p.field, &err) != NP_OK)
        fail_msg("%s", err.text);
    return p;
}

static inline void painted_fini(painted *p)
{
    np_field_fini(&p->field);
    free(p->points);
    np_painter_destroy(p->painter);
    np_scan_destroy(p->scan);
    np_case_destroy(p->c);
}

/* The head as strategies see it, as far as the kit's chart needs it. */
static inline np_strategy_head painted_head(const painted *p)
{
    const np_case_landmarks *l = &p->scan->landmarks;
    np_strategy_head head = {.glabella = {l->glabella.x, l->glabella.y, l->glabella.z},
                             .inion = {l->inion.x, l->inion.y, l->inion.z},
                             .tragion_left = {l->tragion_left.x, l->tragion_left.y, l->tragion_left.z},
                             .tragion_right = {l->tragion_right.x, l->tragion_right.y, l->tragion_right.z},
                             .vertex = {l->vertex.x, l->vertex.y, l->vertex.z},
                             .left = {0, 1, 0}};
    const double lift = 12.0 * 3.14159265358979 / 180.0; /* as needlepath/plugin.h says */
    head.anterior[0] = cos(lift);
    head.anterior[2] = -sin(lift);
    head.up[0] = sin(lift);
    head.up[2] = cos(lift);
    return head;
}

static inline np_kit_place painted_place(const np_strategy_head *head, np_vec3 at)
{
    return np_kit_chart(head, at.x, at.y, at.z);
}

/* Mean of the painted density where AROUND and DOWN (kit's chart) lie in these ranges; fails where no point does. */
static inline double painted_mean(const painted *p, double around, double around_to, double down, double down_to)
{
    np_strategy_head head = painted_head(p);
    double sum = 0;
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++) {
        np_kit_place at = painted_place(&head, p->points[i].position);
        if (at.around_deg < around || at.around_deg > around_to || at.down_deg < down || at.down_deg > down_to)
            continue;
        sum += p->field.density_per_cm2[i];
        n++;
    }
    assert_true(n > 5);
    return sum / (double)n;
}

#endif
