/* The header of a PLY file, and its values one after another. */
#ifndef NP_HEAD_PRIVATE_MESH_FILE_PLY_H
#define NP_HEAD_PRIVATE_MESH_FILE_PLY_H

#include "head/private/mesh_text.h"

typedef enum head_ply_role {
    HEAD_PLY_OTHER,
    HEAD_PLY_X, /* of a vertex */
    HEAD_PLY_Y,
    HEAD_PLY_Z,
    HEAD_PLY_CORNERS, /* of a face, or of strips of triangles */
} head_ply_role;

typedef struct head_ply_type {
    const char *name;
    unsigned size;
    char kind; /* 'i' signed, 'u' unsigned, 'f' floating point */
} head_ply_type;

typedef struct head_ply_property {
    const head_ply_type *count; /* NULL: no list */
    const head_ply_type *value;
    head_ply_role role;
    bool painted; /* it is channel CHANNEL of what is asked for beside the mesh, WHOLE for 1 */
    unsigned channel;
    double whole;
} head_ply_property;

typedef enum head_ply_kind { HEAD_PLY_UNKNOWN, HEAD_PLY_VERTEX, HEAD_PLY_FACE, HEAD_PLY_STRIPS } head_ply_kind;

typedef struct head_ply_element {
    head_ply_kind kind;
    unsigned long long count;
    size_t first_property, n_properties;
} head_ply_element;

/* Zero-initialised but for file and text. */
typedef struct head_ply {
    head_mesh_file *file;
    head_text text;    /* at what is to be read next */
    unsigned channels; /* of what is asked for beside the mesh: a bit for each that vertices have */
    bool ascii, big_endian, splat;
    head_ply_element *elements;
    head_ply_property *properties;
    size_t n_elements, element_room, n_properties, property_room;
} head_ply;

/* Reads the header that text begins with, and sets text behind it.  NP_ERR_FORMAT for what is none.  head_ply_fini frees it, also
 * on error. */
np_status head_ply_read_header(head_ply *ply, np_error *err);
void head_ply_fini(head_ply *ply);

#endif
