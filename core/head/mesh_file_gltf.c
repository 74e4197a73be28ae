/* glTF 2.0, as .gltf and .glb: the triangles of a scene, with its nodes' transforms.  Pictures, materials, bones and cameras are passed
 * over; an extension that the file requires and that could change its shape is refused by its name. */
#include "head/private/mesh_file_gltf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "head/private/mesh_paint.h"

/* Of numbers and objects; each takes many times its text in memory.  A scan's are in buffers, and few are left. */
#define JSON_MAX_VALUES 2000000u
#define DEPTH_MAX 200
enum { TRIANGLES = 4, STRIP = 5, FAN = 6 };

/* ---- the document ---- */

/* The JSON of a .glb, and its binary chunk. */
static np_status open_glb(head_gltf *gltf, const char **out_json, size_t *out_size, np_error *err)
{
    const head_mesh_file *file = gltf->file;
    if (file->size < 20 || np_bits_u32(file->data + 8) > file->size || np_bits_u32(file->data + 8) < 20)
        return head_mesh_file_cut_short(file, "the file is smaller than its header says", err);
    if (np_bits_u32(file->data + 4) != 2)
        return np_error_set(err, NP_ERR_FORMAT, "%s: is glTF %u, and glTF 2 is read; export it as glTF 2.0", file->path,
                            np_bits_u32(file->data + 4));
    for (size_t at = 12, end = np_bits_u32(file->data + 8); at + 8 <= end;) {
        size_t size = np_bits_u32(file->data + at);
        const char *kind = file->data + at + 4;
        if (size > end - at - 8)
            return head_mesh_file_cut_short(file, "a chunk of the binary glTF is smaller than it states", err);
        if (memcmp(kind, "JSON", 4) == 0 && !*out_json) {
            *out_json = file->data + at + 8;
            *out_size = size;
        } else if (memcmp(kind, "BIN\0", 4) == 0 && !gltf->chunk) {
            gltf->chunk = file->data + at + 8;
            gltf->chunk_size = size;
        }
        at += 8 + size;
    }
    return *out_json ? NP_OK : head_mesh_file_cut_short(file, "the binary glTF has no JSON", err);
}

/* Extensions that change how a mesh looks, and not its shape; and the one that is understood. */
static bool is_harmless(const char *extension)
{
    static const char *const begins[] = {"KHR_mesh_quantization", "KHR_materials_", "KHR_texture_", "EXT_texture_",
                                         "MSFT_texture_",         "KHR_lights_",    "KHR_xmp"};
    for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++)
        if (strncmp(extension, begins[i], strlen(begins[i])) == 0)
            return true;
    return false;
}

static np_status check_document(const head_gltf *gltf, np_error *err)
{
    const char *path = gltf->file->path;
    const char *version = json_string_value(json_object_get(json_object_get(gltf->root, "asset"), "version"));
    if (!version || strncmp(version, "2.", 2) != 0)
        return np_error_set(err, NP_ERR_FORMAT, "%s: is glTF %.20s, and glTF 2 is read; export it as glTF 2.0", path,
                            version ? version : "of no version");
    size_t i;
    json_t *extension;
    json_array_foreach(json_object_get(gltf->root, "extensionsRequired"), i, extension)
    {
        const char *name = json_string_value(extension);
        if (!name || !is_harmless(name))
            return np_error_set(err, NP_ERR_FORMAT,
                                "%s: requires the glTF extension %.60s, which is not read; export the scan without it "
                                "(uncompressed)",
                                path, name ? name : "of no name");
    }
    return NP_OK;
}

static bool has_few_values(const char *json, size_t size)
{
    size_t values = 0;
    for (size_t i = 0; i < size && values <= JSON_MAX_VALUES; i++)
        values += json[i] == ',' || json[i] == '[' || json[i] == '{';
    return values <= JSON_MAX_VALUES;
}

