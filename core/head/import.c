/* From a file to one mesh: what kind of file it is, its reader, and what must hold of every mesh.
 *
 * STL, OBJ and PLY have readers of our own (mesh_file_*.c), since the importers of others refuse what everybody else reads.  The other
 * formats are read by Assimp's C interface, in this process: the kind, the size and the wholeness of the file are checked
 * before, and what came out is checked after (counts, finite coordinates, indices). */
#include "head/private/import.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include <assimp/cimport.h>
#include <assimp/config.h>
#include <assimp/postprocess.h>
#include <assimp/scene.h>

#include "base/file.h"
#include "head/private/mesh_file.h"
#include "surface/weld.h"
#include "surface/wholeness.h"

#define KINDS "OBJ, PLY, STL or glTF (.obj .ply .stl .gltf .glb)"

/* What is read, by the ending of its name. */
typedef struct format {
    const char *ending;
    head_mesh_reader read; /* NULL: Assimp's */
} format;

static const format formats[] = {
    {".obj", head_obj_read}, {".ply", head_ply_read}, {".stl", head_stl_read}, {".gltf", NULL}, {".glb", NULL}};

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

/* ---- Assimp's scene to one mesh ---- */

typedef struct counts {
    size_t vertices, triangles;
} counts;

static size_t count_triangles(const struct aiMesh *part)
{
    size_t n = 0;
    for (unsigned f = 0; f < part->mNumFaces; f++)
        n += part->mFaces[f].mNumIndices == 3;
    return n;
}

static void count_node(const struct aiScene *scene, const struct aiNode *node, counts *sum)
{
    for (unsigned i = 0; i < node->mNumMeshes; i++) {
        sum->vertices += scene->mMeshes[node->mMeshes[i]]->mNumVertices;
        sum->triangles += count_triangles(scene->mMeshes[node->mMeshes[i]]);
    }
    for (unsigned i = 0; i < node->mNumChildren; i++)
        count_node(scene, node->mChildren[i], sum);
}

/* A transform in doubles: floats would lose micrometres in large coordinates. */
typedef struct affine {
    double m[3][4];
} affine;

static affine affine_of(const struct aiMatrix4x4 *t)
{
    return (affine){{{(double)t->a1, (double)t->a2, (double)t->a3, (double)t->a4},
                     {(double)t->b1, (double)t->b2, (double)t->b3, (double)t->b4},
                     {(double)t->c1, (double)t->c2, (double)t->c3, (double)t->c4}}};
}

static affine affine_multiply(const affine *a, const affine *b)
{
    affine out;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 4; j++)
            out.m[i][j] =
                a->m[i][0] * b->m[0][j] + a->m[i][1] * b->m[1][j] + a->m[i][2] * b->m[2][j] + (j == 3 ? a->m[i][3] : 0);
    return out;
}

static double affine_determinant(const affine *a)
{
    np_vec3 r[3];
    for (int i = 0; i < 3; i++)
        r[i] = (np_vec3){a->m[i][0], a->m[i][1], a->m[i][2]};
    return np_vec3_dot(r[0], np_vec3_cross(r[1], r[2]));
}

static np_vec3 affine_apply(const affine *a, const struct aiVector3D *p)
{
    double c[3], x = (double)p->x, y = (double)p->y, z = (double)p->z;
    for (int i = 0; i < 3; i++)
        c[i] = a->m[i][0] * x + a->m[i][1] * y + a->m[i][2] * z + a->m[i][3];
    return (np_vec3){c[0], c[1], c[2]};
}

/* Appends PART; false if a face names a vertex that is not there. */
static bool append_part(const struct aiMesh *part, const affine *transform, np_mesh *mesh)
{
    bool mirrored = affine_determinant(transform) < 0;
    uint32_t first = (uint32_t)mesh->n_vertices;
    for (unsigned i = 0; i < part->mNumVertices; i++)
        mesh->vertices[mesh->n_vertices++] = affine_apply(transform, &part->mVertices[i]);
    for (unsigned f = 0; f < part->mNumFaces; f++) {
        const unsigned *v = part->mFaces[f].mIndices;
        if (part->mFaces[f].mNumIndices != 3)
            continue;
        if (v[0] >= part->mNumVertices || v[1] >= part->mNumVertices || v[2] >= part->mNumVertices)
            return false;
        np_triangle t = {{first + v[0], first + v[mirrored ? 2 : 1], first + v[mirrored ? 1 : 2]}};
        mesh->triangles[mesh->n_triangles++] = t;
    }
    return true;
}

static bool append_node(const struct aiScene *scene, const struct aiNode *node, const affine *parent, np_mesh *mesh)
{
    affine own = affine_of(&node->mTransformation), transform = affine_multiply(parent, &own);
    for (unsigned i = 0; i < node->mNumMeshes; i++)
        if (!append_part(scene->mMeshes[node->mMeshes[i]], &transform, mesh))
            return false;
    for (unsigned i = 0; i < node->mNumChildren; i++)
        if (!append_node(scene, node->mChildren[i], &transform, mesh))
            return false;
    return true;
}

