/* Legacy VTK files of PolyData (VTK File Formats, "Simple Legacy Formats"), text and binary, versions 2 to 5.1: points, polygons and strips of
 * triangles; lines and single vertices are passed over, and so is all data but what is asked for of the points.  Binary numbers are
 * big-endian.  Every count is held against what is left of the file before anything is done for it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/grow.h"
#include "head/private/mesh_file_vtk.h"
#include "head/private/mesh_paint.h"
#include "head/private/mesh_text.h"

/* ---- what both kinds of VTK file have ---- */

np_status head_vtk_corner(const head_mesh_file *file, size_t first, double corner, uint32_t *out, np_error *err)
{
    double n = (double)(file->mesh.n_vertices - first);
    if (!(corner >= 0 && corner < n) || corner != floor(corner))
        return np_error_set(err, NP_ERR_FORMAT,
                            "%s: a face has the corner %g, and the points are 0 to %.0f; is it cut short?", file->path,
                            corner, n - 1);
    *out = (uint32_t)(first + (size_t)corner);
    return NP_OK;
}

np_status head_vtk_add_cell(head_mesh_file *file, const uint32_t *corners, size_t n, bool strip, np_error *err)
{
    if (n < 3)
        return NP_OK;
    if (!strip)
        return head_mesh_file_add_polygon(file, corners, n, err);
    np_status status = NP_OK;
    for (size_t i = 2; i < n && status == NP_OK; i++) /* every other triangle of a strip is the other way round */
        status = head_mesh_file_add_triangle(file, corners[i - 2 + i % 2], corners[i - 1 - i % 2], corners[i], err);
    return status;
}

bool head_vtk_is_paint(head_mesh_file *file, const char *name, size_t length, size_t components, bool colors)
{
    return file->paint == HEAD_PAINT_COLORS ? (components == 3 || components == 4) && colors
                                            : components == 1 && head_paint_is_scalar(file, name, length);
}

np_status head_vtk_paint(head_mesh_file *file, size_t vertex, const double values[4], bool bytes, np_error *err)
{
    double whole = bytes && file->paint == HEAD_PAINT_COLORS ? 255 : 1, parts[4];
    for (int k = 0; k < 4; k++)
        parts[k] = values[k] / whole;
    return head_paint_set(file, vertex, parts, err);
}

/* ---- legacy files ---- */

static const head_vtk_type types[] = {
    {"unsigned_char", 1, 'u'}, {"char", 1, 'i'},          {"unsigned_short", 2, 'u'}, {"short", 2, 'i'},
    {"unsigned_int", 4, 'u'},  {"int", 4, 'i'},           {"unsigned_long", 8, 'u'},  {"long", 8, 'i'},
    {"float", 4, 'f'},         {"double", 8, 'f'},        {"vtkIdType", 8, 'i'},      {"vtktypeint64", 8, 'i'},
    {"vtktypeint32", 4, 'i'},  {"vtktypeuint64", 8, 'u'},
};
static const head_vtk_type *const byte_type = &types[0], *const int_type = &types[5], *const float_type = &types[8];

typedef struct vtk {
    head_mesh_file *file;
    head_text text;
    bool binary, offsets; /* offsets: cells are counted as from version 5.1 on */
    bool skin;            /* the cells at hand are faces */
    bool of_points;       /* the data that follow */
    size_t n_data;        /* how many each array has */
    uint32_t *corners;
    size_t corner_room;
} vtk;

/* ---- words and numbers ---- */

static np_status read_type(vtk *v, const head_vtk_type **out, np_error *err)
{
    head_word word = head_text_word(&v->text);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (head_word_is(word, types[i].name)) {
            *out = &types[i];
            return NP_OK;
        }
    return head_text_refuse(&v->text, word, "a type of numbers (unsigned_char, int, float, double, ...)", err);
}

static np_status read_size(vtk *v, const char *what, size_t *out, np_error *err)
{
    head_word word = head_text_word(&v->text);
    double value;
    if (!head_word_number(word, &value) || !(value >= 0 && value <= 1e10) || value != floor(value))
        return head_text_refuse(&v->text, word, what, err);
    *out = (size_t)value;
    return NP_OK;
}

/* Whether N numbers of TYPE are left. */
static np_status check_room(const vtk *v, double n, const head_vtk_type *type, np_error *err)
{
    double left = (double)(v->text.end - v->text.at) + 1;
    return n <= left / (v->binary ? type->size : 2)
               ? NP_OK
               : head_mesh_file_cut_short(v->file, "the VTK file ends before all that it counts", err);
}

