/* Keep-outs.  What is drawn in other programs comes in by the same way as regions do (shapes.c); here is what makes it a keep-out, and what
 * would leave a part of a mole or a vein open if it were guessed. */
#include "case/private/keep_outs.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plain.h"
#include "case/private/shapes.h"

#define CURVE_LEAST_MM 0.1 /* as a disc's radius */
#define DISCS_MAX 1000u    /* of a case; each is asked for the distance to it, again and again */

typedef struct keep_out_reading {
    const case_document *document;
    const np_case_keep_out *k;
    int node;
    np_error *err;
} keep_out_reading;

static np_status fail(const keep_out_reading *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static np_status fail(const keep_out_reading *r, const char *format, ...)
{
    char text[900];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return np_error_set(r->err, NP_ERR_INVALID, "%s:%u: keep-out '%s': %s", r->document->path, r->k->line, r->k->name,
                        text);
}

static bool has(const keep_out_reading *r, const char *key)
{
    return case_document_get(r->document, r->node, key) != 0;
}

/* The one of its keys that says what it is. */
static np_status find_key(const keep_out_reading *r, const char **out_key)
{
    static const char *const keys[] = {"center", "points", "outline", "curve"};
    unsigned n = 0;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (has(r, keys[i])) {
            *out_key = keys[i];
            n++;
        }
    return n == 1 ? NP_OK
                  : fail(r, "expected one of center, points, outline, curve; found %s", n == 0 ? "none" : "several");
}

/* A curve that is taken for points, or for an open curve if it is closed, would leave skin open that it was to protect. */
static np_status check_drawn_as(const keep_out_reading *r, const char *key)
{
    const np_case_shape *drawn = &r->k->drawn;
    bool closed = drawn->drawn_as == NP_CASE_DRAWN_CLOSED;
    char plain[200];
    if (drawn->drawn_as == NP_CASE_DRAWN_ANY || strcmp(key, "outline") == 0 || (!closed && strcmp(key, "curve") == 0))
        return NP_OK;
    return fail(r, "%s is %s curve of 3D Slicer, not %s; write `%s:` instead of `%s:`",
                np_plain_copy(drawn->file, plain, sizeof plain), closed ? "a closed" : "an open",
                strcmp(key, "curve") == 0 ? "an open one" : "points", closed ? "outline" : "curve", key);
}

static np_status check_radii(const keep_out_reading *r, const char *key)
{
    const np_case_keep_out *k = r->k;
    bool given = has(r, "radius_mm"), of_file = k->drawn.radii_mm != NULL;
    char plain[200] = "";
    if (k->drawn.file)
        np_plain_copy(k->drawn.file, plain, sizeof plain);
    if (k->kind == NP_CASE_KEEP_OUT_OUTLINE && given)
        return fail(r, "an 'outline' has no 'radius_mm'; 'margin_mm' is what stays clear around it");
    if (k->kind == NP_CASE_KEEP_OUT_CURVE && k->radius_mm + k->margin_mm < CURVE_LEAST_MM)
        return fail(r, "a 'curve' of radius_mm %g and margin_mm %g keeps no skin clear; expected %g together at least",
                    k->radius_mm, k->margin_mm, CURVE_LEAST_MM);
    if (k->kind != NP_CASE_KEEP_OUT_DISCS)
        return NP_OK;
    if (of_file && isnan(k->drawn.radii_mm[0]))
        return fail(r,
                    "%s has a column of radii or diameters that does not say their unit; name it radius_mm or "
                    "diameter_mm",
                    plain);
    if (of_file && given)
        return fail(r, "%s has radii, and the case a 'radius_mm'; keep one of them", plain);
    if (!of_file && !given)
        return fail(r, "expected 'radius_mm' beside '%s'%s", key,
                    k->drawn.file ? ", or a column radius_mm or diameter_mm in its file" : "");
    return NP_OK;
}

/* The points of KEY into K. */
static np_status read_drawn(const keep_out_reading *r, const char *key, bool files, np_case_keep_out *k)
{
    int value = case_document_get(r->document, r->node, key);
    char where[200];
    snprintf(where, sizeof where, "keep-out '%.100s'.%s", k->name, key);
    if (!files && case_document_type(r->document, value) == YAML_MAPPING_NODE) {
        const char *file = case_document_scalar(r->document, case_document_get(r->document, value, "file"));
        k->drawn.file = strdup(file ? file : "");
        return k->drawn.file ? NP_OK : np_error_no_memory(r->err, where);
    }
    const cyaml_schema_value_t *schema = k->kind == NP_CASE_KEEP_OUT_DISCS     ? &case_points_schema
                                         : k->kind == NP_CASE_KEEP_OUT_OUTLINE ? &case_outline_schema
                                                                               : &case_curve_schema;
    if (case_document_is_null(r->document, value))
        return fail(r, "%s: it has no value; give one or remove the key", key);
    np_status status = case_shapes_read_points(r->document, value, where, schema, &k->drawn, r->err);
    if (status == NP_OK)
        status = check_drawn_as(r, key);
    return status == NP_OK ? check_radii(r, key) : status;
}

static np_status read_center(const keep_out_reading *r, np_case_keep_out *k)
{
    np_case_points *points = &k->drawn.points;
    points->points = malloc(sizeof *points->points);
    if (!points->points)
        return np_error_no_memory(r->err, "a keep-out");
    points->points[0] = k->center;
    points->n = 1;
    return check_radii(r, "center");
}

np_status case_keep_outs_read(const case_document *document, bool files, np_case *c, np_error *err)
{
    int list = case_document_get(document, 1, "keep_outs");
    np_status status = NP_OK;
    size_t n_discs = 0;
    for (unsigned i = 0; i < c->n_keep_outs && status == NP_OK; i++) {
        np_case_keep_out *k = &c->keep_outs[i];
        keep_out_reading r = {document, k, case_document_item(document, list, i), err};
        const char *key = NULL;
        k->line = k->drawn.line = case_document_line(document, r.node);
        status = find_key(&r, &key);
        if (status != NP_OK)
            return status;
        k->kind = strcmp(key, "outline") == 0 ? NP_CASE_KEEP_OUT_OUTLINE
                  : strcmp(key, "curve") == 0 ? NP_CASE_KEEP_OUT_CURVE
                                              : NP_CASE_KEEP_OUT_DISCS;
        status = strcmp(key, "center") == 0 ? read_center(&r, k) : read_drawn(&r, key, files, k);
        n_discs += k->kind == NP_CASE_KEEP_OUT_DISCS ? k->drawn.points.n : 0;
        if (status == NP_OK && n_discs > DISCS_MAX)
            status = fail(&r, "with it the case has %zu points that are kept clear of; expected at most %u", n_discs,
                          DISCS_MAX);
    }
    return status;
}

void case_keep_outs_free(np_case_keep_out *keep_outs, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        free(keep_outs[i].name);
        case_shape_fini(&keep_outs[i].drawn);
    }
    free(keep_outs);
}
