/* What must hold of every placing. */
#ifndef NP_TESTS_DOTS_CHECKS_H
#define NP_TESTS_DOTS_CHECKS_H

#include "dots/dots.h"

#include "../test.h"

#include <math.h>
#include <stdlib.h>

static inline double nearest_of(const np_placed_dot *dots, size_t n, size_t i, bool same_session)
{
    double best = HUGE_VAL;
    for (size_t j = 0; j < n; j++)
        if (j != i && (!same_session || dots[j].session == dots[i].session))
            best = fmin(best, np_vec3_distance(dots[i].point.position, dots[j].point.position));
    return best;
}

static inline void check_on_surface(const np_dots_request *r, const np_placed_dot *dot)
{
    const np_surface_point *p = &dot->point;
    assert_true(p->triangle < r->surface->n_triangles);
    np_vec3 q = {0, 0, 0};
    double density = 0;
    for (int c = 0; c < 3; c++) {
        uint32_t v = r->surface->triangles[p->triangle].v[c];
        assert_true(p->weight[c] >= 0);
        assert_true(p->weight[c] <= 1);
        q = np_vec3_mad(q, r->surface->vertices[v], p->weight[c]);
        density += p->weight[c] * r->density_per_cm2[v];
    }
    assert_near(p->weight[0] + p->weight[1] + p->weight[2], 1, 1e-9);
    assert_near(np_vec3_distance(q, p->position), 0, 1e-9);
    assert_near(np_vec3_length(p->normal), 1, 1e-9);
    if (dot->pin < 0)
        assert_true(density > 0);
}

/* Floors between all, within sessions, and to existing hair. */
static inline void check_floors(const np_dots_request *r, const np_placed_dot *dots, size_t n)
{
    double sum[NP_DOTS_MAX_SESSIONS + 1] = {0}, *own = calloc(n + 1, sizeof *own);
    size_t count[NP_DOTS_MAX_SESSIONS + 1] = {0};
    for (size_t i = 0; i < n; i++) {
        assert_true(nearest_of(dots, n, i, false) >= r->spacing_min_mm);
        for (size_t k = 0; k < r->n_existing; k++)
            assert_true(np_vec3_distance(dots[i].point.position, r->existing[k]) >= r->spacing_min_mm);
        own[i] = nearest_of(dots, n, i, true);
        if (own[i] < HUGE_VAL) {
            sum[dots[i].session] += own[i];
            count[dots[i].session]++;
        }
    }
    for (size_t i = 0; i < n; i++) {
        int32_t s = dots[i].session;
        assert_true(s >= 1);
        assert_true(s <= r->n_sessions);
        if (own[i] < HUGE_VAL) {
            double needed = fmin(r->session_spacing_min_mm, 0.75 * sum[s] / (double)count[s]);
            if (own[i] < needed)
                fail_msg("two dots of session %d are %.4f mm apart, not %.4f (mean %.4f)", (int)s, own[i], needed,
                         sum[s] / (double)count[s]);
        }
    }
    free(own);
}

static inline size_t count_of(const np_placed_dot *dots, size_t n, int32_t layer, int32_t until)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += dots[i].layer == layer && dots[i].session <= until;
    return count;
}

static inline np_placed_dot *place(const np_dots_request *r, size_t *out_n)
{
    np_placed_dot *dots = NULL;
    np_error err = {0};
    np_status status = np_dots_place(r, NULL, &dots, out_n, &err);
    if (status != NP_OK)
        fail_msg("%s", err.text);
    for (size_t i = 0; i < *out_n; i++)
        check_on_surface(r, &dots[i]);
    check_floors(r, dots, *out_n);
    return dots;
}

#endif
