/* Where needles enter.  The pattern says where marks are to be seen; a needle that leans runs aside by depth times tan(tilt) on its way
 * down (domain.md 1.4), so it enters that much farther on, on the side to which its shaft leans.  Floors hold between entries
 * as they do between marks: a dot whose entry would come too near to another's or to a follicle, or leave the treated area, or where the
 * tool has no room to spare, leans less, in the end not at all, and then enters at its mark, where the dots stage found room for it
 * among others.  Where even then the tool has none, beside an ear or under a brow, the dot is left out, and said. */
#include "make/private/lean.h"

#include <stdlib.h>

#include "base/angle.h"
#include "base/near.h"
#include "base/parallel.h"
#include "make/private/moves.h"
#include "make/private/notes.h"
#include "plan/binding.h"

#define MARK_TOLERANCE_MM 0.005
#define STEPS 6          /* each takes what is left to about a tenth, on skin as rough as scans have it */
#define NEAR_SKIN_MM 2.0 /* an entry is as near to the skin as its mark is deep */
#define LEAST_SHARE 0.2  /* of the wanted tilt; a needle that must lean less stands upright */
#define SPARE_DEG 2.0
/* Of a plan's dots, so many may be left out for want of room, and one always: where it is more, the area is none for this tool. */
#define ROOMLESS_SHARE 0.01
#define BLOCK 256

typedef struct leaning {
    make_making *m;
    np_surface_point *entries;
    double *tilt_rad;             /* of the entries: what is left of the needles' */
    unsigned char *bad;           /* the needle cannot lean so far: its entry is to be found anew */
    np_near near, existing, past; /* past: where needles of dots that stand went in */
} leaning;

np_vec3 make_needle_axis(const make_needle *needle, const np_surface_point *p)
{
    np_vec3 lean = np_vec3_normalize(np_vec3_reject(needle->lean, p->normal));
    np_vec3 shaft = np_vec3_mad(np_vec3_scale(p->normal, cos(needle->tilt_rad)), lean, sin(needle->tilt_rad));
    return np_vec3_scale(np_vec3_normalize(shaft), -1);
}

/* From where a needle that leans by TILT reaches what lies DEPTH under MARK; false where the skin is too rough to say. */
static bool find_entry(const make_making *m, const make_needle *needle, const np_surface_point *mark,
                       np_surface_point *out)
{
    np_vec3 deposit = np_vec3_mad(mark->position, mark->normal, -needle->depth_mm);
    double travel_mm = needle->depth_mm / cos(needle->tilt_rad);
    *out = *mark;
    for (int k = 0; k < STEPS; k++) {
        np_vec3 axis = make_needle_axis(needle, out);
        np_vec3 start = np_vec3_mad(deposit, axis, -travel_mm);
        if (np_vec3_distance(start, out->position) <= MARK_TOLERANCE_MM)
            return true;
        if (!np_surface_nearest(&m->scan->surface, start, NEAR_SKIN_MM, out))
            return false;
    }
    return false;
}

/* Whether the tool has room there, in the numbers that the plan will hold. */
static bool has_room_at(const make_making *m, const make_needle *needle, const np_surface_point *entry)
{
    np_dot dot = {.position = entry->position,
                  .normal = entry->normal,
                  .axis = make_needle_axis(needle, entry),
                  .depth_mm = needle->depth_mm};
    np_plan_quantise_dot(&dot);
    np_arm_puncture puncture = make_puncture(&dot);
    return np_arm_check(m->arm, &puncture, NULL) == NP_OK;
}

/* The same with some to spare: on its way between two dots a tool turns, and comes nearer to a floor than at either. */
static bool has_room(const make_making *m, const make_needle *needle, const np_surface_point *entry)
{
    make_needle farther = *needle;
    farther.tilt_rad += np_angle_rad(SPARE_DEG);
    return has_room_at(m, needle, entry) && has_room_at(m, &farther, entry);
}

