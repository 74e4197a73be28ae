/* Reading a case file: the schema does most of it (schema.c); here is what needs the whole document, and the
 * freeing. */
#include "case/case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "case/number.h"
#include "case/private/keep_outs.h"
#include "case/private/layers.h"
#include "case/private/load.h"
#include "case/private/shapes.h"
#include "case/private/verify.h"

/* ---- freeing ---- */

void np_case_destroy(np_case *c)
{
    if (!c)
        return;
    free(c->path);
    free(c->text);
    free(c->title);
    case_scan_fini(&c->scan);
    np_palette_fini(&c->shades);
    free(c->test_dots.read_on);
    free(c->person.cleared_by);
    free(c->person.scar_seen_by);
    case_shapes_free(c->regions, c->n_regions);
    case_shapes_free(c->curves, c->n_curves);
    case_shapes_free(c->point_sets, c->n_point_sets);
    free(c->existing.points);
    free(c->existing_file);
    free(c->made_plan);
    free(c->made_file);
    free(c->made.points);
    free(c->made_tones);
    case_keep_outs_free(c->keep_outs, c->n_keep_outs);
    case_layers_free(c->layers, c->n_layers);
    free(c);
}

/* ---- what the schema leaves ---- */

/* Shapes, keep-outs, and what strategies give a meaning. */
static np_status read_rest(const case_document *document, np_case *c, np_error *err)
{
    np_status status = case_shapes_read(document, c, err);
    if (status == NP_OK)
        status = case_keep_outs_read(document, true, c, err);
    return status == NP_OK ? case_layers_read(document, c, err) : status;
}

/* Defaults that are no single number. */
static void fill_rest(const case_document *document, np_case *c)
{
    /* domain.md 1.6: three sessions of 30, 70, 100 % (Liu 2025), a week and a month apart */
    static const np_case_session three[] = {{0.3, 0, 0}, {0.7, 7, 0}, {1, 30, 0}};
    if (c->n_sessions == 0) {
        memcpy(c->sessions, three, sizeof three);
        c->n_sessions = 3;
    }
    int person = case_document_get(document, 1, "person");
    c->has_person = person != 0;
    c->has_health =
        person && (case_document_get(document, person, "age_years") ||
                   case_document_get(document, person, "conditions") || case_document_get(document, person, "cleared"));
    /* Beside the left ear, clear of any head; assumed, as no source has one. */
    if (!case_document_get(document, case_document_get(document, 1, "arm"), "reload_station_mm"))
        c->arm.reload_station_mm = np_vec3_make(0, 200, 100);
}

/* Relative paths in a case file start at its own folder. */
static np_status resolve(const char *path, char **name, np_error *err)
{
    if (!*name)
        return NP_OK;
    char *resolved = np_file_beside(path, *name);
    if (!resolved)
        return np_error_no_memory(err, path);
    free(*name);
    *name = resolved;
    return NP_OK;
}

static np_status keep_text(np_case *c, const char *path, const char *text, size_t size, np_error *err)
{
    c->path = strdup(path);
    c->scan.path = c->path;
    c->text = malloc(size + 1);
    if (!c->title)
        c->title = strdup("");
    if (!c->path || !c->text || !c->title)
        return np_error_no_memory(err, path);
    memcpy(c->text, text, size);
    c->text[size] = '\0';
    return NP_OK;
}

np_status np_case_parse_keys(const char *path, const char *text, np_case **out_case, np_error *err)
{
    *out_case = NULL;
    case_document document;
    void *data = NULL;
    np_status status = case_load(path, text, strlen(text), &case_schema, &document, &data, err);
    if (status != NP_OK)
        return status;
    np_case *c = data;
    fill_rest(&document, c);
    status = case_keep_outs_read(&document, false, c, err);
    case_document_fini(&document);
    if (status == NP_OK)
        status = keep_text(c, path, text, strlen(text), err);
    if (status == NP_OK)
        *out_case = c;
    else
        np_case_destroy(c);
    return status;
}

np_status np_case_parse(const char *path, const char *text, size_t size, np_case **out_case, np_error *err)
{
    *out_case = NULL;
    case_document document;
    void *data = NULL;
    np_status status = case_load(path, text, size, &case_schema, &document, &data, err);
    if (status != NP_OK)
        return status;
    np_case *c = data;
    fill_rest(&document, c);
    status = keep_text(c, path, text, size, err);
    if (status == NP_OK)
        status = read_rest(&document, c, err);
    if (status == NP_OK)
        status = resolve(path, &c->scan.file, err);
    if (status == NP_OK)
        status = resolve(path, &c->existing_file, err);
    if (status == NP_OK)
        status = resolve(path, &c->made_plan, err);
    if (status == NP_OK)
        status = resolve(path, &c->made_file, err);
    if (status == NP_OK)
        status = case_verify(c, &document, err);
    if (status == NP_OK)
        *out_case = c;
    else
        np_case_destroy(c);
    case_document_fini(&document);
    return status;
}

np_status np_case_read(const char *path, np_case **out_case, np_error *err)
{
    *out_case = NULL;
    char *text;
    size_t size;
    np_status status = np_file_read_text(path, CASE_FILE_MAX, &text, &size, err);
    if (status != NP_OK)
        return status;
    status = np_case_parse(path, text, size, out_case, err);
    free(text);
    return status;
}

/* ---- finding ---- */

