/* Regions from a function: the part of the scan where it is positive.
 *
 * The treated skin (treated.h) is cut out where the function is positive, and its borders become the region's, loop by loop, as the treated
 * skin keeps its triangles on the left of them.  So a combination of regions is a region like any other: of several pieces, with
 * holes, and with true distances from its border, which the function that it was cut by need not have. */
#include <stdlib.h>

#include "base/grow.h"
#include "surface/private/curve.h"
#include "surface/private/region.h"
#include "surface/topology.h"
#include "surface/treated.h"

#define MAX_EDGE_MM 2.0
/* Points of a border nearer than this are one. */
#define APART_MM 0.3
/* The function is at most this on a border; where it is more all along, the scan ends there or has a hole. */
#define ON_BORDER_MM 0.1

#define NONE UINT32_MAX

typedef struct cutting {
    const np_surface *surface;
    const np_region_where *where;
    const char *name;
    np_treated treated;
    np_topology topology;
    uint32_t *piece;    /* of each triangle, NONE while not known */
    double *area_mm2;   /* of each piece */
    uint32_t n_pieces;  /* at most n_triangles */
    uint32_t *next;     /* the vertex behind each one on its border, NONE inside */
    uint32_t *triangle; /* beside the border from each vertex on */
    np_vec3 *loop;      /* points of one border, n_vertices at most */
    np_curve **curves;
    size_t n_curves, curve_capacity;
} cutting;

static void cutting_fini(cutting *c)
{
    for (size_t i = 0; i < c->n_curves; i++)
        np_curve_destroy(c->curves[i]);
    free(c->curves);
    free(c->loop);
    free(c->triangle);
    free(c->next);
    free(c->area_mm2);
    free(c->piece);
    np_topology_fini(&c->topology);
    np_treated_fini(&c->treated);
}

static np_status cutting_init(cutting *c, np_error *err)
{
    const np_mesh *mesh = &c->treated.mesh;
    np_status status = np_topology_init(&c->topology, mesh, err);
    if (status != NP_OK)
        return status;
    c->piece = malloc(mesh->n_triangles * sizeof *c->piece);
    c->area_mm2 = calloc(mesh->n_triangles, sizeof *c->area_mm2);
    c->next = malloc(mesh->n_vertices * sizeof *c->next);
    c->triangle = malloc(mesh->n_vertices * sizeof *c->triangle);
    c->loop = malloc(mesh->n_vertices * sizeof *c->loop);
    if (!c->piece || !c->area_mm2 || !c->next || !c->triangle || !c->loop)
        return np_error_no_memory(err, c->name);
    for (size_t t = 0; t < mesh->n_triangles; t++)
        c->piece[t] = NONE;
    for (size_t v = 0; v < mesh->n_vertices; v++)
        c->next[v] = NONE;
    return NP_OK;
}

/* Numbers the pieces: triangles that hang together by edges. */
static np_status find_pieces(cutting *c, np_error *err)
{
    const np_mesh *mesh = &c->treated.mesh;
    uint32_t *stack = malloc(mesh->n_triangles * sizeof *stack);
    if (!stack)
        return np_error_no_memory(err, c->name);
    for (uint32_t first = 0; first < mesh->n_triangles; first++) {
        size_t n = 0;
        if (c->piece[first] != NONE)
            continue;
        stack[n++] = first;
        c->piece[first] = c->n_pieces;
        while (n > 0) {
            uint32_t t = stack[--n];
            c->area_mm2[c->n_pieces] += np_mesh_triangle_area_mm2(mesh, t);
            for (int k = 0; k < 3; k++) {
                uint32_t beside = np_topology_across(&c->topology, t, k);
                if (beside == NP_NO_TRIANGLE || c->piece[beside] != NONE)
                    continue;
                c->piece[beside] = c->n_pieces;
                stack[n++] = beside;
            }
        }
        c->n_pieces++;
    }
    free(stack);
    return NP_OK;
}

static np_status find_borders(cutting *c, np_error *err)
{
    const np_mesh *mesh = &c->treated.mesh;
    for (uint32_t t = 0; t < mesh->n_triangles; t++)
        for (int k = 0; k < 3; k++) {
            uint32_t a = mesh->triangles[t].v[k], b = mesh->triangles[t].v[(k + 1) % 3];
            if (np_topology_across(&c->topology, t, k) != NP_NO_TRIANGLE)
                continue;
            np_vec3 at = np_similarity_revert(&c->surface->from_file, mesh->vertices[a]);
            if (c->next[a] != NONE)
                return np_error_set(err, NP_ERR_GEOMETRY,
                                    "%s: the border runs over a place where the scan is no surface, at [%.2f, %.2f, "
                                    "%.2f] in the scan file's coordinates; repair the scan there",
                                    c->name, at.x, at.y, at.z);
            c->next[a] = b;
            c->triangle[a] = t;
        }
    return NP_OK;
}

/* Whether the function ends at border vertex V, and not just the scan. */
static bool is_cut_at(const cutting *c, uint32_t v)
{
    double weight[3];
    uint32_t in_scan = c->treated.scan_triangle[c->triangle[v]];
    np_mesh_closest(&c->surface->mesh, in_scan, c->treated.mesh.vertices[v], weight);
    np_surface_point p = np_mesh_point(&c->surface->mesh, c->surface->normals, in_scan, weight);
    return c->where->inside(c->where->context, &p) <= ON_BORDER_MM;
}

