/* One plugin of a file, brought to a head: what its author's commands begin with. */
#include "cli/plugin_look.h"

#include <stdlib.h>
#include <string.h>

#include "head/head.h"

/* Leaves the one strategy that is asked for. */
static np_status choose(const char *wanted, const char *path, np_plugin_list *list, np_error *err)
{
    char names[300] = "";
    size_t chosen = list->n_strategies == 1 && !wanted ? 0 : list->n_strategies;
    for (size_t i = 0; i < list->n_strategies; i++) {
        size_t n = strlen(names);
        snprintf(names + n, sizeof names - n, "%s%s", i ? ", " : "", list->strategies[i].desc.id);
        if (wanted && strcmp(wanted, list->strategies[i].desc.id) == 0)
            chosen = i;
    }
    if (chosen == list->n_strategies)
        return np_error_set(err, NP_ERR_USAGE, "--strategy: expected one of those of %s (%s), found %.80s", path, names,
                            wanted ? wanted : "none");
    np_strategy_info first = list->strategies[0];
    list->strategies[0] = list->strategies[chosen];
    list->strategies[chosen] = first;
    return NP_OK;
}

static np_status read_head(const np_command_args *args, np_scan_description *head, np_error *err)
{
    const char *path = np_args_text(args, "head");
    np_mesh mesh = {0};
    if (path)
        return np_scan_description_read(path, head, err);
    np_status status = np_head_create(NP_CASE_SEX_M, 50, &mesh, head, err);
    np_mesh_fini(&mesh);
    return status;
}

static size_t take_texts(const np_command_args *args, const char *option, const char **out)
{
    size_t n = (size_t)np_args_count(args, option);
    for (size_t i = 0; i < n; i++)
        out[i] = np_args_text_at(args, option, (int)i);
    return n;
}

np_status cli_look_init(const np_command_args *args, np_plugin_list *plugins, cli_look *look, np_error *err)
{
    const char *params[NP_COMMAND_MAX_REPEATS], *inputs[NP_COMMAND_MAX_REPEATS];
    size_t n_params = take_texts(args, "param", params), n_inputs = take_texts(args, "input", inputs);
    *look = (cli_look){.plugins = *plugins};
    *plugins = (np_plugin_list){0};
    np_status status = choose(np_args_text(args, "strategy"), args->operands[0], &look->plugins, err);
    if (status == NP_OK)
        status = read_head(args, &look->head, err);
    if (status == NP_OK) {
        const np_strategy_desc *d = &look->plugins.strategies[0].desc;
        np_field_example example = {d, &look->head, inputs, params, n_inputs, n_params};
        snprintf(look->strategy, sizeof look->strategy, "%s", d->id);
        status = np_field_example_create(&example, &look->c, err);
    }
    return status;
}

void cli_look_fini(cli_look *look)
{
    np_case_destroy(look->c);
    np_scan_description_fini(&look->head);
    np_plugin_list_fini(&look->plugins);
}
