/* What a region is made of; region.h is what others use. */
#ifndef NP_SURFACE_PRIVATE_REGION_H
#define NP_SURFACE_PRIVATE_REGION_H

#include "surface/region.h"

#define SURFACE_REGION_LEAST_CM2 0.5

struct np_region {
    char *name;
    np_curve **borders; /* that do not touch each other */
    size_t n_borders;
    int side; /* of the borders, that is inside: 1 left, -1 right */
    double area_cm2;
};

#endif
