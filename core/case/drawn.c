/* Points from files of other programs, by the file's name.
 *
 * Coordinates are the scan file's, as those in a case are.  3D Slicer alone has two frames: it writes points in LPS (x to the left, y
 * to the back) or RAS, both seen from the patient, and takes a mesh file for LPS unless told otherwise.  So points in LPS are the file's
 * own coordinates, and of points in RAS x and y change sign; and the other way round where the scan was taken for RAS. */
#include "case/private/drawn.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/grow.h"
#include "case/private/schema.h"
#include "case/private/side.h"
#include "case/private/values.h"

#define LABEL_MAX 4096
#define TREE_MAX_BYTES (16u << 20) /* JSON and XML take many times their size in memory; 50,000 points of 3D Slicer */

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcasecmp(text + n - m, end) == 0;
}

np_status case_drawn_add(case_drawn *drawn, np_vec3 point, const char *label, np_error *err)
{
    double most = fmax(fmax(fabs(point.x), fabs(point.y)), fabs(point.z));
    if (!np_vec3_is_finite(point) || most > CASE_SCHEMA_COORDINATE_MAX)
        return np_error_set(err, NP_ERR_INVALID, "%s: point %zu: expected coordinates between -%g and %g", drawn->path,
                            drawn->n + 1, CASE_SCHEMA_COORDINATE_MAX, CASE_SCHEMA_COORDINATE_MAX);
    if (drawn->n == CASE_DRAWN_POINTS_MAX)
        return np_error_set(err, NP_ERR_INVALID, "%s: more than %d points; at most so many are read: keep fewer",
                            drawn->path, CASE_DRAWN_POINTS_MAX);
    if (label && strlen(label) > LABEL_MAX)
        return np_error_set(err, NP_ERR_INVALID, "%s: point %zu: expected a label of at most %d bytes, found %zu",
                            drawn->path, drawn->n + 1, LABEL_MAX, strlen(label));
    np_status status = NP_GROW(drawn->points, drawn->point_capacity, drawn->n + 1, drawn->path, err);
    if (status == NP_OK)
        status = NP_GROW(drawn->labels, drawn->label_capacity, drawn->n + 1, drawn->path, err);
    if (status != NP_OK)
        return status;
    drawn->labels[drawn->n] = strdup(label ? label : "");
    if (!drawn->labels[drawn->n])
        return np_error_no_memory(err, drawn->path);
    drawn->points[drawn->n++] = point;
    return NP_OK;
}

np_status case_drawn_add_radius(case_drawn *drawn, double radius_mm, np_error *err)
{
    np_status status = NP_GROW(drawn->radii_mm, drawn->radius_capacity, drawn->n, drawn->path, err);
    if (status == NP_OK)
        drawn->radii_mm[drawn->n - 1] = radius_mm;
    return status;
}

static np_status read_by_name(case_drawn *drawn, char *text, size_t size, np_error *err)
{
    static const char *const lists[] = {".csv", ".fcsv", ".txt", ".xyz", ".asc"};
    bool json = ends_with(drawn->path, ".json"), xml = ends_with(drawn->path, ".pp");
    if ((json || xml) && size > TREE_MAX_BYTES)
        return np_error_set(err, NP_ERR_INVALID,
                            "%s: %zu bytes are too many for %s; at most %u are read: write so many points as .csv",
                            drawn->path, size, json ? "JSON" : "XML", TREE_MAX_BYTES);
    if (json)
        return case_drawn_read_slicer(drawn, text, size, err);
    if (xml)
        return case_drawn_read_meshlab(drawn, text, size, err);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (ends_with(drawn->path, lists[i]))
            return strlen(text) == size
                       ? case_drawn_read_list(drawn, text, err)
                       : np_error_set(err, NP_ERR_FORMAT, "%s: expected a text, found binary data", drawn->path);
    return np_error_set(err, NP_ERR_INVALID,
                        "%s: expected a file of points whose name ends with .mrk.json or .fcsv (3D Slicer), .pp "
                        "(MeshLab), .csv, .txt, .xyz or .asc (CloudCompare and others)",
                        drawn->path);
}

/* From the frame of the points to that of the scan's file. */
static np_status turn(case_drawn *drawn, case_drawn_frame scan, np_error *err)
{
    if (drawn->frame == CASE_DRAWN_ANY && scan != CASE_DRAWN_ANY)
        return np_error_set(
            err, NP_ERR_INVALID,
            "%s: 'frame' is for files of 3D Slicer (.mrk.json, .fcsv); points of others are in the scan "
            "file's coordinates as they stand",
            drawn->path);
    if (drawn->frame == CASE_DRAWN_ANY || drawn->frame == (scan == CASE_DRAWN_RAS ? CASE_DRAWN_RAS : CASE_DRAWN_LPS))
        return NP_OK;
    for (size_t i = 0; i < drawn->n; i++)
        drawn->points[i] = np_vec3_make(-drawn->points[i].x, -drawn->points[i].y, drawn->points[i].z);
    return NP_OK;
}

np_status case_drawn_parse(const char *path, char *text, size_t size, case_drawn *out, np_error *err)
{
    *out = (case_drawn){.path = path};
    np_status status = read_by_name(out, text, size, err);
    if (status == NP_OK)
        status = case_drawn_end_values(out, err);
    if (status != NP_OK)
        case_drawn_fini(out);
    return status;
}

np_status case_drawn_read(const char *path, case_drawn_frame frame, case_drawn *out, np_error *err)
{
    case_side_found found;
    char sha256[65];
    np_status status = case_side_read_file(CASE_SIDE_DRAWN, path, CASE_SIDE_MAX_BYTES, sha256, &found, err);
    *out = found.drawn;
    out->path = path;
    if (status != NP_OK)
        return status;
    memcpy(out->sha256, sha256, sizeof out->sha256);
    return turn(out, frame, err);
}

void case_drawn_fini(case_drawn *drawn)
{
    for (size_t i = 0; i < drawn->n; i++)
        free(drawn->labels[i]);
    free(drawn->labels);
    free(drawn->radii_mm);
    free(drawn->points);
    case_values_free(drawn->values, drawn->n_values);
    *drawn = (case_drawn){0};
}
