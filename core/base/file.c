/* Reading at once, and writing so that a crash or a full disk leaves the old file or the new one. */
#include "base/file.h"

#include "base/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* All of N bytes, however many write(2) takes at once; 0 or the reason. */
static int write_all(int file, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t written = write(file, bytes, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return written < 0 ? errno : ENOSPC;
        bytes += written;
        n -= (size_t)written;
    }
    return 0;
}

static np_status read_failed(np_error *err, const char *path, const char *reason)
{
    return np_error_set(err, NP_ERR_IO, "%s: cannot read: %s", path, reason);
}

np_status np_file_check_open(int file, const char *path, size_t limit, size_t *out_size, np_error *err)
{
    struct stat st;
    if (fstat(file, &st) != 0)
        return read_failed(err, path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return read_failed(err, path, "it is not a regular file");
    if ((unsigned long long)st.st_size > limit)
        return np_error_set(err, NP_ERR_IO, "%s: the file has %lld bytes; at most %zu are read", path,
                            (long long)st.st_size, limit);
    *out_size = (size_t)st.st_size;
    return NP_OK;
}

np_status np_file_open(const char *path, size_t limit, int *out_file, size_t *out_size, np_error *err)
{
    *out_size = 0;
    *out_file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* opening a pipe would wait for its other end */
    if (*out_file < 0)
        return read_failed(err, path, strerror(errno));
    np_status status = np_file_check_open(*out_file, path, limit, out_size, err);
    if (status != NP_OK) {
        close(*out_file);
        *out_file = -1;
    }
    return status;
}

np_status np_file_read_open(int file, const char *path, size_t size, char **out_data, np_error *err)
{
    *out_data = NULL;
    char *data = malloc(size + 1);
    if (!data)
        return np_error_no_memory(err, path);
    for (size_t have = 0; have < size;) {
        ssize_t n = read(file, data + have, size - have);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            free(data);
            return read_failed(err, path, n < 0 ? strerror(errno) : "it became shorter while being read");
        }
        have += (size_t)n;
    }
    data[size] = '\0';
    *out_data = data;
    return NP_OK;
}

np_status np_file_read(const char *path, size_t limit, char **out_data, size_t *out_size, np_error *err)
{
    int file;
    *out_data = NULL;
    np_status status = np_file_open(path, limit, &file, out_size, err);
    if (status != NP_OK)
        return status;
    status = np_file_read_open(file, path, *out_size, out_data, err);
    close(file);
    *out_size = status == NP_OK ? *out_size : 0;
    return status;
}

np_status np_folder_make(const char *directory, unsigned mode, np_error *err)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s", directory) >= (int)sizeof path)
        return np_error_set(err, NP_ERR_INVALID, "the folder's name is too long: %zu bytes", strlen(directory));
    for (char *end = path + 1; *path; end++) {
        bool last = *end == '\0';
        if (!last && *end != '/')
            continue;
        *end = '\0';
        struct stat st;
        if (mkdir(path, mode) != 0 && !(errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
            return np_error_set(err, NP_ERR_IO, "%s: the folder cannot be made: %s", path, strerror(errno));
        if (last)
            break;
        *end = '/';
    }
    return NP_OK;
}

np_status np_file_check_private(const char *path, np_error *err)
{
    struct stat about;
    if (stat(path, &about) != 0)
        return read_failed(err, path, strerror(errno));
    if ((about.st_mode & 077) != 0)
        return np_error_set(err, NP_ERR_INVALID,
                            "%s: others may read this secret key (mode %03o); run `chmod 600` on it, or make "
                            "a new one if it may have been copied",
                            path, (unsigned)(about.st_mode & 0777));
    return NP_OK;
}

np_status np_file_read_text(const char *path, size_t limit, char **out_text, size_t *out_size, np_error *err)
{
    np_status status = np_file_read(path, limit, out_text, out_size, err);
    const char *zero = status == NP_OK ? memchr(*out_text, 0, *out_size) : NULL;
    if (!zero)
        return status;
    unsigned long line = 1;
    for (const char *at = *out_text; at < zero; at++)
        line += *at == '\n';
    explicit_bzero(*out_text, *out_size); /* it may be a secret */
    free(*out_text);
    *out_text = NULL;
    *out_size = 0;
    return np_error_set(
        err, NP_ERR_FORMAT,
        "%s:%lu: expected a text, found a byte 0: binary data, or a file that was cut off by a power failure; "
        "write it anew",
        path, line);
}

static np_status write_failed(np_error *err, const char *path, int code)
{
    return np_error_set(err, NP_ERR_IO, "%s: cannot write: %s; nothing was changed there", path, strerror(code));
}

/* A new file under a name nobody has, PATH with six letters for its X's; -1 with errno.  As mkstemp, but with the rights that a
 * result has, which the kernel cuts by the umask: to ask for the umask is to change it, for all threads. */
static int make_temporary(char *path)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz012345";
    char *x = path + strlen(path) - 6;
    for (int tries = 0; tries < 100; tries++) {
        unsigned char random[6];
        if (getrandom(random, sizeof random, 0) != sizeof random)
            return -1;
        for (int i = 0; i < 6; i++)
            x[i] = letters[random[i] % 32];
        int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file >= 0 || errno != EEXIST)
            return file;
    }
    return -1;
}

