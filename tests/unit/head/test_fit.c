/* The fit of raw scans: real heads of ../shared under the changes that scans bring, and what is no head. */
#include "fit_heads.h"
#include "head/head.h"
#include "head/private/chart.h"
#include "head/private/fit.h"
#include "head/private/frame.h"

#include <omp.h>

#include "../test.h"

#define SCANS NP_TEST_SOURCE_DIR "/../shared/scans"

static const char *const names[] = {"ict_head", "lee_perry_smith"};

static np_fit fit(np_mesh *mesh)
{
    np_fit out;
    np_error err = {0};
    if (np_fit_mesh(mesh, &out, &err) != NP_OK)
        fail_msg("%s", err.text);
    return out;
}

/* What must hold of every accepted fit: unit, left and right, pose; unguessed marks within LIMIT. */
static void check(const fit_head *h, const np_fit *f)
{
    static const double limit_mm[NP_FIT_MARKS] = {
        [NP_FIT_GLABELLA] = 15,     [NP_FIT_NASION] = 12,        [NP_FIT_PRONASALE] = 12, [NP_FIT_INION] = 30,
        [NP_FIT_TRAGION_LEFT] = 15, [NP_FIT_TRAGION_RIGHT] = 15, [NP_FIT_VERTEX] = 40};
    np_vec3 found[3], known[3];
    if (f->verdict == NP_FIT_REFUSE)
        fail_msg("refused: %s", f->reasons);
    fit_head_frame(f->marks, found);
    fit_head_frame(h->marks, known);
    assert_true(fit_frame_degrees(found, known) < 12);
    assert_near(f->mm_per_unit, h->mm_per_unit, 1e-9);
    for (int k = 0; k < NP_FIT_MARKS; k++) {
        double off = np_vec3_distance(f->marks[k], h->marks[k]) * h->mm_per_unit;
        if (!f->guessed[k] && off > limit_mm[k])
            fail_msg("%s is %.1f mm off (%s)", np_fit_mark_names[k], off, f->reasons);
    }
}

static void each_real_head(const fit_change *changes, size_t n, bool inward)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        for (size_t k = 0; k < n; k++) {
            fit_head h;
            if (!fit_head_read(SCANS, names[i], &h))
                skip();
            fit_head_change(&h, &changes[k]);
            np_fit f = fit(&h.mesh);
            check(&h, &f);
            assert_int_equal(f.inward, inward);
            np_mesh_fini(&h.mesh);
        }
    }
}

static void real_heads_are_found_in_any_pose_and_unit(void **state)
{
    (void)state;
    const fit_change changes[] = {{.seed = 1},
                                  {.seed = 2, .turn = true, .mm_per_unit = 1000},
                                  {.seed = 3, .turn = true, .mm_per_unit = 25.4, .noise_mm = 0.3}};
    each_real_head(changes, sizeof changes / sizeof changes[0], false);
}

static void real_heads_are_found_when_cut_and_coarse(void **state)
{
    (void)state;
    const fit_change changes[] = {{.seed = 4, .turn = true, .neck_below_mm = 80, .holes = 5, .mm_per_unit = 10},
                                  {.seed = 5, .turn = true, .cluster_mm = 5, .mirror = true}};
    each_real_head(changes, sizeof changes / sizeof changes[0], false);
}

static void faces_that_look_inwards_are_told(void **state)
{
    (void)state;
    each_real_head(&(fit_change){.seed = 6, .turn = true, .inside_out = true}, 1, true);
}

static void a_missing_ear_makes_guesses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        fit_head h;
        if (!fit_head_read(SCANS, names[i], &h))
            skip();
        fit_head_change(&h, &(fit_change){.seed = 7, .turn = true, .one_ear = true});
        np_fit f = fit(&h.mesh);
        check(&h, &f);
        assert_int_equal(f.verdict, NP_FIT_CHECK);
        assert_true(f.guessed[NP_FIT_TRAGION_LEFT]);
        assert_true(f.guessed[NP_FIT_TRAGION_RIGHT]);
        assert_non_null(strstr(f.reasons, "ear"));
        np_mesh_fini(&h.mesh);
    }
}

