/* The tool's outline, cut into pieces for the proofs. */
#include "arm/private/tool.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* A piece ends where S has grown by this much, so that the ball around it is not longer than the way to the skin. */
#define GROWTH 2.0
/* The first half millimetre of the needle's way is the skin's own: it is rough, and a dot lies only nearly on it. */
#define FREE_FROM_MM 0.5

np_arm_tool np_arm_tool_default(void)
{
    return (np_arm_tool){.needle_diameter_mm = 0.30,
                         .needle_length_mm = 4,
                         .cone_tip_diameter_mm = 2,
                         .cone_base_diameter_mm = 12,
                         .cone_length_mm = 22,
                         .body_diameter_mm = 28,
                         .body_length_mm = 124};
}

np_status arm_tool_check(const np_arm_tool *tool, np_error *err)
{
    const struct {
        const char *name;
        double mm, least, most;
    } sizes[] = {
        {"needle diameter", tool->needle_diameter_mm, 0.05, 2},
        {"needle length", tool->needle_length_mm, 0.5, 50},
        {"cone's diameter at the needle", tool->cone_tip_diameter_mm, tool->needle_diameter_mm, 100},
        {"cone's diameter at the body", tool->cone_base_diameter_mm, tool->cone_tip_diameter_mm, 100},
        {"cone length", tool->cone_length_mm, 0.5, 500},
        {"body diameter", tool->body_diameter_mm, tool->cone_base_diameter_mm, 200},
        {"body length", tool->body_length_mm, 0.5, 1000},
    };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        if (!(sizes[i].mm >= sizes[i].least && sizes[i].mm <= sizes[i].most))
            return np_error_set(err, NP_ERR_INVALID,
                                "the tool's %s is %g mm; it must be %g to %g (no part is narrower than the one before)",
                                sizes[i].name, sizes[i].mm, sizes[i].least, sizes[i].most);
    return NP_OK;
}

/* The radius just behind S, or just before it. */
static double radius(const np_arm_tool *tool, double s, bool behind)
{
    double cone_s = tool->needle_length_mm, body_s = cone_s + tool->cone_length_mm;
    if (s > body_s || (behind && s == body_s))
        return tool->body_diameter_mm / 2;
    if (s > cone_s || (behind && s == cone_s))
        return (tool->cone_tip_diameter_mm +
                (tool->cone_base_diameter_mm - tool->cone_tip_diameter_mm) * (s - cone_s) / tool->cone_length_mm) /
               2;
    return tool->needle_diameter_mm / 2 * s / cone_s;
}

/* The tool with its tip at S. */
static void add_rings(arm_profile *p, const np_arm_tool *tool, double s)
{
    double cone_s = s + tool->needle_length_mm, body_s = cone_s + tool->cone_length_mm;
    double cone_radius = tool->cone_tip_diameter_mm / 2, body_radius = tool->body_diameter_mm / 2;
    p->ring[p->n_rings++] = (arm_ring){s, 0};
    p->ring[p->n_rings++] = (arm_ring){cone_s, cone_radius};
    p->ring[p->n_rings++] = (arm_ring){body_s, body_radius};
    p->ring[p->n_rings++] = (arm_ring){body_s + tool->body_length_mm, body_radius};
}

typedef double reach_at(const np_arm_tool *tool, const void *context, double s, bool behind);

/* From S0 to S1, between which the reach is linear or bends upwards, in pieces of twice the length each. */
static void add_part(arm_profile *p, double s0, double s1, reach_at *reach, const np_arm_tool *tool,
                     const void *context)
{
    for (double at = s0, to; at < s1; at = to) {
        to = fmax(at * GROWTH, at + 1);
        if (to * 1.2 > s1 || p->n >= ARM_MAX_PIECES / 2)
            to = s1;
        p->piece[p->n++] = (arm_piece){at, to, reach(tool, context, at, true), reach(tool, context, to, false)};
    }
}

static double reach_in_travel(const np_arm_tool *tool, const void *context, double s, bool behind)
{
    return radius(tool, s, behind) + *(const double *)context;
}

