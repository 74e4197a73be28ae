/* A surface: a triangle mesh with its normals and its search tree, which everything that asks about places on skin stands on. */
#ifndef NP_SURFACE_SURFACE_H
#define NP_SURFACE_SURFACE_H

#include <stdbool.h>

#include "base/similarity.h"
#include "surface/mesh.h"
#include "surface/topology.h"

typedef struct np_surface_index np_surface_index; /* Embree's structures */

/* Lengths are mm in the frame of the mesh.  After np_surface_init all queries are const and may run on any thread. */
typedef struct np_surface {
    np_mesh mesh;
    np_vec3 *normals; /* n_vertices: outward, unit */
    np_surface_index *index;
    np_topology topology;    /* with what lies across each edge */
    np_similarity from_file; /* how the mesh came from its file; messages name places in the file's coordinates */
} np_surface;

/* Takes the arrays of MESH and NORMALS over (MESH is zero afterwards, also on error), checks its indices, and builds the search
 * tree; from_file is the identity.  NORMALS NULL: those of np_mesh_vertex_normals.  SURFACE must not move afterwards.  NP_ERR_GEOMETRY for a mesh without triangles
 * or with an index out of range.  np_surface_fini is safe on zero and after an error. */
np_status np_surface_init(np_surface *surface, np_mesh *mesh, np_vec3 *normals, np_error *err);
void np_surface_fini(np_surface *surface);

/* The point nearest to P; false if there is none within LIMIT_MM. */
bool np_surface_nearest(const np_surface *surface, np_vec3 p, double limit_mm, np_surface_point *out);
/* First hit of the ray from ORIGIN along unit DIRECTION within LIMIT_MM. */
bool np_surface_ray(const np_surface *surface, np_vec3 origin, np_vec3 direction, double limit_mm,
                    np_surface_point *out);

#endif
