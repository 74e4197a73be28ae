/* needlepath plan: from a case to a plan file. */
#include "cli/case_person.h"
#include "cli/cli.h"
#include "cli/plan_summary.h"
#include "cli/plugin_options.h"
#include "make/make.h"
#include "plan/past.h"
#include "report/refusal_picture.h"

static const np_option options[] = {
    {.name = "out",
     .letter = 'o',
     .kind = NP_OPTION_FILE,
     .value = "PLAN.needleplan",
     .required = true,
     .writes = true,
     .help = "The plan file."},
    {.name = "force",
     .letter = 'f',
     .kind = NP_OPTION_FLAG,
     .help = "Replace a plan that is there, unless it has been run: then it holds the journal. What is no plan is not "
             "replaced."},
    {.name = "seed", .kind = NP_OPTION_UINT64, .value = "N", .help = "Use this seed instead of the case's."},
    {.name = "tour-kicks",
     .kind = NP_OPTION_INTEGER,
     .value = "N",
     .max = 1000,
     .help = "Order the dots with so much work, in kicks a dot, instead of the case's tour.kicks_per_dot."},
    {.name = "tour-seconds",
     .kind = NP_OPTION_NUMBER,
     .value = "S",
     .min = 0.1,
     .max = 86400,
     .help = "Order the dots for so long, all sessions together. The plan is then another one every time."},
    {.name = "accept",
     .kind = NP_OPTION_TEXT,
     .value = "NAME",
     .repeats = true,
     .help = "Plan although planning refuses what has this name, as accept: [NAME] in the case does; it is signed with "
             "the plan."},
    {.name = "refused-picture",
     .kind = NP_OPTION_FILE,
     .value = "FILE.png",
     .writes = true,
     .help = "If planning refuses what lies on the skin: a picture of where."},
    CLI_SANDBOX_OPTION,
    CLI_JSON_OPTION("Print the figures as JSON."),
    {0}};

static const np_example examples[] = {
    {"Plan a case", "needlepath plan case.yaml -o head.needleplan"},
    {"Another pattern of the same treatment", "needlepath plan case.yaml --seed 2 -o other.needleplan"},
    {"See where the scan is no skin", "needlepath plan case.yaml -o head.needleplan --refused-picture refused.png"},
    {"Plan around a hole of the scan that is known", "needlepath plan case.yaml -o head.needleplan --accept hole"},
    {"Spend a minute on the order of the dots", "needlepath plan case.yaml --tour-seconds 60 -o head.needleplan"},
    {0}};

/* What the options change in the case. */
static np_status apply_options(const np_command_args *args, np_case *c, np_error *err)
{
    bool kicks = np_args_flag(args, "tour-kicks"), seconds = np_args_flag(args, "tour-seconds");
    if (kicks && seconds)
        return np_error_set(err, NP_ERR_USAGE, "--tour-kicks and --tour-seconds: expected one of them, found both");
    if (np_args_flag(args, "seed"))
        c->seed = np_args_uint64(args, "seed");
    if (kicks)
        c->tour_kicks_per_dot = np_args_integer(args, "tour-kicks");
    if (seconds)
        c->tour_seconds = np_args_number(args, "tour-seconds");
    np_status status = NP_OK;
    for (int i = 0; i < np_args_count(args, "accept") && status == NP_OK; i++)
        status = np_case_accept(c, np_args_text_at(args, "accept", i), err);
    return status;
}

/* Draws where a plan was refused, or says how to have it drawn.  What planning found stays the command's error. */
static void show_refusal(const np_make_refusal *refusal, const char *path)
{
    np_error err = {0};
    if (!path)
        fprintf(stderr, "to see where: the same command with --refused-picture FILE.png\n");
    else if (np_refusal_picture_write(refusal->scan, &refusal->refused, path, &err) == NP_OK)
        fprintf(stderr, "%s: where planning refused dots\n", CLI_PLAIN(path));
    else
        fprintf(stderr, "the picture of where failed: %s\n", err.text);
}

static np_status run(const np_command_args *args, np_error *err)
{
    np_case *c = NULL;
    np_plan *plan = NULL;
    np_make_timing timing = {0};
    np_make_refusal refusal = {0};
    np_progress progress = cli_progress_in_time(args, np_args_flag(args, "json"));
    const char *path = np_args_text(args, "out");
    bool force = np_args_flag(args, "force");
    cli_set_sandbox(args);
    /* A plan that was never run may be replaced, but by a plan alone. */
    np_status status = force ? np_plan_check_target(path, true, err) : cli_check_new_file(path, false, err);
    const char *picture_path = np_args_text(args, "refused-picture");
    if (status == NP_OK && picture_path)
        status = cli_check_new_file(picture_path, force, err);
    if (status == NP_OK)
        status = np_case_read(args->operands[0], &c, err);
    if (status == NP_OK)
        status = cli_check_not_read(path, c->made_plan, err);
    if (status == NP_OK)
        status = np_plan_past_check_target(path, c, err);
    if (status == NP_OK && picture_path)
        status = cli_check_not_of_case(picture_path, c, err);
    if (status == NP_OK)
        status = apply_options(args, c, err);
    if (status == NP_OK)
        status = np_make_plan(c, &progress, &plan, &timing, &refusal, err);
    cli_progress_clear();
    if (refusal.scan)
        show_refusal(&refusal, picture_path);
    if (status == NP_OK)
        status = np_plan_write(plan, path, force, err);
    if (status == NP_OK)
        status = cli_print_plan(plan, path, &timing, false, np_args_flag(args, "json"), err);
    if (status == NP_OK)
        cli_say_person(c);
    if (status == NP_OK)
        fprintf(stderr, "next: needlepath approve %s --key OPERATOR.key --executor IDENTITY (or any)\n",
                CLI_PLAIN(path));
    np_make_refusal_fini(&refusal);
    np_plan_destroy(plan);
    np_case_destroy(c);
    return status;
}

const np_command cli_cmd_plan = {
    .name = "plan",
    .summary = "plan all dots of a case",
    .operands = "CASE.yaml",
    .min_operands = 1,
    .max_operands = 1,
    .description =
        "Decides where every dot goes, at which angle, how deep, in which session and in which order, checks all "
        "of it against the safety envelope, and writes one plan file. The same case, seed and version give the "
        "same plan, byte for byte in all that matters, on any number of threads.",
    .options = options,
    .examples = examples,
    .run = run,
};
