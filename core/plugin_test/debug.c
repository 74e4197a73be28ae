/* needlepath-plugin-debug: runs a plugin on the test host, in this very process and without any sandbox, for a debugger, valgrind or a sanitizer.
 * `needlepath plugin debug` starts it. */
#include <dlfcn.h>
#include <errno.h>
#include <math.h>
#include <needlepath/plugin_test.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plugin_test/private/parts.h"

#define FAILED 3 /* as needlepath itself ends, where a plugin is wrong */
#define MAX_NUMBERS 8192

/* All of the file at PATH; NULL, and the reason on standard error.  The caller frees. */
static char *read_file(const char *path, size_t *out_size)
{
    FILE *f = fopen(path, "rb");
    char *bytes = NULL;
    *out_size = 0;
    if (f && fseek(f, 0, SEEK_END) == 0) {
        long n = ftell(f);
        rewind(f);
        bytes = n >= 0 ? calloc(1, (size_t)n + 1) : NULL;
        if (bytes)
            *out_size = fread(bytes, 1, (size_t)n, f);
    }
    if (!bytes)
        fprintf(stderr, "%s: cannot be read: %s\n", path, strerror(errno));
    if (f)
        fclose(f);
    return bytes;
}

/* The runtime of gcc's AddressSanitizer has to come first of all libraries: where the plugin names it, this program begins again with it. */
static void preload_sanitizer(const char *path, char **argv)
{
    static const char mark[] = "libasan.so.";
    const char *already = getenv("LD_PRELOAD");
    size_t size;
    char *bytes = already && strstr(already, mark) ? NULL : read_file(path, &size);
    char *found = bytes ? memmem(bytes, size, mark, sizeof mark - 1) : NULL;
    if (found && setenv("LD_PRELOAD", found, 1) == 0) {
        fprintf(stderr, "%s was built with AddressSanitizer: beginning again with %s\n", path, found);
        execv("/proc/self/exe", argv);
    }
    free(bytes);
}

static const np_plugin_entry *load(const char *path)
{
    np_plugin_entry_fn *entry_v1 = NULL;
    char *whole = realpath(path, NULL); /* dlopen looks for a name without a slash elsewhere */
    void *library = dlopen(whole ? whole : path, RTLD_NOW | RTLD_LOCAL);
    void *symbol = library ? dlsym(library, NP_PLUGIN_ENTRY) : NULL;
    free(whole);
    memcpy(&entry_v1, &symbol, sizeof entry_v1); /* ISO C knows no cast from void * to a function */
    if (!entry_v1) {
        fprintf(stderr, "%s: %s\n", path, library ? "does not export " NP_PLUGIN_ENTRY "()" : dlerror());
        return NULL;
    }
    return entry_v1();
}

/* ---- the layer ---- */

/* Values that have to be given are in the middle of what they may be. */
static void draw_points(np_test *t, const np_input_desc *in)
{
    static const double points[] = {-80, 20, 70, -85, 0, 70, -80, -20, 70};
    np_test_draw_points(t, in->id, points, 3);
    for (uint32_t v = 0; v < in->value_count; v++) {
        const np_param_desc *p = &in->values[v];
        double middle = p->min + (p->max - p->min) / 2, of = p->type == NP_PARAM_FLOAT ? middle : floor(middle);
        if (p->flags & NP_PARAM_REQUIRED)
            np_test_set_values(t, in->id, p->id, (const double[]){of, of, of}, 3);
    }
}

static void draw_inputs(np_test *t, const np_strategy_desc *s)
{
    static const double crown[] = {-30, 0, 120};
    static const double line[] = {-60, 60, 60, -90, 0, 50, -60, -60, 60};
    for (uint32_t i = 0; i < s->input_count; i++) {
        const np_input_desc *in = &s->inputs[i];
        if (in->kind == NP_INPUT_REGION)
            np_test_draw_region(t, in->id, crown, 45);
        else if (in->kind == NP_INPUT_CURVE)
            np_test_draw_curve(t, in->id, line, 3);
        else
            draw_points(t, in);
    }
}