static const np_case_shape *find(const np_case_shape *shapes, unsigned n, const char *name)
{
    for (unsigned i = 0; i < n; i++)
        if (strcmp(shapes[i].name, name) == 0)
            return &shapes[i];
    return NULL;
}

const np_case_shape *np_case_find_region(const np_case *c, const char *name)
{
    return find(c->regions, c->n_regions, name);
}

const np_case_shape *np_case_find_curve(const np_case *c, const char *name)
{
    return find(c->curves, c->n_curves, name);
}

const np_case_shape *np_case_find_point_set(const np_case *c, const char *name)
{
    return find(c->point_sets, c->n_point_sets, name);
}

void np_case_confirmation(const char *path, const char *text, char *out_sentence, size_t size)
{
    case_document document = {0};
    *out_sentence = '\0';
    if (case_document_init(&document, path, text, strlen(text), NULL) == NP_OK) {
        int file = case_document_get(&document, case_document_get(&document, 1, "scan"), "file");
        int node = case_document_get(&document, 1, "confirmed");
        const char *name = node ? case_document_scalar(&document, node) : NULL;
        if (file && name)
            snprintf(out_sentence, size, "landmarks confirmed by %s", name);
        else if (file)
            snprintf(out_sentence, size, "landmarks not confirmed by anybody");
    }
    case_document_fini(&document);
}

static bool is_of_scars(const case_document *document, int layer)
{
    int node = case_document_get(document, layer, "strategy");
    const char *strategy = node ? case_document_scalar(document, node) : NULL;
    return strategy && strcmp(strategy, NP_CASE_SCAR_STRATEGY) == 0;
}

void np_case_scars_seen(const char *path, const char *text, char *out_sentence, size_t size)
{
    case_document document = {0};
    *out_sentence = '\0';
    if (case_document_init(&document, path, text, strlen(text), NULL) == NP_OK) {
        int layers = case_document_get(&document, 1, "layers");
        int node = case_document_get(&document, case_document_get(&document, 1, "person"), "scar_seen_by");
        const char *name = node ? case_document_scalar(&document, node) : NULL;
        bool has_scars = false;
        for (size_t i = 0; layers && i < case_document_count(&document, layers); i++)
            has_scars = has_scars || is_of_scars(&document, case_document_item(&document, layers, i));
        if (has_scars && name)
            snprintf(out_sentence, size, "scars looked at by %s", name);
        else if (has_scars)
            snprintf(out_sentence, size, "scars not looked at by anybody: how old are they, are any raised or red?");
    }
    case_document_fini(&document);
}

/* A number of a case's text, at KEY of the mapping WITHIN. */
typedef struct key_number {
    const char *within, *key;
    bool whole;
    double least, most;
    double *value; /* as it was where the text has none */
} key_number;

static np_status read_numbers(const char *path, const char *text, const key_number *numbers, size_t n, np_error *err)
{
    case_document document = {0};
    np_status status = case_document_init(&document, path, text, strlen(text), err);
    for (const key_number *k = numbers; status == NP_OK && k < numbers + n; k++) {
        double value = *k->value;
        int node = case_document_get(&document, case_document_get(&document, 1, k->within), k->key);
        const char *scalar = node ? case_document_scalar(&document, node) : NULL;
        if (node && (!scalar || !np_case_number_read(scalar, k->whole, &value) || value < k->least || value > k->most))
            status = np_error_set(err, NP_ERR_INVALID, "%s: its case has no %snumber from %g to %g at %s: %s", path,
                                  k->whole ? "whole " : "", k->least, k->most, k->within, k->key);
        else
            *k->value = value;
    }
    case_document_fini(&document);
    return status;
}

np_status np_case_reload_every(const char *path, const char *text, int *out_dots, np_error *err)
{
    double dots = NP_CASE_RELOAD_EVERY;
    const key_number number = {"arm", "reload_every", true, 0, 100000, &dots};
    np_status status = read_numbers(path, text, &number, 1, err);
    *out_dots = (int)dots;
    return status;
}

np_status np_case_person(const char *path, const char *text, double *out_indentation_mm, double *out_ink_strength,
                         double *out_healed_size, np_error *err)
{
    const key_number numbers[] = {{"depth", "indentation_mm", false, 0, 1, out_indentation_mm},
                                  {"test_dots", "ink_strength", false, 0.1, 10, out_ink_strength},
                                  {"test_dots", "healed_size", false, 0.3, 3, out_healed_size}};
    *out_indentation_mm = 0;
    *out_ink_strength = *out_healed_size = 1;
    return read_numbers(path, text, numbers, sizeof numbers / sizeof *numbers, err);
}

np_status np_case_shades(const char *path, const char *text, np_palette *out_shades, np_error *err)
{
    np_case *c = NULL;
    case_document document = {0};
    *out_shades = (np_palette){0};
    np_status status = case_document_init(&document, path, text, strlen(text), err);
    if (status == NP_OK && case_document_get(&document, 1, "shades"))
        status = np_case_parse_keys(path, text, &c, err);
    case_document_fini(&document);
    if (c) {
        *out_shades = c->shades;
        c->shades = (np_palette){0};
    }
    np_case_destroy(c);
    return status;
}

const char *np_case_combination_name(np_case_combination combination)
{
    static const char *const words[] = {"", "union", "minus", "intersect", "mirror"};
    return words[combination];
}
