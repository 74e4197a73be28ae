/* A plugin's structs are as long as its own header had them: they are copied with its sizes before anything is read from them. */
#include "plugin_test/private/take.h"

#include <stdlib.h>
#include <string.h>

#include "field/host/entry.h"
#include "plugin_test/private/fail.h"

#define BEGIN "np_test_begin"
/* What plugin_test_batch_init fills. */
#define CHANNELS                                                                                                       \
    (NP_CHANNEL_HAIR_FLOW | NP_CHANNEL_REGION_DISTANCE | NP_CHANNEL_CURVE | NP_CHANNEL_POINTS | NP_CHANNEL_ZONE |      \
     NP_CHANNEL_EXISTING_DENSITY | NP_CHANNEL_HAIR_TILT | NP_CHANNEL_HISTORY | NP_CHANNEL_ZONE_WEIGHTS)

/* A new array of N structs of ROOM bytes, each from one of SIZE bytes at IN; NULL for none. */
static void *take_structs(const void *in, uint32_t n, size_t size, size_t room)
{
    char *out = n > 0 ? plugin_test_alloc(n * room) : NULL;
    for (uint32_t i = 0; i < n; i++)
        field_entry_struct(out + i * room, room, (const char *)in + i * size, size);
    return out;
}

/* The tables of T's strategy into its own, with the values of points, which are tables in a table. */
static void take_tables(np_test *t, const np_plugin_entry *e)
{
    np_strategy_desc *s = &t->taken;
    np_input_desc *inputs = take_structs(s->inputs, s->input_count, e->input_desc_size, sizeof *inputs);
    for (uint32_t i = 0; i < s->input_count; i++)
        inputs[i].values =
            take_structs(inputs[i].values, inputs[i].value_count, e->param_desc_size, sizeof *inputs[i].values);
    s->inputs = inputs;
    s->params = take_structs(s->params, s->param_count, e->param_desc_size, sizeof *s->params);
    t->is_taken = true;
}

void plugin_test_take(np_test *t, const np_plugin_entry *entry, const char *named)
{
    np_plugin_entry e;
    char error[512];
    if (!field_entry_take(entry, "under test", &e, error, sizeof error)) {
        plugin_test_fail(t, BEGIN, "%s", error);
        return;
    }
    for (uint32_t i = 0; i < e.strategy_count; i++) {
        if (!field_entry_strategy(&e, i, &t->taken, error, sizeof error)) {
            plugin_test_fail(t, BEGIN, "%s", error);
            return;
        }
        if (named && !(t->taken.id && strcmp(t->taken.id, named) == 0))
            continue;
        if (!t->taken.id || !t->taken.paint)
            plugin_test_fail(t, BEGIN, "its strategy %u lacks its id or paint", i);
        else if (t->taken.channels & ~CHANNELS)
            plugin_test_fail(t, BEGIN, "strategy '%s' lists a channel that the test's head does not have", t->taken.id);
        else {
            take_tables(t, &e);
            t->strategy = &t->taken;
        }
        return;
    }
    plugin_test_fail(t, BEGIN, "the plugin has no strategy '%s'", named);
}

void plugin_test_take_fini(np_test *t)
{
    if (!t->is_taken)
        return;
    for (uint32_t i = 0; i < t->taken.input_count; i++)
        free((void *)t->taken.inputs[i].values);
    free((void *)t->taken.inputs);
    free((void *)t->taken.params);
}