static void threads_do_not_matter(void **state)
{
    (void)state;
    fit_head h;
    if (!fit_head_read(SCANS, names[1], &h))
        skip();
    omp_set_num_threads(1);
    np_fit a = fit(&h.mesh);
    omp_set_num_threads(8);
    np_fit b = fit(&h.mesh);
    omp_set_num_threads(2);
    assert_memory_equal(a.marks, b.marks, sizeof a.marks);
    assert_memory_equal(a.outline, b.outline, sizeof a.outline);
    np_mesh_fini(&h.mesh);
}

/* ---- no heads ---- */

/* A grid of the unit sphere, pushed out by RADIUS(direction). */
static np_mesh make_round(double (*radius)(np_vec3))
{
    enum { RINGS = 60, STEPS = 120 };
    np_mesh m = {.vertices = malloc(sizeof(np_vec3) * (RINGS + 1) * STEPS),
                 .triangles = malloc(sizeof(np_triangle) * 2 * RINGS * STEPS)};
    for (int i = 0; i <= RINGS; i++) {
        for (int j = 0; j < STEPS; j++) {
            double a = NP_PI * i / RINGS, b = NP_TWO_PI * j / STEPS;
            np_vec3 d = {sin(a) * cos(b), sin(a) * sin(b), cos(a)};
            m.vertices[m.n_vertices++] = np_vec3_scale(d, radius(d));
        }
    }
    for (uint32_t i = 0; i < RINGS; i++) {
        for (uint32_t j = 0; j < STEPS; j++) {
            uint32_t a = i * STEPS + j, b = i * STEPS + (j + 1) % STEPS, c = a + STEPS, d = b + STEPS;
            m.triangles[m.n_triangles++] = (np_triangle){{a, c, b}};
            m.triangles[m.n_triangles++] = (np_triangle){{b, c, d}};
        }
    }
    assert_int_equal(np_mesh_weld(&m, &(size_t){0}, NULL), NP_OK);
    return m;
}

static double sphere(np_vec3 d)
{
    (void)d;
    return 90;
}

static double cube(np_vec3 d)
{
    return 80 / fmax(fabs(d.x), fmax(fabs(d.y), fabs(d.z)));
}

static double torso(np_vec3 d)
{
    return 1 / sqrt(d.x * d.x / (110.0 * 110) + d.y * d.y / (200.0 * 200) + d.z * d.z / (300.0 * 300));
}

static double blob(np_vec3 d)
{
    return 90 * (1 + 0.15 * sin(3 * d.x + 1) * sin(4 * d.y) + 0.1 * cos(5 * d.z + d.x));
}

static void what_is_no_head_is_refused(void **state)
{
    (void)state;
    double (*const shapes[])(np_vec3) = {sphere, cube, torso, blob};
    for (size_t k = 0; k < sizeof shapes / sizeof shapes[0]; k++) {
        np_mesh m = make_round(shapes[k]);
        np_fit f = fit(&m);
        if (f.verdict != NP_FIT_REFUSE)
            fail_msg("shape %zu is taken for a head", k);
        assert_true(f.reasons[0] != '\0');
        np_mesh_fini(&m);
    }
}

/* The built-in head with its own marks; nasion and pronasale are the mean head's, stretched with it. */
static void make_parametric(np_case_sex sex, double percentile, fit_head *out)
{
    static fit_template mean;
    np_scan_description d;
    *out = (fit_head){.mm_per_unit = 1};
    assert_int_equal(np_head_create(sex, percentile, &out->mesh, &d, NULL), NP_OK);
    const np_case_landmarks *l = &d.scan.landmarks;
    const np_vec3 marks[NP_FIT_MARKS] = {
        [NP_FIT_GLABELLA] = l->glabella,           [NP_FIT_INION] = l->inion,   [NP_FIT_TRAGION_LEFT] = l->tragion_left,
        [NP_FIT_TRAGION_RIGHT] = l->tragion_right, [NP_FIT_VERTEX] = l->vertex,
    };
    memcpy(out->marks, marks, sizeof marks);
    fit_template_init(&mean);
    double scale = np_vec3_length(l->glabella) / np_vec3_length(mean.mark[NP_FIT_GLABELLA]);
    for (int k = NP_FIT_NASION; k <= NP_FIT_PRONASALE; k++)
        out->marks[k] = np_vec3_scale(mean.mark[k], scale);
    np_scan_description_fini(&d);
}

