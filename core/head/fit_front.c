/* Glabella, nasion and pronasale.  The face as a whole (a patch of the template) says where to look; relief and the profile of
 * the midline say where they are.  The foremost point of the forehead alone would climb sloped and bulging ones. */
#include "head/private/fit.h"

#include <stdlib.h>

#include "base/parallel.h"

#define NASION_UP 3.5 /* nasion above the deepest point of the bridge */
#define Z_LOW -130
#define Z_COUNT 246
#define HEIGHTS 5

/* ---- the face as a whole ---- */

typedef struct face_search {
    const fit_work *w;
    fit_patch patch[HEIGHTS];
    double cost[HEIGHTS];
} face_search;

static void try_height(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    static const double taus[] = {14, 12, 10, 8, 8, 6, 6, 6, 6, 6, 6, 6, 6, 6, 0};
    face_search *s = context;
    for (size_t k = begin; k < end; k++) {
        fit_patch *patch = &s->patch[k];
        np_vec3 start = patch->centre;
        start.z += 10.0 * ((double)k - 2);
        fit_patch_fit(patch, &s->w->s, start, taus);
        double sum = 0.01 * np_vec3_distance2(patch->shift, patch->centre) / (14.0 * 14.0);
        for (size_t i = 0; i < patch->count; i++)
            sum += patch->w[i] * patch->each[i];
        s->cost[k] = sum;
    }
}

np_status fit_face_find(const fit_work *w, np_vec3 out_guess[3], double *out_cost, np_error *err)
{
    face_search *s = calloc(1, sizeof *s);
    if (!s)
        return np_error_no_memory(err, "the fit of the face");
    s->w = w;
    double weight[FIT_POINTS];
    for (int i = 0; i < FIT_POINTS; i++) {
        bool face = w->t->region[i] == FIT_FACE && np_vec3_distance(w->t->p[i], np_vec3_make(95, 0, -8)) < 58;
        weight[i] = face ? w->t->w[i] : 0;
    }
    for (int k = 0; k < HEIGHTS; k++)
        fit_patch_init(&s->patch[k], w->t, w->pose.stretch, weight);
    np_parallel_for(HEIGHTS, 1, try_height, s);
    int best = 0;
    for (int k = 1; k < HEIGHTS; k++)
        best = s->cost[k] < s->cost[best] ? k : best;
    for (int m = 0; m < 3; m++) {
        np_vec3 p = w->t->mark[m];
        const double *a = w->pose.stretch;
        out_guess[m] = fit_patch_apply(&s->patch[best], np_vec3_make(a[0] * p.x, a[1] * p.y, a[2] * p.z));
    }
    *out_cost = s->cost[best];
    free(s);
    return NP_OK;
}

/* ---- the nose ---- */

/* The foremost point near the midline that stands off its surroundings 18 mm to both sides by more than 7 mm. */
static np_status find_nose(const fit_work *w, double z_guess, double *out_y, double *out_z, np_fit_figures *f,
                           np_error *err)
{
    const double y[2] = {-48, 48}, z[2] = {z_guess - 60, z_guess + 70};
    fit_map map;
    np_status status = fit_map_init(&map, &w->d, (fit_map_axes){0, 1, 2, 1}, y, z, 1.5, -INFINITY, err);
    f->nose_mm = 0, f->nose_at_edge = true;
    *out_y = 0, *out_z = z_guess;
    if (status != NP_OK)
        goto done;
    fit_map_fill(&map);
    for (int i = 0; i < map.nu; i++)
        fit_smooth(&map.depth[i * map.nv], map.nv, 1, 1);
    for (int j = 0; j < map.nv; j++)
        fit_smooth(&map.depth[j], map.nu, map.nv, 1);
    double foremost = -INFINITY;
    for (int i = 12; i < map.nu - 12; i++) {
        for (int j = 0; j < map.nv; j++) {
            double x = map.depth[i * map.nv + j];
            double off = x - 0.5 * (map.depth[(i + 12) * map.nv + j] + map.depth[(i - 12) * map.nv + j]);
            double at_y = y[0] + 1.5 * i, at_z = z[0] + 1.5 * j;
            if (fabs(at_y) >= 10 || fabs(at_z - z_guess) >= 32 || off <= 7 || x <= foremost)
                continue;
            foremost = x;
            f->nose_mm = off;
            *out_y = at_y, *out_z = at_z;
            f->nose_at_edge = fabs(at_z - z_guess) > 29;
        }
    }
done:
    fit_map_fini(&map);
    return status;
}

/* ---- the profile ---- */

typedef struct profile {
    double x[Z_COUNT]; /* at z = Z_LOW + k */
} profile;

static int at(double z)
{
    return (int)fmax(0, fmin(Z_COUNT - 1, round(z - Z_LOW)));
}

/* False where there is too little of it. */
static bool make_profile(const fit_work *w, profile *out)
{
    int known[Z_COUNT], n = 0;
    for (int k = 0; k < Z_COUNT; k++)
        out->x[k] = -INFINITY;
    for (size_t i = 0; i < w->d.count; i++) {
        np_vec3 p = w->d.p[i];
        double k = round(p.z - Z_LOW);
        if (fabs(p.y) < 2.5 && p.x > 20 && k >= 0 && k < Z_COUNT)
            out->x[(int)k] = fmax(out->x[(int)k], p.x);
    }
    for (int k = 0; k < Z_COUNT; k++)
        if (out->x[k] > -INFINITY)
            known[n++] = k;
    if (n < 30)
        return false;
    for (int k = 0, next = 0; k < Z_COUNT; k++) { /* straight lines over gaps */
        while (next < n && known[next] < k)
            next++;
        if (next < n && known[next] == k)
            continue;
        int a = known[next > 0 ? next - 1 : 0], b = known[next < n ? next : n - 1];
        double share = a == b ? 0 : (double)(k - a) / (b - a);
        out->x[k] = out->x[a] + share * (out->x[b] - out->x[a]);
    }
    fit_smooth(out->x, Z_COUNT, 1, 1.5);
    return true;
}