static np_status check_counts(const char *path, const counts *n, np_error *err)
{
    if (n->triangles < HEAD_SCAN_MIN_TRIANGLES)
        return np_error_set(err, NP_ERR_FORMAT,
                            "%s: holds %zu triangles, a head needs at least %u; is the file cut short, or no mesh?",
                            path, n->triangles, HEAD_SCAN_MIN_TRIANGLES);
    if (n->triangles > HEAD_SCAN_MAX_TRIANGLES || n->vertices > HEAD_SCAN_MAX_VERTICES)
        return np_error_set(err, NP_ERR_FORMAT, "%s: holds %zu triangles, at most %u are read; reduce the mesh", path,
                            n->triangles, HEAD_SCAN_MAX_TRIANGLES);
    return NP_OK;
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

static np_status convert(const char *path, const struct aiScene *scene, np_mesh *mesh, np_error *err)
{
    counts n = {0};
    count_node(scene, scene->mRootNode, &n);
    np_status status = check_counts(path, &n, err);
    if (status != NP_OK)
        return status;
    mesh->vertices = malloc(n.vertices * sizeof *mesh->vertices);
    mesh->triangles = malloc(n.triangles * sizeof *mesh->triangles);
    if (!mesh->vertices || !mesh->triangles)
        return np_error_no_memory(err, path);
    const affine identity = {{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}}};
    if (!append_node(scene, scene->mRootNode, &identity, mesh))
        return np_error_set(err, NP_ERR_FORMAT, "%s: a face names a vertex that is not in the file; is it cut short?",
                            path);
    return NP_OK;
}

/* Positions and faces only: nothing else is needed, and seams of texture or normals would split vertices. */
static const struct aiScene *read_scene(const char *path)
{
    struct aiPropertyStore *options = aiCreatePropertyStore();
    if (!options)
        return NULL;
    int drop = aiComponent_NORMALS | aiComponent_TANGENTS_AND_BITANGENTS | aiComponent_COLORS | aiComponent_TEXCOORDS |
               aiComponent_BONEWEIGHTS | aiComponent_ANIMATIONS | aiComponent_TEXTURES | aiComponent_LIGHTS |
               aiComponent_CAMERAS | aiComponent_MATERIALS;
    aiSetImportPropertyInteger(options, AI_CONFIG_PP_RVC_FLAGS, drop);
    const struct aiScene *scene =
        aiImportFileExWithProperties(path, aiProcess_RemoveComponent | aiProcess_Triangulate, NULL, options);
    aiReleasePropertyStore(options);
    return scene;
}

static np_status read_by_assimp(head_mesh_file *file, np_error *err)
{
    const char *path = file->path;
    np_status status = np_mesh_file_check(path, strrchr(path, '.'), (const unsigned char *)file->data, file->size, err);
    if (status != NP_OK)
        return status;
    const struct aiScene *scene = read_scene(path);
    if (!scene || (scene->mFlags & AI_SCENE_FLAGS_INCOMPLETE) || !scene->mRootNode) {
        const char *reason = aiGetErrorString();
        status = np_error_set(err, NP_ERR_FORMAT,
                              "%s: cannot be read as a mesh%s%.100s; is it cut short, or of another kind?", path,
                              reason && *reason ? ": " : "", reason ? reason : "");
    } else {
        status = convert(path, scene, &file->mesh, err);
    }
    aiReleaseImport(scene);
    return status;
}

/* ---- any of them ---- */

/* What every mesh must be, whatever it came from. */
static np_status finish(const char *path, np_mesh *mesh, size_t *out_doubled, np_error *err)
{
    if (mesh->n_triangles == 0 && mesh->n_vertices > 0)
        return np_error_set(
            err, NP_ERR_FORMAT,
            "%s: holds %zu points and no faces; a point cloud has no surface: make a mesh of it (in MeshLab: "
            "Screened Poisson)",
            path, mesh->n_vertices);
    np_status status = check_counts(path, &(counts){mesh->n_vertices, mesh->n_triangles}, err);
    if (status == NP_OK)
        status = np_mesh_drop_unused(mesh, err);
    if (status == NP_OK)
        status = check_finite(path, mesh, err);
    if (status == NP_OK)
        status = np_mesh_weld(mesh, out_doubled, err);
    return status == NP_OK ? check_counts(path, &(counts){mesh->n_vertices, mesh->n_triangles}, err) : status;
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
        status = kind->read ? kind->read(&file, err) : read_by_assimp(&file, err);
    free(data);
    if (status == NP_OK)
        status = finish(path, &file.mesh, out_doubled, err);
    if (status == NP_OK)
        *out_mesh = file.mesh;
    else
        np_mesh_fini(&file.mesh);
    return status;
}
