/* The clock that never jumps: for time-outs and for how long something took, not for the time of day. */
#ifndef NP_BASE_CLOCK_H
#define NP_BASE_CLOCK_H

#include <stdint.h>

/* Time since some moment in the past (CLOCK_MONOTONIC).  Any thread. */
uint64_t np_clock_us(void);
double np_clock_s(void);

#endif
