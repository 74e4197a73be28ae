/* What a mesh file has of its vertices beside their places: colours, and scalars by name.  Asked for by head_mesh_file's paint. */
#ifndef NP_HEAD_PRIVATE_MESH_PAINT_H
#define NP_HEAD_PRIVATE_MESH_PAINT_H

#include <stdbool.h>

#include "head/private/mesh_file.h"

unsigned head_paint_channels(head_paint_kind paint); /* numbers a vertex */

/* For the readers: whether NAME of LENGTH bytes, a scalar of vertices, is the one that is asked for, in whatever letters, and with or without
 * CloudCompare's "scalar_" or glTF's "_" before it.  Notes it for messages.  False also where colours or nothing are asked for. */
bool head_paint_is_scalar(head_mesh_file *file, const char *name, size_t length);
/* Gives the vertex that was added last its VALUES: a scalar, or red, green and blue, 0 to 1, as they are seen (sRGB).  Vertices that get
 * none have NAN. */
np_status head_paint_add(head_mesh_file *file, const double *values, np_error *err);

/* The same for VERTEX, which is there, and those before which have none yet have NAN. */
np_status head_paint_set(head_mesh_file *file, size_t vertex, const double *values, np_error *err);

/* What head_mesh_read does of a file whose paint is asked for, after its reader: the mesh is not welded, as vertices at one place may have
 * different paint; triangles without three corners go, and vertices that none uses, with their values.  NP_ERR_FORMAT where the file has not
 * what is asked for, with what it has. */
np_status head_paint_finish(head_mesh_file *file, np_error *err);

#endif