static np_status read_document(head_gltf *gltf, np_error *err)
{
    const head_mesh_file *file = gltf->file;
    const char *json = NULL;
    size_t size = 0;
    if (file->size >= 4 && memcmp(file->data, "glTF", 4) == 0) {
        np_status status = open_glb(gltf, &json, &size, err);
        if (status != NP_OK)
            return status;
    } else {
        json = file->data;
        size = file->size;
    }
    if (!has_few_values(json, size))
        return np_error_set(err, NP_ERR_FORMAT, "%s: has more than %u values in its JSON; export it as .glb",
                            file->path, JSON_MAX_VALUES);
    while (size > 0 && (json[size - 1] == '\0' || json[size - 1] == '\x1A')) /* what some fill it up with */
        size--;
    json_error_t error;
    gltf->root = json_loadb(json, size, JSON_REJECT_DUPLICATES, &error);
    if (!gltf->root)
        return np_error_set(err, NP_ERR_FORMAT, "%s:%d: no glTF: %.80s; is it cut short, or of another kind?",
                            file->path, error.line, error.text);
    return check_document(gltf, err);
}

/* ---- transforms: in doubles, since floats would lose micrometres in large coordinates ---- */

typedef struct affine {
    double m[3][4];
} affine;

static const affine identity = {{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}}};

static affine affine_multiply(const affine *a, const affine *b)
{
    affine out;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 4; j++)
            out.m[i][j] =
                a->m[i][0] * b->m[0][j] + a->m[i][1] * b->m[1][j] + a->m[i][2] * b->m[2][j] + (j == 3 ? a->m[i][3] : 0);
    return out;
}

static bool is_mirrored(const affine *a)
{
    np_vec3 r[3];
    for (int i = 0; i < 3; i++)
        r[i] = (np_vec3){a->m[i][0], a->m[i][1], a->m[i][2]};
    return np_vec3_dot(r[0], np_vec3_cross(r[1], r[2])) < 0;
}

static np_vec3 affine_apply(const affine *a, const double p[3])
{
    double c[3];
    for (int i = 0; i < 3; i++)
        c[i] = a->m[i][0] * p[0] + a->m[i][1] * p[1] + a->m[i][2] * p[2] + a->m[i][3];
    return (np_vec3){c[0], c[1], c[2]};
}

/* N numbers KEY of NODE into OUT, which stays as it is where there are none; false for anything else. */
static bool read_numbers(const json_t *node, const char *key, size_t n, double *out)
{
    const json_t *array = json_object_get(node, key);
    if (!array)
        return true;
    bool right = json_array_size(array) == n;
    for (size_t i = 0; i < n && right; i++) {
        right = json_is_number(json_array_get(array, i));
        out[i] = json_number_value(json_array_get(array, i));
    }
    return right;
}

/* Exporters round to floats, some to fewer digits. */
#define ROW_TOLERANCE 1e-6
#define LENGTH_TOLERANCE 1e-3

/* A node's own transform: a matrix, column by column, or translation, rotation (a quaternion x, y, z, w) and scale.  NULL, or what is wrong. */
static const char *read_transform(const json_t *node, affine *out)
{
    static const char *const numbers = "its transform has not as many numbers as it must";
    double m[16], t[3] = {0}, q[4] = {0, 0, 0, 1}, s[3] = {1, 1, 1};
    if (json_object_get(node, "matrix")) {
        if (!read_numbers(node, "matrix", 16, m))
            return numbers;
        if (!(fabs(m[3]) + fabs(m[7]) + fabs(m[11]) + fabs(m[15] - 1) <= ROW_TOLERANCE))
            return "its matrix is a projection: expected 0, 0, 0, 1 as the last row";
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 4; j++)
                out->m[i][j] = m[4 * j + i];
        return NULL;
    }
    if (!read_numbers(node, "translation", 3, t) || !read_numbers(node, "rotation", 4, q) ||
        !read_numbers(node, "scale", 3, s))
        return numbers;
    double length = sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
    if (!(fabs(length - 1) <= LENGTH_TOLERANCE))
        return "its rotation is none: expected a quaternion of length 1";
    double x = q[0] / length, y = q[1] / length, z = q[2] / length, w = q[3] / length;
    const double r[3][3] = {{1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)},
                            {2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)},
                            {2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)}};
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++)
            out->m[i][j] = r[i][j] * s[j];
        out->m[i][3] = t[i];
    }
    return NULL;
}

/* ---- meshes ---- */

typedef struct corners {
    head_gltf_numbers indices;
    bool indexed;
    size_t n, n_vertices;
    uint32_t first; /* of the vertices */
} corners;

