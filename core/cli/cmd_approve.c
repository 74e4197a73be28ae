/* needlepath approve: an operator's signature over a plan. */
#include <time.h>

#include "cli/cli.h"
#include "plan/keys.h"

static const np_option options[] = {{.name = "key",
                                     .letter = 'k',
                                     .kind = NP_OPTION_FILE,
                                     .value = "FILE",
                                     .required = true,
                                     .help = "The operator's secret key."},
                                    {0}};

static const np_example examples[] = {
    {"Look at the report first, then sign", "needlepath approve head.needleplan --key operator.key"}, {0}};

static np_status run(const np_command_args *args, np_error *err)
{
    const char *path = args->operands[0];
    np_status status = np_plan_approve(path, np_args_text(args, "key"), (int64_t)time(NULL), err);
    if (status == NP_OK)
        fprintf(stderr, "%s is approved; next: needlepath run %s --session 1 --to TARGET\n", CLI_PLAIN(path),
                CLI_PLAIN(path));
    return status;
}

const np_command cli_cmd_approve = {
    .name = "approve",
    .summary = "sign a plan as its operator",
    .operands = "PLAN",
    .min_operands = 1,
    .max_operands = 1,
    .description =
        "Signs the plan's digest with the operator's key and stores the approval in the plan. No executor runs a "
        "plan without one; a dot that is changed afterwards voids it.",
    .options = options,
    .examples = examples,
    .run = run,
};