static void enter_block(void *context, size_t begin, size_t end, size_t block)
{
    leaning *l = context;
    (void)block;
    for (size_t i = begin; i < end; i++) {
        if (!l->bad[i])
            continue;
        make_needle needle = l->m->needles[i];
        needle.tilt_rad = l->tilt_rad[i];
        const np_surface_point *mark = &l->m->points[i];
        l->bad[i] = 0;
        l->entries[i] = *mark;
        if (needle.tilt_rad > 0)
            l->bad[i] = !find_entry(l->m, &needle, mark, &l->entries[i]) ||
                        np_painter_inside_mm(l->m->painter, &l->entries[i]) < 0 ||
                        !has_room(l->m, &needle, &l->entries[i]);
    }
}

/* Whether the entry of dot I is too near to that of a dot that stands. */
static bool is_on_past(const leaning *l, size_t i)
{
    double mm;
    return np_near_nearest(&l->past, l->entries[i].position, l->m->c->limits.spacing_min_mm, SIZE_MAX, &mm) != SIZE_MAX;
}

/* Whether the entry of dot I is too near to another or to a follicle. */
static bool is_crowded(const leaning *l, size_t i)
{
    const np_case_limits *limits = &l->m->c->limits;
    np_vec3 at = l->entries[i].position;
    double in_session_mm = fmax(limits->spacing_min_mm, limits->session_spacing_min_mm), nearest_mm;
    if (np_near_nearest(&l->existing, at, limits->spacing_min_mm, SIZE_MAX, &nearest_mm) != SIZE_MAX ||
        is_on_past(l, i))
        return true;
    np_near_walk walk = np_near_around(&l->near, at, in_session_mm);
    for (uint32_t j; np_near_next(&walk, &j);) {
        bool same = l->m->placed[i].session == l->m->placed[j].session;
        double needed_mm = same ? in_session_mm : limits->spacing_min_mm;
        if (j != i && np_vec3_distance2(at, l->entries[j].position) < needed_mm * needed_mm)
            return true;
    }
    return false;
}

static void crowd_block(void *context, size_t begin, size_t end, size_t block)
{
    leaning *l = context;
    (void)block;
    for (size_t i = begin; i < end; i++)
        if (l->tilt_rad[i] > 0 && !l->bad[i])
            l->bad[i] = is_crowded(l, i);
}

/* Entries for the tilts as they are, and which of them cannot be. */
static np_status try_tilts(leaning *l, np_error *err)
{
    size_t n = l->m->n_placed;
    np_parallel_for(n, BLOCK, enter_block, l);
    np_near_fini(&l->near);
    np_status status = np_near_init(&l->near, &l->entries[0].position, sizeof *l->entries, n, 1, err);
    if (status == NP_OK)
        np_parallel_for(n, BLOCK, crowd_block, l);
    return status;
}

/* Halves the tilt of those that cannot lean so far; false if there are none. */
static bool yield(leaning *l)
{
    bool any = false;
    for (size_t i = 0; i < l->m->n_placed; i++) {
        if (!l->bad[i])
            continue;
        l->tilt_rad[i] /= 2;
        if (l->tilt_rad[i] < LEAST_SHARE * l->m->needles[i].tilt_rad)
            l->tilt_rad[i] = 0;
        any = true;
    }
    return any;
}

static np_status leaning_init(leaning *l, make_making *m, np_error *err)
{
    size_t n = m->n_placed, n_existing, n_past;
    const np_surface_point *existing = np_painter_existing(m->painter, &n_existing);
    const np_vec3 *past = np_painter_past_entries(m->painter, &n_past);
    *l = (leaning){
        .m = m, .entries = calloc(n, sizeof *l->entries), .tilt_rad = calloc(n, sizeof *l->tilt_rad), .bad = malloc(n)};
    if (!l->entries || !l->tilt_rad || !l->bad)
        return np_error_no_memory(err, "the dots");
    for (size_t i = 0; i < n; i++) {
        l->tilt_rad[i] = m->needles[i].tilt_rad;
        l->bad[i] = 1; /* no entry is found yet */
    }
    np_status status = np_near_init(&l->past, past, sizeof *past, n_past, 1, err);
    return status == NP_OK
               ? np_near_init(&l->existing, existing ? &existing->position : NULL, sizeof *existing, n_existing, 1, err)
               : status;
}

