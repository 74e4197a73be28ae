/* Dots that look like follicles.
 *
 * Real follicular units are neither random nor a lattice nor blue noise: their pair correlation rises softly
 * from 0.35 s, peaks at 1.0 s and is flat from there.  A gas of particles with the right pair potential has
 * exactly that correlation; the potential was found once, by inverse Boltzmann iteration (Reith, Puetz,
 * Mueller-Plathe, J. Comput. Chem. 24, 2003), together with a second term, the dots' company, that gives the
 * nearest neighbours their distribution too.  Here dots are that gas, brought to equilibrium by Metropolis
 * sweeps (Metropolis et al., J. Chem. Phys. 21, 1953).
 *
 * Distances count in the local s, and a move is weighted with the target densities of its ends: that is the
 * same gas in the metric density * dx^2, whose equilibrium has the target density. */
#include "dots/private/relax.h"

#include "base/angle.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "dots/private/holes.h"
#include "dots/private/reference.h"

#include <stdlib.h>

#define STREAM_MOVE UINT32_C(0x646F7402)

#define LINKINGS 5
#define ROUNDS_A_LINKING 2
#define MOVES_A_ROUND 4                                   /* of each dot, flock by flock */
#define REACH (DOTS_POTENTIAL_BINS * DOTS_POTENTIAL_STEP) /* s: where the potential ends */
#define SLACK 0.3                                         /* s: how far beyond that links go */
#define STEP 0.28                                         /* s: largest move */
#define TABLE 4096
#define BARE 1.4         /* s: holes are filled from here before the last sweeps */
#define BARE_AT_LAST 1.5 /* s: and after them */

/* A dot's company: how many others it has around it, those nearer than COMPANY_FULL (in s) in full, those
 * beyond COMPANY_END not at all.  That it differs from the mean costs: pairs alone cannot tell two dots with
 * one near neighbour each from a lonely dot and one with two, and follicles tell. */
#define COMPANY_FULL 0.65
#define COMPANY_END 1.0
#define COMPANY_MEAN 1.0
#define COMPANY_KT 0.8

/* A violated floor costs this at once, and more the deeper: enough never to be accepted, and to be left if
 * there. */
#define FLOOR_KT 40.0

/* What two feel of each other. */
typedef struct pair_value {
    float energy;  /* in kT */
    float company; /* how much one counts as the other's company */
} pair_value;

typedef struct sweep_job {
    dots_swarm *swarm;
    const pair_value *table; /* over (r / s)^2 */
    double *company;         /* n_free */
    uint64_t seed;
    uint32_t round;
    size_t first; /* in swarm->flock */
} sweep_job;

/* The table's value for r^2 (crowd + crowd) = 200 (r / s)^2. */
static inline const pair_value *pair_at(const sweep_job *job, double x2_200)
{
    double k = x2_200 * (TABLE / (200 * REACH * REACH));
    return &job->table[k < TABLE ? (int)k : TABLE];
}

/* Below the potential's core the energy climbs on, so that dots which the first guess put there find their
 * way out. */
static void fill_table(const double *potential, pair_value *table)
{
    for (int k = 0; k < TABLE; k++) {
        double x = sqrt((k + 0.5) * REACH * REACH / TABLE), at = x / DOTS_POTENTIAL_STEP - 0.5;
        int low = at < 0 ? 0 : at > DOTS_POTENTIAL_BINS - 2 ? DOTS_POTENTIAL_BINS - 2 : (int)at;
        double f = fmin(fmax(at - low, 0), 1);
        double u = potential[low] * (1 - f) + potential[low + 1] * f;
        double t = fmin(fmax((x - COMPANY_FULL) / (COMPANY_END - COMPANY_FULL), 0), 1);
        table[k] = (pair_value){(float)(u + 60 * fmax(0, 0.34 - x)), (float)(1 - t * t * (3 - 2 * t))};
    }
    table[TABLE] = (pair_value){0, 0};
}

/* What moving I to SITE would cost, in kT, and the company it would have there. */
static double cost_of_move(const sweep_job *job, size_t i, const dots_site *site, double *out_company)
{
    const dots_swarm *swarm = job->swarm;
    const dots_site *me = &swarm->site[i];
    double floor2 = swarm->floor_mm * swarm->floor_mm, sum = 0, company = 0;
    for (size_t k = swarm->link_first[i]; k < swarm->link_first[i + 1]; k++) {
        uint32_t link = swarm->link[k], j = link & DOTS_LINK_INDEX;
        const dots_site *other = &swarm->site[j];
        double old2 = np_vec3_distance2(me->at, other->at), new2 = np_vec3_distance2(site->at, other->at);
        if (link == j) {
            const pair_value *was = pair_at(job, old2 * (me->crowd + other->crowd));
            const pair_value *is = pair_at(job, new2 * (site->crowd + other->crowd));
            double more = (double)is->company - (double)was->company;
            sum += (double)is->energy - (double)was->energy;
            company += (double)is->company;
            /* the company of one too far to be changed by this move may be written elsewhere meanwhile */
            if (more != 0 && j < swarm->n_free)
                sum += COMPANY_KT * more * (2 * (job->company[j] - COMPANY_MEAN) + more);
        }
        if (j < swarm->n_solid && (old2 < floor2 || new2 < floor2))
            sum += FLOOR_KT *
                   (fmax(0, 2 - new2 / floor2) * (new2 < floor2) - fmax(0, 2 - old2 / floor2) * (old2 < floor2));
    }
    double before = job->company[i] - COMPANY_MEAN, after = company - COMPANY_MEAN;
    *out_company = company;
    return sum + COMPANY_KT * (after * after - before * before);
}

