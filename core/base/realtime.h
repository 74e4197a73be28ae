/* What a loop needs that must not be late, asked of the kernel. */
#ifndef NP_BASE_REALTIME_H
#define NP_BASE_REALTIME_H

#define NP_REALTIME_ANY_CPU (-1)
#define NP_REALTIME_MAX_CPU 1023

/* Rows of a program's table of options. */
#define NP_REALTIME_OPTIONS                                                                                            \
    {.name = "realtime",                                                                                               \
     .kind = NP_OPTION_FLAG,                                                                                           \
     .help = "Run before all ordinary programs (SCHED_FIFO) and page nothing out (mlockall), so that a busy machine "  \
             "delays no stop. What the system does not grant is said, and it goes on without."},                       \
    {                                                                                                                  \
        .name = "cpu", .kind = NP_OPTION_INTEGER, .value = "N", .fallback = "-1", .min = NP_REALTIME_ANY_CPU,          \
        .max = NP_REALTIME_MAX_CPU, .help = "With --realtime: stay on this processor, 0 first. -1: any."               \
    }

/* Asks for three things: to run before all programs of ordinary priority (SCHED_FIFO), that no memory is paged out (mlockall), and, unless
 * it is NP_REALTIME_ANY_CPU, to stay on the processor CPU (0 first).  They hold for the calling thread and for those that it starts from now
 * on.  What it cannot get it SAYs (may be NULL), a line for each, with the reason and what it takes; it goes on with the rest. */
void np_realtime_begin(int cpu, void (*say)(void *context, const char *text), void *context);

#endif
