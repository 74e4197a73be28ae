/* Evenly spaced dots.
 *
 * Every pair nearer than wanted is pushed apart to exactly the wanted distance, all at once from the same
 * snapshot, again and again (projection on constraints, as in position-based dynamics: Mueller et al., J.
 * Vis. Commun. 18, 2007).  Each session's prefix is a level with its own wanted distance, and all levels push
 * at the same time, so that the first third is as even as the whole.  Half of a dot's last move carries on
 * into the next (heavy ball: Polyak, USSR Comput. Math. 4, 1964): that reaches in 80 sweeps what takes many
 * hundred without.  The wanted distance stays below where discs jam, so the sweeps end with no pair too
 * close, and before they order into a lattice. */
#include "dots/relax.h"

#include "base/parallel.h"
#include "dots/grid.h"

#include <stdlib.h>
#include <string.h>

#define HEXAGONAL 1.0745699318235418 /* sqrt(2 / sqrt(3)): spacing of the hexagonal lattice, in s */
#define SWEEPS_A_LINKING 8
#define STILL 1e-5                   /* s: a shorter move is none */
#define SLACK 0.25                   /* of a level's wanted distance: how much further links go */
#define PUSH 0.6                     /* of a pair's lack of distance, shared by the two */
#define CARRY_ON 0.75                /* of the last move */

/* One level's links: for its dots only. */
typedef struct level_links {
    uint32_t *dot; /* its free dots */
    size_t n_dots;
    size_t *first; /* n_dots + 1 */
    uint32_t *other;
    double wanted; /* s */
} level_links;

typedef struct push_job {
    np_dots_swarm *swarm;
    np_vec3 *push, *move; /* n_free: of this sweep; of the last */
    const level_links *links;
    double wanted2;
    /* linking */
    const np_dots_grid *grid;
    const uint32_t *member; /* the grid's items are indices into this */
    double reach, crowd_min;
    bool fill;
    level_links *building;
} push_job;

static void links_fini(level_links *links)
{
    free(links->dot);
    free(links->first);
    free(links->other);
    *links = (level_links){0};
}

/* ---- linking one level ---- */

static size_t link_one(const push_job *job, uint32_t i, np_dots_grid_view *view, uint32_t *out)
{
    const np_dots_swarm *swarm = job->swarm;
    const np_dots_site *me = &swarm->site[i];
    np_dots_grid_look(job->grid, me->at, job->reach * 10 * sqrt(2 / (me->crowd + job->crowd_min)), view);
    np_dots_grid_cursor cursor = {0};
    const uint32_t *items;
    uint32_t n_items;
    size_t n = 0;
    while ((items = np_dots_grid_seen(job->grid, view, &cursor, &n_items)))
        for (uint32_t k = 0; k < n_items; k++) {
            uint32_t j = job->member[items[k]];
            const np_dots_site *other = &swarm->site[j];
            bool own_ghost = j >= swarm->n_solid && swarm->source[j - swarm->n_solid] == i;
            if (j == i || own_ghost || np_dots_site_x2(me, other) >= job->reach * job->reach ||
                !np_dots_same_sheet(me->at, swarm->normal[i], other->at, swarm->normal[j]))
                continue;
            if (out)
                out[n] = j;
            n++;
        }
    return n;
}

static void link_block(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    push_job *job = context;
    np_dots_grid_view view = {.filled = false};
    for (size_t k = begin; k < end; k++) {
        if (job->fill)
            link_one(job, job->building->dot[k], &view, job->building->other + job->building->first[k]);
        else
            job->building->first[k + 1] = link_one(job, job->building->dot[k], &view, NULL);
    }
}

/* Links the dots of LEVEL among themselves. */
static np_status link_level(np_dots_swarm *swarm, const int32_t *rank, const np_dots_level *level, bool last,
                            level_links *links, np_error *err)
{
    links_fini(links);
    uint32_t *member = malloc((swarm->n + 1) * sizeof *member);
    np_vec3 *at = malloc((swarm->n + 1) * sizeof *at);
    links->dot = malloc((swarm->n_free + 1) * sizeof *links->dot);
    links->first = calloc(swarm->n_free + 2, sizeof *links->first);
    np_dots_grid grid = {0};
    np_status status = NP_OK;
    size_t n = 0;
    double crowd_min = HUGE_VAL, crowd_sum = 0;
    if (!member || !at || !links->dot || !links->first) {
        status = np_error_no_memory(err, "the links between dots");
        goto done;
    }
    for (size_t i = 0; i < swarm->n; i++) {
        size_t dot = i >= swarm->n_solid ? swarm->source[i - swarm->n_solid] : i;
        if (!last && (dot >= swarm->n_own || rank[dot] > level->rank))
            continue;
        member[n] = (uint32_t)i;
        at[n++] = swarm->site[i].at;
        if (i < swarm->n_free)
            links->dot[links->n_dots++] = (uint32_t)i;
        crowd_min = fmin(crowd_min, swarm->site[i].crowd);
        crowd_sum += swarm->site[i].crowd;
    }
    links->wanted = level->rho * HEXAGONAL / sqrt(level->share);
    double reach = links->wanted * (1 + SLACK);
    status = np_dots_grid_init(&grid, at, sizeof *at, n,
                               n ? 1.01 * reach * 10 / sqrt(crowd_sum / (double)n) : 1, err);
    if (status != NP_OK)
        goto done;
    push_job job = {.swarm = swarm,
                    .grid = &grid,
                    .member = member,
                    .reach = reach,
                    .crowd_min = crowd_min,
                    .building = links};
    np_parallel_for(links->n_dots, 512, link_block, &job);
    for (size_t k = 0; k < links->n_dots; k++)
        links->first[k + 1] += links->first[k];
    links->other = malloc((links->first[links->n_dots] + 1) * sizeof *links->other);
    if (!links->other) {
        status = np_error_no_memory(err, "the links between dots");
        goto done;
    }
    job.fill = true;
    np_parallel_for(links->n_dots, 512, link_block, &job);
done:
    np_dots_grid_fini(&grid);
    free(member);
    free(at);
    return status;
}

