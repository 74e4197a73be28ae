/* The simulated machine's console: lines of an operator, taken between two turns of the loop without ever waiting. */
#ifndef NP_SIM_CONSOLE_H
#define NP_SIM_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

#define NP_CONSOLE_LINE 128

/* Zero-initialise. */
typedef struct np_console {
    char text[NP_CONSOLE_LINE - 1]; /* what has come and is not taken yet */
    size_t size;
    bool ended; /* nothing more will come */
} np_console;

/* The next line of FILE, a descriptor that does not block (O_NONBLOCK), without its end; false if none is whole yet. */
bool np_console_read(np_console *console, int file, char out_line[NP_CONSOLE_LINE]);

#endif
