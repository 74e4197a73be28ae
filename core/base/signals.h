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

/* What a program whose work writes nothing has to say where it does not hear a signal in time. */
typedef struct np_signals_end {
    int within_ms;
    int exit_status;
    char error_text[200];  /* to standard error */
    char output_text[400]; /* to standard output */
} np_signals_end;

/* From now on a signal is to be heard within END's time, whatever loop the program is in: unless np_signals_heard is called by then, the
 * texts are written and the process ends, at once and without cleaning up.  So it is for work that has nothing to put in order: no file half
 * written, no needle out.  Not for a program that holds a needle.  Call it, and the others, on one thread. */
void np_signals_end_by(const np_signals_end *end);
/* The signal was heard, or there is nothing to hear it for any more: the program ends by itself. */
void np_signals_heard(void);

/* Opens those of standard input, output and error that the program was started without, so that no file, and no line to a machine, gets
 * their number and what is printed with it; reading and writing fail there.  To be called first, by main. */
void np_standard_streams_hold(void);
/* Whether nobody can read what the program prints any more: both standard output and error are pipes or terminals whose other end is
 * closed. */
bool np_standard_streams_are_cut(void);

#endif
