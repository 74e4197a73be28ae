/* Dots that were found on the skin, by a camera or under a microscope: where each lies, and how dark it is.  Lists of points come from
 * many programs, so columns are found by their names: in a CSV's first line, or in the header of a PLY. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/grow.h"
#include "case/number.h"
#include "case/private/fields.h"
#include "case/private/made.h"
#include "case/private/schema.h"
#include "case/private/side.h"

#define DOTS_MAX 1000000u
#define NO_COLUMN (-1)

enum { X, Y, Z, TONE, N_COLUMNS };
static const char *const column_names[N_COLUMNS] = {"x", "y", "z", "tone"};

typedef struct reader {
    const char *path;
    unsigned line;
    int column[N_COLUMNS]; /* which cell of a line; NO_COLUMN: none */
    np_case_points points;
    double *tones;
    size_t room, tone_room;
    np_error *err;
} reader;

/* What stands there is not repeated: a file of another kind, named by mistake, may hold what is nobody's business. */
static np_status fail(const reader *r, const char *expected)
{
    return np_error_set(r->err, NP_ERR_FORMAT, "%s:%u: expected %s", r->path, r->line, expected);
}

static bool number(const char *cell, double *out)
{
    return np_case_number_read(cell, false, out);
}

static np_status name_column(reader *r, const char *name, int cell)
{
    for (int c = 0; c < N_COLUMNS; c++)
        if (strcasecmp(name, column_names[c]) == 0) {
            if (r->column[c] != NO_COLUMN)
                return fail(r, "one column of each of x, y, z and tone");
            r->column[c] = cell;
        }
    return NP_OK;
}

static bool has_places(const reader *r)
{
    return r->column[X] != NO_COLUMN && r->column[Y] != NO_COLUMN && r->column[Z] != NO_COLUMN;
}

static np_status add(reader *r, char *const *cells, int n)
{
    double v[N_COLUMNS] = {0, 0, 0, (double)NAN};
    for (int c = 0; c < N_COLUMNS; c++) {
        int cell = r->column[c];
        if (cell == NO_COLUMN || (c == TONE && (cell >= n || !*cells[cell])))
            continue;
        if (cell >= n || !number(cells[cell], &v[c]) || (c != TONE && fabs(v[c]) > CASE_SCHEMA_COORDINATE_MAX))
            return fail(r, "numbers x y z, and a tone where there is one");
        if (c == TONE && (v[c] < 0 || v[c] > 1))
            return fail(r, "a tone from 0 (lightest) to 1 (darkest)");
    }
    if (r->points.n == DOTS_MAX)
        return np_error_set(r->err, NP_ERR_INVALID, "%s: more than %u dots; no treatment has so many", r->path,
                            DOTS_MAX);
    np_status status = NP_GROW(r->points.points, r->room, r->points.n + 1u, r->path, r->err);
    if (status == NP_OK)
        status = NP_GROW(r->tones, r->tone_room, r->points.n + 1u, r->path, r->err);
    if (status != NP_OK)
        return status;
    r->tones[r->points.n] = v[TONE];
    r->points.points[r->points.n++] = np_vec3_make(v[X], v[Y], v[Z]);
    return NP_OK;
}

/* ---- lines of numbers, with or without names ---- */

/* What the columns are, by the first line: *OUT_NAMED if it only names them. */
static np_status find_columns(reader *r, char *const *cells, int n, bool *out_named)
{
    double v;
    np_status status = NP_OK;
    *out_named = !number(cells[0], &v);
    for (int i = 0; *out_named && i < n && status == NP_OK; i++)
        status = name_column(r, cells[i], i);
    for (int c = 0; !*out_named && n >= TONE && c < N_COLUMNS; c++)
        r->column[c] = c;
    if (status == NP_OK && !has_places(r))
        status = fail(r, *out_named ? "a first line that names the columns x, y and z, or numbers"
                                    : "three numbers 'x y z', and perhaps a tone");
    return status;
}

static np_status read_list(reader *r, char *text)
{
    bool first = true, named = false;
    np_status status = NP_OK;
    if (strncmp(text, "\xEF\xBB\xBF", 3) == 0) /* a byte order mark */
        text += 3;
    for (char *line = text, *next; line && status == NP_OK; line = next) {
        char *cells[CASE_FIELDS_MAX];
        r->line++;
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        size_t n = *line == '#' || strncmp(line, "//", 2) == 0 ? 0 : case_fields_split(line, cells);
        if (n == 0)
            continue;
        if (n > CASE_FIELDS_MAX)
            return fail(r, "at most 64 fields, each in a pair of quotation marks or in none");
        if (first)
            status = find_columns(r, cells, (int)n, &named);
        if (status == NP_OK && !(first && named))
            status = add(r, cells, (int)n);
        first = false;
    }
    return status;
}

