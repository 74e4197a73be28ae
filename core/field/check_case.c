/* Inputs and parameters to try a strategy with.  The case is written as a user's would be, and read by the same reader; the shapes are those that
 * the built-in head brings for the templates.  Required parameters get a value here, as a user would give one. */
#include "field/private/check_case.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

#define STREAM 0x63686b31u        /* "chk1": mixes of parameters */
#define STREAM_VALUES 0x63686b32u /* and of values of points */
#define BIG_FILE_BYTES (1u << 20)
#define RANDOM_BYTES 4096u
#define RANDOM_ROWS 12u
#define REQUIRED_BYTES 64u
#define REACH_MM 40

/* ---- the case ---- */

static void write_points(FILE *f, const np_case_points *points)
{
    fputc('[', f);
    for (unsigned i = 0; i < points->n; i++)
        fprintf(f, "%s[%.4f, %.4f, %.4f]", i ? ", " : "", points->points[i].x, points->points[i].y,
                points->points[i].z);
    fputc(']', f);
}

static uint32_t count_for(const np_strategy_desc *d, uint32_t slot, field_check_inputs inputs)
{
    const np_input_desc *in = &d->inputs[slot];
    if (inputs == FIELD_CHECK_MOST)
        return in->max_count;
    if (inputs == FIELD_CHECK_USUAL)
        return in->min_count > 0 ? in->min_count : 1;
    for (uint32_t i = 0; i < d->input_count; i++)
        if (d->inputs[i].min_count > 0)
            return in->min_count;
    return slot == 0;
}

/* Value V of a point of a check: in the middle where it must be given, else at its ends and between them; a seed gives always the same. */
static double point_value(const np_param_desc *v, field_check_inputs inputs, uint64_t seed, unsigned point, uint32_t k)
{
    double mix = point == 0 ? 0 : point == 1 ? 1 : np_rng_uniform(seed, STREAM_VALUES, point, k);
    double share = inputs == FIELD_CHECK_LEAST ? 0 : inputs == FIELD_CHECK_MOST ? mix : 0.5;
    double x = fmin(v->min + share * (v->max - v->min), v->max);
    return v->type == NP_PARAM_FLOAT ? x : floor(x);
}

/* What the N points of a set for slot IN have beside their places; as usual only what they must have. */
static void write_values(FILE *f, const np_input_desc *in, field_check_inputs inputs, uint64_t seed, unsigned n)
{
    fputs(", values: {", f);
    for (uint32_t k = 0; k < in->value_count; k++) {
        if (inputs == FIELD_CHECK_USUAL && !(in->values[k].flags & NP_PARAM_REQUIRED))
            continue;
        fprintf(f, "%s: [", in->values[k].id);
        for (unsigned i = 0; i < n; i++)
            fprintf(f, "%s%.17g", i ? ", " : "", point_value(&in->values[k], inputs, seed, i, k));
        fputs("], ", f);
    }
    fputc('}', f);
}

/* Sets of points, slot by slot as write_layer names them. */
static void write_point_sets(FILE *f, const np_strategy_desc *d, const np_case_points *points,
                             field_check_inputs inputs, uint64_t seed)
{
    unsigned at = 0;
    for (uint32_t i = 0; i < d->input_count; i++)
        for (uint32_t k = 0; d->inputs[i].kind == NP_INPUT_POINTS && k < count_for(d, i, inputs); k++) {
            fprintf(f, "%s  - {name: p%u, points: ", at ? "" : "points:\n", at);
            write_points(f, points);
            write_values(f, &d->inputs[i], inputs, seed + at++, points->n);
            fputs("}\n", f);
        }
}

/* COUNT shapes of one kind, named PREFIX0, PREFIX1, ..., from the N given in turn. */
static void write_shapes(FILE *f, const char *section, const char *key, char prefix, unsigned count,
                         const np_case_points *const *shapes, unsigned n)
{
    if (count == 0)
        return;
    fprintf(f, "%s:\n", section);
    for (unsigned i = 0; i < count; i++) {
        fprintf(f, "  - {name: %c%u, %s: ", prefix, i, key);
        write_points(f, shapes[i % n]);
        fputs("}\n", f);
    }
}

