/* How far a tool that is not turned may lean from a puncture's axis: what a machine with three axes needs to know, whose needle stays
 * along z wherever the head lies.
 *
 * Two proofs.  The first looks at the skin from above, along its normal: the tool's outline, leaning as far as it may, is higher than
 * planes across the normal, near the dot than what is near to it and farther away than what is farther away; a look at the
 * triangles within 5 mm, or 20, and one at the hull decide nearly every dot.  Where the scan rises beside the dot, by an ear say, that
 * is too careful: there the sweep of a tool decides that is wider by as much as it may lean (tool.h). */
#include <math.h>

#include "arm/private/puncture.h"
#include "base/angle.h"

/* A registration turns the head by as much without its fiducials showing it (0.3 mm over 35 mm). */
#define SPARE_DEG 0.5
/* Within so much of the dot the skin's roughness is the needle's own, as in puncture.c. */
#define ROUGH_WITHIN_MM 1.0

/* Near it, and wide around it. */
#define NEAR_MM 5.0
#define WIDE_MM 20.0
/* Planes behind which the whole scan is are tried across the normal and across directions so far from it, to so many sides. */
static const double plane_turns[] = {0.25, 0.5};
#define PLANE_SIDES 8

/* A tool with its tip TRAVEL_MM below a dot that leans from AXIS by at most LEAN_RAD, and by at most acos SLOPE from the normal. */
typedef struct leaning {
    const np_arm_planner *planner;
    const np_arm_puncture *puncture;
    np_vec3 back; /* from the tip to the handpiece */
    double travel_mm, slope, lean_rad, clearance_mm;
    double lean_cos, lean_sin;
} leaning;

/* The cosine of how far it leans from UP at most. */
static double slope_from(const leaning *l, np_vec3 up)
{
    double cosine = np_vec3_dot(l->back, up);
    return cosine * l->lean_cos - sqrt(fmax(0, 1 - cosine * cosine)) * l->lean_sin;
}

/* The height of the scan within RADIUS_MM of the dot, above it along the normal. */
static double skin_mm(const leaning *l, double radius_mm)
{
    const np_arm_puncture *p = l->puncture;
    return arm_obstacle_height_mm(&l->planner->obstacle, p->position, radius_mm, p->normal) -
           np_vec3_dot(p->position, p->normal);
}

static double cone_radius(const np_arm_tool *t, double s)
{
    return (t->cone_tip_diameter_mm +
            (t->cone_base_diameter_mm - t->cone_tip_diameter_mm) * (s - t->needle_length_mm) / t->cone_length_mm) /
           2;
}

/* The lowest that its circle of RADIUS at S may be, above the dot, along a direction from which it leans by acos SLOPE at most. */
static double lowest_mm(const leaning *l, double slope, double s, double radius)
{
    return (s - l->travel_mm) * slope - radius * sqrt(1 - slope * slope);
}

/* Up to where on the cone the tool is within DISTANCE_MM of the dot: it is not farther along the axis, and wider by its radius there. */
static double cone_within(const leaning *l, double distance_mm)
{
    const np_arm_tool *t = &l->planner->tool;
    double low = t->needle_length_mm, high = low + t->cone_length_mm;
    for (int i = 0; i < 16; i++) {
        double s = (low + high) / 2;
        *(hypot(s - l->travel_mm, cone_radius(t, s)) <= distance_mm ? &low : &high) = s;
    }
    return low;
}

/* Beyond the roughness right at the dot, the needle is above what is near, with the free room around it that puncture.c asks for. */
static bool is_needle_above(const leaning *l, double near_mm)
{
    double begin = fmin(l->planner->tool.needle_length_mm - l->travel_mm, ROUGH_WITHIN_MM / (1 + ARM_FREE_SLOPE));
    return begin > 0 && begin * (l->slope - ARM_FREE_SLOPE) >= near_mm;
}

/* The scan that is meant: all of it, or what is not so far below the floor that no tool above it comes near to it. */
typedef double reach_of(const arm_hull *hull, np_vec3 direction);

static double reach_above_floor(const arm_hull *hull, np_vec3 direction)
{
    return arm_hull_reach_mm(hull, direction, NULL);
}

/* The tool from S on beyond a plane across UP that the scan is behind. */
static bool is_beyond_plane(const leaning *l, double s, np_vec3 up, reach_of *reach)
{
    const np_arm_tool *t = &l->planner->tool;
    double slope = slope_from(l, up), body_s = t->needle_length_mm + t->cone_length_mm;
    if (slope <= 0)
        return false;
    double height = reach(&l->planner->obstacle.hull, up) - np_vec3_dot(l->puncture->position, up) + l->clearance_mm;
    return (s >= body_s || lowest_mm(l, slope, s, cone_radius(t, s)) >= height) &&
           lowest_mm(l, slope, fmax(s, body_s), t->body_diameter_mm / 2) >= height;
}

static bool is_beyond_some_plane(const leaning *l, double s, reach_of *reach)
{
    np_vec3 normal = l->puncture->normal, hinge = np_vec3_perpendicular(normal);
    if (is_beyond_plane(l, s, normal, reach))
        return true;
    const double turn_cos = cos(NP_TWO_PI / PLANE_SIDES), turn_sin = sin(NP_TWO_PI / PLANE_SIDES);
    for (int side = 0; side < PLANE_SIDES; side++) {
        np_vec3 aside = np_vec3_cross(hinge, normal);
        for (size_t i = 0; i < sizeof plane_turns / sizeof plane_turns[0]; i++)
            if (is_beyond_plane(
                    l, s, np_vec3_mad(np_vec3_scale(normal, cos(plane_turns[i])), aside, sin(plane_turns[i])), reach))
                return true;
        hinge = np_vec3_mad(np_vec3_scale(hinge, turn_cos), np_vec3_cross(normal, hinge), turn_sin);
    }
    return false;
}

