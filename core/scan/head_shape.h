/* The parametric head's shape, in anatomical axes: x anterior, y left, z up, origin in the plane of the
 * largest circumference above the tragia, so that the tragia lie at z = -NP_HEAD_TRAGION_DROP_MM
 * (domain.md 2.8). */
#ifndef NP_SCAN_HEAD_SHAPE_H
#define NP_SCAN_HEAD_SHAPE_H

#include "case/case.h"
#include "scan/mesh.h"

#define NP_HEAD_TRAGION_DROP_MM 40.0

typedef struct np_head_measures {
    double length_mm, breadth_mm; /* glabella to opisthocranion; greatest */
    double tragion_to_top_mm;
    double exponent; /* of the horizontal section */
} np_head_measures;

/* All measures of SEX at the same PERCENTILE, 5..95. */
np_head_measures np_head_measures_of(np_case_sex sex, double percentile);
/* Distance from the origin to the skin along the unit vector DIRECTION. */
double np_head_radius_mm(const np_head_measures *measures, np_vec3 direction);
/* The watertight mesh of it. */
np_status np_head_mesh(const np_head_measures *measures, np_mesh *out_mesh, np_error *err);

#endif
