/* Linking triangles, and walking over them.  Walking is plain unfolding: within a triangle a straight line is
 * linear in the barycentric weights, and at an edge the step keeps its part along the edge and turns the rest
 * into the next plane. */
#include "dots/private/surface.h"

#include "dots/private/clearings.h"
#include "surface/topology.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* More triangles than any step crosses; only a path around a degenerate fan gets there, and it simply ends.
 */
#define WALK_TRIANGLES_MAX 256

/* ---- linking ---- */

static np_status link_triangles(dots_surface *surface, np_error *err)
{
    np_topology topology = {0};
    np_status status = np_topology_init(&topology, surface->mesh, err);
    bool same_way;
    for (uint32_t t = 0; status == NP_OK && t < surface->mesh->n_triangles; t++)
        for (uint32_t c = 0; c < 3; c++)
            surface->across[3 * t + c] = np_topology_beside(&topology, t, (int)(c + 1) % 3, &same_way);
    np_topology_fini(&topology);
    return status;
}

static np_status list_borders(dots_surface *surface, np_error *err)
{
    size_t slots = 3 * surface->mesh->n_triangles, n = 0;
    for (size_t i = 0; i < slots; i++)
        n += surface->across[i] == NP_NO_TRIANGLE;
    surface->open_edges = malloc((n ? n : 1) * sizeof *surface->open_edges);
    if (!surface->open_edges)
        return np_error_no_memory(err, "the borders of the surface");
    for (size_t i = 0; i < slots; i++)
        if (surface->across[i] == NP_NO_TRIANGLE)
            surface->open_edges[surface->n_open_edges++] = (dots_open_edge){(uint32_t)(i / 3), (uint32_t)(i % 3)};
    return NP_OK;
}

np_status dots_surface_init(dots_surface *surface, const np_mesh *mesh, const np_vec3 *normals,
                            const double *density_per_cm2, const int32_t *layer, const int32_t *first_session,
                            np_error *err)
{
    *surface = (dots_surface){.mesh = mesh, .normals = normals, .layer = layer, .one_zone = true};
    size_t n = mesh->n_vertices, slots = 3 * mesh->n_triangles;
    surface->density = malloc((n ? n : 1) * sizeof(double));
    surface->local_density = malloc((n ? n : 1) * sizeof(double));
    surface->across = malloc((slots ? slots : 1) * sizeof(uint32_t));
    surface->zone = malloc((n ? n : 1) * sizeof(int32_t));
    if (!surface->density || !surface->local_density || !surface->across || !surface->zone)
        return np_error_no_memory(err, "the surface to be dotted");
    memcpy(surface->density, density_per_cm2, n * sizeof(double));
    memcpy(surface->local_density, density_per_cm2, n * sizeof(double));
    surface->longest_edge_mm = np_mesh_longest_edge_mm(mesh);
    for (size_t i = 0; i < n; i++) {
        surface->zone[i] = layer[i] * 64 + (first_session ? first_session[i] : 1);
        surface->one_zone = surface->one_zone && surface->zone[i] == surface->zone[0];
    }
    np_status status = link_triangles(surface, err);
    return status == NP_OK ? list_borders(surface, err) : status;
}

void dots_surface_fini(dots_surface *surface)
{
    free(surface->density);
    free(surface->local_density);
    free(surface->across);
    free(surface->zone);
    free(surface->open_edges);
    free(surface->clearings.pins);
    free(surface->clearings.depth_mm);
    np_near_fini(&surface->clearings.grid);
    *surface = (dots_surface){0};
}

/* ---- values at a spot ---- */

static inline double blend(const double *value, const np_triangle *t, const double w[3])
{
    return w[0] * value[t->v[0]] + w[1] * value[t->v[1]] + w[2] * value[t->v[2]];
}

static inline np_vec3 blend_vec3(const np_vec3 *value, const np_triangle *t, const double w[3])
{
    np_vec3 p = np_vec3_scale(value[t->v[0]], w[0]);
    p = np_vec3_mad(p, value[t->v[1]], w[1]);
    return np_vec3_mad(p, value[t->v[2]], w[2]);
}

