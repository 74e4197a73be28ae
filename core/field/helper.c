/* A helper's life as the planner sees it: started in a session of its own, watched by a clock in everything that passes between the
 * two, and ended with all that it started.  It is spawned with little of the environment and, of the planner's files, a socket and the
 * shared memory alone, not forked from a planner with threads.  Nothing here waits for the helper without looking round: what runs in it may drip
 * bytes, stop reading, or leave a child that holds the socket. */
#include "field/private/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/program.h"

#define TICK_MS 20          /* between looks at time, memory and progress */
#define CANCEL_GRACE_S 0.06 /* for a cancelled strategy to return by itself */
#define END_GRACE_S 0.5     /* for a helper to leave when its socket closes */
#define DEATH_GRACE_S 5.0   /* for one that closed its socket itself: on a busy machine dying takes time */

struct field_helper {
    pid_t pid; /* and its session and process group; 0 once it is gone */
    int socket;
    bool frozen;
    double closed_s; /* when our end of the socket was closed */
    field_shared *shared;
    double timeout_s;
    long memory_mb;
    field_message reply;
    char epitaph[256]; /* why it is gone */
};

/* ---- starting ---- */

static _Atomic bool weaker_sandbox;

void field_helper_allow_weaker_sandbox(bool allowed)
{
    atomic_store(&weaker_sandbox, allowed);
}

