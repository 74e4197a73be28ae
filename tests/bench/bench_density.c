/* Whether dots have the density that was asked for, in windows of 1 cm2, all of it at least 5 mm from any border:
 *
 *   bench_density CASE.yaml [SEEDS] [--windows]
 *
 * The case's field is painted once, and dots are placed in it with seeds 1, 2, ... SEEDS (20).  A window is what of the skin lies
 * in a ball of 5.64 mm, which cuts 1 cm2 out of a plane and of a sphere alike.  Of each window: the dots that the field asks for,
 * the mean over seeds of dots over that (1: no bias), and their SD.  Prints one JSON line; with --windows first a line for each:
 * x, y, z, wanted, mean ratio, SD.  A mean of few seeds is off by chance too: what of the variance of the means is more than
 * that is bias.  Without existing hair, which the field would have to be told of as the planner is. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/angle.h"
#include "base/near.h"
#include "base/rng.h"
#include "case/case.h"
#include "dots/dots.h"
#include "make/make.h"
#include "surface/topology.h"

#define RADIUS_MM 5.641895835477563 /* of 1 cm2 */
#define INSIDE_MM 5.0
#define WINDOWS_MAX 400
#define WANTED_MIN 5.0 /* dots; windows with fewer say nothing */
#define SEEDS_MAX 200

typedef struct window {
    np_vec3 at, normal;
    double wanted, count[SEEDS_MAX];
} window;

typedef struct windows {
    window item[WINDOWS_MAX];
    size_t n;
} windows;

static double area_mm2(const np_mesh *mesh, size_t t)
{
    const uint32_t *v = mesh->triangles[t].v;
    np_vec3 a = mesh->vertices[v[0]];
    return 0.5 *
           np_vec3_length(np_vec3_cross(np_vec3_sub(mesh->vertices[v[1]], a), np_vec3_sub(mesh->vertices[v[2]], a)));
}

/* Vertices on a border, or where nothing is wanted. */
static np_status mark_edge(const np_make_draft *draft, np_vec3 **out_edge, size_t *out_n, np_error *err)
{
    const np_mesh *mesh = &draft->patch.mesh;
    np_topology topology = {0};
    unsigned char *edge = calloc(mesh->n_vertices, 1);
    *out_edge = malloc((mesh->n_vertices + 1) * sizeof **out_edge);
    *out_n = 0;
    np_status status =
        edge && *out_edge ? np_topology_init(&topology, mesh, err) : np_error_no_memory(err, "the border");
    bool same_way;
    for (uint32_t t = 0; status == NP_OK && t < mesh->n_triangles; t++)
        for (int c = 0; c < 3; c++)
            if (np_topology_beside(&topology, t, c, &same_way) == NP_NO_TRIANGLE)
                edge[mesh->triangles[t].v[c]] = edge[mesh->triangles[t].v[(c + 1) % 3]] = 1;
    for (size_t v = 0; status == NP_OK && v < mesh->n_vertices; v++)
        if (edge[v] || !(draft->field.density_per_cm2[v] > 0))
            (*out_edge)[(*out_n)++] = mesh->vertices[v];
    np_topology_fini(&topology);
    free(edge);
    return status;
}

/* Vertices drawn at random, where there is room for a window. */
static np_status choose(const np_make_draft *draft, windows *w, np_error *err)
{
    const np_mesh *mesh = &draft->patch.mesh;
    np_vec3 *edge = NULL;
    size_t n_edge;
    np_near near = {0};
    np_status status = mark_edge(draft, &edge, &n_edge, err);
    if (status == NP_OK)
        status = np_near_init(&near, edge, sizeof *edge, n_edge, 3, err);
    for (uint64_t draw = 0; status == NP_OK && draw < 20 * WINDOWS_MAX && w->n < WINDOWS_MAX; draw++) {
        size_t v = (size_t)(np_rng_uniform(1, 1, draw, 0) * (double)mesh->n_vertices);
        double mm;
        if (np_near_nearest(&near, mesh->vertices[v], RADIUS_MM + INSIDE_MM, SIZE_MAX, &mm) == SIZE_MAX)
            w->item[w->n++] = (window){.at = mesh->vertices[v], .normal = draft->patch.normals[v]};
    }
    np_near_fini(&near);
    free(edge);
    return status;
}

