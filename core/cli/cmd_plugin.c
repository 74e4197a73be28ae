/* needlepath plugin list, plugin show: what strategies there are. */
#include <string.h>

#include "cli/cli.h"
#include "cli/plugin_options.h"

static const np_option options[] = {CLI_SANDBOX_OPTION, CLI_JSON_OPTION("Print as JSON."), {0}};

static const np_example list_examples[] = {
    {"Which strategies are there?", "needlepath plugin list"},
    {"With plugins of your own", "NEEDLEPATH_PLUGIN_PATH=~/plugins needlepath plugin list"},
    {0}};

static const char *kind_text(int32_t kind)
{
    return kind == NP_INPUT_REGION ? "region" : kind == NP_INPUT_CURVE ? "curve" : "points";
}

static json_t *param_json(const np_param_desc *p)
{
    static const char *const types[] = {"float", "int", "bool", "option", "text", "file", "curve", "table"};
    json_t *out = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:f, s:f, s:f}", "id", p->id, "name", p->name, "group",
                            p->group, "help", p->help, "type", types[p->type], "unit", p->unit, "min", p->min, "max",
                            p->max, "default", p->default_value);
    if (p->default_text)
        json_object_set_new(out, "default_text", json_string(p->default_text));
    json_object_set_new(out, "required", json_boolean(p->flags & NP_PARAM_REQUIRED));
    if (p->labels) {
        json_t *labels = json_array();
        for (int i = 0; p->labels[i]; i++)
            json_array_append_new(labels, json_string(p->labels[i]));
        json_object_set_new(out, "labels", labels);
    }
    return out;
}

static json_t *input_json(const np_input_desc *in)
{
    json_t *values = json_array();
    for (uint32_t i = 0; i < in->value_count; i++)
        json_array_append_new(values, param_json(&in->values[i]));
    return json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:o}", "id", in->id, "name", in->name, "help", in->help, "kind",
                     kind_text(in->kind), "min_count", (int)in->min_count, "max_count", (int)in->max_count, "values",
                     values);
}

static const char *place_text(np_plugin_place place)
{
    static const char *const texts[] = {[NP_PLUGIN_PLACE_FILE] = "",
                                        [NP_PLUGIN_PLACE_NAMED] = "NEEDLEPATH_PLUGIN_PATH",
                                        [NP_PLUGIN_PLACE_USER] = "user",
                                        [NP_PLUGIN_PLACE_SYSTEM] = "system"};
    return texts[place];
}

static json_t *strategy_json(const np_strategy_info *s)
{
    json_t *params = json_array();
    for (uint32_t i = 0; i < s->desc.param_count; i++)
        json_array_append_new(params, param_json(&s->desc.params[i]));
    json_t *inputs = json_array();
    for (uint32_t i = 0; i < s->desc.input_count; i++)
        json_array_append_new(inputs, input_json(&s->desc.inputs[i]));
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "id", s->desc.id, "name", s->desc.name,
                     "version", s->desc.version, "licence", s->desc.licence, "summary", s->desc.summary, "plugin",
                     CLI_PLAIN(s->plugin_path), "folder", CLI_PLAIN(s->folder), "place", place_text(s->place), "inputs",
                     inputs, "params", params);
}

static np_status print_list(const np_plugin_list *list, bool as_json, np_error *err)
{
    if (as_json) {
        json_t *strategies = json_array(), *problems = json_array();
        for (size_t i = 0; i < list->n_strategies; i++)
            json_array_append_new(strategies, strategy_json(&list->strategies[i]));
        for (size_t i = 0; i < list->n_problems; i++)
            json_array_append_new(problems, json_pack("{s:s, s:s}", "plugin", CLI_PLAIN(list->problems[i].plugin_path),
                                                      "reason", CLI_PLAIN(list->problems[i].reason)));
        return cli_give_json(json_pack("{s:o, s:o}", "strategies", strategies, "problems", problems), err);
    }
    for (size_t i = 0; i < list->n_strategies; i++) {
        const np_strategy_info *s = &list->strategies[i];
        if (i == 0 || strcmp(s->folder, list->strategies[i - 1].folder) != 0)
            printf("%s (%s):\n", CLI_PLAIN(s->folder), place_text(s->place));
        printf("  %-18s %-8s %s\n", s->desc.id, CLI_PLAIN(s->desc.version), CLI_PLAIN(s->desc.summary));
    }
    for (size_t i = 0; i < list->n_problems; i++)
        fprintf(stderr, "cannot be used: %s: %s\n", CLI_PLAIN(list->problems[i].plugin_path),
                CLI_PLAIN(list->problems[i].reason));
    return cli_check_stdout(err);
}

static np_status run_list(const np_command_args *args, np_error *err)
{
    np_plugin_list list = {0};
    np_progress progress = cli_progress_in_time(args, np_args_flag(args, "json"));
    cli_set_sandbox(args);
    np_status status = np_plugin_list_init(&list, &progress, err);
    cli_progress_clear();
    if (status == NP_OK)
        status = print_list(&list, np_args_flag(args, "json"), err);
    if (status == NP_OK && list.n_problems > 0)
        status = np_error_set(err, NP_ERR_PLUGIN, "%zu cannot be used", list.n_problems);
    np_plugin_list_fini(&list);
    return status;
}

