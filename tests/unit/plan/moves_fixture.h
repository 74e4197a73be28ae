/* Moves for a test's plan: a chain through the dots of each session, straight but for some, by the station where there is a reload. */
#ifndef NP_TESTS_PLAN_MOVES_FIXTURE_H
#define NP_TESTS_PLAN_MOVES_FIXTURE_H

#include <stdlib.h>

#include "plan/plan.h"

static inline void fixture_add_move(np_plan_moves *m, int session, int64_t from, int64_t to, uint32_t vias)
{
    m->moves[m->n_moves++] = (np_plan_move){session, from, to, (uint32_t)m->n_vias, vias};
    for (uint32_t v = 0; v < vias; v++, m->n_vias++) {
        int32_t i = (int32_t)m->n_vias; /* values that no other has */
        m->vias[i] = (np_plan_via){{i, 10 + i, 220000 - i}, {i, -i, -1000000}};
    }
}

/* A via on the way to every VIA_EVERY-th dot (0: none). */
static inline void fixture_moves(np_plan *plan, uint32_t via_every)
{
    np_plan_moves *m = &plan->moves;
    m->hover_um = calloc(plan->n_dots + 1, sizeof *m->hover_um);
    m->moves = calloc(3 * plan->n_dots + 16, sizeof *m->moves);
    m->vias = calloc(3 * plan->n_dots + 16, sizeof *m->vias);
    m->home = (np_plan_via){{1, 2, 250000}, {0, 0, -1000000}};
    m->station = (np_plan_via){{0, 1000, 240000}, {3, 4, -1000000}};
    m->lean_deg = calloc(plan->n_dots + 1, sizeof *m->lean_deg);
    m->support_um = calloc(NP_SUPPORT_NODES, sizeof *m->support_um);
    for (size_t i = 0; i < plan->n_dots; i++)
        m->hover_um[i] = 2000 + (int32_t)(i % 1000);
    for (size_t i = 0; i < plan->n_dots; i++)
        m->lean_deg[i] = (uint8_t)(5 * (i % 5));
    for (size_t i = 0; i < NP_SUPPORT_NODES; i++) /* a ball of 100 mm around the origin */
        m->support_um[i] = (int32_t)(np_vec3_length(np_support_direction(i)) * 1e5) + 1;
    for (size_t s = 0; s < plan->n_sessions; s++) {
        int64_t n = plan->sessions[s].dots, every = plan->reload_every;
        int session = (int)s + 1;
        for (int64_t i = 0; i < n; i++) {
            uint32_t vias = via_every && i % via_every == 0;
            int64_t from = i ? i - 1 : NP_PLAN_HOME;
            if (every && i && i % every == 0) {
                fixture_add_move(m, session, from, NP_PLAN_STATION, vias);
                from = NP_PLAN_STATION;
            }
            if (from < 0 || vias)
                fixture_add_move(m, session, from, i, vias);
        }
        if (n > 0)
            fixture_add_move(m, session, n - 1, NP_PLAN_HOME, 1);
        for (int64_t i = NP_PLAN_ENTRY_DOTS; i < n; i += NP_PLAN_ENTRY_DOTS)
            fixture_add_move(m, session, NP_PLAN_HOME, i, 2);
    }
}

#endif
