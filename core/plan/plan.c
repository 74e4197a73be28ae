/* The plan in memory: its end, its figures, and the names of what a run can be. */
#include "plan/plan.h"

#include <stdlib.h>
#include <string.h>

#include "plan/private/registration.h"

void np_plan_destroy(np_plan *plan)
{
    if (!plan)
        return;
    free(plan->case_text);
    free(plan->title);
    free(plan->version);
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

np_plan_run *np_plan_find_run(const np_plan *plan, int64_t id)
{
    for (size_t i = 0; i < plan->n_runs; i++)
        if (plan->runs[i].id == id)
            return &plan->runs[i];
    return NULL;
}