static void write_layer(FILE *f, const np_strategy_desc *d, field_check_inputs inputs, unsigned *counts)
{
    static const char prefixes[] = "?rcp"; /* by NP_INPUT_ kind */
    bool any = false;
    fprintf(f, "layers:\n  - {name: check, strategy: %s, inputs: {", d->id);
    for (uint32_t i = 0; i < d->input_count; i++) {
        uint32_t n = count_for(d, i, inputs);
        int kind = d->inputs[i].kind;
        if (n == 0)
            continue;
        fprintf(f, "%s%s: [", any ? ", " : "", d->inputs[i].id);
        for (uint32_t k = 0; k < n; k++)
            fprintf(f, "%s%c%u", k ? ", " : "", prefixes[kind], counts[kind]++);
        fputc(']', f);
        any = true;
    }
    fprintf(f, counts[NP_INPUT_REGION] ? "}}\n" : "}, reach_mm: %d}\n", REACH_MM);
}

static void write_case(FILE *f, const np_strategy_desc *d, const np_scan_description *head, field_check_inputs inputs,
                       uint64_t seed)
{
    const np_case_points *const regions[] = {&head->scalp_outline, &head->crown_outline, &head->frontal_outline};
    const np_case_points *const curves[] = {&head->fut_scar, &head->facelift_scar};
    unsigned counts[4] = {0};
    fprintf(f, "needlepath: 1\nseed: %llu\nscan: {head: {sex: m, percentile: 50}}\nwhorls: ", (unsigned long long)seed);
    write_points(f, &head->scan.whorls);
    fputc('\n', f);
    write_layer(f, d, inputs, counts);
    write_shapes(f, "regions", "outline", 'r', counts[NP_INPUT_REGION], regions, 3);
    write_shapes(f, "curves", "points", 'c', counts[NP_INPUT_CURVE], curves, 2);
    write_point_sets(f, d, &head->fue_scars, inputs, seed);
    fputs(inputs == FIELD_CHECK_LEAST ? "sessions: [{cumulative: 1, day: 0}]\n"
                                      : "sessions: [{cumulative: 0.3, day: 0}, {cumulative: 0.7, day: 7}, {cumulative: "
                                        "1, day: 30}]\n",
          f);
    if (inputs != FIELD_CHECK_LEAST) {
        fputs("existing:\n  follicles: ", f);
        write_points(f, &head->fue_scars);
        fputc('\n', f);
    }
}

np_status field_check_case_create(const np_strategy_desc *d, const np_scan_description *head, field_check_inputs inputs,
                                  uint64_t seed, np_case **out_case, np_error *err)
{
    char *text = NULL;
    size_t size = 0;
    *out_case = NULL;
    FILE *f = open_memstream(&text, &size);
    if (!f)
        return np_error_no_memory(err, "the case of a check");
    write_case(f, d, head, inputs, seed);
    bool failed = ferror(f) != 0;
    np_status status = fclose(f) != 0 || failed ? np_error_no_memory(err, "the case of a check")
                                                : np_case_parse("the case of the check", text, size, out_case, err);
    free(text);
    return status;
}

np_status field_check_points_create(const np_scan *scan, unsigned n, np_surface_point **out_points, size_t *out_n,
                                    np_error *err)
{
    *out_n = 0;
    *out_points = calloc(n, sizeof **out_points);
    if (!*out_points)
        return np_error_no_memory(err, "samples");
    for (unsigned i = 0; i < n; i++) {
        double z = -0.35 + 1.35 * (i + 0.5) / n, r = sqrt(1 - z * z), a = 2.399963 * i;
        np_vec3 direction = {r * cos(a), r * sin(a), z};
        if (np_surface_ray(&scan->surface, np_vec3_make(0, 0, 40), direction, 300, *out_points + *out_n))
            ++*out_n;
    }
    return NP_OK;
}

/* ---- parameters ---- */

typedef struct draw {
    uint64_t seed;
    uint32_t param, n; /* numbers drawn for it */
} draw;

static double next(draw *d)
{
    return np_rng_uniform(d->seed, STREAM, d->param, d->n++);
}

static double number_of(const np_param_desc *p, field_check_mix_kind kind, draw *d)
{
    if (kind == FIELD_CHECK_DEFAULT)
        return p->default_value;
    if (kind != FIELD_CHECK_MIXED)
        return kind == FIELD_CHECK_MIN ? p->min : p->max;
    double u = next(d);
    if (p->type == NP_PARAM_FLOAT)
        return fmin(p->min + u * (p->max - p->min), p->max);
    return fmin(p->min + floor(u * (p->max - p->min + 1)), p->max);
}

static np_status set_bytes(const np_param_desc *p, field_param_value *value, size_t n, draw *d, np_error *err)
{
    value->bytes = malloc(n + 1);
    if (!value->bytes)
        return np_error_no_memory(err, "a parameter");
    for (size_t i = 0; i < n; i++)
        value->bytes[i] = p->type == NP_PARAM_TEXT ? (uint8_t)('a' + (int)(26 * next(d))) : (uint8_t)(256 * next(d));
    value->bytes[n] = 0;
    value->count = (uint32_t)n;
    return NP_OK;
}

