/* Parting dots of one session that are too close: each gets another session by a swap with a dot nearby, so
 * that counts stay and evenness hardly changes. */
#include "dots/private/sessions.h"

#include "base/near.h"
#include "base/parallel.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The share of its own mean spacing that a session keeps as its floor (as the envelope checks), and what is aimed at: the last
 * moves may raise the mean. */
#define MEAN_SHARE 0.75
#define MEAN_SHARE_AIMED 0.755

#define ROUNDS 20
#define SWAP_REACH 4.0 /* s */
#define BLOCK 1024

typedef struct parting {
    const dots_share_out *dots;
    int32_t *session;
    np_near grid;
    double *floor_mm;   /* by session */
    double *nearest_mm; /* n: to the nearest dot of its session, or the search limit if there is none within it */
    double search_mm;   /* so far, at least */
    bool floors_stand;  /* no need to search further than the floors any more */
} parting;

/* Square of the distance from I to the nearest of its session, at most LIMIT squared. */
static double nearest2_in_session(const parting *p, uint32_t i, double limit)
{
    const dots_site *site = p->dots->site;
    np_near_walk walk = np_near_around(&p->grid, site[i].at, limit);
    double best = limit * limit;
    for (uint32_t j; np_near_next(&walk, &j);)
        if (j != i && p->session[j] == p->session[i])
            best = fmin(best, np_vec3_distance2(site[i].at, site[j].at));
    return best;
}

/* Where neighbours are far the search gives up: the mean is then well above what would lower the floor. */
static void nearest_block(void *context, size_t begin, size_t end, size_t block)
{
    (void)block;
    const parting *p = context;
    double asked = p->dots->spacing_min_mm;
    for (size_t i = begin; i < end; i++) {
        double limit = asked + 2 * DOTS_ROUNDING_MM, found = nearest2_in_session(p, (uint32_t)i, limit);
        while (limit < p->search_mm && found >= limit * limit) {
            limit *= 2;
            found = nearest2_in_session(p, (uint32_t)i, limit);
        }
        p->nearest_mm[i] = sqrt(found);
    }
}

/* The sessions' floors by what was found: the one asked for, or SHARE of their own mean spacing.  The least
 * of those shares goes to *out_least_mm. */
static void sum_up_floors(parting *p, double share, double *out_least_mm)
{
    double sum[NP_DOTS_MAX_SESSIONS + 1] = {0}, asked = p->dots->spacing_min_mm;
    size_t n[NP_DOTS_MAX_SESSIONS + 1] = {0};
    for (size_t i = 0; i < p->dots->n; i++) {
        assert(p->session[i] >= 1);
        assert(p->session[i] <= p->dots->n_sessions);
        sum[p->session[i]] += p->nearest_mm[i];
        n[p->session[i]]++;
    }
    *out_least_mm = HUGE_VAL;
    for (int s = 1; s <= p->dots->n_sessions; s++) {
        double own = n[s] ? share * sum[s] / (double)n[s] : HUGE_VAL;
        p->floor_mm[s] = fmin(asked, own) + DOTS_ROUNDING_MM;
        *out_least_mm = fmin(*out_least_mm, own);
    }
}

/* Finds each dot's nearest of its session, and the floors.  Looking a little way is mostly enough: means that are cut off
 * there and still give more than is asked for stay above it.  And where they are well above, swaps do not
 * change that. */
static void find_floors(parting *p, double share)
{
    double asked = p->dots->spacing_min_mm, least;
    p->search_mm = p->floors_stand ? asked : 2 * asked;
    np_parallel_for(p->dots->n, BLOCK, nearest_block, p);
    if (p->floors_stand)
        return;
    sum_up_floors(p, share, &least);
    if (least < asked) {
        p->search_mm = 6 * asked;
        np_parallel_for(p->dots->n, BLOCK, nearest_block, p);
        sum_up_floors(p, share, &least);
    }
    p->floors_stand = least > 1.25 * asked;
}

/* How many of session S, numbered FROM or more, are too close to dot I, OTHER not counted. */
static size_t conflicts_from(const parting *p, uint32_t i, int32_t s, uint32_t other, size_t from)
{
    const dots_site *site = p->dots->site;
    double floor2 = p->floor_mm[s] * p->floor_mm[s];
    np_near_walk walk = np_near_around(&p->grid, site[i].at, p->floor_mm[s]);
    size_t n = 0;
    for (uint32_t j; np_near_next(&walk, &j);)
        n += j != i && j != other && j >= from && p->session[j] == s &&
             np_vec3_distance2(site[i].at, site[j].at) < floor2;
    return n;
}

static size_t conflicts(const parting *p, uint32_t i, int32_t s, uint32_t other)
{
    return conflicts_from(p, i, s, other, 0);
}

static size_t pins_in_the_way(const parting *p, uint32_t i)
{
    return conflicts_from(p, i, p->session[i], i, p->dots->n_free);
}

/* Swaps I's session with that of the dot nearby that leaves the fewest conflicts (then: the nearest).  False
 * if that is no better than now. */
