/* Skin that the scanner did not see is still there, and the neck goes on where a scan ends.
 *
 * A hole gets a tent: its rim's triangles meet over its middle, as high as the skin at the rim would rise if it went on
 * straight, which on a round head is higher than the skin that is missing.  The largest hole that looks down is where the
 * neck was cut: the neck goes on straight down from its rim.  Slits that the tool could not get into are left as they are. */
#include "arm/private/cover.h"

#include <stdlib.h>

#include "base/angle.h"
#include "base/grow.h"
#include "surface/topology.h"

/* Narrower than this no tool gets between the rims. */
#define SLIT_MM 2.0
#define CUT_MIN_MM2 2000.0
#define CUT_MAX_NORMAL_Z (-0.5)
#define NECK_MM 150.0
/* A rim is rough: no tent is steeper. */
#define STEEPEST 0.6

typedef struct rim {
    size_t begin, n; /* in the list of corners */
    np_vec3 middle, normal;
    double area_mm2, length_mm;
} rim;

typedef struct cover {
    const np_surface *surface;
    uint32_t *corner; /* vertices along the rims, the hole on their left */
    rim *rims;
    size_t n_corners, corners_room, n_rims, rims_room;
    np_mesh mesh;
    size_t vertices_room, triangles_room;
} cover;

/* ---- rims ---- */

/* Where the rim goes on from a vertex; UINT32_MAX: nowhere.  A vertex at which two rims touch goes on along one of them. */
static uint32_t *find_rim_edges(const np_mesh *mesh, np_error *err)
{
    np_topology topology = {0};
    uint32_t *next = malloc(mesh->n_vertices * sizeof *next);
    if (!next || np_topology_init(&topology, mesh, err) != NP_OK) {
        free(next);
        np_error_no_memory(err, "the holes of the scan");
        return NULL;
    }
    for (size_t v = 0; v < mesh->n_vertices; v++)
        next[v] = UINT32_MAX;
    for (size_t t = 0; t < mesh->n_triangles; t++)
        for (int k = 0; k < 3; k++)
            if (np_topology_across(&topology, (uint32_t)t, k) == NP_NO_TRIANGLE)
                next[mesh->triangles[t].v[(k + 1) % 3]] = mesh->triangles[t].v[k];
    np_topology_fini(&topology);
    return next;
}

static void measure(const cover *c, rim *r)
{
    const np_vec3 *vertices = c->surface->mesh.vertices;
    np_vec3 sum = {0, 0, 0}, area = {0, 0, 0}, first = vertices[c->corner[r->begin]];
    for (size_t i = 0; i < r->n; i++) {
        np_vec3 a = vertices[c->corner[r->begin + i]], b = vertices[c->corner[r->begin + (i + 1) % r->n]];
        double length = np_vec3_distance(a, b);
        sum = np_vec3_mad(sum, np_vec3_lerp(a, b, 0.5), length);
        r->length_mm += length;
        area = np_vec3_mad(area, np_vec3_cross(np_vec3_sub(a, first), np_vec3_sub(b, first)), 0.5);
    }
    r->area_mm2 = np_vec3_length(area);
    r->normal = np_vec3_normalize(area);
    r->middle = r->length_mm > 0 ? np_vec3_scale(sum, 1 / r->length_mm) : first;
}

/* Follows the rim from START and takes its edges away. */
static np_status follow(cover *c, uint32_t *next, uint32_t start, np_error *err)
{
    rim r = {.begin = c->n_corners};
    for (uint32_t v = start, to; (to = next[v]) != UINT32_MAX; v = to) {
        np_status status = NP_GROW(c->corner, c->corners_room, c->n_corners + 1, "the holes of the scan", err);
        if (status != NP_OK)
            return status;
        c->corner[c->n_corners++] = v;
        next[v] = UINT32_MAX;
    }
    r.n = c->n_corners - r.begin;
    measure(c, &r);
    if (r.n < 3 || 2 * r.area_mm2 < SLIT_MM * r.length_mm)
        return NP_OK;
    np_status status = NP_GROW(c->rims, c->rims_room, c->n_rims + 1, "the holes of the scan", err);
    if (status == NP_OK)
        c->rims[c->n_rims++] = r;
    return status;
}

static np_status find_rims(cover *c, np_error *err)
{
    const np_mesh *mesh = &c->surface->mesh;
    uint32_t *next = find_rim_edges(mesh, err);
    if (!next)
        return NP_ERR_NO_MEMORY;
    np_status status = NP_OK;
    for (size_t v = 0; status == NP_OK && v < mesh->n_vertices; v++)
        if (next[v] != UINT32_MAX)
            status = follow(c, next, (uint32_t)v, err);
    free(next);
    return status;
}

/* The rim where the neck was cut; NULL if there is none. */
static const rim *find_cut(const cover *c)
{
    const rim *cut = NULL;
    for (size_t i = 0; i < c->n_rims; i++) {
        const rim *r = &c->rims[i];
        if (r->area_mm2 >= CUT_MIN_MM2 && r->normal.z <= CUT_MAX_NORMAL_Z && (!cut || r->area_mm2 > cut->area_mm2))
            cut = r;
    }
    return cut;
}

/* ---- triangles ---- */

static np_vec3 corner_at(const cover *c, const rim *r, size_t i)
{
    return c->surface->mesh.vertices[c->corner[r->begin + i % r->n]];
}