/* ---- pushing ---- */

static void push_block(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    const push_job *job = context;
    const np_dots_swarm *swarm = job->swarm;
    const level_links *links = job->links;
    for (size_t k = begin; k < end; k++) {
        uint32_t i = links->dot[k];
        const np_dots_site *me = &swarm->site[i];
        np_vec3 sum = {0, 0, 0};
        for (size_t l = links->first[k]; l < links->first[k + 1]; l++) {
            const np_dots_site *other = &swarm->site[links->other[l]];
            np_vec3 d = np_vec3_sub(me->at, other->at);
            double r2 = np_vec3_dot(d, d), x2 = r2 * (me->crowd + other->crowd) * (1.0 / 200.0);
            if (x2 >= job->wanted2 || r2 == 0)
                continue;
            /* one that cannot move leaves the whole way to the other; a ghost's half is its dot's, where that
             * dot is */
            bool stays = links->other[l] >= swarm->n_free && links->other[l] < swarm->n_solid;
            double part = stays ? PUSH : PUSH * 0.5;
            sum = np_vec3_mad(sum, d, part * (sqrt(job->wanted2 / x2) - 1));
        }
        job->push[i] = np_vec3_add(job->push[i], sum);
    }
}

static void move_block(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    const push_job *job = context;
    np_dots_swarm *swarm = job->swarm;
    const np_dots_surface *surface = swarm->surface;
    for (size_t i = begin; i < end; i++) {
        np_vec3 move = np_vec3_mad(job->push[i], job->move[i], CARRY_ON);
        job->push[i] = job->move[i] = np_vec3_make(0, 0, 0);
        double length = np_vec3_length(move), s = 10 / sqrt(swarm->site[i].crowd);
        if (!(length > STILL * s))
            continue;
        if (length > 0.3 * s)
            move = np_vec3_scale(move, 0.3 * s / length);
        np_dots_spot spot = swarm->spot[i];
        move = np_vec3_reject(move, np_vec3_normalize(np_dots_surface_area2(surface, spot.triangle)));
        /* at a border it stops; a layer keeps its count, and nobody goes where nothing is wanted */
        np_dots_surface_slide(surface, &spot, move);
        if (!np_dots_surface_same_zone(surface, &spot, &swarm->spot[i]))
            continue;
        if (np_dots_surface_density(surface, &spot) <= 0)
            continue;
        np_vec3 from = swarm->site[i].at;
        np_dots_swarm_put(swarm, i, &spot);
        job->move[i] = np_vec3_sub(swarm->site[i].at, from);
    }
}

/* Ghosts follow their dots. */
static void follow_block(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    const push_job *job = context;
    np_dots_swarm *swarm = job->swarm;
    for (size_t g = begin; g < end; g++) {
        const np_dots_site *dot = &swarm->site[swarm->source[g]];
        np_dots_ghost ghost;
        if (np_dots_rim_ghost(&swarm->rim, dot->at, dot->crowd, job->reach, &ghost))
            swarm->site[swarm->n_solid + g] = (np_dots_site){ghost.at, ghost.crowd};
    }
}

np_status np_dots_relax_even(np_dots_swarm *swarm, const int32_t *rank, const np_dots_level *levels,
                             size_t n_levels, int sweeps, const np_progress *progress, np_error *err)
{
    level_links *links = calloc(n_levels, sizeof *links);
    np_vec3 *push = calloc(2 * swarm->n_free + 1, sizeof *push);
    np_status status = NP_OK;
    if (!links || !push) {
        status = np_error_no_memory(err, "the pushes between dots");
        goto done;
    }
    push_job job = {.swarm = swarm, .push = push, .move = push + swarm->n_free};
    double widest = 0;
    for (size_t l = 0; l < n_levels; l++)
        widest = fmax(widest, levels[l].rho * HEXAGONAL / sqrt(levels[l].share));
    job.reach = 2 * widest;
    for (int sweep = 0; sweep < sweeps; sweep++) {
        bool link = sweep % SWEEPS_A_LINKING == 0;
        if (link && (status = np_dots_swarm_haunt(swarm, widest, err)) != NP_OK)
            goto done;
        for (size_t l = 0; l < n_levels; l++) {
            bool last = l + 1 == n_levels;
            if (link && (status = link_level(swarm, rank, &levels[l], last, &links[l], err)) != NP_OK)
                goto done;
            job.links = &links[l];
            job.wanted2 = links[l].wanted * links[l].wanted;
            np_parallel_for(links[l].n_dots, 512, push_block, &job);
        }
        np_parallel_for(swarm->n_free, 512, move_block, &job);
        np_parallel_for(swarm->n - swarm->n_solid, 256, follow_block, &job);
        if (!np_progress_step(progress, "dots", 0.1 + 0.8 * (sweep + 1) / sweeps)) {
            status = np_error_set(err, NP_ERR_STOPPED, "placing dots was stopped");
            goto done;
        }
    }
done:
    for (size_t l = 0; links && l < n_levels; l++)
        links_fini(&links[l]);
    free(links);
    free(push);
    return status;
}
