/* Dots in a photograph: a crop of skin, as a PNG, close enough that a dot is many pixels wide. */
#ifndef NP_REPORT_PHOTO_H
#define NP_REPORT_PHOTO_H

#include "skin/calibrate.h"
#include "skin/colour.h"

/* Linear sRGB, row by row, three values a pixel.  Zero-initialise; fini is safe on zero. */
typedef struct np_photo {
    int width, height;
    float *rgb;
} np_photo;

/* Reads the PNG at PATH, whose values are taken for sRGB, in a helper process (photo_read.c).  NP_ERR_FORMAT for what is none, or not of 20 to 20000
 * pixels a side, or of more than 40 million; NP_ERR_IO where it cannot be read. */
np_status np_photo_read(const char *path, np_photo *out, np_error *err);
void np_photo_fini(np_photo *photo);

/* The mean of the grey card at X, Y, W, H pixels, as linear RGB.  NP_ERR_INVALID where that is not in the picture, or is too bright or too dark to
 * tell (clipped), or varies by more than a tenth: then it is no card. */
np_status np_photo_grey(const np_photo *photo, const int rectangle[4], double out_rgb[3], np_error *err);

/* The dot nearest to pixel (X, Y), within 0.6 mm: its looks, and the skin beside it as linear RGB.  Shares of light, so that exposure and white
 * balance do not matter.  NP_ERR_INVALID where less than 2.2 mm of picture is around it, or a dot is less than four pixels wide. */
np_status np_photo_dot(const np_photo *photo, double mm_per_pixel, double x, double y, np_skin_look *out,
                       double out_skin[3], np_error *err);

#endif
