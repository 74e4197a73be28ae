/* What must hold of every placing, over random cases: surfaces with triangles from 0.3 to 5 mm, flat, folded
 * and closed; layers, obstacles, densities up to what the floor can hold, existing hair, pins, first
 * sessions, shares, both patterns and qualities.  A seed is a case: what fails can be run again by its
 * number. */
#include "dots/dots.h"
#include "dots/private/seed.h"

#include "base/rng.h"

#include "../test.h"
#include "checks.h"
#include "shapes.h"

#include <stdio.h>

#define CASES 40
#define MAX_FIXED 40

typedef struct random_case {
    shape s;
    np_dots_request r;
    np_dots_fixed pin[MAX_FIXED];
    np_vec3 hair[MAX_FIXED];
    uint64_t number;
    uint32_t drawn;
} random_case;

static double draw(random_case *c, double low, double high)
{
    return low + (high - low) * np_rng_uniform(4711, 1, c->number, c->drawn++);
}

static size_t draw_below(random_case *c, size_t n)
{
    return (size_t)draw(c, 0, (double)n - 1e-9);
}

/* ---- making one ---- */

static void make_surface(random_case *c)
{
    static const double edges[4] = {5, 1.2, 0.7, 0.3};
    size_t kind = draw_below(c, 5);
    double edge = edges[c->number % 4], shrink = edge < 0.5 ? 0.6 : 1;
    if (kind == 0)
        c->s = shape_ball(draw(c, 5, 8), (size_t)(edge > 2 ? 8 : 28), 0);
    else
        c->s = shape_sheet(shrink * draw(c, 10, 24), shrink * draw(c, 10, 20), edge, kind == 1 ? 0 : draw(c, 0.5, 5),
                           draw(c, 2.5, 8), 0);
}

/* A density that rises somewhere, layers in stripes, obstacles without density. */
static void make_field(random_case *c, double peak)
{
    np_mesh *m = &c->s.mesh;
    np_vec3 way = np_vec3_normalize(np_vec3_make(draw(c, -1, 1), draw(c, -1, 1), draw(c, -1, 1)));
    double steep = draw(c, 0, 1) < 0.4 ? 0 : draw(c, 0, 0.9), low = HUGE_VAL, high = -HUGE_VAL;
    double stripe = draw(c, 4, 12), late = draw(c, 0, 1) < 0.5 ? HUGE_VAL : draw(c, 0, 10);
    c->r.n_layers = 1 + draw_below(c, 3);
    np_vec3 obstacle[3];
    double radius[3];
    for (int k = 0; k < 3; k++) {
        obstacle[k] = m->vertices[draw_below(c, m->n_vertices)];
        radius[k] = draw(c, -2, 3);
    }
    for (size_t v = 0; v < m->n_vertices; v++) {
        low = fmin(low, np_vec3_dot(m->vertices[v], way));
        high = fmax(high, np_vec3_dot(m->vertices[v], way));
    }
    for (size_t v = 0; v < m->n_vertices; v++) {
        np_vec3 p = m->vertices[v];
        c->s.density[v] = peak * (1 - steep * (np_vec3_dot(p, way) - low) / (high - low));
        for (int k = 0; k < 3; k++)
            if (np_vec3_distance(p, obstacle[k]) < radius[k])
                c->s.density[v] = 0;
        c->s.layer[v] = (int32_t)((size_t)(fabs(p.x) / stripe) % c->r.n_layers);
        c->s.first_session[v] = p.y > late ? 2 : 1;
    }
}

static bool clear_of(const random_case *c, np_vec3 p, double distance)
{
    for (size_t i = 0; i < c->r.n_pins; i++)
        if (np_vec3_distance(p, c->pin[i].position) < distance)
            return false;
    for (size_t i = 0; i < c->r.n_existing; i++)
        if (np_vec3_distance(p, c->hair[i]) < distance)
            return false;
    return true;
}

/* Hair and pins, at random places of the surface that leave each other room. */
static void make_fixed(random_case *c)
{
    const np_mesh *m = &c->s.mesh;
    size_t hairs = draw_below(c, 3) ? 0 : draw_below(c, MAX_FIXED), pins = draw_below(c, 2) ? 0 : draw_below(c, 25);
    for (size_t k = 0; k < hairs + pins; k++) {
        size_t t = draw_below(c, m->n_triangles);
        const uint32_t *v = m->triangles[t].v;
        double a = draw(c, 0, 1), b = draw(c, 0, 1 - a);
        np_vec3 p = np_vec3_scale(m->vertices[v[0]], 1 - a - b);
        p = np_vec3_mad(np_vec3_mad(p, m->vertices[v[1]], a), m->vertices[v[2]], b);
        if (!clear_of(c, p, 0.75))
            continue;
        if (k < hairs)
            c->hair[c->r.n_existing++] = p;
        else
            c->pin[c->r.n_pins++] = (np_dots_fixed){p, 1 + (int32_t)draw_below(c, (size_t)c->r.n_sessions),
                                                    (int32_t)draw_below(c, c->r.n_layers), 0};
    }
    c->r.pins = c->pin;
    c->r.existing = c->hair;
}

static double integral(const shape *s)
{
    double sum = 0;
    for (size_t t = 0; t < s->mesh.n_triangles; t++) {
        const uint32_t *v = s->mesh.triangles[t].v;
        np_vec3 a = np_vec3_sub(s->mesh.vertices[v[1]], s->mesh.vertices[v[0]]);
        np_vec3 b = np_vec3_sub(s->mesh.vertices[v[2]], s->mesh.vertices[v[0]]);
        sum +=
            0.005 * np_vec3_length(np_vec3_cross(a, b)) * (s->density[v[0]] + s->density[v[1]] + s->density[v[2]]) / 3;
    }
    return sum;
}

