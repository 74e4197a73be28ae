/* The person at the simulated machine: the foot on the pedal, and the hands that change needles and reload pigment. */
#ifndef NP_SIM_OPERATOR_H
#define NP_SIM_OPERATOR_H

#include <stdio.h>

#include "protocol/executor.h"
#include "sim/console.h"

#define NP_OPERATOR_MAX_LOTS 16

typedef struct np_operator_lots {
    const char *lots[NP_OPERATOR_MAX_LOTS]; /* np_wire_lot_is_valid */
    int n;
} np_operator_lots;

typedef struct np_operator_options {
    np_operator_lots cartridges, pigments; /* what is put in, one after the other, the last again and again */
    bool console; /* nothing is renewed by itself: commands come on standard input, "needle [LOT]", "pigment [LOT]", "hold" */
} np_operator_options;

typedef struct np_operator {
    const np_operator_options *options;
    np_wire_executor *executor;
    FILE *log;
    bool pedal;
    int cartridges_used, pigments_used;
    np_console console;
} np_operator;

/* All borrowed. */
void np_operator_init(np_operator *operator, const np_operator_options *options, np_wire_executor *executor, FILE *log);
/* Sees to what is asked for now; once in each turn of the loop. */
void np_operator_work(np_operator *operator);

#endif