static bool swap_away(parting *p, uint32_t i, bool sideways)
{
    const dots_share_out *dots = p->dots;
    double reach = SWAP_REACH * 10 / sqrt(dots->site[i].local_density), best_r2 = HUGE_VAL;
    size_t now_i = conflicts(p, i, p->session[i], i), best_after = SIZE_MAX, best_before = 0;
    uint32_t best = i;
    np_near_walk walk = np_near_around(&p->grid, dots->site[i].at, reach);
    for (uint32_t j; np_near_next(&walk, &j);) {
        double r2 = np_vec3_distance2(dots->site[i].at, dots->site[j].at);
        if (p->session[j] == p->session[i] || dots->layer[j] != dots->layer[i] || r2 > reach * reach ||
            dots->first_session[i] > p->session[j] || dots->first_session[j] > p->session[i])
            continue;
        size_t after = conflicts(p, i, p->session[j], j) + conflicts(p, j, p->session[i], i);
        if (after < best_after || (after == best_after && r2 < best_r2)) {
            best = j;
            best_after = after;
            best_r2 = r2;
            best_before = now_i + conflicts(p, j, p->session[j], j);
        }
    }
    if (best == i || best_after > best_before || (best_after == best_before && !sideways))
        return false;
    int32_t s = p->session[i];
    p->session[i] = p->session[best];
    p->session[best] = s;
    return true;
}

/* The last resort for pin I, which cannot be moved: any session it may be made in where it is in no other's
 * way, though a share is then one dot off. */
static bool give_another_session(parting *p, uint32_t i)
{
    for (int32_t s = p->dots->first_session[i]; s <= p->dots->n_sessions; s++)
        if (s != p->session[i] && conflicts(p, i, s, i) == 0) {
            p->session[i] = s;
            return true;
        }
    return false;
}

static np_status pins_too_close(const parting *p, uint32_t i, np_error *err)
{
    const np_vec3 *at = &p->dots->site[i].at;
    return np_error_set(
        err, NP_ERR_INVALID,
        "layer %d: the pin at (%.1f, %.1f, %.1f) is nearer than %.2f mm to another, and there is no session "
        "left that could part them: set pins further apart",
        (int)p->dots->layer[i], at->x, at->y, at->z, p->floor_mm[p->session[i]]);
}

/* Pins that are in each other's way take other sessions.  Free dots in their way can move. */
static np_status part_pins(parting *p, np_error *err)
{
    const dots_share_out *dots = p->dots;
    for (uint32_t i = (uint32_t)dots->n_free; i < dots->n; i++) {
        if (pins_in_the_way(p, i) == 0)
            continue;
        if (!give_another_session(p, i) && pins_in_the_way(p, i) > 0)
            return pins_too_close(p, i, err);
    }
    for (uint32_t i = (uint32_t)dots->n_free; i < dots->n; i++)
        if (pins_in_the_way(p, i) > 0)
            return pins_too_close(p, i, err);
    return NP_OK;
}

/* The grid and the distances; freed by the caller. */
static np_status parting_init(parting *p, np_error *err)
{
    const dots_share_out *dots = p->dots;
    p->nearest_mm = malloc(dots->n * sizeof *p->nearest_mm);
    if (!p->nearest_mm)
        return np_error_no_memory(err, "the floors of the sessions");
    return np_near_init(&p->grid, &dots->site->at, sizeof *dots->site, dots->n, 2 * dots->spacing_min_mm, err);
}

static void parting_fini(parting *p)
{
    np_near_fini(&p->grid);
    free(p->nearest_mm);
}

np_status dots_sessions_keep(const dots_share_out *dots, int32_t *session, const double *floor_mm, bool *out_keep,
                             np_error *err)
{
    double needed_mm[NP_DOTS_MAX_SESSIONS + 1], asked = dots->spacing_min_mm;
    *out_keep = true;
    if (dots->n == 0 || !(asked > 0))
        return NP_OK;
    /* no session needs more than what is asked for */
    for (int s = 1; s <= dots->n_sessions; s++)
        *out_keep = *out_keep && floor_mm[s] >= asked;
    if (*out_keep)
        return NP_OK;
    parting p = {.dots = dots, .session = session, .floor_mm = needed_mm};
    np_status status = parting_init(&p, err);
    if (status == NP_OK) {
        find_floors(&p, MEAN_SHARE);
        *out_keep = true;
        for (int s = 1; s <= dots->n_sessions; s++)
            *out_keep = *out_keep && needed_mm[s] <= floor_mm[s];
    }
    parting_fini(&p);
    return status;
}

np_status dots_sessions_part(const dots_share_out *dots, int32_t *session,
                             double out_floor_mm[NP_DOTS_MAX_SESSIONS + 1], np_error *err)
{
    parting p = {.dots = dots, .session = session, .floor_mm = out_floor_mm};
    for (int s = 0; s <= NP_DOTS_MAX_SESSIONS; s++)
        out_floor_mm[s] = 0;
    if (dots->n == 0 || !(dots->spacing_min_mm > 0))
        return NP_OK;
    np_status status = parting_init(&p, err);
    bool any = status == NP_OK;
    for (int round = 0; any && round < ROUNDS; round++) {
        any = false;
        find_floors(&p, MEAN_SHARE_AIMED);
        /* conflicts that this round's swaps make are seen to in the next */
        for (uint32_t i = 0; i < dots->n; i++)
            if (p.nearest_mm[i] < out_floor_mm[session[i]] && conflicts(&p, i, session[i], i) > 0)
                any = swap_away(&p, i, round > 4) || any;
    }
    if (status == NP_OK)
        status = part_pins(&p, err);
    parting_fini(&p);
    return status;
}
