/* A head's mesh for the witness, as `needlepath head` writes it: binary PLY in mm, in the head frame.  Read with code of its
 * own, so that the witness shares nothing with the planner but the file. */
#ifndef NP_SIM_HEAD_MESH_H
#define NP_SIM_HEAD_MESH_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/vec3.h"

typedef struct sim_head_mesh {
    np_vec3 *vertices;
    uint32_t (*triangles)[3]; /* counter-clockwise seen from outside */
    size_t n_vertices, n_triangles;
} sim_head_mesh;

/* Reads PATH; the caller frees *out_mesh with sim_head_mesh_fini.  NP_ERR_IO; NP_ERR_FORMAT for what is no such file, or is not
 * whole. */
np_status sim_head_mesh_read(const char *path, sim_head_mesh *out_mesh, np_error *err);
/* Safe on zero. */
void sim_head_mesh_fini(sim_head_mesh *mesh);

#endif
