/* Loading a plugin, and copying out what it says of itself: what the descriptors mean is judged by the planner, from the copy. */
#include "field/host/load.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "field/host/entry.h"
#include "sandbox/filter.h"
#include "sandbox/landlock.h"

#define MAX_TEXT 4000u /* what a wild pointer can make us copy */

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
    const char *name = strrchr(path, '/');
    if (!field_entry_take(entry_v1(), name ? name + 1 : path, &plugin->entry, error, size))
        return false;
    for (uint32_t i = 0; i < plugin->entry.strategy_count; i++)
        if (!field_entry_strategy(&plugin->entry, i, &plugin->strategies[i], error, size))
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
        field_entry_struct(&value, sizeof value, (const char *)in->values + k * param_size, param_size);
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
        field_entry_struct(&input, sizeof input, (const char *)s->inputs + k * input_size, input_size);
        put_input(reply, &input, param_size);
    }
    np_message_put_u64(reply, s->channels);
    np_message_put_u32(reply, s->layout != NULL);
    np_message_put_u32(reply, s->paint != NULL);
    np_message_put_u32(reply, s->param_count);
    for (uint32_t k = 0; k < s->param_count; k++) {
        np_param_desc param;
        field_entry_struct(&param, sizeof param, (const char *)s->params + k * param_size, param_size);
        put_param(reply, &param);
    }
}

void field_host_describe(const field_host_plugin *plugin, np_message *reply)
{
    np_message_put_u32(reply, plugin->entry.strategy_count);
    for (uint32_t i = 0; i < plugin->entry.strategy_count; i++)
        put_strategy(reply, &plugin->strategies[i], plugin->entry.param_desc_size, plugin->entry.input_desc_size);
}
