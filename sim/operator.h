/* The person at the simulated machine: the foot on the pedal, and the hands that change needles and reload pigment. */
#ifndef NP_SIM_OPERATOR_H
#define NP_SIM_OPERATOR_H

#include <stdio.h>

#include "protocol/executor.h"
#include "sim/console.h"

#define SIM_OPERATOR_MAX_LOTS 16

typedef struct sim_operator_lots {
    const char *lots[SIM_OPERATOR_MAX_LOTS]; /* np_wire_lot_is_valid */
    int n;
} sim_operator_lots;

typedef struct sim_operator_options {
    sim_operator_lots cartridges, pigments; /* lots to use in turn; the last one repeats */
    /* Do nothing unasked but press the pedal: take "needle [LOT]", "pigment [LOT]", "home", "moved", "hold",
     * "give-up" and "revoke [DIGEST]" from standard input. */
    bool console;
} sim_operator_options;

typedef struct sim_operator {
    const sim_operator_options *options;
    np_wire_executor *executor;
    FILE *log;
    bool pedal;
    bool drives_home; /* wants to; the caller does it, and clears this */
    int cartridges_used, pigments_used;
    np_wire_reason wanted; /* what was waited for at the last look, before the dot at this place */
    uint32_t wanted_at;
    sim_console console;
} sim_operator;

/* The beginning of a plan's digest from its first 32 or all 64 digits; false if TEXT is none. */
bool sim_operator_read_digest(const char *text, uint8_t out_digest[NP_WIRE_RECORD_DIGEST_BYTES]);

/* All borrowed. */
void sim_operator_init(sim_operator *operator, const sim_operator_options * options, np_wire_executor *executor,
                       FILE *log);
/* Sees to what is asked for now; once in each turn of the loop. */
void sim_operator_work(sim_operator *operator);

#endif
