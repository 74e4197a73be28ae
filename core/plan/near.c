/* A hashed grid in compact form: two arrays, filled by one counting sort.  Buckets may be shared by cells far apart,
 * which costs a few comparisons and never an answer. */
#include "plan/near.h"

#include <math.h>
#include <stdlib.h>

typedef struct cell {
    int64_t x, y, z;
} cell;

static cell cell_of(const np_near *near, np_vec3 p)
{
    return (cell){(int64_t)floor(p.x / near->cell_mm), (int64_t)floor(p.y / near->cell_mm),
                  (int64_t)floor(p.z / near->cell_mm)};
}

/* Mixes the three numbers (Teschner et al. 2003, Optimized spatial hashing). */
static size_t bucket_of(const np_near *near, cell c)
{
    uint64_t h = (uint64_t)c.x * 73856093u ^ (uint64_t)c.y * 19349663u ^ (uint64_t)c.z * 83492791u;
    h ^= h >> 29;
    return (size_t)(h % near->n_buckets);
}

np_status np_near_init(np_near *near, const np_vec3 *points, size_t n, double cell_mm, np_error *err)
{
    *near = (np_near){.points = points, .n = n, .cell_mm = cell_mm, .n_buckets = 2 * n + 1};
    near->begin = calloc(near->n_buckets + 2, sizeof *near->begin);
    near->items = malloc((n + 1) * sizeof *near->items);
    if (!near->begin || !near->items) {
        np_near_fini(near);
        return np_error_no_memory(err, "the spacing check");
    }
    /* Counting sort: sizes two places on, their sums one place on, and filling moves them into place. */
    for (size_t i = 0; i < n; i++)
        near->begin[bucket_of(near, cell_of(near, points[i])) + 2]++;
    for (size_t b = 2; b < near->n_buckets + 2; b++)
        near->begin[b] += near->begin[b - 1];
    for (size_t i = 0; i < n; i++)
        near->items[near->begin[bucket_of(near, cell_of(near, points[i])) + 1]++] = (uint32_t)i;
    return NP_OK;
}

void np_near_fini(np_near *near)
{
    free(near->begin);
    free(near->items);
    *near = (np_near){0};
}

size_t np_near_nearest(const np_near *near, size_t i, double limit_mm, double *out_mm)
{
    np_vec3 p = near->points[i];
    cell home = cell_of(near, p);
    int64_t reach = (int64_t)ceil(limit_mm / near->cell_mm);
    double best2 = limit_mm * limit_mm;
    size_t best = SIZE_MAX;
    for (int64_t x = -reach; x <= reach; x++)
        for (int64_t y = -reach; y <= reach; y++)
            for (int64_t z = -reach; z <= reach; z++) {
                size_t b = bucket_of(near, (cell){home.x + x, home.y + y, home.z + z});
                for (uint32_t k = near->begin[b]; k < near->begin[b + 1]; k++) {
                    size_t j = near->items[k];
                    double d2 = np_vec3_distance2(p, near->points[j]);
                    if (j != i && (d2 < best2 || (d2 == best2 && best != SIZE_MAX && j < best))) {
                        best2 = d2;
                        best = j;
                    }
                }
            }
    *out_mm = sqrt(best2);
    return best;
}
