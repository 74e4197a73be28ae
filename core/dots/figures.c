/* One list of names and places, from which figures are written and read, so that none can be stored and not come back. */
#include "dots/figures.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef void visit(void *context, const char *name, double *value);

static void visit_array(visit *see, void *context, const char *name, double *values, int n)
{
    char numbered[NP_FIGURE_NAME_BYTES];
    for (int i = 0; i < n; i++) {
        snprintf(numbered, sizeof numbered, "%s_%02d", name, i);
        see(context, numbered, &values[i]);
    }
}

/* A count goes as a double, in which every one that a plan can have is exact. */
static void visit_count(visit *see, void *context, const char *name, size_t *count)
{
    double value = (double)*count;
    see(context, name, &value);
    *count = value >= 0 && value < 1e9 ? (size_t)value : 0;
}

static void visit_all(np_dots_stats *stats, visit *see, void *context)
{
    visit_count(see, context, "n", &stats->n);
    visit_count(see, context, "n_interior", &stats->n_interior);
#define SINGLE(name, what) see(context, #name, &stats->name);
    NP_DOTS_STATS_TABLE(SINGLE)
#undef SINGLE
    visit_array(see, context, "nn_quantile", stats->nn_quantile, 9);
    visit_array(see, context, "g", stats->g, NP_DOTS_G_BINS);
}

static void append(void *context, const char *name, double *value)
{
    np_figure **next = context;
    assert(strlen(name) < NP_FIGURE_NAME_BYTES);
    snprintf((*next)->name, NP_FIGURE_NAME_BYTES, "%s", name);
    (*next)++->value = isfinite(*value) ? *value : 0;
}

void np_dots_figures_list(const np_dots_stats *stats, np_figure out[NP_DOTS_FIGURES])
{
    np_dots_stats copy = *stats;
    np_figure *next = out;
    visit_all(&copy, append, &next);
    assert(next == out + NP_DOTS_FIGURES);
}

typedef struct list {
    const np_figure *figures;
    size_t n;
} list;

static void look_up(void *context, const char *name, double *value)
{
    const list *l = context;
    for (size_t i = 0; i < l->n; i++)
        if (strcmp(l->figures[i].name, name) == 0)
            *value = l->figures[i].value;
}

void np_dots_figures_read(const np_figure *figures, size_t n, np_dots_stats *out)
{
    list l = {figures, n};
    *out = (np_dots_stats){0};
    visit_all(out, look_up, &l);
}
