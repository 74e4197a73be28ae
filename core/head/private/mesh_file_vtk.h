/* What the readers of VTK's two kinds of file, legacy and XML, share. */
#ifndef NP_HEAD_PRIVATE_MESH_FILE_VTK_H
#define NP_HEAD_PRIVATE_MESH_FILE_VTK_H

#include <stdbool.h>

#include "head/private/mesh_file.h"

/* A type of numbers, by the name that it has in files. */
typedef struct head_vtk_type {
    const char *name;
    unsigned size; /* bytes: 1 to 8 */
    char kind;     /* 'i' signed, 'u' unsigned, 'f' floating point */
} head_vtk_type;

/* CORNER as a file has it, counted from the vertex FIRST, in *OUT; NP_ERR_FORMAT if there is none such. */
np_status head_vtk_corner(const head_mesh_file *file, size_t first, double corner, uint32_t *out, np_error *err);
/* Appends a polygon or a strip of triangles of N corners, which are there; with fewer than three it is nothing. */
np_status head_vtk_add_cell(head_mesh_file *file, const uint32_t *corners, size_t n, bool strip, np_error *err);

/* Whether an array of the points, NAME of LENGTH bytes, is what is asked for (mesh_paint.h); COLORS: it may be colours. */
bool head_vtk_is_paint(head_mesh_file *file, const char *name, size_t length, size_t components, bool colors);
/* Gives VERTEX its VALUES of such an array; BYTES: 255 of a colour is all of it. */
np_status head_vtk_paint(head_mesh_file *file, size_t vertex, const double values[4], bool bytes, np_error *err);

/* How the numbers of a file in XML are written. */
typedef struct head_vtk_coding {
    bool big_endian, compressed;
    unsigned word; /* bytes of a number in the header of an array: 4 or 8 */
} head_vtk_coding;

typedef enum head_vtk_format { HEAD_VTK_TEXT, HEAD_VTK_BASE64, HEAD_VTK_RAW } head_vtk_format;

/* An array of such a file: its numbers begin at AT, in line LINE, and are over before END, which lie in the file. */
typedef struct head_vtk_array {
    const char *at, *end;
    size_t line;
    head_vtk_format format;
    const head_vtk_type *type;
    size_t components; /* of a tuple */
} head_vtk_array;

/* The N numbers of ARRAY, which WHAT says for messages; the caller frees *OUT_VALUES.  NP_ERR_FORMAT if they are not all of it. */
np_status head_vtk_array_read(const head_mesh_file *file, const head_vtk_coding *coding, const head_vtk_array *array,
                              const char *what, size_t n, double **out_values, np_error *err);

#endif
