/* A small approved plan for the tests of the wire, and the random numbers that it and the faults are drawn from. */
#ifndef NP_TESTS_UNIT_PROTOCOL_APPROVED_PLAN_H
#define NP_TESTS_UNIT_PROTOCOL_APPROVED_PLAN_H

#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/binding.h"
#include "protocol/message.h"

/* ---- random numbers: splitmix64 (Steele, Lea, Flood 2014) ---- */

typedef struct job_random {
    uint64_t state;
} job_random;

static inline uint64_t random_next(job_random *r)
{
    uint64_t z = r->state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static inline double random_unit(job_random *r)
{
    return (double)(random_next(r) >> 11) * 0x1p-53;
}

static inline bool random_hits(job_random *r, double probability)
{
    return probability > 0 && random_unit(r) < probability;
}

static inline void random_fill(void *context, uint8_t *out, size_t size)
{
    for (size_t i = 0; i < size; i++)
        out[i] = (uint8_t)random_next(context);
}

/* ---- an approved plan of one session ---- */

typedef struct job_plan {
    np_wire_dot *dots;
    uint32_t n;
    np_wire_stop *stops;
    uint32_t n_stops;
    np_wire_load load;
} job_plan;

/* Approves the plan as it is, for what its load's terms say. */
static inline void plan_approve(job_plan *plan)
{
    unsigned char public_key[32], secret_key[64], key_seed[32];
    uint8_t message[NP_WIRE_APPROVAL_MAX_BYTES];
    np_wire_load *l = &plan->load;
    memset(key_seed, 7, sizeof key_seed);
    crypto_sign_seed_keypair(public_key, secret_key, key_seed);
    l->terms.operator_size = 4;
    memcpy(l->terms.operator_name, "jdoe", 4);
    size_t size = np_wire_approval_encode(l->digest, &l->terms, message);
    crypto_sign_detached(l->signature, NULL, message, size, secret_key);
    memcpy(l->public_key, public_key, sizeof public_key);
}

/* Pigment is reloaded after so many dots, and that is approved. */
static inline void plan_reload_every(job_plan *plan, uint32_t dots)
{
    if (plan->load.reload_every == dots)
        return;
    plan->load.reload_every = plan->load.terms.reload_every = dots;
    plan_approve(plan);
}

/* Binds and approves the dots as they are. */
static inline void plan_seal(job_plan *plan)
{
    np_wire_session_root_of_dots(1, plan->dots, plan->n, plan->stops, plan->load.sessions[0].root);
    np_wire_plan_digest(plan->load.header_hash, plan->load.sessions, 2, plan->load.digest);
    plan_approve(plan);
}

static inline void plan_add_stop(job_plan *plan, np_wire_dot *dot, np_wire_way way, int32_t x_um, int32_t y_um)
{
    plan->stops[plan->n_stops++] = (np_wire_stop){{x_um, y_um, 200000}, {0, 0, -1000000}};
    dot->n_stops[way]++;
}

/* Gives every dot its moves: some have stops, those at a multiple of STATION_EVERY (0: none) one at the station. */
static inline void plan_move(job_plan *plan, uint32_t station_every, uint64_t seed)
{
    job_random r = {seed + 77};
    const int32_t home = 0;
    free(plan->stops);
    plan->stops = calloc((size_t)plan->n * 8 + 1, sizeof *plan->stops);
    plan->n_stops = 0;
    for (uint32_t i = 0; i < plan->n; i++) {
        np_wire_dot *dot = &plan->dots[i];
        memset(dot->n_stops, 0, sizeof dot->n_stops);
        dot->hover_um = 2000 + (int32_t)(random_next(&r) % 3000);
        dot->first_stop = plan->n_stops;
        dot->station = 0;
        if (i == 0)
            plan_add_stop(plan, dot, NP_WIRE_WAY_CHAIN, home, home);
        for (uint32_t k = random_next(&r) % 8; k < 2; k++)
            plan_add_stop(plan, dot, NP_WIRE_WAY_CHAIN, (int32_t)i, (int32_t)k + 1);
        if (station_every && i && i % station_every == 0) {
            plan_add_stop(plan, dot, NP_WIRE_WAY_CHAIN, -100000, -100000);
            dot->station = dot->n_stops[NP_WIRE_WAY_CHAIN];
            plan_add_stop(plan, dot, NP_WIRE_WAY_CHAIN, (int32_t)i, 9);
        }
        if (i && i % NP_WIRE_CHUNK_DOTS == 0) {
            plan_add_stop(plan, dot, NP_WIRE_WAY_ENTRY, home, home);
            plan_add_stop(plan, dot, NP_WIRE_WAY_ENTRY, (int32_t)i, 5);
        }
        if (i + 1 == plan->n)
            plan_add_stop(plan, dot, NP_WIRE_WAY_HOME, home, home);
    }
}

/* Puts the dot at ORDER into a frame, with its stops.  False: there is no room left for it. */
static inline bool plan_put(const job_plan *plan, uint32_t order, np_wire_dots *out)
{
    const np_wire_dot *dot = &plan->dots[order];
    uint32_t n = np_wire_dot_stop_count(dot);
    if (out->n == NP_WIRE_DOTS_PER_FRAME || (out->n && 80 * (out->n + 1) + 24 * (out->n_stops + n) > 1000))
        return false;
    out->dots[out->n] = *dot;
    out->dots[out->n++].first_stop = out->n_stops;
    memcpy(out->stops + out->n_stops, plan->stops + dot->first_stop, n * sizeof *plan->stops);
    out->n_stops += n;
    return true;
}

static inline void plan_make(job_plan *plan, uint32_t n, uint64_t seed)
{
    job_random r = {seed};
    plan->dots = calloc(n, sizeof *plan->dots);
    plan->stops = NULL;
    plan->n = n;
    for (uint32_t i = 0; i < n; i++) {
        plan->dots[i] = (np_wire_dot){.id = 1000 + i * 3,
                                      .order = i,
                                      .position_um = {(int32_t)(random_next(&r) % 160000) - 80000,
                                                      (int32_t)(random_next(&r) % 160000) - 80000, 90000},
                                      .normal_ppm = {0, 0, 1000000},
                                      .axis_ppm = {0, 0, -1000000},
                                      .depth_um = 500 + (int32_t)(random_next(&r) % 400),
                                      .dwell_us = 30000,
                                      .tone_ppm = (int32_t)(random_next(&r) % 1000001)};
    }
    plan_move(plan, 0, seed);
    memset(&plan->load, 0, sizeof plan->load);
    random_fill(&r, plan->load.header_hash, sizeof plan->load.header_hash);
    plan->load.session = 1;
    plan->load.n_sessions = 2;
    plan->load.sessions[0].n_dots = n;
    plan->load.sessions[1].n_dots = 7;
    random_fill(&r, plan->load.sessions[1].root, NP_WIRE_HASH_BYTES);
    plan_seal(plan);
    plan->load.limits = np_wire_limits_default();
    plan->load.registration.rotation_ppm[0] = 1000000;
}

/* Puts the dots into rows, 1 mm from each other: where an executor looks at their places. */
static inline void plan_spread(job_plan *plan)
{
    for (uint32_t i = 0; i < plan->n; i++) {
        plan->dots[i].position_um[0] = (int32_t)(i % 100) * 1000 - 50000;
        plan->dots[i].position_um[1] = (int32_t)(i / 100) * 1000 - 50000;
    }
    plan_seal(plan);
}

static inline void plan_free(job_plan *plan)
{
    free(plan->dots);
    free(plan->stops);
    plan->dots = NULL;
    plan->stops = NULL;
}

#endif