/* ---- what may be replaced ---- */

bool np_file_is_same(const char *a, const char *b)
{
    struct stat p, q;
    return stat(a, &p) == 0 && stat(b, &q) == 0 && p.st_dev == q.st_dev && p.st_ino == q.st_ino;
}

/* What PATH leads to where it is a symbolic link, else PATH, in a new string; NULL with errno where it leads nowhere. */
static char *target_of(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0 && S_ISLNK(st.st_mode) ? realpath(path, NULL) : strdup(path);
}

static np_status link_failed(np_error *err, const char *path, int code)
{
    if (code == ENOMEM)
        return np_error_no_memory(err, path);
    return np_error_set(err, NP_ERR_IO, "%s: is a symbolic link that leads to no file (%s): name the file itself", path,
                        strerror(code));
}

/* What PATH begins with, SIZE bytes at most; how many, 0 where it cannot be read. */
static size_t read_head(const char *path, char *out, size_t size)
{
    int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ssize_t n = file >= 0 ? pread(file, out, size, 0) : 0;
    if (file >= 0)
        close(file);
    return n > 0 ? (size_t)n : 0;
}

/* https://www.sqlite.org/fileformat.html#magic_header_string */
bool np_file_is_database(const char *path)
{
    static const char magic[] = "SQLite format 3";
    char head[sizeof magic];
    return read_head(path, head, sizeof head) == sizeof head && memcmp(head, magic, sizeof magic) == 0;
}

/* Whether a log of the database DATABASE lies there, with content: not PATH itself.  OUT_NAME, of PATH_MAX bytes: its name. */
static bool has_log(const char *database, const char *path, char *out_name)
{
    static const char *const ends[] = {NP_FILE_LOG_ENDINGS};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct stat st;
        if (snprintf(out_name, PATH_MAX, "%s%s", database, ends[i]) < PATH_MAX && strcmp(out_name, path) != 0 &&
            stat(out_name, &st) == 0 && st.st_size > 0)
            return true;
    }
    return false;
}

/* That PATH, to which the name GIVEN leads, is not what lies beside a database that is there, or was there. */
static np_status check_not_beside(const char *given, const char *path, np_error *err)
{
    static const char *const ends[] = {NP_FILE_BESIDE_ENDINGS};
    char database[PATH_MAX], log[PATH_MAX];
    for (size_t i = 0, n = strlen(path); i < sizeof ends / sizeof *ends; i++) {
        size_t end = strlen(ends[i]);
        if (n <= end || n - end >= sizeof database || strcmp(path + n - end, ends[i]) != 0)
            continue;
        snprintf(database, sizeof database, "%.*s", (int)(n - end), path);
        if (np_file_is_database(database) || has_log(database, path, log))
            return np_error_set(err, NP_ERR_INVALID,
                                "%s: is the name of what belongs to %s, which is a plan or another database: its log, "
                                "of what was made, or its lock; write to another file",
                                given, database);
    }
    return NP_OK;
}

np_status np_file_check_logs(const char *path, np_error *err)
{
    char name[PATH_MAX], *target = target_of(path);
    if (!target)
        return link_failed(err, path, errno);
    np_status status = check_not_beside(path, target, err);
    if (status == NP_OK && has_log(target, "", name))
        status = np_error_set(err, NP_ERR_INVALID,
                              "%s: %s is there, the log of a plan of that name that is being run, or whose run was "
                              "cut off, or that was moved away or deleted: it is part of the record of what was "
                              "made; write to another file",
                              path, name);
    free(target);
    return status;
}

