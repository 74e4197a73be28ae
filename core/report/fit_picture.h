/* A picture of what a fit found, for the person who confirms it. */
#ifndef NP_REPORT_FIT_PICTURE_H
#define NP_REPORT_FIT_PICTURE_H

#include "head/fit.h"

/* Writes PATH, a PNG: MESH (file coordinates) from the front, both sides, above and behind, turned upright by FIT, with its
 * landmarks (guesses as rings), the scalp's outline and the subject's left and right.  FIT is not one that was refused.
 * NP_ERR_NO_MEMORY, NP_ERR_IO. */
np_status np_fit_picture_write(const np_mesh *mesh, const np_fit *fit, const char *path, np_error *err);

#endif
