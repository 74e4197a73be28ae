/* The wide repulsion: what keeps follicular dots even over many spacings. */
#ifndef NP_DOTS_PRIVATE_WIDE_H
#define NP_DOTS_PRIVATE_WIDE_H

#include "dots/private/particles.h"

/* A piece of the wanted density; all pieces together hold as many dots as are placed. */
typedef struct dots_piece {
    dots_site site; /* its centre of mass */
    np_vec3 normal;
    double mass; /* dots */
} dots_piece;

/* The neutralising background: the wanted density with the sign changed. */
typedef struct dots_background {
    dots_piece *piece;
    size_t n;
} dots_background;

void dots_background_fini(dots_background *background);

/* Two dots' energy at distance X (in s), in kT: STRENGTH exp(-X^2 / 2 SD^2), the tail of Stillinger's Gaussian core
 * (J. Chem. Phys. 65, 1976). */
typedef struct dots_wide {
    double strength, sd;
} dots_wide;

/* For every free dot the gradient, in kT per mm, of its energy with all own dots and all the BACKGROUND farther than NEAR
 * (in s; nearer it is flat): OUT_GRADIENT[n_free].  Linear in dots. */
np_status dots_wide_gradient(const dots_particles *particles, const dots_background *background, const dots_wide *wide,
                             double near, np_vec3 *out_gradient, np_error *err);

#endif
