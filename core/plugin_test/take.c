/* A plugin's structs are as long as its own header had them: they are copied with its sizes before anything is read from them. */
#include "plugin_test/private/take.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "plugin_test/private/fail.h"

#define BEGIN "np_test_begin"
#define KNOWN_FEATURES UINT64_C(0)
/* What plugin_test_batch_init fills. */
#define CHANNELS                                                                                                       \
    (NP_CHANNEL_HAIR_FLOW | NP_CHANNEL_REGION_DISTANCE | NP_CHANNEL_CURVE | NP_CHANNEL_POINTS | NP_CHANNEL_ZONE |      \
     NP_CHANNEL_EXISTING_DENSITY | NP_CHANNEL_HAIR_TILT | NP_CHANNEL_HISTORY | NP_CHANNEL_ZONE_WEIGHTS)

/* A new array of N structs of ROOM bytes, each from one of SIZE bytes at IN; NULL for none. */
static void *take_structs(const void *in, uint32_t n, size_t size, size_t room)
{
    char *out = n > 0 && in ? plugin_test_alloc(n * room) : NULL;
    for (uint32_t i = 0; out && i < n; i++)
        memcpy(out + i * room, (const char *)in + i * size, size < room ? size : room);
    return out;
}

static bool is_entry(np_test *t, const np_plugin_entry *e)
{
    if (!e || e->magic != NP_PLUGIN_MAGIC)
        plugin_test_fail(t, BEGIN, "the entry is no plugin's");
    else if (e->abi_major != NP_PLUGIN_ABI_MAJOR || e->abi_minor > NP_PLUGIN_ABI_MINOR)
        plugin_test_fail(t, BEGIN, "the plugin needs ABI %u.%u, this test host has %d.%d", e->abi_major, e->abi_minor,
                         NP_PLUGIN_ABI_MAJOR, NP_PLUGIN_ABI_MINOR);
    else if (e->struct_size < NP_PLUGIN_ENTRY_SIZE_1_0 || e->strategy_desc_size < NP_STRATEGY_DESC_SIZE_1_0 ||
             e->param_desc_size < NP_PARAM_DESC_SIZE_1_0 || e->input_desc_size < NP_INPUT_DESC_SIZE_1_0)
        plugin_test_fail(t, BEGIN,
                         "the plugin's structs have %u, %u, %u and %u bytes (entry, strategy, parameter, input); ABI "
                         "1.0 has at least %u, %u, %u and %u",
                         e->struct_size, e->strategy_desc_size, e->param_desc_size, e->input_desc_size,
                         NP_PLUGIN_ENTRY_SIZE_1_0, NP_STRATEGY_DESC_SIZE_1_0, NP_PARAM_DESC_SIZE_1_0,
                         NP_INPUT_DESC_SIZE_1_0);
    else if (e->strategy_count == 0 || e->strategy_count > NP_MAX_STRATEGIES || !e->strategies)
        plugin_test_fail(t, BEGIN, "the plugin gives %u strategies%s; expected 1 to %u", e->strategy_count,
                         e->strategies ? "" : " at NULL", NP_MAX_STRATEGIES);
    else
        return true;
    return false;
}

static const np_strategy_desc *find(const np_plugin_entry *e, const char *named)
{
    for (uint32_t i = 0; i < e->strategy_count; i++)
        if (e->strategies[i] && (!named || (e->strategies[i]->id && strcmp(e->strategies[i]->id, named) == 0)))
            return e->strategies[i];
    return NULL;
}

static bool is_strategy(np_test *t, const np_plugin_entry *e, const np_strategy_desc *s)
{
    const char *id = s->id ? s->id : "?";
    if (s->struct_size != e->strategy_desc_size)
        plugin_test_fail(t, BEGIN, "strategy '%s' says it has %u bytes, the entry says %u", id, s->struct_size,
                         e->strategy_desc_size);
    else if (s->required & ~KNOWN_FEATURES)
        plugin_test_fail(t, BEGIN, "strategy '%s' requires the features 0x%" PRIx64 ", which ABI %d.%d does not have",
                         id, s->required & ~KNOWN_FEATURES, NP_PLUGIN_ABI_MAJOR, NP_PLUGIN_ABI_MINOR);
    else if (s->channels & ~CHANNELS)
        plugin_test_fail(t, BEGIN, "strategy '%s' lists a channel that the test's head does not have", id);
    else if (!s->id || !s->paint || s->param_count > NP_MAX_PARAMS || (s->param_count > 0 && !s->params) ||
             s->input_count > NP_MAX_INPUTS || (s->input_count > 0 && !s->inputs))
        plugin_test_fail(t, BEGIN,
                         "strategy '%s' lacks its id, paint or tables, or has %u parameters and %u inputs; at most %u "
                         "and %u are possible",
                         id, s->param_count, s->input_count, NP_MAX_PARAMS, NP_MAX_INPUTS);
    else
        return true;
    return false;
}

/* The inputs with the values of their points, which are tables in a table. */
static bool take_inputs(np_test *t, const np_plugin_entry *e, np_strategy_desc *s)
{
    np_input_desc *inputs = take_structs(s->inputs, s->input_count, e->input_desc_size, sizeof *inputs);
    s->inputs = inputs;
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < s->input_count; i++) {
        uint32_t n = inputs[i].value_count;
        bool right = n <= NP_MAX_POINT_VALUES && (n == 0) == (inputs[i].values == NULL);
        wrong += !right;
        inputs[i].value_count = right ? n : 0;
        inputs[i].values =
            right ? take_structs(inputs[i].values, n, e->param_desc_size, sizeof *inputs[i].values) : NULL;
    }
    if (wrong > 0)
        plugin_test_fail(t, BEGIN, "%u inputs have no table of values of points; expected at most %u, or none at NULL",
                         wrong, NP_MAX_POINT_VALUES);
    return wrong == 0;
}

void plugin_test_take(np_test *t, const np_plugin_entry *entry, const char *named)
{
    if (!is_entry(t, entry))
        return;
    const np_strategy_desc *given = find(entry, named);
    if (!given) {
        plugin_test_fail(t, BEGIN, "the plugin has no strategy '%s'", named ? named : "");
        return;
    }
    if (!is_strategy(t, entry, given))
        return;
    size_t size = given->struct_size;
    memcpy(&t->taken, given, size < sizeof t->taken ? size : sizeof t->taken);
    t->taken.params = take_structs(given->params, given->param_count, entry->param_desc_size, sizeof *given->params);
    t->is_taken = true;
    if (take_inputs(t, entry, &t->taken))
        t->strategy = &t->taken;
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
