/* One table names the figures, so that what is written is what is read. */
#include "plan/depths.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "case/case.h"

static void name_figure(const char *field, size_t layer, char out[NP_FIGURE_NAME_BYTES])
{
    snprintf(out, NP_FIGURE_NAME_BYTES, "depth_%s_%02zu", field, layer);
}

void np_plan_depths_list(const np_plan_depths *depths, size_t layer, np_figure out[NP_PLAN_DEPTHS_FIGURES])
{
    size_t n = 0;
#define LIST(field, what)                                                                                              \
    name_figure(#field, layer, out[n].name);                                                                           \
    out[n++].value = depths->field;
    NP_PLAN_DEPTHS_TABLE(LIST)
#undef LIST
}

static uint32_t look_up(const np_plan *plan, const char *field, size_t layer)
{
    char name[NP_FIGURE_NAME_BYTES];
    name_figure(field, layer, name);
    for (size_t i = 0; i < plan->n_figures; i++)
        if (strcmp(plan->figures[i].name, name) == 0 && plan->figures[i].value >= 0 && plan->figures[i].value < 1e9)
            return (uint32_t)plan->figures[i].value;
    return 0;
}

void np_plan_depths_of(const np_plan *plan, size_t layer, np_plan_depths *out)
{
    *out = (np_plan_depths){.least_mm = HUGE_VAL};
#define LOOK_UP(field, what) out->field = look_up(plan, #field, layer);
    NP_PLAN_DEPTHS_TABLE(LOOK_UP)
#undef LOOK_UP
    for (size_t i = 0; i < plan->n_dots; i++)
        if ((size_t)plan->dots[i].layer == layer) {
            out->least_mm = fmin(out->least_mm, plan->dots[i].depth_mm);
            out->most_mm = fmax(out->most_mm, plan->dots[i].depth_mm);
        }
    if (out->most_mm == 0)
        out->least_mm = 0;
}

const char *np_plan_depths_text(const np_plan_depths *d, char out[NP_PLAN_DEPTHS_TEXT_BYTES])
{
    int used = snprintf(out, NP_PLAN_DEPTHS_TEXT_BYTES, "tip %.2f-%.2f mm below the skin", d->least_mm, d->most_mm);
#define SAY(field, what)                                                                                               \
    if (d->field)                                                                                                      \
        used += snprintf(out + used, NP_PLAN_DEPTHS_TEXT_BYTES - (size_t)used, "; %u dots %s", d->field, what);
    NP_PLAN_DEPTHS_TABLE(SAY)
#undef SAY
    return out;
}

const char *np_plan_depths_case_text(const np_plan *plan, char out[NP_PLAN_DEPTHS_TEXT_BYTES])
{
    np_case *c = NULL;
    np_error err = {0};
    if (np_case_parse_keys("the plan's case", plan->case_text, &c, &err) != NP_OK) {
        snprintf(out, NP_PLAN_DEPTHS_TEXT_BYTES, "%s", err.text);
        return out;
    }
    const np_case_depth *d = &c->depth;
    int used = snprintf(out, NP_PLAN_DEPTHS_TEXT_BYTES,
                        "in the skin, mm: frontal %.2f, temple %.2f, midscalp %.2f, crown %.2f, occiput and nape %.2f, "
                        "elsewhere %.2f; calibration %+.2f, indentation %.2f, ",
                        d->frontal_mm, d->temple_mm, d->midscalp_mm, d->crown_mm, d->occipital_mm, d->elsewhere_mm,
                        d->calibration_mm, d->indentation_mm);
    size_t room = NP_PLAN_DEPTHS_TEXT_BYTES - (size_t)used;
    if (d->skin_mm > 0)
        snprintf(out + used, room, "skin %.2f thick", d->skin_mm);
    else
        snprintf(out + used, room, "skin not measured");
    np_case_destroy(c);
    return out;
}
