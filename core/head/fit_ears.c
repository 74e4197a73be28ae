/* Tragia: the template's ear with what is around it, fitted to each side by itself.  An ear is found if it fits and stands off
 * the side of the head; a missing one is mirrored from the other, or taken from the template. */
#include "head/private/fit.h"

#include <stdlib.h>

#include "base/parallel.h"

#define STARTS 9
#define CELLS 3721 /* 61 x 61 */

typedef struct ear_search {
    const fit_work *w;
    fit_patch patch[2 * STARTS];
    double cost[2 * STARTS];
} ear_search;

static np_vec3 stretched(const fit_work *w, np_vec3 p)
{
    const double *a = w->pose.stretch;
    return np_vec3_make(a[0] * p.x, a[1] * p.y, a[2] * p.z);
}

static void try_start(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    static const double taus[] = {12, 12, 10, 8, 8, 6, 6, 6, 6, 6, 6, 6, 6, 6, 0};
    ear_search *s = context;
    for (size_t k = begin; k < end; k++) {
        fit_patch *patch = &s->patch[k];
        np_vec3 start = patch->centre;
        start.x += 12.0 * ((double)(k % STARTS / 3) - 1);
        start.z += 14.0 * ((double)(k % 3) - 1);
        fit_patch_fit(patch, &s->w->s, start, taus);
        double sum = 0;
        int n = 0;
        for (size_t i = 0; i < patch->count; i++) {
            if (patch->region[i] == FIT_EAR) {
                sum += patch->each[i];
                n++;
            }
        }
        np_vec3 d = np_vec3_sub(patch->shift, patch->centre);
        s->cost[k] = sum / n + 0.01 * (d.x * d.x / 196 + d.y * d.y / 64 + d.z * d.z / 196);
    }
}

/* ---- relief ---- */

static double height(const double *c, double u, double v)
{
    return c[0] + c[1] * u + c[2] * v + c[3] * u * u + c[4] * v * v + c[5] * u * v;
}

static int ascending(const void *a, const void *b)
{
    double p = *(const double *)a, q = *(const double *)b;
    return p < q ? -1 : p > q;
}

/* How far the ear stands off a quadric through the side of the head before, behind and above it: the 90th percentile. */
static double relief_on(const fit_map *map, np_vec3 tragion)
{
    fit_system s = {.n = 6};
    double c[FIT_UNKNOWNS], off[CELLS];
    int ring = 0, n = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int k = 0; k < map->nu * map->nv; k++) {
            double u = map->u0 + map->step * (k / map->nv) - tragion.x + 12;
            double v = map->v0 + map->step * (k % map->nv) - tragion.z - 2;
            if (map->empty[k])
                continue;
            if (pass == 0 && fabs(u) > 34 && fabs(u) < 54 && v > -20 && v < 55) {
                double row[6] = {1, u / 50, v / 50, u * u / 2500, v * v / 2500, u * v / 2500};
                fit_system_add(&s, row, map->depth[k], 1);
                ring++;
            } else if (pass == 1 && fabs(u) < 24 && fabs(v) < 36) {
                off[n++] = map->depth[k] - height(c, u / 50, v / 50);
            }
        }
        if (pass == 0 && (ring < 30 || !fit_system_solve(&s, c)))
            return 0;
    }
    if (n < 30)
        return 0;
    qsort(off, (size_t)n, sizeof off[0], ascending);
    return off[(n - 1) * 9 / 10];
}

static np_status measure_relief(const fit_work *w, np_vec3 tragion, double side, double *out, np_error *err)
{
    const double x[2] = {tragion.x - 72, tragion.x + 48}, z[2] = {tragion.z - 58, tragion.z + 62};
    fit_map map;
    np_status status = fit_map_init(&map, &w->d, (fit_map_axes){1, 0, 2, side}, x, z, 2, -INFINITY, err);
    if (status == NP_OK)
        *out = map.nu * map.nv <= CELLS ? relief_on(&map, tragion) : 0;
    fit_map_fini(&map);
    return status;
}

/* ---- both ---- */

static ear_search *search_ears(const fit_work *w)
{
    ear_search *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->w = w;
    for (int side = 0; side < 2; side++) {
        double y = side == 0 ? 1 : -1, weight[FIT_POINTS];
        for (int i = 0; i < FIT_POINTS; i++) {
            fit_region region = w->t->region[i];
            bool around = region != FIT_NECK && np_vec3_distance(w->t->p[i], np_vec3_make(-8, y * 75, 0)) < 48;
            weight[i] = w->t->p[i].y * y <= 0 ? 0 : region == FIT_EAR ? 1.5 : around ? 0.5 : 0;
        }
        for (int k = 0; k < STARTS; k++)
            fit_patch_init(&s->patch[side * STARTS + k], w->t, w->pose.stretch, weight);
    }
    np_parallel_for(2 * STARTS, 1, try_start, s);
    return s;
}

/* What is not found follows from the other, or the template.  In a hole it stays in the air. */
static void complete(const fit_work *w, np_vec3 *marks, const bool ok[2], np_fit_figures *f)
{
    np_vec3 *tragion = &marks[NP_FIT_TRAGION_LEFT], found[2] = {tragion[0], tragion[1]};
    f->ears = ok[0] + ok[1];
    f->ear_skew_mm = 0;
    if (f->ears == 2)
        f->ear_skew_mm = np_vec3_distance(found[0], np_vec3_make(found[1].x, -found[1].y, found[1].z));
    for (int side = 0; side < 2; side++) {
        if (ok[side])
            continue;
        np_vec3 other = found[1 - side];
        np_vec3 p = ok[1 - side] ? np_vec3_make(other.x, -other.y, other.z)
                                 : stretched(w, w->t->mark[NP_FIT_TRAGION_LEFT + side]);
        np_vec3 q = fit_work_on_skin(w, p);
        tragion[side] = np_vec3_distance(p, q) < 5 ? q : p;
    }
}

np_status fit_ears_find(const fit_work *w, np_vec3 *marks, np_fit_figures *f, np_error *err)
{
    ear_search *s = search_ears(w);
    if (!s)
        return np_error_no_memory(err, "the fit of the ears");
    np_status status = NP_OK;
    bool ok[2] = {false, false};
    for (int side = 0; side < 2 && status == NP_OK; side++) {
        int best = side * STARTS, mark = NP_FIT_TRAGION_LEFT + side;
        for (int k = best; k < (side + 1) * STARTS; k++)
            best = s->cost[k] < s->cost[best] ? k : best;
        np_vec3 p = fit_patch_apply(&s->patch[best], stretched(w, w->t->mark[mark]));
        marks[mark] = fit_work_on_skin(w, p);
        f->ear_cost[side] = s->cost[best];
        status = measure_relief(w, p, side == 0 ? 1 : -1, &f->ear_relief_mm[side], err);
        ok[side] = s->cost[best] < 0.40 && f->ear_relief_mm[side] > 4 && np_vec3_distance(p, marks[mark]) < 6;
    }
    free(s);
    if (status == NP_OK)
        complete(w, marks, ok, f);
    return status;
}
