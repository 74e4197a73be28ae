/* From a set of dots to an order: cut into patches, order each, join the patches, interleave where close dots
 * need a rest, and keep the greedy tour if all that did not beat it. */
#include "tour/tour.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tour/private/ascent.h"
#include "tour/private/cell.h"
#include "tour/private/graph.h"
#include "tour/private/greedy.h"
#include "tour/private/improve.h"
#include "tour/private/join.h"
#include "tour/private/measure.h"
#include "tour/private/patches.h"
#include "tour/private/two_opt.h"

#define NEIGHBOURS 8                  /* in space */
#define PRICED_NEIGHBOURS TOUR_CELL_K /* of which the search looks at the first few in the same cell */
/* Kicks a dot where none are asked for.  In the arm's time more of them no longer show: lifts and speeding up
 * are most of it (docs/decisions/tours.md). */
#define DEFAULT_KICKS_FOR_LENGTH 5
#define DEFAULT_KICKS_FOR_TIME 1
#define BATCH 64 /* patches between two reports of progress */

/* Where each patch's dots lie in one array. */
typedef struct patches {
    uint32_t count;
    uint32_t *of;     /* patch of each dot */
    uint32_t *start;  /* [count + 1] */
    uint32_t *greedy; /* dots, patch by patch, in the order of the greedy tour */
    uint32_t *best;   /* the same, improved */
} patches;

static void patches_fini(patches *p)
{
    free(p->of);
    free(p->start);
    free(p->greedy);
    free(p->best);
}

static np_status patches_init(patches *p, const np_tour_request *request, np_error *err)
{
    size_t n = request->n;
    *p = (patches){.of = malloc((n + 1) * sizeof *p->of), .start = calloc(n + 2, sizeof *p->start)};
    p->greedy = malloc((n + 1) * sizeof *p->greedy);
    p->best = malloc((n + 1) * sizeof *p->best);
    if (!p->of || !p->start || !p->greedy || !p->best)
        return np_error_no_memory(err, "the patches of a tour");
    double radius_mm = request->arm.patch_radius_mm;
    np_status status = tour_patches(request->positions, n, radius_mm, p->of, &p->count, err);
    if (status != NP_OK)
        return status;
    for (size_t i = 0; i < n; i++)
        p->start[p->of[i] + 1]++;
    for (uint32_t k = 0; k < p->count; k++)
        p->start[k + 1] += p->start[k];
    for (size_t i = 0; i < n; i++)
        p->best[p->start[p->of[i]]++] = (uint32_t)i;
    memmove(p->start + 1, p->start, p->count * sizeof *p->start);
    p->start[0] = 0;
    return NP_OK;
}

/* Turns parts of the path ORDER[n] so that its fixed ends, if it has any, are its ends. */
static void turn_to_ends(const tour_space *space, uint32_t *order, size_t n)
{
    size_t first = 0, last = n - 1;
    for (size_t i = 0; i < n; i++) {
        first = order[i] == space->end[0] ? i : first;
        last = order[i] == space->end[1] ? i : last;
    }
    if (first > last) {
        tour_reverse(order, n);
        first = n - 1 - first;
        last = n - 1 - last;
    }
    tour_reverse(order, first + 1);
    tour_reverse(order + last, n - last);
}

/* Orders the N dots in BEST; GREEDY gets the greedy order. */
static np_status order_patch(const np_tour_request *request, bool closed, const tour_budget *budget, uint32_t *greedy,
                             uint32_t *best, size_t n, np_error *err)
{
    tour_space space = {0};
    tour_graph graph = {0};
    uint32_t *order = malloc((n + 1) * sizeof *order);
    np_status status = order ? NP_OK : np_error_no_memory(err, "a tour");
    if (status == NP_OK)
        status = tour_space_init(&space, request, best, n, err);
    if (status == NP_OK)
        status = tour_graph_init(&graph, &space, NEIGHBOURS, budget->parallel, err);
    if (status == NP_OK)
        status = tour_greedy(&space, &graph, order, err);
    if (status == NP_OK)
        turn_to_ends(&space, order, n);
    for (size_t i = 0; i < n && status == NP_OK; i++)
        greedy[i] = space.source[order[i]];
    if (status == NP_OK)
        status = tour_graph_connect(&graph, &space, budget->parallel, err);
    if (status == NP_OK)
        status = tour_ascent(&space, &graph, PRICED_NEIGHBOURS, budget->parallel, err);
    if (status == NP_OK)
        status = tour_greedy(&space, &graph, order, err);
    if (status == NP_OK) {
        turn_to_ends(&space, order, n);
        status = tour_two_opt(&space, &graph, closed, order, err);
    }
    if (status == NP_OK)
        status = tour_improve(&space, &graph, closed, budget, order, err);
    if (status == NP_OK)
        turn_to_ends(&space, order, n);
    for (size_t i = 0; i < n && status == NP_OK; i++)
        best[i] = space.source[order[i]];
    tour_graph_fini(&graph);
    tour_space_fini(&space);
    free(order);
    return status;
}

