/* How the template lies on samples: its cost, and point-to-plane ICP (Chen and Medioni 1992) with Tukey's weights.  Matches go from
 * template to scan, so that shoulders, hats and holes do not pull. */
#include "head/private/fit.h"

void fit_pose_place(const fit_template *t, const fit_pose *pose, uint32_t i, np_vec3 *out_p, np_vec3 *out_n)
{
    const double *a = pose->stretch;
    np_vec3 p = {a[0] * t->p[i].x, a[1] * t->p[i].y, a[2] * t->p[i].z};
    np_vec3 n = {t->n[i].x / a[0], t->n[i].y / a[1], t->n[i].z / a[2]};
    *out_p = np_vec3_mad(pose->shift, fit_turn_apply(&pose->turn, p), pose->scale);
    *out_n = fit_turn_apply(&pose->turn, np_vec3_normalize(n));
}

double fit_pose_cost(const fit_template *t, const fit_cloud *cloud, const fit_pose *pose, fit_subset s, double tau,
                     double *out_each)
{
    double sum = 0, weight = 0;
    tau *= pose->scale;
    for (size_t k = 0; k < s.n; k++) {
        np_vec3 p, n;
        double d, e = 1;
        fit_pose_place(t, pose, s.index[k], &p, &n);
        /* The nearest sample beyond tau costs 1 whichever it is. */
        uint32_t j = fit_cloud_nearest(cloud, p, tau, &d);
        if (j != UINT32_MAX && np_vec3_dot(n, cloud->n[j]) > 0.3)
            e = d / tau * (d / tau);
        if (out_each)
            out_each[k] = e;
        sum += s.w[s.index[k]] * e;
        weight += s.w[s.index[k]];
    }
    return sum / weight;
}

/* The equations of one step; returns how many points match. */
static int build_system(const fit_template *t, const fit_cloud *cloud, fit_subset s, const fit_pose *pose, double tau,
                        bool stretch, fit_system *sys, double *out_weight)
{
    int matched = 0;
    *out_weight = 0;
    for (size_t k = 0; k < s.n; k++) {
        uint32_t i = s.index[k];
        np_vec3 p, np;
        double d;
        fit_pose_place(t, pose, i, &p, &np);
        uint32_t j = fit_cloud_nearest(cloud, p, tau, &d);
        if (j == UINT32_MAX || np_vec3_dot(np, cloud->n[j]) <= 0.3)
            continue;
        np_vec3 n = cloud->n[j], arm = np_vec3_sub(p, pose->shift), turning = np_vec3_cross(arm, n);
        double row[FIT_UNKNOWNS] = {turning.x, turning.y, turning.z, n.x, n.y, n.z, np_vec3_dot(arm, n)};
        if (stretch) {
            np_vec3 own = fit_turn_revert(&pose->turn, n);
            row[6] = pose->scale * pose->stretch[0] * t->p[i].x * own.x;
            row[7] = pose->scale * pose->stretch[1] * t->p[i].y * own.y;
            row[8] = pose->scale * pose->stretch[2] * t->p[i].z * own.z;
        }
        double u = 1 - d / tau * (d / tau), w = s.w[i] * u * u;
        fit_system_add(sys, row, -np_vec3_dot(np_vec3_sub(p, cloud->p[j]), n), w);
        *out_weight += w;
        matched++;
    }
    return matched;
}

/* Holds size or stretch near what is expected of heads. */
static void add_prior(fit_system *sys, const fit_pose *pose, bool stretch, double s0, double weight)
{
    double lambda = weight * 4 * pose->scale * pose->scale;
    for (int k = 0; stretch && k < 3; k++) {
        sys->a[6 + k][6 + k] += 4 * lambda;
        sys->b[6 + k] -= 4 * lambda * log(pose->stretch[k]);
    }
    if (!stretch) {
        sys->a[6][6] += 5.6 * lambda;
        sys->b[6] -= 5.6 * lambda * log(pose->scale / s0);
    }
    double trace = 0;
    for (int k = 0; k < sys->n; k++)
        trace += sys->a[k][k];
    for (int k = 0; k < sys->n; k++)
        sys->a[k][k] += 1e-9 * trace / sys->n;
}

static void take_step(fit_pose *pose, const double *x, bool stretch)
{
    np_vec3 turn = {x[0], x[1], x[2]};
    double angle = np_vec3_length(turn);
    fit_turn r = fit_turn_about(np_vec3_scale(turn, fmin(1, 0.35 / (angle + 1e-12))));
    pose->turn = fit_turn_times(&r, &pose->turn);
    pose->shift = np_vec3_add(pose->shift, np_vec3_make(x[3], x[4], x[5]));
    for (int k = 0; k < (stretch ? 3 : 1); k++) {
        double g = exp(fmax(-0.05, fmin(0.05, x[6 + k])));
        if (stretch)
            pose->stretch[k] *= g;
        else
            pose->scale *= g;
    }
}

void fit_pose_icp(const fit_template *t, const fit_cloud *cloud, fit_subset s, const double *taus, bool stretch,
                  double s0, fit_pose *pose)
{
    double total = 0; /* weights sum to 1 here: the priors are weighed against them */
    for (size_t k = 0; k < s.n; k++)
        total += s.w[s.index[k]];
    for (; *taus > 0; taus++) {
        fit_system sys = {.n = stretch ? 9 : 7};
        double x[FIT_UNKNOWNS], weight;
        int matched = build_system(t, cloud, s, pose, *taus * pose->scale, stretch, &sys, &weight);
        if (matched < 30 || !(weight > 1e-9 * total))
            return;
        add_prior(&sys, pose, stretch, s0, weight);
        if (!fit_system_solve(&sys, x))
            return;
        take_step(pose, x, stretch);
    }
}