static void make(random_case *c, uint64_t number)
{
    *c = (random_case){.number = number};
    make_surface(c);
    c->r = shape_request(&c->s, (np_dots_pattern)(number / 4 % 2));
    c->r.quality = (np_dots_quality)draw_below(c, 2);
    c->r.n_sessions = 1 + (int)draw_below(c, 4);
    for (int s = 0; s < c->r.n_sessions; s++)
        c->r.cumulative_share[s] = s + 1 == c->r.n_sessions ? 1 : (s + draw(c, 0.5, 1)) / c->r.n_sessions;
    c->r.seed = number;
    /* alone on the skin, dots can be as dense as the floor allows */
    make_field(c, number % 5 == 0 ? 340 : draw(c, 20, 160));
    if (number % 5 != 0)
        make_fixed(c);
    if (draw(c, 0, 1) < 0.25 && number % 5 != 0)
        c->r.exact_count = (size_t)(draw(c, 0.4, 1.2) * integral(&c->s)) + c->r.n_pins + 1;
}

/* ---- checking one ---- */

/* Numbers per layer: the density's integral to one dot, unless there are more pins than that. */
static void check_counts(const random_case *c, const np_placed_dot *dots, size_t n)
{
    const np_dots_request *r = &c->r;
    dots_surface surface;
    np_error err = {0};
    double mass[3], sum = 0;
    assert_int_equal(
        dots_surface_init(&surface, r->surface, r->normals, r->density_per_cm2, r->layer, r->first_session, &err),
        NP_OK);
    dots_seed_masses(&surface, r->n_layers, mass);
    dots_surface_fini(&surface);
    for (size_t l = 0; l < r->n_layers; l++)
        sum += mass[l];
    assert_near(sum, integral(&c->s), 1e-6 * sum);
    double factor = r->exact_count ? (double)r->exact_count / sum : 1, extra = 0;
    for (size_t l = 0; l < r->n_layers; l++) {
        double found = (double)count_of(dots, n, (int32_t)l, r->n_sessions), pins = 0, due = factor * mass[l];
        for (size_t i = 0; i < r->n_pins; i++)
            pins += r->pins[i].layer == (int32_t)l;
        assert_true(found >= pins);
        if (found > pins)
            assert_near(found, due, 1);
        else
            extra += fmax(0, pins - floor(due));
    }
    assert_near((double)n, r->exact_count ? (double)r->exact_count : sum, 0.5 + extra + 1e-6);
}

/* Shares per layer: to one dot, of those that may be made by then; pins in each other's way may move one
 * each. */
static void check_shares(const random_case *c, const np_placed_dot *dots, size_t n)
{
    const np_dots_request *r = &c->r;
    for (int32_t l = 0; l < (int32_t)r->n_layers; l++)
        for (int until = 1; until <= r->n_sessions; until++) {
            double may = 0, found = (double)count_of(dots, n, l, until), pins = 0;
            for (size_t i = 0; i < n; i++) {
                const np_surface_point *p = &dots[i].point;
                const uint32_t *v = r->surface->triangles[p->triangle].v;
                int nearest = p->weight[1] > p->weight[0] ? 1 : 0;
                nearest = p->weight[2] > p->weight[nearest] ? 2 : nearest;
                int32_t first = dots[i].pin >= 0 ? r->pins[dots[i].pin].session : r->first_session[v[nearest]];
                may += dots[i].layer == l && (first <= until || first > r->n_sessions);
                pins += dots[i].layer == l && dots[i].pin >= 0;
                if (dots[i].session < first && first <= r->n_sessions)
                    fail_msg("case %d: a dot of session %d may only be made in %d", (int)c->number,
                             (int)dots[i].session, (int)first);
            }
            double due = until == r->n_sessions ? may : r->cumulative_share[until - 1] * may;
            if (fabs(found - due) > 1 + pins)
                fail_msg("case %d: layer %d has %.0f dots by session %d, not %.1f", (int)c->number, (int)l, found,
                         until, due);
        }
}

/* Every pin is there once, where it was set, and not before its session. */
static void check_pins(const random_case *c, const np_placed_dot *dots, size_t n)
{
    int seen[MAX_FIXED] = {0};
    for (size_t i = 0; i < n; i++) {
        if (dots[i].pin < 0)
            continue;
        const np_dots_fixed *pin = &c->pin[dots[i].pin];
        seen[dots[i].pin]++;
        assert_near(np_vec3_distance(dots[i].point.position, pin->position), 0, 1e-6);
        assert_int_equal(dots[i].layer, pin->layer);
    }
    for (size_t i = 0; i < c->r.n_pins; i++)
        assert_int_equal(seen[i], 1);
}

static void all_holds_over_random_cases(void **state)
{
    (void)state;
    size_t dots_in_all = 0;
    for (uint64_t number = 0; number < CASES; number++) {
        random_case c;
        size_t n;
        make(&c, number);
        printf("case %d: %zu triangles, pattern %d, %d sessions, %zu pins, %zu hairs, count %zu\n", (int)number,
               c.s.mesh.n_triangles, (int)c.r.pattern, c.r.n_sessions, c.r.n_pins, c.r.n_existing, c.r.exact_count);
        np_placed_dot *dots = place(&c.r, &n);
        check_counts(&c, dots, n);
        check_shares(&c, dots, n);
        check_pins(&c, dots, n);
        dots_in_all += n;
        free(dots);
        shape_fini(&c.s);
    }
    assert_true(dots_in_all > 100 * CASES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_holds_over_random_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
