/* First a way that is clear by its construction, then a shorter one.
 *
 * A tool that stands across a plane behind which the whole scan is touches nothing, whatever its width.  So each end is
 * left along its own axis until the tool is beyond such a plane, and up along the plane where that would be under the
 * floor; from there the attitude turns along a great circle, and the tip goes along the corners that the planes of the attitudes on the way cut with each other: a polygon around the
 * scan's hull.  Several great circles are tried: over the forehead, over the top, around the back.
 *
 * The hull bridges what is hollow (behind an ear, under the back of the head), so the way is then pulled tight: stops are
 * left out where the tool gets past without them, and moved towards the straight line between their neighbours as far as
 * both legs are still proved clear (a discrete elastic band; Quinlan and Khatib, ICRA 1993). */
#include "arm/private/route.h"
#include "base/angle.h"

#include <math.h>
#include <string.h>

/* A stop costs as much time as 5 mm of way; on a head that pays from about 35 degrees on. */
#define STEP_RAD 0.55
/* A handpiece of 150 mm that turns by that much sags by less. */
#define SAG_MM 6.0
#define TIGHTEN_ROUNDS 3
/* A change is worth having if it saves this much. */
#define WORTH_S 0.01
#define SPARE_MM 0.01

typedef struct router {
    const np_arm_planner *planner;
    const np_arm_rates *rates;
} router;

static double leg_s(const router *r, const np_arm_pose *a, const np_arm_pose *b)
{
    return np_arm_travel_s(r->rates, np_vec3_distance(a->tip, b->tip), np_arm_angle(a->axis, b->axis));
}

double arm_way_s(const arm_way *way, const np_arm_rates *rates)
{
    router r = {NULL, rates};
    double sum = 0;
    for (int i = 1; i < way->n; i++)
        sum += leg_s(&r, &way->stop[i - 1], &way->stop[i]);
    return sum;
}

/* The tip's way is looked at first: it ends most of what is in vain. */
static bool is_leg_clear(const router *r, const np_arm_pose *a, const np_arm_pose *b, arm_contact *contact)
{
    const arm_obstacle *o = &r->planner->obstacle;
    np_vec3 where;
    if (!arm_obstacle_between(o, a->tip, b->tip, &where))
        return arm_sweep_is_clear(o, &r->planner->travel, a, b, NULL, contact);
    if (contact)
        *contact = (arm_contact){.place = where};
    return false;
}

/* ---- around the hull ---- */

static np_vec3 back_of(const np_arm_pose *pose)
{
    return np_vec3_scale(pose->axis, -1);
}

/* Moves POSE backwards along its axis until its tip is beyond the plane across UP that the scan is behind. */
static void lift_beyond(const router *r, np_arm_pose *pose, np_vec3 up)
{
    double beyond =
        arm_hull_reach_mm(&r->planner->obstacle.hull, up, NULL) + r->planner->travel.clearance_mm + SPARE_MM;
    double missing = beyond - np_vec3_dot(pose->tip, up);
    if (missing > 0)
        pose->tip = np_vec3_mad(pose->tip, pose->axis, -missing / np_vec3_dot(back_of(pose), up));
}

/* Moves POSE up along the plane across its axis until it is above the floor, and somewhat more: turning between stops sags. */
static void raise_above_floor(const router *r, np_arm_pose *pose)
{
    double missing = r->planner->obstacle.floor_z_mm + SAG_MM - arm_sweep_lowest_z_mm(&r->planner->travel, pose);
    double slope = 1 - pose->axis.z * pose->axis.z;
    if (missing > 0 && slope > 0.05)
        pose->tip = np_vec3_mad(pose->tip, np_vec3_reject(np_vec3_make(0, 0, 1), pose->axis), missing / slope);
}

/* The pose with its back along BACK over the place where the hull looks there. */
static np_arm_pose pose_over(const router *r, np_vec3 back)
{
    np_arm_pose pose = {.axis = np_vec3_scale(back, -1)};
    arm_hull_reach_mm(&r->planner->obstacle.hull, back, &pose.tip);
    lift_beyond(r, &pose, back);
    raise_above_floor(r, &pose);
    return pose;
}

