/* Regions, curves and sets of points of a case, from the document.  libcyaml's tables cannot say that a region is made of regions, so
 * that these are read here; the schema has tables to check each of them by. */
#include "case/private/shapes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/suggest.h"
#include "case/number.h"
#include "case/private/check.h"
#include "case/private/drawn.h"
#include "case/private/paint.h"
#include "case/private/values.h"

#define MEMBERS_MAX 32u   /* of one combination */
#define REGIONS_MAX 1000u /* all members of a case */

typedef struct reading {
    const case_document *document;
    np_error *err;
    const char *scan_file; /* as the case has it; NULL: the built-in head */
    unsigned n_members;    /* so far */
} reading;

static np_status fail(const reading *r, int node, const char *format, ...) __attribute__((format(printf, 3, 4)));
static np_status fail(const reading *r, int node, const char *format, ...)
{
    char text[900];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return np_error_set(r->err, NP_ERR_INVALID, "%s:%u: %s", r->document->path, case_document_line(r->document, node),
                        text);
}

static np_status copy_text(const reading *r, int mapping, const char *key, char **out)
{
    const char *text = case_document_scalar(r->document, case_document_get(r->document, mapping, key));
    if (text && !(*out = strdup(text)))
        return np_error_no_memory(r->err, "a region");
    return NP_OK;
}

/* The number at NODE, which is checked and is one. */
static double number_at(const case_document *document, int node)
{
    double value = 0;
    np_case_number_read(case_document_scalar(document, node), false, &value);
    return value;
}

static np_vec3 point_at(const case_document *document, int node)
{
    return np_vec3_make(number_at(document, case_document_item(document, node, 0)),
                        number_at(document, case_document_item(document, node, 1)),
                        number_at(document, case_document_item(document, node, 2)));
}

/* Points from the file that the mapping at NODE names, at least LEAST. */
static np_status read_file(const reading *r, int node, const char *where, unsigned least, np_case_shape *out)
{
    unsigned line = case_document_line(r->document, node);
    np_status status = case_check_part(r->document, node, where, &case_drawn_schema, r->err);
    if (status == NP_OK)
        status = copy_text(r, node, "file", &out->file);
    if (status != NP_OK)
        return status;
    const char *frame = case_document_scalar(r->document, case_document_get(r->document, node, "frame"));
    char *path = np_file_beside(r->document->path, out->file);
    if (!path)
        return np_error_no_memory(r->err, where);
    case_drawn drawn;
    status = case_drawn_read(path,
                             !frame                      ? CASE_DRAWN_ANY
                             : strcmp(frame, "ras") == 0 ? CASE_DRAWN_RAS
                                                         : CASE_DRAWN_LPS,
                             &drawn, r->err);
    if (status == NP_OK && drawn.n < least)
        status =
            np_error_set(r->err, NP_ERR_INVALID, "%s: expected at least %u points, found %zu", path, least, drawn.n);
    if (status == NP_OK) {
        out->points = (np_case_points){drawn.points, (unsigned)drawn.n};
        out->labels = drawn.labels;
        out->radii_mm = drawn.radii_mm;
        out->drawn_as = drawn.as;
        out->values = drawn.values;
        out->n_values = drawn.n_values;
        out->is_framed = drawn.frame != CASE_DRAWN_ANY;
        memcpy(out->sha256, drawn.sha256, sizeof out->sha256);
    } else {
        case_drawn_fini(&drawn);
        status = np_error_prefix(r->err, status, "%s:%u: %s", r->document->path, line, where);
    }
    free(path);
    return status;
}

static np_status read_points(const reading *r, int node, const char *where, const cyaml_schema_value_t *schema,
                             np_case_shape *out)
{
    if (case_document_type(r->document, node) == YAML_MAPPING_NODE)
        return read_file(r, node, where, schema->sequence.min, out);
    if (case_document_type(r->document, node) == YAML_SCALAR_NODE && !case_document_is_null(r->document, node))
        return fail(r, node, "%s: expected a list of points [[x, y, z], ...] or {file: NAME}, found '%.60s'", where,
                    case_document_scalar(r->document, node));
    np_status status = case_check_part(r->document, node, where, schema, r->err);
    if (status != NP_OK)
        return status;
    np_case_points *points = &out->points;
    unsigned n = (unsigned)case_document_count(r->document, node);
    points->points = malloc((n + 1u) * sizeof *points->points);
    if (!points->points)
        return np_error_no_memory(r->err, where);
    for (; points->n < n; points->n++)
        points->points[points->n] = point_at(r->document, case_document_item(r->document, node, points->n));
    return NP_OK;
}

