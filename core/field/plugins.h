/* Which strategies there are: plugins found, and described by their manifests or in the helper process. */
#ifndef NP_FIELD_PLUGINS_H
#define NP_FIELD_PLUGINS_H

#include <needlepath/plugin.h>
#include <stdbool.h>

#include "base/progress.h"
#include "base/status.h"

/* Which of the folders a plugin was found in. */
typedef enum np_plugin_place {
    NP_PLUGIN_PLACE_FILE,  /* none: it was named itself */
    NP_PLUGIN_PLACE_NAMED, /* one that NEEDLEPATH_PLUGIN_PATH names */
    NP_PLUGIN_PLACE_USER,  /* ~/.local/lib/needlepath */
    NP_PLUGIN_PLACE_SYSTEM /* lib/needlepath/plugins beside the program: with needlepath, or installed for all users */
} np_plugin_place;

/* A copy of a strategy's descriptor, all strings owned; function pointers are NULL in the planner's
 * process. */
typedef struct np_strategy_info {
    char *plugin_path;
    char *folder; /* as it was searched; "" for a file that was named itself */
    np_plugin_place place;
    np_strategy_desc desc;
    bool has_layout, has_paint;
    uint64_t print; /* fingerprint of all that the plugin says of itself */
} np_strategy_info;

/* What could not be used, and why. */
typedef struct np_plugin_problem {
    char *plugin_path, *reason;
} np_plugin_problem;

typedef struct np_plugin_list {
    np_strategy_info *strategies;
    size_t n_strategies, strategy_capacity;
    np_plugin_problem *problems;
    size_t n_problems, problem_capacity;
} np_plugin_list;

/* Searches, in this order, the folders of NEEDLEPATH_PLUGIN_PATH (colon-separated), then ~/.local/lib/needlepath, then the folder
 * lib/needlepath/plugins beside the program's bin; in each by name.  The first plugin to give an id wins.  A folder or file of the first two that others
 * than the user may write is a problem, and so is a
 * plugin that cannot be used (other ABI, crash, no entry) is a problem in the list, not an error of the call.
 * NP_ERR_STOPPED when PROGRESS says so.  Zero-initialise; fini is safe on zero. */
np_status np_plugin_list_init(np_plugin_list *list, const np_progress *progress, np_error *err);
/* What is needed for the N STRATEGIES alone: each is looked for in the first file that bears its name (NAME.so), folder by folder in
 * the order above.  Only where one is named by no file are all plugins looked into, as above.  So no plugin runs that has nothing to do
 * with what is asked for, whatever it would do. */
np_status np_plugin_list_init_for(np_plugin_list *list, const char *const *strategies, size_t n,
                                  const np_progress *progress, np_error *err);
/* The strategies of the one plugin of the file PATH, and no others.  NP_ERR_PLUGIN names the file and says why it cannot be used. */
np_status np_plugin_list_init_file(np_plugin_list *list, const char *path, const np_progress *progress, np_error *err);
void np_plugin_list_fini(np_plugin_list *list);
const np_strategy_info *np_plugin_list_find(const np_plugin_list *list, const char *strategy_id);
/* Why a file that bears the strategy's name cannot be used; NULL if there is none, or it can. */
const np_plugin_problem *np_plugin_list_problem(const np_plugin_list *list, const char *strategy_id);
/* The strategy that was probably meant by a name that there is not; NULL if none is close. */
const char *np_plugin_list_suggest(const np_plugin_list *list, const char *strategy_id);
/* Asks the plugin of the file PATH (NAME.so) what it says of itself, and writes that beside it, as NAME.manifest: from then on, and until the file
 * changes, it is listed and looked for without being run.  *OUT_PATH is the manifest's, the caller's to free.  NP_ERR_PLUGIN if it cannot be used. */
np_status np_plugin_write_manifest(const char *path, const np_progress *progress, char **out_path, np_error *err);
/* "SHA-256  PATH\n" of the plugin's file, as sha256sum would write it: PATH as from the program's folder for one that needlepath comes
 * with, whole else, fit to be shown.  The caller frees. */
np_status np_plugin_origin(const np_strategy_info *info, char **out_line, np_error *err);
/* Whether INFO is used in place of the strategy of that name that needlepath comes with. */
bool np_plugin_hides_bundled(const np_strategy_info *info);

#endif
