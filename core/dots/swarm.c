/* Keeping and linking the swarm. */
#include "dots/private/swarm.h"

#include "base/near.h"
#include "base/parallel.h"

#include <stdlib.h>
#include <string.h>

np_status dots_swarm_init(dots_swarm *swarm, const dots_surface *surface, size_t n_free, size_t n_pins,
                          size_t n_existing, np_error *err)
{
    *swarm = (dots_swarm){.surface = surface, .n_free = n_free, .n_own = n_free + n_pins};
    swarm->n_solid = swarm->n_own + n_existing;
    swarm->n = swarm->n_solid;
    size_t n = swarm->n_solid + swarm->n_own + 1; /* everyone may have a ghost */
    swarm->source = calloc(n, sizeof *swarm->source);
    swarm->site = calloc(n, sizeof *swarm->site);
    swarm->normal = calloc(n, sizeof *swarm->normal);
    swarm->spot = calloc(n, sizeof *swarm->spot);
    swarm->target = calloc(n, sizeof *swarm->target);
    swarm->home = calloc(n, sizeof *swarm->home);
    swarm->link_first = calloc(n + 1, sizeof *swarm->link_first);
    swarm->near_end = calloc(n, sizeof *swarm->near_end);
    swarm->flock = calloc(n / DOTS_FLOCK + 1, sizeof *swarm->flock);
    if (!swarm->source || !swarm->site || !swarm->normal || !swarm->spot || !swarm->target || !swarm->home ||
        !swarm->link_first || !swarm->near_end || !swarm->flock)
        return np_error_no_memory(err, "the dots");
    return dots_rim_init(&swarm->rim, surface, err);
}

void dots_swarm_fini(dots_swarm *swarm)
{
    dots_rim_fini(&swarm->rim);
    free(swarm->source);
    free(swarm->site);
    free(swarm->normal);
    free(swarm->spot);
    free(swarm->target);
    free(swarm->home);
    free(swarm->link_first);
    free(swarm->near_end);
    free(swarm->link);
    free(swarm->flock);
    *swarm = (dots_swarm){0};
}

void dots_swarm_put(dots_swarm *swarm, size_t i, const dots_spot *spot)
{
    swarm->spot[i] = *spot;
    swarm->site[i].at = dots_surface_position(swarm->surface, spot);
    swarm->site[i].crowd = dots_surface_crowd(swarm->surface, spot);
    swarm->target[i] = dots_surface_density(swarm->surface, spot);
}

bool dots_same_sheet(np_vec3 a, np_vec3 normal_a, np_vec3 b, np_vec3 normal_b)
{
    np_vec3 d = np_vec3_sub(b, a);
    double up_a = np_vec3_dot(d, normal_a), up_b = np_vec3_dot(d, normal_b), limit = 0.72 * np_vec3_dot(d, d);
    return np_vec3_dot(normal_a, normal_b) > -0.3 && up_a * up_a <= limit && up_b * up_b <= limit;
}

/* Beyond the floor, how far in s two on different sheets stay linked: both may move half of it before the
 * next linking. */
#define STRAY 0.5

/* ---- ghosts ---- */

typedef struct ghost_job {
    dots_swarm *swarm;
    double reach;
    dots_ghost *ghost;  /* n_own */
    unsigned char *has; /* n_own: whether there is one */
} ghost_job;

static void ghost_block(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    const ghost_job *job = context;
    dots_swarm *swarm = job->swarm;
    for (size_t i = begin; i < end; i++) {
        const dots_site *site = &swarm->site[i];
        swarm->normal[i] = dots_surface_normal(swarm->surface, &swarm->spot[i]);
        if (i < swarm->n_free)
            swarm->home[i] = site->at;
        job->has[i] = dots_rim_ghost(&swarm->rim, site->at, site->crowd, job->reach, &job->ghost[i]);
    }
}

np_status dots_swarm_haunt(dots_swarm *swarm, double reach, np_error *err)
{
    ghost_job job = {swarm, reach, malloc((swarm->n_own + 1) * sizeof(dots_ghost)), malloc(swarm->n_own + 1)};
    np_status status = NP_OK;
    if (!job.ghost || !job.has) {
        status = np_error_no_memory(err, "the ghosts beyond the border");
        goto done;
    }
    np_parallel_for(swarm->n_own, 512, ghost_block, &job);
    swarm->n = swarm->n_solid;
    for (size_t i = 0; i < swarm->n_own; i++) {
        if (!job.has[i])
            continue;
        swarm->source[swarm->n - swarm->n_solid] = (uint32_t)i;
        swarm->site[swarm->n] = (dots_site){job.ghost[i].at, job.ghost[i].crowd};
        swarm->normal[swarm->n++] = job.ghost[i].normal;
    }
done:
    free(job.ghost);
    free(job.has);
    return status;
}

/* ---- linking ---- */

typedef struct link_job {
    dots_swarm *swarm;
    const np_near *grid;
    double reach, near, crowd_min;
    bool fill; /* else count */
} link_job;

/* Links are mutual: whatever decides about a pair is the same seen from either end.  Writes them to OUT, near
 * ones first, unless NULL. */
