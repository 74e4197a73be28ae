/* The nape's edge: a taper from a border that wanders.  A straight stretch of it looks drawn, so nothing is left to luck: on wide bends a wave is laid
 * whose turning points are never far apart, and of several such waves the first is taken with which no stretch of the edge is straight for long, as
 * the border that was drawn may take the bends out of one. */
#include <needlepath/plugin_kit.h>
#include <stdlib.h>

#include "full_scalp.h"

#define COARSE_MM 22.0
#define HALF_LEAST_MM 3.5 /* between turning points of the wave */
#define HALF_MOST_MM 7.0
#define LEAST_HEIGHT 0.6
#define MM_PER_DEG 1.4 /* around the mean man's nape */

#define STRAIGHT_WITHIN_MM 0.4
#define STRAIGHT_GOAL_MM 9.0
#define WAVES 32

/* How far inside the region the taper begins, at every half millimetre around the nape, from the right to the left. */
enum { SIDE_STEPS = 200, STEPS_PER_MM = 2 };
struct fs_nape {
    double begins_mm[2 * SIDE_STEPS + 1];
};

double fs_nape_share(np_kit_place at)
{
    return np_kit_smoothstep(98.0, 110.0, at.down_deg) * np_kit_smoothstep(112.0, 124.0, at.around_deg);
}

static double begins_mm(const fs_nape *nape, np_kit_place at)
{
    double step = SIDE_STEPS + STEPS_PER_MM * MM_PER_DEG * at.left * (180.0 - at.around_deg);
    step = np_kit_clamp(step, 0.0, 2.0 * SIDE_STEPS - 1e-6);
    int i = (int)step;
    return np_kit_lerp(nape->begins_mm[i], nape->begins_mm[i + 1], step - i);
}

double fs_nape_edge(const np_strategy_job *job, np_kit_place at, double inside)
{
    return np_kit_smoothstep(0.0, job->params[FS_NAPE_TAPER], inside - begins_mm(job->state, at));
}

static void draw_wave(const np_strategy_job *job, uint64_t number, fs_nape *nape)
{
    np_kit_wave wave = {job->host, number << 32, FS_STREAM_NAPE_WAVE, LEAST_HEIGHT, HALF_LEAST_MM, HALF_MOST_MM};
    for (int i = 0; i <= 2 * SIDE_STEPS; i++) {
        double s = (double)(i - SIDE_STEPS) / STEPS_PER_MM;
        double bends = np_kit_clamp(np_kit_noise(job->host, FS_STREAM_NAPE, COARSE_MM, s, 0.5, 0.5), -2.0, 2.0);
        nape->begins_mm[i] = job->params[FS_NAPE_WANDER] * (1.0 + 0.35 * bends + 0.3 * np_kit_wave_at(&wave, s));
    }
}

/* ---- how straight the edge is ---- */

typedef struct edge {
    uint32_t n;
    np_kit_vec *at, *out; /* where half of the density is reached, about, and out of the skin there */
} edge;

/* From the I-th point of the border, along the skin to its left. */
static np_kit_vec to_the_left(const np_strategy_curve *b, uint32_t i, np_kit_vec out)
{
    uint32_t next = (i + 1) % b->count, last = (i + b->count - 1) % b->count;
    np_kit_vec along = {b->x[next] - b->x[last], b->y[next] - b->y[last], b->z[next] - b->z[last]};
    return np_kit_unit(np_kit_cross(out, along));
}

/* The edge along the next stretch of the border that lies in the nape, from *FROM on, which is moved behind it; false behind the last. */
static bool next_edge(const np_strategy_job *job, const fs_nape *nape, uint32_t *from, edge *e)
{
    const np_strategy_curve *b = job->regions[0];
    const double *up = job->head->up;
    uint32_t first;
    double rises = 0.0;
    for (e->n = 0; *from < b->count; ++*from) {
        np_kit_vec p = {b->x[*from], b->y[*from], b->z[*from]};
        if (fs_nape_share(np_kit_chart(job->head, p.x, p.y, p.z)) < 1.0) {
            if (e->n > 0)
                break;
            continue;
        }
        e->out[e->n] = np_kit_outward(job->head, p);
        np_kit_vec left = to_the_left(b, *from, e->out[e->n++]);
        rises += left.x * up[0] + left.y * up[1] + left.z * up[2];
    }
    first = *from - e->n;
    for (uint32_t i = 0; i < e->n; i++) { /* the region is above its border at the nape, whichever way that runs */
        double q[3] = {b->x[first + i], b->y[first + i], b->z[first + i]};
        np_kit_vec left = to_the_left(b, first + i, e->out[i]);
        double far = begins_mm(nape, np_kit_chart(job->head, q[0], q[1], q[2])) + 0.5 * job->params[FS_NAPE_TAPER];
        far = rises > 0.0 ? far : -far;
        e->at[i] = (np_kit_vec){q[0] + far * left.x, q[1] + far * left.y, q[2] + far * left.z};
    }
    return e->n > 0;
}

/* The longest stretch of E that no place of leaves by more than STRAIGHT_WITHIN_MM, on the skin. */
static double straight_mm(const edge *e)
{
    double longest = 0.0;
    for (uint32_t a = 0; a + 2 < e->n; a++)
        for (uint32_t b = a + 2; b < e->n; b++) {
            np_kit_vec chord = {e->at[b].x - e->at[a].x, e->at[b].y - e->at[a].y, e->at[b].z - e->at[a].z};
            np_kit_vec aside = np_kit_unit(np_kit_cross(e->out[(a + b) / 2], chord));
            double length = sqrt(chord.x * chord.x + chord.y * chord.y + chord.z * chord.z), off = 0.0;
            for (uint32_t i = a + 1; i < b; i++)
                off = fmax(off, fabs((e->at[i].x - e->at[a].x) * aside.x + (e->at[i].y - e->at[a].y) * aside.y +
                                     (e->at[i].z - e->at[a].z) * aside.z));
            if (off > STRAIGHT_WITHIN_MM)
                break;
            longest = fmax(longest, length);
        }
    return longest;
}

static double longest_mm(const np_strategy_job *job, const fs_nape *nape, edge *e)
{
    double longest = 0.0;
    for (uint32_t from = 0; next_edge(job, nape, &from, e);)
        longest = fmax(longest, straight_mm(e));
    return longest;
}

int32_t fs_prepare(const np_strategy_job *job, void **state)
{
    uint32_t n = job->regions[0]->count;
    fs_nape *best = malloc(sizeof *best), *tried = malloc(sizeof *tried);
    edge e = {0, malloc(n * sizeof *e.at), malloc(n * sizeof *e.out)};
    bool enough = best && tried && e.at && e.out;
    double least = INFINITY;
    for (uint64_t k = 0; enough && k < WAVES && least > STRAIGHT_GOAL_MM; k++) {
        draw_wave(job, k, tried);
        double longest = longest_mm(job, tried, &e);
        if (longest < least) {
            least = longest;
            *best = *tried;
        }
    }
    free(tried);
    free(e.at);
    free(e.out);
    if (!enough) {
        free(best);
        job->host->set_error(job->host->context, "out of memory");
        return -1;
    }
    fs_sideburn_remark(job);
    *state = best;
    return 0;
}

void fs_finish(const np_strategy_job *job, void *state)
{
    (void)job;
    free(state);
}
