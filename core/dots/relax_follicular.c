/* Dots that look like follicles.
 *
 * Real follicular units are neither random nor a lattice nor blue noise: their pair correlation rises softly
 * from 0.35 s, peaks at 1.0 s and is flat from there.  A gas of particles with the right pair potential has
 * exactly that correlation; the potential was found once, by inverse Boltzmann iteration (Reith, Puetz,
 * Mueller-Plathe, J. Comput. Chem. 24, 2003), together with a second term, of the dots' coordination numbers, that gives the
 * nearest neighbours their distribution too.  Here dots are that gas, brought to equilibrium by Metropolis
 * sweeps (Metropolis et al., J. Chem. Phys. 21, 1953).  A wide repulsion (wide.c) keeps counts over many dots as even as
 * those of follicles; the potential was found together with it.
 *
 * Distances count in the local s, and a move is weighted with the target densities of its ends: that is the
 * same gas in the metric density * dx^2, whose equilibrium has the target density. */
#include "dots/private/relax.h"

#include "base/angle.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "base/smooth.h"
#include "dots/private/holes.h"
#include "dots/private/reference.h"

#include <stdlib.h>

#define STREAM_MOVE UINT32_C(0x646F7402)

#define LINKINGS 4
#define ROUNDS_A_LINKING 2
#define MOVES_A_ROUND 4                                   /* of each dot, batch by batch */
#define REACH (DOTS_POTENTIAL_BINS * DOTS_POTENTIAL_STEP) /* s: where the potential ends */
#define SKIN 0.3                                          /* s: how far beyond that links go */
#define STEP 0.28                                         /* s: largest move */
#define TABLE 4096
#define BARE 1.4         /* s: holes are filled from here before the last sweeps */
#define BARE_AT_LAST 1.5 /* s: and after them */

/* A dot's coordination number: how many others it has around it, those nearer than COORDINATION_FULL (in s) in full, those
 * beyond COORDINATION_END not at all.  That it differs from the mean costs: pairs alone cannot tell two dots with
 * one near neighbour each from a lonely dot and one with two, and follicles tell. */
#define COORDINATION_FULL 0.65
#define COORDINATION_END 1.0
#define COORDINATION_MEAN 1.0
#define COORDINATION_KT 0.8

/* A violated floor costs this at once, and more the deeper: enough never to be accepted, and to be left if
 * there. */
#define FLOOR_KT 40.0

/* What two feel of each other. */
typedef struct pair_value {
    float energy;       /* in kT */
    float coordination; /* what one counts in the other's coordination number */
} pair_value;

typedef struct sweep_job {
    dots_particles *particles;
    const pair_value *table; /* over (r / s)^2 */
    double coordination_kt;
    double kt;              /* that TABLE and coordination_kt are of */
    const double *layer_kt; /* each layer's; NULL: all KT */
    double *coordination;   /* n_free */
    np_vec3 *gradient;      /* n_free: of the wide repulsion beyond REACH, as of the last linking */
    uint64_t seed;
    uint32_t round;
    size_t first; /* in particles->batch */
} sweep_job;

/* The table's value for r^2 (local_density + local_density) = 200 (r / s)^2. */
static inline const pair_value *pair_at(const sweep_job *job, double x2_200)
{
    double k = x2_200 * (TABLE / (200 * REACH * REACH));
    return &job->table[k < TABLE ? (int)k : TABLE];
}

/* Below the potential's core the energy climbs on, so that dots which the first guess put there find their
 * way out. */
static void fill_table(const double *potential, double kt, pair_value *table)
{
    for (int k = 0; k < TABLE; k++) {
        double x = sqrt((k + 0.5) * REACH * REACH / TABLE), at = x / DOTS_POTENTIAL_STEP - 0.5;
        int low = at < 0 ? 0 : at > DOTS_POTENTIAL_BINS - 2 ? DOTS_POTENTIAL_BINS - 2 : (int)at;
        double f = fmin(fmax(at - low, 0), 1);
        double u = potential[low] * (1 - f) + potential[low + 1] * f;
        table[k] = (pair_value){(float)((u + 60 * fmax(0, 0.34 - x)) / kt),
                                (float)(1 - np_smooth_step(COORDINATION_FULL, COORDINATION_END, x))};
    }
    table[TABLE] = (pair_value){0, 0};
}