static np_status make_shared(field_helper *helper, int *out_fd, np_error *err)
{
    *out_fd = memfd_create("needlepath-field", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (*out_fd < 0 || ftruncate(*out_fd, sizeof(field_shared)) != 0 ||
        fcntl(*out_fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
        return np_error_set(err, NP_ERR_IO, "cannot make memory to share with a strategy: %s", strerror(errno));
    void *memory = mmap(NULL, sizeof(field_shared), PROT_READ | PROT_WRITE, MAP_SHARED, *out_fd, 0);
    if (memory == MAP_FAILED)
        return np_error_set(err, NP_ERR_IO, "cannot map memory to share with a strategy: %s", strerror(errno));
    helper->shared = memory;
    return NP_OK;
}

#ifdef NP_SANITIZED
/* The helper under a sanitizer: leave signals alone, so that a crash looks as it does without one, and don't
 * look for leaks in a process that is meant to be cut down. */
static char *sanitizer_setting(const char *name)
{
    const char *value = getenv(name);
    char *setting;
    if (asprintf(&setting,
                 "%s=%s%sdetect_leaks=0:handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:"
                 "handle_abort=0:allocator_may_return_null=1:atexit_sleep_ms=0",
                 name, value ? value : "", value && value[0] ? ":" : "") < 0)
        return NULL;
    return setting;
}
#endif

/* A plugin sees little of the user's environment: what finds its libraries, and the number of threads. */
static char **make_environment(void)
{
    static const char *const kept[] = {"LD_LIBRARY_PATH", "OMP_NUM_THREADS", "UBSAN_OPTIONS"};
    char **list = calloc(8, sizeof *list);
    size_t n = 0;
    if (!list)
        return NULL;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        const char *value = getenv(kept[i]);
        if (value && asprintf(&list[n++], "%s=%s", kept[i], value) < 0)
            list[--n] = NULL;
    }
    /* threads that wait must not take the processor from the planner's */
    list[n++] = strdup("OMP_WAIT_POLICY=passive");
#ifdef NP_SANITIZED
    list[n++] = sanitizer_setting("ASAN_OPTIONS");
    list[n++] = sanitizer_setting("TSAN_OPTIONS");
#endif
    return list;
}

static void free_environment(char **list)
{
    for (size_t i = 0; list && list[i]; i++)
        free(list[i]);
    free(list);
}

static int set_files(posix_spawn_file_actions_t *actions, int socket, int memory)
{
    int code = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
    if (!code)
        code = posix_spawn_file_actions_addopen(actions, 1, "/dev/null", O_WRONLY, 0);
#ifndef NP_SANITIZED
    if (!code)
        code = posix_spawn_file_actions_addopen(actions, 2, "/dev/null", O_WRONLY, 0);
#endif
    if (!code)
        code = posix_spawn_file_actions_adddup2(actions, socket, FIELD_HELPER_SOCKET_FD);
    if (!code)
        code = posix_spawn_file_actions_adddup2(actions, memory, FIELD_HELPER_MEMORY_FD);
    return code;
}

/* In a session of its own: no terminal to type into, no Ctrl-C meant for the planner, and one group to end. */
static int spawn_in_session(pid_t *out_pid, const char *program, const posix_spawn_file_actions_t *actions,
                            char **environment)
{
    posix_spawnattr_t attributes;
    char parent[32];
    snprintf(parent, sizeof parent, "%ld", (long)getpid());
    char *arguments[] = {(char *)program, parent, atomic_load(&weaker_sandbox) ? FIELD_HELPER_WEAKER : NULL, NULL};
    int code = posix_spawnattr_init(&attributes);
    if (code)
        return code;
    code = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    if (!code)
        code = posix_spawn(out_pid, program, actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    return code;
}

static np_status spawn(field_helper *helper, const char *program, int socket, int memory, np_error *err)
{
    posix_spawn_file_actions_t actions;
    char **environment = make_environment();
    int code = environment ? posix_spawn_file_actions_init(&actions) : ENOMEM;
    if (!code) {
        code = set_files(&actions, socket, memory);
        if (!code)
            code = spawn_in_session(&helper->pid, program, &actions, environment);
        posix_spawn_file_actions_destroy(&actions);
    }
    free_environment(environment);
    if (code) {
        helper->pid = 0;
        return np_error_set(err, NP_ERR_IO, "%s: cannot start the helper: %s", program, strerror(code));
    }
    return NP_OK;
}

/* The ends of a file descriptor pair must lie above those that the helper's own are put on. */
static int move_up(int fd)
{
    int moved = fcntl(fd, F_DUPFD_CLOEXEC, FIELD_HELPER_MEMORY_FD + 1);
    int code = errno;
    close(fd);
    errno = code;
    return moved;
}

static np_status start(field_helper *helper, const char *program, np_error *err)
{
    int pair[2] = {-1, -1}, memory = -1;
    np_status status = make_shared(helper, &memory, err);
    if (status != NP_OK)
        goto done;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        pair[0] = pair[1] = -1;
        status = np_error_set(err, NP_ERR_IO, "cannot make a socket for a strategy: %s", strerror(errno));
        goto done;
    }
    pair[1] = move_up(pair[1]);
    memory = move_up(memory);
    if (pair[1] < 0 || memory < 0) {
        status = np_error_set(err, NP_ERR_IO, "cannot make a socket for a strategy: %s", strerror(errno));
        goto done;
    }
    status = spawn(helper, program, pair[1], memory, err);
    if (status == NP_OK) {
        helper->socket = pair[0];
        pair[0] = -1;
    }
done:
    if (pair[0] >= 0)
        close(pair[0]);
    if (pair[1] >= 0)
        close(pair[1]);
    if (memory >= 0)
        close(memory);
    return status;
}

/* A number from the environment, if it is there and in its range. */
static double setting(const char *name, double min, double max, double otherwise)
{
    const char *text = getenv(name);
    double value = text ? strtod(text, NULL) : min - 1;
    return value >= min && value <= max ? value : otherwise;
}

np_status field_helper_create(const char *name, field_helper **out_helper, np_error *err)
{
    *out_helper = NULL;
    char *program = NULL;
    np_status status = np_program_helper(name, &program, err);
    if (status != NP_OK)
        return status;
    field_helper *helper = calloc(1, sizeof *helper);
    if (!helper) {
        free(program);
        return np_error_no_memory(err, "a helper process");
    }
    helper->socket = -1;
    helper->timeout_s = setting("NEEDLEPATH_PLUGIN_TIMEOUT_S", 0.1, 3600, FIELD_HELPER_TIMEOUT_S);
    helper->memory_mb = (long)setting("NEEDLEPATH_PLUGIN_MEMORY_MB", 64, 65536, FIELD_HELPER_MEMORY_MB);
    status = start(helper, program, err);
    free(program);
    if (status == NP_OK)
        *out_helper = helper;
    else
        field_helper_destroy(helper);
    return status;
}

/* ---- resting ---- */

/* A helper that owes no answer stands still, with all its threads: whatever they were about, the processor and the shared memory are the
 * planner's until the next question. */
static void freeze(field_helper *helper, bool frozen)
{
    if (helper->pid > 0 && helper->frozen != frozen)
        kill(-helper->pid, frozen ? SIGSTOP : SIGCONT);
    helper->frozen = frozen;
}

/* ---- ending ---- */

/* Whether the helper has ended; it stays a zombie, so that its number and its group's are still its own. */
static bool has_ended(const field_helper *helper)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)helper->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == helper->pid;
}

