/* The header says everything: elements, how many of each, and their properties in the file's order.  Comments stand anywhere. */
#include "head/private/mesh_file_ply.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "head/private/mesh_paint.h"

static const head_ply_type types[] = {
    {"char", 1, 'i'},  {"int8", 1, 'i'},    {"uchar", 1, 'u'},  {"uint8", 1, 'u'},
    {"short", 2, 'i'}, {"int16", 2, 'i'},   {"ushort", 2, 'u'}, {"uint16", 2, 'u'},
    {"int", 4, 'i'},   {"int32", 4, 'i'},   {"uint", 4, 'u'},   {"uint32", 4, 'u'},
    {"float", 4, 'f'}, {"float32", 4, 'f'}, {"double", 8, 'f'}, {"float64", 8, 'f'},
};

static np_status read_type(head_ply *ply, const head_ply_type **out_type, np_error *err)
{
    head_word word = head_text_word(&ply->text);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (head_word_is(word, types[i].name)) {
            *out_type = &types[i];
            return NP_OK;
        }
    return head_text_refuse(&ply->text, word, "a type (char, uchar, short, ushort, int, uint, float, double)", err);
}

static np_status read_format(head_ply *ply, np_error *err)
{
    head_word word = head_text_word(&ply->text);
    ply->ascii = head_word_is(word, "ascii");
    ply->big_endian = head_word_is(word, "binary_big_endian");
    if (ply->ascii || ply->big_endian || head_word_is(word, "binary_little_endian"))
        return NP_OK;
    return head_text_refuse(&ply->text, word, "ascii, binary_little_endian or binary_big_endian", err);
}

static np_status read_element(head_ply *ply, np_error *err)
{
    head_word name = head_text_word(&ply->text), count = head_text_word(&ply->text);
    head_ply_element element = {.kind = head_word_is(name, "vertex")      ? HEAD_PLY_VERTEX
                                        : head_word_is(name, "face")      ? HEAD_PLY_FACE
                                        : head_word_is(name, "tristrips") ? HEAD_PLY_STRIPS
                                                                          : HEAD_PLY_UNKNOWN,
                                .first_property = ply->n_properties};
    for (size_t i = 0; i < count.length; i++) {
        if (count.text[i] < '0' || count.text[i] > '9' || i > 18)
            return head_text_refuse(&ply->text, count, "a count", err);
        element.count = 10 * element.count + (unsigned)(count.text[i] - '0');
    }
    if (count.length == 0)
        return head_text_refuse(&ply->text, count, "a count", err);
    np_status status = NP_GROW(ply->elements, ply->element_room, ply->n_elements + 1, "the scan's header", err);
    if (status == NP_OK)
        ply->elements[ply->n_elements++] = element;
    return status;
}

static head_ply_role role_of(head_ply *ply, head_ply_kind kind, head_word name, bool list)
{
    if (kind == HEAD_PLY_VERTEX && !list) {
        ply->splat = ply->splat || head_word_is(name, "f_dc_0") || head_word_is(name, "packed_position");
        return head_word_is(name, "x")   ? HEAD_PLY_X
               : head_word_is(name, "y") ? HEAD_PLY_Y
               : head_word_is(name, "z") ? HEAD_PLY_Z
                                         : HEAD_PLY_OTHER;
    }
    bool corners = head_word_is(name, "vertex_indices") || head_word_is(name, "vertex_index");
    return (kind == HEAD_PLY_FACE || kind == HEAD_PLY_STRIPS) && list && corners ? HEAD_PLY_CORNERS : HEAD_PLY_OTHER;
}

/* Whether the property NAME of vertices, of TYPE, is a part of what is asked for beside the mesh. */
static void find_paint(head_ply *ply, head_word name, head_ply_property *property)
{
    static const char *const colors[][3] = {
        {"red", "green", "blue"}, {"diffuse_red", "diffuse_green", "diffuse_blue"}, {"r", "g", "b"}};
    const head_ply_type *type = property->value;
    property->whole = 1;
    if (head_paint_is_scalar(ply->file, name.text, name.length))
        property->painted = true;
    for (unsigned i = 0; i < 9 && ply->file->paint == HEAD_PAINT_COLORS; i++)
        if (head_word_is(name, colors[i / 3][i % 3])) {
            property->painted = true;
            property->channel = i % 3;
            property->whole = type->kind == 'f' ? 1 : type->size == 1 ? 255 : type->size == 2 ? 65535 : 4294967295.0;
        }
    if (property->painted)
        ply->channels |= 1u << property->channel;
}

