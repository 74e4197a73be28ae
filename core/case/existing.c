/* Existing follicles in a file of their own: there may be tens of thousands, as a microscope or a script
 * finds them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "case/private/existing.h"
#include "case/private/schema.h"
#include "case/private/side.h"

#define FOLLICLES_MAX 1000000u

static bool is_skipped(const char *line)
{
    line += strspn(line, " \t\r");
    return !*line || *line == '#';
}

/* Three finite numbers, apart by blanks or commas, and nothing else. */
static bool parse_point(const char *line, np_vec3 *out)
{
    double v[3];
    for (int i = 0; i < 3; i++) {
        char *end;
        v[i] = strtod(line, &end);
        if (end == line || !(fabs(v[i]) <= CASE_SCHEMA_COORDINATE_MAX))
            return false;
        line = end + strspn(end, " \t\r,;");
    }
    *out = np_vec3_make(v[0], v[1], v[2]);
    return !*line;
}

static np_status add_point(np_case_points *points, size_t *room, np_vec3 p, const char *path, np_error *err)
{
    if (points->n == FOLLICLES_MAX)
        return np_error_set(err, NP_ERR_INVALID, "%s: more than %u follicles; no scalp has so many", path,
                            FOLLICLES_MAX);
    np_status status = NP_GROW(points->points, *room, points->n + 1u, path, err);
    if (status == NP_OK)
        points->points[points->n++] = p;
    return status;
}

np_status case_existing_parse(const char *path, char *text, np_case_points *out, np_error *err)
{
    *out = (np_case_points){0};
    np_status status = NP_OK;
    unsigned number = 0;
    size_t room = 0;
    for (char *line = text, *next; line && status == NP_OK; line = next) {
        number++;
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        np_vec3 p;
        if (is_skipped(line))
            continue;
        if (parse_point(line, &p))
            status = add_point(out, &room, p, path, err);
        else
            status = np_error_set(err, NP_ERR_FORMAT, "%s:%u: expected three numbers 'x y z', found '%.60s'", path,
                                  number, line);
    }
    if (status != NP_OK) {
        free(out->points);
        *out = (np_case_points){0};
    }
    return status;
}

np_status case_existing_read(const char *path, np_case_points *out, np_error *err)
{
    case_side_found found;
    np_status status = case_side_read_file(CASE_SIDE_EXISTING, path, CASE_SIDE_MAX_BYTES, NULL, &found, err);
    *out = found.existing;
    return status;
}