static void leaning_fini(leaning *l)
{
    np_near_fini(&l->existing);
    np_near_fini(&l->past);
    np_near_fini(&l->near);
    free(l->entries);
    free(l->tilt_rad);
    free(l->bad);
}

/* Whether some needle is to lean farther than it may: the envelope refuses that, in its own words. */
static bool is_beyond_limits(const make_making *m)
{
    double most_rad = np_angle_rad(m->c->limits.tilt_max_deg) + 1e-6;
    for (size_t i = 0; i < m->n_placed; i++)
        if (!(m->needles[i].tilt_rad <= most_rad))
            return true;
    return false;
}

/* Keeps the dots that are not in LEAVE; returns how many it leaves out. */
static size_t leave_out(make_making *m, const unsigned char *leave)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n_placed; i++) {
        if (leave[i])
            continue;
        m->placed[n] = m->placed[i];
        m->points[n] = m->points[i];
        m->needles[n++] = m->needles[i];
    }
    size_t left = m->n_placed - n;
    m->n_placed = n;
    return left;
}

/* Marks keep clear of marks, but a needle that leaned has entered beside its own: dots whose upright needle would go in there are left
 * out, and said. */
static np_status leave_out_past(const leaning *l, np_error *err)
{
    for (size_t i = 0; i < l->m->n_placed; i++)
        l->bad[i] = is_on_past(l, i);
    size_t left = leave_out(l->m, l->bad);
    if (left == 0)
        return NP_OK;
    if (l->m->n_placed == 0)
        return np_error_set(err, NP_ERR_INVALID,
                            "the plan would have no dots: all lie where the needle of a dot that stands went in");
    return make_note(l->m, err,
                     "note: %zu dots were left out: each would have gone in less than %g mm beside a dot that stands\n",
                     left, l->m->c->limits.spacing_min_mm);
}

np_status make_lean(make_making *m, np_error *err)
{
    if (is_beyond_limits(m))
        return NP_OK;
    leaning l;
    np_status status = leaning_init(&l, m, err);
    do {
        if (status == NP_OK)
            status = try_tilts(&l, err);
    } while (status == NP_OK && yield(&l));
    for (size_t i = 0; i < m->n_placed && status == NP_OK; i++) {
        m->points[i] = l.entries[i];
        m->needles[i].tilt_rad = l.tilt_rad[i];
    }
    if (status == NP_OK)
        status = leave_out_past(&l, err);
    leaning_fini(&l);
    return status;
}

typedef struct standing_room {
    const make_making *m;
    unsigned char *none; /* of each dot */
} standing_room;

/* Where needles lean, room was found.  Pins, whose places somebody chose, are for the moves stage to refuse. */
static void room_block(void *context, size_t begin, size_t end, size_t block)
{
    const standing_room *r = context;
    (void)block;
    for (size_t i = begin; i < end; i++)
        r->none[i] = !(r->m->needles[i].tilt_rad > 0) && r->m->placed[i].pin < 0 &&
                     !has_room_at(r->m, &r->m->needles[i], &r->m->points[i]);
}

np_status make_room(make_making *m, np_error *err)
{
    size_t n = m->n_placed, found = 0, first = n;
    standing_room r = {m, calloc(n + 1, 1)};
    if (!r.none)
        return np_error_no_memory(err, "the dots");
    np_parallel_for(n, BLOCK, room_block, &r);
    for (size_t i = 0; i < n; i++) {
        first = r.none[i] && first == n ? i : first;
        found += r.none[i];
    }
    np_status status = NP_OK;
    if (found && found < n && (found == 1 || (double)found <= ROOMLESS_SHARE * (double)n)) {
        np_vec3 at = m->points[first].position;
        leave_out(m, r.none);
        status = make_note(m, err,
                           "note: %zu %s left out: the tool has no room there, even where the needle does not lean "
                           "(the first at (%.1f, %.1f, %.1f) mm in the head's frame)\n",
                           found, found == 1 ? "dot was" : "dots were", at.x, at.y, at.z);
    }
    free(r.none);
    return status;
}