static np_status bytes_of(const np_param_desc *p, field_check_mix_kind kind, draw *d, field_param_value *value,
                          np_error *err)
{
    bool required = p->flags & NP_PARAM_REQUIRED;
    double most = fmin(p->max, BIG_FILE_BYTES), n = p->min;
    if (kind == FIELD_CHECK_DEFAULT && p->type == NP_PARAM_TEXT && !required) {
        value->bytes = (uint8_t *)strdup(p->default_text);
        value->count = (uint32_t)strlen(p->default_text);
        return value->bytes ? NP_OK : np_error_no_memory(err, "a parameter");
    }
    if (kind == FIELD_CHECK_DEFAULT)
        n = fmax(p->min, fmin(p->max, REQUIRED_BYTES));
    else if (kind == FIELD_CHECK_MAX)
        n = most;
    else if (kind == FIELD_CHECK_MIXED)
        n = floor(p->min + next(d) * (fmin(most, p->min + RANDOM_BYTES) - p->min));
    if (p->type == NP_PARAM_FILE && !required && (kind == FIELD_CHECK_DEFAULT || kind == FIELD_CHECK_MIN))
        return NP_OK; /* none is given */
    return set_bytes(p, value, (size_t)n, d, err);
}

/* Row I of N: knots over the whole of x, or cells. */
static void set_row(const np_param_desc *p, field_check_mix_kind kind, draw *d, double *row, uint32_t columns,
                    uint32_t i, uint32_t n)
{
    for (uint32_t k = 0; k < columns; k++)
        row[k] = kind == FIELD_CHECK_MIN       ? p->min
                 : kind == FIELD_CHECK_MAX     ? p->max
                 : kind == FIELD_CHECK_DEFAULT ? p->min + (p->max - p->min) / 2
                                               : fmin(p->min + next(d) * (p->max - p->min), p->max);
    if (p->type == NP_PARAM_CURVE)
        row[0] = n == 1 ? p->x_min : fmin(p->x_min + (p->x_max - p->x_min) * i / (n - 1), p->x_max);
}

static np_status rows_of(const np_param_desc *p, field_check_mix_kind kind, draw *d, field_param_value *value,
                         np_error *err)
{
    bool required = p->flags & NP_PARAM_REQUIRED, curve = p->type == NP_PARAM_CURVE;
    uint32_t least = curve, n = kind == FIELD_CHECK_MIN ? least : curve ? NP_MAX_KNOTS : NP_MAX_ROWS;
    if (kind == FIELD_CHECK_MIXED)
        n = least + (uint32_t)(next(d) * RANDOM_ROWS);
    else if (kind == FIELD_CHECK_DEFAULT)
        n = required ? 2 : p->default_count;
    value->columns = field_param_columns(p);
    value->count = n;
    value->data = calloc((size_t)n * value->columns + 1, sizeof *value->data);
    if (!value->data)
        return np_error_no_memory(err, "a parameter");
    if (kind == FIELD_CHECK_DEFAULT && !required && n > 0)
        memcpy(value->data, p->default_data, (size_t)n * value->columns * sizeof *value->data);
    else
        for (uint32_t i = 0; i < n; i++)
            set_row(p, kind, d, value->data + (size_t)i * value->columns, value->columns, i, n);
    return NP_OK;
}

np_status field_check_params_init(const np_strategy_desc *d, const field_check_mix *mix, field_params *out,
                                  np_error *err)
{
    *out = (field_params){.n = d->param_count, .files = strdup("")};
    out->numbers = calloc(d->param_count + 1, sizeof *out->numbers);
    out->values = calloc(d->param_count + 1, sizeof *out->values);
    np_status status = out->numbers && out->values && out->files ? NP_OK : np_error_no_memory(err, "parameters");
    for (uint32_t k = 0; status == NP_OK && k < d->param_count; k++) {
        const np_param_desc *p = &d->params[k];
        draw numbers = {mix->seed, k, 0};
        field_check_mix_kind kind = mix->param == FIELD_CHECK_ALL || mix->param == k ? mix->kind : FIELD_CHECK_DEFAULT;
        if (p->type <= NP_PARAM_OPTION)
            out->numbers[k] = number_of(p, kind, &numbers);
        else if (p->type == NP_PARAM_TEXT || p->type == NP_PARAM_FILE)
            status = bytes_of(p, kind, &numbers, &out->values[k], err);
        else
            status = rows_of(p, kind, &numbers, &out->values[k], err);
    }
    if (status != NP_OK)
        field_params_fini(out);
    return status;
}
