/* A plugin shares the process with the host and, one day, with others: what it changes there, it changes for all.  Where the processor
 * rounds decides about the last bit of a plan. */
#include "field/trial/watch.h"

#include <fenv.h>
#include <float.h>
#include <string.h>

#include "field/trial/trial.h"

void field_trial_state_read(field_trial_state *out)
{
    volatile double smallest = DBL_MIN;
    memset(out, 0, sizeof *out);
    out->rounding = fegetround();
    out->traps = fegetexcept();
    out->flushes = smallest / 2 == 0;
    for (int i = 1; i < 65; i++)
        (void)sigaction(i, NULL, &out->actions[i]); /* those that there are not stay 0 */
    (void)sigprocmask(SIG_SETMASK, NULL, &out->blocked);
    for (unsigned i = 0; i < 16; i++)
        (void)getrlimit(i, &out->limits[i]);
}

void field_trial_state_compare(const field_trial_state *before, const field_trial_state *now)
{
    if (before->rounding != now->rounding)
        field_trial_found("process.float", "numbers are rounded in direction %d now; it was %d", now->rounding,
                          before->rounding);
    if (before->traps != now->traps)
        field_trial_found("process.float", "floating-point exceptions 0x%x raise a signal now; it was 0x%x",
                          (unsigned)now->traps, (unsigned)before->traps);
    if (before->flushes != now->flushes)
        field_trial_found("process.float", "numbers below %g count as 0 now (-ffast-math when linking does that, too)",
                          DBL_MIN);
    for (int i = 1; i < 65; i++)
        if (before->actions[i].sa_sigaction != now->actions[i].sa_sigaction)
            field_trial_found("process.signals", "signal %d (%s) is handled otherwise", i, strsignal(i));
    for (int i = 1; i < 65; i++)
        if (sigismember(&before->blocked, i) != sigismember(&now->blocked, i))
            field_trial_found("process.signals", "signal %d (%s) is %s now", i, strsignal(i),
                              sigismember(&now->blocked, i) ? "blocked" : "let through");
    for (unsigned i = 0; i < 16; i++)
        if (before->limits[i].rlim_cur != now->limits[i].rlim_cur)
            field_trial_found("process.limits", "the process's limit number %u is another one now", i);
}
