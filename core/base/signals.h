/* The signals that ask a program to end. */
#ifndef NP_BASE_SIGNALS_H
#define NP_BASE_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/* From now on Ctrl-C, TERM, a closed terminal (HUP) and a reader that went away (PIPE) set *STOP to 1 and do nothing else:
 * whoever does the work looks at it and ends in order, with the needle out.  What the program was started to ignore (nohup)
 * stays ignored.  Waiting in poll ends at once.  Unless the program HOLDS_NEEDLE, a signal but PIPE that finds *STOP set already
 * ends it as if it had never been caught.  To be called once, by main; STOP lives as long as the program. */
void np_signals_catch(volatile sig_atomic_t *stop, bool holds_needle);

#endif
