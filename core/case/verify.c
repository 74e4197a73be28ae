/* What no schema can say: rules between keys, each with the line at which it is broken. */
#include "case/private/verify.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "case/axes.h"
#include "case/day.h"
#include "case/private/existing.h"
#include "case/private/made.h"
#include "case/private/schema.h"
#include "case/private/shapes.h"

static np_status fail(const np_case *c, unsigned line, np_error *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static np_status fail(const np_case *c, unsigned line, np_error *err, const char *format, ...)
{
    char text[900];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (line == 0)
        return np_error_set(err, NP_ERR_INVALID, "%s: %s", c->path, text);
    return np_error_set(err, NP_ERR_INVALID, "%s:%u: %s", c->path, line, text);
}

static unsigned line_of(const case_document *document, const char *key)
{
    return case_document_line(document, case_document_get(document, 1, key));
}

/* ---- the scan ---- */

static np_status verify_scan(const np_case *c, const case_document *document, np_error *err)
{
    int scan = case_document_get(document, 1, "scan");
    bool has_landmarks = case_document_get(document, 1, "landmarks") != 0;
    unsigned line = case_document_line(document, scan);
    if (c->scan.file && case_document_get(document, scan, "head"))
        return fail(c, line, err,
                    "scan: it has both 'file' and 'head'; keep 'file' for a scan, or 'head' for the "
                    "built-in head");
    if (!c->scan.file && scan && !case_document_get(document, scan, "head"))
        return fail(c, line, err, "scan: expected 'file' (a mesh) or 'head' (the built-in head)");
    if (!c->scan.file && (case_document_get(document, scan, "units") || case_document_get(document, scan, "axes")))
        return fail(c, line, err,
                    "scan: 'units' and 'axes' belong to a scan file; the built-in head is in mm in the "
                    "head frame");
    if (c->scan.file && !has_landmarks)
        return fail(c, line, err,
                    "the scan has no landmarks; add 'landmarks:' with glabella, inion, tragion_left, "
                    "tragion_right and vertex, each a point [x, y, z] in the file's coordinates");
    if (!c->scan.file && has_landmarks)
        return fail(c, line_of(document, "landmarks"), err,
                    "landmarks: the built-in head knows its own; remove them, "
                    "or name a scan file");
    char where[600];
    np_vec3 axes[3];
    bool given;
    snprintf(where, sizeof where, "%s:%u", c->path, line);
    return np_case_axes_read(&c->scan, where, axes, &given, err);
}

/* Nobody has as many (domain.md 2.4: one or two, seldom three). */
#define WHORLS_MAX 16

np_status case_verify_whorls(np_case_scan *scan, const case_document *document, np_error *err)
{
    int list = case_document_get(document, 1, "whorls"), turns = case_document_get(document, 1, "whorl_turns");
    int key = list ? list : turns ? turns : case_document_get(document, 1, "whorl_strengths");
    unsigned line = case_document_line(document, key);
    if (!key)
        return NP_OK;
    scan->no_whorls = list && scan->whorls.n == 0;
    if (asprintf(&scan->whorls_at, "%s:%u", document->path, line) < 0) {
        scan->whorls_at = NULL;
        return np_error_no_memory(err, document->path);
    }
    if (scan->whorls.n > WHORLS_MAX)
        return np_error_set(err, NP_ERR_INVALID, "%s: whorls: expected at most %d, found %u", scan->whorls_at,
                            WHORLS_MAX, scan->whorls.n);
    for (unsigned i = 1; i < scan->whorls.n; i++)
        for (unsigned k = 0; k < i; k++)
            if (np_vec3_distance(scan->whorls.points[i], scan->whorls.points[k]) == 0)
                return np_error_set(err, NP_ERR_INVALID,
                                    "%s:%u: whorl %u is at the same place as whorl %u; name each once", document->path,
                                    case_document_line(document, case_document_item(document, list, i)), i + 1, k + 1);
    return NP_OK;
}

/* ---- names ---- */

static np_status verify_name(const np_case *c, const char *kind, const char *name, const char *other, unsigned line,
                             unsigned other_line, np_error *err)
{
    if (strcmp(name, other) != 0)
        return NP_OK;
    return fail(c, line, err, "%s '%s': the name is taken by the one in line %u; give each its own", kind, name,
                other_line);
}

static np_status verify_shape_names(const np_case *c, const char *kind, const np_case_shape *shapes, unsigned n,
                                    np_error *err)
{
    np_status status = NP_OK;
    for (unsigned i = 1; i < n; i++)
        for (unsigned k = 0; k < i && status == NP_OK; k++)
            status = verify_name(c, kind, shapes[i].name, shapes[k].name, shapes[i].line, shapes[k].line, err);
    return status;
}

static np_status verify_names(const np_case *c, np_error *err)
{
    np_status status = verify_shape_names(c, "region", c->regions, c->n_regions, err);
    if (status == NP_OK)
        status = verify_shape_names(c, "curve", c->curves, c->n_curves, err);
    if (status == NP_OK)
        status = verify_shape_names(c, "points", c->point_sets, c->n_point_sets, err);
    if (status == NP_OK)
        status = verify_shape_names(c, "stroke", c->scan.strokes, c->scan.n_strokes, err);
    for (unsigned i = 1; i < c->n_layers; i++)
        for (unsigned k = 0; k < i && status == NP_OK; k++)
            status = verify_name(c, "layer", c->layers[i].name, c->layers[k].name, c->layers[i].line, c->layers[k].line,
                                 err);
    for (unsigned i = 1; i < c->n_keep_outs; i++)
        for (unsigned k = 0; k < i && status == NP_OK; k++)
            status = verify_name(c, "keep-out", c->keep_outs[i].name, c->keep_outs[k].name, c->keep_outs[i].line,
                                 c->keep_outs[k].line, err);
    return status;
}

/* ---- layers ---- */

static np_status verify_reference(const np_case *c, const np_case_layer *layer, const char *kind, const char *name,
                                  const np_case_shape *shapes, unsigned n, np_error *err)
{
    if (!name)
        return NP_OK;
    const char *names[200];
    for (unsigned i = 0; i < n && i < CYAML_ARRAY_LEN(names); i++) {
        names[i] = shapes[i].name;
        if (strcmp(name, names[i]) == 0)
            return NP_OK;
    }
    char list[500] = "";
    np_suggest_list(list, sizeof list, names, n);
    const char *meant = np_suggest_name(name, names, n);
    if (meant)
        return fail(c, layer->line, err, "layer '%s': there is no %s '%s'; did you mean '%s'? The file has: %s",
                    layer->name, kind, name, meant, list);
    return fail(c, layer->line, err, "layer '%s': there is no %s '%s'; the file has: %s", layer->name, kind, name,
                list);
}

static np_status verify_when(const np_case *c, const np_case_layer *layer, np_error *err)
{
    if (layer->from_session > (int)c->n_sessions)
        return fail(c, layer->line, err, "layer '%s': from_session %d is after the last of %u sessions", layer->name,
                    layer->from_session, c->n_sessions);
    if (layer->order != c->layers[0].order && c->arm.rest_s > 0)
        return fail(
            c, layer->line, err,
            "layer '%s': its order is not that of layer '%s', and arm.rest_s wants all layers interleaved; keep one of "
            "them",
            layer->name, c->layers[0].name);
    return NP_OK;
}

/* Inputs under the key `inputs` are looked up by the field room, where the strategy says of what kind they are. */
static np_status verify_layer(const np_case *c, const np_case_layer *layer, np_error *err)
{
    if (layer->n_inputs == 0)
        return fail(c, layer->line, err, "layer '%s': expected a 'region', a 'curve' or 'points' to work on",
                    layer->name);
    np_status status = verify_reference(c, layer, "region", layer->region, c->regions, c->n_regions, err);
    if (status == NP_OK)
        status = verify_reference(c, layer, "curve", layer->curve, c->curves, c->n_curves, err);
    if (status == NP_OK)
        status = verify_reference(c, layer, "set of points", layer->points, c->point_sets, c->n_point_sets, err);
    return status;
}

/* ---- the rest ---- */

static np_status verify_sessions(const np_case *c, const case_document *document, np_error *err)
{
    unsigned line = line_of(document, "sessions");
    for (unsigned i = 1; i < c->n_sessions; i++) {
        const np_case_session *a = &c->sessions[i - 1], *b = &c->sessions[i];
        if (!(b->cumulative > a->cumulative))
            return fail(c, line, err,
                        "sessions[%u].cumulative: expected more than the %g of the session before, found "
                        "%g; shares are of the final dots, summed up",
                        i, a->cumulative, b->cumulative);
        if (b->day <= a->day)
            return fail(c, line, err, "sessions[%u].day: expected a day after day %d of the session before, found %d",
                        i, a->day, b->day);
    }
    if (c->sessions[c->n_sessions - 1].cumulative != 1)
        return fail(c, line, err, "sessions[%u].cumulative: the last session completes the work: expected 1, found %g",
                    c->n_sessions - 1, c->sessions[c->n_sessions - 1].cumulative);
    return NP_OK;
}

static np_status verify_dots(const np_case *c, const case_document *document, np_error *err)
{
    if (c->quality != NP_CASE_QUALITY_BEST && c->pattern != NP_CASE_PATTERN_EVEN)
        return fail(c, line_of(document, "dots"), err,
                    "dots.quality: only an even pattern can be made faster; add 'pattern: even' or remove "
                    "'quality'");
    if (c->count > c->limits.max_dots)
        return fail(c, line_of(document, "dots"), err, "dots.count: %d dots are more than limits.max_dots, %d",
                    c->count, c->limits.max_dots);
    return NP_OK;
}

static np_status verify_limits(const np_case *c, const case_document *document, np_error *err)
{
    if (!(c->limits.depth_min_mm < c->limits.depth_max_mm))
        return fail(c, line_of(document, "limits"), err, "limits: depth_min_mm %g is not below depth_max_mm %g",
                    c->limits.depth_min_mm, c->limits.depth_max_mm);
    return NP_OK;
}

/* A depth that the file gives, and cannot be made: one that is not given is held at the limit by the plan, which counts it. */
static np_status verify_depth(const np_case *c, const case_document *document, np_error *err)
{
    const np_case_depth *d = &c->depth;
    const struct {
        const char *key;
        double mm;
    } zones[] = {
#define ZONE(key, usual_mm) {#key, d->key},
        NP_CASE_DEPTH_TABLE(ZONE)
#undef ZONE
    };
    int node = case_document_get(document, 1, "depth");
    for (size_t i = 0; i < CYAML_ARRAY_LEN(zones); i++) {
        int given = case_document_get(document, node, zones[i].key);
        double in_skin = zones[i].mm + d->calibration_mm, tip = in_skin + d->indentation_mm;
        unsigned line = case_document_line(document, given);
        if (!given)
            continue;
        if (!(zones[i].mm >= c->limits.depth_min_mm && in_skin >= c->limits.depth_min_mm &&
              tip <= c->limits.depth_max_mm))
            return fail(c, line, err,
                        "depth.%s: %g with calibration_mm %g and indentation_mm %g is a depth of %g in the skin and %g "
                        "for the tip; expected %g to %g (limits)",
                        zones[i].key, zones[i].mm, d->calibration_mm, d->indentation_mm, in_skin, tip,
                        c->limits.depth_min_mm, c->limits.depth_max_mm);
        if (d->skin_mm > 0 && in_skin >= d->skin_mm)
            return fail(c, line, err, "depth.%s: %g with calibration_mm %g goes through a skin of skin_mm %g",
                        zones[i].key, zones[i].mm, d->calibration_mm, d->skin_mm);
    }
    if (d->skin_mm > 0 && d->skin_mm < 0.5)
        return fail(c, case_document_line(document, case_document_get(document, node, "skin_mm")), err,
                    "depth.skin_mm: expected 0 (not measured), or 0.5 to 5 mm of epidermis and dermis, found %g",
                    d->skin_mm);
    if (d->skin_mm > 0 && c->limits.depth_min_mm > d->skin_mm - NP_CASE_SKIN_LEFT_MM)
        return fail(
            c, line_of(document, "limits"), err,
            "limits.depth_min_mm: %g leaves less than %g mm of a skin of depth.skin_mm %g over the fat; expected at "
            "most %g",
            c->limits.depth_min_mm, NP_CASE_SKIN_LEFT_MM, d->skin_mm, d->skin_mm - NP_CASE_SKIN_LEFT_MM);
    return NP_OK;
}

/* Whoever clears a condition has a name, and there is a condition to clear. */
/* A name that is there and says nothing. */
static bool is_blank(const char *name)
{
    return name && name[strspn(name, " \t\xC2\xA0")] == '\0';
}

static np_status verify_person(const np_case *c, const case_document *document, np_error *err)
{
    const np_person *p = &c->person;
    unsigned line = line_of(document, "person");
    if (is_blank(p->cleared_by))
        return fail(c, line, err, "person.cleared_by: expected the doctor's name, found blanks");
    if (is_blank(p->scar_seen_by))
        return fail(c, line, err, "person.scar_seen_by: expected a name, found blanks");
    if (p->n_cleared > 0 && !p->cleared_by)
        return fail(c, line, err, "person.cleared: expected 'cleared_by' beside it: the doctor's name");
    for (unsigned i = 0; i < p->n_cleared; i++) {
        bool there = false;
        for (unsigned k = 0; k < p->n_conditions; k++)
            there = there || p->conditions[k] == p->cleared[i];
        if (!there)
            return fail(c, line, err, "person.cleared[%u]: it is not among 'conditions'", i);
    }
    return NP_OK;
}

static np_status verify_existing(np_case *c, const case_document *document, np_error *err)
{
    if (!c->existing_file)
        return NP_OK;
    unsigned line = line_of(document, "existing");
    if (case_document_get(document, case_document_get(document, 1, "existing"), "follicles"))
        return fail(c, line, err, "existing: it has both 'follicles' and 'file'; keep one");
    np_status status = case_existing_read(c->existing_file, &c->existing, err);
    return status == NP_OK ? NP_OK : np_error_prefix(err, status, "%s:%u: existing.file", c->path, line);
}

static np_status verify_whorls(const np_case *c, const case_document *document, np_error *err)
{
    if (c->scan.usual_whorls > 0 && (c->scan.whorls.n > 0 || c->scan.no_whorls))
        return fail(c, line_of(document, "usual_whorls"), err, "usual_whorls: the case %s; keep one of the two",
                    c->scan.no_whorls ? "says that there are none (whorls: [])" : "lists whorls");
    return NP_OK;
}

static np_status verify_made(np_case *c, const case_document *document, np_error *err)
{
    unsigned line = line_of(document, "made");
    if (case_document_get(document, 1, "made") && !c->made_plan && !c->made_file)
        return fail(c, line, err,
                    "made: expected 'plan' (a plan with its journal), 'file' (dots that were found) or both, found "
                    "neither");
    if (!c->made_file)
        return NP_OK;
    np_status status = case_made_read(c->made_file, &c->made, &c->made_tones, c->made_sha256, err);
    return status == NP_OK ? NP_OK : np_error_prefix(err, status, "%s:%u: made.file", c->path, line);
}

/* Shades that no two dots could be told apart by are one shade: their marks would differ by less than dots of one shade do. */
#define SHADE_TONES_APART 0.02

static np_status verify_shade(const np_case *c, unsigned i, unsigned line, np_error *err)
{
    const np_palette_shade *s = &c->shades.shades[i];
    double tone = np_palette_tone(s);
    if (s->expires && !np_palette_is_day(s->expires))
        return fail(c, line, err, "shades[%u].expires: expected a day as 2027-05-31, found '%s'", i, s->expires);
    if (tone < -0.005 || tone > 1.005)
        return fail(c, line, err,
                    "shades[%u] ('%s'): %g parts of water to one of a %g %% pigment are %s than the tones go, which is "
                    "from 24 parts to 6 of a 15 %% one",
                    i, s->name, s->dilution, s->stock_percent, tone < 0 ? "lighter" : "darker");
    for (unsigned k = 0; k < i; k++) {
        const np_palette_shade *other = &c->shades.shades[k];
        if (strcmp(np_palette_label(s), np_palette_label(other)) == 0 || strcmp(s->name, other->name) == 0)
            return fail(c, line, err,
                        "shades[%u] ('%s'): its name or lot is shades[%u]'s already; the cartridges could not be told "
                        "apart",
                        i, s->name, k);
        if (fabs(tone - np_palette_tone(other)) < SHADE_TONES_APART)
            return fail(c, line, err, "shades[%u] ('%s') is as dark as shades[%u] ('%s'); keep one", i, s->name, k,
                        other->name);
    }
    return NP_OK;
}

static np_status verify_shades(const np_case *c, const case_document *document, np_error *err)
{
    int list = case_document_get(document, 1, "shades");
    double sum = 0;
    np_status status = NP_OK;
    for (unsigned i = 0; i < c->shades.n && status == NP_OK; i++) {
        status = verify_shade(c, i, case_document_line(document, case_document_item(document, list, i)), err);
        sum += c->shades.shades[i].share;
    }
    if (status == NP_OK && c->shades.n && fabs(sum - 1) > 1e-3)
        return fail(c, line_of(document, "shades"), err, "shades: expected shares that add up to 1, found %g", sum);
    return status;
}

static np_status verify_test_dots(const np_case *c, const case_document *document, np_error *err)
{
    const char *read_on = c->test_dots.read_on;
    int64_t day;
    if (read_on && !np_case_read_day(read_on, &day))
        return fail(c, line_of(document, "test_dots"), err,
                    "test_dots.read_on: '%s' is no day; expected one as 2026-12-29", read_on);
    return NP_OK;
}

np_status case_verify(np_case *c, const case_document *document, np_error *err)
{
    np_status status = verify_scan(c, document, err);
    if (status == NP_OK)
        status = case_verify_whorls(&c->scan, document, err);
    if (status == NP_OK)
        status = verify_names(c, err);
    if (status == NP_OK)
        status = case_shapes_verify(c, err);
    for (unsigned i = 0; i < c->n_layers && status == NP_OK; i++)
        status = verify_layer(c, &c->layers[i], err);
    for (unsigned i = 0; i < c->n_layers && status == NP_OK; i++)
        status = verify_when(c, &c->layers[i], err);
    if (status == NP_OK)
        status = verify_sessions(c, document, err);
    if (status == NP_OK)
        status = verify_limits(c, document, err);
    if (status == NP_OK)
        status = verify_depth(c, document, err);
    if (status == NP_OK)
        status = verify_test_dots(c, document, err);
    if (status == NP_OK)
        status = verify_person(c, document, err);
    if (status == NP_OK)
        status = verify_dots(c, document, err);
    if (status == NP_OK)
        status = verify_shades(c, document, err);
    if (status == NP_OK)
        status = verify_existing(c, document, err);
    if (status == NP_OK)
        status = verify_made(c, document, err);
    if (status == NP_OK)
        status = verify_whorls(c, document, err);
    return status;
}
