/* How far dots lie from places on which a person can put a finger. */
#ifndef NP_REPORT_PRIVATE_REACH_H
#define NP_REPORT_PRIVATE_REACH_H

#include "head/scan.h"
#include "plan/plan.h"

typedef enum report_reach_mark {
    REPORT_REACH_GLABELLA,
    REPORT_REACH_INION,
    REPORT_REACH_TRAGION_LEFT,
    REPORT_REACH_TRAGION_RIGHT,
    REPORT_REACH_MARKS
} report_reach_mark;

typedef struct report_reach {
    np_vec3 mark;      /* head frame, mm */
    const np_dot *dot; /* the nearest one, of the plan; NULL: there is none */
    double mm;         /* from the mark to it, along the skin */
} report_reach;

/* From each mark to the nearest dot of LAYER; of all layers where it is negative.  Pins, which stand in front of an edge, count where there is nothing else. */
void report_reach_find(const np_plan *plan, int layer, const np_scan *scan, report_reach out[REPORT_REACH_MARKS]);

/* "12 mm above the bump at the back of your head and 30 mm above the notch at the front of each ear": the marks from FIRST on that are at hand; the nearest of all
 * where none is.  Returns OUT; "" where there is nothing to say. */
enum { REPORT_REACH_TEXT_BYTES = 320 };
const char *report_reach_text(const report_reach reach[REPORT_REACH_MARKS], report_reach_mark first,
                              char out[REPORT_REACH_TEXT_BYTES]);

#endif
