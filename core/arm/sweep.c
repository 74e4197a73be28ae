/* The proof that sweep.h describes.  Far away the obstacle's grid decides; near the skin, a plane between the rectangle
 * and the triangles around it: there the distance from the middle alone would have rectangles cut until they are as small
 * as the gap. */
#include "arm/private/sweep.h"

#include <math.h>

#define MAX_RECTANGLES 6000
#define STACK 64
/* Rectangles that reach farther are cut before the triangles are asked: what is far away is the grid's to say. */
#define ASK_MM 5.0
/* Where the extent of a rectangle is less, it is not cut again. */
#define UNDECIDED_MM 0.002
/* Turns by more are not made in one move: the plane in which they turn would be chance. */
#define MAX_TURN_RAD 3.0
/* Longer ways are looked at here and there before they are proved. */
#define FAR_MM 5.0
#define NO_TURN_RAD 1e-6
/* A turn of 3 rad sags by less than 0.02 mm in each part of so many halvings. */
#define FLOOR_HALVINGS 7

typedef struct motion {
    const arm_obstacle *obstacle;
    const arm_profile *profile;
    np_vec3 tip[2], back[2]; /* BACK: from the tip to the handpiece, unit */
    double turn, way;        /* rad, mm */
    double sine;             /* of the turn; 0: as good as none */
    bool still;              /* from a pose to the same */
    const np_vec3 *hint;
} motion;

static motion motion_of(const arm_obstacle *obstacle, const arm_profile *profile, const np_arm_pose *from,
                        const np_arm_pose *to, const np_vec3 *hint)
{
    motion m = {.obstacle = obstacle,
                .profile = profile,
                .tip = {from->tip, to->tip},
                .back = {np_vec3_scale(from->axis, -1), np_vec3_scale(to->axis, -1)},
                .still = from == to,
                .hint = hint};
    if (m.still)
        return m;
    m.turn = np_arm_angle(from->axis, to->axis);
    m.way = np_vec3_distance(from->tip, to->tip);
    m.sine = m.turn < NO_TURN_RAD ? 0 : sin(m.turn);
    return m;
}

typedef struct rectangle {
    int piece;
    double s0, s1, t0, t1;
} rectangle;

static np_vec3 back_at(const motion *m, double t)
{
    if (t == 0 || t == 1 || m->still)
        return m->back[t == 1];
    if (m->sine == 0)
        return np_vec3_normalize(np_vec3_lerp(m->back[0], m->back[1], t));
    return np_vec3_mad(np_vec3_scale(m->back[0], sin((1 - t) * m->turn) / m->sine), m->back[1],
                       sin(t * m->turn) / m->sine);
}

static double reach_at(const arm_piece *p, double s)
{
    return p->reach0 + (p->reach1 - p->reach0) * (s - p->s0) / (p->s1 - p->s0);
}

np_vec3 arm_axis_between(np_vec3 a, np_vec3 b, double t)
{
    double turn = np_arm_angle(a, b);
    motion m = {.back = {a, b}, .turn = turn, .sine = turn < NO_TURN_RAD ? 0 : sin(turn)};
    return back_at(&m, t);
}

/* The tool as a whole beyond a plane that the whole scan is behind: the plane across its middle attitude. */
static bool is_beyond_plane(const motion *m, double t0, double t1)
{
    if (cos(m->turn * (t1 - t0) / 2) < m->profile->upright_cos)
        return false;
    np_vec3 up = back_at(m, (t0 + t1) / 2);
    double low = fmin(np_vec3_dot(np_vec3_lerp(m->tip[0], m->tip[1], t0), up),
                      np_vec3_dot(np_vec3_lerp(m->tip[0], m->tip[1], t1), up));
    return low - arm_hull_reach_mm(&m->obstacle->hull, up, NULL) >= m->profile->clearance_mm;
}

/* The rectangle's corners (points of the axis), the middle one, and how far any of it is from that.  It leaves the bilinear
 * patch between its corners by SAG at most: the axis turns at a steady rate, so its second derivative is the turn squared. */
typedef struct extent {
    np_vec3 corner[4], middle;
    double sag, radius;
} extent;

static extent extent_of(const motion *m, const rectangle *r)
{
    double turn = m->turn * (r->t1 - r->t0);
    extent e = {.sag = r->s1 * turn * turn / 8};
    double tm = (r->t0 + r->t1) / 2;
    e.middle = np_vec3_mad(np_vec3_lerp(m->tip[0], m->tip[1], tm), back_at(m, tm), (r->s0 + r->s1) / 2);
    for (int k = 0; k < 4; k++) {
        if (m->still && k >= 2) {
            e.corner[k] = e.corner[k - 2];
            continue;
        }
        double t = k & 2 ? r->t1 : r->t0;
        e.corner[k] = np_vec3_mad(np_vec3_lerp(m->tip[0], m->tip[1], t), back_at(m, t), k & 1 ? r->s1 : r->s0);
        e.radius = fmax(e.radius, np_vec3_distance2(e.corner[k], e.middle));
    }
    e.radius = sqrt(e.radius) + e.sag;
    return e;
}

