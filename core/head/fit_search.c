/* The pose of the head: rotations all round about each sphere, the best of them improved, and which different one comes next. */
#include "head/private/fit.h"

#include <stdlib.h>

#include "base/angle.h"
#include "base/parallel.h"

#define ROTATIONS 1800
#define STARTS 14
#define PITCHES 7

static const double coarse_taus[] = {30, 30, 25, 25, 20, 20, 15, 15, 15, 12, 0};
static const double fine_taus[] = {15, 15, 12, 12, 10, 10, 8, 8, 8, 8, 8, 8, 8, 8, 0};

/* Rotation K of a nearly uniform set (super-Fibonacci spirals: Alexa, CVPR 2022). */
static fit_turn rotation(int k)
{
    double i = k + 0.5, r = sqrt(i / ROTATIONS), q = sqrt(1 - i / ROTATIONS);
    double a = 2 * NP_PI * i / sqrt(2), b = 2 * NP_PI * i / 1.533751168755204288118041;
    double x = r * sin(a), y = r * cos(a), z = q * sin(b), w = q * cos(b);
    return (fit_turn){{{1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)},
                       {2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)},
                       {2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)}}};
}

static fit_pose about_sphere(const fit_template *t, const fit_ball *sphere, fit_turn turn)
{
    double s = sphere->radius / t->cranium.radius;
    np_vec3 shift = np_vec3_mad(sphere->centre, fit_turn_apply(&turn, t->cranium.centre), -s);
    return (fit_pose){.scale = s, .turn = turn, .shift = shift, .stretch = {1, 1, 1}};
}

/* ---- around one sphere ---- */

typedef struct around {
    const fit_template *t;
    const fit_near *near;
    double cost[ROTATIONS];
    int start[STARTS], n_starts;
    fit_candidate out[STARTS];
} around;

static void try_rotations(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    around *a = context;
    for (size_t k = begin; k < end; k++) {
        fit_pose pose = about_sphere(a->t, &a->near->sphere, rotation((int)k));
        a->cost[k] =
            fit_pose_cost(a->t, &a->near->cloud, &pose, (fit_subset){a->t->coarse, FIT_COARSE, a->t->w}, 25, NULL);
    }
}

static void improve_starts(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    around *a = context;
    fit_subset middle = {a->t->middle, FIT_MIDDLE, a->t->w};
    for (size_t k = begin; k < end; k++) {
        fit_pose pose = about_sphere(a->t, &a->near->sphere, rotation(a->start[k]));
        fit_pose_icp(a->t, &a->near->cloud, middle, coarse_taus, false, pose.scale, &pose);
        a->out[k].pose = pose;
        a->out[k].cost = fit_pose_cost(a->t, &a->near->cloud, &pose, middle, 12, NULL);
    }
}

/* The best rotations, no two within 22 degrees. */
static void choose_starts(around *a)
{
    bool used[ROTATIONS] = {0};
    while (a->n_starts < STARTS) {
        int best = -1;
        for (int k = 0; k < ROTATIONS; k++)
            if (!used[k] && (best < 0 || a->cost[k] < a->cost[best]))
                best = k;
        if (best < 0)
            return;
        used[best] = true;
        fit_turn turn = rotation(best);
        bool far = true;
        for (int k = 0; k < a->n_starts && far; k++) {
            fit_turn other = rotation(a->start[k]);
            far = fit_turn_degrees(&turn, &other) > 22;
        }
        if (far)
            a->start[a->n_starts++] = best;
    }
}

