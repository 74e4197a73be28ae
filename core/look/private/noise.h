/* Procedural patterns of skin: functions of the place alone, so that every view of a head has the same skin. */
#ifndef NP_LOOK_PRIVATE_NOISE_H
#define NP_LOOK_PRIVATE_NOISE_H

#include <stdbool.h>
#include <stdint.h>

#include "look/private/vec.h"

/* Four numbers at once, element by element (an extension that GCC and Clang share). */
typedef float look_4 __attribute__((vector_size(16)));
typedef int32_t look_4i __attribute__((vector_size(16))); /* of a comparison: -1 where it holds, else 0 */

/* Worley's cells (1996) of SIZE. */
typedef struct look_cell {
    float f1, f2;    /* distances to the two nearest feature points, in cells */
    look_vec g1, g2; /* their gradients */
} look_cell;

#define LOOK_PATTERNS 96 /* of one skin: they differ by what they add to its seed */
#define LOOK_AROUND 7    /* fours of cells: the 27 at and around a place, and one that nothing is in */
#define LOOK_KEPT 256    /* surroundings of cells */

/* What was drawn of the patterns' lattices at the places before: the next pixel is mostly in the same cell.  Changes nothing but the time.  One
 * thread's; set its seed, zero all else. */
typedef struct look_patterns {
    uint32_t seed;
    struct look_corners { /* of the four patterns from one on, each in its own cell */
        bool known;
        look_4i x, y, z;
        look_4 value[8];
    } corners[LOOK_PATTERNS];
    struct look_features {
        bool known;
        int x, y, z;
        uint32_t pattern;
        look_4 at[LOOK_AROUND][3]; /* x, y, z from the cell's own corner, in cells */
    } features[LOOK_KEPT];
} look_patterns;

/* Value noise of unit lattice, -1..1, of the patterns from PATTERN to PATTERN + 3, each at P times its FREQUENCY. */
look_4 look_noise(look_patterns *patterns, look_vec p, look_4 frequency, uint32_t pattern);
/* Up to four OCTAVES of it with unit weight, from WAVELENGTH down; those finer than FINEST are left out, as they would average to nothing. */
float look_octaves(look_patterns *patterns, look_vec p, float wavelength, int octaves, float finest, uint32_t pattern);
look_cell look_worley(look_patterns *patterns, look_vec p, float size, uint32_t pattern);

#endif
