/* The parametric head's shape, in anatomical axes: x anterior, y left, z up, origin in the plane of the
 * largest circumference above the tragia, so that the tragia lie at z = -HEAD_TRAGION_DROP_MM
 * (domain.md 2.8). */
#ifndef NP_HEAD_PRIVATE_HEAD_SHAPE_H
#define NP_HEAD_PRIVATE_HEAD_SHAPE_H

#include "case/case.h"
#include "surface/mesh.h"

typedef struct head_measures {
    double length_mm, breadth_mm; /* glabella to opisthocranion; greatest */
    double tragion_to_top_mm;
    double exponent; /* of the horizontal section */
} head_measures;

/* All measures of SEX at the same PERCENTILE, 5..95. */
head_measures head_measures_of(np_case_sex sex, double percentile);
/* Distance from the origin to the skin along the unit vector DIRECTION. */
double head_radius_mm(const head_measures *measures, np_vec3 direction);
/* The watertight mesh of it. */
np_status head_mesh(const head_measures *measures, np_mesh *out_mesh, np_error *err);

#endif
