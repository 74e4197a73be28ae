/* One way to take text mesh files apart, so that all formats forgive the same: any end of line, decimal commas, what programs
 * write instead of a number.  Numbers are read in doubles: floats would lose micrometres in large coordinates. */
#include "head/private/mesh_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NUMBER_MAX 64
#define QUOTED_MAX 40

head_text head_text_begin(const head_mesh_file *file, size_t offset, size_t line)
{
    return (head_text){.file = file, .at = file->data + offset, .end = file->data + file->size, .line = line};
}

static bool ends_line(char c)
{
    return c == '\n' || c == '\r';
}

/* Zero bytes, and DOS's end of a file, are what some programs fill their files up with. */
static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\0' || c == '\x1A';
}

/* Over the end of a line at TEXT, if there is one. */
static void skip_line_end(head_text *text)
{
    if (text->at == text->end)
        return;
    bool both = *text->at == '\r' && text->end - text->at > 1 && text->at[1] == '\n';
    text->at += both ? 2 : 1;
    text->line++;
}

static bool at_continuation(const head_text *text)
{
    return text->continues && *text->at == '\\' && text->end - text->at > 1 && ends_line(text->at[1]);
}

static void skip_blanks(head_text *text)
{
    while (text->at < text->end) {
        if (at_continuation(text)) {
            text->at++;
            skip_line_end(text);
        } else if (is_blank(*text->at)) {
            text->at++;
        } else {
            return;
        }
    }
}

head_word head_text_word(head_text *text)
{
    skip_blanks(text);
    head_word word = {text->at, 0};
    if (text->at < text->end && text->comment && *text->at == text->comment)
        return word;
    while (text->at < text->end && !is_blank(*text->at) && !ends_line(*text->at) && !at_continuation(text))
        text->at++;
    word.length = (size_t)(text->at - word.text);
    return word;
}

bool head_text_next_line(head_text *text)
{
    while (text->at < text->end && !ends_line(*text->at))
        text->at++;
    skip_line_end(text);
    return text->at < text->end;
}

head_word head_text_next_word(head_text *text)
{
    head_word word = head_text_word(text);
    while (word.length == 0 && head_text_next_line(text))
        word = head_text_word(text);
    return word;
}

bool head_word_is(head_word word, const char *name)
{
    return word.length == strlen(name) && strncasecmp(word.text, name, word.length) == 0;
}

bool head_word_number(head_word word, double *out_value)
{
    char text[NUMBER_MAX];
    if (word.length == 0 || word.length >= sizeof text)
        return false;
    memcpy(text, word.text, word.length);
    text[word.length] = '\0';
    char *comma = strchr(text, ','), *end;
    if (comma && !strchr(text, '.'))
        *comma = '.';
    *out_value = strtod(text, &end);
    if (end != text && *end == '#') { /* 1.#IND, 1.#QNAN, 1.#INF of Windows' older C library */
        *out_value = NAN;
        end += strlen(end);
    }
    return end != text && *end == '\0';
}

np_status head_text_refuse(const head_text *text, head_word found, const char *what, np_error *err)
{
    if (found.length == 0 && text->at == text->end)
        return np_error_set(
            err, NP_ERR_FORMAT,
            "%s: the file ends in line %zu, where %s is expected; is it cut short? export or copy it again",
            text->file->path, text->line, what);
    if (found.length == 0)
        return np_error_set(err, NP_ERR_FORMAT, "%s:%zu: the line ends where %s is expected; export the scan again",
                            text->file->path, text->line, what);
    int length = found.length < QUOTED_MAX ? (int)found.length : QUOTED_MAX;
    return np_error_set(err, NP_ERR_FORMAT,
                        "%s:%zu: expected %s, found '%.*s'; is it cut short, or of another kind? export it again",
                        text->file->path, text->line, what, length, found.text);
}

np_status head_text_place(head_text *text, np_vec3 *out_place, np_error *err)
{
    double *c[3] = {&out_place->x, &out_place->y, &out_place->z};
    for (int k = 0; k < 3; k++) {
        head_word word = head_text_word(text);
        if (!head_word_number(word, c[k]))
            return head_text_refuse(text, word, "a coordinate", err);
    }
    return NP_OK;
}
