/* The case is written as a user's would be, and read by the same reader: so what an example is given is checked, and refused, as in a case. */
#include "field/example.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plain.h"
#include "base/suggest.h"
#include "case/template.h"

#define REACH_MM 20
/* Where one thing is made around each point, as a ladder of test dots, round scars lie too near to each other. */
#define APART "vertex and inion"

static bool is_id(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!islower((unsigned char)text[i]) && !isdigit((unsigned char)text[i]) && text[i] != '_')
            return false;
    return n > 0;
}

/* What stands behind the sign of "ID=...", if that it is. */
static np_status value_of(const char *text, const char *what, const char **out_value, np_error *err)
{
    const char *equals = strchr(text, '=');
    *out_value = equals ? equals + 1 : "";
    if (equals && equals[1] && is_id(text, (size_t)(equals - text)) && np_plain_is(text))
        return NP_OK;
    return np_error_set(err, NP_ERR_USAGE, "expected %s, found '%.80s'", what, text);
}

/* ", params: {id: value, ...}": lists as they are, all else in quotes. */
static np_status write_params(const np_field_example *e, FILE *f, np_error *err)
{
    fputs(", params: {", f);
    for (size_t i = 0; i < e->n_params; i++) {
        const char *text = e->params[i], *value;
        np_status status = value_of(text, "a parameter as ID=VALUE", &value, err);
        if (status != NP_OK)
            return status;
        fprintf(f, "%s%.*s: ", i ? ", " : "", (int)(value - 1 - text), text);
        if (value[0] == '[') {
            fputs(value, f);
            continue;
        }
        fputc('\'', f);
        for (; *value; value++)
            fprintf(f, *value == '\'' ? "''" : "%c", *value);
        fputc('\'', f);
    }
    fputc('}', f);
    return NP_OK;
}

/* ---- what is drawn ---- */

static bool all_optional(const np_strategy_desc *d)
{
    for (uint32_t i = 0; i < d->input_count; i++)
        if (d->inputs[i].min_count > 0)
            return false;
    return true;
}

static bool has_lines(const np_strategy_desc *d)
{
    for (uint32_t i = 0; i < d->input_count; i++)
        if (d->inputs[i].kind != NP_INPUT_REGION)
            return true;
    return false;
}

/* Where the input of slot I lies; NULL: nowhere. */
static const char *place_of(const np_field_example *e, uint32_t i)
{
    const np_input_desc *in = &e->strategy->inputs[i];
    const char *const usual[] = {"", "crown", "fut_scar",
                                 in->min_count > 0 ? APART : "fue_scars"}; /* by NP_INPUT_ kind */
    for (size_t k = 0; k < e->n_inputs; k++) {
        size_t n = strcspn(e->inputs[k], "=");
        if (strlen(in->id) == n && strncmp(in->id, e->inputs[k], n) == 0)
            return e->inputs[k] + n + 1;
    }
    bool by_itself = e->n_inputs == 0 && all_optional(e->strategy) &&
                     (in->kind != NP_INPUT_REGION || (i == 0 && !has_lines(e->strategy)));
    return in->min_count > 0 || by_itself ? usual[in->kind] : NULL;
}

static np_status check_inputs(const np_field_example *e, np_error *err)
{
    const np_strategy_desc *d = e->strategy;
    for (size_t k = 0; k < e->n_inputs; k++) {
        const char *place, *names[NP_MAX_INPUTS];
        char list[400] = "";
        bool found = false;
        np_status status = value_of(e->inputs[k], "an input as SLOT=PLACE", &place, err);
        if (status != NP_OK)
            return status;
        for (uint32_t i = 0; i < d->input_count; i++) {
            names[i] = d->inputs[i].id;
            found = found || (strncmp(names[i], e->inputs[k], (size_t)(place - 1 - e->inputs[k])) == 0 &&
                              names[i][place - 1 - e->inputs[k]] == '\0');
        }
        np_suggest_list(list, sizeof list, names, d->input_count);
        if (!found || !is_id(place, strlen(place)))
            return np_error_set(err, NP_ERR_USAGE, "expected an input as SLOT=PLACE, of the slots %s; found '%.80s'",
                                list, e->inputs[k]);
    }
    return NP_OK;
}

