/* A helper's life as the planner sees it: started in a session of its own, watched by a clock in everything that passes between the
 * two, and ended with all that it started. */
#include "sandbox/helper.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
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
#include "base/plain.h"
#include "base/program.h"
#include "sandbox/limits.h"
#include "sandbox/private/helper.h"

#define TICK_MS 20          /* between looks at time, memory and progress */
#define CANCEL_GRACE_S 0.06 /* for what was asked to stop to return by itself */
#define END_GRACE_S 0.5     /* for a helper to leave when its socket closes */
#define DEATH_GRACE_S 5.0   /* for one that closed its socket itself: on a busy machine dying takes time */

np_status np_helper_setting(const char *name, double min, double max, double *in_out_value, np_error *err)
{
    const char *text = getenv(name);
    char *end, plain[48];
    if (!text)
        return NP_OK;
    double value = strtod(text, &end);
    if (end == text || *end || !(value >= min && value <= max))
        return np_error_set(err, NP_ERR_USAGE,
                            "the environment variable %s is '%s': expected a number, %g to %g; correct it, or unset it",
                            name, np_plain_copy(text, plain, sizeof plain), min, max);
    *in_out_value = value;
    return NP_OK;
}

np_status np_helper_create(const np_helper_setup *setup, np_helper **out_helper, np_error *err)
{
    *out_helper = NULL;
    char *program = NULL;
    np_status status = np_program_helper(setup->program, &program, err);
    if (status != NP_OK)
        return status;
    np_helper *helper = calloc(1, sizeof *helper);
    if (!helper) {
        free(program);
        return np_error_no_memory(err, "a helper process");
    }
    helper->socket = -1;
    helper->timeout_s = setup->timeout_s;
    helper->memory_mb = setup->memory_mb;
    helper->shared_bytes = setup->shared_bytes;
    status = sandbox_start(helper, program, setup->whom, err);
    free(program);
    if (status == NP_OK)
        *out_helper = helper;
    else
        np_helper_destroy(helper);
    return status;
}

void np_helper_set_flags(np_helper *helper, _Atomic uint32_t *progress_ppm, _Atomic uint32_t *cancel)
{
    helper->progress_ppm = progress_ppm;
    helper->cancel = cancel;
}

/* ---- resting ---- */

void np_helper_freeze(np_helper *helper, bool frozen)
{
    if (helper->pid > 0 && helper->frozen != frozen)
        kill(-helper->pid, frozen ? SIGSTOP : SIGCONT);
    helper->frozen = frozen;
}

/* ---- ending ---- */

/* Whether the helper has ended; it stays a zombie, so that its number and its group's are still its own. */
static bool has_ended(const np_helper *helper)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)helper->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == helper->pid;
}

/* Waits until DEADLINE_S for the helper to end by itself, then ends it and all of its group.  Whether it went by itself; the way it
 * went goes to *out_state. */
static bool reap(np_helper *helper, double deadline_s, int *out_state, struct rusage *out_usage)
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

void np_helper_close(np_helper *helper)
{
    if (!helper || helper->socket < 0)
        return;
    np_helper_freeze(helper, false);
    close(helper->socket);
    helper->socket = -1;
    helper->closed_s = np_clock_s();
}

static void end(np_helper *helper, double deadline_s)
{
    int state;
    struct rusage usage;
    np_helper_close(helper);
    if (helper->pid > 0)
        (void)reap(helper, deadline_s, &state, &usage);
}

void np_helper_destroy(np_helper *helper)
{
    if (!helper)
        return;
    np_helper_close(helper);
    end(helper, helper->closed_s + END_GRACE_S);
    if (helper->shared)
        munmap(helper->shared, helper->shared_bytes);
    free(helper);
}

np_status np_helper_gone(const np_helper *helper, np_error *err)
{
    return np_error_set(err, NP_ERR_PLUGIN, "%s", helper->epitaph);
}

