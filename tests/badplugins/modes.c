/* One plugin, many ways to be hostile: it takes WHEN and WHAT from its own file's name, WHEN_WHAT.so, so that tests/bench/hostile.py copies it once a
 * mode.  WHEN is ctor, layout, prepare or paint; WHAT is a row of the table at the end.  A way out that is open says so: "reached", or, in a constructor,
 * which can tell nobody, by abort().  Everything is harmless where it succeeds: a canary folder, listeners of the runner, signal 0. */
#include <needlepath/plugin_kit.h>
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inputs.h"
#include "modes_reach.h"

#define MEMORY_FD 4
static volatile int keep_on = 1;

/* ---- ends ---- */

static int segv(void)
{
    return *(volatile int *)(uintptr_t)(8 * (unsigned)keep_on);
}
static int aborts(void)
{
    abort();
}
static int illegal(void)
{
    __builtin_trap();
}
static int divides(void)
{
    return 1 / (keep_on - 1);
}
static int recurse(volatile char *above)
{
    volatile char frame[65536];
    frame[0] = above ? above[0] : 1;
    return keep_on ? recurse(frame) + frame[0] : 0;
}
static int overflows(void)
{
    return recurse(NULL);
}
static int exits(void)
{
    exit(0);
}
static int exits_now(void)
{
    _exit(0);
}
static int exits_quickly(void)
{
    quick_exit(3);
}
static int kills_itself(void)
{
    return raise(SIGKILL) + 0;
}
static int stops_itself(void)
{
    return raise(SIGSTOP) * 0;
}
static int thread_ends(void)
{
    pthread_exit(NULL);
}
static int sleeps(void)
{
    while (keep_on)
        sleep(1);
    return 0;
}
static int spins(void)
{
    while (keep_on)
        continue;
    return 0;
}
static void again(int number)
{
    (void)number;
}
static int loops_in_handler(void)
{
    signal(SIGSEGV, again);
    return segv();
}
static int ignores_all(void)
{
    for (int i = 1; i < 32; i++)
        signal(i, SIG_IGN);
    return sleeps();
}
static int eats_memory(void)
{
    for (size_t n = 0; n < 3000; n++) {
        char *block = malloc(1 << 20);
        if (block)
            memset(block, 1, 1 << 20);
    }
    abort();
}

/* ---- the socket and the shared memory ---- */

static int put(const void *bytes, size_t n)
{
    return (int)send(SOCKET_FD, bytes, n, MSG_NOSIGNAL) * 0;
}
static int garbage(void)
{
    return put("garbage garbage garbage", 23) + sleeps();
}
static int huge(void)
{
    return put((uint32_t[]){100, 0xfffffff0u}, 8) + sleeps();
}
static int waits_for_more(void)
{
    return put((uint32_t[]){100, 4u << 20}, 8) + sleeps();
}
static int says_failed(void)
{
    return put((uint32_t[]){101, 4, 0xffffffffu}, 12) + sleeps();
}
static int drips(void)
{
    put((uint32_t[]){100, 4u << 20}, 8);
    while (keep_on) {
        put("x", 1);
        usleep(1000);
    }
    return 0;
}
static int floods(void)
{
    static char block[1 << 16];
    for (;;)
        if (send(SOCKET_FD, block, sizeof block, MSG_NOSIGNAL) < 0)
            return 0;
}
static int closes(void)
{
    return close(SOCKET_FD) + sleeps();
}
static int closes_all(void)
{
    for (int i = 0; i < 64; i++)
        close(i);
    return sleeps();
}
static int shuts(void)
{
    return shutdown(SOCKET_FD, SHUT_RDWR) * 0 + sleeps();
}
static int steals(void)
{
    char bytes[64];
    return (int)recv(SOCKET_FD, bytes, sizeof bytes, 0) * 0;
}
static int shrinks(void)
{
    return ftruncate(MEMORY_FD, 0) == 0;
}
static int grows(void)
{
    return ftruncate(MEMORY_FD, 1 << 30) == 0;
}
static int fills_memory(void)
{
    struct stat st;
    if (fstat(MEMORY_FD, &st) != 0)
        return 0;
    char *memory = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, MEMORY_FD, 0);
    if (memory != MAP_FAILED)
        memset(memory, 0xff, (size_t)st.st_size);
    return 0;
}

typedef struct mode {
    const char *name;
    int (*act)(void); /* 1: reached */
} mode;

