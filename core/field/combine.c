/* Union, difference, intersection, growth and mirror image of regions, by their signed distances along the skin: the greatest, the
 * least, a constant more, that on the other side; and a region is cut out where that is positive.
 *
 * Greatest and least of two distances are no distance: along a border that two regions share both are 0, and noise decides what is
 * left there.  So each combination is closed or opened (Serra, Image Analysis and Mathematical Morphology, 1982), by growing and
 * shrinking it by the same, over the true distance of what the first step left: gaps in a union and splinters of a
 * difference that are narrower than twice that are no more. */
#include "field/private/combine.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/parallel.h"
#include "field/private/drawing.h"

/* Neighbours of the named regions leave holes of 2 mm where three of them meet, as their corners are rounded. */
#define CLOSE_MM 1.5
/* A piece, or a hole, smaller than this is nothing; before it is grown back, anything counts. */
#define LEAST_CM2 0.5
#define LEAST_YET_CM2 0.01
/* How much the two sides of a head may differ. */
#define MIRROR_LIMIT_MM 20.0

/* A region that is only a step to the next one is asked near its border alone: so far beyond what the step grows it by, and over so many of the
 * scan's longest edges, for cutting out trusts what it is told over an edge (treated_refine.c). */
#define STEP_MM 5.0
#define STEP_EDGES 2

typedef struct mix {
    const np_surface *surface;
    np_case_combination combination;
    const np_region **parts;
    size_t n;
    double grow_mm;
} mix;

/* The midplane of the landmarks is y = 0 in the head frame: half-way between the tragia, square to the line that joins them. */
static double mirrored_mm(const mix *m, np_vec3 p)
{
    np_surface_point other;
    p.y = -p.y;
    if (!np_surface_nearest(m->surface, p, MIRROR_LIMIT_MM, &other))
        return -NP_CURVE_UNREACHABLE_MM;
    return np_region_distance_mm(m->parts[0], &other);
}

static double mixed_mm(void *context, const np_surface_point *p)
{
    const mix *m = context;
    if (m->combination == NP_CASE_MIRROR)
        return mirrored_mm(m, p->position) + m->grow_mm;
    double d = np_region_distance_mm(m->parts[0], p);
    for (size_t i = 1; i < m->n; i++) {
        double other = np_region_distance_mm(m->parts[i], p);
        d = m->combination == NP_CASE_UNION   ? fmax(d, other)
            : m->combination == NP_CASE_MINUS ? fmin(d, -other)
                                              : fmin(d, other);
    }
    return d + m->grow_mm;
}

/* Distances up to here matter of a region that is only a step to another, grown by GROW_MM. */
static double step_mm(const np_painter *painter, double grow_mm)
{
    return fabs(grow_mm) + STEP_EDGES * np_mesh_longest_edge_mm(&painter->scan->surface.mesh) + STEP_MM;
}

/* WITHIN_MM: of the region's distances; 0: all matter. */
static np_status cut_out(const np_painter *painter, mix *m, const char *name, double least_cm2, double within_mm,
                         np_region **out, np_error *err)
{
    np_region_where where = {mixed_mm, m, within_mm};
    return np_region_create_where(&painter->scan->surface, name, &where, least_cm2, painter->progress, out, err);
}

/* M grown by GROW_MM, then closed (CLOSE_BY positive) or opened (negative). */
static np_status cut_and_smooth(const np_painter *painter, mix *m, double grow_mm, double close_by_mm, const char *name,
                                double within_mm, np_region **out, np_error *err)
{
    np_region *rough = NULL;
    m->grow_mm = grow_mm + close_by_mm;
    np_status status = cut_out(painter, m, name, LEAST_YET_CM2, step_mm(painter, close_by_mm), &rough, err);
    if (status != NP_OK)
        return status;
    mix back = {.surface = m->surface, .parts = (const np_region **)&rough, .n = 1, .grow_mm = -close_by_mm};
    status = cut_out(painter, &back, name, LEAST_CM2, within_mm, out, err);
    np_region_destroy(rough);
    return status;
}

/* A region within another needs no name. */
static const char *called(const np_case_shape *shape)
{
    return *shape->name ? shape->name : "without a name";
}

static np_status combine(const np_painter *painter, const np_case_shape *shape, const np_region **parts,
                         double within_mm, np_region **out, np_error *err)
{
    char name[200];
    mix m = {
        .surface = &painter->scan->surface, .combination = shape->combination, .parts = parts, .n = shape->n_members};
    snprintf(name, sizeof name, "%s:%u: region %s, %s", painter->source->path, shape->line, called(shape),
             np_case_combination_name(shape->combination));
    if (shape->combination == NP_CASE_MIRROR)
        return cut_out(painter, &m, name, LEAST_CM2, within_mm, out, err);
    return cut_and_smooth(painter, &m, 0, shape->combination == NP_CASE_UNION ? CLOSE_MM : -CLOSE_MM, name, within_mm,
                          out, err);
}

