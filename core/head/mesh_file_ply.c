/* PLY, text and binary in both byte orders: properties of any type in any order, faces of any number of corners, strips of triangles.
 * Vertices are read first, then faces, wherever they stand.  Every count is held against what is left of the file before
 * anything is done for it. */
#include "head/private/mesh_file_ply.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/grow.h"
#include "head/private/mesh_paint.h"

/* One item: a vertex's place, or the corners of a face or of strips; NO_CORNER ends a strip. */
#define NO_CORNER UINT32_MAX

typedef struct item {
    double place[3], paint[3];
    uint32_t *corners;
    size_t n_corners, room;
} item;

static np_status ends_early(const head_ply *ply, np_error *err)
{
    return head_mesh_file_cut_short(ply->text.file,
                                    "the file ends before all the vertices and faces that its header counts", err);
}

static size_t left_of(const head_ply *ply)
{
    return (size_t)(ply->text.end - ply->text.at);
}

/* ---- values ---- */

static np_status read_value(head_ply *ply, const head_ply_type *type, double *out_value, np_error *err)
{
    if (ply->ascii) {
        head_word word = head_text_word(&ply->text);
        return head_word_number(word, out_value) ? NP_OK : head_text_refuse(&ply->text, word, "a number", err);
    }
    if (left_of(ply) < type->size)
        return ends_early(ply, err);
    *out_value = np_bits_number(ply->text.at, type->size, type->kind, ply->big_endian);
    ply->text.at += type->size;
    return NP_OK;
}

/* The count of a list whose values are still in the file. */
static np_status read_count(head_ply *ply, const head_ply_property *p, size_t *out_count, np_error *err)
{
    double count;
    np_status status = read_value(ply, p->count, &count, err);
    if (status != NP_OK)
        return status;
    if (!(count >= 0) || count != floor(count))
        return np_error_set(err, NP_ERR_FORMAT, "%s: a list of %g values; export the scan again", ply->text.file->path,
                            count);
    if (count > (double)(left_of(ply) / (ply->ascii ? 2 : p->value->size)))
        return ends_early(ply, err);
    *out_count = (size_t)count;
    return NP_OK;
}

static np_status add_corner(const head_ply *ply, head_ply_kind kind, size_t n_vertices, double value, item *it,
                            np_error *err)
{
    bool end = kind == HEAD_PLY_STRIPS && (value == -1 || value == (double)UINT32_MAX); /* -1 as uint */
    if (!end && (!(value >= 0 && value < (double)n_vertices) || value != floor(value)))
        return np_error_set(err, NP_ERR_FORMAT,
                            "%s: a face has the corner %g, and the vertices are 0 to %.0f; is it cut short?",
                            ply->text.file->path, value, (double)n_vertices - 1);
    np_status status = NP_GROW(it->corners, it->room, it->n_corners + 1, "a face of the scan", err);
    if (status == NP_OK)
        it->corners[it->n_corners++] = end ? NO_CORNER : (uint32_t)value;
    return status;
}

/* ---- items ---- */

static np_status read_property(head_ply *ply, const head_ply_element *e, const head_ply_property *p, size_t n_vertices,
                               item *it, np_error *err)
{
    size_t count = 1;
    np_status status = p->count ? read_count(ply, p, &count, err) : NP_OK;
    if (status == NP_OK && p->role == HEAD_PLY_CORNERS && e->kind == HEAD_PLY_FACE)
        status = head_mesh_file_check_corners(ply->text.file, count, err);
    for (size_t i = 0; i < count && status == NP_OK; i++) {
        double value;
        status = read_value(ply, p->value, &value, err);
        if (status == NP_OK && p->role == HEAD_PLY_CORNERS)
            status = add_corner(ply, e->kind, n_vertices, value, it, err);
        else if (status == NP_OK && p->role != HEAD_PLY_OTHER)
            it->place[p->role - HEAD_PLY_X] = value;
        else if (status == NP_OK && p->painted)
            it->paint[p->channel] = value / p->whole;
    }
    return status;
}

/* To the next line of a text that is not empty. */
static np_status begin_line(head_ply *ply, np_error *err)
{
    for (;;) {
        head_text here = ply->text;
        if (head_text_word(&ply->text).length > 0) {
            ply->text = here;
            return NP_OK;
        }
        if (!head_text_next_line(&ply->text))
            return ends_early(ply, err);
    }
}

/* A line of a text holds one item and nothing else: else all that follows would be read into the wrong places. */
static np_status end_line(head_ply *ply, np_error *err)
{
    head_word word = head_text_word(&ply->text);
    if (word.length > 0)
        return head_text_refuse(&ply->text, word, "the end of the line, as the header has no more properties", err);
    head_text_next_line(&ply->text);
    return NP_OK;
}

