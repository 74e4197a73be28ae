/* The template that a scan is fitted to: points of the mean head of ICT-FaceKit (data/fit_template.csv), with its landmarks.
 * The parametric head has its face and ears from it (head_shape_face.c). */
#include "head/private/fit.h"

#include "base/rng.h"

#define SEED 5

static const double half[FIT_HALF][8] = {
#include "head/fit_template.inc"
};

const char *const np_fit_mark_names[NP_FIT_MARKS] = {"glabella",     "nasion",        "pronasale", "inion",
                                                     "tragion_left", "tragion_right", "vertex"};

static const np_vec3 marks[NP_FIT_MARKS] = {
    [NP_FIT_GLABELLA] = {105.5, 0, 20.5}, [NP_FIT_NASION] = {99.7, 0, 3.4},   [NP_FIT_PRONASALE] = {113.4, 0, -39.3},
    [NP_FIT_INION] = {-85.4, 0, 20.5},    [NP_FIT_TRAGION_LEFT] = {0, 74, 0}, [NP_FIT_TRAGION_RIGHT] = {0, -74, 0},
    [NP_FIT_VERTEX] = {10.5, 0, 133.6},
};

/* COUNT points drawn by weight without putting back (Efraimidis and Spirakis 2006: those of the greatest log(u) / w). */
static void draw(const fit_template *t, uint32_t stream, uint32_t *out, size_t count)
{
    double key[FIT_POINTS];
    for (uint32_t i = 0; i < FIT_POINTS; i++)
        key[i] = log(1 - np_rng_uniform(SEED, stream, i, 0)) / t->w[i];
    for (size_t k = 0; k < count; k++) {
        uint32_t best = 0;
        for (uint32_t i = 1; i < FIT_POINTS; i++)
            best = key[i] > key[best] ? i : best;
        out[k] = best;
        key[best] = -INFINITY;
    }
}

static void put(fit_template *t, uint32_t i, const double *row, double side)
{
    t->p[i] = np_vec3_make(row[0], side * row[1], row[2]);
    t->n[i] = np_vec3_normalize(np_vec3_make(row[3], side * row[4], row[5]));
    t->region[i] = (fit_region)row[6];
    t->w[i] = row[7];
    t->all[i] = i;
}

/* The sphere by linear least squares: |p|^2 = 2 c.p + (r^2 - |c|^2). */
static fit_ball cranium_sphere(const fit_template *t)
{
    fit_system s = {.n = 4};
    double x[4];
    for (int i = 0; i < FIT_POINTS; i++) {
        np_vec3 p = t->p[i];
        if (t->region[i] == FIT_CRANIUM)
            fit_system_add(&s, (double[]){2 * p.x, 2 * p.y, 2 * p.z, 1}, np_vec3_dot(p, p), 1);
    }
    fit_system_solve(&s, x);
    np_vec3 c = {x[0], x[1], x[2]};
    return (fit_ball){c, sqrt(x[3] + np_vec3_dot(c, c))};
}

void fit_template_init(fit_template *t)
{
    double sum = 0;
    for (uint32_t i = 0; i < FIT_HALF; i++) {
        put(t, i, half[i], 1);
        put(t, i + FIT_HALF, half[i], -1);
        sum += 2 * half[i][7];
    }
    for (int i = 0; i < FIT_POINTS; i++)
        t->w[i] /= sum;
    for (int k = 0; k < NP_FIT_MARKS; k++)
        t->mark[k] = marks[k];
    t->cranium = cranium_sphere(t);
    draw(t, 1, t->coarse, FIT_COARSE);
    draw(t, 2, t->middle, FIT_MIDDLE);
}