/* The patches of one batch, side by side. */
typedef struct batch {
    const np_tour_request *request;
    patches *p;
    uint32_t first;
    uint32_t turn[BATCH]; /* the patches from FIRST on, largest first: no thread is left with a large one at the end */
    double begin_s;       /* of the whole work */
    np_status status[BATCH];
    np_error err[BATCH];
} batch;

static double kicks_per_dot(const np_tour_request *request)
{
    if (request->kicks_per_dot >= 0)
        return request->kicks_per_dot;
    return request->metric == NP_TOUR_TIME ? DEFAULT_KICKS_FOR_TIME : DEFAULT_KICKS_FOR_LENGTH;
}

static void order_one_of_batch(void *context, size_t begin, size_t end, size_t block)
{
    batch *b = context;
    (void)begin, (void)end;
    const np_tour_request *request = b->request;
    uint32_t k = b->turn[block], from = b->p->start[b->first + k], to = b->p->start[b->first + k + 1];
    tour_budget budget = {.kicks_per_dot = kicks_per_dot(request), .seed = request->seed + from};
    if (request->seconds > 0) {
        /* A share of all threads' time, but never past the end. */
        double share = request->seconds * np_parallel_threads() * (to - from) / (double)request->n;
        budget.end_s = fmin(np_clock_s() + share, b->begin_s + request->seconds);
    }
    b->status[k] = order_patch(request, false, &budget, b->p->greedy + from, b->p->best + from, to - from, &b->err[k]);
}

/* By insertion, which leaves patches of one size in their order. */
static void take_turns(batch *b, uint32_t size)
{
    const uint32_t *start = b->p->start + b->first;
    for (uint32_t k = 0; k < size; k++) {
        uint32_t at = k;
        for (; at > 0 && start[k + 1] - start[k] > start[b->turn[at - 1] + 1] - start[b->turn[at - 1]]; at--)
            b->turn[at] = b->turn[at - 1];
        b->turn[at] = k;
    }
}

/* Several patches are ordered side by side, each on one thread; a single one is shared out within. */
static np_status order_patches(const np_tour_request *request, const np_progress *progress, patches *p, np_error *err)
{
    if (!np_progress_step(progress, "tour", 0))
        return np_error_set(err, NP_ERR_STOPPED, "the ordering of the dots was stopped");
    double begin_s = np_clock_s();
    if (p->count == 1) {
        tour_budget budget = {kicks_per_dot(request), 0, request->seed, true, progress};
        if (request->seconds > 0)
            budget.end_s = begin_s + request->seconds;
        return order_patch(request, request->closed, &budget, p->greedy, p->best, request->n, err);
    }
    batch *b = calloc(1, sizeof *b);
    if (!b)
        return np_error_no_memory(err, "a tour");
    np_status status = NP_OK;
    *b = (batch){.request = request, .p = p, .begin_s = begin_s};
    for (; b->first < p->count && status == NP_OK; b->first += BATCH) {
        uint32_t size = p->count - b->first < BATCH ? p->count - b->first : BATCH;
        take_turns(b, size);
        np_parallel_for(size, 1, order_one_of_batch, b);
        status = np_parallel_status(b->status, b->err, size, err);
        if (status == NP_OK && !np_progress_step(progress, "tour", (double)(b->first + size) / p->count))
            status = np_error_set(err, NP_ERR_STOPPED, "the ordering of the dots was stopped");
    }
    free(b);
    return status;
}

