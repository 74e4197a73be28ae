/* The Hilbert curve through a cube: near in space is mostly near along it. */
#ifndef NP_BASE_HILBERT_H
#define NP_BASE_HILBERT_H

#include <stdint.h>

/* The place along the curve of POINT, whose coordinates have BITS bits (1 to 21): 3 BITS bits.  Any thread.  (Skilling,
 * Programming the Hilbert curve, AIP Conf. Proc. 707, 2004.) */
uint64_t np_hilbert_key(const uint32_t point[3], unsigned bits);

#endif
