/* SCHED_FIFO, mlockall and affinity; see realtime.h.
 *
 * The priority is below 50, at which Linux runs its threaded interrupts: a loop that spins must not keep the network that it waits for
 * from being served. */
#include "base/realtime.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

enum { PRIORITY = 40, TEXT_BYTES = 240 };

typedef struct teller {
    void (*say)(void *context, const char *text);
    void *context;
} teller;

static void say_missing(const teller *t, const char *what, int error, const char *it_takes)
{
    char text[TEXT_BYTES];
    if (!t->say)
        return;
    snprintf(text, sizeof text, "--realtime: %s: %s; %s", what, strerror(error), it_takes);
    t->say(t->context, text);
}

static void ask_for_priority(const teller *t)
{
    struct sched_param wanted = {.sched_priority = PRIORITY};
    if (sched_setscheduler(0, SCHED_FIFO, &wanted) != 0)
        say_missing(t, "other programs run before this one (no SCHED_FIFO, priority 40)", errno,
                    "it takes root, CAP_SYS_NICE, or `rtprio 40` in /etc/security/limits.conf");
}

/* Whether the limit of locked memory holds for this process: it does not for those with CAP_IPC_LOCK.  Asked with all future memory locked;
 * what cannot be read or written takes no memory. */
static bool limit_holds(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return false;
    size_t beyond = (size_t)limit.rlim_cur + 1;
    void *some = mmap(NULL, beyond, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (some == MAP_FAILED)
        return true;
    munmap(some, beyond);
    return false;
}

/* Under a limit, memory that is asked for later would not be had once it is reached, in mid-run: then only what is there is locked. */
static void ask_for_memory(const teller *t)
{
    static const char it_takes[] = "it takes root, CAP_IPC_LOCK, or `memlock unlimited` in /etc/security/limits.conf";
    if (mlockall(MCL_CURRENT | MCL_FUTURE) != 0) {
        say_missing(t, "memory may be paged out (no mlockall)", errno, it_takes);
    } else if (limit_holds()) {
        int error = errno;
        mlockall(MCL_CURRENT);
        say_missing(t, "memory that is asked for from now on may be paged out (no MCL_FUTURE)", error, it_takes);
    }
}

static void ask_for_cpu(const teller *t, int cpu)
{
    char what[TEXT_BYTES / 2];
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((size_t)cpu, &set);
    if (sched_setaffinity(0, sizeof set, &set) == 0)
        return;
    snprintf(what, sizeof what, "not kept on processor %d (no sched_setaffinity)", cpu);
    say_missing(t, what, errno, "`nproc` tells how many there are, 0 is the first");
}

void np_realtime_begin(int cpu, void (*say)(void *context, const char *text), void *context)
{
    const teller t = {say, context};
    if (cpu != NP_REALTIME_ANY_CPU)
        ask_for_cpu(&t, cpu);
    ask_for_memory(&t);
    ask_for_priority(&t);
}