/* Waits until DEADLINE_S for the helper to end by itself, then ends it and all of its group.  Whether it went by itself; the way it
 * went goes to *out_state. */
static bool reap(field_helper *helper, double deadline_s, int *out_state, struct rusage *out_usage)
{
    struct timespec pause = {0, 1000000};
    bool by_itself;
    while (!(by_itself = has_ended(helper)) && np_clock_s() < deadline_s)
        nanosleep(&pause, NULL);
    kill(-helper->pid, SIGKILL);
    *out_state = 0;
    while (wait4(helper->pid, out_state, 0, out_usage) < 0 && errno == EINTR)
        continue;
    helper->pid = 0;
    return by_itself;
}

void field_helper_close(field_helper *helper)
{
    if (!helper || helper->socket < 0)
        return;
    freeze(helper, false);
    close(helper->socket);
    helper->socket = -1;
    helper->closed_s = np_clock_s();
}

static void end(field_helper *helper, double deadline_s)
{
    int state;
    struct rusage usage;
    field_helper_close(helper);
    if (helper->pid > 0)
        (void)reap(helper, deadline_s, &state, &usage);
}

void field_helper_destroy(field_helper *helper)
{
    if (!helper)
        return;
    field_helper_close(helper);
    end(helper, helper->closed_s + END_GRACE_S);
    if (helper->shared)
        munmap(helper->shared, sizeof(field_shared));
    field_message_fini(&helper->reply);
    free(helper);
}

field_shared *field_helper_shared(field_helper *helper)
{
    return helper->shared;
}

static np_status gone(const field_helper *helper, np_error *err)
{
    return np_error_set(err, NP_ERR_PLUGIN, "%s", helper->epitaph);
}

/* Ends the helper at once, and keeps WHY for this error and all later ones. */
static np_status put_down(field_helper *helper, const char *doing, const char *why, np_error *err)
{
    end(helper, 0);
    snprintf(helper->epitaph, sizeof helper->epitaph, "%s while %s", why, doing);
    return gone(helper, err);
}

void field_helper_abandon(field_helper *helper)
{
    if (helper && helper->pid > 0)
        (void)put_down(helper, "working",
                       "was stopped, since another layer's strategy failed or the user asked for it,", NULL);
}

/* How a process that ended in STATE says that it ended. */
static void describe_end(const field_helper *helper, int state, const struct rusage *usage, char *out, size_t size)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};
    if (!WIFSIGNALED(state)) {
        snprintf(out, size, "ended its process (exit status %d)", WEXITSTATUS(state));
        return;
    }
    int number = WTERMSIG(state);
    const char *name = sigabbrev_np(number), *text = sigdescr_np(number), *how = "was ended by a signal";
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        if (number == faults[i])
            how = "crashed";
    if (usage->ru_maxrss / 1024 > helper->memory_mb * 9 / 10)
        snprintf(out, size, "ran out of memory (%ld MB are allowed)", helper->memory_mb);
    else if (number == SIGXCPU)
        snprintf(out, size, "used up its processor time (%d s are allowed)", FIELD_HELPER_CPU_S);
    else if (number == SIGXFSZ)
        snprintf(out, size, "wrote a file of more than %d kB and was stopped", FIELD_HELPER_FILE_BYTES / 1024);
    else if (name)
        snprintf(out, size, "%s (SIG%s: %s)", how, name, text);
    else
        snprintf(out, size, "%s (signal %d)", how, number);
}

