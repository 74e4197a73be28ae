/* Procedural patterns of skin: functions of the place alone, so that every view of a head has the same skin. */
#ifndef NP_LOOK_PRIVATE_NOISE_H
#define NP_LOOK_PRIVATE_NOISE_H

#include <stdbool.h>
#include <stdint.h>

#include "look/private/vec.h"

/* Worley's cells (1996) of SIZE. */
typedef struct look_cell {
    float f1, f2;    /* distances to the two nearest feature points, in cells */
    look_vec g1, g2; /* their gradients */
} look_cell;

#define LOOK_PATTERNS 96 /* of one skin: they differ by what they add to its seed */

/* What was drawn of each pattern's lattice around the place before: the next pixel is mostly in the same cell.  Changes nothing but the time.  One
 * thread's; set its seed, zero all else. */
typedef struct look_patterns {
    uint32_t seed;
    struct look_corners {
        bool known;
        int x, y, z;
        float value[8];
    } corners[LOOK_PATTERNS];
    struct look_features {
        bool known;
        int x, y, z;
        uint32_t drawn; /* a bit for each of the 27 cells around */
        look_vec at[27];
    } features[LOOK_PATTERNS];
} look_patterns;

/* Value noise of unit lattice, -1..1.  PATTERN: 0 to LOOK_PATTERNS - 1. */
float look_noise(look_patterns *patterns, look_vec p, uint32_t pattern);
/* OCTAVES of it with unit weight, from WAVELENGTH down, patterns PATTERN and those behind it; those finer than FINEST are left out, as they would average to
 * nothing. */
float look_octaves(look_patterns *patterns, look_vec p, float wavelength, int octaves, float finest, uint32_t pattern);
look_cell look_worley(look_patterns *patterns, look_vec p, float size, uint32_t pattern);

#endif
