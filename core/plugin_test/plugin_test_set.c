/* What a test gives its strategy: parameters, checked as a case's are, and what is drawn. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plugin_test/private/fail.h"
#include "plugin_test/private/head.h"

/* ---- parameters ---- */

/* The parameter of that name and of one of two types; NULL, and a failure, for none.  Its number into *OUT_INDEX. */
static const np_param_desc *param_of(np_test *t, const char *call, const char *name, int32_t first, int32_t last,
                                     uint32_t *out_index)
{
    for (uint32_t i = 0; t->strategy && i < t->strategy->param_count; i++) {
        const np_param_desc *p = &t->strategy->params[i];
        if (strcmp(p->id, name) != 0)
            continue;
        *out_index = i;
        if (p->type >= first && p->type <= last && !t->has_run)
            return p;
        plugin_test_fail(t, call,
                         t->has_run ? "'%s' is set after np_test_run" : "the parameter '%s' is of another type", name);
        return NULL;
    }
    plugin_test_fail(t, call, "there is no parameter '%s'", name);
    return NULL;
}

void np_test_set(np_test *t, const char *param, double value)
{
    uint32_t i;
    const np_param_desc *p = param_of(t, "np_test_set", param, NP_PARAM_FLOAT, NP_PARAM_OPTION, &i);
    if (p && value >= p->min && value <= p->max && (p->type == NP_PARAM_FLOAT || floor(value) == value))
        t->params[i] = value;
    else if (p)
        plugin_test_fail(t, "np_test_set", "the parameter '%s' takes %g to %g, and was given %g", param, p->min, p->max,
                         value);
}

static void set_bytes(np_test *t, uint32_t i, const void *bytes, uint32_t size)
{
    np_param_value *v = &t->values[i];
    uint8_t *copy = plugin_test_alloc((size_t)size + 1);
    if (size > 0)
        memcpy(copy, bytes, size);
    free((void *)v->bytes);
    *v = (np_param_value){.struct_size = sizeof *v, .count = size, .bytes = copy};
    if (t->strategy->params[i].type == NP_PARAM_TEXT)
        v->text = (const char *)copy;
    t->value_pointers[i] = v;
}

void np_test_set_text(np_test *t, const char *param, const char *text)
{
    uint32_t i, n = (uint32_t)strlen(text);
    const np_param_desc *p = param_of(t, "np_test_set_text", param, NP_PARAM_TEXT, NP_PARAM_TEXT, &i);
    if (p && n >= p->min && n <= p->max)
        set_bytes(t, i, text, n);
    else if (p)
        plugin_test_fail(t, "np_test_set_text", "the parameter '%s' takes %g to %g bytes, and was given %u", param,
                         p->min, p->max, n);
}

void np_test_set_file(np_test *t, const char *param, const void *bytes, uint32_t size)
{
    uint32_t i;
    const np_param_desc *p = param_of(t, "np_test_set_file", param, NP_PARAM_FILE, NP_PARAM_FILE, &i);
    if (p && size >= p->min && size <= p->max)
        set_bytes(t, i, bytes, size);
    else if (p)
        plugin_test_fail(t, "np_test_set_file", "the parameter '%s' takes %g to %g bytes, and was given %u", param,
                         p->min, p->max, size);
}

static uint32_t columns_of(const np_param_desc *p)
{
    uint32_t n = 0;
    while (p->type == NP_PARAM_TABLE && p->labels && p->labels[n])
        n++;
    return p->type == NP_PARAM_CURVE ? 2 : n;
}

static bool is_good_cell(const np_param_desc *p, const double *row, uint32_t column, bool first_row)
{
    if (p->type == NP_PARAM_CURVE && column == 0)
        return row[0] >= p->x_min && row[0] <= p->x_max && (first_row || row[0] > row[-2]);
    return row[column] >= p->min && row[column] <= p->max;
}

