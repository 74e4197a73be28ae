/* Flat images of one channel for the judge: what they are filled with, and filters on them. */
#ifndef NP_LOOK_PRIVATE_IMAGE_H
#define NP_LOOK_PRIVATE_IMAGE_H

#include <stdbool.h>

#include "look/judge.h"

/* A square of SIDE x SIDE pixels. */
typedef struct look_image {
    int side;
    double mm; /* of a pixel */
    float *v;
} look_image;

/* Zero-initialised pixels; NP_ERR_NO_MEMORY. */
np_status look_image_init(look_image *image, int side, double mm, np_error *err);
void look_image_fini(look_image *image);

/* Light of skin with DOTS: luminance into LUMINANCE (skin's own included), the mean linear RGB MARGIN pixels inside into OUT_MEAN, and the share of those pixels that
 * keep more than 0.88 of the skin's light. */
np_status look_image_draw(look_image *luminance, const np_judge_dot *dots, size_t n, np_lab skin, int margin,
                          double out_mean_rgb[3], double *out_space, np_error *err);

/* Gaussian blur by SIGMA_MM, from FROM to TO (may be the same); mirrored at the border. */
np_status look_image_blur(const look_image *from, double sigma_mm, look_image *to, np_error *err);
/* Luminance to L*. */
void look_image_lightness(look_image *image);
/* FROM less its blur by SIGMA_MM. */
np_status look_image_less_blur(const look_image *from, double sigma_mm, look_image *to, np_error *err);

/* By value, for qsort. */
int look_compare_floats(const void *a, const void *b);

/* Discrete Fourier transform of SIDE x SIDE complex numbers (re, im), in place; SIDE a power of two. */
np_status look_image_fourier(float (*v)[2], int side, np_error *err);

#endif
