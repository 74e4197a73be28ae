/* Dots that stand: from the journals of earlier plans (plan/standing.h), or from the file of those that were found. */
#include "report/private/standing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "plan/standing.h"
#include "report/private/deposit.h"

#define NEAR_SKIN_MM 3.0   /* what lies farther off the scan is not on this head */
#define USUAL_PER_CM2 75.0 /* docs/domain.md 2.1 */

void report_standing_fini(report_standing *standing)
{
    free(standing->dots);
    *standing = (report_standing){0};
}

static bool is_hairline(const np_plan *plan, const np_dot *dot)
{
    static const char hairline[] = "hairline";
    return strncmp(plan->layers[dot->layer].strategy, hairline, sizeof hairline - 1) == 0;
}

static np_status take_journals(report_standing *out, const np_plan *plan, const char *folder,
                               const np_skin_model *model, np_error *err)
{
    np_standing made = {0};
    np_status status = np_standing_init(&made, plan, folder, err);
    if (status != NP_OK)
        return status;
    snprintf(out->missing, sizeof out->missing, "%s", made.missing);
    out->dots = calloc(made.n_dots + 1, sizeof *out->dots);
    if (!out->dots)
        status = np_error_no_memory(err, "the dots that stand");
    for (size_t p = 0; status == NP_OK && p < made.n_plans; p++)
        for (size_t i = 0; i < made.plans[p]->n_dots; i++) {
            const np_dot *d = &made.plans[p]->dots[i];
            out->dots[out->n++] = (report_standing_dot){*d, report_deposit(made.plans[p], model, d, d->depth_mm),
                                                        made.older_days[p][i], is_hairline(made.plans[p], d)};
        }
    np_standing_fini(&made);
    return status;
}

/* What was found has a place, and at most a tone. */
static np_status take_found(report_standing *out, const np_plan *plan, const np_case *c, const np_scan *scan,
                            const np_skin_model *model, np_error *err)
{
    double depth_mm = 0, tone = 0;
    for (size_t i = 0; i < plan->n_dots; i++) {
        depth_mm += plan->dots[i].depth_mm / (double)plan->n_dots;
        tone += plan->dots[i].tone / (double)plan->n_dots;
    }
    out->dots = calloc(c->made.n + 1, sizeof *out->dots);
    if (!out->dots)
        return np_error_no_memory(err, "the dots that stand");
    for (unsigned i = 0; i < c->made.n; i++) {
        np_surface_point at;
        if (!np_surface_nearest(&scan->surface, np_scan_from_file(scan, c->made.points[i]), NEAR_SKIN_MM, &at))
            continue;
        double own = c->made_tones ? c->made_tones[i] : (double)NAN;
        report_standing_dot *d = &out->dots[out->n++];
        d->dot = (np_dot){.id = UINT32_MAX - i,
                          .position = at.position,
                          .normal = at.normal,
                          .axis = np_vec3_scale(at.normal, -1),
                          .depth_mm = depth_mm,
                          .tone = isnan(own) ? tone : own,
                          .density_per_cm2 = USUAL_PER_CM2};
        d->deposit = report_deposit(plan, model, &d->dot, depth_mm);
    }
    return NP_OK;
}

np_status report_standing_init(report_standing *out, const np_plan *plan, const np_case *c, const np_scan *scan,
                               const char *folder, const np_skin_model *model, np_error *err)
{
    *out = (report_standing){0};
    if (!np_plan_past_stands(plan->notes))
        return NP_OK;
    np_status status;
    if (c && scan && c->made_file && !strstr(plan->notes, c->made_sha256)) {
        snprintf(out->missing, sizeof out->missing, "the file of dots that were found is another than then");
        return NP_OK;
    }
    if (c && scan && c->made_file)
        status = take_found(out, plan, c, scan, model, err);
    else
        status = take_journals(out, plan, folder, model, err);
    if (status != NP_OK)
        report_standing_fini(out);
    return status;
}

np_status report_standing_draw(const report_standing *standing, const np_skin_model *model, np_lab skin,
                               double newest_days, double day, report_preview_scene *scene, np_error *err)
{
    np_status status = NP_GROW(scene->dots, scene->dot_room, scene->n_dots + standing->n, "dots of a picture", err);
    for (size_t i = 0; status == NP_OK && i < standing->n; i++) {
        const report_standing_dot *d = &standing->dots[i];
        np_look_dot *out = &scene->dots[scene->n_dots++];
        *out = (np_look_dot){.position = np_dot_mark(&d->dot), .normal = d->dot.normal};
        np_skin_deposit_mark(model, &d->deposit, skin, newest_days + d->older_days + fmax(day, 0), &out->mark);
    }
    return status;
}