/* Takes the border from FIRST on into LOOP, and off the list; how many points it keeps.  *OUT_CUT: it is not only an edge of the scan. */
static size_t take_loop(cutting *c, uint32_t first, double *out_area_mm2, bool *out_cut)
{
    const np_vec3 *vertices = c->treated.mesh.vertices;
    np_vec3 area = {0}, origin = vertices[first];
    size_t n = 0;
    *out_cut = false;
    for (uint32_t v = first, next; c->next[v] != NONE; v = next) {
        next = c->next[v];
        c->next[v] = NONE;
        area = np_vec3_add(area, np_vec3_cross(np_vec3_sub(vertices[v], origin), np_vec3_sub(vertices[next], origin)));
        *out_cut = *out_cut || is_cut_at(c, v);
        if (n == 0 || (np_vec3_distance(c->loop[n - 1], vertices[v]) >= APART_MM &&
                       np_vec3_distance(origin, vertices[v]) >= APART_MM))
            c->loop[n++] = vertices[v];
    }
    *out_area_mm2 = np_vec3_length(area) / 2;
    return n;
}

/* Whether all that is on a border is on one. */
static bool is_one_loop(const cutting *c)
{
    size_t n = 0, along = 0;
    uint32_t first = NONE;
    for (uint32_t v = 0; v < c->treated.mesh.n_vertices; v++)
        if (c->next[v] != NONE) {
            first = v;
            n++;
        }
    for (uint32_t v = first; v != NONE && along < n && (along == 0 || v != first); v = c->next[v])
        along++;
    return along == n;
}

/* Borders of pieces and holes that are large enough become curves. */
static np_status draw_borders(cutting *c, double least_mm2, const np_progress *progress, np_error *err)
{
    np_status status = NP_OK;
    /* Of several borders the nearest says what is inside. */
    const double within_mm = c->where->within_mm > 0 && is_one_loop(c) ? c->where->within_mm : INFINITY;
    for (uint32_t v = 0; v < c->treated.mesh.n_vertices && status == NP_OK; v++) {
        if (c->next[v] == NONE)
            continue;
        double piece_mm2 = c->area_mm2[c->piece[c->triangle[v]]], loop_mm2;
        bool cut;
        size_t n = take_loop(c, v, &loop_mm2, &cut);
        if (!cut || n < 3 || piece_mm2 < least_mm2 || loop_mm2 < least_mm2)
            continue;
        status = NP_GROW(c->curves, c->curve_capacity, c->n_curves + 1, c->name, err);
        if (status == NP_OK)
            status = surface_curve_create_within(c->surface, c->name, c->loop, n, true, within_mm, progress,
                                                 &c->curves[c->n_curves], err);
        c->n_curves += status == NP_OK;
    }
    return status;
}

static np_status is_empty(const cutting *c, double least_mm2, np_error *err)
{
    double largest = 0, kept = 0;
    for (uint32_t i = 0; i < c->n_pieces; i++) {
        largest = fmax(largest, c->area_mm2[i]);
        kept += c->area_mm2[i] >= least_mm2 ? c->area_mm2[i] : 0;
    }
    if (c->n_pieces == 0)
        return np_error_set(err, NP_ERR_GEOMETRY,
                            "%s: nothing of the scan lies in it (what is narrower than 3 mm counts as nothing); look "
                            "where its parts lie",
                            c->name);
    if (kept < 100 * SURFACE_REGION_LEAST_CM2)
        return np_error_set(err, NP_ERR_GEOMETRY,
                            "%s: next to nothing of the scan lies in it: %u pieces, the largest of %.2f cm2; at least "
                            "%.1f cm2 are needed",
                            c->name, c->n_pieces, largest / 100, SURFACE_REGION_LEAST_CM2);
    if (c->n_curves == 0)
        return np_error_set(err, NP_ERR_GEOMETRY, "%s: it has no border: all of the scan lies in it", c->name);
    return NP_OK;
}

np_status np_region_create_where(const np_surface *surface, const char *name, const np_region_where *where,
                                 double least_cm2, const np_progress *progress, np_region **out_region, np_error *err)
{
    cutting c = {.surface = surface, .where = where, .name = name};
    double least_mm2 = 100 * least_cm2;
    *out_region = NULL;
    np_status status = np_treated_init(&c.treated, surface, where->inside, where->context, MAX_EDGE_MM, err);
    if (status == NP_ERR_GEOMETRY)
        return is_empty(&c, least_mm2, err);
    if (status == NP_OK)
        status = cutting_init(&c, err);
    if (status == NP_OK)
        status = find_pieces(&c, err);
    if (status == NP_OK)
        status = find_borders(&c, err);
    if (status == NP_OK)
        status = draw_borders(&c, least_mm2, progress, err);
    if (status == NP_OK)
        status = is_empty(&c, least_mm2, err);
    if (status == NP_OK) {
        status = np_region_create_left(name, c.curves, c.n_curves, out_region, err);
        c.n_curves = 0; /* taken over */
    }
    cutting_fini(&c);
    return status;
}
