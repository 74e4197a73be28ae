/* The options of the commands that make a gantry's program or drive one (export, run): rows of their option tables. */
#ifndef NP_CLI_GANTRY_OPTIONS_H
#define NP_CLI_GANTRY_OPTIONS_H

#include "case/limits.h"
#include "stream/gcode.h"

/* FOR and FOR_PLUNGE begin the helps: "grbl". */
#define CLI_GANTRY_OPTIONS(FOR, FOR_PLUNGE)                                                                            \
    {.name = "gantry-tilt",                                                                                            \
     .kind = NP_OPTION_NUMBER,                                                                                         \
     .value = "DEG",                                                                                                   \
     .fallback = "15",                                                                                                 \
     .min = 0,                                                                                                         \
     .max = NP_HARD_TILT_MAX_DEG,                                                                                      \
     .help = FOR                                                                                                       \
     ": the largest angle between a dot's planned axis and the machine's z, along which the needle stays; dots "       \
     "beyond it are left out, not done. Beyond 20 no dot has room that is proved."},                                   \
        {.name = "lift",                                                                                               \
         .kind = NP_OPTION_NUMBER,                                                                                     \
         .value = "MM",                                                                                                \
         .fallback = "2",                                                                                              \
         .min = NP_GANTRY_LIFT_MM,                                                                                     \
         .max = 100,                                                                                                   \
         .help = FOR ": clearance of travel above the head, as it lies."},                                             \
    {                                                                                                                  \
        .name = "plunge", .kind = NP_OPTION_NUMBER, .value = "MM/S", .fallback = "20", .min = 0.5, .max = 100,         \
        .help = FOR_PLUNGE ": speed down into the skin and back up."                                                   \
    }

#endif