/* Its end of the socket is closed, or it is dead. */
static np_status went_by_itself(field_helper *helper, const char *doing, np_error *err)
{
    int state = 0;
    struct rusage usage = {0};
    char why[160];
    if (!reap(helper, np_clock_s() + DEATH_GRACE_S, &state, &usage))
        snprintf(why, sizeof why, "closed its connection to the planner and was stopped");
    else
        describe_end(helper, state, &usage, why, sizeof why);
    field_helper_close(helper);
    snprintf(helper->epitaph, sizeof helper->epitaph, "%s while %s", why, doing);
    return gone(helper, err);
}

/* ---- talking ---- */

static long resident_mb(pid_t pid)
{
    char path[48];
    long pages = 0;
    snprintf(path, sizeof path, "/proc/%ld/statm", (long)pid);
    FILE *f = fopen(path, "re");
    if (!f)
        return 0;
    if (fscanf(f, "%*d %ld", &pages) != 1)
        pages = 0;
    fclose(f);
    return pages / (1048576 / sysconf(_SC_PAGESIZE));
}

/* One question's clock. */
typedef struct helper_wait {
    const char *doing;
    const np_progress *progress;
    double deadline_s, next_look_s;
    bool cancelled;
} helper_wait;

static helper_wait begin_wait(const field_helper *helper, const char *doing, const np_progress *progress)
{
    return (helper_wait){doing, progress, np_clock_s() + helper->timeout_s, 0, false};
}

/* A look at the clock, the memory and the user's wish. */
static np_status look(field_helper *helper, helper_wait *wait, np_error *err)
{
    char why[160];
    if (np_clock_s() >= wait->deadline_s) {
        snprintf(why, sizeof why, "gave no answer within %g s and was stopped", helper->timeout_s);
        put_down(helper, wait->doing, why, err);
        return wait->cancelled ? np_error_set(err, NP_ERR_STOPPED, "stopped while %s", wait->doing) : NP_ERR_PLUGIN;
    }
    if (resident_mb(helper->pid) > helper->memory_mb) {
        snprintf(why, sizeof why, "took more than %ld MB of memory and was stopped", helper->memory_mb);
        return put_down(helper, wait->doing, why, err);
    }
    double fraction = 1e-6 * (double)atomic_load(&helper->shared->progress_ppm);
    if (!wait->cancelled && !np_progress_step(wait->progress, wait->doing, fraction)) {
        wait->cancelled = true;
        atomic_store(&helper->shared->cancel, 1);
        wait->deadline_s = np_clock_s() + CANCEL_GRACE_S;
    }
    return NP_OK;
}

/* Waits for EVENTS on the socket for a tick at most, looking round every tick, whether bytes flow or not; *OUT_READY says whether
 * they came. */
static np_status await(field_helper *helper, helper_wait *wait, short events, bool *out_ready, np_error *err)
{
    *out_ready = false;
    if (np_clock_s() >= wait->next_look_s) {
        wait->next_look_s = np_clock_s() + TICK_MS / 1000.0;
        np_status status = look(helper, wait, err);
        if (status != NP_OK)
            return status;
    }
    struct pollfd ready = {.fd = helper->socket, .events = events};
    int n = poll(&ready, 1, TICK_MS);
    *out_ready = n > 0;
    if (n == 0 && has_ended(helper)) /* a child of it may still hold the other end */
        return went_by_itself(helper, wait->doing, err);
    if (n < 0)
        wait->next_look_s = 0; /* a signal: perhaps the user's */
    return NP_OK;
}

/* SIZE bytes from the helper. */
static np_status receive(field_helper *helper, helper_wait *wait, void *bytes, size_t size, np_error *err)
{
    uint8_t *p = bytes;
    while (size > 0) {
        bool ready;
        np_status status = await(helper, wait, POLLIN, &ready, err);
        if (status != NP_OK)
            return status;
        ssize_t got = ready ? recv(helper->socket, p, size, MSG_DONTWAIT) : -1;
        if (got < 0 && (!ready || errno == EINTR || errno == EAGAIN))
            continue;
        if (got <= 0)
            return went_by_itself(helper, wait->doing, err);
        p += got;
        size -= (size_t)got;
    }
    return NP_OK;
}

