/* A plugin that is not bad at all: it was built against a later minor version of the ABI, so that all structs that it gives are longer
 * than those of 1.0, but it needs 1.0 only. */
#include <needlepath/plugin.h>

typedef struct later_param {
    np_param_desc of_1_0;
    const char *more;
} later_param;

typedef struct later_input {
    np_input_desc of_1_0;
    double more;
} later_input;

typedef struct later_strategy {
    np_strategy_desc of_1_0;
    double more[3];
} later_strategy;

typedef struct later_entry {
    np_plugin_entry of_1_0;
    uint64_t more;
} later_entry;

static int32_t paint(const np_strategy_job *job, const np_strategy_samples *samples, np_strategy_field *field)
{
    (void)job;
    (void)samples;
    (void)field;
    return 0;
}

static const later_param params[] = {
    {{"first_mm", "First", "", "The first.", NP_PARAM_FLOAT, "mm", 0, 1, 0.25, .labels = NULL}, "more"},
    {{"second", "Second", "", "The second.", NP_PARAM_INT, "", 2, 9, 7, .labels = NULL}, "more"},
};

static const later_input inputs[] = {
    {{"region", "Region", "The region.", NP_INPUT_REGION, 0, 1, 1, NULL, 0, 0}, 1},
    {{"lines", "Lines", "Lines.", NP_INPUT_CURVE, 0, 0, 3, NULL, 0, 0}, 2},
};

static const later_strategy strategy = {
    .of_1_0 = {.struct_size = sizeof(later_strategy),
               .id = "later",
               .name = "Later",
               .version = "1.0.0",
               .licence = "Apache-2.0",
               .summary = "Is of a later minor version.",
               .param_count = 2,
               .params = &params[0].of_1_0,
               .input_count = 2,
               .inputs = &inputs[0].of_1_0,
               .paint = paint},
};

static const np_strategy_desc *const strategies[] = {&strategy.of_1_0};

static const later_entry entry = {
    .of_1_0 = {NP_PLUGIN_MAGIC, NP_PLUGIN_ABI_MAJOR, 0, sizeof(later_entry), sizeof(later_strategy),
               sizeof(later_param), sizeof(later_input), 1, 0, strategies},
};

const np_plugin_entry *np_plugin_entry_v1(void)
{
    return &entry.of_1_0;
}