/* How high above the rim's middle the skin at the rim would meet. */
static double tent_height_mm(const cover *c, const rim *r)
{
    double sum = 0, width = 0;
    for (size_t i = 0; i < r->n; i++) {
        np_vec3 normal = c->surface->normals[c->corner[r->begin + i]], at = corner_at(c, r, i);
        double slope = np_vec3_dot(normal, r->normal), off = np_vec3_distance(at, r->middle);
        if (slope > 0.2)
            sum += fmax(0, fmin(STEEPEST * off, np_vec3_dot(normal, np_vec3_sub(at, r->middle)) / slope));
        width += off;
    }
    return fmin(sum / (double)r->n, STEEPEST * width / (double)r->n);
}

/* Room for N more vertices and triangles. */
static np_status reserve(cover *c, size_t n, np_error *err)
{
    np_mesh *m = &c->mesh;
    np_status status = NP_GROW(m->vertices, c->vertices_room, m->n_vertices + n, "the cover of holes", err);
    return status != NP_OK ? status
                           : NP_GROW(m->triangles, c->triangles_room, m->n_triangles + n, "the cover of holes", err);
}

/* A ring of the rim's corners, moved by SHIFT; returns the number of the first. */
static uint32_t add_ring(cover *c, const rim *r, np_vec3 shift)
{
    np_mesh *m = &c->mesh;
    uint32_t first = (uint32_t)m->n_vertices;
    for (size_t i = 0; i < r->n; i++)
        m->vertices[m->n_vertices++] = np_vec3_add(corner_at(c, r, i), shift);
    return first;
}

static void add_fan(cover *c, const rim *r, uint32_t ring, np_vec3 top)
{
    np_mesh *m = &c->mesh;
    uint32_t apex = (uint32_t)m->n_vertices, n = (uint32_t)r->n;
    m->vertices[m->n_vertices++] = top;
    for (uint32_t i = 0; i < n; i++)
        m->triangles[m->n_triangles++] = (np_triangle){{ring + i, ring + (i + 1) % n, apex}};
}

static np_status add_tent(cover *c, const rim *r, np_error *err)
{
    np_status status = reserve(c, r->n + 1, err);
    if (status == NP_OK)
        add_fan(c, r, add_ring(c, r, np_vec3_make(0, 0, 0)), np_vec3_mad(r->middle, r->normal, tent_height_mm(c, r)));
    return status;
}

static np_status add_neck(cover *c, const rim *r, np_error *err)
{
    np_vec3 down = {0, 0, -NECK_MM};
    np_status status = reserve(c, 3 * r->n + 1, err);
    if (status != NP_OK)
        return status;
    np_mesh *m = &c->mesh;
    uint32_t above = add_ring(c, r, np_vec3_make(0, 0, 0)), below = add_ring(c, r, down), n = (uint32_t)r->n;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t j = (i + 1) % n;
        m->triangles[m->n_triangles++] = (np_triangle){{above + i, above + j, below + j}};
        m->triangles[m->n_triangles++] = (np_triangle){{above + i, below + j, below + i}};
    }
    add_fan(c, r, below, np_vec3_add(r->middle, down));
    return NP_OK;
}

np_status arm_cover_create(const np_surface *surface, np_mesh *out_cover, np_error *err)
{
    cover c = {.surface = surface};
    np_status status = find_rims(&c, err);
    const rim *cut = find_cut(&c);
    for (size_t i = 0; status == NP_OK && i < c.n_rims; i++)
        status = &c.rims[i] == cut ? add_neck(&c, cut, err) : add_tent(&c, &c.rims[i], err);
    free(c.corner);
    free(c.rims);
    if (status != NP_OK)
        np_mesh_fini(&c.mesh);
    *out_cover = c.mesh;
    return status;
}

/* ---- eyes ---- */

/* Of a ball's triangles: from pole to pole, and around.  Half the diagonal of such a cell is 15.9 degrees, whose cosine times ARM_BALL_ROUGHNESS is more
 * than 1: the triangles' planes do not cut into what the ball holds. */
enum { BALL_RINGS = 8, BALL_STEPS = 16 };

np_status arm_cover_add_ball(np_mesh *mesh, np_vec3 middle, double radius_mm, np_error *err)
{
    size_t vertices_room = mesh->n_vertices, triangles_room = mesh->n_triangles;
    uint32_t first = (uint32_t)mesh->n_vertices;
    const char *what = "what is kept clear before the eyes";
    np_status status =
        NP_GROW(mesh->vertices, vertices_room, mesh->n_vertices + (BALL_RINGS + 1) * BALL_STEPS, what, err);
    if (status == NP_OK)
        status = NP_GROW(mesh->triangles, triangles_room, mesh->n_triangles + 2 * BALL_RINGS * BALL_STEPS, what, err);
    if (status != NP_OK)
        return status;
    for (int i = 0; i <= BALL_RINGS; i++)
        for (int k = 0; k < BALL_STEPS; k++) {
            double down = NP_PI * i / BALL_RINGS, turn = NP_TWO_PI * k / BALL_STEPS;
            np_vec3 d = {sin(down) * cos(turn), sin(down) * sin(turn), cos(down)};
            mesh->vertices[mesh->n_vertices++] = np_vec3_mad(middle, d, ARM_BALL_ROUGHNESS * radius_mm);
        }
    for (uint32_t i = 0; i < BALL_RINGS; i++)
        for (uint32_t k = 0; k < BALL_STEPS; k++) {
            uint32_t above = first + i * BALL_STEPS, below = above + BALL_STEPS, next = (k + 1) % BALL_STEPS;
            if (i > 0)
                mesh->triangles[mesh->n_triangles++] = (np_triangle){{above + k, below + k, above + next}};
            if (i + 1 < BALL_RINGS)
                mesh->triangles[mesh->n_triangles++] = (np_triangle){{above + next, below + k, below + next}};
        }
    return NP_OK;
}
