/* Loading a plugin, and copying out what it says of itself.  Sizes and versions are checked here, since
 * nothing can be read without them; what the descriptors mean is judged by the planner, from the copy. */
#include "field/host/load.h"

#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sandbox/filter.h"
#include "sandbox/landlock.h"

#define MAX_TEXT 4000u /* what a wild pointer can make us copy */
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

/* A struct of SIZE bytes into one of ROOM: what it lacks is 0, what it has more is not known here. */
static void take_struct(void *out, size_t room, const void *in, size_t size)
{
    memset(out, 0, room);
    memcpy(out, in, size < room ? size : room);
}

static const char *check_entry(const np_plugin_entry *entry, const char *path, char *error, size_t size)
{
    const char *name = strrchr(path, '/');
    name = name ? name + 1 : path;
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
    else
        return NULL;
    return error;
}

static const char *take_strategy(field_host_plugin *plugin, uint32_t i, char *error, size_t size)
{
    const np_plugin_entry *entry = &plugin->entry;
    const np_strategy_desc *given = entry->strategies[i], *s = &plugin->strategies[i];
    if (given && given->struct_size == entry->strategy_desc_size)
        take_struct(&plugin->strategies[i], sizeof *s, given, given->struct_size);
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
        return NULL;
    return error;
}

/* The values of points, which are tables in a table. */
static const char *check_values(const field_host_plugin *plugin, uint32_t i, char *error, size_t size)
{
    const np_strategy_desc *s = &plugin->strategies[i];
    const size_t input_size = plugin->entry.input_desc_size;
    for (uint32_t k = 0; k < s->input_count; k++) {
        np_input_desc in;
        take_struct(&in, sizeof in, (const char *)s->inputs + k * input_size, input_size);
        if (in.value_count <= NP_MAX_POINT_VALUES && (in.value_count == 0) == (in.values == NULL))
            continue;
        snprintf(error, size,
                 "its strategy %u, input %u has %u values of points%s; expected a table of at most %u, or none at NULL",
                 i, k, in.value_count, in.values ? "" : " at NULL", NP_MAX_POINT_VALUES);
        return error;
    }
    return NULL;
}

/* A kernel without Landlock lets a plugin read the user's files while it is loaded: that takes the user's word. */
static bool hide_files(const char *path, bool weaker, char *error, size_t size)
{
    const char *lacking = np_sandbox_landlock(path, weaker);
    if (!lacking)
        return true;
    snprintf(
        error, size,
        "is not loaded: this kernel cannot keep it from reading your files: %s: %s; `--weaker-sandbox` loads it all "
        "the same",
        lacking, strerror(errno));
    return false;
}

/* Why the loader did not load PATH, in its own words.  A library that it does not find is most likely one that lies beside the plugin, where it is not
 * looked for: a plan names the plugin's file alone, and must not depend on another one. */
static void explain(const char *reason, const char *path, char *error, size_t size)
{
    bool missing =
        reason && strstr(reason, "cannot open shared object file") && strncmp(reason, path, strlen(path)) != 0;
    snprintf(error, size, "cannot be loaded: %s%s", reason ? reason : "unknown reason",
             missing ? "; a plugin is one file: link libraries of its own into it (only those of the system are looked "
                       "for, and those in LD_LIBRARY_PATH)"
                     : "");
}

bool field_host_load(const char *path, bool weaker, field_host_plugin *plugin, char *error, size_t size)
{
    if (!hide_files(path, weaker, error, size))
        return false;
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        explain(dlerror(), path, error, size);
        return false;
    }
    if (!np_sandbox_filter(NP_SANDBOX_WORKING)) {
        snprintf(error, size, "cannot be confined: the kernel has no seccomp filters: %s", strerror(errno));
        return false;
    }
    np_plugin_entry_fn *entry_v1 = NULL;
    void *symbol = dlsym(library, NP_PLUGIN_ENTRY);
    memcpy(&entry_v1, &symbol, sizeof entry_v1); /* ISO C knows no cast from void * to a function */
    if (!entry_v1) {
        snprintf(error, size,
                 "does not export " NP_PLUGIN_ENTRY
                 "(): it is no needlepath plugin, or lacks NP_PLUGIN_EXPORT before that function");
        return false;
    }
    const np_plugin_entry *entry = entry_v1();
    if (check_entry(entry, path, error, size))
        return false;
    take_struct(&plugin->entry, sizeof plugin->entry, entry, entry->struct_size);
    for (uint32_t i = 0; i < plugin->entry.strategy_count; i++)
        if (take_strategy(plugin, i, error, size) || check_values(plugin, i, error, size))
            return false;
    return true;
}

