/* How deep the tip goes.  Four things say so, one after the other: the zone or the strategy (the field), the blend between places of
 * different depth, the person's calibration by test dots, and how far skin gives way under the needle (domain.md 1.3).
 *
 * Zones blend by themselves (head/flow.h), but layers end where their regions do, and a scar's depth meets the skin's wherever its
 * strategy lets it.  So a dot is never deeper than any other plus the blend's slope times their distance: the largest field of that
 * slope below what was asked (McShane, Bull Amer Math Soc 1934;40:837).  Between two depths that do not agree the shallower one counts,
 * which is the safe one.  The slope is that of a smooth step through all depths of the plan over 10 mm.  A pin keeps its own depth: it
 * stands for one hair or in one round scar of less than a millimetre, which is a tissue of its own. */
#include "make/private/depth.h"

#include <stdlib.h>

#include "base/near.h"
#include "base/parallel.h"
#include "make/private/scan.h"

#define BLOCK 256
/* Fainter differences are those of numbers that were rounded on their way. */
#define SAME_MM 1e-4

typedef struct blending {
    const make_making *m;
    size_t *of;    /* n: the dots that take part */
    np_vec3 *mark; /* n */
    double *asked_mm, *blended_mm;
    size_t n;
    double slope, reach_mm;
    np_near near;
} blending;

static void blend_block(void *context, size_t begin, size_t end, size_t block)
{
    blending *b = context;
    (void)block;
    np_near_view view = {.filled = false};
    for (size_t i = begin; i < end; i++) {
        double least_mm = b->asked_mm[i];
        np_near_walk walk = np_near_look(&b->near, b->mark[i], b->reach_mm, &view);
        for (uint32_t j; np_near_next(&walk, &j);)
            if (b->asked_mm[j] < least_mm) /* no other can lower it */
                least_mm = fmin(least_mm, b->asked_mm[j] + b->slope * np_vec3_distance(b->mark[i], b->mark[j]));
        b->blended_mm[i] = least_mm;
    }
}

static void blending_fini(blending *b)
{
    np_near_fini(&b->near);
    free(b->of);
    free(b->mark);
    free(b->asked_mm);
    free(b->blended_mm);
}

/* All dots but pins with a depth of their own. */
static np_status blending_init(blending *b, const make_making *m, const bool *is_own, np_error *err)
{
    size_t n = m->n_placed;
    *b = (blending){.m = m,
                    .of = calloc(n + 1, sizeof *b->of),
                    .mark = calloc(n + 1, sizeof *b->mark),
                    .asked_mm = calloc(n + 1, sizeof *b->asked_mm),
                    .blended_mm = calloc(n + 1, sizeof *b->blended_mm)};
    if (!b->of || !b->mark || !b->asked_mm || !b->blended_mm)
        return np_error_no_memory(err, "the depths");
    double least_mm = HUGE_VAL, most_mm = -HUGE_VAL;
    for (size_t i = 0; i < n; i++) {
        if (is_own[i])
            continue;
        b->of[b->n] = i;
        b->mark[b->n] = m->points[i].position;
        b->asked_mm[b->n] = b->blended_mm[b->n] = m->needles[i].depth_mm;
        least_mm = fmin(least_mm, b->asked_mm[b->n]);
        most_mm = fmax(most_mm, b->asked_mm[b->n++]);
    }
    b->slope = MAKE_DEPTH_STEEPEST * (most_mm - least_mm) / MAKE_DEPTH_BLEND_MM;
    b->reach_mm = MAKE_DEPTH_BLEND_MM / MAKE_DEPTH_STEEPEST; /* farther off nothing can be shallower by enough */
    return np_near_init(&b->near, b->mark, sizeof *b->mark, b->n, b->reach_mm / 2, err);
}

static np_status blend(make_making *m, const bool *is_own, np_error *err)
{
    blending b;
    np_status status = blending_init(&b, m, is_own, err);
    if (status == NP_OK && b.n && b.slope > 0)
        np_parallel_for(b.n, BLOCK, blend_block, &b);
    for (size_t i = 0; i < b.n && status == NP_OK; i++) {
        make_needle *needle = &m->needles[b.of[i]];
        if (b.blended_mm[i] < needle->depth_mm - SAME_MM)
            m->depths[m->placed[b.of[i]].layer].blended++;
        needle->depth_mm = b.blended_mm[i];
    }
    blending_fini(&b);
    return status;
}

