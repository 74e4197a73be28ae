/* STL, text and binary, as programs write it and not as 3D Systems described it: text in capitals, normals that are no numbers
 * (they are not used), binary files that begin with "solid", bytes behind the last facet.  Every facet brings its own
 * corners; the welding joins them. */
#include "head/private/mesh_file.h"

#include <string.h>

#include "base/bits.h"
#include "head/private/mesh_text.h"

#define HEADER_BYTES 80
#define FACET_BYTES 50

static double float_at(const char *at)
{
    return np_bits_float(np_bits_u32(at));
}

/* A facet of the last three vertices. */
static np_status add_facet(head_mesh_file *file, np_error *err)
{
    uint32_t n = (uint32_t)file->mesh.n_vertices;
    return head_mesh_file_add_triangle(file, n - 3, n - 2, n - 1, err);
}

/* ---- binary ---- */

/* Whether the file has just the size that a binary one's count asks for. */
static bool has_binary_size(const head_mesh_file *file)
{
    size_t begin = HEADER_BYTES + 4;
    return file->size >= begin && file->size - begin == FACET_BYTES * (uint64_t)np_bits_u32(file->data + HEADER_BYTES);
}

static np_status read_binary(head_mesh_file *file, np_error *err)
{
    if (file->size < HEADER_BYTES + 4)
        return head_mesh_file_cut_short(file, "the file is neither a text nor a binary STL", err);
    size_t n = np_bits_u32(file->data + HEADER_BYTES), room = file->size - HEADER_BYTES - 4;
    if (n > room / FACET_BYTES)
        return head_mesh_file_cut_short(file, "the binary STL is smaller than the number of triangles that it states",
                                        err);
    /* Some bytes behind the last facet are nobody's; whole facets would be a part of the head. */
    if (room / FACET_BYTES > n && room % FACET_BYTES == 0)
        return np_error_set(err, NP_ERR_FORMAT,
                            "%s: the binary STL states %zu triangles and has the size of %zu; export the scan again",
                            file->path, n, room / FACET_BYTES);
    np_status status = NP_OK;
    for (size_t t = 0; t < n && status == NP_OK; t++) {
        const char *corner = file->data + HEADER_BYTES + 4 + FACET_BYTES * t + 12;
        for (int k = 0; k < 3 && status == NP_OK; k++, corner += 12)
            status = head_mesh_file_add_vertex(
                file, np_vec3_make(float_at(corner), float_at(corner + 4), float_at(corner + 8)), err);
        if (status == NP_OK)
            status = add_facet(file, err);
    }
    return status;
}

/* ---- text ---- */

static np_status expect(head_text *text, const char *name, np_error *err)
{
    head_word word = head_text_next_word(text);
    return head_word_is(word, name) ? NP_OK : head_text_refuse(text, word, name, err);
}

/* What follows "facet". */
static np_status read_facet(head_mesh_file *file, head_text *text, np_error *err)
{
    np_status status = expect(text, "normal", err);
    for (int k = 0; k < 3; k++)
        head_text_next_word(text);
    if (status == NP_OK && (status = expect(text, "outer", err)) == NP_OK)
        status = expect(text, "loop", err);
    for (int k = 0; k < 3 && status == NP_OK; k++) {
        np_vec3 place;
        if ((status = expect(text, "vertex", err)) == NP_OK && (status = head_text_place(text, &place, err)) == NP_OK)
            status = head_mesh_file_add_vertex(file, place, err);
    }
    if (status == NP_OK && (status = expect(text, "endloop", err)) == NP_OK)
        status = expect(text, "endfacet", err);
    return status == NP_OK ? add_facet(file, err) : status;
}

/* The facets of what "solid" and its line began. */
static np_status read_solid(head_mesh_file *file, head_text *text, np_error *err)
{
    for (;;) {
        head_word word = head_text_next_word(text);
        if (word.length == 0)
            return head_mesh_file_cut_short(file, "the text STL has no endsolid at its end", err);
        if (head_word_is(word, "endsolid"))
            return NP_OK;
        np_status status = head_word_is(word, "facet") ? read_facet(file, text, err)
                                                       : head_text_refuse(text, word, "facet or endsolid", err);
        if (status != NP_OK)
            return status;
    }
}

static np_status read_text(head_mesh_file *file, np_error *err)
{
    head_text text = head_text_begin(file, 0, 1);
    for (;;) {
        head_word word = head_text_next_word(&text);
        if (word.length == 0)
            return NP_OK;
        if (!head_word_is(word, "solid"))
            return head_text_refuse(&text, word, "solid", err);
        head_text_next_line(&text); /* over its name */
        np_status status = read_solid(file, &text, err);
        if (status != NP_OK)
            return status;
        head_text_next_line(&text);
    }
}

/* Whether the file is text: "solid" and a facet, or the end, soon after.  What fills a binary file's header up, or its count, has a
 * zero byte, and text has none there. */
static bool is_text(const head_mesh_file *file)
{
    head_text text = head_text_begin(file, 0, 1);
    bool zero = memchr(file->data, 0, file->size < HEADER_BYTES + 4 ? file->size : HEADER_BYTES + 4);
    if (zero || !head_word_is(head_text_next_word(&text), "solid"))
        return false;
    for (int words = 0; words < 100; words++) {
        head_word word = head_text_next_word(&text);
        if (head_word_is(word, "facet") || head_word_is(word, "endsolid"))
            return true;
    }
    return false;
}

np_status head_stl_read(head_mesh_file *file, np_error *err)
{
    return !has_binary_size(file) && is_text(file) ? read_text(file, err) : read_binary(file, err);
}