np_status case_shapes_read_points(const case_document *document, int node, const char *where,
                                  const cyaml_schema_value_t *schema, np_case_shape *out, np_error *err)
{
    return read_points(&(reading){.document = document, .err = err}, node, where, schema, out);
}

/* The key that says what a shape is, of WAYS (ended by NULL), which must be just one. */
static np_status find_way(const reading *r, int node, const char *const *ways, const char *where, const char **out_way)
{
    unsigned n_given = 0, n_ways = 0;
    for (; ways[n_ways]; n_ways++)
        if (case_document_get(r->document, node, ways[n_ways])) {
            *out_way = ways[n_ways];
            n_given++;
        }
    if (n_given == 1)
        return NP_OK;
    char all[200] = "";
    np_suggest_list(all, sizeof all, ways, n_ways);
    return fail(r, node, "%s: expected one of %s; found %s", where, all, n_given ? "several" : "none");
}

static np_case_named named_at(const reading *r, int node, const char *way)
{
    static const struct {
        const char *key, *word;
        np_case_named named;
    } all[] = {
#define ROW(id, key, word) {key, word, NP_CASE_NAMED_##id},
        NP_CASE_NAMED_TABLE(ROW)
#undef ROW
    };
    const char *text = case_document_scalar(r->document, case_document_get(r->document, node, way));
    for (size_t i = 0; text && i < sizeof all / sizeof *all; i++)
        if (strcmp(way, all[i].key) == 0 && strcmp(text, all[i].word) == 0)
            return all[i].named;
    return NP_CASE_NOT_NAMED;
}

/* ---- regions ---- */

static const char *const region_ways[] = {"outline", "painted", "of",    "norwood",   "ludwig", "sinclair",
                                          "region",  "union",   "minus", "intersect", "mirror", NULL};

static np_status read_region(reading *r, int node, const char *where, unsigned depth, np_case_shape *out);

static np_status read_member(reading *r, int node, const char *where, unsigned depth, np_case_shape *out)
{
    const char *name = case_document_scalar(r->document, node);
    out->line = case_document_line(r->document, node);
    if (++r->n_members > REGIONS_MAX)
        return fail(r, node, "%s: more than %u members of regions in one case", where, REGIONS_MAX);
    if (depth > NP_CASE_REGION_DEPTH)
        return fail(r, node, "%s: regions are made of others up to a depth of %d; found more", where,
                    NP_CASE_REGION_DEPTH);
    if (!(out->name = strdup("")))
        return np_error_no_memory(r->err, where);
    if (name && !case_document_is_null(r->document, node)) {
        out->reference = strdup(name);
        return out->reference ? NP_OK : np_error_no_memory(r->err, where);
    }
    if (case_document_type(r->document, node) != YAML_MAPPING_NODE)
        return fail(r, node, "%s: expected the name of a region or a mapping such as {of: crown}", where);
    np_status status = case_check_part(r->document, node, where, &case_member_schema, r->err);
    return status == NP_OK ? read_region(r, node, where, depth, out) : status;
}

static np_status read_members(reading *r, int node, const char *where, unsigned depth, np_case_shape *out)
{
    char member[200];
    bool one = out->combination == NP_CASE_MIRROR;
    size_t n = one ? 1 : case_document_count(r->document, node);
    if (!one && (case_document_type(r->document, node) != YAML_SEQUENCE_NODE || n < 2 || n > MEMBERS_MAX))
        return fail(r, node, "%s: expected a list of 2 to %u regions, such as [front, {of: crown}]", where,
                    MEMBERS_MAX);
    out->members = calloc(n, sizeof *out->members);
    if (!out->members)
        return np_error_no_memory(r->err, where);
    np_status status = NP_OK;
    for (size_t i = 0; i < n && status == NP_OK; i++) {
        snprintf(member, sizeof member, one ? "%.160s" : "%.160s[%zu]", where, i);
        out->n_members++;
        status =
            read_member(r, one ? node : case_document_item(r->document, node, i), member, depth + 1, &out->members[i]);
    }
    return status;
}