/* ---- PLY ---- */

#define PLY_CELLS_MAX 32

/* Cells apart by blanks; those beyond PLY_CELLS_MAX are left out. */
static int split_ply(char *line, char *cells[PLY_CELLS_MAX])
{
    int n = 0;
    for (char *save, *cell = strtok_r(line, " \t\r", &save); cell && n < PLY_CELLS_MAX;
         cell = strtok_r(NULL, " \t\r", &save))
        cells[n++] = cell;
    return n;
}

static char *next_line(reader *r, char **text)
{
    char *line = *text, *end = line ? strchr(line, '\n') : NULL;
    if (!line)
        return NULL;
    if (end)
        *end = '\0';
    *text = end ? end + 1 : NULL;
    r->line++;
    return line;
}

/* The header; *OUT_N is the number of vertices, which stand first, *OUT_OTHERS that of all other elements. */
static np_status read_ply_header(reader *r, char **text, size_t *out_n, size_t *out_others)
{
    char *cells[PLY_CELLS_MAX];
    int property = 0;
    bool of_vertices = false, any = false;
    for (char *line = next_line(r, text); line; line = next_line(r, text)) {
        int n = split_ply(line, cells);
        if (n >= 1 && strcmp(cells[0], "end_header") == 0)
            return any && has_places(r) ? NP_OK : fail(r, "vertices with properties x, y and z");
        if (n >= 2 && strcmp(cells[0], "format") == 0 && strcmp(cells[1], "ascii") != 0)
            return fail(r, "an ASCII PLY: write it as text");
        if (n == 3 && strcmp(cells[0], "element") == 0) {
            of_vertices = strcmp(cells[1], "vertex") == 0;
            if (!of_vertices && !any)
                return fail(r, "the vertices as the first element");
            if (of_vertices) {
                *out_n = strtoul(cells[2], NULL, 10);
                any = true;
            } else {
                *out_others += strtoul(cells[2], NULL, 10);
            }
        }
        if (n >= 3 && strcmp(cells[0], "property") == 0 && of_vertices) {
            if (strcmp(cells[1], "list") == 0)
                return fail(r, "vertices without lists");
            if (name_column(r, cells[2], property++) != NP_OK)
                return NP_ERR_FORMAT;
        }
    }
    return fail(r, "a header that ends with end_header, found the end of the file");
}

/* Behind the vertices stand the other elements, a line each, and nothing else: what is left over was not counted. */
static np_status read_ply(reader *r, char *text)
{
    size_t n = 0, n_others = 0;
    char *cells[PLY_CELLS_MAX], *line;
    np_status status = read_ply_header(r, &text, &n, &n_others);
    for (size_t i = 0; status == NP_OK && i < n; i++) {
        line = next_line(r, &text);
        int n_cells = line ? split_ply(line, cells) : 0;
        if (n_cells == 0)
            return fail(r, line ? "a line for each vertex, found an empty one"
                                : "a line for each vertex, found the end of the file");
        status = add(r, cells, n_cells);
    }
    for (size_t lines = 0; status == NP_OK && (line = next_line(r, &text));)
        if (split_ply(line, cells) > 0 && ++lines > n_others)
            return fail(r, "the end of the file: its header counts fewer lines than it has");
    return status;
}

np_status case_made_parse(const char *path, char *text, case_made *out, np_error *err)
{
    reader r = {.path = path, .column = {NO_COLUMN, NO_COLUMN, NO_COLUMN, NO_COLUMN}, .err = err};
    bool ply = strncmp(text, "ply\n", 4) == 0 || strncmp(text, "ply\r", 4) == 0;
    np_status status = ply ? read_ply(&r, text) : read_list(&r, text);
    if (status == NP_OK && r.points.n == 0)
        status =
            np_error_set(err, NP_ERR_FORMAT, "%s: expected a dot a line, 'x y z' or 'x y z tone', found none", path);
    *out = (case_made){r.points, r.tones};
    if (status != NP_OK)
        case_made_fini(out);
    return status;
}

void case_made_fini(case_made *made)
{
    free(made->points.points);
    free(made->tones);
    *made = (case_made){0};
}

np_status case_made_read(const char *path, np_case_points *out_points, double **out_tones, char out_sha256[65],
                         np_error *err)
{
    case_side_found found;
    np_status status = case_side_read_file(CASE_SIDE_MADE, path, CASE_SIDE_MAX_BYTES, out_sha256, &found, err);
    *out_points = found.made.points;
    *out_tones = found.made.tones;
    return status;
}
