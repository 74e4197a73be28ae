/* Ways out of a helper, one a function: 1 where it is open.  What they reach for is the runner's: a folder, listeners, signal 0. */
#ifndef NP_TESTS_BADPLUGINS_MODES_REACH_H
#define NP_TESTS_BADPLUGINS_MODES_REACH_H

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_FD 3 /* core/sandbox/limits.h */
#define CANARY "/tmp/needlepath-canary/"
#define PORT 47113 /* where the runner listens: TCP and UDP */

static char own_path[4096]; /* of the plugin's file */

/* ---- files ---- */

static int opens(const char *path, int flags)
{
    int fd = open(path, flags, 0666);
    if (fd >= 0 && (flags & O_ACCMODE) != O_RDONLY)
        (void)!write(fd, "reached\n", 8);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static int parent_file(const char *name, int flags)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/%s", (long)getppid(), name);
    return opens(path, flags);
}

static int read_secret(void)
{
    return opens(CANARY "secret", O_RDONLY);
}
static int write_file(void)
{
    return opens(CANARY "written", O_CREAT | O_WRONLY);
}
static int append_file(void)
{
    return opens(CANARY "secret", O_WRONLY | O_APPEND);
}
static int write_self(void)
{
    return opens(own_path, O_RDWR);
}
static int truncate_file(void)
{
    return truncate(CANARY "secret", 0) == 0;
}
static int unlink_file(void)
{
    return unlink(CANARY "secret") == 0;
}
static int rename_file(void)
{
    return rename(CANARY "secret", CANARY "moved") == 0;
}
static int link_file(void)
{
    return link(CANARY "secret", CANARY "linked") == 0;
}
static int symlink_file(void)
{
    return symlink("/etc/passwd", CANARY "linked") == 0;
}
static int make_folder(void)
{
    return mkdir(CANARY "folder", 0777) == 0;
}
static int make_pipe(void)
{
    return mkfifo(CANARY "pipe", 0666) == 0;
}
static int change_mode(void)
{
    return chmod(CANARY "secret", 0777) == 0;
}
static int change_times(void)
{
    return utimes(CANARY "secret", NULL) == 0;
}
static int list_folder(void)
{
    return opens("/", O_RDONLY | O_DIRECTORY) && opens(CANARY, O_RDONLY | O_DIRECTORY);
}
static int temporary_file(void)
{
    return opens("/tmp", O_TMPFILE | O_RDWR);
}
static int many_files(void)
{
    int made = 0;
    for (int i = 0; i < 30; i++) {
        char path[100];
        snprintf(path, sizeof path, CANARY "many%d", i);
        made += opens(path, O_CREAT | O_WRONLY);
    }
    return made > 0;
}
static int edit_plan(void)
{
    return opens("p.needleplan", O_RDWR | O_CREAT);
}
static int change_folder(void)
{
    return chdir("/") == 0;
}
static int change_root(void)
{
    return chroot("/tmp") == 0;
}

/* ---- the planner's memory ---- */

static int read_environment(void)
{
    return parent_file("environ", O_RDONLY);
}
static int read_maps(void)
{
    return parent_file("maps", O_RDONLY);
}
static int write_memory(void)
{
    return parent_file("mem", O_RDWR);
}
static int read_vm(void)
{
    char byte;
    struct iovec here = {&byte, 1}, there = {own_path, 1};
    return process_vm_readv(getppid(), &here, 1, &there, 1, 0) == 1 || errno == EFAULT;
}
static int write_vm(void)
{
    char byte = 'x';
    struct iovec here = {&byte, 1}, there = {own_path, 1};
    return process_vm_writev(getppid(), &here, 1, &there, 1, 0) == 1 || errno == EFAULT;
}
static int trace_parent(void)
{
    return ptrace(PTRACE_SEIZE, getppid(), NULL, NULL) == 0;
}
static int trace_me(void)
{
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
}
static int take_file(void)
{
    long parent = syscall(SYS_pidfd_open, getppid(), 0);
    return parent >= 0 && syscall(SYS_pidfd_getfd, parent, 2, 0) >= 0;
}
static int parent_limit(void)
{
    struct rlimit old;
    return prlimit(getppid(), RLIMIT_CORE, NULL, &old) == 0;
}

/* ---- the network ---- */

static int connects(int family, int type, const void *address, socklen_t size)
{
    int fd = socket(family, type, 0);
    int ok = fd >= 0 && connect(fd, address, size) == 0 && send(fd, "reached", 7, MSG_NOSIGNAL) == 7;
    if (fd >= 0)
        close(fd);
    return ok || fd >= 0;
}

static int connect_inet(int type)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    return connects(AF_INET, type, &a, sizeof a);
}

