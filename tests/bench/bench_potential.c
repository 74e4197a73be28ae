/* Fits the follicles' pair potential to the reference (docs/decisions/placing-dots.md): inverse Boltzmann
 * iteration with the very sweeps that place dots, on a ball, so that there is no border.
 *
 *   bench_potential [ROUNDS [DOTS]] > core/dots/data/follicular_potential.csv
 *
 * Each round places DOTS dots (another seed each time), measures g, and adds gain * ln(g / g_wanted) to the
 * potential; the mean of the last rounds is written, since each is noisy.  Copy the values into
 * core/dots/reference.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/angle.h"
#include "dots/private/reference.h"
#include "dots/private/relax.h"
#include "dots/private/seed.h"
#include "dots/stats.h"

#define GAIN 0.5
#define DENSITY 75.0
#define RINGS 90
#define CORE_BINS 6  /* below 0.3 s the reference has nobody: a wall */
#define TRUSTED 1.85 /* s: beyond, the reference's windows were too small */
#define BEYOND 0.92  /* what is wanted there */
#define AVERAGED 20  /* rounds */

static np_mesh make_ball(double radius)
{
    size_t around = 2 * RINGS, t = 0;
    np_mesh m = {malloc(((RINGS - 1) * around + 2) * sizeof(np_vec3)),
                 malloc(2 * around * (RINGS - 1) * sizeof(np_triangle)), (RINGS - 1) * around + 2,
                 2 * around * (RINGS - 1)};
    uint32_t south = (uint32_t)((RINGS - 1) * around), top = (uint32_t)((RINGS - 2) * around);
    for (size_t r = 1; r < RINGS; r++)
        for (size_t k = 0; k < around; k++) {
            double a = NP_PI * (double)r / RINGS;
            double b = NP_TWO_PI * (double)k / (double)around;
            m.vertices[(r - 1) * around + k] =
                np_vec3_scale(np_vec3_make(sin(a) * cos(b), sin(a) * sin(b), -cos(a)), radius);
        }
    m.vertices[south] = np_vec3_make(0, 0, -radius);
    m.vertices[south + 1] = np_vec3_make(0, 0, radius);
    for (uint32_t k = 0; k < around; k++) {
        uint32_t l = (k + 1) % (uint32_t)around;
        m.triangles[t++] = (np_triangle){{south, l, k}};
        m.triangles[t++] = (np_triangle){{top + k, top + l, south + 1}};
        for (size_t r = 0; r + 2 < RINGS; r++) {
            uint32_t base = (uint32_t)(r * around), up = base + (uint32_t)around;
            m.triangles[t++] = (np_triangle){{base + k, base + l, up + l}};
            m.triangles[t++] = (np_triangle){{base + k, up + l, up + k}};
        }
    }
    return m;
}

/* Places N dots with POTENTIAL and measures them. */
static np_status measure(const dots_surface *surface, const double *potential, size_t n, uint64_t seed,
                         np_dots_stats *out, np_error *err)
{
    size_t counts[2] = {n, 0};
    dots_budget budget = {counts, counts + 1, 1, n};
    dots_spot *spots = NULL;
    dots_particles particles = {0};
    np_vec3 *at = malloc(n * sizeof *at);
    double *density = malloc(n * sizeof *density);
    unsigned char *interior = malloc(n);
    np_status status = at && density && interior ? NP_OK : np_error_no_memory(err, "the dots");
    if (status == NP_OK)
        status = dots_seed_spread(surface, &budget, NULL, NULL, 0, seed, &spots, err);
    if (status == NP_OK)
        status = dots_particles_init(&particles, surface, n, 0, 0, err);
    for (size_t i = 0; status == NP_OK && i < n; i++)
        dots_particles_put(&particles, i, &spots[i]);
    if (status == NP_OK)
        status = dots_relax_follicular(&particles, potential, seed, NULL, err);
    for (size_t i = 0; status == NP_OK && i < n; i++) {
        at[i] = particles.site[i].at;
        density[i] = DENSITY;
        interior[i] = 1;
    }
    if (status == NP_OK)
        status = np_dots_stats_compute(at, particles.normal, density, interior, n, out, err);
    dots_particles_fini(&particles);
    free(spots);
    free(at);
    free(density);
    free(interior);
    return status;
}

