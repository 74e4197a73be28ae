/* Paint of a mesh, as a case names it: which colour, or which scalar, and from what on. */
#include "case/private/paint.h"

#include <math.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hex.h"
#include "base/plain.h"
#include "case/number.h"
#include "case/private/check.h"
#include "case/private/schema.h"

#define FILE_MAX ((size_t)1 << 30) /* as of a scan */

typedef struct paint_reading {
    const case_document *document;
    const char *where;
    int node;
    np_error *err;
} paint_reading;

static np_status fail(const paint_reading *r, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static np_status fail(const paint_reading *r, const char *key, const char *format, ...)
{
    char text[900];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    int node = key ? case_document_get(r->document, r->node, key) : r->node;
    return np_error_set(r->err, NP_ERR_INVALID, "%s:%u: %s%s%s: %s", r->document->path,
                        case_document_line(r->document, node), r->where, key ? "." : "", key ? key : "", text);
}

static const char *text_of(const paint_reading *r, const char *key)
{
    return case_document_scalar(r->document, case_document_get(r->document, r->node, key));
}

static double number_of(const paint_reading *r, const char *key, double absent)
{
    const char *text = text_of(r, key);
    double value = absent;
    if (text)
        np_case_number_read(text, false, &value);
    return value;
}

static np_status read_color(const paint_reading *r, bool map, np_case_paint *out)
{
    static const struct {
        const char *name, *hex;
    } names[] = {{"red", "#ff0000"},  {"green", "#00ff00"},   {"blue", "#0000ff"},  {"yellow", "#ffff00"},
                 {"cyan", "#00ffff"}, {"magenta", "#ff00ff"}, {"black", "#000000"}, {"white", "#ffffff"}};
    const char *text = text_of(r, "color");
    unsigned char bytes[3];
    size_t n = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(text, names[i].name) == 0)
            text = names[i].hex;
    if (text[0] != '#' || strlen(text) != 7 || sodium_hex2bin(bytes, 3, text + 1, 6, NULL, &n, NULL) != 0 || n != 3)
        return fail(r, "color",
                    "expected red, green, blue, yellow, cyan, magenta, black, white, or \"#rrggbb\" with its quotes, "
                    "found '%.60s'",
                    text);
    for (int k = 0; k < 3; k++)
        out->color[k] = bytes[k] / 255.0;
    if (map && out->color[0] + out->color[1] + out->color[2] == 3)
        return fail(r, "color", "white is where a map has no dots; paint it in another colour, black for example");
    return NP_OK;
}

/* What goes with what. */
static np_status check_keys(const paint_reading *r, bool map, const np_case_paint *paint)
{
    bool color = text_of(r, "color"), scalar = text_of(r, "scalar");
    if (color == scalar)
        return fail(r, NULL, "expected either 'color' or 'scalar'; found %s", color ? "both" : "none");
    if (map)
        return color && text_of(r, "full")
                   ? fail(r, "full", "it goes with a 'scalar'; a 'color' is full where it is pure")
                   : NP_OK;
    if (color && (text_of(r, "above") || text_of(r, "below")))
        return fail(r, NULL, "'above' and 'below' go with a 'scalar', 'tolerance' with a 'color'");
    if (scalar && text_of(r, "tolerance"))
        return fail(r, "tolerance", "it goes with a 'color'; a 'scalar' has 'above' and 'below'");
    if (scalar && !text_of(r, "above") && !text_of(r, "below"))
        return fail(r, NULL, "expected 'above', 'below' or both: the range of '%.60s' that is inside", paint->scalar);
    if (scalar && !(paint->above < paint->below))
        return fail(r, NULL, "nothing is above %g and below %g", paint->above, paint->below);
    return NP_OK;
}

/* The SHA-256 of the file that is painted, which may be large. */
static np_status hash_file(const char *path, char out_sha256[65], np_error *err)
{
    char block[1 << 16];
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    int file;
    size_t size;
    np_status status = np_file_open(path, FILE_MAX, &file, &size, err);
    if (status != NP_OK)
        return status;
    crypto_hash_sha256_init(&state);
    ssize_t n = 1;
    while ((n = read(file, block, sizeof block)) > 0)
        crypto_hash_sha256_update(&state, (const unsigned char *)block, (size_t)n);
    close(file);
    if (n < 0)
        return np_error_set(err, NP_ERR_IO, "%s: cannot be read to its end", path);
    crypto_hash_sha256_final(&state, hash);
    np_hex_write(hash, sizeof hash, out_sha256);
    return NP_OK;
}

static np_status find_file(const paint_reading *r, const char *scan_file, np_case_shape *out)
{
    const char *name = text_of(r, "file");
    if (!name && !scan_file)
        return fail(r, NULL,
                    "expected a 'file': the built-in head is not painted; `needlepath head -o head.ply` writes it as a "
                    "mesh, to be painted");
    out->file = strdup(name ? name : scan_file);
    char *path = out->file ? np_file_beside(r->document->path, out->file) : NULL;
    if (!path)
        return np_error_no_memory(r->err, r->where);
    np_status status = hash_file(path, out->sha256, r->err);
    free(path);
    return status == NP_OK ? NP_OK
                           : np_error_prefix(r->err, status, "%s:%u: %s", r->document->path,
                                             case_document_line(r->document, r->node), r->where);
}

np_status case_paint_read(const case_document *document, int node, const char *where, bool map, const char *scan_file,
                          np_case_shape *out, np_error *err)
{
    paint_reading r = {document, where, node, err};
    np_case_paint *paint = &out->paint;
    np_status status = case_check_part(document, node, where, map ? &case_map_schema : &case_painted_schema, err);
    if (status != NP_OK)
        return status;
    out->line = case_document_line(document, node);
    out->is_painted = true;
    *paint = (np_case_paint){.tolerance = number_of(&r, "tolerance", NP_CASE_PAINT_TOLERANCE),
                             .above = number_of(&r, "above", -INFINITY),
                             .below = number_of(&r, "below", INFINITY),
                             .full = number_of(&r, "full", 1)};
    if (text_of(&r, "scalar") && !(paint->scalar = strdup(text_of(&r, "scalar"))))
        return np_error_no_memory(err, where);
    status = check_keys(&r, map, paint);
    if (status == NP_OK && !paint->scalar)
        status = read_color(&r, map, paint);
    return status == NP_OK ? find_file(&r, scan_file, out) : status;
}
