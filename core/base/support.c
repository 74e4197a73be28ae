/* The nodes of the octahedron on which support functions are held. */
#include "base/support.h"

#include <math.h>
#include <stdbool.h>

/* Node (I, J, NP_SUPPORT_DIVISIONS - I - J) of the face in octant SIGNS. */
static size_t node_number(unsigned signs, int i, int j)
{
    return signs * NP_SUPPORT_FACE_NODES + (size_t)(i * (NP_SUPPORT_DIVISIONS + 1) - i * (i - 1) / 2 + j);
}

np_vec3 np_support_direction(size_t node)
{
    unsigned signs = (unsigned)(node / NP_SUPPORT_FACE_NODES);
    int i = 0, j = (int)(node % NP_SUPPORT_FACE_NODES);
    for (; j > NP_SUPPORT_DIVISIONS - i; i++)
        j -= NP_SUPPORT_DIVISIONS - i + 1;
    int k = NP_SUPPORT_DIVISIONS - i - j;
    return np_vec3_make(signs & 1 ? -i : i, signs & 2 ? -j : j, signs & 4 ? -k : k);
}

void np_support_corners(np_vec3 direction, size_t out_node[3], double out_weight[3], double *out_scale)
{
    const int n = NP_SUPPORT_DIVISIONS;
    double ax = fabs(direction.x), ay = fabs(direction.y), size = ax + ay + fabs(direction.z);
    unsigned signs = (direction.x < 0 ? 1u : 0) | (direction.y < 0 ? 2u : 0) | (direction.z < 0 ? 4u : 0);
    double a = fmin(ax * n / size, n), b = fmin(ay * n / size, n - a);
    int i = (int)fmin(a, n - 1), j = (int)fmin(b, n - 1 - i);
    double fa = a - i, fb = b - j;
    bool far = fa + fb > 1 && i + j + 2 <= n; /* the triangle away from (i, j) */
    out_node[0] = node_number(signs, i + 1, j);
    out_node[1] = node_number(signs, i, j + 1);
    out_node[2] = far ? node_number(signs, i + 1, j + 1) : node_number(signs, i, j);
    out_weight[0] = far ? 1 - fb : fa;
    out_weight[1] = far ? 1 - fa : fb;
    out_weight[2] = far ? fa + fb - 1 : fmax(0, 1 - fa - fb);
    *out_scale = size / n;
}