static bool in_window(const window *w, np_vec3 at, np_vec3 normal)
{
    return np_vec3_distance2(w->at, at) < RADIUS_MM * RADIUS_MM && np_vec3_dot(w->normal, normal) > 0;
}

#define PARTS 6 /* a triangle's side is cut into this many, for windows' rims */

static void measure_wanted(const np_make_draft *draft, windows *w)
{
    const np_mesh *mesh = &draft->patch.mesh;
    for (size_t t = 0; t < mesh->n_triangles; t++) {
        const uint32_t *v = mesh->triangles[t].v;
        double share = area_mm2(mesh, t) / 100 / (PARTS * PARTS);
        for (size_t k = 0; k < w->n; k++) {
            window *win = &w->item[k];
            if (np_vec3_distance(win->at, mesh->vertices[v[0]]) > RADIUS_MM + 2)
                continue;
            for (int i = 0; i < PARTS; i++)
                for (int j = 0; j < 2 * (PARTS - i) - 1; j++) {
                    double a = (i + (j % 2 ? 2.0 : 1.0) / 3) / PARTS, b = (j / 2 + (j % 2 ? 2.0 : 1.0) / 3) / PARTS;
                    np_vec3 p = np_vec3_scale(mesh->vertices[v[0]], 1 - a - b);
                    p = np_vec3_mad(np_vec3_mad(p, mesh->vertices[v[1]], a), mesh->vertices[v[2]], b);
                    const double *d = draft->field.density_per_cm2;
                    if (in_window(win, p, draft->patch.normals[v[0]]))
                        win->wanted += share * ((1 - a - b) * d[v[0]] + a * d[v[1]] + b * d[v[2]]);
                }
        }
    }
}

/* Those of the plan that were pinned. */
static size_t take_pins(const np_make_draft *draft, np_dots_fixed *out)
{
    size_t n = 0;
    for (size_t i = 0; i < draft->plan->n_dots; i++) {
        const np_dot *dot = &draft->plan->dots[i];
        if (dot->pin)
            out[n++] = (np_dots_fixed){dot->position, dot->session, dot->layer, 0};
    }
    return n;
}

static np_status place_all(const np_case *c, const np_make_draft *draft, int seeds, windows *w, np_error *err)
{
    np_dots_fixed *pins = calloc(draft->plan->n_dots + 1, sizeof *pins);
    np_dots_request r = {.surface = &draft->patch.mesh,
                         .normals = draft->patch.normals,
                         .density_per_cm2 = draft->field.density_per_cm2,
                         .layer = draft->field.layer,
                         .first_session = draft->field.first_session,
                         .n_layers = c->n_layers,
                         .pins = pins,
                         .n_sessions = (int)c->n_sessions,
                         .spacing_min_mm = c->limits.spacing_min_mm,
                         .session_spacing_min_mm = c->limits.session_spacing_min_mm};
    for (unsigned i = 0; i < c->n_sessions; i++)
        r.cumulative_share[i] = c->sessions[i].cumulative;
    np_status status = pins ? NP_OK : np_error_no_memory(err, "the pins");
    r.n_pins = pins ? take_pins(draft, pins) : 0;
    for (int s = 0; s < seeds && status == NP_OK; s++) {
        np_placed_dot *dots = NULL;
        size_t n = 0;
        r.seed = (uint64_t)s + 1;
        status = np_dots_place(&r, NULL, &dots, &n, err);
        for (size_t k = 0; k < w->n; k++)
            for (size_t i = 0; i < n; i++)
                w->item[k].count[s] += in_window(&w->item[k], dots[i].point.position, dots[i].point.normal);
        free(dots);
    }
    free(pins);
    return status;
}

