/* Shades of dots: which of two or three shades of pigment each dot gets, so that neighbours differ. */
#ifndef NP_DOTS_SHADES_H
#define NP_DOTS_SHADES_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/vec3.h"

#define NP_DOTS_SHADES_MAX 4

/* Borrowed for the call. */
typedef struct np_dots_shading {
    const np_vec3 *positions;      /* n; mm */
    const int32_t *session;        /* n; 1 first */
    const double *density_per_cm2; /* n; all sessions together */
    const double *tone;            /* n; what is wanted of each dot: 0 lightest .. 1 darkest */
    size_t n;
    int n_shades;                                                     /* 1 to NP_DOTS_SHADES_MAX */
    double shade_tone[NP_DOTS_SHADES_MAX], share[NP_DOTS_SHADES_MAX]; /* of all dots; they add up to 1 */
} np_dots_shading;

/* Gives each dot a shade, into out_shade[n]: over all dots in the shares asked for, to a few dots, and more of the darker shades where
 * and in the sessions in which darker tones are wanted.  Error diffusion (Floyd and Steinberg 1976) over the dots' neighbours, along a
 * Hilbert curve (Velho and Gomes 1991) and session by session, so that each shade spreads evenly among the dots of what has been made
 * so far.  One thread; depends on the request alone.  NP_ERR_NO_MEMORY, NP_ERR_INVALID for a place that is not finite. */
np_status np_dots_shade(const np_dots_shading *request, uint8_t *out_shade, np_error *err);

#endif