/* Adds stops that turn the last one's back to TARGET by its great circle, without one at TARGET. */
static void turn_towards(const router *r, arm_way *way, np_vec3 target)
{
    np_vec3 from = back_of(&way->stop[way->n - 1]);
    int steps = (int)ceil(np_arm_angle(from, target) / STEP_RAD);
    for (int i = 1; i < steps && way->n < NP_ARM_MAX_VIAS; i++)
        way->stop[way->n++] = pose_over(r, arm_axis_between(from, target, (double)i / steps));
}

/* From EXIT[0] to EXIT[1] around the hull, by an attitude whose back is along OVER if that is given. */
static arm_way go_around(const router *r, const np_arm_pose exit[2], const np_vec3 *over)
{
    arm_way way = {.stop = {exit[0]}, .n = 1};
    if (over) {
        turn_towards(r, &way, *over);
        way.stop[way.n++] = pose_over(r, *over);
    }
    turn_towards(r, &way, back_of(&exit[1]));
    way.stop[way.n++] = exit[1];
    for (int i = 1; i < way.n; i++) {
        np_vec3 up = np_vec3_normalize(np_vec3_add(back_of(&way.stop[i - 1]), back_of(&way.stop[i])));
        lift_beyond(r, &way.stop[i - 1], up);
        lift_beyond(r, &way.stop[i], up);
    }
    for (int i = 0; i < way.n; i++)
        raise_above_floor(r, &way.stop[i]);
    return way;
}

/* Seconds along WAY; INFINITY where it goes below the floor, of which the hull knows nothing. */
static double above_floor_s(const router *r, const arm_way *way)
{
    for (int i = 1; i < way->n; i++)
        if (!arm_sweep_is_above_floor(&r->planner->obstacle, &r->planner->travel, &way->stop[i - 1], &way->stop[i],
                                      NULL))
            return INFINITY;
    return arm_way_s(way, r->rates);
}

/* The quickest way around above the floor, as far as there is one: directly, and over eight places beside it. */
static arm_way go_around_best(const router *r, const np_arm_pose exit[2])
{
    np_vec3 a = back_of(&exit[0]), b = back_of(&exit[1]);
    double turn = np_arm_angle(a, b);
    arm_way best = {0};
    double best_s = INFINITY;
    if (turn < 2.8) {
        best = go_around(r, exit, NULL);
        best_s = above_floor_s(r, &best);
        if (turn < 1 && best_s < INFINITY)
            return best;
    }
    np_vec3 between = np_vec3_normalize(np_vec3_sub(b, a)), aside = np_vec3_perpendicular(between);
    if (turn < 2.8)
        aside = np_vec3_normalize(np_vec3_add(a, b));
    for (int i = 0; i < 8; i++) {
        np_vec3 over = np_vec3_rotate(aside, between, i * NP_PI / 4);
        arm_way way = go_around(r, exit, &over);
        double way_s = above_floor_s(r, &way);
        if (way_s < best_s || best.n == 0)
            best = way, best_s = way_s;
    }
    return best;
}

/* ---- leaving ---- */

/* From END out of whatever it is in, straight to where the tool is beyond the hull: along its own axis, or leaning by 20
 * or 40 degrees towards eight sides. */
static bool find_exit(const router *r, const np_arm_pose *end, np_arm_pose *out_exit, arm_contact *contact)
{
    np_vec3 back = back_of(end), aside = np_vec3_perpendicular(back);
    for (int i = 0; i <= 16; i++) {
        double lean = i == 0 ? 0 : i <= 8 ? 0.35 : 0.7;
        np_vec3 hinge = np_vec3_rotate(aside, back, i * NP_PI / 4);
        np_arm_pose exit = {end->tip, np_vec3_scale(np_vec3_rotate(back, hinge, lean), -1)};
        lift_beyond(r, &exit, back_of(&exit));
        raise_above_floor(r, &exit);
        exit = np_arm_pose_stored(&exit);
        arm_contact here;
        if (is_leg_clear(r, end, &exit, &here)) {
            *out_exit = exit;
            return true;
        }
        if (i == 0)
            *contact = here;
    }
    return false;
}

/* ---- pulling tight ---- */

