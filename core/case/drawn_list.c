/* Lists of points, a line each: `x y z`, `label x y z` or `index x y z`, apart by commas, semicolons, tabs or blanks, as CloudCompare and
 * spreadsheets write them; or with a line of column names first, in which x, y and z are found.  A .fcsv of 3D Slicer says in a comment
 * which frame it is in, and has its own columns. */
#include <string.h>
#include <strings.h>

#include "base/plain.h"
#include "case/number.h"
#include "case/private/drawn.h"

#define FIELDS_MAX 64u

typedef struct columns {
    int x, y, z, label; /* -1: there is none */
} columns;

/* Cuts LINE into fields, in place; how many. */
static size_t split(char *line, char *fields[FIELDS_MAX])
{
    const char *between = strchr(line, ',') ? "," : strchr(line, ';') ? ";" : strchr(line, '\t') ? "\t" : " ";
    size_t n = 0;
    for (char *next = line; next && n < FIELDS_MAX;) {
        char *field = strsep(&next, between);
        field += strspn(field, " \t\r\"");
        size_t length = strlen(field);
        while (length > 0 && strchr(" \t\r\"", field[length - 1]))
            field[--length] = '\0';
        if (length > 0 || *between != ' ')
            fields[n++] = field;
    }
    while (n > 0 && !*fields[n - 1]) /* a comma at the end of the line */
        n--;
    return n;
}

static bool is_number(const char *field)
{
    double value;
    return np_case_number_read(field, false, &value);
}

static bool is_index(const char *field)
{
    return *field && strspn(field, "0123456789") == strlen(field);
}

static bool name_columns(char *const *fields, size_t n, columns *out)
{
    columns c = {-1, -1, -1, -1};
    for (size_t i = 0; i < n; i++) {
        if (strcasecmp(fields[i], "x") == 0)
            c.x = (int)i;
        else if (strcasecmp(fields[i], "y") == 0)
            c.y = (int)i;
        else if (strcasecmp(fields[i], "z") == 0)
            c.z = (int)i;
        else if (strcasecmp(fields[i], "label") == 0 || strcasecmp(fields[i], "name") == 0)
            c.label = (int)i;
    }
    if (c.x < 0 || c.y < 0 || c.z < 0)
        return false;
    *out = c;
    return true;
}

/* What the columns are, by the first line of points. */
static bool guess_columns(char *const *fields, size_t n, columns *out)
{
    *out = (columns){0, 1, 2, -1};
    if (n == 4 && (is_index(fields[0]) || !is_number(fields[0])))
        *out = (columns){1, 2, 3, 0};
    else if (n == 4 && !is_number(fields[3]))
        out->label = 3;
    else if (n != 3)
        return false;
    return is_number(fields[out->x]) && is_number(fields[out->y]) && is_number(fields[out->z]);
}

/* "# CoordinateSystem = LPS" of a .fcsv; 0 and 1 stand for RAS and LPS in old ones. */
static void read_comment(case_drawn *drawn, const char *line, columns *at)
{
    const char *key = strstr(line, "CoordinateSystem");
    const char *value = key ? strchr(key, '=') : NULL;
    if (!value)
        return;
    value += 1 + strspn(value + 1, " \t");
    bool ras = strncmp(value, "RAS", 3) == 0 || *value == '0', lps = strncmp(value, "LPS", 3) == 0 || *value == '1';
    if (ras || lps) {
        drawn->frame = ras ? CASE_DRAWN_RAS : CASE_DRAWN_LPS;
        *at = (columns){1, 2, 3, 11};
    }
}

static np_status read_line(case_drawn *drawn, char *line, unsigned number, columns *at, np_error *err)
{
    char *fields[FIELDS_MAX], shown[61];
    double v[3] = {0};
    np_plain_copy(line, shown, sizeof shown);
    size_t n = split(line, fields);
    if (at->x < 0 && name_columns(fields, n, at))
        return NP_OK;
    if (at->x < 0 && !guess_columns(fields, n, at))
        return np_error_set(err, NP_ERR_FORMAT,
                            "%s:%u: expected lines 'x, y, z' or 'label, x, y, z', or a first line that names the "
                            "columns x, y and z, found '%s'",
                            drawn->path, number, shown);
    const int of[3] = {at->x, at->y, at->z};
    for (int k = 0; k < 3; k++)
        if ((size_t)of[k] >= n || !np_case_number_read(fields[of[k]], false, &v[k]))
            return np_error_set(err, NP_ERR_FORMAT,
                                "%s:%u: expected a number with a decimal point as %c, in column %d, found '%s'",
                                drawn->path, number, "xyz"[k], of[k] + 1, shown);
    const char *label = at->label >= 0 && (size_t)at->label < n ? fields[at->label] : NULL;
    return case_drawn_add(drawn, np_vec3_make(v[0], v[1], v[2]), label, err);
}

np_status case_drawn_read_list(case_drawn *drawn, char *text, np_error *err)
{
    columns at = {-1, -1, -1, -1};
    np_status status = NP_OK;
    unsigned number = 0;
    if (strncmp(text, "\xEF\xBB\xBF", 3) == 0) /* a byte order mark */
        text += 3;
    for (char *line = text, *next; line && status == NP_OK; line = next) {
        number++;
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        line += strspn(line, " \t\r");
        if (*line == '#')
            read_comment(drawn, line, &at);
        else if (*line && strncmp(line, "//", 2) != 0)
            status = read_line(drawn, line, number, &at, err);
    }
    return status;
}
