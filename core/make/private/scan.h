/* The scan stage: the head that is planned on. */
#ifndef NP_MAKE_PRIVATE_SCAN_H
#define NP_MAKE_PRIVATE_SCAN_H

#include "make/private/making.h"

/* scan, and plan with what it takes over from the case. */
np_status make_scan(make_making *m, np_error *err);

/* The point of the scan's TRIANGLE at POSITION, which lies in its plane. */
np_surface_point make_scan_point(const np_scan *scan, uint32_t triangle, np_vec3 position);

#endif