void arm_profile_travel(const np_arm_tool *tool, double clearance_mm, arm_profile *out)
{
    double cone_s = tool->needle_length_mm, body_s = cone_s + tool->cone_length_mm;
    *out = (arm_profile){.clearance_mm = clearance_mm};
    add_rings(out, tool, 0);
    out->piece[out->n++] = (arm_piece){0, cone_s, clearance_mm, clearance_mm + tool->needle_diameter_mm / 2};
    add_part(out, cone_s, body_s, reach_in_travel, tool, &clearance_mm);
    add_part(out, body_s, body_s + tool->body_length_mm, reach_in_travel, tool, &clearance_mm);
    double needle = tool->needle_diameter_mm / 2 / cone_s, cone = tool->cone_tip_diameter_mm / 2 / cone_s;
    double base = tool->cone_base_diameter_mm / 2 / body_s, body = tool->body_diameter_mm / 2 / body_s;
    out->upright_cos = fmax(fmax(needle, cone), fmax(base, body));
}

static double reach_at_puncture(const np_arm_tool *tool, const void *context, double s, bool behind)
{
    const arm_stance *stance = context;
    double free_s = stance->travel_mm + FREE_FROM_MM + stance->rough_mm, cone_s = tool->needle_length_mm, reach;
    if (s > cone_s || (behind && s == cone_s)) {
        reach = radius(tool, s, behind) + stance->puncture_clearance_mm;
    } else {
        double most =
            fmin(ARM_FREE_SLOPE * (cone_s - free_s), stance->puncture_clearance_mm + tool->needle_diameter_mm / 2);
        reach = most * (s - free_s) / (cone_s - free_s);
    }
    if (s > stance->hover_mm || (behind && s == stance->hover_mm))
        reach = fmax(reach, radius(tool, s - stance->hover_mm, behind) + stance->travel_clearance_mm);
    return reach + 2 * sin(stance->lean_rad / 2) * (s - stance->travel_mm);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void arm_profile_puncture(const np_arm_tool *tool, const arm_stance *stance, arm_profile *out)
{
    /* no plane keeps a tool clear that is in the skin */
    *out = (arm_profile){.upright_cos = INFINITY};
    add_rings(out, tool, 0);
    if (isfinite(stance->hover_mm))
        add_rings(out, tool, stance->hover_mm);
    double cone_s = tool->needle_length_mm, body_s = cone_s + tool->cone_length_mm, hover = stance->hover_mm;
    double begin = fmin(stance->travel_mm + FREE_FROM_MM + stance->rough_mm, cone_s);
    double end = body_s + tool->body_length_mm + stance->travel_mm + stance->rise_mm;
    double at[] = {begin, hover, cone_s, cone_s + hover, body_s, body_s + hover, end}; /* where it leaps */
    int n = sizeof at / sizeof at[0];
    qsort(at, (size_t)n, sizeof at[0], compare);
    for (int i = 1; i < n && at[i] <= end; i++) {
        add_part(out, at[i - 1], at[i], reach_at_puncture, tool, stance);
        if (at[i] <= fmax(cone_s, hover))
            out->near_skin = out->n - 1;
    }
}

double arm_tool_distance_mm(const np_arm_tool *tool, const np_arm_pose *pose, np_vec3 place)
{
    double cone_s = tool->needle_length_mm, body_s = cone_s + tool->cone_length_mm;
    const arm_ring outline[] = {{0, 0},
                                {cone_s, tool->needle_diameter_mm / 2},
                                {cone_s, tool->cone_tip_diameter_mm / 2},
                                {body_s, tool->cone_base_diameter_mm / 2},
                                {body_s, tool->body_diameter_mm / 2},
                                {body_s + tool->body_length_mm, tool->body_diameter_mm / 2},
                                {body_s + tool->body_length_mm, 0}};
    np_vec3 off = np_vec3_sub(place, pose->tip);
    double s = -np_vec3_dot(off, pose->axis), side = np_vec3_length(np_vec3_reject(off, pose->axis)),
           nearest = INFINITY;
    if (s >= 0 && s <= outline[6].s && side <= radius(tool, s, true))
        return 0;
    for (int i = 0; i < 6; i++) {
        double ds = outline[i + 1].s - outline[i].s, dr = outline[i + 1].radius - outline[i].radius;
        double t = ((s - outline[i].s) * ds + (side - outline[i].radius) * dr) / (ds * ds + dr * dr);
        t = fmax(0, fmin(1, t));
        nearest = fmin(nearest, hypot(s - outline[i].s - t * ds, side - outline[i].radius - t * dr));
    }
    return nearest;
}

const char *arm_tool_part(const np_arm_tool *tool, double s)
{
    if (s < tool->needle_length_mm)
        return "needle";
    return s < tool->needle_length_mm + tool->cone_length_mm ? "cone" : "body";
}
