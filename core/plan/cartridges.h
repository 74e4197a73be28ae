/* Cartridges: which shade a plan's dots are made in, and where in a session the cartridge is changed.
 *
 * A dot's tone is its shade's, so that what is signed, sent and drawn of a dot says which cartridge makes it; dots of one shade stand
 * together in a session's tour (make/shades.c, make/tours.c). */
#ifndef NP_PLAN_CARTRIDGES_H
#define NP_PLAN_CARTRIDGES_H

#include "plan/plan.h"

/* Of one session.  The wire has room for as many. */
#define NP_PLAN_CARTRIDGES_MAX 16

/* Dots of places FIRST to FIRST + DOTS - 1 in the tour are made with SHADE of the plan's. */
typedef struct np_plan_cartridge {
    unsigned shade;
    uint32_t first, dots;
} np_plan_cartridge;

/* The shade, of SHADES, whose tone is nearest to TONE; 0 where there is none. */
unsigned np_plan_shade_of(const np_palette *shades, double tone);

/* The shade that makes the dot of ORDER, place in the tour of SESSION (1 first); borrowed.  NULL in a plan without shades, and behind the session's last
 * dot. */
const np_palette_shade *np_plan_shade_at(const np_plan *plan, int session, uint32_t order);

/* The cartridges of SESSION (1 first) in turn: the first ones into OUT, and how many there are, also beyond NP_PLAN_CARTRIDGES_MAX.  0 in a
 * plan without shades. */
size_t np_plan_cartridges(const np_plan *plan, int session, np_plan_cartridge out[NP_PLAN_CARTRIDGES_MAX]);

/* "'dark', 6 parts of water to 1, lot A12, expires 2027-05-31" of a shade into OUT; returns OUT.  As its file has it: a caller that prints it
 * escapes it. */
#define NP_PLAN_SHADE_TEXT_BYTES 256
const char *np_plan_shade_text(const np_palette_shade *shade, char out[NP_PLAN_SHADE_TEXT_BYTES]);

/* Where PLAN's tones differ from dot to dot of a session but no shades are named that could make them (an SD of 0.05 or more): what comes of it, for a person, without a full
 * stop; else "".  Returns OUT. */
#define NP_PLAN_ONE_TONE_TEXT_BYTES 320
const char *np_plan_one_tone_text(const np_plan *plan, char out[NP_PLAN_ONE_TONE_TEXT_BYTES]);

#endif