static np_status grow(const np_painter *painter, const np_case_shape *shape, const np_region *region, double within_mm,
                      np_region **out, np_error *err)
{
    char name[200];
    mix m = {.surface = &painter->scan->surface, .parts = &region, .n = 1};
    snprintf(name, sizeof name, "%s:%u: region %s, grow_mm %g", painter->source->path, shape->line, called(shape),
             shape->grow_mm);
    return cut_and_smooth(painter, &m, shape->grow_mm, shape->grow_mm > 0 ? CLOSE_MM : -CLOSE_MM, name, within_mm, out,
                          err);
}

static np_status make_shape(np_painter *painter, const np_case_shape *shape, double within_mm, np_region **out,
                            np_error *err);

/* The members of a combination, each made on one thread. */
typedef struct making {
    np_painter *painter;
    const np_case_shape *shape;
    np_region **owned;
    np_status *status;
    np_error *err;
} making;

static bool is_reference(const np_case_shape *shape)
{
    return shape->reference && shape->grow_mm == 0;
}

/* Whether a file is read for it, by a helper process, which is one thread's to start and to watch. */
static bool is_read(const np_case_shape *shape)
{
    bool is = shape->is_painted;
    for (unsigned i = 0; i < shape->n_members; i++)
        is |= is_read(&shape->members[i]);
    return is;
}

static void make_one(making *m, size_t i)
{
    m->status[i] =
        make_shape(m->painter, &m->shape->members[i], step_mm(m->painter, CLOSE_MM), &m->owned[i], &m->err[i]);
}

static void make_member(void *context, size_t begin, size_t end, size_t block)
{
    making *m = context;
    const np_case_shape *member = &m->shape->members[block];
    (void)begin, (void)end;
    if (!is_reference(member) && !is_read(member))
        make_one(m, block);
}

/* Draws the regions that SHAPE and its members refer to: what is made side by side only reads the painter's. */
static np_status draw_references(np_painter *painter, const np_case_shape *shape, np_error *err)
{
    const np_region *region;
    np_status status = shape->reference ? field_painter_region(painter, shape->reference, &region, err) : NP_OK;
    for (unsigned i = 0; i < shape->n_members && status == NP_OK; i++)
        status = draw_references(painter, &shape->members[i], err);
    return status;
}

static void make_all(making *m)
{
    const np_progress *progress = m->painter->progress;
    for (unsigned i = 0; i < m->shape->n_members; i++)
        if (is_read(&m->shape->members[i]))
            make_one(m, i);
    if (progress)
        m->painter->progress = NULL; /* it is told by one thread alone */
    np_parallel_for(m->shape->n_members, 1, make_member, m);
    if (progress)
        m->painter->progress = progress;
}

/* The members' regions: the painter's where they are references and no more, else made here and OWNED. */
static np_status make_members(np_painter *painter, const np_case_shape *shape, const np_region **parts,
                              np_region **owned, np_error *err)
{
    const unsigned n = shape->n_members;
    making m = {painter, shape, owned, calloc(n + 1, sizeof *m.status), calloc(n + 1, sizeof *m.err)};
    np_status status = m.status && m.err ? draw_references(painter, shape, err) : np_error_no_memory(err, "a region");
    if (status == NP_OK) {
        make_all(&m);
        status = np_parallel_status(m.status, m.err, n, err);
    }
    for (unsigned i = 0; i < n && status == NP_OK; i++) {
        parts[i] = owned[i];
        if (is_reference(&shape->members[i]))
            status = field_painter_region(painter, shape->members[i].reference, &parts[i], err);
    }
    free(m.status);
    free(m.err);
    return status;
}

static np_status combine_members(np_painter *painter, const np_case_shape *shape, double within_mm, np_region **out,
                                 np_error *err)
{
    const np_region **parts = calloc(shape->n_members, sizeof *parts);
    np_region **owned = calloc(shape->n_members, sizeof *owned);
    np_status status =
        parts && owned ? make_members(painter, shape, parts, owned, err) : np_error_no_memory(err, "a region");
    if (status == NP_OK)
        status = combine(painter, shape, parts, within_mm, out, err);
    for (unsigned i = 0; owned && i < shape->n_members; i++)
        np_region_destroy(owned[i]);
    free(owned);
    free(parts);
    return status;
}

/* SHAPE's region, of which distances up to WITHIN_MM from its border matter; 0: all do. */
static np_status make_shape(np_painter *painter, const np_case_shape *shape, double within_mm, np_region **out,
                            np_error *err)
{
    const np_region *region = NULL;
    np_region *made = NULL;
    np_status status;
    *out = NULL;
    if (shape->reference) {
        status = field_painter_region(painter, shape->reference, &region, err);
    } else {
        double made_within_mm = shape->grow_mm != 0 ? step_mm(painter, fabs(shape->grow_mm) + CLOSE_MM) : within_mm;
        status = shape->combination ? combine_members(painter, shape, made_within_mm, &made, err)
                                    : field_draw_plain_region(painter, shape, &made, err);
        region = made;
    }
    if (status == NP_OK && shape->grow_mm != 0) {
        status = grow(painter, shape, region, within_mm, out, err);
        np_region_destroy(made);
    } else {
        *out = made;
    }
    return status;
}

np_status field_combine(np_painter *painter, const np_case_shape *shape, np_region **out_region, np_error *err)
{
    return make_shape(painter, shape, 0, out_region, err);
}
