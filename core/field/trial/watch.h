/* What of its process a plugin must leave as it is. */
#ifndef NP_FIELD_TRIAL_WATCH_H
#define NP_FIELD_TRIAL_WATCH_H

#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>

typedef struct field_trial_state {
    int rounding, traps;
    bool flushes; /* numbers below the smallest normal one are taken for 0 */
    struct sigaction actions[65];
    sigset_t blocked;
    struct rlimit limits[16];
} field_trial_state;

void field_trial_state_read(field_trial_state *out);
/* Finds what differs. */
void field_trial_state_compare(const field_trial_state *before, const field_trial_state *now);

#endif