/* Where a whorl usually lies on H by its own marks, in the coordinates of its mesh. */
static np_vec3 usual_whorl(const fit_head *h)
{
    np_case_landmarks l = {.glabella = h->marks[NP_FIT_GLABELLA],
                           .inion = h->marks[NP_FIT_INION],
                           .tragion_left = h->marks[NP_FIT_TRAGION_LEFT],
                           .tragion_right = h->marks[NP_FIT_TRAGION_RIGHT],
                           .vertex = h->marks[NP_FIT_VERTEX]};
    np_similarity frame = head_frame_make(&l, 1);
    np_case_landmarks in_frame = head_frame_apply_landmarks(&frame, &l);
    np_mesh mesh = {.n_vertices = h->mesh.n_vertices, .n_triangles = h->mesh.n_triangles};
    mesh.vertices = malloc(mesh.n_vertices * sizeof *mesh.vertices);
    mesh.triangles = malloc(mesh.n_triangles * sizeof *mesh.triangles);
    memcpy(mesh.triangles, h->mesh.triangles, mesh.n_triangles * sizeof *mesh.triangles);
    for (size_t i = 0; i < mesh.n_vertices; i++)
        mesh.vertices[i] = np_similarity_apply(&frame, h->mesh.vertices[i]);
    np_scan *scan;
    head_chart chart;
    np_vec3 at;
    assert_int_equal(np_scan_create_from_mesh(&mesh, &in_frame, NULL, 0, &scan, NULL), NP_OK);
    head_chart_init(&chart, scan, 0);
    assert_true(head_chart_cast(&chart, (head_place){-HEAD_CHART_WHORL_DEG, 0}, false, &at));
    np_scan_destroy(scan);
    return np_similarity_revert(&frame, at);
}

/* Upright, whatever way it lies, all of it sure, and its marks as near as those of most real heads (docs/benchmarks.md).  The nasion gets a
 * millimetre more: the egg is skew, and its plane of symmetry stands 5 mm off the middle of the face. */
static void the_parametric_head_is_found_in_any_pose(void **state)
{
    static const struct {
        np_case_sex sex;
        double percentile;
    } heads[] = {{NP_CASE_SEX_M, 5}, {NP_CASE_SEX_M, 50}, {NP_CASE_SEX_M, 95},
                 {NP_CASE_SEX_F, 5}, {NP_CASE_SEX_F, 50}, {NP_CASE_SEX_F, 95}};
    static const double goal_mm[NP_FIT_MARKS] = {
        [NP_FIT_GLABELLA] = 9,     [NP_FIT_NASION] = 6,        [NP_FIT_PRONASALE] = 6, [NP_FIT_INION] = 15,
        [NP_FIT_TRAGION_LEFT] = 8, [NP_FIT_TRAGION_RIGHT] = 8, [NP_FIT_VERTEX] = 30};
    (void)state;
    for (size_t i = 0; i < 6; i++)
        for (unsigned turn = 0; turn < 2; turn++) {
            fit_head h;
            make_parametric(heads[i].sex, heads[i].percentile, &h);
            fit_head_change(&h, &(fit_change){.seed = 100 * i + turn, .turn = turn > 0});
            np_fit f = fit(&h.mesh);
            check(&h, &f);
            for (int k = 0; k < NP_FIT_MARKS; k++) {
                double off = np_vec3_distance(f.marks[k], h.marks[k]);
                if (f.guessed[k] || off > goal_mm[k])
                    fail_msg("head %zu, turn %u: %s is %.1f mm off%s", i, turn, np_fit_mark_names[k], off,
                             f.guessed[k] ? ", a guess" : "");
            }
            assert_near(np_vec3_distance(f.whorl, usual_whorl(&h)), 0, 10);
            np_mesh_fini(&h.mesh);
        }
}

