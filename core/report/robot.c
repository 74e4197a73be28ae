#include "report/robot.h"

#include <math.h>
#include <sodium.h>

#include "base/hex.h"
#include "stream/gcode.h"

/* The same warnings in both languages, behind their comment signs. */
static void write_header(const np_plan *plan, int session, const np_registration *r, const char *comment, FILE *out)
{
    char digest[2 * NP_PLAN_DIGEST_BYTES + 1];
    np_hex_write(plan->digest, NP_PLAN_DIGEST_BYTES, digest);
    fprintf(
        out,
        "%s needlepath: session %d, %u dots, plan %s\n"
        "%s OFFLINE AND NOT JOURNALLED.  Nothing checks the approval, nothing records what was done, nothing stops on\n"
        "%s silence, and a second start punctures every dot a second time.  For dry runs and for rigs with all of "
        "that.\n"
        "%s limits: depth %.3f to %.3f mm, tilt at most %.1f degrees, dots at least %.2f mm apart\n"
        "%s registration: quaternion %.9f %.9f %.9f %.9f, translation %.4f %.4f %.4f mm, residual %.3f mm RMS\n",
        comment, session, plan->sessions[session - 1].dots, digest, comment, comment, comment,
        plan->limits.depth_min_mm, plan->limits.depth_max_mm, plan->limits.tilt_max_deg, plan->limits.spacing_min_mm,
        comment, r->rotation[0], r->rotation[1], r->rotation[2], r->rotation[3], r->translation.x, r->translation.y,
        r->translation.z, r->rms_mm);
}

static np_status write_gcode(const np_plan *plan, int session, const np_registration *r, double lift_mm,
                             double plunge_mm_s, FILE *out, np_error *err)
{
    np_gantry gantry;
    np_status status = np_gantry_init(&gantry, plan, session, r, lift_mm, plunge_mm_s, err);
    if (status != NP_OK)
        return status;
    write_header(plan, session, r, ";", out);
    fprintf(out, "G21 G90 G94\nG0 Z%.3f\n", gantry.safe_z_mm);
    for (size_t i = 0; i < plan->n_dots; i++) {
        if (plan->dots[i].session != session)
            continue;
        char lines[NP_GCODE_DOT_LINES][64];
        np_gcode_dot(&gantry, &plan->dots[i], lines);
        fprintf(out, "; dot %u\n", plan->dots[i].id);
        for (int k = 0; k < NP_GCODE_DOT_LINES; k++)
            fprintf(out, "%s\n", lines[k]);
    }
    fputs("M2\n", out);
    return NP_OK;
}

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

static void write_urscript(const np_plan *plan, int session, const np_registration *r, double lift_mm,
                           double plunge_mm_s, FILE *out)
{
    write_header(plan, session, r, "#", out);
    fprintf(out,
            "# the tool centre point must be set to the needle's tip, its z along the needle\n"
            "def needlepath_session_%d():\n"
            "  def dot(over, deep, dwell):\n"
            "    movel(over, a=0.5, v=0.05)\n"
            "    movel(deep, a=0.5, v=%.4f)\n"
            "    sleep(dwell)\n"
            "    movel(over, a=0.5, v=%.4f)\n"
            "  end\n",
            session, plunge_mm_s / 1e3, plunge_mm_s / 1e3);
    for (size_t i = 0; i < plan->n_dots; i++) {
        const np_dot *d = &plan->dots[i];
        if (d->session != session)
            continue;
        np_vec3 skin = np_registration_apply(r, d->position);
        np_vec3 axis = np_vec3_normalize(np_vec3_sub(np_registration_apply(r, d->axis), r->translation));
        np_vec3 rotation = tool_rotation(axis);
        /* the depth counts along the normal: a tilted needle travels farther */
        double travel = d->depth_mm / -np_vec3_dot(d->axis, d->normal);
        fputs("  dot(", out);
        write_pose(out, np_vec3_mad(skin, axis, -lift_mm), rotation);
        fputs(", ", out);
        write_pose(out, np_vec3_mad(skin, axis, travel), rotation);
        fprintf(out, ", %.4f) # %u\n", d->dwell_ms / 1e3, d->id);
    }
    fprintf(out, "end\nneedlepath_session_%d()\n", session);
}

np_status np_export_robot(const np_plan *plan, np_robot_format format, int session, const np_registration *registration,
                          double lift_mm, double plunge_mm_s, FILE *out, np_error *err)
{
    if (session < 1 || (size_t)session > plan->n_sessions)
        return np_error_set(err, NP_ERR_INVALID, "session %d: name one of the plan's sessions, 1 to %zu", session,
                            plan->n_sessions);
    np_status status = NP_OK;
    if (format == NP_ROBOT_GCODE)
        status = write_gcode(plan, session, registration, lift_mm, plunge_mm_s, out, err);
    else
        write_urscript(plan, session, registration, lift_mm, plunge_mm_s, out);
    if (status == NP_OK && ferror(out))
        status = np_error_set(err, NP_ERR_IO, "the export could not be written to the end");
    return status;
}
