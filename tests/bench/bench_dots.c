/* Places dots on any mesh and says how good they are:
 *
 *   bench_dots SCAN --count N [--pattern even|follicular] [--fast] [--shares 0.333,0.667,1] [--seed N]
 * [--repeat K] [--figures] [-o OUT.csv]
 *
 * SCAN is a mesh file in mm (OBJ, PLY, STL, glTF), or a made-up surface: head (the parametric head), ball,
 * flat, ramp (4:1 in density), contrast (16:1), uniform, fold.  OUT.csv gets `x,y,z,session,density_per_cm2`.
 * Prints one JSON line, {n, seconds, peak_mb}; with --figures then one for each session prefix, the longest
 * first, and one for each later session by itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "../unit/dots/largest_hole.h"
#include "base/angle.h"
#include "base/grow.h"
#include "base/near.h"
#include "base/parallel.h"
#include "dots/dots.h"
#include "dots/stats.h"
#include "head/head.h"
#include "head/private/import.h"
#include "surface/topology.h"

#define EDGE_MM 3.0  /* dots nearer to a border are neighbours, but are not judged */
#define DENSITY 75.0 /* dots per cm2 at their densest: made-up surfaces grow with the number of dots */

typedef struct options {
    const char *scan, *out;
    np_dots_request request;
    int repeat;
    bool figures;
} options;

static int usage(void)
{
    fputs("usage: bench dots SCAN --count N [--pattern even|follicular] [--fast] [--shares 0.333,0.667,1] "
          "[--seed N] "
          "[--repeat K] [--figures] "
          "[-o OUT.csv]\n  SCAN: a mesh file in mm, or head, ball, flat, ramp, contrast, uniform, fold\n",
          stderr);
    return 2;
}

static bool parse_shares(const char *text, np_dots_request *r)
{
    r->n_sessions = 0;
    while (*text && r->n_sessions < NP_DOTS_MAX_SESSIONS) {
        char *end;
        r->cumulative_share[r->n_sessions++] = strtod(text, &end);
        if (end == text)
            return false;
        text = *end == ',' ? end + 1 : end;
    }
    return r->n_sessions > 0 && *text == 0;
}

static bool parse(int argc, char **argv, options *o)
{
    *o = (options){.repeat = 1};
    o->request = (np_dots_request){.n_sessions = 3,
                                   .cumulative_share = {0.3, 0.7, 1},
                                   .spacing_min_mm = 0.45,
                                   .session_spacing_min_mm = 0.7,
                                   .n_layers = 1,
                                   .seed = 1};
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (argv[i][0] != '-' && !o->scan) {
            o->scan = argv[i];
            continue;
        }
        if (strcmp(argv[i], "--figures") == 0) {
            o->figures = true;
            continue;
        }
        if (strcmp(argv[i], "--fast") == 0) {
            o->request.quality = NP_DOTS_FAST;
            continue;
        }
        if (!value)
            return false;
        if (strcmp(argv[i], "--count") == 0)
            o->request.exact_count = strtoull(value, NULL, 10);
        else if (strcmp(argv[i], "--seed") == 0)
            o->request.seed = strtoull(value, NULL, 10);
        else if (strcmp(argv[i], "--repeat") == 0)
            o->repeat = (int)strtol(value, NULL, 10);
        else if (strcmp(argv[i], "--pattern") == 0 && strcmp(value, "even") == 0)
            o->request.pattern = NP_DOTS_EVEN;
        else if (strcmp(argv[i], "--pattern") == 0 && strcmp(value, "follicular") == 0)
            o->request.pattern = NP_DOTS_FOLLICULAR;
        else if (strcmp(argv[i], "--shares") == 0 && parse_shares(value, &o->request))
            ;
        else if (strcmp(argv[i], "-o") == 0)
            o->out = value;
        else
            return false;
        i++;
    }
    return o->scan && o->request.exact_count > 0 && o->repeat > 0;
}

/* ---- surfaces ---- */

/* A square sheet of SIDE mm with 0.8 mm edges, folded up and down by RISE every 10 mm. */
static np_mesh make_sheet(double side, double rise)
{
    size_t n = (size_t)(side / 0.8), row = n + 1, t = 0;
    np_mesh m = {malloc(row * row * sizeof(np_vec3)), malloc(2 * n * n * sizeof(np_triangle)), row * row, 2 * n * n};
    for (size_t j = 0; j <= n; j++)
        for (size_t i = 0; i <= n; i++) {
            double x = side * (double)i / (double)n, phase = fmod(x / 10, 2);
            m.vertices[j * row + i] =
                np_vec3_make(x, side * (double)j / (double)n, rise * (phase < 1 ? phase : 2 - phase));
        }
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < n; i++) {
            uint32_t a = (uint32_t)(j * row + i), b = a + (uint32_t)row;
            m.triangles[t++] = (np_triangle){{a, a + 1, b + 1}};
            m.triangles[t++] = (np_triangle){{a, b + 1, b}};
        }
    return m;
}

