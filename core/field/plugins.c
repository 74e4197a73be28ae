/* Which strategies there are: the folders are searched in a fixed order, and every plugin found is described by its manifest, or else by a helper
 * of its own, as loading one runs its code already.  What cannot be used is a problem in the list, not an error: the
 * others still work. */
#include "field/plugins.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/grow.h"
#include "field/private/descriptor.h"
#include "field/private/folders.h"
#include "field/private/helper.h"
#include "field/private/manifest.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/plain.h"
#include "base/program.h"
#include "base/suggest.h"

/* No plugin is larger; what is, is not read whole. */
#define MAX_FILE_BYTES (256u << 20)

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

/* Asks a helper of its own about the plugin at PATH; what it says goes into a manifest where OUT_MANIFEST is given. */
static np_status ask(const char *path, const np_progress *progress, np_strategy_info **out_infos, size_t *out_n,
                     char **out_manifest, np_error *err)
{
    np_message request = {0}, *answer;
    field_helper *helper = NULL;
    np_status status = field_helper_create(FIELD_HELPER_HOST, &helper, err);
    if (status != NP_OK)
        return status;
    np_message_begin(&request, FIELD_MESSAGE_LOAD);
    np_message_put_text(&request, path);
    status = field_helper_call(helper, "being loaded", &request, progress, &answer, err);
    if (status == NP_OK)
        status = field_descriptor_read(answer, path, out_infos, out_n, err);
    if (status == NP_OK && out_manifest)
        status = field_manifest_write(path, answer, out_manifest, err);
    np_message_fini(&request);
    field_helper_destroy(helper);
    return status;
}

/* What the plugin at PATH says of itself: by its manifest, or in a helper. */
static np_status describe(const char *path, const np_progress *progress, np_strategy_info **out_infos, size_t *out_n,
                          np_error *err)
{
    np_message description = {0};
    *out_infos = NULL;
    *out_n = 0;
    bool known = field_manifest_read(path, &description) &&
                 field_descriptor_read(&description, path, out_infos, out_n, NULL) == NP_OK;
    np_message_fini(&description);
    return known ? NP_OK : ask(path, progress, out_infos, out_n, NULL, err);
}

np_status np_plugin_write_manifest(const char *path, const np_progress *progress, char **out_path, np_error *err)
{
    np_strategy_info *infos = NULL;
    size_t n = 0;
    *out_path = NULL;
    char *real = realpath(path, NULL); /* dlopen looks for a name without a slash elsewhere */
    np_status status = np_file_check_regular(path, err);
    if (status == NP_OK)
        status = ask(real ? real : path, progress, &infos, &n, out_path, err);
    for (size_t i = 0; i < n; i++)
        field_strategy_info_fini(&infos[i]);
    free(infos);
    free(real);
    return status == NP_ERR_PLUGIN ? np_error_prefix(err, status, "%s", path) : status;
}

/* Whether the file at PATH was looked into already: a folder may be searched twice. */
static bool is_known(const np_plugin_list *list, const char *path)
{
    for (size_t i = 0; i < list->n_strategies; i++)
        if (strcmp(list->strategies[i].plugin_path, path) == 0)
            return true;
    for (size_t i = 0; i < list->n_problems; i++)
        if (strcmp(list->problems[i].plugin_path, path) == 0)
            return true;
    return false;
}

/* Whether something stands in the way of loading the plugin at PATH, as far as is seen without looking into it. */
static bool is_barred(const char *path, const field_folder *folder, char *reason, size_t size)
{
    struct stat st;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) { /* opening a pipe or a terminal waits for ever */
        snprintf(reason, size, "is no regular file");
        return true;
    }
    return folder->place != NP_PLUGIN_PLACE_SYSTEM && folder->place != NP_PLUGIN_PLACE_FILE &&
           (!field_folder_is_safe(folder->path, reason, size) || !field_folder_is_safe(path, reason, size));
}

