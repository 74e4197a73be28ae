/* A small plan made by hand: rings of dots on a sphere, in three sessions and two layers. */
#ifndef NP_TESTS_UNIT_PLAN_FIXTURE_H
#define NP_TESTS_UNIT_PLAN_FIXTURE_H

#include "../test.h"

#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/angle.h"
#include "plan/binding.h"
#include "plan/envelope.h"
#include "plan/plan.h"

#define RADIUS_MM 95.0
#define RING_MM 1.25
#define FIXTURE_FIGURES 67

static inline np_dot fixture_dot(uint32_t i, double polar, double turn)
{
    np_vec3 normal = {sin(polar) * cos(turn), sin(polar) * sin(turn), cos(polar)};
    np_vec3 side = np_vec3_perpendicular(normal);
    double tilt = 0.01 * (i % 20);
    np_dot dot = {.id = i + 1,
                  .position = np_vec3_scale(normal, RADIUS_MM),
                  .normal = normal,
                  .axis = np_vec3_mad(np_vec3_scale(normal, -cos(tilt)), side, sin(tilt)),
                  .depth_mm = 0.5 + 0.01 * (i % 10),
                  .tilt_rad = tilt,
                  .tone = 0.1 * (i % 11),
                  .dwell_ms = 30,
                  .layer = (int32_t)(i % 2),
                  .density_per_cm2 = 64,
                  .pin = i % 50 == 0};
    np_plan_quantise_dot(&dot);
    return dot;
}

/* About N dots; session s gets a third. */
static inline np_plan *fixture_plan(size_t n)
{
    np_plan *plan = calloc(1, sizeof *plan);
    plan->case_text = strdup("needlepath: 1\n");
    plan->title = strdup("A plan for tests");
    plan->version = strdup("0.0.0");
    memset(plan->scan_digest, 7, sizeof plan->scan_digest);
    plan->seed = 42;
    plan->limits = (np_case_limits){0.3, 1.5, 30, 0.45, 0.7, 100000};
    plan->needle_diameter_mm = 0.2;
    plan->layers = calloc(2, sizeof *plan->layers);
    plan->n_layers = 2;
    for (int i = 0; i < 2; i++)
        plan->layers[i] = (np_plan_layer){strdup(i ? "top" : "base"), strdup("test 1.0.0"), 12.5 + i, {0}};
    plan->dots = calloc(n, sizeof *plan->dots);
    plan->n_sessions = 3;
    /* Rings around the top; the i-th dot of three belongs to session 1, 2, 3. */
    np_dot *all = calloc(n, sizeof *all);
    size_t made = 0;
    for (double polar = 0.05; made < n; polar += RING_MM / RADIUS_MM) {
        int on_ring = (int)(NP_TWO_PI * RADIUS_MM * sin(polar) / RING_MM);
        for (int k = 0; k < on_ring && made < n; k++, made++)
            all[made] = fixture_dot((uint32_t)made, polar, NP_TWO_PI * k / on_ring);
    }
    for (int s = 0; s < 3; s++) {
        plan->sessions[s] = (np_plan_session){.day = 7 * s,
                                              .tour_length_mm = 100.5 + s,
                                              .tour_time_s = 60.25,
                                              .greedy_time_s = 66,
                                              .patches = 2,
                                              .reloads = 3,
                                              .spacing_min_mm = 1.2};
        for (size_t i = (size_t)s; i < n; i += 3) {
            np_dot dot = all[i];
            dot.session = s + 1;
            dot.order = plan->sessions[s].dots++;
            plan->layers[dot.layer].dots[s]++;
            plan->dots[plan->n_dots++] = dot;
        }
    }
    free(all);
    plan->treated_area_cm2 = 25.25;
    plan->reload_every = 77;
    plan->accepted = 5;
    plan->plugins = strdup("00ff  lib/needlepath/plugins/test.so\n00ff  /home/me/own.so\n");
    plan->notes = strdup("layer top (test): note: said once\n");
    /* Names as they come, not sorted; values that no other has. */
    np_figure figures[FIXTURE_FIGURES];
    for (int i = 0; i < FIXTURE_FIGURES; i++) {
        snprintf(figures[i].name, sizeof figures[i].name, "figure_%02d", (7 * i + 3) % FIXTURE_FIGURES);
        figures[i].value = 1 + i / 3.0;
    }
    (void)np_plan_set_figures(plan, figures, FIXTURE_FIGURES, NULL);
    np_plan_digest(plan, plan->digest);
    return plan;
}

/* What another program may do to the file at PATH. */
static inline void fixture_sql(const char *path, const char *text)
{
    sqlite3 *db;
    char *message = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_exec(db, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
    if (sqlite3_exec(db, text, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", text, message);
    sqlite3_close(db);
}

/* A path in a fresh folder; fixture_remove empties and removes it. */
static inline const char *fixture_path(const char *name)
{
    static char folder[64], path[128];
    if (!*folder) {
        snprintf(folder, sizeof folder, "/tmp/np-plan-%d-XXXXXX", (int)getpid());
        if (!mkdtemp(folder))
            return NULL;
    }
    snprintf(path, sizeof path, "%s%s%s", folder, *name ? "/" : "", name);
    return path;
}

static inline int fixture_remove(void **state)
{
    (void)state;
    char command[200];
    snprintf(command, sizeof command, "rm -rf '%s'", fixture_path(""));
    return system(command);
}

#endif
