/* A plan of nine dots in two sessions on a 2 mm grid of the plane z = 0, for tests of what is made from plans. */
#ifndef NP_TESTS_SMALL_PLAN_H
#define NP_TESTS_SMALL_PLAN_H

#include "plan/plan.h"

typedef struct small_plan {
    np_plan plan;
    np_plan_layer layer;
    np_dot dots[9];
    char name[16], strategy[16], title[24], version[8], case_text[8];
} small_plan;

static inline void small_plan_init(small_plan *s)
{
    *s = (small_plan){.name = "a \"b\", c", .strategy = "even 1.0.0", .title = "A <test> & more", .version = "1.2.3"};
    s->layer = (np_plan_layer){.name = s->name, .strategy = s->strategy, .area_cm2 = 0.36, .dots = {4, 5}};
    s->plan = (np_plan){.case_text = s->case_text,
                        .title = s->title,
                        .version = s->version,
                        .layers = &s->layer,
                        .n_layers = 1,
                        .n_sessions = 2,
                        .dots = s->dots,
                        .n_dots = 9,
                        .limits = {0.3, 1.5, 30, 0.45, 0.7, 100},
                        .treated_area_cm2 = 0.36};
    s->plan.sessions[0] = (np_plan_session){.dots = 4, .tour_time_s = 100};
    s->plan.sessions[1] = (np_plan_session){.day = 7, .dots = 5};
    for (uint32_t i = 0; i < 9; i++)
        s->dots[i] = (np_dot){.id = i + 1,
                              .session = i < 4 ? 1 : 2,
                              .order = i < 4 ? i : i - 4,
                              .position = {2.0 * (i % 3), 2.0 * (i / 3), 0},
                              .normal = {0, 0, 1},
                              .axis = {0, 0, -1},
                              .depth_mm = 0.5,
                              .tone = 0.25,
                              .dwell_ms = 30,
                              .density_per_cm2 = 25,
                              .pin = i == 8};
}

#endif
