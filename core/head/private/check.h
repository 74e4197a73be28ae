/* What a scan file must be for its points to mean what the case says. */
#ifndef NP_HEAD_PRIVATE_CHECK_H
#define NP_HEAD_PRIVATE_CHECK_H

#include "head/scan.h"

/* The head frame of SOURCE's landmarks on MESH (file coordinates), from their places on the surface.
 * NP_ERR_INVALID for wrong units, landmarks off the surface, swapped, or at odds with the axes; the text
 * names what to change. */
np_status head_scan_fit_frame(const np_case_scan *source, const np_mesh *mesh, np_similarity *out_frame, np_error *err);

/* Around the head as a tape lies: through the glabella, anatomically horizontal; MESH in the head frame. */
double head_circumference_mm(const np_mesh *mesh, const np_case_landmarks *landmarks);

/* NP_ERR_GEOMETRY where faces of the upper head look inwards. */
np_status head_scan_check_outside(const np_scan *scan, np_error *err);

/* NP_ERR_INVALID where the scan shows a nose, and the glabella does not lie as far over its root as people's: marked at the nasion or on the
 * forehead, it would move the face's limits and the eyes. */
np_status head_scan_check_glabella(const np_scan *scan, np_error *err);

#endif
