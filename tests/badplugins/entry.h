/* The entry of a plugin whose STRATEGIES stand in the file that includes this, at its end. */
#include <needlepath/plugin.h>

static const np_plugin_entry entry = {
    NP_PLUGIN_MAGIC,
    NP_PLUGIN_ABI_MAJOR,
    0,
    sizeof(np_plugin_entry),
    sizeof(np_strategy_desc),
    sizeof(np_param_desc),
    sizeof strategies / sizeof *strategies,
    strategies,
};

const np_plugin_entry *np_plugin_entry_v1(void)
{
    return &entry;
}
