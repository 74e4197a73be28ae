/* The patch while it is made.  Inside the scan room: patch.h is what others use. */
#ifndef NP_SCAN_PATCH_BUILD_H
#define NP_SCAN_PATCH_BUILD_H

#include "scan/patch.h"

/* A vertex to be: barycentric weights in a triangle of the scan, the place there, and INSIDE's value. */
typedef struct np_build_point {
    uint32_t scan_triangle;
    double weight[3];
    np_vec3 position;
    double inside_mm;
} np_build_point;

typedef struct np_build_triangle {
    uint32_t v[3];
    uint32_t scan_triangle;
} np_build_triangle;

/* Numbers for edges: a hash table from the two ends to what belongs to the edge. */
typedef struct np_edge_map {
    uint64_t *keys;
    uint32_t *values;
    size_t n, capacity; /* capacity: a power of two */
} np_edge_map;

typedef struct np_patch_build {
    const np_scan *scan;
    np_patch_inside *inside;
    void *context;
    double max_edge_mm;
    np_build_point *points;
    size_t n_points, point_capacity;
    np_build_triangle *triangles, *next; /* next: being made from triangles */
    size_t n_triangles, n_next, triangle_capacity, next_capacity;
    np_edge_map edges;
} np_patch_build;

void np_patch_build_fini(np_patch_build *build);
np_status np_build_add_point(np_patch_build *build, const np_build_point *point, uint32_t *out_index, np_error *err);
/* Appends to NEXT. */
np_status np_build_add_triangle(np_patch_build *build, uint32_t a, uint32_t b, uint32_t c, uint32_t scan_triangle,
                                np_error *err);
/* Makes NEXT the triangles. */
void np_build_swap(np_patch_build *build);
/* Weights of POINT in SCAN_TRIANGLE, a triangle that holds it too. */
void np_build_weights_in(const np_patch_build *build, const np_build_point *point, uint32_t scan_triangle,
                         double out_weight[3]);
/* Weights, place and value of the point T of the way from A to B, both in SCAN_TRIANGLE. */
np_build_point np_build_between(const np_patch_build *build, const np_build_point *a, const np_build_point *b,
                                uint32_t scan_triangle, double t);
/* Asks INSIDE at one point. */
double np_build_ask(const np_patch_build *build, uint32_t scan_triangle, const double weight[3]);

/* Empties the map, with room for N edges. */
np_status np_edge_map_reset(np_edge_map *map, size_t n, np_error *err);
/* The value of the edge A - B; a new edge gets VALUE and *OUT_NEW is true. */
uint32_t np_edge_map_get(np_edge_map *map, uint32_t a, uint32_t b, uint32_t value, bool *out_new);
/* The value of an edge that may not be there: UINT32_MAX. */
uint32_t np_edge_map_find(const np_edge_map *map, uint32_t a, uint32_t b);

/* patch_refine.c: the scan's triangles that may hold wanted area, cut to edges of at most max_edge_mm, with INSIDE asked
 * at all points. */
np_status np_patch_refine(np_patch_build *build, np_error *err);
/* patch_clip.c: cuts what is outside off the triangles. */
np_status np_patch_clip(np_patch_build *build, np_error *err);

#endif
