/* The cranium as a sphere: two points of a sphere and their normals give its centre, whichever way the normals look.  Many pairs
 * propose, samples vote. */
#include "head/private/fit.h"

#include "base/parallel.h"
#include "base/rng.h"

#define SEED 2
#define PAIRS 4000
#define VOTERS 1500

typedef struct hypotheses {
    np_vec3 p[VOTERS], n[VOTERS];
    int voters;
    double area;
    fit_ball ball[PAIRS];
    double score[PAIRS];
    int count;
} hypotheses;

static bool agrees(const hypotheses *h, int i, fit_ball b, double tolerance)
{
    np_vec3 d = np_vec3_sub(h->p[i], b.centre);
    double l = np_vec3_length(d);
    return fabs(l - b.radius) < tolerance * b.radius && fabs(np_vec3_dot(d, h->n[i])) > 0.8 * l;
}

/* Share of the samples on it, times how much of the sphere they cover, which is as good as full at 60 %. */
static double score(const hypotheses *h, fit_ball b)
{
    int n = 0;
    for (int i = 0; i < h->voters; i++)
        n += agrees(h, i, b, 0.10);
    double share = (double)n / h->voters;
    return share * fmin(share * h->area / (4 * acos(-1) * b.radius * b.radius), 0.6);
}

static void score_block(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    hypotheses *h = context;
    for (size_t i = begin; i < end; i++)
        h->score[i] = score(h, h->ball[i]);
}

/* The sphere through P with normal A and Q with normal B: the middle of the shortest line between both normals. */
static bool propose(np_vec3 p, np_vec3 a, np_vec3 q, np_vec3 b, double extent, fit_ball *out)
{
    double g = np_vec3_dot(a, b), den = 1 - g * g;
    if (den < 0.03)
        return false;
    np_vec3 d = np_vec3_sub(p, q);
    double ad = np_vec3_dot(a, d), bd = np_vec3_dot(b, d);
    double s = (g * bd - ad) / den, t = (bd - g * ad) / den;
    np_vec3 x = np_vec3_mad(p, a, s), y = np_vec3_mad(q, b, t);
    np_vec3 c = np_vec3_lerp(x, y, 0.5);
    double r = (np_vec3_distance(p, c) + np_vec3_distance(q, c)) / 2;
    *out = (fit_ball){c, r};
    return s * t > 0 && fabs(fabs(s) - fabs(t)) < 0.2 * r && np_vec3_distance(x, y) < 0.25 * r && r > 0.06 * extent &&
           r < 0.75 * extent;
}

static double extent_of(const fit_cloud *c)
{
    np_vec3 low = c->p[0], high = low;
    for (size_t i = 0; i < c->count; i++) {
        np_vec3 p = c->p[i];
        low = np_vec3_make(fmin(low.x, p.x), fmin(low.y, p.y), fmin(low.z, p.z));
        high = np_vec3_make(fmax(high.x, p.x), fmax(high.y, p.y), fmax(high.z, p.z));
    }
    np_vec3 e = np_vec3_sub(high, low);
    return fmax(e.x, fmax(e.y, e.z));
}

static void make_hypotheses(hypotheses *h, const fit_cloud *c, uint32_t stream)
{
    uint32_t n = (uint32_t)c->count;
    double extent = extent_of(c);
    for (uint32_t k = 0; k < PAIRS; k++) {
        uint32_t i = np_rng_below(SEED, stream, k, 0, n), j = np_rng_below(SEED, stream, k, 1, n);
        h->count += propose(c->p[i], c->n[i], c->p[j], c->n[j], extent, &h->ball[h->count]);
    }
    h->voters = n < VOTERS ? (int)n : VOTERS;
    for (int k = 0; k < h->voters; k++) { /* one of each stratum */
        uint32_t i = (uint32_t)((uint64_t)k * n / (uint64_t)h->voters);
        h->p[k] = c->p[i];
        h->n[k] = c->n[i];
    }
}

/* Least squares on the samples that agree, a few times. */
static fit_ball refit(const hypotheses *h, fit_ball b)
{
    for (int round = 0; round < 4; round++) {
        fit_system s = {.n = 4};
        double x[4];
        int n = 0;
        for (int i = 0; i < h->voters; i++) {
            if (!agrees(h, i, b, 0.12))
                continue;
            np_vec3 p = np_vec3_scale(np_vec3_sub(h->p[i], b.centre), 1 / b.radius);
            fit_system_add(&s, (double[]){2 * p.x, 2 * p.y, 2 * p.z, 1}, np_vec3_dot(p, p), 1);
            n++;
        }
        if (n < 20 || !fit_system_solve(&s, x))
            break;
        double r2 = x[3] + x[0] * x[0] + x[1] * x[1] + x[2] * x[2];
        if (!(r2 > 1e-6))
            break;
        b.centre = np_vec3_mad(b.centre, np_vec3_make(x[0], x[1], x[2]), b.radius);
        b.radius *= sqrt(r2);
    }
    return b;
}

static bool is_known(const fit_ball *out, int n, fit_ball b)
{
    for (int k = 0; k < n; k++)
        if (np_vec3_distance(b.centre, out[k].centre) < 0.25 * out[k].radius &&
            fabs(log(b.radius / out[k].radius)) < 0.2)
            return true;
    return false;
}

int fit_spheres_find(const fit_cloud *cloud, double area, uint32_t stream, fit_ball out[FIT_SPHERES])
{
    hypotheses h;
    h.count = 0;
    h.area = area;
    make_hypotheses(&h, cloud, stream);
    np_parallel_for((size_t)h.count, 64, score_block, &h);
    double first = 0;
    int n = 0;
    while (n < FIT_SPHERES) {
        int best = -1;
        for (int i = 0; i < h.count; i++)
            if (h.score[i] > 0 && (best < 0 || h.score[i] > h.score[best]))
                best = i;
        if (best < 0 || h.score[best] < 0.4 * first)
            break;
        first = fmax(first, h.score[best]);
        h.score[best] = 0;
        fit_ball b = refit(&h, h.ball[best]);
        if (!is_known(out, n, b))
            out[n++] = b;
    }
    return n;
}
