/* Straight ways of the tool; see way.h.  The planner has its own (core/arm): what it proves is checked against this. */
#include "sim/way.h"

/* Axes and lines that differ by no more are one: a stop is given in micrometres and millionths of a unit vector. */
static const double SAME_MM = 2e-3, SAME_RAD = 1e-5;

sim_way sim_way_make(const sim_pose *from, const sim_pose *to)
{
    np_vec3 across = np_vec3_cross(from->axis, to->axis);
    double sine = np_vec3_length(across);
    return (sim_way){.from = *from,
                     .to = *to,
                     .mm = np_vec3_distance(from->tip, to->tip),
                     .rad = atan2(sine, np_vec3_dot(from->axis, to->axis)),
                     .hinge = sine > 1e-9 ? np_vec3_scale(across, 1 / sine) : np_vec3_perpendicular(from->axis)};
}

sim_pose sim_way_at(const sim_way *way, double fraction)
{
    if (fraction <= 0)
        return way->from;
    if (fraction >= 1)
        return way->to;
    return (sim_pose){np_vec3_lerp(way->from.tip, way->to.tip, fraction),
                      np_vec3_rotate(way->from.axis, way->hinge, way->rad * fraction)};
}

bool sim_way_is_along_axis(const sim_way *way)
{
    np_vec3 line = np_vec3_sub(way->to.tip, way->from.tip);
    return way->rad < SAME_RAD && np_vec3_length(np_vec3_reject(line, way->from.axis)) < SAME_MM;
}