static np_status read_number(vtk *v, const head_vtk_type *type, double *out, np_error *err)
{
    head_word word;
    if (!v->binary)
        return head_word_number(word = head_text_next_word(&v->text), out)
                   ? NP_OK
                   : head_text_refuse(&v->text, word, "a number", err);
    if ((size_t)(v->text.end - v->text.at) < type->size)
        return check_room(v, INFINITY, type, err);
    *out = np_bits_number(v->text.at, type->size, type->kind, true);
    v->text.at += type->size;
    return NP_OK;
}

/* Over N numbers. */
static np_status skip_numbers(vtk *v, size_t n, const head_vtk_type *type, np_error *err)
{
    np_status status = check_room(v, (double)n, type, err);
    double ignored;
    for (size_t i = 0; i < n && status == NP_OK; i++)
        status = read_number(v, type, &ignored, err);
    return status;
}

/* ---- points and cells ---- */

static np_status read_points(vtk *v, np_error *err)
{
    size_t n;
    const head_vtk_type *type;
    double p[3] = {0};
    np_status status = read_size(v, "how many points there are", &n, err);
    if (status == NP_OK)
        status = read_type(v, &type, err);
    if (status == NP_OK && v->file->mesh.n_vertices > 0)
        status = np_error_set(err, NP_ERR_FORMAT, "%s: has POINTS twice; export the scan again", v->file->path);
    head_text_next_line(&v->text);
    if (status == NP_OK)
        status = check_room(v, 3.0 * (double)n, type, err);
    for (size_t i = 0; i < n && status == NP_OK; i++) {
        for (int k = 0; k < 3 && status == NP_OK; k++)
            status = read_number(v, type, &p[k], err);
        if (status == NP_OK)
            status = head_mesh_file_add_vertex(v->file, np_vec3_make(p[0], p[1], p[2]), err);
    }
    return status;
}

/* The corners of one cell, N of them, next in the file, and its triangles. */
static np_status read_cell(vtk *v, size_t n, bool strips, const head_vtk_type *type, np_error *err)
{
    np_status status = head_mesh_file_check_corners(v->file, n, err);
    if (status == NP_OK)
        status = check_room(v, (double)n, type, err);
    if (status == NP_OK)
        status = NP_GROW(v->corners, v->corner_room, n, "a face of the scan", err);
    for (size_t i = 0; i < n && status == NP_OK; i++) {
        double corner;
        status = read_number(v, type, &corner, err);
        if (status == NP_OK)
            status = head_vtk_corner(v->file, 0, corner, &v->corners[i], err);
    }
    return status == NP_OK && v->skin ? head_vtk_add_cell(v->file, v->corners, n, strips, err) : status;
}

/* "OFFSETS type" and where each of N - 1 cells begins, "CONNECTIVITY type" and the corners of all. */
static np_status read_offset_cells(vtk *v, size_t n, bool strips, np_error *err)
{
    const head_vtk_type *type = NULL;
    head_word word;
    double *offsets = NULL;
    size_t room = 0;
    np_status status = NP_OK;
    if (!head_word_is(word = head_text_next_word(&v->text), "OFFSETS"))
        return head_text_refuse(&v->text, word, "OFFSETS", err);
    if ((status = read_type(v, &type, err)) != NP_OK)
        return status;
    head_text_next_line(&v->text);
    status = check_room(v, (double)n, type, err);
    if (status == NP_OK)
        status = NP_GROW(offsets, room, n + 1, "the faces of the scan", err);
    for (size_t i = 0; i < n && status == NP_OK; i++)
        status = read_number(v, type, &offsets[i], err);
    if (status == NP_OK && !head_word_is(word = head_text_next_word(&v->text), "CONNECTIVITY"))
        status = head_text_refuse(&v->text, word, "CONNECTIVITY", err);
    if (status == NP_OK)
        status = read_type(v, &type, err);
    head_text_next_line(&v->text);
    if (status == NP_OK && n > 0 && offsets[0] != 0)
        status = head_mesh_file_cut_short(v->file, "the first face of the VTK file does not begin at offset 0", err);
    for (size_t i = 0; i + 1 < n && status == NP_OK; i++) {
        double corners = offsets[i + 1] - offsets[i];
        if (!(corners >= 0 && corners <= HEAD_FACE_MAX_CORNERS))
            status = head_mesh_file_cut_short(v->file, "a face of the VTK file has no number of corners", err);
        else
            status = read_cell(v, (size_t)corners, strips, type, err);
    }
    free(offsets);
    return status;
}

