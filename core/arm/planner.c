/* Single ways and punctures: checked, proved, and what is said of those that cannot be. */
#include "arm/planner.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "arm/private/cover.h"
#include "arm/private/puncture.h"
#include "arm/private/route.h"
#include "base/angle.h"

np_status np_arm_planner_create(const np_surface *surface, const np_arm_tool *tool, const np_arm_clearances *clearances,
                                np_arm_planner **out_planner, np_error *err)
{
    *out_planner = NULL;
    np_status status = arm_tool_check(tool, err);
    if (status != NP_OK)
        return status;
    if (!(clearances->travel_mm >= 0.1 && clearances->travel_mm <= 10 && clearances->puncture_mm >= 0 &&
          clearances->puncture_mm <= clearances->travel_mm))
        return np_error_set(
            err, NP_ERR_INVALID,
            "clearances of %g mm in travel and %g mm at a puncture: 0.1 to 10, and the second at most the "
            "first, are possible",
            clearances->travel_mm, clearances->puncture_mm);
    if (!(clearances->floor_z_mm < INFINITY))
        return np_error_set(err, NP_ERR_INVALID, "the floor of the tool's ways is at %g mm; it must be a height",
                            clearances->floor_z_mm);
    bool eyes_are_finite = true;
    for (int e = 0; e < NP_ARM_EYES; e++)
        eyes_are_finite = eyes_are_finite && np_vec3_is_finite(clearances->eyes[e]);
    if (!(clearances->eye_mm >= 0 && clearances->eye_mm <= 100 && eyes_are_finite))
        return np_error_set(err, NP_ERR_INVALID, "eyes are kept clear of by %g mm: 0 to 100 are possible",
                            clearances->eye_mm);
    np_arm_planner *planner = calloc(1, sizeof *planner);
    if (!planner)
        return np_error_no_memory(err, "the planner of moves");
    planner->tool = *tool;
    planner->clearances = *clearances;
    arm_profile_travel(tool, clearances->travel_mm + ARM_SLACK_MM, &planner->travel);
    status = arm_obstacle_init(&planner->obstacle, surface, clearances->floor_z_mm, planner->travel.clearance_mm,
                               clearances->eyes, clearances->eye_mm, err);
    if (status != NP_OK) {
        np_arm_planner_destroy(planner);
        return status;
    }
    *out_planner = planner;
    return NP_OK;
}

void np_arm_planner_destroy(np_arm_planner *planner)
{
    if (!planner)
        return;
    arm_obstacle_fini(&planner->obstacle);
    free(planner);
}

void np_arm_planner_support(const np_arm_planner *planner, int32_t out_um[NP_SUPPORT_NODES])
{
    for (size_t node = 0; node < NP_SUPPORT_NODES; node++)
        out_um[node] = (int32_t)ceil(planner->obstacle.hull.whole[node] * 1000);
}

double np_arm_eye_room_mm(const np_arm_tool *tool, const np_arm_clearances *clearances, const np_arm_puncture *puncture,
                          double most_mm)
{
    const double step_mm = 1;
    double least_mm = INFINITY;
    for (double up_mm = 0; up_mm <= ARM_HOVER_MAX_MM; up_mm += step_mm) {
        np_arm_pose pose = {np_vec3_mad(puncture->position, puncture->axis, -up_mm), puncture->axis};
        for (int e = 0; e < NP_ARM_EYES; e++)
            least_mm = fmin(least_mm, arm_tool_distance_mm(tool, &pose, clearances->eyes[e]));
    }
    /* Between two of these heights the tool is nearer by less than a step; in the skin, where it is nearer by the puncture's way as well, no more than the
     * puncture's clearance is asked. */
    double room_mm = (least_mm - step_mm - clearances->travel_mm - ARM_SLACK_MM) / ARM_BALL_ROUGHNESS;
    return fmax(0, fmin(most_mm, room_mm));
}

bool np_arm_is_clear(const np_arm_planner *planner, const np_arm_pose *from, const np_arm_pose *to)
{
    return arm_sweep_is_clear(&planner->obstacle, &planner->travel, from, to, NULL, NULL);
}

/* Whether PLACE, on the obstacle, belongs to what is kept clear before an eye. */
static bool is_before_an_eye(const np_arm_clearances *c, np_vec3 place)
{
    double mm = c->eye_mm * ARM_BALL_ROUGHNESS;
    for (int e = 0; e < NP_ARM_EYES; e++)
        if (np_vec3_distance(place, c->eyes[e]) <= mm)
            return true;
    return false;
}

/* What CONTACT is with: the scan, the room before an eye, or the floor. */
static void name_obstacle(const np_arm_planner *planner, const arm_contact *contact, char out[96])
{
    if (contact->under_floor)
        snprintf(out, 96, "the floor at z = %.1f mm, under which neck, shoulders and chest are",
                 planner->obstacle.floor_z_mm);
    else if (is_before_an_eye(&planner->clearances, contact->place))
        snprintf(out, 96, "the %.0f mm that are kept clear before an eye", planner->clearances.eye_mm);
    else
        snprintf(out, 96, "the scan");
}

