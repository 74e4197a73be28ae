/* A girth is the convex hull of a plane section (a tape measure does not follow hollows); Andrew's monotone chain. */
#include "surface/girth.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/grow.h"

typedef struct point2 {
    double x, y;
} point2;

static int by_place(const void *a, const void *b)
{
    const point2 *p = a, *q = b;
    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    return p->y < q->y ? -1 : p->y > q->y;
}

static double turn(point2 a, point2 b, point2 c)
{
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

/* Length of one chain of the hull (Andrew's monotone chain) through the N sorted points, in order or
 * backwards. */
static double chain_length(const point2 *points, size_t n, bool backwards, point2 *stack)
{
    size_t top = 0;
    for (size_t i = 0; i < n; i++) {
        point2 p = points[backwards ? n - 1 - i : i];
        while (top >= 2 && turn(stack[top - 2], stack[top - 1], p) <= 0)
            top--;
        stack[top++] = p;
    }
    double length = 0;
    for (size_t i = 1; i < top; i++)
        length += hypot(stack[i].x - stack[i - 1].x, stack[i].y - stack[i - 1].y);
    return length;
}

/* Where the edge from A to B crosses the plane, in the plane's coordinates; false if it does not. */
static bool cross_plane(np_vec3 a, np_vec3 b, np_vec3 point, np_vec3 normal, np_vec3 *out)
{
    double ha = np_vec3_dot(np_vec3_sub(a, point), normal), hb = np_vec3_dot(np_vec3_sub(b, point), normal);
    if ((ha < 0) == (hb < 0))
        return false;
    *out = np_vec3_lerp(a, b, ha / (ha - hb));
    return true;
}

double np_mesh_girth(const np_mesh *mesh, np_vec3 point, np_vec3 normal, np_vec3 center, double reach)
{
    np_vec3 e1 = np_vec3_perpendicular(normal), e2 = np_vec3_cross(normal, e1);
    size_t n = 0, room = 0;
    point2 *points = NULL, *stack = NULL;
    double girth = 0;
    for (size_t t = 0; t < mesh->n_triangles; t++) {
        const uint32_t *v = mesh->triangles[t].v;
        for (int k = 0; k < 3; k++) {
            np_vec3 p;
            if (!cross_plane(mesh->vertices[v[k]], mesh->vertices[v[(k + 1) % 3]], point, normal, &p) ||
                np_vec3_distance(p, center) > reach)
                continue;
            if (NP_GROW(points, room, n + 1, "a girth", NULL) != NP_OK)
                goto done;
            points[n++] = (point2){np_vec3_dot(p, e1), np_vec3_dot(p, e2)};
        }
    }
    stack = malloc((n + 1) * sizeof *stack);
    if (!stack || n < 3)
        goto done;
    qsort(points, n, sizeof *points, by_place);
    girth = chain_length(points, n, false, stack) + chain_length(points, n, true, stack);
done:
    free(points);
    free(stack);
    return girth;
}
