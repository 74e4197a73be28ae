/* needlepath show: the figures of a plan. */
#include "cli/cli.h"
#include "cli/plan_summary.h"

static const np_option options[] = {
    {.name = "look",
     .kind = NP_OPTION_FLAG,
     .help = "Also draws windows of the plan as it will be once healed, and says where they do not look like shaved "
             "hair. Takes some seconds."},
    CLI_JSON_OPTION("Print as JSON."),
    {0}};

static const np_example examples[] = {{"What is in it, and what has been done", "needlepath show head.needleplan"},
                                      {"Does it look like hair?", "needlepath show head.needleplan --look"},
                                      {"The digest alone", "needlepath show head.needleplan --json | jq -r .digest"},
                                      {0}};

static np_status run(const np_command_args *args, np_error *err)
{
    np_plan *plan = NULL;
    np_status status = np_plan_read(args->operands[0], &plan, err);
    if (status == NP_OK)
        status =
            cli_print_plan(plan, args->operands[0], NULL, np_args_flag(args, "look"), np_args_flag(args, "json"), err);
    np_plan_destroy(plan);
    return status;
}

const np_command cli_cmd_show = {
    .name = "show",
    .summary = "print the figures of a plan, its approvals and runs",
    .operands = "PLAN",
    .min_operands = 1,
    .max_operands = 1,
    .description =
        "Prints counts per session and layer, areas, tour length and time, the smallest spacings, how close the "
        "pattern is to real follicles, the digest, approvals and runs. A plan that was changed or cut short is "
        "refused.",
    .options = options,
    .examples = examples,
    .run = run,
};
