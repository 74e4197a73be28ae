/* Strokes: how hair grows by what a person draws, from the first point of a line to its last.  Points are joined straight and brought to
 * the skin every 2 mm.  Near a stroke it pulls far more than zones and whorls; what two strokes want of one place, or a stroke and a
 * whorl, must go together, and the flow between them must not need a whorl that nobody has declared. */
#include <stdlib.h>

#include "base/angle.h"
#include "base/grow.h"
#include "base/smooth.h"
#include "head/flow.h"
#include "head/private/flow.h"
#include "needlepath/plugin.h"
#include "surface/directions.h"

#define LIMIT_MM 5.0 /* off the skin */
#define STEP_MM 2.0
#define LEAST_MM 3.0 /* of a stroke */
#define PULL_MM 2.0  /* 1 / PULL_MM^2 is the pull on a stroke */
#define FULL_MM 3.0  /* up to where it is that, and from REACH_MM on there is none */
#define REACH_MM 10.0
#define TOGETHER_MM 6.0 /* nearer than that two strokes are of one place */
#define SELF_MM 12.0    /* along a stroke: nearer than that it is one bend */
#define AGAINST_DEG 90.0
#define CORE_SHARE 0.7
#define CORE_LEAST_MM 6.0
#define MIDDLE_MM 2.0     /* of a whorl: there directions mean nothing */
#define WHORL_NEAR_MM 8.0 /* what turns around so near to a whorl is that whorl */

/* Puts file, line and name of the stroke before the error; returns STATUS. */
static np_status blame(const head_strokes *s, unsigned stroke, np_status status, np_error *err)
{
    const np_case_shape *shape = &s->source->strokes[stroke];
    if (status == NP_OK)
        return NP_OK;
    np_error_prefix(err, status, "stroke '%s'", shape->name);
    return s->source->path ? np_error_prefix(err, status, "%s:%u", s->source->path, shape->line) : status;
}

/* ---- on the skin ---- */

static np_status add_sample(head_strokes *s, const np_scan *scan, np_vec3 p, unsigned stroke, np_error *err)
{
    np_surface_point at;
    np_status status = NP_GROW(s->samples, s->capacity, s->n + 1, "strokes", err);
    if (status != NP_OK || !np_surface_nearest(&scan->surface, p, INFINITY, &at))
        return status;
    double arc_mm = 0;
    if (s->n > 0 && s->samples[s->n - 1].stroke == stroke)
        arc_mm = s->samples[s->n - 1].arc_mm + np_vec3_distance(s->samples[s->n - 1].at, at.position);
    s->samples[s->n++] =
        (head_stroke_sample){.at = at.position, .normal = at.normal, .arc_mm = arc_mm, .stroke = stroke};
    return NP_OK;
}

/* Point I of the stroke in the head frame, which must lie on the skin. */
static np_status find_point(const np_scan *scan, const np_case_shape *shape, unsigned i, np_vec3 *out, np_error *err)
{
    np_surface_point nearest;
    np_vec3 p = *out = np_scan_from_file(scan, shape->points.points[i]);
    if (!np_vec3_is_finite(p) || !np_surface_nearest(&scan->surface, p, INFINITY, &nearest))
        return np_error_set(err, NP_ERR_INVALID, "point %u has a coordinate that is no number", i + 1);
    double off_mm = np_vec3_distance(p, nearest.position);
    if (off_mm <= LIMIT_MM)
        return NP_OK;
    return np_error_set(err, NP_ERR_INVALID,
                        "point %u is %.1f mm off the scan's surface (at most %g mm); draw it on the scan, in the "
                        "coordinates of its file",
                        i + 1, off_mm, LIMIT_MM);
}

/* Along the stroke at each of its samples, from FIRST on. */
static void find_directions(head_strokes *s, size_t first)
{
    for (size_t i = first; i < s->n; i++) {
        size_t before = i > first ? i - 1 : i, after = i + 1 < s->n ? i + 1 : i;
        np_vec3 along = np_vec3_sub(s->samples[after].at, s->samples[before].at);
        s->samples[i].along = np_vec3_normalize(np_vec3_reject(along, s->samples[i].normal));
    }
}

static np_status check_place(const head_strokes *s, const np_scan *scan, size_t first, np_error *err)
{
    size_t off = 0;
    double length_mm = s->samples[s->n - 1].arc_mm;
    for (size_t i = first; i < s->n; i++) {
        np_surface_point p = {.position = s->samples[i].at, .normal = s->samples[i].normal};
        off += np_scan_zone(scan, &p) == NP_ZONE_OTHER;
    }
    if (length_mm < LEAST_MM)
        return np_error_set(err, NP_ERR_INVALID,
                            "it is %.1f mm long, too short for a direction (at least %g mm); draw it from where hair "
                            "comes from to where it grows",
                            length_mm, LEAST_MM);
    if (2 * off > s->n - first)
        return np_error_set(err, NP_ERR_INVALID,
                            "most of it lies off the scalp, on the face or the neck, where no hair is made; draw it on "
                            "the scalp, or take it away");
    return NP_OK;
}