/* A ball of RADIUS mm, closed at its poles. */
static np_mesh make_ball(double radius)
{
    size_t rings = 180, around = 360, t = 0;
    np_mesh m = {malloc(((rings - 1) * around + 2) * sizeof(np_vec3)),
                 malloc(2 * around * (rings - 1) * sizeof(np_triangle)), (rings - 1) * around + 2,
                 2 * around * (rings - 1)};
    uint32_t south = (uint32_t)((rings - 1) * around), top = (uint32_t)((rings - 2) * around);
    for (size_t r = 1; r < rings; r++)
        for (size_t k = 0; k < around; k++) {
            double a = NP_PI * (double)r / (double)rings, b = NP_TWO_PI * (double)k / (double)around;
            m.vertices[(r - 1) * around + k] =
                np_vec3_scale(np_vec3_make(sin(a) * cos(b), sin(a) * sin(b), -cos(a)), radius);
        }
    m.vertices[south] = np_vec3_make(0, 0, -radius);
    m.vertices[south + 1] = np_vec3_make(0, 0, radius);
    for (uint32_t k = 0; k < around; k++) {
        uint32_t l = (k + 1) % (uint32_t)around;
        m.triangles[t++] = (np_triangle){{south, l, k}};
        m.triangles[t++] = (np_triangle){{top + k, top + l, south + 1}};
        for (size_t r = 0; r + 2 < rings; r++) {
            uint32_t base = (uint32_t)(r * around), up = base + (uint32_t)around;
            m.triangles[t++] = (np_triangle){{base + k, base + l, up + l}};
            m.triangles[t++] = (np_triangle){{base + k, up + l, up + k}};
        }
    }
    return m;
}

/* Of a sheet, in its densest; 0: the scan is no sheet.  "uniform" is as large as "contrast", to compare with.
 */
static double mean_density(const char *scan)
{
    return strcmp(scan, "flat") == 0 || strcmp(scan, "fold") == 0          ? 1
           : strcmp(scan, "ramp") == 0                                     ? 0.625
           : strcmp(scan, "contrast") == 0 || strcmp(scan, "uniform") == 0 ? (1 - 1.0 / 16) / log(16)
                                                                           : 0;
}

static np_status load(const char *scan, size_t count, np_mesh *out, np_error *err)
{
    if (strcmp(scan, "head") == 0) {
        np_scan_description description = {0};
        np_status status = np_head_create(NP_CASE_SEX_M, 50, out, &description, err);
        np_scan_description_fini(&description);
        return status;
    }
    double mm2 = (double)count * 100 / DENSITY;
    if (strcmp(scan, "ball") == 0)
        *out = make_ball(sqrt(mm2 / (4 * NP_PI)));
    else if (mean_density(scan) > 0)
        *out = make_sheet(sqrt(mm2 / mean_density(scan)), strcmp(scan, "fold") == 0 ? 8 : 0);
    else
        return head_scan_import(scan, NULL, out, NULL, err);
    return NP_OK;
}

/* The wanted density up to a factor: even, or rising along x, which is 0..1 over a sheet. */
static double density_at(const char *scan, double x)
{
    return strcmp(scan, "ramp") == 0 ? 0.25 + 0.75 * x : strcmp(scan, "contrast") == 0 ? pow(16, x - 1) : 1;
}

/* ---- judging ---- */

/* Points along the edges without a triangle on the other side: *out_points, which the caller frees. */
static np_status sample_borders(const np_mesh *mesh, np_vec3 **out_points, size_t *out_n, np_error *err)
{
    np_topology topology = {0};
    np_status status = np_topology_init(&topology, mesh, err);
    size_t room = 0;
    for (size_t e = 0; status == NP_OK && e < 3 * mesh->n_triangles; e++) {
        const uint32_t *v = mesh->triangles[e / 3].v;
        bool same_way;
        if (np_topology_beside(&topology, (uint32_t)(e / 3), (int)(e % 3), &same_way) != NP_NO_TRIANGLE)
            continue;
        status = NP_GROW(*out_points, room, *out_n + 16, "the border", err);
        for (int s = 0; status == NP_OK && s < 16; s++)
            (*out_points)[(*out_n)++] =
                np_vec3_lerp(mesh->vertices[v[e % 3]], mesh->vertices[v[(e + 1) % 3]], (s + 0.5) / 16);
    }
    np_topology_fini(&topology);
    return status;
}

