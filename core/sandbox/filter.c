/* The wall around a plugin: a list of the system calls that computing needs; every other one fails with EPERM.  So there is no way to a
 * network, another program, another process, a terminal, or a file but to read it while the plugin is loaded: there is no call that
 * leads there.  The list is short because nothing else belongs to a strategy; a kernel that learns new calls opens nothing.
 *
 * A filter is a program for the kernel's packet filter (seccomp, mode filter): it sees a call's number and arguments, no memory. */
#include "sandbox/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef NP_SANITIZED

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#define FIRST_FOREIGN 0x40000000u /* the x32 calls */
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#define FIRST_FOREIGN UINT32_MAX
#else
#error "core/sandbox/filter.c: name this processor's AUDIT_ARCH_ value"
#endif

/* Reading and writing what is open, memory, threads, time, signals of its own. */
static const unsigned always[] = {
    SYS_read,         SYS_write,           SYS_readv,
    SYS_writev,       SYS_recvfrom,        SYS_sendto,
    SYS_recvmsg,      SYS_sendmsg,         SYS_close,
    SYS_lseek,        SYS_fstat,           SYS_ppoll,
    SYS_munmap,       SYS_mremap,          SYS_madvise,
    SYS_brk,          SYS_futex,           SYS_sched_yield,
    SYS_membarrier,   SYS_getpid,          SYS_gettid,
    SYS_getppid,      SYS_getuid,          SYS_geteuid,
    SYS_getgid,       SYS_getegid,         SYS_sched_getaffinity,
    SYS_getcpu,       SYS_clock_gettime,   SYS_clock_getres,
    SYS_gettimeofday, SYS_nanosleep,       SYS_clock_nanosleep,
    SYS_exit,         SYS_exit_group,      SYS_rt_sigaction,
    SYS_rt_sigreturn, SYS_rt_sigprocmask,  SYS_rt_sigsuspend,
    SYS_sigaltstack,  SYS_set_robust_list, SYS_set_tid_address,
    SYS_rseq,         SYS_getrandom,       SYS_restart_syscall,
    SYS_getrusage,    SYS_sysinfo,         SYS_uname,
    SYS_shutdown,
#ifdef __x86_64__
    SYS_poll,         SYS_pause,           SYS_time,
    SYS_arch_prctl,
#endif
};

/* What the loader needs beside, and what is still to come before it. */
static const unsigned loading[] = {
    SYS_newfstatat,
    SYS_statx,
    SYS_faccessat,
    SYS_faccessat2,
    SYS_readlinkat,
    SYS_getcwd,
    SYS_pread64,
    SYS_getdents64,
    SYS_landlock_create_ruleset,
    SYS_landlock_add_rule,
    SYS_landlock_restrict_self, /* landlock.c's; they only take away */
#ifdef __x86_64__
    SYS_stat,
    SYS_lstat,
    SYS_access,
    SYS_readlink,
#endif
};

typedef struct program {
    struct sock_filter code[256];
    unsigned short n;
} program;

static void emit(program *p, uint16_t code, uint32_t k, uint8_t if_true, uint8_t if_false)
{
    p->code[p->n++] = (struct sock_filter){code, if_true, if_false, k};
}

static void load_word(program *p, size_t offset)
{
    emit(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void answer(program *p, uint32_t how)
{
    emit(p, BPF_RET | BPF_K, how, 0, 0);
}

#define NO (SECCOMP_RET_ERRNO | EPERM)

/* Call NUMBER is answered HOW. */
static void rule(program *p, unsigned number, uint32_t how)
{
    emit(p, BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1);
    answer(p, how);
}

/* Call NUMBER is allowed if the bits MASK of its argument ARG are one of the N values. */
static void rule_with(program *p, unsigned number, int arg, uint32_t mask, int n, const uint32_t *values)
{
    emit(p, BPF_JMP | BPF_JEQ | BPF_K, number, 0, (uint8_t)(3 + 2 * n));
    load_word(p, offsetof(struct seccomp_data, args) +
                     (size_t)arg * 8); /* the low half: both processors are little-endian */
    emit(p, BPF_ALU | BPF_AND | BPF_K, mask, 0, 0);
    for (int i = 0; i < n; i++)
        rule(p, values[i], SECCOMP_RET_ALLOW);
    answer(p, NO);
}

static void rule_if(program *p, unsigned number, int arg, uint32_t mask, uint32_t value)
{
    rule_with(p, number, arg, mask, 1, &value);
}

/* Calls that are harmless with some arguments alone. */
static void rules_of_arguments(program *p, np_sandbox_stage stage)
{
    static const uint32_t names[] = {PR_SET_NAME, PR_GET_NAME, PR_SET_VMA};
    static const uint32_t questions[] = {F_GETFD, F_GETFL};
    uint32_t own = (uint32_t)getpid();
    rule_if(p, SYS_clone, 0, CLONE_THREAD, CLONE_THREAD);
    rule_if(p, SYS_kill, 0, UINT32_MAX, own);
    rule_if(p, SYS_tgkill, 0, UINT32_MAX, own);
    rule_if(p, SYS_prlimit64, 0, UINT32_MAX, 0);
    rule_with(p, SYS_prctl, 0, UINT32_MAX, sizeof names / sizeof *names, names);
    rule_with(p, SYS_fcntl, 1, UINT32_MAX, sizeof questions / sizeof *questions, questions);
    if (stage == NP_SANDBOX_LOADING) {
        const uint32_t writing = O_ACCMODE | O_CREAT | O_TRUNC | O_TMPFILE;
        rule_if(p, SYS_openat, 2, writing & ~(uint32_t)O_DIRECTORY, O_RDONLY);
#ifdef SYS_open
        rule_if(p, SYS_open, 1, writing & ~(uint32_t)O_DIRECTORY, O_RDONLY);
#endif
        rule(p, SYS_mmap, SECCOMP_RET_ALLOW);
        rule(p, SYS_mprotect, SECCOMP_RET_ALLOW);
    } else {
        rule_if(p, SYS_mmap, 2, PROT_EXEC, 0);
        rule_if(p, SYS_mprotect, 2, PROT_EXEC, 0);
    }
}

bool np_sandbox_filter(np_sandbox_stage stage)
{
    program p = {.n = 0};
    load_word(&p, offsetof(struct seccomp_data, arch));
    emit(&p, BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
    answer(&p, SECCOMP_RET_KILL_PROCESS);
    load_word(&p, offsetof(struct seccomp_data, nr));
    emit(&p, BPF_JMP | BPF_JGE | BPF_K, FIRST_FOREIGN, 0, 1);
    answer(&p, NO);
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        rule(&p, always[i], SECCOMP_RET_ALLOW);
    for (size_t i = 0; stage == NP_SANDBOX_LOADING && i < sizeof loading / sizeof *loading; i++)
        rule(&p, loading[i], SECCOMP_RET_ALLOW);
    rules_of_arguments(&p, stage);
    rule(&p, SYS_clone3, SECCOMP_RET_ERRNO | ENOSYS); /* its flags are in memory; libraries then use clone */
    if (stage == NP_SANDBOX_LOADING)                  /* the second filter is set in this one's sight */
        rule(&p, SYS_seccomp, SECCOMP_RET_ALLOW);
    answer(&p, NO);
    struct sock_fprog whole = {p.n, p.code};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &whole) == 0;
}

#else

bool np_sandbox_filter(np_sandbox_stage stage)
{
    (void)stage;
    return true;
}

#endif