static void set_rows(np_test *t, uint32_t i, const double *rows, uint32_t count)
{
    uint32_t columns = columns_of(&t->strategy->params[i]);
    size_t bytes = (size_t)count * columns * sizeof *rows;
    np_param_value *v = &t->values[i];
    double *copy = plugin_test_alloc(bytes);
    if (bytes > 0)
        memcpy(copy, rows, bytes);
    free((void *)v->data);
    *v = (np_param_value){.struct_size = sizeof *v, .count = count, .columns = columns, .data = copy};
    t->value_pointers[i] = v;
}

void np_test_set_rows(np_test *t, const char *param, const double *rows, uint32_t count)
{
    uint32_t i;
    const np_param_desc *p = param_of(t, "np_test_set_rows", param, NP_PARAM_CURVE, NP_PARAM_TABLE, &i);
    uint32_t columns = p ? columns_of(p) : 0, most = p && p->type == NP_PARAM_CURVE ? NP_MAX_KNOTS : NP_MAX_ROWS;
    if (!p)
        return;
    if (count > most || (p->type == NP_PARAM_CURVE && count == 0)) {
        plugin_test_fail(t, "np_test_set_rows",
                         "the parameter '%s' takes at most %u rows, a curve one at least; it was "
                         "given %u",
                         param, most, count);
        return;
    }
    for (uint32_t r = 0; r < count; r++)
        for (uint32_t k = 0; k < columns; k++)
            if (!is_good_cell(p, rows + (size_t)r * columns, k, r == 0)) {
                plugin_test_fail(t, "np_test_set_rows",
                                 "the parameter '%s' has a number in row %u that it does not take", param, r + 1);
                return;
            }
    set_rows(t, i, rows, count);
}

/* ---- inputs ---- */

/* The slot of that name and kind, with room for one more; UINT32_MAX, and a failure, for none. */
static uint32_t slot_of(np_test *t, const char *call, const char *name, int32_t kind, uint32_t n, uint32_t most)
{
    for (uint32_t i = 0; t->strategy && i < t->strategy->input_count; i++) {
        const np_input_desc *in = &t->strategy->inputs[i];
        if (strcmp(in->id, name) != 0)
            continue;
        if (in->kind != kind || t->has_run)
            break;
        if (n < most && t->inputs[i].count < in->max_count) {
            t->inputs[i].count++;
            return i;
        }
        plugin_test_fail(t, call, "the slot '%s' takes no more than %u", name, in->max_count);
        return UINT32_MAX;
    }
    plugin_test_fail(t, call, t->has_run ? "'%s' is drawn after np_test_run" : "there is no slot '%s' for that", name);
    return UINT32_MAX;
}

void np_test_draw_region(np_test *t, const char *slot, const double middle[3], double radius_mm)
{
    uint32_t at = slot_of(t, "np_test_draw_region", slot, NP_INPUT_REGION, t->n_regions, NP_MAX_REGIONS);
    if (at == UINT32_MAX)
        return;
    plugin_test_line *r = &t->regions[t->n_regions++];
    if (!plugin_test_line_init_round(r, middle, radius_mm))
        plugin_test_fail(t, "np_test_draw_region", "a radius of %g mm has no border on the head", radius_mm);
    r->slot = at;
}

void np_test_draw_curve(np_test *t, const char *slot, const double *xyz, uint32_t count)
{
    uint32_t at = slot_of(t, "np_test_draw_curve", slot, NP_INPUT_CURVE, t->n_curves, NP_MAX_CURVES);
    if (at == UINT32_MAX)
        return;
    plugin_test_line *c = &t->curves[t->n_curves++];
    if (!plugin_test_line_init(c, xyz, count, false))
        plugin_test_fail(t, "np_test_draw_curve",
                         "a curve takes two places at least, no two in a row the same or opposite");
    c->slot = at;
}