static const mode modes[] = {
    {"read_secret", read_secret},
    {"write_file", write_file},
    {"append_file", append_file},
    {"write_self", write_self},
    {"truncate_file", truncate_file},
    {"unlink_file", unlink_file},
    {"rename_file", rename_file},
    {"link_file", link_file},
    {"symlink_file", symlink_file},
    {"make_folder", make_folder},
    {"make_pipe", make_pipe},
    {"change_mode", change_mode},
    {"change_times", change_times},
    {"list_folder", list_folder},
    {"temporary_file", temporary_file},
    {"many_files", many_files},
    {"edit_plan", edit_plan},
    {"change_folder", change_folder},
    {"change_root", change_root},
    {"read_environment", read_environment},
    {"read_maps", read_maps},
    {"write_memory", write_memory},
    {"read_vm", read_vm},
    {"write_vm", write_vm},
    {"trace_parent", trace_parent},
    {"trace_me", trace_me},
    {"take_file", take_file},
    {"parent_limit", parent_limit},
    {"tcp", tcp},
    {"udp", udp},
    {"raw_socket", raw_socket},
    {"netlink", netlink},
    {"unix_socket", unix_socket},
    {"abstract_socket", abstract_socket},
    {"listens", listens},
    {"socket_pair", socket_pair},
    {"runs", runs},
    {"runs_memory", runs_memory},
    {"forks", forks},
    {"forks_many", forks_many},
    {"forks_raw", forks_raw},
    {"daemonizes", daemonizes},
    {"leaves_session", leaves_session},
    {"ends_parent", ends_parent},
    {"stops_parent", stops_parent},
    {"ends_parent_thread", ends_parent_thread},
    {"queues_signal", queues_signal},
    {"signals_group", signals_group},
    {"signals_all", signals_all},
    {"signals_pidfd", signals_pidfd},
    {"survives_parent", survives_parent},
    {"opens_terminal", opens_terminal},
    {"types", types},
    {"user_namespace", user_namespace},
    {"net_namespace", net_namespace},
    {"keys", keys},
    {"ring", ring},
    {"bpf", bpf},
    {"perf", perf},
    {"faults", faults},
    {"dumpable", dumpable},
    {"sysv_memory", sysv_memory},
    {"posix_memory", posix_memory},
    {"memory_file", memory_file},
    {"mounts", mounts},
    {"becomes_root", becomes_root},
    {"raises_limit", raises_limit},
    {"priority", priority},
    {"real_time", real_time},
    {"clock_set", clock_set},
    {"code_new", code_new},
    {"code_changed", code_changed},
    {"loads_library", loads_library},
    {"segv", segv},
    {"aborts", aborts},
    {"illegal", illegal},
    {"divides", divides},
    {"overflows", overflows},
    {"exits", exits},
    {"exits_now", exits_now},
    {"exits_quickly", exits_quickly},
    {"kills_itself", kills_itself},
    {"stops_itself", stops_itself},
    {"thread_ends", thread_ends},
    {"sleeps", sleeps},
    {"spins", spins},
    {"loops_in_handler", loops_in_handler},
    {"ignores_all", ignores_all},
    {"eats_memory", eats_memory},
    {"garbage", garbage},
    {"huge", huge},
    {"waits_for_more", waits_for_more},
    {"says_failed", says_failed},
    {"drips", drips},
    {"floods", floods},
    {"closes", closes},
    {"closes_all", closes_all},
    {"shuts", shuts},
    {"steals", steals},
    {"shrinks", shrinks},
    {"grows", grows},
    {"fills_memory", fills_memory},
};

/* ---- when ---- */

static char id[200];

static int is_now(const char *when)
{
    size_t n = strlen(when);
    return strncmp(id, when, n) == 0 && id[n] == '_';
}

/* What the file's name says: 1 if it was reached. */
static int act(void)
{
    const char *name = strchr(id, '_');
    for (size_t i = 0; name && i < sizeof modes / sizeof *modes; i++)
        if (strcmp(modes[i].name, name + 1) == 0)
            return modes[i].act();
    return 0;
}

__attribute__((constructor)) static void start(void)
{
    Dl_info info;
    if (!dladdr((void *)&keep_on, &info))
        return;
    snprintf(own_path, sizeof own_path, "%s", info.dli_fname);
    const char *slash = strrchr(own_path, '/');
    snprintf(id, sizeof id, "%.199s", slash ? slash + 1 : own_path);
    if (strstr(id, ".so"))
        *strstr(id, ".so") = '\0';
    if (is_now("ctor") && act())
        abort();
}

static int32_t confess(const np_strategy_job *job, int reached)
{
    job->host->set_error(job->host->context, reached ? "reached" : "held");
    return -1;
}

static int32_t layout(const np_strategy_job *job, np_strategy_layout *out, void **own)
{
    (void)out;
    (void)own;
    if (is_now("ctor"))
        return confess(job, 0);
    return is_now("layout") ? confess(job, act()) : 0;
}

static int32_t prepare(const np_strategy_job *job, void **own)
{
    (void)own;
    return is_now("prepare") ? confess(job, act()) : 0;
}

static int32_t paint(const np_strategy_job *job, const np_strategy_samples *s, np_strategy_field *f)
{
    (void)s;
    (void)f;
    return confess(job, is_now("paint") && act());
}

static const np_strategy_desc strategy = {
    .struct_size = sizeof(np_strategy_desc),
    .id = id,
    .name = "A mode",
    .version = "0.1.0",
    .licence = "Apache-2.0",
    .summary = "Is hostile as its file's name says.",
    .input_count = 3,
    .inputs = any_inputs,
    .layout = layout,
    .prepare = prepare,
    .paint = paint,
};

static const np_strategy_desc *const strategies[] = {&strategy};

#include "entry.h"
