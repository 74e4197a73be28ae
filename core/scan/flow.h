/* Hair flow and zones: in which direction hair grows, and what part of the scalp a point belongs to. */
#ifndef NP_SCAN_FLOW_H
#define NP_SCAN_FLOW_H

#include "scan/scan.h"

/* Unit tangent in which hair grows at P: spirals out of the whorls (domain.md 2.4), blended into forward / sideways-down /
 * down away from them.  Turns by 360 degrees around each whorl. */
np_vec3 np_hair_flow(const np_scan *scan, const np_surface_point *p);

/* NP_ZONE_* of needlepath/plugin.h, from the landmarks. */
int np_scan_zone(const np_scan *scan, const np_surface_point *p);

#endif
