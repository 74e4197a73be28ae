/* A plugin that cannot be used.  Compiled many times, each time with one BAD_... defined: without any of them
 * it would be a good one. */
#include <needlepath/plugin_kit.h>
#ifdef BAD_REACH
#include "reach.h"
#endif
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef BAD_MIN_ABOVE_MAX
#define RANGE 2, 1, 1
#elif defined(BAD_DEFAULT_OUTSIDE)
#define RANGE 0, 1, 2
#elif defined(BAD_HALF_INT)
#define RANGE 0, 1, 0.5
#else
#define RANGE 0, 1, 1
#endif

#if defined(BAD_UNKNOWN_TYPE)
#define TYPE 77
#elif defined(BAD_NO_TEXT)
#define TYPE NP_PARAM_TEXT
#elif defined(BAD_NO_KNOTS) || defined(BAD_FALLING_KNOTS)
#define TYPE NP_PARAM_CURVE
#elif defined(BAD_NO_COLUMNS)
#define TYPE NP_PARAM_TABLE
#elif defined(BAD_HALF_INT)
#define TYPE NP_PARAM_INT
#elif defined(BAD_FEW_LABELS) || defined(BAD_SAME_LABELS) || defined(BAD_ESC_LABEL)
#define TYPE NP_PARAM_OPTION
#else
#define TYPE NP_PARAM_FLOAT
#endif

#ifdef BAD_FEW_LABELS
static const char *const labels[] = {"only", NULL};
#elif defined(BAD_ESC_LABEL)
static const char *const labels[] = {"one", "\033[2Jtwo", NULL};
#else
static const char *const labels[] = {"one", "one", NULL};
#endif

#ifndef BAD_NO_PAINT
static int32_t paint(const np_strategy_job *job, const np_strategy_samples *samples, np_strategy_field *field)
{
    (void)job;
    (void)samples;
    (void)field;
    return 0;
}
#endif

/* What a terminal would obey, turn round or not show, bytes that are no UTF-8, and what no line holds. */
#define ESC "\033]0;approved\007\r\nneedlepath: plan approved"
#define BIDI "right \u202Eto left"
#define BYTES "\xC3\x28 \x9B"
static char endless[3000];

#ifdef BAD_ESC_PARAM
#define PARAM_NAME ESC
#else
#define PARAM_NAME "Share"
#endif
#ifdef BAD_BIDI_HELP
#define HELP BIDI
#else
#define HELP "What share."
#endif
#ifdef BAD_ESC_UNIT
#define UNIT ESC
#elif defined(BAD_UNKNOWN_UNIT)
#define UNIT "furlongs"
#elif defined(BAD_OTHER_UNIT)
#define UNIT "mm"
#else
#define UNIT ""
#endif
#ifdef BAD_BYTES_GROUP
#define GROUP BYTES
#else
#define GROUP ""
#endif

#ifdef BAD_FALLING_KNOTS
static const double knots[] = {0.5, 0, 0.25, 0};
#define MORE .x_unit = "", .x_max = 1, .default_data = knots, .default_count = 2
#else
#define MORE .x_unit = "", .x_max = 1
#endif
#ifdef BAD_NO_COLUMNS
#define LABELS (&labels[2])
#else
#define LABELS labels
#endif
#ifdef BAD_FLAGS
#define FLAGS 2u
#else
#define FLAGS 0u
#endif

static const np_param_desc params[] = {
    {"share", PARAM_NAME, GROUP, HELP, TYPE, UNIT, RANGE, .labels = LABELS, .flags = FLAGS, MORE},
    {"share", PARAM_NAME, GROUP, HELP, TYPE, UNIT, RANGE, .labels = LABELS, .flags = FLAGS, MORE},
};

#ifdef BAD_UNKNOWN_INPUT
#define KIND 9
#else
#define KIND NP_INPUT_REGION
#endif
#ifdef BAD_MANY_INPUTS
#define MOST 9
#else
#define MOST 1
#endif
#ifndef BAD_NO_INPUT

/* What each point has beside its place. */
#if defined(BAD_VALUE_TEXT)
static const np_param_desc values[] = {NP_KIT_TEXT("word", "Word", "", "A word.", 20, "abc")};
#elif defined(BAD_VALUE_TWICE)
static const np_param_desc values[] = {NP_KIT_FLOAT("size_mm", "Size", "", "Its size.", "mm", 0, 3, 1),
                                       NP_KIT_FLOAT("size_mm", "Size", "", "Its size.", "mm", 0, 3, 1)};
#elif defined(BAD_VALUE_PLACE)
static const np_param_desc values[] = {NP_KIT_FLOAT("x", "X", "", "Where it is.", "", 0, 3, 1)};
#elif defined(BAD_VALUE_GROUP)
static const np_param_desc values[] = {NP_KIT_FLOAT("size_mm", "Size", "Sizes", "Its size.", "mm", 0, 3, 1)};
#elif defined(BAD_VALUE_DEFAULT)
static const np_param_desc values[] = {NP_KIT_FLOAT("size_mm", "Size", "", "Its size.", "mm", 1, 3, 0)};
#elif defined(BAD_VALUE_NULL)
#define values NULL
#elif defined(BAD_VALUE_MANY) || defined(BAD_VALUE_REGION)
static const np_param_desc values[] = {NP_KIT_REQUIRED_VALUE("size_mm", "Size", "Its size.", "mm", 1, 3)};
#endif
#if defined(BAD_VALUE_NULL)
#define N_VALUES 1u
#elif defined(BAD_VALUE_MANY)
#define N_VALUES 1000u
#else
#define N_VALUES (sizeof values / sizeof *values)
#endif
#if defined(BAD_VALUE_TEXT) || defined(BAD_VALUE_TWICE) || defined(BAD_VALUE_PLACE) || defined(BAD_VALUE_GROUP) ||     \
    defined(BAD_VALUE_DEFAULT) || defined(BAD_VALUE_NULL) || defined(BAD_VALUE_MANY)
