/* The trace: when, by the machine's monotonic clock, each dot was begun and the arm was held; for measuring how fast a stop
 * comes through, and that nothing begins in silence.
 *
 * A CSV file of lines `time_us,event,dot,silence_us`: "begin" with the dot's id, or "armed", "held"; and how long ago the last
 * valid frame had come, as the simulator itself noted, not the executor.  Written anew at each start. */
#ifndef NP_SIM_TRACE_H
#define NP_SIM_TRACE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/status.h"

typedef struct sim_trace {
    FILE *file; /* NULL: no trace is kept */
    const char *path;
    uint64_t heard_us; /* when the last valid frame came */
    bool armed;
} sim_trace;

/* Zero-initialise.  PATH (borrowed); NP_ERR_IO. */
np_status sim_trace_open(sim_trace *trace, const char *path, np_error *err);
void sim_trace_begin(sim_trace *trace, uint64_t now_us, uint32_t dot);
/* Whether the executor is armed; changes are written. */
void sim_trace_state(sim_trace *trace, uint64_t now_us, bool armed);
/* NP_ERR_IO if not all of it could be written. */
np_status sim_trace_close(sim_trace *trace, np_error *err);

#endif