/* Corner I; false where its index is beyond the vertices. */
static bool corner_at(const corners *c, size_t i, uint32_t *out)
{
    double index = c->indexed ? head_gltf_value(&c->indices, i, 0) : (double)i;
    if (!(index >= 0 && index < (double)c->n_vertices))
        return false;
    *out = c->first + (uint32_t)index;
    return true;
}

static np_status add_triangles(head_mesh_file *file, const corners *c, size_t mode, bool mirrored, np_error *err)
{
    size_t n = mode == TRIANGLES ? c->n / 3 : c->n < 3 ? 0 : c->n - 2;
    np_status status = NP_OK;
    for (size_t i = 0; i < n && status == NP_OK; i++) {
        size_t at[3] = {i, i + 1 + i % 2, i + 2 - i % 2}; /* every other triangle of a strip is the other way round */
        uint32_t v[3] = {0};
        for (size_t k = 0; k < 3; k++)
            at[k] = mode == TRIANGLES ? 3 * i + k : mode == FAN ? (k == 0 ? 0 : i + k) : at[k];
        if (!corner_at(c, at[0], &v[0]) || !corner_at(c, at[1], &v[1]) || !corner_at(c, at[2], &v[2]))
            return np_error_set(err, NP_ERR_FORMAT,
                                "%s: a face names a vertex that is not in the file; is it cut short?", file->path);
        status = head_mesh_file_add_triangle(file, v[0], v[mirrored ? 2 : 1], v[mirrored ? 1 : 2], err);
    }
    return status;
}

static np_status read_indices(head_gltf *gltf, size_t index, head_gltf_numbers *out, np_error *err)
{
    np_status status = head_gltf_accessor(gltf, index, "SCALAR", out, err);
    bool whole = status == NP_OK && (out->type == 5121 || out->type == 5123 || out->type == 5125) && !out->normalized;
    return status != NP_OK || whole ? status : head_gltf_refuse(gltf, "accessor", index, err);
}

/* Light to sRGB (IEC 61966-2-1), as glTF's colours are light and everybody else's are not. */
static double seen(double light)
{
    return light <= 0.0031308 ? 12.92 * light : 1.055 * pow(light, 1 / 2.4) - 0.055;
}

/* The numbers of what is asked for beside the mesh; none: count 0. */
static np_status find_paint(head_gltf *gltf, json_t *attributes, head_gltf_numbers *out, np_error *err)
{
    const char *name;
    json_t *value;
    *out = (head_gltf_numbers){0};
    if (gltf->file->paint == HEAD_PAINT_COLORS && json_object_get(attributes, "COLOR_0")) {
        size_t index = head_gltf_number(attributes, "COLOR_0", HEAD_GLTF_NONE);
        const char *shape = json_string_value(json_object_get(head_gltf_item(gltf, "accessors", index), "type"));
        return head_gltf_accessor(gltf, index, shape && strcmp(shape, "VEC4") == 0 ? "VEC4" : "VEC3", out, err);
    }
    json_object_foreach(attributes, name, value)
    {
        size_t index = head_gltf_number(attributes, name, HEAD_GLTF_NONE);
        const char *shape = json_string_value(json_object_get(head_gltf_item(gltf, "accessors", index), "type"));
        if (shape && strcmp(shape, "SCALAR") == 0 && head_paint_is_scalar(gltf->file, name, strlen(name)))
            return head_gltf_accessor(gltf, index, "SCALAR", out, err);
    }
    return NP_OK;
}

/* Values of vertex I of a primitive, which was added last. */
static np_status add_paint(head_mesh_file *file, const head_gltf_numbers *paint, size_t i, np_error *err)
{
    double values[3];
    if (i >= paint->count)
        return NP_OK;
    for (unsigned k = 0; k < head_paint_channels(file->paint); k++)
        values[k] = head_gltf_value(paint, i, k);
    for (unsigned k = 0; k < 3 && file->paint == HEAD_PAINT_COLORS; k++)
        values[k] = seen(values[k]);
    return head_paint_add(file, values, err);
}

