/* The treated skin while it is made.  treated.h is what others use. */
#ifndef NP_SURFACE_PRIVATE_TREATED_BUILD_H
#define NP_SURFACE_PRIVATE_TREATED_BUILD_H

#include "surface/treated.h"

/* A vertex to be: barycentric weights in a triangle of the scan, the place there, and INSIDE's value. */
typedef struct surface_build_point {
    uint32_t scan_triangle;
    double weight[3];
    np_vec3 position;
    double inside_mm;
} surface_build_point;

typedef struct surface_build_triangle {
    uint32_t v[3];
    uint32_t scan_triangle;
    bool is_whole; /* whether the rule at work wants none of its edges halved; false: not known */
} surface_build_triangle;

/* Numbers for edges: a hash table from the two ends to what belongs to the edge. */
typedef struct surface_edge_map {
    uint64_t *keys;
    uint32_t *values;
    size_t n, capacity, room; /* capacity: in use, a power of two; room: slots that there is memory for */
} surface_edge_map;

typedef struct surface_treated_build {
    const np_surface *surface;
    np_treated_inside *inside;
    void *context;
    double max_edge_mm;
    surface_build_point *points;
    size_t n_points, point_capacity;
    surface_build_triangle *triangles, *next; /* next: being made from triangles */
    size_t n_triangles, n_next, triangle_capacity, next_capacity;
    surface_edge_map edges;
} surface_treated_build;

void surface_treated_build_fini(surface_treated_build *build);
np_status surface_build_add_point(surface_treated_build *build, const surface_build_point *point, uint32_t *out_index,
                                  np_error *err);
/* Appends to NEXT. */
np_status surface_build_add_triangle(surface_treated_build *build, uint32_t a, uint32_t b, uint32_t c,
                                     uint32_t scan_triangle, np_error *err);
/* Makes NEXT the triangles. */
void surface_build_swap(surface_treated_build *build);
/* Weights of POINT in SCAN_TRIANGLE, a triangle that holds it too. */
void surface_build_weights_in(const surface_treated_build *build, const surface_build_point *point,
                              uint32_t scan_triangle, double out_weight[3]);
/* Weights, place and value of the point T of the way from A to B, both in SCAN_TRIANGLE. */
surface_build_point surface_build_between(const surface_treated_build *build, const surface_build_point *a,
                                          const surface_build_point *b, uint32_t scan_triangle, double t);
/* Asks INSIDE at one point. */
double surface_build_ask(const surface_treated_build *build, uint32_t scan_triangle, const double weight[3]);

/* Empties the map, with room for N edges. */
np_status surface_edge_map_reset(surface_edge_map *map, size_t n, np_error *err);
/* The value of the edge A - B; a new edge gets VALUE and *OUT_NEW is true. */
uint32_t surface_edge_map_get(surface_edge_map *map, uint32_t a, uint32_t b, uint32_t value, bool *out_new);
/* The value of an edge that may not be there: UINT32_MAX. */
uint32_t surface_edge_map_find(const surface_edge_map *map, uint32_t a, uint32_t b);

#endif
