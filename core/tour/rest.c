/* Greedy colouring of stretches of the tour: a dot takes the lowest pass in which no close dot of its stretch
 * is.  How long a stretch should be depends on how many passes it needs and how long they take, so a few
 * lengths are tried and measured. */
#include "tour/private/rest.h"

#include <stdlib.h>
#include <string.h>

#include "tour/private/measure.h"
#include "tour/private/tree.h"

#define MAX_PASSES 64

typedef struct interleaver {
    const np_tour_request *request;
    tour_space space;
    tour_tree tree;
    uint32_t *rank;    /* of the request's index */
    uint32_t *stretch; /* by rank; UINT32_MAX: no pass yet */
    uint8_t *pass;     /* by rank */
    uint64_t taken;    /* passes taken by close dots */
    uint32_t stretch_now;
    uint32_t *trial;
} interleaver;

static void interleaver_fini(interleaver *v)
{
    tour_tree_fini(&v->tree);
    tour_space_fini(&v->space);
    free(v->rank);
    free(v->stretch);
    free(v->pass);
    free(v->trial);
}

static np_status interleaver_init(interleaver *v, const np_tour_request *request, np_error *err)
{
    size_t n = request->n;
    *v = (interleaver){.request = request};
    np_status status = tour_space_init(&v->space, request, NULL, n, err);
    if (status == NP_OK)
        status = tour_tree_init(&v->tree, v->space.at, v->space.n, err);
    v->rank = malloc(n * sizeof *v->rank);
    v->stretch = malloc(n * sizeof *v->stretch);
    v->pass = malloc(n);
    v->trial = malloc(n * sizeof *v->trial);
    if (status == NP_OK && (!v->rank || !v->stretch || !v->pass || !v->trial))
        status = np_error_no_memory(err, "the rests of a tour");
    for (uint32_t i = 0; i < n && status == NP_OK; i++)
        v->rank[v->space.source[i]] = i;
    return status;
}

static void see_close_dot(void *context, uint32_t point)
{
    interleaver *v = context;
    if (v->stretch[point] == v->stretch_now)
        v->taken |= UINT64_C(1) << v->pass[point];
}

/* Cuts ORDER into stretches of LENGTH within a patch and writes them pass by pass; dots beyond MAX_PASSES go
 * last. */
static void interleave(interleaver *v, const uint32_t *patch_of, const uint32_t *order, size_t length)
{
    /* A fixed last dot stays where it is. */
    size_t n = v->request->n - (v->request->last != NULL), at = 0;
    float radius = (float)v->request->arm.rest_radius_mm;
    memset(v->stretch, 0xff, v->request->n * sizeof *v->stretch);
    if (v->request->last)
        v->trial[n] = order[n];
    v->stretch_now = 0;
    for (size_t from = 0, to; from < n; from = to, v->stretch_now++) {
        unsigned passes = 0;
        for (to = from; to < n && to - from < length && patch_of[order[to]] == patch_of[order[from]]; to++) {
            uint32_t r = v->rank[order[to]];
            v->taken = 0;
            tour_tree_within(&v->tree, &v->space.at[r], radius, see_close_dot, v);
            unsigned pass = ~v->taken ? (unsigned)__builtin_ctzll(~v->taken) : MAX_PASSES - 1;
            v->pass[r] = (uint8_t)pass;
            v->stretch[r] = v->stretch_now;
            passes = pass + 1 > passes ? pass + 1 : passes;
        }
        for (unsigned pass = 0; pass < passes; pass++)
            for (size_t i = from; i < to; i++)
                if (v->pass[v->rank[order[i]]] == pass)
                    v->trial[at++] = order[i];
    }
}

np_status tour_interleave(const np_tour_request *request, const uint32_t *patch_of, uint32_t *order,
                          np_tour_totals *totals, np_error *err)
{
    size_t n = request->n;
    interleaver v;
    uint32_t *base = malloc(n * sizeof *base);
    np_status status = interleaver_init(&v, request, err);
    if (status == NP_OK && !base)
        status = np_error_no_memory(err, "the rests of a tour");
    if (status == NP_OK) {
        memcpy(base, order, n * sizeof *base);
        /* A pass of PER_PASS dots takes about one rest. */
        const np_case_arm *arm = &request->arm;
        double per_dot_s = tour_move_s(arm, 2 * arm->rest_radius_mm, 0) + request->dwell_ms / 1000;
        double per_pass = ceil(arm->rest_s / fmax(per_dot_s, 1e-3));
        for (double passes = 2; passes <= 256 && status == NP_OK; passes *= 2) {
            np_tour_totals trial;
            size_t length = (size_t)fmin(per_pass * passes, (double)n);
            interleave(&v, patch_of, base, length > 0 ? length : 1);
            status = tour_measure(request, patch_of, v.trial, &trial, err);
            if (status == NP_OK && trial.time_s < totals->time_s) {
                *totals = trial;
                memcpy(order, v.trial, n * sizeof *order);
            }
            if (length >= n)
                break;
        }
    }
    interleaver_fini(&v);
    free(base);
    return status;
}
