/* A dot as a deposit: the needle, the plan's tone and depth, and the spread of ink from dot to dot. */
#include "report/private/deposit.h"

#include <math.h>
#include <string.h>

#include "base/rng.h"

#define STREAM_STRENGTH 0x536b696eu /* "Skin" */

static bool in_scar(const np_plan *plan, const np_dot *dot)
{
    static const char scar[] = "scar_fill";
    return !strncmp(plan->layers[dot->layer].strategy, scar, sizeof scar - 1);
}

np_skin_deposit report_deposit(const np_plan *plan, const np_skin_model *model, const np_dot *dot, double depth_mm)
{
    return (np_skin_deposit){.needle_mm = plan->needle_diameter_mm,
                             .depth_mm = depth_mm - plan->indentation_mm,
                             .tone = dot->tone,
                             .strength =
                                 (plan->ink_strength > 0 ? plan->ink_strength : 1) *
                                 exp(model->strength_sd * np_rng_normal(plan->seed, STREAM_STRENGTH, dot->id, 0)),
                             .scar = in_scar(plan, dot)};
}

np_skin_model report_deposit_model(const np_plan *plan, const np_skin_model *model)
{
    np_skin_model person = *model;
    person.healed_ratio *= plan->healed_size > 0 ? plan->healed_size : 1;
    return person;
}
