/* Times one view of the built-in head with dots on it, at the size of a preview: bare skin, then two states of the same view, as `needlepath preview`
 * draws them.
 *
 * usage: bench_preview DOTS METRES   prints one JSON line: wall seconds, CPU seconds, MB at most */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/rng.h"
#include "head/head.h"
#include "look/look.h"
#include "skin/deposit.h"

enum { WIDTH = 1600, HEIGHT = 1200 };

/* N dots over the upper half of the head, as many on each mm2. */
static np_look_dot *make_dots(const np_mesh *mesh, const np_vec3 *normals, size_t n, double age_days)
{
    np_skin_model model = np_skin_model_default();
    np_look_dot *dots = calloc(n + 1, sizeof *dots);
    double *until = calloc(mesh->n_triangles + 1, sizeof *until), area = 0;
    for (size_t t = 0; dots && until && t < mesh->n_triangles; t++) {
        const uint32_t *v = mesh->triangles[t].v;
        np_vec3 a = mesh->vertices[v[0]], b = mesh->vertices[v[1]], c = mesh->vertices[v[2]];
        if (a.z + b.z + c.z > 3 * 60)
            area += np_vec3_length(np_vec3_cross(np_vec3_sub(b, a), np_vec3_sub(c, a))) / 2;
        until[t] = area;
    }
    for (size_t i = 0, t = 0; dots && until && i < n; i++) {
        while (t + 1 < mesh->n_triangles && until[t] < area * ((double)i + 0.5) / (double)n)
            t++;
        double u = sqrt(np_rng_uniform(1, 1, i, 0)), w = np_rng_uniform(1, 1, i, 1);
        np_surface_point at = np_mesh_point(mesh, normals, (uint32_t)t, (double[]){1 - u, u * (1 - w), u * w});
        np_skin_deposit deposit = {0.2, 0.55, 0.5, exp(0.25 * np_rng_normal(1, 2, i, 0)), false};
        dots[i] = (np_look_dot){.position = at.position, .normal = at.normal};
        np_skin_deposit_mark(&model, &deposit, np_skin_class_lab(NP_SKIN_LIGHT), age_days, &dots[i].mark);
    }
    free(until);
    return dots;
}

static double cpu_s(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + 1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static np_status measure(const np_mesh *mesh, const np_vec3 *normals, size_t n, double metres, np_error *err)
{
    float *rgb = malloc(3 * sizeof *rgb * WIDTH * HEIGHT);
    np_vec3 target = metres < 0.7 ? np_vec3_make(60, 0, 110) : np_vec3_make(0, 0, 60);
    np_look_camera camera = {.eye = np_vec3_mad(target, np_vec3_normalize(np_vec3_make(0.8, 0.3, 0.5)), 1000 * metres),
                             .target = target,
                             .up = {0, 0, 1},
                             .width_mm = 300 * pow(metres, 1.314),
                             .width = WIDTH,
                             .height = HEIGHT};
    np_look_scene scene = {.mesh = mesh, .normals = normals, .skin = np_skin_class_lab(NP_SKIN_LIGHT), .seed = 1};
    np_look *look = NULL;
    np_status status = rgb ? NP_OK : np_error_no_memory(err, "a picture");
    double from = np_clock_s(), from_cpu = cpu_s(), times[3] = {0}, cpu[3] = {0};
    if (status == NP_OK)
        status = np_look_create(&scene, &camera, &look, err);
    times[0] = np_clock_s() - from;
    cpu[0] = cpu_s() - from_cpu;
    for (int state = 0; status == NP_OK && state < 2; state++) {
        from = np_clock_s();
        from_cpu = cpu_s();
        np_look_dot *dots = make_dots(mesh, normals, n, state ? 1800 : 60);
        status = dots ? np_look_draw(look, dots, n, NULL, 0, rgb, err) : np_error_no_memory(err, "dots");
        free(dots);
        times[1 + state] = np_clock_s() - from;
        cpu[1 + state] = cpu_s() - from_cpu;
    }
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    if (status == NP_OK)
        printf("{\"dots\": %zu, \"metres\": %g, \"skin_s\": %.3f, \"first_s\": %.3f, \"second_s\": %.3f, "
               "\"skin_cpu_s\": %.3f, "
               "\"first_cpu_s\": %.3f, \"second_cpu_s\": %.3f, \"mb\": %ld}\n",
               n, metres, times[0], times[0] + times[1], times[2], cpu[0], cpu[0] + cpu[1], cpu[2], u.ru_maxrss / 1024);
    np_look_destroy(look);
    free(rgb);
    return status;
}

int main(int argc, char **argv)
{
    np_mesh mesh = {0};
    np_scan_description description = {0};
    np_error err = {0};
    long n = argc == 3 ? strtol(argv[1], NULL, 10) : 0;
    double metres = argc == 3 ? strtod(argv[2], NULL) : 0;
    if (n < 1 || n > 1000000 || !(metres >= 0.25 && metres <= 5)) {
        fprintf(stderr, "usage: bench_preview DOTS METRES (0.25 to 5)\n");
        return 2;
    }
    np_status status = np_head_create(NP_CASE_SEX_M, 50, &mesh, &description, &err);
    np_vec3 *normals = status == NP_OK ? calloc(mesh.n_vertices, sizeof *normals) : NULL;
    if (normals) {
        np_mesh_vertex_normals(&mesh, normals);
        status = measure(&mesh, normals, (size_t)n, metres, &err);
    } else if (status == NP_OK) {
        status = np_error_no_memory(&err, "normals");
    }
    if (status != NP_OK)
        fprintf(stderr, "bench_preview: %s\n", err.text);
    free(normals);
    np_mesh_fini(&mesh);
    np_scan_description_fini(&description);
    return status != NP_OK;
}
