/* OBJ (Wavefront): vertices and faces; names, groups, materials, textures, lines and points are passed over.  What tells a good
 * reader from a bad one are backslashes: at the end of a line that is read they join the next one, at the end of a comment or a
 * path of Windows they do not.  Vertices are read first, then faces: some programs write a face before its corners. */
#include "head/private/mesh_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "head/private/mesh_paint.h"
#include "head/private/mesh_text.h"

static head_text begin(const head_mesh_file *file)
{
    head_text text = head_text_begin(file, 0, 1);
    text.comment = '#';
    text.continues = true;
    return text;
}

/* What follows "v": a place, and a weight, or a colour, which may have an alpha. */
static np_status read_vertex(head_mesh_file *file, head_text *text, np_error *err)
{
    np_vec3 place;
    np_status status = head_text_place(text, &place, err);
    if (status != NP_OK)
        return status;
    head_word fourth = head_text_word(text), fifth = head_text_word(text), sixth = head_text_word(text);
    double color[3];
    if (fourth.length > 0 && fifth.length == 0 && !(head_word_number(fourth, &color[0]) && color[0] == 1))
        return head_text_refuse(text, fourth, "a weight of 1", err);
    status = head_mesh_file_add_vertex(file, place, err);
    bool colored =
        head_word_number(fourth, &color[0]) && head_word_number(fifth, &color[1]) && head_word_number(sixth, &color[2]);
    if (status != NP_OK || !colored || file->paint != HEAD_PAINT_COLORS)
        return status;
    double whole = fmax(color[0], fmax(color[1], color[2])) > 1 ? 255 : 1; /* some write bytes */
    for (int k = 0; k < 3; k++)
        color[k] /= whole;
    return head_paint_add(file, color, err);
}

static np_status read_vertices(head_mesh_file *file, np_error *err)
{
    head_text text = begin(file);
    np_status status = NP_OK;
    do {
        if (head_word_is(head_text_word(&text), "v"))
            status = read_vertex(file, &text, err);
    } while (status == NP_OK && head_text_next_line(&text));
    return status;
}

/* The vertex of WORD ("7", "7/1", "7//2", "-1/-1/-1") among N, of which SO_FAR stand before it: from 0; N if there is none. */
static size_t corner_of(head_word word, size_t so_far, size_t n)
{
    size_t at = word.length > 0 && word.text[0] == '-', number = 0;
    bool backwards = at == 1, digits = false;
    for (; at < word.length && word.text[at] >= '0' && word.text[at] <= '9' && number <= n; at++, digits = true)
        number = 10 * number + (size_t)(word.text[at] - '0');
    if (!digits || (at < word.length && word.text[at] != '/') || number == 0 || number > (backwards ? so_far : n))
        return n;
    return backwards ? so_far - number : number - 1;
}

typedef struct face {
    uint32_t *corners;
    size_t n, room;
} face;

/* What follows "f" where SO_FAR vertices stand before it. */
static np_status read_face(head_mesh_file *file, head_text *text, size_t so_far, face *f, np_error *err)
{
    np_status status = NP_OK;
    head_word word = head_text_word(text);
    for (f->n = 0; status == NP_OK && word.length > 0 && f->n <= HEAD_FACE_MAX_CORNERS; word = head_text_word(text)) {
        size_t corner = corner_of(word, so_far, file->mesh.n_vertices);
        if (corner == file->mesh.n_vertices)
            return head_text_refuse(text, word, "the number of a vertex of this file", err);
        status = NP_GROW(f->corners, f->room, f->n + 1, "a face of the scan", err);
        if (status == NP_OK)
            f->corners[f->n++] = (uint32_t)corner;
    }
    if (status == NP_OK && f->n < 3)
        return head_text_refuse(text, word, "a face's third corner", err);
    return status == NP_OK ? head_mesh_file_add_polygon(file, f->corners, f->n, err) : status;
}

static np_status read_faces(head_mesh_file *file, np_error *err)
{
    head_text text = begin(file);
    face f = {0};
    size_t so_far = 0;
    np_status status = NP_OK;
    do {
        head_word word = head_text_word(&text);
        so_far += head_word_is(word, "v");
        if (head_word_is(word, "f"))
            status = read_face(file, &text, so_far, &f, err);
    } while (status == NP_OK && head_text_next_line(&text));
    free(f.corners);
    return status;
}

/* Zero bytes at the end fill a file up; before it, what they stand for is lost. */
static np_status check_text(const head_mesh_file *file, np_error *err)
{
    size_t size = file->size, line = 1;
    while (size > 0 && file->data[size - 1] == '\0')
        size--;
    const char *zero = memchr(file->data, '\0', size);
    for (const char *at = file->data; zero && at < zero; at++)
        line += *at == '\n' || (*at == '\r' && at[1] != '\n');
    return zero ? np_error_set(err, NP_ERR_FORMAT,
                               "%s:%zu: has a zero byte, and an OBJ is text; was it damaged? export or copy it again",
                               file->path, line)
                : NP_OK;
}

np_status head_obj_read(head_mesh_file *file, np_error *err)
{
    np_status status = check_text(file, err);
    if (status == NP_OK)
        status = read_vertices(file, err);
    return status == NP_OK ? read_faces(file, err) : status;
}