np_status np_helper_put_down(np_helper *helper, const char *doing, const char *why, np_error *err)
{
    end(helper, 0);
    snprintf(helper->epitaph, sizeof helper->epitaph, "%s while %s", why, doing);
    return np_helper_gone(helper, err);
}

/* How a process that ended in STATE says that it ended. */
static void describe_end(const np_helper *helper, int state, const struct rusage *usage, char *out, size_t size)
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
    else if (number == SIGXCPU && usage->ru_utime.tv_sec + usage->ru_stime.tv_sec >= NP_HELPER_CPU_S - 1)
        snprintf(out, size, "used up its processor time (%d s are allowed)", NP_HELPER_CPU_S);
    else if (number == SIGXFSZ)
        snprintf(out, size, "wrote a file of more than %d kB and was stopped", NP_HELPER_FILE_BYTES / 1024);
    else if (name)
        snprintf(out, size, "%s (SIG%s: %s)", how, name, text);
    else
        snprintf(out, size, "%s (signal %d)", how, number);
}

/* Its end of the socket is closed, or it is dead. */
static np_status went_by_itself(np_helper *helper, const char *doing, np_error *err)
{
    int state = 0;
    struct rusage usage = {0};
    char why[160];
    if (!reap(helper, np_clock_s() + DEATH_GRACE_S, &state, &usage))
        snprintf(why, sizeof why, "closed its connection to the planner and was stopped");
    else
        describe_end(helper, state, &usage, why, sizeof why);
    np_helper_close(helper);
    snprintf(helper->epitaph, sizeof helper->epitaph, "%s while %s", why, doing);
    return np_helper_gone(helper, err);
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

np_helper_watch np_helper_begin(const np_helper *helper, const char *doing, const np_progress *progress)
{
    return (np_helper_watch){doing, progress, np_clock_s() + helper->timeout_s, 0, false};
}

static np_status stopped(const np_helper_watch *watch, np_error *err)
{
    return np_error_set(err, NP_ERR_STOPPED, "stopped while %s", watch->doing);
}

/* The user does not want it any more. */
static np_status cancel(np_helper *helper, np_helper_watch *watch, np_error *err)
{
    watch->cancelled = true;
    if (!helper->cancel) {
        np_helper_put_down(helper, watch->doing, "was stopped", err);
        return stopped(watch, err);
    }
    atomic_store(helper->cancel, 1);
    watch->deadline_s = np_clock_s() + CANCEL_GRACE_S;
    return NP_OK;
}

/* A look at the clock, the memory and the user's wish. */
static np_status look(np_helper *helper, np_helper_watch *watch, np_error *err)
{
    char why[160];
    if (np_clock_s() >= watch->deadline_s) {
        snprintf(why, sizeof why, "gave no answer within %g s and was stopped", helper->timeout_s);
        np_helper_put_down(helper, watch->doing, why, err);
        return watch->cancelled ? stopped(watch, err) : NP_ERR_PLUGIN;
    }
    if (resident_mb(helper->pid) > helper->memory_mb) {
        snprintf(why, sizeof why, "took more than %ld MB of memory and was stopped", helper->memory_mb);
        return np_helper_put_down(helper, watch->doing, why, err);
    }
    double fraction = helper->progress_ppm ? 1e-6 * (double)atomic_load(helper->progress_ppm) : 0;
    if (!watch->cancelled && !np_progress_step(watch->progress, watch->doing, fraction))
        return cancel(helper, watch, err);
    return NP_OK;
}

/* Waits for EVENTS on the socket for a tick at most, looking round every tick, whether bytes flow or not; *OUT_READY says whether
 * they came. */
static np_status await(np_helper *helper, np_helper_watch *watch, short events, bool *out_ready, np_error *err)
{
    *out_ready = false;
    if (np_clock_s() >= watch->next_look_s) {
        watch->next_look_s = np_clock_s() + TICK_MS / 1000.0;
        np_status status = look(helper, watch, err);
        if (status != NP_OK)
            return status;
    }
    struct pollfd ready = {.fd = helper->socket, .events = events};
    int n = poll(&ready, 1, TICK_MS);
    if (n == 0 && has_ended(helper)) { /* a child of it may still hold the other end */
        n = poll(&ready, 1, 0);        /* what it sent between that wait and its end is still there */
        if (n == 0)
            return went_by_itself(helper, watch->doing, err);
    }
    *out_ready = n > 0;
    if (n < 0)
        watch->next_look_s = 0; /* a signal: perhaps the user's */
    return NP_OK;
}

np_status np_helper_receive(np_helper *helper, np_helper_watch *watch, void *bytes, size_t size, np_error *err)
{
    uint8_t *p = bytes;
    while (size > 0) {
        bool ready;
        np_status status = await(helper, watch, POLLIN, &ready, err);
        if (status != NP_OK)
            return status;
        ssize_t got = ready ? recv(helper->socket, p, size, MSG_DONTWAIT) : -1;
        if (got < 0 && (!ready || errno == EINTR || errno == EAGAIN))
            continue;
        if (got <= 0)
            return went_by_itself(helper, watch->doing, err);
        p += got;
        size -= (size_t)got;
    }
    return NP_OK;
}

/* As send(2), with FILE unless it is -1. */
static ssize_t send_some(int socket, const void *bytes, size_t size, int file)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec part = {(void *)(uintptr_t)bytes, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (file >= 0) {
        control.header =
            (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof file), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(&control.header), &file, sizeof file);
        message.msg_control = control.room;
        message.msg_controllen = sizeof control.room;
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

np_status np_helper_put(np_helper *helper, np_helper_watch *watch, const void *bytes, size_t size, int file,
                        np_error *err)
{
    const uint8_t *p = bytes;
    while (size > 0) {
        bool ready;
        np_status status = await(helper, watch, POLLOUT, &ready, err);
        if (status != NP_OK)
            return status;
        ssize_t sent = ready ? send_some(helper->socket, p, size, file) : -1;
        if (sent < 0 && ready && errno != EINTR && errno != EAGAIN)
            return NP_OK;
        p += sent > 0 ? sent : 0;
        size -= sent > 0 ? (size_t)sent : 0;
        file = sent > 0 ? -1 : file;
    }
    return NP_OK;
}

void *np_helper_shared(np_helper *helper)
{
    return helper->shared;
}

bool np_helper_is_there(const np_helper *helper)
{
    return helper && helper->pid > 0;
}

int np_helper_threads(const np_helper *helper)
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

double np_helper_timeout_s(const np_helper *helper)
{
    return helper->timeout_s;
}

/* ---- whole messages ---- */

np_status np_helper_put_message(np_helper *helper, np_helper_watch *watch, const np_message *message, np_error *err)
{
    if (message->failed)
        return np_error_no_memory(err, "a message to a helper process");
    np_message_header header = {message->kind, (uint32_t)message->size};
    np_status status = np_helper_put(helper, watch, &header, sizeof header, -1, err);
    return status == NP_OK ? np_helper_put(helper, watch, message->data, message->size, -1, err) : status;
}

np_status np_helper_misanswered(np_helper *helper, const np_helper_watch *watch, np_error *err)
{
    return np_helper_put_down(helper, watch->doing, "sent an answer that cannot be read and was stopped", err);
}

np_status np_helper_receive_message(np_helper *helper, np_helper_watch *watch, size_t max_bytes,
                                    np_message *in_out_message, np_error *err)
{
    np_message_header header;
    np_status status = np_helper_receive(helper, watch, &header, sizeof header, err);
    if (status != NP_OK)
        return status;
    np_message_begin(in_out_message, header.kind);
    if (header.size > max_bytes)
        return np_helper_misanswered(helper, watch, err);
    uint8_t *body = np_message_reserve(in_out_message, header.size);
    return body ? np_helper_receive(helper, watch, body, header.size, err) : np_error_no_memory(err, "a message");
}
