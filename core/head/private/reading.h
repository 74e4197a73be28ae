/* What passes between the planner and the helper process that takes mesh files apart (needlepath-scan-reader). */
#ifndef NP_HEAD_PRIVATE_READING_H
#define NP_HEAD_PRIVATE_READING_H

#include <stdint.h>

#define HEAD_READER "needlepath-scan-reader"

/* From the planner, each with a file: the mesh file, whose path is the text, and in front of it what is wanted of its vertices, WANT_BYTES: nothing,
 * "c" (colours), or "s" and the name of a scalar; a file that the mesh file names; memory for the mesh, first all vertices,
 * then all triangles, then all values of vertices (float). */
#define HEAD_READING_FILE 1u
#define HEAD_READING_BUFFER 2u
#define HEAD_READING_ROOM 3u
/* From the helper: the name of a file beside the mesh file, as that has it; how large the mesh is; that it lies in the memory; an error. */
#define HEAD_READING_WANTS 100u
#define HEAD_READING_MESH 101u
#define HEAD_READING_DONE 102u
#define HEAD_READING_FAILED 103u

#define HEAD_READING_MAX_TEXT 8192u

/* Travels in front of TEXT_BYTES of text. */
typedef struct head_reading {
    uint32_t kind, status; /* an np_status */
    uint64_t file_bytes;
    uint64_t n_vertices, n_triangles, n_doubled, n_values;
    uint32_t text_bytes, want_bytes;
} head_reading;

#endif