/* Leaves out the stops that the tool gets past without. */
static void cut_corners(const router *r, arm_way *way)
{
    int n = 1;
    for (int at = 0; at < way->n - 1; n++) {
        int next = way->n - 1;
        while (next > at + 1 && !is_leg_clear(r, &way->stop[at], &way->stop[next], NULL))
            next--;
        way->stop[n] = way->stop[next];
        at = next;
    }
    way->n = n;
}

/* A pose SHARE of the way from A to B. */
static np_arm_pose pose_between(const np_arm_pose *a, const np_arm_pose *b, double share)
{
    np_arm_pose pose = {np_vec3_lerp(a->tip, b->tip, share), arm_axis_between(a->axis, b->axis, share)};
    return np_arm_pose_stored(&pose);
}

/* Puts NEW in the place of stop I if that saves time and is clear; the leg to the stop FIRST is looked at first. */
static bool replace(const router *r, arm_way *way, int i, const np_arm_pose *new, int first)
{
    const np_arm_pose *before = &way->stop[i - 1], *after = &way->stop[i + 1], *old = &way->stop[i];
    if (leg_s(r, before, new) + leg_s(r, new, after) > leg_s(r, before, old) + leg_s(r, old, after) - WORTH_S)
        return false;
    const np_arm_pose *a = first < i ? before : after, *b = first < i ? after : before;
    if (!is_leg_clear(r, a, new, NULL) || !is_leg_clear(r, new, b, NULL))
        return false;
    way->stop[i] = *new;
    return true;
}

/* Cuts the corner at stop I: slides it back or on along one of its legs, or towards the line between its neighbours; as
 * far as it goes.  True if it was worth it. */
static bool pull(const router *r, arm_way *way, int i)
{
    const np_arm_pose before = way->stop[i - 1], after = way->stop[i + 1], old = way->stop[i];
    bool pulled = false;
    for (int side = -1; side <= 1; side += 2)
        for (double share = 0.75; share > 0.2; share -= 0.25) {
            np_arm_pose new = pose_between(&way->stop[i], &way->stop[i + side], share);
            if (replace(r, way, i, &new, i - side)) {
                pulled = true;
                break;
            }
        }
    if (pulled)
        return true;
    np_vec3 line = np_vec3_sub(after.tip, before.tip);
    double length2 = np_vec3_dot(line, line);
    double t = length2 > 0 ? np_vec3_dot(np_vec3_sub(old.tip, before.tip), line) / length2 : 0.5;
    np_arm_pose foot = pose_between(&before, &after, fmin(0.9, fmax(0.1, t)));
    np_arm_pose half = pose_between(&old, &foot, 0.5);
    return replace(r, way, i, &foot, i + 1) || replace(r, way, i, &half, i + 1);
}

static void tighten(const router *r, arm_way *way)
{
    cut_corners(r, way);
    for (int round = 0; round < TIGHTEN_ROUNDS; round++) {
        bool pulled = false;
        for (int i = 1; i < way->n - 1; i++)
            pulled |= pull(r, way, i);
        if (!pulled)
            break;
        cut_corners(r, way);
    }
}

static bool is_way_clear(const router *r, const arm_way *way, arm_contact *contact)
{
    for (int i = 1; i < way->n; i++)
        if (!is_leg_clear(r, &way->stop[i - 1], &way->stop[i], contact))
            return false;
    return true;
}

bool arm_route_find(const np_arm_planner *planner, const np_arm_pose *from, const np_arm_pose *to,
                    const np_arm_rates *rates, arm_way *out_way, arm_contact *out_contact)
{
    router r = {planner, rates};
    np_arm_pose exit[2];
    if (!find_exit(&r, from, &exit[0], out_contact) || !find_exit(&r, to, &exit[1], out_contact))
        return false;
    arm_way around = go_around_best(&r, exit);
    *out_way = (arm_way){.stop = {*from}, .n = 1};
    for (int i = 0; i < around.n && out_way->n <= NP_ARM_MAX_VIAS; i++)
        out_way->stop[out_way->n++] = np_arm_pose_stored(&around.stop[i]);
    out_way->stop[out_way->n++] = *to;
    if (!is_way_clear(&r, out_way, out_contact))
        return false;
    tighten(&r, out_way);
    return true;
}
