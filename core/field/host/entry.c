/* Sizes and versions are checked before anything else is read, since nothing can be read without them. */
#include "field/host/entry.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define KNOWN_FEATURES UINT64_C(0)

/* The ABI's promise: LAST, the last member of 1.0, ends where it ended then, whatever came behind it since. */
#define ENDS_AS_IN_1_0(type, last, size)                                                                               \
    _Static_assert(offsetof(type, last) + sizeof((type){0}.last) == (size), #type " is not what it was in ABI 1.0")
ENDS_AS_IN_1_0(np_plugin_entry, strategies, NP_PLUGIN_ENTRY_SIZE_1_0);
ENDS_AS_IN_1_0(np_strategy_desc, finish, NP_STRATEGY_DESC_SIZE_1_0);
ENDS_AS_IN_1_0(np_param_desc, x_unit, NP_PARAM_DESC_SIZE_1_0);
ENDS_AS_IN_1_0(np_input_desc, max_count, NP_INPUT_DESC_SIZE_1_0);
ENDS_AS_IN_1_0(np_strategy_input, kind, NP_STRATEGY_INPUT_SIZE_1_0);
ENDS_AS_IN_1_0(np_host, uniforms, NP_HOST_SIZE_1_0);
ENDS_AS_IN_1_0(np_param_value, reserved, NP_PARAM_VALUE_SIZE_1_0);
ENDS_AS_IN_1_0(np_strategy_curve, reserved, NP_STRATEGY_CURVE_SIZE_1_0);
ENDS_AS_IN_1_0(np_strategy_points, nz, NP_STRATEGY_POINTS_SIZE_1_0);
ENDS_AS_IN_1_0(np_strategy_head, whorl_z, NP_STRATEGY_HEAD_SIZE_1_0);
ENDS_AS_IN_1_0(np_strategy_treatment, session_spacing_min_mm, NP_STRATEGY_TREATMENT_SIZE_1_0);
ENDS_AS_IN_1_0(np_strategy_job, state, NP_STRATEGY_JOB_SIZE_1_0);
ENDS_AS_IN_1_0(np_strategy_pin, dwell_ms, NP_STRATEGY_PIN_SIZE_1_0);
ENDS_AS_IN_1_0(np_strategy_layout, add_pins, NP_STRATEGY_LAYOUT_SIZE_1_0);
ENDS_AS_IN_1_0(np_strategy_samples, existing_density_per_cm2, NP_STRATEGY_SAMPLES_SIZE_1_0);
ENDS_AS_IN_1_0(np_strategy_field, first_session, NP_STRATEGY_FIELD_SIZE_1_0);

void field_entry_struct(void *out, size_t room, const void *in, size_t size)
{
    memset(out, 0, room);
    memcpy(out, in, size < room ? size : room);
}

bool field_entry_take(const np_plugin_entry *entry, const char *name, np_plugin_entry *out, char *error, size_t size)
{
    if (!entry)
        snprintf(error, size, NP_PLUGIN_ENTRY "() returned NULL");
    else if (entry->magic != NP_PLUGIN_MAGIC)
        snprintf(error, size, "its entry has the magic 0x%08x; a needlepath plugin has 0x%08x (NP_PLUGIN_MAGIC)",
                 entry->magic, NP_PLUGIN_MAGIC);
    else if (entry->abi_major != NP_PLUGIN_ABI_MAJOR)
        snprintf(error, size,
                 "plugin %s has ABI %u.%u, this needlepath speaks %d.x; build it against this needlepath's "
                 "needlepath/plugin.h",
                 name, entry->abi_major, entry->abi_minor, NP_PLUGIN_ABI_MAJOR);
    else if (entry->abi_minor > NP_PLUGIN_ABI_MINOR)
        snprintf(error, size, "plugin %s needs ABI %u.%u, this needlepath has %d.%d; it takes a newer needlepath", name,
                 entry->abi_major, entry->abi_minor, NP_PLUGIN_ABI_MAJOR, NP_PLUGIN_ABI_MINOR);
    else if (entry->struct_size < NP_PLUGIN_ENTRY_SIZE_1_0 || entry->strategy_desc_size < NP_STRATEGY_DESC_SIZE_1_0 ||
             entry->param_desc_size < NP_PARAM_DESC_SIZE_1_0 || entry->input_desc_size < NP_INPUT_DESC_SIZE_1_0)
        snprintf(error, size,
                 "its structs have %u, %u, %u and %u bytes (entry, strategy, parameter, input); ABI 1.0 has at least "
                 "%u, %u, %u and "
                 "%u",
                 entry->struct_size, entry->strategy_desc_size, entry->param_desc_size, entry->input_desc_size,
                 NP_PLUGIN_ENTRY_SIZE_1_0, NP_STRATEGY_DESC_SIZE_1_0, NP_PARAM_DESC_SIZE_1_0, NP_INPUT_DESC_SIZE_1_0);
    else if (entry->strategy_count == 0 || entry->strategy_count > NP_MAX_STRATEGIES || !entry->strategies)
        snprintf(error, size, "it gives %u strategies%s; expected 1 to %u", entry->strategy_count,
                 entry->strategies ? "" : " at NULL", NP_MAX_STRATEGIES);
    else {
        field_entry_struct(out, sizeof *out, entry, entry->struct_size);
        return true;
    }
    return false;
}

/* The values of points, which are tables in a table. */
static bool values_are_sound(const np_strategy_desc *s, uint32_t i, size_t input_size, char *error, size_t size)
{
    for (uint32_t k = 0; k < s->input_count; k++) {
        np_input_desc in;
        field_entry_struct(&in, sizeof in, (const char *)s->inputs + k * input_size, input_size);
        if (in.value_count <= NP_MAX_POINT_VALUES && (in.value_count == 0) == (in.values == NULL))
            continue;
        snprintf(error, size,
                 "its strategy %u, input %u has %u values of points%s; expected a table of at most %u, or none at NULL",
                 i, k, in.value_count, in.values ? "" : " at NULL", NP_MAX_POINT_VALUES);
        return false;
    }
    return true;
}

bool field_entry_strategy(const np_plugin_entry *entry, uint32_t i, np_strategy_desc *s, char *error, size_t size)
{
    const np_strategy_desc *given = entry->strategies[i];
    if (given && given->struct_size == entry->strategy_desc_size)
        field_entry_struct(s, sizeof *s, given, given->struct_size);
    if (!given)
        snprintf(error, size, "its strategy %u is NULL", i);
    else if (given->struct_size != entry->strategy_desc_size)
        snprintf(error, size, "its strategy %u says it has %u bytes, the entry says %u", i, given->struct_size,
                 entry->strategy_desc_size);
    else if (s->required & ~KNOWN_FEATURES)
        snprintf(error, size,
                 "its strategy %u requires the features 0x%" PRIx64
                 ", which ABI %d.%d does not have; it takes a newer needlepath",
                 i, s->required & ~KNOWN_FEATURES, NP_PLUGIN_ABI_MAJOR, NP_PLUGIN_ABI_MINOR);
    else if (s->param_count > NP_MAX_PARAMS || (s->param_count > 0 && !s->params))
        snprintf(error, size, "its strategy %u has %u parameters%s; at most %u are possible", i, s->param_count,
                 s->params ? "" : " at NULL", NP_MAX_PARAMS);
    else if (s->input_count > NP_MAX_INPUTS || (s->input_count > 0 && !s->inputs))
        snprintf(error, size, "its strategy %u has %u inputs%s; at most %u are possible", i, s->input_count,
                 s->inputs ? "" : " at NULL", NP_MAX_INPUTS);
    else
        return values_are_sound(s, i, entry->input_desc_size, error, size);
    return false;
}