np_vec3 dots_surface_position(const dots_surface *surface, const dots_spot *spot)
{
    return blend_vec3(surface->mesh->vertices, &surface->mesh->triangles[spot->triangle], spot->weight);
}

double dots_surface_density(const dots_surface *surface, const dots_spot *spot)
{
    double density = blend(surface->density, &surface->mesh->triangles[spot->triangle], spot->weight);
    return density > 0 && dots_clearings_cover(surface, spot) ? 0 : density;
}

double dots_surface_local_density(const dots_surface *surface, const dots_spot *spot)
{
    return blend(surface->local_density, &surface->mesh->triangles[spot->triangle], spot->weight);
}

uint32_t dots_surface_corner(const dots_surface *surface, const dots_spot *spot)
{
    const double *w = spot->weight;
    int c = w[1] > w[0] ? (w[2] > w[1] ? 2 : 1) : (w[2] > w[0] ? 2 : 0);
    return surface->mesh->triangles[spot->triangle].v[c];
}

bool dots_surface_same_zone(const dots_surface *surface, const dots_spot *a, const dots_spot *b)
{
    return surface->one_zone ||
           surface->zone[dots_surface_corner(surface, a)] == surface->zone[dots_surface_corner(surface, b)];
}

np_vec3 dots_surface_area2(const dots_surface *surface, uint32_t triangle)
{
    const np_triangle *t = &surface->mesh->triangles[triangle];
    const np_vec3 *v = surface->mesh->vertices;
    return np_vec3_cross(np_vec3_sub(v[t->v[1]], v[t->v[0]]), np_vec3_sub(v[t->v[2]], v[t->v[0]]));
}

np_vec3 dots_surface_normal(const dots_surface *surface, const dots_spot *spot)
{
    np_vec3 n = blend_vec3(surface->normals, &surface->mesh->triangles[spot->triangle], spot->weight);
    if (np_vec3_length(n) < 1e-6)
        n = dots_surface_area2(surface, spot->triangle);
    return np_vec3_normalize(n);
}

bool dots_surface_frame(const dots_surface *surface, uint32_t triangle, np_vec3 *out_u, np_vec3 *out_v)
{
    const np_triangle *t = &surface->mesh->triangles[triangle];
    const np_vec3 *v = surface->mesh->vertices;
    np_vec3 n = np_vec3_normalize(dots_surface_area2(surface, triangle));
    *out_u = np_vec3_normalize(np_vec3_sub(v[t->v[1]], v[t->v[0]]));
    *out_v = np_vec3_cross(n, *out_u);
    return np_vec3_length(*out_v) > 0.5;
}

/* ---- walking ---- */

/* How fast the weights of triangle T's corners change along STEP; false when T has no area. */
static bool weight_rates(const np_vec3 *v, const np_triangle *t, np_vec3 step, double rate[3])
{
    np_vec3 e1 = np_vec3_sub(v[t->v[1]], v[t->v[0]]), e2 = np_vec3_sub(v[t->v[2]], v[t->v[0]]);
    double g11 = np_vec3_dot(e1, e1), g12 = np_vec3_dot(e1, e2), g22 = np_vec3_dot(e2, e2);
    double determinant = g11 * g22 - g12 * g12;
    if (!(determinant > 1e-12 * g11 * g22))
        return false;
    double b1 = np_vec3_dot(step, e1), b2 = np_vec3_dot(step, e2);
    rate[1] = (g22 * b1 - g12 * b2) / determinant;
    rate[2] = (g11 * b2 - g12 * b1) / determinant;
    rate[0] = -rate[1] - rate[2];
    return true;
}

static void tidy(double w[3])
{
    for (int c = 0; c < 3; c++)
        w[c] = w[c] > 0 ? w[c] : 0;
    double sum = w[0] + w[1] + w[2];
    assert(sum > 0);
    for (int c = 0; c < 3; c++)
        w[c] /= sum;
}

