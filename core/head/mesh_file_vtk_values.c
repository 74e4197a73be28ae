/* The numbers of one array of a VTK file in XML (VTK File Formats, "XML File Formats"): text; or bytes as they are or in base64, behind a header that
 * counts them; or such bytes in blocks that zlib has packed.  What a header says is held against what is left of the file, and against what the
 * file needs, before any memory is taken. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/bits.h"
#include "head/private/mesh_file_vtk.h"
#include "head/private/mesh_text.h"

#define UNPACKED_MAX 1032 /* no byte of a deflate stream stands for more (zlib, "Maximum Compression Factor") */

/* An array at work. */
typedef struct source {
    const head_mesh_file *file;
    const head_vtk_coding *coding;
    const head_vtk_array *array;
    const char *what;       /* the array is, for messages */
    const char *at;         /* what is next */
    unsigned char ahead[3]; /* n_ahead bytes of base64 that are decoded and not taken, the last ones of it */
    unsigned n_ahead;
} source;

static np_status refuse(const source *s, const char *how, np_error *err)
{
    return np_error_set(err, NP_ERR_FORMAT, "%s:%zu: %s %s; is it cut short? export or copy it again", s->file->path,
                        s->array->line, s->what, how);
}

/* ---- bytes ---- */

/* So many bytes are left at most. */
static size_t left(const source *s)
{
    size_t n = (size_t)(s->array->end - s->at);
    return s->n_ahead + (s->array->format == HEAD_VTK_BASE64 ? n / 4 * 3 : n);
}

/* What a letter of base64 stands for (RFC 4648, section 4); 64: the padding; 65: none. */
static unsigned sextet(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (unsigned)(c - 'A');
    if (c >= 'a' && c <= 'z')
        return (unsigned)(c - 'a') + 26;
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0') + 52;
    return c == '+' ? 62 : c == '/' ? 63 : c == '=' ? 64 : 65;
}

