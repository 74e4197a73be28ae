#include "plan/private/extras.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "plan/hash.h"

/* Doubles of np_dots_stats by name; counts and arrays are handled apart. */
static const struct {
    const char *name;
    size_t offset;
} numbers[] = {
    {"spacing_min_mm", offsetof(np_dots_stats, spacing_min_mm)},
    {"clark_evans_r", offsetof(np_dots_stats, clark_evans_r)},
    {"nn_mean", offsetof(np_dots_stats, nn_mean)},
    {"nn_cv", offsetof(np_dots_stats, nn_cv)},
    {"nn_quantile_error", offsetof(np_dots_stats, nn_quantile_error)},
    {"g_rms_error", offsetof(np_dots_stats, g_rms_error)},
    {"g_peak", offsetof(np_dots_stats, g_peak)},
    {"g_peak_at", offsetof(np_dots_stats, g_peak_at)},
    {"g_shell_max", offsetof(np_dots_stats, g_shell_max)},
    {"fano", offsetof(np_dots_stats, fano)},
};
#define N_NUMBERS (sizeof numbers / sizeof *numbers)
_Static_assert(PLAN_STATISTICS == 2 + N_NUMBERS + 9 + NP_DOTS_G_BINS, "every figure has its row");

static void add(plan_statistic *row, const char *name, int i, double value)
{
    row->value = value;
    if (i < 0)
        snprintf(row->name, sizeof row->name, "%s", name);
    else
        snprintf(row->name, sizeof row->name, "%s_%02d", name, i);
}

void plan_statistics_list(const np_dots_stats *stats, plan_statistic out[PLAN_STATISTICS])
{
    size_t n = 0;
    add(&out[n++], "n", -1, (double)stats->n);
    add(&out[n++], "n_interior", -1, (double)stats->n_interior);
    for (size_t i = 0; i < N_NUMBERS; i++) {
        double value;
        memcpy(&value, (const char *)stats + numbers[i].offset, sizeof value);
        add(&out[n++], numbers[i].name, -1, value);
    }
    for (int i = 0; i < 9; i++)
        add(&out[n++], "nn_quantile", i, stats->nn_quantile[i]);
    for (int i = 0; i < NP_DOTS_G_BINS; i++)
        add(&out[n++], "g", i, stats->g[i]);
}

bool plan_statistics_set(np_dots_stats *stats, const char *name, double value)
{
    int i;
    if (strcmp(name, "n") == 0 || strcmp(name, "n_interior") == 0) {
        size_t *count = name[1] ? &stats->n_interior : &stats->n;
        *count = value >= 0 && value < 1e9 ? (size_t)value : 0;
        return true;
    }
    for (size_t k = 0; k < N_NUMBERS; k++)
        if (strcmp(name, numbers[k].name) == 0) {
            memcpy((char *)stats + numbers[k].offset, &value, sizeof value);
            return true;
        }
    if (sscanf(name, "nn_quantile_%2d", &i) == 1 && i >= 0 && i < 9) {
        stats->nn_quantile[i] = value;
        return true;
    }
    if (sscanf(name, "g_%2d", &i) == 1 && i >= 0 && i < NP_DOTS_G_BINS) {
        stats->g[i] = value;
        return true;
    }
    return false;
}

void plan_extras_hash(const np_plan *plan, unsigned char out_hash[32])
{
    np_hash h;
    np_hash_init(&h, "needlepath-extras-v1");
    np_hash_text(&h, plan->title);
    np_hash_text(&h, plan->version);
    np_hash_text(&h, plan->case_text);
    np_hash_double(&h, plan->treated_area_cm2);
    for (size_t i = 0; i < plan->n_layers; i++)
        np_hash_double(&h, plan->layers[i].area_cm2);
    for (size_t i = 0; i < plan->n_sessions; i++) {
        const np_plan_session *s = &plan->sessions[i];
        np_hash_double(&h, s->tour_length_mm);
        np_hash_double(&h, s->tour_time_s);
        np_hash_double(&h, s->greedy_time_s);
        np_hash_u32(&h, s->patches);
        np_hash_u32(&h, s->reloads);
        np_hash_double(&h, s->spacing_min_mm);
    }
    plan_statistic rows[PLAN_STATISTICS];
    plan_statistics_list(&plan->stats, rows);
    for (size_t i = 0; i < PLAN_STATISTICS; i++)
        np_hash_double(&h, rows[i].value);
    np_hash_fini(&h, out_hash);
}
