/* Lists of points, a line each: `x y z`, `label x y z` or `index x y z`, apart by commas, semicolons, tabs or blanks, as CloudCompare and
 * spreadsheets write them; or with a line of column names first, in which x, y and z are found, and values that points have beside their places; radius_mm or diameter_mm is a keep-out's, too.  A .fcsv of 3D Slicer says in a comment
 * which frame it is in, and has its own columns. */
#include <limits.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/plain.h"
#include "case/number.h"
#include "case/private/drawn.h"
#include "case/private/fields.h"

typedef struct columns {
    int x, y, z, label, description, radius; /* -1: there is none */
    double radius_mm;                        /* that 1 in the column is; NAN: nobody knows */
    unsigned n_values;
    struct {
        size_t column;
        unsigned value; /* of the points */
    } values[CASE_FIELDS_MAX];
} columns;

static const columns unknown = {-1, -1, -1, -1, -1, -1, 1, 0, {{0}}};

static bool is_number(const char *field)
{
    double value;
    return np_case_number_read(field, false, &value);
}

static bool is_index(const char *field)
{
    return *field && strspn(field, "0123456789") == strlen(field);
}

/* Whether the line names columns x, y and z; *OUT_TWICE is a name that stands there twice, so that nobody knows which is meant. */
static bool name_columns(char *const *fields, size_t n, columns *out, const char **out_twice)
{
    columns c = unknown;
    const struct {
        const char *name;
        int *column;
        double radius_mm;
    } names[] = {{"x", &c.x, 0},
                 {"y", &c.y, 0},
                 {"z", &c.z, 0},
                 {"label", &c.label, 0},
                 {"name", &c.label, 0},
                 {"radius_mm", &c.radius, 1},
                 {"radius", &c.radius, (double)NAN},
                 {"diameter_mm", &c.radius, 0.5},
                 {"diameter", &c.radius, (double)NAN}};
    *out_twice = NULL;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
            if (strcasecmp(fields[i], names[k].name) != 0)
                continue;
            if (*names[k].column >= 0 && names[k].column != &c.label)
                *out_twice = names[k].name;
            if (*names[k].column < 0)
                *names[k].column = (int)i;
            if (names[k].column == &c.radius)
                c.radius_mm = names[k].radius_mm;
        }
    if (c.x < 0 || c.y < 0 || c.z < 0)
        return false;
    *out = c;
    return true;
}

/* All other columns whose names may be ids. */
static np_status name_values(case_drawn *drawn, char *const *fields, size_t n, columns *at, np_error *err)
{
    np_status status = NP_OK;
    for (size_t i = 0; i < n && status == NP_OK; i++) {
        unsigned v;
        status = case_drawn_name_value(drawn, fields[i], &v, err);
        if (status != NP_OK || v == UINT_MAX)
            continue;
        at->values[at->n_values].column = i;
        at->values[at->n_values++].value = v;
    }
    return status;
}

/* What the point that was added last has beside its place. */
static np_status take_values(case_drawn *drawn, char *const *fields, size_t n, const columns *at, np_error *err)
{
    np_status status = NP_OK;
    for (unsigned k = 0; k < at->n_values && status == NP_OK; k++)
        if (at->values[k].column < n)
            status = case_drawn_set_value(drawn, at->values[k].value, fields[at->values[k].column], err);
    if (status == NP_OK && at->description >= 0 && (size_t)at->description < n)
        status = case_drawn_describe(drawn, fields[at->description], err);
    return status;
}

/* What the columns are, by the first line of points. */
static bool guess_columns(char *const *fields, size_t n, columns *out)
{
    *out = (columns){0, 1, 2, -1, -1, -1, 1, 0, {{0}}};
    if (n == 4 && (is_index(fields[0]) || !is_number(fields[0])))
        *out = (columns){1, 2, 3, 0, -1, -1, 1, 0, {{0}}};
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
        *at = (columns){1, 2, 3, 11, 12, -1, 1, 0, {{0}}};
    }
}

/* The radius of the last point, of column AT. */
static np_status read_radius(case_drawn *drawn, char *const *fields, size_t n, unsigned number, const columns *at,
                             np_error *err)
{
    double value = (double)NAN;
    const char *field = (size_t)at->radius < n ? fields[at->radius] : "";
    if (isnan(at->radius_mm))
        return case_drawn_add_radius(drawn, value, err);
    if (np_case_number_read(field, false, &value) && value > 0 && value * at->radius_mm <= CASE_DRAWN_RADIUS_MAX_MM)
        return case_drawn_add_radius(drawn, value * at->radius_mm, err);
    char shown[61];
    return np_error_set(
        err, NP_ERR_FORMAT, "%s:%u: expected more than 0 and at most %g mm as %s, in column %d, found '%s'",
        drawn->path, number, CASE_DRAWN_RADIUS_MAX_MM / at->radius_mm, at->radius_mm < 1 ? "diameter_mm" : "radius_mm",
        at->radius + 1, np_plain_copy(field, shown, sizeof shown));
}

static np_status read_line(case_drawn *drawn, char *line, unsigned number, columns *at, np_error *err)
{
    char *fields[CASE_FIELDS_MAX], shown[61];
    double v[3] = {0};
    np_plain_copy(line, shown, sizeof shown);
    const char *twice;
    size_t n = case_fields_split(line, fields);
    if (n > CASE_FIELDS_MAX)
        return np_error_set(
            err, NP_ERR_FORMAT,
            "%s:%u: expected at most %u fields, each in a pair of quotation marks or in none, found '%s'", drawn->path,
            number, CASE_FIELDS_MAX, shown);
    if (at->x < 0 && name_columns(fields, n, at, &twice))
        return !twice ? name_values(drawn, fields, n, at, err)
                      : np_error_set(err, NP_ERR_FORMAT,
                                     "%s:%u: expected one column of each of x, y, z and radius_mm or diameter_mm, "
                                     "found another %s in "
                                     "'%s'",
                                     drawn->path, number, twice, shown);
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
    np_status status = case_drawn_add(drawn, np_vec3_make(v[0], v[1], v[2]), label, err);
    if (status == NP_OK && at->radius >= 0)
        status = read_radius(drawn, fields, n, number, at, err);
    return status == NP_OK ? take_values(drawn, fields, n, at, err) : status;
}

np_status case_drawn_read_list(case_drawn *drawn, char *text, np_error *err)
{
    columns at = unknown;
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