static np_case_combination combination_of(const char *way)
{
    for (np_case_combination c = NP_CASE_UNION; c <= NP_CASE_MIRROR; c++)
        if (strcmp(way, np_case_combination_name(c)) == 0)
            return c;
    return NP_CASE_NOT_COMBINED;
}

/* The region at NODE, a mapping that is checked. */
static np_status read_region(reading *r, int node, const char *where, unsigned depth, np_case_shape *out)
{
    const char *way = NULL;
    char at[200];
    int inside = case_document_get(r->document, node, "inside"), grow = case_document_get(r->document, node, "grow_mm");
    np_status status = find_way(r, node, region_ways, where, &way);
    if (status != NP_OK)
        return status;
    int value = case_document_get(r->document, node, way);
    bool outline = strcmp(way, "outline") == 0;
    if (inside && !outline)
        return fail(r, node, "%s: 'inside' goes with an 'outline'; a named region has its own", where);
    snprintf(at, sizeof at, "%.160s.%s", where, way);
    if (case_document_is_null(r->document, value))
        return fail(r, value, "%s: it has no value; give one or remove the key", at);
    out->has_inside = inside != 0;
    if (inside)
        out->inside = point_at(r->document, inside);
    if (grow)
        out->grow_mm = number_at(r->document, grow);
    out->named = named_at(r, node, way);
    out->combination = combination_of(way);
    if (strcmp(way, "region") == 0 && out->grow_mm == 0)
        return fail(r, node, "%s: 'region' names another region to be grown or shrunk; add a 'grow_mm' that is not 0",
                    where);
    if (outline)
        return read_points(r, value, at, &case_outline_schema, out);
    if (strcmp(way, "painted") == 0)
        return case_paint_read(r->document, value, at, false, r->scan_file, out, r->err);
    if (out->combination)
        return read_members(r, value, at, depth, out);
    return copy_text(r, node, "region", &out->reference);
}

/* ---- all of them ---- */

typedef struct shape_list {
    const char *key;
    const cyaml_schema_value_t *schema, *points;
    np_case_shape **shapes;
    unsigned *n;
} shape_list;

static np_status read_drawn(reading *r, int node, const char *where, const cyaml_schema_value_t *points,
                            np_case_shape *out)
{
    static const char *const ways[] = {"points", "of", NULL};
    const char *way = NULL;
    char at[200];
    np_status status = find_way(r, node, ways, where, &way);
    if (status != NP_OK)
        return status;
    out->named = named_at(r, node, way);
    snprintf(at, sizeof at, "%.160s.points", where);
    if (!out->named)
        status = read_points(r, case_document_get(r->document, node, "points"), at, points, out);
    if (status == NP_OK)
        status = case_values_read(r->document, case_document_get(r->document, node, "values"), where, out, r->err);
    return status;
}

static np_status read_list(reading *r, const shape_list *list)
{
    int node = case_document_get(r->document, 1, list->key);
    char where[200];
    if (!node)
        return NP_OK;
    np_status status = case_check_part(r->document, node, list->key, list->schema, r->err);
    size_t n = case_document_count(r->document, node);
    if (status == NP_OK && !(*list->shapes = calloc(n + 1, sizeof **list->shapes)))
        status = np_error_no_memory(r->err, list->key);
    for (size_t i = 0; i < n && status == NP_OK; i++) {
        np_case_shape *shape = &(*list->shapes)[(*list->n)++];
        int item = case_document_item(r->document, node, i);
        shape->line = case_document_line(r->document, item);
        status = copy_text(r, item, "name", &shape->name);
        if (status != NP_OK)
            return status;
        snprintf(where, sizeof where, "%s '%s'", list->key, shape->name);
        status = list->points ? read_drawn(r, item, where, list->points, shape) : read_region(r, item, where, 1, shape);
    }
    return status;
}

static np_status read_whorls(const reading *r, np_case_scan *scan)
{
    int node = case_document_get(r->document, 1, "whorls");
    np_case_shape drawn = {0};
    if (!node)
        return NP_OK;
    if (case_document_is_null(r->document, node))
        return fail(r, node, "whorls: it has no value; give one or remove the key");
    np_status status = read_points(r, node, "whorls", &case_whorls_schema, &drawn);
    scan->whorls = drawn.points;
    scan->whorls_file = drawn.file;
    memcpy(scan->whorls_sha256, drawn.sha256, sizeof scan->whorls_sha256);
    drawn.points.points = NULL; /* the scan's now; their number says how many labels there are */
    drawn.file = NULL;
    case_shape_fini(&drawn);
    return status;
}

