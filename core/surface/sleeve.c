/* The funnel in the unfolded sleeve, then the sleeve led round the vertices that the path touches; sleeve.h names the papers. */
#include "surface/private/sleeve.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"

/* A path never runs through a vertex or along an edge: it passes a corner at this share of the edge, nanometres away, so
 * that every later question (which side, which triangle) has one answer. */
#define CORNER_CLEARANCE 1e-6

#define MAX_REROUTES 2000

typedef struct vec2 {
    double x, y;
} vec2;

/* The edges of the sleeve, unfolded into the plane, as seen by one who walks from A to B. */
typedef struct funnel {
    vec2 *left, *right; /* n: the start, the sleeve's edges, the end */
    size_t *corner;     /* the funnel's path: which of the edges it turns at */
    bool *turns_left;   /* and at which of its ends */
    size_t n, n_corners;
} funnel;

/* Makes room for N triangles and their crossings. */
static np_status reserve(surface_sleeve *sleeve, size_t n, np_error *err)
{
    np_status status = NP_GROW(sleeve->triangles, sleeve->capacity, n, "a path along the scan", err);
    if (status == NP_OK)
        status = NP_GROW(sleeve->crossings, sleeve->crossing_capacity, n, "a path along the scan", err);
    return status;
}

np_status surface_sleeve_push(surface_sleeve *sleeve, uint32_t triangle, np_error *err)
{
    np_status status = reserve(sleeve, sleeve->n + 1, err);
    if (status == NP_OK)
        sleeve->triangles[sleeve->n++] = triangle;
    return status;
}

void surface_sleeve_fini(surface_sleeve *sleeve)
{
    free(sleeve->triangles);
    free(sleeve->crossings);
    *sleeve = (surface_sleeve){0};
}

np_vec3 surface_crossing_position(const np_mesh *mesh, const surface_crossing *crossing)
{
    return np_vec3_lerp(mesh->vertices[crossing->a], mesh->vertices[crossing->b], crossing->t);
}

surface_crossing surface_crossing_make(const np_mesh *mesh, uint32_t from, int k, uint32_t to, double t)
{
    const uint32_t *v = mesh->triangles[from].v;
    return (surface_crossing){.from = from,
                              .to = to,
                              .a = v[k],
                              .b = v[(k + 1) % 3],
                              .t = fmin(fmax(t, CORNER_CLEARANCE), 1 - CORNER_CLEARANCE)};
}

double surface_sleeve_length(const surface_sleeve *sleeve, const np_mesh *mesh, np_vec3 a, np_vec3 b)
{
    double length = 0;
    for (size_t i = 0; i + 1 < sleeve->n; i++) {
        np_vec3 p = surface_crossing_position(mesh, &sleeve->crossings[i]);
        length += np_vec3_distance(a, p);
        a = p;
    }
    return length + np_vec3_distance(a, b);
}

/* The crossings' edges from the triangles; T is filled later. */
static bool link_sleeve(surface_sleeve *sleeve, const np_topology *topology)
{
    for (size_t i = 0; i + 1 < sleeve->n; i++) {
        int k = 0;
        while (k < 3 && np_topology_across(topology, sleeve->triangles[i], k) != sleeve->triangles[i + 1])
            k++;
        if (k == 3)
            return false;
        sleeve->crossings[i] =
            surface_crossing_make(topology->mesh, sleeve->triangles[i], k, sleeve->triangles[i + 1], 0.5);
    }
    return true;
}

/* Cuts out every turn back: T, U, T is T. */
static void drop_turns_back(surface_sleeve *sleeve)
{
    size_t n = 0;
    for (size_t i = 0; i < sleeve->n; i++) {
        if (n >= 2 && sleeve->triangles[n - 2] == sleeve->triangles[i])
            n--;
        else if (n == 0 || sleeve->triangles[n - 1] != sleeve->triangles[i])
            sleeve->triangles[n++] = sleeve->triangles[i];
    }
    sleeve->n = n;
}

/* Where a point P of space lies in the plane in which A and B lie at A2 and B2, on the right-hand side of A -> B. */
static vec2 unfold(np_vec3 a, np_vec3 b, vec2 a2, vec2 b2, np_vec3 p)
{
    np_vec3 edge = np_vec3_sub(b, a), to_p = np_vec3_sub(p, a);
    double length = np_vec3_length(edge);
    if (length == 0)
        return (vec2){a2.x + np_vec3_length(to_p), a2.y};
    double along = np_vec3_dot(to_p, edge) / length;
    double across = sqrt(fmax(0, np_vec3_dot(to_p, to_p) - along * along));
    double ux = (b2.x - a2.x) / length, uy = (b2.y - a2.y) / length;
    return (vec2){a2.x + along * ux + across * uy, a2.y + along * uy - across * ux};
}

