/* What the readers of all formats share. */
#include "head/private/mesh_file.h"

#include <string.h>
#include <strings.h>

#include "base/grow.h"

head_mesh_kind head_mesh_kind_of(const char *path)
{
    static const struct {
        const char *ending;
        head_mesh_kind kind;
    } endings[] = {{".obj", HEAD_MESH_OBJ},   {".ply", HEAD_MESH_PLY},  {".stl", HEAD_MESH_STL},
                   {".gltf", HEAD_MESH_GLTF}, {".glb", HEAD_MESH_GLTF}, {".vtk", HEAD_MESH_VTK},
                   {".vtp", HEAD_MESH_VTP}};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
        if (strcasecmp(dot, endings[i].ending) == 0)
            return endings[i].kind;
    return HEAD_MESH_UNKNOWN;
}

np_status head_mesh_file_add_vertex(head_mesh_file *file, np_vec3 position, np_error *err)
{
    np_mesh *mesh = &file->mesh;
    if (mesh->n_vertices == HEAD_SCAN_MAX_VERTICES)
        return np_error_set(err, NP_ERR_FORMAT,
                            "%s: holds more than %u vertices, the most that are read; reduce the mesh", file->path,
                            HEAD_SCAN_MAX_VERTICES);
    np_status status = NP_GROW(mesh->vertices, file->vertex_room, mesh->n_vertices + 1, "the scan's vertices", err);
    if (status == NP_OK)
        mesh->vertices[mesh->n_vertices++] = position;
    return status;
}

np_status head_mesh_file_add_triangle(head_mesh_file *file, uint32_t a, uint32_t b, uint32_t c, np_error *err)
{
    np_mesh *mesh = &file->mesh;
    if (mesh->n_triangles == HEAD_SCAN_MAX_TRIANGLES)
        return np_error_set(err, NP_ERR_FORMAT,
                            "%s: holds more than %u triangles, the most that are read; reduce the mesh", file->path,
                            HEAD_SCAN_MAX_TRIANGLES);
    np_status status =
        NP_GROW(mesh->triangles, file->triangle_room, mesh->n_triangles + 1, "the scan's triangles", err);
    if (status == NP_OK)
        mesh->triangles[mesh->n_triangles++] = (np_triangle){{a, b, c}};
    return status;
}

np_status head_mesh_file_cut_short(const head_mesh_file *file, const char *what, np_error *err)
{
    return np_error_set(err, NP_ERR_FORMAT, "%s: %s; is it cut short, or of another kind? export or copy it again",
                        file->path, what);
}
