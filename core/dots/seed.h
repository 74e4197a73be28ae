/* The first guess: the right number of dots of each layer, spread by density. */
#ifndef NP_DOTS_SEED_H
#define NP_DOTS_SEED_H

#include "dots/dots.h"
#include "dots/surface.h"

/* How many dots each layer gets. */
typedef struct np_dots_budget {
    size_t *n;      /* n_layers: the layer's dots, pins included */
    size_t *n_pins; /* n_layers */
    size_t n_layers, total;
} np_dots_budget;

/* The integral of the surface's density over each layer's part, in dots: out_mass[n_layers]. */
void np_dots_seed_masses(const np_dots_surface *surface, size_t n_layers, double *out_mass);

/* Spreads budget->n[l] - budget->n_pins[l] dots of each layer l by the surface's density, less what the pins
 * already fill, evenly along a space-filling curve; FIXED gives the pins' layers.  *out_spots (total less
 * pins; the caller frees) is in the curve's order. */
np_status np_dots_seed_spread(const np_dots_surface *surface, const np_dots_budget *budget,
                              const np_dots_spot *pins, const np_dots_fixed *fixed, size_t n_pins,
                              uint64_t seed, np_dots_spot **out_spots, np_error *err);

#endif
