/* The entry of a plugin whose STRATEGIES stand in the file that includes this, at its end. */
#include <needlepath/plugin.h>

static const np_plugin_entry entry = {
    .magic = NP_PLUGIN_MAGIC,
    .abi_major = NP_PLUGIN_ABI_MAJOR,
    .struct_size = sizeof(np_plugin_entry),
    .strategy_desc_size = sizeof(np_strategy_desc),
    .param_desc_size = sizeof(np_param_desc),
    .input_desc_size = sizeof(np_input_desc),
    .strategy_count = sizeof strategies / sizeof *strategies,
    .strategies = strategies,
};

const np_plugin_entry *np_plugin_entry_v1(void)
{
    return &entry;
}
