/* Fits the follicles' pair potential to the reference (docs/decisions/placing-dots.md): inverse Boltzmann
 * iteration with the very sweeps that place dots, on a ball, so that there is no border.
 *
 *   bench_potential ROUNDS DOTS [STRENGTH SD LOWER [START.csv]] > core/dots/data/follicular_potential.csv
 *
 * STRENGTH (kT) and SD (s) are those of the wide repulsion, LOWER is by how much g is wanted below the reference (see
 * wanted); else what the built-in table was fitted with.  START.csv is a table to start from, else the built-in one.
 *
 * Each round places DOTS dots (another seed each time), measures g, and adds gain * ln(g / g_wanted) to the
 * potential; the mean of the last rounds is written, since each is noisy, and measured on CHECKS seeds that the fit has
 * not seen (0 rounds: the start is).  Copy the values into core/dots/reference.c. */
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
#define CORE_BINS 6 /* below 0.3 s the reference has nobody: a wall */
#define AVERAGED 12 /* rounds */
#define CHECKS 3
#define CHECK_SEED 5000
#define LOWER 0.08

/* What is wanted: REFERENCE_SHARE of the reference's g; from FLAT on its mean from there to TRUSTED, where bins are
 * noise; beyond TRUSTED its windows were too small, and g goes to 1 by END, lest a ring stand where the pair potential ends. */
#define REFERENCE_SHARE 0.95
#define FLAT 1.5 /* s */
#define TRUSTED 1.75
#define END 2.05
#define TAPER 1.2 /* s: from here the potential is led to 0 */
#define LAST ((DOTS_POTENTIAL_BINS - 0.5) * DOTS_POTENTIAL_STEP)

typedef struct fit_options {
    int rounds;
    size_t n;
    double lower;
    dots_gas gas;
} fit_options;

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

/* Places N dots with GAS and measures them. */
static np_status measure(const dots_surface *surface, const dots_gas *gas, size_t n, uint64_t seed, np_dots_stats *out,
                         np_error *err)
{
    size_t counts[2] = {n, 0};
    dots_budget budget = {counts, counts + 1, 1, n};
    dots_spot *spots = NULL;
    dots_particles particles = {0};
    dots_background background = {0};
    np_vec3 *at = malloc(n * sizeof *at);
    double *density = malloc(n * sizeof *density);
    unsigned char *interior = malloc(n);
    np_status status = at && density && interior ? NP_OK : np_error_no_memory(err, "the dots");
    if (status == NP_OK)
        status = dots_seed_spread(surface, &budget, NULL, NULL, NULL, 0, seed, &spots, &background, err);
    if (status == NP_OK)
        status = dots_particles_init(&particles, surface, n, 0, 0, err);
    for (size_t i = 0; status == NP_OK && i < n; i++)
        dots_particles_put(&particles, i, &spots[i]);
    if (status == NP_OK)
        status = dots_relax_follicular(&particles, gas, 1, NULL, &background, seed, NULL, err);
    for (size_t i = 0; status == NP_OK && i < n; i++) {
        at[i] = particles.site[i].at;
        density[i] = DENSITY;
        interior[i] = 1;
    }
    if (status == NP_OK)
        status = np_dots_stats_compute(at, particles.normal, density, interior, n, out, err);
    dots_particles_fini(&particles);
    dots_background_fini(&background);
    free(spots);
    free(at);
    free(density);
    free(interior);
    return status;
}

static void print(const char *label, int number, const np_dots_stats *s)
{
    fprintf(stderr, "%s %d: R %.4f CV %.4f quantiles %.4f g %.4f ring %.3f Fano %.3f %.3f S0 %.3f blotch %.3f\n", label,
            number, s->clark_evans_r, s->nn_cv, s->nn_quantile_error, s->g_rms_error, s->g_shell_max, s->fano,
            s->fano_30, s->structure_factor_0, s->blotch);
}

/* Lowering g by LOWER x gamma(x), where gamma is the overlap of two discs of 6 dots x apart, is the smallest change of g
 * that brings the variance of their counts down by a given amount: it is how g enters that variance.  Not below 0.45 s,
 * where nearest neighbours are. */
static double wanted(int k, double lower)
{
    const double *g = dots_reference_g;
    const double x = (k + 0.5) * DOTS_POTENTIAL_STEP;
    const int flat = (int)(FLAT / DOTS_POTENTIAL_STEP), trusted = (int)(TRUSTED / DOTS_POTENTIAL_STEP);
    double smooth = k > 22 && k < flat ? (g[k - 1] + 2 * g[k] + g[k + 1]) / 4 : g[k];
    if (k >= flat) {
        smooth = 0;
        for (int j = flat; j < trusted; j++)
            smooth += g[j] / (trusted - flat);
    }
    double u = fmin(1, x / (2 * sqrt(6 / NP_PI))), gamma = 2 / NP_PI * (acos(u) - u * sqrt(1 - u * u));
    double far = fmin(fmax((x - 0.45) / 0.3, 0), 1);
    double inside = REFERENCE_SHARE * smooth - lower * far * x * gamma;
    double t = fmin(fmax((x - TRUSTED) / (END - TRUSTED), 0), 1);
    return inside * (1 - t) + t;
}