static uint32_t columns_of(const np_param_desc *p)
{
    uint32_t n = 0;
    while (p->type == NP_PARAM_TABLE && p->labels[n])
        n++;
    return p->type == NP_PARAM_CURVE ? 2 : n;
}

/* The numbers of TEXT, whatever stands between them: "[[0, 0], [6, 1]]". */
static void set_rows(np_test *t, const np_param_desc *p, const char *text)
{
    static double numbers[MAX_NUMBERS];
    uint32_t n = 0, columns = columns_of(p);
    while (*text && n < MAX_NUMBERS) {
        char *end;
        double value = strtod(text, &end);
        if (end > text)
            numbers[n++] = value;
        text = end > text ? end : text + 1;
    }
    np_test_set_rows(t, p->id, numbers, columns > 0 ? n / columns : 0);
}

static double number_of(const np_param_desc *p, const char *text)
{
    char *end;
    for (int i = 0; p->type == NP_PARAM_OPTION && p->labels[i]; i++)
        if (strcmp(p->labels[i], text) == 0)
            return i;
    if (p->type == NP_PARAM_BOOL && (strcmp(text, "true") == 0 || strcmp(text, "false") == 0))
        return text[0] == 't';
    double value = strtod(text, &end);
    return end > text && !*end ? value : (double)NAN; /* which no parameter takes */
}

/* SETTING is "ID=VALUE". */
static void set_param(np_test *t, const np_strategy_desc *s, const char *setting)
{
    size_t n = strcspn(setting, "="), size;
    const char *value = setting + n + (setting[n] == '=');
    for (uint32_t i = 0; i < s->param_count; i++) {
        const np_param_desc *p = &s->params[i];
        if (strlen(p->id) != n || strncmp(p->id, setting, n) != 0)
            continue;
        char *bytes = p->type == NP_PARAM_FILE ? read_file(value, &size) : NULL;
        if (bytes)
            np_test_set_file(t, p->id, bytes, (uint32_t)size);
        else if (p->type == NP_PARAM_TEXT)
            np_test_set_text(t, p->id, value);
        else if (p->type == NP_PARAM_CURVE || p->type == NP_PARAM_TABLE)
            set_rows(t, p, value);
        else if (p->type <= NP_PARAM_OPTION)
            np_test_set(t, p->id, number_of(p, value));
        free(bytes);
        return;
    }
    np_test_set(t, setting, 0); /* there is none: a failure */
}

static void tell(const np_test *t, const np_strategy_desc *s)
{
    uint32_t n, pins;
    const np_test_dot *dots = np_test_dots(t, &n);
    double low = INFINITY, high = -INFINITY;
    (void)np_test_pins(t, &pins);
    for (uint32_t i = 0; i < n; i++)
        if (dots[i].coverage > 0) {
            low = fmin(low, dots[i].density_per_cm2);
            high = fmax(high, dots[i].density_per_cm2);
        }
    printf("%s: about %.0f dots and %u pins; density where it covers: ", s->id, np_test_dot_count(t), pins);
    printf(low <= high ? "%g to %g per cm2\n" : "nowhere\n", low, high);
}

/* PLUGIN.so STRATEGY|- [ID=VALUE]... */
int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("needlepath-plugin-debug is started by `needlepath plugin debug`\n", stderr);
        return 2;
    }
    preload_sanitizer(argv[1], argv);
    const np_plugin_entry *entry = load(argv[1]);
    if (!entry)
        return FAILED;
    np_test *t = np_test_begin(entry, strcmp(argv[2], "-") == 0 ? NULL : argv[2]);
    const np_strategy_desc *s = t->strategy;
    if (!s) {
        (void)np_test_end(t);
        return FAILED;
    }
    draw_inputs(t, s);
    for (int i = 3; i < argc; i++)
        set_param(t, s, argv[i]);
    int code = np_test_run(t);
    fputs(np_test_log(t), stdout);
    if (code == 0)
        tell(t, s);
    else
        printf("%s fails: %s\n", s->id, np_test_error(t));
    return np_test_end(t) > 0 || code != 0 ? FAILED : 0;
}