static const np_input_desc inputs[] = {
    {"points", "Points", "The points.", NP_INPUT_POINTS, 0, 1, 1, values, N_VALUES, 0}};
#elif defined(BAD_VALUE_REGION)
static const np_input_desc inputs[] = {{"region", "Region", "The region.", KIND, 0, 1, MOST, values, N_VALUES, 0}};
#else
static const np_input_desc inputs[] = {{"region", "Region", "The region.", KIND, 0, 1, MOST, NULL, 0, 0}};
#endif
#endif

static const np_strategy_desc strategy = {
    .struct_size = sizeof(np_strategy_desc),
#ifdef BAD_BAD_ID
    .id = "Not An Id",
#else
    .id = "bad_at_load",
#endif
#if defined(BAD_ESC_NAME)
    .name = ESC,
#elif !defined(BAD_SAYS_NOTHING_OF_ITSELF)
    .name = "Bad",
#endif
#ifdef BAD_LONG_VERSION
    .version = endless,
#else
    .version = "1.0.0",
#endif
#ifdef BAD_BYTES_LICENCE
    .licence = BYTES,
#else
    .licence = "Apache-2.0",
#endif
#ifdef BAD_BIDI_SUMMARY
    .summary = BIDI,
#else
    .summary = "Breaks a rule.",
#endif
#if defined(BAD_MANY_PARAMS)
    .param_count = 100000,
#elif defined(BAD_DUPLICATE_PARAM)
    .param_count = 2,
#else
    .param_count = 1,
#endif
    .params = params,
#ifndef BAD_NO_INPUT
    .input_count = 1,
    .inputs = inputs,
#endif
#ifdef BAD_UNKNOWN_CHANNEL
    .channels = 1u << 20,
#endif
#ifdef BAD_REQUIRED
    .required = UINT64_C(1) << 63,
#endif
#ifndef BAD_NO_PAINT
    .paint = paint,
#endif
};

#ifdef BAD_NULL_STRATEGY
static const np_strategy_desc *const strategies[] = {NULL, &strategy};
#else
static const np_strategy_desc *const strategies[] = {&strategy, &strategy};
#endif

static const np_plugin_entry entry = {
#ifdef BAD_WRONG_MAGIC
    .magic = 0x12345678,
#else
    .magic = NP_PLUGIN_MAGIC,
#endif
#ifdef BAD_OTHER_ABI
    .abi_major = 2,
    .abi_minor = 0,
#else
    .abi_major = NP_PLUGIN_ABI_MAJOR,
#ifdef BAD_NEWER_ABI
    .abi_minor = NP_PLUGIN_ABI_MINOR + 7,
#else
    .abi_minor = NP_PLUGIN_ABI_MINOR,
#endif
#endif
#ifdef BAD_SMALL_STRUCTS
    .struct_size = 8,
#else
    .struct_size = sizeof(np_plugin_entry),
#endif
    .strategy_desc_size = sizeof(np_strategy_desc),
    .param_desc_size = sizeof(np_param_desc),
    .input_desc_size = sizeof(np_input_desc),
#if defined(BAD_NO_STRATEGIES)
    .strategy_count = 0,
#elif defined(BAD_DUPLICATE_ID)
    .strategy_count = 2,
#else
    .strategy_count = 1,
#endif
    .strategies = strategies,
};

#if defined(BAD_REACH)
/* Ends the helper if any way out is open already while it is loaded. */
__attribute__((constructor)) static void reach(void)
{
    char text[600];
    reach_all(1, text, sizeof text);
    if (strcmp(text, " thread") != 0)
        abort();
}
#endif

#if defined(BAD_DRIP)
/* A byte of an answer now and then, on the helper's own socket, for ever. */
__attribute__((constructor)) static void drip(void)
{
    static const unsigned header[2] = {100, 1u << 20};
    for (ssize_t n = write(3, header, sizeof header); n > 0; n = write(3, "", 1))
        usleep(1000);
}
#endif

#if defined(BAD_CRASH)
__attribute__((constructor)) static void crash(void)
{
    volatile int *volatile nowhere = NULL;
    *nowhere = 1;
}
#endif

#ifdef BAD_EXPORTS
NP_PLUGIN_EXPORT int helper_of_mine(int x);
int helper_of_mine(int x)
{
    return x + 1;
}
#endif

#ifdef BAD_NO_ENTRY
NP_PLUGIN_EXPORT const np_plugin_entry *some_other_function(void);
const np_plugin_entry *some_other_function(void)
#else
const np_plugin_entry *np_plugin_entry_v1(void)
#endif
{
#if defined(BAD_NULL_ENTRY)
    return (void)&entry, NULL;
#endif
    memset(endless, '9', sizeof endless - 1);
#if defined(BAD_EXITS)
    exit(0);
#endif
#if defined(BAD_HANG)
    for (;;)
        pause();
#endif
    return &entry;
}
