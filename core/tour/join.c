/* Patches into one order.  They are few, and going from one to the next costs a re-posing in any case: nearest-next from
 * every start is near enough to the best. */
#include "tour/private/join.h"

#include <stdlib.h>
#include <string.h>

#include "tour/private/measure.h"
#include "tour/private/rest.h"

typedef struct joint {
    const np_tour_request *request;
    const uint32_t *start, *dots;
    uint32_t count;
    uint32_t first, last; /* the patches with the tour's fixed ends, which are their ends too; COUNT: none */
    uint32_t *sequence;   /* patch * 2 + backward */
    uint8_t *used;
} joint;

static np_vec3 patch_end(const joint *j, uint32_t directed, bool last)
{
    uint32_t k = directed / 2;
    bool backward = directed % 2 != 0;
    return j->request->positions[j->dots[last != backward ? j->start[k + 1] - 1 : j->start[k]]];
}

/* Nearest next patch from FIRST on, into SEQUENCE; returns the length of the links. */
static double follow_nearest(joint *j, uint32_t first, uint32_t *sequence)
{
    memset(j->used, 0, j->count);
    double length = 0;
    sequence[0] = first;
    j->used[first / 2] = 1;
    for (uint32_t i = 1; i < j->count; i++) {
        np_vec3 from = patch_end(j, sequence[i - 1], true);
        double best = INFINITY;
        for (uint32_t next = 0; next < 2 * j->count; next++) {
            bool too_early = i + 1 < j->count && next / 2 == j->last;
            bool turned = next == 2 * j->last + 1;
            double d = np_vec3_distance(from, patch_end(j, next, false));
            if (!j->used[next / 2] && !too_early && !turned && d < best)
                best = d, sequence[i] = next;
        }
        j->used[sequence[i] / 2] = 1;
        length += best;
    }
    if (j->request->closed)
        length += np_vec3_distance(patch_end(j, sequence[j->count - 1], true), patch_end(j, sequence[0], false));
    return length;
}

/* The shortest of the nearest-next sequences; many patches are tried from the first only. */
static np_status choose_sequence(joint *j, np_error *err)
{
    uint32_t *trial = malloc(j->count * sizeof *trial);
    if (!trial)
        return np_error_no_memory(err, "the order of the patches");
    double best = INFINITY;
    uint32_t from = 0, to = 2 * j->count;
    if (j->first < j->count)
        from = 2 * j->first, to = from + 1;
    else if (j->count > 100)
        from = j->last == 0 ? 2 : 0, to = from + 1;
    for (uint32_t first = from; first < to; first++) {
        if (j->count > 1 && first / 2 == j->last)
            continue;
        double length = follow_nearest(j, first, trial);
        if (length < best) {
            best = length;
            memcpy(j->sequence, trial, j->count * sizeof *trial);
        }
    }
    free(trial);
    return NP_OK;
}

static void write_sequence(const joint *j, uint32_t *out_order)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < j->count; i++) {
        uint32_t k = j->sequence[i] / 2, from = j->start[k], size = j->start[k + 1] - from;
        for (uint32_t s = 0; s < size; s++)
            out_order[at++] = j->dots[j->sequence[i] % 2 ? from + size - 1 - s : from + s];
    }
}

/* What going by the station between A and B costs more than going straight. */
static double detour_s(const np_tour_request *request, uint32_t a, uint32_t b)
{
    const np_case_arm *arm = &request->arm;
    np_vec3 from = request->positions[a], to = request->positions[b], station = arm->reload_station_mm;
    return tour_move_s(arm, np_vec3_distance(from, station), 0) + tour_move_s(arm, np_vec3_distance(station, to), 0) -
           tour_move_s(arm, np_vec3_distance(from, to), 0);
}

void tour_reverse(uint32_t *order, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        uint32_t x = order[i];
        order[i] = order[n - 1 - i];
        order[n - 1 - i] = x;
    }
}

/* Sum of the detours of a cycle that begins at dot FROM of ORDER. */
static double reload_detours_s(const np_tour_request *request, const uint32_t *order, size_t from)
{
    size_t n = request->n, every = (size_t)request->arm.reload_every;
    double sum = 0;
    for (size_t i = every; i < n; i += every)
        sum += detour_s(request, order[(from + i - 1) % n], order[(from + i) % n]);
    return sum;
}

/* Where a cycle begins decides where its reloads fall: one try in each direction for each place within the
 * first EVERY dots. */
static np_status begin_for_reloads(const np_tour_request *request, uint32_t *order, np_error *err)
{
    size_t n = request->n, every = (size_t)request->arm.reload_every;
    uint32_t *turned = malloc(n * sizeof *turned);
    if (!turned)
        return np_error_no_memory(err, "the reloads of a tour");
    double best = INFINITY;
    size_t best_from = 0;
    bool best_backward = false;
    for (int backward = 0; backward < 2; backward++) {
        for (size_t from = 0; from < (request->closed ? every : 1) && from < n; from++) {
            double sum = reload_detours_s(request, order, from);
            if (sum < best)
                best = sum, best_from = from, best_backward = backward != 0;
        }
        tour_reverse(order, n);
    }
    if (best_backward)
        tour_reverse(order, n);
    for (size_t i = 0; i < n; i++)
        turned[i] = order[(best_from + i) % n];
    memcpy(order, turned, n * sizeof *turned);
    free(turned);
    return NP_OK;
}

np_status tour_join(const np_tour_request *request, const uint32_t *patch_of, const uint32_t *start, uint32_t count,
                    const uint32_t *dots, uint32_t *out_order, np_tour_totals *out_totals, np_error *err)
{
    if (request->n == 0) {
        *out_totals = (np_tour_totals){0};
        return NP_OK;
    }
    joint j = {.request = request, .start = start, .dots = dots, .count = count};
    j.first = request->first ? patch_of[*request->first] : count;
    j.last = request->last ? patch_of[*request->last] : count;
    j.sequence = malloc(count * sizeof *j.sequence);
    j.used = malloc(count);
    np_status status = j.sequence && j.used ? NP_OK : np_error_no_memory(err, "the order of the patches");
    if (status == NP_OK)
        status = choose_sequence(&j, err);
    if (status == NP_OK) {
        write_sequence(&j, out_order);
        /* Between patches the order is set by the patches; the start of one cycle is free. */
        if (request->arm.reload_every > 0 && count == 1 && !request->first && !request->last)
            status = begin_for_reloads(request, out_order, err);
    }
    if (status == NP_OK)
        status = tour_measure(request, patch_of, out_order, out_totals, err);
    if (status == NP_OK && tour_wants_rest(request))
        status = tour_interleave(request, patch_of, out_order, out_totals, err);
    free(j.sequence);
    free(j.used);
    return status;
}