/* Thick hair or a crest that fits a skull otherwise: the top lies where no person's does. */
static void a_top_too_high_over_the_ears_is_a_guess(void **state)
{
    (void)state;
    fit_head h;
    make_parametric(NP_CASE_SEX_M, 95, &h);
    for (size_t i = 0; i < h.mesh.n_vertices; i++) {
        np_vec3 *p = &h.mesh.vertices[i];
        if (p->z > 60)
            p->z += (p->z - 60) * 0.2;
    }
    np_fit f = fit(&h.mesh);
    assert_true(f.verdict == NP_FIT_CHECK);
    assert_true(f.tragion_to_top_mm > 150);
    assert_non_null(strstr(f.reasons, "the top stands unusually low or high over the ears"));
    assert_true(f.guessed[NP_FIT_VERTEX]);
    np_mesh_fini(&h.mesh);
}

/* Keeps of H what lies more than MM from the left tragion along the head frame's AXIS (0 ahead, 2 up), or with BELOW less. */
static void cut_off(fit_head *h, int axis, double mm, bool below)
{
    np_vec3 row[3];
    fit_head_frame(h->marks, row);
    bool *keep = malloc(h->mesh.n_triangles);
    for (size_t k = 0; k < h->mesh.n_triangles; k++) {
        np_vec3 p = h->mesh.vertices[h->mesh.triangles[k].v[0]];
        keep[k] = (np_vec3_dot(np_vec3_sub(p, h->marks[NP_FIT_TRAGION_LEFT]), row[axis]) > mm) != below;
    }
    fit_head_keep(h, keep);
    free(keep);
}

/* Moves a copy of all of H's mesh by MOVE and joins it. */
static void double_mesh(fit_head *h, np_vec3 move)
{
    np_mesh *m = &h->mesh;
    size_t v = m->n_vertices, t = m->n_triangles;
    m->vertices = realloc(m->vertices, 2 * v * sizeof *m->vertices);
    m->triangles = realloc(m->triangles, 2 * t * sizeof *m->triangles);
    for (size_t i = 0; i < v; i++)
        m->vertices[v + i] = np_vec3_add(m->vertices[i], move);
    for (size_t k = 0; k < t; k++)
        for (int i = 0; i < 3; i++)
            m->triangles[t + k].v[i] = m->triangles[k].v[i] + (uint32_t)v;
    m->n_vertices = 2 * v;
    m->n_triangles = 2 * t;
}

static void assert_no_head(fit_head *h, const char *what)
{
    np_fit f = fit(&h->mesh);
    if (f.verdict != NP_FIT_REFUSE)
        fail_msg("%s is taken for a head: %s", what, f.reasons);
    assert_true(f.reasons[0] != '\0');
    np_mesh_fini(&h->mesh);
}

/* The built-in man, the real heads where they are; turned, so that nothing is upright by chance. */
static void parts_and_pairs_of_heads_are_refused(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3; i++)
        for (unsigned part = 0; part < 4; part++) {
            static const char *const what[] = {"two heads side by side", "two heads in a row", "a cap alone",
                                               "the back alone"};
            fit_head h;
            if (i == 0)
                make_parametric(NP_CASE_SEX_M, 50, &h);
            else if (!fit_head_read(SCANS, names[i - 1], &h))
                continue;
            if (part < 2)
                double_mesh(&h, part ? np_vec3_make(0, 0, 330) : np_vec3_make(330, 0, 0));
            else if (part == 2)
                cut_off(&h, 2, 45, false);
            else
                cut_off(&h, 0, 10, true);
            fit_head_change(&h, &(fit_change){.seed = 300 + 10 * i + part, .turn = true});
            assert_no_head(&h, what[part]);
        }
}

static void a_face_alone_is_refused(void **state)
{
    (void)state;
    fit_head h;
    if (!fit_head_read(SCANS, names[0], &h))
        skip();
    cut_off(&h, 0, 40, false);
    assert_no_head(&h, "a face alone");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_heads_are_found_in_any_pose_and_unit),
        cmocka_unit_test(real_heads_are_found_when_cut_and_coarse),
        cmocka_unit_test(faces_that_look_inwards_are_told),
        cmocka_unit_test(a_missing_ear_makes_guesses),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(what_is_no_head_is_refused),
        cmocka_unit_test(the_parametric_head_is_found_in_any_pose),
        cmocka_unit_test(a_top_too_high_over_the_ears_is_a_guess),
        cmocka_unit_test(a_face_alone_is_refused),
        cmocka_unit_test(parts_and_pairs_of_heads_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