/* Samples around SPHERE with their normals outward; an empty cloud where there are too few. */
static np_status sample_near(const np_mesh *mesh, const fit_ball *sphere, const fit_ball *away, uint32_t stream,
                             fit_near *near, np_error *err)
{
    *near = (fit_near){.sphere = *sphere};
    fit_ball ball = {sphere->centre, 2.4 * sphere->radius};
    np_status status = fit_cloud_sample(&near->cloud, mesh, ball, 10000, stream, NULL, err);
    if (status != NP_OK)
        return status;
    fit_cloud_keep(&near->cloud, sphere->centre, 0, 2.3 * sphere->radius);
    if (away)
        fit_cloud_keep(&near->cloud, away->centre, 1.2 * away->radius, INFINITY);
    double out = 0;
    for (size_t i = 0; i < near->cloud.count; i++) {
        np_vec3 d = np_vec3_sub(near->cloud.p[i], sphere->centre);
        double l = np_vec3_length(d);
        if (fabs(l - sphere->radius) < 0.15 * sphere->radius)
            out += np_vec3_dot(d, near->cloud.n[i]) / l;
    }
    near->sign = out > 0 ? 1 : -1;
    for (size_t i = 0; i < near->cloud.count; i++)
        near->cloud.n[i] = np_vec3_scale(near->cloud.n[i], near->sign);
    return fit_cloud_build(&near->cloud, err);
}

/* ---- all spheres ---- */

typedef struct list {
    fit_candidate c[STARTS * FIT_SPHERES];
    int n;
} list;

static int by_cost(const void *a, const void *b)
{
    const fit_candidate *p = a, *q = b;
    if (p->cost != q->cost)
        return p->cost < q->cost ? -1 : 1;
    if (p->near != q->near)
        return p->near - q->near;
    return p->pose.turn.row[0].x < q->pose.turn.row[0].x ? -1 : p->pose.turn.row[0].x > q->pose.turn.row[0].x;
}

/* True where the best pose is good and nothing different comes near: no other sphere need be tried. */
static bool is_clear(const list *l)
{
    for (int k = 1; k < l->n; k++)
        if (fit_turn_degrees(&l->c[k].pose.turn, &l->c[0].pose.turn) > 40)
            return l->c[0].cost < 0.25 && l->c[k].cost - l->c[0].cost > 0.10;
    return false;
}

static bool is_distinct(const fit_pose *pose, const fit_poses *poses)
{
    for (int k = 0; k < poses->n; k++) {
        const fit_pose *b = &poses->best[k].pose;
        if (fit_turn_degrees(&pose->turn, &b->turn) < 20 && np_vec3_distance(pose->shift, b->shift) < 20 * pose->scale)
            return false;
    }
    return true;
}

static void improve_best(const fit_template *t, const list *l, fit_poses *out)
{
    fit_subset all = {t->all, FIT_POINTS, t->w};
    for (int k = 0; k < l->n && out->n < FIT_POSES; k++) {
        fit_candidate c = l->c[k];
        if (!is_distinct(&c.pose, out))
            continue;
        const fit_near *near = &out->near[c.near];
        fit_pose_icp(t, &near->cloud, all, fine_taus, false, near->sphere.radius / t->cranium.radius, &c.pose);
        c.cost = fit_pose_cost(t, &near->cloud, &c.pose, all, 10, NULL);
        out->best[out->n++] = c;
    }
    qsort(out->best, (size_t)out->n, sizeof out->best[0], by_cost);
}

static void search_near(const fit_template *t, const fit_poses *poses, int near, list *l)
{
    around a = {.t = t, .near = &poses->near[near]};
    np_parallel_for(ROTATIONS, 20, try_rotations, &a);
    choose_starts(&a);
    np_parallel_for((size_t)a.n_starts, 1, improve_starts, &a);
    for (int k = 0; k < a.n_starts; k++) {
        l->c[l->n] = a.out[k];
        l->c[l->n++].near = near;
    }
    qsort(l->c, (size_t)l->n, sizeof l->c[0], by_cost);
}

np_status fit_poses_find(const fit_template *t, const np_mesh *mesh, const fit_ball *away, fit_poses *out,
                         np_error *err)
{
    *out = (fit_poses){0};
    fit_cloud cloud;
    fit_ball spheres[FIT_SPHERES];
    list l = {.n = 0};
    double area;
    uint32_t stream = away ? 20 : 10;
    np_status status = fit_cloud_sample(&cloud, mesh, (fit_ball){{0, 0, 0}, INFINITY}, 12000, stream, &area, err);
    if (status != NP_OK)
        goto done;
    size_t all = cloud.count;
    if (away)
        fit_cloud_keep(&cloud, away->centre, 1.5 * away->radius, INFINITY);
    double share = all ? (double)cloud.count / (double)all : 0;
    if (cloud.count < 500 || (away && share < 0.35))
        goto done;
    int n = fit_spheres_find(&cloud, area * share, stream, spheres);
    for (int k = 0; k < n && !is_clear(&l); k++) {
        fit_near *near = &out->near[out->n_near];
        status = sample_near(mesh, &spheres[k], away, stream + 1 + (uint32_t)k, near, err);
        out->n_near++;
        if (status != NP_OK)
            goto done;
        if (near->cloud.count >= 200)
            search_near(t, out, out->n_near - 1, &l);
    }
    improve_best(t, &l, out);
done:
    fit_cloud_fini(&cloud);
    return status;
}

