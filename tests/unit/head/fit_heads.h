/* Heads for the fit: real ones of ../shared/scans, and the random changes that scans bring. */
#ifndef NP_TESTS_UNIT_HEAD_FIT_HEADS_H
#define NP_TESTS_UNIT_HEAD_FIT_HEADS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/angle.h"
#include "base/rng.h"
#include "head/fit.h"
#include "head/private/import.h"
#include "surface/weld.h"

/* What is done to a head; all zero: nothing. */
typedef struct fit_change {
    uint64_t seed;
    bool turn, mirror, inside_out, no_ears, one_ear;
    double mm_per_unit;   /* 0: as it is */
    double noise_mm;      /* along x, y and z */
    double cluster_mm;    /* vertices of one cube become one */
    double neck_below_mm; /* everything lower under the tragia goes; 0: nothing */
    int holes;            /* of 6 to 14 mm */
    double cap_mm;        /* the cranium is so much thicker */
} fit_change;

#define FIT_HEAD_OUTLINE_MAX 100

/* Picked by hand, in the coordinates of the mesh; the frame is what needlepath makes of them. */
typedef struct fit_head {
    np_mesh mesh;
    np_vec3 marks[NP_FIT_MARKS];
    np_vec3 outline[FIT_HEAD_OUTLINE_MAX]; /* of the hair-bearing scalp, closed */
    int n_outline;
    double mm_per_unit;
} fit_head;

/* Reads NAME.obj with the marks of NAME.yaml in FOLDER, in mm; false if it is not there. */
static inline bool fit_head_read(const char *folder, const char *name, fit_head *out)
{
    char path[1024], line[256];
    *out = (fit_head){.mm_per_unit = 1};
    snprintf(path, sizeof path, "%s/%s.yaml", folder, name);
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    bool outline = false;
    while (fgets(line, sizeof line, file)) {
        char mark[32];
        np_vec3 p;
        outline = line[0] == ' ' ? outline : strncmp(line, "scalp_outline:", 14) == 0;
        if (outline && out->n_outline < FIT_HEAD_OUTLINE_MAX &&
            sscanf(line, "  - [%lf, %lf, %lf]", &p.x, &p.y, &p.z) == 3)
            out->outline[out->n_outline++] = p;
        if (sscanf(line, "  %31[a-z_]: [%lf, %lf, %lf]", mark, &p.x, &p.y, &p.z) != 4)
            continue;
        for (int k = 0; k < NP_FIT_MARKS; k++)
            if (strcmp(mark, np_fit_mark_names[k]) == 0)
                out->marks[k] = p;
    }
    fclose(file);
    snprintf(path, sizeof path, "%s/%s.obj", folder, name);
    return head_scan_import(path, NULL, &out->mesh, NULL, NULL) == NP_OK;
}

/* Rows anterior, left, up as np_scan_create has them. */
static inline void fit_head_frame(const np_vec3 *m, np_vec3 out_row[3])
{
    np_vec3 left = np_vec3_normalize(np_vec3_sub(m[NP_FIT_TRAGION_LEFT], m[NP_FIT_TRAGION_RIGHT]));
    np_vec3 ahead = np_vec3_sub(m[NP_FIT_GLABELLA], m[NP_FIT_INION]);
    out_row[0] = np_vec3_normalize(np_vec3_reject(ahead, left));
    out_row[1] = left;
    out_row[2] = np_vec3_cross(out_row[0], left);
}

static inline double fit_frame_degrees(const np_vec3 a[3], const np_vec3 b[3])
{
    double trace = np_vec3_dot(a[0], b[0]) + np_vec3_dot(a[1], b[1]) + np_vec3_dot(a[2], b[2]);
    return acos(fmax(-1, fmin(1, (trace - 1) / 2))) * (180 / NP_PI);
}

static inline double fit_draw(const fit_change *c, uint32_t stream, uint64_t i)
{
    return np_rng_uniform(c->seed, 1000 + stream, i, 0);
}

