/* Dots that look like follicles.
 *
 * Real follicular units are neither random nor a lattice nor blue noise: their pair correlation rises softly from 0.35 s,
 * peaks at 1.0 s and is flat from there.  A gas of particles with the right pair potential has exactly that correlation;
 * the potential was found once, by inverse Boltzmann iteration (Reith, Puetz, Mueller-Plathe, J. Comput. Chem. 24, 2003),
 * and here dots are that gas, brought to equilibrium by Metropolis sweeps (Metropolis et al., J. Chem. Phys. 21, 1953).
 *
 * Distances count in the local s, and a move is weighted with the target densities of its ends: that is the same gas in the
 * metric density * dx^2, whose equilibrium has the target density. */
#include "dots/relax.h"

#include "base/parallel.h"
#include "base/rng.h"
#include "dots/reference.h"

#include <stdlib.h>

#define STREAM_MOVE UINT32_C(0x646F7402)

#define LINKINGS 10
#define ROUNDS_A_LINKING 2
#define MOVES_A_ROUND 4 /* of each dot, flock by flock */
#define REACH 2.0 /* s: where the potential ends */
#define SLACK 0.3 /* s: how far beyond that links go */
#define STEP 0.28 /* s: largest move */
#define TABLE 4096

/* A violated floor costs this at once, and more the deeper: enough never to be accepted, and to be left if there. */
#define FLOOR_KT 40.0

typedef struct sweep_job {
    np_dots_swarm *swarm;
    const float *table; /* energy over (r / s)^2 */
    uint64_t seed;
    uint32_t round;
    size_t first; /* in swarm->flock */
} sweep_job;

/* The potential over the square of the distance.  Below the table's core it climbs, so that dots which the first guess put
 * there find their way out. */
static void fill_table(float *table)
{
    for (int k = 0; k < TABLE; k++) {
        double x = sqrt((k + 0.5) * REACH * REACH / TABLE);
        double at = x / NP_DOTS_POTENTIAL_STEP - 0.5;
        int low = at < 0 ? 0 : at > NP_DOTS_POTENTIAL_BINS - 2 ? NP_DOTS_POTENTIAL_BINS - 2 : (int)at;
        double f = fmin(fmax(at - low, 0), 1);
        double u = np_dots_potential[low] * (1 - f) + np_dots_potential[low + 1] * f;
        table[k] = (float)(u + 60 * fmax(0, 0.34 - x));
    }
}

/* What I's links would cost with I at SITE, in kT. */
static double energy_at(const sweep_job *job, size_t i, const np_dots_site *site)
{
    const np_dots_swarm *swarm = job->swarm;
    double floor2 = swarm->floor_mm * swarm->floor_mm, sum = 0;
    for (size_t k = swarm->link_first[i]; k < swarm->link_first[i + 1]; k++) {
        uint32_t link = swarm->link[k], j = link & NP_DOTS_LINK_INDEX;
        const np_dots_site *other = &swarm->site[j];
        double r2 = np_vec3_distance2(site->at, other->at);
        double x2 = r2 * (site->crowd + other->crowd) * (1.0 / 200.0);
        if (x2 < REACH * REACH && link == j)
            sum += (double)job->table[(int)(x2 * (TABLE / (REACH * REACH)))];
        if (r2 < floor2 && j < swarm->n_solid)
            sum += FLOOR_KT * (2 - r2 / floor2);
    }
    return sum;
}

static void try_move(const sweep_job *job, size_t i, uint32_t move)
{
    np_dots_swarm *swarm = job->swarm;
    const np_dots_surface *surface = swarm->surface;
    np_philox_block random =
        np_philox4x32((const uint32_t[4]){(uint32_t)i, job->round, move, STREAM_MOVE},
                      (const uint32_t[2]){(uint32_t)job->seed, (uint32_t)(job->seed >> 32)});
    double angle = random.word[0] * (6.283185307179586 / 4294967296.0);
    double s = 10 / sqrt(swarm->site[i].crowd), length = STEP * s * sqrt(random.word[1] / 4294967296.0);
    np_dots_spot spot = swarm->spot[i];
    np_vec3 u, v;
    if (!np_dots_surface_frame(surface, spot.triangle, &u, &v))
        return;
    np_vec3 step = np_vec3_mad(np_vec3_scale(u, length * cos(angle)), v, length * sin(angle));
    if (!np_dots_surface_walk(surface, &spot, step))
        return;
    /* a layer keeps its count; links stay valid while nobody strays */
    if (!np_dots_surface_same_zone(surface, &spot, &swarm->spot[i]))
        return;
    double target = np_dots_surface_density(surface, &spot);
    np_dots_site site = {np_dots_surface_position(surface, &spot), np_dots_surface_crowd(surface, &spot)};
    if (target <= 0 || np_vec3_distance2(site.at, swarm->home[i]) > s * s * SLACK * SLACK)
        return;
    double cost = energy_at(job, i, &site) - energy_at(job, i, &swarm->site[i]);
    double chance = target / swarm->target[i] * exp(-cost);
    if (chance < 1 && (random.word[2] + 0.5) / 4294967296.0 >= chance)
        return;
    swarm->spot[i] = spot;
    swarm->site[i] = site;
    swarm->target[i] = target;
}

static void move_block(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    const sweep_job *job = context;
    for (size_t k = begin; k < end; k++) {
        size_t first = (size_t)job->swarm->flock[job->first + k] * NP_DOTS_FLOCK, last = first + NP_DOTS_FLOCK;
        last = last > job->swarm->n_free ? job->swarm->n_free : last;
        for (uint32_t move = 0; move < MOVES_A_ROUND; move++)
            for (size_t i = first; i < last; i++)
                try_move(job, i, move);
    }
}

np_status np_dots_relax_follicular(np_dots_swarm *swarm, uint64_t seed, const np_progress *progress, np_error *err)
{
    float *table = malloc(TABLE * sizeof *table);
    if (!table)
        return np_error_no_memory(err, "the follicles' potential");
    fill_table(table);
    sweep_job job = {swarm, table, seed, 0, 0};
    np_status status = NP_OK;
    const uint32_t rounds = LINKINGS * ROUNDS_A_LINKING;
    for (job.round = 0; job.round < rounds && status == NP_OK; job.round++) {
        if (job.round % ROUNDS_A_LINKING == 0)
            status = np_dots_swarm_link(swarm, REACH + SLACK, true, err);
        for (size_t t = 0; status == NP_OK && t < swarm->n_turns; t++) {
            job.first = swarm->turn_first[t];
            np_parallel_for(swarm->turn_first[t + 1] - job.first, 1, move_block, &job);
        }
        if (status == NP_OK && !np_progress_step(progress, "dots", 0.1 + 0.7 * (job.round + 1) / rounds))
            status = np_error_set(err, NP_ERR_STOPPED, "placing dots was stopped");
    }
    free(table);
    return status;
}
