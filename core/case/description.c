/* Descriptions of scans: landmarks and outlines beside a mesh, written by `head` and by hand, read by `case new`. */
#include "case/description.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "case/axes.h"
#include "case/private/load.h"
#include "case/private/side.h"
#include "case/private/verify.h"
#include "case/private/write.h"

void np_scan_description_fini(np_scan_description *d)
{
    case_scan_fini(&d->scan);
    free(d->scalp_outline.points);
    free(d->frontal_outline.points);
    free(d->crown_outline.points);
    free(d->fut_scar.points);
    free(d->facelift_scar.points);
    free(d->fue_scars.points);
    *d = (np_scan_description){0};
}

static np_status check_axes(const np_scan_description *d, const char *path, const case_document *document,
                            np_error *err)
{
    unsigned line = case_document_line(document, case_document_get(document, 1, "axes"));
    char where[600];
    np_vec3 axes[3];
    bool given;
    snprintf(where, sizeof where, "%s:%u", path, line);
    return np_case_axes_read(&d->scan, where, axes, &given, err);
}

np_status np_scan_description_parse(const char *path, const char *text, size_t size, np_scan_description *out,
                                    np_error *err)
{
    case_document document;
    void *data = NULL;
    *out = (np_scan_description){0};
    np_status status = case_load(path, text, size, &case_description_schema, &document, &data, err);
    if (status == NP_OK)
        memcpy(out, data, sizeof *out);
    free(data);
    if (status == NP_OK)
        status = case_verify_whorls(&out->scan, &document, err);
    if (status == NP_OK)
        status = check_axes(out, path, &document, err);
    if (status != NP_OK)
        np_scan_description_fini(out);
    case_document_fini(&document);
    return status;
}

/* What came from the helper, and the mesh, which lies beside its description. */
static np_status finish(np_scan_description *d, const char *path, np_error *err)
{
    np_vec3 axes[3];
    bool given;
    np_status status = np_case_axes_read(&d->scan, path, axes, &given, err);
    if (status != NP_OK || !d->scan.file)
        return status;
    char *resolved = np_file_beside(path, d->scan.file);
    if (!resolved)
        return np_error_no_memory(err, path);
    free(d->scan.file);
    d->scan.file = resolved;
    return NP_OK;
}

np_status np_scan_description_read(const char *path, np_scan_description *out, np_error *err)
{
    case_side_found found;
    np_status status = case_side_read_file(CASE_SIDE_DESCRIPTION, path, CASE_SIDE_YAML_MAX_BYTES, NULL, &found, err);
    *out = found.description;
    if (status == NP_OK && (status = finish(out, path, err)) != NP_OK)
        np_scan_description_fini(out);
    return status;
}

static void write_points(FILE *stream, const char *key, np_case_unit units, const np_case_points *points)
{
    if (points->n == 0)
        return;
    fprintf(stream, "%s:\n", key);
    case_write_points(stream, units, points, 2);
}

void np_scan_description_write(const np_scan_description *d, FILE *stream)
{
    np_case_unit units = d->scan.units;
    if (d->scan.file) {
        fputs("file: ", stream);
        case_write_quoted(stream, d->scan.file);
        fprintf(stream, "\nunits: %s\n", case_write_unit_name(units));
    } else {
        fprintf(stream, "head: {sex: %s, percentile: %g}\n", d->scan.sex == NP_CASE_SEX_F ? "f" : "m",
                d->scan.percentile);
    }
    if (d->scan.axis_anterior)
        fprintf(stream, "axes: {anterior: \"%s\", left: \"%s\", up: \"%s\"}\n", d->scan.axis_anterior,
                d->scan.axis_left, d->scan.axis_up);
    if (d->scan.confirmed) {
        fputs("confirmed: ", stream);
        case_write_quoted(stream, d->scan.confirmed);
        fputc('\n', stream);
    }
    fputs("landmarks:\n", stream);
    case_write_landmarks(stream, units, &d->scan.landmarks, 2);
    write_points(stream, "scalp_outline", units, &d->scalp_outline);
    write_points(stream, "frontal_outline", units, &d->frontal_outline);
    write_points(stream, "crown_outline", units, &d->crown_outline);
    write_points(stream, "fut_scar", units, &d->fut_scar);
    write_points(stream, "facelift_scar", units, &d->facelift_scar);
    write_points(stream, "fue_scars", units, &d->fue_scars);
    write_points(stream, "whorls", units, &d->scan.whorls);
    if (d->scan.no_whorls)
        fputs("whorls: []\n", stream);
    case_write_whorl_turns(stream, &d->scan);
}