/* Keeps the triangles for which KEEP[triangle] holds. */
static inline void fit_head_keep(fit_head *h, const bool *keep)
{
    size_t n = 0;
    for (size_t k = 0; k < h->mesh.n_triangles; k++)
        if (keep[k])
            h->mesh.triangles[n++] = h->mesh.triangles[k];
    h->mesh.n_triangles = n;
    np_mesh_drop_unused(&h->mesh, NULL);
}

static inline void fit_head_cut(fit_head *h, const fit_change *c, const np_vec3 row[3], np_vec3 origin)
{
    bool *keep = malloc(h->mesh.n_triangles);
    int side = fit_draw(c, 1, 0) < 0.5 ? -1 : 1;
    for (size_t k = 0; k < h->mesh.n_triangles; k++) {
        np_vec3 d = np_vec3_sub(h->mesh.vertices[h->mesh.triangles[k].v[0]], origin);
        double x = np_vec3_dot(d, row[0]), y = np_vec3_dot(d, row[1]), z = np_vec3_dot(d, row[2]);
        bool ear = fabs(y) > 68 && fabs(x + 14) < 28 && fabs(z - 2) < 44;
        keep[k] = !(c->neck_below_mm > 0 && z < -c->neck_below_mm && x < 60);
        keep[k] = keep[k] && !(ear && (c->no_ears || (c->one_ear && y * side > 0)));
        for (int i = 0; i < c->holes; i++) {
            size_t at = (size_t)(fit_draw(c, 2, (uint64_t)i) * (double)h->mesh.n_vertices);
            double r = 6 + 8 * fit_draw(c, 3, (uint64_t)i);
            keep[k] = keep[k] && np_vec3_distance(h->mesh.vertices[at], np_vec3_add(d, origin)) > r;
        }
    }
    fit_head_keep(h, keep);
    free(keep);
}

/* Points of the cranium outward, less so towards its border. */
static inline void fit_cap_points(np_vec3 *p, size_t n, double cap_mm, const np_vec3 row[3], np_vec3 origin)
{
    for (size_t i = 0; i < n; i++) {
        np_vec3 d = np_vec3_sub(p[i], origin);
        double x = np_vec3_dot(d, row[0]), z = np_vec3_dot(d, row[2]), border = 60 + fmin(0, x);
        double share = fmax(0, fmin(1, (z - border) / 8));
        np_vec3 centre = np_vec3_mad(origin, row[2], 34);
        np_vec3 out = np_vec3_normalize(np_vec3_sub(p[i], centre));
        p[i] = np_vec3_mad(p[i], out, cap_mm * share);
    }
}

static inline void fit_head_cluster(fit_head *h, double size)
{
    for (size_t i = 0; i < h->mesh.n_vertices; i++) {
        np_vec3 *p = &h->mesh.vertices[i];
        *p = np_vec3_make(round(p->x / size) * size, round(p->y / size) * size, round(p->z / size) * size);
    }
    np_mesh_weld(&h->mesh, &(size_t){0}, NULL);
}

static inline np_vec3 fit_change_point(const fit_change *c, np_vec3 p)
{
    if (c->mirror)
        p.x = -p.x;
    if (c->turn) {
        double z = 2 * fit_draw(c, 4, 0) - 1, a = NP_TWO_PI * fit_draw(c, 4, 1), r = sqrt(1 - z * z);
        p = np_vec3_rotate(p, np_vec3_make(r * cos(a), r * sin(a), z), NP_TWO_PI * fit_draw(c, 4, 2));
        p = np_vec3_add(p, np_vec3_make(300 * fit_draw(c, 5, 0), 300 * fit_draw(c, 5, 1), 300 * fit_draw(c, 5, 2)));
    }
    return c->mm_per_unit > 0 ? np_vec3_scale(p, 1 / c->mm_per_unit) : p;
}