/* PLACE in the frame of the surface and in that of its file. */
static void name_place(const np_arm_planner *planner, np_vec3 place, char out[96])
{
    np_vec3 file = np_similarity_revert(&planner->obstacle.surface->from_file, place);
    snprintf(out, 96, "(%.1f, %.1f, %.1f) mm in the head's frame, (%.4g, %.4g, %.4g) in the scan", place.x, place.y,
             place.z, file.x, file.y, file.z);
}

np_status arm_planner_no_room(const np_arm_planner *planner, const np_arm_puncture *p, arm_room room,
                              const arm_contact *contact, np_error *err)
{
    char place[96], obstacle[96];
    name_place(planner, contact->place, place);
    name_obstacle(planner, contact, obstacle);
    double tilt_deg = np_angle_deg(acos(fmin(1, -np_vec3_dot(p->axis, p->normal))));
    return np_error_set(err, NP_ERR_GEOMETRY,
                        "dot %u: there is no room for the tool: with the needle %s, its %s comes too near to %s, at "
                        "%s; the needle is tilted by %.1f degrees there: %skeep dots away from the place%s",
                        p->id, room == ARM_NO_ROOM ? "at its depth or on its way there" : "above the dot",
                        arm_tool_part(&planner->tool, contact->s), obstacle, place, tilt_deg,
                        tilt_deg < 1 ? "" : "tilt it less or the other way, ",
                        contact->under_floor ? "; no tool goes below the chin's level" : ", or state a slimmer tool");
}

np_status arm_planner_no_way(const np_arm_planner *planner, const arm_contact *contact, np_error *err)
{
    char place[96], obstacle[96];
    name_place(planner, contact->place, place);
    name_obstacle(planner, contact, obstacle);
    return np_error_set(
        err, NP_ERR_GEOMETRY,
        "no way was found on which the tool stays %g mm clear of the scan and above %.1f mm; its %s is stopped at "
        "%s, by %s",
        planner->clearances.travel_mm, planner->obstacle.floor_z_mm, arm_tool_part(&planner->tool, contact->s), place,
        obstacle);
}

np_status np_arm_check(const np_arm_planner *planner, const np_arm_puncture *puncture, np_error *err)
{
    np_status status = arm_puncture_check(puncture, err);
    if (status != NP_OK)
        return status;
    double hover_mm;
    arm_contact contact;
    arm_room room = arm_puncture_look(planner, puncture, &hover_mm, &contact);
    return room == ARM_ROOM ? NP_OK : arm_planner_no_room(planner, puncture, room, &contact, err);
}

np_status arm_planner_check_place(const np_arm_planner *planner, const char *name, const np_arm_pose *pose,
                                  np_error *err)
{
    if (!np_vec3_is_finite(pose->tip) || np_vec3_length(pose->tip) > 2000 || !np_vec3_is_finite(pose->axis) ||
        fabs(np_vec3_length(pose->axis) - 1) > 1e-4)
        return np_error_set(err, NP_ERR_INVALID, "%s: its place must be finite and within 2 m, its axis unit", name);
    np_arm_pose stored = np_arm_pose_stored(pose);
    arm_contact contact;
    if (arm_sweep_is_clear(&planner->obstacle, &planner->travel, &stored, &stored, NULL, &contact))
        return NP_OK;
    char obstacle[96];
    name_obstacle(planner, &contact, obstacle);
    return np_error_set(err, NP_ERR_GEOMETRY, "%s: the tool's %s is within %g mm of %s there, at (%.1f, %.1f, %.1f) mm",
                        name, arm_tool_part(&planner->tool, contact.s),
                        contact.under_floor ? ARM_SLACK_MM : planner->clearances.travel_mm, obstacle, contact.place.x,
                        contact.place.y, contact.place.z);
}

np_status arm_planner_check_rates(const np_arm_rates *r, np_error *err)
{
    const double rates[] = {r->speed_mm_s, r->acceleration_mm_s2, r->rotation_rad_s, r->rotation_acceleration_rad_s2,
                            r->approach_mm_s};
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++)
        if (!(rates[i] > 0 && rates[i] < 1e9))
            return np_error_set(err, NP_ERR_INVALID, "the arm's rates must be positive and finite");
    return r->lift_mm >= 0 ? NP_OK : np_error_set(err, NP_ERR_INVALID, "the arm's lift must not be negative");
}

np_status np_arm_route(const np_arm_planner *planner, const np_arm_pose *from, const np_arm_pose *to,
                       const np_arm_rates *rates, np_arm_via out_vias[NP_ARM_MAX_VIAS], uint32_t *out_n, np_error *err)
{
    *out_n = 0;
    np_status status = arm_planner_check_rates(rates, err);
    if (status == NP_OK)
        status = arm_planner_check_place(planner, "the way's beginning", from, err);
    if (status == NP_OK)
        status = arm_planner_check_place(planner, "the way's end", to, err);
    if (status != NP_OK)
        return status;
    np_arm_pose a = np_arm_pose_stored(from), b = np_arm_pose_stored(to);
    if (np_arm_is_clear(planner, &a, &b))
        return NP_OK;
    arm_way way;
    arm_contact contact;
    if (!arm_route_find(planner, &a, &b, rates, &way, &contact))
        return arm_planner_no_way(planner, &contact, err);
    *out_n = (uint32_t)way.n - 2;
    for (uint32_t i = 0; i < *out_n; i++)
        out_vias[i] = np_arm_via_of(&way.stop[i + 1]);
    return NP_OK;
}