static uint32_t third_corner(const np_mesh *mesh, uint32_t triangle, uint32_t a, uint32_t b)
{
    const uint32_t *v = mesh->triangles[triangle].v;
    for (int k = 0; k < 2; k++)
        if (v[k] != a && v[k] != b)
            return v[k];
    return v[2];
}

static void unfold_sleeve(const surface_sleeve *sleeve, const np_mesh *mesh, np_vec3 start, np_vec3 end, funnel *f)
{
    const np_vec3 *at = mesh->vertices;
    f->n = sleeve->n + 1;
    for (size_t i = 0; i + 1 < sleeve->n; i++) {
        uint32_t a = sleeve->crossings[i].a, b = sleeve->crossings[i].b;
        if (i == 0) {
            /* The first edge lies along y with the walker coming from -x. */
            f->right[1] = (vec2){0, 0};
            f->left[1] = (vec2){0, np_vec3_distance(at[a], at[b])};
            vec2 mirrored = unfold(at[a], at[b], f->right[1], f->left[1], start);
            f->left[0] = f->right[0] = (vec2){-mirrored.x, mirrored.y};
        } else {
            /* One end is the edge before's, the other its triangle's far corner. */
            uint32_t a0 = sleeve->crossings[i - 1].a, b0 = sleeve->crossings[i - 1].b;
            uint32_t far = third_corner(mesh, sleeve->triangles[i], a0, b0);
            vec2 apex = unfold(at[a0], at[b0], f->right[i], f->left[i], at[far]);
            f->right[i + 1] = a == far ? apex : f->right[i];
            f->left[i + 1] = b == far ? apex : f->left[i];
        }
        if (i + 2 == sleeve->n)
            f->left[i + 2] = f->right[i + 2] = unfold(at[a], at[b], f->right[i + 1], f->left[i + 1], end);
    }
}

