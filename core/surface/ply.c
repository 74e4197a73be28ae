/* Meshes as binary little-endian PLY: float coordinates (a micrometre is a thousand times coarser) and
 * uchar/uint faces, what every viewer reads. */
#include <endian.h>
#include <string.h>

#include "base/file.h"
#include "surface/ply.h"

/* One little-endian record; stream errors show at commit. */
static void put_u32(unsigned char *at, uint32_t value)
{
    uint32_t le = htole32(value);
    memcpy(at, &le, sizeof le);
}

static void put_float(unsigned char *at, double value)
{
    float f = (float)value;
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    put_u32(at, bits);
}

np_status np_mesh_write_ply(const np_mesh *mesh, const char *path, np_error *err)
{
    np_file_writer writer = {0};
    np_status status = np_file_writer_open(&writer, path, err);
    if (status != NP_OK)
        return status;
    fprintf(writer.stream,
            "ply\nformat binary_little_endian 1.0\ncomment needlepath, mm, head frame: x anterior, y left, z up\n"
            "element vertex %zu\nproperty float x\nproperty float y\nproperty float z\n"
            "element face %zu\nproperty list uchar uint vertex_indices\nend_header\n",
            mesh->n_vertices, mesh->n_triangles);
    for (size_t i = 0; i < mesh->n_vertices; i++) {
        unsigned char record[12];
        put_float(record, mesh->vertices[i].x);
        put_float(record + 4, mesh->vertices[i].y);
        put_float(record + 8, mesh->vertices[i].z);
        fwrite(record, sizeof record, 1, writer.stream);
    }
    for (size_t t = 0; t < mesh->n_triangles; t++) {
        unsigned char record[13] = {3};
        for (size_t k = 0; k < 3; k++)
            put_u32(record + 1 + 4 * k, mesh->triangles[t].v[k]);
        fwrite(record, sizeof record, 1, writer.stream);
    }
    status = np_file_writer_commit(&writer, err);
    np_file_writer_discard(&writer);
    return status;
}
