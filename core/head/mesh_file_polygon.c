/* Faces of any number of corners into triangles, by cutting off ears: corners that stick out and hold no other corner.  (Meisters,
 * Polygons have ears, American Mathematical Monthly 82, 1975.)  A face that crosses itself, or has no area, has none at some
 * time; then a corner is cut off all the same, since what matters is that nothing of a scan is lost. */
#include "head/private/mesh_file.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* So many looks at corners, of all faces together, take about a second. */
#define WORK_MAX 200000000u

typedef struct ring {
    double (*at)[2]; /* n: in the plane of the face, counter-clockwise */
    uint32_t *next, *previous;
    size_t left; /* corners that are not cut off */
} ring;

/* The normal of CORNERS, by Newell's sum, which stands for faces that are not plane too. */
static np_vec3 normal_of(const np_mesh *mesh, const uint32_t *corners, size_t n)
{
    np_vec3 sum = {0, 0, 0}, origin = mesh->vertices[corners[0]];
    for (size_t i = 1; i + 1 < n; i++)
        sum = np_vec3_add(sum, np_vec3_cross(np_vec3_sub(mesh->vertices[corners[i]], origin),
                                             np_vec3_sub(mesh->vertices[corners[i + 1]], origin)));
    return sum;
}

/* Along the axis nearest to the normal: it turns no face over. */
static void project(const np_mesh *mesh, const uint32_t *corners, size_t n, ring *r)
{
    np_vec3 normal = normal_of(mesh, corners, n);
    double length[3] = {fabs(normal.x), fabs(normal.y), fabs(normal.z)};
    int axis = length[0] > length[1] && length[0] > length[2] ? 0 : length[1] > length[2] ? 1 : 2;
    double turn = (axis == 0 ? normal.x : axis == 1 ? normal.y : normal.z) < 0 ? -1 : 1;
    for (size_t i = 0; i < n; i++) {
        np_vec3 p = mesh->vertices[corners[i]];
        double c[3] = {p.x, p.y, p.z};
        r->at[i][0] = c[(axis + 1) % 3] * turn;
        r->at[i][1] = c[(axis + 2) % 3];
        r->next[i] = (uint32_t)(i + 1 < n ? i + 1 : 0);
        r->previous[i] = (uint32_t)(i > 0 ? i - 1 : n - 1);
    }
    r->left = n;
}

/* Twice the area of a, b, c. */
static double turn_of(const ring *r, uint32_t a, uint32_t b, uint32_t c)
{
    const double *p = r->at[a], *q = r->at[b], *s = r->at[c];
    return (q[0] - p[0]) * (s[1] - p[1]) - (q[1] - p[1]) * (s[0] - p[0]);
}

static bool is_ear(const ring *r, uint32_t b)
{
    uint32_t a = r->previous[b], c = r->next[b];
    if (!(turn_of(r, a, b, c) > 0))
        return false;
    for (uint32_t i = r->next[c]; i != a; i = r->next[i])
        if (turn_of(r, a, b, i) >= 0 && turn_of(r, b, c, i) >= 0 && turn_of(r, c, a, i) >= 0)
            return false;
    return true;
}

/* Cuts RING off, corner by corner, into triangles of FILE. */
static np_status cut_off(head_mesh_file *file, const uint32_t *corners, ring *r, np_error *err)
{
    uint32_t b = 1;
    size_t passed = 0;
    while (r->left > 2) {
        file->polygon_work += r->left;
        if (file->polygon_work > WORK_MAX)
            return np_error_set(
                err, NP_ERR_FORMAT,
                "%s: has faces of so many corners that cutting them into triangles would take too long; export "
                "it as triangles",
                file->path);
        if (r->left > 3 && passed < r->left && !is_ear(r, b)) {
            b = r->next[b];
            passed++;
            continue;
        }
        uint32_t a = r->previous[b], c = r->next[b];
        np_status status = head_mesh_file_add_triangle(file, corners[a], corners[b], corners[c], err);
        if (status != NP_OK)
            return status;
        r->next[a] = c;
        r->previous[c] = a;
        r->left--;
        passed = 0;
        b = r->next[c]; /* not c: all ears at one corner would be slivers */
    }
    return NP_OK;
}

np_status head_mesh_file_check_corners(const head_mesh_file *file, size_t n, np_error *err)
{
    if (n <= HEAD_FACE_MAX_CORNERS)
        return NP_OK;
    return np_error_set(err, NP_ERR_FORMAT, "%s: has a face of more than %u corners; export it as triangles",
                        file->path, HEAD_FACE_MAX_CORNERS);
}

np_status head_mesh_file_add_polygon(head_mesh_file *file, const uint32_t *corners, size_t n, np_error *err)
{
    if (n == 3)
        return head_mesh_file_add_triangle(file, corners[0], corners[1], corners[2], err);
    np_status status = head_mesh_file_check_corners(file, n, err);
    if (status != NP_OK)
        return status;
    ring r = {
        .at = malloc(n * sizeof *r.at), .next = malloc(n * sizeof *r.next), .previous = malloc(n * sizeof *r.previous)};
    if (r.at && r.next && r.previous) {
        project(&file->mesh, corners, n, &r);
        status = cut_off(file, corners, &r, err);
    } else {
        status = np_error_no_memory(err, "a face of the scan");
    }
    free(r.at);
    free(r.next);
    free(r.previous);
    return status;
}