/* The share of a Gaussian of SD about 1 that is within 5 %. */
static double share_within(double sd)
{
    return sd > 0 ? erf(0.05 / (sd * sqrt(2))) : 1;
}

static void print(const windows *w, int seeds, bool all)
{
    double within = 0, expected = 0, mean2 = 0, chance2 = 0, worst = 0, worst_z = 0, fano = 0, off = 0, wanted = 0;
    size_t n = 0;
    for (size_t k = 0; k < w->n; k++) {
        const window *win = &w->item[k];
        double mean = 0, variance = 0;
        if (win->wanted < WANTED_MIN)
            continue;
        for (int s = 0; s < seeds; s++)
            mean += win->count[s] / win->wanted / seeds;
        for (int s = 0; s < seeds; s++) {
            double d = win->count[s] / win->wanted - mean;
            variance += d * d / (seeds - 1);
            within += fabs(win->count[s] / win->wanted - 1) <= 0.05;
        }
        n++;
        wanted += win->wanted;
        fano += variance * win->wanted;
        mean2 += (mean - 1) * (mean - 1);
        chance2 += variance / seeds;
        off += fabs(mean - 1) > 0.05;
        worst = fmax(worst, fabs(mean - 1));
        worst_z = fmax(worst_z, fabs(mean - 1) / sqrt(fmax(variance, 1e-9) / seeds));
        if (all)
            printf("%.1f,%.1f,%.1f,%.2f,%.4f,%.4f\n", win->at.x, win->at.y, win->at.z, win->wanted, mean,
                   sqrt(variance));
    }
    double m = (double)n;
    fano /= m;
    for (size_t k = 0; k < w->n; k++)
        if (w->item[k].wanted >= WANTED_MIN)
            expected += share_within(sqrt(fano / w->item[k].wanted));
    printf(
        "{\"windows\": %zu, \"seeds\": %d, \"wanted\": %.1f, \"fano\": %.3f, \"within\": %.3f, \"within_by_fano\": "
        "%.3f, "
        "\"mean_off_by_5\": %.3f, \"mean_rms\": %.4f, \"chance_rms\": %.4f, \"bias_rms\": %.4f, \"worst_mean\": %.4f, "
        "\"worst_z\": %.1f}\n",
        n, seeds, wanted / m, fano, within / m / seeds, expected / m, off / m, sqrt(mean2 / m), sqrt(chance2 / m),
        sqrt(fmax(0, (mean2 - chance2) / m)), worst, worst_z);
}

int main(int argc, char **argv)
{
    int seeds = argc > 2 ? atoi(argv[2]) : 20;
    if (argc < 2 || seeds < 2 || seeds > SEEDS_MAX) {
        fprintf(stderr, "usage: bench density CASE.yaml [SEEDS, 2 to %d] [--windows]\n", SEEDS_MAX);
        return 2;
    }
    np_case *c = NULL;
    np_plugin_list plugins = {0};
    np_make_draft draft = {0};
    static windows w;
    np_error err = {0};
    np_status status = np_case_read(argv[1], &c, &err);
    if (status == NP_OK && c->existing.n)
        status = np_error_set(&err, NP_ERR_INVALID, "cases with existing hair are not for this bench");
    if (status == NP_OK)
        status = np_make_draft_init(c, &plugins, NULL, &draft, &err);
    if (status == NP_OK)
        status = choose(&draft, &w, &err);
    if (status == NP_OK) {
        measure_wanted(&draft, &w);
        status = place_all(c, &draft, seeds, &w, &err);
    }
    if (status == NP_OK && w.n == 0)
        status = np_error_set(&err, NP_ERR_INVALID, "no window of 1 cm2 has room 5 mm inside");
    if (status == NP_OK)
        print(&w, seeds, argc > 3 && strcmp(argv[3], "--windows") == 0);
    else
        fprintf(stderr, "%s\n", err.text);
    np_make_draft_fini(&draft);
    np_case_destroy(c);
    return status == NP_OK ? 0 : 1;
}
