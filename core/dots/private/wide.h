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

/* What pushes and draws, found once a linking; borrows the particles. */
typedef struct dots_wide_search dots_wide_search;
/* Of all own dots and all the BACKGROUND farther than NEAR (in s; nearer it is flat).  The caller destroys *out_search. */
np_status dots_wide_search_create(const dots_particles *particles, const dots_background *background,
                                  const dots_wide *wide, double near, dots_wide_search **out_search, np_error *err);
void dots_wide_search_destroy(dots_wide_search *search);

/* For every free dot the gradient of its energy with them, in kT per mm: OUT_GRADIENT[n_free].  Linear in dots. */
void dots_wide_gradient(const dots_wide_search *search, np_vec3 *out_gradient);

#endif