static np_status check_request(const np_tour_request *request, np_error *err)
{
    const np_case_arm *arm = &request->arm;
    const struct {
        const char *name;
        double value;
    } rates[] = {{"speed_mm_s", arm->speed_mm_s},
                 {"acceleration_mm_s2", arm->acceleration_mm_s2},
                 {"rotation_deg_s", arm->rotation_deg_s},
                 {"rotation_acceleration_deg_s2", arm->rotation_acceleration_deg_s2}};
    if (request->n >= UINT32_MAX / 2)
        return np_error_set(err, NP_ERR_INVALID, "a tour of %zu dots was asked for; at most %u are possible",
                            request->n, UINT32_MAX / 2 - 1);
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
        if (!(rates[i].value > 0) || !isfinite(rates[i].value))
            return np_error_set(err, NP_ERR_INVALID, "arm: %s is %g; expected a number above 0", rates[i].name,
                                rates[i].value);
    for (size_t i = 0; i < request->n; i++)
        if (!np_vec3_is_finite(request->positions[i]) || (request->axes && !np_vec3_is_finite(request->axes[i])))
            return np_error_set(err, NP_ERR_INVALID, "dot %zu of a tour has a position or an axis that is not finite",
                                i);
    const uint32_t *ends[2] = {request->first, request->last};
    for (int e = 0; e < 2; e++)
        if (ends[e] && (*ends[e] >= request->n || request->closed))
            return np_error_set(err, NP_ERR_INVALID,
                                request->closed ? "a closed tour has no ends; dot %u was asked for as its %s"
                                                : "dot %u was asked for as a tour's %s, but there is no such dot",
                                *ends[e], e ? "last" : "first");
    if (ends[0] && ends[1] && *ends[0] == *ends[1] && request->n > 1)
        return np_error_set(err, NP_ERR_INVALID, "dot %u was asked for as both the first and the last of a tour",
                            *ends[0]);
    return NP_OK;
}

static bool is_better(const np_tour_request *request, const np_tour_totals *a, const np_tour_totals *b)
{
    return request->metric == NP_TOUR_TIME ? a->time_s < b->time_s : a->length_mm < b->length_mm;
}

/* The greedy tour and the improved one, joined side by side. */
typedef struct joining {
    const np_tour_request *request;
    const patches *p;
    uint32_t *order[2];
    np_tour_totals totals[2];
    np_status status[2];
    np_error err[2];
} joining;

static void join_one(void *context, size_t begin, size_t end, size_t block)
{
    joining *j = context;
    const patches *p = j->p;
    (void)begin, (void)end;
    j->status[block] = tour_join(j->request, p->of, p->start, p->count, block == 0 ? p->greedy : p->best,
                                 j->order[block], &j->totals[block], &j->err[block]);
}

static np_status join_both(joining *j, np_error *err)
{
    np_parallel_for(2, 1, join_one, j);
    return np_parallel_status(j->status, j->err, 2, err);
}

np_status np_tour_order(const np_tour_request *request, const np_progress *progress, uint32_t *out_order,
                        np_tour_totals *out_totals, np_error *err)
{
    np_status status = check_request(request, err);
    if (status != NP_OK)
        return status;
    size_t n = request->n;
    patches p;
    uint32_t *order = malloc((n + 1) * sizeof *order);
    joining j = {.request = request, .p = &p, .order = {order, out_order}};
    status = patches_init(&p, request, err);
    if (status == NP_OK && !order)
        status = np_error_no_memory(err, "a tour");
    if (status == NP_OK && p.count > 1 && request->first && request->last &&
        p.of[*request->first] == p.of[*request->last])
        status = np_error_set(err, NP_ERR_INVALID,
                              "the first and the last dot of a tour, %u and %u, lie in the same of %u patches of "
                              "the arm; expected different ones",
                              *request->first, *request->last, p.count);
    if (status == NP_OK && n > 0)
        status = order_patches(request, progress, &p, err);
    if (status == NP_OK)
        status = join_both(&j, err);
    if (status == NP_OK) {
        np_tour_totals *greedy = &j.totals[0], *totals = &j.totals[1];
        double greedy_time_s = greedy->time_s;
        if (is_better(request, greedy, totals)) {
            memcpy(out_order, order, n * sizeof *order);
            totals = greedy;
        }
        totals->greedy_time_s = greedy_time_s;
        if (out_totals)
            *out_totals = *totals;
        np_progress_step(progress, "tour", 1);
    }
    patches_fini(&p);
    free(order);
    return status;
}