/* Which dots are far enough from every border: searched among points along the border. */
static np_status mark_interior(const np_mesh *mesh, const np_placed_dot *dots, size_t n, unsigned char *out,
                               np_error *err)
{
    np_vec3 *points = NULL;
    size_t n_points = 0;
    np_near near = {0};
    double mm;
    np_status status = sample_borders(mesh, &points, &n_points, err);
    if (status == NP_OK)
        status = np_near_init(&near, points, sizeof *points, n_points, EDGE_MM, err);
    for (size_t i = 0; status == NP_OK && i < n; i++)
        out[i] = np_near_nearest(&near, dots[i].point.position, EDGE_MM, SIZE_MAX, &mm) == SIZE_MAX;
    np_near_fini(&near);
    free(points);
    return status;
}

/* What there is to judge. */
typedef struct judged {
    const char *scan;
    const np_placed_dot *dots;
    const unsigned char *interior;
    size_t n;
    double side; /* of a sheet */
} judged;

#define STRIPS 8

/* Of STRIPS strips across a sheet's gradient, the largest error of the number of dots of sessions
 * FROM..UNTIL, as a share. */
static double strip_error(const char *scan, const np_placed_dot *dots, size_t n, int from, int until, double side)
{
    double found[STRIPS] = {0}, due[STRIPS] = {0}, n_found = 0, n_due = 0, worst = 0;
    for (size_t i = 0; i < n; i++)
        if (dots[i].session >= from && dots[i].session <= until) {
            found[(int)fmin(STRIPS - 1, dots[i].point.position.x / side * STRIPS)] += 1;
            n_found += 1;
        }
    for (int k = 0; k < 100 * STRIPS; k++) {
        due[k / 100] += density_at(scan, (k + 0.5) / (100 * STRIPS));
        n_due += density_at(scan, (k + 0.5) / (100 * STRIPS));
    }
    for (int k = 0; k < STRIPS; k++)
        worst = fmax(worst, fabs(found[k] / (due[k] / n_due * n_found) - 1));
    return worst;
}

/* Figures of the dots of sessions FROM..UNTIL, whose density is SHARE of the whole. */
static np_status judge(const judged *all, int from, int until, double share, np_error *err)
{
    const np_placed_dot *dots = all->dots;
    size_t n = all->n;
    np_vec3 *at = calloc(n + 1, sizeof *at), *normal = calloc(n + 1, sizeof *normal);
    double *density = calloc(n + 1, sizeof *density);
    unsigned char *inside = calloc(n + 1, 1);
    np_dots_stats s;
    double hole = 0, densest = 0;
    size_t m = 0, hole_at;
    np_status status = at && normal && density && inside ? NP_OK : np_error_no_memory(err, "the figures");
    for (size_t i = 0; status == NP_OK && i < n; i++) {
        if (dots[i].session < from || dots[i].session > until)
            continue;
        at[m] = dots[i].point.position;
        normal[m] = dots[i].point.normal;
        density[m] = dots[i].density_per_cm2 * share;
        densest = fmax(densest, density[m]);
        inside[m++] = all->interior[i];
    }
    if (status == NP_OK)
        status = np_dots_stats_compute(at, normal, density, inside, m, &s, err);
    if (status == NP_OK)
        status = largest_hole(at, normal, density, inside, m, &hole, &hole_at, err);
    if (status == NP_OK)
        printf("{\"from\": %d, \"sessions\": %d, \"n\": %zu, \"interior\": %zu, \"spacing_min_mm\": %.4f, "
               "\"rho\": %.4f, \"densest_per_cm2\": %.4f, "
               "\"clark_evans_r\": %.4f, \"nn_cv\": %.4f, \"nn_quantile_error\": %.4f, \"g_rms_error\": %.4f, "
               "\"g_peak\": %.3f, \"g_peak_at\": %.3f, \"g_shell_max\": %.3f, \"fano\": %.3f, \"fano_30\": %.3f, "
               "\"structure_factor_0\": %.3f, \"blotch\": %.3f, "
               "\"psi6\": %.3f, "
               "\"hole\": %.3f, "
               "\"strip_error\": %.4f}\n",
               from, until, m, s.n_interior, s.spacing_min_mm, s.nn_min / 1.0745699318235418, densest, s.clark_evans_r,
               s.nn_cv, s.nn_quantile_error, s.g_rms_error, s.g_peak, s.g_peak_at, s.g_shell_max, s.fano, s.fano_30,
               s.structure_factor_0, s.blotch, s.psi6, hole,
               mean_density(all->scan) > 0 ? strip_error(all->scan, dots, n, from, until, all->side) : 0.0);
    free(at);
    free(normal);
    free(density);
    free(inside);
    return status;
}

