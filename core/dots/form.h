/* The form of a treatment: what its hairline, borders and zones measure, each with the band that people's own keep (data/form_bands.csv), a place and a
 * sentence.  Dots count with the hair that is there, as an eye sees them.  Whether the pattern itself passes for hair is dots/findings.h. */
#ifndef NP_DOTS_FORM_H
#define NP_DOTS_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/band.h"
#include "base/figure.h"
#include "base/status.h"
#include "base/vec3.h"
#include "surface/surface.h"

/* X(id): in the order of the data file.
 *
 * HAIRLINE_HEIGHT  along the skin from the glabella to the third-lowest dot of the midline's column, mm; none where that is more than 110 mm
 * FRONT_MIRROR     correlation of the line's left with its mirrored right, both less the smooth curve that they share
 * FRONT_STRAIGHT   longest stretch of the line, as an eye sees it, that is straight to within NP_FORM_STRAIGHT_WITHIN_MM, mm
 * BORDER_DENSITY   wanted density within 3 mm of a border over the largest from 6 mm behind it on, along 16 mm of a border without hair beside it
 * OUTLINE          neighbours within 2 mm where as many hairs as dots stand, over those of the side that has more, or fewer; 1 between both
 * ZONE_*           density over that of the midscalp, both 8 mm and more from the border */
#define NP_FORM_TABLE(X)                                                                                               \
    X(HAIRLINE_HEIGHT)                                                                                                 \
    X(FRONT_MIRROR)                                                                                                    \
    X(FRONT_STRAIGHT)                                                                                                  \
    X(BORDER_DENSITY)                                                                                                  \
    X(OUTLINE)                                                                                                         \
    X(ZONE_FRONTAL)                                                                                                    \
    X(ZONE_TEMPLE)

#define NP_FORM_ENUM(id) NP_FORM_##id,
typedef enum np_form_figure { NP_FORM_TABLE(NP_FORM_ENUM) NP_FORM_FIGURES } np_form_figure;
#undef NP_FORM_ENUM

/* Static: a row of the data file. */
const np_band *np_form_band_of(np_form_figure figure);

typedef enum np_form_zone { NP_FORM_ELSEWHERE, NP_FORM_FRONT, NP_FORM_TEMPLES, NP_FORM_MIDSCALP } np_form_zone;

/* Whether dots that stand in front make a hairline. */
typedef enum np_form_line {
    NP_FORM_LINE_NONE,     /* they stand before a line, placed by hand */
    NP_FORM_LINE_DESIGNED, /* they do: their strategy designs one */
    NP_FORM_LINE_HAIR, /* they do where hair was listed 15 mm farther forward than anything is treated in its column, or anywhere if nothing is; else it may go on */
    NP_FORM_LINE_TREATED /* what is treated ends there, maybe amid hair */
} np_form_line;

/* A dot, or a hair or dot that is there. */
typedef struct np_form_dot {
    np_vec3 position, normal; /* head frame, unit */
    double density_per_cm2;   /* wanted around it; 0: it was placed by hand */
    double inside_mm;         /* to the border of the treated area */
    np_form_zone zone;
    np_form_line line;
    bool is_there; /* density, border and zone do not matter then */
} np_form_dot;

typedef struct np_form_head {
    np_vec3 glabella, anterior, up; /* anatomical axes, unit, in the head frame */
    const np_surface *surface;
} np_form_head;

typedef struct np_form_value {
    bool measured; /* else there is no such line, border or zone, or too little of it */
    double value;
    np_vec3 place; /* where it is worst, or what it is of; head frame */
} np_form_value;

/* From A to B along the skin, mm, by the nearest places of the chord.  Any thread. */
double np_form_along_skin_mm(const np_surface *surface, np_vec3 a, np_vec3 b);

#define NP_FORM_STRAIGHT_WITHIN_MM 0.5

enum { NP_FORM_COLUMNS = 15 };

typedef struct np_form_front {
    size_t n; /* columns that have a front, from right to left; 0: the midline's has none, or too high a one */
    size_t dot[NP_FORM_COLUMNS]; /* index of each */
    size_t middle;               /* which of them is the midline's */
} np_form_front;

/* The hairline of N dots: in columns of 8 mm side by side the third-lowest dot.  Any thread. */
np_form_front np_form_front_find(const np_form_dot *dots, size_t n, const np_form_head *head);

/* All figures of N dots.  NP_ERR_NO_MEMORY, NP_ERR_INVALID for a place that is not finite.  Any thread. */
np_status np_form_measure(const np_form_dot *dots, size_t n, const np_form_head *head,
                          np_form_value out[NP_FORM_FIGURES], np_error *err);

#define NP_FORM_LIST_MAX ((size_t)4 * NP_FORM_FIGURES)
/* What was measured as named figures ("form_zone_temple", and its place as "form_zone_temple_x"), as the plan file keeps them; their number. */
size_t np_form_list(const np_form_value values[NP_FORM_FIGURES], np_figure out[NP_FORM_LIST_MAX]);
/* The way back; what is not among the N was not measured. */
void np_form_read(const np_figure *figures, size_t n, np_form_value out[NP_FORM_FIGURES]);

#endif
