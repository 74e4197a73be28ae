/* How well a file knows the places of a head. */
#ifndef NP_HEAD_PRIVATE_PRECISION_H
#define NP_HEAD_PRIVATE_PRECISION_H

#include "head/scan.h"

/* NP_ERR_INVALID where MESH, as SOURCE's file gives it with SCALE mm per unit, lies farther than 10 m from the file's origin, or its
 * coordinates come in steps coarser than 0.5 mm. */
np_status head_scan_check_precision(const np_case_scan *source, const np_mesh *mesh, double scale, np_error *err);

#endif
