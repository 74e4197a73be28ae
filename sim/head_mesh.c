/* A head's mesh for the witness; see head_mesh.h. */
#include "sim/head_mesh.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/file.h"

#define MAX_BYTES ((size_t)1 << 30)
enum { VERTEX_BYTES = 12, FACE_BYTES = 13 };

/* The header, line by line; %zu stands for a count.  Without the comment it could be any mesh, anywhere. */
static const char *const header[] = {"ply",
                                     "format binary_little_endian 1.0",
                                     "comment needlepath, mm, head frame: x anterior, y left, z up",
                                     "element vertex %zu",
                                     "property float x",
                                     "property float y",
                                     "property float z",
                                     "element face %zu",
                                     "property list uchar uint vertex_indices",
                                     "end_header"};
enum { HEADER_LINES = sizeof header / sizeof header[0] };

/* True if LINE is what the header has there; a count goes into *OUT_COUNT. */
static bool fits(const char *line, size_t length, const char *expected, size_t *out_count)
{
    char text[80], again[80];
    if (length >= sizeof text)
        return false;
    memcpy(text, line, length);
    text[length] = '\0';
    if (!strchr(expected, '%'))
        return strcmp(text, expected) == 0;
    size_t name = (size_t)(strchr(expected, '%') - expected);
    if (length <= name || strncmp(text, expected, name) != 0 || text[name] < '0' || text[name] > '9')
        return false;
    *out_count = strtoull(text + name, NULL, 10);
    snprintf(again, sizeof again, "%.*s%zu", (int)name, expected, *out_count);
    return strcmp(text, again) == 0;
}

/* The bytes behind the header, or NULL. */
static const char *read_header(const char *data, size_t size, size_t out_counts[2])
{
    const char *at = data, *end = data + size;
    size_t counts = 0;
    for (int i = 0; i < HEADER_LINES; i++) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        if (!line_end)
            return NULL;
        if (!fits(at, (size_t)(line_end - at), header[i], &out_counts[counts]))
            return NULL;
        counts += strchr(header[i], '%') != NULL;
        at = line_end + 1;
    }
    return at;
}

static double float_at(const char *at)
{
    return np_bits_float(np_bits_u32(at));
}

static bool read_body(const char *at, sim_head_mesh *mesh)
{
    for (size_t i = 0; i < mesh->n_vertices; i++, at += VERTEX_BYTES) {
        mesh->vertices[i] = (np_vec3){float_at(at), float_at(at + 4), float_at(at + 8)};
        if (!np_vec3_is_finite(mesh->vertices[i]))
            return false;
    }
    for (size_t t = 0; t < mesh->n_triangles; t++, at += FACE_BYTES)
        for (size_t k = 0; k < 3; k++) {
            mesh->triangles[t][k] = np_bits_u32(at + 1 + 4 * k);
            if (at[0] != 3 || mesh->triangles[t][k] >= mesh->n_vertices)
                return false;
        }
    return true;
}

np_status sim_head_mesh_read(const char *path, sim_head_mesh *out_mesh, np_error *err)
{
    char *data = NULL;
    size_t size = 0, counts[2] = {0};
    *out_mesh = (sim_head_mesh){0};
    np_status status = np_file_read(path, MAX_BYTES, &data, &size, err);
    if (status != NP_OK)
        return status;
    const char *body = read_header(data, size, counts);
    size_t rest = body ? size - (size_t)(body - data) : 0;
    bool whole = body && counts[0] >= 3 && counts[1] >= 1 && counts[0] <= rest / VERTEX_BYTES &&
                 counts[1] <= rest / FACE_BYTES && rest == counts[0] * VERTEX_BYTES + counts[1] * FACE_BYTES;
    if (whole) {
        out_mesh->n_vertices = counts[0];
        out_mesh->n_triangles = counts[1];
        out_mesh->vertices = malloc(counts[0] * sizeof *out_mesh->vertices);
        out_mesh->triangles = malloc(counts[1] * sizeof *out_mesh->triangles);
    }
    if (!body)
        status = np_error_set(err, NP_ERR_FORMAT, "%s: expected a head's mesh as `needlepath head` writes it", path);
    else if (whole && (!out_mesh->vertices || !out_mesh->triangles))
        status = np_error_no_memory(err, path);
    else if (!whole || !read_body(body, out_mesh))
        status =
            np_error_set(err, NP_ERR_FORMAT,
                         "%s: the mesh is not whole, or not of triangles; write it anew with `needlepath head`", path);
    free(data);
    if (status != NP_OK)
        sim_head_mesh_fini(out_mesh);
    return status;
}

void sim_head_mesh_fini(sim_head_mesh *mesh)
{
    free(mesh->vertices);
    free(mesh->triangles);
    *mesh = (sim_head_mesh){0};
}
