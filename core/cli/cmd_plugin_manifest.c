/* needlepath plugin manifest: what a plugin says of itself, written beside it. */
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/plugin_options.h"

static const np_option options[] = {CLI_SANDBOX_OPTION, {0}};

static const np_example examples[] = {{"After a build", "needlepath plugin manifest ~/strategies/soft_patch.so"}, {0}};

static np_status run(const np_command_args *args, np_error *err)
{
    char *path = NULL;
    np_progress progress = cli_progress();
    cli_set_sandbox(args);
    np_status status = np_plugin_write_manifest(args->operands[0], &progress, &path, err);
    cli_progress_clear();
    if (status == NP_OK)
        fprintf(stderr, "wrote %s\n", CLI_PLAIN(path));
    free(path);
    return status;
}

const np_command cli_cmd_plugin_manifest = {
    .name = "plugin manifest",
    .summary = "write what a plugin says of itself beside it",
    .operands = "PLUGIN.so",
    .min_operands = 1,
    .max_operands = 1,
    .description = "Loads a plugin once, in a helper process, and writes its descriptors to PLUGIN.manifest beside it. "
                   "With that, `plugin list`, `plugin show` "
                   "and the search for a case's strategies run nothing of it. A manifest holds for the very file that "
                   "it was made of; "
                   "when the plugin is loaded to plan, it has to say the same.",
    .options = options,
    .examples = examples,
    .run = run,
};
