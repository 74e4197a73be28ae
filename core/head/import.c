/* From a file to one mesh: what kind of file it is, its reader (mesh_file_*.c), and what must hold of every mesh.
 *
 * The readers are our own: the importers of others refuse what everybody else reads, pass over what they do not know, and quote
 * pages of a file that they cannot read. */
#include "head/private/import.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/file.h"
#include "head/private/mesh_file.h"
#include "surface/weld.h"

#define KINDS "OBJ, PLY, STL or glTF (.obj .ply .stl .gltf .glb)"

/* What is read, by the ending of its name. */
typedef struct format {
    const char *ending;
    head_mesh_reader read;
} format;

static const format formats[] = {{".obj", head_obj_read},
                                 {".ply", head_ply_read},
                                 {".stl", head_stl_read},
                                 {".gltf", head_gltf_read},
                                 {".glb", head_gltf_read}};

static np_status check_kind(const char *path, const format **out_format, np_error *err)
{
    struct stat st; /* before opening it: a pipe must not hold us up */
    if (stat(path, &st) != 0)
        return np_error_set(err, NP_ERR_IO, "%s: cannot read the scan: %s; check the case's scan file", path,
                            strerror(errno));
    if (!S_ISREG(st.st_mode))
        return np_error_set(err, NP_ERR_IO, "%s: is a %s, not a mesh file; give a file in " KINDS, path,
                            S_ISDIR(st.st_mode) ? "folder" : "special file");
    if (st.st_size == 0)
        return np_error_set(err, NP_ERR_FORMAT, "%s: the file is empty; export the scan again", path);
    if (st.st_size > HEAD_SCAN_MAX_FILE_BYTES)
        return np_error_set(err, NP_ERR_FORMAT, "%s: the file has %lld MiB, at most 1024 are read; reduce the mesh",
                            path, (long long)st.st_size >> 20);
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof formats / sizeof formats[0]; i++)
        if (strcasecmp(dot, formats[i].ending) == 0) {
            *out_format = &formats[i];
            return NP_OK;
        }
    return np_error_set(err, NP_ERR_FORMAT, "%s: not a known kind of mesh file; give " KINDS, path);
}

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
static np_status finish(const char *path, np_mesh *mesh, size_t *out_doubled, np_error *err)
{
    if (mesh->n_triangles == 0 && mesh->n_vertices > 0)
        return np_error_set(
            err, NP_ERR_FORMAT,
            "%s: holds %zu points and no faces; a point cloud has no surface: make a mesh of it (in MeshLab: "
            "Screened Poisson)",
            path, mesh->n_vertices);
    np_status status = check_enough(path, mesh, err);
    if (status == NP_OK)
        status = np_mesh_drop_unused(mesh, err);
    if (status == NP_OK)
        status = check_finite(path, mesh, err);
    if (status == NP_OK)
        status = np_mesh_weld(mesh, out_doubled, err);
    return status == NP_OK ? check_enough(path, mesh, err) : status;
}

np_status head_scan_import(const char *path, np_mesh *out_mesh, size_t *out_doubled, np_error *err)
{
    size_t none;
    out_doubled = out_doubled ? out_doubled : &none;
    *out_doubled = 0;
    *out_mesh = (np_mesh){0};
    const format *kind = NULL;
    np_status status = check_kind(path, &kind, err);
    if (status != NP_OK)
        return status;
    head_mesh_file file = {.path = path};
    char *data;
    status = np_file_read(path, HEAD_SCAN_MAX_FILE_BYTES, &data, &file.size, err);
    file.data = data;
    if (status == NP_OK)
        status = skip_byte_order_mark(&file, err);
    if (status == NP_OK)
        status = kind->read(&file, err);
    free(data);
    if (status == NP_OK)
        status = finish(path, &file.mesh, out_doubled, err);
    if (status == NP_OK)
        *out_mesh = file.mesh;
    else
        np_mesh_fini(&file.mesh);
    return status;
}