/* Moves I to SPOT and tells its neighbours' company. */
static void settle(const sweep_job *job, size_t i, const dots_spot *spot, const dots_site *site, double company)
{
    dots_swarm *swarm = job->swarm;
    const dots_site *me = &swarm->site[i];
    for (size_t k = swarm->link_first[i]; k < swarm->near_end[i]; k++) {
        uint32_t j = swarm->link[k];
        const dots_site *other = &swarm->site[j];
        if (j >= swarm->n_free)
            continue;
        const pair_value *was = pair_at(job, np_vec3_distance2(me->at, other->at) * (me->crowd + other->crowd));
        const pair_value *is = pair_at(job, np_vec3_distance2(site->at, other->at) * (site->crowd + other->crowd));
        job->company[j] += (double)is->company - (double)was->company;
    }
    job->company[i] = company;
    swarm->spot[i] = *spot;
    swarm->site[i] = *site;
}

static void try_move(const sweep_job *job, size_t i, uint32_t move)
{
    dots_swarm *swarm = job->swarm;
    const dots_surface *surface = swarm->surface;
    np_philox_block random = np_philox4x32((const uint32_t[4]){(uint32_t)i, job->round, move, STREAM_MOVE},
                                           (const uint32_t[2]){(uint32_t)job->seed, (uint32_t)(job->seed >> 32)});
    double angle = random.word[0] * (NP_TWO_PI / 4294967296.0);
    double s = 10 / sqrt(swarm->site[i].crowd), length = STEP * s * sqrt(random.word[1] / 4294967296.0);
    dots_spot spot = swarm->spot[i];
    np_vec3 u, v;
    if (!dots_surface_frame(surface, spot.triangle, &u, &v))
        return;
    np_vec3 step = np_vec3_mad(np_vec3_scale(u, length * cos(angle)), v, length * sin(angle));
    if (!dots_surface_walk(surface, &spot, step))
        return;
    /* a zone keeps its count; links stay valid while nobody strays */
    if (!dots_surface_same_zone(surface, &spot, &swarm->spot[i]))
        return;
    double target = dots_surface_density(surface, &spot), company;
    dots_site site = {dots_surface_position(surface, &spot), dots_surface_crowd(surface, &spot)};
    if (target <= 0 || np_vec3_distance2(site.at, swarm->home[i]) > s * s * SLACK * SLACK)
        return;
    double chance = target / swarm->target[i] * exp(-cost_of_move(job, i, &site, &company));
    if (chance < 1 && (random.word[2] + 0.5) / 4294967296.0 >= chance)
        return;
    settle(job, i, &spot, &site, company);
    swarm->target[i] = target;
}

/* Everyone's company, counted anew. */
static void count_block(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    const sweep_job *job = context;
    const dots_swarm *swarm = job->swarm;
    for (size_t i = begin; i < end; i++) {
        job->company[i] = 0;
        for (size_t k = swarm->link_first[i]; k < swarm->near_end[i]; k++) {
            const dots_site *me = &swarm->site[i], *other = &swarm->site[swarm->link[k]];
            job->company[i] +=
                (double)pair_at(job, np_vec3_distance2(me->at, other->at) * (me->crowd + other->crowd))->company;
        }
    }
}

static void move_block(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    const sweep_job *job = context;
    for (size_t k = begin; k < end; k++) {
        size_t first = (size_t)job->swarm->flock[job->first + k] * DOTS_FLOCK, last = first + DOTS_FLOCK;
        last = last > job->swarm->n_free ? job->swarm->n_free : last;
        for (uint32_t move = 0; move < MOVES_A_ROUND; move++)
            for (size_t i = first; i < last; i++)
                try_move(job, i, move);
    }
}

np_status dots_relax_follicular(dots_swarm *swarm, const double *potential, uint64_t seed, const np_progress *progress,
                                np_error *err)
{
    pair_value *table = malloc((TABLE + 1) * sizeof *table);
    double *company = calloc(swarm->n_free + 1, sizeof *company);
    if (!table || !company) {
        free(table);
        free(company);
        return np_error_no_memory(err, "the follicles' potential");
    }
    fill_table(potential, table);
    sweep_job job = {swarm, table, company, seed, 0, 0};
    np_status status = NP_OK;
    const uint32_t rounds = LINKINGS * ROUNDS_A_LINKING;
    for (job.round = 0; job.round < rounds && status == NP_OK; job.round++) {
        if (job.round + ROUNDS_A_LINKING == rounds)
            status = dots_holes_fill(swarm, BARE, err);
        if (status == NP_OK && job.round % ROUNDS_A_LINKING == 0) {
            status = dots_swarm_link(swarm, REACH + SLACK, COMPANY_END + 2 * SLACK, err);
            if (status == NP_OK)
                np_parallel_for(swarm->n_free, 1024, count_block, &job);
        }
        for (size_t t = 0; status == NP_OK && t < swarm->n_turns; t++) {
            job.first = swarm->turn_first[t];
            np_parallel_for(swarm->turn_first[t + 1] - job.first, 1, move_block, &job);
        }
        if (status == NP_OK && !np_progress_step(progress, "dots", 0.1 + 0.7 * (job.round + 1) / rounds))
            status = np_error_set(err, NP_ERR_STOPPED, "placing dots was stopped");
    }
    if (status == NP_OK)
        status = dots_holes_fill(swarm, BARE_AT_LAST, err);
    free(table);
    free(company);
    return status;
}