/* Decodes the next four letters.  A header may be padded and the rest follow, as VTK writes what is packed. */
static bool decode(source *s)
{
    unsigned part[4];
    for (int i = 0; i < 4; i++) {
        while (s->at < s->array->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\r' || *s->at == '\n'))
            s->at++;
        if (s->at == s->array->end || (part[i] = sextet(*s->at++)) > 64)
            return false;
    }
    unsigned n = part[3] < 64 ? 3 : part[2] < 64 ? 2 : 1;
    if (part[0] > 63 || part[1] > 63 || (part[2] > 63 && part[3] < 64))
        return false;
    uint32_t bits = part[0] << 18 | part[1] << 12 | (part[2] & 63) << 6 | (part[3] & 63);
    for (unsigned i = 0; i < n; i++)
        s->ahead[3 - n + i] = (unsigned char)(bits >> (16 - 8 * i));
    s->n_ahead = n;
    return true;
}

/* The next N bytes. */
static np_status take(source *s, char *out, size_t n, np_error *err)
{
    if (n > left(s))
        return refuse(s, "ends before all that it counts", err);
    if (s->array->format == HEAD_VTK_RAW) {
        memcpy(out, s->at, n);
        s->at += n;
        return NP_OK;
    }
    for (size_t i = 0; i < n; i++) {
        if (s->n_ahead == 0 && !decode(s))
            return refuse(s, "is no base64, or not all of it", err);
        out[i] = (char)s->ahead[3 - s->n_ahead--];
    }
    return NP_OK;
}

/* The next number of a header. */
static np_status take_word(source *s, uint64_t *out, np_error *err)
{
    char bytes[8] = {0};
    np_status status = take(s, bytes, s->coding->word, err);
    *out = np_bits_at(bytes, s->coding->word, s->coding->big_endian);
    return status;
}

static np_status check_bytes(const source *s, bool right, np_error *err)
{
    return right ? NP_OK : refuse(s, "has not as many bytes as its counts ask for", err);
}

/* Block after block into OUT, which holds N bytes; the block I has SIZES[I] bytes, and BLOCK unpacked, the last one the rest. */
static np_status unpack_blocks(source *s, const uint64_t *sizes, size_t n_blocks, uint64_t block, char *out, size_t n,
                               np_error *err)
{
    np_status status = NP_OK;
    for (size_t i = 0; i < n_blocks && status == NP_OK; i++) {
        if (sizes[i] > left(s))
            return refuse(s, "ends before all that it counts", err);
        char *packed = malloc(sizes[i] + 1);
        if (!packed)
            return np_error_no_memory(err, "the scan's numbers");
        size_t whole = i + 1 < n_blocks ? (size_t)block : n;
        uLongf unpacked = whole;
        status = take(s, packed, (size_t)sizes[i], err);
        if (status == NP_OK &&
            (uncompress((Bytef *)out, &unpacked, (const Bytef *)packed, sizes[i]) != Z_OK || unpacked != whole))
            status = refuse(s, "has a block that zlib cannot unpack, or not to what its header says", err);
        free(packed);
        out += whole;
        n -= whole;
    }
    return status;
}

/* "number of blocks, size of each unpacked, of the last where it is smaller or 0, size of each packed", and the blocks: N bytes of OUT in all. */
static np_status take_packed(source *s, char *out, size_t n, np_error *err)
{
    uint64_t n_blocks = 0, block = 0, last = 0, *sizes = NULL;
    np_status status = take_word(s, &n_blocks, err);
    if (status == NP_OK)
        status = take_word(s, &block, err);
    if (status == NP_OK)
        status = take_word(s, &last, err);
    if (status == NP_OK)
        status = check_bytes(s, n_blocks > 0 && n_blocks <= left(s) / s->coding->word && last <= block, err);
    if (status == NP_OK) /* only a single block can be smaller than its size */
        status = check_bytes(s, n_blocks == 1 || block <= n, err);
    if (status == NP_OK) /* the product is of two sizes in memory that is there */
        status = check_bytes(s, (n_blocks - 1) * block + (last ? last : block) == n, err);
    if (status == NP_OK && !(sizes = malloc((size_t)n_blocks * sizeof *sizes)))
        status = np_error_no_memory(err, "the scan's numbers");
    for (size_t i = 0; i < n_blocks && status == NP_OK; i++)
        status = take_word(s, &sizes[i], err);
    s->n_ahead = 0; /* the header is padded by itself */
    if (status == NP_OK)
        status = unpack_blocks(s, sizes, (size_t)n_blocks, block, out, n, err);
    free(sizes);
    return status;
}

static np_status take_bytes(source *s, char *out, size_t n, np_error *err)
{
    uint64_t size = 0;
    if (s->coding->compressed)
        return take_packed(s, out, n, err);
    np_status status = take_word(s, &size, err);
    if (status == NP_OK)
        status = check_bytes(s, size == n, err);
    return status == NP_OK ? take(s, out, n, err) : status;
}

/* ---- numbers ---- */

static np_status read_text(const source *s, size_t n, double *values, np_error *err)
{
    head_text text = head_text_begin(s->file, (size_t)(s->at - s->file->data), s->array->line);
    text.end = s->array->end;
    for (size_t i = 0; i < n; i++) {
        head_word word = head_text_next_word(&text);
        if (!head_word_number(word, &values[i]))
            return head_text_refuse(&text, word, "a number", err);
    }
    head_word more = head_text_next_word(&text);
    return more.length == 0 ? NP_OK : head_text_refuse(&text, more, "the end of an array", err);
}

static np_status read_bytes(source *s, size_t n, double *values, np_error *err)
{
    const head_vtk_type *type = s->array->type;
    char *bytes = malloc(n * type->size);
    if (!bytes)
        return np_error_no_memory(err, "the scan's numbers");
    np_status status = take_bytes(s, bytes, n * type->size, err);
    for (size_t i = 0; i < n && status == NP_OK; i++)
        values[i] = np_bits_number(bytes + i * type->size, type->size, type->kind, s->coding->big_endian);
    free(bytes);
    return status;
}

/* Whether N numbers can be there at all. */
static bool has_room(const source *s, size_t n)
{
    if (s->array->format == HEAD_VTK_TEXT)
        return n <= ((size_t)(s->array->end - s->at) + 1) / 2;
    return n * s->array->type->size / (s->coding->compressed ? UNPACKED_MAX : 1) <= left(s);
}

np_status head_vtk_array_read(const head_mesh_file *file, const head_vtk_coding *coding, const head_vtk_array *array,
                              const char *what, size_t n, double **out_values, np_error *err)
{
    source s = {.file = file, .coding = coding, .array = array, .what = what, .at = array->at};
    *out_values = NULL;
    if (n > 0 && !has_room(&s, n))
        return refuse(&s, "ends before all that it counts", err);
    double *values = malloc((n + 1) * sizeof *values);
    if (!values)
        return np_error_no_memory(err, "the scan's numbers");
    np_status status = array->format == HEAD_VTK_TEXT ? read_text(&s, n, values, err)
                       : n > 0                        ? read_bytes(&s, n, values, err)
                                                      : NP_OK;
    if (status == NP_OK)
        *out_values = values;
    else
        free(values);
    return status;
}