/* A plane across UP that all of the scan near the rectangle is behind, far enough; what is not near is no matter. */
static bool is_above(const motion *m, const rectangle *r, const extent *e, np_vec3 up)
{
    const arm_piece *p = &m->profile->piece[r->piece];
    double reach0 = reach_at(p, r->s0), reach1 = reach_at(p, r->s1);
    double height = arm_obstacle_height_mm(m->obstacle, e->middle, e->radius + reach1, up);
    for (int k = 0; k < 4; k++)
        if (np_vec3_dot(e->corner[k], up) - e->sag - height < (k & 1 ? reach1 : reach0))
            return false;
    return true;
}

/* A plane behind which all of the scan is, as the axis sees it: at S behind the tip it is HEIGHT + S SLOPE above it, or more, all the way. */
typedef struct plane {
    double height_mm, slope;
} plane;

/* Across the direction in which the skin looks where the tip is, or the middle attitude.  The height that a turning axis has at S above a
 * plane is least at one of its ends, as it is concave between directions that are above the plane. */
static plane plane_of(const motion *m)
{
    np_vec3 up = m->hint ? *m->hint : back_at(m, 0.5);
    double slope = fmin(np_vec3_dot(m->back[0], up), np_vec3_dot(m->back[1], up));
    if (slope <= 0)
        return (plane){-INFINITY, 0};
    double low = fmin(np_vec3_dot(m->tip[0], up), np_vec3_dot(m->tip[1], up));
    return (plane){low - arm_hull_whole_mm(&m->obstacle->hull, up), slope};
}

static bool is_piece_above(const plane *l, const arm_piece *p)
{
    return l->height_mm + p->s0 * l->slope >= p->reach0 && l->height_mm + p->s1 * l->slope >= p->reach1;
}

typedef enum verdict { CLEAR, CUT, TOUCHES } verdict;

static verdict judge(const motion *m, const rectangle *r, extent *out_extent, arm_contact *contact)
{
    const arm_piece *p = &m->profile->piece[r->piece];
    extent e = extent_of(m, r);
    *out_extent = e;
    double need = e.radius + reach_at(p, r->s1);
    if (arm_obstacle_is_far(m->obstacle, e.middle, need))
        return CLEAR;
    if (e.radius > ASK_MM)
        return CUT;
    if (m->hint && r->piece <= m->profile->near_skin && is_above(m, r, &e, *m->hint))
        return CLEAR;
    np_vec3 nearest;
    if (!arm_obstacle_nearest(m->obstacle, e.middle, need, &nearest))
        return CLEAR;
    double s = (r->s0 + r->s1) / 2, distance = np_vec3_distance(e.middle, nearest);
    *contact = (arm_contact){nearest, s, distance, false};
    if (distance < reach_at(p, s) || e.radius < UNDECIDED_MM)
        return TOUCHES;
    np_vec3 up = np_vec3_scale(np_vec3_sub(e.middle, nearest), 1 / distance);
    return is_above(m, r, &e, up) ? CLEAR : CUT;
}

/* Halves along the side that is longer in space; the first half is looked at first. */
static void cut(const motion *m, const rectangle *r, rectangle *out_first, rectangle *out_second)
{
    *out_first = *out_second = *r;
    if (r->s1 - r->s0 >= (m->way + r->s1 * m->turn) * (r->t1 - r->t0))
        out_first->s1 = out_second->s0 = (r->s0 + r->s1) / 2;
    else
        out_first->t1 = out_second->t0 = (r->t0 + r->t1) / 2;
}

static bool is_piece_clear(const motion *m, int piece, arm_contact *contact)
{
    const arm_piece *p = &m->profile->piece[piece];
    rectangle stack[STACK];
    int n = 1;
    stack[0] = (rectangle){piece, p->s0, p->s1, 0, 1};
    for (int looked = 0; n > 0; looked++) {
        rectangle r = stack[--n];
        extent e;
        verdict v = judge(m, &r, &e, contact);
        if (v == CLEAR)
            continue;
        if (v == TOUCHES || looked >= MAX_RECTANGLES || n + 2 > STACK) {
            if (v == CUT) /* given up: what is near is as good a name for it */
                *contact = (arm_contact){e.middle, (r.s0 + r.s1) / 2, 0, false};
            return false;
        }
        cut(m, &r, &stack[n + 1], &stack[n]);
        n += 2;
    }
    return true;
}