np_status np_file_check_no_database(const char *path, np_error *err)
{
    if (np_file_is_database(path))
        return np_error_set(err, NP_ERR_INVALID,
                            "%s: is a plan or another database, and is not overwritten: a plan holds the journal of "
                            "what was made; write to another file",
                            path);
    return np_file_check_logs(path, err);
}

np_status np_file_write_new(const char *path, unsigned mode, const char *text, const char *what, np_error *err)
{
    np_status status = check_not_beside(path, path, err);
    if (status != NP_OK)
        return status;
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
    if (file < 0 && errno == EEXIST)
        return np_error_set(err, NP_ERR_INVALID,
                            "%s: the file is there already, and %s are never overwritten; give another name", path,
                            what);
    if (file < 0)
        return np_error_set(err, NP_ERR_IO, "%s: cannot write: %s", path, strerror(errno));
    int code = fchmod(file, (mode_t)mode) != 0 ? errno : write_all(file, text, strlen(text));
    if (code == 0 && fsync(file) != 0)
        code = errno;
    if (close(file) != 0 && code == 0)
        code = errno;
    if (code == 0)
        return NP_OK;
    unlink(path);
    return np_error_set(err, NP_ERR_IO, "%s: cannot write: %s", path, strerror(code));
}

/* What begins with WORD is WHAT, and is lost for ever where something else is written over it. */
typedef struct kept {
    const char *word, *what;
} kept;

static np_status check_not_kept(const char *path, np_error *err)
{
    /* of SQLite: https://www.sqlite.org/fileformat.html#walformat and #the_rollback_journal */
#define LOG "the log of a plan or of another database, of what was made"
#define KEY(kind, label, half, form, maker) {label " ", "a key file"},
    static const kept all[] = {NP_KEY_FILE_TABLE(KEY){"\x37\x7f\x06\x82", LOG},
                               {"\x37\x7f\x06\x83", LOG},
                               {"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", LOG},
                               {"NPJ1", "the journal of an executor, of dots that were made"},
                               {"time_s,id,x,y,z,depth_mm,status", "the record of what an executor made"}};
#undef KEY
#undef LOG
    char head[64];
    head[read_head(path, head, sizeof head - 1)] = '\0';
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strncmp(head, all[i].word, strlen(all[i].word)) == 0)
            return np_error_set(err, NP_ERR_INVALID, "%s: is %s, and is not overwritten; write to another file", path,
                                all[i].what);
    return NP_OK;
}

np_status np_file_check_replaceable(const char *path, np_error *err)
{
    struct stat st;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return np_error_set(err, NP_ERR_IO, "%s: is a folder: name a file in it", path);
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return np_error_set(err, NP_ERR_IO,
                            "%s: is a device or a pipe, which a file would take the place of: name a file", path);
    np_status status = check_not_kept(path, err);
    return status == NP_OK ? np_file_check_no_database(path, err) : status;
}

