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
/* Against the mean man's: x by length, y by breadth, z by the height over the tragia. */
np_vec3 head_stretch_of(const head_measures *measures);
/* Distance from the origin to the skin along the unit vector DIRECTION, without face and ears. */
double head_radius_mm(const head_measures *measures, np_vec3 direction);

/* A point of a face or an ear: in a DIRECTION of length 1 from the origin, with its outward normal. */
typedef struct head_face_point {
    np_vec3 direction, normal;
    double radius_mm;
    bool of_ear;
} head_face_point;

/* Face and ears of a head. */
typedef struct head_face {
    np_vec3 stretch;
    head_face_point *points; /* n */
    size_t n;
} head_face;

/* NP_ERR_NO_MEMORY; head_face_fini is safe then, too. */
np_status head_face_create(const head_measures *measures, head_face *out, np_error *err);
void head_face_fini(head_face *face);
/* What face and ears add to EGG_MM, which is head_radius_mm along DIRECTION. */
double head_face_mm(const head_face *face, np_vec3 direction, double egg_mm);

/* The watertight mesh of all of it. */
np_status head_mesh(const head_measures *measures, np_mesh *out_mesh, np_error *err);

#endif
