/* Progress of long work, and its cancellation.  The library never prints; the command line shows a bar. */
#ifndef NP_BASE_PROGRESS_H
#define NP_BASE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

/* Called on the thread that started the work with a stage's name (static text) and the fraction done of that stage, 0..1.
 * Returns false to cancel: the work then ends with NP_ERR_STOPPED and nothing half written. */
typedef bool np_progress_report(void *context, const char *stage, double fraction);

typedef struct np_progress {
    np_progress_report *report; /* NULL: silent, never cancelled */
    void *context;
} np_progress;

/* Reports, if PROGRESS and its callback are there; true to go on. */
static inline bool np_progress_step(const np_progress *progress, const char *stage, double fraction)
{
    return !progress || !progress->report || progress->report(progress->context, stage, fraction);
}

#endif
