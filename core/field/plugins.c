/* Which strategies there are: the folders are searched in a fixed order, and every plugin found is described by a helper
 * of its own, as loading one runs its code already.  What cannot be used is a problem in the list, not an error: the
 * others still work. */
#include "field/plugins.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/grow.h"
#include "field/private/descriptor.h"
#include "field/private/helper.h"
#include "base/program.h"

static np_status add_problem(np_plugin_list *list, const char *path, const char *reason, np_error *err)
{
    np_status status =
        NP_GROW(list->problems, list->problem_capacity, list->n_problems + 1, "the list of plugins", err);
    if (status != NP_OK)
        return status;
    np_plugin_problem problem = {strdup(path), strdup(reason)};
    if (!problem.plugin_path || !problem.reason) {
        free(problem.plugin_path);
        free(problem.reason);
        return np_error_no_memory(err, "the list of plugins");
    }
    list->problems[list->n_problems++] = problem;
    return NP_OK;
}

/* Moves INFO into the list, unless an earlier plugin has its id. */
static np_status add_strategy(np_plugin_list *list, np_strategy_info *info, np_error *err)
{
    const np_strategy_info *first = np_plugin_list_find(list, info->desc.id);
    if (first) {
        char reason[600];
        snprintf(reason, sizeof reason, "its strategy %s is not used: %.400s gives it already", info->desc.id,
                 first->plugin_path);
        np_status status = add_problem(list, info->plugin_path, reason, err);
        field_strategy_info_fini(info);
        return status;
    }
    np_status status =
        NP_GROW(list->strategies, list->strategy_capacity, list->n_strategies + 1, "the list of plugins", err);
    if (status == NP_OK)
        list->strategies[list->n_strategies++] = *info;
    else
        field_strategy_info_fini(info);
    return status;
}

/* Asks a helper of its own about the plugin at PATH. */
static np_status describe(const char *path, const np_progress *progress, np_strategy_info **out_infos, size_t *out_n,
                          np_error *err)
{
    *out_infos = NULL;
    *out_n = 0;
    field_message request = {0}, *answer;
    field_helper *helper = NULL;
    np_status status = field_helper_create(&helper, err);
    if (status != NP_OK)
        return status;
    field_message_begin(&request, FIELD_MESSAGE_LOAD);
    field_message_put_text(&request, path);
    status = field_helper_call(helper, "being loaded", &request, progress, &answer, err);
    if (status == NP_OK)
        status = field_descriptor_read(answer, path, out_infos, out_n, err);
    field_message_fini(&request);
    field_helper_destroy(helper);
    return status;
}

static np_status add_plugin(np_plugin_list *list, const char *path, const np_progress *progress, np_error *err)
{
    np_strategy_info *infos = NULL;
    size_t n = 0;
    np_error why = {0};
    np_status status = describe(path, progress, &infos, &n, &why);
    if (status == NP_ERR_PLUGIN)
        return add_problem(list, path, why.text, err);
    if (status != NP_OK) { /* ours, not the plugin's */
        if (err)
            *err = why;
        return status;
    }
    for (size_t i = 0; i < n; i++) {
        if (status == NP_OK)
            status = add_strategy(list, &infos[i], err);
        else
            field_strategy_info_fini(&infos[i]);
    }
    free(infos);
    return status;
}

static int is_plugin(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);
    return n > 3 && entry->d_name[0] != '.' && strcmp(entry->d_name + n - 3, ".so") == 0;
}

/* By bytes, whatever the locale: the first to give an id wins, the same on every machine. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static np_status search_folder(np_plugin_list *list, const char *folder, const np_progress *progress, np_error *err)
{
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, is_plugin, by_name);
    if (n < 0) {
        char reason[200];
        snprintf(reason, sizeof reason, "this folder of plugins cannot be read: %s", strerror(errno));
        return add_problem(list, folder, reason, err);
    }
    np_status status = NP_OK;
    for (int i = 0; i < n; i++) {
        char *path = NULL;
        if (status == NP_OK && asprintf(&path, "%s/%s", folder, entries[i]->d_name) < 0) {
            path = NULL;
            status = np_error_no_memory(err, "the list of plugins");
        }
        if (status == NP_OK) {
            char *real = realpath(path, NULL); /* dlopen wants a path with a slash, and messages a clear one */
            status = add_plugin(list, real ? real : path, progress, err);
            free(real);
        }
        free(path);
        free(entries[i]);
    }
    free(entries);
    return status;
}

static np_status search_environment(np_plugin_list *list, const np_progress *progress, np_error *err)
{
    const char *setting = getenv("NEEDLEPATH_PLUGIN_PATH");
    char *folders = strdup(setting ? setting : ""), *rest = folders, *folder;
    if (!folders)
        return np_error_no_memory(err, "the list of plugins");
    np_status status = NP_OK;
    while (status == NP_OK && (folder = strsep(&rest, ":")))
        if (folder[0])
            status = search_folder(list, folder, progress, err);
    free(folders);
    return status;
}

np_status np_plugin_list_init(np_plugin_list *list, const np_progress *progress, np_error *err)
{
    char *folder = NULL;
    *list = (np_plugin_list){0};
    np_status status = search_environment(list, progress, err);
    if (status == NP_OK)
        status = np_program_beside("lib/needlepath/plugins", &folder, err);
    if (status == NP_OK)
        status = search_folder(list, folder, progress, err);
    free(folder);
    if (status != NP_OK)
        np_plugin_list_fini(list);
    return status;
}

void np_plugin_list_fini(np_plugin_list *list)
{
    for (size_t i = 0; i < list->n_strategies; i++)
        field_strategy_info_fini(&list->strategies[i]);
    for (size_t i = 0; i < list->n_problems; i++) {
        free(list->problems[i].plugin_path);
        free(list->problems[i].reason);
    }
    free(list->strategies);
    free(list->problems);
    *list = (np_plugin_list){0};
}

const np_strategy_info *np_plugin_list_find(const np_plugin_list *list, const char *strategy_id)
{
    for (size_t i = 0; i < list->n_strategies; i++)
        if (strcmp(list->strategies[i].desc.id, strategy_id) == 0)
            return &list->strategies[i];
    return NULL;
}
