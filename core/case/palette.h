/* Palette: the shades of pigment that a rig has. */
#ifndef NP_CASE_PALETTE_H
#define NP_CASE_PALETTE_H

#include <stddef.h>

#include "base/status.h"
#include "base/vec3.h"

typedef struct np_palette_shade {
    char *name, *lot;     /* lot: NULL if nobody wrote it down */
    char *expires;        /* "2027-05-31"; NULL */
    double dilution;      /* parts of water to one of pigment; 0: undiluted */
    double stock_percent; /* carbon in the undiluted pigment, by weight */
    np_vec3 lab;          /* L*, a*, b* of a dried film on white, as measured; L* 0: not measured */
    double share;         /* of all dots, in a case; 0 in a palette file */
} np_palette_shade;

enum { NP_PALETTE_SHADES_MAX = 20 };

typedef struct np_palette {
    np_palette_shade *shades;
    unsigned n; /* 1 to NP_PALETTE_SHADES_MAX */
} np_palette;

/* Reads a YAML file of `palette: [{name, lot, expires, dilution, stock_percent, lab: [L, a, b]}, ...]`.  Errors name file, line and key.  The
 * caller frees with np_palette_fini, which is safe on zero. */
np_status np_palette_read(const char *path, np_palette *out, np_error *err);
/* The same of a TEXT of SIZE bytes, with PATH for messages, here and now: np_palette_read has it done in a helper process, since others may have
 * written the file. */
np_status np_palette_parse(const char *path, const char *text, size_t size, np_palette *out, np_error *err);
void np_palette_fini(np_palette *palette);

/* The tone of a dot of SHADE: 0 is 24 parts of water to one of pigment with 15 % carbon, 1 is 6 parts, and equal steps are equal ratios of ink
 * (docs/domain.md 5.2).  Below 0 and above 1 for what is thinner or stronger. */
double np_palette_tone(const np_palette_shade *shade);

/* What a person at the machine knows a cartridge of SHADE by: its lot, or its name if nobody wrote that down.  SHADE's. */
const char *np_palette_label(const np_palette_shade *shade);

/* Whether TEXT is a day as "2027-05-31", so that days compare as texts. */
int np_palette_is_day(const char *text);

/* Whether SHADE's expiry lies before the day TODAY ("2026-11-29"). */
int np_palette_expired(const np_palette_shade *shade, const char *today);

#endif
