/* Words and numbers of text mesh files, line by line. */
#ifndef NP_HEAD_PRIVATE_MESH_TEXT_H
#define NP_HEAD_PRIVATE_MESH_TEXT_H

#include <stdbool.h>

#include "head/private/mesh_file.h"

/* Where a reader is.  Lines end with LF, CR LF or CR. */
typedef struct head_text {
    const head_mesh_file *file;
    const char *at, *end;
    size_t line;    /* from 1 */
    bool continues; /* a backslash at the end of a line goes on in the next one, as in OBJ */
    char comment;   /* from here to the end of the line is no text; 0: there are no comments */
} head_text;

typedef struct head_word {
    const char *text; /* not terminated */
    size_t length;    /* 0: the line has no more words */
} head_word;

/* The text of FILE from OFFSET on, which is in line LINE. */
head_text head_text_begin(const head_mesh_file *file, size_t offset, size_t line);
/* The next word of this line. */
head_word head_text_word(head_text *text);
/* The next word, of this line or one below; of no length at the end of the file. */
head_word head_text_next_word(head_text *text);
/* To the beginning of the next line; false if there is none. */
bool head_text_next_line(head_text *text);

/* Whether WORD is NAME, in whatever letters. */
bool head_word_is(head_word word, const char *name);
/* All of WORD as a number: with a decimal point or comma; NaN for what programs write for it ("nan", "-1.#IND"). */
bool head_word_number(head_word word, double *out_value);
/* The next three words as a place; NP_ERR_FORMAT if they are none. */
np_status head_text_place(head_text *text, np_vec3 *out_place, np_error *err);

/* NP_ERR_FORMAT: in this line WHAT is expected, and FOUND is there. */
np_status head_text_refuse(const head_text *text, head_word found, const char *what, np_error *err);

#endif
