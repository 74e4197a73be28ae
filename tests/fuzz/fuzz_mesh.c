/* Mesh files: one byte says the kind, the rest is the file; and the welding of whatever triangles come out. */
#include "base/vec3.h"
#include "fuzz.h"
#include "head/private/mesh_file.h"
#include "head/private/mesh_paint.h"
#include "surface/mesh.h"
#include "surface/topology.h"
#include "surface/weld.h"

#define VERTICES 16

/* Triangles with indices in range, as the import hands them on; coordinates of any finite size. */
static void check_weld(fuzz_input in)
{
    np_mesh mesh = {0};
    size_t n = in.left / 3 < 200 ? in.left / 3 : 200;
    mesh.vertices = calloc(VERTICES, sizeof *mesh.vertices);
    mesh.triangles = calloc(n + 1, sizeof *mesh.triangles);
    NP_FUZZ_EXPECT(mesh.vertices && mesh.triangles);
    for (; mesh.n_vertices < VERTICES; mesh.n_vertices++)
        mesh.vertices[mesh.n_vertices] = np_vec3_make((int8_t)fuzz_take(&in, 1), (int8_t)fuzz_take(&in, 1) * 1e300,
                                                      (int8_t)fuzz_take(&in, 1) * 1e-300);
    for (; mesh.n_triangles < n && in.left; mesh.n_triangles++)
        for (int k = 0; k < 3; k++)
            mesh.triangles[mesh.n_triangles].v[k] = fuzz_take(&in, 1) % VERTICES;
    np_error err = {0};
    NP_FUZZ_EXPECT(np_mesh_weld(&mesh, &(size_t){0}, &err) == NP_OK && mesh.n_vertices <= VERTICES &&
                   mesh.n_triangles <= n);
    np_vec3 normals[VERTICES];
    np_mesh_vertex_normals(&mesh, normals);
    np_topology topology = {0};
    NP_FUZZ_EXPECT(np_topology_init(&topology, &mesh, &err) == NP_OK);
    for (uint32_t t = 0; t < mesh.n_triangles; t++)
        for (int k = 0; k < 3; k++) {
            uint32_t across = np_topology_across(&topology, t, k);
            NP_FUZZ_EXPECT(mesh.triangles[t].v[k] < mesh.n_vertices);
            NP_FUZZ_EXPECT(across == NP_NO_TRIANGLE || across < mesh.n_triangles);
        }
    np_topology_fini(&topology);
    np_mesh_fini(&mesh);
}

/* What a reader promises: an error with a text, or triangles on vertices that are there, in bounded memory. */
static void check_reader(head_mesh_reader read, head_paint_kind paint, const char *data, size_t size)
{
    head_mesh_file file = {
        .path = "/nonexistent/scan", .data = data, .size = size, .paint = paint, .scalar = "quality"};
    np_error err = {0};
    np_status status = read(&file, &err);
    if (status == NP_OK && paint)
        status = head_paint_finish(&file, &err);
    NP_FUZZ_EXPECT(status == NP_OK || ((status == NP_ERR_FORMAT || status == NP_ERR_IO) && err.text[0]));
    if (read != head_gltf_read && read != head_vtp_read) /* which may show a part many times, or be packed */
        NP_FUZZ_EXPECT(file.vertex_room <= 2 * size + 64 && file.triangle_room <= 2 * size + 64);
    for (size_t t = 0; status == NP_OK && t < file.mesh.n_triangles; t++)
        for (int k = 0; k < 3; k++)
            NP_FUZZ_EXPECT(file.mesh.triangles[t].v[k] < file.mesh.n_vertices);
    if (status == NP_OK)
        NP_FUZZ_EXPECT(file.n_values == (paint ? file.mesh.n_vertices * head_paint_channels(paint) : 0));
    np_mesh_fini(&file.mesh);
    free(file.values);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const head_mesh_reader readers[8] = {head_ply_read, head_stl_read,  head_gltf_read, NULL,
                                                head_obj_read, head_gltf_read, head_vtk_read,  head_vtp_read};
    fuzz_input in = {data, size};
    uint32_t chosen = fuzz_take(&in, 1), kind = chosen % 8;
    char *copy = malloc(in.left ? in.left : 1); /* of exactly the size */
    NP_FUZZ_EXPECT(copy);
    memcpy(copy, in.at, in.left);
    if (readers[kind])
        check_reader(readers[kind], (head_paint_kind)(chosen / 8 % 3), copy, in.left);
    else
        check_weld(in);
    free(copy);
    return 0;
}