/* Carries SPOT (on the edge opposite CORNER) and STEP over that edge into the triangle NEXT. */
static bool cross_edge(const dots_surface *surface, dots_spot *spot, uint32_t corner, uint32_t next, np_vec3 *step)
{
    const np_vec3 *v = surface->mesh->vertices;
    const np_triangle *from = &surface->mesh->triangles[spot->triangle], *to = &surface->mesh->triangles[next];
    uint32_t a = from->v[(corner + 1) % 3], b = from->v[(corner + 2) % 3];
    double w[3] = {0, 0, 0};
    np_vec3 apex = v[a];
    for (int c = 0; c < 3; c++) {
        if (to->v[c] == a)
            w[c] = spot->weight[(corner + 1) % 3];
        else if (to->v[c] == b)
            w[c] = spot->weight[(corner + 2) % 3];
        else
            apex = v[to->v[c]];
    }
    /* keep the part along the edge, turn the rest to point from the edge to the new apex */
    np_vec3 along = np_vec3_normalize(np_vec3_sub(v[b], v[a]));
    np_vec3 inward = np_vec3_normalize(np_vec3_reject(np_vec3_sub(apex, v[a]), along));
    double part = np_vec3_dot(*step, along);
    double rest = np_vec3_length(np_vec3_reject(*step, along));
    if (np_vec3_length(inward) < 0.5)
        return false;
    *step = np_vec3_mad(np_vec3_scale(along, part), inward, rest);
    spot->triangle = next;
    memcpy(spot->weight, w, sizeof w);
    tidy(spot->weight);
    return true;
}

bool dots_surface_walk(const dots_surface *surface, dots_spot *spot, np_vec3 step)
{
    const np_mesh *mesh = surface->mesh;
    for (int crossed = 0; crossed < WALK_TRIANGLES_MAX; crossed++) {
        assert(spot->triangle < mesh->n_triangles);
        double rate[3], *w = spot->weight, t = 1;
        uint32_t corner = 3;
        if (!weight_rates(mesh->vertices, &mesh->triangles[spot->triangle], step, rate))
            return false;
        for (uint32_t c = 0; c < 3; c++)
            if (rate[c] < 0 && w[c] < -t * rate[c]) {
                t = w[c] / -rate[c];
                corner = c;
            }
        for (int c = 0; c < 3; c++)
            w[c] += t * rate[c];
        if (corner == 3) {
            tidy(w);
            return true;
        }
        w[corner] = 0;
        tidy(w);
        uint32_t next = surface->across[3 * spot->triangle + corner];
        /* the step must lie in this triangle's plane before it is turned into the next one's */
        np_vec3 n = np_vec3_normalize(dots_surface_area2(surface, spot->triangle));
        step = np_vec3_scale(np_vec3_reject(step, n), 1 - t);
        if (next == NP_NO_TRIANGLE || !cross_edge(surface, spot, corner, next, &step))
            return false;
    }
    return true;
}

void dots_surface_slide(const dots_surface *surface, dots_spot *spot, np_vec3 step)
{
    dots_spot ahead = *spot;
    if (dots_surface_walk(surface, &ahead, step)) {
        *spot = ahead;
        return;
    }
    const np_triangle *t = &surface->mesh->triangles[ahead.triangle];
    for (uint32_t c = 0; c < 3; c++) {
        if (ahead.weight[c] > 0 || surface->across[3 * ahead.triangle + c] != NP_NO_TRIANGLE)
            continue;
        /* again from the start, with what of the step goes along the border */
        const np_vec3 *v = surface->mesh->vertices;
        np_vec3 along = np_vec3_normalize(np_vec3_sub(v[t->v[(c + 2) % 3]], v[t->v[(c + 1) % 3]]));
        ahead = *spot;
        dots_surface_walk(surface, &ahead, np_vec3_scale(along, np_vec3_dot(step, along)));
        break;
    }
    *spot = ahead;
}

/* ---- nearest ---- */

dots_spot dots_surface_nearest(const dots_surface *surface, np_vec3 point, double *out_distance_mm)
{
    dots_spot spot = {0};
    spot.triangle = np_mesh_nearest(surface->mesh, surface->longest_edge_mm, point, spot.weight, out_distance_mm);
    assert(spot.triangle < surface->mesh->n_triangles);
    return spot;
}
