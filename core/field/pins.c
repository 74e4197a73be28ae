/* A strategy places dots by hand without seeing single hairs, as in a round scar, whose rim is full of them.  Dots keep a spacing to hair, so
 * a pin steps aside from one hair after the other, on the skin, and where that leads too far it is not made: both are told. */
#include "field/private/pins.h"

#include <math.h>
#include <stdio.h>

#include "field/private/layout.h"

#define STEPS 12
#define ROUNDING_MM 0.01 /* positions are rounded later on */

/* Whether a pin is nearer to P than SPACING_MM: one of the first N, which have their places, or one behind pin I. */
static bool is_beside_pin(const np_painter *painter, size_t n, size_t i, np_vec3 p, double spacing_mm)
{
    for (size_t k = 0; k < painter->n_pins; k++)
        if ((k < n || k > i) && np_vec3_distance(painter->pins[k].point.position, p) < spacing_mm)
            return true;
    return false;
}

/* Where pin I stands aside from hair, N pins before it having their places.  False: there is no room near by. */
static bool step_aside(np_painter *painter, const np_near *hair, const np_near *made, size_t n, size_t i,
                       double spacing_mm, np_surface_point *out)
{
    const np_surface_point *from = &painter->pins[i].point;
    const double inside_mm = fmin(0, np_painter_inside_mm(painter, from));
    *out = *from;
    for (int step = 0; step < STEPS; step++) {
        double mm;
        size_t nearest = np_near_nearest(hair, out->position, spacing_mm, SIZE_MAX, &mm);
        if (nearest == SIZE_MAX)
            return np_painter_inside_mm(painter, out) >= inside_mm &&
                   np_near_nearest(made, out->position, spacing_mm, SIZE_MAX, &mm) == SIZE_MAX &&
                   !is_beside_pin(painter, n, i, out->position, spacing_mm);
        np_vec3 away = np_vec3_reject(np_vec3_sub(out->position, np_near_point(hair, nearest)), out->normal);
        double length = np_vec3_length(away);
        if (!(length > 0))
            return false;
        np_vec3 to = np_vec3_mad(out->position, away, (spacing_mm + ROUNDING_MM - mm) / length);
        if (np_vec3_distance(to, from->position) > FIELD_PIN_ASIDE_MM ||
            !np_surface_nearest(&painter->scan->surface, to, FIELD_PIN_ASIDE_MM, out))
            return false;
    }
    return false;
}

static np_status tell(np_painter *painter, size_t (*counts)[2], double spacing_mm, np_error *err)
{
    np_status status = NP_OK;
    for (size_t l = 0; l < painter->n_layers && status == NP_OK; l++) {
        char text[200];
        if (counts[l][0] + counts[l][1] == 0)
            continue;
        snprintf(text, sizeof text,
                 "of the dots that it places by hand %zu stepped aside by up to %g mm from listed hair; not made as "
                 "they found "
                 "no room %g mm from it and all else: %zu",
                 counts[l][0], FIELD_PIN_ASIDE_MM, spacing_mm, counts[l][1]);
        status = field_painter_add_note(painter, &painter->layers[l], text, err);
    }
    return status;
}

np_status field_pins_make_way(np_painter *painter, np_error *err)
{
    const double spacing_mm = painter->source->limits.spacing_min_mm + ROUNDING_MM;
    const np_surface_point *hairs = painter->existing;
    size_t counts[NP_CASE_LAYERS_MAX][2] = {{0}}, n = 0; /* of each layer: aside, dropped */
    const size_t n_hairs = painter->source->existing.n;
    np_near hair, made = {0};
    np_status status = np_near_init(&hair, hairs ? &hairs->position : NULL, sizeof *hairs, n_hairs, 1, err);
    if (status == NP_OK)
        status = np_near_init(&made, hairs ? &hairs[n_hairs].position : NULL, sizeof *hairs,
                              painter->n_existing - n_hairs, 1, err);
    for (size_t i = 0; status == NP_OK && i < painter->n_pins; i++) {
        np_pin pin = painter->pins[i];
        double mm;
        bool is_free = np_near_nearest(&hair, pin.point.position, spacing_mm, SIZE_MAX, &mm) == SIZE_MAX;
        bool has_room = is_free || step_aside(painter, &hair, &made, n, i, spacing_mm, &pin.point);
        if (!is_free)
            counts[pin.layer][has_room ? 0 : 1]++;
        if (has_room)
            painter->pins[n++] = pin;
    }
    if (status == NP_OK)
        painter->n_pins = n;
    np_near_fini(&hair);
    np_near_fini(&made);
    return status == NP_OK ? tell(painter, counts, painter->source->limits.spacing_min_mm, err) : status;
}