const np_command cli_cmd_plugin_list = {
    .name = "plugin list",
    .summary = "list the strategies that can be used",
    .operands = "",
    .description = "Lists every strategy of every plugin found in the folders of NEEDLEPATH_PLUGIN_PATH, in "
                   "~/.local/lib/needlepath and in "
                   "lib/needlepath/plugins beside the program, folder by folder in this order, which is the one in "
                   "which they are looked for: the "
                   "first to give a strategy counts. And the plugins that cannot be used, with the reason: that "
                   "another one comes first, too, or "
                   "that others than you can write to them; if there are any, the exit status is 3.",
    .options = options,
    .examples = list_examples,
    .run = run_list,
};

static const np_example show_examples[] = {{"Parameters of the hairline", "needlepath plugin show hairline"}, {0}};

static void print_param(const char *indent, const np_param_desc *p)
{
    printf("%s  %-*s ", indent, 26 - (int)strlen(indent), p->id);
    if (p->type == NP_PARAM_OPTION) {
        for (int i = 0; p->labels[i]; i++)
            printf("%s%s%s", i ? "|" : "", CLI_PLAIN(p->labels[i]), i == (int)p->default_value ? "*" : "");
    } else if (p->type == NP_PARAM_BOOL) {
        printf("%s", p->default_value != 0 ? "true*|false" : "true|false*");
    } else if (p->type == NP_PARAM_TEXT) {
        printf("'%s' (text of %g..%g bytes)", p->default_text ? CLI_PLAIN(p->default_text) : "", p->min, p->max);
    } else if (p->type == NP_PARAM_FILE) {
        printf("none (file of %g..%g bytes)", p->min, p->max);
    } else if (p->type == NP_PARAM_CURVE) {
        printf("knots [x, y], %g..%g %s, %g..%g %s", p->x_min, p->x_max, CLI_PLAIN(p->x_unit), p->min, p->max,
               CLI_PLAIN(p->unit));
    } else if (p->type == NP_PARAM_TABLE) {
        printf("rows [");
        for (int i = 0; p->labels[i]; i++)
            printf("%s%s", i ? ", " : "", CLI_PLAIN(p->labels[i]));
        printf("], %g..%g %s", p->min, p->max, CLI_PLAIN(p->unit));
    } else {
        if (!(p->flags & NP_PARAM_REQUIRED))
            printf("%g ", p->default_value);
        printf("(%g..%g) %s", p->min, p->max, CLI_PLAIN(p->unit));
    }
    printf("%s\n%s      %s: %s\n", p->flags & NP_PARAM_REQUIRED ? ", required" : "", indent,
           CLI_PLAIN(p->group[0] ? p->group : p->name), CLI_PLAIN(p->help));
}

static np_status print_strategy(const np_strategy_info *s, bool as_json, np_error *err)
{
    if (as_json)
        return cli_give_json(strategy_json(s), err);
    printf("%s %s: %s\n  %s\n  %s\n  from %s\ninputs:\n", s->desc.id, CLI_PLAIN(s->desc.version),
           CLI_PLAIN(s->desc.name), CLI_PLAIN(s->desc.summary), CLI_PLAIN(s->desc.licence), CLI_PLAIN(s->plugin_path));
    for (uint32_t i = 0; i < s->desc.input_count; i++) {
        const np_input_desc *in = &s->desc.inputs[i];
        printf("  %-26s %s, %u to %u\n      %s: %s\n", in->id, kind_text(in->kind), in->min_count, in->max_count,
               CLI_PLAIN(in->name), CLI_PLAIN(in->help));
        if (in->value_count > 0)
            printf("    each point has:\n");
        for (uint32_t k = 0; k < in->value_count; k++)
            print_param("    ", &in->values[k]);
    }
    printf("parameters:\n");
    for (uint32_t i = 0; i < s->desc.param_count; i++)
        print_param("", &s->desc.params[i]);
    return cli_check_stdout(err);
}

static np_status no_strategy(const np_plugin_list *list, const char *name, np_error *err)
{
    const char *near = np_plugin_list_suggest(list, name);
    return np_error_set(err, NP_ERR_INVALID,
                        "there is no strategy '%s'%s%s%s; `needlepath plugin list` names those there are", name,
                        near ? ", did you mean " : "", near ? near : "", near ? "?" : "");
}

static np_status run_show(const np_command_args *args, np_error *err)
{
    np_plugin_list list = {0};
    np_progress progress = cli_progress_in_time(args, np_args_flag(args, "json"));
    const char *name = args->operands[0];
    cli_set_sandbox(args);
    np_status status = np_plugin_list_init_for(&list, &name, 1, &progress, err);
    cli_progress_clear();
    const np_strategy_info *found = status == NP_OK ? np_plugin_list_find(&list, name) : NULL;
    const np_plugin_problem *bad = status == NP_OK ? np_plugin_list_problem(&list, name) : NULL;
    if (found)
        status = print_strategy(found, np_args_flag(args, "json"), err);
    else if (bad)
        status =
            np_error_set(err, NP_ERR_PLUGIN, "strategy %s cannot be used: %s: %s", name, bad->plugin_path, bad->reason);
    else if (status == NP_OK)
        status = no_strategy(&list, name, err);
    np_plugin_list_fini(&list);
    return status;
}

const np_command cli_cmd_plugin_show = {
    .name = "plugin show",
    .summary = "print one strategy's inputs and parameters",
    .operands = "STRATEGY",
    .min_operands = 1,
    .max_operands = 1,
    .description =
        "Prints what a strategy needs and every parameter with unit, range and default, as a case file's layer can "
        "set them.",
    .options = options,
    .examples = show_examples,
    .run = run_show,
};
