/* Parts of the template, the face and the ears, each fitted by itself: a similarity about its centroid that stays within what
 * differs between people (20 degrees, 14 mm, 10 %). */
#include "head/private/fit.h"

#include "base/angle.h"

void fit_patch_init(fit_patch *patch, const fit_template *t, const double stretch[3], const double *weight)
{
    *patch = (fit_patch){.scale = 1};
    const fit_pose pose = {
        .scale = 1, .turn = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}, .stretch = {stretch[0], stretch[1], stretch[2]}};
    double sum = 0;
    for (uint32_t i = 0; i < FIT_POINTS; i++) {
        if (!(weight[i] > 0))
            continue;
        size_t k = patch->count++;
        fit_pose_place(t, &pose, i, &patch->p[k], &patch->n[k]);
        patch->region[k] = t->region[i];
        patch->w[k] = weight[i];
        patch->centre = np_vec3_add(patch->centre, patch->p[k]);
        sum += weight[i];
    }
    patch->centre = np_vec3_scale(patch->centre, 1 / (double)patch->count);
    for (size_t k = 0; k < patch->count; k++)
        patch->w[k] /= sum;
}

np_vec3 fit_patch_apply(const fit_patch *patch, np_vec3 p)
{
    np_vec3 d = np_vec3_sub(p, patch->centre);
    return np_vec3_mad(patch->shift, fit_turn_apply(&patch->turn, d), patch->scale);
}

/* The nearest sample within LIMIT to point K whose normal agrees; UINT32_MAX if there is none. */
static uint32_t match(const fit_patch *patch, const fit_cloud *cloud, size_t k, double limit, np_vec3 *out_at,
                      double *out_d)
{
    *out_at = fit_patch_apply(patch, patch->p[k]);
    uint32_t j = fit_cloud_nearest(cloud, *out_at, limit, out_d);
    if (j != UINT32_MAX && np_vec3_dot(fit_turn_apply(&patch->turn, patch->n[k]), cloud->n[j]) <= 0.3)
        j = UINT32_MAX;
    return j;
}

static int build_system(const fit_patch *patch, const fit_cloud *cloud, double tau, fit_system *s, double *out_weight)
{
    int matched = 0;
    *out_weight = 0;
    for (size_t k = 0; k < patch->count; k++) {
        np_vec3 at;
        double d;
        uint32_t j = match(patch, cloud, k, tau, &at, &d);
        if (j == UINT32_MAX)
            continue;
        np_vec3 n = cloud->n[j], arm = np_vec3_sub(at, patch->shift), turning = np_vec3_cross(arm, n);
        double row[7] = {turning.x, turning.y, turning.z, n.x, n.y, n.z, np_vec3_dot(arm, n)};
        double u = 1 - d / tau * (d / tau), w = patch->w[k] * u * u;
        fit_system_add(s, row, -np_vec3_dot(np_vec3_sub(at, cloud->p[j]), n), w);
        *out_weight += w;
        matched++;
    }
    return matched;
}

/* One step; TURNED: the sum of turns so far, which the prior holds near zero. */
static bool step(fit_patch *patch, const fit_cloud *cloud, double tau, np_vec3 start, np_vec3 *turned)
{
    static const double turn = 0.6 / (20 * NP_PI / 180 * 20 * NP_PI / 180), shift = 0.6 / (14.0 * 14.0),
                        size = 0.6 / 0.01;
    fit_system s = {.n = 7};
    double weight, x[FIT_UNKNOWNS];
    if (build_system(patch, cloud, tau, &s, &weight) < 12)
        return false;
    np_vec3 off = np_vec3_sub(patch->shift, start);
    const double prior[7] = {turn, turn, turn, shift, shift, shift, size};
    const double now[7] = {turned->x, turned->y, turned->z, off.x, off.y, off.z, log(patch->scale)};
    for (int k = 0; k < 7; k++) {
        s.a[k][k] += prior[k] * weight;
        s.b[k] -= prior[k] * weight * now[k];
    }
    if (!fit_system_solve(&s, x))
        return false;
    for (int k = 0; k < 3; k++)
        x[k] = fmax(-0.2, fmin(0.2, x[k]));
    np_vec3 by = {x[0], x[1], x[2]};
    fit_turn r = fit_turn_about(by);
    patch->turn = fit_turn_times(&r, &patch->turn);
    *turned = np_vec3_add(*turned, by);
    patch->shift = np_vec3_add(patch->shift, np_vec3_make(x[3], x[4], x[5]));
    patch->scale *= exp(fmax(-0.05, fmin(0.05, x[6])));
    return true;
}

void fit_patch_fit(fit_patch *patch, const fit_cloud *cloud, np_vec3 start, const double *taus)
{
    np_vec3 turned = {0, 0, 0};
    patch->turn = (fit_turn){{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    patch->shift = start;
    patch->scale = 1;
    while (*taus > 0 && step(patch, cloud, *taus, start, &turned))
        taus++;
    for (size_t k = 0; k < patch->count; k++) {
        np_vec3 at;
        double d;
        patch->each[k] = match(patch, cloud, k, 4, &at, &d) == UINT32_MAX ? 1 : d / 4 * (d / 4);
    }
}
