/* Markups of 3D Slicer (.mrk.json, schema 1.0): one markup with its control points, whose coordinate system the file names. */
#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/plain.h"
#include "case/private/drawn.h"

static np_status fail(const case_drawn *drawn, const char *text, np_error *err)
{
    return np_error_set(err, NP_ERR_FORMAT, "%s: %s", drawn->path, text);
}

static np_status read_point(case_drawn *drawn, const json_t *point, np_error *err)
{
    const char *label = json_string_value(json_object_get(point, "label"));
    const char *status = json_string_value(json_object_get(point, "positionStatus"));
    const json_t *position = json_object_get(point, "position");
    double v[3];
    if (status && strcmp(status, "defined") != 0)
        return np_error_set(err, NP_ERR_FORMAT,
                            "%s: control point %zu has no place yet (positionStatus \"%.40s\"); place it or delete it "
                            "in 3D Slicer, and save again",
                            drawn->path, drawn->n + 1, status);
    for (size_t k = 0; k < 3; k++) {
        const json_t *number = json_array_get(position, k);
        if (json_array_size(position) != 3 || !json_is_number(number))
            return np_error_set(err, NP_ERR_FORMAT, "%s: control point %zu: expected \"position\": [x, y, z]",
                                drawn->path, drawn->n + 1);
        v[k] = json_number_value(number);
    }
    const char *description = json_string_value(json_object_get(point, "description"));
    np_status added = case_drawn_add(drawn, np_vec3_make(v[0], v[1], v[2]), label, err);
    return added == NP_OK && description ? case_drawn_describe(drawn, description, err) : added;
}

/* Measurements that have a number of each control point are values of the points, under the measurement's name. */
static np_status read_measurement(case_drawn *drawn, const json_t *measurement, np_error *err)
{
    const char *name = json_string_value(json_object_get(measurement, "name"));
    const json_t *numbers = json_object_get(measurement, "controlPointValues");
    unsigned v;
    if (!name || json_array_size(numbers) == 0)
        return NP_OK;
    np_status status = case_drawn_name_value(drawn, name, &v, err);
    for (size_t i = 0; status == NP_OK && v != UINT_MAX && i < drawn->n; i++) {
        const json_t *number = json_array_get(numbers, i);
        status =
            case_drawn_set_number(drawn, v, i, json_is_number(number) ? json_number_value(number) : (double)NAN, err);
    }
    return status;
}

/* What is marked by points on the skin.  The control points of others (a box, a plane, a ruler, an angle) are no outline. */
static np_status read_type(case_drawn *drawn, const json_t *markup, np_error *err)
{
    static const char *const types[] = {"Fiducial", "Curve", "ClosedCurve"};
    static const np_case_drawn_as as[] = {NP_CASE_DRAWN_ANY, NP_CASE_DRAWN_CURVE, NP_CASE_DRAWN_CLOSED};
    const json_t *type = json_object_get(markup, "type");
    const char *name = json_string_value(type);
    if (!type)
        return NP_OK;
    for (size_t i = 0; name && i < sizeof types / sizeof *types; i++)
        if (strcmp(name, types[i]) == 0) {
            drawn->as = as[i];
            return NP_OK;
        }
    char shown[41];
    np_plain_copy(name ? name : "", shown, sizeof shown);
    return np_error_set(
        err, NP_ERR_FORMAT,
        "%s: expected a markup of \"type\" Fiducial (points), Curve or ClosedCurve, found '%s', whose control "
        "points are not on the skin; draw it as one of those in 3D Slicer",
        drawn->path, shown);
}

static np_status read_frame(case_drawn *drawn, const json_t *markup, np_error *err)
{
    const char *frame = json_string_value(json_object_get(markup, "coordinateSystem"));
    const json_t *units = json_object_get(markup, "coordinateUnits");
    const char *unit = json_string_value(units);
    if (frame && strcmp(frame, "LPS") == 0)
        drawn->frame = CASE_DRAWN_LPS;
    else if (frame && strcmp(frame, "RAS") == 0)
        drawn->frame = CASE_DRAWN_RAS;
    else
        return fail(drawn, "expected \"coordinateSystem\": \"LPS\" or \"RAS\" in its markup", err);
    if (units && (!unit || strcmp(unit, "mm") != 0))
        return fail(drawn, "expected \"coordinateUnits\": \"mm\", as 3D Slicer writes for meshes", err);
    return NP_OK;
}

np_status case_drawn_read_slicer(case_drawn *drawn, const char *text, size_t size, np_error *err)
{
    json_error_t at;
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &at);
    if (!root)
        return np_error_set(err, NP_ERR_FORMAT, "%s:%d: not valid JSON: %.100s", drawn->path, at.line, at.text);
    const json_t *markups = json_object_get(root, "markups"), *markup = json_array_get(markups, 0);
    const json_t *points = json_object_get(markup, "controlPoints");
    np_status status = NP_OK;
    if (!json_is_array(markups) || !json_is_object(markup) || !json_is_array(points))
        status = fail(drawn, "expected markups of 3D Slicer: \"markups\": [{\"controlPoints\": [...]}]", err);
    else if (json_array_size(markups) > 1)
        status = np_error_set(err, NP_ERR_FORMAT, "%s: it has %zu markups; save each in a file of its own", drawn->path,
                              json_array_size(markups));
    if (status == NP_OK)
        status = read_type(drawn, markup, err);
    if (status == NP_OK)
        status = read_frame(drawn, markup, err);
    for (size_t i = 0; status == NP_OK && i < json_array_size(points); i++)
        status = read_point(drawn, json_array_get(points, i), err);
    const json_t *measurements = json_object_get(markup, "measurements");
    for (size_t i = 0; status == NP_OK && i < json_array_size(measurements); i++)
        status = read_measurement(drawn, json_array_get(measurements, i), err);
    json_decref(root);
    return status;
}