void fit_poses_fini(fit_poses *poses)
{
    for (int k = 0; k < poses->n_near; k++)
        fit_cloud_fini(&poses->near[k].cloud);
    *poses = (fit_poses){0};
}

/* ---- pitch and stretch ---- */

/* By region: when the pose is refined, and when the best of several pitches is chosen.  The face decides, as it slides along
 * the cranium, most under a hat. */
static const double refine_weight[FIT_REGIONS] = {1, 2.5, 1.5, 0.15};
static const double pitch_weight[FIT_REGIONS] = {0.4, 2.5, 1.2, 0};

static const double turned_taus[] = {18, 15, 12, 12, 10, 10, 10, 10, 10, 10, 0};
static const double stretched_taus[] = {10, 10, 8, 8, 8, 8, 8, 8, 0};
static const double last_taus[] = {10, 8, 8, 8, 8, 8, 8, 8, 8, 8, 0};

typedef struct pitching {
    const fit_template *t;
    const fit_cloud *cloud;
    const fit_pose *from;
    double w[FIT_POINTS], choose[FIT_POINTS];
    fit_pose pose[PITCHES];
    double cost[PITCHES];
} pitching;

static void try_pitches(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    static const double degrees[PITCHES] = {0, -30, -20, -10, 10, 20, 30};
    pitching *g = context;
    fit_subset middle = {g->t->middle, FIT_MIDDLE, g->w}, all = {g->t->all, FIT_POINTS, g->choose};
    for (size_t k = begin; k < end; k++) {
        fit_pose pose = *g->from;
        fit_turn y = fit_turn_about(np_vec3_make(0, degrees[k] * NP_PI / 180, 0));
        np_vec3 c = np_vec3_mad(pose.shift, fit_turn_apply(&pose.turn, g->t->cranium.centre), pose.scale);
        pose.turn = fit_turn_times(&pose.turn, &y);
        pose.shift = np_vec3_mad(c, fit_turn_apply(&pose.turn, g->t->cranium.centre), -pose.scale);
        double s0 = pose.scale;
        fit_pose_icp(g->t, g->cloud, middle, turned_taus, false, s0, &pose);
        fit_pose_icp(g->t, g->cloud, middle, stretched_taus, true, s0, &pose);
        g->pose[k] = pose;
        g->cost[k] = fit_pose_cost(g->t, g->cloud, &pose, all, 8, NULL);
    }
}

double fit_pose_refine(const fit_template *t, const fit_cloud *cloud, fit_pose *pose, double *out_each)
{
    pitching g = {.t = t, .cloud = cloud, .from = pose};
    for (int i = 0; i < FIT_POINTS; i++) {
        g.w[i] = t->w[i] * refine_weight[t->region[i]];
        g.choose[i] = t->w[i] * pitch_weight[t->region[i]];
    }
    np_parallel_for(PITCHES, 1, try_pitches, &g);
    int best = 0;
    for (int k = 1; k < PITCHES; k++)
        best = g.cost[k] < g.cost[best] ? k : best;
    *pose = g.pose[best];
    fit_subset all = {t->all, FIT_POINTS, g.w};
    fit_pose_icp(t, cloud, all, last_taus, true, pose->scale, pose);
    double cost = fit_pose_cost(t, cloud, pose, all, 8, out_each);
    double mean = cbrt(pose->stretch[0] * pose->stretch[1] * pose->stretch[2]);
    pose->scale *= mean;
    for (int k = 0; k < 3; k++)
        pose->stretch[k] /= mean;
    return cost;
}