/* WHAT is a keyword of cells; lines and single vertices are read, too, and add nothing. */
static np_status read_cells(vtk *v, head_word what, np_error *err)
{
    bool strips = head_word_is(what, "TRIANGLE_STRIPS");
    size_t n, size;
    v->skin = strips || head_word_is(what, "POLYGONS");
    np_status status = read_size(v, "how many cells there are", &n, err);
    if (status == NP_OK)
        status = read_size(v, "how many numbers they take", &size, err);
    head_text_next_line(&v->text);
    if (status == NP_OK && v->offsets) {
        status = read_offset_cells(v, n, strips, err);
    } else if (status == NP_OK) {
        status = check_room(v, (double)n, int_type, err);
        for (size_t i = 0; i < n && status == NP_OK; i++) {
            double corners = 0;
            status = read_number(v, int_type, &corners, err);
            if (status == NP_OK && !(corners >= 0 && corners <= HEAD_FACE_MAX_CORNERS))
                status = head_mesh_file_cut_short(v->file, "a face of the VTK file has no number of corners", err);
            if (status == NP_OK)
                status = read_cell(v, (size_t)corners, strips, int_type, err);
        }
    }
    return status;
}

/* ---- data ---- */

/* N tuples of COMPONENTS numbers of TYPE, which NAME is the name of; they are taken where they are what is asked for. */
static np_status read_array(vtk *v, head_word name, size_t components, size_t n, const head_vtk_type *type, bool colors,
                            np_error *err)
{
    head_mesh_file *file = v->file;
    bool wanted = v->of_points && n == file->mesh.n_vertices && !file->painted &&
                  head_vtk_is_paint(file, name.text, name.length, components, colors || type == byte_type);
    if (!wanted)
        return skip_numbers(v, n * components, type, err);
    np_status status = check_room(v, (double)n * (double)components, type, err);
    for (size_t i = 0; i < n && status == NP_OK; i++) {
        double values[4] = {0};
        for (size_t k = 0; k < components && status == NP_OK; k++)
            status = read_number(v, type, &values[k], err);
        if (status == NP_OK)
            status = head_vtk_paint(file, i, values, type == byte_type, err);
    }
    return status;
}

#define COMPONENTS_MAX 1000u

static np_status check_components(const vtk *v, size_t components, np_error *err)
{
    return components >= 1 && components <= COMPONENTS_MAX
               ? NP_OK
               : head_mesh_file_cut_short(v->file, "an array of the VTK file has no number of components", err);
}

/* "name n", or for scalars "name type [n]" and a line LOOKUP_TABLE. */
static np_status read_scalars(vtk *v, bool colors, np_error *err)
{
    head_word name = head_text_word(&v->text), word;
    const head_vtk_type *type = v->binary ? byte_type : float_type;
    size_t components = 1;
    np_status status =
        colors ? read_size(v, "how many values a color has", &components, err) : read_type(v, &type, err);
    if (status == NP_OK && !colors) {
        head_text before = v->text;
        bool more = head_text_word(&v->text).length > 0;
        v->text = before;
        if (more)
            status = read_size(v, "how many components there are", &components, err);
        head_text_next_line(&v->text);
        if (status == NP_OK && !head_word_is(word = head_text_next_word(&v->text), "LOOKUP_TABLE"))
            status = head_text_refuse(&v->text, word, "LOOKUP_TABLE", err);
    }
    head_text_next_line(&v->text);
    if (status == NP_OK)
        status = check_components(v, components, err);
    return status == NP_OK ? read_array(v, name, components, v->n_data, type, colors, err) : status;
}

/* "name n", then n arrays, each "name components tuples type". */
static np_status read_field(vtk *v, np_error *err)
{
    size_t n, components, tuples;
    const head_vtk_type *type;
    (void)head_text_word(&v->text);
    np_status status = read_size(v, "how many arrays there are", &n, err);
    for (size_t i = 0; i < n && status == NP_OK; i++) {
        head_word name = head_text_next_word(&v->text);
        if (name.length == 0)
            return head_text_refuse(&v->text, name, "the name of an array", err);
        if (head_word_is(name, "METADATA")) {
            while (head_text_next_line(&v->text) && head_text_word(&v->text).length > 0)
                ;
            i--;
            continue;
        }
        status = read_size(v, "how many components there are", &components, err);
        if (status == NP_OK)
            status = read_size(v, "how many tuples there are", &tuples, err);
        if (status == NP_OK)
            status = read_type(v, &type, err);
        head_text_next_line(&v->text);
        if (status == NP_OK && tuples > 0)
            status = check_components(v, components, err);
        if (status == NP_OK && tuples > 0)
            status = read_array(v, name, components, tuples, type, false, err);
    }
    return status;
}