np_status case_shapes_read(const case_document *document, np_case *c, np_error *err)
{
    const shape_list lists[] = {
        {"regions", &case_regions_schema, NULL, &c->regions, &c->n_regions},
        {"strokes", &case_strokes_schema, &case_curve_schema, &c->scan.strokes, &c->scan.n_strokes},
        {"curves", &case_curves_schema, &case_curve_schema, &c->curves, &c->n_curves},
        {"points", &case_point_sets_schema, &case_points_schema, &c->point_sets, &c->n_point_sets},
    };
    reading r = {.document = document, .err = err, .scan_file = c->scan.file};
    np_status status = NP_OK;
    for (size_t i = 0; i < sizeof lists / sizeof *lists && status == NP_OK; i++)
        status = read_list(&r, &lists[i]);
    return status == NP_OK ? read_whorls(&r, &c->scan) : status;
}

void case_shape_fini(np_case_shape *shape)
{
    case_shapes_free(shape->members, shape->n_members);
    free(shape->name);
    for (unsigned k = 0; shape->labels && k < shape->points.n; k++)
        free(shape->labels[k]);
    free(shape->labels);
    free(shape->radii_mm);
    case_values_free(shape->values, shape->n_values);
    free(shape->points.points);
    free(shape->file);
    free(shape->reference);
    free(shape->paint.scalar);
}

void case_shapes_free(np_case_shape *shapes, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        case_shape_fini(&shapes[i]);
    free(shapes);
}

/* ---- references ---- */

static np_status no_region(const np_case *c, const np_case_shape *shape, np_error *err)
{
    const char *names[200], *words[] = {
#define WORD(id, key, word) word,
                                NP_CASE_NAMED_REGIONS(WORD)
#undef WORD
                            };
    for (unsigned i = 0; i < c->n_regions; i++)
        names[i] = c->regions[i].name;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(shape->reference, words[i]) == 0)
            return np_error_set(err, NP_ERR_INVALID,
                                "%s:%u: there is no region named '%s'; for that part of the scalp write {of: %s}",
                                c->path, shape->line, shape->reference, shape->reference);
    char list[500] = "";
    np_suggest_list(list, sizeof list, names, c->n_regions);
    const char *meant = np_suggest_name(shape->reference, names, c->n_regions);
    return np_error_set(err, NP_ERR_INVALID, "%s:%u: there is no region '%.60s'%s%s%s; the file has: %s", c->path,
                        shape->line, shape->reference, meant ? "; did you mean '" : "", meant ? meant : "",
                        meant ? "'?" : "", list);
}

/* Goes into all that SHAPE is made of, DEPTH below the region FROM. */
static np_status follow(const np_case *c, const np_case_shape *from, const np_case_shape *shape, unsigned depth,
                        unsigned *budget, np_error *err)
{
    const unsigned visits_max = 100000; /* names may be used again and again */
    if (depth > NP_CASE_REGION_DEPTH || ++*budget > visits_max)
        return np_error_set(err, NP_ERR_INVALID,
                            "%s:%u: region '%s' is made of others, and these of others, deeper than %d; is it "
                            "part of itself?",
                            c->path, from->line, from->name, NP_CASE_REGION_DEPTH);
    np_status status = NP_OK;
    for (unsigned i = 0; i < shape->n_members && status == NP_OK; i++)
        status = follow(c, from, &shape->members[i], depth + 1, budget, err);
    if (status != NP_OK || !shape->reference)
        return status;
    const np_case_shape *other = np_case_find_region(c, shape->reference);
    if (!other)
        return no_region(c, shape, err);
    if (other == from)
        return np_error_set(err, NP_ERR_INVALID, "%s:%u: region '%s' is part of itself; name another one here", c->path,
                            shape->line, from->name);
    return follow(c, from, other, depth + 1, budget, err);
}

np_status case_shapes_verify(const np_case *c, np_error *err)
{
    np_status status = NP_OK;
    for (unsigned i = 0; i < c->n_regions && status == NP_OK; i++) {
        unsigned budget = 0;
        status = follow(c, &c->regions[i], &c->regions[i], 0, &budget, err);
    }
    return status;
}
