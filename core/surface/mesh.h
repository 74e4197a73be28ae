/* Triangle meshes in mm, and points on them. */
#ifndef NP_SURFACE_MESH_H
#define NP_SURFACE_MESH_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/vec3.h"

typedef struct np_triangle {
    uint32_t v[3]; /* counter-clockwise seen from outside */
} np_triangle;

typedef struct np_mesh {
    np_vec3 *vertices; /* n_vertices */
    np_triangle *triangles;
    size_t n_vertices, n_triangles;
} np_mesh;

/* Frees the arrays; safe on zero. */
void np_mesh_fini(np_mesh *mesh);

/* A point of a mesh: barycentric WEIGHT of TRIANGLE's corners (sum 1), its position and smooth outward unit
 * normal. */
typedef struct np_surface_point {
    uint32_t triangle;
    double weight[3];
    np_vec3 position;
    np_vec3 normal;
} np_surface_point;

/* Angle-weighted vertex normals (Thürmer and Wüthrich, Computing Vertex Normals from Polygonal Facets, JGT
 * 3(1), 1998: they do not depend on how a surface is cut into triangles) into out_normals[n_vertices]; unit,
 * or zero for vertices without a triangle of positive area. */
void np_mesh_vertex_normals(const np_mesh *mesh, np_vec3 *out_normals);
double np_mesh_triangle_area_mm2(const np_mesh *mesh, uint32_t triangle);
double np_mesh_area_mm2(const np_mesh *mesh);                            /* of all its triangles */
np_vec3 np_mesh_triangle_normal(const np_mesh *mesh, uint32_t triangle); /* unit, or zero where it has no area */
/* The point of TRIANGLE nearest to P as barycentric weights (Ericson, Real-Time Collision Detection,
 * 2005, 5.1.5); returns the squared distance in mm2. */
double np_mesh_closest(const np_mesh *mesh, uint32_t triangle, np_vec3 p, double out_weight[3]);
/* Longest edge of MESH. */
double np_mesh_longest_edge_mm(const np_mesh *mesh);
/* The triangle nearest to P, the lowest of those equally near, as np_mesh_closest: a look at every triangle, for a few points of
 * a mesh that has no index.  LONGEST_EDGE_MM: np_mesh_longest_edge_mm.  UINT32_MAX where there is no triangle. */
uint32_t np_mesh_nearest(const np_mesh *mesh, double longest_edge_mm, np_vec3 p, double out_weight[3],
                         double *out_distance_mm);
/* The point of TRIANGLE with barycentric WEIGHT; NORMALS as of np_mesh_vertex_normals. */
np_surface_point np_mesh_point(const np_mesh *mesh, const np_vec3 *normals, uint32_t triangle, const double weight[3]);

#endif
