/* Exports: the dots of a plan as tables and point clouds. */
#include <inttypes.h>
#include <jansson.h>
#include <math.h>

#include "report/report.h"

#include "base/angle.h"

static const double DEG = 180.0 / NP_PI;

static void write_csv_dot(const np_plan *plan, const np_dot *d, FILE *out)
{
    fprintf(out,
            "%" PRIu32 ",%" PRId32 ",%" PRIu32 ",%.3f,%.3f,%.3f,%.6f,%.6f,%.6f,%.6f,%.6f,%.6f,%.3f,%.4f,%.6f,%.3f,",
            d->id, d->session, d->order, d->position.x, d->position.y, d->position.z, d->normal.x, d->normal.y,
            d->normal.z, d->axis.x, d->axis.y, d->axis.z, d->depth_mm, d->tilt_rad * DEG, d->tone, d->dwell_ms);
    /* a layer's name is the user's own text: quoted, with quotes doubled (RFC 4180) */
    fputc('"', out);
    for (const char *p = plan->layers[d->layer].name; *p; p++)
        fputs(*p == '"' ? "\"\"" : (char[]){*p, 0}, out);
    fprintf(out, "\",%.3f,%d\n", d->density_per_cm2, d->pin);
}

static json_t *vector_json(np_vec3 v)
{
    return json_pack("[f, f, f]", v.x, v.y, v.z);
}

static np_status write_json(const np_plan *plan, int session, FILE *out, np_error *err)
{
    json_t *dots = json_array();
    for (size_t i = 0; i < plan->n_dots; i++) {
        const np_dot *d = &plan->dots[i];
        if (session != 0 && d->session != session)
            continue;
        json_array_append_new(dots,
                              json_pack("{s:I, s:i, s:I, s:o, s:o, s:o, s:f, s:f, s:f, s:f, s:s, s:f, s:b}", "id",
                                        (json_int_t)d->id, "session", (int)d->session, "order", (json_int_t)d->order,
                                        "position", vector_json(d->position), "normal", vector_json(d->normal), "axis",
                                        vector_json(d->axis), "depth_mm", d->depth_mm, "tilt_deg", d->tilt_rad * DEG,
                                        "tone", d->tone, "dwell_ms", d->dwell_ms, "layer", plan->layers[d->layer].name,
                                        "density_per_cm2", d->density_per_cm2, "pin", d->pin));
    }
    json_t *root = json_pack("{s:s, s:s, s:o}", "frame", "head: x anterior, y left, z up", "units", "mm", "dots", dots);
    if (!root)
        return np_error_no_memory(err, "the JSON export");
    int failed = json_dumpf(root, out, JSON_INDENT(1) | JSON_REAL_PRECISION(10));
    json_decref(root);
    return failed ? np_error_set(err, NP_ERR_IO, "the JSON export could not be written") : NP_OK;
}

static void write_ply_header(size_t n, FILE *out)
{
    fprintf(out,
            "ply\nformat ascii 1.0\ncomment needlepath dots, head frame, mm\nelement vertex %zu\n"
            "property double x\nproperty double y\nproperty double z\nproperty float nx\nproperty float ny\n"
            "property float nz\nproperty float depth_mm\nproperty uchar session\nend_header\n",
            n);
}

np_status np_export(const np_plan *plan, np_export_format format, int session, FILE *out, np_error *err)
{
    if (session < 0 || (size_t)session > plan->n_sessions)
        return np_error_set(err, NP_ERR_INVALID, "session %d: the plan has sessions 1 to %zu", session,
                            plan->n_sessions);
    if (format == NP_EXPORT_JSON)
        return write_json(plan, session, out, err);
    size_t n = session == 0 ? plan->n_dots : plan->sessions[session - 1].dots;
    if (format == NP_EXPORT_CSV)
        fputs("id,session,order,x,y,z,nx,ny,nz,ax,ay,az,depth_mm,tilt_deg,tone,dwell_ms,layer,density_per_cm2,pin\n",
              out);
    if (format == NP_EXPORT_PLY)
        write_ply_header(n, out);
    for (size_t i = 0; i < plan->n_dots; i++) {
        const np_dot *d = &plan->dots[i];
        if (session != 0 && d->session != session)
            continue;
        if (format == NP_EXPORT_CSV)
            write_csv_dot(plan, d, out);
        else if (format == NP_EXPORT_PLY)
            fprintf(out, "%.3f %.3f %.3f %.6f %.6f %.6f %.3f %d\n", d->position.x, d->position.y, d->position.z,
                    d->normal.x, d->normal.y, d->normal.z, d->depth_mm, d->session);
        else
            fprintf(out, "%.3f %.3f %.3f\n", d->position.x, d->position.y, d->position.z);
    }
    if (ferror(out))
        return np_error_set(err, NP_ERR_IO, "the export could not be written to the end");
    return NP_OK;
}