static np_status lay(head_strokes *s, const np_scan *scan, unsigned stroke, np_error *err)
{
    const np_case_shape *shape = &s->source->strokes[stroke];
    size_t first = s->n;
    np_vec3 last, p;
    np_status status = find_point(scan, shape, 0, &last, err);
    if (status == NP_OK)
        status = add_sample(s, scan, last, stroke, err);
    for (unsigned i = 1; i < shape->points.n && status == NP_OK; i++, last = p) {
        status = find_point(scan, shape, i, &p, err);
        unsigned n = status == NP_OK ? (unsigned)ceil(np_vec3_distance(last, p) / STEP_MM) : 0;
        for (unsigned k = 1; k <= n && status == NP_OK; k++)
            status = add_sample(s, scan, np_vec3_lerp(last, p, (double)k / n), stroke, err);
    }
    if (status != NP_OK)
        return status;
    find_directions(s, first);
    return check_place(s, scan, first, err);
}

/* ---- what does not go together ---- */

/* Between the tangents A and B at places with these normals. */
static double between_deg(np_vec3 a, np_vec3 a_normal, np_vec3 b, np_vec3 b_normal)
{
    double cosine = np_vec3_dot(np_directions_carry(a, a_normal, b_normal), b);
    return np_angle_deg(acos(fmin(fmax(cosine, -1), 1)));
}

/* Two places of strokes that cannot both be had. */
typedef struct head_clash {
    const head_stroke_sample *a, *b;
    double apart_mm, deg;
} head_clash;

static bool clash_of(const head_stroke_sample *a, const head_stroke_sample *b, head_clash *out)
{
    *out = (head_clash){a, b, np_vec3_distance(a->at, b->at), between_deg(b->along, b->normal, a->along, a->normal)};
    bool bend = a->stroke == b->stroke && fabs(a->arc_mm - b->arc_mm) < SELF_MM;
    return out->apart_mm <= TOGETHER_MM && out->deg > AGAINST_DEG && !bend;
}

static np_status refuse_clash(const head_strokes *s, const np_scan *scan, const head_clash *c, np_error *err)
{
    const head_stroke_sample *a = c->a, *b = c->b;
    const np_case_shape *other = &s->source->strokes[b->stroke];
    np_vec3 p = np_scan_to_file(scan, a->at);
    if (a->stroke == b->stroke)
        return np_error_set(
            err, NP_ERR_INVALID,
            "it runs against itself: %.0f and %.0f mm from its beginning, at [%.6g, %.6g, %.6g], it passes %.1f mm "
            "apart, turned by %.0f degrees (at most %.0f within %.0f mm); hair grows one way at one place: draw two "
            "strokes farther apart, and a whorl where hair turns around",
            fmin(a->arc_mm, b->arc_mm), fmax(a->arc_mm, b->arc_mm), p.x, p.y, p.z, c->apart_mm, c->deg, AGAINST_DEG,
            TOGETHER_MM);
    return np_error_set(
        err, NP_ERR_INVALID,
        "it runs against stroke '%s' in line %u: at [%.6g, %.6g, %.6g] they are %.1f mm apart and turned by %.0f "
        "degrees (at most %.0f within %.0f mm); hair grows one way at one place: turn one of them around or take it "
        "away",
        other->name, other->line, p.x, p.y, p.z, c->apart_mm, c->deg, AGAINST_DEG, TOGETHER_MM);
}

/* Refuses strokes that run against each other, and names the place where they come nearest. */
static np_status check_pairs(const head_strokes *s, const np_scan *scan, np_error *err)
{
    head_clash nearest = {.a = NULL}, clash;
    for (uint32_t i = 0; i < s->n; i++) {
        np_near_walk walk = np_near_around(&s->near, s->samples[i].at, TOGETHER_MM);
        for (uint32_t j; np_near_next(&walk, &j);)
            if (j < i && clash_of(&s->samples[i], &s->samples[j], &clash) &&
                (!nearest.a || clash.apart_mm < nearest.apart_mm))
                nearest = clash;
    }
    return nearest.a ? blame(s, nearest.a->stroke, refuse_clash(s, scan, &nearest, err), err) : NP_OK;
}

