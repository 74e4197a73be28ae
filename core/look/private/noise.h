/* Procedural patterns of skin: functions of the place alone, so that every view of a head has the same skin. */
#ifndef NP_LOOK_PRIVATE_NOISE_H
#define NP_LOOK_PRIVATE_NOISE_H

#include <stdint.h>

#include "look/private/vec.h"

/* Value noise of unit lattice, -1..1. */
float look_noise(look_vec p, uint32_t seed);
/* OCTAVES of it with unit weight, from WAVELENGTH down; those finer than FINEST are left out, as they would average to nothing. */
float look_octaves(look_vec p, float wavelength, int octaves, float finest, uint32_t seed);

/* Worley's cells (1996) of SIZE. */
typedef struct look_cell {
    float f1, f2;    /* distances to the two nearest feature points, in cells */
    look_vec g1, g2; /* their gradients */
} look_cell;
look_cell look_worley(look_vec p, float size, uint32_t seed);

#endif
