/* The parametric head: an ANSUR II head (domain.md 2.8) of a sex and percentile, the default where a case
 * names no scan. */
#ifndef NP_HEAD_HEAD_H
#define NP_HEAD_HEAD_H

#include "case/description.h"
#include "surface/mesh.h"

#define NP_HEAD_PERCENTILE_MIN 5.0
#define NP_HEAD_PERCENTILE_MAX 95.0

/* Makes the mesh (watertight, head frame, mm, about 3 mm edges) and its description (landmarks, whorl,
 * outlines, scars; file NULL).  PERCENTILE 5..95 else NP_ERR_INVALID.  Its face and ears are the mean head's
 * (head_shape_face.c); the outlines keep clear of them. The caller frees with np_mesh_fini / np_scan_description_fini. */
np_status np_head_create(np_case_sex sex, double percentile, np_mesh *out_mesh, np_scan_description *out_description,
                         np_error *err);

#endif