/* Halves of the way, each beyond a plane of its own. */
static bool is_beyond_planes(const motion *m, double t0, double t1, int depth)
{
    if (is_beyond_plane(m, t0, t1))
        return true;
    double tm = (t0 + t1) / 2;
    return depth > 0 && is_beyond_planes(m, t0, tm, depth - 1) && is_beyond_planes(m, tm, t1, depth - 1);
}

/* Looks at a few places of the tip, the middle first: a way that is not clear mostly shows it there, long before the
 * rectangles get to it. */
static bool is_tip_near(const motion *m, arm_contact *contact)
{
    const double reach = m->profile->piece[0].reach0;
    for (int step = 8; step >= 1; step /= 2)
        for (int i = step; i < 16; i += 2 * step) {
            np_vec3 tip = np_vec3_lerp(m->tip[0], m->tip[1], i / 16.0), nearest;
            if (!arm_obstacle_nearest(m->obstacle, tip, reach, &nearest))
                continue;
            *contact = (arm_contact){nearest, 0, np_vec3_distance(tip, nearest), false};
            if (contact->distance_mm < reach)
                return true;
        }
    return false;
}

/* ---- the floor ---- */

/* The lowest ring of the tool at T, and how high that is. */
static double lowest_at(const motion *m, double t, arm_contact *out)
{
    np_vec3 tip = np_vec3_lerp(m->tip[0], m->tip[1], t), back = back_at(m, t);
    double across = sqrt(fmax(0, 1 - back.z * back.z)), low = INFINITY;
    for (int i = 0; i < m->profile->n_rings; i++) {
        const arm_ring *ring = &m->profile->ring[i];
        double z = tip.z + ring->s * back.z - ring->radius * across;
        if (z >= low)
            continue;
        low = z;
        *out = (arm_contact){np_vec3_mad(tip, back, ring->s), ring->s, 0, true};
    }
    return low;
}

/* Every point of the tool goes straight along with the tip and turns around it: between T0 and T1 it sags below the line through its
 * ends by an eighth of the turn squared times its distance from the tip. */
static bool is_above_floor(const motion *m, double t0, double t1, int depth, arm_contact *contact)
{
    arm_contact low[2];
    double z[2] = {lowest_at(m, t0, &low[0]), lowest_at(m, t1, &low[1])};
    *contact = low[z[1] < z[0]];
    const arm_ring *last = &m->profile->ring[m->profile->n_rings - 1];
    double floor = m->obstacle->floor_z_mm + ARM_SLACK_MM, turn = m->turn * (t1 - t0);
    double sag = hypot(last->s, last->radius) * turn * turn / 8, least = fmin(z[0], z[1]);
    if (least < floor || least - sag >= floor || depth == 0)
        return least - sag >= floor;
    double tm = (t0 + t1) / 2;
    return is_above_floor(m, t0, tm, depth - 1, contact) && is_above_floor(m, tm, t1, depth - 1, contact);
}

double arm_sweep_lowest_z_mm(const arm_profile *profile, const np_arm_pose *pose)
{
    motion m = motion_of(NULL, profile, pose, pose, NULL);
    arm_contact contact;
    return lowest_at(&m, 0, &contact);
}

bool arm_sweep_is_above_floor(const arm_obstacle *obstacle, const arm_profile *profile, const np_arm_pose *from,
                              const np_arm_pose *to, arm_contact *out_contact)
{
    motion m = motion_of(obstacle, profile, from, to, NULL);
    arm_contact contact;
    if (is_above_floor(&m, 0, 1, FLOOR_HALVINGS, &contact))
        return true;
    if (out_contact)
        *out_contact = contact;
    return false;
}

bool arm_sweep_is_clear(const arm_obstacle *obstacle, const arm_profile *profile, const np_arm_pose *from,
                        const np_arm_pose *to, const np_vec3 *hint, arm_contact *out_contact)
{
    motion m = motion_of(obstacle, profile, from, to, hint);
    arm_contact contact = {.place = from->tip};
    bool clear = m.turn < MAX_TURN_RAD && is_above_floor(&m, 0, 1, FLOOR_HALVINGS, &contact);
    if (clear && is_beyond_planes(&m, 0, 1, hint ? 0 : 3))
        return true;
    if (clear && m.way > FAR_MM && profile->piece[0].s0 == 0)
        clear = !is_tip_near(&m, &contact);
    plane level = clear ? plane_of(&m) : (plane){0, 0};
    for (int i = 0; clear && i < profile->n; i++)
        clear = is_piece_above(&level, &profile->piece[i]) || is_piece_clear(&m, i, &contact);
    if (!clear && out_contact)
        *out_contact = contact;
    return clear;
}
