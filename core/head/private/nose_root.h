/* The root of the nose: the hollow under the brow, by which a glabella that was marked too low is told. */
#ifndef NP_HEAD_PRIVATE_NOSE_ROOT_H
#define NP_HEAD_PRIVATE_NOSE_ROOT_H

#include "head/scan.h"

/* How high along head_up the deepest point of the nose's root lies, mm.  Casts some 1,000 rays (1 ms) at SCAN, of which surface and landmarks are used.
 * NAN where the scan shows no nose under a brow: a mask, a hole, no face at all. */
double head_nose_root_up_mm(const np_scan *scan);

#endif
