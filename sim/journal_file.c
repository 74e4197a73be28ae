/* The executor's journal in a file or in memory; see journal_file.h. */
#include "sim/journal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/grow.h"

static bool in_memory(const sim_journal_file *j)
{
    return j->file < 0;
}

/* A new file is only there for certain when its folder is synced, too. */
static bool sync_folder(const char *path)
{
    char copy[256];
    snprintf(copy, sizeof copy, "%s", path);
    int folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = folder >= 0 && fsync(folder) == 0;
    if (folder >= 0)
        close(folder);
    return good;
}

static np_status failed(const char *path, const char *why, np_error *err)
{
    return np_error_set(err, NP_ERR_IO, "%s: the journal cannot be opened: %s", path, why);
}

/* What the operator says of the journal is what is there. */
static np_status check_new(const char *path, bool is_new, bool is_there, np_error *err)
{
    if (is_new == !is_there)
        return NP_OK;
    if (is_new)
        return np_error_set(
            err, NP_ERR_INVALID,
            "%s: there is a journal already, of dots that were made: leave --new-journal out to go on with it, or "
            "name another file for another executor",
            path);
    return np_error_set(
        err, NP_ERR_INVALID,
        "%s: there is no journal, or an empty one: put it back if it was moved or lost, for without it dots are "
        "made again; an executor that has made nothing yet begins one with --new-journal",
        path);
}

np_status sim_journal_file_open(sim_journal_file *journal, const char *path, bool is_new, np_error *err)
{
    *journal = (sim_journal_file){.file = -1};
    if (strcmp(path, "memory") == 0)
        return NP_OK;
    if (np_file_is_database(path))
        return np_error_set(
            err, NP_ERR_INVALID,
            "%s: is a plan, or another database, and no executor's journal: --journal names the file of "
            "this executor's own record; the plan comes over the link, from `needlepath run`",
            path);
    np_status status = is_new ? np_file_check_logs(path, err) : NP_OK;
    if (status != NP_OK)
        return status;
    if (strlen(path) >= sizeof journal->path)
        return failed(path, "the path is too long", err);
    strcpy(journal->path, path);
    journal->file = open(path, O_RDWR | (is_new ? O_CREAT : 0) | O_CLOEXEC, 0644);
    if (journal->file < 0 && errno == ENOENT && !is_new)
        return check_new(path, is_new, false, err);
    struct stat about;
    if (journal->file < 0 || fstat(journal->file, &about) != 0)
        status = failed(path, strerror(errno), err);
    else if (!S_ISREG(about.st_mode))
        status = failed(path, "it is not a regular file", err);
    else if (flock(journal->file, LOCK_EX | LOCK_NB) != 0)
        status = failed(path, errno == EWOULDBLOCK ? "another simulator is using it" : strerror(errno), err);
    else if (check_new(path, is_new, about.st_size > 0, err) != NP_OK)
        status = NP_ERR_INVALID;
    else if (!sync_folder(path))
        status = failed(path, strerror(errno), err);
    if (status == NP_OK)
        journal->size = (uint64_t)about.st_size;
    else
        sim_journal_file_close(journal);
    return status;
}

static bool write_file(sim_journal_file *j, const uint8_t *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = pwrite(j->file, bytes + done, size - done, (off_t)(j->size + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

static bool grow_memory(sim_journal_file *j, uint64_t size)
{
    return NP_GROW(j->bytes, j->capacity, size, "the executor's record", NULL) == NP_OK;
}

static bool append(void *context, const uint8_t *bytes, size_t size)
{
    sim_journal_file *j = context;
    if (in_memory(j)) {
        if (!grow_memory(j, j->size + size))
            return false;
        memcpy(j->bytes + j->size, bytes, size);
    } else if (!write_file(j, bytes, size)) {
        return false;
    }
    j->size += size;
    return true;
}

static bool sync_now(void *context)
{
    sim_journal_file *j = context;
    j->syncs++;
    return in_memory(j) || fdatasync(j->file) == 0;
}

static bool read_at(void *context, uint64_t offset, uint8_t *out_bytes, size_t size, size_t *out_size)
{
    sim_journal_file *j = context;
    uint64_t left = offset < j->size ? j->size - offset : 0;
    size_t n = left < size ? (size_t)left : size;
    *out_size = n;
    if (in_memory(j)) {
        if (n > 0)
            memcpy(out_bytes, j->bytes + offset, n);
        return true;
    }
    for (size_t done = 0; done < n;) {
        ssize_t got = pread(j->file, out_bytes + done, n - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

static bool cut(void *context, uint64_t size)
{
    sim_journal_file *j = context;
    if (size > j->size)
        return false;
    if (size == j->size)
        return true;
    if (!in_memory(j) && (ftruncate(j->file, (off_t)size) != 0 || fdatasync(j->file) != 0))
        return false;
    j->size = size;
    return true;
}

np_status sim_journal_file_check(sim_journal_file *journal, np_error *err)
{
    uint8_t bytes[NP_WIRE_RECORD_BYTES];
    np_wire_record first;
    size_t got;
    if (journal->size == 0)
        return NP_OK;
    if (!read_at(journal, 0, bytes, sizeof bytes, &got))
        return failed(journal->path, strerror(errno), err);
    if (got == sizeof bytes && np_wire_record_decode(bytes, &first) == NP_WIRE_OK)
        return NP_OK;
    return np_error_set(
        err, NP_ERR_FORMAT,
        "%s: not an executor's journal, or its beginning is damaged: put the right file there, or a copy that is "
        "whole (one that has made nothing yet: move this away, and begin with --new-journal); it is kept as it is",
        journal->path);
}

np_wire_storage sim_journal_file_storage(sim_journal_file *journal)
{
    return (np_wire_storage){.context = journal, .append = append, .sync = sync_now, .read = read_at, .truncate = cut};
}

void sim_journal_file_close(sim_journal_file *journal)
{
    if (journal->file >= 0)
        close(journal->file);
    free(journal->bytes);
    *journal = (sim_journal_file){.file = -1};
}
