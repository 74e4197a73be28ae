/* From a case to a plan: the stages one after the other, each timed. */
#include "make/make.h"

#include <stdlib.h>

#include "base/clock.h"
#include "make/private/checks.h"
#include "make/private/dots.h"
#include "make/private/field.h"
#include "make/private/history.h"
#include "make/private/moves.h"
#include "make/private/scan.h"
#include "make/private/tours.h"
#include "plan/binding.h"
#include "plan/hash.h"

typedef struct stage {
    const char *name; /* for progress */
    np_status (*work)(make_making *, np_error *);
    double *took_s; /* is added to */
} stage;

static np_status step(make_making *m, const stage *s, np_error *err)
{
    if (!np_progress_step(m->progress, s->name, 0))
        return np_error_set(err, NP_ERR_STOPPED, "planning was stopped; nothing was written");
    double start = np_clock_s();
    np_status status = s->work(m, err);
    *s->took_s += np_clock_s() - start;
    if (status == NP_OK)
        (void)np_progress_step(m->progress, s->name, 1);
    return status;
}

static void fini(make_making *m)
{
    np_plugin_list_fini(&m->plugins);
    free(m->inside_mm);
    free(m->depths);
    np_arm_planner_destroy(m->arm);
    np_surface_fini(&m->unsmoothed);
    free(m->needles);
    np_field_fini(&m->dot_field);
    free(m->points);
    free(m->placed);
    np_field_fini(&m->field);
    np_refused_fini(&m->refused);
    np_treated_fini(&m->patch);
    np_painter_destroy(m->painter);
    make_history_fini(&m->past);
    np_scan_destroy(m->scan);
    np_plan_destroy(m->plan);
}

void np_make_refusal_fini(np_make_refusal *refusal)
{
    np_scan_destroy(refusal->scan);
    np_refused_fini(&refusal->refused);
    refusal->scan = NULL;
}

void np_make_draft_fini(np_make_draft *draft)
{
    np_scan_destroy(draft->scan);
    np_treated_fini(&draft->patch);
    np_field_fini(&draft->field);
    np_plan_destroy(draft->plan);
    *draft = (np_make_draft){0};
}

np_status np_make_draft_init(const np_case *c, np_plugin_list *plugins, const np_progress *progress, np_make_draft *out,
                             np_error *err)
{
    double took_s = 0;
    make_making m = {.c = c, .progress = progress, .plugins = *plugins, .draft = true};
    *plugins = (np_plugin_list){0};
    const stage stages[] = {{"scan", make_scan, &took_s}, {"field", make_field, &took_s}, {"dots", make_dots, &took_s}};
    np_status status = NP_OK;
    for (size_t i = 0; i < sizeof stages / sizeof *stages && status == NP_OK; i++)
        status = step(&m, &stages[i], err);
    *out = (np_make_draft){m.scan, m.patch, m.field, m.painted, m.plan};
    m.scan = NULL;
    m.patch = (np_treated){0};
    m.field = (np_field){0};
    m.plan = NULL;
    np_painter_destroy(m.painter); /* it borrows the scan, which stays */
    m.painter = NULL;
    fini(&m);
    return status;
}

np_status np_make_plan(const np_case *c, const np_progress *progress, np_plan **out_plan, np_make_timing *out_timing,
                       np_make_refusal *out_refusal, np_error *err)
{
    *out_plan = NULL;
    np_make_timing t = {0};
    make_making m = {.c = c, .progress = progress};
    const stage stages[] = {{"scan", make_scan, &t.scan_s},   {"field", make_field, &t.field_s},
                            {"dots", make_dots, &t.dots_s},   {"tour", make_tours, &t.tour_s},
                            {"moves", make_moves, &t.tour_s}, {"check", make_checks, &t.check_s}};
    np_status status = NP_OK;
    for (size_t i = 0; i < sizeof stages / sizeof *stages && status == NP_OK; i++)
        status = step(&m, &stages[i], err);
    if (status == NP_OK) {
        np_plan_digest(m.plan, m.plan->digest);
        *out_plan = m.plan;
        m.plan = NULL;
    }
    if (out_timing)
        *out_timing = t;
    if (out_refusal && m.refused.n) {
        *out_refusal = (np_make_refusal){m.scan, m.refused};
        m.scan = NULL;
        m.refused = (np_refused){0};
    }
    fini(&m);
    return status;
}

void np_make_scan_digest(const np_mesh *mesh, unsigned char out[NP_PLAN_DIGEST_BYTES])
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
