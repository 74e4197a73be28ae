/* Palette: the shades of pigment that a rig has. */
#ifndef NP_CASE_PALETTE_H
#define NP_CASE_PALETTE_H

#include "base/status.h"
#include "base/vec3.h"

typedef struct np_palette_shade {
    char *name, *lot;     /* lot: NULL if nobody wrote it down */
    char *expires;        /* "2027-05-31"; NULL */
    double dilution;      /* parts of water to one of pigment; 0: undiluted */
    double stock_percent; /* carbon in the undiluted pigment, by weight */
    np_vec3 lab;          /* L*, a*, b* of a dried film on white, as measured; L* 0: not measured */
} np_palette_shade;

enum { NP_PALETTE_SHADES_MAX = 20 };

typedef struct np_palette {
    np_palette_shade *shades;
    unsigned n; /* 1 to NP_PALETTE_SHADES_MAX */
} np_palette;

/* Reads a YAML file of `palette: [{name, lot, expires, dilution, stock_percent, lab: [L, a, b]}, ...]`.  Errors name file, line and key.  The
 * caller frees with np_palette_fini, which is safe on zero. */
np_status np_palette_read(const char *path, np_palette *out, np_error *err);
void np_palette_fini(np_palette *palette);

/* Whether SHADE's expiry lies before the day TODAY ("2026-11-29"). */
int np_palette_expired(const np_palette_shade *shade, const char *today);

#endif