/* A stroke that passes a whorl pulls there too: the whorl's core ends short of it. */
static np_status clear_core(const head_strokes *s, head_source *source, size_t number, np_error *err)
{
    double core_mm = source->core_mm;
    for (size_t i = 0; i < s->n; i++) {
        const head_stroke_sample *p = &s->samples[i];
        double r = np_vec3_distance(p->at, source->at);
        double deg = between_deg(p->along, p->normal, head_source_spiral(source, p->at, p->normal), p->normal);
        if (r > MIDDLE_MM && r < source->core_mm && deg > AGAINST_DEG) {
            np_status status =
                np_error_set(err, NP_ERR_INVALID,
                             "%.1f mm from the middle of whorl %zu it is turned by %.0f degrees against its spiral (at "
                             "most %.0f); hair grows out of a whorl, turning: move the whorl, change its turn "
                             "(whorl_turns), or begin the stroke farther off",
                             r, number, deg, AGAINST_DEG);
            return blame(s, p->stroke, status, err);
        }
        core_mm = fmin(core_mm, fmax(CORE_LEAST_MM, CORE_SHARE * r));
    }
    source->core_mm = fmin(source->core_mm, core_mm);
    return NP_OK;
}

np_status head_strokes_init(head_strokes *s, const np_scan *scan, const np_case_scan *source, head_source *sources,
                            size_t n_sources, np_error *err)
{
    *s = (head_strokes){.source = source};
    np_status status = NP_OK;
    for (unsigned i = 0; i < source->n_strokes && status == NP_OK; i++)
        status = blame(s, i, lay(s, scan, i, err), err);
    if (status != NP_OK || s->n == 0)
        return status;
    status = np_near_init(&s->near, &s->samples[0].at, sizeof *s->samples, s->n, REACH_MM, err);
    if (status == NP_OK)
        status = check_pairs(s, scan, err);
    for (size_t k = 0; k < n_sources && status == NP_OK; k++)
        status = clear_core(s, &sources[k], k + 1, err);
    return status;
}

void head_strokes_fini(head_strokes *s)
{
    np_near_fini(&s->near);
    free(s->samples);
    *s = (head_strokes){0};
}

double head_strokes_pull(const head_strokes *s, np_vec3 point, np_vec3 normal, np_vec3 *out_along)
{
    double mm;
    size_t i = s->n ? np_near_nearest(&s->near, point, REACH_MM, SIZE_MAX, &mm) : SIZE_MAX;
    *out_along = np_vec3_make(0, 0, 0);
    if (i == SIZE_MAX)
        return 0;
    *out_along = np_directions_carry(s->samples[i].along, s->samples[i].normal, normal);
    return (1 - np_smooth_step(FULL_MM, REACH_MM, mm)) / (PULL_MM * PULL_MM);
}

/* ---- what they make of the flow ---- */

static bool has_source(const head_flow *flow, np_vec3 p)
{
    for (size_t i = 0; i < flow->n_sources; i++)
        if (np_vec3_distance(p, flow->sources[i].at) < WHORL_NEAR_MM)
            return true;
    return false;
}

static np_status refuse_turn(const head_strokes *s, const np_scan *scan, np_vec3 at, bool parts, np_error *err)
{
    size_t nearest = 0;
    for (size_t i = 1; i < s->n; i++)
        if (np_vec3_distance2(at, s->samples[i].at) < np_vec3_distance2(at, s->samples[nearest].at))
            nearest = i;
    np_vec3 p = np_scan_to_file(scan, at);
    np_status status = np_error_set(
        err, NP_ERR_INVALID,
        "with it hair would %s at [%.6g, %.6g, %.6g] in the scan file's coordinates, %.0f mm from the stroke, where "
        "nothing asks for it; hair that grows so has a whorl: put its middle into 'whorls' and its way into "
        "'whorl_turns', or turn the stroke, or draw more of them between",
        parts ? "part" : "turn around", p.x, p.y, p.z, np_vec3_distance(at, s->samples[nearest].at));
    return blame(s, s->samples[nearest].stroke, status, err);
}

np_status head_strokes_check(const head_strokes *s, const np_scan *scan, const head_flow *flow, np_error *err)
{
    const np_mesh *mesh = &flow->sphere.mesh;
    size_t partings = 0;
    for (uint32_t t = 0; s->n > 0 && t < mesh->n_triangles; t++) {
        int index = np_directions_index(mesh, flow->sphere.normals, flow->directions, t);
        np_surface_point p = {.position = mesh->vertices[mesh->triangles[t].v[0]]};
        if (index == 0 || np_scan_zone(scan, &p) == NP_ZONE_OTHER)
            continue;
        partings += index < 0;
        if (index < 0 ? partings >= flow->n_sources : !has_source(flow, p.position))
            return refuse_turn(s, scan, p.position, index < 0, err);
    }
    return NP_OK;
}
