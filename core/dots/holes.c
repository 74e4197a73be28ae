/* The holes around one dot: its Voronoi cell is cut out of the tangent plane, neighbour by neighbour, and its farthest corner is where
 * the hole is (Okabe et al., Spatial Tessellations, 2000, 2.1). */
#include "dots/private/holes.h"

#include "base/near.h"
#include "dots/private/particles.h"

#include <assert.h>
#include <math.h>

#define REACH (2 * DOTS_HOLE_MAX) /* s: every site that can cut a cell of radius DOTS_HOLE_MAX lies within */
#define NEAR 2.4                  /* s: the sites that cut most cells lie within */
#define CORNERS_MAX 128

/* A corner of a cell, and whether the side that starts there is an interior point's. */
typedef struct corner {
    double x, y;
    bool inside;
} corner;

typedef struct cell {
    corner at[CORNERS_MAX];
    int n;
} cell;

/* Cuts off what lies beyond HALF along the unit direction (X, Y). */
static void cut(cell *c, double x, double y, double half, bool inside)
{
    cell old = *c;
    assert(old.n >= 0);
    assert(old.n <= CORNERS_MAX);
    c->n = 0;
    for (int k = 0; k < old.n && c->n < CORNERS_MAX - 2; k++) {
        const corner *a = &old.at[k], *b = &old.at[(k + 1) % old.n];
        double over_a = a->x * x + a->y * y - half, over_b = b->x * x + b->y * y - half;
        if (over_a <= 0)
            c->at[c->n++] = *a;
        if ((over_a <= 0) == (over_b <= 0))
            continue;
        double t = over_a / (over_a - over_b);
        /* leaving, the new side begins; coming back, the old one goes on */
        c->at[c->n++] = (corner){a->x + t * (b->x - a->x), a->y + t * (b->y - a->y), over_a <= 0 ? inside : a->inside};
    }
}

/* The farthest corner, or of INSIDE_ONLY the farthest between two interior sides; NULL where there is none.
 */
static const corner *farthest(const cell *c, bool inside_only)
{
    const corner *most = NULL;
    for (int k = 0; k < c->n; k++) {
        const corner *at = &c->at[k];
        if (inside_only && !(at->inside && c->at[(k + c->n - 1) % c->n].inside))
            continue;
        if (!most || at->x * at->x + at->y * at->y > most->x * most->x + most->y * most->y)
            most = at;
    }
    return most;
}

/* Cuts the cell of point I, in its plane of U and V, out of what lies within REACH s. */
static void cut_cell(const dots_hole_search *search, size_t i, np_vec3 u, np_vec3 v, double reach, np_near_view *view,
                     cell *c, dots_surroundings *out)
{
    const double w = DOTS_HOLE_MAX;
    const dots_site *me = &search->site[i];
    np_near_walk walk = np_near_look(search->grid, me->at,
                                     reach * 10 * sqrt(2 / (me->local_density + search->local_density_min)), view);
    double within2 = reach * reach;
    *c = (cell){{{-w, -w, false}, {w, -w, false}, {w, w, false}, {-w, w, false}}, 4};
    for (uint32_t j; np_near_next(&walk, &j);) {
        const dots_site *other = &search->site[j];
        double x2 = dots_site_x2(me, other);
        if (j == i || x2 >= within2 || !dots_same_sheet(me->at, search->normal[i], other->at, search->normal[j]))
            continue;
        np_vec3 d = np_vec3_sub(other->at, me->at);
        double x = np_vec3_dot(d, u), y = np_vec3_dot(d, v), flat = sqrt(x * x + y * y), far = sqrt(x2);
        if (!(flat > 0))
            continue;
        if (far < out->nearest_s) {
            out->nearest_s = far;
            out->nearest = j;
        }
        cut(c, x / flat, y / flat, 0.5 * far, !search->interior || search->interior[j] != 0);
        const corner *most = farthest(c, false);
        within2 = fmin(within2, most ? 4 * (most->x * most->x + most->y * most->y) : 0);
    }
}

dots_surroundings dots_holes_around(const dots_hole_search *search, size_t i, np_near_view view[2])
{
    cell c;
    double s = 10 / sqrt(search->site[i].local_density);
    np_vec3 u = np_vec3_perpendicular(search->normal[i]), v = np_vec3_cross(search->normal[i], u);
    dots_surroundings out = {.nearest_s = HUGE_VAL, .nearest = UINT32_MAX};
    /* most cells are done with the nearest around */
    cut_cell(search, i, u, v, NEAR, &view[0], &c, &out);
    const corner *most = farthest(&c, false);
    if (most && most->x * most->x + most->y * most->y > NEAR * NEAR / 4)
        cut_cell(search, i, u, v, REACH, &view[1], &c, &out);
    most = farthest(&c, true);
    if (most) {
        out.corner_s = sqrt(most->x * most->x + most->y * most->y);
        out.corner = np_vec3_mad(np_vec3_scale(u, most->x * s), v, most->y * s);
    }
    return out;
}
