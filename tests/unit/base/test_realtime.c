/* What is asked of the kernel, and that what it does not grant is said; and that nobody finds secrets in a core file. */
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../test.h"
#include "base/realtime.h"
#include "base/secrets.h"

typedef struct said {
    int n;
    char all[1000];
} said;

static void note(void *context, const char *text)
{
    said *s = context;
    s->n++;
    strcat(strcat(s->all, text), "\n");
}

/* In a process of its own, as what is granted stays; with nothing that a limit or a capability would grant if POOR. */
static int in_child(int (*work)(said *s), bool poor)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        said s = {0};
        struct rlimit none = {0, 0};
        if (poor &&
            (setrlimit(RLIMIT_RTPRIO, &none) || setrlimit(RLIMIT_MEMLOCK, &none) || (geteuid() == 0 && setuid(65534))))
            _exit(99);
        _exit(work(&s));
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* Sanitizers lock nothing and say that they did. */
static bool locks_are_real(void)
{
    const char *sanitized = getenv("NEEDLEPATH_SANITIZED");
    return !sanitized || strcmp(sanitized, "1") != 0;
}

static int poor_work(said *s)
{
    np_realtime_begin(NP_REALTIME_MAX_CPU, note, s);
    bool told = strstr(s->all, "SCHED_FIFO") && strstr(s->all, "processor 1023") &&
                (strstr(s->all, "mlockall") || !locks_are_real());
    return told && sched_getscheduler(0) == SCHED_OTHER ? 0 : 1;
}

static void test_what_is_not_granted_is_said(void **state)
{
    (void)state;
    assert_int_equal(in_child(poor_work, true), 0);
}

/* Whatever this machine grants: what was not said holds. */
static int any_work(said *s)
{
    cpu_set_t had, has;
    sched_getaffinity(0, sizeof had, &had);
    int cpu = 0;
    while (!CPU_ISSET((size_t)cpu, &had))
        cpu++;
    np_realtime_begin(cpu, note, s);
    sched_getaffinity(0, sizeof has, &has);
    if (!strstr(s->all, "processor") && (CPU_COUNT(&has) != 1 || !CPU_ISSET((size_t)cpu, &has)))
        return 1;
    bool fifo = sched_getscheduler(0) == SCHED_FIFO;
    if (fifo == (strstr(s->all, "SCHED_FIFO") != NULL))
        return 2;
    /* Asking once more is as asking once. */
    int n = s->n;
    np_realtime_begin(NP_REALTIME_ANY_CPU, NULL, NULL);
    return s->n == n && (sched_getscheduler(0) == SCHED_FIFO) == fifo ? 0 : 3;
}

static void test_what_is_granted_holds(void **state)
{
    (void)state;
    assert_int_equal(in_child(any_work, false), 0);
}

static int secret_work(said *s)
{
    (void)s;
    struct rlimit core;
    np_secrets_close_memory();
    return getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0 && prctl(PR_GET_DUMPABLE) == 0 ? 0 : 1;
}

static void test_no_core_file(void **state)
{
    (void)state;
    assert_int_equal(in_child(secret_work, false), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_not_granted_is_said),
        cmocka_unit_test(test_what_is_granted_holds),
        cmocka_unit_test(test_no_core_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