/* The reference, lightly smoothed where it is flat. */
static double wanted(int k)
{
    const double *g = dots_reference_g;
    if ((k + 0.5) * DOTS_POTENTIAL_STEP > TRUSTED)
        return BEYOND;
    return k > 22 ? (g[k - 1] + 2 * g[k] + g[k + 1]) / 4 : g[k];
}

static void improve(double *potential, const np_dots_stats *stats)
{
    for (int k = CORE_BINS; k < DOTS_POTENTIAL_BINS; k++) {
        double gain = k >= DOTS_POTENTIAL_BINS - 3 ? 0.3 * GAIN : GAIN;
        potential[k] = fmin(12, potential[k] + gain * log((stats->g[k] + 0.01) / (wanted(k) + 0.01)));
    }
    double end = potential[DOTS_POTENTIAL_BINS - 1];
    for (int k = CORE_BINS; k < DOTS_POTENTIAL_BINS; k++)
        potential[k] -= end;
}

static np_status fit(int rounds, size_t n, double *mean, np_error *err)
{
    np_mesh mesh = make_ball(sqrt((double)n / DENSITY * 100 / (4 * NP_PI)));
    np_vec3 *normals = calloc(mesh.n_vertices, sizeof *normals);
    double *density = calloc(mesh.n_vertices, sizeof *density), potential[DOTS_POTENTIAL_BINS];
    int32_t *layer = calloc(mesh.n_vertices, sizeof *layer);
    dots_surface surface = {0};
    np_status status = NP_OK;
    memcpy(potential, dots_potential, sizeof potential);
    for (size_t v = 0; v < mesh.n_vertices; v++) {
        density[v] = DENSITY;
        normals[v] = np_vec3_normalize(mesh.vertices[v]);
    }
    status = dots_surface_init(&surface, &mesh, normals, density, layer, NULL, err);
    for (int round = 0; status == NP_OK && round < rounds; round++) {
        np_dots_stats s;
        if (round >= rounds - AVERAGED)
            for (int k = 0; k < DOTS_POTENTIAL_BINS; k++)
                mean[k] += potential[k] / (rounds < AVERAGED ? rounds : AVERAGED);
        status = measure(&surface, potential, n, 1000 + (uint64_t)round, &s, err);
        if (status != NP_OK)
            break;
        fprintf(stderr, "%d: R %.4f CV %.4f quantiles %.4f g %.4f shell %.3f Fano %.3f\n", round, s.clark_evans_r,
                s.nn_cv, s.nn_quantile_error, s.g_rms_error, s.g_shell_max, s.fano);
        improve(potential, &s);
    }
    dots_surface_fini(&surface);
    free(mesh.vertices);
    free(mesh.triangles);
    free(normals);
    free(density);
    free(layer);
    return status;
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 50;
    size_t n = argc > 2 ? strtoull(argv[2], NULL, 10) : 16000;
    double mean[DOTS_POTENTIAL_BINS] = {0};
    np_error err = {0};
    if (rounds < 1 || n < 1000 || n > 1000000) {
        fputs("usage: bench_potential [ROUNDS [DOTS]]   (at least 1 and 1000)\n", stderr);
        return 2;
    }
    np_status status = fit(rounds, n, mean, &err);
    if (status != NP_OK) {
        fprintf(stderr, "bench_potential: %s\n", err.text);
        return np_status_exit(status);
    }
    printf(
        "# Pair potential u(r), in kT, which together with the coordination term of core/dots/relax_follicular.c gives "
        "dots the pair\n"
        "# correlation of real follicular units: %d rounds of inverse Boltzmann iteration with %zu dots, by\n"
        "# tests/bench/bench_potential.c; r in s = 1/sqrt(density).\nr_over_s,u_kT\n",
        rounds, n);
    for (int k = 0; k < DOTS_POTENTIAL_BINS; k++)
        printf("%.3f,%.4f\n", (k + 0.5) * DOTS_POTENTIAL_STEP, mean[k]);
    return 0;
}