static inline void fit_head_change(fit_head *h, const fit_change *c)
{
    np_vec3 row[3], origin = np_vec3_lerp(h->marks[NP_FIT_TRAGION_LEFT], h->marks[NP_FIT_TRAGION_RIGHT], 0.5);
    fit_head_frame(h->marks, row);
    fit_head_cut(h, c, row, origin);
    if (c->cap_mm > 0) { /* what a cap covers is looked for on it */
        fit_cap_points(h->mesh.vertices, h->mesh.n_vertices, c->cap_mm, row, origin);
        fit_cap_points(h->marks, NP_FIT_MARKS, c->cap_mm, row, origin);
        fit_cap_points(h->outline, (size_t)h->n_outline, c->cap_mm, row, origin);
    }
    for (size_t i = 0; i < h->mesh.n_vertices && c->noise_mm > 0; i++) {
        np_vec3 e = {np_rng_normal(c->seed, 1100, i, 0), np_rng_normal(c->seed, 1101, i, 0),
                     np_rng_normal(c->seed, 1102, i, 0)};
        h->mesh.vertices[i] = np_vec3_mad(h->mesh.vertices[i], e, c->noise_mm);
    }
    if (c->cluster_mm > 0)
        fit_head_cluster(h, c->cluster_mm);
    for (size_t i = 0; i < h->mesh.n_vertices; i++)
        h->mesh.vertices[i] = fit_change_point(c, h->mesh.vertices[i]);
    for (int k = 0; k < NP_FIT_MARKS; k++)
        h->marks[k] = fit_change_point(c, h->marks[k]);
    for (int k = 0; k < h->n_outline; k++)
        h->outline[k] = fit_change_point(c, h->outline[k]);
    if (c->mirror) { /* what was left looks right now */
        np_vec3 left = h->marks[NP_FIT_TRAGION_LEFT];
        h->marks[NP_FIT_TRAGION_LEFT] = h->marks[NP_FIT_TRAGION_RIGHT];
        h->marks[NP_FIT_TRAGION_RIGHT] = left;
    }
    for (size_t k = 0; k < h->mesh.n_triangles && c->inside_out != c->mirror; k++) {
        uint32_t *v = h->mesh.triangles[k].v, first = v[0];
        v[0] = v[1];
        v[1] = first;
    }
    h->mm_per_unit = c->mm_per_unit > 0 ? c->mm_per_unit : 1;
}

/* A ball with random bumps: no head.  The caller frees it. */
static inline np_mesh fit_blob(uint64_t seed)
{
    enum { RINGS = 60, STEPS = 120, BUMPS = 8 };
    np_mesh m = {.vertices = malloc(sizeof(np_vec3) * (RINGS + 1) * STEPS),
                 .triangles = malloc(sizeof(np_triangle) * 2 * RINGS * STEPS)};
    for (int i = 0; i <= RINGS; i++) {
        for (int j = 0; j < STEPS; j++) {
            double a = NP_PI * i / RINGS, b = NP_TWO_PI * j / STEPS, r = 90;
            np_vec3 d = {sin(a) * cos(b), sin(a) * sin(b), cos(a)};
            for (uint32_t k = 0; k < BUMPS; k++) {
                np_vec3 at = {np_rng_normal(seed, 1200, k, 0), np_rng_normal(seed, 1200, k, 1),
                              np_rng_normal(seed, 1200, k, 2)};
                r += 40 * (np_rng_uniform(seed, 1201, k, 0) - 0.4) *
                     exp(6 * (np_vec3_dot(np_vec3_normalize(at), d) - 1));
            }
            m.vertices[m.n_vertices++] = np_vec3_scale(d, r);
        }
    }
    for (uint32_t i = 0; i < RINGS; i++) {
        for (uint32_t j = 0; j < STEPS; j++) {
            uint32_t a = i * STEPS + j, b = i * STEPS + (j + 1) % STEPS, c = a + STEPS, d = b + STEPS;
            m.triangles[m.n_triangles++] = (np_triangle){{a, c, b}};
            m.triangles[m.n_triangles++] = (np_triangle){{b, c, d}};
        }
    }
    np_mesh_weld(&m, &(size_t){0}, NULL);
    return m;
}

#endif
