#include "plan/plan.h"

#include <stdlib.h>

#include "plan/private/registration.h"

void np_plan_destroy(np_plan *plan)
{
    if (!plan)
        return;
    free(plan->case_text);
    free(plan->title);
    free(plan->version);
    for (size_t i = 0; plan->layers && i < plan->n_layers; i++) {
        free(plan->layers[i].name);
        free(plan->layers[i].strategy);
    }
    free(plan->layers);
    free(plan->dots);
    for (size_t i = 0; plan->approvals && i < plan->n_approvals; i++)
        free(plan->approvals[i].operator_name);
    free(plan->approvals);
    for (size_t i = 0; plan->runs && i < plan->n_runs; i++) {
        free(plan->runs[i].target);
        free(plan->runs[i].state);
        plan_registration_destroy(plan->runs[i].registration);
    }
    free(plan->runs);
    for (size_t i = 0; plan->supplies && i < plan->n_supplies; i++)
        free(plan->supplies[i].lot);
    free(plan->supplies);
    free(plan);
}
