/* The form's bands, and its figures as named numbers: all that a program needs that shows plans, which carries no geometry. */
#include "dots/form.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const np_band bands[NP_FORM_FIGURES] = {
#include "dots/form_bands.inc"
};

const np_band *np_form_band_of(np_form_figure figure)
{
    return &bands[figure];
}

static const char *const parts[] = {"", "_x", "_y", "_z"};
enum { PARTS = sizeof parts / sizeof *parts };

static void part_name(int figure, int part, char out[NP_FIGURE_NAME_BYTES])
{
    int length = snprintf(out, NP_FIGURE_NAME_BYTES, "form_%s%s", bands[figure].key, parts[part]);
    assert(length < NP_FIGURE_NAME_BYTES);
    (void)length;
}

size_t np_form_list(const np_form_value values[NP_FORM_FIGURES], np_figure out[NP_FORM_LIST_MAX])
{
    size_t n = 0;
    for (int f = 0; f < NP_FORM_FIGURES; f++) {
        const double numbers[PARTS] = {values[f].value, values[f].place.x, values[f].place.y, values[f].place.z};
        for (int p = 0; values[f].measured && p < PARTS; p++) {
            part_name(f, p, out[n].name);
            out[n++].value = numbers[p];
        }
    }
    return n;
}

void np_form_read(const np_figure *figures, size_t n, np_form_value out[NP_FORM_FIGURES])
{
    for (int f = 0; f < NP_FORM_FIGURES; f++) {
        double numbers[PARTS] = {0};
        unsigned found = 0; /* a bit for each part */
        for (int p = 0; p < PARTS; p++) {
            char name[NP_FIGURE_NAME_BYTES];
            part_name(f, p, name);
            for (size_t i = 0; i < n; i++)
                if (strcmp(figures[i].name, name) == 0) {
                    numbers[p] = figures[i].value;
                    found |= 1u << p;
                }
        }
        out[f] = found == (1u << PARTS) - 1 ? (np_form_value){true, numbers[0], {numbers[1], numbers[2], numbers[3]}}
                                            : (np_form_value){0};
    }
}