static np_status read_primitive(head_gltf *gltf, const json_t *primitive, const affine *transform, np_error *err)
{
    head_mesh_file *file = gltf->file;
    size_t position = head_gltf_number(json_object_get(primitive, "attributes"), "POSITION", HEAD_GLTF_NONE);
    size_t mode = head_gltf_number(primitive, "mode", TRIANGLES);
    head_gltf_numbers places, paint;
    corners c = {.first = (uint32_t)file->mesh.n_vertices, .indexed = json_object_get(primitive, "indices") != NULL};
    np_status status = head_gltf_accessor(gltf, position, "VEC3", &places, err);
    if (status == NP_OK)
        status = find_paint(gltf, json_object_get(primitive, "attributes"), &paint, err);
    for (size_t i = 0; status == NP_OK && i < places.count; i++) {
        double p[3];
        for (unsigned k = 0; k < 3; k++)
            p[k] = head_gltf_value(&places, i, k);
        status = head_mesh_file_add_vertex(file, affine_apply(transform, p), err);
        if (status == NP_OK)
            status = add_paint(file, &paint, i, err);
    }
    if (status == NP_OK && c.indexed)
        status = read_indices(gltf, head_gltf_number(primitive, "indices", HEAD_GLTF_NONE), &c.indices, err);
    if (status != NP_OK || mode < TRIANGLES) /* points and lines */
        return status;
    if (mode > FAN)
        return head_gltf_refuse(gltf, "a primitive's mode", mode, err);
    c.n_vertices = places.count;
    c.n = c.indexed ? c.indices.count : places.count;
    return add_triangles(file, &c, mode, is_mirrored(transform), err);
}

static np_status read_mesh(head_gltf *gltf, size_t index, const affine *transform, np_error *err)
{
    json_t *mesh = head_gltf_item(gltf, "meshes", index), *primitive;
    size_t i;
    if (!mesh)
        return head_gltf_refuse(gltf, "mesh", index, err);
    json_array_foreach(json_object_get(mesh, "primitives"), i, primitive)
    {
        np_status status = read_primitive(gltf, primitive, transform, err);
        if (status != NP_OK)
            return status;
    }
    return NP_OK;
}

/* ---- nodes ---- */

/* Node INDEX and what hangs on it: a tree, so that each comes but once. */
static np_status read_node(head_gltf *gltf, size_t index, const affine *parent, unsigned depth, np_error *err)
{
    json_t *node = head_gltf_item(gltf, "nodes", index), *child;
    affine own, transform;
    if (!node || gltf->seen[index])
        return head_gltf_refuse(gltf, "node", index, err);
    const char *wrong = depth > DEPTH_MAX ? "it is nested more than 200 nodes deep" : read_transform(node, &own);
    if (wrong)
        return np_error_set(err, NP_ERR_FORMAT, "%s: glTF: node %zu: %s; export the scan again", gltf->file->path,
                            index, wrong);
    gltf->seen[index] = 1;
    transform = affine_multiply(parent, &own);
    np_status status = NP_OK;
    if (json_object_get(node, "mesh"))
        status = read_mesh(gltf, head_gltf_number(node, "mesh", HEAD_GLTF_NONE), &transform, err);
    size_t i;
    json_array_foreach(json_object_get(node, "children"), i, child)
    {
        size_t at = json_is_integer(child) ? (size_t)json_integer_value(child) : HEAD_GLTF_NONE;
        status = status == NP_OK ? read_node(gltf, at, &transform, depth + 1, err) : status;
    }
    return status;
}

static np_status read_scene(head_gltf *gltf, np_error *err)
{
    gltf->seen = calloc(json_array_size(json_object_get(gltf->root, "nodes")) + 1, 1);
    if (!gltf->seen)
        return np_error_no_memory(err, "the scan's nodes");
    size_t number = head_gltf_number(gltf->root, "scene", 0), i;
    json_t *scene = head_gltf_item(gltf, "scenes", number), *root;
    if (!scene)
        return head_gltf_refuse(gltf, "scene", number, err);
    np_status status = NP_OK;
    json_array_foreach(json_object_get(scene, "nodes"), i, root)
    {
        size_t at = json_is_integer(root) ? (size_t)json_integer_value(root) : HEAD_GLTF_NONE;
        status = status == NP_OK ? read_node(gltf, at, &identity, 0, err) : status;
    }
    return status;
}

np_status head_gltf_read(head_mesh_file *file, np_error *err)
{
    head_gltf gltf = {.file = file};
    np_status status = read_document(&gltf, err);
    if (status == NP_OK)
        status = read_scene(&gltf, err);
    head_gltf_fini(&gltf);
    return status;
}
