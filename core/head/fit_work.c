/* The work frame: the scan where the template stands, turned so that its own mirror plane, which is found by ICP of the head
 * with its mirror image, is y = 0. */
#include "head/private/fit.h"

#include <stdlib.h>
#include <string.h>

#include "base/angle.h"

#define REACH 190.0
#define SAMPLES 60000
#define DENSE 250000
#define RAY_FROM 20.0
#define RAY_LIMIT 400.0

typedef struct mirror_plane {
    np_vec3 n;
    double o;
} mirror_plane;

/* One sample, mirrored, and the nearest sample to it. */
typedef struct mirrored {
    np_vec3 p, m; /* m: normal there */
    double h, d, r;
    bool matched;
} mirrored;

static mirrored mirror_sample(const fit_cloud *c, mirror_plane plane, size_t i, double tau)
{
    mirrored x = {.p = c->p[i], .h = np_vec3_dot(c->p[i], plane.n) - plane.o};
    np_vec3 image = np_vec3_mad(x.p, plane.n, -2 * x.h);
    np_vec3 normal = np_vec3_mad(c->n[i], plane.n, -2 * np_vec3_dot(c->n[i], plane.n));
    uint32_t j = fit_cloud_nearest(c, image, tau, &x.d);
    x.matched = j != UINT32_MAX && np_vec3_dot(normal, c->n[j]) > 0.5;
    if (x.matched) {
        x.m = c->n[j];
        x.r = np_vec3_dot(np_vec3_sub(image, c->p[j]), x.m);
    }
    return x;
}

static bool is_head(np_vec3 p)
{
    return p.z > -60 && np_vec3_distance(p, np_vec3_make(7, 0, 20)) < 150;
}

static mirror_plane step_plane(const fit_cloud *c, mirror_plane plane, double tau)
{
    np_vec3 e1 = np_vec3_normalize(np_vec3_cross(plane.n, np_vec3_make(0, 0, 1))), e2 = np_vec3_cross(plane.n, e1);
    fit_system s = {.n = 3};
    double x[FIT_UNKNOWNS], sum = 0;
    for (size_t i = 0; i < c->count; i += 8) {
        if (!is_head(c->p[i]))
            continue;
        mirrored g = mirror_sample(c, plane, i, tau);
        if (!g.matched)
            continue;
        double mn = np_vec3_dot(g.m, plane.n), u = 1 - g.d / tau * (g.d / tau);
        double row[3] = {-2 * (np_vec3_dot(g.p, e1) * mn + g.h * np_vec3_dot(g.m, e1)),
                         -2 * (np_vec3_dot(g.p, e2) * mn + g.h * np_vec3_dot(g.m, e2)), 2 * mn};
        fit_system_add(&s, row, -g.r, u * u);
        sum += u * u;
    }
    for (int k = 0; k < 3; k++)
        s.a[k][k] += 1e-6 * sum + 1e-9;
    fit_system_solve(&s, x);
    plane.n = np_vec3_normalize(np_vec3_mad(np_vec3_mad(plane.n, e1, x[0]), e2, x[1]));
    plane.o += x[2];
    return plane;
}

static mirror_plane find_plane(const fit_cloud *c, np_fit_figures *f)
{
    static const double taus[] = {15, 12, 10, 8, 6, 6, 6, 6, 6, 6, 6, 6};
    mirror_plane plane = {{0, 1, 0}, 0};
    for (size_t k = 0; k < sizeof taus / sizeof taus[0]; k++)
        plane = step_plane(c, plane, taus[k]);
    double sum = 0;
    size_t matched = 0, all = 0;
    for (size_t i = 0; i < c->count; i += 8) {
        if (!is_head(c->p[i]))
            continue;
        mirrored g = mirror_sample(c, plane, i, 6);
        all++;
        matched += g.matched;
        sum += g.matched ? g.r * g.r : 0;
    }
    f->mirror_rms_mm = matched ? sqrt(sum / (double)matched) : INFINITY;
    f->mirror_share = all ? (double)matched / (double)all : 0;
    f->plane_deg = acos(fmin(1, fabs(plane.n.y))) * (180 / NP_PI);
    return plane;
}

