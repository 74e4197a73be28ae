/* Rays and nearest points against what they are by hand. */
#include "surface/index.h"

#include "base/parallel.h"
#include "base/rng.h"
#include "head/private/head_shape.h"

#include "../test.h"

static np_mesh head;
static np_surface_index *head_index;

static int make_head(void **state)
{
    (void)state;
    head_measures measures = head_measures_of(NP_CASE_SEX_M, 50);
    return head_mesh(&measures, &head, NULL) != NP_OK || np_surface_index_create(&head, &head_index, NULL) != NP_OK;
}

static int drop_head(void **state)
{
    (void)state;
    np_surface_index_destroy(head_index);
    np_mesh_fini(&head);
    return 0;
}

static np_vec3 random_point(uint64_t i, double size)
{
    return (np_vec3){size * (2 * np_rng_uniform(7, 1, i, 0) - 1), size * (2 * np_rng_uniform(7, 1, i, 1) - 1),
                     size * (2 * np_rng_uniform(7, 1, i, 2) - 1)};
}

static np_vec3 position(const np_mesh *mesh, uint32_t triangle, const double w[3])
{
    np_vec3 p = {0, 0, 0};
    for (int k = 0; k < 3; k++)
        p = np_vec3_mad(p, mesh->vertices[mesh->triangles[triangle].v[k]], w[k]);
    return p;
}

/* The tree must agree with looking at every triangle, to the last bit. */
static void nearest_equals_brute_force(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 100; i++) {
        np_vec3 p = random_point(i, i % 2 ? 200 : 90);
        if (i < 20)
            p = head.vertices[i * 37]; /* on corners: many triangles at distance 0 */
        double best = INFINITY, w[3];
        uint32_t best_triangle = 0;
        for (uint32_t t = 0; t < head.n_triangles; t++) {
            double d2 = np_mesh_closest(&head, t, p, w);
            if (d2 < best) {
                best = d2;
                best_triangle = t;
            }
        }
        uint32_t triangle;
        assert_true(np_surface_index_nearest(head_index, p, INFINITY, &triangle, w));
        assert_int_equal(triangle, best_triangle);
        assert_near(np_vec3_distance2(position(&head, triangle, w), p), best, 1e-9);
        assert_near(w[0] + w[1] + w[2], 1, 1e-12);
    }
}

static void limits_and_bad_points(void **state)
{
    (void)state;
    uint32_t t;
    double w[3];
    assert_true(np_surface_index_nearest(head_index, (np_vec3){110, 0, 0}, 30, &t, w));
    assert_false(np_surface_index_nearest(head_index, (np_vec3){130, 0, 0}, 10, &t, w));
    assert_false(np_surface_index_nearest(head_index, (np_vec3){NAN, 0, 0}, 10, &t, w));
    assert_false(np_surface_index_nearest(head_index, (np_vec3){0, 0, 0}, -1, &t, w));
    assert_false(np_surface_index_nearest(head_index, (np_vec3){0, 0, 0}, NAN, &t, w));
    assert_false(np_surface_index_ray(head_index, (np_vec3){0, INFINITY, 0}, (np_vec3){1, 0, 0}, 500, &t, w));
    assert_false(np_surface_index_ray(head_index, (np_vec3){300, 0, 0}, (np_vec3){1, 0, 0}, 500, &t, w));
    assert_false(np_surface_index_ray(head_index, (np_vec3){0, 0, 0}, (np_vec3){1, 0, 0}, 50, &t, w));
    assert_false(np_surface_index_ray(head_index, (np_vec3){0, 0, 0}, (np_vec3){1, 0, 0}, NAN, &t, w));
}

/* From outside, through the middle: the first of two hits, on the ray, where the shape says. */
static void rays_hit_the_near_side(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 500; i++) {
        np_vec3 d = np_vec3_normalize(random_point(i, 1));
        uint32_t triangle;
        double w[3];
        np_vec3 from = np_vec3_scale(d, 300);
        assert_true(np_surface_index_ray(head_index, from, np_vec3_scale(d, -1), 300, &triangle, w));
        np_vec3 hit = position(&head, triangle, w);
        assert_true(np_vec3_dot(hit, d) > 0);
        assert_near(np_vec3_length(np_vec3_cross(hit, d)), 0, 1e-6);
        assert_true(np_vec3_dot(np_mesh_triangle_normal(&head, triangle), d) > 0);
    }
    /* Straight at a corner and along an edge: nothing slips through. */
    for (size_t i = 0; i < 500; i++) {
        const np_triangle *t = &head.triangles[i * 61];
        np_vec3 d = np_vec3_normalize(np_vec3_lerp(head.vertices[t->v[0]], head.vertices[t->v[1]], i % 2 ? 0.5 : 0));
        uint32_t triangle;
        double w[3];
        assert_true(np_surface_index_ray(head_index, (np_vec3){0, 0, 0}, d, 300, &triangle, w));
    }
}

typedef struct seen {
    unsigned char *triangle;
    size_t n, most;
} seen;

static bool see(void *context, uint32_t triangle)
{
    seen *s = context;
    s->triangle[triangle] = 1;
    return ++s->n < s->most;
}

/* All within the ball are visited, hardly any that are far from it, and no more after a stop. */
static void visits_what_is_in_the_ball(void **state)
{
    (void)state;
    seen s = {.triangle = malloc(head.n_triangles), .most = SIZE_MAX};
    for (uint64_t i = 0; i < 50; i++) {
        np_vec3 p = head.vertices[i * 301];
        double radius = 0.1 * (double)i, w[3];
        memset(s.triangle, 0, head.n_triangles);
        s.n = 0;
        assert_true(np_surface_index_visit(head_index, p, radius, see, &s));
        for (uint32_t t = 0; t < head.n_triangles; t++) {
            double distance = sqrt(np_mesh_closest(&head, t, p, w));
            assert_true(distance > radius || s.triangle[t]);
            assert_true(distance < radius + 50 || !s.triangle[t]);
        }
    }
    s = (seen){.triangle = s.triangle, .most = 2};
    assert_false(np_surface_index_visit(head_index, head.vertices[0], 30, see, &s));
    assert_int_equal(s.n, 2);
    free(s.triangle);
}

typedef struct answers {
    uint32_t near[4000], hit[4000];
} answers;

static void ask(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    answers *a = context;
    for (size_t i = begin; i < end; i++) {
        double w[3];
        np_vec3 p = random_point(i, 150);
        a->near[i] = a->hit[i] = UINT32_MAX;
        (void)np_surface_index_nearest(head_index, p, INFINITY, &a->near[i], w);
        (void)np_surface_index_ray(head_index, p, np_vec3_normalize(np_vec3_scale(p, -1)), 400, &a->hit[i], w);
    }
}

static void any_thread_gets_the_same(void **state)
{
    (void)state;
    static answers serial, parallel;
    ask(&serial, 0, 4000, 0);
    np_parallel_for(4000, 64, ask, &parallel);
    assert_memory_equal(&serial, &parallel, sizeof serial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nearest_equals_brute_force), cmocka_unit_test(limits_and_bad_points),
        cmocka_unit_test(rays_hit_the_near_side),     cmocka_unit_test(visits_what_is_in_the_ball),
        cmocka_unit_test(any_thread_gets_the_same),
    };
    return cmocka_run_group_tests(tests, make_head, drop_head);
}