static int tcp(void)
{
    return connect_inet(SOCK_STREAM);
}
static int udp(void)
{
    return connect_inet(SOCK_DGRAM);
}
static int raw_socket(void)
{
    return socket(AF_INET, SOCK_RAW, 1) >= 0;
}
static int netlink(void)
{
    return socket(AF_NETLINK, SOCK_RAW, 0) >= 0;
}
static int unix_socket(void)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX, .sun_path = CANARY "socket"};
    return connects(AF_UNIX, SOCK_STREAM, &a, sizeof a);
}
static int abstract_socket(void)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX, .sun_path = "\0needlepath-canary"};
    return connects(AF_UNIX, SOCK_STREAM, &a, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 18));
}
static int listens(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    return fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof a) == 0 && listen(fd, 1) == 0;
}
static int socket_pair(void)
{
    int pair[2];
    return socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0;
}

/* ---- programs, processes ---- */

static int runs(void)
{
    char *const arguments[] = {"/bin/sh", "-c", "echo reached >" CANARY "ran", NULL};
    execv("/bin/sh", arguments);
    return 0;
}
static int runs_memory(void)
{
    char *const arguments[] = {"reached", NULL};
    int fd = memfd_create("x", 0);
    return fd >= 0 && fexecve(fd, arguments, NULL) != 0;
}
static int forks(void)
{
    pid_t child = fork();
    if (child == 0)
        for (;;)
            sleep(60);
    return child > 0;
}
static int forks_many(void)
{
    int n = 0;
    for (int i = 0; i < 50; i++)
        n += forks();
    return n > 0;
}
static int forks_raw(void)
{
    long child = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (child == 0)
        for (;;)
            sleep(60);
    return child > 0;
}
static int daemonizes(void)
{
    return fork() == 0 && setsid() > 0;
}
static int leaves_session(void)
{
    return setsid() > 0 || setpgid(0, getppid()) == 0;
}

/* ---- signals ---- */

static int ends_parent(void)
{
    return kill(getppid(), SIGTERM) == 0;
}
static int stops_parent(void)
{
    return kill(getppid(), SIGSTOP) == 0;
}
static int ends_parent_thread(void)
{
    return syscall(SYS_tgkill, getppid(), getppid(), SIGUSR1) == 0;
}
static int queues_signal(void)
{
    siginfo_t info = {.si_code = SI_QUEUE};
    return syscall(SYS_rt_sigqueueinfo, getppid(), 0, &info) == 0;
}
static int signals_group(void)
{
    return kill(0, 0) == 0;
}
static int signals_all(void)
{
    return kill(-1, 0) == 0;
}
static int signals_pidfd(void)
{
    long parent = syscall(SYS_pidfd_open, getppid(), 0);
    return parent >= 0 && syscall(SYS_pidfd_send_signal, parent, 0, NULL, 0) == 0;
}
static int survives_parent(void)
{
    return prctl(PR_SET_PDEATHSIG, 0) == 0;
}

/* ---- the terminal ---- */

static int opens_terminal(void)
{
    return opens("/dev/tty", O_RDWR);
}
static int types(void)
{
    char byte = 'x';
    return ioctl(0, TIOCSTI, &byte) == 0 || ioctl(SOCKET_FD, TIOCSTI, &byte) == 0;
}

/* ---- the kernel ---- */

static int user_namespace(void)
{
    return unshare(0x10000000) == 0;
}
static int net_namespace(void)
{
    return unshare(0x10000000 | 0x40000000) == 0;
}
static int keys(void)
{
    return syscall(SYS_keyctl, 0, -3, 1) >= 0;
}
static int ring(void)
{
    return syscall(SYS_io_uring_setup, 1, NULL) >= 0 || errno == EFAULT;
}
static int bpf(void)
{
    return syscall(SYS_bpf, 0, NULL, 0) >= 0 || errno == EFAULT || errno == EINVAL;
}
static int perf(void)
{
    return syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0) >= 0 || errno == EFAULT;
}
static int faults(void)
{
    return syscall(SYS_userfaultfd, 0) >= 0;
}
static int dumpable(void)
{
    return prctl(PR_SET_DUMPABLE, 1) == 0;
}
static int sysv_memory(void)
{
    return shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600) >= 0;
}
static int posix_memory(void)
{
    return shm_open("/needlepath-canary", O_CREAT | O_RDWR, 0600) >= 0;
}
static int memory_file(void)
{
    return memfd_create("x", 0) >= 0;
}
static int mounts(void)
{
    return mount("x", "/tmp", "tmpfs", 0, NULL) == 0;
}
static int becomes_root(void)
{
    return setuid(0) == 0;
}
static int raises_limit(void)
{
    struct rlimit more = {RLIM_INFINITY, RLIM_INFINITY};
    return setrlimit(RLIMIT_NOFILE, &more) == 0 || setrlimit(RLIMIT_AS, &more) == 0;
}
static int priority(void)
{
    return setpriority(PRIO_PROCESS, 0, -5) == 0;
}
static int real_time(void)
{
    struct sched_param p = {1};
    return sched_setscheduler(0, SCHED_FIFO, &p) == 0;
}
static int clock_set(void)
{
    return clock_settime(CLOCK_REALTIME, &(struct timespec){0, 0}) == 0;
}
static int code_new(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}
static int code_changed(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0;
}
static int loads_library(void)
{
    return dlopen("libcairo.so.2", RTLD_NOW) != NULL;
}

#endif