/* Of MESH what lies near the head, in the frame of POSE. */
static np_status cut_mesh(const np_mesh *mesh, const fit_pose *pose, np_mesh *out, np_error *err)
{
    out->vertices = malloc((mesh->n_vertices + 1) * sizeof *out->vertices);
    out->triangles = malloc((mesh->n_triangles + 1) * sizeof *out->triangles);
    if (!out->vertices || !out->triangles)
        return np_error_no_memory(err, "the fit");
    out->n_vertices = mesh->n_vertices;
    for (size_t i = 0; i < mesh->n_vertices; i++) {
        np_vec3 d = np_vec3_scale(np_vec3_sub(mesh->vertices[i], pose->shift), 1 / pose->scale);
        out->vertices[i] = fit_turn_revert(&pose->turn, d);
    }
    for (size_t k = 0; k < mesh->n_triangles; k++) {
        const uint32_t *v = mesh->triangles[k].v;
        np_vec3 sum = np_vec3_add(out->vertices[v[0]], np_vec3_add(out->vertices[v[1]], out->vertices[v[2]]));
        if (np_vec3_distance(np_vec3_scale(sum, 1.0 / 3), np_vec3_make(7, 0, 0)) < REACH)
            out->triangles[out->n_triangles++] = mesh->triangles[k];
    }
    return NP_OK;
}

static np_vec3 to_plane(const fit_work *w, np_vec3 p)
{
    np_vec3 q = fit_turn_apply(&w->mirror, p);
    q.y -= w->offset;
    return q;
}

/* Turns everything so that PLANE is y = 0. */
static np_status apply_plane(fit_work *w, mirror_plane plane, np_mesh *mesh, np_error *err)
{
    np_vec3 x = np_vec3_normalize(np_vec3_reject(np_vec3_make(1, 0, 0), plane.n));
    w->mirror = (fit_turn){{x, plane.n, np_vec3_cross(x, plane.n)}};
    w->offset = plane.o;
    for (size_t i = 0; i < mesh->n_vertices; i++)
        mesh->vertices[i] = to_plane(w, mesh->vertices[i]);
    for (size_t i = 0; i < w->s.count; i++) {
        w->s.p[i] = to_plane(w, w->s.p[i]);
        w->s.n[i] = fit_turn_apply(&w->mirror, w->s.n[i]);
    }
    return fit_cloud_build(&w->s, err);
}

np_status fit_work_init(fit_work *w, const fit_template *t, const np_mesh *mesh, const fit_pose *pose, double sign,
                        np_fit_figures *f, np_error *err)
{
    *w = (fit_work){.t = t, .pose = *pose};
    np_mesh cut = {0};
    fit_ball everything = {{0, 0, 0}, INFINITY};
    np_status status = cut_mesh(mesh, pose, &cut, err);
    if (status == NP_OK)
        status = fit_cloud_sample(&w->s, &cut, everything, SAMPLES, 30, NULL, err);
    for (size_t i = 0; i < w->s.count; i++)
        w->s.n[i] = np_vec3_scale(w->s.n[i], sign);
    if (status == NP_OK)
        status = fit_cloud_build(&w->s, err);
    if (status == NP_OK)
        status = apply_plane(w, find_plane(&w->s, f), &cut, err);
    if (status == NP_OK)
        status = fit_cloud_sample(&w->d, &cut, everything, DENSE, 31, NULL, err);
    if (status == NP_OK)
        status = np_surface_init(&w->surface, &cut, NULL, err);
    np_mesh_fini(&cut);
    return status;
}

void fit_work_fini(fit_work *w)
{
    fit_cloud_fini(&w->s);
    fit_cloud_fini(&w->d);
    np_surface_fini(&w->surface);
}

np_vec3 fit_work_to_mesh(const fit_work *w, np_vec3 p)
{
    p.y += w->offset;
    np_vec3 q = fit_turn_apply(&w->pose.turn, fit_turn_revert(&w->mirror, p));
    return np_vec3_mad(w->pose.shift, q, w->pose.scale);
}

np_vec3 fit_work_on_skin(const fit_work *w, np_vec3 p)
{
    np_surface_point q;
    return np_surface_nearest(&w->surface, p, INFINITY, &q) ? q.position : p;
}

bool fit_work_cast(const fit_work *w, np_vec3 origin, np_vec3 direction, np_vec3 *out)
{
    np_surface_point hit;
    np_vec3 from = np_vec3_mad(origin, direction, RAY_FROM);
    if (!np_surface_ray(&w->surface, from, direction, RAY_LIMIT - RAY_FROM, &hit))
        return false;
    *out = hit.position;
    return true;
}