/* Vectors, normals and the like: "name type", or with TEXTURE "name dim type". */
static np_status skip_attribute(vtk *v, bool texture, size_t components, np_error *err)
{
    const head_vtk_type *type;
    (void)head_text_word(&v->text);
    np_status status = texture ? read_size(v, "how many coordinates there are", &components, err) : NP_OK;
    if (status == NP_OK)
        status = check_components(v, components, err);
    if (status == NP_OK)
        status = read_type(v, &type, err);
    head_text_next_line(&v->text);
    return status == NP_OK ? skip_numbers(v, v->n_data * components, type, err) : status;
}

/* A table of colours: "name n", four values each. */
static np_status skip_table(vtk *v, np_error *err)
{
    size_t n;
    (void)head_text_word(&v->text);
    np_status status = read_size(v, "how many colours there are", &n, err);
    head_text_next_line(&v->text);
    return status == NP_OK ? skip_numbers(v, 4 * n, v->binary ? byte_type : float_type, err) : status;
}

/* ---- the file ---- */

static np_status read_section(vtk *v, head_word what, np_error *err)
{
    if (head_word_is(what, "POINTS"))
        return read_points(v, err);
    if (head_word_is(what, "POLYGONS") || head_word_is(what, "TRIANGLE_STRIPS") || head_word_is(what, "LINES") ||
        head_word_is(what, "VERTICES"))
        return read_cells(v, what, err);
    if (head_word_is(what, "POINT_DATA") || head_word_is(what, "CELL_DATA")) {
        v->of_points = head_word_is(what, "POINT_DATA");
        return read_size(v, "how many values there are", &v->n_data, err);
    }
    if (head_word_is(what, "SCALARS") || head_word_is(what, "COLOR_SCALARS"))
        return read_scalars(v, head_word_is(what, "COLOR_SCALARS"), err);
    if (head_word_is(what, "FIELD"))
        return read_field(v, err);
    if (head_word_is(what, "LOOKUP_TABLE"))
        return skip_table(v, err);
    if (head_word_is(what, "VECTORS") || head_word_is(what, "NORMALS"))
        return skip_attribute(v, false, 3, err);
    if (head_word_is(what, "TENSORS"))
        return skip_attribute(v, false, 9, err);
    if (head_word_is(what, "TEXTURE_COORDINATES"))
        return skip_attribute(v, true, 0, err);
    if (head_word_is(what, "METADATA")) { /* to an empty line */
        while (head_text_next_line(&v->text) && head_text_word(&v->text).length > 0)
            ;
        return NP_OK;
    }
    return head_text_refuse(&v->text, what, "POINTS, POLYGONS, POINT_DATA, SCALARS, FIELD or another part of PolyData",
                            err);
}

/* "# vtk DataFile Version 5.1", a title, ASCII or BINARY, "DATASET POLYDATA". */
static np_status read_header(vtk *v, np_error *err)
{
    static const char *const begin[] = {"#", "vtk", "DataFile", "Version"};
    head_word word;
    double version = 0;
    for (int i = 0; i < 4; i++)
        if (!head_word_is(word = head_text_word(&v->text), begin[i]))
            return head_text_refuse(&v->text, word, "'# vtk DataFile Version': a legacy VTK file", err);
    (void)head_word_number(head_text_word(&v->text), &version);
    v->offsets = version >= 5;
    head_text_next_line(&v->text);
    head_text_next_line(&v->text);
    v->binary = head_word_is(word = head_text_next_word(&v->text), "BINARY");
    if (!v->binary && !head_word_is(word, "ASCII"))
        return head_text_refuse(&v->text, word, "ASCII or BINARY", err);
    if (!head_word_is(word = head_text_next_word(&v->text), "DATASET") ||
        !head_word_is(word = head_text_word(&v->text), "POLYDATA"))
        return head_text_refuse(&v->text, word, "DATASET POLYDATA: a surface", err);
    return NP_OK;
}

np_status head_vtk_read(head_mesh_file *file, np_error *err)
{
    vtk v = {.file = file, .text = head_text_begin(file, 0, 1)};
    np_status status = read_header(&v, err);
    for (head_word word; status == NP_OK && (word = head_text_next_word(&v.text)).length > 0;)
        status = read_section(&v, word, err);
    free(v.corners);
    return status;
}
