/* Mesh files into one triangle mesh. */
#ifndef NP_HEAD_PRIVATE_IMPORT_H
#define NP_HEAD_PRIVATE_IMPORT_H

#include "head/private/mesh_file.h"

#define HEAD_SCAN_MIN_TRIANGLES 100u

/* Reads all meshes of PATH (OBJ, PLY, STL, glTF), with their node's transforms, in file coordinates, as one
 * mesh: welded, polygons cut into triangles, points, lines and triangles without area left out.  NP_ERR_IO
 * where the file cannot be read, NP_ERR_FORMAT where it is no mesh, cut short, too large, or has coordinates
 * that are no numbers.  *OUT_DOUBLED faces stood there twice and
 * were dropped; it may be NULL.  The caller frees *out_mesh.  Any thread. */
np_status head_scan_import(const char *path, np_mesh *out_mesh, size_t *out_doubled, np_error *err);

#endif
