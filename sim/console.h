/* The simulated machine's console: lines of an operator, taken between two turns of the loop without ever waiting. */
#ifndef NP_SIM_CONSOLE_H
#define NP_SIM_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

#define SIM_CONSOLE_LINE 128

/* Zero-initialise. */
typedef struct sim_console {
    char text[SIM_CONSOLE_LINE - 1]; /* what has come and is not taken yet */
    size_t size;
    bool ended; /* nothing more will come */
} sim_console;

/* The next line of FILE, a descriptor that does not block (O_NONBLOCK), without its end; false if none is whole yet. */
bool sim_console_read(sim_console *console, int file, char out_line[SIM_CONSOLE_LINE]);

#endif
