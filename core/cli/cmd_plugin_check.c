/* needlepath plugin check: is a plugin right? */
#include "base/file.h"
#include "cli/cli.h"
#include "cli/plugin_options.h"
#include "field/check.h"

static const np_option options[] = {
    {.name = "strict",
     .kind = NP_OPTION_INTEGER,
     .value = "N",
     .fallback = "10",
     .min = 1,
     .max = NP_CHECK_STRICTEST,
     .help = "Try the rules up to this strictness: 1 what works at all, 5 what a plan needs, 10 everything."},
    {.name = "seed",
     .kind = NP_OPTION_UINT64,
     .value = "N",
     .fallback = "1",
     .help = "Of the random numbers that the strategy gets, and of the mixes of parameters."},
    {.name = "reproduce",
     .kind = NP_OPTION_UINT64,
     .value = "SEED",
     .help = "Try one mix of parameters alone, whose seed a finding named; with the same --seed."},
    CLI_SANDBOX_OPTION,
    CLI_JSON_OPTION("Print the findings as JSON."),
    {0}};

static const np_example examples[] = {
    {"Is it right?", "needlepath plugin check ~/strategies/soft_patch.so"},
    {"As far as planning needs it", "needlepath plugin check soft_patch.so --strict 5"},
    {0}};

static np_status print_json(const char *path, const np_check_report *report, np_error *err)
{
    json_t *findings = json_array(), *strategies = json_array();
    for (size_t i = 0; i < report->n_findings; i++) {
        const np_check_finding *f = &report->findings[i];
        json_array_append_new(findings, json_pack("{s:s, s:i, s:s, s:s, s:s, s:s}", "rule", f->rule->id, "level",
                                                  f->rule->level, "where", f->where, "seen", f->seen, "must",
                                                  f->rule->what, "mend", f->rule->mend));
    }
    for (size_t i = 0; i < report->n_strategies; i++)
        json_array_append_new(strategies, json_pack("{s:s, s:f}", "id", report->strategies[i].id, "ns_per_sample",
                                                    report->strategies[i].ns_per_sample));
    return cli_give_json(json_pack("{s:s, s:b, s:o, s:o}", "plugin", CLI_PLAIN(path), "ok", report->n_findings == 0,
                                   "findings", findings, "strategies", strategies),
                         err);
}

static np_status print(const char *path, const np_check_report *report, np_error *err)
{
    for (size_t i = 0; i < report->n_findings; i++) {
        const np_check_finding *f = &report->findings[i];
        printf("%s%s%s: %s\n    must: %s\n    mend: %s\n", f->rule->id, f->where[0] ? ", " : "", f->where, f->seen,
               f->rule->what, f->rule->mend);
    }
    for (size_t i = 0; i < report->n_strategies; i++)
        printf("%s: %.0f ns a sample\n", report->strategies[i].id, report->strategies[i].ns_per_sample);
    if (report->n_findings == 0)
        printf("%s: nothing is wrong\n", CLI_PLAIN(path));
    return cli_check_stdout(err);
}

static np_status run(const np_command_args *args, np_error *err)
{
    np_check_report report = {0};
    np_progress progress = cli_progress_in_time(args, np_args_flag(args, "json"));
    const char *path = args->operands[0];
    bool reproduce = np_args_flag(args, "reproduce");
    np_check_options wanted = {.strict = np_args_integer(args, "strict"),
                               .seed = np_args_uint64(args, "seed"),
                               .reproduce = reproduce,
                               .mix = np_args_uint64(args, "reproduce")};
    cli_set_sandbox(args);
    np_status status = np_file_check_regular(path, err);
    if (status == NP_OK)
        status = np_plugin_check(path, &wanted, &progress, &report, err);
    cli_progress_clear();
    if (status == NP_OK)
        status = np_args_flag(args, "json") ? print_json(path, &report, err) : print(path, &report, err);
    if (status == NP_OK && report.n_findings > 0)
        status = np_error_set(err, NP_ERR_PLUGIN, "%s breaks %zu of the rules", path, report.n_findings);
    np_check_report_fini(&report);
    return status;
}

const np_command cli_cmd_plugin_check = {
    .name = "plugin check",
    .summary = "try a plugin against the rules, before anybody trusts it",
    .operands = "PLUGIN.so",
    .min_operands = 1,
    .max_operands = 1,
    .description =
        "Looks at the file and the descriptors of a plugin and tries each of its strategies on the built-in head, in a "
        "helper process as planning does: with defaults, ends and mixes of parameters, with few and many inputs and "
        "samples, in other orders, batches, threads and processes, cancelled, and without memory. Each finding names "
        "the rule, what was seen, and how to mend it (docs/rules.md has all rules); with any the exit status is 3.",
    .options = options,
    .examples = examples,
    .run = run,
};