void np_test_draw_points(np_test *t, const char *slot, const double *xyz, uint32_t count)
{
    uint32_t at = slot_of(t, "np_test_draw_points", slot, NP_INPUT_POINTS, t->n_points, NP_MAX_POINT_SETS);
    if (at == UINT32_MAX)
        return;
    const np_input_desc *in = &t->strategy->inputs[at];
    plugin_test_points *p = &t->points[t->n_points++];
    p->data = plugin_test_alloc((6 + in->value_count) * (size_t)count * sizeof *p->data);
    for (uint32_t i = 0; i < count; i++) {
        double direction[3], place[3];
        plugin_test_direction(xyz + 3 * (size_t)i, direction, place);
        for (uint32_t k = 0; k < 3; k++) {
            p->data[k * count + i] = place[k];
            p->data[(3 + k) * count + i] = direction[k];
        }
    }
    const double *d = p->data;
    p->p = (np_strategy_points){sizeof p->p,
                                count,
                                d,
                                d + count,
                                d + 2 * (size_t)count,
                                d + 3 * (size_t)count,
                                d + 4 * (size_t)count,
                                d + 5 * (size_t)count,
                                NULL,
                                in->value_count,
                                0};
    for (uint32_t v = 0; v < in->value_count; v++) {
        double *row = p->data + (6 + v) * (size_t)count;
        p->rows[v] = row;
        for (uint32_t i = 0; i < count; i++)
            row[i] = in->values[v].default_value;
    }
    p->slot = at;
}

/* The points that were drawn last for the slot of that name; NULL, and a failure, for none. */
static plugin_test_points *points_of(np_test *t, const char *slot)
{
    for (uint32_t i = t->n_points; i > 0 && !t->has_run; i--)
        if (strcmp(t->strategy->inputs[t->points[i - 1].slot].id, slot) == 0)
            return &t->points[i - 1];
    plugin_test_fail(t, "np_test_set_values", "no points were drawn for the slot '%s' before", slot);
    return NULL;
}

void np_test_set_values(np_test *t, const char *slot, const char *value, const double *numbers, uint32_t count)
{
    plugin_test_points *p = points_of(t, slot);
    const np_input_desc *in = p ? &t->strategy->inputs[p->slot] : NULL;
    uint32_t v = 0;
    if (!p)
        return;
    while (v < in->value_count && strcmp(in->values[v].id, value) != 0)
        v++;
    if (v == in->value_count || count != p->p.count) {
        plugin_test_fail(t, "np_test_set_values", "the slot '%s' has %u points, and %s value '%s'", slot, p->p.count,
                         v == in->value_count ? "no" : "a", value);
        return;
    }
    const np_param_desc *d = &in->values[v];
    double *row = p->data + (6 + v) * (size_t)count;
    for (uint32_t i = 0; i < count; i++) {
        row[i] = numbers[i];
        if (!(row[i] >= d->min && row[i] <= d->max) || (d->type != NP_PARAM_FLOAT && floor(row[i]) != row[i]))
            plugin_test_fail(t, "np_test_set_values", "'%s' takes %g to %g, and point %u was given %g", value, d->min,
                             d->max, i + 1, row[i]);
    }
    p->given |= 1u << v;
}

void np_test_set_hair(np_test *t, double density_per_cm2)
{
    t->hair_per_cm2 = density_per_cm2;
}

void np_test_set_history(np_test *t, double made_per_cm2, double planned_per_cm2, double made_tone)
{
    if (!(made_per_cm2 >= 0 && (planned_per_cm2 >= 0 || planned_per_cm2 == -1) && made_tone >= 0 && made_tone <= 1)) {
        plugin_test_fail(
            t, "np_test_set_history",
            "a history has densities of 0 or more (the planned one -1: there was no plan) and a tone from 0 to 1");
        return;
    }
    t->made_per_cm2 = made_per_cm2;
    t->planned_per_cm2 = planned_per_cm2;
    t->made_tone = made_per_cm2 > 0 ? made_tone : -1;
}

void np_test_set_seed(np_test *t, uint64_t seed)
{
    t->job.seed = seed;
}

void np_test_cancel(np_test *t)
{
    t->cancelled = true;
}
