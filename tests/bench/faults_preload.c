/* What befalls a program's files and clock, for rounds.py: loaded into a program by LD_PRELOAD, it counts its writes and syncs of some
 * files and lets things happen at one of them, so that a round is played again by its numbers and not by luck with time.
 *
 *   ROUNDS_FOLDER   folder of the files, ended by no slash
 *   ROUNDS_FILES    their names below it, separated by colons
 *   ROUNDS_FAULT    what happens at which call, separated by commas:
 *     kill@N        SIGKILL before the call        tear@N     SIGKILL behind half of its bytes
 *     stop@N        SIGINT before the call         snap@N     all files are copied to FOLDER/snap
 *     full@N:M      writes fail with ENOSPC, from call N on, M of them
 *     jump@N:MS     all clocks show so many milliseconds more (less: negative) from then on
 *
 *   ROUNDS_SLOW_US  how long each sync takes, as disks do: else a session is over before its first outcome is told
 *
 * Whenever a file is synced it is copied to FOLDER/synced: what a power cut leaves for certain. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static _Atomic long calls;
static _Atomic long long ahead_ms;

/* The C library's own function of that name, into the function pointer at OUT_FUNCTION. */
static void load(const char *name, void *out_function)
{
    void *f = dlsym(RTLD_NEXT, name);
    if (!f)
        abort();
    memcpy(out_function, &f, sizeof f);
}

/* FOLDER/INTO/NAME, with the slashes of NAME as %. */
static void name_in(const char *into, const char *name, char *out_path, size_t room)
{
    int n = snprintf(out_path, room, "%s/%s/", getenv("ROUNDS_FOLDER"), into);
    snprintf(out_path + n, room - (size_t)n, "%s", name);
    for (char *p = out_path + n; *p; p++)
        *p = *p == '/' ? '%' : *p;
}

static void copy_to(const char *into, const char *name)
{
    ssize_t (*put)(int, const void *, size_t);
    char from[600], to[600], bytes[8192];
    load("write", &put);
    snprintf(from, sizeof from, "%s/%s", getenv("ROUNDS_FOLDER"), name);
    name_in(into, name, to, sizeof to);
    int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ssize_t n;
    while (in >= 0 && out >= 0 && (n = read(in, bytes, sizeof bytes)) > 0)
        if (put(out, bytes, (size_t)n) != n)
            abort();
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    if (in < 0)
        unlink(to);
}

/* Calls DO_IT with each of the files until it says true. */
static bool any_file(bool (*do_it)(const char *name, const void *with), const void *with)
{
    const char *list = getenv("ROUNDS_FILES");
    char name[200];
    for (size_t n; list && *list; list += n + (list[n] == ':')) {
        n = strcspn(list, ":");
        snprintf(name, sizeof name, "%.*s", (int)n, list);
        if (do_it(name, with))
            return true;
    }
    return false;
}

static bool is_name(const char *name, const void *path)
{
    return strcmp(name, path) == 0;
}

static bool snap(const char *name, const void *nothing)
{
    (void)nothing;
    copy_to("snap", name);
    return false;
}

/* The watched file's name below the folder. */
static bool watched(int file, char *out_name, size_t room)
{
    const char *folder = getenv("ROUNDS_FOLDER");
    char link[64], path[600];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t n = folder ? readlink(link, path, sizeof path - 1) : -1;
    if (n < 0)
        return false;
    path[n] = '\0';
    size_t skip = strlen(folder);
    if (strncmp(path, folder, skip) != 0 || path[skip] != '/')
        return false;
    snprintf(out_name, room, "%s", path + skip + 1);
    return any_file(is_name, out_name);
}

/* Counts a call, and does what is to happen at it.  True: a write fails. */
static bool strike(bool is_write, bool *out_tear)
{
    long now = ++calls, at;
    long long with;
    char kind[8];
    bool full = false;
    *out_tear = false;
    for (const char *f = getenv("ROUNDS_FAULT"); f && *f; f = strchr(f, ',') ? strchr(f, ',') + 1 : NULL) {
        with = 0;
        if (sscanf(f, "%7[a-z]@%ld:%lld", kind, &at, &with) < 2)
            abort();
        full |= is_write && strcmp(kind, "full") == 0 && now >= at && now < at + with;
        if (now != at)
            continue;
        *out_tear |= strcmp(kind, "tear") == 0;
        if (strcmp(kind, "kill") == 0 || (*out_tear && !is_write))
            kill(getpid(), SIGKILL);
        else if (strcmp(kind, "stop") == 0)
            kill(getpid(), SIGINT);
        else if (strcmp(kind, "snap") == 0)
            any_file(snap, NULL);
        else if (strcmp(kind, "jump") == 0)
            ahead_ms += with;
    }
    return full;
}

static ssize_t write_at(int file, const void *bytes, size_t size, off_t offset, bool has_offset)
{
    ssize_t (*put)(int, const void *, size_t), (*put_at)(int, const void *, size_t, off_t);
    char name[200];
    bool tear = false;
    load("write", &put);
    load("pwrite", &put_at);
    if (watched(file, name, sizeof name) && strike(true, &tear)) {
        errno = ENOSPC;
        return -1;
    }
    size_t n = tear ? size / 2 : size;
    ssize_t done = has_offset ? put_at(file, bytes, n, offset) : put(file, bytes, n);
    if (tear)
        kill(getpid(), SIGKILL);
    return done;
}

ssize_t write(int file, const void *bytes, size_t size)
{
    return write_at(file, bytes, size, 0, false);
}

ssize_t pwrite(int file, const void *bytes, size_t size, off_t offset)
{
    return write_at(file, bytes, size, offset, true);
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t offset)
{
    return write_at(file, bytes, size, offset, true);
}

static int sync_by(int file, const char *how)
{
    int (*sync_it)(int);
    char name[200];
    bool tear, is_watched = watched(file, name, sizeof name);
    load(how, &sync_it);
    if (is_watched)
        strike(false, &tear);
    int result = sync_it(file);
    if (is_watched && getenv("ROUNDS_SLOW_US"))
        usleep((useconds_t)atoi(getenv("ROUNDS_SLOW_US")));
    if (is_watched && result == 0)
        copy_to("synced", name);
    return result;
}

int fsync(int file)
{
    return sync_by(file, "fsync");
}

int fdatasync(int file)
{
    return sync_by(file, "fdatasync");
}

int clock_gettime(clockid_t clock, struct timespec *out)
{
    static int (*get)(clockid_t, struct timespec *);
    if (!get)
        load("clock_gettime", &get);
    int result = get(clock, out);
    long long ns = (long long)out->tv_nsec + ahead_ms % 1000 * 1000000, s = (long long)out->tv_sec + ahead_ms / 1000;
    s += ns >= 1000000000 ? 1 : ns < 0 ? -1 : 0;
    ns += ns >= 1000000000 ? -1000000000 : ns < 0 ? 1000000000 : 0;
    *out = (struct timespec){.tv_sec = (time_t)(s < 0 ? 0 : s), .tv_nsec = (long)ns};
    return result;
}
