/* From a case to a plan: the stages one after the other, each timed. */
#include "base/clock.h"
#include "make/make.h"
#include "make/private/making.h"
#include "make/private/moves.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/version.h"
#include "plan/hash.h"

/* BLAKE2b-256 over the mesh in the head frame, to the micrometre. */
static void digest_scan(const np_mesh *mesh, unsigned char out[NP_PLAN_DIGEST_BYTES])
{
    np_hash h;
    np_hash_init(&h, "needlepath-scan-v1");
    np_hash_u64(&h, mesh->n_vertices);
    np_hash_u64(&h, mesh->n_triangles);
    for (size_t i = 0; i < mesh->n_vertices; i++) {
        np_hash_u32(&h, (uint32_t)lround(mesh->vertices[i].x * 1e3));
        np_hash_u32(&h, (uint32_t)lround(mesh->vertices[i].y * 1e3));
        np_hash_u32(&h, (uint32_t)lround(mesh->vertices[i].z * 1e3));
    }
    for (size_t i = 0; i < mesh->n_triangles; i++)
        for (int k = 0; k < 3; k++)
            np_hash_u32(&h, mesh->triangles[i].v[k]);
    np_hash_fini(&h, out);
}

/* What the plan takes over from the case. */
static np_status start_plan(make_making *m, np_error *err)
{
    const np_case *c = m->c;
    np_plan *plan = m->plan = calloc(1, sizeof *plan);
    if (!plan)
        return np_error_no_memory(err, "the plan");
    plan->case_text = strdup(c->text);
    plan->title = strdup(c->title);
    plan->version = strdup(NP_VERSION);
    plan->layers = calloc(c->n_layers, sizeof *plan->layers);
    if (!plan->case_text || !plan->title || !plan->version || !plan->layers)
        return np_error_no_memory(err, "the plan");
    plan->n_layers = c->n_layers;
    plan->seed = c->seed;
    plan->limits = c->limits;
    plan->accepted = (int)np_case_accepted(c);
    plan->needle_diameter_mm = c->needle_diameter_mm;
    plan->reload_every = c->arm.reload_every;
    plan->n_sessions = c->n_sessions;
    for (unsigned i = 0; i < c->n_sessions; i++)
        plan->sessions[i].day = c->sessions[i].day;
    digest_scan(&m->scan->surface.mesh, plan->scan_digest);
    return NP_OK;
}

static np_status step(make_making *m, const char *stage, np_status (*work)(make_making *, np_error *), double *out_s,
                      np_error *err)
{
    if (!np_progress_step(m->progress, stage, 0))
        return np_error_set(err, NP_ERR_STOPPED, "planning was stopped; nothing was written");
    double start = np_clock_s();
    np_status status = work(m, err);
    *out_s += np_clock_s() - start;
    if (status == NP_OK)
        (void)np_progress_step(m->progress, stage, 1);
    return status;
}

static np_status make_scan(make_making *m, np_error *err)
{
    np_status status = np_scan_create(&m->c->scan, m->progress, &m->scan, err);
    return status == NP_OK ? start_plan(m, err) : status;
}

static void fini(make_making *m)
{
    free(m->inside_mm);
    np_field_fini(&m->dot_field);
    free(m->points);
    free(m->placed);
    np_field_fini(&m->field);
    np_treated_fini(&m->patch);
    np_painter_destroy(m->painter);
    np_scan_destroy(m->scan);
    np_plan_destroy(m->plan);
}

np_status np_make_plan(const np_case *c, const np_progress *progress, np_plan **out_plan, np_make_timing *out_timing,
                       np_error *err)
{
    *out_plan = NULL;
    np_make_timing t = {0};
    make_making m = {.c = c, .progress = progress};
    np_status status = step(&m, "scan", make_scan, &t.scan_s, err);
    if (status == NP_OK)
        status = step(&m, "field", make_field, &t.field_s, err);
    if (status == NP_OK)
        status = step(&m, "dots", make_placed, &t.dots_s, err);
    if (status == NP_OK)
        status = step(&m, "dots", make_dots, &t.dots_s, err);
    if (status == NP_OK)
        status = step(&m, "tour", make_tours, &t.tour_s, err);
    if (status == NP_OK)
        status = step(&m, "moves", make_moves, &t.tour_s, err);
    if (status == NP_OK)
        status = step(&m, "check", make_checks, &t.check_s, err);
    if (status == NP_OK) {
        np_plan_digest(m.plan, m.plan->digest);
        *out_plan = m.plan;
        m.plan = NULL;
    }
    if (out_timing)
        *out_timing = t;
    fini(&m);
    return status;
}
