/* A plugin that is built against a later minor version of the header, which tests/integration/test_abi.py makes: every struct is longer
 * there.  It needs that version, or not (NEEDS), and looks whether what the host hands over is as long as the host's version says. */
#include <needlepath/plugin_kit.h>

static int32_t layout(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    const np_host *h = job->host;
    const np_strategy_head *head = job->head;
    const np_strategy_pin pins[2] = {np_kit_pin(head->whorl_x[0], head->whorl_y[0], head->whorl_z[0], 1),
                                     np_kit_pin(head->whorl_x[0] + 3, head->whorl_y[0], head->whorl_z[0], 1)};
    (void)state;
    if (NP_HAS(np_host, h, later) != (h->abi_minor >= 5) ||
        NP_HAS(np_strategy_job, job, later) != (h->abi_minor >= 5)) {
        h->set_error(h->context, "the host's structs are not as long as its version says");
        return -1;
    }
    return out->add_pins(out->context, 2, pins);
}

static int32_t paint(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *out)
{
    for (uint32_t i = 0; i < s->count; i++) {
        out->coverage[i] = 1;
        out->density_per_cm2[i] = job->params[1];
    }
    return 0;
}

static const np_param_desc params[] = {
    {.id = "first",
     .name = "First",
     .group = "",
     .help = "The first.",
     .unit = "",
     .min = 1,
     .max = 2,
     .default_value = 1},
    {.id = "second",
     .name = "Second",
     .group = "",
     .help = "The second.",
     .unit = "",
     .min = 1,
     .max = 90,
     .default_value = 40},
};

static const np_input_desc inputs[] = {
    {.id = "points", .name = "Points", .help = "Points.", .kind = NP_INPUT_POINTS, .min_count = 0, .max_count = 1},
    {.id = "region", .name = "Region", .help = "The region.", .kind = NP_INPUT_REGION, .min_count = 1, .max_count = 1},
};

static const np_strategy_desc strategy = {
    .struct_size = sizeof(np_strategy_desc),
    .id = "newer",
    .name = "Newer",
    .version = "1.0.0",
    .licence = "Apache-2.0",
    .summary = "Is built against a later minor version.",
    .param_count = 2,
    .params = params,
    .input_count = 2,
    .inputs = inputs,
    .layout = layout,
    .paint = paint,
};

static const np_strategy_desc *const strategies[] = {&strategy};

static const np_plugin_entry entry = {
    .magic = NP_PLUGIN_MAGIC,
    .abi_major = NP_PLUGIN_ABI_MAJOR,
    .abi_minor = NEEDS,
    .struct_size = sizeof(np_plugin_entry),
    .strategy_desc_size = sizeof(np_strategy_desc),
    .param_desc_size = sizeof(np_param_desc),
    .input_desc_size = sizeof(np_input_desc),
    .strategy_count = 1,
    .strategies = strategies,
};

const np_plugin_entry *np_plugin_entry_v1(void)
{
    return &entry;
}
