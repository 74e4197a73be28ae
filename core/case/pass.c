/* One function for both directions keeps the two ends of a message from ever disagreeing about its order. */
#include "case/private/pass.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "case/private/schema.h"

void case_pass_count(case_pass *pass, unsigned max, unsigned *value)
{
    if (!pass->reading) {
        np_message_put_u32(pass->message, *value);
        return;
    }
    unsigned got = np_message_get_u32(pass->message);
    if (got > max)
        pass->message->failed = true;
    *value = pass->message->failed ? 0 : got;
}

void case_pass_number(case_pass *pass, double min, double max, bool or_nan, double *value)
{
    if (!pass->reading) {
        np_message_put_f64(pass->message, *value);
        return;
    }
    double got = np_message_get_f64(pass->message);
    if (!(got >= min && got <= max) && !(or_nan && isnan(got)))
        pass->message->failed = true;
    if (!pass->message->failed)
        *value = got;
}

void case_pass_text(case_pass *pass, size_t max_bytes, char **text)
{
    if (!pass->reading) {
        np_message_put_text(pass->message, *text);
        return;
    }
    *text = np_message_get_text(pass->message);
    if (*text && strlen(*text) > max_bytes)
        pass->message->failed = true;
}

void case_pass_point(case_pass *pass, np_vec3 *point)
{
    const double most = CASE_SCHEMA_COORDINATE_MAX;
    case_pass_number(pass, -most, most, false, &point->x);
    case_pass_number(pass, -most, most, false, &point->y);
    case_pass_number(pass, -most, most, false, &point->z);
}

/* Room for N items of ITEM_BYTES, each of which takes LEAST_BYTES of the message; NULL for none, and where the message cannot hold them. */
static void *make_room(case_pass *pass, unsigned n, size_t least_bytes, size_t item_bytes)
{
    np_message *m = pass->message;
    if (n == 0 || m->failed)
        return NULL;
    m->failed = n > (m->size - m->at) / least_bytes;
    void *room = m->failed ? NULL : calloc(n, item_bytes);
    m->failed = !room;
    return room;
}

void case_pass_points(case_pass *pass, np_case_points *points)
{
    case_pass_count(pass, CASE_SCHEMA_POINTS_MAX, &points->n);
    if (pass->reading)
        points->points = make_room(pass, points->n, 3 * sizeof(double), sizeof *points->points);
    for (unsigned i = 0; i < points->n && !pass->message->failed; i++)
        case_pass_point(pass, &points->points[i]);
    if (pass->message->failed)
        points->n = points->points ? points->n : 0;
}

void case_pass_numbers(case_pass *pass, double min, double max, bool or_nan, unsigned n, double **values)
{
    if (pass->reading)
        *values = make_room(pass, n, sizeof(double), sizeof **values);
    for (unsigned i = 0; i < n && !pass->message->failed; i++)
        case_pass_number(pass, min, max, or_nan, &(*values)[i]);
}
