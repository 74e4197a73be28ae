/* The plan in memory: its end, its figures, and the names of what a run can be. */
#include "plan/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plain.h"
#include "plan/private/registration.h"

void np_plan_destroy(np_plan *plan)
{
    if (!plan)
        return;
    free(plan->case_text);
    free(plan->title);
    free(plan->version);
    np_palette_fini(&plan->shades);
    free(plan->notes);
    free(plan->plugins);
    free(plan->figures);
    for (size_t i = 0; plan->layers && i < plan->n_layers; i++) {
        free(plan->layers[i].name);
        free(plan->layers[i].strategy);
    }
    free(plan->layers);
    free(plan->dots);
    np_plan_moves_fini(&plan->moves);
    for (size_t i = 0; plan->approvals && i < plan->n_approvals; i++)
        free(plan->approvals[i].operator_name);
    free(plan->approvals);
    for (size_t i = 0; plan->runs && i < plan->n_runs; i++) {
        free(plan->runs[i].target);
        plan_registration_destroy(plan->runs[i].registration);
        free(plan->runs[i].early_found);
        free(plan->runs[i].early_reason);
        free(plan->runs[i].other_executor);
    }
    free(plan->runs);
    for (size_t i = 0; plan->supplies && i < plan->n_supplies; i++)
        free(plan->supplies[i].lot);
    free(plan->supplies);
    free(plan);
}

static int compare_figures(const void *a, const void *b)
{
    return strcmp(((const np_figure *)a)->name, ((const np_figure *)b)->name);
}

np_status np_plan_set_figures(np_plan *plan, const np_figure *figures, size_t n, np_error *err)
{
    np_figure *copy = malloc((n + 1) * sizeof *copy);
    if (!copy)
        return np_error_no_memory(err, "the plan's figures");
    memcpy(copy, figures, n * sizeof *copy);
    qsort(copy, n, sizeof *copy, compare_figures);
    free(plan->figures);
    plan->figures = copy;
    plan->n_figures = n;
    return NP_OK;
}

const char *np_plan_run_state_name(np_plan_run_state state)
{
#define NAME(name, text, meaning) text,
    static const char *const names[] = {NP_PLAN_RUN_TABLE(NAME)};
#undef NAME
    return (unsigned)state < NP_PLAN_RUN_COUNT ? names[state] : "unknown";
}

const char *np_plan_registration_text(const np_plan_registration *r, char out[NP_PLAN_REGISTRATION_TEXT_BYTES])
{
    const size_t room = NP_PLAN_REGISTRATION_TEXT_BYTES;
    char name[512];
    size_t used;
    if (strcmp(r->name, NP_PLAN_HEAD_IS_ARM_FRAME) == 0)
        used = (size_t)snprintf(out, room, "none, the head's frame was said to be the arm's");
    else
        used = (size_t)snprintf(out, room, "%s, worst fiducial %.2f mm off", np_plain_copy(r->name, name, sizeof name),
                                r->worst_mm);
    if (r->moved_mm > 0)
        used += (size_t)snprintf(out + used, room - used,
                                 "; the dots were taken up to %.2f mm from where they were to lie before", r->moved_mm);
    if (r->moved_unknown)
        used += (size_t)snprintf(out + used, room - used,
                                 "; the head was said to have been moved, how far is not known here");
    if (r->claimed)
        snprintf(out + used, room - used, "; as --moved said, and nothing was armed there");
    return out;
}

uint32_t np_plan_layer_dots(const np_plan *plan, const np_plan_layer *layer)
{
    uint32_t sum = 0;
    for (size_t s = 0; s < plan->n_sessions; s++)
        sum += layer->dots[s];
    return sum;
}

bool np_plan_layer_makes_hairline(const np_plan_layer *layer)
{
    return strncmp(layer->strategy, "hairline ", 9) == 0 || strncmp(layer->strategy, "full_scalp ", 11) == 0;
}

np_plan_run *np_plan_find_run(const np_plan *plan, int64_t id)
{
    for (size_t i = 0; i < plan->n_runs; i++)
        if (plan->runs[i].id == id)
            return &plan->runs[i];
    return NULL;
}

const np_plan_run *np_plan_last_run(const np_plan *plan, int session)
{
    for (size_t i = plan->n_runs; i-- > 0;) {
        const np_plan_run *run = &plan->runs[i];
        if (run->session == session && run->state != NP_PLAN_RUN_REVIEWED && run->done + run->in_doubt > 0)
            return run;
    }
    return NULL;
}

const char *np_plan_closest_text(double mm, char out[NP_PLAN_CLOSEST_TEXT_BYTES])
{
    if (mm > 0)
        snprintf(out, NP_PLAN_CLOSEST_TEXT_BYTES, "closest pair %.2f mm", mm);
    else
        snprintf(out, NP_PLAN_CLOSEST_TEXT_BYTES, "no two dots near each other");
    return out;
}