/* Strategies of the plugin at PATH, found in FOLDER, or the problem that it has. */
static np_status load_plugin(np_plugin_list *list, const char *path, const field_folder *folder,
                             const np_progress *progress, np_error *err)
{
    char reason[600];
    np_strategy_info *infos = NULL;
    size_t n = 0;
    np_error why = {0};
    np_status status = is_barred(path, folder, reason, sizeof reason) ? np_error_set(&why, NP_ERR_PLUGIN, "%s", reason)
                                                                      : describe(path, progress, &infos, &n, &why);
    if (status == NP_ERR_PLUGIN)
        return add_problem(list, path, why.text, err);
    if (status != NP_OK) /* ours, not the plugin's */
        return np_error_pass(err, &why);
    for (size_t i = 0; i < n; i++) {
        infos[i].place = folder->place;
        infos[i].folder = strdup(folder->path);
        if (!infos[i].folder && status == NP_OK)
            status = np_error_no_memory(err, "the list of plugins");
        if (status == NP_OK)
            status = add_strategy(list, &infos[i], err);
        else
            field_strategy_info_fini(&infos[i]);
    }
    free(infos);
    return status;
}

/* NAME in FOLDER. */
static np_status add_plugin(np_plugin_list *list, const field_folder *folder, const char *name,
                            const np_progress *progress, np_error *err)
{
    char *path = NULL, *real;
    if (asprintf(&path, "%s/%s", folder->path, name) < 0)
        return np_error_no_memory(err, "the list of plugins");
    real = realpath(path, NULL); /* dlopen wants a path with a slash, and messages a clear one */
    const char *file = real ? real : path;
    np_status status = is_known(list, file) ? NP_OK : load_plugin(list, file, folder, progress, err);
    free(real);
    free(path);
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

static np_status search_folder(np_plugin_list *list, const field_folder *folder, const np_progress *progress,
                               np_error *err)
{
    struct dirent **entries = NULL;
    struct stat st;
    char reason[600];
    if (stat(folder->path, &st) == 0 && !S_ISDIR(st.st_mode))
        return is_known(list, folder->path)
                   ? NP_OK
                   : add_problem(list, folder->path, "is no folder; name the folder that the plugin's file is in", err);
    if (folder->place != NP_PLUGIN_PLACE_SYSTEM && !field_folder_is_safe(folder->path, reason, sizeof reason))
        return is_known(list, folder->path) ? NP_OK : add_problem(list, folder->path, reason, err);
    int n = scandir(folder->path, &entries, is_plugin, by_name);
    if (n < 0) {
        snprintf(reason, sizeof reason, "this folder of plugins cannot be read: %s", strerror(errno));
        return is_known(list, folder->path) ? NP_OK : add_problem(list, folder->path, reason, err);
    }
    np_status status = NP_OK;
    for (int i = 0; i < n; i++) {
        if (status == NP_OK)
            status = add_plugin(list, folder, entries[i]->d_name, progress, err);
        free(entries[i]);
    }
    free(entries);
    return status;
}

static np_status search(np_plugin_list *list, const field_folders *f, const np_progress *progress, np_error *err)
{
    np_status status = NP_OK;
    for (size_t i = 0; i < f->n && status == NP_OK; i++)
        status = search_folder(list, &f->list[i], progress, err);
    return status;
}

np_status np_plugin_list_init(np_plugin_list *list, const np_progress *progress, np_error *err)
{
    field_folders f;
    *list = (np_plugin_list){0};
    np_status status = field_folders_init(&f, err);
    if (status != NP_OK)
        return status;
    status = search(list, &f, progress, err);
    field_folders_fini(&f);
    if (status != NP_OK)
        np_plugin_list_fini(list);
    return status;
}

/* A strategy's name as a file's; false for what can be no file of a folder. */
static bool file_of(const char *strategy, char *out, size_t size)
{
    return !strchr(strategy, '/') && strategy[0] != '.' && (size_t)snprintf(out, size, "%s.so", strategy) < size;
}

/* The first file in F that bears STRATEGY's name, and what stands in the way of its use. */
static np_status add_named(np_plugin_list *list, const field_folders *f, const char *strategy,
                           const np_progress *progress, np_error *err)
{
    char name[NAME_MAX + 1], path[PATH_MAX];
    np_status status = NP_OK;
    if (!file_of(strategy, name, sizeof name))
        return NP_OK;
    for (size_t i = 0; i < f->n && status == NP_OK && !np_plugin_list_find(list, strategy); i++)
        if (snprintf(path, sizeof path, "%s/%s", f->list[i].path, name) < PATH_MAX && access(path, F_OK) == 0)
            status = add_plugin(list, &f->list[i], name, progress, err);
    return status;
}

np_status np_plugin_list_init_for(np_plugin_list *list, const char *const *strategies, size_t n,
                                  const np_progress *progress, np_error *err)
{
    field_folders f;
    bool all = true;
    *list = (np_plugin_list){0};
    np_status status = field_folders_init(&f, err);
    if (status != NP_OK)
        return status;
    for (size_t i = 0; i < n && status == NP_OK; i++)
        status = add_named(list, &f, strategies[i], progress, err);
    for (size_t i = 0; i < n; i++)
        all = all && (np_plugin_list_find(list, strategies[i]) || np_plugin_list_problem(list, strategies[i]));
    if (status == NP_OK && !all)
        status = search(list, &f, progress, err);
    field_folders_fini(&f);
    if (status != NP_OK)
        np_plugin_list_fini(list);
    return status;
}

np_status np_plugin_list_init_file(np_plugin_list *list, const char *path, const np_progress *progress, np_error *err)
{
    *list = (np_plugin_list){0};
    char *real = realpath(path, NULL);
    np_status status = real ? load_plugin(list, real, &(field_folder){"", NP_PLUGIN_PLACE_FILE}, progress, err)
                            : np_error_set(err, NP_ERR_IO, "%s: cannot be looked into: %s", path, strerror(errno));
    if (status == NP_OK && list->n_problems > 0)
        status = np_error_set(err, NP_ERR_PLUGIN, "%s cannot be used: %s", path, list->problems[0].reason);
    free(real);
    if (status != NP_OK)
        np_plugin_list_fini(list);
    return status;
}

const char *np_plugin_list_suggest(const np_plugin_list *list, const char *strategy_id)
{
    const char **names = calloc(list->n_strategies + 1, sizeof *names);
    for (size_t i = 0; names && i < list->n_strategies; i++)
        names[i] = list->strategies[i].desc.id;
    const char *near = names ? np_suggest_name(strategy_id, names, list->n_strategies) : NULL;
    free(names);
    return near;
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

const np_plugin_problem *np_plugin_list_problem(const np_plugin_list *list, const char *strategy_id)
{
    char name[NAME_MAX + 1];
    for (size_t i = 0; i < list->n_problems && file_of(strategy_id, name, sizeof name); i++) {
        const char *slash = strrchr(list->problems[i].plugin_path, '/');
        if (slash && strcmp(slash + 1, name) == 0)
            return &list->problems[i];
    }
    return NULL;
}

bool np_plugin_hides_bundled(const np_strategy_info *info)
{
    char name[NAME_MAX + 1], rest[PATH_MAX], *path = NULL, *real = NULL;
    if (file_of(info->desc.id, name, sizeof name) && snprintf(rest, sizeof rest, FIELD_BUNDLE "/%s", name) < PATH_MAX &&
        np_program_beside(rest, &path, NULL) == NP_OK)
        real = realpath(path, NULL);
    bool hides = real && strcmp(real, info->plugin_path) != 0;
    free(real);
    free(path);
    return hides;
}

np_status np_plugin_origin(const np_strategy_info *info, char **out_line, np_error *err)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char *bytes = NULL, *bundle = NULL, hex[2 * sizeof hash + 1], path[PATH_MAX];
    size_t size;
    *out_line = NULL;
    np_status status = np_file_read(info->plugin_path, MAX_FILE_BYTES, &bytes, &size, err);
    if (status == NP_OK)
        status = np_program_beside(FIELD_BUNDLE, &bundle, err);
    char *real = status == NP_OK ? realpath(bundle, NULL) : NULL;
    if (status == NP_OK) {
        size_t n = real ? strlen(real) : 0;
        bool bundled = n > 0 && strncmp(info->plugin_path, real, n) == 0 && info->plugin_path[n] == '/';
        np_plain_copy(info->plugin_path + (bundled ? n : 0), path, sizeof path);
        crypto_hash_sha256(hash, (const unsigned char *)bytes, size);
        np_hex_write(hash, sizeof hash, hex);
        if (asprintf(out_line, "%s  %s%s\n", hex, bundled ? FIELD_BUNDLE : "", path) < 0) {
            *out_line = NULL;
            status = np_error_no_memory(err, "a plugin's origin");
        }
    }
    free(real);
    free(bundle);
    free(bytes);
    return status;
}
