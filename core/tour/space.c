/* Renumbering along a Hilbert curve: the tour's inner loops jump between neighbours in space, and this puts
 * most of them on the same few cache lines. */
#include "tour/private/space.h"

#include "base/angle.h"
#include "base/hilbert.h"

#include <stdlib.h>
#include <string.h>

#define HILBERT_BITS 10
#define DIGIT_BITS 11

void tour_radix_sort(tour_keyed *items, tour_keyed *scratch, size_t n, unsigned bits)
{
    const uint32_t mask = (1u << DIGIT_BITS) - 1;
    for (unsigned shift = 0; shift < bits; shift += DIGIT_BITS) {
        size_t start[(1u << DIGIT_BITS) + 1] = {0};
        for (size_t i = 0; i < n; i++)
            start[(items[i].key >> shift & mask) + 1]++;
        for (uint32_t d = 0; d <= mask; d++)
            start[d + 1] += start[d];
        for (size_t i = 0; i < n; i++)
            scratch[start[items[i].key >> shift & mask]++] = items[i];
        memcpy(items, scratch, n * sizeof *items);
    }
}

static tour_ramp ramp_make(double speed, double acceleration)
{
    return (tour_ramp){(float)(speed * speed / acceleration), (float)(2 / sqrt(acceleration)), (float)(1 / speed),
                       (float)(speed / acceleration)};
}

static tour_vec vec_make(np_vec3 v)
{
    return (tour_vec){{(float)v.x, (float)v.y, (float)v.z, 0}};
}

/* Ranks: source[] sorted along the curve through the box of the points.  ITEMS: room for 2 n. */
static void sort_along_curve(tour_space *space, const np_vec3 *positions, tour_keyed *items, np_vec3 low, double side)
{
    double scale = side > 0 ? ((1u << HILBERT_BITS) - 1) / side : 0;
    for (uint32_t i = 0; i < space->n; i++) {
        np_vec3 p = np_vec3_scale(np_vec3_sub(positions[space->source[i]], low), scale);
        items[i] = (tour_keyed){
            (uint32_t)np_hilbert_key((uint32_t[3]){(uint32_t)p.x, (uint32_t)p.y, (uint32_t)p.z}, HILBERT_BITS),
            space->source[i]};
    }
    tour_radix_sort(items, items + space->n, space->n, 3 * HILBERT_BITS);
    for (uint32_t i = 0; i < space->n; i++)
        space->source[i] = items[i].value;
}

np_status tour_space_init(tour_space *space, const np_tour_request *request, const uint32_t *subset, size_t n,
                          np_error *err)
{
    *space = (tour_space){.n = (uint32_t)n, .metric = request->metric, .end = {UINT32_MAX, UINT32_MAX}};
    const np_case_arm *arm = &request->arm;
    space->linear = ramp_make(arm->speed_mm_s, arm->acceleration_mm_s2);
    space->rotation = ramp_make(np_angle_rad(arm->rotation_deg_s), np_angle_rad(arm->rotation_acceleration_deg_s2));
    bool turns = request->axes && request->metric == NP_TOUR_TIME;
    space->at = aligned_alloc(16, (n + 1) * sizeof *space->at);
    space->axis = turns ? aligned_alloc(16, (n + 1) * sizeof *space->axis) : NULL;
    space->source = malloc((n + 1) * sizeof *space->source);
    tour_keyed *scratch = malloc((2 * n + 1) * sizeof *scratch);
    if (!space->at || (turns && !space->axis) || !space->source || !scratch) {
        free(scratch);
        tour_space_fini(space);
        return np_error_no_memory(err, "the dots of a tour");
    }

    np_vec3 low = {INFINITY, INFINITY, INFINITY}, high = {-INFINITY, -INFINITY, -INFINITY};
    for (size_t i = 0; i < n; i++) {
        space->source[i] = subset ? subset[i] : (uint32_t)i;
        np_vec3 p = request->positions[space->source[i]];
        low = np_vec3_make(fmin(low.x, p.x), fmin(low.y, p.y), fmin(low.z, p.z));
        high = np_vec3_make(fmax(high.x, p.x), fmax(high.y, p.y), fmax(high.z, p.z));
    }
    np_vec3 size = np_vec3_sub(high, low), middle = np_vec3_lerp(low, high, 0.5);
    sort_along_curve(space, request->positions, scratch, low, fmax(size.x, fmax(size.y, size.z)));
    free(scratch);
    space->at[n] = (tour_vec){{0}};
    for (uint32_t r = 0; r < n; r++) {
        if (request->first && space->source[r] == *request->first)
            space->end[0] = r;
        if (request->last && space->source[r] == *request->last)
            space->end[1] = r;
        space->at[r] = vec_make(np_vec3_sub(request->positions[space->source[r]], middle));
        if (turns)
            space->axis[r] = vec_make(request->axes[space->source[r]]);
    }
    return NP_OK;
}

double tour_mean_cost(const tour_space *space, const uint32_t *order, uint32_t n)
{
    double sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t a = order[i], b = order[i + 1 == n ? 0 : i + 1];
        if (a >= space->n || b >= space->n)
            continue;
        float prices = space->at[a].v[3] + space->at[b].v[3];
        sum += (double)(tour_cost(space, space->metric, a, b) - prices);
    }
    return n > 0 ? sum / n : 0;
}

void tour_space_fini(tour_space *space)
{
    free(space->at);
    free(space->axis);
    free(space->source);
    *space = (tour_space){0};
}