/* What the tip travels below the skin as it lies, for a DEPTH in the skin. */
static double tip_mm(const np_case *c, double depth_mm)
{
    const np_case_depth *d = &c->depth;
    double most_mm = c->limits.depth_max_mm;
    if (d->skin_mm > 0)
        most_mm = fmin(most_mm, d->skin_mm - NP_CASE_SKIN_LEFT_MM); /* not below depth_min_mm: a case's check */
    double in_skin_mm = fmin(fmax(depth_mm + d->calibration_mm, c->limits.depth_min_mm), most_mm);
    return fmin(in_skin_mm + d->indentation_mm, c->limits.depth_max_mm);
}

/* All but those that are beyond the limits by somebody's wish. */
static void calibrate(make_making *m, const bool *is_beyond)
{
    const np_case_depth *d = &m->c->depth;
    for (size_t i = 0; i < m->n_placed; i++) {
        make_needle *needle = &m->needles[i];
        double wanted_mm = needle->depth_mm + d->calibration_mm + d->indentation_mm;
        if (is_beyond[i])
            continue;
        needle->depth_mm = tip_mm(m->c, needle->depth_mm);
        if (fabs(needle->depth_mm - wanted_mm) > SAME_MM)
            m->depths[m->placed[i].layer].held++;
    }
}

/* Widens *LEAST to *MOST by what zones say where the depth of dot I was painted: at it, or at a corner of its triangle (dots.c). */
static void include_zones(const make_making *m, size_t i, double *least_mm, double *most_mm)
{
    uint32_t triangle = m->placed[i].point.triangle;
    const uint32_t *v = m->patch.mesh.triangles[triangle].v;
    for (int k = -1; k < 3; k++) {
        np_surface_point p =
            k < 0 ? m->points[i]
                  : make_scan_point(m->scan, m->patch.scan_triangle[triangle], m->patch.mesh.vertices[v[k]]);
        double zone_mm = np_painter_zone_depth_mm(m->painter, &p);
        *least_mm = fmin(*least_mm, zone_mm);
        *most_mm = fmax(*most_mm, zone_mm);
    }
}

/* Whether somebody asks for a depth beyond the limits, which is an error: a pin, or a strategy that goes farther than zones do.  What
 * zones say, and what a strategy or a border makes of that and of a depth within the limits, is held at a limit. */
static bool find_beyond(const make_making *m, const bool *is_own, bool *out_beyond)
{
    bool any = false;
    for (size_t i = 0; i < m->n_placed; i++) {
        double least_mm = m->c->limits.depth_min_mm, most_mm = m->c->limits.depth_max_mm;
        double asked_mm = m->needles[i].depth_mm;
        if (asked_mm >= least_mm - SAME_MM && asked_mm <= most_mm + SAME_MM)
            continue;
        if (!is_own[i])
            include_zones(m, i, &least_mm, &most_mm);
        out_beyond[i] = !(asked_mm >= least_mm - SAME_MM && asked_mm <= most_mm + SAME_MM);
        any |= out_beyond[i];
    }
    return any;
}

/* Whose the depths are, before anything is done to them. */
static void attribute(make_making *m, bool *out_own)
{
    size_t n_pins;
    const np_pin *pins = np_painter_pins(m->painter, &n_pins);
    for (size_t i = 0; i < m->n_placed; i++) {
        np_plan_depths *d = &m->depths[m->placed[i].layer];
        int32_t pin = m->placed[i].pin;
        out_own[i] = pin >= 0 && !isnan(pins[pin].depth_mm);
        if (out_own[i])
            d->by_pin++;
        else if (fabs(m->needles[i].depth_mm - np_painter_zone_depth_mm(m->painter, &m->points[i])) <= SAME_MM)
            d->by_zone++;
        else
            d->by_strategy++;
    }
}

np_status make_depth(make_making *m, np_error *err)
{
    m->depths = calloc(m->plan->n_layers, sizeof *m->depths);
    bool *is_own = calloc(m->n_placed + 1, sizeof *is_own);
    bool *is_beyond = calloc(m->n_placed + 1, sizeof *is_beyond);
    np_status status = m->depths && is_own && is_beyond ? NP_OK : np_error_no_memory(err, "the depths");
    if (status == NP_OK)
        attribute(m, is_own);
    if (status == NP_OK && !find_beyond(m, is_own, is_beyond))
        status = blend(m, is_own, err);
    if (status == NP_OK)
        calibrate(m, is_beyond);
    free(is_beyond);
    free(is_own);
    return status;
}