/* Whether FILE is empty, or begins with LINE. */
static np_status check_own(int file, const char *path, const char *line, const char *what, np_error *err)
{
    char head[256] = "";
    struct stat st;
    size_t n = strlen(line);
    if (n >= sizeof head)
        return np_error_set(err, NP_ERR_INTERNAL, "%s: the first line of a %s is too long", path, what);
    if (fstat(file, &st) != 0)
        return read_failed(err, path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return np_error_set(err, NP_ERR_IO, "%s: the %s must be a regular file", path, what);
    if (st.st_size == 0)
        return NP_OK;
    if (pread(file, head, n, 0) < 0)
        return read_failed(err, path, strerror(errno));
    if (strcmp(head, line) != 0)
        return np_error_set(
            err, NP_ERR_FORMAT,
            "%s: is another file, and is not written to: expected a %s, which begins with \"%.*s\", or a "
            "new name; name another file",
            path, what, (int)n - 1, line);
    return NP_OK;
}

np_status np_file_open_own(const char *path, const char *line, const char *what, int *out_file, np_error *err)
{
    *out_file = -1;
    np_status status = np_file_check_no_database(path, err);
    if (status != NP_OK)
        return status;
    int file = open(path, O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK | O_CLOEXEC, 0644);
    if (file < 0)
        return np_error_set(err, NP_ERR_IO, "%s: the %s cannot be opened: %s", path, what, strerror(errno));
    status = check_own(file, path, line, what, err);
    if (status == NP_OK)
        *out_file = file;
    else
        close(file);
    return status;
}

/* ---- the writer ---- */

static np_status open_writer(np_file_writer *writer, const char *path, np_error *err)
{
    writer->path = target_of(path);
    if (!writer->path)
        return link_failed(err, path, errno);
    size_t room = strlen(writer->path) + sizeof ".XXXXXX";
    writer->temporary = malloc(room);
    if (!writer->temporary) {
        np_file_writer_discard(writer);
        return np_error_no_memory(err, path);
    }
    snprintf(writer->temporary, room, "%s.XXXXXX", writer->path);
    int fd = make_temporary(writer->temporary);
    if (fd < 0) {
        int code = errno;
        free(writer->temporary);
        writer->temporary = NULL;
        np_file_writer_discard(writer);
        return write_failed(err, path, code);
    }
    writer->stream = fdopen(fd, "wb");
    if (!writer->stream) {
        int code = errno;
        close(fd);
        np_file_writer_discard(writer);
        return write_failed(err, path, code);
    }
    return NP_OK;
}

np_status np_file_check_regular(const char *path, np_error *err)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return np_error_set(err, NP_ERR_IO, "%s: cannot be looked into: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return np_error_set(err, NP_ERR_IO, "%s: is no regular file", path);
    return NP_OK;
}

np_status np_file_writer_open(np_file_writer *writer, const char *path, np_error *err)
{
    *writer = (np_file_writer){0};
    np_status status = np_file_check_replaceable(path, err);
    return status == NP_OK ? open_writer(writer, path, err) : status;
}

np_status np_file_writer_open_database(np_file_writer *writer, const char *path, np_error *err)
{
    *writer = (np_file_writer){.is_database = true};
    return open_writer(writer, path, err);
}

/* The new name is durable only once the directory is. */
static void sync_directory_of(const char *path)
{
    char *copy = strdup(path);
    if (!copy)
        return;
    char *slash = strrchr(copy, '/');
    const char *directory = !slash ? "." : slash == copy ? "/" : copy;
    if (slash && slash != copy)
        *slash = '\0';
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
    free(copy);
}

/* Gives TEMPORARY the name PATH if that is free; 0 or the reason.  File systems that cannot do that in one step have links. */
static int rename_new(const char *temporary, const char *path)
{
    if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
    if (link(temporary, path) != 0)
        return errno;
    unlink(temporary);
    return 0;
}

static np_status commit(np_file_writer *writer, bool replace, np_error *err)
{
    int code = 0;
    if (fflush(writer->stream) != 0 || ferror(writer->stream) || fsync(fileno(writer->stream)) != 0)
        code = errno ? errno : EIO;
    if (fclose(writer->stream) != 0 && code == 0)
        code = errno;
    writer->stream = NULL;
    np_status status = writer->is_database ? NP_OK : np_file_check_no_database(writer->path, err);
    if (status != NP_OK) { /* it came meanwhile */
        np_file_writer_discard(writer);
        return status;
    }
    if (code == 0 && !replace)
        code = rename_new(writer->temporary, writer->path);
    else if (code == 0 && rename(writer->temporary, writer->path) != 0)
        code = errno;
    if (code != 0) {
        status = write_failed(err, writer->path, code);
    } else {
        free(writer->temporary);
        writer->temporary = NULL;
        sync_directory_of(writer->path);
    }
    np_file_writer_discard(writer);
    return status;
}

np_status np_file_writer_commit(np_file_writer *writer, np_error *err)
{
    return commit(writer, true, err);
}

np_status np_file_writer_commit_new(np_file_writer *writer, np_error *err)
{
    return commit(writer, false, err);
}

void np_file_writer_discard(np_file_writer *writer)
{
    if (writer->stream)
        fclose(writer->stream);
    if (writer->temporary)
        unlink(writer->temporary);
    free(writer->temporary);
    free(writer->path);
    *writer = (np_file_writer){0};
}

char *np_file_beside(const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');
    if (*name == '/' || !slash)
        return strdup(name);
    size_t folder = (size_t)(slash - path) + 1, length = strlen(name);
    char *resolved = malloc(folder + length + 1);
    if (!resolved)
        return NULL;
    memcpy(resolved, path, folder);
    memcpy(resolved + folder, name, length + 1);
    return resolved;
}
