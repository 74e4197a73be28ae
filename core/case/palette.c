/* Palettes are read by the same schema tables as case files, and refused in the same words. */
#include "case/palette.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "case/private/load.h"
#include "case/private/side.h"

void np_palette_fini(np_palette *p)
{
    for (unsigned i = 0; i < p->n; i++) {
        free(p->shades[i].name);
        free(p->shades[i].lot);
        free(p->shades[i].expires);
    }
    free(p->shades);
    *p = (np_palette){0};
}

int np_palette_is_day(const char *text)
{
    static const char form[] = "dddd-dd-dd";
    for (size_t i = 0; i < sizeof form; i++)
        if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
            return false;
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = atoi(text), month = atoi(text + 5), day = atoi(text + 8);
    bool leaps = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] + (month == 2 && leaps);
}

static np_status check(const char *path, const np_palette *p, np_error *err)
{
    for (unsigned i = 0; i < p->n; i++) {
        const np_palette_shade *s = &p->shades[i];
        if (s->expires && !np_palette_is_day(s->expires))
            return np_error_set(err, NP_ERR_INVALID,
                                "%s: palette[%u].expires (%s): expected a day as 2027-05-31, found '%s'", path, i,
                                s->name, s->expires);
        if (s->lab.x < 0 || s->lab.x > 100 || fabs(s->lab.y) > 128 || fabs(s->lab.z) > 128)
            return np_error_set(err, NP_ERR_INVALID,
                                "%s: palette[%u].lab (%s): expected L* from 0 to 100, a* and b* from -128 to 128", path,
                                i, s->name);
        for (unsigned k = 0; k < i; k++)
            if (!strcmp(s->name, p->shades[k].name))
                return np_error_set(err, NP_ERR_INVALID, "%s: palette[%u].name: '%s' is palette[%u]'s name already",
                                    path, i, s->name, k);
    }
    return NP_OK;
}

np_status np_palette_parse(const char *path, const char *text, size_t size, np_palette *out, np_error *err)
{
    np_status status = case_load_struct(path, text, size, &case_palette_schema, out, sizeof *out, err);
    if (status == NP_OK && (status = check(path, out, err)) != NP_OK)
        np_palette_fini(out);
    return status;
}

np_status np_palette_read(const char *path, np_palette *out, np_error *err)
{
    case_side_found found;
    np_status status = case_side_read_file(CASE_SIDE_PALETTE, path, CASE_SIDE_YAML_MAX_BYTES, NULL, &found, err);
    *out = found.palette;
    if (status == NP_OK && (status = check(path, out, err)) != NP_OK) /* what came from the helper is not believed */
        np_palette_fini(out);
    return status;
}

double np_palette_tone(const np_palette_shade *shade)
{
    const double light = 1 + 24, dark = 1 + 6, stock_percent = 15;
    return log(light / (1 + shade->dilution) * shade->stock_percent / stock_percent) / log(light / dark);
}

const char *np_palette_label(const np_palette_shade *shade)
{
    return shade->lot ? shade->lot : shade->name;
}

int np_palette_expired(const np_palette_shade *shade, const char *today)
{
    return shade->expires && strcmp(shade->expires, today) < 0;
}
