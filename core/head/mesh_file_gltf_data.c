/* The numbers of a glTF document: in the document as base64, in the binary chunk of a .glb, or in files beside it.  Integers are read as KHR_mesh_quantization has them. */
#include "head/private/mesh_file_gltf.h"

#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bits.h"
#include "base/grow.h"

void head_gltf_fini(head_gltf *gltf)
{
    for (size_t i = 0; i < gltf->n_buffers; i++)
        free(gltf->buffers[i].own);
    free(gltf->buffers);
    free(gltf->seen);
    json_decref(gltf->root);
}

json_t *head_gltf_item(const head_gltf *gltf, const char *name, size_t index)
{
    return json_array_get(json_object_get(gltf->root, name), index);
}

size_t head_gltf_number(const json_t *object, const char *key, size_t absent)
{
    const json_t *value = json_object_get(object, key);
    if (!value)
        return absent;
    return json_is_integer(value) && json_integer_value(value) >= 0 ? (size_t)json_integer_value(value)
                                                                    : HEAD_GLTF_NONE;
}

np_status head_gltf_refuse(const head_gltf *gltf, const char *what, size_t index, np_error *err)
{
    return np_error_set(err, NP_ERR_FORMAT,
                        "%s: glTF: %s %zu is not there, or not as it must be; export the scan again", gltf->file->path,
                        what, index);
}

/* ---- buffers ---- */

static np_status read_embedded(const head_gltf *gltf, const char *text, head_gltf_buffer *buffer, np_error *err)
{
    size_t room = strlen(text) + 1, n = strcspn(text, "=");
    bool padded = text[n + strspn(text + n, "=")] == '\0';
    buffer->own = malloc(room);
    if (!buffer->own)
        return np_error_no_memory(err, "the scan's buffer");
    if (!padded || sodium_base642bin((unsigned char *)buffer->own, room, text, n, NULL, &buffer->size, NULL,
                                     sodium_base64_VARIANT_ORIGINAL_NO_PADDING) != 0)
        return head_mesh_file_cut_short(gltf->file, "the glTF has a buffer that is no base64", err);
    return NP_OK;
}

static np_status read_beside(const head_gltf *gltf, const char *uri, head_gltf_buffer *buffer, np_error *err)
{
    const head_mesh_file *file = gltf->file;
    if (!file->beside)
        return np_error_set(err, NP_ERR_IO, "%s: its buffer is a file of its own, which is not there", file->path);
    return file->beside(file->beside_context, uri, &buffer->own, &buffer->size, err);
}

static np_status read_buffer(head_gltf *gltf, size_t index, head_gltf_buffer *buffer, np_error *err)
{
    const json_t *object = head_gltf_item(gltf, "buffers", index);
    const char *uri = json_string_value(json_object_get(object, "uri"));
    np_status status = NP_OK;
    *buffer = (head_gltf_buffer){.read = true};
    if (!uri && index == 0 && gltf->chunk)
        *buffer = (head_gltf_buffer){.data = gltf->chunk, .size = gltf->chunk_size, .read = true};
    else if (!uri)
        return head_gltf_refuse(gltf, "buffer", index, err);
    else if (strncasecmp(uri, "data:", 5) == 0 && strchr(uri, ','))
        status = read_embedded(gltf, strchr(uri, ',') + 1, buffer, err);
    else
        status = read_beside(gltf, uri, buffer, err);
    buffer->data = buffer->own ? buffer->own : buffer->data;
    gltf->bytes += buffer->size;
    if (status == NP_OK && gltf->bytes > HEAD_SCAN_MAX_FILE_BYTES)
        status = np_error_set(err, NP_ERR_FORMAT, "%s: glTF: its buffers have more than 1024 MiB; reduce the mesh",
                              gltf->file->path);
    size_t wanted = head_gltf_number(object, "byteLength", 0);
    if (status == NP_OK && buffer->size < wanted)
        status = head_mesh_file_cut_short(gltf->file, "a buffer of the glTF is smaller than it states", err);
    return status;
}

