/* Rotations and least squares of a few unknowns, for the fit. */
#include "head/private/fit.h"

#include "base/angle.h"

np_vec3 fit_turn_apply(const fit_turn *r, np_vec3 v)
{
    return np_vec3_make(np_vec3_dot(r->row[0], v), np_vec3_dot(r->row[1], v), np_vec3_dot(r->row[2], v));
}

np_vec3 fit_turn_revert(const fit_turn *r, np_vec3 v)
{
    return np_vec3_mad(np_vec3_mad(np_vec3_scale(r->row[0], v.x), r->row[1], v.y), r->row[2], v.z);
}

fit_turn fit_turn_times(const fit_turn *a, const fit_turn *b)
{
    fit_turn c;
    for (int k = 0; k < 3; k++)
        c.row[k] = fit_turn_revert(b, a->row[k]);
    return c;
}

fit_turn fit_turn_about(np_vec3 vector)
{
    double angle = np_vec3_length(vector);
    np_vec3 axis = np_vec3_normalize(vector);
    const np_vec3 unit[3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    fit_turn r;
    for (int k = 0; k < 3; k++) /* rows are the images under the inverse */
        r.row[k] = np_vec3_rotate(unit[k], axis, -angle);
    return r;
}

double fit_turn_degrees(const fit_turn *a, const fit_turn *b)
{
    double trace = 0;
    for (int k = 0; k < 3; k++)
        trace += np_vec3_dot(a->row[k], b->row[k]);
    return acos(fmax(-1, fmin(1, (trace - 1) / 2))) * (180 / NP_PI);
}

void fit_system_add(fit_system *s, const double *row, double right, double weight)
{
    for (int i = 0; i < s->n; i++) {
        for (int j = 0; j <= i; j++)
            s->a[i][j] += weight * row[i] * row[j];
        s->b[i] += weight * row[i] * right;
    }
}

bool fit_system_solve(const fit_system *s, double *out_x)
{
    double l[FIT_UNKNOWNS][FIT_UNKNOWNS], y[FIT_UNKNOWNS];
    for (int i = 0; i < s->n; i++)
        out_x[i] = 0;
    for (int i = 0; i < s->n; i++) {
        for (int j = 0; j <= i; j++) {
            double sum = s->a[i][j];
            for (int k = 0; k < j; k++)
                sum -= l[i][k] * l[j][k];
            if (i == j && !(sum > 0))
                return false;
            l[i][j] = i == j ? sqrt(sum) : sum / l[j][j];
        }
        y[i] = s->b[i];
        for (int k = 0; k < i; k++)
            y[i] -= l[i][k] * y[k];
        y[i] /= l[i][i];
    }
    for (int i = s->n - 1; i >= 0; i--) {
        for (int k = i + 1; k < s->n; k++)
            y[i] -= l[k][i] * y[k];
        out_x[i] = y[i] /= l[i][i];
    }
    return true;
}
