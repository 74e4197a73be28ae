/* Dots that stand by the journals of earlier plans (plan/standing.h).  Those that were found, which a scan is needed for, are in standing_found.c: `show`
 * comes without geometry. */
#include "report/private/standing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "plan/standing.h"
#include "report/private/deposit.h"

void report_standing_fini(report_standing *standing)
{
    free(standing->dots);
    *standing = (report_standing){0};
}

bool report_is_hairline(const np_plan *plan, const np_dot *dot)
{
    static const char hairline[] = "hairline";
    return strncmp(plan->layers[dot->layer].strategy, hairline, sizeof hairline - 1) == 0;
}

np_status report_standing_read(report_standing *out, const np_plan *plan, const char *folder,
                               const np_skin_model *model, np_error *err)
{
    np_standing made = {0};
    *out = (report_standing){0};
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
            out->dots[out->n++] =
                (report_standing_dot){*d, report_deposit(made.plans[p], model, d, d->depth_mm), made.older_days[p][i],
                                      report_is_hairline(made.plans[p], d), made.in_doubt[p][i]};
        }
    np_standing_fini(&made);
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
