/* A program for Universal Robots arms: over each dot, in, and back. */
#include <math.h>

#include "report/private/robot.h"

/* The rotation vector (axis times angle) of the tool frame whose z is the needle's AXIS; x as near to the base's x as it
 * can be, so that the wrist turns little from dot to dot. */
static np_vec3 tool_rotation(np_vec3 axis)
{
    np_vec3 x = np_vec3_reject(np_vec3_make(1, 0, 0), axis);
    x = np_vec3_length(x) > 0.1 ? np_vec3_normalize(x) : np_vec3_perpendicular(axis);
    np_vec3 y = np_vec3_cross(axis, x);
    double trace = x.x + y.y + axis.z;
    double angle = acos(fmin(1, fmax(-1, (trace - 1) / 2)));
    np_vec3 v = {y.z - axis.y, axis.x - x.z, x.y - y.x};
    double s = np_vec3_length(v);
    if (s > 1e-6)
        return np_vec3_scale(v, angle / s);
    if (angle < 1)
        return np_vec3_make(0, 0, 0);
    /* half a turn: the axis is the column of (R + 1) that is longest */
    np_vec3 columns[3] = {{x.x + 1, x.y, x.z}, {y.x, y.y + 1, y.z}, {axis.x, axis.y, axis.z + 1}};
    int best = 0;
    for (int i = 1; i < 3; i++)
        best = np_vec3_length(columns[i]) > np_vec3_length(columns[best]) ? i : best;
    return np_vec3_scale(np_vec3_normalize(columns[best]), angle);
}

static void write_pose(FILE *out, np_vec3 p_mm, np_vec3 rotation)
{
    fprintf(out, "p[%.6f, %.6f, %.6f, %.6f, %.6f, %.6f]", p_mm.x / 1e3, p_mm.y / 1e3, p_mm.z / 1e3, rotation.x,
            rotation.y, rotation.z);
}

static np_status write_urscript(const np_export_request *request, FILE *out, np_error *err)
{
    (void)err;
    const np_registration *r = request->registration;
    double plunge_m_s = request->plunge_mm_s / 1e3;
    report_robot_header(request, "#", out);
    fprintf(out,
            "# the tool centre point must be set to the needle's tip, its z along the needle\n"
            "def needlepath_session_%d():\n"
            "  def dot(over, deep, dwell):\n"
            "    movel(over, a=0.5, v=0.05)\n"
            "    movel(deep, a=0.5, v=%.4f)\n"
            "    sleep(dwell)\n"
            "    movel(over, a=0.5, v=%.4f)\n"
            "  end\n",
            request->session, plunge_m_s, plunge_m_s);
    size_t i = 0;
    for (const np_dot *d; (d = np_export_next(request, &i));) {
        np_vec3 skin = np_registration_apply(r, d->position);
        np_vec3 axis = np_vec3_normalize(np_vec3_sub(np_registration_apply(r, d->axis), r->translation));
        np_vec3 rotation = tool_rotation(axis);
        /* the depth counts along the normal: a tilted needle travels farther */
        double travel = d->depth_mm / -np_vec3_dot(d->axis, d->normal);
        fputs("  dot(", out);
        write_pose(out, np_vec3_mad(skin, axis, -request->lift_mm), rotation);
        fputs(", ", out);
        write_pose(out, np_vec3_mad(skin, axis, travel), rotation);
        fprintf(out, ", %.4f) # %u\n", d->dwell_ms / 1e3, d->id);
    }
    fprintf(out, "end\nneedlepath_session_%d()\n", request->session);
    return NP_OK;
}

const np_exporter np_exporter_urscript = {"urscript", true, write_urscript};