/* How far point K lies in front of the chord from I to J, as a signed distance. */
static double before_chord(const profile *p, int i, int j, int k)
{
    double dx = p->x[j] - p->x[i], dz = j - i, l = hypot(dx, dz);
    return ((p->x[k] - p->x[i]) * dz - (k - i) * dx) / l;
}

/* The index in [low, high] of the greatest SIGN times distance before the chord from I to J. */
static int farthest(const profile *p, int i, int j, int low, int high, double sign, double *out)
{
    int best = low;
    *out = -INFINITY;
    for (int k = low; k <= high; k++) {
        double d = sign * before_chord(p, i, j, k);
        if (d > *out) {
            *out = d;
            best = k;
        }
    }
    return best;
}

static bool find_on_profile(const profile *p, const np_vec3 guess[3], double nose_z, int out[3], np_fit_figures *f)
{
    int tip = at(nose_z - 5), bridge = 0, brow = at(guess[NP_FIT_GLABELLA].z);
    for (int k = tip; k <= at(nose_z + 5); k++)
        tip = p->x[k] > p->x[tip] ? k : tip;
    double z = guess[NP_FIT_NASION].z - NASION_UP, bulge;
    for (int round = 0; round < 2; round++) {
        int low = at(z - 10) > tip + 10 ? at(z - 10) : tip + 10;
        int high = at(z + 10) < Z_COUNT - 50 ? at(z + 10) - 1 : Z_COUNT - 51;
        if (high - low < 2)
            return false;
        bridge = farthest(p, tip, brow > high + 1 ? brow : high + 1, low, high, -1, &f->bridge_mm);
        int top = bridge + 42 < Z_COUNT - 1 ? bridge + 42 : Z_COUNT - 1;
        low = at(guess[NP_FIT_GLABELLA].z - 11) > bridge + 6 ? at(guess[NP_FIT_GLABELLA].z - 11) : bridge + 6;
        high = at(guess[NP_FIT_GLABELLA].z + 11) < top - 4 ? at(guess[NP_FIT_GLABELLA].z + 11) : top - 4;
        if (high - low < 2)
            low = bridge + 6, high = top - 5;
        brow = farthest(p, bridge, top, low, high, 1, &bulge);
    }
    out[NP_FIT_PRONASALE] = tip;
    out[NP_FIT_NASION] = bridge + 4 < Z_COUNT - 1 ? bridge + 4 : Z_COUNT - 1; /* NASION_UP, to whole mm */
    out[NP_FIT_GLABELLA] = brow;
    return true;
}

/* ---- holes ---- */

/* Share of empty 3 mm cells within R of P, seen from the front. */
static double hole_share(const fit_map *map, np_vec3 p, double r)
{
    int all = 0, empty = 0;
    for (int i = 0; i < map->nu; i++)
        for (int j = 0; j < map->nv; j++) {
            if (hypot(map->u0 + map->step * i - p.y, map->v0 + map->step * j - p.z) >= r)
                continue;
            all++;
            empty += map->empty[i * map->nv + j];
        }
    return all ? (double)empty / all : 1;
}

static np_status look_for_holes(const fit_work *w, const np_vec3 *marks, const np_vec3 guess[3], np_fit_figures *f,
                                np_error *err)
{
    const double y[2] = {-60, 60}, z[2] = {-150, 120};
    fit_map map;
    np_status status = fit_map_init(&map, &w->d, (fit_map_axes){0, 1, 2, 1}, y, z, 3, 20, err);
    if (status == NP_OK) {
        f->tip_hole = fmax(hole_share(&map, marks[NP_FIT_PRONASALE], 9), hole_share(&map, guess[NP_FIT_PRONASALE], 9));
        f->front_hole = fmax(hole_share(&map, marks[NP_FIT_NASION], 7), hole_share(&map, marks[NP_FIT_GLABELLA], 7));
        f->front_hole = fmax(f->front_hole, hole_share(&map, guess[NP_FIT_GLABELLA], 7));
    }
    fit_map_fini(&map);
    return status;
}

np_status fit_front_find(const fit_work *w, const np_vec3 guess[3], np_vec3 *marks, np_fit_figures *f, bool *out_found,
                         np_error *err)
{
    double nose_y, nose_z;
    int k[3];
    profile p;
    np_status status = find_nose(w, guess[NP_FIT_PRONASALE].z, &nose_y, &nose_z, f, err);
    *out_found = status == NP_OK && make_profile(w, &p) && find_on_profile(&p, guess, nose_z, k, f);
    if (!*out_found)
        return status;
    for (int m = 0; m < 3; m++) {
        marks[m] = np_vec3_make(p.x[k[m]], m == NP_FIT_PRONASALE ? nose_y : 0, Z_LOW + k[m]);
        f->shift_mm[m] = hypot(marks[m].x - guess[m].x, marks[m].z - guess[m].z);
    }
    status = look_for_holes(w, marks, guess, f, err);
    for (int m = 0; m < 3; m++)
        marks[m] = fit_work_on_skin(w, marks[m]);
    return status;
}
