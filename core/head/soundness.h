/* Is it skin, can a needle get there, and may it: what is measured of the treated skin before a plan stands on it. */
#ifndef NP_HEAD_SOUNDNESS_H
#define NP_HEAD_SOUNDNESS_H

#include "case/accept.h"
#include "head/scan.h"
#include "surface/treated.h"

/* Places on the scan (head frame) that were refused.  Zero-initialise; fini is safe on zero. */
enum { NP_REFUSED_EYE = NP_ACCEPT_COUNT };
typedef struct np_refused {
    struct np_refused_place {
        np_surface_point point;
        int why; /* an np_accept, or NP_REFUSED_EYE */
    } * places;
    size_t n, capacity;
} np_refused;
void np_refused_fini(np_refused *refused);
/* "spike", ..., "eye". */
const char *np_refused_name(int why);

/* Refuses a treated area that holds the glabella, or of more AREA_CM2 than the scalp of this head can have, unless ACCEPTED has
 * FACE or LARGE.  INSIDE as for np_treated_init; any thread may call it.  OUT_REFUSED has a place on each of the scan's triangles inside:
 * those on the face, or all; what it held is freed.  NP_ERR_UNSAFE, NP_ERR_NO_MEMORY. */
np_status np_soundness_check_area(const np_scan *scan, np_treated_inside *inside, void *context, double area_cm2,
                                  np_accept_set accepted, np_refused *out_refused, np_error *err);

/* Refuses, unless ACCEPTED, dots at the N POINTS of the scan that lie on eyes (always), brows, nose, lips, ears, face or neck; where
 * the surface is a spike or a fin; that another surface covers within 60 mm along the normal or doubles within 5 mm; and
 * holes of the scan in the treated area.  The error gives the worst finding's name, how many dots, and a place in the scan file's coordinates,
 * and the names of all others; OUT_REFUSED has them all, and what it held is freed (holes: a place each edge of their borders).
 * NP_ERR_UNSAFE, NP_ERR_NO_MEMORY.  The result does not depend on the number of threads. */
np_status np_soundness_check(const np_scan *scan, const np_surface_point *points, size_t n, np_treated_inside *inside,
                             void *context, np_accept_set accepted, np_refused *out_refused, np_error *err);

#endif
