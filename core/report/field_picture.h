/* Pictures of a needle field and of the dots that it comes to. */
#ifndef NP_REPORT_FIELD_PICTURE_H
#define NP_REPORT_FIELD_PICTURE_H

#include "head/scan.h"
#include "plan/plan.h"

/* All borrowed; arrays of N. */
typedef struct np_field_picture {
    const np_scan *scan;
    size_t n;
    const np_vec3 *places, *normals; /* on the scan */
    const double *density_per_cm2, *depth_mm, *tilt_rad, *azimuth_rad;
    const np_plan *plan; /* of its dots; NULL or without: no picture of them */
} np_field_picture;

#define NP_FIELD_PICTURES "density, depth, tilt, flow, dots"

/* Writes DIRECTORY/{density,depth,tilt,flow,dots}.png, each whole or not at all: top, front, back and left of the part of the head where the field is.
 * Numbers stand only where there is a density.  DIRECTORY is made if it is not there.  NP_ERR_NO_MEMORY, NP_ERR_IO. */
np_status np_field_pictures_write(const np_field_picture *field, const char *directory, np_error *err);

#endif