/* SIZE bytes to the helper.  One that died meanwhile is found out, with its reason, by the wait that follows. */
static np_status put(field_helper *helper, helper_wait *wait, const void *bytes, size_t size, np_error *err)
{
    const uint8_t *p = bytes;
    while (size > 0) {
        bool ready;
        np_status status = await(helper, wait, POLLOUT, &ready, err);
        if (status != NP_OK)
            return status;
        ssize_t sent = ready ? send(helper->socket, p, size, MSG_NOSIGNAL | MSG_DONTWAIT) : -1;
        if (sent < 0 && ready && errno != EINTR && errno != EAGAIN)
            return NP_OK;
        p += sent > 0 ? sent : 0;
        size -= sent > 0 ? (size_t)sent : 0;
    }
    return NP_OK;
}

np_status field_helper_send(field_helper *helper, const char *doing, const field_message *request,
                            const np_progress *progress, np_error *err)
{
    if (helper->pid == 0)
        return gone(helper, err);
    if (request->failed)
        return np_error_no_memory(err, "a message to a strategy");
    helper_wait wait = begin_wait(helper, doing, progress);
    freeze(helper, false);
    field_message_header header = {request->kind, (uint32_t)request->size};
    np_status status = put(helper, &wait, &header, sizeof header, err);
    if (status == NP_OK)
        status = put(helper, &wait, request->data, request->size, err);
    if (status == NP_OK && wait.cancelled) {
        field_helper_abandon(helper);
        status = np_error_set(err, NP_ERR_STOPPED, "stopped while %s", doing);
    }
    return status;
}

/* One whole answer into helper->reply. */
static np_status receive_answer(field_helper *helper, helper_wait *wait, np_error *err)
{
    field_message_header header;
    np_status status = receive(helper, wait, &header, sizeof header, err);
    if (status != NP_OK)
        return status;
    field_message_begin(&helper->reply, header.kind);
    bool known = (header.kind == FIELD_MESSAGE_DONE || header.kind == FIELD_MESSAGE_FAILED) &&
                 header.size <= FIELD_MESSAGE_MAX_ANSWER_BYTES;
    uint8_t *body = known ? field_message_reserve(&helper->reply, header.size) : NULL;
    if (!body)
        return put_down(helper, wait->doing, "sent an answer that cannot be read and was stopped", err);
    return receive(helper, wait, body, header.size, err);
}

np_status field_helper_wait(field_helper *helper, const char *doing, const np_progress *progress,
                            field_message **out_reply, np_error *err)
{
    *out_reply = NULL;
    if (helper->pid == 0)
        return gone(helper, err);
    helper_wait wait = begin_wait(helper, doing, progress);
    np_status status = receive_answer(helper, &wait, err);
    if (status != NP_OK)
        return status;
    freeze(helper, true);
    if (wait.cancelled) {
        atomic_store(&helper->shared->cancel, 0);
        return np_error_set(err, NP_ERR_STOPPED, "stopped while %s", doing);
    }
    if (helper->reply.kind == FIELD_MESSAGE_FAILED) {
        char *text = field_message_get_text(&helper->reply);
        np_error_set(err, NP_ERR_PLUGIN, "%s", text ? text : "failed and did not say why");
        free(text);
        return NP_ERR_PLUGIN;
    }
    *out_reply = &helper->reply;
    return NP_OK;
}

np_status field_helper_call(field_helper *helper, const char *doing, const field_message *request,
                            const np_progress *progress, field_message **out_reply, np_error *err)
{
    *out_reply = NULL;
    np_status status = field_helper_send(helper, doing, request, progress, err);
    return status == NP_OK ? field_helper_wait(helper, doing, progress, out_reply, err) : status;
}

bool field_helper_is_there(const field_helper *helper)
{
    return helper && helper->pid > 0;
}

int field_helper_threads(const field_helper *helper)
{
    char path[48];
    int n = 0;
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)helper->pid);
    FILE *f = helper->pid > 0 ? fopen(path, "re") : NULL;
    /* the name may hold anything but this: it is one of ours, cut to 15 letters */
    if (f && fscanf(f, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %d", &n) != 1)
        n = 0;
    if (f)
        fclose(f);
    return n;
}

double field_helper_timeout_s(const field_helper *helper)
{
    return helper->timeout_s;
}
