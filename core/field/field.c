/* The storage of a field: arrays, not an array of points, since painting, composing and placing each go through few of them. */
#include "field/field.h"

#include <stdbool.h>
#include <stdlib.h>

np_status np_field_init(np_field *field, size_t n, np_error *err)
{
    *field = (np_field){.n = n};
    double **const arrays[] = {&field->coverage, &field->density_per_cm2, &field->depth_mm,
                               &field->tilt_rad, &field->azimuth_rad,     &field->tone,
                               &field->dwell_ms};
    bool ok = true;
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        *arrays[i] = calloc(n + 1, sizeof **arrays[i]);
        ok = ok && *arrays[i];
    }
    field->first_session = calloc(n + 1, sizeof *field->first_session);
    field->layer = calloc(n + 1, sizeof *field->layer);
    if (ok && field->first_session && field->layer)
        return NP_OK;
    np_field_fini(field);
    return np_error_no_memory(err, "the needle field");
}

void np_field_fini(np_field *field)
{
    free(field->coverage);
    free(field->density_per_cm2);
    free(field->depth_mm);
    free(field->tilt_rad);
    free(field->azimuth_rad);
    free(field->tone);
    free(field->dwell_ms);
    free(field->first_session);
    free(field->layer);
    *field = (np_field){0};
}
