/* Dots that stand: those that were found (made.file), on the scan, or those of the journals (standing.c). */
#include "report/private/standing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/private/deposit.h"

#define NEAR_SKIN_MM 3.0   /* what lies farther off the scan is not on this head */
#define USUAL_PER_CM2 75.0 /* docs/domain.md 2.1 */

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
    if (!c || !scan || !c->made_file)
        return report_standing_read(out, plan, folder, model, err);
    if (!strstr(plan->notes, c->made_sha256)) {
        snprintf(out->missing, sizeof out->missing, "the file of dots that were found is another than then");
        return NP_OK;
    }
    np_status status = take_found(out, plan, c, scan, model, err);
    if (status != NP_OK)
        report_standing_fini(out);
    return status;
}
