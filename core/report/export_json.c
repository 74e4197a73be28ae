/* The dots as one JSON document. */
#include <jansson.h>

#include "base/angle.h"
#include "report/export.h"

static json_t *vector_json(np_vec3 v)
{
    return json_pack("[f, f, f]", v.x, v.y, v.z);
}

static np_status write_json(const np_export_request *request, FILE *out, np_error *err)
{
    json_t *dots = json_array();
    size_t i = 0;
    for (const np_dot *d; (d = np_export_next(request, &i));) {
        json_array_append_new(dots, json_pack("{s:I, s:i, s:I, s:o, s:o, s:o, s:f, s:f, s:f, s:f, s:s, s:f, s:b}", "id",
                                              (json_int_t)d->id, "session", (int)d->session, "order",
                                              (json_int_t)d->order, "position", vector_json(d->position), "normal",
                                              vector_json(d->normal), "axis", vector_json(d->axis), "depth_mm",
                                              d->depth_mm, "tilt_deg", np_angle_deg(d->tilt_rad), "tone", d->tone,
                                              "dwell_ms", d->dwell_ms, "layer", request->plan->layers[d->layer].name,
                                              "density_per_cm2", d->density_per_cm2, "pin", d->pin));
    }
    json_t *root = json_pack("{s:s, s:s, s:o}", "frame", "head: x anterior, y left, z up", "units", "mm", "dots", dots);
    if (!root)
        return np_error_no_memory(err, "the JSON export");
    int failed = json_dumpf(root, out, JSON_INDENT(1) | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(10));
    json_decref(root);
    return failed && !ferror(out) ? np_error_set(err, NP_ERR_INTERNAL, "the JSON export could not be made") : NP_OK;
}

const np_exporter np_exporter_json = {false, write_json, false, ""};