static size_t link_one(const link_job *job, size_t i, np_near_view *view, uint32_t *out)
{
    const dots_swarm *swarm = job->swarm;
    const dots_site *me = &swarm->site[i];
    double reach2 = job->reach * job->reach, widest = job->reach * 10 * sqrt(2 / (me->crowd + job->crowd_min));
    np_near_walk walk = np_near_look(job->grid, me->at, widest, view);
    size_t n = 0, n_near = 0, end = out ? swarm->link_first[i + 1] - swarm->link_first[i] : 0;
    for (uint32_t j; np_near_next(&walk, &j);) {
        const dots_site *other = &swarm->site[j];
        double x2 = dots_site_x2(me, other);
        if (x2 >= reach2 || j == i || (j >= swarm->n_solid && swarm->source[j - swarm->n_solid] == i))
            continue;
        bool same = dots_same_sheet(me->at, swarm->normal[i], other->at, swarm->normal[j]);
        double close = swarm->floor_mm + STRAY * 10 * sqrt(2 / (me->crowd + other->crowd));
        if (!same && (j >= swarm->n_solid || np_vec3_distance2(me->at, other->at) > close * close))
            continue;
        bool near = same && x2 < job->near * job->near;
        if (out)
            out[near ? n_near : --end] = same ? j : j | DOTS_OTHER_SHEET;
        n_near += near;
        n++;
    }
    if (out)
        swarm->near_end[i] = swarm->link_first[i] + n_near;
    return n;
}

static void link_block(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    link_job *job = context;
    dots_swarm *swarm = job->swarm;
    np_near_view view = {.filled = false};
    for (size_t i = begin; i < end; i++) {
        if (job->fill)
            link_one(job, i, &view, swarm->link + swarm->link_first[i]);
        else
            swarm->link_first[i + 1] = link_one(job, i, &view, NULL);
    }
}

/* Adds the turns of the flocks of J and, for TWICE, of all that are near J, as far as they are numbered
 * before FLOCK. */
static uint64_t turns_around(const dots_swarm *swarm, size_t flock, uint32_t j, bool twice, const uint8_t *turn)
{
    uint64_t taken = 0;
    if (j >= swarm->n_free)
        return 0;
    if (j / DOTS_FLOCK < flock)
        taken |= UINT64_C(1) << turn[j / DOTS_FLOCK];
    for (size_t k = swarm->link_first[j]; twice && k < swarm->near_end[j]; k++) {
        size_t other = swarm->link[k] / DOTS_FLOCK;
        if (other < flock && swarm->link[k] < swarm->n_free)
            taken |= UINT64_C(1) << turn[other];
    }
    return taken;
}

/* The turns that flocks in touch with FLOCK and numbered before it have taken, as a set of bits. */
static uint64_t turns_taken(const dots_swarm *swarm, size_t flock, const uint8_t *turn)
{
    uint64_t taken = 0;
    size_t begin = flock * DOTS_FLOCK, end = begin + DOTS_FLOCK;
    end = end > swarm->n_free ? swarm->n_free : end;
    for (size_t i = begin; i < end; i++)
        for (size_t k = swarm->link_first[i]; k < swarm->link_first[i + 1]; k++)
            taken |= turns_around(swarm, flock, swarm->link[k] & DOTS_LINK_INDEX, k < swarm->near_end[i], turn);
    return taken;
}

/* Greedy colouring in the flocks' order: each takes the first turn that none of its linked ones has. */
static np_status give_turns(dots_swarm *swarm, np_error *err)
{
    size_t n = (swarm->n_free + DOTS_FLOCK - 1) / DOTS_FLOCK;
    size_t next[DOTS_TURNS_MAX + 1] = {0};
    uint8_t *turn = malloc(n + 1);
    if (!turn)
        return np_error_no_memory(err, "the turns of the dots");
    swarm->n_turns = 0;
    for (size_t f = 0; f < n; f++) {
        uint64_t taken = turns_taken(swarm, f, turn);
        uint8_t c = 0;
        while (c < DOTS_TURNS_MAX && taken >> c & 1)
            c++;
        if (c == DOTS_TURNS_MAX) {
            free(turn);
            return np_error_set(err, NP_ERR_INVALID, "too many dots crowd one place: lower the density there");
        }
        turn[f] = c;
        next[c + 1]++;
        swarm->n_turns = c + 1u > swarm->n_turns ? c + 1u : swarm->n_turns;
    }
    for (size_t c = 0; c < swarm->n_turns; c++)
        next[c + 1] += next[c];
    memcpy(swarm->turn_first, next, sizeof next);
    for (size_t f = 0; f < n; f++)
        swarm->flock[next[turn[f]]++] = (uint32_t)f;
    free(turn);
    return NP_OK;
}

np_status dots_swarm_link(dots_swarm *swarm, double reach, double near, np_error *err)
{
    if (swarm->n == 0 || swarm->n_free == 0)
        return NP_OK;
    np_near grid = {0};
    np_status status = dots_swarm_haunt(swarm, reach, err);
    if (status != NP_OK)
        return status;
    double crowd_min = swarm->site[0].crowd, sum = 0;
    for (size_t i = 0; i < swarm->n; i++) {
        crowd_min = fmin(crowd_min, swarm->site[i].crowd);
        sum += swarm->site[i].crowd;
    }
    double cell = fmax(1.01 * reach * 10 / sqrt(sum / (double)swarm->n), swarm->floor_mm);
    status = np_near_init(&grid, &swarm->site->at, sizeof *swarm->site, swarm->n, cell, err);
    if (status != NP_OK)
        goto done;
    link_job job = {swarm, &grid, reach, near, crowd_min, false};
    swarm->link_first[0] = 0;
    np_parallel_for(swarm->n_free, 512, link_block, &job);
    for (size_t i = 0; i < swarm->n_free; i++)
        swarm->link_first[i + 1] += swarm->link_first[i];
    free(swarm->link);
    swarm->link = malloc((swarm->link_first[swarm->n_free] + 1) * sizeof *swarm->link);
    if (!swarm->link) {
        status = np_error_no_memory(err, "the links between dots");
        goto done;
    }
    job.fill = true;
    np_parallel_for(swarm->n_free, 512, link_block, &job);
    status = give_turns(swarm, err);
done:
    np_near_fini(&grid);
    return status;
}
