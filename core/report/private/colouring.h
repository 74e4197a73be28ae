/* By what dots are coloured in pictures, and the scale that says what a colour means. */
#ifndef NP_REPORT_PRIVATE_COLOURING_H
#define NP_REPORT_PRIVATE_COLOURING_H

#include <cairo.h>

#include "plan/plan.h"
#include "report/private/source.h"
#include "report/report.h"

enum { REPORT_KINDS_MAX = 64 }; /* that are told apart; colours begin again after eight */

/* Below this a needle stands upright as far as an eye can tell, and leans to no side. */
#define REPORT_UPRIGHT_DEG 1.0

typedef struct report_colouring {
    np_report_by by;
    const char *label; /* of the scale, with its unit */
    bool kinds;        /* values are numbers of a kind, not of a scale */
    bool round;        /* the scale's ends are one: degrees of a turn */
    double low, high;
    double *value;     /* of n_dots; NAN: none */
    char (*names)[96]; /* of kinds: what it is, and how many */
    size_t n_kinds;
} report_colouring;

/* Of every dot of PLAN.  MADE: what was made of them.  BY is not NP_REPORT_BY_INK.  fini is safe on zero. */
np_status report_colouring_init(report_colouring *c, const np_plan *plan, const report_made *made, np_report_by by,
                                np_error *err);
void report_colouring_fini(report_colouring *c);

/* Of dot I; grey where it has no value. */
void report_colouring_rgb(const report_colouring *c, size_t i, double out_rgb[3]);
/* Of a value, which may be a kind's number; grey for NAN. */
void report_colouring_value_rgb(const report_colouring *c, double value, double out_rgb[3]);
/* What became of dots that have KIND among values by outcome: "done", ...  Static; NULL behind the last. */
const char *report_colouring_outcome(size_t kind);
/* The spacing that a dot's disc is drawn for, mm: no more than that, so that where dots are sparse, as ahead of a hairline, a disc stays a dot's. */
#define REPORT_COLOURING_WIDEST_MM 2.0
double report_colouring_spacing_mm(const np_dot *dot);
/* Dots that pictures of the head put a ring around, whatever their colours mean. */
typedef enum report_ring {
    REPORT_RING_DOUBT,
    REPORT_RING_MISSING,
    REPORT_RINGS,
    REPORT_RING_NONE = REPORT_RINGS
} report_ring;
/* Of a dot with this outcome; NULL: it has none yet. */
report_ring report_ring_of(const np_made_dot *made);
/* What a ring says, and its colour. */
extern const struct report_ring_look {
    const char *text;
    double rgb[3];
} report_rings[REPORT_RINGS];
/* What stands at even steps along the scale of a turn (round): degrees, and the side of the head. */
enum { REPORT_COLOURING_SIDES = 5 };
extern const char *const report_colouring_sides[REPORT_COLOURING_SIDES];
/* A scale WIDTH wide with its unit, or a list of kinds, with its upper left corner at (X, Y). */
void report_colouring_legend(const report_colouring *c, cairo_t *cr, double x, double y, double width);

#endif