static np_status write_csv(const char *path, const np_placed_dot *dots, size_t n, np_error *err)
{
    FILE *f = fopen(path, "w");
    if (!f)
        return np_error_set(err, NP_ERR_IO, "%s cannot be written", path);
    fputs("x,y,z,session,density_per_cm2\n", f);
    for (size_t i = 0; i < n; i++)
        fprintf(f, "%.6f,%.6f,%.6f,%d,%.6g\n", dots[i].point.position.x, dots[i].point.position.y,
                dots[i].point.position.z, (int)dots[i].session, dots[i].density_per_cm2);
    return fclose(f) == 0 ? NP_OK : np_error_set(err, NP_ERR_IO, "%s could not be written whole", path);
}

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* ---- running ---- */

static np_status place_and_judge(options *o, np_mesh *mesh, np_error *err)
{
    np_dots_request *r = &o->request;
    size_t nv = mesh->n_vertices, n = 0;
    np_vec3 *normals = calloc(nv + 1, sizeof *normals);
    double *density = calloc(nv + 1, sizeof *density), *seconds = calloc((size_t)o->repeat, sizeof *seconds);
    int32_t *layer = calloc(nv + 1, sizeof *layer);
    np_placed_dot *dots = NULL;
    unsigned char *interior = NULL;
    np_status status = normals && density && seconds && layer ? NP_OK : np_error_no_memory(err, "the surface");
    if (status != NP_OK)
        goto done;
    np_mesh_vertex_normals(mesh, normals);
    double side = 0;
    for (size_t v = 0; v < nv; v++)
        side = fmax(side, mesh->vertices[v].x);
    for (size_t v = 0; v < nv; v++)
        density[v] = density_at(o->scan, side > 0 ? mesh->vertices[v].x / side : 0);
    r->surface = mesh;
    r->normals = normals;
    r->density_per_cm2 = density;
    r->layer = layer;
    for (int k = 0; status == NP_OK && k < o->repeat; k++) {
        free(dots);
        double start = seconds_now();
        status = np_dots_place(r, NULL, &dots, &n, err);
        seconds[k] = seconds_now() - start;
    }
    if (status != NP_OK)
        goto done;
    struct rusage usage_now;
    getrusage(RUSAGE_SELF, &usage_now);
    qsort(seconds, (size_t)o->repeat, sizeof *seconds, compare_doubles);
    printf("{\"n\": %zu, \"seconds\": %.3f, \"peak_mb\": %.1f, \"threads\": %d}\n", n, seconds[o->repeat / 2],
           (double)usage_now.ru_maxrss / 1024, np_parallel_threads());
    if ((o->out && (status = write_csv(o->out, dots, n, err)) != NP_OK) || !o->figures)
        goto done;
    interior = malloc(n + 1);
    status = interior ? mark_interior(mesh, dots, n, interior, err) : np_error_no_memory(err, "the figures");
    judged all = {o->scan, dots, interior, n, side};
    for (int s = r->n_sessions; status == NP_OK && s >= 1; s--)
        status = judge(&all, 1, s, r->cumulative_share[s - 1], err);
    for (int s = 2; status == NP_OK && s <= r->n_sessions; s++)
        status = judge(&all, s, s, r->cumulative_share[s - 1] - r->cumulative_share[s - 2], err);
done:
    free(normals);
    free(density);
    free(seconds);
    free(layer);
    free(dots);
    free(interior);
    return status;
}

int main(int argc, char **argv)
{
    options o;
    np_mesh mesh = {0};
    np_error err = {0};
    if (!parse(argc, argv, &o))
        return usage();
    np_status status = load(o.scan, o.request.exact_count, &mesh, &err);
    if (status == NP_OK)
        status = place_and_judge(&o, &mesh, &err);
    np_mesh_fini(&mesh);
    if (status != NP_OK)
        fprintf(stderr, "bench dots: %s\n", err.text);
    return np_status_exit(status);
}