static void improve(double *potential, double lower, const np_dots_stats *stats)
{
    for (int k = CORE_BINS; k < DOTS_POTENTIAL_BINS; k++)
        potential[k] = fmin(12, potential[k] + GAIN * log((stats->g[k] + 0.01) / (wanted(k, lower) + 0.01)));
    /* it ends at 0, since a step would leave one in g, and goes there slowly */
    double end = potential[DOTS_POTENTIAL_BINS - 1];
    for (int k = CORE_BINS; k < DOTS_POTENTIAL_BINS; k++) {
        double t = fmax(0, ((k + 0.5) * DOTS_POTENTIAL_STEP - TAPER) / (LAST - TAPER));
        potential[k] -= end * t * t * (3 - 2 * t);
    }
}

static np_status fit(const dots_surface *surface, const fit_options *o, double *out_mean, np_error *err)
{
    dots_gas gas = o->gas;
    np_status status = NP_OK;
    np_dots_stats s;
    int averaged = o->rounds < AVERAGED ? o->rounds : AVERAGED;
    memset(out_mean, 0, DOTS_POTENTIAL_BINS * sizeof *out_mean);
    for (int round = 0; status == NP_OK && round < o->rounds; round++) {
        status = measure(surface, &gas, o->n, 1000 + (uint64_t)round, &s, err);
        if (status != NP_OK)
            break;
        print("round", round, &s);
        improve(gas.pair, o->lower, &s);
        for (int k = 0; k < DOTS_POTENTIAL_BINS && round >= o->rounds - averaged; k++)
            out_mean[k] += gas.pair[k] / averaged;
    }
    if (o->rounds > 0)
        memcpy(gas.pair, out_mean, sizeof gas.pair);
    else
        memcpy(out_mean, gas.pair, sizeof gas.pair);
    double g[NP_DOTS_G_BINS] = {0};
    for (int check = 0; status == NP_OK && check < CHECKS; check++) {
        status = measure(surface, &gas, o->n, CHECK_SEED + (uint64_t)check, &s, err);
        if (status == NP_OK)
            print("check", check, &s);
        for (int k = 0; k < NP_DOTS_G_BINS; k++)
            g[k] += s.g[k] / CHECKS;
    }
    for (int k = CORE_BINS; k < NP_DOTS_G_BINS; k++)
        fprintf(stderr, "%.3f g %.3f wanted %.3f\n", (k + 0.5) * DOTS_POTENTIAL_STEP, g[k], wanted(k, o->lower));
    return status;
}

static np_status fit_on_ball(const fit_options *o, double *out_mean, np_error *err)
{
    np_mesh mesh = make_ball(sqrt((double)o->n / DENSITY * 100 / (4 * NP_PI)));
    np_vec3 *normals = calloc(mesh.n_vertices, sizeof *normals);
    double *density = calloc(mesh.n_vertices, sizeof *density);
    int32_t *layer = calloc(mesh.n_vertices, sizeof *layer);
    dots_surface surface = {0};
    for (size_t v = 0; v < mesh.n_vertices; v++) {
        density[v] = DENSITY;
        normals[v] = np_vec3_normalize(mesh.vertices[v]);
    }
    np_status status = dots_surface_init(&surface, &mesh, normals, density, layer, NULL, err);
    if (status == NP_OK)
        status = fit(&surface, o, out_mean, err);
    dots_surface_fini(&surface);
    free(mesh.vertices);
    free(mesh.triangles);
    free(normals);
    free(density);
    free(layer);
    return status;
}

static bool read_start(const char *path, double *out_pair)
{
    FILE *file = fopen(path, "r");
    char line[200];
    int n = 0;
    double x;
    while (file && n < DOTS_POTENTIAL_BINS && fgets(line, sizeof line, file))
        n += sscanf(line, "%lf,%lf", &x, &out_pair[n]) == 2;
    if (file)
        fclose(file);
    return n == DOTS_POTENTIAL_BINS;
}

int main(int argc, char **argv)
{
    fit_options o = {.lower = LOWER, .gas = dots_follicular_gas};
    double mean[DOTS_POTENTIAL_BINS];
    np_error err = {0};
    if (argc >= 3) {
        o.rounds = (int)strtol(argv[1], NULL, 10);
        o.n = strtoull(argv[2], NULL, 10);
    }
    if (argc >= 6) {
        o.gas.wide = (dots_wide){strtod(argv[3], NULL), strtod(argv[4], NULL)};
        o.lower = strtod(argv[5], NULL);
    }
    if (o.rounds < 0 || o.n < 1000 || o.n > 1000000 || o.gas.wide.sd <= 0 ||
        (argc >= 7 && !read_start(argv[6], o.gas.pair))) {
        fputs("usage: bench_potential ROUNDS DOTS [STRENGTH SD LOWER [START.csv]]   (at least 1000 dots)\n", stderr);
        return 2;
    }
    np_status status = fit_on_ball(&o, mean, &err);
    if (status != NP_OK) {
        fprintf(stderr, "bench_potential: %s\n", err.text);
        return np_status_exit(status);
    }
    printf(
        "# Pair potential u(r), in kT, of follicular dots, beside a wide repulsion of %g exp(-r^2 / 2 %g^2) beyond %g "
        "and the\n"
        "# coordination term of core/dots/relax_follicular.c: inverse Boltzmann iteration by "
        "tests/bench/bench_potential.c, the\n"
        "# last %d rounds with %zu dots (docs/decisions/placing-dots.md); r in s = 1/sqrt(density).\nr_over_s,u_kT\n",
        o.gas.wide.strength, o.gas.wide.sd, DOTS_POTENTIAL_BINS * DOTS_POTENTIAL_STEP, o.rounds, o.n);
    for (int k = 0; k < DOTS_POTENTIAL_BINS; k++)
        printf("%.3f,%.4f\n", (k + 0.5) * DOTS_POTENTIAL_STEP, mean[k]);
    return 0;
}
