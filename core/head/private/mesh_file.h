/* Mesh files in memory, their readers, and the mesh that a reader makes of its file. */
#ifndef NP_HEAD_PRIVATE_MESH_FILE_H
#define NP_HEAD_PRIVATE_MESH_FILE_H

#include <stdbool.h>

#include "surface/mesh.h"

#define HEAD_SCAN_MIN_TRIANGLES 100u
#define HEAD_SCAN_MAX_FILE_BYTES (1024LL * 1024 * 1024)
#define HEAD_SCAN_MAX_TRIANGLES 5000000u
#define HEAD_FACE_MAX_CORNERS 1000000u
#define HEAD_SCAN_MAX_VERTICES (3 * HEAD_SCAN_MAX_TRIANGLES)

/* The kinds of file that are read, known by the endings of their names. */
typedef enum head_mesh_kind {
    HEAD_MESH_OBJ,
    HEAD_MESH_PLY,
    HEAD_MESH_STL,
    HEAD_MESH_GLTF,
    HEAD_MESH_VTK,
    HEAD_MESH_VTP,
    HEAD_MESH_UNKNOWN
} head_mesh_kind;

/* What is asked of a file beside its mesh (mesh_paint.h). */
typedef enum head_paint_kind { HEAD_PAINT_NONE, HEAD_PAINT_COLORS, HEAD_PAINT_SCALAR } head_paint_kind;

/* All of the file URI, which stands beside the mesh file; the caller frees.  NP_ERR_FORMAT or NP_ERR_IO with the reason why it is not read. */
typedef np_status head_mesh_beside(void *context, const char *uri, char **out_data, size_t *out_size, np_error *err);

/* SIZE bytes at DATA, and the mesh so far.  Zero-initialised but for path, data and size, beside, and what is asked for. */
typedef struct head_mesh_file {
    const char *path;         /* for messages */
    head_mesh_beside *beside; /* NULL: nothing beside it is read */
    void *beside_context;
    const char *data;
    size_t size;
    np_mesh mesh; /* its triangles name vertices that are there; vertices that none uses may be no numbers */
    size_t vertex_room, triangle_room;
    size_t polygon_work;   /* what cutting polygons has cost */
    head_paint_kind paint; /* asked for */
    const char *scalar;    /* by this name */
    float *values;         /* n_values, head_paint_channels for each vertex; the caller frees */
    size_t n_values, value_room;
    bool painted;    /* some vertex has what is asked for */
    char names[400]; /* of the scalars that the file has, for messages */
} head_mesh_file;

/* Reads FILE into its mesh, in file coordinates, as the file has it: not welded.  NP_ERR_FORMAT names the place and what was
 * expected there.  Whatever its counts say, no more memory is taken than a small multiple of the file's size; by a glTF, which may
 * show a part many times, and a .vtp, which may be packed, than the limits above.  The caller frees the mesh, also on error.  Any thread. */
typedef np_status (*head_mesh_reader)(head_mesh_file *file, np_error *err);

np_status head_stl_read(head_mesh_file *file, np_error *err); /* text and binary */
np_status head_obj_read(head_mesh_file *file, np_error *err);
np_status head_ply_read(head_mesh_file *file, np_error *err); /* text and binary, both byte orders */
np_status head_vtk_read(head_mesh_file *file, np_error *err); /* legacy PolyData, text and binary */
np_status head_vtp_read(head_mesh_file *file, np_error *err); /* PolyData in XML: text, base64, raw, packed by zlib */
np_status head_gltf_read(head_mesh_file *file,
                         np_error *err); /* .gltf, with its buffers, and .glb; NP_ERR_IO for a buffer */

/* By the ending of PATH. */
head_mesh_kind head_mesh_kind_of(const char *path);

/* Reads FILE, of the kind that its path says, as head_scan_import does. */
np_status head_mesh_read(head_mesh_file *file, size_t *out_doubled, np_error *err);

/* Append one; NP_ERR_FORMAT beyond the limits above.  A triangle's corners are not checked. */
np_status head_mesh_file_add_vertex(head_mesh_file *file, np_vec3 position, np_error *err);
np_status head_mesh_file_add_triangle(head_mesh_file *file, uint32_t a, uint32_t b, uint32_t c, np_error *err);
/* Appends a face of N >= 3 corners, which are vertices that are there, cut into N - 2 triangles, concave or not.  NP_ERR_FORMAT
 * where the polygons of FILE have so many corners that this would take seconds. */
np_status head_mesh_file_add_polygon(head_mesh_file *file, const uint32_t *corners, size_t n, np_error *err);

/* NP_ERR_FORMAT for a face of more corners than any has, before they are read. */
np_status head_mesh_file_check_corners(const head_mesh_file *file, size_t n, np_error *err);

/* NP_ERR_FORMAT: WHAT is wrong with the file, which may be cut short. */
np_status head_mesh_file_cut_short(const head_mesh_file *file, const char *what, np_error *err);

#endif
