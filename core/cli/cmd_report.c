/* needlepath report: pictures and report.html of a plan, into a folder that is made where it is missing. */
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/plugin_options.h"
#include "report/report.h"
#include "report/sheet.h"

static const np_option report_options[] = {
    {.name = "out",
     .letter = 'o',
     .kind = NP_OPTION_FILE,
     .value = "DIR",
     .required = true,
     .writes = true,
     .help = "Folder for report.html and the pictures; made if it is not there. With --sheet, the sheet: FILE.html or "
             "FILE.pdf."},
    {.name = "by",
     .kind = NP_OPTION_CHOICE,
     .value = NP_REPORT_BY_CHOICES,
     .fallback = "ink",
     .help = "What the colours of the five views mean." NP_REPORT_BY_HELP},
    {.name = "sheet",
     .kind = NP_OPTION_CHOICE,
     .value = NP_SHEET_CHOICES,
     .help = "One page instead of the report. operator: what the person at the arm works by. client: what was agreed, "
             "with a "
             "picture. aftercare: the weeks after."},
    {.name = "palette",
     .kind = NP_OPTION_FILE,
     .value = "FILE",
     .help = "Shades for the operator's sheet, as for `needlepath shades`."},
    {.name = "start",
     .kind = NP_OPTION_TEXT,
     .value = "YYYY-MM-DD",
     .help = "Day of session 1 for a sheet's dates, until a session was made."},
    {.name = "force", .letter = 'f', .kind = NP_OPTION_FLAG, .help = "Replace a sheet that is there."},
    CLI_CASE_DIR_OPTION,
    CLI_SANDBOX_OPTION,
    {0}};

static const np_example report_examples[] = {
    {"Pictures and figures", "needlepath report head.needleplan -o report && xdg-open report/report.html"},
    {"What became of each dot", "needlepath report head.needleplan -o made --by outcome"},
    {"A page for the operator",
     "needlepath report head.needleplan --sheet operator --palette shades.yaml --start 2026-12-01 -o operator.pdf"},
    {"A page for the client", "needlepath report head.needleplan --sheet client -o client.html"},
    {0}};

/* Options that go together. */
static np_status check_options(const np_command_args *args, np_error *err)
{
    const char *sheet = np_args_text(args, "sheet");
    bool is_operator = sheet && np_sheet_find(sheet) == NP_SHEET_OPERATOR;
    if (np_args_text(args, "palette") && !is_operator)
        return np_error_set(err, NP_ERR_USAGE, "--palette is for --sheet operator");
    if (np_args_text(args, "start") && !sheet)
        return np_error_set(err, NP_ERR_USAGE, "--start is for --sheet");
    if (np_args_flag(args, "force") && !sheet)
        return np_error_set(err, NP_ERR_USAGE,
                            "--force is for --sheet: a report always replaces its own files in its folder");
    return sheet ? cli_check_new_file(np_args_text(args, "out"), np_args_flag(args, "force"), err) : NP_OK;
}

static np_status write_sheet(const np_command_args *args, const np_plan *plan, const char *folder,
                             const np_progress *progress, np_error *err)
{
    np_palette palette = {0};
    const char *named = np_args_text(args, "palette");
    np_sheet_request request = {.plan = plan,
                                .base_directory = folder,
                                .kind = np_sheet_find(np_args_text(args, "sheet")),
                                .palette = named ? &palette : NULL,
                                .progress = progress,
                                .start = np_args_text(args, "start")};
    np_status status = named ? np_palette_read(named, &palette, err) : NP_OK;
    if (status == NP_OK)
        status = np_sheet_write(&request, np_args_text(args, "out"), err);
    np_palette_fini(&palette);
    return status;
}

static np_status run_report(const np_command_args *args, np_error *err)
{
    np_plan *plan = NULL;
    np_progress progress = cli_progress();
    const char *out = np_args_text(args, "out");
    cli_set_sandbox(args);
    char *folder = cli_case_folder(np_args_text(args, "case-dir"), args->operands[0]);
    bool sheet = np_args_text(args, "sheet");
    np_status status = folder ? check_options(args, err) : np_error_no_memory(err, "a file name");
    if (status == NP_OK)
        status = np_plan_read(args->operands[0], &plan, err);
    if (status == NP_OK && sheet)
        status = write_sheet(args, plan, folder, &progress, err);
    else if (status == NP_OK)
        status = np_report_write(
            &(np_report_request){plan, args->operands[0], folder, np_report_by_find(np_args_text(args, "by"))}, out,
            &progress, err);
    cli_progress_clear();
    if (status == NP_OK)
        fprintf(stderr, "%s%s is ready\n", CLI_PLAIN(out), sheet ? "" : "/report.html");
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
        "histogram of spacing, and one self-contained report.html with the figures. With --sheet, one page as HTML or "
        "PDF "
        "instead, for the operator, the client, or the time after.",
    .options = report_options,
    .examples = report_examples,
    .run = run_report,
};
