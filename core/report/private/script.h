/* The stops of a program for an arm, in the machine's frame, and how the tool stands at each. */
#ifndef NP_REPORT_PRIVATE_SCRIPT_H
#define NP_REPORT_PRIVATE_SCRIPT_H

#include <stdint.h>

#include "report/export.h"
#include "robot/turns.h"

/* The tool of arm/tool.h, from the flange to the tip; and what a handpiece with its cartridge weighs [E]. */
#define REPORT_TOOL_MM 150.0
#define REPORT_TOOL_KG 0.25

/* The places in the tour that a program makes: FIRST up to but not END. */
typedef struct report_part {
    int64_t first, end;
    bool goes_on; /* another piece begins at END */
} report_part;

/* Between dots that are nearer to each other no joint is to turn far. */
#define REPORT_NEAR_MM 5.0

/* One stop: where the tool hovers over a dot, or a stop on the way. */
typedef struct report_stop {
    const np_dot *dot; /* made here; NULL: none */
    bool reload;       /* the pigment, here */
} report_stop;

/* Zero is empty; report_script_fini frees. */
typedef struct report_script {
    report_stop *stops;   /* [n] */
    np_turns_stop *poses; /* [n]; the same stops */
    size_t n, stops_capacity, poses_capacity;
    np_turns_result turns; /* filled by report_script_turn */
    bool chosen;           /* for an arm that is known; else the tool turns by the shortest ways alone */
} report_script;

void report_script_fini(report_script *script);

/* Adds all stops of PART: from home to home. */
np_status report_script_fill(report_script *script, const np_export_request *request, const report_part *part,
                             np_error *err);

/* Gives each stop the tool's turn about its needle.  NP_ERR_UNSAFE if the request's arm cannot follow; it names the dot. */
np_status report_script_turn(report_script *script, const np_export_request *request, np_error *err);

#endif
