/* A glTF document, its buffers, and the numbers in them. */
#ifndef NP_HEAD_PRIVATE_MESH_FILE_GLTF_H
#define NP_HEAD_PRIVATE_MESH_FILE_GLTF_H

#include <jansson.h>
#include <stdbool.h>

#include "head/private/mesh_file.h"

#define HEAD_GLTF_NONE SIZE_MAX

typedef struct head_gltf_buffer {
    char *own; /* what is not in the file itself */
    const char *data;
    size_t size;
    bool read;
} head_gltf_buffer;

/* Zero-initialise; head_gltf_fini is safe then. */
typedef struct head_gltf {
    head_mesh_file *file;
    json_t *root;
    const char *chunk; /* the binary one of a .glb; chunk_size */
    size_t chunk_size;
    head_gltf_buffer *buffers; /* n_buffers: the first of the document */
    size_t n_buffers, buffer_room, bytes;
    unsigned char *seen; /* nodes */
} head_gltf;

/* The numbers of an accessor. */
typedef struct head_gltf_numbers {
    const char *at;
    size_t count, stride;
    unsigned type;   /* glTF's componentType */
    bool normalized; /* integers that stand for -1 to 1, or 0 to 1 */
} head_gltf_numbers;

void head_gltf_fini(head_gltf *gltf);

/* Item INDEX of the document's array NAME, or NULL. */
json_t *head_gltf_item(const head_gltf *gltf, const char *name, size_t index);
/* The whole number KEY of OBJECT: ABSENT where there is none, HEAD_GLTF_NONE where it is no index or count. */
size_t head_gltf_number(const json_t *object, const char *key, size_t absent);
/* NP_ERR_FORMAT: WHAT number INDEX is wrong. */
np_status head_gltf_refuse(const head_gltf *gltf, const char *what, size_t index, np_error *err);

/* The numbers of accessor INDEX, whose type is SHAPE ("VEC3").  NP_ERR_FORMAT where they are not all there, NP_ERR_IO where their
 * file cannot be read.  They are valid as long as GLTF and its file's data. */
np_status head_gltf_accessor(head_gltf *gltf, size_t index, const char *shape, head_gltf_numbers *out, np_error *err);
/* Component K of item I, which is below count. */
double head_gltf_value(const head_gltf_numbers *numbers, size_t i, unsigned k);

#endif
