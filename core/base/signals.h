/* The signals that ask a program to end, and the streams that say that nobody is there any more. */
#ifndef NP_BASE_SIGNALS_H
#define NP_BASE_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/* From now on Ctrl-C, Ctrl-\, TERM, a closed terminal (HUP) and a reader that went away (PIPE) set *STOP to 1 and do nothing else:
 * whoever does the work looks at it and ends in order, with the needle out.  What the program was started to ignore (nohup)
 * stays ignored.  Waiting in poll ends at once.  Unless the program HOLDS_NEEDLE, a signal but PIPE that finds *STOP set already
 * ends it as if it had never been caught.  To be called once, by main; STOP lives as long as the program. */
void np_signals_catch(volatile sig_atomic_t *stop, bool holds_needle);

/* Opens those of standard input, output and error that the program was started without, so that no file, and no line to a machine, gets
 * their number and what is printed with it; reading and writing fail there.  To be called first, by main. */
void np_standard_streams_hold(void);
/* Whether nobody can read what the program prints any more: both standard output and error are pipes or terminals whose other end is
 * closed. */
bool np_standard_streams_are_cut(void);

#endif
