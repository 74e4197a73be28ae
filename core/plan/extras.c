/* The checksum over what no approval covers. */
#include "plan/private/extras.h"

#include <stdio.h>
#include <string.h>

#include "plan/hash.h"

/* Up to version 3 the figures were these alone, in this order. */
static void hash_older_figure(np_hash *h, const np_plan *plan, const char *name)
{
    double value = 0;
    for (size_t i = 0; i < plan->n_figures; i++)
        if (strcmp(plan->figures[i].name, name) == 0)
            value = plan->figures[i].value;
    np_hash_double(h, value);
}

static void hash_older_figures(np_hash *h, const np_plan *plan)
{
    static const char *const singles[] = {"n",       "n_interior", "spacing_min_mm",    "clark_evans_r",
                                          "nn_mean", "nn_cv",      "nn_quantile_error", "g_rms_error",
                                          "g_peak",  "g_peak_at",  "g_shell_max",       "fano"};
    static const struct {
        const char *name;
        int n;
    } arrays[] = {{"nn_quantile", 9}, {"g", 44}};
    for (size_t i = 0; i < sizeof singles / sizeof singles[0]; i++)
        hash_older_figure(h, plan, singles[i]);
    for (size_t i = 0; i < 2; i++)
        for (int k = 0; k < arrays[i].n; k++) {
            char name[NP_FIGURE_NAME_BYTES];
            snprintf(name, sizeof name, "%s_%02d", arrays[i].name, k);
            hash_older_figure(h, plan, name);
        }
}

static void hash_sessions(np_hash *h, const np_plan *plan)
{
    for (size_t i = 0; i < plan->n_sessions; i++) {
        const np_plan_session *s = &plan->sessions[i];
        np_hash_double(h, s->tour_length_mm);
        np_hash_double(h, s->tour_time_s);
        np_hash_double(h, s->greedy_time_s);
        np_hash_u32(h, s->patches);
        np_hash_u32(h, s->reloads);
        np_hash_double(h, s->spacing_min_mm);
    }
}

void plan_extras_hash(const np_plan *plan, int64_t version, unsigned char out_hash[32])
{
    np_hash h;
    np_hash_init(&h, version < 4   ? "needlepath-extras-v1"
                     : version < 7 ? "needlepath-extras-v2"
                                   : "needlepath-extras-v3");
    np_hash_text(&h, plan->title);
    np_hash_text(&h, plan->version);
    np_hash_text(&h, plan->case_text);
    np_hash_double(&h, plan->treated_area_cm2);
    for (size_t i = 0; i < plan->n_layers; i++)
        np_hash_double(&h, plan->layers[i].area_cm2);
    hash_sessions(&h, plan);
    if (version < 4) {
        hash_older_figures(&h, plan);
    } else {
        np_hash_text(&h, plan->notes);
        if (version >= 7)
            np_hash_text(&h, plan->plugins);
        np_hash_u32(&h, (uint32_t)plan->reload_every);
        np_hash_u32(&h, (uint32_t)plan->n_figures);
        for (size_t i = 0; i < plan->n_figures; i++) {
            np_hash_text(&h, plan->figures[i].name);
            np_hash_double(&h, plan->figures[i].value);
        }
    }
    np_hash_fini(&h, out_hash);
}
