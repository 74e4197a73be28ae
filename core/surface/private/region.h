/* What a region is made of; region.h is what others use. */
#ifndef NP_SURFACE_PRIVATE_REGION_H
#define NP_SURFACE_PRIVATE_REGION_H

#include "surface/region.h"

struct np_region {
    char *name;
    np_curve *border;
    int side; /* of the border, that is inside: 1 left, -1 right */
    double area_cm2;
};

#endif
