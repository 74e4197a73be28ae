/* Depths, layer by layer, in the words of plan/depths.h, so that terminal and report say the same. */
#include "cli/plan_depths.h"

#include "cli/cli.h"
#include "plan/depths.h"

void cli_print_depths(const np_plan *plan)
{
    char text[NP_PLAN_DEPTHS_TEXT_BYTES];
    printf("  depth %s\n", CLI_PLAIN(np_plan_depths_case_text(plan, text)));
    for (size_t i = 0; i < plan->n_layers; i++) {
        np_plan_depths depths;
        np_plan_depths_of(plan, i, &depths);
        if (depths.most_mm > 0)
            printf("    layer %s: %s\n", CLI_PLAIN(plan->layers[i].name), np_plan_depths_text(&depths, text));
    }
}

json_t *cli_depths_json(const np_plan *plan)
{
    char text[NP_PLAN_DEPTHS_TEXT_BYTES];
    json_t *layers = json_array();
    for (size_t i = 0; i < plan->n_layers; i++) {
        np_plan_depths d;
        np_plan_depths_of(plan, i, &d);
        json_t *one =
            json_pack("{s:s, s:f, s:f}", "name", plan->layers[i].name, "least_mm", d.least_mm, "most_mm", d.most_mm);
#define ADD(field, what) json_object_set_new(one, #field, json_integer((json_int_t)d.field));
        NP_PLAN_DEPTHS_TABLE(ADD)
#undef ADD
        json_array_append_new(layers, one);
    }
    return json_pack("{s:s, s:o}", "case", CLI_PLAIN(np_plan_depths_case_text(plan, text)), "layers", layers);
}
