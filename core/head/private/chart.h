/* A chart of the scalp: places by direction, the same on every head with landmarks. */
#ifndef NP_HEAD_PRIVATE_CHART_H
#define NP_HEAD_PRIVATE_CHART_H

#include "head/scan.h"

/* A place in degrees, seen from the middle of the largest horizontal section: polar coordinates from the vertex, flat (azimuthal
 * equidistant).  x to the front, y to the left; 1 degree is about 1.7 mm of skin along a meridian. */
typedef struct head_place {
    double x, y;
} head_place;

/* How far behind the vertex a whorl usually lies: where the 62.5 mm along the skin of domain.md 2.4 end on the mean man. */
#define HEAD_CHART_WHORL_DEG 40.0
/* From the middle of the mean man's head to its skin behind the vertex. */
#define HEAD_CHART_SKIN_MM 92.0

/* From azimuth (0 the front, 90 the left) and degrees from the vertex. */
head_place head_place_make(double azimuth_deg, double from_vertex_deg);

typedef struct head_chart {
    const np_scan *scan;
    np_vec3 center;       /* head frame */
    np_vec3 stretch;      /* anatomical axes, against the mean man */
    double front_deg;     /* how much farther from the vertex this head's hairline lies than the mean man's */
    head_place whorl_deg; /* from its usual place to this head's */
    uint64_t seed;
} head_chart;

/* From the middle of the head (*out_middle) where a whorl usually lies, a unit direction, on a head with LANDMARKS; head frame, mm. */
np_vec3 head_chart_whorl_direction(const np_case_landmarks *landmarks, np_vec3 *out_middle);

/* About where that meets the skin, on the midline; of the mean man's size on the axes of which LANDMARKS do not say theirs.  Head frame, mm. */
np_vec3 head_chart_usual_whorl(const np_case_landmarks *landmarks);

void head_chart_init(head_chart *chart, const np_scan *scan, uint64_t seed);
/* The skin at PLACE of the mean head; with IRREGULAR off by the waves of a natural border (2 to 4 mm).  False where the scan has
 * none. */
bool head_chart_cast(const head_chart *chart, head_place place, bool irregular, np_vec3 *out_point);

#endif
