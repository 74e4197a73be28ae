/* What files of points have beside the places: columns of numbers in lists, and what 3D Slicer keeps of control points.  Nobody knows here which of it
 * a strategy will ask for, so whatever has a name that could be meant is kept, and what is no number spoils that name alone. */
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "case/number.h"
#include "case/private/drawn.h"
#include "case/private/values.h"

static np_status make_room(case_drawn *drawn, np_error *err)
{
    if (drawn->values)
        return NP_OK;
    drawn->values = calloc(CASE_DRAWN_VALUES_MAX, sizeof *drawn->values);
    return drawn->values ? NP_OK : np_error_no_memory(err, drawn->path);
}

np_status case_drawn_name_value(case_drawn *drawn, const char *name, unsigned *out, np_error *err)
{
    char id[CASE_VALUES_ID_MAX + 1];
    size_t n = strlen(name);
    *out = UINT_MAX;
    if (n > CASE_VALUES_ID_MAX)
        return NP_OK;
    for (size_t i = 0; i <= n; i++)
        id[i] = (char)tolower((unsigned char)name[i]);
    if (!case_values_is_id(id))
        return NP_OK;
    np_status status = make_room(drawn, err);
    if (status != NP_OK)
        return status;
    unsigned v = 0;
    while (v < drawn->n_values && strcmp(drawn->values[v].id, id) != 0)
        v++;
    if (v == CASE_DRAWN_VALUES_MAX)
        return np_error_set(err, NP_ERR_INVALID, "%s: more than %u different numbers beside the points", drawn->path,
                            CASE_DRAWN_VALUES_MAX);
    if (v == drawn->n_values) {
        if (!(drawn->values[v].id = strdup(id)))
            return np_error_no_memory(err, drawn->path);
        drawn->n_values++;
    }
    *out = v;
    return NP_OK;
}

static void spoil(np_case_values *values, size_t point)
{
    if (!values->bad_point)
        values->bad_point = (unsigned)point + 1;
}

/* Numbers of all points up to N. */
static np_status fill_up(case_drawn *drawn, unsigned v, size_t n, np_error *err)
{
    np_case_values *values = &drawn->values[v];
    np_status status = NP_GROW(values->numbers, drawn->value_capacity[v], n + 1, drawn->path, err);
    while (status == NP_OK && values->n < n)
        values->numbers[values->n++] = (double)NAN;
    return status;
}

np_status case_drawn_set_number(case_drawn *drawn, unsigned v, size_t point, double number, np_error *err)
{
    if (++drawn->n_numbers > CASE_DRAWN_NUMBERS_MAX)
        return np_error_set(err, NP_ERR_INVALID,
                            "%s: more than %d numbers beside the points; keep the columns that the strategy takes",
                            drawn->path, CASE_DRAWN_NUMBERS_MAX);
    np_status status = fill_up(drawn, v, point + 1, err);
    if (status != NP_OK)
        return status;
    np_case_values *values = &drawn->values[v];
    if (!isnan(values->numbers[point]) || !(fabs(number) <= CASE_VALUES_MAX))
        spoil(values, point);
    else
        values->numbers[point] = number;
    return NP_OK;
}

np_status case_drawn_set_value(case_drawn *drawn, unsigned v, const char *text, np_error *err)
{
    double number;
    if (!*text)
        return NP_OK;
    if (!case_values_number(text, &number))
        number = (double)NAN;
    return case_drawn_set_number(drawn, v, drawn->n - 1, number, err);
}

/* The word that begins at TEXT and has N characters, as a value of the last point. */
static np_status set_pair(case_drawn *drawn, const char *name, size_t name_n, const char *text, np_error *err)
{
    char id[CASE_VALUES_ID_MAX + 1], number[64];
    size_t n = strcspn(text, " \t\r\n,;");
    unsigned v;
    if (name_n > CASE_VALUES_ID_MAX)
        return NP_OK;
    memcpy(id, name, name_n);
    id[name_n] = '\0';
    np_status status = case_drawn_name_value(drawn, id, &v, err);
    if (status != NP_OK || v == UINT_MAX)
        return status;
    if (n == 0 || n >= sizeof number)
        return case_drawn_set_number(drawn, v, drawn->n - 1, (double)NAN, err);
    memcpy(number, text, n);
    number[n] = '\0';
    return case_drawn_set_value(drawn, v, number, err);
}

np_status case_drawn_describe(case_drawn *drawn, const char *text, np_error *err)
{
    np_status status = NP_OK;
    for (const char *equals = strchr(text, '='); equals && status == NP_OK; equals = strchr(equals + 1, '=')) {
        const char *end = equals, *begin;
        while (end > text && (end[-1] == ' ' || end[-1] == '\t'))
            end--;
        for (begin = end; begin > text && (isalnum((unsigned char)begin[-1]) || begin[-1] == '_');)
            begin--;
        status = set_pair(drawn, begin, (size_t)(end - begin), equals + 1 + strspn(equals + 1, " \t"), err);
    }
    return status;
}

np_status case_drawn_end_values(case_drawn *drawn, np_error *err)
{
    np_status status = NP_OK;
    for (unsigned v = 0; v < drawn->n_values && status == NP_OK; v++)
        status = fill_up(drawn, v, drawn->n, err);
    return status;
}
