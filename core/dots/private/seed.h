/* The first guess: the right number of dots of each layer, spread by density. */
#ifndef NP_DOTS_PRIVATE_SEED_H
#define NP_DOTS_PRIVATE_SEED_H

#include "dots/dots.h"
#include "dots/private/surface.h"
#include "dots/private/wide.h"

/* How many dots each layer gets. */
typedef struct dots_budget {
    size_t *n;      /* n_layers: the layer's dots, pins included */
    size_t *n_pins; /* n_layers */
    size_t n_layers, total;
} dots_budget;

/* The integral of the surface's density over each layer's part, in dots: out_mass[n_layers]. */
void dots_seed_masses(const dots_surface *surface, size_t n_layers, double *out_mass);

/* Spreads budget->n[l] - budget->n_pins[l] dots of each layer l by the surface's density, less what the pins
 * already fill, evenly along a space-filling curve; FIXED gives the pins' layers, TAKES how much of one dot each fills.  *out_spots (total less
 * pins; the caller frees) is in the curve's order.  OUT_BACKGROUND, unless NULL (which is of even patterns), gets the whole density in pieces of
 * at most two dots. */
np_status dots_seed_spread(const dots_surface *surface, const dots_budget *budget, const dots_spot *pins,
                           const np_dots_fixed *fixed, const double *takes, size_t n_pins, uint64_t seed,
                           dots_spot **out_spots, dots_background *out_background, np_error *err);

#endif
