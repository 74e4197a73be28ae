/* Looks whether a tool touches a scan by laying points on its surface: needle, cone and cylinder with their flat faces and
 * edges, every STEP mm, at poses every STEP mm of a move.  Nothing of the planner's proofs is used: points of the true
 * outline, and how far each is from the scan.  Rings around which the scan is far away are passed over; whether they are under
 * the floor is asked of all. */
#ifndef NP_TESTS_UNIT_ARM_WITNESS_H
#define NP_TESTS_UNIT_ARM_WITNESS_H

#include <math.h>

#include "arm/moves.h"
#include "base/angle.h"

typedef struct witness {
    const np_surface *surface;
    np_arm_tool tool;
    double step_mm, clearance_mm, floor_z_mm;
    /* found */
    size_t samples, below; /* points looked at; nearer than the clearance, or under the floor */
    double least_mm;       /* of all of them, as far as they were looked at */
    double lowest_mm;      /* z */
    np_vec3 worst;
} witness;

static inline void witness_look(witness *w, np_vec3 p)
{
    np_surface_point nearest;
    w->samples++;
    if (!np_surface_nearest(w->surface, p, w->clearance_mm + 1, &nearest))
        return;
    double distance = np_vec3_distance(p, nearest.position);
    w->below += distance < w->clearance_mm;
    if (distance < w->least_mm) {
        w->least_mm = distance;
        w->worst = p;
    }
}

/* Points on the circle of RADIUS around MIDDLE, across BACK. */
static inline void witness_ring(witness *w, np_vec3 middle, np_vec3 back, double radius)
{
    np_vec3 u = np_vec3_perpendicular(back), v = np_vec3_cross(back, u);
    int n = (int)ceil(2 * NP_PI * radius / w->step_mm);
    n = n < 6 ? 6 : n;
    for (int i = 0; i < n; i++) {
        double a = 2 * NP_PI * i / n;
        witness_look(w, np_vec3_mad(np_vec3_mad(middle, u, radius * cos(a)), v, radius * sin(a)));
    }
}

/* The lowest point of the same circle. */
static inline void witness_floor(witness *w, np_vec3 middle, np_vec3 back, double radius)
{
    double z = middle.z - radius * sqrt(fmax(0, 1 - back.z * back.z));
    w->samples++;
    w->lowest_mm = fmin(w->lowest_mm, z);
    if (z < w->floor_z_mm) {
        w->below++;
        w->worst = middle;
    }
}

/* A part from S0 to S1 with radii R0 to R1, and the flat ring at S0 from radius R_INNER on. */
static inline void witness_part(witness *w, np_vec3 tip, np_vec3 back, double s0, double s1, double r_inner, double r0,
                                double r1)
{
    int rings = (int)ceil((s1 - s0) / w->step_mm);
    for (int i = 0; i <= rings; i++) {
        double s = s0 + (s1 - s0) * i / rings, r = r0 + (r1 - r0) * i / rings;
        np_vec3 middle = np_vec3_mad(tip, back, s);
        np_surface_point near;
        witness_floor(w, middle, back, r);
        if (!np_surface_nearest(w->surface, middle, r + w->clearance_mm + 0.5, &near))
            continue;
        for (double inner = r_inner; i == 0 && inner < r; inner += w->step_mm)
            witness_ring(w, middle, back, inner);
        witness_ring(w, middle, back, r);
    }
}

/* The tool at POSE; AT_PUNCTURE: without its needle. */
static inline void witness_pose(witness *w, const np_arm_pose *pose, bool at_puncture)
{
    const np_arm_tool *t = &w->tool;
    np_vec3 back = np_vec3_scale(pose->axis, -1);
    double cone = t->needle_length_mm, body = cone + t->cone_length_mm, end = body + t->body_length_mm;
    if (!at_puncture) {
        witness_look(w, pose->tip);
        witness_part(w, pose->tip, back, 0, cone, 0, 0, t->needle_diameter_mm / 2);
    }
    witness_part(w, pose->tip, back, cone, body, t->needle_diameter_mm / 2, t->cone_tip_diameter_mm / 2,
                 t->cone_base_diameter_mm / 2);
    witness_part(w, pose->tip, back, body, end, t->cone_base_diameter_mm / 2, t->body_diameter_mm / 2,
                 t->body_diameter_mm / 2);
    witness_ring(w, np_vec3_mad(pose->tip, back, end), back, t->body_diameter_mm / 2);
}

/* Along the line from A to B, the axis turning in step. */
static inline void witness_leg(witness *w, const np_arm_pose *a, const np_arm_pose *b)
{
    np_vec3 hinge = np_vec3_normalize(np_vec3_cross(a->axis, b->axis));
    double turn = np_arm_angle(a->axis, b->axis);
    double length = w->tool.needle_length_mm + w->tool.cone_length_mm;
    int n = (int)ceil(fmax(np_vec3_distance(a->tip, b->tip), turn * length) / w->step_mm) + 1;
    for (int i = 0; i <= n; i++) {
        double t = (double)i / n;
        np_arm_pose pose = {np_vec3_lerp(a->tip, b->tip, t), np_vec3_rotate(a->axis, hinge, t * turn)};
        witness_pose(w, &pose, false);
    }
}

static inline np_arm_pose witness_end(const np_arm_moves *moves, const np_arm_request *request, uint32_t end)
{
    if (end == NP_ARM_HOME)
        return request->home;
    if (end == NP_ARM_STATION)
        return request->station;
    return np_arm_hover(&request->punctures[end], moves->hover_um[end]);
}

/* All legs of one move. */
static inline void witness_move(witness *w, const np_arm_moves *moves, const np_arm_request *request, size_t i)
{
    const np_arm_move *m = &moves->moves[i];
    np_arm_pose from = witness_end(moves, request, m->from);
    for (uint32_t k = 0; k <= m->vias; k++) {
        np_arm_pose to = k < m->vias ? np_arm_via_pose(&moves->vias[m->via + k]) : witness_end(moves, request, m->to);
        witness_leg(w, &from, &to);
        from = to;
    }
}

/* Cone and body at the depth of PUNCTURE and on the way there from its hover. */
static inline void witness_puncture(witness *w, const np_arm_puncture *p, int32_t hover_um)
{
    double clearance = w->clearance_mm, deep = p->depth_mm / -np_vec3_dot(p->axis, p->normal);
    np_arm_pose pose = np_arm_hover(p, hover_um);
    double way = hover_um / 1000.0 + deep;
    np_vec3 from = pose.tip;
    int n = (int)ceil(way / w->step_mm);
    w->clearance_mm = NP_ARM_PUNCTURE_CLEARANCE_MM;
    for (int i = 0; i <= n; i++) {
        pose.tip = np_vec3_mad(from, pose.axis, way * i / n);
        witness_pose(w, &pose, true);
    }
    w->clearance_mm = clearance;
}

#endif
