/* How far the scan reaches in every direction. */
#ifndef NP_ARM_PRIVATE_HULL_H
#define NP_ARM_PRIVATE_HULL_H

#include "base/support.h"
#include "surface/mesh.h"

/* The support function of the scan; of the vectors to the nodes (np_support_direction), not of unit vectors. */
typedef struct arm_hull {
    double *reach;
    double *whole;  /* the same of all of it, however low */
    np_vec3 *touch; /* the vertex that reaches so far */
} arm_hull;

/* Of what MESH and MORE, which may be empty, have from LEAST_Z on; NP_ERR_GEOMETRY where that is nothing.  Fini also after an error. */
np_status arm_hull_init(arm_hull *hull, const np_mesh *mesh, const np_mesh *more, double least_z, np_error *err);
void arm_hull_fini(arm_hull *hull);
/* No point Q of the scan has a larger Q . DIRECTION (unit); too large by a quarter of a millimetre where the scan is
 * round, and by a few hundredths of the span where its hull bridges a hollow.  *OUT_TOUCH (may be NULL)
 * is a point of the hull not far from where it reaches so far. */
double arm_hull_reach_mm(const arm_hull *hull, np_vec3 direction, np_vec3 *out_touch);
/* The same bound for all of the scan. */
double arm_hull_whole_mm(const arm_hull *hull, np_vec3 direction);
/* The diagonal of the whole scan's box. */
double arm_hull_span_mm(const arm_hull *hull);

#endif