/* The tool from S on. At its depth it is above the floor up to its end; shoulders, below it, are in the way of what is farther back
 * at most. */
static bool is_beyond_hull(const leaning *l, double s)
{
    const np_arm_tool *t = &l->planner->tool;
    double end_s = t->needle_length_mm + t->cone_length_mm + t->body_length_mm;
    return is_beyond_some_plane(l, s, arm_hull_whole_mm) ||
           (is_beyond_some_plane(l, s, reach_above_floor) && is_beyond_some_plane(l, end_s, arm_hull_whole_mm));
}

/* The tool up to NEAR_S above skin of NEAR_MM: its outline is straight from the mouth of the cone to its base. */
static bool is_above_near(const leaning *l, double near_mm, double near_s)
{
    const np_arm_tool *t = &l->planner->tool;
    return is_needle_above(l, near_mm) &&
           lowest_mm(l, l->slope, t->needle_length_mm, t->cone_tip_diameter_mm / 2) >= near_mm + l->clearance_mm &&
           lowest_mm(l, l->slope, near_s, cone_radius(t, near_s)) >= near_mm + l->clearance_mm;
}

/* Each part of the tool above what is near enough to it, at the ends and where one height ends and the next begins.  Nothing is higher
 * than the hull, which is asked first: triangles take longer. */
static bool is_above_skin(const leaning *l)
{
    const np_arm_tool *t = &l->planner->tool;
    np_vec3 normal = l->puncture->normal;
    double c = l->clearance_mm, near_s = cone_within(l, NEAR_MM - c);
    double hull_mm = arm_hull_whole_mm(&l->planner->obstacle.hull, normal) - np_vec3_dot(l->puncture->position, normal);
    if (!is_above_near(l, hull_mm, near_s) && !is_above_near(l, skin_mm(l, NEAR_MM), near_s))
        return false;
    if (is_beyond_hull(l, near_s))
        return true;
    double wide_mm = skin_mm(l, WIDE_MM), wide_s = cone_within(l, WIDE_MM - c);
    return lowest_mm(l, l->slope, near_s, cone_radius(t, near_s)) >= wide_mm + c &&
           lowest_mm(l, l->slope, wide_s, cone_radius(t, wide_s)) >= wide_mm + c && is_beyond_hull(l, wide_s);
}

/* Whether nothing of the tool is under the floor at its depth, however it leans. */
static bool is_above_floor(const leaning *l)
{
    double slope = cos(fmin(NP_PI, np_arm_angle(l->back, np_vec3_make(0, 0, 1)) + l->lean_rad)), z = INFINITY;
    for (int i = 0; i < l->planner->travel.n_rings; i++) {
        const arm_ring *ring = &l->planner->travel.ring[i];
        z = fmin(z, (ring->s - l->travel_mm) * slope - ring->radius);
    }
    return l->puncture->position.z + z >= l->planner->obstacle.floor_z_mm + ARM_SLACK_MM;
}

static bool is_swept_clear(const leaning *l)
{
    const np_arm_planner *planner = l->planner;
    const np_arm_puncture *p = l->puncture;
    arm_stance stance = {.travel_mm = l->travel_mm,
                         .rise_mm = planner->obstacle.span_mm * 2, /* beyond which no part of the scan is near enough */
                         .rough_mm = arm_puncture_rough_mm(planner, p, l->slope),
                         .puncture_clearance_mm = l->clearance_mm,
                         .hover_mm = INFINITY,
                         .lean_rad = l->lean_rad};
    arm_profile profile;
    arm_profile_puncture(&planner->tool, &stance, &profile);
    np_arm_pose deepest = {np_vec3_mad(p->position, l->back, -l->travel_mm), np_vec3_scale(l->back, -1)};
    return arm_sweep_is_clear(&planner->obstacle, &profile, &deepest, &deepest, &p->normal, NULL);
}

/* Whether the tool has room at P along any axis within LEAN_RAD of its own, all the way from its depth to beyond the scan. */
static bool may_lean(const np_arm_planner *planner, const np_arm_puncture *p, double lean_rad)
{
    np_vec3 back = np_vec3_scale(np_vec3_normalize(p->axis), -1);
    double slope = cos(np_arm_angle(back, p->normal) + lean_rad);
    leaning l = {planner,
                 p,
                 back,
                 p->depth_mm / slope,
                 slope,
                 lean_rad,
                 planner->clearances.puncture_mm + ARM_SLACK_MM,
                 cos(lean_rad),
                 sin(lean_rad)};
    return slope >= ARM_TILT_MIN_COS && is_above_floor(&l) && (is_above_skin(&l) || is_swept_clear(&l));
}

int arm_puncture_lean_deg(const np_arm_planner *planner, const np_arm_puncture *p)
{
    int lean_deg = NP_ARM_LEAN_MOST_DEG;
    while (lean_deg > 0 && !may_lean(planner, p, np_angle_rad(lean_deg + SPARE_DEG)))
        lean_deg -= NP_ARM_LEAN_STEP_DEG;
    return lean_deg;
}