static np_status read_property(head_ply *ply, np_error *err)
{
    head_text before = ply->text;
    if (ply->n_elements == 0)
        return head_text_refuse(&ply->text, head_text_word(&ply->text), "an element before its properties", err);
    head_ply_element *element = &ply->elements[ply->n_elements - 1];
    head_ply_property property = {0};
    np_status status = NP_OK;
    if (head_word_is(head_text_word(&ply->text), "list"))
        status = read_type(ply, &property.count, err);
    else
        ply->text = before;
    if (status == NP_OK)
        status = read_type(ply, &property.value, err);
    if (status != NP_OK)
        return status;
    head_word name = head_text_word(&ply->text);
    if (name.length == 0)
        return head_text_refuse(&ply->text, name, "a property's name", err);
    property.role = role_of(ply, element->kind, name, property.count != NULL);
    if (element->kind == HEAD_PLY_VERTEX && !property.count && property.role == HEAD_PLY_OTHER)
        find_paint(ply, name, &property);
    status = NP_GROW(ply->properties, ply->property_room, ply->n_properties + 1, "the scan's header", err);
    if (status == NP_OK) {
        ply->properties[ply->n_properties++] = property;
        element->n_properties++;
    }
    return status;
}

/* One line; *OUT_END where it is the last. */
static np_status read_line(head_ply *ply, bool *out_end, np_error *err)
{
    head_word word = head_text_word(&ply->text);
    *out_end = head_word_is(word, "end_header");
    if (*out_end || word.length == 0 || head_word_is(word, "comment") || head_word_is(word, "obj_info"))
        return NP_OK;
    if (head_word_is(word, "format"))
        return read_format(ply, err);
    if (head_word_is(word, "element"))
        return read_element(ply, err);
    if (head_word_is(word, "property"))
        return read_property(ply, err);
    return head_text_refuse(&ply->text, word, "format, element, property, comment or end_header", err);
}

/* Whether each element that is wanted has what is wanted of it, just once. */
static np_status check_roles(const head_ply *ply, np_error *err)
{
    for (size_t i = 0; i < ply->n_elements; i++) {
        const head_ply_element *e = &ply->elements[i];
        unsigned seen = 0, twice = 0;
        for (size_t p = 0; p < e->n_properties; p++) {
            unsigned bit = 1u << ply->properties[e->first_property + p].role;
            twice |= seen & bit & ~1u;
            seen |= bit;
        }
        bool vertex = e->kind == HEAD_PLY_VERTEX;
        unsigned wanted = vertex                        ? 1u << HEAD_PLY_X | 1u << HEAD_PLY_Y | 1u << HEAD_PLY_Z
                          : e->kind != HEAD_PLY_UNKNOWN ? 1u << HEAD_PLY_CORNERS
                                                        : 0;
        if (e->count > 0 && ((seen & wanted) != wanted || twice))
            return np_error_set(err, NP_ERR_FORMAT,
                                "%s: the PLY header gives %s not just one %s; export the scan again",
                                ply->text.file->path, vertex ? "vertices" : "faces",
                                vertex ? "x, y and z" : "list vertex_indices (or vertex_index)");
    }
    return NP_OK;
}

/* A splat has no faces: what is drawn of it is a cloud of blurs. */
static np_status check_splat(const head_ply *ply, np_error *err)
{
    bool faces = false;
    for (size_t i = 0; i < ply->n_elements; i++)
        faces = faces || (ply->elements[i].count > 0 &&
                          (ply->elements[i].kind == HEAD_PLY_FACE || ply->elements[i].kind == HEAD_PLY_STRIPS));
    if (!ply->splat || faces)
        return NP_OK;
    return np_error_set(
        err, NP_ERR_FORMAT,
        "%s: is a Gaussian splat: points that are drawn as blurs, without a surface that a needle could go by; "
        "give a mesh of the head",
        ply->text.file->path);
}

np_status head_ply_read_header(head_ply *ply, np_error *err)
{
    bool end = false;
    head_word magic = head_text_word(&ply->text);
    np_status status = head_word_is(magic, "ply") ? NP_OK : head_text_refuse(&ply->text, magic, "ply", err);
    while (status == NP_OK && !end) {
        if (!head_text_next_line(&ply->text))
            return head_mesh_file_cut_short(ply->text.file, "the PLY header has no end_header", err);
        status = read_line(ply, &end, err);
    }
    head_text_next_line(&ply->text);
    if (status == NP_OK)
        status = check_splat(ply, err);
    return status == NP_OK ? check_roles(ply, err) : status;
}

void head_ply_fini(head_ply *ply)
{
    free(ply->elements);
    free(ply->properties);
}