/* Positive if C is to the left of A -> B. */
static double turn(vec2 a, vec2 b, vec2 c)
{
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

static bool same(vec2 a, vec2 b)
{
    return a.x == b.x && a.y == b.y;
}

/* The funnel of Lee and Preparata in the form that keeps its two sides as single points and starts again at each
 * corner. */
static void pull_string(funnel *f)
{
    vec2 apex = f->left[0], left = apex, right = apex;
    size_t left_at = 0, right_at = 0;
    f->n_corners = 0;
    for (size_t i = 1; i < f->n; i++) {
        bool turned = false, turned_left = false;
        if (turn(apex, right, f->right[i]) >= 0 || same(apex, right)) {
            if (same(apex, right) || turn(apex, left, f->right[i]) < 0) {
                right = f->right[i];
                right_at = i;
            } else {
                turned = turned_left = true;
            }
        }
        if (!turned && (turn(apex, left, f->left[i]) <= 0 || same(apex, left))) {
            if (same(apex, left) || turn(apex, right, f->left[i]) > 0) {
                left = f->left[i];
                left_at = i;
            } else {
                turned = true;
            }
        }
        if (turned) {
            size_t at = turned_left ? left_at : right_at;
            f->corner[f->n_corners] = at;
            f->turns_left[f->n_corners++] = turned_left;
            apex = left = right = turned_left ? left : right;
            left_at = right_at = i = at;
        }
    }
}

/* The crossing places of the string: straight legs between the corners. */
static void place_crossings(surface_sleeve *sleeve, const np_mesh *mesh, const funnel *f)
{
    size_t next = 0;
    vec2 from = f->left[0];
    size_t reached = 0;
    while (reached + 1 < f->n) {
        bool last = next == f->n_corners;
        size_t at = last ? f->n - 1 : f->corner[next];
        vec2 to = last || f->turns_left[next] ? f->left[at] : f->right[at];
        for (size_t i = reached + 1; i <= at && i + 1 < f->n; i++) {
            double a = turn(from, to, f->right[i]), b = turn(from, to, f->left[i]);
            double t = a != b ? a / (a - b) : 0.5;
            surface_crossing *c = &sleeve->crossings[i - 1];
            int k = np_topology_corner(mesh, c->from, c->a);
            *c = surface_crossing_make(mesh, c->from, k, c->to, i == at && !last ? (double)f->turns_left[next] : t);
        }
        from = to;
        reached = at;
        next++;
    }
}

static np_status funnel_init(funnel *f, size_t n, np_error *err)
{
    *f = (funnel){.left = malloc((n + 1) * sizeof(vec2)),
                  .right = malloc((n + 1) * sizeof(vec2)),
                  .corner = malloc((n + 1) * sizeof(size_t)),
                  .turns_left = malloc((n + 1) * sizeof(bool))};
    return f->left && f->right && f->corner && f->turns_left ? NP_OK : np_error_no_memory(err, "a path along the scan");
}

static void funnel_fini(funnel *f)
{
    free(f->left);
    free(f->right);
    free(f->corner);
    free(f->turns_left);
    *f = (funnel){0};
}

/* Shortest path within the sleeve, into the crossings; its corners stay in F. */
static np_status pull_tight(surface_sleeve *sleeve, const np_topology *topology, np_vec3 a, np_vec3 b, funnel *f,
                            np_error *err)
{
    funnel_fini(f);
    np_status status = funnel_init(f, sleeve->n + 1, err);
    if (status != NP_OK)
        return status;
    if (!link_sleeve(sleeve, topology))
        return np_error_set(err, NP_ERR_INTERNAL, "a path along the scan jumps between triangles");
    f->n = 0;
    if (sleeve->n > 1) {
        unfold_sleeve(sleeve, topology->mesh, a, b, f);
        pull_string(f);
        place_crossings(sleeve, topology->mesh, f);
    }
    return NP_OK;
}

/* Copies SLEEVE into OUT with the triangles around VERTEX, which the path turns round at crossing AT, replaced by those
 * on its other side.  False if a border is in the way. */
static np_status reroute(const surface_sleeve *sleeve, const np_topology *topology, size_t at, uint32_t vertex,
                         surface_sleeve *out, bool *out_possible, np_error *err)
{
    const np_mesh *mesh = topology->mesh;
    size_t begin = at, end = at + 1; /* triangles on both sides of the crossing */
    while (begin > 0 && np_topology_corner(mesh, sleeve->triangles[begin - 1], vertex) >= 0)
        begin--;
    while (end + 1 < sleeve->n && np_topology_corner(mesh, sleeve->triangles[end + 1], vertex) >= 0)
        end++;

    /* Turn the way that the sleeve does not. */
    out->n = 0;
    np_status status = NP_OK;
    for (size_t i = 0; i < begin && status == NP_OK; i++)
        status = surface_sleeve_push(out, sleeve->triangles[i], err);
    uint32_t t = sleeve->triangles[begin];
    int k = np_topology_corner(mesh, t, vertex);
    bool clockwise = np_topology_across(topology, t, k) != sleeve->triangles[begin + 1];
    size_t steps = 0;
    while (t != NP_NO_TRIANGLE && t != sleeve->triangles[end] && steps++ < 1000 && status == NP_OK) {
        status = surface_sleeve_push(out, t, err);
        k = np_topology_corner(mesh, t, vertex);
        t = np_topology_across(topology, t, clockwise ? k : (k + 2) % 3);
    }
    *out_possible = t == sleeve->triangles[end];
    for (size_t i = end; i < sleeve->n && status == NP_OK; i++)
        status = surface_sleeve_push(out, sleeve->triangles[i], err);
    drop_turns_back(out);
    return status;
}

/* Tries the other side of each corner in turn; on the first that is shorter, swaps it into SLEEVE. */
static np_status improve(surface_sleeve *sleeve, surface_sleeve *other, const np_topology *topology, np_vec3 a,
                         np_vec3 b, const funnel *f, funnel *scratch, bool *out_better, np_error *err)
{
    const np_mesh *mesh = topology->mesh;
    double length = surface_sleeve_length(sleeve, mesh, a, b);
    *out_better = false;
    for (size_t i = 0; i < f->n_corners; i++) {
        size_t at = f->corner[i] - 1;
        if (f->corner[i] == 0 || at + 1 >= sleeve->n)
            continue;
        uint32_t vertex = f->turns_left[i] ? sleeve->crossings[at].b : sleeve->crossings[at].a;
        bool possible = false;
        np_status status = reroute(sleeve, topology, at, vertex, other, &possible, err);
        if (status == NP_OK && possible)
            status = pull_tight(other, topology, a, b, scratch, err);
        if (status != NP_OK)
            return status;
        if (possible && surface_sleeve_length(other, mesh, a, b) < length - 1e-6) {
            surface_sleeve swap = *sleeve;
            *sleeve = *other;
            *other = swap;
            *out_better = true;
            return NP_OK;
        }
    }
    return NP_OK;
}

np_status surface_sleeve_tighten(surface_sleeve *sleeve, const np_topology *topology, np_vec3 a, np_vec3 b,
                                 np_error *err)
{
    funnel f = {0}, scratch = {0};
    surface_sleeve other = {0};
    drop_turns_back(sleeve);
    np_status status = pull_tight(sleeve, topology, a, b, &f, err);
    bool better = true;
    for (int round = 0; round < MAX_REROUTES && better && status == NP_OK; round++) {
        status = improve(sleeve, &other, topology, a, b, &f, &scratch, &better, err);
        if (status == NP_OK && better)
            status = pull_tight(sleeve, topology, a, b, &f, err);
    }
    funnel_fini(&f);
    funnel_fini(&scratch);
    surface_sleeve_fini(&other);
    return status;
}
