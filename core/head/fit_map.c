/* The outermost surface on a grid, seen along an axis: noses, ears and holes show on it. */
#include "head/private/fit.h"

#include <stdlib.h>
#include <string.h>

static double along(np_vec3 p, int axis)
{
    return axis == 0 ? p.x : axis == 1 ? p.y : p.z;
}

np_status fit_map_init(fit_map *map, const fit_cloud *cloud, fit_map_axes axes, const double u[2], const double v[2],
                       double step, double x_min, np_error *err)
{
    *map = (fit_map){.nu = (int)((u[1] - u[0]) / step) + 1, .nv = (int)((v[1] - v[0]) / step) + 1};
    map->u0 = u[0], map->v0 = v[0], map->step = step;
    size_t cells = (size_t)map->nu * (size_t)map->nv;
    map->depth = malloc(cells * sizeof *map->depth);
    map->empty = malloc(cells * sizeof *map->empty);
    if (!map->depth || !map->empty)
        return np_error_no_memory(err, "a map of the head");
    for (size_t k = 0; k < cells; k++)
        map->depth[k] = -INFINITY;
    for (size_t k = 0; k < cloud->count; k++) {
        np_vec3 p = cloud->p[k];
        double i = round((along(p, axes.u) - u[0]) / step), j = round((along(p, axes.v) - v[0]) / step);
        if (p.x > x_min && i >= 0 && i < map->nu && j >= 0 && j < map->nv) {
            double *cell = &map->depth[(size_t)i * (size_t)map->nv + (size_t)j];
            *cell = fmax(*cell, axes.sign * along(p, axes.axis));
        }
    }
    for (size_t k = 0; k < cells; k++)
        map->empty[k] = map->depth[k] == -INFINITY;
    return NP_OK;
}

void fit_map_fini(fit_map *map)
{
    free(map->depth);
    free(map->empty);
    *map = (fit_map){0};
}

/* The depth of the known cell nearest to (I, J); 0 where none is known. */
static double nearest_known(const fit_map *map, int i, int j)
{
    double best = 0;
    int best2 = -1;
    for (int a = 0; a < map->nu; a++)
        for (int b = 0; b < map->nv; b++) {
            int d2 = (a - i) * (a - i) + (b - j) * (b - j);
            if (!map->empty[a * map->nv + b] && (best2 < 0 || d2 < best2)) {
                best2 = d2;
                best = map->depth[a * map->nv + b];
            }
        }
    return best;
}

void fit_map_fill(fit_map *map)
{
    for (int i = 0; i < map->nu; i++)
        for (int j = 0; j < map->nv; j++)
            if (map->empty[i * map->nv + j])
                map->depth[i * map->nv + j] = nearest_known(map, i, j);
}

void fit_smooth(double *values, int n, int stride, double sigma)
{
    double out[512];
    int reach = (int)(4 * sigma + 0.5);
    for (int i = 0; i < n; i++) {
        double sum = 0, weight = 0;
        for (int d = -reach; d <= reach; d++) {
            int k = i + d < 0 ? -(i + d) - 1 : i + d;
            k = k >= n ? 2 * n - 1 - k : k;
            double w = exp(-0.5 * d * d / (sigma * sigma));
            sum += w * values[k * stride];
            weight += w;
        }
        out[i] = sum / weight;
    }
    for (int i = 0; i < n; i++)
        values[i * stride] = out[i];
}
