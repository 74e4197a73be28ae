/* The record: the simulator's own list of every puncture that was made, for comparison with the plan.
 *
 * A CSV file of lines `time_s,id,x,y,z,depth_mm,status`: simulated seconds, the dot's id, where the needle went through the
 * skin (head frame, mm), how deep its tip came below it along the normal, and "done" or, where a stop pulled the needle out
 * before its full depth, "cut_short".  A line is written whole, in one write, at the moment the needle is deepest: whatever
 * happens to the simulator afterwards, the line is there.  An existing file is gone on with. */
#ifndef NP_SIM_RECORD_H
#define NP_SIM_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "base/vec3.h"

typedef struct sim_record {
    int file; /* 0: no record is kept */
    const char *path;
    double last_time_s; /* of the last line; 0 in a new file */
    uint64_t lines;     /* written since open */
} sim_record;

typedef struct sim_puncture {
    double time_s;
    uint32_t id;
    np_vec3 position;
    double depth_mm;
    bool cut_short;
} sim_puncture;

/* Zero-initialise.  Opens or creates PATH (borrowed).  NP_ERR_IO, NP_ERR_FORMAT for a file that is no record. */
np_status sim_record_open(sim_record *record, const char *path, np_error *err);
np_status sim_record_write(sim_record *record, const sim_puncture *puncture, np_error *err);
void sim_record_close(sim_record *record);

#endif
