/* Hair flow and zones: in which direction hair grows, and what part of the scalp a point belongs to. */
#ifndef NP_HEAD_FLOW_H
#define NP_HEAD_FLOW_H

#include "head/scan.h"

/* Unit tangent in which hair grows at P, everywhere on the scan.
 *
 * Around each whorl a spiral (domain.md 2.4): direction = radial azimuth turned by beta(r), which falls from
 * 70 degrees within 1 cm to 10 degrees at 6 cm, clockwise seen from outside (84 % of whorls), or as np_scan.counterclockwise says.  Elsewhere
 * the zones' directions pull (domain.md 2.3): forward on top, down and back at the temples, down at the sides and the back.  The flow is
 * the smoothest field of tangents that agrees with them (surface/directions.h; docs/decisions/hair-flow.md).  It is continuous, and
 * turns by +360 degrees around each whorl and nowhere else, but for what topology demands:
 * hair points out of the scalp all around its border, so the turns inside add up to one (Poincare and Hopf).
 * Two whorls therefore have one point between them where hair parts; and a scan without a whorl has a crown
 * point at its usual place from which hair radiates straight (a diffuse pattern).  Any thread. */
np_vec3 np_hair_flow(const np_scan *scan, const np_surface_point *p);

/* How far hair at P leans from the normal, 0 upright to pi/2 flat on the skin: by zone (domain.md 2.3), passing from one into the next
 * as zones do, and upright in the middle of each whorl, where it has no direction to lean to.  Any thread. */
double np_hair_tilt_rad(const np_scan *scan, const np_surface_point *p);

/* NP_ZONE_* of needlepath/plugin.h, from the landmarks: the crown is what lies within 55 mm of a whorl (10-13
 * cm across, domain.md 2.4), the frontal zone reaches 4 cm behind the hairline, temples are the sides around
 * the ears, occipital is behind them down to the nape; the face and the neck are NP_ZONE_OTHER. */
int np_scan_zone(const np_scan *scan, const np_surface_point *p);

#define NP_ZONES 6 /* NP_ZONE_OTHER .. NP_ZONE_OCCIPITAL */
/* Over how much skin one zone passes into the next (domain.md 1.3 gives depths by zone, and a step of depth would show as a line). */
#define NP_ZONE_BLEND_MM 10.0
/* How much of each zone P belongs to: continuous along the skin, in all 1.  Any thread. */
void np_scan_zone_weights(const np_scan *scan, const np_surface_point *p, double out[NP_ZONES]);

#endif
