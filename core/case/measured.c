/* Lists of what was measured of test dots: commas or semicolons between cells, which may be empty. */
#include "case/measured.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "case/private/side.h"

#define LIMIT_BYTES (1u << 20)
enum { COLUMNS = 6 };

/* Cells of a line that are no number are NAN where they are empty; false for anything else. */
static bool read_cells(const char *line, double out[COLUMNS], int *out_n)
{
    int n = 0;
    for (;;) {
        char *end;
        line += strspn(line, " \t");
        if (n == COLUMNS)
            return false;
        if (*line == ',' || *line == ';' || *line == '\0') {
            out[n++] = NAN;
            end = (char *)line;
        } else {
            out[n] = strtod(line, &end);
            if (end == line || !(fabs(out[n++]) <= CASE_MEASURED_NUMBER_MAX))
                return false;
        }
        line = end + strspn(end, " \t");
        if (*line == '\0')
            break;
        if (*line != ',' && *line != ';')
            return false;
        line++;
    }
    *out_n = n;
    return true;
}

static np_status take_line(unsigned line, const char *text, bool in_pixels, np_measured *out, np_error *err)
{
    double cell[COLUMNS] = {NAN, NAN, NAN, NAN, NAN, NAN};
    int n, wanted = in_pixels ? 3 : 4;
    if (!read_cells(text, cell, &n) || n < (in_pixels ? 3 : 2) || n > wanted)
        return np_error_set(err, NP_ERR_INVALID, "expected %s, found '%.60s'",
                            in_pixels ? "dot,x,y" : "dot,contrast,width_mm,red_over_blue (the last two may be empty)",
                            text);
    if (out->n == NP_MEASURED_MAX)
        return np_error_set(err, NP_ERR_INVALID, "expected at most %d dots, found more", NP_MEASURED_MAX);
    out->dots[out->n++] = (np_measured_dot){line, cell[0], {cell[1], cell[2], cell[3]}};
    return NP_OK;
}

/* Whether LINE begins with NAMES, apart by commas or semicolons, in any case. */
static bool names_columns(const char *line, const char *names)
{
    for (; *names; line++, names++)
        if (*names != (*line == ';' ? ',' : tolower((unsigned char)*line)))
            return false;
    return true;
}

static np_status take_lines(const char *path, char *text, bool in_pixels, np_measured *out, np_error *err)
{
    np_status status = NP_OK;
    unsigned line = 0;
    bool named = false;
    for (char *at = text + (strncmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0), *next; *at && status == NP_OK; at = next) {
        next = at + strcspn(at, "\n");
        next += *next == '\n' ? (*next = '\0', 1) : 0;
        at[strcspn(at, "\r")] = '\0';
        line++;
        if (!*at || *at == '#')
            continue;
        if (named)
            status = take_line(line, at, in_pixels, out, err);
        else if (!names_columns(at, in_pixels ? "dot,x,y" : "dot,contrast"))
            status = np_error_set(err, NP_ERR_INVALID, "expected a first line '%s', found '%.60s'",
                                  in_pixels ? "dot,x,y" : "dot,contrast,width_mm,red_over_blue", at);
        named = true;
    }
    return status == NP_OK ? NP_OK : np_error_prefix(err, status, "%s:%u", path, line);
}

np_status np_measured_parse(const char *path, char *text, bool in_pixels, np_measured *out, np_error *err)
{
    *out = (np_measured){calloc(NP_MEASURED_MAX, sizeof *out->dots), 0};
    np_status status =
        out->dots ? take_lines(path, text, in_pixels, out, err) : np_error_no_memory(err, "measured dots");
    if (status != NP_OK)
        np_measured_fini(out);
    return status;
}

np_status np_measured_read(const char *path, bool in_pixels, np_measured *out, np_error *err)
{
    case_side_found found;
    case_side_kind kind = in_pixels ? CASE_SIDE_MEASURED_IN_PIXELS : CASE_SIDE_MEASURED;
    np_status status = case_side_read_file(kind, path, LIMIT_BYTES, NULL, &found, err);
    *out = found.measured;
    return status;
}

void np_measured_fini(np_measured *m)
{
    free(m->dots);
    *m = (np_measured){0};
}