/* What moving I to SITE would cost, in kT, and the coordination it would have there. */
static double cost_of_move(const sweep_job *job, size_t i, const dots_site *site, double *out_coordination)
{
    const dots_particles *particles = job->particles;
    const dots_site *me = &particles->site[i];
    double floor2 = particles->floor_mm * particles->floor_mm, sum = 0, coordination = 0;
    for (size_t k = particles->link_first[i]; k < particles->link_first[i + 1]; k++) {
        uint32_t link = particles->link[k], j = link & DOTS_LINK_INDEX;
        const dots_site *other = &particles->site[j];
        double old2 = np_vec3_distance2(me->at, other->at), new2 = np_vec3_distance2(site->at, other->at);
        if (link == j) {
            const pair_value *was = pair_at(job, old2 * (me->local_density + other->local_density));
            const pair_value *is = pair_at(job, new2 * (site->local_density + other->local_density));
            double more = (double)is->coordination - (double)was->coordination;
            sum += (double)is->energy - (double)was->energy;
            /* Only near links count in coordination numbers, here as in settle and count_block: those of dots further away
             * may be written by another thread meanwhile.  Where the density steps, one that was not near when it was linked
             * can come within COORDINATION_END, because s grows. */
            if (k < particles->near_end[i]) {
                coordination += (double)is->coordination;
                if (more != 0 && j < particles->n_free)
                    sum += job->coordination_kt * more * (2 * (job->coordination[j] - COORDINATION_MEAN) + more);
            }
        }
        if (j < particles->n_solid && (old2 < floor2 || new2 < floor2))
            sum += FLOOR_KT *
                   (fmax(0, 2 - new2 / floor2) * (new2 < floor2) - fmax(0, 2 - old2 / floor2) * (old2 < floor2));
    }
    double before = job->coordination[i] - COORDINATION_MEAN, after = coordination - COORDINATION_MEAN;
    *out_coordination = coordination;
    return sum + job->coordination_kt * (after * after - before * before);
}

/* Moves I to SPOT and updates its neighbours' coordination numbers. */
static void settle(const sweep_job *job, size_t i, const dots_spot *spot, const dots_site *site, double coordination)
{
    dots_particles *particles = job->particles;
    const dots_site *me = &particles->site[i];
    for (size_t k = particles->link_first[i]; k < particles->near_end[i]; k++) {
        uint32_t j = particles->link[k];
        const dots_site *other = &particles->site[j];
        if (j >= particles->n_free)
            continue;
        const pair_value *was =
            pair_at(job, np_vec3_distance2(me->at, other->at) * (me->local_density + other->local_density));
        const pair_value *is =
            pair_at(job, np_vec3_distance2(site->at, other->at) * (site->local_density + other->local_density));
        job->coordination[j] += (double)is->coordination - (double)was->coordination;
    }
    job->coordination[i] = coordination;
    particles->spot[i] = *spot;
    particles->site[i] = *site;
}

static void try_move(const sweep_job *job, size_t i, uint32_t move)
{
    dots_particles *particles = job->particles;
    const dots_surface *surface = particles->surface;
    np_philox_block random = np_philox4x32((const uint32_t[4]){(uint32_t)i, job->round, move, STREAM_MOVE},
                                           (const uint32_t[2]){(uint32_t)job->seed, (uint32_t)(job->seed >> 32)});
    double angle = random.word[0] * (NP_TWO_PI / 4294967296.0);
    double s = 10 / sqrt(particles->site[i].local_density), length = STEP * s * sqrt(random.word[1] / 4294967296.0);
    dots_spot spot = particles->spot[i];
    np_vec3 u, v;
    if (!dots_surface_frame(surface, spot.triangle, &u, &v))
        return;
    np_vec3 step = np_vec3_mad(np_vec3_scale(u, length * cos(angle)), v, length * sin(angle));
    if (!dots_surface_walk(surface, &spot, step))
        return;
    /* a zone keeps its count; links hold while no dot leaves their skin */
    if (!dots_surface_same_zone(surface, &spot, &particles->spot[i]))
        return;
    double target = dots_surface_density(surface, &spot), coordination;
    dots_site site = {dots_surface_position(surface, &spot), dots_surface_local_density(surface, &spot)};
    if (target <= 0 || np_vec3_distance2(site.at, particles->home[i]) > s * s * SKIN * SKIN)
        return;
    double wide = np_vec3_dot(job->gradient[i], np_vec3_sub(site.at, particles->site[i].at));
    /* a dot keeps its layer, and so its temperature */
    double colder = job->layer_kt ? job->kt / job->layer_kt[surface->layer[dots_surface_corner(surface, &spot)]] : 1;
    double chance = target / particles->target[i] * exp(-colder * cost_of_move(job, i, &site, &coordination) - wide);
    if (chance < 1 && (random.word[2] + 0.5) / 4294967296.0 >= chance)
        return;
    settle(job, i, &spot, &site, coordination);
    particles->target[i] = target;
}