static void write_layer(const np_field_example *e, const char *params, FILE *f)
{
    const np_strategy_desc *d = e->strategy;
    bool any = false, region = false;
    fprintf(f, "layers:\n  - {name: example, strategy: %s, inputs: {", d->id);
    for (uint32_t i = 0; i < d->input_count; i++)
        if (place_of(e, i)) {
            fprintf(f, "%s%s: [i%u]", any ? ", " : "", d->inputs[i].id, i);
            any = true;
            region = region || d->inputs[i].kind == NP_INPUT_REGION;
        }
    fputc('}', f);
    if (!region)
        fprintf(f, ", reach_mm: %d", REACH_MM);
    fprintf(f, "%s}\n", params);
}

/* What points must have beside their places is in the middle of what it may be. */
static void write_values(const np_input_desc *in, FILE *f)
{
    if (in->value_count == 0)
        return;
    fputs(", values: {", f);
    for (uint32_t k = 0; k < in->value_count; k++) {
        const np_param_desc *v = &in->values[k];
        double middle = v->min + (v->max - v->min) / 2;
        if (v->flags & NP_PARAM_REQUIRED)
            fprintf(f, "%s: %.17g, ", v->id, v->type == NP_PARAM_FLOAT ? middle : floor(middle));
    }
    fputc('}', f);
}

/* Where it lies, by name or point by point. */
static void write_place(const np_field_example *e, const char *place, FILE *f)
{
    if (strcmp(place, APART) != 0) {
        fprintf(f, "of: %s", place);
        return;
    }
    const np_vec3 *v = &e->head->scan.landmarks.vertex, *i = &e->head->scan.landmarks.inion; /* in the scan's units */
    fprintf(f, "points: [[%.9g, %.9g, %.9g], [%.9g, %.9g, %.9g]]", v->x, v->y, v->z, i->x, i->y, i->z);
}

static void write_shapes(const np_field_example *e, int kind, const char *section, FILE *f)
{
    bool any = false;
    for (uint32_t i = 0; i < e->strategy->input_count; i++) {
        const char *place = e->strategy->inputs[i].kind == kind ? place_of(e, i) : NULL;
        if (place) {
            fprintf(f, "%s  - {name: i%u, ", any ? "" : section, i);
            write_place(e, place, f);
            write_values(&e->strategy->inputs[i], f);
            fputs("}\n", f);
        }
        any = any || place;
    }
}

static np_status write_case(const np_field_example *e, FILE *f, np_error *err)
{
    char *params = NULL;
    size_t size;
    np_status status = check_inputs(e, err);
    FILE *in = status == NP_OK ? open_memstream(&params, &size) : NULL;
    if (status == NP_OK)
        status = in ? write_params(e, in, err) : np_error_no_memory(err, "an example");
    if (in && fclose(in) != 0 && status == NP_OK)
        status = np_error_no_memory(err, "an example");
    if (status == NP_OK) {
        fputs("needlepath: 1\nseed: 1\n", f);
        np_case_template_write_scan(e->head, f);
        write_layer(e, params, f);
        write_shapes(e, NP_INPUT_REGION, "regions:\n", f);
        write_shapes(e, NP_INPUT_CURVE, "curves:\n", f);
        write_shapes(e, NP_INPUT_POINTS, "points:\n", f);
    }
    free(params);
    return status;
}

np_status np_field_example_create(const np_field_example *example, np_case **out_case, np_error *err)
{
    char *text = NULL;
    size_t size = 0;
    *out_case = NULL;
    FILE *f = open_memstream(&text, &size);
    if (!f)
        return np_error_no_memory(err, "an example");
    np_status status = write_case(example, f, err);
    bool failed = ferror(f) != 0;
    if ((fclose(f) != 0 || failed) && status == NP_OK)
        status = np_error_no_memory(err, "an example");
    if (status == NP_OK)
        status = np_case_parse("the example's case", text, size, out_case, err);
    free(text);
    return status;
}