/* Buffer INDEX, read when it is first asked for. */
static np_status buffer_of(head_gltf *gltf, size_t index, const head_gltf_buffer **out, np_error *err)
{
    if (!head_gltf_item(gltf, "buffers", index))
        return head_gltf_refuse(gltf, "buffer", index, err);
    np_status status = NP_GROW(gltf->buffers, gltf->buffer_room, index + 1, "the scan's buffers", err);
    if (status != NP_OK)
        return status;
    while (gltf->n_buffers <= index)
        gltf->buffers[gltf->n_buffers++] = (head_gltf_buffer){0};
    head_gltf_buffer *buffer = &gltf->buffers[index];
    *out = buffer;
    return buffer->read ? NP_OK : read_buffer(gltf, index, buffer, err);
}

/* ---- accessors ---- */

static unsigned component_bytes(size_t type)
{
    static const unsigned bytes[] = {1, 1, 2, 2, 0, 4, 4}; /* from 5120: byte, ubyte, short, ushort, -, uint, float */
    return type >= 5120 && type <= 5126 ? bytes[type - 5120] : 0;
}

/* The bytes of bufferView INDEX. */
static np_status view_of(head_gltf *gltf, size_t index, const char **out_at, size_t *out_size, size_t *out_stride,
                         np_error *err)
{
    const json_t *view = head_gltf_item(gltf, "bufferViews", index);
    if (!view)
        return head_gltf_refuse(gltf, "bufferView", index, err);
    const head_gltf_buffer *buffer = NULL;
    np_status status = buffer_of(gltf, head_gltf_number(view, "buffer", HEAD_GLTF_NONE), &buffer, err);
    if (status != NP_OK)
        return status;
    size_t offset = head_gltf_number(view, "byteOffset", 0);
    *out_size = head_gltf_number(view, "byteLength", 0);
    *out_stride = head_gltf_number(view, "byteStride", 0);
    if (offset > buffer->size || *out_size > buffer->size - offset)
        return head_gltf_refuse(gltf, "bufferView", index, err);
    *out_at = buffer->data + offset;
    return NP_OK;
}

np_status head_gltf_accessor(head_gltf *gltf, size_t index, const char *shape, head_gltf_numbers *out, np_error *err)
{
    const json_t *accessor = head_gltf_item(gltf, "accessors", index);
    const char *found = json_string_value(json_object_get(accessor, "type"));
    size_t type = head_gltf_number(accessor, "componentType", 0), bytes = component_bytes(type);
    size_t count = head_gltf_number(accessor, "count", 0), offset = head_gltf_number(accessor, "byteOffset", 0);
    size_t view = head_gltf_number(accessor, "bufferView", HEAD_GLTF_NONE), size = 0, stride = 0;
    bytes *= strcmp(shape, "VEC3") == 0 ? 3 : strcmp(shape, "VEC4") == 0 ? 4 : 1;
    if (!accessor || bytes == 0 || !found || strcmp(found, shape) != 0)
        return head_gltf_refuse(gltf, "accessor", index, err);
    if (view == HEAD_GLTF_NONE || json_object_get(accessor, "sparse"))
        return np_error_set(
            err, NP_ERR_FORMAT,
            "%s: glTF: accessor %zu is sparse or compressed, which is not read; export without compression",
            gltf->file->path, index);
    const char *at = NULL;
    np_status status = view_of(gltf, view, &at, &size, &stride, err);
    if (status != NP_OK)
        return status;
    stride = stride ? stride : bytes;
    bool fits = offset <= size && bytes <= size - offset && stride >= bytes && stride <= size &&
                count - 1 <= (size - offset - bytes) / stride;
    if (count == 0 || !fits)
        return head_gltf_refuse(gltf, "accessor", index, err);
    *out = (head_gltf_numbers){.at = at + offset,
                               .count = count,
                               .stride = stride,
                               .type = (unsigned)type,
                               .normalized = json_is_true(json_object_get(accessor, "normalized"))};
    return NP_OK;
}

double head_gltf_value(const head_gltf_numbers *numbers, size_t i, unsigned k)
{
    unsigned bytes = component_bytes(numbers->type);
    uint32_t bits = (uint32_t)np_bits_at(numbers->at + i * numbers->stride + (size_t)k * bytes, bytes, false);
    if (numbers->type == 5126)
        return np_bits_float(bits);
    double most = bytes == 4 ? 4294967295.0 : bytes == 2 ? 65535 : 255, value = bits;
    if (numbers->type == 5120 || numbers->type == 5122) {
        value = value > floor(most / 2) ? value - most - 1 : value;
        most = floor(most / 2);
    }
    return numbers->normalized ? fmax(value / most, -1) : value;
}