/* All coordination numbers, counted anew. */
static void count_block(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    const sweep_job *job = context;
    const dots_particles *particles = job->particles;
    for (size_t i = begin; i < end; i++) {
        job->coordination[i] = 0;
        for (size_t k = particles->link_first[i]; k < particles->near_end[i]; k++) {
            uint32_t j = particles->link[k];
            const dots_site *me = &particles->site[i], *other = &particles->site[j];
            job->coordination[i] +=
                (double)pair_at(job, np_vec3_distance2(me->at, other->at) * (me->local_density + other->local_density))
                    ->coordination;
        }
    }
}

static void move_block(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    const sweep_job *job = context;
    for (size_t k = begin; k < end; k++) {
        size_t first = (size_t)job->particles->batch[job->first + k] * DOTS_BATCH, last = first + DOTS_BATCH;
        last = last > job->particles->n_free ? job->particles->n_free : last;
        for (uint32_t move = 0; move < MOVES_A_ROUND; move++)
            for (size_t i = first; i < last; i++)
                try_move(job, i, move);
    }
}

/* Two things that follow from links and that one thread does, side by side. */
typedef struct link_after {
    sweep_job *job;
    const dots_background *background;
    const dots_wide *wide;
    dots_wide_search *search;
    np_status status[2];
    np_error err[2];
} link_after;

static void colour_or_search(void *context, size_t begin, size_t end, size_t block)
{
    link_after *a = context;
    (void)begin, (void)end;
    a->status[block] =
        block == 0 ? dots_particles_colour(a->job->particles, &a->err[0])
                   : dots_wide_search_create(a->job->particles, a->background, a->wide, REACH, &a->search, &a->err[1]);
}

/* Links, and all that is counted once a linking. */
static np_status link_anew(sweep_job *job, const dots_background *background, const dots_wide *wide, np_error *err)
{
    np_status status = dots_particles_link(job->particles, REACH + SKIN, COORDINATION_END + 2 * SKIN, err);
    if (status != NP_OK)
        return status;
    np_parallel_for(job->particles->n_free, 1024, count_block, job);
    link_after after = {.job = job, .background = background, .wide = wide};
    np_parallel_for(2, 1, colour_or_search, &after);
    status = np_parallel_status(after.status, after.err, 2, err);
    if (status == NP_OK)
        dots_wide_gradient(after.search, job->gradient);
    dots_wide_search_destroy(after.search);
    return status;
}

static np_status sweep(sweep_job *job, const dots_gas *gas, const dots_background *background,
                       const np_progress *progress, np_error *err)
{
    dots_particles *particles = job->particles;
    np_status status = NP_OK;
    const uint32_t rounds = LINKINGS * ROUNDS_A_LINKING;
    for (job->round = 0; job->round < rounds && status == NP_OK; job->round++) {
        if (job->round + ROUNDS_A_LINKING == rounds)
            status = dots_holes_fill(particles, BARE, err);
        if (status == NP_OK && job->round % ROUNDS_A_LINKING == 0)
            status = link_anew(job, background, &gas->wide, err);
        for (size_t t = 0; status == NP_OK && t < particles->n_colours; t++) {
            job->first = particles->colour_first[t];
            np_parallel_for(particles->colour_first[t + 1] - job->first, 1, move_block, job);
        }
        if (status == NP_OK && !np_progress_step(progress, "dots", 0.1 + 0.7 * (job->round + 1) / rounds))
            status = np_error_set(err, NP_ERR_STOPPED, "placing dots was stopped");
    }
    return status == NP_OK ? dots_holes_fill(particles, BARE_AT_LAST, err) : status;
}

np_status dots_relax_follicular(dots_particles *particles, const dots_gas *gas, double kt, const double *layer_kt,
                                const dots_background *background, uint64_t seed, const np_progress *progress,
                                np_error *err)
{
    pair_value *table = malloc((TABLE + 1) * sizeof *table);
    double *coordination = calloc(particles->n_free + 1, sizeof *coordination);
    np_vec3 *gradient = calloc(particles->n_free + 1, sizeof *gradient);
    np_status status = NP_OK;
    if (!table || !coordination || !gradient) {
        status = np_error_no_memory(err, "the follicles' potential");
        goto done;
    }
    fill_table(gas->pair, kt, table);
    sweep_job job = {.particles = particles,
                     .table = table,
                     .coordination_kt = COORDINATION_KT / kt,
                     .kt = kt,
                     .layer_kt = layer_kt,
                     .coordination = coordination,
                     .gradient = gradient,
                     .seed = seed};
    status = sweep(&job, gas, background, progress, err);
done:
    free(table);
    free(coordination);
    free(gradient);
    return status;
}
