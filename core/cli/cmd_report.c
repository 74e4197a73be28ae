/* needlepath report: pictures and report.html of a plan, into a folder that is made where it is missing. */
#include <stdlib.h>

#include "cli/cli.h"
#include "report/report.h"

static const np_option report_options[] = {
    {.name = "out",
     .letter = 'o',
     .kind = NP_OPTION_FILE,
     .value = "DIR",
     .required = true,
     .writes = true,
     .help = "Folder for report.html and the pictures; made if it is not there."},
    {.name = "by",
     .kind = NP_OPTION_CHOICE,
     .value = NP_REPORT_BY_CHOICES,
     .fallback = "ink",
     .help = "What the colours of the five views mean." NP_REPORT_BY_HELP},
    CLI_CASE_DIR_OPTION,
    {0}};

static const np_example report_examples[] = {
    {"Pictures and figures", "needlepath report head.needleplan -o report && xdg-open report/report.html"},
    {"What became of each dot", "needlepath report head.needleplan -o made --by outcome"},
    {0}};

static np_status run_report(const np_command_args *args, np_error *err)
{
    np_plan *plan = NULL;
    np_progress progress = cli_progress();
    const char *out = np_args_text(args, "out");
    char *folder = cli_case_folder(np_args_text(args, "case-dir"), args->operands[0]);
    np_status status = folder ? NP_OK : np_error_no_memory(err, "a file name");
    if (status == NP_OK)
        status = np_plan_read(args->operands[0], &plan, err);
    if (status == NP_OK)
        status = np_report_write(
            &(np_report_request){plan, args->operands[0], folder, np_report_by_find(np_args_text(args, "by"))}, out,
            &progress, err);
    cli_progress_clear();
    if (status == NP_OK)
        fprintf(stderr, "%s/report.html is ready\n", CLI_PLAIN(out));
    np_plan_destroy(plan);
    free(folder);
    return status;
}

const np_command cli_cmd_report = {
    .name = "report",
    .summary = "make pictures and an HTML report of a plan",
    .operands = "PLAN",
    .min_operands = 1,
    .max_operands = 1,
    .description =
        "Draws the head upright from the front, back, left, right and top, with the dots as pigment in light skin once "
        "healed (an estimate) or coloured as --by says; the hairline with its height over the glabella; rings around "
        "dots that are in doubt or were not made. Beside them maps of density, depth, tone, tilt and azimuth and a "
        "histogram of spacing, and one self-contained report.html with the figures.",
    .options = report_options,
    .examples = report_examples,
    .run = run_report,
};
