/* From a file in memory to one mesh: its reader (mesh_file_*.c), and what must hold of every mesh.
 *
 * The readers are our own: the importers of others refuse what everybody else reads, pass over what they do not know, and quote
 * pages of a file that they cannot read.  They are written to be given anything, and yet run in the helper process alone. */
#include <stdbool.h>
#include <string.h>

#include "head/private/mesh_file.h"
#include "head/private/mesh_paint.h"
#include "surface/weld.h"

/* Takes the byte order mark of UTF-8 off FILE; the other encodings' marks are refused. */
static np_status skip_byte_order_mark(head_mesh_file *file, np_error *err)
{
    bool utf16 = file->size >= 2 && (memcmp(file->data, "\xFF\xFE", 2) == 0 || memcmp(file->data, "\xFE\xFF", 2) == 0);
    if (utf16)
        return np_error_set(err, NP_ERR_FORMAT, "%s: is text in UTF-16; save it as UTF-8 or ASCII", file->path);
    size_t mark = file->size >= 3 && memcmp(file->data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    file->data += mark;
    file->size -= mark;
    return NP_OK;
}

static np_status check_enough(const char *path, const np_mesh *mesh, np_error *err)
{
    if (mesh->n_triangles >= HEAD_SCAN_MIN_TRIANGLES)
        return NP_OK;
    return np_error_set(err, NP_ERR_FORMAT,
                        "%s: holds %zu triangles, a head needs at least %u; is the file cut short, or no mesh?", path,
                        mesh->n_triangles, HEAD_SCAN_MIN_TRIANGLES);
}

static np_status check_finite(const char *path, const np_mesh *mesh, np_error *err)
{
    for (size_t i = 0; i < mesh->n_vertices; i++)
        if (!np_vec3_is_finite(mesh->vertices[i]))
            return np_error_set(err, NP_ERR_FORMAT,
                                "%s: a corner of a face has coordinates that are no numbers; export the scan again",
                                path);
    return NP_OK;
}

/* What every mesh must be, whatever it came from. */
static np_status finish(head_mesh_file *file, size_t *out_doubled, np_error *err)
{
    const char *path = file->path;
    np_mesh *mesh = &file->mesh;
    if (mesh->n_triangles == 0 && mesh->n_vertices > 0)
        return np_error_set(
            err, NP_ERR_FORMAT,
            "%s: holds %zu points and no faces; a point cloud has no surface: make a mesh of it (in MeshLab: "
            "Screened Poisson)",
            path, mesh->n_vertices);
    np_status status = check_enough(path, mesh, err);
    if (status == NP_OK)
        status = file->paint ? head_paint_finish(file, err) : np_mesh_drop_unused(mesh, err);
    if (status == NP_OK)
        status = check_finite(path, mesh, err);
    if (status == NP_OK && !file->paint)
        status = np_mesh_weld(mesh, out_doubled, err);
    return status == NP_OK ? check_enough(path, mesh, err) : status;
}

np_status head_mesh_read(head_mesh_file *file, size_t *out_doubled, np_error *err)
{
    static const head_mesh_reader readers[] = {
        [HEAD_MESH_OBJ] = head_obj_read,   [HEAD_MESH_PLY] = head_ply_read, [HEAD_MESH_STL] = head_stl_read,
        [HEAD_MESH_GLTF] = head_gltf_read, [HEAD_MESH_VTK] = head_vtk_read, [HEAD_MESH_VTP] = head_vtp_read};
    *out_doubled = 0;
    head_mesh_kind kind = head_mesh_kind_of(file->path);
    if (kind == HEAD_MESH_UNKNOWN)
        return np_error_set(err, NP_ERR_FORMAT, "%s: not a known kind of mesh file", file->path);
    np_status status = skip_byte_order_mark(file, err);
    if (status == NP_OK)
        status = readers[kind](file, err);
    return status == NP_OK ? finish(file, out_doubled, err) : status;
}
