/* A plugin with nothing that is newer than ABI 1.0, for tests/integration/test_abi.py: built against the header as it was then, and as it is now.  It looks
 * whether its own structs are as short as they were, says so, and must be understood either way: inputs and pins are in arrays. */
#include <needlepath/plugin.h>

static int32_t layout(const np_strategy_job *job, np_strategy_layout *out, void **state)
{
    const np_strategy_head *head = job->head;
    np_strategy_pin pins[2] = {
        {.struct_size = sizeof(np_strategy_pin), .session = 1, .depth_mm = 0.5, .tone = 0.5, .dwell_ms = 30},
        {.struct_size = sizeof(np_strategy_pin), .session = 1, .depth_mm = 0.5, .tone = 0.5, .dwell_ms = 30},
    };
    (void)state;
    if (NP_PLUGIN_ABI_MINOR == 0 &&
        (sizeof *pins != NP_STRATEGY_PIN_SIZE_1_0 || sizeof(np_input_desc) != NP_INPUT_DESC_SIZE_1_0)) {
        job->host->set_error(job->host->context, "the header is not that of ABI 1.0");
        return -1;
    }
    for (int i = 0; i < 2; i++) {
        pins[i].x = head->whorl_x[0] + 3 * i;
        pins[i].y = head->whorl_y[0];
        pins[i].z = head->whorl_z[0];
    }
    return out->add_pins(out->context, 2, pins);
}

static int32_t paint(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *out)
{
    for (uint32_t i = 0; i < s->count; i++) {
        out->coverage[i] = 1;
        out->density_per_cm2[i] = job->treatment->natural_density_per_cm2 / 2;
    }
    return 0;
}

static const np_input_desc inputs[] = {
    {.id = "points", .name = "Points", .help = "Points.", .kind = NP_INPUT_POINTS, .min_count = 0, .max_count = 1},
    {.id = "region", .name = "Region", .help = "The region.", .kind = NP_INPUT_REGION, .min_count = 1, .max_count = 1},
};

static const np_strategy_desc strategy = {
    .struct_size = sizeof(np_strategy_desc),
    .id = "older",
    .name = "Older",
    .version = "1.0.0",
    .licence = "Apache-2.0",
    .summary = "Knows ABI 1.0.",
    .input_count = 2,
    .inputs = inputs,
    .layout = layout,
    .paint = paint,
};

static const np_strategy_desc *const strategies[] = {&strategy};

static const np_plugin_entry entry = {
    .magic = NP_PLUGIN_MAGIC,
    .abi_major = NP_PLUGIN_ABI_MAJOR,
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
