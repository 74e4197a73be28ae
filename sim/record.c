/* The record of punctures; see record.h. */
#include "sim/record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static const char header[] = "time_s,id,x,y,z,depth_mm,status\n";

static np_status failed(const char *path, const char *doing, np_error *err)
{
    return np_error_set(err, NP_ERR_IO, "%s: the record cannot be %s: %s", path, doing, strerror(errno));
}

/* One write, whole: a kill leaves the line there or not, never half. */
static bool write_all(int file, const char *text, size_t size)
{
    ssize_t n;
    do
        n = write(file, text, size);
    while (n < 0 && errno == EINTR);
    if (n >= 0 && (size_t)n != size)
        errno = ENOSPC;
    return n >= 0 && (size_t)n == size;
}

/* Reads the time of the last line. */
static np_status read_end(sim_record *record, off_t size, np_error *err)
{
    char last[256] = "";
    off_t from = size > (off_t)sizeof last - 1 ? size - (off_t)sizeof last + 1 : 0;
    if (pread(record->file, last, sizeof last - 1, from) < 0)
        return failed(record->path, "read", err);
    size_t length = strlen(last);
    if (last[length - 1] != '\n')
        return np_error_set(err, NP_ERR_FORMAT, "%s: the last line is not complete; move the file away or end the line",
                            record->path);
    last[length - 1] = '\0';
    const char *line = strrchr(last, '\n');
    record->last_time_s = line ? strtod(line + 1, NULL) : 0;
    return NP_OK;
}

np_status sim_record_open(sim_record *record, const char *path, np_error *err)
{
    record->path = path;
    np_status status = np_file_open_own(path, header, "record", &record->file, err);
    if (status != NP_OK) {
        record->file = 0;
        return status;
    }
    struct stat about;
    if (fstat(record->file, &about) != 0)
        status = failed(path, "looked at", err);
    else if (about.st_size > 0)
        status = read_end(record, about.st_size, err);
    else if (!write_all(record->file, header, sizeof header - 1))
        status = failed(path, "written", err);
    if (status != NP_OK)
        sim_record_close(record);
    return status;
}

np_status sim_record_write(sim_record *record, const sim_puncture *p, np_error *err)
{
    if (!record->file)
        return NP_OK;
    char line[200];
    int n = snprintf(line, sizeof line, "%.6f,%u,%.4f,%.4f,%.4f,%.4f,%s\n", p->time_s, p->id, p->position.x,
                     p->position.y, p->position.z, p->depth_mm, p->cut_short ? "cut_short" : "done");
    if (!write_all(record->file, line, (size_t)n))
        return failed(record->path, "written", err);
    record->lines++;
    return NP_OK;
}

void sim_record_close(sim_record *record)
{
    if (record->file)
        close(record->file);
    record->file = 0;
}
