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
    np_wire_load load;
} job_plan;

/* Binds and approves the dots as they are. */
static inline void plan_seal(job_plan *plan)
{
    unsigned char public_key[32], secret_key[64], key_seed[32];
    np_wire_session_root_of_dots(1, plan->dots, plan->n, plan->load.sessions[0].root);
    np_wire_plan_digest(plan->load.header_hash, plan->load.sessions, 2, plan->load.digest);
    memset(key_seed, 7, sizeof key_seed);
    crypto_sign_seed_keypair(public_key, secret_key, key_seed);
    uint8_t message[sizeof NP_WIRE_APPROVAL_LABEL + NP_WIRE_HASH_BYTES];
    memcpy(message, NP_WIRE_APPROVAL_LABEL, sizeof NP_WIRE_APPROVAL_LABEL);
    memcpy(message + sizeof NP_WIRE_APPROVAL_LABEL, plan->load.digest, NP_WIRE_HASH_BYTES);
    crypto_sign_detached(plan->load.signature, NULL, message, sizeof message, secret_key);
    memcpy(plan->load.public_key, public_key, sizeof public_key);
}

static inline void plan_make(job_plan *plan, uint32_t n, uint64_t seed)
{
    job_random r = {seed};
    plan->dots = calloc(n, sizeof *plan->dots);
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
    plan->dots = NULL;
}

#endif
