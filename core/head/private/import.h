/* Mesh files into one triangle mesh. */
#ifndef NP_HEAD_PRIVATE_IMPORT_H
#define NP_HEAD_PRIVATE_IMPORT_H

#include "base/progress.h"
#include "head/private/mesh_file.h"

/* Reads all meshes of PATH (OBJ, PLY, STL, glTF, VTK), with their node's transforms, in file coordinates, as one
 * mesh: welded, polygons cut into triangles, points, lines and triangles without area left out.  NP_ERR_IO
 * where the file cannot be read, NP_ERR_FORMAT where it is no mesh, cut short, too large, or has coordinates
 * that are no numbers.  *OUT_DOUBLED faces stood there twice and
 * were dropped; it may be NULL.  NP_ERR_STOPPED within 100 ms where PROGRESS says so.  The file is taken apart in a helper process
 * (core/head/reader), which gets it open and can open no other.  The caller frees *out_mesh.  Any thread. */
np_status head_scan_import(const char *path, const np_progress *progress, np_mesh *out_mesh, size_t *out_doubled,
                           np_error *err);

/* The same of a mesh whose vertices are painted, with *OUT_VALUES of each: red, green and blue, 0 to 1, as they are seen (sRGB), or with SCALAR
 * (NULL: colours) the one of that name, in whatever letters; NAN where a vertex has none.  It is not welded, and any number may stand in the values.
 * NP_ERR_FORMAT also where the file has no colours or no such scalar, with the names of those that it has.  The caller frees both. */
np_status head_scan_import_painted(const char *path, const char *scalar, const np_progress *progress, np_mesh *out_mesh,
                                   float **out_values, np_error *err);

#endif