/* At most MAX_TEXT bytes of a text. */
static void put_text(np_message *reply, const char *text)
{
    char copy[MAX_TEXT + 1];
    if (text) {
        size_t length = strnlen(text, MAX_TEXT);
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    np_message_put_text(reply, text ? copy : NULL);
}

static void put_param(np_message *reply, const np_param_desc *p)
{
    const char *texts[] = {p->id, p->name, p->group, p->help, p->unit, p->default_text, p->x_unit};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        put_text(reply, texts[i]);
    np_message_put_u32(reply, (uint32_t)p->type);
    np_message_put_f64(reply, p->min);
    np_message_put_f64(reply, p->max);
    np_message_put_f64(reply, p->default_value);
    const double numbers[] = {p->x_min, p->x_max};
    np_message_put(reply, numbers, sizeof numbers);
    np_message_put_u32(reply, p->flags);
    uint32_t labels = 0;
    bool list = p->type == NP_PARAM_CURVE || p->type == NP_PARAM_TABLE;
    while ((p->type == NP_PARAM_OPTION || p->type == NP_PARAM_TABLE) && p->labels && labels < NP_MAX_LABELS &&
           p->labels[labels])
        labels++;
    np_message_put_u32(reply, labels);
    for (uint32_t i = 0; i < labels; i++)
        put_text(reply, p->labels[i]);
    uint32_t rows = list && p->default_data && p->default_count <= NP_MAX_ROWS ? p->default_count : 0;
    np_message_put_u32(reply, rows);
    np_message_put(reply, p->default_data, rows * (p->type == NP_PARAM_CURVE ? 2 : labels) * sizeof(double));
}

static void put_input(np_message *reply, const np_input_desc *in, size_t param_size)
{
    put_text(reply, in->id);
    put_text(reply, in->name);
    put_text(reply, in->help);
    np_message_put_u32(reply, (uint32_t)in->kind);
    np_message_put_u32(reply, in->flags);
    np_message_put_u32(reply, in->min_count);
    np_message_put_u32(reply, in->max_count);
    np_message_put_u32(reply, in->value_count);
    for (uint32_t k = 0; k < in->value_count; k++) {
        np_param_desc value;
        take_struct(&value, sizeof value, (const char *)in->values + k * param_size, param_size);
        put_param(reply, &value);
    }
}

static void put_strategy(np_message *reply, const np_strategy_desc *s, size_t param_size, size_t input_size)
{
    const char *texts[] = {s->id, s->name, s->version, s->licence, s->summary};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
        put_text(reply, texts[k]);
    np_message_put_u32(reply, s->input_count);
    for (uint32_t k = 0; k < s->input_count; k++) {
        np_input_desc input;
        take_struct(&input, sizeof input, (const char *)s->inputs + k * input_size, input_size);
        put_input(reply, &input, param_size);
    }
    np_message_put_u64(reply, s->channels);
    np_message_put_u32(reply, s->layout != NULL);
    np_message_put_u32(reply, s->paint != NULL);
    np_message_put_u32(reply, s->param_count);
    for (uint32_t k = 0; k < s->param_count; k++) {
        np_param_desc param;
        take_struct(&param, sizeof param, (const char *)s->params + k * param_size, param_size);
        put_param(reply, &param);
    }
}

void field_host_describe(const field_host_plugin *plugin, np_message *reply)
{
    np_message_put_u32(reply, plugin->entry.strategy_count);
    for (uint32_t i = 0; i < plugin->entry.strategy_count; i++)
        put_strategy(reply, &plugin->strategies[i], plugin->entry.param_desc_size, plugin->entry.input_desc_size);
}