static np_status read_item(head_ply *ply, const head_ply_element *e, size_t n_vertices, item *it, np_error *err)
{
    it->n_corners = 0;
    np_status status = ply->ascii ? begin_line(ply, err) : NP_OK;
    for (size_t p = 0; p < e->n_properties && status == NP_OK; p++)
        status = read_property(ply, e, &ply->properties[e->first_property + p], n_vertices, it, err);
    return status == NP_OK && ply->ascii ? end_line(ply, err) : status;
}

static np_status skip_item(head_ply *ply, const head_ply_element *e, np_error *err)
{
    if (ply->ascii) {
        np_status status = begin_line(ply, err);
        head_text_next_line(&ply->text);
        return status;
    }
    for (size_t i = 0; i < e->n_properties; i++) {
        const head_ply_property *p = &ply->properties[e->first_property + i];
        size_t count = 1;
        np_status status = p->count ? read_count(ply, p, &count, err) : NP_OK;
        if (status != NP_OK)
            return status;
        if (count > left_of(ply) / p->value->size)
            return ends_early(ply, err);
        ply->text.at += count * p->value->size;
    }
    return NP_OK;
}

/* Every other triangle of a strip is the other way round. */
static np_status add_strips(head_mesh_file *file, const item *it, np_error *err)
{
    np_status status = NP_OK;
    for (size_t i = 0, n = 0; i < it->n_corners && status == NP_OK; i++) {
        const uint32_t *v = it->corners + i;
        n = *v == NO_CORNER ? 0 : n + 1;
        if (n >= 3)
            status = head_mesh_file_add_triangle(file, v[n % 2 ? -2 : -1], v[n % 2 ? -1 : -2], v[0], err);
    }
    return status;
}

static np_status add_vertex(head_mesh_file *file, const head_ply *ply, const item *it, np_error *err)
{
    np_status status = head_mesh_file_add_vertex(file, np_vec3_make(it->place[0], it->place[1], it->place[2]), err);
    bool all = file->paint && ply->channels == (1u << head_paint_channels(file->paint)) - 1;
    return status == NP_OK && all ? head_paint_add(file, it->paint, err) : status;
}

static np_status add_item(head_mesh_file *file, const head_ply *ply, head_ply_kind kind, const item *it, np_error *err)
{
    if (kind == HEAD_PLY_VERTEX)
        return add_vertex(file, ply, it, err);
    if (kind == HEAD_PLY_STRIPS)
        return add_strips(file, it, err);
    return it->n_corners < 3 ? NP_OK : head_mesh_file_add_polygon(file, it->corners, it->n_corners, err);
}

/* Whether what is left of the file has room for all of E. */
static np_status check_room(const head_ply *ply, const head_ply_element *e, np_error *err)
{
    size_t least = 0;
    for (size_t p = 0; p < e->n_properties; p++) {
        const head_ply_property *property = &ply->properties[e->first_property + p];
        least += ply->ascii ? 2 : property->count ? property->count->size : property->value->size;
    }
    return e->count > (left_of(ply) + 1) / least ? ends_early(ply, err) : NP_OK;
}

/* Goes through the file, and reads its vertices, or its faces, into FILE. */
static np_status read_elements(head_mesh_file *file, head_ply ply, bool vertices, np_error *err)
{
    item it = {0};
    size_t n_vertices = vertices ? 0 : file->mesh.n_vertices;
    np_status status = NP_OK;
    for (size_t i = 0; i < ply.n_elements && status == NP_OK; i++) {
        const head_ply_element *e = &ply.elements[i];
        if (e->n_properties == 0)
            continue;
        bool wanted = e->kind != HEAD_PLY_UNKNOWN && (e->kind == HEAD_PLY_VERTEX) == vertices;
        status = check_room(&ply, e, err);
        for (unsigned long long k = 0; k < e->count && status == NP_OK; k++) {
            status = wanted ? read_item(&ply, e, n_vertices, &it, err) : skip_item(&ply, e, err);
            if (status == NP_OK && wanted)
                status = add_item(file, &ply, e->kind, &it, err);
        }
    }
    free(it.corners);
    return status;
}

np_status head_ply_read(head_mesh_file *file, np_error *err)
{
    head_ply ply = {.file = file, .text = head_text_begin(file, 0, 1)};
    np_status status = head_ply_read_header(&ply, err);
    if (status == NP_OK)
        status = read_elements(file, ply, true, err);
    if (status == NP_OK)
        status = read_elements(file, ply, false, err);
    head_ply_fini(&ply);
    return status;
}
